//! Reading the cloud for pages and choices: cached for seconds, one reader at a time, shown with its age.
use super::{
    cloud::ScopedCloud,
    kind,
    row::{self, Row},
};
use crate::{
    Ctx, Portal,
    access::Need,
    bindings::Binding,
    db::values,
    error::{Error, Result, from_cloud},
};
use model::{
    BindingId, Custody, ExternalId, Identity, Place, State,
    view::{CloudItem, CloudList, Timestamp},
};
use services::{Definition, Seen};
use std::{collections::BTreeMap, sync::Arc};

/// A list in the cache: of one kind, for one binding.
pub(crate) type Key = (BindingId, &'static str);

/// What a cloud said, and when.
#[derive(Debug)]
pub(crate) struct Listed {
    pub items: Vec<Seen>,
    pub complete: bool,
    pub as_of: i64,
}

/// How old an answer may be, in microseconds.
const FRESH: i64 = 5_000_000;
/// For choices: flavors and images change seldom.
const CHOICES: i64 = 60_000_000;

/// How old an answer may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Age {
    /// Of this moment.
    Now,
    /// For a service page.
    Page,
    /// For choices.
    Choice,
}

impl Portal {
    /// What a project has, or may use, of a kind: from memory if that is young enough.
    pub(super) async fn listed(
        &self,
        cloud: &ScopedCloud,
        binding: &Binding,
        kind: &'static Definition,
        age: Age,
    ) -> Result<Arc<Listed>> {
        let key: Key = (binding.id.clone(), kind.slug());
        let lists = &self.inner.clouds.lists;
        let oldest = match age {
            Age::Now => self.now(),
            Age::Page => self.now() - FRESH,
            Age::Choice => self.now() - CHOICES,
        };
        if lists.get(&key).await.is_some_and(|listed| listed.as_of < oldest) {
            lists.invalidate(&key).await;
        }
        let now = self.now();
        let listed = lists.try_get_with(key, read(cloud, kind, now)).await;
        listed.map_err(|error: Arc<openstack::Error>| Error::Cloud((*error).clone()))
    }

    /// What was read of a kind is no longer true.
    pub(super) async fn outdated(&self, binding: &BindingId, kind: &'static Definition) {
        self.inner.clouds.lists.invalidate(&(binding.clone(), kind.slug())).await;
    }

    /// A service page: what the cloud has of a kind in the bound project, joined with our rows.
    ///
    /// # Errors
    /// 404 to strangers and for a service that the region does not offer. A cloud that does not answer is no error: the
    /// page then shows our rows, and says so.
    pub async fn list(&self, ctx: &Ctx, place: &Place, slug: &str) -> model::Result<CloudList> {
        let work = async {
            let (_, binding) = self.resolve(ctx, place, Need::Read).await?;
            let kind = kind(slug)?;
            let rows = match kind.kind.custody {
                Custody::Kept => self.rows_of(&binding.id, slug).await?,
                Custody::Live => Vec::new(),
            };
            // Keypairs of all bindings lie in one drawer of the cloud; only rows tell whose is whose.
            if kind.kind.identity == Identity::Name {
                let items = rows.into_iter().map(of_row).collect();
                return Ok(CloudList { items, as_of: Timestamp(self.now()), trouble: None });
            }
            let listed = match self.cloud_of(&binding, &ctx.request_id) {
                Ok(cloud) => self.listed(&cloud, &binding, kind, Age::Page).await,
                Err(error) => Err(error),
            };
            match listed {
                Ok(listed) => {
                    let trouble = (!listed.complete).then(|| "There are more than this page can show.".to_owned());
                    let items = joined(&listed.items, rows, binding.project_id.as_str());
                    Ok(CloudList { items, as_of: Timestamp(listed.as_of), trouble })
                }
                Err(Error::Cloud(error @ openstack::Error::NotOffered { .. })) => Err(from_cloud(&error).into()),
                Err(error @ Error::Cloud(_)) => {
                    let trouble = Some(error.report().to_string());
                    let items = rows.into_iter().map(of_row).collect();
                    Ok(CloudList { items, as_of: Timestamp(self.now()), trouble })
                }
                Err(other) => Err(other),
            }
        };
        work.await.map_err(Error::report)
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

/// What a project itself has of a kind at this moment, and whether that is all of it. What cannot be read may be anything.
pub(super) async fn own(cloud: &ScopedCloud, kind: &'static Definition) -> openstack::Result<(Vec<Seen>, bool)> {
    let listing = cloud.list(&kind.collection, &kind.own_query(cloud.project().as_str())).await?;
    let read: Vec<Option<Seen>> = listing.items.iter().map(|value| (kind.read)(value)).collect();
    let complete = listing.complete && read.iter().all(Option::is_some);
    Ok((read.into_iter().flatten().collect(), complete))
}

async fn read(cloud: &ScopedCloud, kind: &'static Definition, now: i64) -> openstack::Result<Arc<Listed>> {
    let project = cloud.project().as_str();
    let (mut items, mut complete) = (BTreeMap::new(), true);
    for query in kind.queries(project) {
        let listing = cloud.list(&kind.collection, &query).await?;
        complete &= listing.complete;
        for value in &listing.items {
            let unreadable = || openstack::Error::Unreadable {
                service: kind.collection.service.title,
                cause: format!("a {} in a list is not of the documented shape", kind.kind.slug),
            };
            let seen = (kind.read)(value).ok_or_else(unreadable)?;
            // A token that carries `admin` is shown other projects' things.
            if seen.usable_by(project) {
                items.insert(seen.id.clone(), seen);
            }
        }
    }
    let mut items: Vec<Seen> = items.into_values().collect();
    items.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
    Ok(Arc::new(Listed { items, complete, as_of: now }))
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
    let (mut known, mut first) = (BTreeMap::new(), Vec::new());
    for row in rows {
        match row.external_id.clone() {
            Some(id) if items.iter().any(|seen| seen.id == id) => {
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
