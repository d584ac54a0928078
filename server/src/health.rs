//! Probes for whoever runs the server.
use crate::{
    problem::Problem,
    routes::{Door, Needs, Row},
    server::Server,
};
use axum::extract::State;
use http::Method;

/// The rows of the probes.
pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row::new(Method::GET, "/healthz", Door::Asset, Needs::Nobody, alive),
        Row::new(Method::GET, "/readyz", Door::Asset, Needs::Nobody, ready),
    ]
}

/// The process answers.
async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers. The clouds are not asked: the outage of a region must not take the portal away too.
async fn ready(State(server): State<Server>) -> Result<&'static str, Problem> {
    // Any session id will do; this one is none, as it is too short.
    server.portal.session_load("ready").await?;
    Ok("ok\n")
}
