//! What went wrong between us and a cloud.
use std::time::Duration;

/// The error of everything that speaks to a cloud.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The service answered with a status that the request does not expect.
    #[error("{service} answered {status}: {message} (request {})", request_id.as_deref().unwrap_or("unknown"))]
    Status {
        /// The service's title.
        service: &'static str,
        /// The status.
        status: u16,
        /// The cloud's words, taken out of whichever shape its error body has; capped in length.
        message: String,
        /// The cloud's request id.
        request_id: Option<String>,
        /// When to come back.
        retry_after: Option<Duration>,
        /// Where it was sent, without query.
        url: String,
    },
    /// Nothing came back, or not all of it. With `maybe_done` the service may have done the work all the same.
    #[error("{service} did not answer: {cause}")]
    Lost {
        /// The service's title.
        service: &'static str,
        /// What the transport said.
        cause: String,
        /// Whether the request had been sent, so that the work may have been done.
        maybe_done: bool,
    },
    /// The service has not answered lately, so nothing was sent: see `client::breaker`.
    #[error("{service} has not answered lately and is asked again in {} s", retry_after.as_secs().max(1))]
    Resting {
        /// The service's title.
        service: &'static str,
        /// When to come back.
        retry_after: Duration,
    },
    /// The answer was not what the service documents.
    #[error("{service} answered something unreadable: {cause}")]
    Unreadable {
        /// The service's title.
        service: &'static str,
        /// What was wrong with it.
        cause: String,
    },
    /// The catalogue of that region has no such service.
    #[error("{service} is not offered in {region}")]
    NotOffered {
        /// The service's title.
        service: &'static str,
        /// The region.
        region: String,
    },
    /// The service's highest microversion is below what we need.
    #[error("{service} offers microversion {has} at most, {needs} is needed")]
    TooOld {
        /// The service's title.
        service: &'static str,
        /// Its maximum.
        has: String,
        /// What is needed.
        needs: String,
    },
    /// The account could not sign in, or not to that project.
    #[error("the cloud did not let us in: {cause}")]
    Denied {
        /// What the identity service said.
        cause: String,
    },
    /// The configuration cannot work.
    #[error("{0}")]
    Config(String),
}

/// The result of everything that speaks to a cloud.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether it is the service's 404.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Status { status: 404, .. })
    }

    /// Whether it may be different soon: the service was not reached, is busy or broken.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Lost { .. } | Self::Resting { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..),
            Self::Unreadable { .. }
            | Self::NotOffered { .. }
            | Self::TooOld { .. }
            | Self::Denied { .. }
            | Self::Config(_) => false,
        }
    }

    /// Whether the work may have been done although we were told otherwise, or nothing: a create must then be looked
    /// for, not repeated.
    pub fn maybe_done(&self) -> bool {
        match self {
            Self::Lost { maybe_done, .. } => *maybe_done,
            Self::Status { status, .. } => *status >= 500,
            Self::Unreadable { .. } => true,
            Self::Resting { .. }
            | Self::NotOffered { .. }
            | Self::TooOld { .. }
            | Self::Denied { .. }
            | Self::Config(_) => false,
        }
    }
}
