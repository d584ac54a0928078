//! Words of pages.

/// The sign-in page.
pub const SIGN_IN: &str = "Sign in";
/// What the product is, under its name.
pub const TAGLINE: &str = "Servers, storage and networks for your team, in its own projects.";
/// A field of the sign-in page.
pub const USERNAME: &str = "User name";
/// A field of the sign-in page.
pub const PASSWORD: &str = "Password";
/// Sign-in refused.
pub const BAD_CREDENTIALS: &str = "That user name and password do not match.";
/// The session ended.
pub const SESSION_ENDED: &str = "Your session ended. Sign in again to go on.";
/// The page of a place.
pub const OVERVIEW: &str = "Overview";
/// The list of rows.
pub const INVENTORY: &str = "Inventory";
/// The chain of a workspace.
pub const AUDIT: &str = "Audit";
/// The people of a workspace.
pub const MEMBERS: &str = "Members";
/// API tokens.
pub const TOKENS: &str = "API tokens";
/// Staff pages.
pub const ADMINISTRATION: &str = "Administration";
/// Staff: users.
pub const USERS: &str = "Users";
/// Staff and members: workspaces.
pub const WORKSPACES: &str = "Workspaces";
/// Staff: the platform's chain.
pub const PLATFORM_AUDIT: &str = "Platform audit";
/// The page of the navigation's part for a workspace.
pub const TEAM: &str = "Team";
/// Quota gauges.
pub const QUOTA: &str = "Quota";
/// A dimension.
pub const VCPUS: &str = "vCPUs";
/// A dimension.
pub const MEMORY: &str = "Memory";
/// A dimension.
pub const STORAGE: &str = "Storage";
/// Columns of quotas.
pub const USED: &str = "Used";
/// Columns of quotas.
pub const LEFT: &str = "Left";
/// Columns of quotas.
pub const LIMIT: &str = "Limit";
/// Columns of quotas.
pub const RESOURCE: &str = "Resource";
/// Counts by kind and state.
pub const WHAT_THERE_IS: &str = "What there is";
/// The last events.
pub const RECENTLY: &str = "Recently";
/// A place without anything.
pub const EMPTY_PLACE: &str = "Nothing here yet";
/// A place without anything: what to do.
pub const EMPTY_PLACE_HELP: &str = "What your team creates in this environment appears here. Begin with one of these.";
/// An audit chain without events.
pub const NO_EVENTS: &str = "Nothing has happened yet.";
/// The way to all events.
pub const ALL_EVENTS: &str = "All events";
/// Somebody without a workspace.
pub const NO_WORKSPACE: &str = "You are not a member of a workspace yet";
/// Somebody without a workspace: what to do.
pub const NO_WORKSPACE_HELP: &str =
    "Ask the owner of your team's workspace to add you as a member, with your user name:";
/// A staff member without a workspace.
pub const NO_WORKSPACE_STAFF: &str = "As an administrator you can create workspaces and bind them to projects.";
/// A workspace without bindings.
pub const NO_ENVIRONMENT: &str =
    "No environment of this workspace is bound to a project yet. An administrator does that.";
/// A page that does not exist.
pub const NOT_FOUND: &str = "This page does not exist";
/// A page that does not exist: what to do.
pub const NOT_FOUND_HELP: &str =
    "The address may be mistyped, the thing may be gone, or it belongs to a workspace that you are not a member of.";
/// A page that could not be shown.
pub const FAILED_PAGE: &str = "This page could not be shown";
/// Tries again.
pub const TRY_AGAIN: &str = "Try again";
/// To the first page.
pub const TO_START: &str = "Go to the start page";

/// How often one may try to sign in.
pub fn wait(seconds: &str) -> String {
    format!("Too many attempts. Try again in {seconds} seconds.")
}

/// So much of so much.
pub fn of(used: &str, quota: &str) -> String {
    format!("{used} of {quota}")
}

/// An action under way.
pub fn under_way(action: &str) -> String {
    format!("{}…", action.replace('_', " "))
}

/// Why an event ended as it did, where its detail says so.
pub fn reason(detail: &serde_json::Value) -> Option<String> {
    ["fault", "error", "reason", "why"].iter().find_map(|key| detail.get(key)?.as_str()).map(str::to_owned)
}

