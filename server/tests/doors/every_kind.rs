//! Every kind of the catalogue, through the API and through the forms of pages: created, listed, shown, acted on, deleted.
//! What is done is the example that the kind and each of its actions carry, so a kind that is added is walked, too.
use crate::{
    rpc_input::FORM,
    world::{Person, TEAM, World, everywhere},
};
use http::Method;
use model::{
    Action, Custody, Kind, Scope,
    example::{self, Hole},
    kind::Does,
};
use portal::{Ctx, catalogue};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

const PLACE: &str = "workspace_id=devops-team&environment_id=staging";
/// Far longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(120);

/// Through what somebody comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Api,
    Form,
}

struct Walk<'a> {
    world: &'a World,
    by: By,
    cookie: String,
    /// What examples need beside the thing itself, by kind: its name.
    beside: BTreeMap<&'static str, String>,
    /// The functions that were walked.
    done: Mutex<BTreeSet<String>>,
}

/// The functions of a kind.
fn functions(kind: &Kind) -> impl Iterator<Item = String> {
    let verbs = kind.verbs.iter().map(|verb| verb.function.to_string());
    verbs.chain(kind.actions.iter().map(|action| action.function.to_string()))
}

/// The kinds that lie in one.
fn inside(kind: &Kind) -> impl Iterator<Item = &'static Kind> {
    catalogue().filter(|one| one.parent.as_ref().is_some_and(|up| up.kind == kind.slug))
}

fn path(kind: &Kind) -> String {
    format!("/api/services/{}/{}/{}/", kind.group.as_str(), kind.service, kind.collection)
}

fn kept() -> impl Iterator<Item = &'static Kind> {
    catalogue().filter(|kind| kind.custody == Custody::Kept)
}

/// A form's body: text by name, a list as lines.
fn encoded(fields: &[(String, String)]) -> String {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields).finish()
}

fn spec_fields(spec: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\r\n"),
        other => other.to_string(),
    };
    spec.iter().map(|(name, value)| (format!("spec[{name}]"), text(value))).collect()
}

impl<'a> Walk<'a> {
    async fn new(world: &'a World, by: By) -> Self {
        let beside = BTreeMap::from([
            ("network", "private".to_owned()),
            ("magnum_template", "k8s-small".to_owned()),
            // It lies in each thing that holds some, before anything is done there.
            ("swift_object", "report.txt".to_owned()),
        ]);
        let mut walk = Self { world, by, cookie: world.cookie(Person::Operator).await, beside, done: Mutex::default() };
        let examples = kept().flat_map(|kind| kind.actions.iter().map(|action| &action.example).chain([&kind.example]));
        let needed: BTreeSet<&str> = examples.flat_map(|text| example::needs(text)).collect();
        for kind in kept().filter(|kind| kind.slug != "network") {
            if needed.contains(kind.slug.as_ref()) {
                let name = walk.fresh("beside");
                let spec = walk.filled(&kind.example, &name);
                let id = walk.create_by(By::Api, kind, spec).await;
                let made = walk.active(&id).await;
                walk.beside.insert(kind.slug.as_ref(), made["resource_name"].as_str().unwrap().to_owned());
            }
        }
        walk
    }

    /// What is done with all of a kind was done.
    fn did(&self, kind: &Kind, what: &[Does]) {
        let did = kind.verbs.iter().filter(|verb| what.contains(&verb.does)).map(|verb| verb.function.to_string());
        self.done.lock().unwrap().extend(did);
    }

    fn fresh(&self, word: &str) -> String {
        let by = if self.by == By::Api { "api" } else { "form" };
        format!("{by}-{word}-{}", number())
    }

    fn filled(&self, text: &str, name: &str) -> Map<String, Value> {
        let number = number().to_string();
        let filled = example::filled(text, |hole| match hole {
            Hole::Name => name.to_owned(),
            Hole::Number => number.clone(),
            Hole::One(slug) => self.beside[slug].clone(),
        });
        filled.unwrap()
    }

