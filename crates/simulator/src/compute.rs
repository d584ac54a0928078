//! Nova: servers, what can be done with them, flavors, keypairs, limits, microversions.

mod actions;
mod attachments;
mod checks;
mod create;
mod flavors;
mod keypairs;
mod limits;
mod paging;
mod servers;
mod versions;

use axum::http::header;
use serde_json::json;

use crate::answer::{Answer, Reply, refuse};
use crate::call::Call;
use crate::store::Row;

pub(crate) use paging::{cut, listed};
pub(crate) use versions::named;

pub(crate) const SERVERS: &str = "servers";
pub(crate) const FLAVORS: &str = "flavors";
pub(crate) const KEYPAIRS: &str = "keypairs";

pub(crate) fn policy(rule: &str) -> Answer {
    refuse::fault(403, &format!("Policy doesn't allow os_compute_api:{rule} to be performed."))
}

fn server(call: &Call<'_>, id: &str) -> Result<Row, Answer> {
    call.mine(SERVERS, id).cloned().ok_or_else(|| refuse::fault(404, &format!("Instance {id} could not be found.")))
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    let rest = match path {
        [] => return Ok(versions::all(call)),
        ["v2.1", rest @ ..] => rest,
        _ => return Err(Answer::lost_page()),
    };
    let asked = versions::asked(call)?;
    let answer = match asked.supported() {
        Ok(minor) => route(call, rest, minor).unwrap_or_else(|refusal| refusal),
        Err(refusal) => refusal,
    };
    // A path that is not routed never reaches the code that adds these.
    if matches!(answer.body, crate::answer::Body::Html(_)) {
        return Ok(answer);
    }
    Ok(answer
        .with(versions::HEADER, &format!("compute {}", asked.text()))
        .with(versions::LEGACY_HEADER, &asked.text())
        .with(header::VARY, "OpenStack-API-Version")
        .with(header::VARY, "X-OpenStack-Nova-API-Version"))
}

fn route(call: &mut Call<'_>, path: &[&str], v: u32) -> Reply {
    match (call.method.as_str(), path) {
        ("GET", []) => Ok(versions::one(call)),
        ("GET", ["servers"]) => servers::list(call, v, false),
        ("GET", ["servers", "detail"]) => servers::list(call, v, true),
        ("POST", ["servers"]) => create::create(call, v),
        ("GET", ["servers", id]) => servers::show(call, id, v),
        ("PUT", ["servers", id]) => servers::rename(call, id, v),
        ("DELETE", ["servers", id]) => servers::delete(call, id),
        ("POST", ["servers", id, "action"]) => actions::act(call, id, v),
        (_, ["servers", id, "metadata", rest @ ..]) => servers::metadata(call, id, rest),
        ("GET", ["servers", id, "tags"]) => servers::tags(call, id),
        ("GET", ["servers", id, "ips"]) => servers::ips(call, id),
        (_, ["servers", id, "os-interface", rest @ ..]) => attachments::interfaces(call, id, rest, v),
        (_, ["servers", id, "os-volume_attachments", rest @ ..]) => attachments::volumes(call, id, rest, v),
        ("GET", ["flavors"]) => flavors::list(call, v, false),
        ("GET", ["flavors", "detail"]) => flavors::list(call, v, true),
        ("GET", ["flavors", id]) => flavors::show(call, id, v),
        ("GET", ["flavors", id, "os-extra_specs"]) => flavors::extra_specs(call, id),
        (_, ["os-keypairs", rest @ ..]) => keypairs::serve(call, rest, v),
        ("GET", ["limits"]) => Ok(limits::limits(call, v)),
        ("GET", ["os-quota-sets", project, rest @ ..]) => limits::quotas(call, project, rest, v),
        ("GET", ["os-availability-zone"]) => {
            let zone = json!({"zoneName": "nova", "zoneState": {"available": true}, "hosts": null});
            Ok(Answer::ok(json!({"availabilityZoneInfo": [zone]})))
        }
        _ => Err(Answer::lost_page()),
    }
}

/// Whether a user has a keypair of that name.
pub(crate) fn keypair_exists(call: &Call<'_>, user: &str, name: &str) -> bool {
    call.get(KEYPAIRS, &keypairs::key(user, name)).is_some()
}
