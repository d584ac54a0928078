//! A server for tests: its router, people with tokens, and a simulated cloud. On SQLite, and on PostgreSQL where
//! `ATONIX_TEST_POSTGRES` names one.
use axum::{Router, body::Body};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use model::{
    Environment, Place, Role, WorkspaceSlug,
    view::{NewBinding, NewToken},
};
use portal::{Ctx, Portal, db::Db};
use serde_json::{Value, json};
use server::{Config, Server};
use simulator::{Simulator, Speed};
use std::{
    io::Write,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

/// The password of every user.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// The workspace that all but the stranger belong to.
pub(crate) const TEAM: &str = "devops-team";
/// Where browsers find us.
pub(crate) const HOST: &str = "portal.test";

/// Everybody who may come to a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    Nobody,
    Stranger,
    Viewer,
    Operator,
    Owner,
    Staff,
    /// The operator's token for another workspace.
    Elsewhere,
    /// The operator's token that only reads.
    Reader,
}

impl Person {
    pub(crate) const ALL: [Self; 8] = [
        Self::Nobody,
        Self::Stranger,
        Self::Viewer,
        Self::Operator,
        Self::Owner,
        Self::Staff,
        Self::Elsewhere,
        Self::Reader,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Stranger => "stranger",
            Self::Viewer => "viewer",
            Self::Operator | Self::Elsewhere | Self::Reader => "operator",
            Self::Owner => "owner",
            Self::Staff => "staff",
        }
    }
}

/// The server under test.
pub(crate) struct World {
    pub(crate) portal: Portal,
    pub(crate) server: Server,
    pub(crate) simulator: Simulator,
    /// The same database once more, to look at it past the portal.
    pub(crate) db: Db,
    router: Router,
    tokens: Vec<(Person, String)>,
    _folder: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {:?} is no JSON", self.status, self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Runs a test on every database that there is.
pub(crate) async fn everywhere(test: impl AsyncFn(&World)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/atonix.db", folder.path().display());
    test(&World::open(url, folder, &[]).await).await;
    if let Some(url) = postgres().await {
        test(&World::open(url, tempfile::tempdir().unwrap(), &[]).await).await;
    }
}

/// Runs a test on PostgreSQL, if there is one: what several servers do.
pub(crate) async fn postgresql(test: impl AsyncFn(&World)) {
    if let Some(url) = postgres().await {
        test(&World::open(url, tempfile::tempdir().unwrap(), &[]).await).await;
    }
}

/// A server on SQLite with more in its environment.
pub(crate) async fn with(environment: &[(&str, &str)]) -> World {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/atonix.db", folder.path().display());
    World::open(url, folder, environment).await
}

#[expect(clippy::disallowed_methods, reason = "where PostgreSQL is, only the environment can say")]
async fn postgres() -> Option<String> {
    let url = std::env::var("ATONIX_TEST_POSTGRES").ok().filter(|url| !url.is_empty())?;
    let schema = format!("test_{}", Uuid::now_v7().simple());
    let make: &'static str = Box::leak(format!("CREATE SCHEMA {schema}").into_boxed_str());
    Db::open(&url).await.unwrap().execute(make, &[]).await.unwrap();
    let sign = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{sign}options=-csearch_path%3D{schema}"))
}

impl World {
    async fn open(database: String, folder: tempfile::TempDir, environment: &[(&str, &str)]) -> Self {
        log();
        let speed = Speed::fixed(Duration::ZERO);
        let simulator = Simulator::start(simulator::Config { speed, ..simulator::Config::default() }).await.unwrap();
        let auth_url = simulator.auth_url();
        let config = Config::read(&|name| {
            let given = environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            given.or_else(|| match name {
                "SECRET_KEY" => Some("0123456789abcdef0123456789abcdef".to_owned()),
                "DATABASE_URL" => Some(database.clone()),
                "OS_AUTH_URL" => Some(auth_url.clone()),
                "OS_USERNAME" => Some("atonix-service".to_owned()),
                "OS_PASSWORD" => Some("demo".to_owned()),
                "ATONIX_ADMIN_USERNAME" => Some("atonix-admin".to_owned()),
                "ATONIX_ADMIN_PASSWORD" => Some("demo".to_owned()),
                "ATONIX_CLUSTER_LOOPBACK" => Some("1".to_owned()),
                _ => None,
            })
        });
        let config = config.unwrap();
        let mut settings = portal::Settings { quick_passwords: true, ..config.settings() };
        // Nothing runs in the background; who waits for a thing here looks again at once.
        settings.timings.transit_min = Duration::from_millis(10);
        settings.timings.transit_max = Duration::from_millis(20);
        let portal = Portal::open(settings).await.unwrap();
        portal.migrate().await.unwrap();
        let server = Server::new(portal.clone(), config, CancellationToken::new());
        let router = server::router(server.clone()).unwrap();
        let db = Db::open(&database).await.unwrap();
        let mut world = Self { portal, server, simulator, db, router, tokens: Vec::new(), _folder: folder };
        world.people().await;
        world
    }

