//! Every label and sentence of the pages. A translation is this file in another language.
mod drift;
mod forms;
mod objects;
mod pages;
mod people;
mod topology;
mod whole;

pub use drift::*;
pub use forms::*;
pub use objects::*;
pub use pages::*;
pub use people::*;
pub use topology::*;
pub use whole::*;

use model::{AuditOutcome, Environment, Role, State};
use std::borrow::Cow;

/// The product.
pub const PRODUCT: &str = "AtonixCorp Platform";
/// The product, short, beside its mark.
pub const BRAND: &str = "AtonixCorp";
/// The first link of every page, for keyboards.
pub const SKIP: &str = "Skip to content";
/// The list of pages.
pub const NAVIGATION: &str = "Navigation";
/// What the place switcher is for.
pub const SWITCH_PLACE: &str = "Switch workspace or environment";
/// The place switcher when no place is chosen.
pub const CHOOSE_PLACE: &str = "Choose a workspace";
/// The account menu.
pub const ACCOUNT: &str = "Account";
/// Ends the session.
pub const SIGN_OUT: &str = "Sign out";
/// The colour chooser.
pub const COLOURS: &str = "Colours";
/// The choices of colours: cookie word and label.
pub const THEMES: [(&str, &str); 3] = [("system", "As the system"), ("light", "Light"), ("dark", "Dark")];
/// Copies what stands beside it.
pub const COPY: &str = "Copy";
/// It was copied.
pub const COPIED: &str = "Copied";
/// Closes without doing anything.
pub const CANCEL: &str = "Cancel";
/// Closes.
pub const CLOSE: &str = "Close";
/// Opens a menu of actions.
pub const ACTIONS: &str = "Actions";
/// A menu of more.
pub const MORE: &str = "More";
/// While something loads.
pub const LOADING: &str = "Loading";
/// Yes and no.
pub const YES: &str = "Yes";
/// Yes and no.
pub const NO: &str = "No";
/// In place of what is not known.
pub const NONE: &str = "–";

/// An environment, spelled out.
pub const fn environment(environment: Environment) -> &'static str {
    match environment {
        Environment::Dev => "Development",
        Environment::Staging => "Staging",
        Environment::Prod => "Production",
    }
}

/// A state, as it stands beside its dot.
pub const fn state(state: State) -> &'static str {
    match state {
        State::Requested => "Requested",
        State::Building => "Building",
        State::Active => "Active",
        State::Failed => "Failed",
        State::Deleting => "Deleting",
        State::Vanished => "Vanished",
        State::Gone => "Gone",
    }
}

/// What a state means, and what to do about it; empty when it speaks for itself.
pub const fn state_help(state: State) -> &'static str {
    match state {
        State::Requested => "Accepted and counted; the cloud has not confirmed it yet.",
        State::Failed => "The cloud could not make it. Delete it to give its quota back, then try again.",
        State::Vanished => {
            "The cloud no longer knows it. Somebody may have deleted it there; delete it here to give its quota back."
        }
        State::Gone => "Deleted. The record stays.",
        State::Building | State::Active | State::Deleting => "",
    }
}

/// A role.
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Operator => "Operator",
        Role::Owner => "Owner",
    }
}

/// What a role may do.
pub const fn role_help(role: Role) -> &'static str {
    match role {
        Role::Viewer => "reads",
        Role::Operator => "creates, changes and deletes",
        Role::Owner => "manages members too",
    }
}

/// How an attempt ended.
pub const fn outcome(outcome: AuditOutcome) -> &'static str {
    match outcome {
        AuditOutcome::Attempted => "Begun",
        AuditOutcome::Succeeded => "Done",
        AuditOutcome::Failed => "Failed",
        AuditOutcome::Denied => "Denied",
    }
}

/// How long ago something was, in microseconds; the largest unit is enough.
pub fn ago(micros: i64) -> String {
    match micros / 1_000_000 {
        ..=1 => "just now".to_owned(),
        seconds @ 2..60 => format!("{seconds} s ago"),
        seconds @ 60..3_600 => format!("{} min ago", seconds / 60),
        seconds @ 3_600..172_800 => format!("{} h ago", seconds / 3_600),
        seconds => format!("{} d ago", seconds / 86_400),
    }
}

