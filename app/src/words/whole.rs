//! Words of the whole cloud's pages.

/// The pages of what belongs to no project.
pub const WHOLE_CLOUD: &str = "Whole cloud";
/// What they are.
pub const WHOLE_CLOUD_HELP: &str = "What belongs to no project and only platform administrators see and change. It is \
                                    read and changed with the credentials of the cloud's administrators; each change \
                                    stands in the platform's audit.";
/// A cloud that names no region.
pub const NO_REGIONS: &str = "No regions";
/// A cloud that names no region: what that means.
pub const NO_REGIONS_HELP: &str = "The cloud names no region to this account.";
/// One of the whole cloud's things was deleted.
pub const WAS_DELETED: &str = "It was deleted.";

/// One of the whole cloud's things was created.
pub fn was_created(title: &str) -> String {
    format!("The {} was created.", super::lower_first(title))
}

/// The heading of an action's page.
pub fn act_with(action: &str, name: &str) -> String {
    format!("{action}: {}", super::isolated(name))
}

/// An action that the state does not allow.
pub fn not_now(action: &str) -> String {
    format!("“{action}” does not apply in the present state.")
}

/// What a deletion does.
pub fn delete_from_whole(kind: &str, region: &str) -> String {
    format!("This removes the {} from {region}, for every project.", super::lower_first(kind))
}
