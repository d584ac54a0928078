//! Looking at the whole cloud, for administrators: which projects and regions there are, and which services answer.
use crate::{
    Ctx, Portal,
    error::{Error, Result},
};
use futures_util::future::join_all;
use model::RequestId;
use openstack::{
    Service,
    client::{Cloud, ProjectInfo, ProjectScope, Token, VersionInfo},
};
use services::clients;
use std::sync::Arc;

/// Reads tokens, catalogue, versions, projects and regions, and can do nothing else: it keeps the cloud to itself. To
/// be had only for staff and the system, and by [`crate::check`], whose caller holds the credentials itself.
pub(crate) struct Probe<'a> {
    cloud: &'a Cloud,
    request_id: RequestId,
}

impl<'a> Probe<'a> {
    /// Opens one, if the caller may.
    pub(crate) async fn open(portal: &'a Portal, ctx: &Ctx) -> Result<Self> {
        portal.may_staff(ctx).await?;
        Ok(Self::new(portal.inner.clouds.cloud()?, ctx.request_id.clone()))
    }

    /// One for a cloud that no portal uses yet.
    pub(crate) fn new(cloud: &'a Cloud, request_id: RequestId) -> Self {
        Self { cloud, request_id }
    }

    /// The projects that the account may sign in to.
    pub(crate) async fn projects(&self) -> openstack::Result<Vec<ProjectInfo>> {
        self.cloud.projects(self.request_id.as_str()).await
    }

    /// The cloud's regions.
    pub(crate) async fn regions(&self) -> openstack::Result<Vec<String>> {
        self.cloud.regions(self.request_id.as_str()).await
    }

    /// A project by its id, or by its name and its domain's name, with the roles that the account has in it. None when
    /// there is none, or not for this account.
    pub(crate) async fn project(&self, project: &str, domain: &str) -> Result<Option<Arc<Token>>> {
        let known = self.projects().await?;
        let by_name = |one: &&ProjectInfo| same(&one.name, project) && same(&one.domain_name, domain);
        let found = known.iter().find(|one| one.id == project).or_else(|| known.iter().find(by_name));
        let scope = match found {
            Some(found) => ProjectScope::Id(found.id.clone()),
            // The list may know the domain by its id only.
            None => ProjectScope::Name { name: project.to_owned(), domain: domain.to_owned() },
        };
        match self.cloud.token(&scope).await {
            Ok(token) => Ok(Some(token)),
            Err(openstack::Error::Denied { .. }) => Ok(None),
            Err(error) => Err(Error::from(error)),
        }
    }

    /// Every service that we speak to: its type, and its version in a region, or why it does not answer there.
    pub(crate) async fn services(&self, project: &str, region: &str) -> Vec<Answered> {
        let scope = ProjectScope::Id(project.to_owned());
        let ask = async |service: &'static Service| {
            (service.service_type.to_owned(), self.cloud.probe(&scope, region, service).await)
        };
        join_all(clients::all().into_iter().map(ask)).await
    }
}

/// The role that lets an account see what is not its project's.
pub(crate) const TOO_MUCH: &str = "admin";

/// Whether a token carries more than it needs.
pub(crate) fn is_too_much(token: &Token) -> bool {
    token.roles.iter().any(|role| role.eq_ignore_ascii_case(TOO_MUCH))
}

/// A service's type, and what it answered.
pub(crate) type Answered = (String, openstack::Result<VersionInfo>);

/// The identity service does not mind the case of names.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
