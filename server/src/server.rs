//! What every handler shares.
use crate::{assets::Site, config::Config};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use portal::Portal;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The server's state. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    /// The domain.
    pub portal: Portal,
    /// The configuration.
    pub config: Arc<Config>,
    /// The built site.
    pub site: Arc<Site>,
    /// What Leptos puts into pages: above all the folder of the scripts, which carries their hash.
    pub leptos: LeptosOptions,
    /// The patterns of all pages, among which a sign-in may lead.
    pub pages: Arc<Vec<String>>,
    /// Cancelled when the server stops: streams end then.
    pub shutdown: CancellationToken,
    /// Cancelled when it is about to stop: it still answers, and says that others should be asked.
    pub draining: CancellationToken,
}

impl Server {
    /// Puts it together.
    pub fn new(portal: Portal, config: Config, shutdown: CancellationToken) -> Self {
        let site = Site::load(config.watched);
        let leptos = LeptosOptions::builder()
            .output_name("atonix")
            .site_pkg_dir(site.pkg_dir())
            .site_addr(config.listen)
            .build();
        let pages = Arc::new(Vec::new());
        let draining = shutdown.clone();
        Self { portal, config: Arc::new(config), site: Arc::new(site), leptos, pages, shutdown, draining }
    }
}

impl FromRef<Server> for LeptosOptions {
    fn from_ref(server: &Server) -> Self {
        server.leptos.clone()
    }
}
