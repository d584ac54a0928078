//! The golden rule in types: the only way to a cloud is through a resolved binding.
use super::{cdn::Cdn, shelf::Shelf};
use crate::{
    Ctx, Portal, Settings,
    access::Need,
    bindings::Binding,
    error::{Error, Result},
    settings::StartError,
};
use futures_util::Stream;
use model::{Place, ProjectId, Region, RequestId};
use openstack::{
    Answer, Collection, Request, Service,
    client::{Chunk, Cloud, CloudConfig, Download, Listing, Part, ProjectScope},
};
use services::clients::is_simulated;
use std::{collections::BTreeMap, time::Duration};

/// The most things that one list reads; what is behind them makes it incomplete, and says so.
pub(crate) const MOST: usize = 20_000;

/// The clouds that bindings live in (one today), and what was lately read from them.
pub(crate) struct Clouds {
    cloud: Option<Cloud>,
    admin: Option<Cloud>,
    pub(super) shelf: Shelf,
}

impl Clouds {
    pub(crate) fn new(settings: &Settings) -> Result<Self, StartError> {
        let open = |config: &Option<CloudConfig>| -> Result<Option<Cloud>, StartError> {
            let Some(mut config) = config.clone() else { return Ok(None) };
            // Leases and quiet times are reckoned from it.
            config.timeout = settings.timings.timeout;
            config.timeouts = timeouts(&config)?;
            Ok(Some(Cloud::new(config)?))
        };
        Ok(Self { cloud: open(&settings.cloud)?, admin: open(&settings.admin)?, shelf: Shelf::new() })
    }

    /// The cloud; an error when none is configured.
    pub(crate) fn cloud(&self) -> Result<&Cloud> {
        let why = || openstack::Error::Config("No cloud is configured: set OS_AUTH_URL and the like.".to_owned());
        self.cloud.as_ref().ok_or_else(|| why().into())
    }

    /// The cloud with its administrators' credentials, if the operator has given them.
    pub(crate) fn admin(&self) -> Option<&Cloud> {
        self.admin.as_ref()
    }
}

/// The timeouts of single services by their official types, whichever of their names they were given under.
fn timeouts(config: &CloudConfig) -> Result<BTreeMap<String, Duration>, StartError> {
    let services = || services::CATALOGUE.iter().map(|definition| definition.collection.service);
    let official = |name: &str| match name {
        "identity" => Some("identity"),
        _ => services()
            .find(|service| service.service_type == name || service.aliases.contains(&name))
            .map(|service| service.service_type),
    };
    let checked = config.timeouts.iter().map(|(name, timeout)| {
        let official = official(name)
            .ok_or_else(|| StartError::Config(format!("ATONIX_TIMEOUTS names a service {name:?} that is not used.")))?;
        match *timeout <= config.timeout {
            true => Ok((official.to_owned(), *timeout)),
            // Leases and quiet times are reckoned from the longest.
            false => Err(StartError::Config(format!(
                "ATONIX_TIMEOUTS gives {name} longer than ATONIX_TIMEOUT_SECONDS, the longest that there is."
            ))),
        }
    });
    checked.collect()
}

/// A cloud, narrowed to the project and the region of one binding. There is no other way to have one than
/// [`Portal::connection`], which resolves the binding of a place for a caller who may use it.
#[derive(Clone)]
pub struct ScopedCloud {
    cloud: Cloud,
    scope: ProjectScope,
    project: ProjectId,
    region: Region,
    request_id: RequestId,
    /// What no cloud offers.
    cdn: Cdn,
}

impl ScopedCloud {
    /// Private to this module: who calls it has a binding in hand.
    fn of(clouds: &Clouds, cdn: Cdn, binding: &Binding, request_id: &RequestId) -> Result<Self> {
        Ok(Self {
            cdn,
            cloud: clouds.cloud()?.clone(),
            scope: ProjectScope::Id(binding.project_id.to_string()),
            project: binding.project_id.clone(),
            region: binding.region.clone(),
            request_id: request_id.clone(),
        })
    }

    /// The bound project.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// The bound region.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// Whether the project is known and its region has the service.
    pub(super) async fn offers(&self, service: &'static Service) -> openstack::Result<()> {
        if is_simulated(service) {
            return Ok(());
        }
        self.cloud.offers(&self.scope, self.region.as_str(), service).await
    }

    pub(super) async fn send(&self, request: &Request) -> openstack::Result<Answer> {
        if is_simulated(request.service) {
            return self.cdn.answer(&self.project, &self.region, request).await;
        }
        self.cloud.send(&self.scope, self.region.as_str(), request, self.request_id.as_str()).await
    }

    /// Sends a request whose body is a stream.
    pub(super) async fn upload(
        &self,
        request: &Request,
        body: impl Stream<Item = Chunk> + Send + 'static,
        length: Option<u64>,
    ) -> openstack::Result<Answer> {
        let (scope, region, id) = (&self.scope, self.region.as_str(), self.request_id.as_str());
        self.cloud.upload(scope, region, request, (body, length), id).await
    }

    /// Sends a request whose answer is a stream.
    pub(super) async fn download(&self, request: &Request) -> openstack::Result<Download> {
        self.cloud.download(&self.scope, self.region.as_str(), request, self.request_id.as_str()).await
    }

    /// Where a service's things are for this project: what their addresses begin with, without a slash at the end.
    pub(super) async fn root(&self, service: &'static Service) -> openstack::Result<String> {
        let request = Request::new(service, http::Method::GET, []);
        let root = self.cloud.address(&self.scope, self.region.as_str(), &request).await?;
        Ok(root.as_str().trim_end_matches('/').to_owned())
    }

    pub(super) async fn list(&self, collection: &Collection, request: Request) -> openstack::Result<Listing> {
        if is_simulated(request.service) {
            let answer = self.send(&request).await?;
            return Ok(Listing { items: collection.take_many(answer.body), complete: true });
        }
        self.cloud.list(&self.scope, self.region.as_str(), collection, request, MOST, self.request_id.as_str()).await
    }

    /// One page of a list, by one request.
    pub(super) async fn page(
        &self,
        collection: &Collection,
        request: Request,
        from: Option<&str>,
        limit: usize,
    ) -> openstack::Result<Part> {
        if is_simulated(request.service) {
            let Listing { items, .. } = self.list(collection, request).await?;
            return Ok(Part { items, next: None, astray: false });
        }
        let (region, request_id) = (self.region.as_str(), self.request_id.as_str());
        self.cloud.page(&self.scope, region, collection, request, from, limit, request_id).await
    }
}

impl Portal {
    /// The guide's `WorkspaceService.get_connection`: the cloud of a place, for a caller who may provision there.
    ///
    /// # Errors
    /// 404 to strangers, 403 without the role, and what [`Portal::provision`] says of clouds.
    pub async fn connection(&self, ctx: &Ctx, place: &Place) -> model::Result<ScopedCloud> {
        let work = async {
            let (_, binding) = self.resolve(ctx, place, Need::Provision).await?;
            self.cloud_of(&binding, &ctx.request_id)
        };
        work.await.map_err(Error::report)
    }

    /// The cloud of a binding that was resolved for the caller, or of a row of ours for the system.
    pub(super) fn cloud_of(&self, binding: &Binding, request_id: &RequestId) -> Result<ScopedCloud> {
        let cdn = Cdn::new(self.inner.db.clone(), self.inner.clock.clone());
        ScopedCloud::of(&self.inner.clouds, cdn, binding, request_id)
    }
}
