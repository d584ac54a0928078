//! Rows in number, to see how a database of that size behaves. They are of a workspace of their own, bound to a project
//! that no cloud has, so that they never reach one and stand beside nobody's own.
mod rows;

use crate::{
    Ctx, Portal,
    audit::{self, Event},
    bindings::{Binding, CLOUD},
    db::{Tx, values},
    error::{Error, Result},
    workspaces::{self, record},
};
use model::{AuditOutcome, BindingId, Place, Usage};
use rows::Made;
use serde_json::json;

/// Rows in one transaction. The words of names lie all over their index, so that few rows change nearly as many of its
/// pages as many do, and each is written at the transaction's end.
const AT_ONCE: i64 = 50_000;
/// Rows in one statement, which is the same text each time and so is read by the database once. SQLite looks for the name
/// of each value among those of all.
const IN_ONE: usize = 25;
/// What a seeded project's id begins with; no cloud makes such ids.
const PROJECT: &str = "seeded-";
/// Far more than any number of rows takes.
const QUOTA: Usage = Usage { vcpus: 100_000_000, ram_mib: 100_000_000_000, storage_gb: 100_000_000 };

/// What is to be there.
#[derive(Clone, Debug)]
pub struct Seeding {
    /// Where. A workspace that does not exist is made.
    pub place: Place,
    /// How many rows there shall be in the place, those counted that are there.
    pub resources: i64,
    /// An existing user, who becomes the owner of a workspace that is made.
    pub owner: Option<String>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// Rows added, each with an event of the audit.
    pub added: i64,
    /// Rows in the place now.
    pub resources: i64,
}

impl Portal {
    /// Adds rows until a place has as many as wanted. For the system and staff.
    ///
    /// # Errors
    /// 400 at `owner` when a workspace is to be made; 409 for a place that is bound to a real project.
    pub async fn seed(&self, ctx: &Ctx, seeding: &Seeding) -> model::Result<Seeded> {
        let work = async {
            self.may_administer(ctx).await?;
            let binding = self.seeded_binding(ctx, seeding).await?;
            let sql = "SELECT count(*) AS n FROM resources WHERE binding_id = $1";
            let row = self.db().one(sql, values![&binding.id]).await?.ok_or(Error::Corrupt("count"))?;
            let before = row.int("n")?;
            let mut there = before;
            self.db().write_much().await?;
            while there < seeding.resources {
                let many = AT_ONCE.min(seeding.resources - there);
                self.seed_some(ctx, &binding, there, many).await?;
                there += many;
            }
            self.add_up_tallies().await.map_err(Error::from)?;
            self.db().analyze().await?;
            Ok(Seeded { added: there - before, resources: there })
        };
        work.await.map_err(Error::report)
    }

    /// The binding of the place, made when it is missing.
    async fn seeded_binding(&self, ctx: &Ctx, seeding: &Seeding) -> Result<Binding> {
        let Place { workspace, environment } = &seeding.place;
        let there = self.db().one("SELECT id FROM workspaces WHERE slug = $1", values![workspace]).await?;
        if there.is_none() {
            let owner = seeding.owner.as_deref().ok_or_else(|| {
                model::Error::invalid("owner", format!("{workspace} is to be made: name a user who shall own it."))
            })?;
            self.create_workspace(ctx, workspace.as_str(), "Seeded rows", owner).await.map_err(Error::from)?;
        }
        let sql = "SELECT b.id, b.project_id FROM bindings b JOIN workspaces w ON w.id = b.workspace_id
            WHERE w.slug = $1 AND b.retired_at IS NULL ORDER BY CASE WHEN b.environment = $2 THEN 0 ELSE 1 END";
        let bound = self.db().all(sql, values![workspace, environment]).await?;
        for row in &bound {
            if !row.text("project_id")?.starts_with(PROJECT) {
                let why = format!("{workspace} is bound to a real project; only a workspace of its own is filled.");
                return Err(model::Error::Conflict { why }.into());
            }
        }
        let here = "SELECT b.id FROM bindings b JOIN workspaces w ON w.id = b.workspace_id
            WHERE w.slug = $1 AND b.environment = $2 AND b.retired_at IS NULL";
        match self.db().one(here, values![workspace, environment]).await? {
            Some(row) => self.binding(&BindingId::new(row.text("id")?)).await,
            None => self.bind_seeded(ctx, &seeding.place).await,
        }
    }

    async fn bind_seeded(&self, ctx: &Ctx, place: &Place) -> Result<Binding> {
        let (id, now) = (BindingId::new(uuid::Uuid::now_v7().to_string()), self.now());
        let project = format!("{PROJECT}{}", place.workspace);
        let mut tx = self.db().begin().await?;
        let workspace = workspaces::lock(&mut tx, &place.workspace).await?;
        let sql =
            "INSERT INTO bindings (id, workspace_id, environment, cloud, project_id, project_name, project_domain,
                region, quota_vcpus, quota_ram_mib, quota_storage_gb, created_at)
            VALUES ($1, $2, $3, $4, $5, $5, 'Default', 'RegionOne', $6, $7, $8, $9)";
        let values = values![
            &id,
            workspace,
            &place.environment,
            CLOUD,
            project.as_str(),
            QUOTA.vcpus,
            QUOTA.ram_mib,
            QUOTA.storage_gb,
            now
        ];
        tx.execute(sql, values).await?;
        let event = Event::new(audit::PLATFORM, "binding.create", AuditOutcome::Succeeded)
            .about("binding", id.as_str(), &project)
            .within(place.environment)
            .detail(json!({ "project_id": project, "quota": QUOTA, "seeded": true }));
        record(&mut tx, now, ctx, &place.workspace, event).await?;
        tx.commit().await?;
        self.binding(&id).await
    }

    /// The rows from number `from` on, what they take of the quota, and their events, in one transaction.
    async fn seed_some(&self, ctx: &Ctx, binding: &Binding, from: i64, many: i64) -> Result<()> {
        let now = self.now();
        let made: Vec<Made> = (from..from + many).map(|number| Made::new(number, now - many + number - from)).collect();
        let taken = made.iter().fold(Usage::ZERO, |sum, one| sum + one.taken());
        let mut tx = self.db().begin().await?;
        let sql = "UPDATE bindings SET used_vcpus = used_vcpus + $2, used_ram_mib = used_ram_mib + $3,
                used_storage_gb = used_storage_gb + $4 WHERE id = $1";
        tx.execute(sql, values![&binding.id, taken.vcpus, taken.ram_mib, taken.storage_gb]).await?;
        for some in made.chunks(IN_ONE) {
            self.insert_made(&mut tx, ctx, binding, some).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn insert_made(&self, tx: &mut Tx, ctx: &Ctx, binding: &Binding, made: &[Made]) -> Result<()> {
        let (sql, values) = rows::insert(ctx, binding, made);
        tx.execute_built(sql, &values).await?;
        let (sql, values) = rows::insert_words(binding, made);
        tx.execute_built(sql, &values).await?;
        let events = made.iter().map(|one| (one.at, one.event(binding)));
        audit::append_all(tx, ctx, binding.slug.as_str(), events).await
    }
}
