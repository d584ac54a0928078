//! What is asked of the identity service itself: which projects and regions there are.
use super::{
    Cloud, ProjectInfo, ProjectScope,
    prepare::identify,
    retry,
    session::IDENTITY,
    transport::{Call, put},
};
use crate::{Error, Reads, Result};
use http::{HeaderMap, Method, header};
use serde::Deserialize;
use std::collections::BTreeMap;

impl Cloud {
    /// The projects that this account may sign in to.
    ///
    /// # Errors
    /// Those of [`Self::send`].
    pub async fn projects(&self, request_id: &str) -> Result<Vec<ProjectInfo>> {
        #[derive(Deserialize)]
        struct Projects {
            projects: Vec<Project>,
        }
        #[derive(Deserialize)]
        struct Project {
            id: String,
            name: String,
            domain_id: String,
            #[serde(default = "yes")]
            enabled: bool,
        }
        #[derive(Deserialize)]
        struct Domains {
            domains: Vec<Domain>,
        }
        #[derive(Deserialize)]
        struct Domain {
            id: String,
            name: String,
        }
        fn yes() -> bool {
            true
        }
        let Projects { projects } = self.identity(&["auth", "projects"], request_id).await?;
        // The list gives the domains' ids; the names of those in which we have a role stand here, others keep the id.
        let domains = match self.identity::<Domains>(&["auth", "domains"], request_id).await {
            Ok(Domains { domains }) => domains,
            Err(Error::Status { status: 403 | 404, .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let names: BTreeMap<String, String> = domains.into_iter().map(|domain| (domain.id, domain.name)).collect();
        let named = |id: String| match names.get(&id) {
            Some(name) => name.clone(),
            // The one domain whose id is the same in every cloud.
            None if id == "default" => "Default".to_owned(),
            None => id,
        };
        Ok(projects
            .into_iter()
            .filter(|project| project.enabled)
            .map(|project| ProjectInfo { id: project.id, name: project.name, domain_name: named(project.domain_id) })
            .collect())
    }

    /// The cloud's regions, in its order.
    ///
    /// # Errors
    /// Those of [`Self::send`].
    pub async fn regions(&self, request_id: &str) -> Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Regions {
            regions: Vec<Region>,
        }
        #[derive(Deserialize)]
        struct Region {
            id: String,
        }
        match self.identity::<Regions>(&["regions"], request_id).await {
            Ok(found) if !found.regions.is_empty() => Ok(found.regions.into_iter().map(|region| region.id).collect()),
            // Some clouds keep that list to themselves; each project's catalogue names them too.
            Ok(_) | Err(Error::Status { status: 401 | 403 | 404, .. }) => {
                match self.projects(request_id).await?.first() {
                    Some(project) => Ok(self.token(&ProjectScope::Id(project.id.clone())).await?.catalogue.regions()),
                    None => Ok(Vec::new()),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Asks the identity service itself, where the configuration says that it is, with an unscoped token.
    async fn identity<T: for<'a> Deserialize<'a>>(&self, path: &[&str], request_id: &str) -> Result<T> {
        let deadline = self.0.deadline("identity");
        let scope = ProjectScope::Unscoped;
        let mut again = true;
        loop {
            let token = self.0.token(&scope, deadline).await?;
            let mut headers = HeaderMap::new();
            put(&mut headers, header::ACCEPT.as_str(), "application/json")?;
            identify(&mut headers, request_id)?;
            headers.insert("x-auth-token", token.header().clone());
            let call = Call {
                service: IDENTITY,
                kind: "identity",
                region: "",
                method: Method::GET,
                url: self.0.identity(path)?,
                headers,
                body: None,
                expect: &[200],
                reads: Reads::Json,
                idempotent: true,
                attempts: retry::ATTEMPTS,
                deadline,
            };
            match self.0.transport.send(&call).await {
                Err(Error::Status { status: 401, .. }) if again => {
                    again = false;
                    self.0.forget(&scope, &token).await;
                }
                outcome => {
                    return serde_json::from_value(outcome?.body)
                        .map_err(|e| Error::Unreadable { service: IDENTITY, cause: e.to_string() });
                }
            }
        }
    }
}
