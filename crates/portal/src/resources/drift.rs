//! Drift: the inventory held against the cloud, on a schedule and on demand. What does not agree becomes a finding, and
//! goes when it agrees again, or when somebody decides.
mod check;
mod compare;
mod handle;
mod query;
mod schedule;
mod store;

use super::row::{self, Row};
use crate::{
    Portal,
    bindings::Binding,
    db::{self, values},
    error::Result,
};
use model::{BindingId, ResourceId};
use services::{CATALOGUE, Definition, Seen, Tag};
use std::collections::HashMap;

/// The kinds that are compared: all that the platform keeps rows of.
fn compared() -> impl Iterator<Item = &'static Definition> {
    CATALOGUE.iter().copied().filter(|kind| kind.kept.is_some())
}

/// Whether what a list of a kind shows is a binding's to answer for: its project's own; of a drawer that all share, what
/// bears the binding's name, which is the beginning of the id. An account of Swift is the project's, and does not say so.
fn is_ours_to_see(kind: &Definition, seen: &Seen, binding: &BindingId, project: &str) -> bool {
    match kind.kept.as_ref().map(|kept| kept.tag) {
        Some(Tag::Name) => seen.id.as_str().starts_with(&format!("{binding}-")),
        Some(Tag::Mark) => seen.belongs_to(project),
        _ => seen.project.as_deref() == Some(project),
    }
}

/// The kinds whose rows may own something of a kind's list: itself, and those of which it is a part.
fn owners_of(kind: &'static Definition) -> Vec<&'static str> {
    let makes = |other: &&'static Definition| {
        other.kept.as_ref().is_some_and(|kept| kept.parts.iter().any(|part| part.collection == kind.collection))
    };
    compared().filter(makes).map(Definition::slug).collect()
}

/// Which rows may own something of a kind in a binding's project and region, whichever binding they are of: a project may
/// be bound twice, and a retired binding's rows live on.
pub(super) const OWNERS: &str = "WHERE b.project_id = $1 AND b.region = $2 AND r.kind = $3 AND r.state <> 'gone'";

impl Portal {
    /// The rows that may own something of a kind in a binding's project and region.
    async fn owners(&self, binding: &Binding, kind: &'static Definition) -> Result<Vec<Row>> {
        self.each_owner(binding, kind, format!("{} {OWNERS}", row::SELECT), Row::read).await
    }

    /// The fences of the same rows.
    async fn fences(&self, binding: &Binding, kind: &'static Definition) -> Result<HashMap<ResourceId, i64>> {
        let sql = format!("SELECT r.id, r.fence FROM resources r JOIN bindings b ON b.id = r.binding_id {OWNERS}");
        let read = |row: &db::Row| Ok((ResourceId::new(row.text("id")?), row.int("fence")?));
        Ok(self.each_owner(binding, kind, sql, read).await?.into_iter().collect())
    }

    async fn each_owner<T>(
        &self,
        binding: &Binding,
        kind: &'static Definition,
        sql: String,
        read: impl Fn(&db::Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        for slug in owners_of(kind) {
            let values = values![&binding.project_id, &binding.region, slug];
            for row in &self.db().all_built(sql.clone(), values).await? {
                rows.push(read(row)?);
            }
        }
        Ok(rows)
    }
}
