//! A choice among things: a list with what matters beside each name while it is short, else a menu.
use crate::{
    parts::field::{Changed, Notes, described_by, id_of, label},
    words,
};
use leptos::prelude::*;
use model::{Field, view::Choice};

/// So many choices are shown as a list.
const SHORT: usize = 7;

/// What stands chosen at first: what was typed before, the default, or for what must be given the first that can be.
/// Where something is destroyed (`danger`), only what was said is chosen.
pub fn first_choice(field: &Field, choices: &[Choice], typed: Option<&String>, danger: bool) -> String {
    let known =
        |text: &str| choices.iter().any(|one| one.disabled.is_none() && (one.value == text || one.label == text));
    let by =
        |text: &str| choices.iter().find(|one| one.value == text || one.label == text).map(|one| one.value.clone());
    let first = || choices.iter().find(|one| one.disabled.is_none()).map(|one| one.value.clone());
    match typed {
        Some(text) => by(text).unwrap_or_default(),
        None if known(&field.default) => by(&field.default).unwrap_or_default(),
        None if field.required && !danger => first().unwrap_or_default(),
        None => String::new(),
    }
}

/// A field that takes something of another kind.
#[component]
pub fn Choices(
    /// The field.
    field: Field,
    /// What there is.
    choices: Vec<Choice>,
    /// What is chosen at first.
    value: String,
    /// What is wrong with it.
    errors: Signal<Vec<String>>,
    /// Told of every change.
    changed: Changed,
) -> impl IntoView {
    let (id, name) = (id_of(&field.name), format!("spec[{}]", field.name));
    let described = described_by(&id, &field.help, errors);
    let wrong = move || (!errors.get().is_empty()).to_string();
    let help = field.help.to_string();
    let title = label(&field);
    let tell = {
        let name = field.name.to_string();
        move |text: String| changed.run((name.clone(), text))
    };
    let empty = choices.is_empty().then(|| view! { <p class="help">{words::NOTHING_TO_CHOOSE}</p> });
    if choices.len() > SHORT {
        let options = choices.into_iter().map(|one| {
            let why = one.disabled.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            let text = [one.label.as_str(), one.detail.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
            let text = format!("{}{why}", text.join(" · "));
            view! { <option value=one.value.clone() selected={one.value == value} disabled=one.disabled.is_some()>{text}</option> }
        });
        return view! {
            <div class="field" data-wrong=wrong>
                <label for=id.clone()>{title}</label>
                <select class="select" id=id.clone() name=name on:change=move |event| tell(event_target_value(&event)) aria-describedby=described>
                    <option value="">{words::CHOOSE}</option>
                    {options.collect_view()}
                </select>
                <Notes id help errors/>
            </div>
        }
        .into_any();
    }
    let none = Choice { label: words::NOT_SET.to_owned(), ..nothing() };
    let optional = (!field.required && !choices.is_empty()).then_some(none);
    let entries = optional.into_iter().chain(choices).enumerate().map(|(number, one)| {
        // The first carries the field's id, so that the summary of errors leads here.
        let id = if number == 0 { id.clone() } else { format!("{id}-{number}") };
        let (tell, value, chosen) = (tell.clone(), one.value.clone(), one.value == value);
        let detail = one.disabled.clone().unwrap_or(one.detail);
        view! {
            <li>
                <label class="option" data-off=one.disabled.is_some().to_string()>
                    <input type="radio" class="radio" id=id name=name.clone() value=one.value.clone() checked=chosen disabled=one.disabled.is_some()
                        on:change=move |_| tell(value.clone())/>
                    <b>{one.label}</b>
                    <span class="quiet">{detail}</span>
                </label>
            </li>
        }
    });
    let entries = entries.collect_view();
    view! {
        <fieldset class="field" data-wrong=wrong aria-describedby=described>
            <legend>{title}</legend>
            <ul class="options">{entries}</ul>
            {empty}
            <Notes id help errors/>
        </fieldset>
    }
    .into_any()
}

fn nothing() -> Choice {
    Choice {
        value: String::new(),
        label: String::new(),
        detail: String::new(),
        disabled: None,
        usage: model::Usage::ZERO,
    }
}
