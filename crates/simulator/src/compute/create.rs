//! Creating servers.

use serde_json::{Value, json};

use super::checks::{bad, body, invalid, metadata, name, only, required};
use super::{FLAVORS, KEYPAIRS, SERVERS, flavors, keypairs, limits, servers};
use crate::answer::{Answer, Reply, refuse};
use crate::block_storage;
use crate::call::{Call, fields};
use crate::image;
use crate::knobs::Build;
use crate::network::boot::{self, Nic};
use crate::store::{Doc, Row};
use crate::wire::{self, python};

/// Keys of a server in every microversion, and from which on there are more.
const KEYS: [(u32, &str); 24] = [
    (1, "name"),
    (1, "flavorRef"),
    (1, "imageRef"),
    (1, "networks"),
    (1, "key_name"),
    (1, "metadata"),
    (1, "user_data"),
    (1, "security_groups"),
    (1, "availability_zone"),
    (1, "min_count"),
    (1, "max_count"),
    (1, "config_drive"),
    (1, "adminPass"),
    (1, "block_device_mapping_v2"),
    (1, "OS-DCF:diskConfig"),
    (1, "accessIPv4"),
    (1, "accessIPv6"),
    (1, "return_reservation_id"),
    (19, "description"),
    (52, "tags"),
    (63, "trusted_image_certificates"),
    (74, "host"),
    (74, "hypervisor_hostname"),
    (90, "hostname"),
];

/// What a server starts from.
struct Source {
    /// Empty when it starts from a volume.
    image: String,
    /// Volumes that exist, and whether they go with the server.
    volumes: Vec<(String, bool)>,
    /// A volume to make of an image: size in GiB, and whether it goes with the server.
    fresh: Option<(String, i64, bool)>,
}

pub(super) fn create(call: &mut Call<'_>, v: u32) -> Reply {
    let given = body(call, "server")?;
    required("server", &given, "name")?;
    required("server", &given, "flavorRef")?;
    if v >= 37 {
        required("server", &given, "networks")?;
    }
    let known: Vec<&str> = KEYS.iter().filter(|(from, _)| *from <= v).map(|(_, key)| *key).collect();
    only("server", &given, &known)?;
    let label = name("name", &given["name"])?;
    let meta = metadata(given.get("metadata"))?;
    check_user_data(&given)?;
    let tags = tags(&given)?;
    let count = count(&given)?;
    let flavor = flavor(call, &given)?;
    let source = source(call, &given, &flavor)?;
    let key = key(call, &given)?;
    let asked_groups: Vec<String> = given
        .get("security_groups")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|group| group["name"].as_str())
        .map(str::to_owned)
        .collect();
    let groups = boot::groups(call, &asked_groups)?;
    let mut nics = vec![nics(call, given.get("networks"), v)?];
    quota(call, &flavor, count)?;
    for _ in 1..count {
        nics.push(self::nics(call, given.get("networks"), v)?);
    }
    let group_names = if asked_groups.is_empty() { vec!["default".to_owned()] } else { asked_groups };
    let mut first = None;
    for (number, nics) in nics.into_iter().enumerate() {
        let label = if count > 1 { format!("{label}-{}", number + 1) } else { label.clone() };
        let doc = fields! {
            "name": label, "status": "BUILD", "vm_state": "building", "task_state": "scheduling", "power_state": 0,
            "user": call.who.user.clone(), "metadata": meta, "tags": tags,
            "description": given.get("description"), "flavor": flavor_doc(&flavor), "image": source.image,
            "key_name": key, "ports": [], "volumes": [], "security_groups": group_names,
            "hostname": given.get("hostname").and_then(Value::as_str).map_or_else(|| hostname(&label), str::to_owned),
        };
        let row = launch(call, doc, nics, &groups, &source)?;
        first.get_or_insert(row);
    }
    let Some(row) = first else { return Err(bad("min_count must be at least 1")) };
    let password = wire::hex_id()[..12].to_owned();
    let names: Vec<Value> = group_names.iter().map(|name| json!({"name": name})).collect();
    let answer = json!({"server": {
        "id": row.id, "links": servers::links(call, &row.id), "OS-DCF:diskConfig": "MANUAL",
        "security_groups": names, "adminPass": password,
    }});
    let url = format!("{}/v2.1/servers/{}", call.base, row.id);
    Ok(Answer::json(202, answer).located(&url))
}

