//! What bodies may carry, and in which words the rest is refused.

use std::net::IpAddr;

use serde_json::Value;

use super::fault;
use crate::answer::Answer;
use crate::store::Doc;
use crate::wire::python_bare;

/// What a value has to be.
pub(super) enum Shape {
    Text(usize),
    Flag,
    Number(i64, i64),
    Uuid,
    Address,
    OneOf(&'static [&'static str]),
    Texts,
    Any,
    Part(&'static [Field]),
    Parts(&'static [Field]),
}

/// One attribute of a body.
pub(super) struct Field {
    name: &'static str,
    shape: Shape,
    needed: bool,
}

const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, needed: false }
}

const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, needed: true }
}

const WORDS: Shape = Shape::Text(255);
const PORT: Shape = Shape::Number(1, 65_535);
const WEIGHT: Shape = Shape::Number(0, 256);
const RETRIES: Shape = Shape::Number(1, 10);
const SPAN: Shape = Shape::Number(0, i64::MAX);
/// 24 days in milliseconds.
const TIMEOUT: Shape = Shape::Number(0, 24 * 24 * 3600 * 1000);

pub(super) const BALANCER: &[Field] = &[
    may("name", WORDS),
    may("description", WORDS),
    may("admin_state_up", Shape::Flag),
    may("vip_address", Shape::Address),
    may("vip_port_id", Shape::Uuid),
    may("vip_subnet_id", Shape::Uuid),
    may("vip_network_id", Shape::Uuid),
    may("vip_qos_policy_id", Shape::Uuid),
    may("vip_sg_ids", Shape::Texts),
    may("additional_vips", Shape::Any),
    may("project_id", Shape::Text(36)),
    may("tenant_id", Shape::Text(36)),
    may("listeners", Shape::Parts(LISTENER)),
    may("pools", Shape::Parts(POOL)),
    may("provider", Shape::Text(64)),
    may("tags", Shape::Texts),
    may("flavor_id", Shape::Uuid),
    may("availability_zone", WORDS),
];

pub(super) const BALANCER_CHANGE: &[Field] = &[
    may("name", WORDS),
    may("description", WORDS),
    may("vip_qos_policy_id", Shape::Uuid),
    may("admin_state_up", Shape::Flag),
    may("vip_sg_ids", Shape::Texts),
    may("tags", Shape::Texts),
];

const LISTENER: &[Field] = &[
    may("name", WORDS),
    may("description", WORDS),
    may("admin_state_up", Shape::Flag),
    // In the order in which Octavia lists them.
    // Octavia enumerates a set, in any order; the recorder puts it in this one.
    must("protocol", Shape::OneOf(&["HTTP", "HTTPS", "PROMETHEUS", "SCTP", "TCP", "TERMINATED_HTTPS", "UDP"])),
    must("protocol_port", PORT),
    may("connection_limit", Shape::Number(-1, i64::MAX)),
    may("default_tls_container_ref", WORDS),
    may("sni_container_refs", Shape::Texts),
    may("default_pool_id", Shape::Uuid),
    may("default_pool", Shape::Part(POOL)),
    may("l7policies", Shape::Any),
    may("insert_headers", Shape::Any),
    may("timeout_client_data", TIMEOUT),
    may("timeout_member_connect", TIMEOUT),
    may("timeout_member_data", TIMEOUT),
    may("timeout_tcp_inspect", TIMEOUT),
    may("tags", Shape::Texts),
    may("client_ca_tls_container_ref", WORDS),
    may("client_authentication", Shape::OneOf(&["NONE", "OPTIONAL", "MANDATORY"])),
    may("client_crl_container_ref", WORDS),
    may("allowed_cidrs", Shape::Texts),
    may("tls_ciphers", Shape::Text(2048)),
    may("tls_versions", Shape::Texts),
    may("alpn_protocols", Shape::Texts),
    may("hsts_max_age", SPAN),
    may("hsts_include_subdomains", Shape::Flag),
    may("hsts_preload", Shape::Flag),
];

const POOL: &[Field] = &[
    may("name", WORDS),
    may("description", WORDS),
    may("admin_state_up", Shape::Flag),
    may("protocol", Shape::OneOf(&["HTTP", "HTTPS", "PROXY", "PROXYV2", "SCTP", "TCP", "UDP"])),
    may("lb_algorithm", Shape::OneOf(&["LEAST_CONNECTIONS", "ROUND_ROBIN", "SOURCE_IP", "SOURCE_IP_PORT"])),
    may("session_persistence", Shape::Any),
    may("healthmonitor", Shape::Part(MONITOR)),
    may("members", Shape::Parts(MEMBER)),
    may("tags", Shape::Texts),
    may("tls_container_ref", WORDS),
    may("ca_tls_container_ref", WORDS),
    may("crl_container_ref", WORDS),
    may("tls_enabled", Shape::Flag),
    may("tls_ciphers", Shape::Text(2048)),
    may("tls_versions", Shape::Texts),
    may("alpn_protocols", Shape::Texts),
];

