//! The choice of a workspace, and what somebody without one does.
use crate::{data::Frame, page, parts::copy::Copy, words};
use leptos::prelude::*;
use leptos_meta::Title;
use model::view::WorkspaceView;

/// The caller's workspaces and their environments.
#[component]
pub fn Workspaces() -> impl IntoView {
    page::show_frame(content)
}

fn content(frame: Frame) -> impl IntoView {
    let me = frame.me;
    let cards = me.workspaces.iter().map(card).collect_view();
    let without = me.workspaces.is_empty().then(|| {
        view! {
            <div class="empty">
                <h2>{words::NO_WORKSPACE}</h2>
                <p>{words::NO_WORKSPACE_HELP} " " <code>{me.username.clone()}</code> <Copy text=me.username.clone()/></p>
            </div>
        }
    });
    let staff = me.staff.then(|| {
        view! {
            <p>{words::NO_WORKSPACE_STAFF} " " <a class="link" href="/admin/workspaces">{words::ADMINISTRATION}</a></p>
        }
    });
    view! {
        <Title text=words::WORKSPACES/>
        <header class="page-head"><h1>{words::WORKSPACES}</h1></header>
        {without}
        <div class="cards">{cards}</div>
        {staff}
    }
}

fn card(workspace: &WorkspaceView) -> impl IntoView + use<> {
    let slug = &workspace.workspace_id;
    let environments = workspace.environments.iter().map(|one| {
        let href = format!("/w/{slug}/{}", one.environment);
        view! {
            <li>
                <a class="place" href=href data-environment=one.environment.as_str()>
                    <span class="dot" aria-hidden="true"></span>
                    <b>{one.environment.as_str()}</b>
                    <span class="quiet">{one.openstack_project.clone()} " · " {one.openstack_region.to_string()}</span>
                </a>
            </li>
        }
    });
    let none = workspace.environments.is_empty().then(|| view! { <p class="quiet">{words::NO_ENVIRONMENT}</p> });
    view! {
        <section class="panel">
            <h2>{workspace.display_name.clone()}</h2>
            <p class="quiet">{slug.to_string()} " · " {words::role(workspace.role)}</p>
            <ul class="places">{environments.collect_view()}</ul>
            {none}
            <p><a class="link" href=format!("/w/{slug}/members")>{words::MEMBERS}</a></p>
        </section>
    }
}
