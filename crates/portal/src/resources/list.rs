//! Service pages: what the cloud has of a kind, with its age, joined with our rows. All of it, or a page: then the service
//! is asked for that page, where it can page; else the list is read once, and cut here.
mod rows;

use super::{
    cloud::ScopedCloud,
    kind, kind_in_place,
    part::{self, Part},
    resolve::Resolver,
    row::Row,
    shelf::{Age, Drawer, Glimpse, Lag, Wait},
};
use crate::{
    Ctx, Portal,
    access::Need,
    bindings::Binding,
    error::{Error, Result, from_cloud},
};
use model::{
    ExternalId, Place, ResourceId, State,
    kind::Does,
    view::{CloudItem, CloudList, Contents, ListQuery, Timestamp},
};
use openstack::Paging;
use services::{Definition, Seen};
use std::collections::{BTreeMap, HashSet};

/// Into how many things of a kind that lie in a resource its page looks for what lies in them.
const DEEP: usize = 20;

impl Portal {
    /// All that the cloud has of a kind in the bound project, joined with our rows, for whoever looks for one of them: when
    /// the cloud does not answer in a moment, an older list; when there is none, this waits until it has answered or failed.
    ///
    /// # Errors
    /// 404 to strangers and for a service that the region does not offer. A cloud that does not answer is no error: the
    /// list then is an older one, or holds our rows alone, and says so.
    pub async fn list(&self, ctx: &Ctx, place: &Place, slug: &str) -> model::Result<CloudList> {
        self.list_within(ctx, place, slug, None, Wait::First).await.map_err(Error::report)
    }

    /// All that lies in one thing of the bound project. `parent` is the thing's id, its row's, or its name.
    ///
    /// # Errors
    /// As [`Self::list`]; 400 at `parent` when there is no such thing.
    pub async fn list_in(&self, ctx: &Ctx, place: &Place, slug: &str, parent: &str) -> model::Result<CloudList> {
        self.list_of(ctx, place, (slug, parent), None, Wait::First).await.map_err(Error::report)
    }

    /// A page of what the cloud has of a kind, or of what lies in one thing, for scripts: as [`Self::list`], but no more is
    /// read than the page takes, where the service can page.
    ///
    /// # Errors
    /// As [`Self::list_in`]; 400 at `limit` and `cursor`.
    pub async fn list_page(&self, ctx: &Ctx, place: &Place, slug: &str, query: &ListQuery) -> model::Result<CloudList> {
        self.asked(ctx, place, slug, query, Wait::First).await.map_err(Error::report)
    }

    /// The same for a service page: when there is no older list, it does not wait either, but shows our rows, and is told
    /// by [`News::Listed`](crate::News::Listed) when the cloud's are there.
    ///
    /// # Errors
    /// As [`Self::list_page`].
    pub async fn glance(&self, ctx: &Ctx, place: &Place, slug: &str, query: &ListQuery) -> model::Result<CloudList> {
        self.asked(ctx, place, slug, query, Wait::Glance).await.map_err(Error::report)
    }

