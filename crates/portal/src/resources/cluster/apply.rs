//! Server-side apply of many objects, each by itself: what one is refused for keeps no other from being applied.
//! <https://kubernetes.io/docs/reference/using-api/server-side-apply/>
use super::{ClusterError, manifest::Object};
use kube::{
    api::{ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams},
    client::{Body, Client},
    core::{Request, Resource, Status, discovery::Scope},
    discovery,
};
use model::applied::{Applied, Became};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;
use std::{collections::HashMap, time::Duration};
use tokio::time::{Instant, sleep, timeout_at};

/// By this name the API server knows what we own.
const MANAGER: &str = "atonix";
/// The namespace of an object that names none, as with `kubectl`.
const NAMESPACE: &str = "default";
/// How long to wait for a definition of custom resources to be established.
const ESTABLISHING: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);
/// How much of an API server's words is kept, in characters.
const WORDS: usize = 2_000;
const EXTENSIONS: &str = "apiextensions.k8s.io/";

/// What the API server said to a request.
struct Said {
    code: u16,
    body: Vec<u8>,
}

/// An object without its content.
#[derive(Default, Deserialize)]
struct Known {
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    resource_version: String,
}

/// Why an object was not applied.
enum Refusal {
    /// In the API server's words.
    Words(String),
    /// It was not asked.
    Unasked(ClusterError),
}

impl From<ClusterError> for Refusal {
    fn from(error: ClusterError) -> Self {
        Self::Unasked(error)
    }
}

/// Where objects of a kind are.
#[derive(Clone)]
struct Place {
    resource: ApiResource,
    namespaced: bool,
}

/// Applies objects: namespaces first, then definitions of custom resources, then all others in their order. Gives what
/// became of each, in their order.
///
/// # Errors
/// When the API server cannot be spoken to at all. What fails later is told of the objects that it kept from being applied.
pub(super) async fn all(
    client: &Client,
    objects: Vec<Object>,
    force: bool,
    deadline: Instant,
) -> Result<Vec<Applied>, ClusterError> {
    // Whatever it answers to this: it answers.
    client.list_core_api_versions().await.map(drop).or_else(|error| spoke(error).map(drop))?;
    let mut work = Work { client, force, places: HashMap::new(), defined: Vec::new() };
    let mut order: Vec<usize> = (0..objects.len()).collect();
    order.sort_by_key(|at| rank(&objects[*at]));
    let mut results: Vec<Option<Applied>> = objects.iter().map(|_| None).collect();
    for at in order {
        let object = &objects[at];
        let ended = timeout_at(deadline, work.one(object)).await;
        let ended = ended.unwrap_or_else(|_| {
            Err(Refusal::Words("Time ran out before its turn ended. Apply the manifest again.".to_owned()))
        });
        results[at] = Some(applied(object, ended));
    }
    Ok(results.into_iter().flatten().collect())
}

fn is_definition(object: &Object) -> bool {
    object.kind == "CustomResourceDefinition" && object.api_version.starts_with(EXTENSIONS)
}

fn rank(object: &Object) -> u8 {
    match object.kind.as_str() {
        "Namespace" if object.api_version == "v1" => 0,
        _ if is_definition(object) => 1,
        _ => 2,
    }
}

fn applied(object: &Object, ended: Result<(Became, Option<String>, Option<String>), Refusal>) -> Applied {
    let (result, namespace, message) = match ended {
        Ok((became, namespace, note)) => (became, namespace, note),
        Err(refusal) => {
            let words = match refusal {
                Refusal::Words(words) => words,
                Refusal::Unasked(error) => error.to_string(),
            };
            (Became::Failed, object.namespace.clone(), Some(words))
        }
    };
    Applied {
        api_version: object.api_version.clone(),
        kind: object.kind.clone(),
        namespace,
        name: object.name.clone(),
        result,
        message: message.map(|words| words.chars().take(WORDS).collect()),
    }
}

struct Work<'a> {
    client: &'a Client,
    force: bool,
    places: HashMap<(String, String), Place>,
    /// The groups whose kinds this manifest defines.
    defined: Vec<String>,
}

