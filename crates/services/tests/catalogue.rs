//! The catalogue as a whole: every kind has its requests in a snapshot, and reads what a real cloud answered.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
use model::{Custody, Input, ProjectId, Region, Scope, Spec, example::Hole, kind::Does};
use openstack::{Body, Request};
use serde_json::{Value, json};
use services::{
    ActAsk, Around, Ask, CATALOGUE, Deed, Definition, Facts, Step,
    definition::{Part, Steps},
};
use std::{collections::BTreeSet, fs, path::PathBuf};

const TAG: &str = "01940000-0000-7000-8000-000000000010";
const BINDING: &str = "01940000-0000-7000-8000-000000000001";

/// An example with its holes filled.
fn filled(example: &str) -> Option<Spec> {
    model::example::filled(example, |hole| match hole {
        Hole::Name => "a-name".to_owned(),
        Hole::Number => "7".to_owned(),
        Hole::One(slug) => format!("{slug}-1"),
    })
}

fn fact(id: &str) -> Value {
    json!({ "id": id, "name": id })
}

/// What the choices among these fields would be resolved to, where they were given.
fn chosen(fields: &[model::Field], given: &Spec) -> Spec {
    let known = fields.iter().filter_map(|field| match &field.input {
        Input::Choice { of, .. } => Some((field.name.to_string(), fact(&format!("{of}-1")))),
        _ => None,
    });
    known.filter(|(name, _)| given.contains_key(name)).collect()
}

/// What is asked for in the snapshots, and what its names were resolved to.
fn sample(slug: &str) -> (Value, Value) {
    match slug {
        "vm" => (
            json!({"name": "web-server-01", "user_data": "#cloud-config"}),
            json!({
                "flavor_id": {"id": "flavor-1", "name": "m1.medium", "vcpus": 2, "ram_mib": 4096},
                "image_id": fact("image-1"), "network_id": fact("network-1"), "key_name": fact("binding-my-keypair"),
            }),
        ),
        "nova_keypair" => (json!({"name": "my-keypair", "public_key": "ssh-ed25519 AAAA"}), json!({})),
        "cluster" => (
            json!({"name": "k8s", "node_count": 3, "master_count": 1}),
            json!({
                "cluster_template_id": {"id": "template-1", "docker_volume_gb": 5},
                "node_flavor": {"vcpus": 2, "ram_mib": 4096}, "master_flavor": {"vcpus": 1, "ram_mib": 2048},
                "keypair": fact("binding-my-keypair"),
            }),
        ),
        "volume" => (json!({"name": "data", "size_gb": 100}), json!({"volume_type": fact("type-1")})),
        "network" => (json!({"name": "net", "subnet_cidr": "10.0.0.0/24"}), json!({})),
        "neutron_subnet" => (json!({"name": "sub", "cidr": "fd00::/64"}), json!({"network_id": fact("network-1")})),
        "neutron_router" => (json!({"name": "router"}), json!({"external_network_id": fact("public-1")})),
        "floating_ip" => (
            json!({"server_id": "web"}),
            json!({"network_name": fact("public-1"), "server_id": fact("server-1"), "port_of_server": fact("port-1")}),
        ),
        _ => {
            let example = &services::find(slug).unwrap().kind.example;
            let spec = filled(example);
            let spec = spec.unwrap_or_else(|| panic!("{slug} has no example"));
            let facts = chosen(&services::find(slug).unwrap().kind.fields, &spec);
            (Value::Object(spec), Value::Object(facts))
        }
    }
}

fn facts(value: Value) -> Facts {
    serde_json::from_value(value).unwrap()
}

fn shown(request: &Request) -> Value {
    let body = match &request.body {
        Body::None => Value::Null,
        Body::Json(body) => body.clone(),
        Body::Text(kind, text) => json!([kind, text]),
    };
    let mut shown = json!({
        "service": request.service.service_type,
        "request": format!("{} {}", request.method, request.encoded_path()),
        "query": request.query,
        "microversion": request.microversion.map(|version| version.to_string()),
        "body": body,
        "expect": request.expect,
    });
    if !request.headers.is_empty() {
        shown["headers"] = json!(request.headers);
    }
    shown
}

