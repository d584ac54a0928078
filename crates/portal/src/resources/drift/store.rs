//! Findings in the database: written by a comparison that holds the binding's lease.
use super::compare::{Found, Verdict};
use crate::{
    Portal,
    db::{Tx, values},
    error::{Error, Result},
};
use model::{BindingId, drift::Class};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// The right to compare a binding, until somebody else has it.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    pub binding: BindingId,
    pub fence: i64,
}

/// A finding that nobody has decided about.
struct Open {
    id: String,
    class: Class,
    ignored: Option<String>,
}

impl Portal {
    /// Makes the findings of a kind those of a verdict. False when the lease has passed on; then nothing was written.
    pub(super) async fn store_verdict(
        &self,
        lease: &Lease,
        slug: &str,
        verdict: Verdict,
        complete: bool,
    ) -> Result<bool> {
        let now = self.now();
        let mut tx = self.db().begin().await?;
        // Locks the comparison's row, so that of two writers only the one with the fence goes on.
        let sql = "UPDATE drift_checks SET lease_until = $3 WHERE binding_id = $1 AND fence = $2";
        if tx.execute(sql, values![&lease.binding, lease.fence, now + self.check_lease_micros()]).await? == 0 {
            return Ok(false);
        }
        let mut open = open(&mut tx, &lease.binding, slug).await?;
        for found in &verdict.found {
            match open.remove(found.id.as_str()) {
                Some(known) => again(&mut tx, &known, found, now).await?,
                None => first(&mut tx, &lease.binding, slug, found, now).await?,
            }
        }
        let set = |ids: &[model::ExternalId]| -> HashSet<String> { ids.iter().map(ToString::to_string).collect() };
        let (agreed, owned, undecided) = (set(&verdict.agreed), set(&verdict.owned), set(&verdict.open));
        for (id, finding) in open {
            let over = match () {
                () if agreed.contains(&id) => true,
                // It has a row: then it was neither made outside nor left behind.
                () if owned.contains(&id) => matches!(finding.class, Class::CreatedOutside | Class::Orphaned),
                () if undecided.contains(&id) => false,
                // A complete list has it not, and no row misses it.
                () => complete,
            };
            if over {
                tx.execute("DELETE FROM drift WHERE id = $1", values![finding.id]).await?;
            }
        }
        tx.commit().await?;
        Ok(true)
    }
}

async fn open(tx: &mut Tx, binding: &BindingId, slug: &str) -> Result<HashMap<String, Open>> {
    let sql = "SELECT id, external_id, class, ignored FROM drift
        WHERE binding_id = $1 AND kind = $2 AND ended_at IS NULL";
    let rows = tx.all(sql, values![binding, slug]).await?;
    let read = |row: &crate::db::Row| {
        let finding = Open { id: row.text("id")?, class: row.word("class")?, ignored: row.text_opt("ignored")? };
        Ok((row.text("external_id")?, finding))
    };
    rows.iter().map(read).collect::<Result<_, Error>>()
}

async fn first(tx: &mut Tx, binding: &BindingId, slug: &str, found: &Found, now: i64) -> Result<()> {
    let sql =
        "INSERT INTO drift (id, binding_id, kind, external_id, class, resource_id, name, state, differences, looks,
            first_seen, last_seen)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";
    let values = values![
        uuid::Uuid::now_v7().to_string(),
        binding,
        slug,
        &found.id,
        found.class.as_str(),
        found.row.as_ref(),
        found.name.as_str(),
        &found.state,
        json!(found.differences).to_string(),
        found.looks.as_str(),
        now,
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// The same thing once more. Of another class it is another finding; and who ignored it wanted to until it changes.
async fn again(tx: &mut Tx, known: &Open, found: &Found, now: i64) -> Result<()> {
    let ignored = known.ignored.as_deref().filter(|looks| known.class == found.class && *looks == found.looks);
    // A thing that looks different for the first time is news again, and as old as that.
    let since = (known.class != found.class || known.ignored.is_some() && ignored.is_none()).then_some(now);
    let sql = "UPDATE drift SET class = $2, resource_id = $3, name = $4, state = $5, differences = $6, looks = $7,
            ignored = $8, first_seen = COALESCE($9, first_seen), last_seen = $10
        WHERE id = $1";
    let values = values![
        known.id.as_str(),
        found.class.as_str(),
        found.row.as_ref(),
        found.name.as_str(),
        &found.state,
        json!(found.differences).to_string(),
        found.looks.as_str(),
        ignored,
        since,
        now,
    ];
    tx.execute(sql, values).await?;
    Ok(())
}
