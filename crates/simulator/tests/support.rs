//! A simulator and a small client for the tests beside this file.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use simulator::{Config, Simulator, Speed};

/// A running simulator, and one signed-in user.
pub(crate) struct Cloud {
    pub(crate) simulator: Simulator,
    http: reqwest::Client,
}

/// Somebody with a token for one project.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
    pub(crate) body: Value,
    pub(crate) region: &'static str,
}

/// Changes of state have happened by the next request.
pub(crate) fn instant() -> Config {
    Config { speed: Speed::fixed(Duration::ZERO), ..Config::default() }
}

/// Changes of state take longer than any test.
pub(crate) fn frozen() -> Config {
    Config { speed: Speed::fixed(Duration::from_secs(3600)), ..Config::default() }
}

pub(crate) async fn start(config: Config) -> Cloud {
    Cloud { simulator: Simulator::start(config).await.unwrap(), http: reqwest::Client::new() }
}

/// A folder of its own that is removed afterwards.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("simulator-{name}-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn config(&self) -> Config {
        Config { data: Some(self.0.clone()), ..instant() }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that is gone already is as good as one that is removed.
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

impl Cloud {
    pub(crate) async fn sign_in(&self, user: &str, project: &str) -> Session {
        let response = self.ask_token(user, "demo", Some(project)).await;
        assert_eq!(response.status(), 201);
        let token = response.headers()["x-subject-token"].to_str().unwrap().to_owned();
        let body: Value = response.json().await.unwrap();
        Session { http: self.http.clone(), token, body: body["token"].clone(), region: "RegionOne" }
    }

    pub(crate) async fn ask_token(&self, user: &str, password: &str, project: Option<&str>) -> Response {
        let domain = json!({"name": "Default"});
        let user = json!({"name": user, "domain": domain, "password": password});
        let mut auth = json!({"identity": {"methods": ["password"], "password": {"user": user}}});
        if let Some(project) = project {
            auth["scope"] = json!({"project": {"name": project, "domain": domain}});
        }
        self.post_auth(auth).await
    }

    pub(crate) async fn post_auth(&self, auth: Value) -> Response {
        let url = format!("{}/auth/tokens", self.simulator.auth_url());
        self.http.post(url).json(&json!({"auth": auth})).send().await.unwrap()
    }

    pub(crate) async fn raw(&self, path: &str) -> Response {
        self.http.get(format!("http://{}{path}", self.simulator.addr())).send().await.unwrap()
    }
}

impl Session {
    /// The same user in the other region.
    pub(crate) fn in_region(&self, region: &'static str) -> Self {
        Self { region, ..self.clone() }
    }

    pub(crate) fn project(&self) -> String {
        self.body["project"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn user(&self) -> String {
        self.body["user"]["id"].as_str().unwrap().to_owned()
    }

    /// The public endpoint of a service type, as the catalogue has it.
    pub(crate) fn endpoint(&self, kind: &str) -> String {
        let catalog = self.body["catalog"].as_array().unwrap();
        let service = catalog.iter().find(|service| service["type"] == kind).unwrap();
        let endpoints = service["endpoints"].as_array().unwrap();
        let fits = |endpoint: &&Value| endpoint["interface"] == "public" && endpoint["region"] == self.region;
        endpoints.iter().find(fits).unwrap()["url"].as_str().unwrap().to_owned()
    }

    pub(crate) fn request(&self, method: Method, kind: &str, path: &str) -> reqwest::RequestBuilder {
        let version = match kind {
            "compute" => "compute 2.96",
            "container-infra" => "container-infra latest",
            "container" => "container 1.40",
            _ => "",
        };
        let request = self.http.request(method, format!("{}{path}", self.endpoint(kind)));
        let request = request.header("x-auth-token", &self.token);
        if version.is_empty() { request } else { request.header("openstack-api-version", version) }
    }

    pub(crate) async fn send(&self, method: Method, kind: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.request(method, kind, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub(crate) async fn get(&self, kind: &str, path: &str) -> (u16, Value) {
        self.send(Method::GET, kind, path, None).await
    }

    pub(crate) async fn post(&self, kind: &str, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::POST, kind, path, Some(body)).await
    }

    pub(crate) async fn put(&self, kind: &str, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::PUT, kind, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, kind: &str, path: &str) -> (u16, Value) {
        self.send(Method::DELETE, kind, path, None).await
    }

    /// The id of something that the cloud offers, by name.
    pub(crate) async fn id(&self, kind: &str, path: &str, many: &str, name: &str) -> String {
        let (_, body) = self.get(kind, path).await;
        let items = body[many].as_array().unwrap();
        let key = if items[0]["uuid"].is_string() { "uuid" } else { "id" };
        items.iter().find(|item| item["name"] == name).unwrap()[key].as_str().unwrap().to_owned()
    }

    /// The body of a small server on the project's network.
    pub(crate) async fn server_body(&self, name: &str) -> Value {
        let flavor = self.id("compute", "/flavors", "flavors", "m1.tiny").await;
        let image = self.id("image", "/images", "images", "cirros-0.6").await;
        json!({"server": {"name": name, "flavorRef": flavor, "imageRef": image, "networks": "auto"}})
    }

    pub(crate) async fn new_server(&self, name: &str) -> String {
        let body = self.server_body(name).await;
        let (status, body) = self.post("compute", "/servers", body).await;
        assert_eq!(status, 202, "{body}");
        body["server"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn new_volume(&self, name: &str, size: i64) -> String {
        let (status, body) =
            self.post("block-storage", "/volumes", json!({"volume": {"name": name, "size": size}})).await;
        assert_eq!(status, 202, "{body}");
        body["volume"]["id"].as_str().unwrap().to_owned()
    }
}
