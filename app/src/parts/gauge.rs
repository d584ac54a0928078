//! Quota gauges, drawn as SVG, with the same content as a table.
use crate::words;
use leptos::prelude::*;
use model::{Usage, view::EnvironmentView};

/// A dimension: its label, what is taken, the quota, and how an amount is said.
pub type Dimension = (&'static str, i64, i64, fn(i64) -> String);

/// The dimensions of a quota.
pub fn dimensions(used: Usage, quota: Usage) -> [Dimension; 3] {
    [
        (words::VCPUS, used.vcpus, quota.vcpus, |count| count.to_string()),
        (words::MEMORY, used.ram_mib, quota.ram_mib, words::memory),
        (words::STORAGE, used.storage_gb, quota.storage_gb, |gb| format!("{gb} GB")),
    ]
}

/// Per cent of a quota, between 0 and 100.
pub fn percent(used: i64, quota: i64) -> i64 {
    match quota {
        ..=0 => i64::from(used > 0) * 100,
        _ => (used.saturating_mul(100) / quota).clamp(0, 100),
    }
}

/// `ok`, `near` (from 80 per cent) or `full`: the word that the colours go by.
pub fn level(used: i64, quota: i64) -> &'static str {
    match percent(used, quota) {
        100.. => "full",
        80.. => "near",
        _ => "ok",
    }
}

/// The quota of an environment: three gauges and their table.
#[component]
pub fn Gauges(
    /// The environment.
    environment: EnvironmentView,
) -> impl IntoView {
    let each = dimensions(environment.used, environment.quota);
    let rows = each.map(|(label, used, quota, say)| {
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td class="num">{say(used)}</td>
                <td class="num">{say((quota - used).max(0))}</td>
                <td class="num">{say(quota)}</td>
            </tr>
        }
    });
    view! {
        <div class="gauges">
            <div class="dials" aria-hidden="true">{each.map(|(label, used, quota, say)| dial(label, used, quota, say)).collect_view()}</div>
            <table class="table small">
                <caption class="sr-only">{words::QUOTA}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::RESOURCE}</th>
                        <th scope="col" class="num">{words::USED}</th>
                        <th scope="col" class="num">{words::LEFT}</th>
                        <th scope="col" class="num">{words::LIMIT}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

/// A ring of which a part is filled. Its circumference is 100, so that per cent are lengths.
fn dial(label: &'static str, used: i64, quota: i64, say: fn(i64) -> String) -> impl IntoView {
    let filled = percent(used, quota);
    view! {
        <figure class="dial" data-level=level(used, quota)>
            <svg viewBox="0 0 40 40">
                <circle cx="20" cy="20" r="15.915" class="dial-track"/>
                <circle cx="20" cy="20" r="15.915" class="dial-fill" stroke-dasharray=format!("{filled} 100") transform="rotate(-90 20 20)"/>
                <text x="20" y="22.5" text-anchor="middle">{format!("{filled} %")}</text>
            </svg>
            <figcaption><b>{label}</b> <span>{words::of(&say(used), &say(quota))}</span></figcaption>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::{level, percent};

    #[test]
    fn a_quota_lowered_below_its_use_is_full_and_not_more() {
        assert_eq!(percent(120, 100), 100);
        assert_eq!(percent(1, 0), 100);
        assert_eq!(percent(0, 0), 0);
        assert_eq!([level(79, 100), level(80, 100), level(100, 100)], ["ok", "near", "full"]);
    }
}