fn creates(kind: &Definition) -> Vec<Value> {
    if kind.kept.is_none() && kind.unkept.is_none() {
        return Vec::new();
    }
    let (spec, known) = sample(&kind.kind.slug);
    let (spec, known) = (spec.as_object().unwrap().clone(), facts(known));
    let Some(kept) = &kind.kept else {
        return kind.unkept.iter().map(|unkept| shown(&(unkept.create)(&spec, &known))).collect();
    };
    let (project, mut made) = (ProjectId::new("project-1"), Vec::new());
    let mut requests = Vec::new();
    for Part { noun, collection, wanted, body, .. } in kept.parts {
        let ask = Ask { spec: &spec, facts: &known, tag: TAG, binding: BINDING, project: &project, made: &made };
        if wanted(&ask) {
            requests.push(shown(&collection.create(body(&ask))));
            made.push(format!("{noun}-1"));
        }
    }
    requests
}

/// Each request of several, when what came before is answered with nothing but a word that all steps know: a large
/// object, and a key.
fn stepped(steps: Steps, around: &Around<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    let mut answers = Vec::new();
    while let Step::Send(request, _) = steps(around, &answers) {
        all.push(shown(&request));
        let key = if answers.is_empty() { Value::Null } else { json!("a-key") };
        answers.push(json!({"x-static-large-object": "True", "x-container-meta-temp-url-key": key}));
    }
    all
}

/// The example of each action, with what its names would be resolved to.
fn actions(kind: &Definition) -> Vec<Value> {
    if kind.acts.is_empty() {
        return Vec::new();
    }
    // What the cloud showed of one, as it was recorded.
    let observed = match kind.kind.is_simulated() {
        true => Spec::new(),
        false => kind.read_one(&fixture(&kind.kind.slug, "get")).unwrap().metadata,
    };
    let one = |(action, act): (&model::Action, &services::Act)| {
        let fields = filled(&action.example).unwrap();
        let mut known = Facts(chosen(&action.fields, &fields));
        known.0.extend([("port_of_server".to_owned(), json!({"id": "port-1"}))]);
        let region = Region::new("RegionOne");
        let ask = ActAsk { id: "the-id", region: &region, fields: &fields, facts: &known, observed: &observed };
        let named = format!("{} {}", kind.kind.slug, action.name);
        let shown = match act.deed {
            Deed::Request(request) => shown(&request(&ask).expect(&named)),
            Deed::Steps(steps) => {
                let around = Around { ask, root: "https://cloud/v1/project-1", now: 0, seed: &[7; 32] };
                json!(stepped(steps, &around))
            }
            Deed::Cluster(work) => json!({ "on the cluster": format!("{:?}", work(&ask).expect(&named)) }),
        };
        json!({ action.name.as_ref(): shown })
    };
    kind.kind.actions.iter().zip(kind.acts).map(one).collect()
}

#[test]
fn every_request_of_every_kind_is_as_it_was() {
    for kind in CATALOGUE {
        let queries: Vec<_> = kind.queries("project-1");
        let id = model::ExternalId::new("the-id");
        let parent = kind.kind.parent.is_some().then_some("the-parent");
        let requests = json!({
            "list": {"request": shown(&kind.list(parent)), "queries": queries},
            "get": parent.is_none().then(|| shown(&kind.get(&id))),
            "create": creates(kind),
            "delete": kind.kind.can(Does::Delete).then(|| shown(&kind.collection.delete("the-id"))),
            "actions": actions(kind),
        });
        let mut requests = requests;
        if kind.kind.can(Does::Upload) {
            let mut sent = shown(&services::object::put("the-id", "the-folder/the-object", Some("text/plain"), true));
            sent["body"] = json!("the bytes");
            requests["upload"] = sent;
            requests["download"] =
                shown(&services::object::download("the-id", "the-folder/the-object", Some("bytes=0-9")));
        }
        insta::assert_json_snapshot!(format!("requests_of_{}", kind.kind.slug), requests);
    }
}

