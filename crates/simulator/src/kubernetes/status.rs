//! How a Kubernetes API server says no: a `Status` object.
//! <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>

use serde_json::{Value, json};

/// A refusal: its HTTP status, and the object.
#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) code: u16,
    pub(crate) body: Value,
}

impl Status {
    pub(crate) fn new(code: u16, reason: &str, message: impl Into<String>) -> Self {
        let message: String = message.into();
        let body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "code": code,
        });
        Self { code, body }
    }

    /// No such address.
    pub(crate) fn no_resource() -> Self {
        Self::new(404, "NotFound", "the server could not find the requested resource")
    }

    /// No such object; `what` is its resource with its group: `deployments.apps`.
    pub(crate) fn not_found(what: &str, name: &str) -> Self {
        Self::new(404, "NotFound", format!("{what} \"{name}\" not found"))
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    pub(crate) fn method() -> Self {
        Self::new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    }

    /// An object that its kind does not allow; `what` is its kind with its group: `Deployment.apps`.
    pub(crate) fn invalid(what: &str, name: &str, faults: &[Fault]) -> Self {
        let lines: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.words)).collect();
        let said = if lines.len() == 1 { lines.concat() } else { format!("[{}]", lines.join(", ")) };
        let mut status = Self::new(422, "Invalid", format!("{what} \"{name}\" is invalid: {said}"));
        let causes: Vec<Value> =
            faults.iter().map(|fault| json!({"field": fault.field, "message": fault.words})).collect();
        status.body["details"] = json!({"name": name, "kind": what, "causes": causes});
        status
    }
}

/// What is wrong with a field.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) field: String,
    pub(crate) words: String,
}

impl Fault {
    pub(crate) fn required(field: impl Into<String>) -> Self {
        Self { field: field.into(), words: "Required value".to_owned() }
    }

    pub(crate) fn invalid(field: impl Into<String>, value: &Value, why: &str) -> Self {
        Self { field: field.into(), words: format!("Invalid value: {value}: {why}") }
    }
}
