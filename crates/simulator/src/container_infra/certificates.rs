//! Certificates of clusters: that of the authority, and those that it signs.
//! <https://docs.openstack.org/api-ref/container-infrastructure-management/#manage-certificates-for-clusters>

use serde_json::{Value, json};

use super::{clusters, invalid, only};
use crate::answer::{Answer, Reply, refuse};
use crate::call::Call;
use crate::kubernetes::authority_of;

fn links(call: &Call<'_>, cluster: &str) -> Value {
    super::links(call, &format!("certificates/{cluster}"))
}

pub(super) fn show(call: &Call<'_>, cluster: &str) -> Reply {
    let row = clusters::find(call, cluster)?;
    Ok(Answer::ok(json!({"cluster_uuid": row.id, "pem": row.text("ca"), "links": links(call, &row.id)})))
}

pub(super) fn sign(call: &Call<'_>) -> Reply {
    let given = call.object().ok_or_else(|| refuse::infra(400, "Invalid JSON in the body."))?;
    only("certificate", &given, &["cluster_uuid", "csr", "ca_cert_type"])?;
    let text = |key: &str| given.get(key).and_then(Value::as_str).unwrap_or_default();
    for key in ["cluster_uuid", "csr"] {
        if text(key).is_empty() {
            return Err(invalid(key, given.get(key).unwrap_or(&Value::Null), "Mandatory field missing."));
        }
    }
    let row = clusters::find(call, text("cluster_uuid"))?;
    let pem = authority_of(&row).sign(text("csr")).map_err(|_| refuse::infra(400, "Received invalid csr."))?;
    let body = json!({"cluster_uuid": row.id, "csr": text("csr"), "pem": pem, "links": links(call, &row.id)});
    Ok(Answer::json(201, body))
}
