//! Which microversion a request wants, and the version documents.

use axum::http::HeaderName;
use serde_json::{Value, json};

use crate::answer::{Answer, refuse};
use crate::call::Call;

pub(super) const HEADER: HeaderName = HeaderName::from_static("openstack-api-version");
pub(super) const LEGACY_HEADER: HeaderName = HeaderName::from_static("x-openstack-nova-api-version");

const MIN: u32 = 1;
const MAX: u32 = 104;

/// The version that a request names: 2.1 when it names none.
pub(super) struct Asked {
    major: u32,
    minor: u32,
}

impl Asked {
    pub(super) fn text(&self) -> String {
        format!("{}.{}", self.major, self.minor)
    }

    /// The part after the point, or the refusal.
    pub(super) fn supported(&self) -> Result<u32, Answer> {
        if self.major == 2 && (MIN..=MAX).contains(&self.minor) {
            return Ok(self.minor);
        }
        let message =
            format!("Version {} is not supported by the API. Minimum is 2.{MIN} and maximum is 2.{MAX}.", self.text());
        Err(Answer::json(406, json!({"computeFault": {"code": 406, "message": message}})))
    }
}

/// The version that `header` names for one service of possibly several.
pub(crate) fn named(header: Option<&str>, service: &str) -> Option<String> {
    header?.split(',').find_map(|part| {
        let (name, version) = part.trim().split_once(' ')?;
        (name.eq_ignore_ascii_case(service)).then(|| version.trim().to_owned())
    })
}

pub(super) fn asked(call: &Call<'_>) -> Result<Asked, Answer> {
    let text = named(call.header("openstack-api-version"), "compute")
        .or_else(|| call.header("x-openstack-nova-api-version").map(str::to_owned));
    let Some(text) = text else { return Ok(Asked { major: 2, minor: MIN }) };
    if text == "latest" {
        return Ok(Asked { major: 2, minor: MAX });
    }
    let parsed = text
        .split_once('.')
        .and_then(|(major, minor)| Some(Asked { major: major.parse().ok()?, minor: minor.parse().ok()? }));
    parsed.ok_or_else(|| {
        let message = format!("API Version String {text} is of invalid format. Must be of format MajorNum.MinorNum.");
        refuse::fault(400, &message)
    })
}

fn link(call: &Call<'_>, path: &str) -> Value {
    json!({"rel": "self", "href": format!("{}/{path}/", call.base)})
}

pub(super) fn all(call: &Call<'_>) -> Answer {
    let old = json!({"id": "v2.0", "status": "DEPRECATED", "version": "", "min_version": "", "updated": "2025-07-04T12:00:00Z", "links": [link(call, "v2")]});
    let new = json!({"id": "v2.1", "status": "CURRENT", "version": format!("2.{MAX}"), "min_version": format!("2.{MIN}"), "updated": "2013-07-23T11:33:21Z", "links": [link(call, "v2.1")]});
    Answer::ok(json!({"versions": [old, new]}))
}

pub(super) fn one(call: &Call<'_>) -> Answer {
    Answer::ok(json!({"version": {
        "id": "v2.1", "status": "CURRENT", "version": format!("2.{MAX}"), "min_version": format!("2.{MIN}"),
        "updated": "2013-07-23T11:33:21Z",
        "links": [link(call, "v2.1"), {"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2.1"}],
    }}))
}
