//! The domain: workspaces, bindings, access, quota, provisioning, lifecycle, reconcile, audit. Owns all SQL.
//!
//! Every door (browser form, REST call, command line, reconciler) ends in a method of one [`Portal`]. The public methods
//! take a [`Ctx`], settle whether the caller may, and return [`model::Result`].

mod access;
mod admin_cloud;
mod audit;
mod bindings;
mod check;
pub mod clock;
mod ctx;
pub mod db;
mod error;
pub mod failpoints;
mod handover;
mod inventory;
mod members;
mod news;
mod once;
mod password;
mod probe;
mod resources;
mod seed;
pub mod sessions;
mod settings;
mod sign_in;
mod tokens;
mod users;
mod workspaces;

pub use admin_cloud::AdminCloud;
pub use audit::{AuditQuery, Broken, Head, cadf};
pub use check::{Checked, CheckedProject, CheckedService, check};
pub use ctx::{Actor, Ctx, TokenLimits};
pub use handover::{Sealed, open_once, seal_once};
pub use news::News;
pub use once::{Begun, Claim, Given};
pub use openstack::client::CloudConfig;
pub use resources::{Bytes, Freshened, Incoming, Outgoing, ScopedCloud, SpecInput, catalogue};
pub use seed::{Seeded, Seeding};
pub use settings::{Settings, StartError, Timings};

use clock::Clock;
use db::Db;
use std::sync::Arc;

/// The portal. Cheap to clone; every clone is the same one.
#[derive(Clone)]
pub struct Portal {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    clock: Clock,
    settings: Settings,
    clouds: resources::Clouds,
    ear: std::sync::OnceLock<news::Ear>,
    /// This run of this server, in leases.
    server: String,
}

impl Portal {
    /// Opens the database and gets ready to serve; migrates nothing and starts nothing.
    ///
    /// # Errors
    /// A sentence for whoever starts the program.
    pub async fn open(settings: Settings) -> Result<Self, StartError> {
        let db = Db::open(&settings.database_url).await?;
        let clouds = resources::Clouds::new(&settings)?;
        let clock = settings.clock.clone();
        news::set_clock(&db, &clock).await?;
        let server = uuid::Uuid::new_v4().to_string();
        let ear = std::sync::OnceLock::new();
        Ok(Self { inner: Arc::new(Inner { db, clock, settings, clouds, ear, server }) })
    }

    /// Brings the database to the schema of this version. Safe when several servers do it at once.
    ///
    /// # Errors
    /// A sentence for whoever starts the program.
    pub async fn migrate(&self) -> Result<(), StartError> {
        self.inner.db.migrate().await?;
        Ok(self.keep_names().await?)
    }

    /// Ends all connections to the database: the last thing that a program does.
    pub async fn close(&self) {
        if let Some(ear) = self.inner.ear.get() {
            ear.stop();
        }
        self.inner.db.close().await;
    }

    pub(crate) fn db(&self) -> &Db {
        &self.inner.db
    }

    /// Now, in microseconds since 1970, by the portal's clock.
    pub(crate) fn now(&self) -> i64 {
        self.inner.clock.now()
    }
}
