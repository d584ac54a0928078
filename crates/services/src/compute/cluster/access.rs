//! How a cluster's API server is reached: its address, its authority, and a certificate that the authority signs.
//! <https://docs.openstack.org/api-ref/container-infrastructure-management/#manage-certificates-for-clusters>
use super::CLUSTERS;
use crate::clients::MAGNUM;
use http::Method;
use openstack::Request;
use serde_json::{Value, json};

/// Asks for the cluster, which tells its address.
pub fn cluster(id: &str) -> Request {
    CLUSTERS.get(id)
}

/// The address of its API server, such as `https://203.0.113.7:6443`; none before it is built.
pub fn address(cluster: &Value) -> Option<&str> {
    cluster.get("api_address")?.as_str().filter(|address| !address.is_empty())
}

/// Asks for the certificate of its authority.
pub fn authority(id: &str) -> Request {
    Request::new(&MAGNUM, Method::GET, ["certificates", id])
}

/// Asks the authority for a certificate; `csr` is the request for it in PEM.
pub fn sign(id: &str, csr: &str) -> Request {
    let body = json!({ "cluster_uuid": id, "csr": csr });
    Request::new(&MAGNUM, Method::POST, ["certificates"]).json(body).expect(&[200, 201])
}

/// The certificate in either answer, in PEM.
pub fn pem(answer: &Value) -> Option<&str> {
    answer.get("pem")?.as_str().filter(|pem| !pem.is_empty())
}
