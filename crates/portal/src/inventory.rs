//! The inventory, the overview and a row's page: rows only, never a call to a cloud.
mod alphabet;
mod cursor;
mod page;
mod wish;

use crate::{
    AuditQuery, Ctx, Portal,
    access::Need,
    db::values,
    error::Error,
    resources::{ResourceRow, SELECT, environment, may_provision},
};
use model::{
    Environment, Place, ResourceId, State, WorkspaceSlug,
    view::{Detail, InventoryQuery, Overview, Page, ResourceView},
};
use wish::Wish;

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
            let access = match environment {
                None => self.may_workspace(ctx, workspace, Need::Read).await?,
                Some(environment) => {
                    self.may(ctx, &Place { workspace: workspace.clone(), environment }, Need::Read).await?
                }
            };
            let allowed: Vec<Environment> = Environment::ALL
                .into_iter()
                .filter(|one| environment.is_none_or(|only| only == *one))
                .filter(|one| {
                    let place = Place { workspace: workspace.clone(), environment: *one };
                    ctx.token().is_none_or(|limits| limits.reach(&place))
                })
                .collect();
            self.page(workspace, &access.workspace_id, Wish::read(query, allowed)?).await
        };
        work.await.map_err(Error::report)
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
            let tallies = self.tallies(binding.workspace_id.as_str()).await?.into_iter();
            let here = tallies.filter(|tally| tally.environment == place.environment && tally.state != State::Gone);
            let counts = here.map(|tally| (tally.kind, tally.state, tally.count)).collect();
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
