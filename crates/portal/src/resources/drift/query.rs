//! What was found, as people and scripts see it. Rows only, never a call to a cloud.
use super::compared;
use crate::{
    Ctx, Portal,
    access::Need,
    db::{self, Value, values},
    error::{Error, Result},
    resources::may_provision,
};
use model::{
    Environment, ExternalId, Place, Region, ResourceId, WorkspaceSlug,
    drift::{Class, DriftPage, DriftQuery, Finding},
    view::Timestamp,
};

/// What a finding is read by.
pub(super) const SELECT: &str = "SELECT d.*, b.region,
        CAST(CASE WHEN d.ignored = d.looks THEN 1 ELSE 0 END AS BIGINT) AS is_ignored
    FROM drift d JOIN bindings b ON b.id = d.binding_id";

/// What may be mentioned.
const SHOWN: &str = "d.ended_at IS NULL AND (d.ignored IS NULL OR d.ignored <> d.looks)";
/// What is not to be mentioned.
const IGNORED: &str = "d.ended_at IS NULL AND d.ignored = d.looks";

impl Portal {
    /// Where the inventory of a place and its cloud do not agree, as of the last comparison.
    ///
    /// # Errors
    /// 404 to strangers and for environments that are not bound; 400 naming the parameter that makes no sense.
    pub async fn drift(&self, ctx: &Ctx, place: &Place, query: &DriftQuery) -> model::Result<DriftPage> {
        self.drift_of(ctx, place, query).await.map_err(Error::report)
    }

    /// One finding of a place, decided about or not.
    ///
    /// # Errors
    /// 404 to strangers and for a finding that there is not.
    pub async fn finding(&self, ctx: &Ctx, place: &Place, id: &str) -> model::Result<Finding> {
        let work = async {
            self.may(ctx, place, Need::Read).await?;
            Ok(self.case(place, id).await?.finding)
        };
        work.await.map_err(Error::report)
    }

    pub(super) async fn drift_of(&self, ctx: &Ctx, place: &Place, query: &DriftQuery) -> Result<DriftPage> {
        let (access, binding) = self.resolve(ctx, place, Need::Read).await?;
        let class = word(query.class.as_ref());
        if !class.is_empty() {
            class.parse::<Class>().map_err(|sentence| model::Error::invalid("class", sentence))?;
        }
        let slug = word(query.resource_type.as_ref());
        if !slug.is_empty() && !compared().any(|kind| kind.slug() == slug) {
            return Err(model::Error::invalid("resource_type", "There is no such kind.").into());
        }
        let limit = query.limit.unwrap_or(50);
        if !(1..=500).contains(&limit) {
            return Err(model::Error::invalid("limit", "Give a number from 1 to 500.").into());
        }
        let workspace = access.workspace_id.as_str();
        let mut parameters: Vec<Value> = values![workspace, &place.environment, class, slug].to_vec();
        let beyond = match word(query.cursor.as_ref()) {
            "" => "",
            cursor => {
                let bad = || Error::from(model::Error::invalid("cursor", "This is no cursor of this list."));
                let (at, id) = cursor.split_once('~').ok_or_else(bad)?;
                parameters.extend_from_slice(values![at.parse::<i64>().map_err(|_| bad())?, id]);
                " AND (d.first_seen < $5 OR d.first_seen = $5 AND d.id < $6)"
            }
        };
        let which = if query.ignored { IGNORED } else { SHOWN };
        let sql = format!(
            "{SELECT} WHERE b.workspace_id = $1 AND b.environment = $2 AND {which} AND ($3 = '' OR d.class = $3)
                AND ($4 = '' OR d.kind = $4){beyond}
            ORDER BY d.first_seen DESC, d.id DESC LIMIT {}",
            limit + 1
        );
        let rows = self.db().all_built(sql, &parameters).await?;
        let mut items = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        let more = items.len() as i64 > limit;
        items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = items.last().filter(|_| more).map(|last| format!("{}~{}", last.first_seen.0, last.id));
        let (counts, ignored) = self.drift_numbers(workspace, place.environment).await?;
        let sql = "SELECT ended_at, trouble, lease_until FROM drift_checks WHERE binding_id = $1";
        let check = self.db().one(sql, values![&binding.id]).await?;
        let (checked_at, trouble, until) = match &check {
            Some(check) => (check.int_opt("ended_at")?, check.json("trouble")?, check.int_opt("lease_until")?),
            None => (None, Vec::new(), None),
        };
        Ok(DriftPage {
            items,
            next,
            counts,
            ignored,
            checked_at: checked_at.map(Timestamp),
            checking: until.is_some_and(|until| until > self.now()),
            trouble,
            may: may_provision(ctx, &access, place),
        })
    }

