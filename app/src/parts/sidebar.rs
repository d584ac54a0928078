//! The list of pages: beside the content, on small screens a sheet over it.
use crate::{
    data::{Frame, at, place_of},
    page::FrameData,
    words,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use model::{Place, WorkspaceSlug, kind::Group};

/// The navigation of the place in the address, of the workspace, and of the platform for administrators.
#[component]
pub fn Sidebar() -> impl IntoView {
    let path = use_location().pathname;
    let here = Memo::new(move |_| place_of(&path.get()));
    let FrameData(frame) = expect_context();
    let content = move || {
        Suspend::new(async move { frame.answer().await.ok().map(|frame| move || lists(&frame, here.get(), path)) })
    };
    view! {
        <nav class="side" id="side" popover="auto" aria-label=words::NAVIGATION>
            <Transition fallback=|| ()>{content}</Transition>
        </nav>
    }
}

type Here = (Option<WorkspaceSlug>, Option<model::Environment>);

fn lists(frame: &Frame, (workspace, environment): Here, path: Memo<String>) -> impl IntoView + use<> {
    let place = workspace.clone().zip(environment).map(|(workspace, environment)| Place { workspace, environment });
    let of_place = place.map(|place| {
        let link = |rest: &str, label: &str| item(at(&place, rest), label.to_owned(), path);
        let here = |(workspace, environment, _): &&(WorkspaceSlug, model::Environment, i64)| {
            *workspace == place.workspace && *environment == place.environment
        };
        let found = frame.drift.iter().find(here).map(|(_, _, count)| *count);
        let drift = counted(at(&place, "drift"), words::DRIFT, found, path);
        let group = |group: Group| {
            let mut kinds = frame.kinds.iter().filter(|kind| kind.group == group && kind.listed).peekable();
            kinds.peek()?;
            let links = kinds.map(|kind| link(&format!("k/{}", kind.slug), &kind.plural)).collect_view();
            let drawn = (group == Group::Networking).then(|| link("topology", words::TOPOLOGY));
            Some(view! { <p class="side-title">{group.title()}</p> <ul>{drawn} {links}</ul> })
        };
        view! {
            <ul>{link("", words::OVERVIEW)} {link("inventory", words::INVENTORY)} {drift}</ul>
            {Group::ALL.map(group).collect_view()}
            <ul class="apart">{link("audit", words::AUDIT)}</ul>
        }
    });
    let of_workspace = workspace.map(|workspace| {
        let known = frame.me.workspaces.iter().find(|one| one.workspace_id == workspace);
        // Inside an environment the switcher on the bar shows the others.
        let environments = known.filter(|_| environment.is_none()).map(|known| {
            let link = |one: &model::view::EnvironmentView| {
                let label = words::environment(one.environment).to_owned();
                item(format!("/w/{workspace}/{}", one.environment), label, path)
            };
            let links = known.environments.iter().map(link).collect_view();
            view! { <p class="side-title">{words::ENVIRONMENTS}</p> <ul>{links}</ul> }
        });
        view! {
            {environments}
            <p class="side-title">{words::TEAM}</p>
            <ul>{item(format!("/w/{workspace}/members"), words::MEMBERS.to_owned(), path)}</ul>
        }
    });
    let of_platform = frame.me.staff.then(|| {
        let links = [
            ("/admin/workspaces", words::WORKSPACES),
            ("/admin/users", words::USERS),
            ("/admin/cloud", words::WHOLE_CLOUD),
            ("/admin/audit", words::PLATFORM_AUDIT),
        ];
        let links = links.map(|(href, label)| item(href.to_owned(), label.to_owned(), path)).collect_view();
        view! { <p class="side-title">{words::ADMINISTRATION}</p> <ul>{links}</ul> }
    });
    let yours = view! {
        <ul class="apart">
            {item("/w".to_owned(), words::WORKSPACES.to_owned(), path)}
            {item("/tokens".to_owned(), words::TOKENS.to_owned(), path)}
        </ul>
    };
    view! { {of_place} {of_workspace} {of_platform} {yours} }
}

/// An item with how many there are behind it.
fn counted(href: String, label: &'static str, count: Option<i64>, path: Memo<String>) -> impl IntoView {
    let is = href.clone();
    let current = move || (path.get().trim_end_matches('/') == is).then_some("page");
    let count = count.map(|count| {
        let spoken = format!(", {}", words::findings(count));
        view! { <span class="count" aria-hidden="true">{count}</span> <span class="sr-only">{spoken}</span> }
    });
    view! { <li><a href=href aria-current=current>{label} {count}</a></li> }
}

fn item(href: String, label: String, path: Memo<String>) -> impl IntoView {
    let is = href.clone();
    let current = move || (path.get().trim_end_matches('/') == is).then_some("page");
    view! { <li><a href=href aria-current=current>{label}</a></li> }
}
