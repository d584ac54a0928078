//! Nodes: whole machines.
//!
//! Two state machines are theirs, power and provision. What can be asked for in which state is Ironic's own table
//! (<https://docs.openstack.org/ironic/latest/user/states.html>); nothing else is offered, and what is asked for all the
//! same Ironic refuses. Cleaning by hand and rescue are left out: they ask for steps or a password.
use super::VERSION;
use crate::{Act, ActAsk, Again, Definition, Facts, Seen, Unkept, clients::IRONIC};
use http::Method;
use model::{
    Action, Column, Field, Group, Kind, Spec, State,
    field::{List, Str},
    kind::{Show, Verb},
};
use openstack::{Collection, Paging, Request};
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow::Borrowed;

static NODES: Collection = Collection {
    detail: Some("detail"),
    paging: Paging::Marker { by: "uuid" },
    microversion: VERSION,
    ..Collection::new(&IRONIC, "nodes", "nodes")
};

/// Nodes.
pub(crate) static NODE: Definition = Definition::new(
    Kind::live(("ironic_node", "Bare metal node", "Bare metal nodes"), Group::Compute, "ironic", "nodes")
        .about("A node is a whole machine that the cloud hands out. It is enrolled, checked and made available here.")
        .for_administrators()
        .asks(
            const {
                &[
                    Field::text("name", "Name").help("Letters, digits, dots, hyphens, underscores and tildes."),
                    Field::text("driver", "Driver").help("How the machine is reached, such as redfish or ipmi."),
                    Field::text("resource_class", "Resource class")
                        .optional()
                        .default("baremetal")
                        .help("What flavors ask for to get a machine such as this one."),
                    Field::number("vcpus", "CPUs", 1, 100_000, "").optional(),
                    Field::number("ram_mib", "Memory", 1, 1_000_000_000, "MiB").optional(),
                    Field::number("disk_gb", "Disk", 1, 10_000_000, "GB").optional(),
                    Field::text("management_address", "Management address")
                        .optional()
                        .help("Of its management controller; with redfish a URL."),
                    Field::text("management_user", "Management user").optional(),
                    Field::text("management_password", "Management password").optional().secret(),
                ]
            },
            r#"{"name": "<name>", "driver": "fake-hardware"}"#,
        )
        .columns(
            const {
                &[
                    Column::new("power_state", "Power", Show::Text),
                    Column::new("provision_state", "Provision state", Show::Text),
                    Column::new("driver", "Driver", Show::Text),
                    Column::new("resource_class", "Resource class", Show::Text),
                    Column::new("instance", "Instance", Show::Mono),
                    Column::new("maintenance", "Maintenance", Show::Flag),
                ]
            },
        )
        .verbs(const { &[Verb::list("list_nodes"), Verb::create("create_node"), Verb::delete("delete_node")] })
        .actions(ACTIONS),
    &NODES,
    read,
)
.detail(|seen| seen.text("provision_state").to_owned())
.unkept(Unkept { refuse, create })
.acts(ACTS);

const POWERS: &[(Str, Str)] = &[
    (Borrowed("power on"), Borrowed("Power on")),
    (Borrowed("power off"), Borrowed("Power off")),
    (Borrowed("rebooting"), Borrowed("Reboot")),
    (Borrowed("soft power off"), Borrowed("Shut down")),
    (Borrowed("soft rebooting"), Borrowed("Restart")),
];
const FROM_POWER: &[(Str, List<Str>)] = &[
    (
        Borrowed("power on"),
        Borrowed(&[
            Borrowed("power off"),
            Borrowed("rebooting"),
            Borrowed("soft power off"),
            Borrowed("soft rebooting"),
        ]),
    ),
    (Borrowed("power off"), Borrowed(&[Borrowed("power on")])),
    (Borrowed("error"), Borrowed(&[Borrowed("power on"), Borrowed("power off"), Borrowed("rebooting")])),
];

