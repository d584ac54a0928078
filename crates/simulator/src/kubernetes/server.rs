//! What the API server of one cluster answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::apply::Apply;
use super::checks;
use super::kinds::{self, EXTENSIONS, Kind};
use super::status::Status;
use crate::store::{Doc, New, Row, Step, Store};
use crate::wire;

/// How long a definition takes until its resources are served, in microseconds.
const ESTABLISHING: i64 = 50_000;
/// The namespaces of a fresh cluster.
const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// A request, as the API server reads it.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: Vec<&'a str>,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) accept: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a [u8],
}

/// One cluster's objects.
pub(crate) struct Objects<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) table: String,
    pub(crate) project: String,
    /// Microseconds since the epoch.
    pub(crate) now: i64,
}

/// What a path leads to.
struct Target {
    kind: Kind,
    /// Empty where the kind lies in none, or all are meant.
    namespace: String,
    name: Option<String>,
}

impl Objects<'_> {
    /// What a fresh cluster has.
    pub(crate) fn plant(&mut self) {
        for name in NAMESPACES {
            let metadata = json!({
                "name": name, "uid": wire::uuid(), "resourceVersion": "1", "creationTimestamp": wire::seconds(self.now),
                "labels": {"kubernetes.io/metadata.name": name},
            });
            let object = json!({
                "apiVersion": "v1", "kind": "Namespace", "metadata": metadata, "spec": {"finalizers": ["kubernetes"]},
                "status": {"phase": "Active"},
            });
            self.put(&format!("namespaces//{name}"), object, Vec::new());
        }
    }

    pub(crate) fn answer(&mut self, asked: &Asked<'_>) -> (u16, Value) {
        self.route(asked).unwrap_or_else(|status| (status.code, status.body))
    }

    fn route(&mut self, asked: &Asked<'_>) -> Result<(u16, Value), Status> {
        let kinds = kinds::all(self.store.rows(&self.table));
        let found = |body: Option<Value>| body.map(|body| (200, body)).ok_or_else(Status::no_resource);
        match asked.path.as_slice() {
            ["version"] => found(Some(json!({"major": "1", "minor": "31", "gitVersion": "v1.31.1+stand-in"}))),
            ["api"] => {
                found(Some(json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})))
            }
            ["apis"] => {
                found(Some(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": kinds::groups(&kinds, None)})))
            }
            ["apis", group] => found(kinds::groups(&kinds, Some(*group)).pop()),
            ["api", version] => found(kinds::resources(&kinds, "", version)),
            ["apis", group, version] => found(kinds::resources(&kinds, group, version)),
            ["api", version, rest @ ..] => self.object(asked, target(kinds, "", version, rest)?),
            ["apis", group, version, rest @ ..] => self.object(asked, target(kinds, group, version, rest)?),
            _ => Err(Status::no_resource()),
        }
    }

    fn object(&mut self, asked: &Asked<'_>, target: Target) -> Result<(u16, Value), Status> {
        match (asked.method, &target.name) {
            ("GET", None) => Ok((200, self.list(&target))),
            ("GET", Some(name)) => {
                let row = self.row(&target, name).ok_or_else(|| Status::not_found(&target.kind.resource(), name))?;
                Ok((200, shown(asked, &target.kind, &row.doc)))
            }
            ("PATCH", Some(name)) => self.patch(asked, &target, name),
            _ => Err(Status::method()),
        }
    }

    fn row(&self, target: &Target, name: &str) -> Option<&Row> {
        self.store.get(&self.table, &target.kind.id(&target.namespace, name))
    }

    fn list(&self, target: &Target) -> Value {
        let begins = match target.namespace.as_str() {
            "" => format!("{}/", target.kind.resource()),
            namespace => format!("{}/{namespace}/", target.kind.resource()),
        };
        let rows = self.store.rows(&self.table).filter(|row| row.id.starts_with(&begins));
        let items: Vec<Value> = rows.map(|row| Value::Object(row.doc.clone())).collect();
        json!({
            "kind": format!("{}List", target.kind.kind), "apiVersion": target.kind.api_version(),
            "metadata": {"resourceVersion": self.version().to_string()}, "items": items,
        })
    }

    fn patch(&mut self, asked: &Asked<'_>, target: &Target, name: &str) -> Result<(u16, Value), Status> {
        let kind = &target.kind;
        if !asked.content_type.starts_with("application/apply-patch+yaml") {
            let message = "the body of the request was in an unknown format - accepted media types include: application/apply-patch+yaml";
            return Err(Status::new(415, "UnsupportedMediaType", message));
        }
        let parameter = |key: &str| asked.query.get(key).map(String::as_str).unwrap_or_default();
        if parameter("fieldManager").is_empty() {
            let message =
                "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch";
            return Err(Status::new(422, "Invalid", message));
        }
        // JSON is YAML, and what clients send.
        let given: Map<String, Value> = serde_json::from_slice(asked.body)
            .map_err(|error| Status::bad_request(format!("error decoding YAML: {error}")))?;
        let mut given = Value::Object(given);
        same(kind, &target.namespace, name, &mut given)?;
        if kind.namespaced && self.store.get(&self.table, &format!("namespaces//{}", target.namespace)).is_none() {
            return Err(Status::not_found("namespaces", &target.namespace));
        }
        let id = kind.id(&target.namespace, name);
        let live = self.store.get(&self.table, &id).map_or(Value::Null, |row| Value::Object(row.doc.clone()));
        let (api_version, time) = (kind.api_version(), wire::seconds(self.now));
        let apply = Apply {
            manager: parameter("fieldManager"),
            force: parameter("force") == "true",
            api_version: &api_version,
            time: &time,
        };
        let mut object = apply.to(&live, given)?;
        self.complete(kind, &target.namespace, name, &live, &mut object);
        checks::check(kind, name, &object)?;
        let code = if live.is_null() { 201 } else { 200 };
        if object != live {
            object["metadata"]["resourceVersion"] = json!((self.version() + 1).to_string());
            if parameter("dryRun") != "All" {
                let then = self.establishing(kind, &object);
                self.put(&id, object.clone(), then);
            }
        }
        Ok((code, shown(asked, kind, object.as_object().unwrap_or(&Doc::new()))))
    }

    /// What the API server itself adds to an object.
    fn complete(&self, kind: &Kind, namespace: &str, name: &str, live: &Value, object: &mut Value) {
        object["apiVersion"] = json!(kind.api_version());
        object["metadata"]["name"] = json!(name);
        if kind.namespaced {
            object["metadata"]["namespace"] = json!(namespace);
        }
        if live.is_null() {
            object["metadata"]["uid"] = json!(wire::uuid());
            object["metadata"]["creationTimestamp"] = json!(wire::seconds(self.now));
        }
        let mut default = |path: &[&str], value: Value| {
            let mut at = &mut *object;
            for name in path {
                // What is no object has no defaults; what is wrong with it is said later.
                if !at.is_object() && !at.is_null() {
                    return;
                }
                at = &mut at[*name];
            }
            if at.is_null() {
                *at = value;
            }
        };
        match (kind.group.as_str(), kind.kind.as_str()) {
            ("", "Namespace") => {
                default(&["metadata", "labels", "kubernetes.io/metadata.name"], json!(name));
                default(&["spec", "finalizers"], json!(["kubernetes"]));
                default(&["status", "phase"], json!("Active"));
            }
            ("", "Secret") => default(&["type"], json!("Opaque")),
            ("", "Service") => default(&["spec", "type"], json!("ClusterIP")),
            ("apps", "Deployment") => default(&["spec", "replicas"], json!(1)),
            _ => {}
        }
        if object.get("spec").is_some_and(|spec| live.get("spec") != Some(spec)) && kind.kind != "Namespace" {
            let generation = live["metadata"]["generation"].as_i64().unwrap_or_default() + 1;
            object["metadata"]["generation"] = json!(generation);
        }
    }

    /// A definition is established a moment after it was made, unless another one has its names.
    fn establishing(&self, kind: &Kind, object: &Value) -> Vec<Step> {
        if kind.group != EXTENSIONS || object.get("status").is_some() {
            return Vec::new();
        }
        let (group, names) = (&object["spec"]["group"], &object["spec"]["names"]);
        let taken = self.store.rows(&self.table).filter(|row| kinds::is_definition(row)).any(|row| {
            let spec = row.value("spec");
            spec["group"] == *group
                && spec["names"]["kind"] == names["kind"]
                && spec["names"]["plural"] != names["plural"]
        });
        let said = names["kind"].as_str().unwrap_or_default();
        let conditions = match taken {
            true => json!([{
                "type": "NamesAccepted", "status": "False", "reason": "KindConflict",
                "message": format!("\"{said}\" is already in use"),
            }, {
                "type": "Established", "status": "False", "reason": "NotAccepted", "message": "not all names are accepted",
            }]),
            false => json!([
                {"type": "NamesAccepted", "status": "True", "reason": "NoConflicts", "message": "no conflicts found"},
                {"type": "Established", "status": "True", "reason": "InitialNamesAccepted",
                    "message": "the initial names have been accepted"},
            ]),
        };
        let set = Doc::from_iter([("status".to_owned(), json!({"conditions": conditions, "acceptedNames": names}))]);
        vec![Step { at: self.now + ESTABLISHING, set, gone: false }]
    }

    /// The latest version of any object.
    fn version(&self) -> u64 {
        let version = |row: &Row| row.value("metadata")["resourceVersion"].as_str().and_then(|text| text.parse().ok());
        self.store.rows(&self.table).filter_map(version).max().unwrap_or(1)
    }

    fn put(&mut self, id: &str, object: Value, then: Vec<Step>) {
        let Value::Object(doc) = object else { return };
        let changed = self.store.change(&self.table, id, self.now, |row| {
            row.doc = doc.clone();
            if !then.is_empty() {
                row.then.clone_from(&then);
            }
        });
        if changed.is_none() {
            let new = New { id: id.to_owned(), project: &self.project, at: self.now, doc, then };
            self.store.insert(&self.table, new);
        }
    }
}