    /// Creates one; gives the id of its row.
    async fn create_by(&self, by: By, kind: &Kind, spec: Map<String, Value>) -> String {
        let what = format!("create {} by {by:?}", kind.slug);
        if by == By::Api {
            let mut body = Value::Object(spec);
            (body["workspace_id"], body["environment_id"]) = (json!(TEAM), json!("staging"));
            let answer = self.world.post(Person::Operator, &path(kind), body).await;
            assert!([201, 202].contains(&answer.status.as_u16()), "{what}: {} {}", answer.status, answer.text);
            return answer.json()["provisioned"]["id"].as_str().unwrap().to_owned();
        }
        let mut fields = self.place();
        fields
            .extend([("kind".to_owned(), kind.slug.to_string()), ("key".to_owned(), uuid::Uuid::now_v7().to_string())]);
        fields.extend(spec_fields(&spec));
        self.posted("provision", &fields, &what).await
    }

    fn place(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        vec![pair("workspace", TEAM), pair("environment", "staging")]
    }

    /// Posts a form, which must lead to the page of a resource; gives its id.
    async fn posted(&self, function: &str, fields: &[(String, String)], what: &str) -> String {
        let answer = self.world.form(&format!("/rpc/{function}"), &self.cookie, &encoded(fields)).await;
        let to = answer.header("location");
        let id = to.strip_prefix("/w/devops-team/staging/r/");
        id.unwrap_or_else(|| panic!("{what}: {} to {to:?}", answer.status)).to_owned()
    }

    /// Does something; whether it was done.
    async fn act(&self, kind: &Kind, id: &str, action: &Action) -> Result<(), String> {
        let spec = self.filled(&action.example, "");
        if self.by == By::Api {
            let mut body = Value::Object(spec);
            (body["workspace_id"], body["environment_id"]) = (json!(TEAM), json!("staging"));
            let path = format!("{}{id}/{}/", path(kind), action.name);
            let answer = self.world.post(Person::Operator, &path, body).await;
            return answer.status.is_success().then_some(()).ok_or(answer.text);
        }
        let page = format!("/w/{TEAM}/staging/r/{id}/do/{}", action.name);
        let form = self.world.browse(&page, &self.cookie).await;
        assert!(form.status.is_success(), "{page}: {}", form.status);
        let mut fields = self.place();
        let own = [("kind", kind.slug.as_ref()), ("id", id), ("action", action.name.as_ref())];
        fields.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
        fields.push(("key".to_owned(), uuid::Uuid::now_v7().to_string()));
        fields.extend(spec_fields(&spec));
        let answer = self.world.form("/rpc/act", &self.cookie, &encoded(&fields)).await;
        let to = answer.header("location");
        if to == format!("/w/{TEAM}/staging/r/{id}") {
            return Ok(());
        }
        // The same once more as a script sends it: that is told why not.
        let again = self.world.rpc("act", &self.cookie, FORM, encoded(&fields)).await;
        Err(format!("{} to {to:?}: {}", answer.status, again.text))
    }

    async fn row(&self, id: &str) -> Value {
        let path = format!("/api/services/provision/resources/?{PLACE}&search={id}");
        let answer = self.world.get(Person::Viewer, &path).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.json()["resources"].as_array().unwrap().first().cloned().unwrap_or(Value::Null)
    }

