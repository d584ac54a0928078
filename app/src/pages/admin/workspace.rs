//! One workspace: its bindings and members.
use crate::{
    api::admin::{ArchiveWorkspace, RenameWorkspace, RetireBinding, SetQuota},
    ask::{Asked, Question},
    data::{AdminWorkspace, Frame},
    page,
    pages::{
        admin::binding::NewBindingForm,
        frame::flash_for,
        members::{MemberList, said},
    },
    parts::{confirm::Confirm, empty::Empty, field::hidden, gauge::percent, ledger::LedgerTable},
    send::{StillForm, path},
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::view::BindingView;

/// The page.
#[component]
pub fn Workspace() -> impl IntoView {
    let slug = page::param("workspace");
    let data = Asked::<AdminWorkspace>::new(move || Question::Workspace(slug.get()));
    page::show(data, move |frame, page| view! { <Content frame page/> })
}

#[component]
fn Content(frame: Frame, page: AdminWorkspace) -> impl IntoView {
    let workspace = page.workspace.clone();
    let slug = workspace.workspace_id.clone();
    let ledgers = page.ledgers.clone();
    let bindings = match workspace.bindings.is_empty() {
        true => view! { <Empty title=words::NO_BINDINGS about=words::NO_BINDINGS_HELP/> }.into_any(),
        false => {
            let cards = workspace.bindings.iter().cloned().map(|binding| view! { <Binding binding/> });
            view! { <div class="cards">{cards.collect_view()}</div> }.into_any()
        }
    };
    let archived = workspace.archived.then(|| view! { <span class="badge">{words::ARCHIVED}</span> });
    let member_flash = flash_for(&frame, "add_member").unwrap_or_default();
    let named = (hidden("workspace", &slug), hidden("workspace", &slug));
    view! {
        <Title text=workspace.display_name.clone()/>
        <p class="crumb"><a class="link" href="/admin/workspaces">{words::WORKSPACES}</a></p>
        <header class="page-head">
            <h1>{workspace.display_name.clone()}</h1>
            <p class="quiet"><code>{slug.to_string()}</code></p>
            {archived}
        </header>
        {said(&frame)}
        <section aria-labelledby="bindings"><h2 id="bindings">{words::BINDINGS}</h2> {bindings}</section>
        <LedgerTable ledgers/>
        <NewBindingForm page flash=flash_for(&frame, "create_binding").unwrap_or_default()/>
        <section aria-labelledby="members">
            <h2 id="members">{words::MEMBERS}</h2>
            <MemberList workspace=slug.clone() members=workspace.members may=true flash=member_flash/>
        </section>
        <section class="panel narrow" aria-labelledby="settings">
            <h2 id="settings">{words::DISPLAY_NAME}</h2>
            <StillForm to={path::<RenameWorkspace>()} class="inline">
                {named.0}
                <label class="sr-only" for="field-rename">{words::DISPLAY_NAME}</label>
                <input class="input" id="field-rename" name="display_name" value=workspace.display_name.clone()/>
                <button class="btn">{words::RENAME}</button>
            </StillForm>
            <p class="help">{words::ARCHIVE_HELP}</p>
            <Confirm id="archive" label=words::ARCHIVE what=slug.to_string() about=words::ARCHIVE_HELP class="btn btn-error btn-outline" to={path::<ArchiveWorkspace>()}>
                {named.1}
            </Confirm>
        </section>
    }
}

/// A binding: where it leads, how much is taken, and the forms to change its quota and to retire it.
#[component]
fn Binding(binding: BindingView) -> impl IntoView {
    let (used, quota) = (binding.used, binding.quota);
    let id = binding.id.to_string();
    let field = |name: &'static str, label: &'static str, used: i64, quota: i64| {
        let id = format!("{name}-{id}");
        view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                <input class="input input-sm" type="number" min="0" id=id name=name value=quota.to_string()/>
                <p class="help">{format!("{used} {} ({} %)", words::USED.to_lowercase(), percent(used, quota))}</p>
            </div>
        }
    };
    let fields = view! {
        {field("vcpus", words::VCPUS, used.vcpus, quota.vcpus)}
        {field("ram_gb", words::MEMORY_GB, used.ram_mib / 1024, quota.ram_mib / 1024)}
        {field("storage_gb", words::STORAGE_GB, used.storage_gb, quota.storage_gb)}
    };
    let forms = (!binding.retired).then(|| {
        let named = (hidden("binding", &id), hidden("binding", &id));
        view! {
            <StillForm to={path::<SetQuota>()} class="quota-fields">
                {named.0}
                {fields}
                <button class="btn btn-sm" aria-label=format!("{} {} {}", words::SAVE, words::QUOTA, binding.environment)>{words::SAVE}</button>
            </StillForm>
            <p>
                <Confirm id=format!("retire-{id}") label=words::RETIRE what=binding.environment.to_string() about=words::RETIRE_HELP class="btn btn-sm btn-error btn-outline" to={path::<RetireBinding>()}>
                    {named.1}
                </Confirm>
            </p>
        }
    });
    view! {
        <section class="panel binding" data-environment=binding.environment.as_str()>
            <h3>
                <span class="dot" aria-hidden="true"></span> {binding.environment.as_str()} " "
                {binding.retired.then(|| view! { <span class="badge">{words::RETIRED}</span> })}
            </h3>
            <p>{binding.openstack_project.clone()} " · " {binding.openstack_domain.clone()} " · " {binding.openstack_region.to_string()}</p>
            <p class="quiet">{words::rows(binding.resources)}</p>
            {forms}
        </section>
    }
}
