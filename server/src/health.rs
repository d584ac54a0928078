//! Probes for whoever runs the server.
use crate::{
    problem::Problem,
    routes::{Door, Needs, Row},
    server::Server,
};
use axum::extract::State;
use http::{Method, StatusCode};

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

/// The database answers, and this server is not about to stop: then a load balancer sends it nothing more. The clouds are not asked: the outage of a region must not take the portal away too.
async fn ready(State(server): State<Server>) -> Result<&'static str, Problem> {
    if server.draining.is_cancelled() {
        let detail = "This server is about to stop.";
        return Err(Problem::plain(StatusCode::SERVICE_UNAVAILABLE, "draining", detail));
    }
    // Any session id will do; this one is none, as it is too short.
    server.portal.session_load("ready").await?;
    Ok("ok\n")
}
