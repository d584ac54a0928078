//! Which fields somebody owns: sets of paths, and how `managedFields` writes them (`fieldsV1`).
//! <https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management>
//!
//! Maps are owned key by key, lists as a whole. A real API server also knows lists whose items have a key.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Names of fields, from the outside to the inside.
pub(crate) type Path = Vec<String>;

/// The paths of all leaves of what is applied, without what names the object.
pub(crate) fn of(object: &Value) -> BTreeSet<Path> {
    let mut all = BTreeSet::new();
    collect(object, &mut Vec::new(), &mut all);
    let named = |path: &Path| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        matches!(path.as_slice(), ["apiVersion" | "kind"] | ["metadata", "name" | "namespace"])
    };
    all.retain(|path| !named(path));
    all
}

fn collect(value: &Value, path: &mut Path, all: &mut BTreeSet<Path>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, inner) in map {
                path.push(key.clone());
                collect(inner, path, all);
                path.pop();
            }
        }
        _ => {
            all.insert(path.clone());
        }
    }
}

/// A set as `fieldsV1`.
pub(crate) fn written(paths: &BTreeSet<Path>) -> Value {
    let mut root = Map::new();
    for path in paths {
        let mut at = &mut root;
        for name in path {
            let inner = at.entry(format!("f:{name}")).or_insert_with(|| json!({}));
            match inner {
                Value::Object(map) => at = map,
                _ => break,
            }
        }
    }
    Value::Object(root)
}

/// `fieldsV1` as a set.
pub(crate) fn read(fields: &Value) -> BTreeSet<Path> {
    let mut all = BTreeSet::new();
    walk(fields, &mut Vec::new(), &mut all);
    all
}

fn walk(fields: &Value, path: &mut Path, all: &mut BTreeSet<Path>) {
    let Value::Object(map) = fields else { return };
    for (key, inner) in map {
        let Some(name) = key.strip_prefix("f:") else { continue };
        path.push(name.to_owned());
        if inner.as_object().is_some_and(|inner| !inner.is_empty()) {
            walk(inner, path, all);
        } else {
            all.insert(path.clone());
        }
        path.pop();
    }
}

/// What stands at a path.
pub(crate) fn at<'v>(object: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(object, |value, name| value.get(name))
}

/// Takes out what stands at a path, and the maps around it that become empty by that.
pub(crate) fn take(object: &mut Value, path: &[String]) {
    let (Some((first, rest)), Value::Object(map)) = (path.split_first(), object) else { return };
    match map.get_mut(first) {
        Some(inner) if !rest.is_empty() => {
            take(inner, rest);
            if inner.as_object().is_some_and(Map::is_empty) {
                map.remove(first);
            }
        }
        _ => {
            map.remove(first);
        }
    }
}

/// Lays one object over another: maps key by key, all else as a whole.
pub(crate) fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                merge(under.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over.clone(),
    }
}

/// As messages write a path: `.spec.replicas`.
pub(crate) fn dotted(path: &[String]) -> String {
    path.iter().map(|name| format!(".{name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_as_it_was_written() {
        let object = json!({"apiVersion": "v1", "metadata": {"name": "a", "labels": {"app.kubernetes.io/name": "a"}},
            "data": {}, "list": [1, 2]});
        let paths = of(&object);
        assert_eq!(
            paths.iter().map(|path| dotted(path)).collect::<Vec<_>>(),
            [".data", ".list", ".metadata.labels.app.kubernetes.io/name"]
        );
        assert_eq!(read(&written(&paths)), paths);
    }

    #[test]
    fn what_becomes_empty_goes_too() {
        let mut object = json!({"a": {"b": {"c": 1}, "d": 2}});
        take(&mut object, &["a", "b", "c"].map(str::to_owned));
        assert_eq!(object, json!({"a": {"d": 2}}));
    }
}
