//! The real cloud, asked by plain HTTP and not by the client under test.
use reqwest::{Client, Method};
use serde_json::{Value, json};

#[expect(clippy::disallowed_methods, reason = "where the cloud is, only the environment can say")]
pub(crate) fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} must be set: see scripts/with-cloud"))
}

/// What a service of the cloud logged so far.
pub(crate) fn log(file: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(&given("ATONIX_TEST_CLOUD_LOGS")).join(file)).unwrap()
}

pub(crate) struct Cloud {
    client: Client,
}

/// A service's address in the first region, as somebody who is signed in to a project.
struct Entrance {
    token: String,
    project: String,
    url: String,
}

impl Cloud {
    pub(crate) fn new() -> Self {
        Self { client: Client::builder().no_proxy().build().unwrap() }
    }

    async fn enter(&self, project: &str, service: &str) -> Entrance {
        let domain = json!({"name": "Default"});
        let user = json!({"name": given("OS_USERNAME"), "password": given("OS_PASSWORD"), "domain": domain});
        let body = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": project, "domain": domain}},
        }});
        let url = format!("{}/auth/tokens", given("OS_AUTH_URL"));
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{project}: {}", answer.status());
        let token = answer.headers()["x-subject-token"].to_str().unwrap().to_owned();
        let body: Value = answer.json().await.unwrap();
        let all = body["token"]["catalog"].as_array().unwrap();
        let entry =
            all.iter().find(|entry| is(entry, service)).unwrap_or_else(|| panic!("no {service} in the catalogue"));
        let mut endpoints = entry["endpoints"].as_array().unwrap().iter();
        let public = endpoints.find(|one| one["interface"] == "public" && one["region"] == "RegionOne").unwrap();
        Entrance {
            token,
            project: body["token"]["project"]["id"].as_str().unwrap().to_owned(),
            url: public["url"].as_str().unwrap().trim_end_matches('/').to_owned(),
        }
    }

    async fn ask(&self, to: &Entrance, method: Method, path: &str, body: Option<&Value>) -> Value {
        // The root of Neutron's endpoint has no version in some clouds, and has it in others.
        let url = to.url.trim_end_matches("/v2.0");
        let request = self.client.request(method, format!("{url}/{path}")).header("x-auth-token", &to.token);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap_or(Value::Null)
    }

    /// Whether a project's own list has that id.
    pub(crate) async fn lists(&self, project: &str, service: &str, collection: &str, id: &str) -> bool {
        self.listed(project, service, collection, id).await.is_some()
    }

    /// What a project's own list has under that id. An administrator's account is shown other projects' things too.
    pub(crate) async fn listed(&self, project: &str, service: &str, collection: &str, id: &str) -> Option<Value> {
        let entrance = self.enter(project, service).await;
        let path = match service {
            "network" => format!("{collection}?project_id={}", entrance.project),
            // The short list does not say whose they are.
            "container-infra" => format!("{collection}/detail"),
            _ => collection.to_owned(),
        };
        let body = self.ask(&entrance, Method::GET, &path, None).await;
        let items = body.as_object().unwrap().values().find_map(Value::as_array).unwrap();
        let own = |item: &Value| item["project_id"].as_str().is_none_or(|owner| owner == entrance.project);
        let named = |item: &Value| ["id", "uuid"].iter().any(|key| item[key] == id) || item["keypair"]["name"] == id;
        items.iter().find(|item| own(item) && named(item)).cloned()
    }

    pub(crate) async fn post(&self, project: &str, service: &str, path: &str, body: &Value) -> Value {
        self.ask(&self.enter(project, service).await, Method::POST, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, project: &str, service: &str, path: &str) {
        self.ask(&self.enter(project, service).await, Method::DELETE, path, None).await;
    }
}

/// Block storage has had three names.
fn is(entry: &Value, service: &str) -> bool {
    let name = entry["type"].as_str().unwrap_or_default();
    name == service || (service == "block-storage" && matches!(name, "volumev3" | "block-store"))
}
