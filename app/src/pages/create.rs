//! A create form, made of what the kind says about itself.
use crate::send::{Post, Sending};
use crate::{
    api::forms::Provision,
    ask::{Asked, Question},
    data::{Flash, Frame, KeyedForm, at},
    page,
    pages::frame::flash_for,
    parts::{
        banner::Banner,
        code::ApiCall,
        once::Once,
        problem::Problem,
        quota_bar::QuotaPreview,
        spec_form::{SpecFields, initial, labels, wanted},
    },
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;
use model::{Field, FormValues, Input, Kind, Place, view::Provisioned};

/// The create form of a kind.
#[component]
pub fn Create() -> impl IntoView {
    let (place, kind) = (page::place(), page::param("kind"));
    let data = Asked::new(move || Question::Form(place.get(), kind.get()));
    page::show(data, move |frame, keyed| {
        let flash = flash_for(&frame, "provision");
        view! { <Content frame place=page::as_place(&place.get()) keyed flash/> }
    })
}

#[component]
fn Content(frame: Frame, place: Place, keyed: KeyedForm, flash: Option<Flash>) -> impl IntoView {
    let KeyedForm { form, key } = keyed;
    let fields = StoredValue::new(form.kind.fields.to_vec());
    let kind = form.kind;
    let action = Sending::of::<Provision>();
    let problem = action.problem(flash.as_ref());
    let once = RwSignal::new(None::<(String, String)>);
    let (navigate, here) = (use_navigate(), place.clone());
    action.then(move |done: Provisioned| {
        let to = at(&here, &format!("r/{}", done.view.id));
        match done.once {
            Some(secret) => once.set(Some((secret, to))),
            None => navigate(&to, leptos_router::NavigateOptions::default()),
        }
    });
    let typed = flash.map(|flash| flash.values).unwrap_or_default();
    let values = RwSignal::new(fields.with_value(|fields| initial(fields, &form.choices, &typed)));
    let choices = StoredValue::new(form.choices.clone());
    let asked = Signal::derive(move || {
        fields.with_value(|fields| choices.with_value(|choices| values.with(|values| wanted(fields, choices, values))))
    });
    let call = {
        let (kind, place, origin) = (kind.clone(), place.clone(), frame.origin);
        Signal::derive(move || values.with(|values| curl(&origin, &kind, &place, values)))
    };
    let counts = fields.with_value(|fields| fields.iter().any(|field| counts(field, &form.choices)));
    let title = words::create(&kind.title);
    let submit = words::create_in(&kind.title, place.environment.as_str());
    let label = move || if action.pending() { words::WORKING.to_owned() } else { submit.clone() };
    let forbidden = (!form.may).then(|| view! { <Banner level="warning">{words::NEEDS_OPERATOR}</Banner> });
    let (may, trouble, environment) = (form.may, form.trouble, form.environment);
    let (list, labels) = (at(&place, &format!("k/{}", kind.slug)), fields.with_value(|fields| labels(fields)));
    view! {
        <Title text=format!("{title} · {place}")/>
        <header class="page-head">
            <h1>{title}</h1>
            <p class="quiet">{kind.about.to_string()}</p>
        </header>
        {forbidden}
        {move || once.get().map(|(secret, to)| view! {
            <Once text=secret/>
            <p class="buttons"><a class="btn btn-primary" href=to>{words::GO_ON}</a></p>
        })}
        <div class="form-page" class:hidden=move || once.with(Option::is_some)>
            <div class="form-main">
                <Problem problem labels/>
                <Post to=action class="fields">
                    <input type="hidden" name="workspace" value=place.workspace.to_string()/>
                    <input type="hidden" name="environment" value=place.environment.to_string()/>
                    <input type="hidden" name="kind" value=kind.slug.to_string()/>
                    <input type="hidden" name="key" value=move || format!("{key}-{}", action.times())/>
                    <SpecFields fields=fields.get_value() choices=form.choices trouble values problem/>
                    <p class="buttons">
                        <a class="btn" href=list>{words::CANCEL}</a>
                        <button class="btn btn-primary" prop:disabled=move || action.pending() || !may disabled=!may>{label}</button>
                    </p>
                </Post>
                <ApiCall text=call/>
            </div>
            {counts.then(|| view! { <QuotaPreview environment wanted=asked/> })}
        </div>
    }
}

/// Whether a field can take something of the quota.
fn counts(field: &Field, choices: &[(String, Vec<model::view::Choice>)]) -> bool {
    match &field.input {
        Input::Number { unit, .. } => unit == "GB",
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
