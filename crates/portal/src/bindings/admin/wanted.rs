//! A request for a binding, checked field by field.
use model::{Environment, Error, Fields, Result, Usage, WorkspaceSlug, view::NewBinding};

/// The most of each: vCPUs, GB of memory, GB of storage.
const MOST: i64 = 1_000_000;
/// MiB in what we call a GB of memory.
const MIB: i64 = 1024;

/// A binding as it was asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub workspace: WorkspaceSlug,
    pub environment: Environment,
    pub project: String,
    pub domain: String,
    pub region: String,
    pub quota: Usage,
}

impl Wanted {
    /// Checks every field, so that all that is wrong is said at once. `domain` is meant where none is said.
    pub(super) fn read(new: &NewBinding, domain: &str) -> Result<Self> {
        let mut fields = Fields::new();
        let mut wrong = |field: &str, sentence: String| fields.entry(field.to_owned()).or_default().push(sentence);
        let workspace = WorkspaceSlug::parse(new.workspace_id.trim()).map_err(|why| wrong("workspace_id", why));
        let environment = new.environment.trim().parse().map_err(|why| wrong("environment", why));
        let mut name = |field: &str, text: &str, otherwise: &str| {
            let text = text.trim();
            let text = if text.is_empty() { otherwise } else { text };
            let fits = (1..=255).contains(&text.chars().count()) && !text.chars().any(char::is_control);
            if !fits {
                wrong(field, "Give a name or an id, 255 characters at most.".to_owned());
            }
            text.to_owned()
        };
        let project = name("openstack_project", &new.openstack_project, "");
        let domain = name("openstack_domain", &new.openstack_domain, domain);
        let region = name("openstack_region", &new.openstack_region, "");
        let quota = [
            ("quota_vcpus", new.quota_vcpus),
            ("quota_ram_gb", new.quota_ram_gb),
            ("quota_storage_gb", new.quota_storage_gb),
        ];
        for (field, amount) in quota {
            if !(0..=MOST).contains(&amount) {
                wrong(field, too_much(MOST));
            }
        }
        match (workspace, environment, fields.is_empty()) {
            (Ok(workspace), Ok(environment), true) => {
                let (vcpus, ram_mib) = (new.quota_vcpus, new.quota_ram_gb * MIB);
                let quota = Usage { vcpus, ram_mib, storage_gb: new.quota_storage_gb };
                Ok(Self { workspace, environment, project, domain, region, quota })
            }
            _ => Err(Error::Invalid { fields }),
        }
    }
}

/// Checks a quota that was given in MiB.
pub(super) fn check_quota(quota: Usage) -> Result<()> {
    let mut fields = Fields::new();
    let dimensions = [
        ("quota_vcpus", quota.vcpus, MOST, MOST),
        ("quota_ram_gb", quota.ram_mib, MOST * MIB, MOST),
        ("quota_storage_gb", quota.storage_gb, MOST, MOST),
    ];
    for (field, amount, most, said) in dimensions {
        if !(0..=most).contains(&amount) {
            fields.insert(field.to_owned(), vec![too_much(said)]);
        }
    }
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields }) }
}

fn too_much(most: i64) -> String {
    format!("Choose 0 to {most}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new() -> NewBinding {
        NewBinding {
            workspace_id: "devops-team".to_owned(),
            environment: "staging".to_owned(),
            openstack_project: "devops-staging-9a3f".to_owned(),
            openstack_region: "RegionOne".to_owned(),
            quota_vcpus: 50,
            quota_ram_gb: 200,
            quota_storage_gb: 2000,
            ..NewBinding::default()
        }
    }

    #[test]
    fn memory_is_asked_for_in_gb_and_kept_in_mib() {
        let wanted = Wanted::read(&new(), "Default").unwrap();
        assert_eq!(wanted.quota, Usage { vcpus: 50, ram_mib: 204_800, storage_gb: 2000 });
        assert_eq!(wanted.domain, "Default");
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let fields =
            Wanted::read(&NewBinding { quota_vcpus: -1, quota_ram_gb: 1_000_001, ..NewBinding::default() }, "Default");
        let fields = fields.unwrap_err().fields();
        let names: Vec<_> = fields.keys().map(String::as_str).collect();
        let expected =
            ["environment", "openstack_project", "openstack_region", "quota_ram_gb", "quota_vcpus", "workspace_id"];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_quota_is_bounded_in_every_dimension() {
        assert!(check_quota(Usage { vcpus: 0, ram_mib: MOST * MIB, storage_gb: MOST }).is_ok());
        let fields =
            check_quota(Usage { vcpus: -1, ram_mib: MOST * MIB + 1, storage_gb: MOST + 1 }).unwrap_err().fields();
        assert_eq!(fields.len(), 3);
    }
}
