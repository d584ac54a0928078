//! A portal on a fresh database, for tests; on SQLite, and on PostgreSQL where `ATONIX_TEST_POSTGRES` names one.
#![allow(dead_code, reason = "every test program uses a part of it")]
use model::{Result, Role, UserId, WorkspaceSlug};
use portal::{
    AuditQuery, CloudConfig, Ctx, Portal, Settings, Timings,
    clock::Clock,
    db::{Db, Row, Value},
};
use std::{fs, path::PathBuf};
use uuid::Uuid;

/// When tests take place: 2025-11-22, 21:20 UTC, at the beginning of a minute.
pub(crate) const START: i64 = 1_763_846_400_000_000;
/// A second in microseconds.
pub(crate) const SECOND: i64 = 1_000_000;
/// A day in microseconds.
pub(crate) const DAY: i64 = 86_400 * SECOND;
/// The password of every user.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The password of the administrators of a simulated cloud.
pub(crate) const ADMIN_SECRET: &str = "admin-secret";

/// A portal with the clock and the database in the test's hand.
pub(crate) struct World {
    pub(crate) portal: Portal,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        // What is left is in the system's folder for what may be lost.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Runs a test on every database that there is.
pub(crate) async fn everywhere(test: impl AsyncFn(&World)) {
    everywhere_with(None, test).await;
}

/// As [`everywhere`], with a cloud.
pub(crate) async fn everywhere_with(cloud: Option<CloudConfig>, test: impl AsyncFn(&World)) {
    test(&World::sqlite(cloud.clone()).await).await;
    if let Some(world) = World::postgres(cloud).await {
        test(&world).await;
    }
}

/// The account of the administrators of a simulated cloud.
fn administrators(cloud: &CloudConfig) -> CloudConfig {
    let (username, user_domain) = ("atonix-admin".to_owned(), "Default".to_owned());
    let auth = openstack::client::Auth::Password { username, password: ADMIN_SECRET.into(), user_domain };
    CloudConfig { auth, ..cloud.clone() }
}

#[expect(clippy::disallowed_methods, reason = "where PostgreSQL is, only the environment can say")]
fn postgres_url() -> Option<String> {
    std::env::var("ATONIX_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

impl World {
    /// On a new SQLite file.
    pub(crate) async fn sqlite(cloud: Option<CloudConfig>) -> Self {
        let folder = std::env::temp_dir().join(format!("atonix-test-{}", Uuid::now_v7()));
        fs::create_dir(&folder).unwrap();
        let url = format!("sqlite://{}/atonix.db", folder.display());
        Self::open(url, folder, cloud).await
    }

    /// In a new schema of a PostgreSQL, if there is one.
    pub(crate) async fn postgres(cloud: Option<CloudConfig>) -> Option<Self> {
        let url = postgres_url()?;
        let schema = format!("test_{}", Uuid::now_v7().simple());
        let db = Db::open(&url).await.unwrap();
        db.execute(leak(format!("CREATE SCHEMA {schema}")), &[]).await.unwrap();
        let sign = if url.contains('?') { '&' } else { '?' };
        Some(Self::open(format!("{url}{sign}options=-csearch_path%3D{schema}"), PathBuf::new(), cloud).await)
    }

    async fn open(database_url: String, folder: PathBuf, cloud: Option<CloudConfig>) -> Self {
        let clock = Clock::at(START);
        let settings = Settings {
            database_url: database_url.clone(),
            secret_key: "0123456789abcdef0123456789abcdef".to_owned().into(),
            admin: cloud.as_ref().map(administrators),
            cloud,
            cluster_loopback: true,
            timings: Timings::default(),
            clock: clock.clone(),
            quick_passwords: true,
        };
        let portal = Portal::open(settings).await.unwrap();
        portal.migrate().await.unwrap();
        let db = Db::open(&database_url).await.unwrap();
        Self { portal, db, clock, folder }
    }

    /// A user with [`PASSWORD`], as it comes with a session.
    pub(crate) async fn user(&self, name: &str) -> Ctx {
        self.make_user(name, false).await
    }

    /// A platform administrator.
    pub(crate) async fn staff(&self, name: &str) -> Ctx {
        self.make_user(name, true).await
    }

    async fn make_user(&self, name: &str, staff: bool) -> Ctx {
        let (view, generated) = self.portal.create_user(&Ctx::cli(), name, Some(PASSWORD), staff).await.unwrap();
        assert_eq!(generated, None);
        self.portal.ctx_for_user(&view.id, Ctx::new_request_id()).await.unwrap()
    }

    /// A workspace with its first owner.
    pub(crate) async fn workspace(&self, slug: &str, owner: &str) -> WorkspaceSlug {
        self.portal.create_workspace(&Ctx::cli(), slug, slug, owner).await.unwrap().workspace_id
    }

    /// Takes a user into a workspace.
    pub(crate) async fn member(&self, workspace: &WorkspaceSlug, name: &str, role: Role) {
        self.portal.add_member(&Ctx::cli(), workspace, name, role).await.unwrap();
    }

    /// Signs in from an address of its own.
    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Result<UserId> {
        self.portal.sign_in(name, password, "192.0.2.1", &Ctx::new_request_id()).await
    }

    /// A binding that no cloud was asked about.
    pub(crate) async fn binding(
        &self,
        workspace: &WorkspaceSlug,
        environment: &str,
        project: &str,
    ) -> model::BindingId {
        let id = model::BindingId::new(Uuid::now_v7().to_string());
        let sql =
            "INSERT INTO bindings (id, workspace_id, environment, cloud, project_id, project_name, project_domain,
                region, quota_vcpus, quota_ram_mib, quota_storage_gb, created_at)
            SELECT $1, id, $3, 'default', $4, $4, 'Default', 'RegionOne', 20, 81920, 500, 0 FROM workspaces
            WHERE slug = $2";
        let made = self.db.execute(sql, &texts(&[id.as_str(), workspace.as_str(), environment, project])).await;
        assert_eq!(made.unwrap(), 1);
        let sql = "INSERT INTO project_owners (cloud, project_id, workspace_id)
            SELECT 'default', $1, id FROM workspaces WHERE slug = $2 ON CONFLICT (cloud, project_id) DO NOTHING";
        self.db.execute(sql, &texts(&[project, workspace.as_str()])).await.unwrap();
        id
    }

    /// A resource on a binding, in that state.
    pub(crate) async fn resource(&self, binding: &model::BindingId, state: &str) {
        let sql = "INSERT INTO resources (id, binding_id, workspace_id, environment, kind, name, wanted, state, standing, spec,
                facts, parts, observed, usage_vcpus, usage_ram_mib, usage_storage_gb, counted, created_by_name,
                request_id, created_at, updated_at)
            SELECT $1, id, workspace_id, environment, 'volume', 'data', 'present', $3,
                '{\"is\":\"requested\"}', '{}', '{}', '[]', '{}', 0, 0, 1, 1,
                'system', 'req', 0, 0 FROM bindings WHERE id = $2";
        let made = self.db.execute(sql, &texts(&[&Uuid::now_v7().to_string(), binding.as_str(), state])).await;
        assert_eq!(made.unwrap(), 1);
    }

    /// What a chain says, oldest first: actor, action, outcome and the name that it is about.
    pub(crate) async fn chain(&self, workspace: Option<&WorkspaceSlug>) -> Vec<String> {
        let query = AuditQuery { limit: Some(500), ..AuditQuery::default() };
        let page = match workspace {
            Some(slug) => self.portal.audit(&Ctx::cli(), slug, &query).await,
            None => self.portal.platform_audit(&Ctx::cli(), &query).await,
        };
        let line = |event: &model::AuditEvent| {
            format!("{} {} {} {}", event.actor, event.action, event.outcome.as_str(), event.target_name)
        };
        page.unwrap().items.iter().rev().map(line).collect()
    }

    /// The last line of a chain.
    pub(crate) async fn last(&self, workspace: Option<&WorkspaceSlug>) -> String {
        self.chain(workspace).await.pop().unwrap_or_default()
    }

    /// Runs a statement that the test put together.
    pub(crate) async fn sql(&self, text: String) -> u64 {
        self.db.execute(leak(text), &[]).await.unwrap()
    }

    /// Reads rows by a statement that the test put together.
    pub(crate) async fn rows(&self, text: String) -> Vec<Row> {
        self.db.all(leak(text), &[]).await.unwrap()
    }

    /// Reads one number.
    pub(crate) async fn count(&self, text: &str) -> i64 {
        self.rows(text.to_owned()).await.first().unwrap().int("n").unwrap()
    }
}

/// The portal takes constants only; a test lives short enough to afford to make some.
fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn texts(texts: &[&str]) -> Vec<Value> {
    texts.iter().copied().map(Value::from).collect()
}

/// The name of an error's bad field, and nothing for other errors.
pub(crate) fn field<T: std::fmt::Debug>(result: Result<T>) -> String {
    let names: Vec<String> = result.unwrap_err().fields().into_keys().collect();
    names.join(" ")
}

/// An error's code.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    result.unwrap_err().code()
}
