//! The page of one resource: what it is, what can be done with it, what happened to it.
use crate::{
    ask::{Asked, Question, once},
    data::{Flash, Frame, KeyedDetail, at},
    live::Live,
    page,
    pages::{
        contents::{self, Around, Inside},
        objects::Objects,
    },
    parts::{
        acts::{ActDialogs, ActList, Acts, inline::Tool},
        banner::Banner,
        code::ApiCall,
        once::Once,
        output::Output,
        state::StateMark,
        timeline::Timeline,
        value,
    },
    time::Ago,
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    AuditEvent, Kind, Place,
    kind::Show,
    view::{Contents, ResourceView},
};

/// The page of a row.
#[component]
pub fn Resource() -> impl IntoView {
    let (place, id) = (page::place(), page::param("id"));
    let data = Asked::new(move || Question::Detail(place.get(), id.get()));
    page::show(data, move |frame, keyed| {
        view! { <Content frame place=page::as_place(&place.get()) keyed/> }
    })
}

#[component]
fn Content(frame: Frame, place: Place, keyed: KeyedDetail) -> impl IntoView {
    let KeyedDetail { detail, contents, choices, browsed, key } = keyed;
    let (row, events) = (RwSignal::new(detail.view.clone()), RwSignal::new(detail.events));
    let contents = RwSignal::new(contents);
    let patch = Callback::new(move |now: ResourceView| row.set(now));
    let acts = Acts::provide(place.clone(), key, patch);
    follow(place.clone(), row, events, contents);
    let kind = StoredValue::new(detail.kind.clone());
    let name = detail.view.resource_name.clone();
    let flash = frame.flash.clone().filter(|flash| matches!(flash.form.as_str(), "provision" | "act" | "remove"));
    let call = format!(
        "curl -H \"Authorization: Token $ATONIX_TOKEN\" \\\n  '{}/api/services/provision/resources/?workspace_id={}&environment_id={}&search={}'",
        frame.origin, place.workspace, place.environment, detail.view.id
    );
    // What adds to it and takes out of it stands beside what lies in it.
    let above = StoredValue::new({
        let mut kind = detail.kind.clone();
        let inside =
            contents.with_untracked(|all| all.iter().filter_map(|one| one.kind.parent.clone()).collect::<Vec<_>>());
        let beside = |one: &model::Action| {
            inside.iter().any(|up| up.adds == one.name || up.removes.0 == one.name || up.edits.0 == one.name)
        };
        kind.actions.to_mut().retain(|one| !one.inline && !beside(one));
        kind
    });
    let list = at(&place, &format!("k/{}", detail.kind.slug));
    let fault = move || {
        row.with(|row| row.fault.clone()).map(|why| {
            let help = move || row.with(|row| words::state_help(row.status));
            view! { <Banner level="warning"><b>{words::FAULT} ": "</b> {why} " " {help}</Banner> }
        })
    };
    let state = Signal::derive(move || row.with(|row| row.status));
    let busy = Signal::derive(move || row.with(|row| row.busy.clone()));
    let here = StoredValue::new(place.clone());
    let around = Around {
        place: place.clone(),
        row: row.into(),
        kind: detail.kind.clone(),
        may: detail.may,
        choices,
        flash: flash.clone(),
    };
    // A form that is being filled in stays when the lists beside it change.
    let inside = {
        let around = StoredValue::new(around.clone());
        let one = move |first: Contents| {
            let name = contents::key(&first);
            let now = Signal::derive(move || {
                contents.with(|all| all.iter().find(|one| contents::key(one) == name).cloned()).unwrap_or(first.clone())
            });
            view! { <Inside around=around.get_value() contents=now/> }
        };
        view! { <For each=move || contents.get() key=contents::key children=one/> }
    };
    let mut on_page = inline(&detail.kind, &contents.get_untracked());
    on_page.retain(|name| flash.as_ref().is_some_and(|flash| flash.action.as_deref() == Some(name)));
    let tools = detail.kind.actions.iter().filter(|action| action.inline && detail.may).cloned().map(|action| {
        let around = around.clone();
        let offered = Memo::new({
            let action = action.clone();
            move |_| row.with(|row| action.is_offered(row.status, &row.metadata))
        });
        move || {
            offered.get().then(|| {
                let (choices, flash) = (around.choices_of(&action), around.left(&action, &model::FormValues::new()));
                let (place, kind) = (around.place.clone(), around.kind.slug.to_string());
                view! { <Tool place row=row.into() kind action=action.clone() choices flash/> }
            })
        }
    });
    let tools = tools.collect_view();
    // What is told at a form on the page is not told above it, too.
    let flash = flash.map(|flash| match on_page.is_empty() {
        true => flash,
        false => Flash { failure: None, once: None, ..flash },
    });
    view! {
        <Title text=format!("{name} · {place}")/>
        <p class="crumb"><a class="link" href=list>{detail.kind.plural.to_string()}</a></p>
        <header class="page-head">
            <h1>{name}</h1>
            <span role="status" aria-live="polite"><StateMark state busy/></span>
            <span class="grow"></span>
            {detail.may.then(|| view! { <ActList kind=Signal::derive(move || above.get_value()) row class="btn btn-sm"/> })}
        </header>
        {flash.map(|flash| left(flash, &detail.kind, detail.view.resource_name.clone()))}
        {fault}
        {browsed.then(|| view! { <Objects place=here.get_value() row=row.into() may=detail.may/> })}
        <section aria-labelledby="attributes">
            <h2 id="attributes">{words::ATTRIBUTES}</h2>
            {move || attributes(&kind.get_value(), &row.get())}
        </section>
        {tools}
        {inside}
        <section aria-labelledby="timeline">
            <h2 id="timeline">{words::TIMELINE}</h2>
            {move || view! { <Timeline events=events.get()/> }}
        </section>
        <ApiCall text=call/>
        <ActDialogs acts/>
    }
}

