//! Words of the pages about people, tokens, audit, workspaces and bindings.

/// Nothing was selected.
pub const NOTHING_SELECTED: &str = "Nothing is selected";
/// Nothing was selected: what to do.
pub const NOTHING_SELECTED_HELP: &str = "Select what should go in the inventory, then come back.";
/// What the audit is.
pub const AUDIT_HELP: &str = "Who did what, and how it ended. Each entry seals the one before it.";
/// A filter and a column: the environment.
pub const ENVIRONMENT: &str = "Environment";
/// The environments of a workspace.
pub const ENVIRONMENTS: &str = "Environments";
/// Any environment.
pub const ALL_ENVIRONMENTS: &str = "All environments";
/// A column: the actor.
pub const WHO: &str = "Who";
/// A column: the action.
pub const WHAT: &str = "What";
/// A column: the number in the chain.
pub const NUMBER: &str = "No.";
/// A column: the moment.
pub const WHEN: &str = "When";
/// A column: to what.
pub const TARGET: &str = "On";
/// A column: the outcome.
pub const OUTCOME: &str = "Outcome";
/// A column: the link's hash.
pub const LINK: &str = "Seal";
/// A field.
pub const OLD_PASSWORD: &str = "Current password";
/// A field.
pub const NEW_PASSWORD: &str = "New password";
/// A field.
pub const AGAIN: &str = "New password, again";
/// A button.
pub const CHANGE_PASSWORD: &str = "Change password";
/// Who is signed in.
pub const SIGNED_IN_AS: &str = "Signed in as";
/// What tokens are for.
pub const TOKENS_HELP: &str = "For scripts. A token never reaches beyond your own roles.";
/// No tokens.
pub const NO_TOKENS: &str = "No tokens yet";
/// No tokens: what they are for.
pub const NO_TOKENS_HELP: &str = "A token lets a script do what its owner may do.";
/// A form.
pub const NEW_TOKEN: &str = "New token";
/// A button.
pub const ISSUE_TOKEN: &str = "Create token";
/// Help for a token's name.
pub const TOKEN_NAME_HELP: &str = "What it is for, so that you know it again.";
/// A column: where a token reaches.
pub const REACHES: &str = "Reaches";
/// A token without restriction.
pub const ALL_WORKSPACES: &str = "All my workspaces";
/// A restriction.
pub const ONLY_ENVIRONMENTS: &str = "Only these environments";
/// A restriction: what none means.
pub const ONLY_ENVIRONMENTS_HELP: &str = "None ticked means all.";
/// A restriction.
pub const READ_ONLY: &str = "Reads only";
/// A column: what a token may.
pub const MAY: &str = "May";
/// A token that reads.
pub const READS: &str = "Read";
/// A token that writes too.
pub const READS_AND_WRITES: &str = "Read and write";
/// A column: the end.
pub const ENDS: &str = "Ends";
/// A column: the last use.
pub const LAST_USED: &str = "Last used";
/// It never was, or never will be.
pub const NEVER: &str = "Never";
/// A button.
pub const REVOKE: &str = "Revoke";
/// What revoking does.
pub const REVOKE_HELP: &str = "Scripts that use this token are refused from now on. It cannot be brought back.";
/// A field.
pub const DAYS: &str = "Days until it ends";
/// Help for a token's end.
pub const DAYS_HELP: &str = "90 when empty, 365 at most.";
/// A field and a column.
pub const ROLE: &str = "Role";
/// A column.
pub const SINCE: &str = "Since";
/// A button.
pub const ADD_MEMBER: &str = "Add member";
/// A button.
pub const REMOVE: &str = "Remove";
/// What removing a member does.
pub const REMOVE_HELP: &str = "The workspace is out of reach at once, for tokens too. What the member made stays.";
/// A button.
pub const SET: &str = "Set";
/// A field and a column.
pub const WORKSPACE: &str = "Workspace";
/// A field: the slug.
pub const SLUG: &str = "Slug";
/// Help for the slug.
pub const SLUG_HELP: &str = "Stands in addresses and never changes: lower-case letters, digits and single hyphens.";
/// A field: the name for people.
pub const DISPLAY_NAME: &str = "Display name";
/// A field: the first owner.
pub const OWNER: &str = "Owner";
/// Help for the owner.
pub const OWNER_HELP: &str = "An existing user's name.";
/// A form and a button.
pub const NEW_WORKSPACE: &str = "Create workspace";
/// A button.
pub const RENAME: &str = "Rename";
/// A button.
pub const ARCHIVE: &str = "Archive workspace";
/// What archiving does.
pub const ARCHIVE_HELP: &str = "Possible once nothing is left in it. Its records stay; the slug is not used again.";
/// A badge.
pub const ARCHIVED: &str = "Archived";
/// Bindings.
pub const BINDINGS: &str = "Bindings";
/// No bindings.
pub const NO_BINDINGS: &str = "No bindings yet";
/// No bindings: what they are for.
pub const NO_BINDINGS_HELP: &str = "A binding ties an environment to one project in one region, with a quota.";
/// A form.
pub const NEW_BINDING: &str = "New binding";
/// A button.
pub const CREATE_BINDING: &str = "Create binding";
/// A button.
pub const TEST_BINDING: &str = "Test";
/// No environment is left to bind.
pub const ALL_BOUND: &str = "Every environment is bound. Retire a binding to point its environment elsewhere.";
/// What testing does.
pub const TEST_HELP: &str = "Testing asks the cloud and saves nothing.";
/// A field.
pub const DOMAIN: &str = "Domain";
/// Help for the domain.
pub const DOMAIN_HELP: &str = "“Default” when empty.";
/// Help for the project.
pub const PROJECT_HELP: &str = "A project's name or id.";
/// A field.
pub const MEMORY_GB: &str = "Memory in GB";
/// A field.
pub const STORAGE_GB: &str = "Storage in GB";
/// A button.
pub const RETIRE: &str = "Retire";
/// What retiring a binding does.
pub const RETIRE_HELP: &str =
    "Nothing new can be created there, and it cannot be taken back. What exists stays, and can still be deleted.";