    /// Lets the reconciler work until a row is as wanted.
    async fn until(&self, id: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let row = self.row(id).await;
            if wanted(&row) {
                return row;
            }
            assert!(begun.elapsed() < PATIENCE, "{id} is never {what}: {row}");
            self.world.portal.reconcile_once(&Ctx::cli()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn active(&self, id: &str) -> Value {
        self.until(id, "active", |row| row["status"] == "active" && row["busy"].is_null()).await
    }

    async fn made(&self, kind: &Kind, word: &str) -> Value {
        let id = self.create_by(self.by, kind, self.filled(&kind.example, &self.fresh(word))).await;
        self.active(&id).await
    }

    /// Puts an object into what holds some.
    async fn fill(&self, kind: &Kind, id: &str) {
        for inside in browsed(kind) {
            let path = format!("{}report.txt/content/?{PLACE}&parent={id}", path(inside));
            let put = format!("{path}&overwrite=true");
            let answer = self.world.call(Person::Operator, Method::PUT, &put, Some(json!("hello"))).await;
            assert_eq!(answer.status, 201, "{path}: {}", answer.text);
            let answer = self.world.get(Person::Viewer, &path).await;
            assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "\"hello\""), "{path}");
            // They are listed when they are taken out.
            self.done.lock().unwrap().extend(functions(inside));
        }
    }

    /// Takes out what lies in it: only what is empty goes.
    async fn empty(&self, kind: &Kind, id: &str) {
        for inside in browsed(kind) {
            let listed = self.world.get(Person::Viewer, &format!("{}?{PLACE}&parent={id}", path(inside))).await.json();
            for object in listed["resources"].as_array().unwrap() {
                let body = json!({"workspace_id": TEAM, "environment_id": "staging", "object": object["name"]});
                let answer =
                    self.world.post(Person::Operator, &format!("{}{id}/delete_object/", path(kind)), body).await;
                assert!(answer.status.is_success(), "{}", answer.text);
            }
        }
    }

    async fn delete(&self, kind: &Kind, id: &str) {
        self.empty(kind, id).await;
        match self.by {
            By::Api => {
                let path = format!("{}{id}/?{PLACE}", path(kind));
                let answer = self.world.call(Person::Operator, Method::DELETE, &path, None).await;
                assert_eq!(answer.status, 202, "{} {}", kind.slug, answer.text);
            }
            By::Form => {
                let mut fields = self.place();
                fields.push(("id".to_owned(), id.to_owned()));
                self.posted("remove", &fields, &format!("delete {}", kind.slug)).await;
            }
        }
        // What is gone is no longer in the inventory, unless that is asked for.
        self.until(id, "gone", Value::is_null).await;
    }

    /// It stands in the list of its kind and on a page of its own, and what lies in it is listed.
    async fn is_shown(&self, kind: &Kind, row: &Value) {
        let (id, name) = (row["id"].as_str().unwrap(), row["resource_name"].as_str().unwrap());
        match self.by {
            By::Api => {
                let listed = self.world.get(Person::Viewer, &format!("{}?{PLACE}", path(kind))).await.json();
                let found = listed["resources"].as_array().unwrap().iter().any(|one| one["provisioned"]["id"] == id);
                assert!(found && listed["trouble"].is_null(), "{}: {listed}", kind.slug);
                let one = self.world.get(Person::Viewer, &format!("{}{id}/?{PLACE}", path(kind))).await.json();
                assert_eq!((&one["resource"]["name"], &one["resource"]["status"]), (&json!(name), &json!("active")));
                for inner in inside(kind) {
                    let list = self.lists(inner, id).await;
                    for deeper in inside(inner) {
                        let one =
                            list[0]["id"].as_str().unwrap_or_else(|| panic!("{} has no {}", kind.slug, inner.slug));
                        self.lists(deeper, one).await;
                    }
                }
            }
            By::Form => {
                for page in [format!("/w/{TEAM}/staging/k/{}", kind.slug), format!("/w/{TEAM}/staging/r/{id}")] {
                    let answer = self.world.browse(&page, &self.cookie).await;
                    assert!(answer.status.is_success() && answer.text.contains(name), "{page}: {}", answer.status);
                }
                // Its page has what lies in it, and in that.
                for inner in inside(kind) {
                    self.did(inner, &[Does::List]);
                    inside(inner).for_each(|deeper| self.did(deeper, &[Does::List]));
                }
            }
        }
        self.did(kind, &[Does::List, Does::Show]);
    }

