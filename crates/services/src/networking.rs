//! Networking: Neutron, Octavia, Designate, and a simulated CDN.
mod cdn;
mod designate;
mod floating_ip;
mod network;
mod octavia;
mod port;
mod router;
mod security_group;
mod subnet;

pub(crate) use cdn::DISTRIBUTION;
pub(crate) use designate::{RECORDSET, ZONE};
pub(crate) use floating_ip::FLOATING_IP;
pub(crate) use network::NETWORK;
pub(crate) use octavia::{LISTENER, LOAD_BALANCER, MEMBER, POOL};
pub(crate) use port::PORT;
pub(crate) use router::ROUTER;
pub(crate) use security_group::{SECURITY_GROUP, SECURITY_GROUP_RULE};
pub(crate) use subnet::SUBNET;

use crate::{Seen, tag::tag_of};
use serde::Deserialize;

/// What every Neutron thing has.
#[derive(Deserialize)]
struct Common {
    id: String,
    #[serde(default)]
    name: String,
    project_id: Option<String>,
    #[serde(default)]
    description: Option<String>,
}

impl Common {
    fn seen(&self) -> Seen {
        let mut seen = Seen::new(&self.id, &self.name, self.project_id.as_deref()).asking("name", self.name.as_str());
        seen.tag = self.description.as_deref().and_then(tag_of);
        seen
    }
}
