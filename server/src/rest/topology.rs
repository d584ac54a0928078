//! The topology of a place, for scripts: the same that the page draws.
use super::at_place;
use crate::{
    extract::{Caller, Query},
    problem::Result,
    routes::{Doc, Needs, Row},
    server::Server,
};
use axum::{Json, extract::State};
use http::Method;
use model::{
    Group, Role,
    view::{Topology, TopologyQuery},
};

pub(super) fn rows() -> Vec<Row> {
    vec![Row::rest(
        Method::GET,
        "/api/services/networking/neutron/topology/",
        Needs::Member(Role::Viewer),
        Doc::new(
            Group::Networking.title(),
            "get_network_topology",
            "Networks, routers, servers and floating IPs, and what is connected with what",
        )
        .query(&[("workspace_id", true), ("environment_id", true), ("network", false), ("page", false)]),
        topology,
    )]
}

async fn topology(State(server): State<Server>, Caller(ctx): Caller, mut query: Query) -> Result<Json<Topology>> {
    let place = query.take_place()?;
    let asked = TopologyQuery { network: query.take("network"), page: query.take_number("page", 1, 100_000)? };
    query.end()?;
    Ok(Json(server.portal.topology(&ctx, &place, &asked).await.map_err(at_place)?))
}
