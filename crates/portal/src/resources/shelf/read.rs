//! What is read for the shelf: all of a list, or one page of it.
use super::Drawer;
use crate::resources::{cloud::ScopedCloud, part::Part};
use model::ExternalId;
use services::{Definition, Seen};
use std::{borrow::Cow, collections::BTreeMap};

/// The most requests that a page behind the first takes.
const MOST: usize = 2;

/// What was read.
pub(super) struct Read {
    pub items: Vec<Seen>,
    /// Whether nothing is missing of what was asked for.
    pub complete: bool,
    /// Where the next page begins.
    pub next: Option<Part>,
}

/// What a project has, or may use, of a kind: all of it by name, or a page in the service's order.
pub(super) async fn read(cloud: &ScopedCloud, drawer: &Drawer) -> openstack::Result<Read> {
    match &drawer.part {
        None => all(cloud, drawer).await,
        Some(part) => page(cloud, drawer, part).await,
    }
}

type Query = Vec<(Cow<'static, str>, String)>;

fn seen(kind: &Definition, value: &serde_json::Value) -> openstack::Result<Seen> {
    let unreadable = || openstack::Error::Unreadable {
        service: kind.collection.service.title,
        cause: format!("a {} in a list is not of the documented shape", kind.kind.slug),
    };
    (kind.read)(value).ok_or_else(unreadable)
}

fn by_name(mut items: Vec<Seen>) -> Vec<Seen> {
    items.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
    items
}

async fn all(cloud: &ScopedCloud, Drawer { kind, parent, .. }: &Drawer) -> openstack::Result<Read> {
    let project = cloud.project().as_str();
    let (mut items, mut complete) = (BTreeMap::new(), true);
    for query in kind.queries(project) {
        let request = kind.list(parent.as_ref().map(ExternalId::as_str)).queries(query);
        let listing = cloud.list(kind.collection, request).await?;
        complete &= listing.complete;
        for value in &listing.items {
            let seen = seen(kind, value)?;
            // A token that carries `admin` is shown other projects' things.
            if seen.usable_by(project) {
                items.insert(seen.id.clone(), seen);
            }
        }
    }
    Ok(Read { items: by_name(items.into_values().collect()), complete, next: None })
}

/// The lists of a kind, one after the other, from where the page before ended: as much as one page takes. Where they fit on
/// the first page together, that is all of them, by name.
async fn page(cloud: &ScopedCloud, drawer: &Drawer, part: &Part) -> openstack::Result<Read> {
    let Drawer { kind, parent, .. } = drawer;
    let project = cloud.project().as_str();
    let queries = kind.queries(project);
    let (mut items, mut complete, mut asked) = (Vec::new(), true, 0);
    let (mut list, mut from) = (part.list, part.from.clone());
    while let Some(query) = queries.get(list) {
        let request = kind.list(parent.as_ref().map(ExternalId::as_str)).queries(query.clone());
        let left = part.limit.saturating_sub(items.len()).max(1);
        let read = cloud.page(kind.collection, request, from.as_deref(), left).await?;
        asked += 1;
        complete &= !read.astray;
        for value in &read.items {
            let seen = seen(kind, value)?;
            if seen.usable_by(project) && !queries[..list].iter().any(|earlier| stands_in(earlier, value)) {
                items.push(seen);
            }
        }
        (list, from) = if read.next.is_some() { (list, read.next) } else { (list + 1, None) };
        let full = from.is_some() || items.len() >= part.limit || (asked >= MOST && !part.is_first());
        if full && list < queries.len() {
            return Ok(Read { items, complete, next: Some(Part { list, from, limit: part.limit }) });
        }
    }
    let items = if part.is_first() { by_name(items) } else { items };
    Ok(Read { items, complete, next: None })
}

/// Whether a list by that filter has it, so that it was shown with that.
fn stands_in(filter: &Query, value: &serde_json::Value) -> bool {
    !filter.is_empty()
        && filter.iter().all(|(name, wanted)| match value.get(name.as_ref()) {
            Some(serde_json::Value::String(text)) => text == wanted,
            Some(serde_json::Value::Bool(yes)) => wanted == if *yes { "true" } else { "false" },
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::stands_in;
    use serde_json::json;

    #[test]
    fn what_was_in_an_earlier_list_is_known_by_that_lists_filter() {
        let query = |name: &'static str, value: &str| vec![(name.into(), value.to_owned())];
        let network = json!({"project_id": "p", "shared": true, "router:external": false});
        assert!(stands_in(&query("project_id", "p"), &network));
        assert!(stands_in(&query("shared", "true"), &network));
        assert!(!stands_in(&query("router:external", "true"), &network));
        assert!(!stands_in(&query("owner", "p"), &network), "where nothing tells, it is shown");
        assert!(!stands_in(&Vec::new(), &network));
    }
}
