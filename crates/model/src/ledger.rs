//! The quota ledger, as administrators and members see it: what is promised, what is taken, what the cloud says.
use crate::{BindingId, Environment, Region, Usage, WorkspaceSlug, view::Timestamp};
use serde::{Deserialize, Serialize};

/// A dimension of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Virtual CPUs.
    Vcpus,
    /// Memory in MiB.
    RamMib,
    /// Storage in GB.
    StorageGb,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Vcpus, Self::RamMib, Self::StorageGb];

    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vcpus => "vcpus",
            Self::RamMib => "ram_mib",
            Self::StorageGb => "storage_gb",
        }
    }

    /// That much of an amount.
    pub const fn of(self, usage: Usage) -> i64 {
        match self {
            Self::Vcpus => usage.vcpus,
            Self::RamMib => usage.ram_mib,
            Self::StorageGb => usage.storage_gb,
        }
    }
}

/// What a cloud's own quota says of a project, of one thing that it limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudLimit {
    /// What a quota of ours counts of it; none where ours does not count it.
    pub dimension: Option<Dimension>,
    /// What it is for people, where no dimension says that: `Shares`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// What the project takes of it, by the cloud's own count.
    pub used: i64,
    /// The most that it may; none when the cloud sets none.
    pub limit: Option<i64>,
}

/// What a cloud said of a project, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudUse {
    /// What those of its things take that the platform has rows of.
    pub managed: Usage,
    /// What its other things take.
    pub unmanaged: Usage,
    /// The cloud's own quota.
    pub limits: Vec<CloudLimit>,
    /// What could not be found out, in sentences; then the amounts above lack it.
    pub trouble: Vec<String>,
}

/// The ledger of a binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// The binding.
    pub binding_id: BindingId,
    /// Its workspace.
    pub workspace_id: WorkspaceSlug,
    /// Its environment.
    pub environment_id: Environment,
    /// The project's name.
    pub openstack_project: String,
    /// The region.
    pub openstack_region: Region,
    /// Replaced by another; its rows live on.
    pub retired: bool,
    /// What may be taken.
    pub quota: Usage,
    /// What is taken: the number that reservations are held against.
    pub used: Usage,
    /// The part of it that is promised to what the cloud has not confirmed yet.
    pub reserved: Usage,
    /// What is taken by the sum of the rows. Where it is not `used`, the ledger is wrong.
    pub rows: Usage,
    /// What the cloud said; none while it was not asked.
    pub cloud: Option<CloudUse>,
    /// When it said so.
    pub cloud_as_of: Option<Timestamp>,
}

impl Ledger {
    /// The dimensions in which the ledger and the rows differ: ledger, rows.
    pub fn wrong(&self) -> Vec<(Dimension, i64, i64)> {
        let both = Dimension::ALL.map(|one| (one, one.of(self.used), one.of(self.rows)));
        both.into_iter().filter(|(_, used, rows)| used != rows).collect()
    }

    /// The dimensions in which more is taken than the quota allows, which then only shrinks.
    pub fn over(&self) -> Vec<Dimension> {
        Dimension::ALL.into_iter().filter(|one| one.of(self.used) > one.of(self.quota)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_and_what_is_over_are_told_apart() {
        let ledger = Ledger {
            binding_id: BindingId::new("b"),
            workspace_id: WorkspaceSlug::new("devops-team"),
            environment_id: Environment::Dev,
            openstack_project: String::new(),
            openstack_region: Region::new("RegionOne"),
            retired: false,
            quota: Usage { vcpus: 4, ram_mib: 1024, storage_gb: 10 },
            used: Usage { vcpus: 5, ram_mib: 1024, storage_gb: 2 },
            reserved: Usage::ZERO,
            rows: Usage { vcpus: 5, ram_mib: 1024, storage_gb: 1 },
            cloud: None,
            cloud_as_of: None,
        };
        assert_eq!(ledger.wrong(), [(Dimension::StorageGb, 2, 1)]);
        assert_eq!(ledger.over(), [Dimension::Vcpus]);
    }
}
