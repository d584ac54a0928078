//! What the records of each type have to look like.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::names::domain;

const TYPES: [&str; 17] = [
    "A", "AAAA", "CNAME", "MX", "SRV", "TXT", "SPF", "NS", "PTR", "SSHFP", "SOA", "NAPTR", "CAA", "CERT", "HTTPS",
    "SVCB", "TLSA",
];

/// Where a type stands among the others; lists are sorted by that, and not by the alphabet.
pub(super) fn rank(kind: &str) -> usize {
    TYPES.iter().position(|known| *known == kind).unwrap_or(TYPES.len())
}

pub(super) fn is_type(kind: &str) -> bool {
    TYPES.contains(&kind)
}

fn number(text: &str, most: u32) -> bool {
    text.parse::<u32>().is_ok_and(|number| number <= most && number.to_string() == text)
}

/// A text in quotes with those inside escaped, or one without spaces.
fn text(data: &str) -> bool {
    let quoted = data.len() > 1 && data.starts_with('"') && data.ends_with('"');
    if data.chars().count() > 255 && !quoted || data.contains('\n') || data.ends_with('\\') {
        return false;
    }
    if !quoted {
        return !data.starts_with('"') && !data.ends_with('"') && !data.contains(char::is_whitespace);
    }
    // A long text is several, each in its own quotes.
    data[1..data.len() - 1].split("\" \"").all(|part| {
        let mut before = ' ';
        part.chars().count() <= 253 && part.chars().all(|c| std::mem::replace(&mut before, c) == '\\' || c != '"')
    })
}

fn certificate_authority(data: &str) -> bool {
    let mut parts = data.splitn(3, ' ');
    let (Some(flags), Some(tag), Some(_)) = (parts.next(), parts.next(), parts.next()) else { return false };
    number(flags, 1) && matches!(tag, "issue" | "issuewild" | "iodef")
}

/// Whether this can be a record of a type. Of types that hardly anybody uses only emptiness is refused.
pub(super) fn fits(kind: &str, data: &str) -> bool {
    let parts: Vec<&str> = data.split(' ').collect();
    match (kind, parts.as_slice()) {
        ("A", _) => data.parse::<Ipv4Addr>().is_ok(),
        ("AAAA", _) => data.parse::<Ipv6Addr>().is_ok(),
        ("CNAME" | "NS" | "PTR", _) => domain(data).is_ok(),
        ("MX", [priority, exchange]) => number(priority, 65_535) && exchange.ends_with('.'),
        ("SRV", [priority, weight, port, target]) => {
            [priority, weight, port].iter().all(|text| number(text, 65_535)) && domain(target).is_ok()
        }
        ("SSHFP", [algorithm, kind, print]) => {
            let hex = print.bytes().all(|byte| byte.is_ascii_hexdigit());
            number(algorithm, 4) && number(kind, 2) && hex && matches!(print.len(), 10..=40 | 64)
        }
        ("MX" | "SRV" | "SSHFP", _) => false,
        ("TXT" | "SPF", _) => text(data),
        ("CAA", _) => certificate_authority(data),
        _ => !data.is_empty(),
    }
}
