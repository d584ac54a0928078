//! The quota before and after what a form asks for.
use crate::{
    parts::gauge::{dimensions, percent},
    words,
};
use leptos::prelude::*;
use model::{Usage, view::EnvironmentView};

/// One bar for each dimension that is asked for, or all while nothing is.
#[component]
pub fn QuotaPreview(
    /// The quota and what is taken of it.
    environment: EnvironmentView,
    /// What is asked for.
    wanted: Signal<Usage>,
) -> impl IntoView {
    let (used, quota) = (environment.used, environment.quota);
    let bars = move || {
        let after = dimensions(used + wanted.get(), quota);
        let bars = dimensions(used, quota).into_iter().zip(after).map(|((label, used, quota, say), (_, after, ..))| {
            let (before, end) = (percent(used, quota), percent(after, quota));
            let over = after > quota && after > used;
            let text = match after == used {
                true => words::of(&say(used), &say(quota)),
                false => words::of(&format!("{} → {}", say(used), say(after)), &say(quota)),
            };
            view! {
                <li data-over=over.to_string()>
                    <span>{label}</span> <span class="num">{text}</span>
                    <svg class="quota-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                        <rect class="quota-track" width="100" height="4"/>
                        <rect class="quota-used" width=before.to_string() height="4"/>
                        <rect class="quota-added" x=before.to_string() width=(end - before).max(0).to_string() height="4"/>
                    </svg>
                </li>
            }
        });
        bars.collect_view()
    };
    let fits = move || quota.admits(used, wanted.get());
    view! {
        <aside class="panel quota-preview" aria-label=words::QUOTA_PREVIEW>
            <h2>{words::QUOTA_PREVIEW}</h2>
            <ul>{bars}</ul>
            <p class="wrong" aria-live="polite">{move || (!fits()).then_some(words::DOES_NOT_FIT)}</p>
        </aside>
    }
}
