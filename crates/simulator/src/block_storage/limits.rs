//! How much a project may store and does.

use serde_json::{Map, Value, json};

use super::{SNAPSHOTS, TYPES, VOLUMES};
use crate::answer::{Answer, Reply, refuse};
use crate::call::Call;

struct Used {
    volumes: i64,
    snapshots: i64,
    gigabytes: i64,
}

fn used(call: &Call<'_>, project: &str) -> Used {
    let mut used = Used { volumes: 0, snapshots: 0, gigabytes: 0 };
    for row in call.rows(VOLUMES).filter(|row| row.project == project) {
        used.volumes += 1;
        used.gigabytes += row.number("size");
    }
    for row in call.rows(SNAPSHOTS).filter(|row| row.project == project) {
        used.snapshots += 1;
        used.gigabytes += row.number("size");
    }
    used
}

fn too_big(call: &Call<'_>, used: &Used, more: i64) -> Result<(), Answer> {
    let limit = call.quotas.gigabytes;
    if !Call::exceeds(limit, used.gigabytes, more) {
        return Ok(());
    }
    let message = format!(
        "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested {more}G, quota is {limit}G and {}G has been consumed.",
        used.gigabytes
    );
    Err(refuse::fault(413, &message))
}

pub(super) fn check_volume(call: &Call<'_>, size: i64) -> Result<(), Answer> {
    let used = used(call, &call.who.project);
    too_big(call, &used, size)?;
    let limit = call.quotas.volumes;
    if Call::exceeds(limit, used.volumes, 1) {
        let message =
            format!("VolumeLimitExceeded: Maximum number of volumes allowed ({limit}) exceeded for quota 'volumes'.");
        return Err(refuse::fault(413, &message));
    }
    Ok(())
}

pub(super) fn check_gigabytes(call: &Call<'_>, more: i64) -> Result<(), Answer> {
    too_big(call, &used(call, &call.who.project), more)
}

pub(super) fn check_snapshot(call: &Call<'_>, size: i64) -> Result<(), Answer> {
    let used = used(call, &call.who.project);
    too_big(call, &used, size)?;
    let limit = call.quotas.snapshots;
    if Call::exceeds(limit, used.snapshots, 1) {
        let message = format!("SnapshotLimitExceeded: Maximum number of snapshots allowed ({limit}) exceeded");
        return Err(refuse::fault(413, &message));
    }
    Ok(())
}

pub(super) fn limits(call: &Call<'_>) -> Answer {
    let (quotas, used) = (call.quotas, used(call, &call.who.project));
    Answer::ok(json!({"limits": {"rate": [], "absolute": {
        "maxTotalVolumes": quotas.volumes, "maxTotalSnapshots": quotas.snapshots,
        "maxTotalVolumeGigabytes": quotas.gigabytes, "maxTotalBackups": 10, "maxTotalBackupGigabytes": 1000,
        "totalVolumesUsed": used.volumes, "totalGigabytesUsed": used.gigabytes, "totalSnapshotsUsed": used.snapshots,
        "totalBackupsUsed": 0, "totalBackupGigabytesUsed": 0,
    }}}))
}

pub(super) fn quotas(call: &Call<'_>, project: &str) -> Reply {
    if project != call.who.project && !call.who.admin() {
        return Err(refuse::fault(403, "Policy doesn't allow volume_extension:quotas:show to be performed."));
    }
    let usage = call.param("usage").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let (quotas, used) = (call.quotas, used(call, project));
    let mut rows = vec![
        ("volumes".to_owned(), quotas.volumes, used.volumes),
        ("per_volume_gigabytes".to_owned(), -1, 0),
        ("snapshots".to_owned(), quotas.snapshots, used.snapshots),
        ("gigabytes".to_owned(), quotas.gigabytes, used.gigabytes),
        ("backups".to_owned(), 10, 0),
        ("backup_gigabytes".to_owned(), 1000, 0),
        ("groups".to_owned(), 10, 0),
    ];
    for kind in call.rows(TYPES) {
        for what in ["volumes", "gigabytes", "snapshots"] {
            rows.push((format!("{what}_{}", kind.text("name")), -1, 0));
        }
    }
    let mut set: Map<String, Value> = rows
        .into_iter()
        .map(|(name, limit, used)| {
            let value = if usage { json!({"limit": limit, "in_use": used, "reserved": 0}) } else { json!(limit) };
            (name, value)
        })
        .collect();
    set.insert("id".to_owned(), json!(project));
    Ok(Answer::ok(json!({"quota_set": set})))
}