/// The actions whose forms stand on the page.
fn inline(kind: &Kind, contents: &[Contents]) -> Vec<String> {
    let adds = contents.iter().filter_map(|one| Some(one.kind.parent.as_ref()?.adds.to_string()));
    let inline = kind.actions.iter().filter(|action| action.inline).map(|action| action.name.to_string());
    adds.chain(inline).collect()
}

/// What a form without JavaScript left: what was said, what is shown once, what went wrong.
fn left(flash: Flash, kind: &Kind, name: String) -> impl IntoView + use<> {
    let action = flash.action.as_deref().and_then(|action| kind.action(action)).cloned();
    let made = flash.form == "provision";
    let once = flash.once.map(|text| match made {
        true => view! { <Once text/> }.into_any(),
        false => view! { <Output action name text/> }.into_any(),
    });
    view! {
        {flash.said.map(|said| view! { <Banner>{said}</Banner> })}
        {flash.failure.map(|failure| view! { <Banner level="warning">{failure.error.detail()}</Banner> })}
        {once}
    }
}

/// Asks again when the row changed.
fn follow(
    place: Place,
    row: RwSignal<ResourceView>,
    events: RwSignal<Vec<AuditEvent>>,
    contents: RwSignal<Vec<Contents>>,
) {
    let here = place.environment;
    let ask = move || {
        let (workspace, environment) = (place.workspace.to_string(), place.environment.to_string());
        let id = row.with_untracked(|row| row.id.to_string());
        leptos::task::spawn_local(async move {
            if let Ok(keyed) = once::<KeyedDetail>(Question::Detail((workspace, environment), id)).await {
                if row.with_untracked(|old| *old != keyed.detail.view) {
                    row.set(keyed.detail.view);
                }
                events.set(keyed.detail.events);
                if contents.with_untracked(|old| !alike(old, &keyed.contents)) {
                    contents.set(keyed.contents);
                }
            }
        });
    };
    let (again, listed) = (ask.clone(), ask.clone());
    let each = move |change: crate::live::Change| {
        if row.with_untracked(|row| row.id == change.resource) {
            ask();
        }
    };
    let live = Live::get();
    live.listen(each, again);
    // What lies in it could not be read before, and now can.
    live.listen_lists(move |list| {
        let awaited = |all: &Vec<Contents>| all.iter().any(|one| one.kind.slug == list.kind);
        if list.environment == here && contents.with_untracked(awaited) {
            listed();
        }
    });
}

/// Whether nothing else is in them than was before, however old either list is.
fn alike(old: &[Contents], new: &[Contents]) -> bool {
    let shown =
        |one: &Contents| (one.kind.slug.clone(), one.of.clone(), one.list.items.clone(), one.list.trouble.clone());
    old.iter().map(shown).eq(new.iter().map(shown))
}

/// Labels and values: the kind's columns, what was asked for, and where it is.
fn attributes(kind: &Kind, row: &ResourceView) -> impl IntoView + use<> {
    let line = |label: String, value: AnyView| view! { <div><dt>{label}</dt><dd>{value}</dd></div> };
    let known = |field: &model::Field| {
        kind.columns.iter().any(|column| column.key == field.name || column.label == field.label)
    };
    let columns = kind
        .columns
        .iter()
        .map(|column| line(column.label.to_string(), value::cell(column.show, row.metadata.get(column.key.as_ref()))));
    let asked = kind.fields.iter().filter(|field| field.name != "name" && !known(field)).filter_map(|field| {
        let named = field.called().and_then(|key| row.metadata.get(key));
        let shown = value::text(Show::Text, named.or_else(|| row.metadata.get(field.name.as_ref())))?;
        Some(line(field.label.to_string(), view! { <span class="asked">{shown}</span> }.into_any()))
    });
    let external = row.resource_id.as_ref().map(|id| value::mono(id.to_string()).into_any());
    let external = external.unwrap_or_else(|| words::NONE.into_any());
    let takes = super::inventory::takes(row.usage);
    let columns: Vec<_> = columns.collect();
    let asked: Vec<_> = asked.collect();
    view! {
        <dl class="pairs">
            {columns}
            {asked}
            {line(words::TAKES.to_owned(), takes.into_any())}
            {line(words::CLOUD_ID.to_owned(), external)}
            {line(words::ROW_ID.to_owned(), value::mono(row.id.to_string()).into_any())}
            {line(words::PROJECT.to_owned(), row.openstack_project.clone().into_any())}
            {line(words::REGION.to_owned(), row.openstack_region.to_string().into_any())}
            {line(words::BY.to_owned(), row.created_by.clone().into_any())}
            {line(words::AGE.to_owned(), view! { <Ago at=row.created_at/> }.into_any())}
            {line(words::CHANGED.to_owned(), view! { <Ago at=row.updated_at/> }.into_any())}
        </dl>
    }
}
