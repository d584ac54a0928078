//! Remove: from now on it is unwanted; what follows is the same path as everything else.
use super::{
    changes, kind,
    row::{self, Row},
};
use crate::{
    Ctx, Portal,
    access::{Access, Need},
    audit::{self, Event},
    db::values,
    error::{Error, Result},
    failpoints::{Point, reach},
};
use futures_util::{StreamExt, stream};
use model::{AuditOutcome, Place, State, kind::Does, view::ResourceView};

/// How many deletions of one request are under way at the same time. With a cloud that answers nobody, 500 of them then
/// take four times a caller's patience, which is less than a request may last.
const AT_ONCE: usize = 128;

impl Portal {
    /// Deletes one. `id` is the row's or the cloud's. Asking twice is asking once.
    ///
    /// # Errors
    /// 404 to strangers and for what is not ours, 403 without the role.
    pub async fn remove(&self, ctx: &Ctx, place: &Place, slug: &str, id: &str) -> model::Result<ResourceView> {
        self.try_remove(ctx, place, slug, id).await.map_err(Error::report)
    }

    async fn try_remove(&self, ctx: &Ctx, place: &Place, slug: &str, id: &str) -> Result<ResourceView> {
        // Not through the place's binding: what was made under a retired one is deleted like everything else.
        let access = self.may(ctx, place, Need::Provision).await?;
        if !kind(slug)?.kind.can(Does::Delete) {
            return Err(model::Error::not_found(format!("way to delete a {slug}")).into());
        }
        let row = self.find_row(&access, place, slug, id).await?;
        let now = self.now();
        reach(Point::RemoveAsked);
        let mut tx = self.db().begin().await?;
        // What follows is done for this request, and asked of the cloud under its id.
        let sql = "UPDATE resources SET wanted = 'absent', state = 'deleting', due_at = $2, tries = 0, updated_at = $2,
                request_id = $3
            WHERE id = $1 AND wanted = 'present' AND state <> 'gone'";
        if tx.execute(sql, values![&row.id, now, &ctx.request_id]).await? == 1 {
            reach(Point::RemoveMarked);
            let event = Event::new(place.workspace.as_str(), format!("{slug}.delete"), AuditOutcome::Attempted)
                .within(place.environment)
                .about(slug, row.id.as_str(), &row.name);
            changes::publish(&mut tx, now, &row.id).await?;
            audit::append(&mut tx, now, ctx, event).await?;
            reach(Point::RemoveAudited);
        }
        tx.commit().await?;
        reach(Point::RemoveStored);
        self.outdated(&row.binding_id, row.kind);
        self.advance_for_caller(&row.id).await;
        reach(Point::RemoveAdvanced);
        Ok(self.row(&row.id).await?.view())
    }

    /// Deletes several, many at once, because each may wait for the cloud: each id with its row, or why not.
    pub async fn remove_each(
        &self,
        ctx: &Ctx,
        place: &Place,
        ids: Vec<String>,
    ) -> Vec<(String, model::Result<ResourceView>)> {
        let remove = async |id: String| {
            let done = match self.detail(ctx, place, &id).await {
                Ok(detail) => self.remove(ctx, place, &detail.view.resource_type, &id).await,
                Err(error) => Err(error),
            };
            (id, done)
        };
        stream::iter(ids).map(remove).buffered(AT_ONCE).collect().await
    }

    /// A row of a place by its own id or by the cloud's; 404 for anything else, also for what exists elsewhere.
    pub(super) async fn find_row(&self, access: &Access, place: &Place, slug: &str, id: &str) -> Result<Row> {
        let kind = kind(slug)?;
        let sql = format!(
            "{} WHERE r.workspace_id = $1 AND r.environment = $2 AND r.kind = $3 AND (r.id = $4 OR r.external_id = $4)
            ORDER BY CASE WHEN r.id = $4 THEN 0 WHEN r.state <> 'gone' THEN 1 ELSE 2 END, r.created_at DESC LIMIT 1",
            row::SELECT
        );
        let values = values![access.workspace_id.as_str(), &place.environment, slug, id];
        let rows = self.db().all_built(sql, values).await?;
        let unknown = || Error::from(model::Error::not_found(kind.kind.title.to_lowercase()));
        let row = Row::read(rows.first().ok_or_else(unknown)?)?;
        match row.state() {
            State::Gone if row.id.as_str() != id => Err(unknown()),
            _ => Ok(row),
        }
    }
}
