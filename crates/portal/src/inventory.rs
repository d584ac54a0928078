//! The inventory, the overview and a row's page: rows only, never a call to a cloud.
use crate::{
    AuditQuery, Ctx, Portal,
    access::Need,
    db::{Value, values},
    error::{Error, Result},
    resources::{ResourceRow, SELECT, environment, fold, may_provision},
};
use model::{
    Environment, Place, ResourceId, State, WorkspaceSlug,
    view::{Detail, InventoryQuery, Overview, Page, ResourceView},
};

/// Orders that the inventory offers: word, column.
const ORDERS: [(&str, &str); 5] = [
    ("created_at", "created_at"),
    ("name", "name"),
    ("resource_name", "name"),
    ("status", "state"),
    ("resource_type", "kind"),
];

impl Portal {
    /// Rows of a workspace, of one environment or of all.
    ///
    /// # Errors
    /// 404 to strangers; 400 naming the parameter that makes no sense.
    pub async fn inventory(
        &self,
        ctx: &Ctx,
        workspace: &WorkspaceSlug,
        environment: Option<Environment>,
        query: &InventoryQuery,
    ) -> model::Result<Page<ResourceView>> {
        let work = async {
            let access = self.may_workspace(ctx, workspace, Need::Read).await?;
            if let Some(environment) = environment {
                self.may(ctx, &Place { workspace: workspace.clone(), environment }, Need::Read).await?;
            }
            let allowed: Vec<Environment> = Environment::ALL
                .into_iter()
                .filter(|one| environment.is_none_or(|only| only == *one))
                .filter(|one| {
                    let place = Place { workspace: workspace.clone(), environment: *one };
                    ctx.token().is_none_or(|limits| limits.reach(&place))
                })
                .collect();
            self.search(&access.workspace_id, &allowed, query).await
        };
        work.await.map_err(Error::report)
    }

