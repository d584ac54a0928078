//! The create form of a kind in a region.
use super::{crumbs, here};
use crate::{
    api::whole::CreateWhole,
    ask::{Asked, Question},
    data::{Flash, whole},
    page,
    pages::frame::flash_for,
    parts::{
        field::hidden,
        problem::Problem,
        spec_form::{SpecFields, initial, labels},
    },
    send::{StillForm, path},
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::view::WholeForm;

/// The page.
#[component]
pub fn Create() -> impl IntoView {
    let (region, kind) = here();
    let data = Asked::<WholeForm>::new(move || Question::WholeForm(region.get(), kind.get()));
    page::show(data, move |frame, form| {
        let flash = flash_for(&frame, "create_whole").unwrap_or_default();
        view! { <Content region=region.get() form flash/> }
    })
}

#[component]
fn Content(region: String, form: WholeForm, flash: Flash) -> impl IntoView {
    let WholeForm { kind, choices } = form;
    let problem = flash.problem();
    let values = RwSignal::new(initial(&kind.fields, &choices, &flash.values, false));
    let (title, submit) = (words::create(&kind.title), words::create_in(&kind.title, &region));
    let back = whole(&region, &kind.slug, &[]);
    view! {
        <Title text=format!("{title} · {region}")/>
        {crumbs(&region, Some(&kind))}
        <section class="narrow">
            <h1>{title}</h1>
            <p class="quiet">{kind.about.to_string()}</p>
            <Problem problem labels=labels(&kind.fields)/>
            <StillForm to={path::<CreateWhole>()} class="fields">
                {hidden("region", &region)}
                {hidden("kind", &kind.slug)}
                <SpecFields fields=kind.fields.to_vec() choices trouble=Vec::new() values problem/>
                <p class="buttons">
                    <a class="btn" href=back>{words::CANCEL}</a>
                    <button class="btn btn-primary">{submit}</button>
                </p>
            </StillForm>
        </section>
    }
}