    async fn people(&mut self) {
        let (portal, cli) = (&self.portal, Ctx::cli());
        for (name, staff) in
            [("staff", true), ("owner", false), ("operator", false), ("viewer", false), ("stranger", false)]
        {
            portal.create_user(&cli, name, Some(PASSWORD), staff).await.unwrap();
        }
        let team = portal.create_workspace(&cli, TEAM, "DevOps Team", "owner").await.unwrap().workspace_id;
        let other = portal.create_workspace(&cli, "payments", "Payments", "stranger").await.unwrap().workspace_id;
        portal.add_member(&cli, &team, "viewer", Role::Viewer).await.unwrap();
        portal.add_member(&cli, &team, "operator", Role::Operator).await.unwrap();
        portal.add_member(&cli, &other, "operator", Role::Operator).await.unwrap();
        for (workspace, environment, project) in
            [(&team, "dev", "devops-dev"), (&team, "staging", "devops-staging-9a3f"), (&other, "dev", "payments-dev")]
        {
            let binding = NewBinding {
                workspace_id: workspace.to_string(),
                environment: environment.to_owned(),
                openstack_project: project.to_owned(),
                openstack_region: "RegionOne".to_owned(),
                quota_vcpus: 20,
                quota_ram_gb: 80,
                quota_storage_gb: 500,
                ..NewBinding::default()
            };
            portal.create_binding(&cli, &binding).await.unwrap();
        }
        let users = portal.users(&cli).await.unwrap();
        let mut tokens = Vec::new();
        for person in Person::ALL {
            let Some(user) = users.iter().find(|user| user.username == person.name()) else { continue };
            let ctx = portal.ctx_for_user(&user.id, Ctx::new_request_id()).await.unwrap();
            let new = NewToken {
                name: format!("{person:?}"),
                workspace: (person == Person::Elsewhere).then(|| "payments".to_owned()),
                read_only: person == Person::Reader,
                ..NewToken::default()
            };
            tokens.push((person, portal.issue_token(&ctx, new).await.unwrap().token));
        }
        self.tokens = tokens;
    }

    /// The token of a person.
    pub(crate) fn token(&self, person: Person) -> Option<&str> {
        self.tokens.iter().find(|(one, _)| *one == person).map(|(_, token)| token.as_str())
    }

