//! What actions hand back as JSON: a list of figures or of objects, or a tree.
use model::{applied::Became, kind::Output};
use utoipa::openapi::{
    Content, ContentBuilder, Ref, RefOr, Type,
    schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType},
};

/// The answer of an action that hands back something with a shape; none for text and nothing.
pub(super) fn content(output: Output) -> Option<Content> {
    let output = match output {
        Output::Figures => list("Figure"),
        Output::Objects => list("Applied"),
        Output::Tree => Ref::from_schema_name("Branch").into(),
        Output::None | Output::Text | Output::Once => return None,
    };
    let answer = ObjectBuilder::new().schema_type(Type::Object).property("output", output).required("output");
    Some(ContentBuilder::new().schema(Some(Schema::Object(answer.build()))).build())
}

/// The schemas that [`content`] names.
pub(super) fn schemas() -> [(&'static str, Schema); 3] {
    let figure = [("label", text()), ("value", one(Type::Integer)), ("unit", text())];
    let branch = [
        ("noun", text()),
        ("name", text()),
        ("health", text()),
        ("state", text()),
        ("well", or_null(Type::Boolean)),
        ("inner", list("Branch")),
    ];
    let became = [Became::Created, Became::Configured, Became::Unchanged, Became::Failed];
    let became = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(became.map(Became::as_str))).build();
    let applied = [
        ("api_version", text()),
        ("kind", text()),
        ("namespace", or_null(Type::String)),
        ("name", text()),
        ("result", Schema::Object(became).into()),
        ("message", or_null(Type::String)),
    ];
    [("Figure", object(figure)), ("Branch", object(branch)), ("Applied", object(applied))]
}

type Property = RefOr<Schema>;

fn object<const N: usize>(properties: [(&str, Property); N]) -> Schema {
    let object = ObjectBuilder::new().schema_type(Type::Object);
    let with = |object: ObjectBuilder, (name, property)| object.property(name, property).required(name);
    Schema::Object(properties.into_iter().fold(object, with).build())
}

fn list(of: &str) -> Property {
    Schema::Array(ArrayBuilder::new().items(Ref::from_schema_name(of)).build()).into()
}

fn one(what: Type) -> Property {
    Schema::Object(ObjectBuilder::new().schema_type(what).build()).into()
}

fn text() -> Property {
    one(Type::String)
}

fn or_null(what: Type) -> Property {
    Schema::Object(ObjectBuilder::new().schema_type(SchemaType::from_iter([what, Type::Null])).build()).into()
}

#[cfg(test)]
mod tests {
    use crate::openapi::document;
    use model::{
        applied::{Applied, Became},
        handed::{Branch, Figure},
    };
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    #[test]
    fn what_an_action_hands_back_is_documented_with_all_that_it_has() {
        let text = String::new;
        let figure = Figure { label: text(), value: 0, unit: text() };
        let branch =
            Branch { noun: text(), name: text(), health: text(), state: text(), well: None, inner: Vec::new() };
        let applied = Applied {
            api_version: text(),
            kind: text(),
            namespace: None,
            name: text(),
            result: Became::Created,
            message: None,
        };
        let names = |object: &Value| object.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        for (schema, example) in [("Figure", json!(figure)), ("Branch", json!(branch)), ("Applied", json!(applied))] {
            assert_eq!(names(&document()["components"]["schemas"][schema]["properties"]), names(&example), "{schema}");
        }
    }

    #[test]
    fn an_action_says_the_shape_of_what_it_hands_back() {
        let output = |action: &str| {
            let path = format!("/api/services/networking/octavia/loadbalancers/{{id}}/{action}/");
            let answer = &document()["paths"][path]["post"]["responses"]["200"]["content"]["application/json"];
            answer["schema"]["properties"]["output"].clone()
        };
        assert_eq!(output("statistics")["items"]["$ref"], "#/components/schemas/Figure");
        assert_eq!(output("status")["$ref"], "#/components/schemas/Branch");
        assert_eq!(output("add_member"), Value::Null);
    }
}
