//! The golden rule, one level deeper: the only way to a cluster's API server is through the cloud that its row is bound to.
//!
//! Address and authority come from Magnum, for the row's own id. Key and certificate request are made here for each work
//! and forgotten with it; Magnum has the authority sign the request. The server is believed only with a certificate of that
//! authority, and only addresses are called that are no way into this machine or its cloud (see [`address`]).
mod address;
mod apply;
mod error;
mod kubeconfig;
mod manifest;
mod transport;

pub(crate) use error::ClusterError;

use super::{cloud::ScopedCloud, lifecycle::Standing, row::Row};
use crate::{Portal, error::Result};
use address::Address;
use model::{State, applied::Applied};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use secrecy::{ExposeSecret, SecretString};
use services::{ClusterWork, access};
use std::time::Duration;
use tokio::time::Instant;

/// The longest that all of a manifest may take; doors wait longer.
const LONGEST: Duration = Duration::from_secs(60);
/// The group that Kubernetes lets do everything; Magnum's own client asks for it, too.
const MASTERS: &str = "system:masters";
/// The most characters of a common name (RFC 5280, ub-common-name).
const NAME_MAX: usize = 64;

/// Work on a cluster that can be done: what was asked for has been read, and makes sense.
pub(super) enum Task {
    /// Hand out what `kubectl` needs.
    Kubeconfig,
    /// Apply these objects.
    Apply { objects: Vec<manifest::Object>, force: bool },
}

impl Task {
    /// Reads what was asked for.
    pub(super) fn read(work: &ClusterWork) -> Result<Self> {
        match work {
            ClusterWork::Kubeconfig => Ok(Self::Kubeconfig),
            ClusterWork::Apply { manifest, force } => {
                Ok(Self::Apply { objects: manifest::read(manifest)?, force: *force })
            }
        }
    }
}

/// What came of work on a cluster.
pub(super) enum Done {
    /// What `kubectl` needs; with the private key.
    Kubeconfig(String),
    /// What became of each object, in their order.
    Applied(Vec<Applied>),
}

/// A cluster's API server, and who we are to it.
pub(super) struct ScopedCluster {
    name: String,
    address: String,
    /// The authority's certificate.
    authority: String,
    certificate: String,
    key: SecretString,
    /// How long one request may take.
    timeout: Duration,
    /// Whether it may be on this machine.
    loopback: bool,
}

impl ScopedCluster {
    /// The cluster of an active row, by the cloud that the row is bound to. `actor` is who its own audit will name.
    async fn of(portal: &Portal, cloud: &ScopedCloud, row: &Row, actor: &str) -> Result<Self> {
        let (State::Active, Standing::Active { id }) = (row.state(), &row.standing) else {
            return Err(ClusterError::NotActive.into());
        };
        let id = id.as_str();
        let cluster = cloud.send(&access::cluster(id)).await?;
        let address = access::address(&cluster.body).ok_or(ClusterError::NoAddress)?.to_owned();
        let authority = cloud.send(&access::authority(id)).await?;
        let authority = access::pem(&authority.body).ok_or(ClusterError::NoCertificate)?.to_owned();
        let key = KeyPair::generate().map_err(|_| crate::error::Error::Sealed)?;
        let csr = request(&key, actor).map_err(|_| crate::error::Error::Sealed)?;
        let signed = cloud.send(&access::sign(id, &csr)).await?;
        let certificate = access::pem(&signed.body).ok_or(ClusterError::NoCertificate)?.to_owned();
        Ok(Self {
            name: row.name.clone(),
            address,
            authority,
            certificate,
            key: key.serialize_pem().into(),
            timeout: portal.inner.settings.timings.timeout,
            loopback: portal.inner.settings.cluster_loopback,
        })
    }

    async fn client(&self) -> Result<kube::Client, ClusterError> {
        let address = Address::resolve(&self.address, self.loopback).await?;
        let identity = format!("{}\n{}", self.certificate, self.key.expose_secret());
        transport::client(&address, &self.authority, &identity, self.timeout)
    }
}

/// A request for a certificate of whoever asks.
fn request(key: &KeyPair, actor: &str) -> Result<String, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    let name: String = format!("atonix:{actor}").chars().take(NAME_MAX).collect();
    params.distinguished_name.push(DnType::CommonName, name);
    params.distinguished_name.push(DnType::OrganizationName, MASTERS);
    params.serialize_request(key)?.pem()
}

impl Portal {
    /// Does something on the cluster of an active row.
    pub(super) async fn on_cluster(&self, cloud: &ScopedCloud, row: &Row, actor: &str, task: Task) -> Result<Done> {
        let cluster = ScopedCluster::of(self, cloud, row, actor).await?;
        match task {
            Task::Kubeconfig => Ok(Done::Kubeconfig(kubeconfig::written(&cluster))),
            Task::Apply { objects, force } => {
                let client = cluster.client().await?;
                Ok(Done::Applied(apply::all(&client, objects, force, Instant::now() + LONGEST).await?))
            }
        }
    }
}
