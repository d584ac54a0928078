//! The document and the routes.
use crate::{
    live::Live,
    pages::{self, lazy},
    parts::toast::Toasts,
    still::is_live,
    time::Now,
    words,
};
use http::{header::COOKIE, request::Parts};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// The document around [`App`], for the server.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let live = use_context::<Parts>().is_some_and(|request| is_live(request.uri.path()));
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=chosen_theme()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet options=options.clone() id="style"/>
                {match live {
                    true => view! { <HydrationScripts options/> }.into_any(),
                    false => view! { <script src="/still.js" defer nonce=use_nonce()></script> }.into_any(),
                }}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
    .into_any()
}

/// The colours that the person chose, from the cookie; without one the system decides.
fn chosen_theme() -> Option<&'static str> {
    let request = use_context::<Parts>()?;
    let cookies = request.headers.get(COOKIE)?.to_str().ok()?.to_owned();
    let theme = cookies.split(';').find_map(|one| one.trim().strip_prefix("theme="))?.to_owned();
    ["light", "dark"].into_iter().find(|known| *known == theme)
}

/// The whole of the pages.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Now::default());
    provide_context(Toasts::default());
    provide_context(Live::default());
    // The mark that the page answers to clicks; tests wait for it.
    Effect::new(|| {
        if let Some(body) = document().body() {
            body.dataset().set("hydrated", "true").ok();
        }
    });
    let missing = || view! { <pages::missing::Missing/> };
    view! {
        <Title formatter=|title: String| words::tab(&title)/>
        <Router>
            <Routes fallback=missing>
                <AllRoutes/>
            </Routes>
        </Router>
    }
    .into_any()
}

/// Live pages: those of which the browser's half knows.
#[component(transparent)]
fn LiveRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/w/:workspace/:environment") view=pages::overview::Overview ssr=SsrMode::Async/>
        <Route path=path!("/w/:workspace/:environment/inventory") view={Lazy::<lazy::InventoryPage>::new()} ssr=SsrMode::Async/>
        <Route path=path!("/w/:workspace/:environment/k/:kind") view={Lazy::<lazy::KindPage>::new()} ssr=SsrMode::Async/>
        <Route path=path!("/w/:workspace/:environment/k/:kind/new") view={Lazy::<lazy::CreatePage>::new()} ssr=SsrMode::Async/>
        <Route path=path!("/w/:workspace/:environment/r/:id") view={Lazy::<lazy::ResourcePage>::new()} ssr=SsrMode::Async/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Still pages: see [`crate::still`].
#[cfg(not(target_arch = "wasm32"))]
#[component(transparent)]
fn StillRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/") view=pages::workspaces::Workspaces ssr=SsrMode::Async/>
        <Route path=path!("/w") view=pages::workspaces::Workspaces ssr=SsrMode::Async/>
        <Route path=path!("/w/:workspace/members") view=pages::members::Members ssr=SsrMode::Async/>
        <Route path=path!("/w/:workspace/:environment/inventory/delete") view=pages::bulk::Bulk ssr=SsrMode::Async/>
        <Route path=path!("/w/:workspace/:environment/r/:id/delete") view=pages::delete::Delete ssr=SsrMode::Async/>
        <Route path=path!("/w/:workspace/:environment/r/:id/do/:action") view=pages::act::DoAct ssr=SsrMode::Async/>
        <Route path=path!("/w/:workspace/:environment/drift") view=pages::drift::Drift ssr=SsrMode::Async/>
        <Route path=path!("/w/:workspace/:environment/topology") view=pages::topology::NetworkTopology ssr=SsrMode::Async/>
        <Route path=path!("/w/:workspace/:environment/audit") view=pages::audit::Audit ssr=SsrMode::Async/>
        <Route path=path!("/tokens") view=pages::tokens::Tokens ssr=SsrMode::Async/>
        <Route path=path!("/account") view=pages::account::Account ssr=SsrMode::Async/>
        <Route path=path!("/admin/users") view=pages::admin::users::Users ssr=SsrMode::Async/>
        <Route path=path!("/admin/workspaces") view=pages::admin::workspaces::AllWorkspaces ssr=SsrMode::Async/>
        <Route path=path!("/admin/workspaces/:workspace") view=pages::admin::workspace::Workspace ssr=SsrMode::Async/>
        <WholeRoutes/>
        <Route path=path!("/admin/audit") view=pages::audit::PlatformAudit ssr=SsrMode::Async/>
        <Route path=path!("/dev/parts") view=pages::gallery::Gallery ssr=SsrMode::Async/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Pages of the whole cloud, still ones too.
#[cfg(not(target_arch = "wasm32"))]
#[component(transparent)]
fn WholeRoutes() -> AnyNestedRoute {
    use pages::admin::whole;
    view! {
        <Route path=path!("/admin/cloud") view=whole::Whole ssr=SsrMode::Async/>
        <Route path=path!("/admin/cloud/:region/:kind") view=whole::list::List ssr=SsrMode::Async/>
        <Route path=path!("/admin/cloud/:region/:kind/new") view=whole::create::Create ssr=SsrMode::Async/>
        <Route path=path!("/admin/cloud/:region/:kind/:id") view=whole::item::Item ssr=SsrMode::Async/>
        <Route path=path!("/admin/cloud/:region/:kind/:id/delete") view=whole::item::Delete ssr=SsrMode::Async/>
        <Route path=path!("/admin/cloud/:region/:kind/:id/do/:action") view=whole::item::Act ssr=SsrMode::Async/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// On the server: all pages.
#[cfg(not(target_arch = "wasm32"))]
#[component(transparent)]
fn AllRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/sign-in") view=pages::sign_in::SignIn ssr=SsrMode::Async/>
        <ParentRoute path=path!("") view=pages::frame::Frame ssr=SsrMode::Async>
            // Before the live ones, among which `members` would pass for an environment.
            <StillRoutes/>
            <LiveRoutes/>
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// In the browser: those that wake up there.
#[cfg(target_arch = "wasm32")]
#[component(transparent)]
fn AllRoutes() -> AnyNestedRoute {
    view! {
        <ParentRoute path=path!("") view=pages::frame::Frame ssr=SsrMode::Async>
            <LiveRoutes/>
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}