    /// Sends a request whose answer goes on.
    pub(crate) async fn open_stream(&self, request: Request<Body>) -> Body {
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(!response.headers().contains_key("content-encoding"), "a stream must not wait for its compression");
        response.into_body()
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        // A stream of events has no end to wait for.
        let endless = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let body = if endless { Body::empty() } else { body };
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// Calls the API with a person's token.
    pub(crate) async fn call(&self, person: Person, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        if let Some(token) = self.token(person) {
            request = request.header(header::AUTHORIZATION, format!("Token {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn post(&self, person: Person, path: &str, body: Value) -> Answer {
        self.call(person, Method::POST, path, Some(body)).await
    }

    pub(crate) async fn get(&self, person: Person, path: &str) -> Answer {
        self.call(person, Method::GET, path, None).await
    }

    /// Opens a page as a browser with this cookie does.
    pub(crate) async fn browse(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(header::HOST, HOST).header(header::ACCEPT, "text/html");
        self.send(request.header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    /// Posts a form as a page of ours does.
    pub(crate) async fn form(&self, path: &str, cookie: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// The cookie of somebody who signs in; empty for nobody.
    pub(crate) async fn cookie(&self, person: Person) -> String {
        if person == Person::Nobody {
            return String::new();
        }
        let form = format!("username={}&password={}", person.name(), PASSWORD.replace(' ', "+"));
        let answer = self.form("/sign-in", "", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    /// Calls a server function as the script of a page does.
    pub(crate) async fn rpc(&self, name: &str, cookie: &str, kind: &str, body: String) -> Answer {
        let request = Request::post(format!("/rpc/{name}"))
            .header(header::HOST, HOST)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::ACCEPT, "application/json")
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, kind);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A finding in the team's development: a volume that somebody made past the platform.
    pub(crate) async fn finding(&self) -> String {
        let name = format!("byhand-{}", Uuid::now_v7().simple());
        self.make_volume_outside("devops-dev", &name).await;
        let place = Place { workspace: WorkspaceSlug::new(TEAM), environment: Environment::Dev };
        let page = self.portal.check_drift(&Ctx::cli(), &place).await.unwrap();
        page.items.into_iter().find(|finding| finding.resource_name == name).unwrap().id
    }

    async fn make_volume_outside(&self, project: &str, name: &str) {
        let outside = self.outside(project, "block-storage").await;
        outside.make("volumes", json!({"volume": {"name": name, "size": 1}})).await;
    }

    /// A way to the cloud past the platform: a project's entrance to a service.
    pub(crate) async fn outside(&self, project: &str, service: &str) -> Outside {
        let (client, domain) = (reqwest::Client::new(), json!({"id": "default"}));
        let user = json!({"name": "atonix-service", "password": "demo", "domain": domain});
        let auth = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": project, "domain": domain}},
        }});
        let url = format!("{}/auth/tokens", self.simulator.auth_url());
        let answer = client.post(url).json(&auth).send().await.unwrap();
        let token = answer.headers()["x-subject-token"].to_str().unwrap().to_owned();
        let catalog = answer.json::<Value>().await.unwrap()["token"]["catalog"].take();
        let service = catalog.as_array().unwrap().iter().find(|one| one["type"] == service).unwrap();
        let endpoints = service["endpoints"].as_array().unwrap();
        let endpoint =
            endpoints.iter().find(|one| one["interface"] == "public" && one["region"] == "RegionOne").unwrap();
        Outside { client, token, url: endpoint["url"].as_str().unwrap().to_owned() }
    }

    /// How many events there are, in all chains.
    pub(crate) async fn events(&self) -> i64 {
        self.portal.audit_heads(&Ctx::cli()).await.unwrap().iter().map(|head| head.number).sum()
    }

    /// What the cloud was asked to change.
    pub(crate) fn changes(&self) -> Vec<String> {
        let requests = self.simulator.knobs().requests();
        let changing = requests.iter().filter(|one| one.method != "GET" && one.service != "identity");
        changing.map(|one| format!("{} {} {}", one.method, one.service, one.path)).collect()
    }
}

/// A project's entrance to a service of the cloud.
#[derive(Clone)]
pub(crate) struct Outside {
    client: reqwest::Client,
    token: String,
    url: String,
}

impl Outside {
    /// Makes something; gives the cloud's answer.
    pub(crate) async fn make(&self, path: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}/{path}", self.url)).header("x-auth-token", &self.token);
        let made = request.json(&body).send().await.unwrap();
        let (status, text) = (made.status(), made.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }
}

/// Everything that was logged so far by this process, from DEBUG on.
pub(crate) fn logged() -> String {
    String::from_utf8_lossy(&log().lock().unwrap()).into_owned()
}

fn log() -> &'static Arc<Mutex<Vec<u8>>> {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    LOG.get_or_init(|| {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(move || Lines(writer.clone()))
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        lines
    })
}

struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