/// A recorded body; where a thing is told about in headers, those.
fn fixture(slug: &str, operation: &str) -> Value {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/fixtures", slug, operation].iter().collect();
    let text = fs::read_to_string(path.with_extension("json")).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let mut recorded = serde_json::from_str::<Value>(&text).unwrap();
    if recorded["request"]["method"] == "HEAD" || recorded["request"]["method"] == "PUT" {
        let headers = recorded["answer"]["headers"].as_object().unwrap().iter();
        let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.as_str().unwrap().parse().unwrap()));
        let path = recorded["request"]["path"].as_str().unwrap();
        // Of an object's path, its name is what stands behind the container.
        let name = path.split_once('/').map_or(path, |(_, object)| object);
        return openstack::request::heard(name, &headers.collect());
    }
    recorded["answer"]["body"].take()
}

/// What stands in clouds: nothing can be recorded of what the portal simulates itself.
fn clouds() -> impl Iterator<Item = &'static Definition> {
    CATALOGUE.iter().copied().filter(|kind| !kind.kind.is_simulated())
}

#[test]
fn what_a_real_cloud_lists_and_shows_is_read() {
    for kind in clouds() {
        let slug = kind.kind.slug.as_ref();
        let list = fixture(slug, "list");
        let items =
            kind.collection.unwrap_many(&list).unwrap_or_else(|| panic!("{slug}: the list is not where it is said"));
        assert!(!items.is_empty(), "{slug}: an empty list shows nothing");
        let read: Vec<_> =
            items.iter().map(|item| (kind.read)(item).unwrap_or_else(|| panic!("{slug}: {item}"))).collect();
        let shown = |seen: &services::Seen| {
            let mut shown = json!({
                "id": seen.id, "name": seen.name, "state": seen.state, "fault": seen.fault, "metadata": seen.metadata,
                "project": seen.project, "open": seen.open, "tag": seen.tag,
            });
            // Of what the platform keeps, also what it is compared by.
            if kind.kept.is_some() {
                (shown["takes"], shown["asked"]) = (json!(seen.takes), json!(seen.asked));
            }
            shown
        };
        insta::assert_json_snapshot!(format!("list_of_{slug}"), read.iter().map(shown).collect::<Vec<_>>());
        // Keypairs alone have no answer of their own shape to a read in every version.
        let one = kind.read_one(&fixture(slug, "get")).unwrap_or_else(|| panic!("{slug}: get"));
        insta::assert_json_snapshot!(format!("one_{slug}"), shown(&one));
    }
}

#[test]
fn the_answer_to_every_creation_has_the_id() {
    for kind in clouds().filter(|kind| kind.kept.is_some()) {
        let slug = kind.kind.slug.as_ref();
        let seen = kind.read_one(&fixture(slug, "create")).unwrap_or_else(|| panic!("{slug}: create"));
        assert!(!seen.id.as_str().is_empty(), "{slug}");
    }
    for kind in CATALOGUE.iter().filter(|kind| kind.unkept.is_some()) {
        let slug = kind.kind.slug.as_ref();
        let seen = (kind.read)(&fixture(slug, "create")).unwrap_or_else(|| panic!("{slug}: create"));
        assert!(!seen.id.as_str().is_empty(), "{slug}");
    }
}