    async fn search(
        &self,
        workspace: &str,
        environments: &[Environment],
        query: &InventoryQuery,
    ) -> Result<Page<ResourceView>> {
        let sort = query.sort.as_deref().filter(|sort| !sort.is_empty()).unwrap_or("-created_at");
        let (word, descending) = sort.strip_prefix('-').map_or((sort, false), |word| (word, true));
        let column = ORDERS.iter().find(|(known, _)| *known == word).map(|(_, column)| *column).ok_or_else(|| {
            let words: Vec<&str> = ORDERS.iter().map(|(word, _)| *word).collect();
            Error::from(model::Error::invalid("sort", format!("Sort by one of {}.", words.join(", "))))
        })?;
        if let Some(status) = query.status.as_deref().filter(|status| !status.is_empty() && *status != "all") {
            status.parse::<State>().map_err(|sentence| model::Error::invalid("status", sentence))?;
        }
        if let Some(slug) = query.resource_type.as_deref().filter(|slug| !slug.is_empty()) {
            services::find(slug).ok_or_else(|| model::Error::invalid("resource_type", "There is no such kind."))?;
        }
        let limit = query.limit.unwrap_or(50);
        if !(1..=500).contains(&limit) {
            return Err(model::Error::invalid("limit", "Give a number from 1 to 500.").into());
        }
        let cursor = Cursor::parse(query.cursor.as_deref())?;
        let has = |environment: Environment| i64::from(environments.contains(&environment));
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let search = text(&query.search);
        let filter = "r.workspace_id = $1
            AND (r.environment = 'dev' AND $2 = 1 OR r.environment = 'staging' AND $3 = 1 OR r.environment = 'prod' AND $4 = 1)
            AND ($5 = '' OR r.kind = $5)
            AND ($6 = 'all' OR $6 = '' AND r.state <> 'gone' OR r.state = $6)
            AND ($7 = '' OR r.folded LIKE $8 ESCAPE '!' OR r.id = $7 OR r.external_id = $7)";
        let pattern = format!("%{}%", fold(&search).replace('!', "!!").replace('%', "!%").replace('_', "!_"));
        let mut parameters: Vec<Value> = values![
            workspace,
            has(Environment::Dev),
            has(Environment::Staging),
            has(Environment::Prod),
            text(&query.resource_type),
            text(&query.status),
            search.to_lowercase(),
            pattern,
        ]
        .to_vec();
        let total = self
            .db()
            .all_built(format!("SELECT count(*) AS n FROM resources r WHERE {filter}"), &parameters)
            .await?
            .first()
            .map(|row| row.int("n"))
            .transpose()?;
        // Rows are told apart by (column, id), so that a page boundary stays where it was while rows are added.
        let (compare, order) = if descending { ("<", "DESC") } else { (">", "ASC") };
        let beyond = match &cursor {
            None => String::new(),
            Some(cursor) => {
                parameters.push(cursor.value(column)?);
                parameters.push(cursor.id.as_str().into());
                format!(" AND (r.{column} {compare} $9 OR r.{column} = $9 AND r.id {compare} $10)")
            }
        };
        let sql = format!(
            "{SELECT} WHERE {filter}{beyond} ORDER BY r.{column} {order}, r.id {order} LIMIT {}",
            limit.saturating_add(1)
        );
        let rows = self.db().all_built(sql, &parameters).await?;
        let mut rows = rows.iter().map(ResourceRow::read).collect::<Result<Vec<_>>>()?;
        let more = rows.len() as i64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| Cursor::behind(row, column).to_string());
        Ok(Page { items: rows.iter().map(ResourceRow::view).collect(), next, total })
    }

    /// A row's page. `id` is the row's or the cloud's.
    ///
    /// # Errors
    /// 404 to strangers and for rows of other places.
    pub async fn detail(&self, ctx: &Ctx, place: &Place, id: &str) -> model::Result<Detail> {
        let work = async {
            let access = self.may(ctx, place, Need::Read).await?;
            let sql = format!(
                "{SELECT} WHERE r.workspace_id = $1 AND r.environment = $2 AND (r.id = $3 OR r.external_id = $3)
                ORDER BY CASE WHEN r.id = $3 THEN 0 ELSE 1 END, r.created_at DESC LIMIT 1"
            );
            let values = values![access.workspace_id.as_str(), &place.environment, id];
            let rows = self.db().all_built(sql, values).await?;
            let row = ResourceRow::read(rows.first().ok_or_else(|| Error::from(model::Error::not_found("resource")))?)?;
            let query = AuditQuery { target: Some(row.id.to_string()), limit: Some(100), ..AuditQuery::default() };
            let events = self.events(place.workspace.as_str(), &query).await?.items;
            let may = may_provision(ctx, &access, place);
            Ok(Detail { kind: row.kind.kind.clone(), view: row.view(), events, may })
        };
        work.await.map_err(Error::report)
    }

    /// One row, for a page that heard of a change.
    ///
    /// # Errors
    /// 404 to strangers.
    pub async fn resource(&self, ctx: &Ctx, workspace: &WorkspaceSlug, id: &ResourceId) -> model::Result<ResourceView> {
        let work = async {
            self.may_workspace(ctx, workspace, Need::Read).await?;
            let row = self.row(id).await?;
            let place = Place { workspace: row.slug.clone(), environment: row.environment };
            match row.slug == *workspace && ctx.token().is_none_or(|limits| limits.reach(&place)) {
                true => Ok(row.view()),
                false => Err(model::Error::not_found("resource").into()),
            }
        };
        work.await.map_err(Error::report)
    }

    /// The overview of a place.
    ///
    /// # Errors
    /// 404 to strangers and for environments that are not bound.
    pub async fn overview(&self, ctx: &Ctx, place: &Place) -> model::Result<Overview> {
        let work = async {
            let (_, binding) = self.resolve(ctx, place, Need::Read).await?;
            let sql = "SELECT kind, state, count(*) AS n FROM resources
                WHERE workspace_id = $1 AND environment = $2 AND state <> 'gone' GROUP BY kind, state ORDER BY kind, state";
            let rows = self.db().all(sql, values![binding.workspace_id.as_str(), &place.environment]).await?;
            let counts = rows
                .iter()
                .map(|row| Ok((row.text("kind")?, row.word("state")?, row.int("n")?)))
                .collect::<Result<Vec<_>>>()?;
            let query = AuditQuery {
                environment: Some(place.environment.to_string()),
                limit: Some(10),
                ..AuditQuery::default()
            };
            let events = self.events(place.workspace.as_str(), &query).await?.items;
            Ok(Overview { environment: environment(&binding), counts, events })
        };
        work.await.map_err(Error::report)
    }
}

/// Where a page ended: the value of the order's column, and the row's id.
struct Cursor {
    value: String,
    id: String,
}

impl Cursor {
    fn parse(text: Option<&str>) -> Result<Option<Self>> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
        let bad = || Error::from(model::Error::invalid("cursor", "This is no cursor of this list."));
        // The id has no tilde, so the last one ends the value.
        let (value, id) = text.rsplit_once('~').ok_or_else(bad)?;
        Ok(Some(Self { value: value.to_owned(), id: id.to_owned() }))
    }

    fn behind(row: &ResourceRow, column: &str) -> Self {
        let value = match column {
            "name" => row.name.clone(),
            "state" => row.state().to_string(),
            "kind" => row.kind.slug().to_owned(),
            _ => row.created_at.to_string(),
        };
        Self { value, id: row.id.to_string() }
    }

    fn value(&self, column: &str) -> Result<Value> {
        let bad = || Error::from(model::Error::invalid("cursor", "This is no cursor of this list."));
        match column {
            "created_at" => self.value.parse::<i64>().map(Value::from).map_err(|_| bad()),
            _ => Ok(self.value.as_str().into()),
        }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}", self.value, self.id)
    }
}
