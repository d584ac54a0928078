//! Words of forms, dialogs and errors.
use super::isolated;
use model::applied::{Applied, Became};

/// Above the list of what needs attention.
pub const PROBLEM: &str = "There is a problem";
/// Beside the request's id.
pub const REQUEST_ID: &str = "Request id";
/// Beside a field that may be left empty.
pub const OPTIONAL: &str = "optional";
/// Above folded fields.
pub const ADVANCED: &str = "Advanced";
/// The first entry of a choice.
pub const CHOOSE: &str = "Choose…";
/// A choice of which nothing is there.
pub const NOTHING_TO_CHOOSE: &str = "There is nothing to choose from yet.";
/// A choice that could not be loaded, before the reason.
pub const CHOICES_OLD: &str = "These choices may be old.";
/// A field whose choices are missing.
pub const CHOICES_MISSING: &str = "The choices could not be loaded; type an id or a name.";
/// Instead of a secret.
pub const SECRET_AGAIN: &str = "Secrets are not kept: type this one again.";
/// While a form is sent.
pub const WORKING: &str = "Working…";
/// Above the quota preview.
pub const QUOTA_PREVIEW: &str = "Quota, before and after";
/// The preview does not fit.
pub const DOES_NOT_FIT: &str = "This does not fit into the quota.";
/// For whom may only look.
pub const NEEDS_OPERATOR: &str = "You can look at this form, but creating needs the role operator.";
/// Over a command to copy.
pub const AS_API_CALL: &str = "As API call";
/// Under a command to copy.
pub const API_CALL_HELP: &str = "Set ATONIX_TOKEN to one of your API tokens.";
/// A new password was typed differently the second time.
pub const NOT_THE_SAME: &str = "This is not the same as the new password.";
/// A field takes a whole number.
pub const WHOLE_NUMBER: &str = "This must be a whole number.";
/// The password was changed.
pub const PASSWORD_CHANGED: &str = "Your password was changed, and your other sessions ended.";
/// A token was revoked.
pub const TOKEN_REVOKED: &str = "The token was revoked.";
/// A member was added.
pub const MEMBER_ADDED: &str = "The member was added.";
/// A role was given.
pub const ROLE_SET: &str = "The role was changed.";
/// A membership ended.
pub const MEMBER_REMOVED: &str = "The member was removed.";
/// A user was changed.
pub const USER_CHANGED: &str = "The user was changed.";
/// A password was replaced.
pub const PASSWORD_RESET: &str = "The user has a new password.";
/// A workspace was made.
pub const WORKSPACE_CREATED: &str = "The workspace was created.";
/// A workspace was renamed.
pub const WORKSPACE_RENAMED: &str = "The workspace was renamed.";
/// A workspace was closed.
pub const WORKSPACE_ARCHIVED: &str = "The workspace was archived.";
/// A binding was made.
pub const BINDING_CREATED: &str = "The binding was created.";
/// A quota was changed.
pub const QUOTA_SET: &str = "The quota was changed.";
/// A binding was retired.
pub const BINDING_RETIRED: &str = "The binding was retired.";
/// Over something that is shown once.
pub const ONCE: &str = "Shown only this once";
/// Under something that is shown once.
pub const ONCE_HELP: &str = "Copy it now: it is stored nowhere and cannot be shown again.";
/// Over the text that an action handed back.
pub const OUTPUT: &str = "Output";
/// Saves what is shown as a file.
pub const DOWNLOAD: &str = "Download";
/// Over what became of the objects of a manifest.
pub const APPLIED: &str = "Objects";
/// An object's kind and name.
pub const OBJECT: &str = "Object";
/// An object's namespace.
pub const NAMESPACE: &str = "Namespace";
/// What became of an object.
pub const RESULT: &str = "Result";
/// Why an object was not applied.
pub const REASON: &str = "Reason";
/// The way on from what was shown once.
pub const GO_ON: &str = "I have copied it, go on";
/// Deletes.
pub const DELETE: &str = "Delete";
/// The field of a typed confirmation.
pub const CONFIRMATION: &str = "Confirmation";

/// The button of a create form.
pub fn create_in(title: &str, environment: &str) -> String {
    format!("Create {} in {environment}", lower_first(title))
}

/// The heading of a create form.
pub fn create(title: &str) -> String {
    format!("Create {}", lower_first(title))
}

/// The question of a deletion.
pub fn delete_what(name: &str) -> String {
    format!("Delete {}?", isolated(name))
}

/// What a deletion does.
pub fn delete_consequence(kind: &str, place: &str) -> String {
    format!("This deletes the {} in {place} for good, with what is on it. Its quota is given back.", lower_first(kind))
}

/// Asks to type a name.
pub fn type_the_name(name: &str) -> String {
    format!("Type the name “{}” to confirm.", isolated(name))
}

/// What is typed to delete several things.
pub fn bulk_phrase(count: usize) -> String {
    format!("delete {count}")
}

/// More were chosen than can be done at once.
pub fn too_many(most: usize) -> String {
    format!("At most {most} at once.")
}

/// Asks to type it.
pub fn type_the_phrase(count: usize) -> String {
    format!("Type “{}” to confirm.", bulk_phrase(count))
}

/// What came of deleting several things.
pub fn bulk_done(accepted: usize, refused: usize) -> String {
    match refused {
        0 => format!("{accepted} on their way out."),
        _ => format!("{accepted} on their way out, {refused} could not be deleted."),
    }
}

/// What came of an action.
pub fn asked_for(action: &str) -> String {
    format!("{action}: the cloud was asked.")
}

/// A user was made.
pub fn user_created(name: &str) -> String {
    format!("The user {name} was created.")
}

/// What the confirmation of an action asks.
pub fn act_on(action: &str, name: &str) -> String {
    format!("{action} {}?", isolated(name))
}

/// How many characters or bytes a text may have.
pub fn at_most(max: u32) -> String {
    format!("At most {max}.")
}

/// Names that keep their capital.
const PROPER: [&str; 1] = ["Kubernetes"];

/// A title inside a sentence; abbreviations keep their capitals.
pub fn lower_first(title: &str) -> String {
    if PROPER.iter().any(|name| title.starts_with(name)) {
        return title.to_owned();
    }
    let mut letters = title.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => title.to_owned(),
    }
}

/// The choice of nothing.
pub const NOT_SET: &str = "Not set";

/// What became of an object.
pub const fn became(result: Became) -> &'static str {
    result.as_str()
}

/// How many objects came out how.
pub fn applied(objects: &[Applied]) -> String {
    let all = [Became::Created, Became::Configured, Became::Unchanged, Became::Failed];
    let counted = all.map(|result| (objects.iter().filter(|one| one.result == result).count(), became(result)));
    let said: Vec<String> =
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    said.join(", ")
}
