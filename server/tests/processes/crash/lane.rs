//! A lane: one site on which cells are played, one after the other.
use super::{
    books::{Books, Cloud},
    ops::{self, Does, NEIGHBOUR, Neighbours, Op},
};
use crate::site::{QUICK, SECRET_KEY, Server, Site};
use portal::catalogue;
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::{Duration, Instant},
};

/// The place of every request.
const PLACE: &str = "workspace_id=devops-team&environment_id=staging";
/// How long books may take to become equal: some seconds, where twenty servers do not share two cores with others.
const SETTLES: Duration = Duration::from_secs(120);

/// How late a late request comes to the cloud: when timeout and quiet time are over, and it has been sent again.
const LATE: Duration = Duration::from_millis(3500);

/// So many of a kind that one list is read of those that are due, even while one of them is leased.
const MANY: usize = 8;

/// What goes wrong in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wrong {
    /// Nothing: the books are kept, and what was passed on the way is told.
    Nothing,
    /// The server dies when it comes to that point for that time.
    Death(&'static str, usize),
    /// The cloud does not answer as it should.
    Answer(&'static str, &'static str),
}

/// What answers a cloud may fail to give, after it has done the work: names, and the simulator's words.
pub(crate) const ANSWERS: [(&str, &str); 4] = [
    ("answer lost", r#"{"kind": "lost_answer"}"#),
    ("answered with 500", r#"{"kind": "failed_answer"}"#),
    ("never answered", r#"{"kind": "latency", "millis": 3600000}"#),
    ("answered after twice our timeout", r#"{"kind": "latency", "millis": 2000}"#),
];

/// How a cell ended.
pub(crate) enum Ended {
    Equal,
    /// The server did not come to the point.
    NotReached,
    Differs(String),
}

pub(crate) struct Lane {
    postgres: Option<String>,
    site: Site,
    server: Option<Server>,
    cloud: Cloud,
    seeded: BTreeSet<(&'static str, String)>,
    neighbours: Neighbours,
    number: usize,
    /// How often each point was come to in the last cell, until its books were equal.
    pub(crate) trace: BTreeMap<String, usize>,
}

impl Lane {
    pub(crate) async fn new(postgres: Option<String>) -> Self {
        let site = Site::new(50, postgres.clone(), QUICK).await;
        let cloud = Cloud::new(&site).await;
        let seeded = cloud.things(&site).await.into_keys().collect();
        let server = Some(site.serve().await);
        let neighbours = Neighbours::new();
        let mut lane = Self { postgres, site, server, cloud, seeded, neighbours, number: 0, trace: BTreeMap::new() };
        for slug in ops::needed() {
            let made = lane.made(slug, lane.spec(slug, NEIGHBOUR)).await;
            lane.neighbours.insert(slug, made["resource_name"].as_str().unwrap().to_owned());
        }
        lane
    }

    fn address(&self) -> std::net::SocketAddr {
        self.server.as_ref().unwrap().address
    }

    /// Plays one cell, and clears up behind it.
    pub(crate) async fn play(&mut self, op: Op, wrong: Wrong) -> Ended {
        self.number += 1;
        let name = format!("cell-{}", self.number);
        let before = self.rows_of(op.kind).await.len();
        let subject = self.prepare(op, &name).await;
        fs::write(self.site.folder().join("trace"), "").unwrap();
        let fault = match (op.does, wrong) {
            (_, Wrong::Answer(_, effect)) => Some(serde_json::from_str(effect).unwrap()),
            (Does::CreateUnanswered, _) => Some(json!({"kind": "lost_answer"})),
            (Does::CreateLate, _) => Some(json!({"kind": "late", "millis": LATE.as_millis()})),
            _ => None,
        };
        if let Some(effect) = fault {
            self.set_fault(op, effect).await;
        }
        if let Wrong::Death(point, count) = wrong {
            self.site.order(&format!("{point} {count} kill"));
        }
        let died = self.ask_until_death(op, wrong, &name, subject.as_deref()).await;
        self.site.cloud_call(Method::DELETE, "/simulator/faults", None).await;
        if op.does == Does::CreateLate {
            // Before it has come, the books say nothing; and whoever died early sent it only when asked again.
            tokio::time::sleep(LATE + Duration::from_secs(1)).await;
        }
        let ended = match self.books_become_equal(op, before, &name).await {
            Ok(()) if died => Ended::Equal,
            Ok(()) => Ended::NotReached,
            Err(why) => Ended::Differs(why),
        };
        let trace = self.read_trace();
        let ended = match self.clear(op).await {
            Err(why) if matches!(ended, Ended::Equal | Ended::NotReached) => {
                Ended::Differs(format!("afterwards: {why}"))
            }
            _ => ended,
        };
        if matches!(ended, Ended::Differs(_)) {
            // What it left behind would be counted in the next cell, too.
            self.audit_is_whole().await;
            *self = Self::new(self.postgres.clone()).await;
        }
        self.trace = trace;
        ended
    }

    /// How often each point was come to so far in this cell.
    fn read_trace(&self) -> BTreeMap<String, usize> {
        let text = fs::read_to_string(self.site.folder().join("trace")).unwrap();
        text.lines().fold(BTreeMap::new(), |mut counts, name| {
            *counts.entry(name.to_owned()).or_default() += 1;
            counts
        })
    }

    /// Whether the audit of everything that was played is whole.
    pub(crate) async fn audit_is_whole(&self) {
        self.site.run(&["audit", "verify"]).await;
    }

    /// Makes what an operation needs; gives the row of what it is done to.
    async fn prepare(&mut self, op: Op, name: &str) -> Option<String> {
        match op.does {
            Does::Act(action) => {
                let id = self.made(op.kind, self.spec(op.kind, name)).await["id"].as_str().unwrap().to_owned();
                if let Some(first) = ops::before(op.kind, action) {
                    let said = self.act(op.kind, &id, first, None).await;
                    assert!(said.as_ref().is_ok_and(|(status, _)| *status < 300), "{first}: {said:?}");
                    self.settled().await.unwrap();
                }
                Some(id)
            }
            Does::Delete | Does::Vanish => {
                let row = self.made(op.kind, self.spec(op.kind, name)).await;
                // What vanishes is asked of the cloud, by its id there.
                let id = if op.does == Does::Vanish { &row["resource_id"] } else { &row["id"] };
                Some(id.as_str().unwrap().to_owned())
            }
            Does::LookAtMany => {
                for number in 0..MANY {
                    self.made(op.kind, self.spec(op.kind, &format!("{name}-{number}"))).await;
                }
                None
            }
            Does::CreateLocked => {
                self.site.order("provision.stored 1 kill");
                let mut spec = self.spec(op.kind, name);
                spec["user_data"] = json!("#cloud-config");
                let _lost = self.create(op.kind, spec, None).await;
                assert!(self.server.as_mut().unwrap().dies().await, "it lives on after provision.stored");
                let server = self.site.spawn("another key, with which nothing opens");
                self.site.ready(&server).await;
                self.server = Some(server);
                None
            }
            _ => None,
        }
    }

    /// Asks, lets the server die where it shall, starts it again and asks again. False when it did not die.
    async fn ask_until_death(&mut self, op: Op, wrong: Wrong, name: &str, subject: Option<&str>) -> bool {
        let mut died = true;
        let (key, deadly) = (format!("key-{name}"), matches!(wrong, Wrong::Death(..)));
        match op.does {
            Does::Vanish => {
                let id = subject.unwrap();
                let parts: Vec<_> = self.cloud.things(&self.site).await.into_iter().collect();
                for ((kind, part), _) in parts.iter().filter(|(_, thing)| thing["network_id"].as_str() == Some(id)) {
                    self.cloud.delete(&self.site, kind, part).await;
                }
                self.cloud.delete(&self.site, op.kind, id).await;
            }
            Does::Start | Does::LookAtMany => {
                self.server.take().unwrap().kill().await;
                if op.does == Does::LookAtMany {
                    // Until all of them are due, and so are in the first round.
                    tokio::time::sleep(Duration::from_millis(1200)).await;
                }
                self.server = Some(self.site.spawn(SECRET_KEY));
                if !deadly {
                    self.site.ready(self.server.as_ref().unwrap()).await;
                }
            }
            Does::CreateLocked => {}
            _ => {
                let _lost = self.ask(op, name, subject, &key).await;
            }
        }
        if deadly {
            died = self.server.as_mut().unwrap().dies().await;
            let _gone = fs::remove_file(self.site.folder().join("order"));
        } else if op.does == Does::CreateLocked {
            // Time for it to find out that it cannot open them.
            tokio::time::sleep(Duration::from_millis(1500)).await;
        }
        if deadly || op.does == Does::CreateLocked {
            if let Some(server) = self.server.take() {
                server.kill().await;
            }
            self.server = Some(self.site.serve().await);
        }
        if deadly && op.is_change() | matches!(op.does, Does::CreateUnanswered | Does::CreateLate) {
            self.asks_again(op, name, subject, &key).await;
        }
        died
    }

    /// As a caller does whose connection broke: the same again, under the same key.
    async fn asks_again(&self, op: Op, name: &str, subject: Option<&str>, key: &str) {
        for _ in 0..50 {
            match self.ask(op, name, subject, key).await {
                Ok((status, _)) if status < 500 => return,
                _ => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    async fn ask(&self, op: Op, name: &str, subject: Option<&str>, key: &str) -> reqwest::Result<(u16, Value)> {
        match (op.does, subject) {
            (Does::Act(action), Some(id)) => self.act(op.kind, id, action, Some(key)).await,
            (Does::Delete, Some(id)) => self.delete(op.kind, id).await,
            _ => self.create(op.kind, self.spec(op.kind, name), Some(key)).await,
        }
    }

    async fn set_fault(&self, op: Op, effect: Value) {
        let (service, path) = ops::asked_at(op);
        let mut fault = json!({"service": service, "path": path.replace("PROJECT", &self.cloud.project), "count": 1});
        fault["effect"] = effect;
        // Everything else is a look.
        for method in match op.does {
            Does::Act(_) => &["POST", "PUT", "DELETE"][..],
            Does::Delete => &["DELETE"],
            _ if service == "object-store" => &["PUT"],
            _ => &["POST"],
        } {
            fault["method"] = json!(method);
            self.site.cloud_call(Method::POST, "/simulator/faults", Some(fault.clone())).await;
        }
    }

    async fn rows_of(&self, kind: &str) -> Vec<Value> {
        let mut rows = self.site.inventory(self.address()).await;
        rows.retain(|row| row["resource_type"] == kind);
        rows
    }

    /// Waits until the books are equal and what was asked for has come about; else says what is missing.
    async fn books_become_equal(&self, op: Op, before: usize, name: &str) -> Result<(), String> {
        let mut why = String::new();
        self.in_time(async || {
            let books = self.books().await;
            let problem = books.differ().or_else(|| outcome(&books, op, before, name));
            why = problem.unwrap_or_default();
            why.is_empty()
        })
        .await
        .then_some(())
        .ok_or(why)
    }

    async fn in_time(&self, mut happens: impl AsyncFnMut() -> bool) -> bool {
        let began = Instant::now();
        while began.elapsed() < SETTLES {
            if happens().await {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    }

    async fn books(&self) -> Books {
        Books::read(&self.site, self.server.as_ref().unwrap(), &self.cloud, &self.seeded).await
    }

    async fn settled(&self) -> Result<(), String> {
        let mut why = String::new();
        let equal = async || {
            why = self.books().await.differ().unwrap_or_default();
            why.is_empty()
        };
        self.in_time(equal).await.then_some(()).ok_or(why)
    }

    /// Deletes all but the neighbours, and waits for equal books.
    async fn clear(&self, op: Op) -> Result<(), String> {
        let rows = self.site.inventory(self.address()).await;
        let own: Vec<_> = rows.iter().filter(|row| !ops::is_called(row, NEIGHBOUR)).collect();
        for row in &own {
            let (kind, id) = (row["resource_type"].as_str().unwrap(), row["id"].as_str().unwrap());
            if let Does::Act(action) = op.does
                && let Some(undo) = ops::undo(action)
            {
                // There may be nothing to undo.
                let _said = self.act(kind, id, undo, None).await;
            }
            let said = self.delete(kind, id).await;
            assert!(said.as_ref().is_ok_and(|(status, _)| *status == 202), "{said:?}");
        }
        let mut why = String::new();
        let gone = async || {
            let books = self.books().await;
            why = match books.rows.len() {
                rows if rows == self.neighbours.len() => books.differ().unwrap_or_default(),
                rows => format!("{rows} rows are left: {:?}", books.rows),
            };
            why.is_empty()
        };
        self.in_time(gone).await.then_some(()).ok_or(why)
    }

    fn spec(&self, kind: &str, name: &str) -> Value {
        ops::spec(kind, name, &self.neighbours)
    }

    async fn made(&self, kind: &str, spec: Value) -> Value {
        let (status, body) = self.create(kind, spec, None).await.unwrap();
        assert!(status < 300, "{kind}: {body}");
        self.settled().await.unwrap();
        let id = &body["provisioned"]["id"];
        let rows = self.site.inventory(self.address()).await;
        rows.into_iter().find(|row| row["id"] == *id).unwrap()
    }

    async fn create(&self, kind: &str, mut spec: Value, key: Option<&str>) -> reqwest::Result<(u16, Value)> {
        spec["workspace_id"] = json!("devops-team");
        spec["environment_id"] = json!("staging");
        self.call(key, Method::POST, &path(kind), Some(spec)).await
    }

    async fn act(&self, kind: &str, id: &str, action: &str, key: Option<&str>) -> reqwest::Result<(u16, Value)> {
        let mut fields = ops::fields(kind, action, &self.neighbours);
        fields["workspace_id"] = json!("devops-team");
        fields["environment_id"] = json!("staging");
        self.call(key, Method::POST, &format!("{}{id}/{action}/", path(kind)), Some(fields)).await
    }

    async fn delete(&self, kind: &str, id: &str) -> reqwest::Result<(u16, Value)> {
        self.call(None, Method::DELETE, &format!("{}{id}/?{PLACE}", path(kind)), None).await
    }

    async fn call(
        &self,
        key: Option<&str>,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<(u16, Value)> {
        let answer = self.site.call_under(key, self.address(), method, path, body).await?;
        Ok((answer.0.as_u16(), answer.1))
    }
}

fn path(kind: &str) -> String {
    let kind = catalogue().find(|one| one.slug == kind).unwrap();
    format!("{}/{}/{}/", kind.group.as_str(), kind.service, kind.collection)
}

/// What is missing of what was asked for.
fn outcome(books: &Books, op: Op, before: usize, name: &str) -> Option<String> {
    let rows: Vec<_> = books.rows.iter().filter(|row| row["resource_type"] == op.kind).collect();
    let (wanted, status) = match op.does {
        Does::Delete | Does::Start => (before, "active"),
        Does::Vanish => (before + 1, "vanished"),
        Does::LookAtMany => (before + MANY, "active"),
        _ => (before + 1, "active"),
    };
    if rows.len() != wanted {
        return Some(format!("{} rows of {wanted}", rows.len()));
    }
    let row = rows.iter().find(|row| ops::is_called(row, name) || op.kind == "floating_ip")?;
    if row["status"] != status {
        return Some(format!("it is {}: {}", row["status"], row["fault"]));
    }
    // What is said to have been done was done.
    let Does::Act(action) = op.does else { return None };
    let thing = books.things.iter().find(|((kind, id), _)| *kind == op.kind && row["resource_id"] == id.as_str());
    let done = thing.and_then(|(_, thing)| ops::done(action, thing)).unwrap_or(true);
    (row["fault"].is_null() && !done).then(|| format!("{action} was not done, and nobody says so"))
}