const TARGETS: &[(Str, Str)] = &[
    (Borrowed("manage"), Borrowed("Manage: check that it can be reached")),
    (Borrowed("inspect"), Borrowed("Inspect: find out what it has")),
    (Borrowed("provide"), Borrowed("Provide: make it available")),
    (Borrowed("adopt"), Borrowed("Adopt: take over what runs on it")),
    (Borrowed("active"), Borrowed("Deploy")),
    (Borrowed("rebuild"), Borrowed("Rebuild: deploy once more")),
    (Borrowed("deleted"), Borrowed("Undeploy")),
    (Borrowed("abort"), Borrowed("Abort what it waits for")),
];
const FROM_PROVISION: &[(Str, List<Str>)] = &[
    (Borrowed("enroll"), Borrowed(&[Borrowed("manage")])),
    (Borrowed("manageable"), Borrowed(&[Borrowed("provide"), Borrowed("inspect"), Borrowed("adopt")])),
    (Borrowed("available"), Borrowed(&[Borrowed("active"), Borrowed("manage")])),
    (Borrowed("active"), Borrowed(&[Borrowed("deleted"), Borrowed("rebuild")])),
    (Borrowed("deploy failed"), Borrowed(&[Borrowed("active"), Borrowed("rebuild"), Borrowed("deleted")])),
    (Borrowed("error"), Borrowed(&[Borrowed("rebuild"), Borrowed("deleted")])),
    (Borrowed("clean failed"), Borrowed(&[Borrowed("manage")])),
    (Borrowed("inspect failed"), Borrowed(&[Borrowed("manage"), Borrowed("inspect")])),
    (Borrowed("adopt failed"), Borrowed(&[Borrowed("manage"), Borrowed("adopt")])),
    (Borrowed("clean wait"), Borrowed(&[Borrowed("abort")])),
    (Borrowed("inspect wait"), Borrowed(&[Borrowed("abort")])),
    (Borrowed("wait call-back"), Borrowed(&[Borrowed("abort"), Borrowed("deleted")])),
    (Borrowed("rescue"), Borrowed(&[Borrowed("deleted")])),
    (Borrowed("rescue failed"), Borrowed(&[Borrowed("deleted")])),
    (Borrowed("unrescue failed"), Borrowed(&[Borrowed("deleted")])),
];

const ACTIONS: &[Action] = &[
    Action::new("set_power_state", "Set power", "set_node_power_state")
        .asks(const { &[Field::one_of("target", "Power", POWERS)] })
        .example(r#"{"target": "power on"}"#)
        .when(&[State::Active, State::Failed])
        .narrowed("target", "power_state", FROM_POWER)
        .danger("What runs on the machine is interrupted when it is switched off or started anew."),
    Action::new("set_provision_state", "Set provision state", "set_node_provision_state")
        .asks(const { &[Field::one_of("target", "What to do", TARGETS)] })
        .example(r#"{"target": "manage"}"#)
        .when(&[State::Active, State::Failed, State::Building])
        .narrowed("target", "provision_state", FROM_PROVISION)
        .danger("To deploy, rebuild or undeploy it overwrites what is on its disks."),
];

static ACTS: &[Act] =
    &[Act::change(Again::Repeated, |ask| put(ask, "power")), Act::change(Again::Refused, |ask| put(ask, "provision"))];

/// Tells a node what to be. A second time it would be rebooted, or deployed, once more.
fn put(ask: &ActAsk<'_>, what: &'static str) -> Option<Request> {
    let target = ask.fields.get("target")?.as_str()?;
    let request = Request::new(&IRONIC, Method::PUT, ["nodes", ask.id, "states", what]).microversion(VERSION);
    Some(request.json(json!({ "target": target })).expect(&[202]).once())
}

fn text<'a>(spec: &'a Spec, field: &str) -> &'a str {
    spec.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The keys under which a driver looks for address, user and password of a management controller.
fn managed(driver: &str) -> Option<[&'static str; 3]> {
    match driver {
        "redfish" | "idrac" => Some(["redfish_address", "redfish_username", "redfish_password"]),
        "ipmi" => Some(["ipmi_address", "ipmi_username", "ipmi_password"]),
        "ilo" | "ilo5" => Some(["ilo_address", "ilo_username", "ilo_password"]),
        _ => None,
    }
}

const MANAGEMENT: [&str; 3] = ["management_address", "management_user", "management_password"];

fn refuse(spec: &Spec) -> Option<(&'static str, String)> {
    if !text(spec, "name").chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)) {
        let sentence = "Use letters, digits, dots, hyphens, underscores and tildes only.";
        return Some(("name", sentence.to_owned()));
    }
    // The audit keeps what was asked for.
    if text(spec, "management_address").contains('@') {
        return Some(("management_address", "Give user and password in their own fields.".to_owned()));
    }
    let driver = text(spec, "driver");
    let given = MANAGEMENT.into_iter().find(|field| spec.contains_key(*field))?;
    match managed(driver) {
        Some(_) => None,
        None => Some((given, format!("It is not known here under which name the driver {driver} looks for this."))),
    }
}

