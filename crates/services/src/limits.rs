//! What a project may take by the cloud's own rules, and what it takes of that.
use crate::clients::{CINDER, MANILA, NOVA};
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
    /// What it limits, and the names of what is in use and of the most.
    names: &'static [(Of, &'static str, &'static str)],
}

/// What is limited: something that a quota of ours counts, too, or something else, as people call it.
#[derive(Clone, Copy, Debug)]
enum Of {
    Counted(Dimension),
    Other(&'static str),
}

/// Every service that limits something of ours.
pub static LIMITS: [Limits; 3] = [
    // https://docs.openstack.org/api-ref/compute/#show-rate-and-absolute-limits
    Limits {
        service: &NOVA,
        names: &[
            (Of::Counted(Dimension::Vcpus), "totalCoresUsed", "maxTotalCores"),
            (Of::Counted(Dimension::RamMib), "totalRAMUsed", "maxTotalRAMSize"),
        ],
    },
    // https://docs.openstack.org/api-ref/block-storage/v3/#show-absolute-limits-for-a-project
    Limits {
        service: &CINDER,
        names: &[(Of::Counted(Dimension::StorageGb), "totalGigabytesUsed", "maxTotalVolumeGigabytes")],
    },
    // https://docs.openstack.org/api-ref/shared-file-system/#list-absolute-limits
    Limits {
        service: &MANILA,
        names: &[
            (Of::Other("Shares"), "totalSharesUsed", "maxTotalShares"),
            (Of::Other("Shares, GB"), "totalShareGigabytesUsed", "maxTotalShareGigabytes"),
            (Of::Other("Share snapshots"), "totalShareSnapshotsUsed", "maxTotalShareSnapshots"),
            (Of::Other("Share snapshots, GB"), "totalSnapshotGigabytesUsed", "maxTotalSnapshotGigabytes"),
            (Of::Other("Share networks"), "totalShareNetworksUsed", "maxTotalShareNetworks"),
        ],
    },
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
        let limit = |(of, used, most): &(Of, &str, &str)| {
            let most = Some(number(most)?).filter(|most| *most >= 0);
            let (dimension, what) = match of {
                Of::Counted(dimension) => (Some(*dimension), String::new()),
                Of::Other(what) => (None, (*what).to_owned()),
            };
            Some(CloudLimit { dimension, what, used: number(used)?, limit: most })
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
        assert_eq!(plain, [(Some(Dimension::Vcpus), 3, Some(20)), (Some(Dimension::RamMib), 512, None)]);
    }

    #[test]
    fn what_no_quota_of_ours_counts_is_told_by_its_name() {
        let body = json!({"limits": {"rate": [], "absolute": {
            "maxTotalShares": 50, "totalSharesUsed": 1, "maxTotalShareGigabytes": 1000, "totalShareGigabytesUsed": 5,
            "maxTotalShareSnapshots": 50, "totalShareSnapshotsUsed": 0,
            "maxTotalSnapshotGigabytes": -1, "totalSnapshotGigabytesUsed": 0,
            "maxTotalShareNetworks": 10, "totalShareNetworksUsed": 2,
        }}});
        let read = LIMITS[2].read(&body).unwrap();
        let plain: Vec<_> = read.iter().map(|one| (one.what.as_str(), one.used, one.limit)).collect();
        assert_eq!(
            plain,
            [
                ("Shares", 1, Some(50)),
                ("Shares, GB", 5, Some(1000)),
                ("Share snapshots", 0, Some(50)),
                ("Share snapshots, GB", 0, None),
                ("Share networks", 2, Some(10)),
            ]
        );
        assert!(read.iter().all(|one| one.dimension.is_none()));
    }

    #[test]
    fn an_answer_that_lacks_a_limit_is_none() {
        assert_eq!(LIMITS[1].read(&json!({"limits": {"absolute": {"totalGigabytesUsed": 3}}})), None);
    }
}
