//! The OpenAPI document, made of the table of routes and of the kinds' fields: nothing in it is written twice.
mod handed;
use crate::{
    rest,
    routes::{Bytes, Doc, Needs, Row},
};
use http::Method;
use model::{Environment, Field, Input};
use serde_json::{Value, json};
use std::sync::OnceLock;
use utoipa::openapi::{
    ComponentsBuilder, Content, ContentBuilder, HttpMethod, InfoBuilder, KnownFormat, OpenApiBuilder, PathsBuilder,
    Ref, RefOr, Required, Response, ResponseBuilder, SchemaFormat, Type,
    path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem},
    request_body::RequestBodyBuilder,
    schema::{ArrayBuilder, Object, ObjectBuilder, Schema},
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
};

/// The document.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| build(&rest::rows()))
}

fn build(rows: &[Row]) -> Value {
    let mut paths = PathsBuilder::new();
    for row in rows {
        let (Some(doc), Some(method)) = (&row.doc, method(&row.method)) else { continue };
        // A path that is there already is merged with.
        paths = paths.path(row.path.to_string(), PathItem::new(method, operation(row, doc)));
    }
    let about = "Provision into the OpenStack project and region that a workspace's environment is bound to. \
        Every address works with and without its last slash. Errors are application/problem+json (RFC 9457).";
    let info = InfoBuilder::new()
        .title("AtonixCorp Platform")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(about))
        .build();
    let token =
        ApiKey::Header(ApiKeyValue::with_description("Authorization", "Token followed by a space and the token"));
    let components = ComponentsBuilder::new()
        .security_scheme("token", SecurityScheme::ApiKey(token))
        .security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .schema("Problem", problem())
        .schemas_from_iter(handed::schemas())
        .build();
    let document = OpenApiBuilder::new().info(info).paths(paths).components(Some(components)).build();
    // Plain data of our own making; nothing in it can fail to be JSON.
    serde_json::to_value(document).unwrap_or_else(|error| json!({"error": error.to_string()}))
}

fn method(method: &Method) -> Option<HttpMethod> {
    Some(match method.as_str() {
        "GET" => HttpMethod::Get,
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "DELETE" => HttpMethod::Delete,
        _ => return None,
    })
}

fn operation(row: &Row, doc: &Doc) -> OperationBuilder {
    let id = format!("{}_{}", row.method.as_str().to_lowercase(), doc.operation);
    let mut operation = OperationBuilder::new()
        .operation_id(Some(if row.path.starts_with("/api/services/provision/") { doc.operation.clone() } else { id }))
        .summary(Some(doc.summary.clone()))
        .tag(doc.tag);
    for name in row.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        operation = operation.parameter(parameter(name, ParameterIn::Path, true));
    }
    for (name, required) in &doc.query {
        operation = operation.parameter(parameter(name, ParameterIn::Query, *required));
    }
    if row.method == Method::POST {
        operation = operation.parameter(parameter("Idempotency-Key", ParameterIn::Header, false));
    }
    if !doc.body.is_empty() {
        let content = ContentBuilder::new().schema(Some(object(&doc.body))).example(doc.example.clone()).build();
        let body = RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
        operation = operation.request_body(Some(body.build()));
    }
    if doc.bytes == Bytes::In {
        let body =
            RequestBodyBuilder::new().content("application/octet-stream", bytes()).required(Some(Required::True));
        operation = operation.request_body(Some(body.build()));
    }
    for status in &doc.success {
        let mut response = ResponseBuilder::new().description(meaning(*status));
        if doc.bytes == Bytes::Out {
            response = response.content("application/octet-stream", bytes());
        }
        // What is only accepted has nothing to hand back yet.
        if let Some(content) = handed::content(doc.output).filter(|_| *status == 200) {
            response = response.content("application/json", content);
        }
        operation = operation.response(status.to_string(), response);
    }
    operation = operation.response("default", refusal());
    if row.needs != Needs::Nobody {
        let none: [&str; 0] = [];
        for scheme in ["token", "bearer"] {
            operation = operation.security(SecurityRequirement::new(scheme, none));
        }
    }
    operation
}

/// Bytes of any kind.
fn bytes() -> Content {
    let schema =
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
    ContentBuilder::new().schema(Some(Schema::Object(schema.build()))).build()
}

fn parameter(name: &str, place: ParameterIn, required: bool) -> Parameter {
    let schema = match name {
        "limit" => {
            Schema::Object(ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(500)).build())
        }
        "environment_id" => Schema::Object(environment()),
        _ => Schema::Object(ObjectBuilder::new().schema_type(Type::String).build()),
    };
    let required = if required { Required::True } else { Required::False };
    ParameterBuilder::new().name(name).parameter_in(place).required(required).schema(Some(schema)).build()
}

