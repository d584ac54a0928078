//! Asks once more what a real cloud was asked, and holds each answer against the recorded one.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use reqwest::Method;
use serde_json::Value;
use sha2::Sha256;
use simulator::{Config, Speed};

use crate::followed::Followed;
use crate::support::Session;

/// Long enough that a change is seen to be later than what it changes, short enough to wait for.
const CHANGE: Duration = Duration::from_millis(1);

/// What differs in every run.
const TIMES: [&str; 6] =
    ["created_at", "updated_at", "last_modified", "last-modified", "provision_updated_at", "last_power_state_change"];

/// A cloud on which a recording can be followed.
pub(crate) fn quick() -> Config {
    Config { speed: Speed::fixed(CHANGE), ..Config::default() }
}

/// One session that follows recordings.
pub(crate) struct Tape {
    session: Session,
    folder: &'static str,
    /// What the ids of the recording are here.
    ids: HashMap<String, String>,
    /// What temporary addresses are signed with.
    key: Option<&'static str>,
    /// One for all tapes of a test.
    followed: Arc<Mutex<Followed>>,
}

impl Tape {
    pub(crate) fn new(session: &Session, folder: &'static str) -> Self {
        Self { session: session.clone(), folder, ids: HashMap::new(), key: None, followed: Arc::default() }
    }

    /// The same recording goes on with things of another kind.
    pub(crate) fn in_folder(&self, folder: &'static str) -> Self {
        Self {
            session: self.session.clone(),
            folder,
            ids: self.ids.clone(),
            key: self.key,
            followed: Arc::clone(&self.followed),
        }
    }

    /// The same recording goes on as somebody else.
    pub(crate) fn signed_in(&self, session: &Session) -> Self {
        Self { session: session.clone(), ..self.in_folder(self.folder) }
    }

    pub(crate) fn know(&mut self, recorded: &str, here: &str) {
        self.ids.insert(recorded.to_owned(), here.to_owned());
    }

    /// Signs temporary addresses from here on: the recorded signatures are blotted out.
    pub(crate) fn sign(&mut self, key: &'static str) {
        self.key = Some(key);
    }

    pub(crate) async fn follow(&mut self, names: &[&str]) {
        for name in names {
            self.play(name).await;
        }
    }

