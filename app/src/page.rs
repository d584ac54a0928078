//! What every page does: wait for its data and the frame's, show them, or say why not.
use crate::{
    data::Frame,
    failure::Failure,
    parts::{failed::FailedPage, skeleton::Skeleton},
    time::Now,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{Environment, Place, WorkspaceSlug};

/// The frame's data, as a context of every page below it.
#[derive(Clone, Copy)]
pub struct FrameData(pub Resource<Result<Frame, Failure>>);

/// Shows a page once its data are there.
pub fn show<T, V>(
    data: Resource<Result<T, Failure>>,
    view: impl Fn(Frame, T) -> V + Clone + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let FrameData(frame) = expect_context();
    let now = Now::get();
    let content = move || {
        let view = view.clone();
        Suspend::new(async move {
            let both = async { Ok((frame.await?, data.await?)) };
            match both.await {
                Ok((frame, data)) => {
                    now.set(frame.now);
                    view(frame, data).into_any()
                }
                Err(failure) => view! { <FailedPage failure/> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton/> }>{content}</Transition> }.into_any()
}

/// Shows a page that needs the frame's data only.
pub fn show_frame<V: IntoView + 'static>(view: impl Fn(Frame) -> V + Clone + Send + Sync + 'static) -> AnyView {
    let FrameData(frame) = expect_context();
    show(frame, move |frame, _| view(frame))
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