#[test]
fn a_node_can_be_told_what_goes_with_its_state_and_nothing_else() {
    let node = services::find("ironic_node").unwrap();
    let words = |operation: &str, action: &str| {
        let seen = node.read_one(&fixture("ironic_node", operation)).unwrap();
        let action = node.kind.action(action).unwrap();
        assert!(action.is_offered(seen.state, &seen.metadata), "{operation}");
        match &action.fields_for(&seen.metadata)[0].input {
            Input::OneOf { options } => options.iter().map(|(word, _)| word.to_string()).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(words("get_enrolled", "set_provision_state"), ["manage"]);
    assert_eq!(words("get", "set_provision_state"), ["manage", "active"]);
    assert_eq!(words("get_active", "set_provision_state"), ["rebuild", "deleted"]);
    assert_eq!(words("get_active", "set_power_state"), ["power off", "rebooting", "soft power off", "soft rebooting"]);
    assert_eq!(words("get", "set_power_state").len(), 5, "nobody knows yet whether it is on");
}

#[test]
fn a_failed_server_tells_why() {
    let server = services::find("vm").unwrap();
    let seen = server.read_one(&fixture("vm", "get_failed")).unwrap();
    assert_eq!(seen.state, model::State::Failed);
    assert!(!seen.fault.unwrap().is_empty());
}

#[test]
fn slugs_functions_and_addresses_are_unique() {
    let (mut slugs, mut functions, mut addresses) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for kind in CATALOGUE.iter().map(|definition| &definition.kind) {
        assert!(slugs.insert(&kind.slug), "{}", kind.slug);
        assert!(addresses.insert((kind.group, &kind.service, &kind.collection)), "{}", kind.slug);
        let verbs = kind.verbs.iter().map(|verb| &verb.function);
        for function in verbs.chain(kind.actions.iter().map(|action| &action.function)) {
            assert!(functions.insert((&kind.service, function)), "{} {function}", kind.service);
        }
    }
}

#[test]
fn every_kind_is_whole() {
    for definition in CATALOGUE {
        let kind = &definition.kind;
        assert_eq!(kind.custody == Custody::Kept, definition.kept.is_some(), "{}", kind.slug);
        assert_eq!(kind.can(Does::Create), !kind.fields.is_empty(), "{}", kind.slug);
        assert_eq!(kind.can(Does::Create), !kind.example.is_empty(), "{}", kind.slug);
        let made = definition.kept.is_some() || definition.unkept.is_some();
        assert_eq!(kind.can(Does::Create), made, "{}", kind.slug);
        // What belongs to no project has no row.
        assert!(kind.scope == Scope::Project || definition.kept.is_none(), "{}", kind.slug);
        assert_eq!(kind.actions.len(), definition.acts.len(), "{}", kind.slug);
        assert!(!kind.about.is_empty() && kind.can(Does::List), "{}", kind.slug);
        let all = kind.fields.iter().chain(kind.actions.iter().flat_map(|action| action.fields.iter()));
        for field in all {
            if let model::Input::Choice { of, .. } = &field.input {
                assert!(services::find(of).is_some(), "{}.{} chooses of {of}", kind.slug, field.name);
            }
        }
    }
}

#[test]
fn every_example_is_of_the_fields_that_there_are_and_needs_kinds_that_there_are() {
    for kind in CATALOGUE.iter().map(|definition| &definition.kind) {
        let created = kind.can(Does::Create).then_some(("create", &kind.fields, &kind.example));
        let acted = kind.actions.iter().map(|action| (action.name.as_ref(), &action.fields, &action.example));
        for (what, fields, example) in created.into_iter().chain(acted) {
            let spec = model::example::filled(example, |_| "one".to_owned());
            let spec = spec.unwrap_or_else(|| panic!("{} {what}: {example}", kind.slug));
            for name in spec.keys() {
                assert!(fields.iter().any(|field| field.name == **name), "{} {what}: no field {name}", kind.slug);
            }
            for field in fields.iter().filter(|field| field.required) {
                assert!(spec.contains_key(field.name.as_ref()), "{} {what}: {} is missing", kind.slug, field.name);
            }
            for slug in model::example::needs(example) {
                assert!(services::find(slug).is_some(), "{} {what} needs {slug}", kind.slug);
            }
        }
    }
}

#[test]
fn a_volume_is_detached_from_the_only_server_that_has_it_and_from_none_when_there_are_several() {
    let (_, detach) = services::find("volume").unwrap().act("detach").unwrap();
    let (none, known, region) = (Spec::new(), Facts::default(), Region::new("RegionOne"));
    let asked = |attached: &str| {
        let observed = Spec::from_iter([("attached_to".to_owned(), json!(attached))]);
        let ask = ActAsk { id: "the-id", region: &region, fields: &none, facts: &known, observed: &observed };
        detach.request(&ask).map(|request| request.encoded_path())
    };
    assert_eq!(asked("server-1").as_deref(), Some("servers/server-1/os-volume_attachments/the-id"));
    assert_eq!((asked("server-1, server-2"), asked("")), (None, None));
}
