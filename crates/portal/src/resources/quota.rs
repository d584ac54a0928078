//! The quota ledger: a binding's `used` changes in single statements, so that no two callers can both have the last.
use super::row::Row;
use crate::{
    bindings::{Binding, usage},
    db::{Tx, values},
    error::{Error, Result},
};
use model::{BindingId, Usage};

/// Takes `wanted` of a binding's quota, or says what is left.
pub(super) async fn reserve(tx: &mut Tx, binding: &Binding, wanted: Usage) -> Result<()> {
    let sql = "UPDATE bindings SET used_vcpus = used_vcpus + $2, used_ram_mib = used_ram_mib + $3,
            used_storage_gb = used_storage_gb + $4
        WHERE id = $1 AND retired_at IS NULL
            AND ($2 = 0 OR used_vcpus + $2 <= quota_vcpus)
            AND ($3 = 0 OR used_ram_mib + $3 <= quota_ram_mib)
            AND ($4 = 0 OR used_storage_gb + $4 <= quota_storage_gb)";
    let row = values![&binding.id, wanted.vcpus, wanted.ram_mib, wanted.storage_gb];
    if tx.execute(sql, row).await? == 1 {
        return Ok(());
    }
    let sql = "SELECT quota_vcpus, quota_ram_mib, quota_storage_gb, used_vcpus, used_ram_mib, used_storage_gb
        FROM bindings WHERE id = $1 AND retired_at IS NULL";
    let Some(row) = tx.one(sql, values![&binding.id]).await? else {
        return Err(model::Error::Conflict { why: "This binding was retired in the meantime.".to_owned() }.into());
    };
    let quota = usage(&row, "quota_vcpus", "quota_ram_mib", "quota_storage_gb")?;
    let used = usage(&row, "used_vcpus", "used_ram_mib", "used_storage_gb")?;
    Err(model::Error::QuotaExceeded { place: binding.place().to_string(), wanted, left: quota.left(used) }.into())
}

/// Gives `usage` back. The caller makes sure, in the same transaction, that the row still counted.
pub(super) async fn release(tx: &mut Tx, binding: &BindingId, usage: Usage) -> Result<()> {
    let sql = "UPDATE bindings SET used_vcpus = used_vcpus - $2, used_ram_mib = used_ram_mib - $3,
            used_storage_gb = used_storage_gb - $4 WHERE id = $1";
    match tx.execute(sql, values![binding, usage.vcpus, usage.ram_mib, usage.storage_gb]).await? {
        1 => Ok(()),
        _ => Err(Error::Corrupt("binding")),
    }
}

/// Counts again what is there after all; this may go over the quota.
pub(super) async fn recount(tx: &mut Tx, binding: &BindingId, usage: Usage) -> Result<()> {
    release(tx, binding, Usage::ZERO - usage).await
}

/// Gives back what operations on a thing hold: they were not done, or the thing is not there any more.
pub(super) async fn let_go(tx: &mut Tx, row: &Row) -> Result<()> {
    let held = held(tx, row, i64::MAX).await?;
    if held != Usage::ZERO {
        release(tx, &row.binding_id, held).await?;
        free(tx, row, i64::MAX).await?;
    }
    Ok(())
}

/// Once the cloud shows what a thing takes, it takes that, and nothing is held any more for operations that have ended. One
/// whose answer was lost may still be at work, if it is younger than `quiet_since`. What takes something else than before
/// without having been asked to is drift, and stays as it is.
pub(super) async fn trim(tx: &mut Tx, row: &Row, takes: Usage, quiet_since: i64, now: i64) -> Result<()> {
    let held = held(tx, row, quiet_since).await?;
    let became = takes != row.usage && takes == row.asks();
    if held == Usage::ZERO && !became {
        return Ok(());
    }
    recount(tx, &row.binding_id, takes - row.usage - held).await?;
    free(tx, row, quiet_since).await?;
    let sql = "UPDATE resources SET usage_vcpus = $3, usage_ram_mib = $4, usage_storage_gb = $5, updated_at = $6
        WHERE id = $1 AND fence = $2";
    tx.execute(sql, values![&row.id, row.fence, takes.vcpus, takes.ram_mib, takes.storage_gb, now]).await?;
    Ok(())
}

/// What operations on a thing hold of the quota that are done, or ended otherwise before `quiet_since`.
async fn held(tx: &mut Tx, row: &Row, quiet_since: i64) -> Result<Usage> {
    let sql = "SELECT CAST(COALESCE(SUM(held_vcpus), 0) AS BIGINT) AS vcpus,
            CAST(COALESCE(SUM(held_ram_mib), 0) AS BIGINT) AS ram_mib,
            CAST(COALESCE(SUM(held_storage_gb), 0) AS BIGINT) AS storage_gb
        FROM operations WHERE resource_id = $1
            AND (standing = 'done' OR standing = 'failed' AND updated_at <= $2 OR $2 = 9223372036854775807)";
    let sums = tx.one(sql, values![&row.id, quiet_since]).await?.ok_or(Error::Corrupt("operations"))?;
    Ok(usage(&sums, "vcpus", "ram_mib", "storage_gb")?)
}

/// They hold nothing any more: the same ones as in [`held`].
async fn free(tx: &mut Tx, row: &Row, quiet_since: i64) -> Result<()> {
    let sql = "UPDATE operations SET held_vcpus = 0, held_ram_mib = 0, held_storage_gb = 0
        WHERE resource_id = $1
            AND (standing = 'done' OR standing = 'failed' AND updated_at <= $2 OR $2 = 9223372036854775807)";
    tx.execute(sql, values![&row.id, quiet_since]).await?;
    Ok(())
}
