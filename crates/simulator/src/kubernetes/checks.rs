//! What makes an object valid, with the words in which an API server says that it is not.

use serde_json::Value;

use super::kinds::Kind;
use super::schema;
use super::status::{Fault, Status};

/// Checks an object as it would be stored.
pub(crate) fn check(kind: &Kind, name: &str, object: &Value) -> Result<(), Status> {
    let mut faults = Vec::new();
    named(kind, name, &mut faults);
    match kind.kind.as_str() {
        "ConfigMap" | "Secret" if kind.group.is_empty() => keys(object, &mut faults),
        "Service" if kind.group.is_empty() => service(object, &mut faults),
        "Deployment" if kind.group == "apps" => deployment(object, &mut faults),
        "CustomResourceDefinition" => definition(name, object, &mut faults),
        _ => {}
    }
    if let Some(schema) = &kind.schema {
        schema::check(schema, object, "", &mut faults);
    }
    if faults.is_empty() { Ok(()) } else { Err(Status::invalid(&kind.of_group(), name, &faults)) }
}

fn named(kind: &Kind, name: &str, faults: &mut Vec<Fault>) {
    let label = |text: &str| {
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        edge(text.chars().next())
            && edge(text.chars().last())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let value = Value::from(name);
    let one_label = matches!(kind.kind.as_str(), "Namespace" | "Service") && kind.group.is_empty();
    if one_label && !label(name) {
        faults.push(Fault::invalid("metadata.name", &value, "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"));
    } else if !name.split('.').all(label) {
        faults.push(Fault::invalid("metadata.name", &value, "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"));
    }
}

fn keys(object: &Value, faults: &mut Vec<Fault>) {
    for key in object["data"].as_object().into_iter().flat_map(|data| data.keys()) {
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
            let why = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
            faults.push(Fault::invalid(format!("data[{key}]"), &Value::from(key.as_str()), why));
        }
    }
}

fn service(object: &Value, faults: &mut Vec<Fault>) {
    let ports = object["spec"]["ports"].as_array();
    if object["spec"]["type"] != "ExternalName" && ports.is_none_or(Vec::is_empty) {
        faults.push(Fault::required("spec.ports"));
    }
    for (at, port) in ports.into_iter().flatten().enumerate() {
        if !port["port"].as_i64().is_some_and(|port| (1..=65_535).contains(&port)) {
            faults.push(Fault::invalid(
                format!("spec.ports[{at}].port"),
                &port["port"],
                "must be between 1 and 65535, inclusive",
            ));
        }
    }
}

fn deployment(object: &Value, faults: &mut Vec<Fault>) {
    let spec = &object["spec"];
    if let Some(replicas) = spec["replicas"].as_i64().filter(|replicas| *replicas < 0) {
        faults.push(Fault::invalid("spec.replicas", &replicas.into(), "must be greater than or equal to 0"));
    }
    let labels = &spec["template"]["metadata"]["labels"];
    match spec["selector"]["matchLabels"].as_object() {
        None if spec["selector"]["matchExpressions"].as_array().is_some_and(|all| !all.is_empty()) => {}
        None => faults.push(Fault::required("spec.selector")),
        Some(wanted) if wanted.iter().any(|(key, value)| labels.get(key) != Some(value)) => {
            let why = "`selector` does not match template `labels`";
            faults.push(Fault::invalid("spec.template.metadata.labels", labels, why));
        }
        Some(_) => {}
    }
    let containers = spec["template"]["spec"]["containers"].as_array();
    if containers.is_none_or(Vec::is_empty) {
        faults.push(Fault::required("spec.template.spec.containers"));
    }
    for (at, container) in containers.into_iter().flatten().enumerate() {
        for key in ["name", "image"] {
            if container[key].as_str().unwrap_or_default().is_empty() {
                faults.push(Fault::required(format!("spec.template.spec.containers[{at}].{key}")));
            }
        }
    }
}

fn definition(name: &str, object: &Value, faults: &mut Vec<Fault>) {
    let spec = &object["spec"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for (field, value) in [
        ("spec.group", &spec["group"]),
        ("spec.scope", &spec["scope"]),
        ("spec.names.plural", &spec["names"]["plural"]),
        ("spec.names.kind", &spec["names"]["kind"]),
    ] {
        if text(value).is_empty() {
            faults.push(Fault::required(field));
        }
    }
    if name != format!("{}.{}", text(&spec["names"]["plural"]), text(&spec["group"])) {
        let why = "must be spec.names.plural+\".\"+spec.group";
        faults.push(Fault::invalid("metadata.name", &Value::from(name), why));
    }
    let versions = spec["versions"].as_array();
    if versions.is_none_or(Vec::is_empty) {
        faults.push(Fault::required("spec.versions"));
    }
    for (at, version) in versions.into_iter().flatten().enumerate() {
        if !version["schema"]["openAPIV3Schema"].is_object() {
            faults.push(Fault {
                field: format!("spec.versions[{at}].schema.openAPIV3Schema"),
                words: "Required value: schemas are required".to_owned(),
            });
        }
    }
}
