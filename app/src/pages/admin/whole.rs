//! What is the whole cloud's: for each region the kinds that administrators see and change there. Still pages: what they
//! show is what the cloud says at that moment.
pub mod create;
pub mod item;
pub mod list;

use crate::{
    ask::{Asked, Question},
    data::{Frame, whole},
    page,
    pages::members::said,
    parts::empty::Empty,
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::view::WholeCloud;

/// The page.
#[component]
pub fn Whole() -> impl IntoView {
    let data = Asked::<WholeCloud>::new(|| Question::Whole);
    page::show(data, move |frame, found| view! { <Content frame found/> })
}

#[component]
fn Content(frame: Frame, found: WholeCloud) -> impl IntoView {
    let none = found.regions.is_empty();
    let kinds = StoredValue::new(found.kinds);
    let region = |region: String| {
        let id = format!("region-{region}");
        let heading = id.clone();
        let link = |kind: &model::Kind| {
            let (href, about) = (whole(&region, &kind.slug, &[]), kind.about.to_string());
            view! { <div><dt><a class="link" href=href>{kind.plural.to_string()}</a></dt><dd>{about}</dd></div> }
        };
        let links = kinds.with_value(|kinds| kinds.iter().map(link).collect_view());
        view! {
            <section aria-labelledby=id>
                <h2 id=heading>{region.clone()}</h2>
                <dl class="pairs">{links}</dl>
            </section>
        }
    };
    view! {
        <Title text=words::WHOLE_CLOUD/>
        <header class="page-head">
            <h1>{words::WHOLE_CLOUD}</h1>
            <p class="quiet">{words::WHOLE_CLOUD_HELP}</p>
        </header>
        {said(&frame)}
        {found.regions.into_iter().map(region).collect_view()}
        {none.then(|| view! { <Empty title=words::NO_REGIONS about=words::NO_REGIONS_HELP/> })}
    }
}

/// Region and kind from the address.
fn here() -> (Memo<String>, Memo<String>) {
    (page::param("region"), page::param("kind"))
}

/// What leads back up from a page.
fn crumbs(region: &str, kind: Option<&model::Kind>) -> impl IntoView + use<> {
    let list = kind.map(|kind| {
        let href = whole(region, &kind.slug, &[]);
        view! { " · " <a class="link" href=href>{kind.plural.to_string()}</a> }
    });
    let region = region.to_owned();
    view! { <p class="crumb"><a class="link" href="/admin/cloud">{words::WHOLE_CLOUD}</a> " · " {region} {list}</p> }
}
