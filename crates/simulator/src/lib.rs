//! An OpenStack in one process: Keystone, Nova, Glance, Cinder, Neutron, Magnum, Manila, Octavia, Designate, Zun and Swift
//! over real HTTP on one loopback port, with two regions that share nothing but identity; the last five are in the first
//! region only. Each of Magnum's clusters has a stand-in for its API server, on a port of its own (see the module
//! `kubernetes`).
//!
//! It answers in the shapes, with the status codes and in the words of the real services (recorded from OpenStack
//! 2026.2). Nothing runs behind it: a server is a row that becomes ACTIVE after a while. Where a contract test finds it
//! different from the real cloud, the simulator is wrong.
//!
//! `http://ADDRESS/identity/v3` is Keystone; everything else is found in the catalogue
//! (`http://ADDRESS/RegionOne/compute/v2.1`, …). [`Knobs`] make it fail on purpose.

mod accelerator;
mod answer;
mod baremetal;
mod block_storage;
mod call;
mod compute;
mod config;
mod container;
mod container_infra;
mod dns;
mod door;
mod identity;
mod image;
mod knobs;
mod kubernetes;
mod listener;
mod load_balancer;
mod network;
mod object_store;
mod placement;
mod seed;
mod shared_file_system;
mod store;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use config::{Config, Quotas, Role, Seed, SeedProject, SeedUser, Speed};
pub use knobs::{Effect, Fault, FaultId, Knobs, Request};

use door::Cloud;

/// The regions, the first one first in the catalogue.
pub const REGIONS: [&str; 2] = ["RegionOne", "RegionTwo"];

/// A running simulator. Dropping it stops it without waiting.
pub struct Simulator {
    addr: SocketAddr,
    root: String,
    knobs: Knobs,
    stop: CancellationToken,
    task: Option<JoinHandle<io::Result<()>>>,
    cloud: Cloud,
}

impl Simulator {
    /// Opens the state, adds what the seed has and the state lacks, and starts to listen.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the folder of the state cannot be written, is in use by another
    /// simulator, or holds a damaged state.
    pub async fn start(config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let addr = listener.local_addr()?;
        let root = format!("http://{}", reachable(addr));
        let knobs = Knobs::new(&config);
        let stop = CancellationToken::new();
        let cloud = Cloud::open(&config, knobs.clone(), reachable(addr), stop.clone())?;
        kubernetes::reopen(&cloud, reachable(addr).ip()).map_err(io::Error::other)?;
        let router = door::router(cloud.clone());
        let task = tokio::spawn({
            let stop = stop.clone();
            async move {
                axum::serve(listener::Door(listener), router.into_make_service_with_connect_info::<listener::Peer>())
                    .with_graceful_shutdown(stop.cancelled_owned())
                    .await
            }
        });
        Ok(Self { addr, root, knobs, stop, task: Some(task), cloud })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What `OS_AUTH_URL` has to be.
    pub fn auth_url(&self) -> String {
        format!("{}/identity/v3", self.root)
    }

    /// The handles to make it fail and to see what it was asked.
    pub fn knobs(&self) -> Knobs {
        self.knobs.clone()
    }

    /// Stops listening, gives running requests five seconds, and writes the state down to the disk.
    ///
    /// # Errors
    /// When listening had failed, or the state cannot be written.
    pub async fn shutdown(mut self) -> io::Result<()> {
        self.stop.cancel();
        if let Some(mut task) = self.task.take() {
            match tokio::time::timeout(Duration::from_secs(5), &mut task).await {
                Ok(served) => served.map_err(io::Error::other)??,
                Err(_) => task.abort(),
            }
        }
        if tokio::time::timeout(Duration::from_secs(5), self.cloud.rest()).await.is_err() {
            tracing::warn!("a connection to an API server was not closed in time");
        }
        self.cloud.sync()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// An address that a client on this machine can use, also when we listen on all of them.
fn reachable(mut addr: SocketAddr) -> SocketAddr {
    if addr.ip().is_unspecified() {
        addr.set_ip(match addr {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    addr
}
