//! What became of each object of a manifest.
use crate::words;
use leptos::prelude::*;
use model::applied::{Applied, Became};

/// A line for each object, and how many came out how.
#[component]
pub fn Objects(
    /// The objects.
    objects: Vec<Applied>,
) -> impl IntoView {
    let counted = words::applied(&objects);
    let failed = objects.iter().any(|one| one.result == Became::Failed);
    let row = |one: Applied| {
        let kind = view! { <td class="name" data-label=words::OBJECT>{one.kind} " " <code>{one.name}</code></td> };
        let mark = match one.result {
            Became::Failed => "failed",
            Became::Unchanged => "",
            Became::Created | Became::Configured => "succeeded",
        };
        view! {
            <tr>
                {kind}
                <td data-label=words::NAMESPACE>{one.namespace.unwrap_or_else(|| words::NONE.to_owned())}</td>
                <td data-label=words::RESULT>
                    <span class="outcome-mark" data-outcome=mark>{words::became(one.result)}</span>
                </td>
                <td data-label=words::REASON>{one.message.map(|why| view! { <span class="said">{why}</span> })}</td>
            </tr>
        }
    };
    view! {
        <section class="objects" aria-labelledby="objects-title" data-failed=failed.to_string()>
            <h2 id="objects-title">{words::APPLIED}</h2>
            <p>{counted}</p>
            <div class="table-wrap">
                <table class="table rows">
                    <caption class="sr-only">{words::APPLIED}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words::OBJECT}</th>
                            <th scope="col">{words::NAMESPACE}</th>
                            <th scope="col">{words::RESULT}</th>
                            <th scope="col">{words::REASON}</th>
                        </tr>
                    </thead>
                    <tbody>{objects.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}