impl Work<'_> {
    /// What became of one, its namespace, and what else is to be known.
    async fn one(&mut self, object: &Object) -> Result<(Became, Option<String>, Option<String>), Refusal> {
        let place = self.place(object).await?;
        let namespace = place.namespaced.then(|| object.namespace.clone().unwrap_or_else(|| NAMESPACE.to_owned()));
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let within = namespace.as_deref().map(encoded);
        let at = Request::new(DynamicObject::url_path(&place.resource, within.as_deref()));
        let name = encoded(&object.name);
        let before = self.send(built(at.get_metadata(&name, &Default::default()))?).await?;
        let before = match before.code {
            404 => None,
            _ => Some(read::<Known>(&before)?.metadata.resource_version),
        };
        let mut params = PatchParams::apply(MANAGER);
        params.force = self.force;
        let asked = built(at.patch_metadata(&name, &params, &Patch::Apply(&object.value)))?;
        let after = read::<Known>(&self.send(asked).await?)?.metadata.resource_version;
        let note = match is_definition(object) {
            true => self.established(object, &at, &name).await?,
            false => None,
        };
        let became = match before {
            None => Became::Created,
            Some(before) if before == after => Became::Unchanged,
            Some(_) => Became::Configured,
        };
        Ok((became, namespace, note))
    }

    /// Where objects of that kind are. One that this manifest defines may take a moment to be served.
    async fn place(&mut self, object: &Object) -> Result<Place, Refusal> {
        let key = (object.api_version.clone(), object.kind.clone());
        if let Some(place) = self.places.get(&key) {
            return Ok(place.clone());
        }
        let (group, version) = object.api_version.split_once('/').unwrap_or(("", &object.api_version));
        let wanted = GroupVersionKind::gvk(group, version, &object.kind);
        let patience = match self.defined.iter().any(|defined| defined == group) {
            true => ESTABLISHING,
            false => Duration::ZERO,
        };
        let until = Instant::now() + patience;
        loop {
            match discovery::pinned_kind(self.client, &wanted).await {
                Ok((resource, capabilities)) => {
                    let place = Place { resource, namespaced: capabilities.scope == Scope::Namespaced };
                    self.places.insert(key, place.clone());
                    return Ok(place);
                }
                Err(error) => match spoke(error)? {
                    // As kubectl says it, who finds out in the same way.
                    None | Some(404) if Instant::now() >= until => {
                        let (kind, version) = (&object.kind, &object.api_version);
                        return Err(Refusal::Words(format!("no matches for kind \"{kind}\" in version \"{version}\"")));
                    }
                    None | Some(404) => sleep(PAUSE).await,
                    Some(code) => return Err(Refusal::Words(format!("the API server answered {code}"))),
                },
            }
        }
    }

    /// Waits for a definition to be established; says so when it is not.
    async fn established(&mut self, object: &Object, at: &Request, name: &str) -> Result<Option<String>, Refusal> {
        if let Some(group) = object.value.pointer("/spec/group").and_then(Value::as_str) {
            self.defined.push(group.to_owned());
        }
        let until = Instant::now() + ESTABLISHING;
        loop {
            let said: Value = read(&self.send(built(at.get(name, &Default::default()))?).await?)?;
            let conditions = said.pointer("/status/conditions").and_then(Value::as_array);
            let find = |kind: &str| conditions.into_iter().flatten().find(|one| one["type"] == kind);
            if find("Established").is_some_and(|one| one["status"] == "True") {
                return Ok(None);
            }
            if let Some(refused) = find("NamesAccepted").filter(|one| one["status"] == "False") {
                let why = refused["message"].as_str().unwrap_or_default();
                return Ok(Some(format!("Its names are not accepted: {why}")));
            }
            if Instant::now() >= until {
                let seconds = ESTABLISHING.as_secs();
                return Ok(Some(format!("It was not established within {seconds} s.")));
            }
            sleep(PAUSE).await;
        }
    }

    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<Said, ClusterError> {
        let unreadable = |error: kube::Error| ClusterError::Unreadable(error.to_string());
        let answer = match self.client.send(request.map(Body::from)).await {
            Ok(answer) => answer,
            Err(error) => return Err(transport(error)),
        };
        let code = answer.status().as_u16();
        Ok(Said { code, body: answer.into_body().collect_bytes().await.map_err(unreadable)?.to_vec() })
    }
}

/// A request as it was built; one that cannot be has a name that no address can.
fn built(
    request: Result<http::Request<Vec<u8>>, kube::core::request::Error>,
) -> Result<http::Request<Vec<u8>>, Refusal> {
    request.map_err(|error| Refusal::Words(error.to_string()))
}

/// Reads an answer, or the refusal in it.
fn read<T: for<'de> Deserialize<'de>>(said: &Said) -> Result<T, Refusal> {
    if (200..300).contains(&said.code) {
        // What stands there may be a secret: the error says where, not what.
        return serde_json::from_slice(&said.body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Refusal::Unasked(ClusterError::Unreadable(format!("no JSON object at line {line}, column {column}")))
        });
    }
    let status: Status = serde_json::from_slice(&said.body).unwrap_or_default();
    match status.message.is_empty() {
        true => Err(Refusal::Words(format!("the API server answered {}", said.code))),
        false => Err(Refusal::Words(status.message)),
    }
}

/// What an API server that spoke said: its status, or none where what it listed lacks what was looked for.
fn spoke(error: kube::Error) -> Result<Option<u16>, ClusterError> {
    match error {
        kube::Error::Api(status) => Ok(Some(status.code)),
        kube::Error::Discovery(_) => Ok(None),
        other => Err(transport(other)),
    }
}

/// So much of a text that somebody else wrote.
fn cut(text: &str) -> String {
    text.chars().take(WORDS).collect()
}

/// What the transport below `kube` said.
fn transport(error: kube::Error) -> ClusterError {
    match error {
        kube::Error::Service(inner) => match inner.downcast::<ClusterError>() {
            Ok(error) => *error,
            Err(other) => ClusterError::Unreadable(cut(&other.to_string())),
        },
        // Where it stops being what it should be, and nothing of what it said, which may be long and may be anything.
        kube::Error::SerdeError(error) => {
            ClusterError::Unreadable(format!("line {}, column {}", error.line(), error.column()))
        }
        other => ClusterError::Unreadable(cut(&other.to_string())),
    }
}
