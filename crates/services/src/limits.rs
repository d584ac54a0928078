//! What a project may take by the cloud's own rules, and what it takes of that.
use crate::clients::{CINDER, NOVA};
use http::Method;
use model::ledger::{CloudLimit, Dimension};
use openstack::{Request, Service};
use serde_json::Value;

/// The kinds of whose things a cloud tells what they take. A cluster's nodes are servers of the project.
pub static COUNTED: [&str; 6] = ["vm", "zun_container", "volume", "cinder_snapshot", "manila_share", "manila_snapshot"];

/// A service that keeps limits of the things that a quota counts.
#[derive(Debug)]
pub struct Limits {
    /// Whose they are.
    pub service: &'static Service,
    /// What it limits: the dimension, and the names of what is in use and of the most.
    names: &'static [(Dimension, &'static str, &'static str)],
}

/// Every service that limits something of ours.
pub static LIMITS: [Limits; 2] = [
    // https://docs.openstack.org/api-ref/compute/#show-rate-and-absolute-limits
    Limits {
        service: &NOVA,
        names: &[
            (Dimension::Vcpus, "totalCoresUsed", "maxTotalCores"),
            (Dimension::RamMib, "totalRAMUsed", "maxTotalRAMSize"),
        ],
    },
    // https://docs.openstack.org/api-ref/block-storage/v3/#show-absolute-limits-for-a-project
    Limits { service: &CINDER, names: &[(Dimension::StorageGb, "totalGigabytesUsed", "maxTotalVolumeGigabytes")] },
];

impl Limits {
    /// Asks for those of the project that the token is for.
    pub fn request(&self) -> Request {
        Request::new(self.service, Method::GET, ["limits"])
    }

    /// Reads an answer; none when it is not of the documented shape. A most of -1 means that there is none.
    pub fn read(&self, body: &Value) -> Option<Vec<CloudLimit>> {
        let absolute = body.get("limits")?.get("absolute")?;
        let number = |name: &str| absolute.get(name)?.as_i64();
        let limit = |(dimension, used, most): &(Dimension, &str, &str)| {
            let most = Some(number(most)?).filter(|most| *most >= 0);
            Some(CloudLimit { dimension: *dimension, used: number(used)?, limit: most })
        };
        self.names.iter().map(limit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_most_of_minus_one_is_no_limit() {
        let body = json!({"limits": {"rate": [], "absolute": {
            "maxTotalCores": 20, "totalCoresUsed": 3, "maxTotalRAMSize": -1, "totalRAMUsed": 512,
        }}});
        let read = LIMITS[0].read(&body).unwrap();
        let plain: Vec<_> = read.iter().map(|one| (one.dimension, one.used, one.limit)).collect();
        assert_eq!(plain, [(Dimension::Vcpus, 3, Some(20)), (Dimension::RamMib, 512, None)]);
    }

    #[test]
    fn an_answer_that_lacks_a_limit_is_none() {
        assert_eq!(LIMITS[1].read(&json!({"limits": {"absolute": {"totalGigabytesUsed": 3}}})), None);
    }
}
