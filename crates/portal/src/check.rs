//! Trying a cloud before there is a portal: what `atonix check` says.
use crate::probe::{Probe, is_too_much};
use model::RequestId;
use openstack::{
    Error, Result,
    client::{Cloud, CloudConfig, ProjectScope, VersionInfo},
};

/// What an account finds in its cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The account's name; none when it reaches no project.
    pub user: Option<String>,
    /// The projects that it reaches.
    pub projects: Vec<CheckedProject>,
    /// Each region with each service: its version, or why there is none.
    pub regions: Vec<(String, Vec<CheckedService>)>,
}

/// A service's type, and its version or why there is none.
pub type CheckedService = (String, Result<String, String>);

/// A project that the account reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedProject {
    /// Its id in the cloud.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its domain's name.
    pub domain: String,
    /// Whether the account carries more there than it needs.
    pub too_much: bool,
}

/// Signs in to each project, and asks each service that we speak to in each region for its version. Whoever holds the
/// cloud's credentials may: it needs no portal and no database.
///
/// # Errors
/// The cloud's own, with its cause: it is for the operator who configured it.
pub async fn check(config: CloudConfig) -> Result<Checked> {
    let cloud = Cloud::new(config)?;
    let probe = Probe::new(&cloud, RequestId::new(format!("req-{}", uuid::Uuid::new_v4())));
    let (mut user, mut projects) = (None, Vec::new());
    for found in probe.projects().await? {
        let token = match cloud.token(&ProjectScope::Id(found.id.clone())).await {
            Ok(token) => token,
            // An application credential is for one of its user's projects.
            Err(Error::Denied { .. }) => continue,
            Err(error) => return Err(error),
        };
        user = Some(token.user_name.clone());
        let too_much = is_too_much(&token);
        projects.push(CheckedProject { id: found.id, name: found.name, domain: found.domain_name, too_much });
    }
    let mut regions = Vec::new();
    if let Some(project) = projects.first() {
        for region in probe.regions().await? {
            let asked = probe.services(&project.id, &region).await;
            let told = asked.into_iter().map(|(service, found)| (service, found.map(version).map_err(cause))).collect();
            regions.push((region, told));
        }
    }
    Ok(Checked { user, projects, regions })
}

fn version(found: VersionInfo) -> String {
    let version = found.version.unwrap_or_else(|| "no version document".to_owned());
    match found.max {
        Some(max) => format!("{version}, up to {max}"),
        None => version,
    }
}

fn cause(error: Error) -> String {
    match error {
        Error::NotOffered { .. } => "not offered".to_owned(),
        error => error.to_string(),
    }
}
