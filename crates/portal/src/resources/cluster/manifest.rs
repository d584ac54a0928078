//! Manifests: YAML of one or more documents, each an object or a list of objects. Whatever cannot be sent is refused before
//! anything is.
use model::Error;
use serde_json::Value;

/// The most objects.
const MOST: usize = 200;
/// What is wrong with a manifest stands at this field.
const FIELD: &str = "manifest";

/// An object as it is to be applied.
#[derive(Clone)]
pub(in crate::resources) struct Object {
    /// `apps/v1`.
    pub api_version: String,
    pub kind: String,
    pub namespace: Option<String>,
    pub name: String,
    pub value: Value,
}

/// Reads a manifest.
///
/// # Errors
/// [`Error::Invalid`] at the field; where and why, without repeating what stands there.
pub(super) fn read(text: &str) -> Result<Vec<Object>, Error> {
    let documents: Vec<Value> = serde_saphyr::from_multiple_with_options(text, options()).map_err(|error| {
        let at = match error.location() {
            Some(at) => format!(" at line {}, column {}", at.line(), at.column()),
            None => String::new(),
        };
        invalid(format!("This cannot be read as YAML{at}."))
    })?;
    let mut objects = Vec::new();
    for (at, document) in documents.into_iter().enumerate() {
        let at = at + 1;
        match document {
            Value::Null => {}
            Value::Object(mut list) if list.get("kind").and_then(Value::as_str) == Some("List") => {
                let Some(Value::Array(items)) = list.remove("items") else {
                    return Err(invalid(format!("Document {at} is a list without items.")));
                };
                for item in items {
                    objects.push(object(at, item)?);
                }
            }
            document => objects.push(object(at, document)?),
        }
    }
    match objects.len() {
        0 => Err(invalid("There is no object in it.".to_owned())),
        count if count > MOST => Err(invalid(format!("These are {count} objects; {MOST} at most."))),
        _ => Ok(objects),
    }
}

fn invalid(sentence: String) -> Error {
    Error::invalid(FIELD, sentence)
}

fn object(at: usize, value: Value) -> Result<Object, Error> {
    if !value.is_object() {
        return Err(invalid(format!("Document {at} is no object.")));
    }
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (api_version, kind) = (text("/apiVersion"), text("/kind"));
    let (namespace, name) = (text("/metadata/namespace"), text("/metadata/name"));
    for (what, given) in [("apiVersion", &api_version), ("kind", &kind), ("metadata.name", &name)] {
        if given.is_empty() {
            return Err(invalid(format!("Document {at} has no {what}.")));
        }
    }
    // They become segments of the address, which nothing in them may leave. Else the API server says what is wrong.
    let version = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)) && is_segment(text);
    let versioned = match api_version.split_once('/') {
        Some((group, number)) => version(group) && version(number),
        None => version(&api_version),
    };
    let wrong = [
        ("apiVersion", versioned),
        ("kind", kind.len() <= 63 && kind.chars().all(|c| c.is_ascii_alphanumeric())),
        ("metadata.namespace", namespace.is_empty() || is_segment(&namespace)),
        ("metadata.name", is_segment(&name)),
    ];
    if let Some((what, _)) = wrong.iter().find(|(_, fits)| !fits) {
        return Err(invalid(format!("The {what} of document {at} cannot be one.")));
    }
    let namespace = Some(namespace).filter(|namespace| !namespace.is_empty());
    Ok(Object { api_version, kind, namespace, name, value })
}

/// As Kubernetes has it: <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#path-segment-names>
fn is_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && !text.contains(['/', '%']) && text.len() <= 253
}

/// Aliases may save typing, but not make much of little.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 2 * MOST,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_depth: 64,
            max_nodes: 200_000,
            max_total_scalar_bytes: 2 << 20,
            max_recorded_anchor_bytes: 1 << 20,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 8,
            max_alias_expansions_per_anchor: 100,
        },
        // As kubectl reads file modes.
        legacy_octal_numbers: true,
        with_snippet: false,
        emit_comments: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        match read(text) {
            Err(Error::Invalid { fields }) => fields[FIELD].concat(),
            Err(other) => panic!("{other:?}"),
            Ok(objects) => panic!("{} objects", objects.len()),
        }
    }

    const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n";

    #[test]
    fn documents_and_lists_become_objects() {
        let text = format!("---\n# nothing\n---\n{MAP}data: {{mode: 0644, on: 'yes'}}\n---\n");
        let objects = read(&text).unwrap();
        assert_eq!(objects.len(), 1);
        assert_eq!((objects[0].namespace.as_deref(), objects[0].name.as_str()), (Some("b"), "a"));
        assert_eq!(objects[0].value["data"]["mode"], 420);
        let list = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n- {apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}\n";
        assert_eq!(read(list).unwrap().len(), 2);
    }

    #[test]
    fn json_is_a_manifest_too() {
        let text = r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "1"}}"#;
        assert_eq!(read(text).unwrap()[0].value["data"]["a"], "1");
    }

    #[test]
    fn what_cannot_be_sent_is_refused_before_anything_is() {
        for (text, why) in [
            ("a: [", "cannot be read as YAML at line"),
            ("", "no object"),
            ("- 1", "no object"),
            ("kind: Pod\nmetadata: {name: a}", "has no apiVersion"),
            ("apiVersion: v1\nmetadata: {name: a}", "has no kind"),
            ("apiVersion: v1\nkind: Pod", "has no metadata.name"),
            ("apiVersion: v1\nkind: Pod\nmetadata: {name: ../a}", "metadata.name of document 1 cannot be one"),
            ("apiVersion: ../v1\nkind: Pod\nmetadata: {name: a}", "apiVersion of document 1 cannot be one"),
            ("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ..}", "metadata.namespace"),
            ("apiVersion: v1\nkind: List", "a list without items"),
        ] {
            assert!(refusal(text).contains(why), "{text}: {}", refusal(text));
        }
        assert!(refusal(&format!("{MAP}---\n").repeat(201)).contains("201 objects"));
    }

    #[test]
    fn a_secret_in_a_broken_manifest_is_not_repeated() {
        assert!(!refusal("password: hunter2: [").contains("hunter2"));
    }

    #[test]
    fn anchors_that_make_much_of_little_are_refused() {
        let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
        for level in 1..9 {
            let inner = format!("*a{}", level - 1);
            laughs.push_str(&format!("a{level}: &a{level} [{}]\n", [inner.as_str(); 9].join(", ")));
        }
        assert!(refusal(&laughs).contains("cannot be read"));
        let long = "x".repeat(500_000);
        let texts = format!("{MAP}data:\n  a: &a {long}\n");
        let many: String = (0..90).map(|at| format!("  b{at}: *a\n")).collect();
        assert!(refusal(&format!("{texts}{many}")).contains("cannot be read"));
    }

    #[test]
    fn a_few_anchors_are_allowed() {
        let text = format!("{MAP}metadata2: &l {{app: a}}\nother: *l\n");
        assert_eq!(read(&text).unwrap()[0].value["other"]["app"], "a");
    }
}
