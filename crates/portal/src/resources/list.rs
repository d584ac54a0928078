//! Service pages: what the cloud has of a kind, with its age, joined with our rows.
use super::{
    cloud::ScopedCloud,
    kind, kind_in_place,
    resolve::Resolver,
    row::{self, Row},
    shelf::{Age, Drawer, Glimpse, Lag, Wait},
};
use crate::{
    Ctx, Portal,
    access::Need,
    bindings::Binding,
    db::values,
    error::{Error, Result, from_cloud},
};
use model::{
    BindingId, Custody, ExternalId, Place, ResourceId, State,
    kind::Does,
    view::{CloudItem, CloudList, Contents, Timestamp},
};
use services::{Definition, Seen};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Into how many things of a kind that lie in a resource its page looks for what lies in them.
const DEEP: usize = 20;

impl Portal {
    /// What the cloud has of a kind in the bound project, joined with our rows, for scripts: when it does not answer in a
    /// moment, an older list; when there is none, this waits until the cloud has answered or failed.
    ///
    /// # Errors
    /// 404 to strangers and for a service that the region does not offer. A cloud that does not answer is no error: the
    /// list then is an older one, or holds our rows alone, and says so.
    pub async fn list(&self, ctx: &Ctx, place: &Place, slug: &str) -> model::Result<CloudList> {
        self.list_within(ctx, place, slug, Wait::First).await.map_err(Error::report)
    }

    /// What lies in one thing of the bound project, for scripts. `parent` is the thing's id, its row's, or its name.
    ///
    /// # Errors
    /// As [`Self::list`]; 400 at `parent` when there is no such thing.
    pub async fn list_in(&self, ctx: &Ctx, place: &Place, slug: &str, parent: &str) -> model::Result<CloudList> {
        self.list_of(ctx, place, slug, parent, Wait::First).await.map_err(Error::report)
    }

    /// Everything that lies in a resource, kind by kind, and what lies in that, for its page: read through the binding that
    /// the resource was made through, whatever its place is bound to now. A list that cannot be had says why.
    ///
    /// # Errors
    /// 404 to strangers.
    pub async fn contents(&self, ctx: &Ctx, place: &Place, id: &ResourceId) -> model::Result<Vec<Contents>> {
        self.inside(ctx, place, id).await.map_err(Error::report)
    }

    async fn inside(&self, ctx: &Ctx, place: &Place, id: &ResourceId) -> Result<Vec<Contents>> {
        self.may(ctx, place, Need::Read).await?;
        let row = self.row(id).await?;
        let own = row.slug == place.workspace && row.environment == place.environment;
        let Some(external) = row.external_id.clone().filter(|_| own && row.state() != State::Gone) else {
            return Ok(Vec::new());
        };
        let binding = self.binding(&row.binding_id).await?;
        // All at once: each waits a moment for its service.
        let lists = services::within(row.kind.slug()).filter(listed_here).map(async |kind| {
            let list = self.inside_one(ctx, &binding, Drawer { kind, parent: Some(external.clone()) }).await?;
            let inner = services::within(kind.slug())
                .flat_map(|inner| list.items.iter().take(DEEP).map(move |one| (inner, one)));
            let deeper = inner.map(async |(inner, item)| {
                let list =
                    self.inside_one(ctx, &binding, Drawer { kind: inner, parent: Some(item.id.clone()) }).await?;
                let which = row.kind.names(inner, kind);
                let given = which.map(|field| (field.to_owned(), item.id.to_string())).into_iter().collect();
                Ok::<_, Error>(Contents { of: Some(item.name.clone()), given, ..contents(row.kind, inner, list) })
            });
            let deeper: Vec<Contents> = futures_util::future::try_join_all(deeper).await?;
            let mut all = vec![contents(row.kind, kind, list)];
            all.extend(deeper);
            Ok::<_, Error>(all)
        });
        let all: Vec<Vec<Contents>> = futures_util::future::try_join_all(lists).await?;
        Ok(all.into_iter().flatten().collect())
    }

    /// What lies in one thing of a row that was read for the caller.
    async fn inside_one(&self, ctx: &Ctx, binding: &Binding, drawer: Drawer) -> Result<CloudList> {
        let failed = |error: Error| match error {
            Error::Cloud(_) | Error::Public(_) => {
                let trouble = Some(error.report().to_string());
                Ok(CloudList { items: Vec::new(), as_of: None, trouble })
            }
            ours => Err(ours),
        };
        let cloud = match self.cloud_of(binding, &ctx.request_id) {
            Ok(cloud) => cloud,
            Err(error) => return failed(error),
        };
        let glimpse = self.glimpse(&cloud, binding, &drawer, (Age::Page, Wait::Glance)).await;
        self.shown(drawer.kind, glimpse, Vec::new(), binding).await.or_else(failed)
    }

