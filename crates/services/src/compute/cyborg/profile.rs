//! Device profiles: what flavors ask of accelerators, by name.
//!
//! A creation is a list of one and is answered with that one; one that is read is wrapped. Of the groups that a profile
//! may have, one is made here, which is what a flavor with one sort of accelerator needs.
use crate::{Definition, Facts, Seen, Unkept, clients::CYBORG};
use http::Method;
use model::{
    Column, Field, Group, Kind, Spec,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging, Request};
use serde::Deserialize;
use serde_json::{Value, json};

static PROFILES: Collection = Collection {
    one: Some("device_profile"),
    paging: Paging::None,
    ..Collection::new(&CYBORG, "device_profiles", "device_profiles")
};

/// Device profiles.
pub(crate) static DEVICE_PROFILE: Definition = Definition::new(
    Kind::live(
        ("cyborg_device_profile", "Device profile", "Device profiles"),
        Group::Compute,
        "cyborg",
        "device-profiles",
    )
    .about("A device profile says which accelerators a server gets whose flavor names it.")
    .for_administrators()
    .asks(
        const {
            &[
                Field::text("name", "Name").help("Letters, digits, hyphens and underscores."),
                Field::text("resource", "Resource class")
                    .help("What is asked for, as the placement service calls it: FPGA, GPU, VGPU or one of your own."),
                Field::number("count", "How many", 1, 1000, "").optional().default("1"),
                Field::lines("traits", "Traits", 50, 255)
                    .optional()
                    .help("What it must have, one a line, such as CUSTOM_FAKE_DEVICE."),
                Field::text("description", "Description").optional().advanced(),
            ]
        },
        r#"{"name": "<name>", "resource": "FPGA", "count": 1, "traits": ["CUSTOM_FAKE_DEVICE"]}"#,
    )
    .columns(
        const {
            &[
                Column::new("groups", "Asks for", Show::Text),
                Column::new("description", "Description", Show::Text),
            ]
        },
    )
    .verbs(
        const {
            &[
                Verb::list("list_device_profiles"),
                Verb::create("create_device_profile"),
                Verb::delete("delete_device_profile"),
            ]
        },
    ),
    &PROFILES,
    read,
)
.detail(|seen| seen.text("groups").to_owned())
.unkept(Unkept { refuse, create });

fn words(spec: &Spec, field: &str) -> Vec<String> {
    let lines = spec.get(field).and_then(Value::as_array).into_iter().flatten();
    lines.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text<'a>(spec: &'a Spec, field: &str) -> &'a str {
    spec.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn refuse(spec: &Spec) -> Option<(&'static str, String)> {
    // Names of the placement service.
    let placed = |word: &str| word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if !text(spec, "name").chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
        return Some(("name", "Use letters, digits, hyphens and underscores only.".to_owned()));
    }
    let sentence = || "Use capital letters, digits and underscores only.".to_owned();
    if !placed(text(spec, "resource")) {
        return Some(("resource", sentence()));
    }
    (!words(spec, "traits").iter().all(|word| placed(word))).then(|| ("traits", sentence()))
}

fn create(spec: &Spec, _: &Facts) -> Request {
    let count = spec.get("count").and_then(Value::as_i64).unwrap_or(1);
    let mut group = Spec::new();
    group.insert(format!("resources:{}", text(spec, "resource")), json!(count.to_string()));
    group.extend(words(spec, "traits").into_iter().map(|word| (format!("trait:{word}"), json!("required"))));
    let mut profile = json!({ "name": text(spec, "name"), "groups": [group] });
    if let Some(description) = spec.get("description") {
        profile["description"] = description.clone();
    }
    Request::new(&CYBORG, Method::POST, ["device_profiles"]).json(json!([profile])).expect(&[201])
}

/// <https://docs.openstack.org/api-ref/accelerator/#get-one-device-profile>
#[derive(Deserialize)]
struct Profile {
    uuid: String,
    name: String,
    description: Option<String>,
    #[serde(default)]
    groups: Vec<Spec>,
}

/// A group in words: `FPGA × 1, CUSTOM_FAKE_DEVICE`.
fn group(group: &Spec) -> String {
    let word = |(key, value): (&String, &Value)| match key.split_once(':') {
        Some(("resources", class)) => format!("{class} × {}", value.as_str().unwrap_or("1")),
        Some(("trait", name)) if value == "required" => name.to_owned(),
        _ => format!("{key} = {}", value.as_str().unwrap_or_default()),
    };
    group.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn read(value: &Value) -> Option<Seen> {
    let profile = Profile::deserialize(value).ok()?;
    let groups: Vec<String> = profile.groups.iter().map(group).collect();
    let seen = Seen::new(&profile.uuid, &profile.name, None)
        .with("groups", groups.join("; "))
        .with("description", profile.description);
    Some(seen)
}
