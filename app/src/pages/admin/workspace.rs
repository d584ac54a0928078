//! One workspace: its bindings and members.
use crate::send::{Post, Sending};
use crate::{
    api::admin::{ArchiveWorkspace, CreateBinding, RenameWorkspace, RetireBinding, SetQuota},
    ask::{Asked, Question},
    data::{AdminWorkspace, Frame},
    page,
    pages::{
        admin::binding::NewBindingForm,
        frame::flash_for,
        members::{Doing, MemberList, said},
    },
    parts::{empty::Empty, field::hidden, gauge::percent},
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::view::BindingView;

#[derive(Clone, Copy)]
struct Acting {
    bind: Sending,
    quota: Sending,
    retire: Sending,
    rename: Sending,
    archive: Sending,
}

impl Acting {
    fn version(self) -> u32 {
        let bindings = self.bind.times() + self.quota.times() + self.retire.times();
        bindings + self.rename.times() + self.archive.times()
    }

    fn refused(self) -> Option<String> {
        let each = [self.quota, self.retire, self.rename, self.archive];
        each.into_iter().find_map(Sending::failure).map(|failure| failure.error.detail())
    }
}

/// The page.
#[component]
pub fn Workspace() -> impl IntoView {
    let slug = page::param("workspace");
    let (members, acting) = (
        Doing::new(),
        Acting {
            bind: Sending::of::<CreateBinding>(),
            quota: Sending::of::<SetQuota>(),
            retire: Sending::of::<RetireBinding>(),
            rename: Sending::of::<RenameWorkspace>(),
            archive: Sending::of::<ArchiveWorkspace>(),
        },
    );
    let data = Asked::<AdminWorkspace>::after(
        move || members.version() + acting.version(),
        move || Question::Workspace(slug.get()),
    );
    page::show(data, move |frame, page| view! { <Content frame page members acting/> })
}

#[component]
fn Content(frame: Frame, page: AdminWorkspace, members: Doing, acting: Acting) -> impl IntoView {
    let workspace = page.workspace.clone();
    let slug = workspace.workspace_id.clone();
    let bindings = match workspace.bindings.is_empty() {
        true => view! { <Empty title=words::NO_BINDINGS about=words::NO_BINDINGS_HELP/> }.into_any(),
        false => {
            let cards = workspace.bindings.iter().cloned().map(|binding| view! { <Binding binding acting/> });
            view! { <div class="cards">{cards.collect_view()}</div> }.into_any()
        }
    };
    let archived = workspace.archived.then(|| view! { <span class="badge">{words::ARCHIVED}</span> });
    let refused = move || acting.refused().map(|why| view! { <p class="alert alert-error" role="alert">{why}</p> });
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
        {refused}
        <section aria-labelledby="bindings"><h2 id="bindings">{words::BINDINGS}</h2> {bindings}</section>
        <NewBindingForm page bind=acting.bind flash=flash_for(&frame, "create_binding").unwrap_or_default()/>
        <section aria-labelledby="members">
            <h2 id="members">{words::MEMBERS}</h2>
            <MemberList workspace=slug.clone() members=workspace.members may=true doing=members flash=member_flash/>
        </section>
        <section class="panel narrow" aria-labelledby="settings">
            <h2 id="settings">{words::DISPLAY_NAME}</h2>
            <Post to=acting.rename class="inline">
                {named.0}
                <label class="sr-only" for="field-rename">{words::DISPLAY_NAME}</label>
                <input class="input" id="field-rename" name="display_name" value=workspace.display_name.clone()/>
                <button class="btn">{words::RENAME}</button>
            </Post>
            <Post to=acting.archive class="fields">
                {named.1}
                <p class="help">{words::ARCHIVE_HELP}</p>
                <p class="buttons"><button class="btn btn-error btn-outline">{words::ARCHIVE}</button></p>
            </Post>
        </section>
    }
}

/// A binding: where it leads, how much is taken, and the forms to change its quota and to retire it.
#[component]
fn Binding(binding: BindingView, acting: Acting) -> impl IntoView {
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
            <Post to=acting.quota class="quota-fields">
                {named.0}
                {fields}
                <button class="btn btn-sm" aria-label=format!("{} {} {}", words::SAVE, words::QUOTA, binding.environment)>{words::SAVE}</button>
            </Post>
            <Post to=acting.retire>
                {named.1}
                <button class="btn btn-sm btn-error btn-outline" aria-label=format!("{} {}", words::RETIRE, binding.environment)>{words::RETIRE}</button>
            </Post>
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
