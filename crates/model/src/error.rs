//! What went wrong, in terms a person or a script can act on.
use crate::{Usage, usage};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Sentences by field name.
pub type Fields = BTreeMap<String, Vec<String>>;

/// The error of every door. A variant exists only where some caller acts on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Error {
    /// No session, or no valid token. 401.
    #[error("Sign in first.")]
    Unauthenticated,
    /// User name and password do not match an active user; says no more on purpose. 401.
    #[error("That user name and password do not match.")]
    BadCredentials,
    /// The caller may know of the thing, but not do this. 403.
    #[error("{why}")]
    Forbidden {
        /// What is missing, for instance "This needs the role operator."
        why: String,
    },
    /// It does not exist, or the caller must not learn that it does. 404.
    #[error("No such {what}.")]
    NotFound {
        /// The thing's noun.
        what: String,
    },
    /// The region's catalogue lacks a service. 404.
    #[error("{service} is not offered in {region}.")]
    NotOffered {
        /// The service's title.
        service: String,
        /// The region.
        region: String,
    },
    /// Fields that need attention. 400.
    #[error("Some fields need attention.")]
    Invalid {
        /// Sentences by field name; `body` means the request as a whole.
        fields: Fields,
    },
    /// Does not fit into the binding's quota. 409.
    #[error("This does not fit into the quota of {place}.")]
    QuotaExceeded {
        /// `workspace/environment`.
        place: String,
        /// What was asked for.
        wanted: Usage,
        /// What is left.
        left: Usage,
    },
    /// The cloud's own quota said no. 409.
    #[error("The cloud's own quota for this project is exhausted: {detail}")]
    CloudQuota {
        /// The cloud's words.
        detail: String,
    },
    /// The thing's state, or another thing, stands in the way. 409.
    #[error("{why}")]
    Conflict {
        /// What stands in the way.
        why: String,
    },
    /// A one-time output was handed out already. 409.
    #[error("This was already delivered once and is not stored.")]
    AlreadyDelivered,
    /// An idempotency key came again with another body. 422.
    #[error("This idempotency key was used with a different request.")]
    KeyReused,
    /// The cloud refused the request. 400, at the field where that is known.
    #[error("The cloud refused this: {detail}")]
    Refused {
        /// The cloud's words.
        detail: String,
    },
    /// Too many attempts. 429.
    #[error("Too many attempts. Try again in {retry_after} seconds.")]
    TooMany {
        /// Seconds.
        retry_after: u64,
    },
    /// The body is larger than this door takes. 413.
    #[error("The request body is too large; {limit} bytes at most.")]
    TooLarge {
        /// Bytes.
        limit: u64,
    },
    /// The cloud answered nonsense or failed. 502.
    #[error(
        "The cloud's {service} service failed. Nothing was lost; try again, and give the request id if it persists."
    )]
    Upstream {
        /// The service's title.
        service: String,
    },
    /// A change was asked of the cloud, its answer was lost, and it is not asked for again. 504.
    #[error(
        "{service} did not say whether this was done, and it is not asked a second time. Look at the list before you ask \
         for it again."
    )]
    InDoubt {
        /// The service's title.
        service: String,
    },
    /// The cloud or the database is not reachable or too busy. 503.
    #[error("{what} is not reachable at the moment. Try again shortly.")]
    Unavailable {
        /// What is not reachable.
        what: String,
        /// Seconds.
        retry_after: u64,
    },
    /// Our own fault; the log has the cause under the request id. 500.
    #[error("Something went wrong on our side. Give the request id to an administrator.")]
    Internal,
}

/// The result of every door.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// One field, one sentence.
    pub fn invalid(field: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self::Invalid { fields: BTreeMap::from([(field.into(), vec![sentence.into()])]) }
    }

    /// A thing that is not there, or not for this caller.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// The HTTP status of a REST answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Invalid { .. } | Self::Refused { .. } => 400,
            Self::Unauthenticated | Self::BadCredentials => 401,
            Self::Forbidden { .. } => 403,
            Self::NotFound { .. } | Self::NotOffered { .. } => 404,
            Self::QuotaExceeded { .. } | Self::CloudQuota { .. } | Self::Conflict { .. } | Self::AlreadyDelivered => {
                409
            }
            Self::TooLarge { .. } => 413,
            Self::KeyReused => 422,
            Self::TooMany { .. } => 429,
            Self::Internal => 500,
            Self::Upstream { .. } => 502,
            Self::Unavailable { .. } => 503,
            Self::InDoubt { .. } => 504,
        }
    }

    /// Seconds after which another attempt makes sense: the `Retry-After` header.
    pub const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany { retry_after } | Self::Unavailable { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// The machine-readable word: `code` in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::BadCredentials => "bad_credentials",
            Self::Forbidden { .. } => "forbidden",
            Self::NotFound { .. } => "not_found",
            Self::NotOffered { .. } => "not_offered",
            Self::Invalid { .. } => "invalid",
            Self::QuotaExceeded { .. } => "quota_exceeded",
            Self::CloudQuota { .. } => "cloud_quota",
            Self::Conflict { .. } => "conflict",
            Self::AlreadyDelivered => "already_delivered",
            Self::KeyReused => "key_reused",
            Self::Refused { .. } => "refused",
            Self::TooMany { .. } => "too_many",
            Self::TooLarge { .. } => "too_large",
            Self::Upstream { .. } => "upstream",
            Self::Unavailable { .. } => "unavailable",
            Self::InDoubt { .. } => "in_doubt",
            Self::Internal => "internal",
        }
    }

    /// The bad fields, empty for other errors.
    pub fn fields(&self) -> Fields {
        match self {
            Self::Invalid { fields } => fields.clone(),
            _ => Fields::new(),
        }
    }

    /// The title and the sentence for people; for quotas with what is left.
    pub fn detail(&self) -> String {
        match self {
            Self::QuotaExceeded { wanted, left, .. } => format!("{self} {}", usage::shortfall(*wanted, *left)),
            _ => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn the_code_in_json_is_the_code_in_rust() {
        for error in [Error::Unauthenticated, Error::not_found("x"), Error::invalid("a", "b"), Error::KeyReused] {
            let json = serde_json::to_value(&error).unwrap();
            assert_eq!(json["code"], error.code());
        }
    }
}