    async fn list_of(&self, ctx: &Ctx, place: &Place, slug: &str, parent: &str, wait: Wait) -> Result<CloudList> {
        let (access, binding) = self.resolve(ctx, place, Need::Read).await?;
        let kind = kind(slug)?;
        let lies_in = kind.kind.parent.as_ref().ok_or_else(|| Error::from(model::Error::not_found("list")))?;
        // A row of ours needs no second look at whose it is; it is read through the binding that it was made through.
        let row = match self.find_row(&access, place, &lies_in.kind, parent).await {
            Ok(row) => Some(row),
            Err(Error::Public(model::Error::NotFound { .. })) => None,
            Err(other) => return Err(other),
        };
        let binding = match &row {
            Some(row) if row.binding_id != binding.id => self.binding(&row.binding_id).await?,
            _ => binding,
        };
        let cloud = self.cloud_of(&binding, &ctx.request_id)?;
        let id = match row {
            // What is not made yet, or is gone, has nothing in it.
            Some(row) if row.external_id.is_none() || row.state() == State::Gone => {
                return Ok(CloudList { items: Vec::new(), as_of: Some(Timestamp(self.now())), trouble: None });
            }
            Some(row) => row.external_id,
            None => {
                let resolver = Resolver { portal: self, cloud: &cloud, binding: &binding, own: None };
                Some(resolver.parent(super::kind(&lies_in.kind)?, parent).await?.id)
            }
        };
        let glimpse = self.glimpse(&cloud, &binding, &Drawer { kind, parent: id }, (Age::Page, wait)).await;
        self.shown(kind, glimpse, Vec::new(), &binding).await
    }

    /// The same for a service page: when there is no older list, it does not wait either, but shows our rows, and is told
    /// by [`News::Listed`](crate::News::Listed) when the cloud's are there.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub async fn glance(&self, ctx: &Ctx, place: &Place, slug: &str) -> model::Result<CloudList> {
        self.list_within(ctx, place, slug, Wait::Glance).await.map_err(Error::report)
    }

    async fn list_within(&self, ctx: &Ctx, place: &Place, slug: &str, wait: Wait) -> Result<CloudList> {
        let (_, binding) = self.resolve(ctx, place, Need::Read).await?;
        let kind = kind_in_place(slug)?;
        if let Some(parent) = &kind.kind.parent {
            let title = super::kind(&parent.kind)?.kind.title.to_lowercase();
            return Err(model::Error::invalid("parent", format!("Say in which {title}.")).into());
        }
        // Keypairs of all bindings lie in one drawer of the cloud; only rows tell whose is whose.
        if kind.is_pooled() {
            let items = self.rows_of(&binding.id, slug).await?.into_iter().map(of_row).collect();
            return Ok(CloudList { items, as_of: Some(Timestamp(self.now())), trouble: None });
        }
        let glimpse = match self.cloud_of(&binding, &ctx.request_id) {
            Ok(cloud) => self.glimpse(&cloud, &binding, &Drawer::of(kind), (Age::Page, wait)).await,
            Err(Error::Cloud(error)) => Glimpse { listed: None, lag: Some(Lag::Failed(error)) },
            Err(other) => return Err(other),
        };
        // After the cloud's list: what was made meanwhile is in both or in the rows, never in neither.
        let rows = match kind.kind.custody {
            Custody::Kept => self.rows_of(&binding.id, slug).await?,
            Custody::Live => Vec::new(),
        };
        self.shown(kind, glimpse, rows, &binding).await
    }

    /// What was read, with what is ours of it.
    async fn shown(
        &self,
        kind: &'static Definition,
        glimpse: Glimpse,
        rows: Vec<Row>,
        binding: &Binding,
    ) -> Result<CloudList> {
        if let Some(Lag::Failed(error @ openstack::Error::NotOffered { .. })) = &glimpse.lag {
            return Err(from_cloud(error).into());
        }
        let (old, trouble) = (glimpse.lag.is_some(), glimpse.lag.map(|lag| lag.sentence(kind)));
        let Some(listed) = glimpse.listed else {
            return Ok(CloudList { items: rows.into_iter().map(of_row).collect(), as_of: None, trouble });
        };
        let cut = || (!listed.complete).then(|| "There are more than this page can show.".to_owned());
        let mut items = joined(&listed.items, rows, binding.project_id.as_str());
        if old {
            // Ours that went since: an older list still has them, and without their rows nobody would know whose they were.
            let gone = self.gone_since(&binding.id, kind.slug(), listed.as_of).await?;
            items.retain(|item| item.managed.is_some() || !gone.contains(item.id.as_str()));
        }
        Ok(CloudList { items, as_of: Some(Timestamp(listed.as_of)), trouble: trouble.or_else(cut) })
    }

    /// The cloud's ids of what has gone since then.
    async fn gone_since(&self, binding: &BindingId, slug: &str, since: i64) -> Result<BTreeSet<String>> {
        let sql = "SELECT external_id FROM resources WHERE binding_id = $1 AND kind = $2 AND state = 'gone'
            AND updated_at >= $3 AND external_id IS NOT NULL";
        let rows = self.db().all(sql, values![binding, slug, since]).await?;
        Ok(rows.iter().map(|row| row.text("external_id")).collect::<Result<_, _>>()?)
    }

    /// The rows of a kind in a binding that are not gone, newest first.
    pub(super) async fn rows_of(&self, binding: &BindingId, slug: &str) -> Result<Vec<Row>> {
        let sql = format!(
            "{} WHERE r.binding_id = $1 AND r.kind = $2 AND r.state <> 'gone' ORDER BY r.created_at DESC, r.id DESC",
            row::SELECT
        );
        self.db().all_built(sql, values![binding, slug]).await?.iter().map(Row::read).collect()
    }
}