fn create(spec: &Spec, _: &Facts) -> Request {
    let mut properties = Spec::new();
    for (key, field) in [("cpus", "vcpus"), ("memory_mb", "ram_mib"), ("local_gb", "disk_gb")] {
        properties.extend(spec.get(field).map(|value| (key.to_owned(), value.clone())));
    }
    let mut info = Spec::new();
    for (key, field) in managed(text(spec, "driver")).unwrap_or_default().into_iter().zip(MANAGEMENT) {
        info.extend(spec.get(field).map(|value| (key.to_owned(), value.clone())));
    }
    let mut node = json!({ "name": text(spec, "name"), "driver": text(spec, "driver"), "properties": properties });
    if !info.is_empty() {
        node["driver_info"] = Value::Object(info);
    }
    if let Some(class) = spec.get("resource_class") {
        node["resource_class"] = class.clone();
    }
    NODES.create(node)
}

/// <https://docs.openstack.org/api-ref/baremetal/#show-node-details>
#[derive(Deserialize)]
struct Node {
    uuid: String,
    name: Option<String>,
    driver: String,
    power_state: Option<String>,
    provision_state: String,
    target_provision_state: Option<String>,
    resource_class: Option<String>,
    instance_uuid: Option<String>,
    #[serde(default)]
    maintenance: bool,
    maintenance_reason: Option<String>,
    last_error: Option<String>,
    #[serde(default)]
    properties: Spec,
}

fn read(value: &Value) -> Option<Seen> {
    let node = Node::deserialize(value).ok()?;
    let provision = node.provision_state.as_str();
    let state = match provision {
        "deleting" | "deleted" => State::Deleting,
        "error" => State::Failed,
        failed if failed.ends_with(" failed") => State::Failed,
        _ if node.target_provision_state.is_some() => State::Building,
        _ => State::Active,
    };
    let property = |key: &str| node.properties.get(key).cloned().unwrap_or_default();
    let mut seen = Seen::new(&node.uuid, node.name.as_deref().unwrap_or_default(), None)
        .in_state(state)
        .with("power_state", node.power_state)
        .with("provision_state", provision)
        .with("driver", node.driver)
        .with("resource_class", node.resource_class)
        .with("instance", node.instance_uuid)
        .with("maintenance", node.maintenance)
        .with("maintenance_reason", node.maintenance_reason)
        .with("vcpus", property("cpus"))
        .with("ram_mib", property("memory_mb"))
        .with("disk_gb", property("local_gb"));
    seen.fault = node.last_error;
    Some(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_can_be_told_is_a_word_that_there_is() {
        for (action, from, words) in [(0, FROM_POWER, POWERS), (1, FROM_PROVISION, TARGETS)] {
            for word in from.iter().flat_map(|(_, words)| words.iter()) {
                assert!(words.iter().any(|(known, _)| known == word), "{} {word}", ACTIONS[action].name);
            }
        }
    }

    #[test]
    fn a_management_controller_is_told_to_the_driver_in_its_own_words_and_to_no_other() {
        let spec = |driver: &str| {
            let spec = json!({"name": "n", "driver": driver, "management_address": "10.0.0.7"});
            spec.as_object().cloned().unwrap()
        };
        assert_eq!(refuse(&spec("redfish")), None);
        let openstack::Body::Json(body) = create(&spec("ipmi"), &Facts::default()).body else { panic!("no body") };
        assert_eq!(body["driver_info"], json!({"ipmi_address": "10.0.0.7"}));
        assert_eq!(refuse(&spec("fake-hardware")).unwrap().0, "management_address");
    }
}
