//! Events as a line through time, newest first.
use crate::{time::Ago, words};
use leptos::prelude::*;
use model::AuditEvent;

/// What happened, who did it, and when.
#[component]
pub fn Timeline(
    /// The events, newest first.
    events: Vec<AuditEvent>,
) -> impl IntoView {
    if events.is_empty() {
        return view! { <p class="quiet">{words::NO_EVENTS}</p> }.into_any();
    }
    let event = |event: AuditEvent| {
        view! {
            <li data-outcome=event.outcome.as_str()>
                <span class="dot" aria-hidden="true"></span>
                <div>
                    <b>{words::audited(&event.action)}</b> " "
                    <span class="target">{event.target_name}</span> " "
                    <span class="outcome">{words::outcome(event.outcome)}</span>
                    {words::reason(&event.detail).map(|why| view! { <p class="why">{why}</p> })}
                </div>
                <span class="quiet">{event.actor} " · " <Ago at=event.at/></span>
            </li>
        }
    };
    view! { <ol class="timeline">{events.into_iter().map(event).collect_view()}</ol> }.into_any()
}