/// What `/api/v1/…` or `/apis/{group}/{version}/…` leads to.
fn target(kinds: Vec<Kind>, group: &str, version: &str, rest: &[&str]) -> Result<Target, Status> {
    let (namespace, plural, name) = match rest {
        ["namespaces", namespace, plural] => (*namespace, *plural, None),
        ["namespaces", namespace, plural, name] => (*namespace, *plural, Some(*name)),
        [plural] => ("", *plural, None),
        [plural, name] => ("", *plural, Some(*name)),
        _ => return Err(Status::no_resource()),
    };
    let kind = kinds.into_iter().find(|kind| kind.group == group && kind.version == version && kind.plural == plural);
    let kind = kind.ok_or_else(Status::no_resource)?;
    // An object of a namespace is addressed in it; one of the cluster is not.
    let fits = match name {
        Some(_) => kind.namespaced != namespace.is_empty(),
        None => kind.namespaced || namespace.is_empty(),
    };
    match fits {
        true => Ok(Target { kind, namespace: namespace.to_owned(), name: name.map(str::to_owned) }),
        false => Err(Status::no_resource()),
    }
}

/// Whether what is applied is what the address names; the name may be left out.
fn same(kind: &Kind, namespace: &str, name: &str, given: &mut Value) -> Result<(), Status> {
    if given["kind"] != kind.kind.as_str() || given["apiVersion"] != kind.api_version().as_str() {
        let message = format!(
            "the object provided is unrecognized (must be of type {}): {} {}",
            kind.kind, given["apiVersion"], given["kind"]
        );
        return Err(Status::bad_request(message));
    }
    if !given["metadata"].is_object() {
        given["metadata"] = json!({});
    }
    if given["metadata"].get("managedFields").is_some() {
        return Err(Status::bad_request("metadata.managedFields must be nil"));
    }
    let metadata = &given["metadata"];
    if let Some(other) = metadata["name"].as_str().filter(|given| *given != name) {
        let message = format!("the name of the object ({other}) does not match the name on the URL ({name})");
        return Err(Status::bad_request(message));
    }
    if kind.namespaced && metadata["namespace"].as_str().is_some_and(|given| given != namespace) {
        let message = "the namespace of the provided object does not match the namespace sent on the request";
        return Err(Status::bad_request(message));
    }
    Ok(())
}

/// An object as it was asked for: whole, or its metadata alone.
fn shown(asked: &Asked<'_>, kind: &Kind, doc: &Doc) -> Value {
    let mut object = Value::Object(doc.clone());
    object["apiVersion"] = json!(kind.api_version());
    match asked.accept.contains("as=PartialObjectMetadata") {
        true => json!({
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"],
        }),
        false => object,
    }
}
