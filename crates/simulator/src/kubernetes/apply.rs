//! Server-side apply: who applies owns the fields that it names, and says nothing of those of others.
//! <https://kubernetes.io/docs/reference/using-api/server-side-apply/>

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::fields::{self, Path};
use super::status::Status;

/// What is applied, and by whom.
pub(crate) struct Apply<'a> {
    pub(crate) manager: &'a str,
    /// Take over what others own.
    pub(crate) force: bool,
    /// `apps/v1`.
    pub(crate) api_version: &'a str,
    /// Now, as `managedFields` writes it.
    pub(crate) time: &'a str,
}

/// An entry of `managedFields`.
struct Owner {
    manager: String,
    /// Whether by apply; what was updated otherwise is another entry of the same manager.
    applies: bool,
    entry: Value,
    paths: BTreeSet<Path>,
}

impl Apply<'_> {
    /// What becomes of an object: `live` is as it is, null when there is none.
    pub(crate) fn to(&self, live: &Value, mut given: Value) -> Result<Value, Status> {
        fold_string_data(&mut given);
        let paths = fields::of(&given);
        let mut owners = owners(live);
        let conflicts = self.conflicts(live, &given, &paths, &owners);
        if !conflicts.is_empty() && !self.force {
            return Err(conflict(&conflicts));
        }
        let taken: BTreeSet<&Path> = conflicts.values().flatten().copied().collect();
        for owner in owners.iter_mut().filter(|owner| !self.is(owner)) {
            owner.paths.retain(|path| !taken.contains(path));
        }
        let mut object = if live.is_null() { json!({}) } else { live.clone() };
        let before = owners.iter().find(|owner| self.is(owner)).map(|owner| owner.paths.clone()).unwrap_or_default();
        let kept_by_others = |path: &Path| owners.iter().any(|owner| !self.is(owner) && owner.paths.contains(path));
        for path in before.difference(&paths).filter(|path| !kept_by_others(path)) {
            // What is now a map inside of which something is named was not given up.
            if !paths.iter().any(|new| new.starts_with(path)) {
                fields::take(&mut object, path);
            }
        }
        fields::merge(&mut object, &given);
        object["metadata"]["managedFields"] = self.managed(owners, paths);
        Ok(object)
    }

    fn is(&self, owner: &Owner) -> bool {
        owner.applies && owner.manager == self.manager
    }

    /// The fields that others own and have otherwise, by owner.
    fn conflicts<'p>(
        &self,
        live: &Value,
        given: &Value,
        paths: &'p BTreeSet<Path>,
        owners: &[Owner],
    ) -> BTreeMap<String, Vec<&'p Path>> {
        let mut conflicts: BTreeMap<String, Vec<&Path>> = BTreeMap::new();
        for owner in owners.iter().filter(|owner| !self.is(owner)) {
            let differs = |path: &&Path| fields::at(live, path) != fields::at(given, path);
            let theirs: Vec<&Path> = paths.iter().filter(|path| owner.paths.contains(*path)).filter(differs).collect();
            if !theirs.is_empty() {
                let version = owner.entry["apiVersion"].as_str().unwrap_or_default();
                conflicts.entry(format!("\"{}\" using {version}", owner.manager)).or_default().extend(theirs);
            }
        }
        conflicts
    }

    fn managed(&self, owners: Vec<Owner>, paths: BTreeSet<Path>) -> Value {
        let own = json!({
            "manager": self.manager, "operation": "Apply", "apiVersion": self.api_version, "time": self.time,
            "fieldsType": "FieldsV1", "fieldsV1": fields::written(&paths),
        });
        let mut entries = Vec::new();
        let mut listed = false;
        for mut owner in owners {
            if self.is(&owner) {
                listed = true;
                // What it owns already, it owns since then.
                entries.push(if owner.paths == paths { owner.entry } else { own.clone() });
            } else if !owner.paths.is_empty() {
                owner.entry["fieldsV1"] = fields::written(&owner.paths);
                entries.push(owner.entry);
            }
        }
        if !listed {
            entries.push(own);
        }
        json!(entries)
    }
}

fn owners(live: &Value) -> Vec<Owner> {
    let entries = live["metadata"]["managedFields"].as_array().cloned().unwrap_or_default();
    let owner = |entry: Value| Owner {
        manager: entry["manager"].as_str().unwrap_or_default().to_owned(),
        applies: entry["operation"] == "Apply",
        paths: fields::read(&entry["fieldsV1"]),
        entry,
    };
    entries.into_iter().map(owner).collect()
}

fn conflict(conflicts: &BTreeMap<String, Vec<&Path>>) -> Status {
    let count: usize = conflicts.values().map(Vec::len).sum();
    let one = |(owner, paths): (&String, &Vec<&Path>)| match paths.as_slice() {
        [path] => format!("conflict with {owner}: {}", fields::dotted(path)),
        paths => {
            let lines: String = paths.iter().map(|path| format!("\n- {}", fields::dotted(path))).collect();
            format!("conflicts with {owner}:{lines}")
        }
    };
    let said: Vec<String> = conflicts.iter().map(one).collect();
    let plural = if count == 1 { "" } else { "s" };
    let message = format!("Apply failed with {count} conflict{plural}: {}", said.join("\n"));
    let mut status = Status::new(409, "Conflict", message);
    let causes: Vec<Value> = conflicts
        .iter()
        .flat_map(|(owner, paths)| paths.iter().map(move |path| (owner, path)))
        .map(|(owner, path)| {
            let message = format!("conflict with {owner}");
            json!({"reason": "FieldManagerConflict", "message": message, "field": fields::dotted(path)})
        })
        .collect();
    status.body["details"] = json!({ "causes": causes });
    status
}

/// `stringData` of a Secret is for writing alone: it becomes `data`.
fn fold_string_data(object: &mut Value) {
    if object["kind"] != "Secret" {
        return;
    }
    let Some(Value::Object(plain)) = object.as_object_mut().and_then(|object| object.remove("stringData")) else {
        return;
    };
    for (key, value) in plain {
        object["data"][key] = Value::from(STANDARD.encode(value.as_str().unwrap_or_default()));
    }
}
