//! What every page does: wait for its data and the frame's, show them, or say why not.
use crate::{
    ask::{Asked, Text, read},
    data::Frame,
    failure::Failure,
    parts::{failed::FailedPage, skeleton::Skeleton},
    send::FormKeys,
    time::Now,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{Environment, Place, WorkspaceSlug};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The frame's data, as a context of every page below it.
#[derive(Clone, Copy)]
pub struct FrameData(pub Asked<Frame>);

/// Shows a page once its data are there.
pub fn show<T, V>(data: Asked<T>, view: impl Fn(Frame, T) -> V + Send + Sync + 'static) -> AnyView
where
    T: DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    show_text(data.text(), Arc::new(move |frame, text| Ok(view(frame, read(text)?).into_any())))
}

/// Shows a page that needs the frame's data only.
pub fn show_frame<V: IntoView + 'static>(view: impl Fn(Frame) -> V + Send + Sync + 'static) -> AnyView {
    let FrameData(frame) = expect_context();
    show_text(frame.text(), Arc::new(move |frame, _| Ok(view(frame).into_any())))
}

type Shown = dyn Fn(Frame, &str) -> Result<AnyView, Failure> + Send + Sync;

/// What is common to all pages, once.
fn show_text(text: Text, view: Arc<Shown>) -> AnyView {
    let FrameData(frame) = expect_context();
    let (now, keys) = (Now::get(), expect_context::<FormKeys>());
    let content = move || {
        let view = view.clone();
        Suspend::new(async move {
            let shown = async {
                let frame = frame.answer().await?;
                now.set(frame.now);
                keys.set(&frame.key);
                view(frame, &text.await?)
            };
            shown.await.unwrap_or_else(|failure: Failure| view! { <FailedPage failure/> }.into_any())
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton/> }>{content}</Transition> }.into_any()
}

/// A part of the address, such as `kind`.
pub fn param(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name).unwrap_or_default()))
}

/// A part of the query, absent when empty.
pub fn query(name: &'static str) -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get(name).filter(|text| !text.is_empty())))
}

/// Workspace and environment from the address, as text: what server functions take.
pub fn place() -> Memo<(String, String)> {
    let params = use_params_map();
    Memo::new(move |_| {
        params
            .with(|params| (params.get("workspace").unwrap_or_default(), params.get("environment").unwrap_or_default()))
    })
}

/// Workspace and environment as a place, for links; for a page that the server has let through.
pub fn as_place(place: &(String, String)) -> Place {
    Place { workspace: WorkspaceSlug::new(&place.0), environment: place.1.parse().unwrap_or(Environment::Dev) }
}
