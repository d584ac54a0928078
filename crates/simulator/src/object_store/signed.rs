//! Temporary addresses: whoever has one may do one thing with one object for a while, without a token.

use axum::http::{HeaderName, header};
use base64::Engine;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;

use super::access::Pass;
use super::{ACCOUNTS, Place, container, meta, words_of};
use crate::answer::Answer;
use crate::call::Call;
use crate::wire;

/// What stays as it is in a header.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// As [`UNRESERVED`], where a space may stand, too.
const SPACED: AsciiSet = UNRESERVED.remove(b' ');

/// What an upload through one may not say: it would reach beyond the one object.
const DISALLOWED: [(&str, &str); 3] = [
    ("x-object-manifest", "X-Object-Manifest"),
    ("x-symlink-target", "X-Symlink-Target"),
    ("x-copy-from", "X-Copy-From"),
];

/// How a signature was made, and its bytes.
enum Signature {
    Sha1(Vec<u8>),
    Sha256(Vec<u8>),
    Sha512(Vec<u8>),
}

impl Signature {
    /// Digits, whose number tells the method, or the method's name before Base64.
    fn parse(text: &str) -> Option<Self> {
        if let Some((method, text)) = text.split_once(':') {
            let text = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
            let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(text).ok()?;
            return match method {
                "sha1" => Some(Self::Sha1(bytes)),
                "sha256" => Some(Self::Sha256(bytes)),
                "sha512" => Some(Self::Sha512(bytes)),
                _ => None,
            };
        }
        let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
        let bytes: Vec<u8> = (0..text.len()).step_by(2).map(pair).collect::<Option<_>>()?;
        match bytes.len() {
            20 => Some(Self::Sha1(bytes)),
            32 => Some(Self::Sha256(bytes)),
            64 => Some(Self::Sha512(bytes)),
            _ => None,
        }
    }

    fn is_of(&self, key: &[u8], text: &str) -> bool {
        fn verified<M: Mac + KeyInit>(key: &[u8], text: &str, signature: &[u8]) -> bool {
            <M as KeyInit>::new_from_slice(key)
                .is_ok_and(|mac| mac.chain_update(text.as_bytes()).verify_slice(signature).is_ok())
        }
        match self {
            Self::Sha1(bytes) => verified::<Hmac<Sha1>>(key, text, bytes),
            Self::Sha256(bytes) => verified::<Hmac<Sha256>>(key, text, bytes),
            Self::Sha512(bytes) => verified::<Hmac<Sha512>>(key, text, bytes),
        }
    }
}

fn invalid() -> Answer {
    words_of(401, "401 Unauthorized: Temp URL invalid\n")
}

/// When an address ends; nothing when it has ended or says no time.
fn until(text: &str, now: i64) -> Option<i64> {
    let seconds = match text.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => OffsetDateTime::parse(text, &Iso8601::DEFAULT).ok()?.unix_timestamp(),
    };
    (seconds >= now / 1_000_000).then_some(seconds)
}

/// The keys that may have signed it, with the container to which each is limited.
fn keys(call: &Call<'_>, place: &Place, name: &str) -> Vec<(String, Option<String>)> {
    let account = call.get(ACCOUNTS, &place.account);
    let held = container(call, &place.project, name).ok();
    let mut keys = Vec::new();
    for (row, kind, within) in [(account, "account", None), (held, "container", Some(name.to_owned()))] {
        for end in ["", "-2"] {
            let header = format!("x-{kind}-meta-temp-url-key{end}");
            if let Some(key) = row.and_then(|row| meta::held(row, &header)) {
                keys.push((key.to_owned(), within.clone()));
            }
        }
    }
    keys
}

