//! The topology of a place: read by the same lists as the service pages, with their age, then put together.
mod assemble;
#[cfg(test)]
mod tests;

use super::{
    cloud::ScopedCloud,
    kind,
    list::unread,
    shelf::{Age, Drawer, Glimpse, Lag, Wait},
};
use crate::{
    Ctx, Portal,
    access::Need,
    bindings::Binding,
    error::{Error, Result},
};
use model::{
    ExternalId, Place, Spec,
    view::{CloudList, Topology, TopologyQuery},
};
use services::Definition;
use std::collections::{BTreeMap, HashMap};

/// What it is made of.
const KINDS: [&str; 6] = ["network", "neutron_subnet", "neutron_router", "neutron_port", "floating_ip", "vm"];

/// One of the lists.
struct Read {
    kind: &'static Definition,
    list: CloudList,
    /// Whether its service has not answered yet and nothing older is known.
    waiting: bool,
}

/// All of them, by slug.
type Lists = BTreeMap<&'static str, Read>;

impl Portal {
    /// The networks, routers, servers and floating IPs of a place, and what is connected with what, for a script: as old as
    /// lists may be; where there is no older list this waits until the cloud has answered or failed.
    ///
    /// # Errors
    /// 404 to strangers. A service that does not answer, or is not offered, is no error: its part is missing, and that is
    /// said.
    pub async fn topology(&self, ctx: &Ctx, place: &Place, query: &TopologyQuery) -> model::Result<Topology> {
        self.drawn(ctx, place, query, Wait::First).await.map_err(Error::report)
    }

    /// The same for a page, which waits for nothing longer than a moment.
    ///
    /// # Errors
    /// As [`Self::topology`].
    pub async fn topology_glance(&self, ctx: &Ctx, place: &Place, query: &TopologyQuery) -> model::Result<Topology> {
        self.drawn(ctx, place, query, Wait::Glance).await.map_err(Error::report)
    }

    async fn drawn(&self, ctx: &Ctx, place: &Place, query: &TopologyQuery, wait: Wait) -> Result<Topology> {
        let (_, binding) = self.resolve(ctx, place, Need::Read).await?;
        let cloud = match self.cloud_of(&binding, &ctx.request_id) {
            Ok(cloud) => Ok(cloud),
            Err(Error::Cloud(error)) => Err(error),
            Err(other) => return Err(other),
        };
        // All at once: where one service hangs, it costs the same moment.
        let all = KINDS.map(async |slug| {
            let read = self.one_list(cloud.as_ref(), &binding, kind(slug)?, wait).await?;
            Ok::<_, Error>((slug, read))
        });
        let lists: Lists = futures_util::future::try_join_all(all).await?.into_iter().collect();
        Ok(assemble::assemble(&lists, query))
    }

    async fn one_list(
        &self,
        cloud: Result<&ScopedCloud, &openstack::Error>,
        binding: &Binding,
        kind: &'static Definition,
        wait: Wait,
    ) -> Result<Read> {
        let drawer = Drawer::of(kind);
        let glimpse = match cloud {
            Ok(cloud) => self.glimpse(cloud, binding, &drawer, (Age::Page, wait)).await,
            Err(error) => Glimpse { listed: None, lag: Some(Lag::Failed(error.clone())) },
        };
        let waiting = glimpse.listed.is_none() && matches!(glimpse.lag, Some(Lag::Waiting));
        let listed = glimpse.listed.clone();
        let mut list = self.shown(&drawer, glimpse, binding).await.or_else(unread)?;
        // What a row was asked for as may have changed since: what is connected now, only the cloud says.
        let seen = listed.iter().flat_map(|listed| &listed.items);
        let said: HashMap<&ExternalId, &Spec> = seen.map(|seen| (&seen.id, &seen.metadata)).collect();
        for item in &mut list.items {
            item.metadata = said.get(&item.id).copied().cloned().unwrap_or_default();
        }
        Ok(Read { kind, list, waiting })
    }
}
