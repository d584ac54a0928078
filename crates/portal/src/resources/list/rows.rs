//! The rows that go with a list: all of them, or those of what is on a page.
use crate::{
    Portal,
    bindings::Binding,
    db::{Statement, Value, values},
    error::Result,
    resources::{
        row::{self, Row},
        shelf::{Drawer, Listed},
    },
};
use model::{BindingId, Custody};
use services::Seen;
use std::collections::BTreeSet;

/// So many rows stand on a first page beside what the cloud lists, at most.
const BESIDE: usize = 100;

impl Portal {
    /// The rows of what was read of a drawer, and those that the cloud cannot list (yet); without a list, the newest. Beside
    /// them whether there are more.
    pub(super) async fn rows_beside(
        &self,
        Drawer { kind, parent, part }: &Drawer,
        binding: &Binding,
        listed: Option<&Listed>,
    ) -> Result<(Vec<Row>, bool)> {
        if kind.kind.custody == Custody::Live || parent.is_some() {
            return Ok((Vec::new(), false));
        }
        let (binding, slug) = (&binding.id, kind.slug());
        match (part, listed) {
            (None, _) => Ok((self.rows_of(binding, slug).await?, false)),
            (Some(part), Some(listed)) if part.is_first() && listed.next.is_none() => {
                Ok((self.rows_of(binding, slug).await?, false))
            }
            (Some(part), Some(listed)) => {
                let mut rows = self.rows_listed(binding, slug, &listed.items).await?;
                if part.is_first() {
                    rows.extend(self.rows_unlisted(binding, slug, listed.as_of).await?);
                }
                Ok((rows, false))
            }
            (Some(part), None) if part.is_first() => {
                let mut rows = self.newest(binding, slug, 0, part.limit + 1).await?;
                let more = rows.len() > part.limit;
                rows.truncate(part.limit);
                Ok((rows, more))
            }
            // Nobody knows which they would be.
            (Some(_), None) => Ok((Vec::new(), false)),
        }
    }

    /// The rows of these things.
    async fn rows_listed(&self, binding: &BindingId, slug: &str, items: &[Seen]) -> Result<Vec<Row>> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let mut statement = Statement { values: values![binding, slug].to_vec() };
        let ids = statement.bind_all(items.iter().map(|seen| &seen.id));
        self.rows_where(&format!("r.external_id IN ({ids})"), &statement.values).await
    }

    /// The rows of what the cloud cannot have listed at that moment: not made yet, made since, or no longer there.
    async fn rows_unlisted(&self, binding: &BindingId, slug: &str, as_of: i64) -> Result<Vec<Row>> {
        let condition = "(r.external_id IS NULL OR r.state = 'vanished' OR r.created_at >= $3)";
        let mut rows = self.rows_where(condition, values![binding, slug, as_of]).await?;
        rows.truncate(BESIDE);
        Ok(rows)
    }

    /// The newest rows but for the first `offset`.
    pub(super) async fn newest(&self, binding: &BindingId, slug: &str, offset: usize, most: usize) -> Result<Vec<Row>> {
        let [offset, most] = [offset, most].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        let sql = format!("{} {} LIMIT $3 OFFSET $4", row::SELECT, ordered("TRUE"));
        self.db().all_built(sql, values![binding, slug, most, offset]).await?.iter().map(Row::read).collect()
    }

    async fn rows_where(&self, condition: &str, values: &[Value]) -> Result<Vec<Row>> {
        let sql = format!("{} {}", row::SELECT, ordered(condition));
        self.db().all_built(sql, values).await?.iter().map(Row::read).collect()
    }

    /// The rows of a kind in a binding that are not gone, newest first.
    pub(in crate::resources) async fn rows_of(&self, binding: &BindingId, slug: &str) -> Result<Vec<Row>> {
        self.rows_where("TRUE", values![binding, slug]).await
    }

    /// The cloud's ids of what has gone since then.
    pub(super) async fn gone_since(&self, binding: &BindingId, slug: &str, since: i64) -> Result<BTreeSet<String>> {
        let sql = "SELECT external_id FROM resources WHERE binding_id = $1 AND kind = $2 AND state = 'gone'
            AND updated_at >= $3 AND external_id IS NOT NULL";
        let rows = self.db().all(sql, values![binding, slug, since]).await?;
        Ok(rows.iter().map(|row| row.text("external_id")).collect::<Result<_, _>>()?)
    }
}

/// Rows of a kind in a binding that are not gone, newest first.
fn ordered(condition: &str) -> String {
    format!(
        "WHERE r.binding_id = $1 AND r.kind = $2 AND r.state <> 'gone' AND {condition} \
         ORDER BY r.created_at DESC, r.id DESC"
    )
}