/// What a signed address lets its holder do; nothing when this is none.
pub(super) fn opened(call: &Call<'_>, place: &Place) -> Result<Option<Pass>, Answer> {
    let (signature, expires) = (call.param("temp_url_sig"), call.param("temp_url_expires"));
    if signature.is_none() && expires.is_none() {
        return Ok(None);
    }
    let pass = verified(call, place, signature, expires).ok_or_else(invalid)?;
    let changes = !matches!(call.method.as_str(), "GET" | "HEAD");
    match DISALLOWED.iter().find(|(header, _)| changes && call.header(header).is_some()) {
        Some((_, name)) => Err(words_of(400, &format!("The header '{name}' is not allowed in this tempurl"))),
        None => Ok(Some(pass)),
    }
}

fn verified(call: &Call<'_>, place: &Place, signature: Option<&str>, expires: Option<&str>) -> Option<Pass> {
    let until = until(expires?, call.now)?;
    let signature = Signature::parse(signature?)?;
    let (name, object) = (place.container.as_deref()?, place.object.as_deref()?);
    if !matches!(call.method.as_str(), "GET" | "HEAD" | "PUT" | "POST" | "DELETE")
        || call.param("temp_url_ip_range").is_some()
    {
        return None;
    }
    let (before, end) = match call.param("temp_url_prefix") {
        Some(prefix) if object.starts_with(prefix) => ("prefix:", prefix),
        Some(_) => return None,
        None => ("", object),
    };
    // A client signs the path of its address. What stands before the version in ours no proxy takes away, so that it
    // is part of that path, while a client that knows Swift's own path leaves it out: both are right.
    let own = format!("/v1/{}/{name}/{end}", place.account);
    let paths = [own.clone(), format!("/{}/object-store{own}", call.region)];
    let methods = match call.method.as_str() {
        "HEAD" => vec!["HEAD", "GET", "POST", "PUT"],
        method => vec![method],
    };
    let (_, within) = keys(call, place, name).into_iter().find(|(key, _)| {
        methods.iter().any(|method| {
            paths.iter().any(|path| signature.is_of(key.as_bytes(), &format!("{method}\n{until}\n{before}{path}")))
        })
    })?;
    Some(Pass { owner: false, within, signed_until: Some(until) })
}

/// What an answer to a signed address shows, and does not.
pub(super) fn dressed(call: &Call<'_>, place: &Place, pass: &Pass, mut answer: Answer) -> Answer {
    let Some(until) = pass.signed_until else { return answer };
    let private = |name: &HeaderName| {
        name.as_str().starts_with("x-object-meta-") && !name.as_str().starts_with("x-object-meta-public-")
    };
    answer.headers.retain(|(name, _)| !private(name));
    if !answer.status.is_success() || !matches!(call.method.as_str(), "GET" | "HEAD") {
        return answer;
    }
    let held = answer.headers.iter().find(|(name, _)| *name == header::CONTENT_DISPOSITION);
    let held = held.and_then(|(_, value)| value.to_str().ok()).map(str::to_owned);
    answer.headers.retain(|(name, _)| *name != header::CONTENT_DISPOSITION);
    let named = |kind: &str, name: &str| {
        let spaced = utf8_percent_encode(name, &SPACED).to_string();
        let strict = utf8_percent_encode(name, &UNRESERVED);
        format!("{kind}; filename=\"{spaced}\"; filename*=UTF-8''{strict}")
    };
    let object = place.object.as_deref().unwrap_or_default().trim_end_matches('/');
    let own_name = object.rsplit('/').next().unwrap_or_default();
    let disposition = match (call.param("inline"), call.param("filename").filter(|name| !name.is_empty()), held) {
        (Some(_), Some(name), _) => named("inline", name),
        (Some(_), None, _) => "inline".to_owned(),
        (None, Some(name), _) => named("attachment", name),
        (None, None, Some(held)) => held,
        (None, None, None) => named("attachment", own_name),
    };
    answer
        .with(header::CONTENT_DISPOSITION, &disposition)
        .with(header::EXPIRES, &wire::http(until.saturating_mul(1_000_000)))
}
