//! What is wrong with a form: summed up on top, with links to the fields.
use crate::{
    failure::Failure,
    parts::{dialog::focus, failed::RequestId, field::id_of},
    words,
};
use leptos::prelude::*;

/// What is wrong with one field.
pub fn errors_at(problem: Signal<Option<Failure>>, name: &str) -> Signal<Vec<String>> {
    let name = name.to_owned();
    Signal::derive(move || {
        problem.with(|problem| {
            problem.as_ref().and_then(|failure| failure.error.fields().remove(&name)).unwrap_or_default()
        })
    })
}

/// The summary. `labels` says how the fields are called.
#[component]
pub fn Problem(
    /// What is wrong.
    problem: Signal<Option<Failure>>,
    /// Its id.
    #[prop(default = "problem".to_owned(), into)]
    id: String,
    /// Names and labels of the fields.
    labels: Vec<(String, String)>,
) -> impl IntoView {
    let id = StoredValue::new(id);
    Effect::new(move |before: Option<bool>| {
        let is = problem.with(Option::is_some);
        if is && before.is_some() {
            request_animation_frame(move || id.with_value(|id| focus(id)));
        }
        is
    });
    move || {
        problem.get().map(|failure| {
            let fields = failure.error.fields();
            let lines = fields.iter().map(|(name, sentences)| {
                let label = labels.iter().find(|(known, _)| known == name).map(|(_, label)| label.clone());
                let text = sentences.join(" ");
                match label {
                    Some(label) => {
                        let href = format!("#{}", id_of(name));
                        view! { <li><a class="link" href=href rel="external">{label} ": " {text}</a></li> }.into_any()
                    }
                    None => view! { <li>{text}</li> }.into_any(),
                }
            });
            let lines = lines.collect_view();
            let detail = fields.is_empty().then(|| failure.error.detail());
            view! {
                <div class="alert alert-error problem" role="alert" tabindex="-1" id=id.get_value()>
                    <div>
                        <p class="problem-title">{words::PROBLEM}</p>
                        {detail.map(|detail| view! { <p>{detail}</p> })}
                        <ul>{lines}</ul>
                        <RequestId id=failure.request_id.clone()/>
                    </div>
                </div>
            }
        })
    }
}