    async fn asked(&self, ctx: &Ctx, place: &Place, slug: &str, query: &ListQuery, wait: Wait) -> Result<CloudList> {
        match query.parent.as_deref().filter(|parent| !parent.is_empty()) {
            Some(parent) => self.list_of(ctx, place, (slug, parent), Some(query), wait).await,
            None => self.list_within(ctx, place, slug, Some(query), wait).await,
        }
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
            let list = self.inside_one(ctx, &binding, Drawer::in_one(kind, external.clone())).await?;
            let inner = services::within(kind.slug())
                .flat_map(|inner| list.items.iter().take(DEEP).map(move |one| (inner, one)));
            let deeper = inner.map(async |(inner, item)| {
                let list = self.inside_one(ctx, &binding, Drawer::in_one(inner, item.id.clone())).await?;
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

    /// The first page of what lies in one thing of a row that was read for the caller.
    async fn inside_one(&self, ctx: &Ctx, binding: &Binding, drawer: Drawer) -> Result<CloudList> {
        let cloud = match self.cloud_of(binding, &ctx.request_id) {
            Ok(cloud) => cloud,
            Err(error) => return unread(error),
        };
        let part = Part::read(&ListQuery::default())?;
        let list = self.page_of(Ok(&cloud), binding, drawer, Some(part), Wait::Glance).await;
        list.or_else(unread)
    }

    async fn list_of(
        &self,
        ctx: &Ctx,
        place: &Place,
        (slug, parent): (&str, &str),
        query: Option<&ListQuery>,
        wait: Wait,
    ) -> Result<CloudList> {
        let (access, binding) = self.resolve(ctx, place, Need::Read).await?;
        let kind = kind(slug)?;
        let lies_in = kind.kind.parent.as_ref().ok_or_else(|| Error::from(model::Error::not_found("list")))?;
        let part = query.map(Part::read).transpose()?;
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
        let id = match row.map(|row| row.external_id.clone().filter(|_| row.state() != State::Gone)) {
            Some(Some(id)) => id,
            // What is not made yet, or is gone, has nothing in it.
            Some(None) => {
                let as_of = Some(Timestamp(self.now()));
                return Ok(CloudList { items: Vec::new(), as_of, trouble: None, next: None });
            }
            None => {
                let resolver = Resolver { portal: self, cloud: &cloud, binding: &binding, own: None };
                resolver.parent(super::kind(&lies_in.kind)?, parent).await?.id
            }
        };
        self.page_of(Ok(&cloud), &binding, Drawer::in_one(kind, id), part, wait).await
    }

    async fn list_within(
        &self,
        ctx: &Ctx,
        place: &Place,
        slug: &str,
        query: Option<&ListQuery>,
        wait: Wait,
    ) -> Result<CloudList> {
        let (_, binding) = self.resolve(ctx, place, Need::Read).await?;
        let kind = kind_in_place(slug)?;
        if let Some(parent) = &kind.kind.parent {
            let title = super::kind(&parent.kind)?.kind.title.to_lowercase();
            return Err(model::Error::invalid("parent", format!("Say in which {title}.")).into());
        }
        let part = query.map(Part::read).transpose()?;
        // Keypairs of all bindings lie in one drawer of the cloud; only rows tell whose is whose.
        if kind.is_pooled() {
            let (rows, next) = match &part {
                None => (self.rows_of(&binding.id, slug).await?, None),
                Some(part) => {
                    let offset = part.offset()?;
                    let mut rows = self.newest(&binding.id, slug, offset, part.limit + 1).await?;
                    let next = part.behind(offset, offset + rows.len()).map(|part| part.to_string());
                    rows.truncate(part.limit);
                    (rows, next)
                }
            };
            let items = rows.into_iter().map(of_row).collect();
            return Ok(CloudList { items, as_of: Some(Timestamp(self.now())), trouble: None, next });
        }
        let cloud = match self.cloud_of(&binding, &ctx.request_id) {
            Ok(cloud) => Ok(cloud),
            Err(Error::Cloud(error)) => Err(error),
            Err(other) => return Err(other),
        };
        self.page_of(cloud.as_ref(), &binding, Drawer::of(kind), part, wait).await
    }

    /// A page of what is in a drawer, or all of it. The service is asked for no more than that, where it can page.
    async fn page_of(
        &self,
        cloud: Result<&ScopedCloud, &openstack::Error>,
        binding: &Binding,
        mut drawer: Drawer,
        part: Option<Part>,
        wait: Wait,
    ) -> Result<CloudList> {
        let cut_here = part.as_ref().filter(|_| drawer.kind.collection.paging == Paging::None);
        drawer.part = part.clone().filter(|_| cut_here.is_none());
        let glimpse = match cloud {
            Ok(cloud) => self.glimpse(cloud, binding, &drawer, (Age::Page, wait)).await,
            Err(error) => Glimpse { listed: None, lag: Some(Lag::Failed(error.clone())) },
        };
        cut(self.shown(&drawer, glimpse, binding).await?, cut_here)
    }

    /// What was read, with what is ours of it.
    pub(super) async fn shown(&self, drawer: &Drawer, glimpse: Glimpse, binding: &Binding) -> Result<CloudList> {
        let Drawer { kind, part, .. } = drawer;
        match &glimpse.lag {
            Some(Lag::Failed(error @ openstack::Error::NotOffered { .. })) => return Err(from_cloud(error).into()),
            // What it begins behind is gone.
            Some(Lag::Failed(openstack::Error::Status { status: 400 | 404, .. }))
                if part.as_ref().is_some_and(|part| part.from.is_some()) =>
            {
                return Err(part::unknown().into());
            }
            _ => {}
        }
        // After the cloud's list: what was made meanwhile is in both or in the rows, never in neither.
        let (rows, more) = self.rows_beside(drawer, binding, glimpse.listed.as_deref()).await?;
        let (old, trouble) = (glimpse.lag.is_some(), glimpse.lag.map(|lag| lag.sentence(kind)));
        let Some(listed) = glimpse.listed else {
            let newest = "These are the newest; the inventory has all.";
            let trouble = trouble.map(|why| if more { format!("{why} {newest}") } else { why });
            return Ok(CloudList { items: rows.into_iter().map(of_row).collect(), as_of: None, trouble, next: None });
        };
        let lacks = || (!listed.complete).then(|| "There are more than this page can show.".to_owned());
        let mut items = joined(&listed.items, rows, binding.project_id.as_str());
        if old {
            // Ours that went since: an older list still has them, and without their rows nobody would know whose they were.
            let gone = self.gone_since(&binding.id, kind.slug(), listed.as_of).await?;
            items.retain(|item| item.managed.is_some() || !gone.contains(item.id.as_str()));
        }
        let next = listed.next.as_ref().map(Part::to_string);
        Ok(CloudList { items, as_of: Some(Timestamp(listed.as_of)), trouble: trouble.or_else(lacks), next })
    }
}

/// A list that cannot be had, and why: for pages of which it is a part.
pub(super) fn unread(error: Error) -> Result<CloudList> {
    match error {
        Error::Cloud(_) | Error::Public(_) => {
            let trouble = Some(error.report().to_string());
            Ok(CloudList { items: Vec::new(), as_of: None, trouble, next: None })
        }
        ours => Err(ours),
    }
}

/// A page of a list that was read as a whole.
fn cut(list: CloudList, part: Option<&Part>) -> Result<CloudList> {
    let Some(part) = part else { return Ok(list) };
    let offset = part.offset()?;
    let next = part.behind(offset, list.items.len()).map(|part| part.to_string());
    let items = list.items.into_iter().skip(offset).take(part.limit).collect();
    Ok(CloudList { items, next, ..list })
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
