//! One field of a form: label above, help below, the error at the field.
use crate::{parts::choices::Choices, words};
use leptos::prelude::*;
use model::{Field, Input, view::Choice};

/// What happens when a field changes: its name and its new text.
pub type Changed = Callback<(String, String)>;

/// Texts that may be longer than this, in bytes, are whole files, and get the room of an editor.
const LONG: u32 = 65_536;

/// What the ids of a form's fields begin with where several forms stand on a page, as a context of that form.
#[derive(Clone, Debug)]
pub struct Within(pub String);

/// A field's id in the page.
pub fn id_of(name: &str) -> String {
    match use_context::<Within>() {
        Some(Within(form)) => format!("{form}-{name}"),
        None => format!("field-{name}"),
    }
}

/// A field of a kind's create form or of an action.
#[component]
pub fn SpecField(
    /// The field.
    field: Field,
    /// What there is to choose, for choices.
    choices: Vec<Choice>,
    /// Why the choices are missing or old, if they are.
    trouble: Option<String>,
    /// What stands in it at first.
    value: String,
    /// What is wrong with it.
    #[prop(into)]
    errors: Signal<Vec<String>>,
    /// Told of every change.
    changed: Changed,
) -> impl IntoView {
    let (id, name) = (id_of(&field.name), format!("spec[{}]", field.name));
    let label = label(&field);
    let tell = {
        let name = field.name.to_string();
        move |text: String| changed.run((name.clone(), text))
    };
    if let Input::Choice { .. } = &field.input
        && (trouble.is_none() || !choices.is_empty())
    {
        let old = trouble.map(|why| view! { <p class="help">{words::CHOICES_OLD} " " {why}</p> });
        return view! { <Choices field choices value errors changed/> {old} }.into_any();
    }
    let described = described_by(&id, &field.help, errors);
    let invalid = move || (!errors.get().is_empty()).then_some("true");
    let control = match &field.input {
        Input::LongText { max } => long_text(id.clone(), name, *max > LONG, value, described, invalid, tell).into_any(),
        Input::Lines { .. } => long_text(id.clone(), name, false, value, described, invalid, tell).into_any(),
        Input::Flag => {
            let on = matches!(value.as_str(), "true" | "on");
            let told = move |event| tell(if event_target_checked(&event) { "on" } else { "" }.to_owned());
            view! {
                <input type="checkbox" class="checkbox" id=id.clone() name=name checked=on on:change=told aria-describedby=described/>
            }
            .into_any()
        }
        Input::OneOf { options } => {
            let options = options.iter().map(|(word, label)| {
                view! { <option value=word.to_string() selected={*word == value}>{label.to_string()}</option> }
            });
            let none = (!field.required && field.default.is_empty())
                .then(|| view! { <option value="">{words::CHOOSE}</option> });
            view! {
                <select class="select" id=id.clone() name=name on:change=move |event| tell(event_target_value(&event)) aria-describedby=described aria-invalid=invalid>
                    {none} {options.collect_view()}
                </select>
            }
            .into_any()
        }
        input => {
            let (kind, mode) = match input {
                Input::Number { .. } => ("number", "numeric"),
                _ if field.secret => ("password", "text"),
                _ => ("text", "text"),
            };
            let (min, max, unit) = match input {
                Input::Number { min, max, unit } => (Some(*min), Some(*max), unit.to_string()),
                _ => (None, None, String::new()),
            };
            let hint = matches!(input, Input::Cidr).then_some("10.0.0.0/24");
            view! {
                <span class="with-unit">
                    <input class="input" type=kind inputmode=mode id=id.clone() name=name value=value min=min max=max placeholder=hint autocomplete="off" spellcheck="false"
                        on:input=move |event| tell(event_target_value(&event)) aria-describedby=described aria-invalid=invalid aria-required=field.required.to_string()/>
                    {(!unit.is_empty()).then(|| view! { <span class="unit">{unit}</span> })}
                </span>
            }
            .into_any()
        }
    };
    let trouble = trouble.map(|why| view! { <p class="help">{words::CHOICES_MISSING} " " {why}</p> });
    view! {
        <div class="field" data-wrong=move || invalid().is_some().to_string()>
            <label for=id.clone()>{label}</label>
            {control}
            <Notes id help=field.help.to_string() errors/>
            {trouble}
        </div>
    }
    .into_any()
}

