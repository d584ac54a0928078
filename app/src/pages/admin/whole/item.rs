//! One thing of the whole cloud: what it is, what can be done with it, and the pages that do it.
use super::{crumbs, here, list::doings};
use crate::{
    api::whole::{ActWhole, DeleteWhole},
    ask::{Asked, Question},
    data::{Flash, Frame, whole},
    page,
    pages::{frame::flash_for, members::said},
    parts::{
        banner::Banner,
        code::ApiCall,
        failed::FailedPage,
        field::hidden,
        problem::Problem,
        spec_form::{SpecFields, initial, labels},
        state::StateMark,
        value,
    },
    send::{StillForm, path},
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{Action, Input, kind::Show, view::WholeItem};

fn asked() -> (Memo<String>, Asked<WholeItem>) {
    let ((region, kind), id) = (here(), page::param("id"));
    (region, Asked::new(move || Question::WholeItem(region.get(), kind.get(), id.get())))
}

/// The page of one.
#[component]
pub fn Item() -> impl IntoView {
    let (region, data) = asked();
    page::show(data, move |frame, found| view! { <Content frame region=region.get() found/> })
}

#[component]
fn Content(frame: Frame, region: String, found: WholeItem) -> impl IntoView {
    let WholeItem { kind, item, fault } = found;
    let name = item.name.clone();
    let buttons = doings(&region, &kind, &item).into_iter();
    let buttons = buttons.map(|(label, href)| view! { <a class="btn btn-sm" href=href>{label}</a> }).collect_view();
    let fault = fault.map(|why| view! { <Banner level="warning"><b>{words::FAULT} ": "</b> {why}</Banner> });
    let call = format!(
        "curl -H \"Authorization: Token $ATONIX_TOKEN\" \\\n  '{}/api/services/{}/{}/{}/{}/?region={region}'",
        frame.origin,
        kind.area(),
        kind.service,
        kind.collection,
        item.id
    );
    let line = |label: String, value: AnyView| view! { <div><dt>{label}</dt><dd>{value}</dd></div> };
    let columns = kind
        .columns
        .iter()
        .map(|column| line(column.label.to_string(), value::cell(column.show, item.metadata.get(column.key.as_ref()))));
    let columns = columns.collect_view();
    // What was asked for and is no column.
    let known =
        |field: &model::Field| field.name == "name" || kind.columns.iter().any(|column| column.key == field.name);
    let asked = kind.fields.iter().filter(|field| !known(field)).filter_map(|field| {
        let show = match &field.input {
            Input::Number { unit, .. } if unit == "MiB" => Show::Mib,
            Input::Number { unit, .. } if unit == "GB" => Show::Gb,
            _ => Show::Text,
        };
        let shown = value::text(show, item.metadata.get(field.name.as_ref()))?;
        Some(line(field.label.to_string(), shown.into_any()))
    });
    let asked = asked.collect_view();
    view! {
        <Title text=format!("{name} · {region}")/>
        {crumbs(&region, Some(&kind))}
        <header class="page-head">
            <h1>{name}</h1>
            <StateMark state=item.state/>
            <span class="grow"></span>
            {buttons}
        </header>
        {said(&frame)}
        {fault}
        <section aria-labelledby="attributes">
            <h2 id="attributes">{words::ATTRIBUTES}</h2>
            <dl class="pairs">
                {columns}
                {asked}
                {line(words::CLOUD_ID.to_owned(), value::mono(item.id.to_string()).into_any())}
                {line(words::REGION.to_owned(), region.into_any())}
            </dl>
        </section>
        <ApiCall text=call/>
    }
}

/// An action as a page: what it asks for, as far as it can be asked for now, and what it interrupts.
#[component]
pub fn Act() -> impl IntoView {
    let (action, (region, data)) = (page::param("action"), asked());
    page::show(data, move |frame, found| {
        let flash = flash_for(&frame, "act_whole").unwrap_or_default();
        match found.kind.action(&action.get()).cloned() {
            Some(action) => view! { <Acting region=region.get() found action flash/> }.into_any(),
            None => view! { <FailedPage failure=model::Error::not_found("action").into()/> }.into_any(),
        }
    })
}

#[component]
fn Acting(region: String, found: WholeItem, action: Action, flash: Flash) -> impl IntoView {
    let WholeItem { kind, item, .. } = found;
    let (fields, problem) = (action.fields_for(&item.metadata), flash.problem());
    let values = RwSignal::new(initial(&fields, &Vec::new(), &flash.values, false));
    let (title, label) = (words::act_with(&action.label, &item.name), action.label.to_string());
    let danger = (!action.danger.is_empty()).then(|| view! { <p>{action.danger.to_string()}</p> });
    let class = if danger.is_some() { "btn btn-error" } else { "btn btn-primary" };
    let back = whole(&region, &kind.slug, &[item.id.as_str()]);
    let offered = action.is_offered(item.state, &item.metadata);
    let not_now = (!offered).then(|| words::not_now(&label));
    let not_now = not_now.map(|why| view! { <Banner level="warning">{why}</Banner> });
    view! {
        <Title text=title.clone()/>
        {crumbs(&region, Some(&kind))}
        <section class="narrow">
            <h1>{title}</h1>
            <p><a class="link" href=back.clone()>{item.name.clone()}</a> " " <StateMark state=item.state/></p>
            {not_now}
            <Problem problem id="act-problem" labels=labels(&fields)/>
            {danger}
            <StillForm to={path::<ActWhole>()} class="fields">
                {hidden("region", &region)}
                {hidden("kind", &kind.slug)}
                {hidden("id", &item.id)}
                {hidden("action", &action.name)}
                <SpecFields fields choices=Vec::new() trouble=Vec::new() values problem/>
                <p class="buttons">
                    <a class="btn" href=back autofocus>{words::CANCEL}</a>
                    <button class=class disabled=!offered>{label}</button>
                </p>
            </StillForm>
        </section>
    }
}

/// The confirmation of a deletion.
#[component]
pub fn Delete() -> impl IntoView {
    let (region, data) = asked();
    page::show(data, move |frame, found| {
        let flash = flash_for(&frame, "delete_whole").unwrap_or_default();
        view! { <Deleting region=region.get() found flash/> }
    })
}

#[component]
fn Deleting(region: String, found: WholeItem, flash: Flash) -> impl IntoView {
    let WholeItem { kind, item, .. } = found;
    let title = words::delete_what(&item.name);
    let back = whole(&region, &kind.slug, &[item.id.as_str()]);
    view! {
        <Title text=title.clone()/>
        {crumbs(&region, Some(&kind))}
        <section class="narrow">
            <h1>{title}</h1>
            <p><StateMark state=item.state/></p>
            <Problem problem=flash.problem() id="delete-problem" labels=Vec::new()/>
            <p>{words::delete_from_whole(&kind.title, &region)}</p>
            <StillForm to={path::<DeleteWhole>()} class="fields">
                {hidden("region", &region)}
                {hidden("kind", &kind.slug)}
                {hidden("id", &item.id)}
                <p class="buttons">
                    <a class="btn" href=back autofocus>{words::CANCEL}</a>
                    <button class="btn btn-error">{words::DELETE}</button>
                </p>
            </StillForm>
        </section>
    }
}