/// Whether what lies in a thing stands on its page as a whole list. What is sent and read as bytes does not: there may be
/// millions, so it is browsed.
fn listed_here(kind: &&'static Definition) -> bool {
    !kind.kind.can(Does::Upload)
}

/// What lies in a thing of `outer`, and what its actions that add and remove one are called there.
fn contents(outer: &Definition, kind: &Definition, list: CloudList) -> Contents {
    let parent = kind.kind.parent.as_ref();
    let label = |action: &str| outer.kind.action(action).map(|action| action.label.to_string());
    Contents {
        kind: kind.kind.clone(),
        of: None,
        given: Vec::new(),
        adds: parent.and_then(|parent| label(&parent.adds)),
        removes: parent.and_then(|parent| label(&parent.removes.0)),
        list,
    }
}

/// What a project itself has of a kind at this moment, and whether that is all of it. What cannot be read may be anything.
pub(super) async fn own(cloud: &ScopedCloud, kind: &'static Definition) -> openstack::Result<(Vec<Seen>, bool)> {
    let request = kind.list(None).queries(kind.own_query(cloud.project().as_str()));
    let listing = cloud.list(kind.collection, request).await?;
    let read: Vec<Option<Seen>> = listing.items.iter().map(|value| (kind.read)(value)).collect();
    let complete = listing.complete && read.iter().all(Option::is_some);
    Ok((read.into_iter().flatten().collect(), complete))
}

impl Lag {
    /// For people; a failure is logged.
    pub(super) fn sentence(self, kind: &Definition) -> String {
        match self {
            Self::Waiting => format!("{} has not answered yet.", kind.collection.service.title),
            Self::Failed(error) => Error::Cloud(error).report().to_string(),
        }
    }
}

fn of_row(row: Row) -> CloudItem {
    let view = row.view();
    CloudItem {
        id: view.resource_id.clone().unwrap_or_else(|| ExternalId::new(view.id.as_str())),
        name: view.resource_name.clone(),
        state: view.status,
        metadata: view.metadata.clone(),
        managed: Some(view),
        shared: false,
    }
}

/// What the cloud lists, each with its row; and rows that it does not list (yet), first.
fn joined(items: &[Seen], rows: Vec<Row>, project: &str) -> Vec<CloudItem> {
    let listed: HashSet<&ExternalId> = items.iter().map(|seen| &seen.id).collect();
    let (mut known, mut first) = (BTreeMap::new(), Vec::new());
    for row in rows {
        match row.external_id.clone() {
            Some(id) if listed.contains(&id) => {
                known.insert(id, row);
            }
            _ => first.push(of_row(row)),
        }
    }
    let rest = items.iter().map(|seen| match known.remove(&seen.id) {
        Some(row) => {
            let mut item = of_row(row);
            item.metadata.extend(seen.metadata.clone());
            item
        }
        None => CloudItem {
            id: seen.id.clone(),
            name: seen.name.clone(),
            state: match seen.state {
                State::Requested => State::Building,
                other => other,
            },
            metadata: seen.metadata.clone(),
            managed: None,
            shared: !seen.belongs_to(project),
        },
    });
    first.into_iter().chain(rest.collect::<Vec<_>>()).collect()
}