/// How far ahead something is, in microseconds.
pub fn ahead(micros: i64) -> String {
    match micros / 1_000_000 {
        ..=0 => "over".to_owned(),
        seconds @ 1..3_600 => format!("in {} min", (seconds / 60).max(1)),
        seconds @ 3_600..172_800 => format!("in {} h", seconds / 3_600),
        seconds => format!("in {} d", seconds / 86_400),
    }
}

/// An amount of processors.
pub fn vcpus(count: i64) -> String {
    format!("{count} vCPU{}", if count == 1 { "" } else { "s" })
}

/// An amount of memory: GB where it is whole, else MiB.
pub fn memory(mib: i64) -> String {
    match mib % 1024 {
        0 => format!("{} GB", mib / 1024),
        _ if mib > 1024 => {
            let tenths = mib * 10 / 1024;
            format!("{}.{} GB", tenths / 10, tenths % 10)
        }
        _ => format!("{mib} MiB"),
    }
}

/// A thing's kind by its slug, where the navigation does not know it.
pub fn kind_of(slug: &str) -> String {
    match slug {
        "vm" => "server".to_owned(),
        "cluster" => "Kubernetes cluster".to_owned(),
        "floating_ip" => "floating IP".to_owned(),
        // All others are called after their service first, then by their noun.
        other => other.split_once('_').map_or(other, |(_, noun)| noun).replace('_', " "),
    }
}

/// An audited action in words: `vm.create` is "server: create".
pub fn audited(action: &str) -> String {
    match action.split_once('.') {
        Some((kind, done)) => format!("{}: {}", kind_of(kind), done.replace('_', " ")),
        None => action.replace('_', " "),
    }
}

/// A name inside of a sentence: what it does to the direction of writing ends with it (FSI and PDI of Unicode's UAX 9).
pub fn isolated(name: &str) -> Cow<'_, str> {
    if name.is_ascii() { Cow::Borrowed(name) } else { Cow::Owned(format!("\u{2068}{name}\u{2069}")) }
}

/// A name as it was typed again, perhaps copied out of a sentence together with the marks of [`isolated`].
pub fn bare(name: &str) -> &str {
    name.trim_matches(|one: char| one.is_whitespace() || matches!(one, '\u{2066}'..='\u{2069}'))
}

/// The title of a browser tab. Angle brackets are drawn, not written: the document's head takes a title as it is.
pub fn tab(title: &str) -> String {
    let title = title.replace('<', "‹").replace('>', "›");
    match title.is_empty() {
        true => PRODUCT.to_owned(),
        false => format!("{title} · {PRODUCT}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{ago, audited, bare, isolated, memory};

    #[test]
    fn an_audited_action_is_told_in_the_words_of_the_pages() {
        for (action, said) in [
            ("vm.create", "server: create"),
            ("neutron_router.add_interface", "router: add interface"),
            ("floating_ip.delete", "floating IP: delete"),
            ("sign_in", "sign in"),
            ("token.revoke", "token: revoke"),
        ] {
            assert_eq!(audited(action), said);
        }
    }

    #[test]
    fn a_name_turns_no_sentence_around() {
        assert_eq!(bare(&format!(" {} ", isolated("Übung"))), "Übung");
        assert_eq!(isolated("web"), "web");
        assert_eq!(isolated("\u{202e}bew"), "\u{2068}\u{202e}bew\u{2069}");
    }

    #[test]
    fn the_largest_unit_is_enough() {
        for (seconds, said) in
            [(0, "just now"), (5, "5 s ago"), (61, "1 min ago"), (7_200, "2 h ago"), (259_200, "3 d ago")]
        {
            assert_eq!(ago(seconds * 1_000_000), said);
        }
    }

    #[test]
    fn memory_is_said_in_gb_where_it_is_whole() {
        assert_eq!(memory(4096), "4 GB");
        assert_eq!(memory(512), "512 MiB");
        assert_eq!(memory(4608), "4.5 GB");
    }
}