const fn meaning(status: u16) -> &'static str {
    match status {
        201 => "Created; of what stands in a cloud, the cloud has confirmed it.",
        202 => "Accepted; the row tells how it goes on.",
        204 => "Done.",
        _ => "What was asked for.",
    }
}

fn refusal() -> Response {
    let content = ContentBuilder::new().schema(Some(RefOr::<Schema>::Ref(Ref::from_schema_name("Problem")))).build();
    ResponseBuilder::new().description("What went wrong.").content("application/problem+json", content).build()
}

/// The fields of a body as a schema.
fn object(fields: &[Field]) -> Schema {
    let mut object = ObjectBuilder::new().schema_type(Type::Object);
    for field in fields {
        object = object.property(field.name.to_string(), property(field));
        if field.required {
            object = object.required(field.name.to_string());
        }
    }
    Schema::Object(object.build())
}

/// One of the three words.
fn environment() -> Object {
    let words = Environment::ALL.map(|environment| environment.to_string());
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

fn property(field: &Field) -> Schema {
    match field.name.as_ref() {
        "environment_id" => return Schema::Object(environment()),
        "environments" => return Schema::Array(ArrayBuilder::new().items(environment()).build()),
        _ => {}
    }
    let words = [field.label.as_ref(), field.help.as_ref()];
    let description = words.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(". ");
    let object = ObjectBuilder::new().description(Some(description));
    let object = match &field.input {
        Input::Text { max } => object.schema_type(Type::String).max_length(Some(*max as usize)),
        Input::LongText { .. } | Input::Choice { .. } => object.schema_type(Type::String),
        Input::Lines { most, max } => {
            let line = ObjectBuilder::new().schema_type(Type::String).max_length(Some(*max as usize));
            let description = [field.label.as_ref(), field.help.as_ref()].join(". ");
            let list = ArrayBuilder::new().items(line.build()).max_items(Some(*most as usize));
            return Schema::Array(list.min_items(Some(1)).description(Some(description)).build());
        }
        Input::Cidr => object.schema_type(Type::String).examples([json!("10.0.0.0/24")]),
        Input::Number { min, max, .. } => object.schema_type(Type::Integer).minimum(Some(*min)).maximum(Some(*max)),
        Input::Flag => object.schema_type(Type::Boolean),
        Input::OneOf { options } => {
            let words = options.iter().map(|(word, _)| word.to_string());
            object.schema_type(Type::String).enum_values(Some(words))
        }
    };
    Schema::Object(object.build())
}

fn problem() -> Schema {
    let text = || Schema::Object(ObjectBuilder::new().schema_type(Type::String).build());
    let mut object = ObjectBuilder::new().schema_type(Type::Object);
    for name in ["type", "title", "code", "detail", "request_id"] {
        object = object.property(name, text()).required(name);
    }
    let status = Schema::Object(ObjectBuilder::new().schema_type(Type::Integer).build());
    let errors = ObjectBuilder::new().schema_type(Type::Object).description(Some("Sentences by field name"));
    object = object.property("status", status).required("status");
    Schema::Object(object.property("errors", Schema::Object(errors.build())).build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn an_environment_is_one_of_three_words_and_a_token_may_be_for_several() {
        let document = document();
        let words = json!(["dev", "staging", "prod"]);
        let body =
            |path: &str| &document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"];
        let volume = body("/api/services/provision/storage/volume/");
        assert_eq!(volume["properties"]["environment_id"]["enum"], words);
        let environments = &body("/api/services/tokens/")["properties"]["environments"];
        assert_eq!((&environments["type"], &environments["items"]["enum"]), (&json!("array"), &words));
    }

    #[test]
    fn a_creation_and_an_action_are_shown_by_example() {
        let content = |path: &str| &document()["paths"][path]["post"]["requestBody"]["content"]["application/json"];
        let volume = &content("/api/services/provision/storage/volume/")["example"];
        let place = json!({"workspace_id": "devops-team", "environment_id": "staging"});
        let with_place = |mut body: Value| {
            body.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
            body
        };
        assert_eq!(*volume, with_place(json!({"name": "my-volume", "size_gb": 2})));
        let attach = &content("/api/services/storage/cinder/volumes/{id}/attach/")["example"];
        assert_eq!(*attach, with_place(json!({"server_id": "my-server"})));
    }

    #[test]
    fn every_route_of_the_api_is_documented_under_a_name_of_its_own() {
        let document = document();
        let mut names = BTreeSet::new();
        for row in rest::rows() {
            let operation = &document["paths"][row.path.as_ref()][row.method.as_str().to_lowercase()];
            let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{} {}", row.method, row.path));
            assert!(names.insert(name.to_owned()), "{name} is there twice");
        }
    }
}