/// A badge.
pub const RETIRED: &str = "Retired";
/// A column: rows that are not gone.
pub const RESOURCES: &str = "Resources";
/// A test without problems.
pub const PROBE_FINE: &str = "This binding can be saved.";
/// A test with problems.
pub const PROBE_PROBLEMS: &str = "This stands in the way";
/// A test's warnings.
pub const PROBE_WARNINGS: &str = "You should know";
/// A test's services.
pub const PROBE_SERVICES: &str = "Services in this region";
/// A service that answered.
pub const ANSWERED: &str = "answered";
/// A service that did not.
pub const SILENT: &str = "did not answer";
/// The cloud does not offer its projects.
pub const NO_OFFERS: &str = "Projects and regions could not be loaded; type them.";
/// Staff: a column.
pub const STAFF: &str = "Administrator";
/// Staff: a column.
pub const ACTIVE: &str = "May sign in";
/// A form and a button.
pub const NEW_USER: &str = "Create user";
/// Help for a new user's password.
pub const NEW_USER_PASSWORD_HELP: &str = "Left empty, one is generated and shown once.";
/// A button.
pub const DEACTIVATE: &str = "Deactivate";
/// What deactivating does.
pub const DEACTIVATE_HELP: &str = "All sessions end at once and no token works any more. What the user made stays.";
/// A button.
pub const ACTIVATE: &str = "Activate";
/// A button.
pub const MAKE_STAFF: &str = "Make administrator";
/// A button.
pub const UNMAKE_STAFF: &str = "No longer administrator";
/// A button.
pub const NEW_PASSWORD_FOR: &str = "Reset password";
/// What a new password does.
pub const NEW_PASSWORD_HELP: &str = "A password is generated and shown once. The old one and all sessions end.";
/// A button.
pub const SAVE: &str = "Save";

/// What deleting several things does.
pub fn bulk_consequence(place: &str) -> String {
    format!("This deletes them in {place} for good, with what is on them. Their quota is given back.")
}
