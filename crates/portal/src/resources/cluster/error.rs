//! What went wrong between us and a cluster's API server.
use std::net::IpAddr;

/// Why an API server cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum ClusterError {
    /// The row is not active.
    #[error("The cluster is not active.")]
    NotActive,
    /// Magnum names no address.
    #[error("The cluster has no API address.")]
    NoAddress,
    /// Magnum gave no certificate.
    #[error("Magnum gave no certificate for the cluster.")]
    NoCertificate,
    /// The address is not one that could be called.
    #[error("The cluster's API address is {0:?}, which is no https address.")]
    Address(String),
    /// The address leads to where nobody's cluster is.
    #[error("The cluster's API server is at {0}, an address that is never called from here.")]
    Forbidden(IpAddr),
    /// The host's name leads nowhere.
    #[error("The name of the cluster's API server, {0}, cannot be resolved.")]
    Unresolved(String),
    /// Nothing answered, or not all of it came.
    #[error("The cluster's API server at {address} did not answer: {cause}")]
    Unreachable { address: String, cause: String },
    /// Its certificate is none of the cluster's authority, or it does not want ours.
    #[error("The cluster's API server at {address} does not prove to be the cluster's: {cause}")]
    Untrusted { address: String, cause: String },
    /// It points to somewhere else.
    #[error("The cluster's API server points to another address, which is not followed.")]
    Redirected,
    /// It said more than is read.
    #[error("The cluster's API server answered more than {0} bytes.")]
    TooLong(usize),
    /// It said something else than the API does.
    #[error("The cluster's API server answered something unreadable: {0}")]
    Unreadable(String),
}

impl ClusterError {
    /// What a person may see of it.
    pub(crate) fn public(&self) -> model::Error {
        match self {
            Self::Unreachable { address, .. } => {
                model::Error::Unavailable { what: format!("The cluster's API server at {address}"), retry_after: 5 }
            }
            Self::Unresolved(host) => {
                model::Error::Unavailable { what: format!("The cluster's API server {host}"), retry_after: 30 }
            }
            _ => model::Error::Conflict { why: self.to_string() },
        }
    }
}
