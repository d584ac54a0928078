//! What is known of real clouds, and of how the simulator compares with them: the recorded exchanges, those that the
//! simulator's tests follow, and the results that the last contract run left behind.
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn entries(path: PathBuf) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A request that a real cloud was sent, and fulfilled.
struct Exchange {
    /// Folder and name: `vm/start`.
    name: String,
    request: Value,
}

/// All that is known.
pub(crate) struct Known {
    exchanges: Vec<Exchange>,
    followed: BTreeSet<String>,
    run: Value,
}

impl Known {
    pub(crate) fn read() -> Self {
        let files = entries(here("tests/fixtures")).into_iter().flat_map(entries);
        let exchanges = files.filter_map(|file| {
            let recorded = json(&file);
            let done = recorded["answer"]["status"].as_u64().is_some_and(|status| status < 400);
            let name = file.with_extension("");
            let parts: Vec<&str> = name.iter().rev().take(2).map(|part| part.to_str().unwrap()).collect();
            done.then(|| Exchange { name: format!("{}/{}", parts[1], parts[0]), request: recorded["request"].clone() })
        });
        let followed = entries(here("../simulator/tests/replayed")).into_iter();
        let followed = followed.map(|file| fs::read_to_string(file).unwrap());
        let followed = followed.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
        Self { exchanges: exchanges.collect(), followed, run: json(&here("../../docs/real-cloud.json")) }
    }

    /// The recorded exchanges in which a real cloud was asked what these requests ask, the nearest first.
    pub(crate) fn recorded(&self, slug: &str, word: &str, requests: &[Value]) -> Vec<&str> {
        let mut found: Vec<&str> = self
            .exchanges
            .iter()
            .filter(|exchange| requests.iter().any(|request| same(request, &exchange.request)))
            .map(|exchange| exchange.name.as_str())
            .collect();
        // One of that kind and that name, then one of that kind.
        found.sort_by_key(|name| {
            let (folder, file) = name.split_once('/').unwrap();
            (folder != slug, file != word, !file.starts_with(word), file.len(), *name)
        });
        found
    }

    /// Whether the simulator's tests follow it.
    pub(crate) fn is_followed(&self, name: &str) -> bool {
        self.followed.contains(name)
    }

    /// How the last contract run ended that called a function: the outcome, and the version of its service.
    pub(crate) fn run(&self, function: &str, service_type: &str) -> Option<(&str, &str)> {
        let outcome = self.run["functions"][function].as_str()?;
        Some((outcome, self.run["services"][service_type].as_str().unwrap_or("of no known version")))
    }

    /// The functions that the contract run knows.
    pub(crate) fn ran(&self) -> BTreeMap<&str, &str> {
        let functions = self.run["functions"].as_object().unwrap().iter();
        functions.map(|(name, outcome)| (name.as_str(), outcome.as_str().unwrap())).collect()
    }

    /// The cloud of the contract run; none when there was none yet.
    pub(crate) fn cloud(&self) -> Option<&str> {
        self.run["cloud"].as_str()
    }
}

/// The requests of a kind, as its snapshot has them.
pub(crate) fn requests(slug: &str) -> Value {
    let path = here("tests/snapshots").join(format!("catalogue__requests_of_{slug}.snap"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(text.splitn(3, "---").nth(2).unwrap()).unwrap()
}

/// Every request in a part of a snapshot.
pub(crate) fn all_in(part: &Value) -> Vec<Value> {
    match part {
        Value::Object(object) if object.get("request").is_some_and(Value::is_string) => vec![part.clone()],
        Value::Object(object) => object.values().flat_map(all_in).collect(),
        Value::Array(items) => items.iter().flat_map(all_in).collect(),
        _ => Vec::new(),
    }
}

/// Whether a request of ours and a recorded one ask the same of things that are called differently.
fn same(ours: &Value, recorded: &Value) -> bool {
    let (method, path) = ours["request"].as_str().unwrap().split_once(' ').unwrap();
    let (ours_at, theirs): (Vec<_>, Vec<_>) = (
        path.split('/').collect(),
        recorded["path"].as_str().unwrap().split('/').filter(|part| !part.is_empty()).collect(),
    );
    let ours_at: Vec<&str> = ours_at.into_iter().filter(|part| !part.is_empty()).collect();
    let named = |part: &str| part.contains("the-") || part.ends_with("-1") || part == "a-name";
    one_service(ours["service"].as_str().unwrap(), recorded["service"].as_str().unwrap())
        && recorded["method"] == method
        && ours_at.len() == theirs.len()
        && ours_at.iter().zip(&theirs).all(|(ours, theirs)| named(ours) || ours == theirs)
        && alike(&ours["body"], &recorded["body"])
}

/// Whether these are names of one service.
fn one_service(one: &str, other: &str) -> bool {
    let names =
        |service: &&openstack::Service, name: &str| service.service_type == name || service.aliases.contains(&name);
    one == other || services::clients::all().iter().any(|service| names(service, one) && names(service, other))
}

/// Whether two bodies say the same sort of thing: they share a key, and what they share is given in both or in neither.
fn alike(ours: &Value, theirs: &Value) -> bool {
    let (Value::Object(ours), Value::Object(theirs)) = (ours, theirs) else {
        let nothing = |body: &Value| body.is_null() || body == "";
        return nothing(ours) == nothing(theirs);
    };
    let mut shared = ours.iter().filter_map(|(key, value)| Some((value, theirs.get(key)?))).peekable();
    let some = shared.peek().is_some() || ours.is_empty();
    some && shared.all(|(ours, theirs)| alike(ours, theirs))
}