    async fn drift_numbers(&self, workspace: &str, environment: Environment) -> Result<(Vec<(Class, i64)>, i64)> {
        let of_place = "FROM drift d JOIN bindings b ON b.id = d.binding_id
            WHERE b.workspace_id = $1 AND b.environment = $2";
        let values = values![workspace, &environment];
        let sql = format!("SELECT d.class, count(*) AS n {of_place} AND {SHOWN} GROUP BY d.class ORDER BY d.class");
        let rows = self.db().all_built(sql, values).await?;
        let counts = rows.iter().map(|row| Ok((row.word("class")?, row.int("n")?))).collect::<Result<_>>()?;
        let sql = format!("SELECT count(*) AS n {of_place} AND {IGNORED}");
        let rows = self.db().all_built(sql, values).await?;
        Ok((counts, rows.first().map_or(Ok(0), |row| row.int("n"))?))
    }

    /// How many findings each environment of the caller's workspaces has, for the navigation; those without are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drift_counts(&self, ctx: &Ctx) -> model::Result<Vec<(WorkspaceSlug, Environment, i64)>> {
        let work = async {
            let Some(user) = ctx.user_id() else { return Ok(Vec::new()) };
            let sql = format!(
                "SELECT w.slug, b.environment, count(*) AS n FROM drift d
                    JOIN bindings b ON b.id = d.binding_id
                    JOIN workspaces w ON w.id = b.workspace_id
                    JOIN members m ON m.workspace_id = w.id AND m.user_id = $1
                WHERE {SHOWN} GROUP BY w.slug, b.environment ORDER BY w.slug, b.environment"
            );
            let rows = self.db().all_built(sql, values![user]).await?;
            let count =
                |row: &db::Row| Ok((WorkspaceSlug::new(row.text("slug")?), row.word("environment")?, row.int("n")?));
            let reached = |(workspace, environment, _): &(WorkspaceSlug, Environment, i64)| {
                let place = Place { workspace: workspace.clone(), environment: *environment };
                ctx.token().is_none_or(|limits| limits.reach(&place))
            };
            let counts = rows.iter().map(count).collect::<Result<Vec<_>>>()?;
            Ok(counts.into_iter().filter(reached).collect())
        };
        work.await.map_err(Error::report)
    }
}

fn word(text: Option<&String>) -> &str {
    text.map_or("", String::as_str)
}

pub(super) fn read(row: &db::Row) -> Result<Finding> {
    let class: Class = row.word("class")?;
    let ended = row.int_opt("ended_at")?.is_some();
    Ok(Finding {
        id: row.text("id")?,
        class,
        resource_type: row.text("kind")?,
        resource_id: ExternalId::new(row.text("external_id")?),
        resource_name: row.text("name")?,
        status: row.word("state")?,
        provisioned_id: row.text_opt("resource_id")?.map(ResourceId::new),
        openstack_region: Region::new(row.text("region")?),
        differences: row.json("differences")?,
        first_seen: Timestamp(row.int("first_seen")?),
        last_seen: Timestamp(row.int("last_seen")?),
        ignored: row.flag("is_ignored")?,
        remedies: if ended { Vec::new() } else { class.remedies().to_vec() },
    })
}