/// Lines of text. A textarea's child is not escaped when rendered on the server, so it is escaped here; and there is none
/// when there is nothing, because even an empty child would leave a mark in it.
fn long_text(
    id: String,
    name: String,
    whole_files: bool,
    value: String,
    described: impl Fn() -> Option<String> + Send + Sync + 'static,
    invalid: impl Fn() -> Option<&'static str> + Send + Sync + 'static,
    tell: impl Fn(String) + 'static,
) -> impl IntoView {
    let (rows, class) = if whole_files { ("20", "textarea editor") } else { ("5", "textarea") };
    let told = move |event| tell(event_target_value(&event));
    if value.is_empty() {
        return view! {
            <textarea class=class rows=rows id=id name=name spellcheck="false" on:input=told aria-describedby=described aria-invalid=invalid></textarea>
        }
        .into_any();
    }
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    view! {
        <textarea class=class rows=rows id=id name=name spellcheck="false" on:input=told aria-describedby=described aria-invalid=invalid>{escaped}</textarea>
    }
    .into_any()
}

/// The label, with "optional" where it is.
pub fn label(field: &Field) -> impl IntoView + use<> {
    let optional = (!field.required).then(|| view! { <span class="optional">" (" {words::OPTIONAL} ")"</span> });
    view! { {field.label.to_string()} {optional} }
}

/// The ids of what describes a field: its help and its error.
pub fn described_by(
    id: &str,
    help: &str,
    errors: Signal<Vec<String>>,
) -> impl Fn() -> Option<String> + Clone + Send + Sync + use<> {
    let (help, error) = ((!help.is_empty()).then(|| format!("{id}-help")), format!("{id}-error"));
    move || match (&help, errors.get().is_empty()) {
        (help, true) => help.clone(),
        (Some(help), false) => Some(format!("{error} {help}")),
        (None, false) => Some(error.clone()),
    }
}

/// The error and the help below a field.
#[component]
pub fn Notes(
    /// The field's id.
    id: String,
    /// What to know; may be empty.
    help: String,
    /// What is wrong.
    errors: Signal<Vec<String>>,
) -> impl IntoView {
    let help = (!help.is_empty()).then(|| view! { <p class="help" id=format!("{id}-help")>{help}</p> });
    let wrong = move || {
        let errors = errors.get();
        (!errors.is_empty()).then(|| view! { <p class="wrong" id=format!("{id}-error")>{errors.join(" ")}</p> })
    };
    view! { {wrong} {help} }
}

/// Something that a form sends along.
pub fn hidden(name: &'static str, value: &impl ToString) -> AnyView {
    view! { <input type="hidden" name=name value=value.to_string()/> }.into_any()
}

/// A plain field of a form that is not made of a kind: text, password, number.
#[component]
pub fn Plain(
    /// The name in the form.
    name: &'static str,
    /// The id, where the name is not one.
    #[prop(optional)]
    id: Option<&'static str>,
    /// The label.
    label: &'static str,
    /// What to know; may be empty.
    #[prop(optional)]
    help: &'static str,
    /// The type of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// A datalist's id.
    #[prop(optional)]
    list: Option<&'static str>,
    /// What is wrong with it.
    #[prop(into)]
    errors: Signal<Vec<String>>,
) -> impl IntoView {
    let id = id_of(id.unwrap_or(name));
    let described = described_by(&id, help, errors);
    let invalid = move || (!errors.get().is_empty()).then_some("true");
    view! {
        <div class="field" data-wrong=move || invalid().is_some().to_string()>
            <label for=id.clone()>{label}</label>
            <input class="input" type=kind id=id.clone() name=name value=value autocomplete=autocomplete list=list spellcheck="false" autocapitalize="none"
                aria-describedby=described aria-invalid=invalid/>
            <Notes id help=help.to_owned() errors/>
        </div>
    }
}
