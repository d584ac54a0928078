//! What the portal is started with. The server reads it from the environment; tests write it down.
use crate::clock::Clock;
use openstack::client::CloudConfig;
use secrecy::SecretString;
use std::time::Duration;

/// Everything that the portal must know before it starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite://path` or `postgres://…`.
    pub database_url: String,
    /// The key behind sealed fields and idempotency keys; 32 characters at least.
    pub secret_key: SecretString,
    /// The cloud that bindings live in; without one, only operator commands work.
    pub cloud: Option<CloudConfig>,
    /// The same cloud with the credentials of its administrators, for what is the whole cloud's; without them there is
    /// nothing of it to be seen. Its project is `admin` where none is named.
    pub admin: Option<CloudConfig>,
    /// Whether the API servers of clusters may be on this machine: for a simulated cloud.
    pub cluster_loopback: bool,
    /// How long things take.
    pub timings: Timings,
    /// Whose time it is.
    pub clock: Clock,
    /// Cost of password hashing: the default of Argon2id (19 MiB, 2 passes), or the least for tests.
    pub quick_passwords: bool,
}

/// How long things take. Tests shorten them.
#[derive(Clone, Copy, Debug)]
pub struct Timings {
    /// The longest that one request to the cloud may take.
    pub timeout: Duration,
    /// How much longer than `timeout` a lease lasts.
    pub lease_margin: Duration,
    /// How much longer than `timeout` to wait, after a lost answer, before asking a second time.
    pub quiet: Duration,
    /// How long a caller waits for a create of several parts before the answer is 202.
    pub patience: Duration,
    /// The reconciler's shortest period, for things in transit; it backs off to `transit_max`.
    pub transit_min: Duration,
    /// The longest period for things in transit.
    pub transit_max: Duration,
    /// The period for things that have settled.
    pub settled: Duration,
    /// How often each binding is compared with its cloud.
    pub drift: Duration,
    /// How long a session lasts without being used.
    pub session: Duration,
    /// The longest that a client may take to send the head of a request, and again its body.
    pub client: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            lease_margin: Duration::from_secs(15),
            quiet: Duration::from_secs(60),
            patience: Duration::from_secs(20),
            transit_min: Duration::from_secs(2),
            transit_max: Duration::from_secs(30),
            settled: Duration::from_secs(300),
            drift: Duration::from_secs(600),
            session: Duration::from_secs(12 * 3600),
            client: Duration::from_secs(30),
        }
    }
}

/// Why the portal cannot start, in a sentence for whoever starts it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be used.
    #[error("The database cannot be used: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("The database cannot be brought to this version: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The configuration cannot work.
    #[error("{0}")]
    Config(String),
    /// The cloud's configuration cannot work.
    #[error("The cloud's configuration cannot work: {0}")]
    Cloud(#[from] openstack::Error),
}
