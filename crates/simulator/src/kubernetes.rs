//! A stand-in for the Kubernetes API servers of clusters, because none can be had as a package.
//!
//! Each cluster has a certificate authority of its own and a port of its own, which speaks TLS to those who have a
//! certificate of that authority; what Magnum signs is one. The stand-in knows discovery, reading, lists and server-side
//! apply of namespaces, config maps, secrets, services, deployments, custom resource definitions and custom resources.
//! Nothing runs: a deployment has no pods. There is no OpenAPI document, no aggregated discovery, no watch, no other way
//! to change something, and no authorisation: a certificate may do all. Lists in objects are owned as a whole.

mod apply;
mod authority;
mod checks;
mod fields;
mod kinds;
mod schema;
mod server;
mod status;
mod tls;

use std::net::{IpAddr, SocketAddr, TcpListener};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::container_infra::CLUSTERS;
use crate::door::{Cloud, pairs};
use crate::store::{Row, Store};
use crate::{REGIONS, wire};
pub(crate) use authority::{Authority, Fault};
use server::{Asked, Objects};

/// A cluster whose API server is to be served.
pub(crate) struct Opening {
    region: String,
    cluster: String,
    listener: TcpListener,
    authority: Authority,
}

impl Opening {
    /// Takes a port; the API server is reached there from now on, and answered once it is served.
    pub(crate) fn new(host: IpAddr, region: &str, cluster: &str, name: &str) -> Result<Self, Fault> {
        let listener = TcpListener::bind((host, 0))?;
        let (region, cluster) = (region.to_owned(), cluster.to_owned());
        Ok(Self { region, cluster, listener, authority: Authority::new(name)? })
    }

    /// As it was before a restart: at its port, or at another one when somebody else has that.
    fn again(host: IpAddr, region: &str, row: &Row) -> Result<Self, Fault> {
        let port = u16::try_from(row.number("api_port")).unwrap_or_default();
        let listener = TcpListener::bind((host, port)).or_else(|_| TcpListener::bind((host, 0)))?;
        Ok(Self { region: region.to_owned(), cluster: row.id.clone(), listener, authority: authority_of(row) })
    }

    pub(crate) fn address(&self) -> Result<SocketAddr, Fault> {
        Ok(self.listener.local_addr()?)
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The objects that every cluster has.
    pub(crate) fn plant(&self, store: &mut Store, project: &str, now: i64) {
        Objects { store, table: table(&self.region, &self.cluster), project: project.to_owned(), now }.plant();
    }

    /// Answers at that port until the cluster is gone or the simulator stops.
    pub(crate) fn serve(self, cloud: &Cloud) -> Result<(), Fault> {
        self.listener.set_nonblocking(true)?;
        let tls = self.authority.server(self.listener.local_addr()?.ip())?;
        let listener = tls::Tls::new(tokio::net::TcpListener::from_std(self.listener)?, tls)?;
        let stop = cloud.stopped().child_token();
        let gate = Gate { cloud: cloud.clone(), region: self.region, cluster: self.cluster, gone: stop.clone() };
        let router = Router::new().fallback(answer).with_state(gate);
        cloud.spawn(async move {
            let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
            if let Err(error) = served {
                tracing::warn!(%error, "an API server stopped");
            }
        });
        Ok(())
    }
}

/// What is kept of an authority in the row of its cluster.
pub(crate) fn authority_of(row: &Row) -> Authority {
    Authority { pem: row.text("ca").to_owned(), key: row.text("ca_key").to_owned() }
}

/// Serves the clusters that a restarted simulator has, and forgets the objects of those that are gone.
pub(crate) fn reopen(cloud: &Cloud, host: IpAddr) -> Result<(), Fault> {
    for region in REGIONS {
        let infra = format!("{region}/{CLUSTERS}");
        let openings = cloud.with_store(|store| {
            let mut openings = Vec::new();
            for row in store.rows(&infra).filter(|row| !row.text("ca").is_empty()) {
                openings.push(Opening::again(host, region, row)?);
            }
            let here: Vec<String> = openings.iter().map(|opening| table(region, &opening.cluster)).collect();
            let begins = table(region, "");
            let left: Vec<String> =
                store.tables().filter(|name| name.starts_with(&begins)).map(str::to_owned).collect();
            for table in left.iter().filter(|table| !here.contains(table)) {
                forget(store, table);
            }
            for opening in &openings {
                let address = opening.address()?;
                let known = store.get(&infra, &opening.cluster).map(|row| row.number("api_port"));
                if known == Some(i64::from(address.port())) {
                    continue;
                }
                store.change(&infra, &opening.cluster, wire::now(), |row| moved(row, address));
            }
            Ok::<_, Fault>(openings)
        })?;
        for opening in openings {
            opening.serve(cloud)?;
        }
    }
    Ok(())
}

/// Where a cluster is reached, now or once it is built.
fn moved(row: &mut Row, address: SocketAddr) {
    row.set("api_port", address.port());
    let url = json!(format!("https://{address}"));
    let attributes = std::iter::once(&mut row.doc).chain(row.then.iter_mut().map(|step| &mut step.set));
    for doc in attributes {
        if let Some(known) = doc.get_mut("api_address") {
            *known = url.clone();
        }
    }
}

fn table(region: &str, cluster: &str) -> String {
    format!("{region}/kubernetes/{cluster}")
}

fn forget(store: &mut Store, table: &str) {
    let ids: Vec<String> = store.rows(table).map(|row| row.id.clone()).collect();
    for id in ids {
        store.remove(table, &id);
    }
}

/// One API server.
#[derive(Clone)]
struct Gate {
    cloud: Cloud,
    region: String,
    cluster: String,
    gone: tokio_util::sync::CancellationToken,
}

async fn answer(State(gate): State<Gate>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let decoded = crate::door::segments(uri.path());
    let asked = Asked {
        method: method.as_str(),
        path: decoded.iter().map(String::as_str).collect(),
        query: pairs(uri.query().unwrap_or_default()).into_iter().collect(),
        accept: header(header::ACCEPT),
        content_type: header(header::CONTENT_TYPE),
        body: &body,
    };
    let table = table(&gate.region, &gate.cluster);
    let answered = gate.cloud.with_store(|store| {
        let Some(row) = store.get(&format!("{}/{CLUSTERS}", gate.region), &gate.cluster) else {
            forget(store, &table);
            return None;
        };
        let project = row.project.clone();
        Some(Objects { store, table, project, now: wire::now() }.answer(&asked))
    });
    let Some((code, body)) = answered else {
        gate.gone.cancel();
        return (StatusCode::SERVICE_UNAVAILABLE, "the cluster is gone").into_response();
    };
    let code = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (code, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
