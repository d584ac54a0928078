//! How OpenStack writes times, ids, links and values.

use serde_json::Value;
use time::OffsetDateTime;
use time::macros::format_description;
use uuid::Uuid;

/// An id as Nova, Neutron, Glance, Cinder and Magnum write it.
pub(crate) fn uuid() -> String {
    Uuid::new_v4().to_string()
}

/// An id as Keystone writes it: no hyphens.
pub(crate) fn hex_id() -> String {
    Uuid::new_v4().simple().to_string()
}

/// Random bytes, 16 for each unit.
pub(crate) fn random(units: usize) -> Vec<u8> {
    (0..units).flat_map(|_| *Uuid::new_v4().as_bytes()).collect()
}

/// The present, microseconds since the epoch.
pub(crate) fn now() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

fn moment(at: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `2026-11-22T21:42:48Z`: Nova, Neutron, Glance.
pub(crate) fn seconds(at: i64) -> String {
    moment(at).format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z")).unwrap_or_default()
}

/// `2026-11-22T21:42:48`: Octavia.
pub(crate) fn plain(at: i64) -> String {
    moment(at).format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]")).unwrap_or_default()
}

/// `2026-11-22T21:42:48.000000`: Cinder, Manila, and Nova's extensions.
pub(crate) fn naive(at: i64) -> String {
    moment(at).format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].000000")).unwrap_or_default()
}

/// `2026-11-22T21:40:09.000000Z`: Keystone.
pub(crate) fn micros(at: i64) -> String {
    naive(at) + "Z"
}

/// `2026-11-22T21:46:04+00:00`: Magnum.
pub(crate) fn offset(at: i64) -> String {
    moment(at).format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+00:00")).unwrap_or_default()
}

/// `Fri, 02 Jan 2026 03:04:05 GMT`: HTTP itself.
pub(crate) fn http(at: i64) -> String {
    let format =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    moment(at).format(format).unwrap_or_default()
}

/// A value as Python prints it, which is how the services quote what they refuse.
pub(crate) fn python(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        other => python_bare(other),
    }
}

/// As [`python`], but a text without its quotes.
pub(crate) fn python_bare(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let pairs: Vec<_> = map.iter().map(|(key, value)| format!("'{key}': {}", python(value))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}