pub(super) const MEMBER: &[Field] = &[
    may("name", WORDS),
    may("admin_state_up", Shape::Flag),
    must("address", Shape::Address),
    must("protocol_port", PORT),
    may("weight", WEIGHT),
    may("backup", Shape::Flag),
    may("subnet_id", Shape::Uuid),
    may("project_id", Shape::Text(36)),
    may("monitor_port", PORT),
    may("monitor_address", Shape::Address),
    may("tags", Shape::Texts),
    may("request_sriov", Shape::Flag),
];

pub(super) const MEMBER_CHANGE: &[Field] = &[
    may("name", WORDS),
    may("admin_state_up", Shape::Flag),
    may("weight", WEIGHT),
    may("backup", Shape::Flag),
    may("monitor_port", PORT),
    may("monitor_address", Shape::Address),
    may("tags", Shape::Texts),
];

const MONITOR: &[Field] = &[
    may("name", WORDS),
    must("type", Shape::OneOf(&["HTTP", "HTTPS", "PING", "SCTP", "TCP", "TLS-HELLO", "UDP-CONNECT"])),
    must("delay", SPAN),
    must("timeout", SPAN),
    may("max_retries_down", RETRIES),
    must("max_retries", RETRIES),
    may("http_method", Shape::OneOf(&["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"])),
    may("url_path", WORDS),
    may("expected_codes", WORDS),
    may("admin_state_up", Shape::Flag),
    may("tags", Shape::Texts),
    may("http_version", Shape::Any),
    may("domain_name", WORDS),
];

/// Holds a body against what it may carry; `argument` is its place in what was sent.
pub(super) fn check(argument: &str, fields: &[Field], given: &Doc) -> Result<(), Answer> {
    let known = |key: &str| fields.iter().any(|field| field.name == key);
    let strange: Vec<&str> = given.keys().map(String::as_str).filter(|key| !known(key)).collect();
    if !strange.is_empty() {
        let s = if strange.len() > 1 { "s" } else { "" };
        return Err(fault(400, &format!("Unknown attribute{s} for argument {argument}: {}", strange.join(", "))));
    }
    for field in fields {
        match given.get(field.name).filter(|value| !value.is_null()) {
            Some(value) => fits(argument, field, value)?,
            None if field.needed => return Err(refused(field.name, &Value::Null, "Mandatory field missing.")),
            None => {}
        }
    }
    Ok(())
}

fn refused(name: &str, value: &Value, reason: &str) -> Answer {
    let value = python_bare(value);
    fault(400, &format!("Invalid input for field/attribute {name}. Value: '{value}'. {reason}"))
}

fn fits(argument: &str, field: &Field, value: &Value) -> Result<(), Answer> {
    let not = |reason: &str| Err(refused(field.name, value, reason));
    let text = value.as_str();
    match field.shape {
        Shape::Text(most) => match text {
            None => not("Value should be string"),
            Some(text) if text.chars().count() > most => {
                not(&format!("Value should have a maximum character requirement of {most}"))
            }
            Some(_) => Ok(()),
        },
        Shape::Flag if !value.is_boolean() => not("Value should be boolean"),
        Shape::Number(least, most) => match value.as_i64() {
            None => not("Value should be integer"),
            Some(number) if number < least => not(&format!("Value should be greater or equal to {least}")),
            Some(number) if number > most => not(&format!("Value should be lower or equal to {most}")),
            Some(_) => Ok(()),
        },
        Shape::Uuid if text.is_none_or(|text| uuid::Uuid::parse_str(text).is_err()) => {
            not("Value should be UUID format")
        }
        Shape::Address if text.is_none_or(|text| text.parse::<IpAddr>().is_err()) => {
            not("Value should be IPv4 or IPv6 format")
        }
        Shape::OneOf(words) if text.is_none_or(|text| !words.contains(&text)) => {
            not(&format!("Value should be one of: {}", words.join(", ")))
        }
        Shape::Texts if value.as_array().is_none_or(|items| !items.iter().all(Value::is_string)) => {
            not("Value should be a list of strings")
        }
        Shape::Part(fields) => part(argument, field, fields, value),
        Shape::Parts(fields) => match value.as_array() {
            Some(items) => items.iter().try_for_each(|item| part(argument, field, fields, item)),
            None => not("Value should be a list"),
        },
        _ => Ok(()),
    }
}

fn part(argument: &str, field: &Field, fields: &[Field], value: &Value) -> Result<(), Answer> {
    match value.as_object() {
        Some(given) => check(&format!("{argument}.{}", field.name), fields, given),
        None => Err(refused(field.name, value, "Value should be an object")),
    }
}
