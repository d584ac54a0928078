//! A content delivery network. OpenStack has none: this one is simulated by the portal itself, and says so wherever it
//! appears. It is asked like a service, by requests, and its distributions belong to a project and a region like anything
//! else (`crates/portal/src/resources/cdn.rs` answers).
//!
//! The row's id stands in the description; lists filter by it.
use crate::{
    Act, Ask, Definition, Kept, Part, Seen, Tag,
    clients::CDN,
    tag::{tag_of, tag_text},
};
use http::Method;
use model::{
    Action, Column, Field, Group, Kind, Spec, State,
    kind::{Output, Show, Verb},
};
use openstack::{Collection, Paging, Request};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::IpAddr;

static DISTRIBUTIONS: Collection = Collection {
    // It shows all at once: who simulates one has few.
    paging: Paging::None,
    ..Collection::new(&CDN, "distributions", "distributions")
};

/// The longest that an answer may be remembered, in seconds: a year.
const LONGEST_TTL: i64 = 31_536_000;
/// How long it is remembered where nothing is said, in seconds.
const USUAL_TTL: i64 = 86_400;

/// Distributions.
pub(crate) static DISTRIBUTION: Definition = Definition::new(
    Kind::kept(
        ("cdn_distribution", "CDN distribution (simulated)", "CDN distributions (simulated)"),
        Group::Networking,
        "cdn",
        "distributions",
    )
    .about(
        "A distribution keeps copies of a site near those who read it. This one is simulated: OpenStack has no such \
         service, nothing is served, and its traffic is made up.",
    )
    .asks(
        const {
            &[
                Field::text("name", "Name"),
                Field::text("origin", "Origin").longest(253).help(
                    "The host whose pages it would copy, such as www.example.com. Simulated: nothing is fetched from it.",
                ),
                Field::lines("domains", "Domains", 20, 253)
                    .optional()
                    .help("One in a line: under which names it would be read, such as static.example.com."),
                Field::number("default_ttl", "Keep for", 0, LONGEST_TTL, "seconds")
                    .optional()
                    .advanced()
                    .help("How long a copy would be kept where the origin does not say; a day when left out."),
            ]
        },
        r#"{"name": "<name>", "origin": "www.example.com", "domains": ["static.example.com"]}"#,
    )
    .columns(
        const {
            &[
                Column::new("origin", "Origin", Show::Mono),
                Column::new("domain_name", "Address (simulated)", Show::Mono),
                Column::new("default_ttl", "Keep for, s", Show::Number),
            ]
        },
    )
    .verbs(
        const {
            &[
                Verb::list("list_cdn_distributions"),
                Verb::show("get_cdn_distribution"),
                Verb::create("provision_cdn_distribution"),
                Verb::delete("delete_cdn_distribution"),
            ]
        },
    )
    .actions(
        const { &[Action::new("metrics", "Metrics (simulated)", "cdn_distribution_metrics").output(Output::Text)] },
    ),
    &DISTRIBUTIONS,
    read,
)
.detail(|seen| seen.text("origin").to_owned())
.kept(Kept {
    refuse,
    ..Kept::new(
        Tag::Description,
        &[Part { noun: "distribution", collection: &DISTRIBUTIONS, wanted: |_| true, body, read }],
    )
})
.acts(const {
    &[Act::reading(
        |ask| Some(Request::new(&CDN, Method::GET, ["distributions", ask.id, "metrics"])),
        |answer| metrics(answer.get("hours")?.as_array()?),
    )]
});

/// A name that others can ask for: of two labels at least, each of letters, digits and hyphens. No address, because those
/// of a private network mean another host to everybody who has one.
fn is_public_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels: Vec<&str> = text.split('.').collect();
    let named = labels.last().is_some_and(|last| !last.bytes().all(|b| b.is_ascii_digit()) && *last != "localhost");
    text.len() <= 253 && text.parse::<IpAddr>().is_err() && labels.len() > 1 && named && labels.into_iter().all(label)
}

fn refuse(spec: &Spec) -> Option<(&'static str, String)> {
    let origin = spec.get("origin").and_then(Value::as_str).unwrap_or_default();
    if !is_public_host(origin) {
        return Some((
            "origin",
            "Give the name of a host that everybody can reach, such as www.example.com.".to_owned(),
        ));
    }
    let domains = spec.get("domains").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let bad = domains.into_iter().find(|domain| !is_public_host(domain))?;
    Some(("domains", format!("“{bad}” is not a domain such as static.example.com.")))
}

fn body(ask: &Ask<'_>) -> Value {
    json!({
        "name": ask.text("name"),
        "description": tag_text(ask.tag),
        "origin": ask.text("origin"),
        "domains": ask.spec.get("domains").cloned().unwrap_or_else(|| json!([])),
        "default_ttl": ask.number("default_ttl").unwrap_or(USUAL_TTL),
    })
}

/// What the simulated service shows of one.
#[derive(Deserialize)]
struct Distribution {
    id: String,
    name: String,
    project_id: String,
    description: String,
    status: String,
    origin: String,
    domains: Vec<String>,
    domain_name: String,
    default_ttl: i64,
}

fn read(value: &Value) -> Option<Seen> {
    let one = Distribution::deserialize(value).ok()?;
    let mut seen = Seen::new(&one.id, &one.name, Some(&one.project_id))
        .in_state(if one.status == "DEPLOYING" { State::Building } else { State::Active })
        .with("origin", one.origin.as_str())
        .with("domain_name", one.domain_name)
        .with("default_ttl", one.default_ttl)
        .with("simulated", true)
        .asking("name", one.name.as_str())
        .asking("origin", one.origin)
        .asking("domains", one.domains)
        .asking("default_ttl", one.default_ttl);
    seen.tag = tag_of(&one.description);
    Some(seen)
}

/// An hour in a line.
fn metrics(hours: &[Value]) -> Option<String> {
    let mut text = format!(
        "Simulated: nobody asked for anything.\n\n{:<16} {:>9} {:>9} {:>6}",
        "HOUR (UTC)", "REQUESTS", "MIB", "HITS"
    );
    for hour in hours {
        let number = |key: &str| hour.get(key).and_then(Value::as_i64);
        let (requests, hits) = (number("requests")?, number("hits")?);
        let share = if requests == 0 { "–".to_owned() } else { format!("{} %", 100 * hits / requests) };
        let (at, mib) = (hour.get("hour")?.as_str()?, number("bytes")? / (1024 * 1024));
        text.push_str(&format!("\n{at:<16} {requests:>9} {mib:>9} {share:>6}"));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::is_public_host;

    #[test]
    fn an_origin_is_a_host_that_everybody_can_ask_for() {
        for host in ["www.example.com", "a-b.example", "xn--bcher-kva.example"] {
            assert!(is_public_host(host), "{host}");
        }
        for host in [
            "localhost",
            "my.localhost",
            "10.0.0.1",
            "169.254.169.254",
            "::1",
            "2130706433",
            "a..b",
            "-a.b",
            "a b.c",
            "u@h.example",
            "h.example:80",
            "h.example/x",
        ] {
            assert!(!is_public_host(host), "{host}");
        }
    }
}
