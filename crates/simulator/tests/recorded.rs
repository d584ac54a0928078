//! Asks again what a real cloud was asked, and holds each answer against the one that was recorded.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use simulator::{Config, Speed};

use crate::followed::Followed;
use crate::support::Session;

/// What differs from run to run, by its key.
const FREE: [&str; 8] =
    ["created_at", "updated_at", "expires_at", "request_id", "vip_address", "serial", "version", "pool_id"];

/// How long a change takes while a recording is followed: so long that it is seen to have happened after it was asked.
const CHANGE: Duration = Duration::from_millis(1);

/// A cloud that a recording can be followed on.
pub(crate) fn swift() -> Config {
    Config { speed: Speed::fixed(CHANGE), ..Config::default() }
}

/// A session that follows a recording.
pub(crate) struct Replay {
    session: Session,
    /// What the ids of the recording are here.
    ids: HashMap<String, String>,
    from: &'static str,
    followed: Followed,
}

/// The first record of a zone without its serial number and its first span; any other text as it is.
fn timeless(text: &str) -> String {
    match text.split(' ').collect::<Vec<_>>().as_slice() {
        [server, person, _, _, rest @ ..] if rest.len() == 3 => format!("{server} {person} {}", rest.join(" ")),
        _ => text.to_owned(),
    }
}

