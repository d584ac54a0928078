//! The portal's own error, and its one translation into what people see.
use std::error::Error as _;
use tracing::{error, warn};

/// What went wrong inside, with its cause.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The database failed.
    #[error("database")]
    Database(#[from] sqlx::Error),
    /// The cloud failed or refused.
    #[error("cloud")]
    Cloud(#[from] openstack::Error),
    /// A cluster's API server cannot be used.
    #[error("cluster")]
    Cluster(#[from] crate::resources::ClusterError),
    /// A stored value is not what we once wrote.
    #[error("a stored {0} cannot be read")]
    Corrupt(&'static str),
    /// Cryptography failed: a wrong key, or an altered value.
    #[error("a sealed value cannot be opened")]
    Sealed,
    /// Already in terms that people understand.
    #[error(transparent)]
    Public(#[from] model::Error),
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Logs the cause once and returns what a person may see. Only the public methods of the portal call it.
    pub(crate) fn report(self) -> model::Error {
        match self {
            Self::Public(error) => error,
            Self::Cloud(error) => {
                warn!(%error, "the cloud did not do as asked");
                from_cloud(&error)
            }
            Self::Cluster(error) => {
                warn!(%error, "a cluster's API server cannot be used");
                error.public()
            }
            // PostgreSQL keeps no NUL in text; nothing that we store or look for has one.
            Self::Database(cause)
                if cause.as_database_error().and_then(|error| error.code()).as_deref() == Some("22021") =>
            {
                model::Error::invalid("body", "Text must not contain the character NUL.")
            }
            Self::Database(cause) if unreachable(&cause) => {
                error!(%cause, "the database is not reachable");
                model::Error::Unavailable { what: "The database".to_owned(), retry_after: 5 }
            }
            other => {
                let cause = other.source().map(ToString::to_string).unwrap_or_default();
                error!(error = %other, cause, "internal error");
                model::Error::Internal
            }
        }
    }
}

/// What a person may see of a cloud's error: its words where it refused, never an address.
pub(crate) fn from_cloud(error: &openstack::Error) -> model::Error {
    use openstack::Error as Cloud;
    match error {
        Cloud::Status { status: 429 | 503 | 504, service, retry_after, .. } => model::Error::Unavailable {
            what: (*service).to_owned(),
            retry_after: retry_after.map_or(5, |wait| wait.as_secs().max(1)),
        },
        Cloud::Status { status: 500.., service, .. } => model::Error::Upstream { service: (*service).to_owned() },
        Cloud::Status { status, message, .. } if is_quota(*status, message) => {
            model::Error::CloudQuota { detail: message.clone() }
        }
        Cloud::Status { status: 409, message, .. } => model::Error::Conflict { why: message.clone() },
        Cloud::Status { status: 404, message, .. } | Cloud::Status { status: 400..500, message, .. } => {
            model::Error::Refused { detail: message.clone() }
        }
        Cloud::Status { service, .. } | Cloud::Unreadable { service, .. } | Cloud::TooOld { service, .. } => {
            model::Error::Upstream { service: (*service).to_owned() }
        }
        Cloud::Lost { service, .. } => model::Error::Unavailable { what: (*service).to_owned(), retry_after: 5 },
        Cloud::Resting { service, retry_after } => {
            model::Error::Unavailable { what: (*service).to_owned(), retry_after: retry_after.as_secs().max(1) }
        }
        Cloud::NotOffered { service, region } => {
            model::Error::NotOffered { service: (*service).to_owned(), region: region.clone() }
        }
        Cloud::Denied { .. } | Cloud::Config(_) => model::Error::Upstream { service: "Identity".to_owned() },
    }
}

/// Nova answers 403, Cinder 413, Neutron 409: all three say "quota" in words.
fn is_quota(status: u16, message: &str) -> bool {
    matches!(status, 403 | 409 | 413) && message.to_ascii_lowercase().contains("quota")
}

fn unreachable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => true,
        // PostgreSQL stops (57P01), has crashed (57P02), starts (57P03), is full (53300), or lost the connection (08…).
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            matches!(code.as_ref(), "57P01" | "57P02" | "57P03" | "53300" | "25P03") || code.starts_with("08")
        }),
        _ => false,
    }
}