/// Makes one server with its ports and volumes; leaves nothing behind when a part is refused.
fn launch(call: &mut Call<'_>, doc: Doc, nics: Vec<Nic>, groups: &[String], source: &Source) -> Result<Row, Answer> {
    let row = call.insert(SERVERS, wire::uuid(), doc, Vec::new());
    let mut ports = Vec::new();
    // Nova finds out only when it builds.
    let hopeless = nics.iter().any(|nic| nic.is_forbidden(call));
    for nic in nics.into_iter().filter(|_| !hopeless) {
        match boot::attach(call, &row, nic, groups) {
            Ok(port) => ports.push(port),
            Err(refusal) => {
                for port in ports {
                    boot::detach_at(call, &port, call.now);
                }
                call.remove(SERVERS, &row.id);
                return Err(refusal);
            }
        }
    }
    let mut volumes = source.volumes.clone();
    if let Some((image, size, goes)) = &source.fresh {
        volumes.push((block_storage::from_image(call, image, *size), *goes));
    }
    let mut held = Vec::new();
    for (number, (volume, goes)) in volumes.iter().enumerate() {
        held.push(block_storage::attach(call, &row.id, volume, block_storage::device(number), *goes));
    }
    let launched = call.later();
    let done = fields! {
        "status": "ACTIVE", "vm_state": "active", "task_state": null, "power_state": 1, "launched_at": launched,
    };
    let stamp = call.stamp();
    if hopeless && call.build == Build::Succeeds {
        let why = "Failed to allocate the network(s), not rescheduling.";
        call.build = Build::Fails(format!("Build of instance {} aborted: {why}", row.id));
    }
    let then = call.building(done, |why| {
        fields! {
            "status": "ERROR", "vm_state": "error", "task_state": null,
            "fault": {"code": 500, "created": stamp, "message": why},
        }
    });
    call.change(SERVERS, &row.id, |row| {
        row.set("ports", ports);
        row.set("volumes", held);
        row.then = then;
    })
    .ok_or_else(|| refuse::fault(500, "Unexpected API Error."))
}

fn flavor_doc(flavor: &Row) -> Value {
    json!({
        "id": flavor.id, "name": flavor.text("name"), "vcpus": flavor.number("vcpus"), "ram": flavor.number("ram"),
        "disk": flavor.number("disk"),
    })
}

/// The name as a host may be called.
fn hostname(name: &str) -> String {
    let plain: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let plain = plain.trim_matches('-').chars().take(63).collect::<String>();
    if plain.is_empty() { "server".to_owned() } else { plain }
}

fn check_user_data(given: &Doc) -> Result<(), Answer> {
    let Some(value) = given.get("user_data").filter(|value| !value.is_null()) else { return Ok(()) };
    match value.as_str() {
        None => Err(invalid("user_data", value, &format!("{} is not of type 'string', 'null'", python(value)))),
        Some(text) if text.len() > 65_535 => {
            Err(invalid("user_data", value, &format!("{} is too long", python(value))))
        }
        Some(text) if !is_base64(text) => {
            Err(invalid("user_data", value, &format!("{} is not a 'base64'", python(value))))
        }
        Some(_) => Ok(()),
    }
}

/// As lenient as Python: what is not of the alphabet is passed over, and only wrong padding is noticed.
fn is_base64(text: &str) -> bool {
    let digits = text.bytes().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).count();
    let padding = text.bytes().filter(|byte| *byte == b'=').count();
    match digits % 4 {
        0 => true,
        1 => false,
        rest => padding >= 4 - rest,
    }
}