    /// What lies in a thing.
    async fn lists(&self, kind: &Kind, parent: &str) -> Value {
        let asked = format!("{}?{PLACE}&parent={parent}", path(kind));
        let answer = self.world.get(Person::Viewer, &asked).await;
        assert!(answer.status.is_success() && answer.json()["trouble"].is_null(), "{asked}: {}", answer.text);
        self.did(kind, &[Does::List]);
        answer.json()["resources"].take()
    }

    /// One of a kind through its whole life.
    async fn walk(&self, kind: &'static Kind) {
        let row = self.made(kind, "whole").await;
        self.is_shown(kind, &row).await;
        self.delete(kind, row["id"].as_str().unwrap()).await;
        self.did(kind, &[Does::Create, Does::Delete]);
        for action in kind.actions.iter() {
            let row = self.made(kind, "acted").await;
            let id = row["id"].as_str().unwrap();
            let done = async |action: &Action| {
                let what = format!("{} {} by {:?}", kind.slug, action.name, self.by);
                self.fill(kind, id).await;
                self.act(kind, id, action).await.unwrap_or_else(|why| panic!("{what}: {why}"));
                let row = self.active(id).await;
                assert!(row["fault"].is_null(), "{what}: {row}");
                self.done.lock().unwrap().insert(action.function.to_string());
            };
            if let Some(before) = kind.action(&action.after) {
                done(before).await;
            }
            done(action).await;
            // So that nothing hangs on it that keeps it from going; where nothing has to be undone, this is refused.
            for after in kind.actions.iter().filter(|other| other.after == action.name) {
                if self.act(kind, id, after).await.is_ok() {
                    self.active(id).await;
                }
            }
            self.delete(kind, id).await;
        }
    }
}

/// What is sent and read as bytes in things of a kind.
fn browsed(kind: &Kind) -> impl Iterator<Item = &'static Kind> {
    let within = |one: &&Kind| one.parent.as_ref().is_some_and(|parent| parent.kind == kind.slug);
    catalogue().filter(within).filter(|one| one.can(Does::Upload))
}

/// A number for names and addresses that nothing has yet.
fn number() -> u8 {
    static NUMBER: AtomicU8 = AtomicU8::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed) % 250 + 1
}

async fn everything(by: By) {
    everywhere(async |world| {
        let walk = Walk::new(world, by).await;
        let mut walked = 0;
        for kind in kept().filter(|kind| kind.can(Does::Create)) {
            walk.walk(kind).await;
            walked += 1;
        }
        assert_eq!(walked, kept().count(), "what is kept can be created");
        // What `docs/services.md` says of every function is true because of this and of the last test.
        let shown = catalogue().filter(|kind| kind.custody == Custody::Live && kind.parent.is_none());
        let shown: BTreeSet<String> = shown.flat_map(functions).collect();
        let all: BTreeSet<String> = catalogue().flat_map(functions).filter(|name| !shown.contains(name)).collect();
        assert_eq!(*walk.done.lock().unwrap(), all, "every function is walked");
        assert_eq!(world.portal.verify_audit().await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_created_listed_shown_acted_on_and_deleted_through_the_api() {
    everything(By::Api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_created_listed_shown_acted_on_and_deleted_through_forms() {
    everything(By::Form).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_that_is_only_shown_is_listed() {
    everywhere(async |world| {
        let live = catalogue().filter(|kind| kind.custody == Custody::Live && kind.parent.is_none());
        for kind in live.filter(|kind| kind.scope == Scope::Project) {
            let lists = kind.verbs.iter().all(|verb| verb.does == Does::List) && kind.actions.is_empty();
            assert!(lists, "{}: what else can be done with it must be walked", kind.slug);
            let answer = world.get(Person::Viewer, &format!("{}?{PLACE}", path(kind))).await;
            assert!(answer.status.is_success() && answer.json()["trouble"].is_null(), "{}: {}", kind.slug, answer.text);
        }
    })
    .await;
}
