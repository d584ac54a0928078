//! All workspaces.
use crate::{
    api::admin::CreateWorkspace,
    ask::{Asked, Question},
    data::Frame,
    page,
    pages::{frame::flash_for, members::said},
    parts::{
        field::Plain,
        problem::{Problem, errors_at},
    },
    send::{StillForm, path},
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::view::WorkspaceDetail;

/// The page.
#[component]
pub fn AllWorkspaces() -> impl IntoView {
    let data = Asked::<Vec<WorkspaceDetail>>::new(|| Question::Workspaces);
    page::show(data, move |frame, workspaces| view! { <Content frame workspaces/> })
}

#[component]
fn Content(frame: Frame, workspaces: Vec<WorkspaceDetail>) -> impl IntoView {
    let flash = flash_for(&frame, "create_workspace").unwrap_or_default();
    let problem = flash.problem();
    let value = move |name: &str| flash.value(name);
    let labels = [("slug", words::SLUG), ("display_name", words::DISPLAY_NAME), ("owner", words::OWNER)];
    let labels = labels.map(|(name, label)| (name.to_owned(), label.to_owned())).to_vec();
    view! {
        <Title text=words::WORKSPACES/>
        <header class="page-head"><h1>{words::WORKSPACES}</h1></header>
        {said(&frame)}
        <div class="table-wrap">
            <table class="table rows">
                <caption class="sr-only">{words::WORKSPACES}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::NAME}</th>
                        <th scope="col">{words::SLUG}</th>
                        <th scope="col" class="num">{words::MEMBERS}</th>
                        <th scope="col">{words::BINDINGS}</th>
                        <th scope="col" class="num">{words::RESOURCES}</th>
                    </tr>
                </thead>
                <tbody>{workspaces.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        <section class="panel narrow" aria-labelledby="new-workspace">
            <h2 id="new-workspace">{words::NEW_WORKSPACE}</h2>
            <Problem problem labels/>
            <StillForm to={path::<CreateWorkspace>()} class="fields">
                <Plain name="slug" label=words::SLUG help=words::SLUG_HELP value=value("slug") errors=errors_at(problem, "slug")/>
                <Plain name="display_name" label=words::DISPLAY_NAME value=value("display_name") errors=errors_at(problem, "display_name")/>
                <Plain name="owner" label=words::OWNER help=words::OWNER_HELP value=value("owner") errors=errors_at(problem, "owner")/>
                <p class="buttons"><button class="btn btn-primary">{words::NEW_WORKSPACE}</button></p>
            </StillForm>
        </section>
    }
}

fn row(workspace: WorkspaceDetail) -> impl IntoView {
    let bindings = workspace.bindings.iter().filter(|binding| !binding.retired).map(|binding| {
        view! {
            <span class="chip" data-environment=binding.environment.as_str()>
                <span class="dot" aria-hidden="true"></span> {binding.environment.as_str()}
            </span>
            " "
        }
    });
    let bindings = bindings.collect_view();
    let resources: i64 = workspace.bindings.iter().map(|binding| binding.resources).sum();
    let href = format!("/admin/workspaces/{}", workspace.workspace_id);
    let archived = workspace.archived.then(|| view! { <span class="badge">{words::ARCHIVED}</span> });
    view! {
        <tr>
            <td data-label=words::NAME class="name"><a class="row-link" href=href>{workspace.display_name}</a> " " {archived}</td>
            <td data-label=words::SLUG><code>{workspace.workspace_id.to_string()}</code></td>
            <td data-label=words::MEMBERS class="num">{workspace.members.len()}</td>
            <td data-label=words::BINDINGS>{bindings}</td>
            <td data-label=words::RESOURCES class="num">{resources}</td>
        </tr>
    }
}