fn tags(given: &Doc) -> Result<Vec<String>, Answer> {
    let Some(value) = given.get("tags") else { return Ok(Vec::new()) };
    let Some(list) = value.as_array() else {
        return Err(invalid("tags", value, &format!("{} is not of type 'array'", python(value))));
    };
    if list.len() > 50 {
        return Err(invalid("tags", value, &format!("{} is too long", python(value))));
    }
    for (number, tag) in list.iter().enumerate() {
        let refused = |reason: &str| Err(invalid(&number.to_string(), tag, &format!("{} {reason}", python(tag))));
        match tag.as_str() {
            None => return refused("is not of type 'string'"),
            Some("") => return refused("should be non-empty"),
            Some(text) if text.chars().count() > 60 => return refused("is too long"),
            Some(text) if text.contains(['/', ',']) => return refused("does not match '^[^,/]*$'"),
            Some(_) => {}
        }
    }
    Ok(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// How many servers: `min_count`, or `max_count` when only that is given.
fn count(given: &Doc) -> Result<i64, Answer> {
    let read = |key: &str| match given.get(key) {
        None => Ok(None),
        Some(value) => match value.as_i64().or_else(|| value.as_str()?.parse().ok()) {
            Some(number) if number >= 1 => Ok(Some(number)),
            Some(number) => Err(invalid(key, value, &format!("{number} is less than the minimum of 1"))),
            None => Err(invalid(key, value, &format!("{} is not of type 'integer', 'string'", python(value)))),
        },
    };
    match (read("min_count")?, read("max_count")?) {
        (Some(min), Some(max)) if min > max => Err(bad("min_count must be <= max_count")),
        (_, Some(max)) => Ok(max),
        (min, None) => Ok(min.unwrap_or(1)),
    }
}

fn flavor(call: &Call<'_>, given: &Doc) -> Result<Row, Answer> {
    let value = &given["flavorRef"];
    let id =
        value.as_str().map_or_else(|| value.to_string(), |text| text.rsplit('/').next().unwrap_or(text).to_owned());
    call.get(FLAVORS, &id).cloned().ok_or_else(|| bad(&flavors::missing(&id)))
}

fn source(call: &Call<'_>, given: &Doc, flavor: &Row) -> Result<Source, Answer> {
    let mut source = Source { image: String::new(), volumes: Vec::new(), fresh: None };
    let mut bootable = false;
    for device in given.get("block_device_mapping_v2").and_then(Value::as_array).into_iter().flatten() {
        let id = device["uuid"].as_str().unwrap_or_default();
        let goes = device["delete_on_termination"] == true;
        bootable |= device["boot_index"] == 0 || device["boot_index"] == "0";
        match (device["source_type"].as_str(), device["destination_type"].as_str()) {
            (Some("volume"), _) => {
                block_storage::attachable(call, id)
                    .map_err(|_| bad(&format!("Block Device Mapping is Invalid: failed to get volume {id}.")))?;
                source.volumes.push((id.to_owned(), goes));
            }
            (Some("image"), Some("volume")) => {
                let image = image::bootable(call, id).ok_or_else(|| bad("Can not find requested image"))?;
                let size = device["volume_size"].as_i64().or_else(|| device["volume_size"].as_str()?.parse().ok());
                let size = size.unwrap_or_else(|| flavor.number("disk")).max(image.number("min_disk")).max(1);
                source.fresh = Some((id.to_owned(), size, goes));
            }
            (Some("image"), _) => {}
            _ => {
                return Err(bad(
                    "Block Device Mapping is Invalid: You specified more local devices than the limit allows",
                ));
            }
        }
    }
    let asked = given.get("imageRef").filter(|value| *value != "");
    let Some(value) = asked else {
        return if bootable { Ok(source) } else { Err(bad("Missing imageRef attribute")) };
    };
    let Some(id) = value.as_str().filter(|id| uuid::Uuid::parse_str(id).is_ok()) else {
        return Err(invalid(
            "imageRef",
            value,
            &format!("{} is not valid under any of the given schemas", python(value)),
        ));
    };
    let image = image::bootable(call, id).ok_or_else(|| bad("Can not find requested image"))?;
    if image.text("status") != "active" {
        return Err(bad(&format!("Image {id} is not active.")));
    }
    if flavor.number("ram") < image.number("min_ram") {
        return Err(bad("Flavor's memory is too small for requested image."));
    }
    if source.fresh.is_none() && source.volumes.is_empty() && flavor.number("disk") < image.number("min_disk") {
        return Err(bad("Flavor's disk is smaller than the minimum size specified in image metadata."));
    }
    source.image = id.to_owned();
    Ok(source)
}

fn key(call: &Call<'_>, given: &Doc) -> Result<Option<String>, Answer> {
    match given.get("key_name").and_then(Value::as_str) {
        None => Ok(None),
        Some(name) if call.get(KEYPAIRS, &keypairs::key(&call.who.user, name)).is_some() => Ok(Some(name.to_owned())),
        Some(_) => Err(bad("Invalid key_name provided.")),
    }
}

/// An id, or nothing.
fn is_id(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| uuid::Uuid::parse_str(text).is_ok())
}

fn nics(call: &Call<'_>, asked: Option<&Value>, v: u32) -> Result<Vec<Nic>, Answer> {
    match asked {
        None => Ok(boot::automatic(call)?.into_iter().collect()),
        Some(Value::String(text)) if v >= 37 && text == "none" => Ok(Vec::new()),
        Some(Value::String(text)) if v >= 37 && text == "auto" => match boot::automatic(call)? {
            Some(nic) => Ok(vec![nic]),
            None => Err(bad(&format!("Unable to automatically allocate a network for project {}", call.who.project))),
        },
        Some(whole @ Value::Array(list)) if list.iter().any(|one| !is_id(&one["uuid"]) || !is_id(&one["port"])) => {
            Err(invalid("networks", whole, &format!("{} is not valid under any of the given schemas", python(whole))))
        }
        Some(Value::Array(list)) => list.iter().map(|one| boot::nic(call, one)).collect(),
        Some(other) if v >= 37 => {
            Err(invalid("networks", other, &format!("{} is not valid under any of the given schemas", python(other))))
        }
        Some(other) => Err(invalid("networks", other, &format!("{} is not of type 'array'", python(other)))),
    }
}

fn quota(call: &Call<'_>, flavor: &Row, count: i64) -> Result<(), Answer> {
    let (quotas, used) = (call.quotas, limits::used(call, &call.who.project));
    let wanted = [
        ("cores", flavor.number("vcpus").saturating_mul(count), used.cores, quotas.cores),
        ("instances", count, used.instances, quotas.instances),
        ("ram", flavor.number("ram").saturating_mul(count), used.ram, quotas.ram),
    ];
    let over: Vec<_> =
        wanted.into_iter().filter(|(_, more, used, limit)| Call::exceeds(*limit, *used, *more)).collect();
    if over.is_empty() {
        return Ok(());
    }
    let list = |part: fn(&(&str, i64, i64, i64)) -> String| over.iter().map(part).collect::<Vec<_>>().join(", ");
    let names = list(|(name, ..)| (*name).to_owned());
    let message = format!(
        "Quota exceeded for {names}: Requested {}, but already used {} of {} {names}",
        list(|(_, more, ..)| more.to_string()),
        list(|(_, _, used, _)| used.to_string()),
        list(|(.., limit)| limit.to_string()),
    );
    Err(refuse::fault(403, &message))
}
