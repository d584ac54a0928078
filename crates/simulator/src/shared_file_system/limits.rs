//! How much a project may share and does.

use serde_json::{Value, json};

use super::{NETWORKS, SHARES, SNAPSHOTS};
use crate::answer::{Answer, refuse};
use crate::call::Call;

/// What Manila limits by default and nobody here can have: name in texts, limit, since which microversion.
const OTHERS: [(&str, i64, u32); 6] = [
    ("ShareReplicas", 100, 53),
    ("ReplicaGigabytes", 1000, 53),
    ("ShareGroups", 50, 58),
    ("ShareGroupSnapshots", 50, 58),
    ("ShareBackups", 10, 80),
    ("BackupGigabytes", 1000, 80),
];

/// How many rows of a kind the project has, and their size, GiB.
fn used(call: &Call<'_>, table: &str) -> (i64, i64) {
    call.own_rows(table).fold((0, 0), |(count, size), row| (count + 1, size + row.number("size")))
}

fn over(kind: &str, message: &str) -> Answer {
    refuse::fault(413, &format!("{kind}: {message}"))
}

pub(super) const TOO_BIG: &str = "Requested share exceeds allowed project/user or share type gigabytes quota.";

/// Whether shares of this much more would be too much.
pub(super) fn too_big(call: &Call<'_>, more: i64) -> bool {
    Call::exceeds(call.quotas.share_gigabytes, used(call, SHARES).1, more)
}

pub(super) fn check_share(call: &Call<'_>, size: i64) -> Result<(), Answer> {
    if too_big(call, size) {
        return Err(over("ShareSizeExceedsAvailableQuota", TOO_BIG));
    }
    let limit = call.quotas.shares;
    if Call::exceeds(limit, used(call, SHARES).0, 1) {
        let message = format!(
            "Maximum number of shares allowed ({limit}) either per project/user or share type quota is exceeded."
        );
        return Err(over("ShareLimitExceeded", &message));
    }
    Ok(())
}

pub(super) fn check_snapshot(call: &Call<'_>, size: i64) -> Result<(), Answer> {
    let (count, held) = used(call, SNAPSHOTS);
    if Call::exceeds(call.quotas.share_snapshot_gigabytes, held, size) {
        let message = "Requested snapshot exceeds allowed project/user or share type gigabytes quota.";
        return Err(over("SnapshotSizeExceedsAvailableQuota", message));
    }
    let limit = call.quotas.share_snapshots;
    if Call::exceeds(limit, count, 1) {
        let message = format!(
            "Maximum number of snapshots allowed ({limit}) either per project/user or share type quota is exceeded."
        );
        return Err(over("SnapshotLimitExceeded", &message));
    }
    Ok(())
}

pub(super) fn check_network(call: &Call<'_>) -> Result<(), Answer> {
    let limit = call.quotas.share_networks;
    if Call::exceeds(limit, used(call, NETWORKS).0, 1) {
        let message = format!("Maximum number of share-networks allowed ({limit}) exceeded.");
        return Err(over("ShareNetworksLimitExceeded", &message));
    }
    Ok(())
}

pub(super) fn limits(call: &Call<'_>, v: u32) -> Answer {
    let quotas = call.quotas;
    let ((shares, shared), (snapshots, kept), (networks, _)) =
        (used(call, SHARES), used(call, SNAPSHOTS), used(call, NETWORKS));
    let mut absolute = json!({
        "maxTotalShares": quotas.shares, "totalSharesUsed": shares,
        "maxTotalShareGigabytes": quotas.share_gigabytes, "totalShareGigabytesUsed": shared,
        "maxTotalShareSnapshots": quotas.share_snapshots, "totalShareSnapshotsUsed": snapshots,
        "maxTotalSnapshotGigabytes": quotas.share_snapshot_gigabytes, "totalSnapshotGigabytesUsed": kept,
        "maxTotalShareNetworks": quotas.share_networks, "totalShareNetworksUsed": networks,
    });
    for (name, limit, since) in OTHERS {
        if v >= since {
            absolute[format!("maxTotal{name}")] = json!(limit);
            absolute[format!("total{name}Used")] = Value::from(0);
        }
    }
    Answer::ok(json!({"limits": {"rate": [], "absolute": absolute}}))
}
