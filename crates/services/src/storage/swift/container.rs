//! Containers of objects. The name is the identity, in the project's own account.
//!
//! The row's id stands in a header of its metadata, which only a read of one shows: lists do not.
use super::acts;
use crate::{Ask, Definition, Kept, Part, Seen, Tag, clients::SWIFT, tag::TAG_HEADER};
use model::{
    Column, Field, Group, Identity, Kind, Spec,
    kind::{Show, Verb},
};
use openstack::{Collection, Paging, Told};
use serde_json::{Value, json};

/// Swift's own limit, in bytes.
const NAME_MAX: usize = 256;
/// Under which name the spec of a container that was taken in keeps the mark that it had.
const FOUND: &str = "mark_found";

static CONTAINERS: Collection = Collection {
    told: Told::Headers,
    paging: Paging::Marker { by: "name" },
    conflict: Some("It is not empty. Delete the objects in it first."),
    ..Collection::new(&SWIFT, "", "")
};

/// Containers.
pub(crate) static OBJECT_CONTAINER: Definition = Definition::new(
    Kind::kept(("swift_container", "Object container", "Object containers"), Group::Storage, "swift", "containers")
        .about("A container holds objects: files of any size, reached by name from everywhere.")
        .asks(
            const {
                &[Field::text("name", "Name")
                    .help("256 bytes at most, and no slash. It stands in the addresses of its objects.")]
            },
            r#"{"name": "<name>"}"#,
        )
        .columns(
            const {
                &[
                    Column::new("object_count", "Objects", Show::Number),
                    Column::new("bytes", "Size", Show::Bytes),
                ]
            },
        )
        .verbs(
            const {
                &[
                    Verb::list("list_swift_containers"),
                    Verb::create("create_container"),
                    Verb::delete("delete_container"),
                ]
            },
        )
        .actions(acts::ACTIONS)
        .named_by(Identity::Name),
    &CONTAINERS,
    read,
)
.detail(|seen| format!("{} objects", seen.number("object_count")))
.kept(Kept {
    refuse,
    chosen_id: Some(|ask| ask.text("name").to_owned()),
    another,
    ..Kept::new(Tag::Mark, &[Part { noun: "container", collection: &CONTAINERS, wanted: |_| true, body, read }])
})
.acts(acts::ACTS);

/// <https://docs.openstack.org/api-ref/object-store/#create-container>
fn refuse(spec: &Spec) -> Option<(&'static str, String)> {
    let name = spec.get("name").and_then(Value::as_str).unwrap_or_default();
    let sentence = match name {
        _ if name.len() > NAME_MAX => format!("This is {} bytes long; {NAME_MAX} at most.", name.len()),
        "." | ".." => "This is no name for a container.".to_owned(),
        _ if name.contains('/') => "A container's name has no slash.".to_owned(),
        _ if name.chars().any(char::is_control) => "Use no control characters.".to_owned(),
        _ => return None,
    };
    Some(("name", sentence))
}

/// One without the row's mark is somebody else's; what lists show says nothing of that.
fn another(ask: &Ask<'_>, seen: &Seen) -> bool {
    let expected = if ask.has(FOUND) { ask.text(FOUND) } else { ask.tag };
    seen.asked.get(FOUND).and_then(Value::as_str).is_some_and(|mark| mark != expected)
}

fn body(ask: &Ask<'_>) -> Value {
    json!({ "name": ask.text("name"), TAG_HEADER: ask.tag })
}

/// One of a list, or the headers of one.
fn read(value: &Value) -> Option<Seen> {
    let name = value.get("name")?.as_str()?;
    let number = |listed: &str, header: &str| match value.get(listed) {
        Some(listed) => listed.as_i64(),
        None => value.get(header)?.as_str()?.parse().ok(),
    };
    let mut seen = Seen::new(name, name, None)
        .with("object_count", number("count", "x-container-object-count"))
        .with("bytes", number("bytes", "x-container-bytes-used"));
    // A read of one tells how many objects it has, and then its mark, too, where it has any.
    if value.get("x-container-object-count").is_some() {
        let mark = value.get(TAG_HEADER).and_then(Value::as_str).unwrap_or_default();
        seen.asked.insert(FOUND.to_owned(), mark.into());
        seen.tag = Some(mark.to_owned()).filter(|mark| !mark.is_empty());
    }
    Some(seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Facts;
    use model::ProjectId;

    const TAG: &str = "01940000-0000-7000-8000-000000000051";

    fn is_another(spec: Value, seen: &Value) -> bool {
        let (spec, facts, project) = (spec.as_object().unwrap().clone(), Facts::default(), ProjectId::new("p"));
        let ask = Ask { spec: &spec, facts: &facts, tag: TAG, binding: "b", project: &project, made: &[] };
        another(&ask, &read(seen).unwrap())
    }

    #[test]
    fn what_bears_another_mark_or_none_is_somebody_elses_and_a_list_does_not_tell() {
        let shown = |mark: Option<&str>| {
            let mut shown = json!({"name": "box", "x-container-object-count": "0"});
            shown.as_object_mut().unwrap().extend(mark.map(|mark| (TAG_HEADER.to_owned(), mark.into())));
            shown
        };
        let (asked, found) = (json!({"name": "box"}), json!({"name": "box", FOUND: "x"}));
        assert!(!is_another(asked.clone(), &shown(Some(TAG))));
        assert!(is_another(asked.clone(), &shown(Some("x"))));
        assert!(is_another(asked.clone(), &shown(None)));
        assert!(!is_another(asked, &json!({"name": "box", "count": 3, "bytes": 9})));
        // One that was taken in keeps the mark that it had.
        assert!(!is_another(found.clone(), &shown(Some("x"))));
        assert!(is_another(found, &shown(None)));
    }

    #[test]
    fn a_name_is_no_path() {
        let refused = |name: &str| refuse(&Spec::from_iter([("name".to_owned(), json!(name))])).is_some();
        assert!(refused("a/b") && refused("..") && refused("a\nb") && refused(&"é".repeat(129)));
        assert!(!refused("my box") && !refused(&"é".repeat(128)));
    }
}
