//! Placement, as far as a project sees it: it is in the catalogue and says its versions; the rest is for administrators.

use serde_json::json;

use crate::answer::{Answer, Reply};
use crate::call::Call;

pub(crate) fn serve(_call: &mut Call<'_>, path: &[&str]) -> Reply {
    match path {
        [] => {
            let version = json!({"id": "v1.0", "max_version": "1.39", "min_version": "1.0", "status": "CURRENT", "links": [{"rel": "self", "href": ""}]});
            Ok(Answer::ok(json!({"versions": [version]})))
        }
        _ => {
            let error = json!({"status": 403, "title": "Forbidden", "detail": "Access was denied to this resource.\n\n admin required.  "});
            Err(Answer::json(403, json!({"errors": [error]})))
        }
    }
}
