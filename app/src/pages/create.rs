//! A create form, made of what the kind says about itself.
use crate::send::{Post, Sending};
use crate::{
    api::forms::Provision,
    ask::{Asked, Question, once},
    data::{Flash, Frame, KeyedForm, at},
    live::Live,
    page,
    pages::frame::flash_for,
    parts::{
        banner::Banner,
        code::ApiCall,
        dialog::focus,
        once::Once as Secret,
        problem::Problem,
        quota_bar::QuotaPreview,
        spec_form::{SpecFields, initial, labels, wanted},
    },
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;
use model::{
    Field, FormValues, Input, Kind, Place,
    view::{FormView, Provisioned},
};

/// The create form of a kind.
#[component]
pub fn Create() -> impl IntoView {
    let (place, kind) = (page::place(), page::param("kind"));
    let data = Asked::new(move || Question::Form(place.get(), kind.get(), FormValues::new()));
    page::show(data, move |frame, keyed| {
        let flash = flash_for(&frame, "provision");
        view! { <Content frame place=page::as_place(&place.get()) keyed flash/> }
    })
}

#[component]
fn Content(frame: Frame, place: Place, keyed: KeyedForm, flash: Option<Flash>) -> impl IntoView {
    let KeyedForm { form, key } = keyed;
    let kind = form.kind.clone();
    let action = Sending::of::<Provision>();
    let problem = action.problem(flash.as_ref());
    let secret = RwSignal::new(None::<(String, String)>);
    let (navigate, here) = (use_navigate(), place.clone());
    action.then(move |done: Provisioned| {
        let to = at(&here, &format!("r/{}", done.view.id));
        match done.once {
            Some(text) => secret.set(Some((text, to))),
            None => navigate(&to, leptos_router::NavigateOptions::default()),
        }
    });
    let typed = flash.map(|flash| flash.values).unwrap_or_default();
    let values = RwSignal::new(initial(&form.kind.fields, &form.choices, &typed, false));
    let (may, environment) = (form.may, form.environment.clone());
    let labels = labels(&form.kind.fields);
    let shown = RwSignal::new(form);
    complete(place.clone(), shown, values);
    follow(place.clone(), shown, values);
    let asked = Signal::derive(move || {
        shown.with(|form| values.with(|values| wanted(&form.kind.fields, &form.choices, values)))
    });
    let call = {
        let (kind, place, origin) = (kind.clone(), place.clone(), frame.origin);
        Signal::derive(move || values.with(|values| curl(&origin, &kind, &place, values)))
    };
    let preview =
        Memo::new(move |_| shown.with(|form| form.kind.fields.iter().any(|field| counts(field, &form.choices))));
    let title = words::create(&kind.title);
    let submit = words::create_in(&kind.title, place.environment.as_str());
    let label = move || if action.pending() { words::WORKING.to_owned() } else { submit.clone() };
    let forbidden = (!may).then(|| view! { <Banner level="warning">{words::NEEDS_OPERATOR}</Banner> });
    let list = at(&place, &format!("k/{}", kind.slug));
    let fields = move || {
        let FormView { kind, choices, trouble, .. } = shown.get();
        view! { <SpecFields fields=kind.fields.to_vec() choices trouble values problem/> }
    };
    view! {
        <Title text=format!("{title} · {place}")/>
        <header class="page-head">
            <h1>{title}</h1>
            <p class="quiet">{kind.about.to_string()}</p>
        </header>
        {forbidden}
        {move || secret.get().map(|(text, to)| view! {
            <Secret text/>
            <p class="buttons"><a class="btn btn-primary" href=to>{words::GO_ON}</a></p>
        })}
        <div class="form-page" class:hidden=move || secret.with(Option::is_some)>
            <div class="form-main">
                <Problem problem labels/>
                <Post to=action class="fields">
                    <input type="hidden" name="workspace" value=place.workspace.to_string()/>
                    <input type="hidden" name="environment" value=place.environment.to_string()/>
                    <input type="hidden" name="kind" value=kind.slug.to_string()/>
                    <input type="hidden" name="key" value=move || format!("{key}-{}", action.times())/>
                    {fields}
                    <p class="buttons">
                        <a class="btn" href=list>{words::CANCEL}</a>
                        <button class="btn btn-primary" prop:disabled=move || action.pending() || !may disabled=!may>{label}</button>
                    </p>
                </Post>
                <ApiCall text=call/>
            </div>
            {move || preview.get().then(|| view! { <QuotaPreview environment=environment.clone() wanted=asked/> })}
        </div>
    }
}

/// Asks again for choices that are missing or old, once their list can be read. What was typed and chosen stays.
fn complete(place: Place, shown: RwSignal<FormView>, values: RwSignal<FormValues>) {
    Live::get().listen_lists(move |list| {
        let awaited = |form: &FormView| {
            let of = |field: &Field| matches!(&field.input, Input::Choice { of, .. } if *of == list.kind);
            let short = |field: &Field| form.trouble.iter().any(|(name, _)| *name == field.name);
            form.kind.fields.iter().any(|field| of(field) && short(field))
        };
        if list.environment == place.environment && shown.with_untracked(awaited) {
            renew(&place, shown, values);
        }
    });
}

/// Asks again when something was chosen that other choices depend on.
fn follow(place: Place, shown: RwSignal<FormView>, values: RwSignal<FormValues>) {
    let leading = move || {
        let names = shown.with_untracked(|form| leading(&form.kind.fields));
        values.with(|values| names.iter().map(|name| values.get(name).cloned()).collect::<Vec<_>>())
    };
    Effect::watch(
        leading,
        move |now, before, _| {
            if before.is_some_and(|before| before != now) {
                renew(&place, shown, values);
            }
        },
        false,
    );
}

/// The fields on which other fields' choices depend.
fn leading(fields: &[Field]) -> Vec<String> {
    fields.iter().filter_map(|field| field.follows().map(str::to_owned)).collect()
}

/// Asks for the form anew, with what is chosen by now. What was typed and chosen stays.
fn renew(place: &Place, shown: RwSignal<FormView>, values: RwSignal<FormValues>) {
    let at = (place.workspace.to_string(), place.environment.to_string());
    let (slug, names) = shown.with_untracked(|form| (form.kind.slug.to_string(), leading(&form.kind.fields)));
    let mut chosen = values.get_untracked();
    chosen.retain(|name, text| names.contains(name) && !text.is_empty());
    leptos::task::spawn_local(async move {
        if let Ok(KeyedForm { form, .. }) = once::<KeyedForm>(Question::Form(at, slug, chosen)).await {
            let mut typed = values.get_untracked();
            typed.retain(|_, text| !text.is_empty());
            let focused = document().active_element().map(|one| one.id()).filter(|id| !id.is_empty());
            values.set(initial(&form.kind.fields, &form.choices, &typed, false));
            shown.set(form);
            // The fields are new ones.
            if let Some(id) = focused {
                request_animation_frame(move || focus(&id));
            }
        }
    });
}

/// Whether a field can take something of the quota.
fn counts(field: &Field, choices: &[(String, Vec<model::view::Choice>)]) -> bool {
    match &field.input {
        Input::Number { unit, .. } => unit == "GB" || matches!(field.name.as_ref(), "vcpus" | "ram_mib"),
        Input::Choice { .. } => choices
            .iter()
            .filter(|(name, _)| *name == field.name)
            .any(|(_, choices)| choices.iter().any(|one| one.usage != model::Usage::ZERO)),
        _ => false,
    }
}

/// The same as a command.
fn curl(origin: &str, kind: &Kind, place: &Place, values: &FormValues) -> String {
    let mut body = serde_json::Map::new();
    body.insert("workspace_id".to_owned(), place.workspace.as_str().into());
    body.insert("environment_id".to_owned(), place.environment.as_str().into());
    for field in kind.fields.iter() {
        let text = values.get(field.name.as_ref()).filter(|text| !text.is_empty());
        let value = match (&field.input, text) {
            (_, None) => continue,
            (_, Some(_)) if field.secret => "…".into(),
            (Input::Number { .. }, Some(text)) => text.parse::<i64>().map_or_else(|_| text.as_str().into(), Into::into),
            (Input::Flag, Some(_)) => true.into(),
            (Input::Lines { .. }, Some(text)) => text.lines().map(str::trim).collect(),
            (_, Some(text)) => text.as_str().into(),
        };
        body.insert(field.name.to_string(), value);
    }
    // A quote inside a quoted shell word.
    let body = serde_json::Value::Object(body).to_string().replace('\'', "'\\''");
    let path = format!("/api/services/{}/{}/{}/", kind.group.as_str(), kind.service, kind.collection);
    format!(
        "curl -X POST '{origin}{path}' \\\n  -H \"Authorization: Token $ATONIX_TOKEN\" \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'"
    )
}
