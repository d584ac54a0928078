//! The bar: mark, place switcher, colours, account.
use crate::send::{Post, Sending};
use crate::{
    api::forms::SetTheme,
    data::{self, place_of},
    page::FrameData,
    parts::{brand::Brand, menu::Menu},
    words,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use model::view::WorkspaceView;

/// The bar on top of every page. Its colour is the environment's.
#[component]
pub fn Bar() -> impl IntoView {
    let path = use_location().pathname;
    let here = Memo::new(move |_| place_of(&path.get()));
    let environment = move || here.get().1.map(model::Environment::as_str);
    let FrameData(frame) = expect_context();
    let content = move || {
        Suspend::new(async move {
            frame.answer().await.ok().map(|frame| {
                view! {
                    <Switcher here workspaces=frame.me.workspaces.clone()/>
                    <span class="grow"></span>
                    <Account username=frame.me.username.clone()/>
                }
            })
        })
    };
    view! {
        <header class="bar" data-environment=environment>
            <button type="button" class="btn btn-ghost btn-sm only-small" popovertarget="side" aria-label=words::NAVIGATION>"☰"</button>
            <a href="/w" class="home" aria-label=words::PRODUCT><Brand/></a>
            <Transition fallback=|| ()>{content}</Transition>
        </header>
    }
}

/// The place in sight, and the way to others.
#[component]
fn Switcher(
    here: Memo<(Option<model::WorkspaceSlug>, Option<model::Environment>)>,
    workspaces: Vec<WorkspaceView>,
) -> impl IntoView {
    let label = move || match here.get() {
        (Some(workspace), Some(environment)) => view! {
            <b>{workspace.to_string()}</b> <span class="slash">"/"</span>
            <span class="chip" data-environment=environment.as_str()>
                <span class="dot" aria-hidden="true"></span> {environment.as_str()}
            </span>
        }
        .into_any(),
        (Some(workspace), None) => view! { <b>{workspace.to_string()}</b> }.into_any(),
        _ => view! { <span>{words::CHOOSE_PLACE}</span> }.into_any(),
    };
    let button = view! { <span class="place-now">{label}</span> <span aria-hidden="true">"▾"</span> }.into_any();
    let current = move |href: &str| {
        let place = here.get();
        let at = place.0.zip(place.1).map(|(workspace, environment)| format!("/w/{workspace}/{environment}"));
        (at.as_deref() == Some(href)).then_some("true")
    };
    let team = move |one: WorkspaceView| {
        let slug = one.workspace_id;
        let link = move |environment: model::Environment| {
            let href = data::at(&model::Place { workspace: slug.clone(), environment }, "");
            let is = href.clone();
            view! {
                <li>
                    <a class="place" href=href data-environment=environment.as_str() aria-current=move || current(&is)>
                        <span class="dot" aria-hidden="true"></span> {environment.as_str()}
                        <span class="quiet">{words::environment(environment)}</span>
                    </a>
                </li>
            }
        };
        view! {
            <p class="menu-title">{one.display_name}</p>
            <ul class="menu-list">{one.environments.iter().map(|one| link(one.environment)).collect_view()}</ul>
        }
    };
    view! {
        <Menu id="places" label=words::SWITCH_PLACE button class="btn btn-ghost btn-sm switcher">
            {workspaces.into_iter().map(team).collect_view()}
            <ul class="menu-list"><li><a href="/w">{words::WORKSPACES}</a></li></ul>
        </Menu>
    }
}

/// Colours, tokens, password, sign out.
#[component]
fn Account(username: String) -> impl IntoView {
    let action = Sending::of::<SetTheme>();
    let set = |theme: &'static str| {
        move |_| {
            if let Some(root) = document().document_element() {
                match theme {
                    "system" => root.remove_attribute("data-theme").ok(),
                    theme => root.set_attribute("data-theme", theme).ok(),
                };
            }
        }
    };
    let themes = words::THEMES.map(|(theme, label)| {
        view! { <button name="theme" value=theme class="btn btn-sm" on:click=set(theme)>{label}</button> }
    });
    let initial = username.chars().next().map(|first| first.to_uppercase().to_string());
    let button = view! {
        <span class="only-wide">{username.clone()}</span>
        <span class="only-small initial" aria-hidden="true">{initial}</span>
        <span aria-hidden="true">"▾"</span>
    }
    .into_any();
    view! {
        <Menu id="account" label=words::ACCOUNT button>
            <p class="menu-title">{username}</p>
            <ul class="menu-list">
                <li><a href="/tokens">{words::TOKENS}</a></li>
                <li><a href="/account">{words::PASSWORD}</a></li>
            </ul>
            <p class="menu-title">{words::COLOURS}</p>
            <Post to=action class="themes">{themes.collect_view()}</Post>
            <form method="post" action="/sign-out" class="menu-foot">
                <button class="btn btn-sm">{words::SIGN_OUT}</button>
            </form>
        </Menu>
    }
}
