//! What a resource takes of a binding's quota.
use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};

/// An amount in the three dimensions of a quota. Also a quota itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Virtual CPUs.
    pub vcpus: i64,
    /// Memory in MiB, as Nova counts it.
    pub ram_mib: i64,
    /// Block and file storage in GB (Cinder's gigabytes).
    pub storage_gb: i64,
}

impl Usage {
    /// Nothing.
    pub const ZERO: Self = Self { vcpus: 0, ram_mib: 0, storage_gb: 0 };

    /// Servers: vCPUs and MiB of memory.
    pub const fn compute(vcpus: i64, ram_mib: i64) -> Self {
        Self { vcpus, ram_mib, storage_gb: 0 }
    }

    /// Volumes: GB.
    pub const fn storage(storage_gb: i64) -> Self {
        Self { vcpus: 0, ram_mib: 0, storage_gb }
    }

    /// The same, `count` times; saturating, because `count` may come from a person.
    #[must_use]
    pub const fn times(self, count: i64) -> Self {
        Self {
            vcpus: self.vcpus.saturating_mul(count),
            ram_mib: self.ram_mib.saturating_mul(count),
            storage_gb: self.storage_gb.saturating_mul(count),
        }
    }

    /// What is left of `self` (a quota) when `used` is taken; never below zero.
    #[must_use]
    pub fn left(self, used: Self) -> Self {
        Self {
            vcpus: (self.vcpus - used.vcpus).max(0),
            ram_mib: (self.ram_mib - used.ram_mib).max(0),
            storage_gb: (self.storage_gb - used.storage_gb).max(0),
        }
    }

    /// By how much `self` is more than `other`, in each dimension; never below zero.
    #[must_use]
    pub fn beyond(self, other: Self) -> Self {
        self.left(other)
    }

    /// Whether `wanted` fits beside `used`: a dimension that is not asked for never stands in the way, even when a quota
    /// was lowered below its use.
    pub fn admits(self, used: Self, wanted: Self) -> bool {
        let fits = |wanted: i64, used: i64, quota: i64| wanted == 0 || used.saturating_add(wanted) <= quota;
        fits(wanted.vcpus, used.vcpus, self.vcpus)
            && fits(wanted.ram_mib, used.ram_mib, self.ram_mib)
            && fits(wanted.storage_gb, used.storage_gb, self.storage_gb)
    }
}

impl Add for Usage {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            vcpus: self.vcpus.saturating_add(other.vcpus),
            ram_mib: self.ram_mib.saturating_add(other.ram_mib),
            storage_gb: self.storage_gb.saturating_add(other.storage_gb),
        }
    }
}

impl Sub for Usage {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            vcpus: self.vcpus - other.vcpus,
            ram_mib: self.ram_mib - other.ram_mib,
            storage_gb: self.storage_gb - other.storage_gb,
        }
    }
}

/// Says which dimensions do not fit, and what is left of them.
pub fn shortfall(wanted: Usage, left: Usage) -> String {
    let part =
        |wanted: i64, left: i64, unit: &str| (wanted > left).then(|| format!("{wanted} {unit} asked for, {left} left"));
    let parts: Vec<String> = [
        part(wanted.vcpus, left.vcpus, "vCPUs"),
        part(wanted.ram_mib, left.ram_mib, "MiB of memory"),
        part(wanted.storage_gb, left.storage_gb, "GB of storage"),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!("{}.", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::Usage;

    #[test]
    fn a_dimension_that_is_not_asked_for_never_stands_in_the_way() {
        let quota = Usage { vcpus: 4, ram_mib: 1024, storage_gb: 10 };
        let over = Usage { vcpus: 8, ram_mib: 0, storage_gb: 0 };
        assert!(quota.admits(over, Usage::storage(10)));
        assert!(!quota.admits(over, Usage::compute(1, 0)));
        assert!(!quota.admits(Usage::ZERO, Usage::storage(11)));
    }
}