/// A text without its ids, and its ids.
fn taken_apart(text: &str) -> (String, Vec<String>) {
    let (mut rest, mut left, mut ids) = (text, String::new(), Vec::new());
    while !rest.is_empty() {
        let id = [36, 32].into_iter().filter_map(|length| rest.get(..length)).find(|part| is_id(part));
        match id {
            // An id belongs to the words around it only when it stands alone.
            Some(id) if !left.ends_with(|last: char| last.is_ascii_hexdigit()) => {
                ids.push(id.replace('_', "-"));
                left.push('*');
                rest = &rest[id.len()..];
            }
            _ => {
                let first = rest.chars().next().unwrap();
                left.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    (left, ids)
}

fn is_id(part: &str) -> bool {
    let hyphens = [8, 13, 18, 23];
    part.bytes().enumerate().all(|(at, byte)| match byte {
        b'-' | b'_' => part.len() == 36 && hyphens.contains(&at),
        byte => byte.is_ascii_hexdigit() && !(part.len() == 36 && hyphens.contains(&at)),
    })
}

impl Replay {
    /// Follows what was recorded under names that begin with this.
    pub(crate) fn new(session: &Session, from: &'static str) -> Self {
        Self { session: session.clone(), ids: HashMap::new(), from, followed: Followed::default() }
    }

    /// What an id or an address of the recording is here.
    pub(crate) fn know(&mut self, recorded: &str, here: &str) {
        self.ids.insert(recorded.to_owned(), here.to_owned());
    }

    pub(crate) async fn play_all(&mut self, names: &[&str]) {
        for name in names {
            self.play(name).await;
        }
    }

    /// Asks what was asked, and fails unless the answer is the recorded one.
    pub(crate) async fn play(&mut self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../services/tests/fixtures");
        let name = format!("{}_{name}", self.from);
        let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let recorded: Value = serde_json::from_str(&text).unwrap();
        let mut asked = recorded["request"].to_string();
        for (there, here) in &self.ids {
            asked = asked.replace(there, here);
        }
        let asked: Value = serde_json::from_str(&asked).unwrap();
        let kind = asked["service"].as_str().unwrap();
        let root = self.session.endpoint(kind);
        let path = asked["path"].as_str().unwrap();
        let path = if root.ends_with("/v2") { format!("/{path}") } else { format!("/v2/{path}") };
        let method: Method = asked["method"].as_str().unwrap().parse().unwrap();
        let mut request = self.session.request(method, kind, &path).query(&asked["query"]);
        if let Some(version) = asked["microversion"].as_str() {
            request = request.header("x-openstack-manila-api-version", version);
        }
        if !asked["body"].is_null() {
            request = request.json(&asked["body"]);
        }
        tokio::time::sleep(2 * CHANGE).await;
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.text().await.unwrap();
        let answer = &recorded["answer"];
        assert_eq!(answer["status"], status, "{name}: {body}");
        let body = serde_json::from_str(&body).unwrap_or(Value::Null);
        self.same(&format!("{name}: body"), "", &answer["body"], &body);
        for header in ["content-type", "location", "retry-after"] {
            let here = headers.get(header).map_or(Value::Null, |value| value.to_str().unwrap().into());
            self.same(&format!("{name}: {header}"), "", &answer["headers"][header], &here);
        }
        for header in ["x-compute-request-id", "x-openstack-request-id"] {
            assert_eq!(answer["headers"][header].is_null(), !headers.contains_key(header), "{name}: {header}");
        }
        self.followed.note(&name);
    }

    fn same(&mut self, place: &str, key: &str, recorded: &Value, here: &Value) {
        match (recorded, here) {
            (Value::Object(recorded), Value::Object(here)) => {
                let keys = |map: &serde_json::Map<String, Value>| {
                    let mut keys: Vec<String> = map.keys().cloned().collect();
                    keys.sort();
                    keys
                };
                assert_eq!(keys(recorded), keys(here), "{place}");
                for (key, value) in recorded {
                    self.same(&format!("{place}.{key}"), key, value, &here[key]);
                }
            }
            (Value::Array(recorded), Value::Array(here)) => {
                assert_eq!(recorded.len(), here.len(), "{place}: {here:?}");
                // Lists were recorded in an order of their own.
                // Where each id is known here, things without names are told apart by it.
                let known = recorded.iter().all(|item| item["id"].as_str().is_some_and(|id| self.ids.contains_key(id)));
                let sorted = |list: &[Value]| {
                    let mut list = list.to_vec();
                    list.sort_by_key(|item| {
                        let id = item["id"].as_str().filter(|_| known).unwrap_or_default();
                        let id = self.ids.get(id).map_or(id, String::as_str).to_owned();
                        (item["name"].to_string(), item["type"].to_string(), id)
                    });
                    list
                };
                let (there, home) = (sorted(recorded), sorted(here));
                for (at, (recorded, here)) in there.iter().zip(home.iter()).enumerate() {
                    self.same(&format!("{place}[{at}]"), key, recorded, here);
                }
            }
            (Value::String(_) | Value::Number(_), Value::String(_) | Value::Number(_)) if FREE.contains(&key) => {}
            (Value::String(recorded), Value::String(here)) => self.same_text(place, recorded, here),
            _ => assert_eq!(recorded, here, "{place}"),
        }
    }

    fn same_text(&mut self, place: &str, recorded: &str, here: &str) {
        let mut recorded = recorded.to_owned();
        for kind in ["shared-file-system", "load-balancer", "dns"] {
            let (there, home) = (format!("https://{kind}.cloud.example"), format!("/RegionOne/{kind}"));
            if let Some(at) = here.find(&home).filter(|_| recorded.contains(&there)) {
                recorded = recorded.replace(&there, &here[..at + home.len()]);
            }
        }
        for (there, home) in self.ids.iter().filter(|(there, _)| !is_id(there)) {
            recorded = recorded.replace(there, home);
        }
        let here = &timeless(here);
        let ((recorded, there), (text, ids)) = (taken_apart(&timeless(&recorded)), taken_apart(here));
        // What was asked is asked in the order of its names here.
        let ordered = |text: &str| {
            let mut parts: Vec<String> = text.split(['?', '&']).map(str::to_owned).collect();
            parts.sort();
            parts
        };
        assert_eq!(ordered(&recorded), ordered(&text), "{place}");
        for (there, id) in there.into_iter().zip(ids) {
            let known = self.ids.entry(there).or_insert_with(|| id.clone());
            assert_eq!(*known, id, "{place}");
        }
    }
}