    async fn play(&mut self, name: &str) {
        // What is of another kind says so.
        let name = if name.contains('/') { name.to_owned() } else { format!("{}/{name}", self.folder) };
        let file = format!("../services/tests/fixtures/{name}.json");
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let recorded: Value = serde_json::from_str(&text).unwrap();
        let asked: Value = serde_json::from_str(&self.here(&recorded["request"].to_string())).unwrap();
        tokio::time::sleep(3 * CHANGE).await;
        let response = self.request(&asked).send().await.unwrap();
        let answer = &recorded["answer"];
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.unwrap();
        assert_eq!(answer["status"], status, "{name}: {body}");
        let body = match body.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        };
        self.learn(&answer["body"], &body);
        self.same(&format!("{name}: body"), "", &answer["body"], &body);
        for (header, value) in answer["headers"].as_object().unwrap() {
            let here = headers.get(header).map_or(Value::Null, |value| value.to_str().unwrap().into());
            match header.as_str() {
                // No body follows a 204, so that this server does not say how long it would be.
                "content-length" if status == 204 => {}
                "x-openstack-request-id" => {
                    let start = |value: &Value| value.as_str().map(|text| text[..2].to_owned());
                    assert_eq!(start(value), start(&here), "{name}: {header}");
                }
                key => self.same(&format!("{name}: {header}"), key, value, &here),
            }
        }
        self.followed.lock().unwrap().note(&name);
    }

    fn request(&self, asked: &Value) -> reqwest::RequestBuilder {
        let method: Method = asked["method"].as_str().unwrap().parse().unwrap();
        let url = self.session.endpoint(asked["service"].as_str().unwrap());
        let path = asked["path"].as_str().unwrap();
        // The catalogue has its address without a version.
        let url = if asked["service"] == "baremetal" { format!("{url}/v1") } else { url };
        let url = if path.is_empty() { url } else { format!("{url}/{path}") };
        let mut query = asked["query"].clone();
        if let Some(key) = self.key.filter(|_| query["temp_url_sig"].is_string()) {
            let root = format!("http://{}", url.split('/').nth(2).unwrap());
            (query["temp_url_sig"], query["temp_url_expires"]) = signed(key, "GET", url.trim_start_matches(&root));
        }
        let accept = "application/json";
        let mut request = self.session.http.request(method, url).query(&query).header("accept", accept);
        if asked["anonymous"] != true {
            request = request.header("x-auth-token", &self.session.token);
        }
        if let Some(version) = asked["microversion"].as_str() {
            request = match asked["service"].as_str() {
                Some("baremetal") => request.header("x-openstack-ironic-api-version", version),
                _ => request.header("openstack-api-version", format!("container {version}")),
            };
        }
        for (name, value) in asked["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap());
        }
        match &asked["body"] {
            Value::Null => request,
            Value::String(text) => request.body(text.clone()),
            body => request.json(body),
        }
    }

    /// A text of the recording with what its ids and hosts are here.
    fn here(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (there, here) in &self.ids {
            text = text.replace(there, here);
        }
        for (service, host) in [
            ("container", "https://container.cloud.example"),
            ("baremetal", "https://baremetal.cloud.example"),
            ("accelerator", "https://accelerator.cloud.example/accelerator"),
        ] {
            let root = self.session.endpoint(service);
            text = text.replace(host, root.trim_end_matches("/v1").trim_end_matches("/v2"));
        }
        text
    }

    /// Remembers ids that stand at the same place.
    fn learn(&mut self, recorded: &Value, here: &Value) {
        match (recorded, here) {
            (Value::Object(recorded), Value::Object(here)) => {
                for (key, value) in recorded {
                    if let Some(here) = here.get(key) {
                        self.learn(value, here);
                    }
                }
            }
            (Value::Array(recorded), Value::Array(here)) => {
                recorded.iter().zip(here).for_each(|(recorded, here)| self.learn(recorded, here));
            }
            (Value::String(recorded), Value::String(here)) if is_id(recorded) && is_id(here) => {
                self.ids.entry(recorded.clone()).or_insert_with(|| here.clone());
            }
            _ => {}
        }
    }

    fn same(&self, place: &str, key: &str, recorded: &Value, here: &Value) {
        match (recorded, here) {
            (Value::Object(recorded), Value::Object(here)) => {
                let keys = |map: &serde_json::Map<String, Value>| {
                    map.keys().cloned().collect::<std::collections::BTreeSet<_>>()
                };
                assert_eq!(keys(recorded), keys(here), "{place}");
                for (key, value) in recorded {
                    self.same(&format!("{place}.{key}"), key, value, &here[key]);
                }
            }
            (Value::Array(recorded), Value::Array(here)) => {
                assert_eq!(recorded.len(), here.len(), "{place}: {here:?}");
                for (at, (recorded, here)) in recorded.iter().zip(here).enumerate() {
                    self.same(&format!("{place}[{at}]"), key, recorded, here);
                }
            }
            (Value::String(recorded), Value::String(here)) if TIMES.contains(&key) => {
                assert_eq!(shape(recorded), shape(here), "{place}");
            }
            (Value::String(recorded), Value::String(here)) => {
                assert_eq!(nameless(&self.here(recorded)), nameless(here), "{place}");
            }
            _ => assert_eq!(recorded, here, "{place}"),
        }
    }
}

/// A signature for five minutes, and when they end.
pub(crate) fn signed(key: &str, method: &str, path: &str) -> (Value, Value) {
    let until = time::OffsetDateTime::now_utc().unix_timestamp() + 300;
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    let bytes = mac.chain_update(format!("{method}\n{until}\n{path}")).finalize().into_bytes();
    let signature: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    (signature.into(), until.to_string().into())
}

/// An id of 32 digits, with or without hyphens.
fn is_id(text: &str) -> bool {
    let digits = text.replace('-', "");
    digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A time without what differs: `0000-00-00 00:00:00`, or `Aaa, 00 Aaa 0000 00:00:00 GMT`.
fn shape(time: &str) -> String {
    let kind = |c: char| match c {
        '0'..='9' => '0',
        c if c.is_ascii_lowercase() || (c.is_ascii_uppercase() && time.ends_with("GMT")) => 'a',
        c => c,
    };
    time.chars().map(kind).collect()
}

/// A container of a capsule has a made-up name: a Greek letter and a number at its end.
fn nameless(text: &str) -> String {
    match text.strip_prefix("capsule-").map(|rest| rest.rsplitn(3, '-').collect::<Vec<_>>()) {
        Some(parts) if parts.len() == 3 && parts[0].parse::<u8>().is_ok() => format!("capsule-{}", parts[2]),
        _ => text.to_owned(),
    }
}
