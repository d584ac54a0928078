//! The fields of a kind or of an action, with those that are rarely needed folded away.
use crate::{
    failure::Failure,
    parts::{choices::first_choice, field::SpecField, problem::errors_at},
    words,
};
use leptos::prelude::*;
use model::{Field, FormValues, Input, Usage, view::Choice};

/// What there is to choose, by field.
pub type ChoicesOf = Vec<(String, Vec<Choice>)>;

/// What stands in the fields at first: what was typed before, else what is sensible; nothing chosen where something is
/// destroyed (`danger`).
pub fn initial(fields: &[Field], choices: &ChoicesOf, typed: &FormValues, danger: bool) -> FormValues {
    let value = |field: &Field| {
        let typed_here = typed.get(field.name.as_ref());
        match (&field.input, choices.iter().find(|(name, _)| *name == field.name)) {
            (Input::Choice { .. }, Some((_, choices))) => first_choice(field, choices, typed_here, danger),
            _ if typed.is_empty() => field.default.to_string(),
            _ => typed_here.cloned().unwrap_or_default(),
        }
    };
    fields.iter().map(|field| (field.name.to_string(), value(field))).collect()
}

/// What these values would take of the quota: what is chosen, so many times as are asked for, and sizes in GB.
pub fn wanted(fields: &[Field], choices: &ChoicesOf, values: &FormValues) -> Usage {
    let number = |field: &Field| values.get(field.name.as_ref()).and_then(|text| text.trim().parse::<i64>().ok());
    let counted = fields.iter().filter(|field| field.name.ends_with("_count")).filter_map(number).sum::<i64>().max(1);
    fields.iter().fold(Usage::ZERO, |sum, field| match &field.input {
        Input::Choice { .. } => {
            let of_field = choices.iter().find(|(name, _)| *name == field.name);
            let chosen = values.get(field.name.as_ref()).zip(of_field);
            let chosen = chosen.and_then(|(value, (_, choices))| choices.iter().find(|one| one.value == *value));
            sum + chosen.map_or(Usage::ZERO, |one| one.usage.times(counted))
        }
        Input::Number { .. } if field.name == "vcpus" => {
            sum + Usage::compute(number(field).unwrap_or_default().max(0), 0)
        }
        Input::Number { .. } if field.name == "ram_mib" => {
            sum + Usage::compute(0, number(field).unwrap_or_default().max(0))
        }
        Input::Number { unit, .. } if unit == "GB" => sum + Usage::storage(number(field).unwrap_or_default().max(0)),
        _ => sum,
    })
}

/// The fields. `values` holds what stands in them, for previews.
#[component]
pub fn SpecFields(
    /// The fields.
    fields: Vec<Field>,
    /// What there is to choose.
    choices: ChoicesOf,
    /// Fields whose choices are missing, with the reason.
    trouble: Vec<(String, String)>,
    /// What stands in them.
    values: RwSignal<FormValues>,
    /// What is wrong.
    problem: Signal<Option<Failure>>,
) -> impl IntoView {
    let changed = Callback::new(move |(name, text): (String, String)| {
        values.update(|values| {
            values.insert(name, text);
        });
    });
    let bad_inside = problem.with_untracked(|problem| {
        let bad = problem.as_ref().map(|failure| failure.error.fields()).unwrap_or_default();
        fields.iter().any(|field| field.advanced && bad.contains_key(field.name.as_ref()))
    });
    let one = |field: &Field| {
        let choices = choices.iter().find(|(name, _)| *name == field.name).map(|(_, choices)| choices.clone());
        let trouble = trouble.iter().find(|(name, _)| *name == field.name).map(|(_, why)| why.clone());
        let value = values.with_untracked(|values| values.get(field.name.as_ref()).cloned().unwrap_or_default());
        let errors = errors_at(problem, &field.name);
        view! { <SpecField field=field.clone() choices=choices.unwrap_or_default() trouble value errors changed/> }
    };
    let plain = fields.iter().filter(|field| !field.advanced).map(one).collect_view();
    let advanced: Vec<_> = fields.iter().filter(|field| field.advanced).map(one).collect();
    let advanced = (!advanced.is_empty()).then(|| {
        view! { <details class="advanced" open=bad_inside><summary>{words::ADVANCED}</summary> {advanced}</details> }
    });
    view! { {plain} {advanced} }
}

/// Names and labels, for the summary of errors.
pub fn labels(fields: &[Field]) -> Vec<(String, String)> {
    fields.iter().map(|field| (field.name.to_string(), field.label.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::wanted;
    use model::{Field, FormValues, Usage, view::Choice};

    #[test]
    fn the_preview_counts_the_chosen_flavor_and_the_size() {
        let fields =
            [Field::choice("flavor_id", "Flavor", "nova_flavor"), Field::number("size_gb", "Size", 1, 100, "GB")];
        let small = Choice {
            value: "1".into(),
            label: "m1.small".into(),
            detail: String::new(),
            disabled: None,
            usage: Usage::compute(1, 2048),
        };
        let choices = vec![("flavor_id".to_owned(), vec![small])];
        let values = FormValues::from([("flavor_id".into(), "1".into()), ("size_gb".into(), "10".into())]);
        assert_eq!(wanted(&fields, &choices, &values), Usage { vcpus: 1, ram_mib: 2048, storage_gb: 10 });
    }
}