/// A column: the kind.
pub const KIND: &str = "Type";
/// A column: the state.
pub const STATE: &str = "State";
/// A column: how many.
pub const COUNT: &str = "Count";
/// A column: the name.
pub const NAME: &str = "Name";
/// The way through a long list.
pub const PAGES: &str = "Pages";
/// Back to where the list begins.
pub const FIRST_PAGE: &str = "First page";
/// The way to the page before this one.
pub const PREVIOUS_PAGE: &str = "Previous page";
/// On.
pub const NEXT_PAGE: &str = "Next page";
/// Applies a filter.
pub const FILTER: &str = "Filter";
/// However it ended.
pub const ALL_OUTCOMES: &str = "All outcomes";
/// The first day of a range.
pub const FROM_DAY: &str = "From";
/// The last day of a range.
pub const TO_DAY: &str = "To";
/// What the downloads hold.
pub const DOWNLOAD_HELP: &str = "Everything that fits the filter, oldest first; days are in UTC:";
/// Formats of a download, with their labels.
pub const DOWNLOADS: [(&str, &str); 2] = [("jsonl", "Download JSON Lines"), ("cadf", "Download CADF")];
/// Any kind.
pub const ALL_KINDS: &str = "All types";
/// Any state.
pub const ALL_STATES: &str = "All states";
/// Searches by name.
pub const SEARCH: &str = "Name or id";
/// A column: how much of the quota.
pub const TAKES: &str = "Takes";
/// A column: when it was made.
pub const AGE: &str = "Created";
/// A column: who made it.
pub const BY: &str = "By";
/// A column of checkboxes.
pub const SELECT: &str = "Select";
/// Deletes what is selected.
pub const DELETE_SELECTED: &str = "Delete selected";
/// Nothing fits the filter.
pub const NO_MATCH: &str = "Nothing fits this filter";
/// Nothing fits the filter: what to do.
pub const NO_MATCH_HELP: &str = "Take a part of it away to see more.";
/// Takes the filter away.
pub const CLEAR_FILTER: &str = "Clear the filter";
/// Not made by the platform.
pub const UNMANAGED: &str = "Unmanaged";
/// What that means.
pub const UNMANAGED_HELP: &str = "It is in your project, but this platform did not make it.";
/// Belongs to another project.
pub const SHARED: &str = "Shared";
/// Makes a thing.
pub const CREATE: &str = "Create";
/// What it is called in the cloud.
pub const CLOUD_ID: &str = "Id in the cloud";
/// What the record is called here.
pub const ROW_ID: &str = "Record";
/// The bound project.
pub const PROJECT: &str = "Project";
/// The bound region.
pub const REGION: &str = "Region";
/// When it last changed.
pub const CHANGED: &str = "Changed";
/// A resource's attributes.
pub const ATTRIBUTES: &str = "Attributes";
/// What happened to it.
pub const TIMELINE: &str = "Timeline";
/// Why it failed.
pub const FAULT: &str = "What the cloud said";

/// New rows that are not shown yet.
pub fn new_rows(count: usize) -> String {
    format!("{count} new · show")
}

/// How many rows there are.
pub fn rows(count: i64) -> String {
    match count {
        1 => "1 resource".to_owned(),
        _ => format!("{count} resources"),
    }
}

/// How many are selected.
pub fn selected(count: usize) -> String {
    format!("{count} selected")
}
/// What shared means.
pub const SHARED_HELP: &str = "It belongs to another project, which shares it.";
/// How old the cloud's answer is.
pub const AS_OF: &str = "As of";
/// The cloud's answer is incomplete.
pub const STALE: &str = "This list is old or incomplete.";
/// A list that was never read.
pub const NOT_READ: &str = "This list could not be read yet.";
/// The way to all of what lies in a resource, where its page shows the first of it.
pub fn all_of(plural: &str) -> String {
    format!("All {}", super::lower_first(plural))
}

/// Nothing of a kind lies in a resource.
pub fn none_inside(plural: &str) -> String {
    format!("No {}.", super::lower_first(plural))
}
/// What lies in something that lies in a resource.
pub fn inside(plural: &str, name: &str) -> String {
    format!("{plural} of {name}")
}
/// Changes one.
pub const EDIT: &str = "Edit";
/// An action that said nothing.
pub const NO_OUTPUT: &str = "It said nothing.";
/// An action on one of what lies in a resource: what that is called, and on which one.
pub fn remove_what(label: &str, name: &str) -> String {
    format!("{label}: {name}")
}
/// A list that the cloud has not given yet.
pub const OWN_ONLY: &str = "Only what the platform made is shown.";

/// A kind of which there is nothing yet.
pub fn none_yet(plural: &str) -> String {
    format!("No {} yet", super::lower_first(plural))
}
