//! What is the whole cloud's: machines, accelerators and the like, which belong to no project.
//!
//! It is reached with credentials of the cloud's administrators and by platform administrators alone. Nothing of it has a
//! row: what is shown is what the cloud says at that moment, and what is changed stands in the platform's audit.
mod change;
mod show;

use crate::{
    Ctx, Portal,
    error::{Error, Result},
    resources::MOST,
};
use model::{Region, RequestId, Scope};
use openstack::{
    Answer, Request,
    client::{Cloud, Listing, ProjectScope},
};
use services::{Definition, Seen};

/// The project of the administrators' account where the operator names none: the one that OpenStack begins with.
const PROJECT: &str = "admin";
/// What is said where there are no credentials.
const LACKING: &str = "This needs the credentials of the cloud's administrators, which this portal was not given: set \
                       ATONIX_ADMIN_USERNAME and ATONIX_ADMIN_PASSWORD, or a profile atonix-admin in clouds.yaml.";

/// A cloud with its administrators' credentials, in one region. There is no other way to have one than
/// `AdminCloud::open`, which asks whether the caller is a platform administrator.
#[derive(Clone)]
pub struct AdminCloud {
    cloud: Cloud,
    scope: ProjectScope,
    region: Region,
    request_id: RequestId,
}

impl AdminCloud {
    /// Opens it, if the caller may look.
    async fn open(portal: &Portal, ctx: &Ctx, region: &str) -> Result<Self> {
        portal.may_staff(ctx).await?;
        let why = || Error::from(model::Error::Conflict { why: LACKING.to_owned() });
        let cloud = portal.inner.clouds.admin().ok_or_else(why)?.clone();
        let config = cloud.config();
        let name = config.project.clone().unwrap_or_else(|| PROJECT.to_owned());
        let scope = ProjectScope::Name { name, domain: config.project_domain.clone() };
        Ok(Self { cloud, scope, region: Region::new(region), request_id: ctx.request_id.clone() })
    }

    /// Opens it, if the caller may change what is there.
    async fn open_to_change(portal: &Portal, ctx: &Ctx, region: &str) -> Result<Self> {
        portal.may_administer(ctx).await?;
        Self::open(portal, ctx, region).await
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.region
    }

    async fn send(&self, request: &Request) -> openstack::Result<Answer> {
        self.cloud.send(&self.scope, self.region.as_str(), request, self.request_id.as_str()).await
    }

    /// All of a kind, by name; and whether that is all.
    async fn list(&self, kind: &'static Definition) -> openstack::Result<(Vec<Seen>, bool)> {
        let (scope, region, id) = (&self.scope, self.region.as_str(), self.request_id.as_str());
        let Listing { items, complete } =
            self.cloud.list(scope, region, kind.collection, kind.list(None), MOST, id).await?;
        let mut seen = Vec::with_capacity(items.len());
        for value in &items {
            seen.push((kind.read)(value).ok_or_else(|| unreadable(kind))?);
        }
        seen.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok((seen, complete))
    }

    /// One, by the cloud's id.
    async fn get(&self, kind: &'static Definition, id: &str) -> Result<Seen> {
        let missing = || Error::from(model::Error::not_found(kind.kind.title.to_lowercase()));
        match self.send(&kind.get(&model::ExternalId::new(id))).await {
            Ok(answer) => Ok(kind.read_one(&answer.body).ok_or_else(|| unreadable(kind))?),
            Err(error) if error.is_not_found() => Err(missing()),
            Err(error) => Err(error.into()),
        }
    }
}

fn unreadable(kind: &Definition) -> openstack::Error {
    openstack::Error::Unreadable {
        service: kind.collection.service.title,
        cause: format!("a {} is not of the documented shape", kind.kind.slug),
    }
}

/// The kind of that slug, if it is one of the whole cloud's.
fn kind(slug: &str) -> Result<&'static Definition> {
    let found = services::find(slug).filter(|kind| kind.kind.scope == Scope::Admin);
    found.ok_or_else(|| Error::from(model::Error::not_found(format!("kind {slug}"))))
}
