//! Words of drift and of the quota ledger.
use crate::words::isolated;
use model::{
    drift::{Class, Difference, Remedy},
    ledger::Dimension,
};

/// The page, and its place in the navigation.
pub const DRIFT: &str = "Drift";
/// What it is.
pub const DRIFT_HELP: &str = "Where this environment and its project in the cloud do not agree.";
/// Before the first comparison.
pub const NEVER_COMPARED: &str = "Not compared with the cloud yet.";
/// Before how long ago it was.
pub const COMPARED: &str = "Compared with the cloud";
/// A button.
pub const COMPARE_NOW: &str = "Compare now";
/// A comparison goes on.
pub const COMPARING: &str = "A comparison is under way. Reload this page in a moment.";
/// A comparison ended.
pub const COMPARED_NOW: &str = "The inventory was compared with the cloud.";
/// Nothing was found.
pub const NO_DRIFT: &str = "Inventory and cloud agree";
/// Nothing was found: what would be here.
pub const NO_DRIFT_HELP: &str =
    "What is created, changed or deleted past this platform appears here, and what a failure left behind.";
/// Nothing was found because nobody looked.
pub const NO_DRIFT_YET: &str = "Nothing is known yet";
/// What a comparison could not see.
pub const UNSEEN: &str = "Not everything could be seen. What is said of these may be out of date:";
/// A filter and a column: the class.
pub const CLASS: &str = "What happened";
/// Any class.
pub const ALL_CLASSES: &str = "Everything";
/// A filter: what is ignored.
pub const MENTIONED: &str = "Which";
/// A filter's choice: what is to be mentioned.
pub const NOT_IGNORED: &str = "Not ignored";
/// A column: what is different.
pub const DIFFERENCES: &str = "Details";
/// A column: since when.
pub const FOUND: &str = "Found";
/// Before what was asked for.
pub const ASKED_FOR: &str = "asked for";
/// Before what the cloud has.
pub const IN_CLOUD: &str = "in the cloud";
/// The quota ledger.
pub const LEDGER: &str = "Quota ledger";
/// A column: what is promised.
pub const RESERVED: &str = "Promised";
/// A column: what our things take by the cloud's account.
pub const MANAGED_IN_CLOUD: &str = "Made here, in cloud";
/// A column: what other things take.
pub const OTHERS_IN_CLOUD: &str = "Made outside";
/// A column: the cloud's own quota.
pub const CLOUDS_QUOTA: &str = "Cloud's own quota";
/// The cloud sets no quota.
pub const UNLIMITED: &str = "unlimited";
/// Nobody has asked the cloud yet.
pub const CLOUD_NOT_ASKED: &str = "The cloud was not asked yet.";
/// Before how long ago the cloud said so.
pub const CLOUD_SAID: &str = "The cloud said so";
/// More is used than the quota allows.
pub const OVER_QUOTA: &str =
    "More is used than the quota allows. What is there stays; nothing new fits until it is less.";
/// The ledger is not the sum of its rows.
pub const LEDGER_WRONG: &str =
    "The ledger is not the sum of its records. Run “atonix quota verify”, and report what it says.";

/// What kind of disagreement.
pub const fn class(class: Class) -> &'static str {
    match class {
        Class::CreatedOutside => "Created outside",
        Class::Vanished => "Vanished",
        Class::Changed => "Changed",
        Class::Orphaned => "Orphaned",
    }
}

/// What that means.
pub const fn class_help(class: Class) -> &'static str {
    match class {
        Class::CreatedOutside => {
            "It is in the project, and this platform did not make it. It counts towards no quota here."
        }
        Class::Vanished => "It was made here, and the cloud no longer has it.",
        Class::Changed => "It is not any more as it was asked for here.",
        Class::Orphaned => "A failure left it behind: it carries our mark, and no record answers for it.",
    }
}

/// A filter's choice, with how many there are.
pub fn class_count(of: Class, count: i64) -> String {
    format!("{} ({count})", class(of))
}

/// A filter's choice: what is not to be mentioned.
pub fn ignored_count(count: i64) -> String {
    format!("Ignored ({count})")
}

/// What can be done about it.
pub const fn remedy(class: Class, remedy: Remedy) -> &'static str {
    match (class, remedy) {
        (Class::Changed, Remedy::Adopt) => "Keep the change",
        (_, Remedy::Adopt) => "Adopt",
        (Class::Vanished, Remedy::Forget) => "Forget",
        (_, Remedy::Forget) => "Ignore",
        (_, Remedy::CleanUp) => "Clean up",
    }
}

/// What comes of it.
pub const fn remedy_help(class: Class, remedy: Remedy) -> &'static str {
    match (class, remedy) {
        (Class::Changed, Remedy::Adopt) => {
            "From now on the cloud's values are what was asked for. What it takes of the quota follows."
        }
        (_, Remedy::Adopt) => {
            "It becomes a resource of this environment and counts towards its quota, also where that is exceeded by it."
        }
        (Class::Vanished, Remedy::Forget) => {
            "Once the cloud has confirmed that it is not there, its record is closed and its quota given back."
        }
        (_, Remedy::Forget) => "It stays where it is, and is not mentioned here until it changes.",
        (_, Remedy::CleanUp) => "It is deleted in the cloud, with everything that is on it. This cannot be undone.",
    }
}

/// What was done.
pub fn remedied(class: Class, done: Remedy, name: &str) -> String {
    let name = isolated(name);
    match (class, done) {
        (Class::Changed, Remedy::Adopt) => format!("The cloud's values of {name} are what is asked for now."),
        (_, Remedy::Adopt) => format!("{name} is in the inventory now."),
        (Class::Vanished, Remedy::Forget) => format!("{name} is gone; its quota is free."),
        (_, Remedy::Forget) => format!("{name} is not mentioned until it changes."),
        (_, Remedy::CleanUp) => format!("{name} is being deleted in the cloud."),
    }
}

/// A difference in a sentence.
pub fn difference(one: &Difference) -> String {
    format!("{}: {ASKED_FOR} {}, {IN_CLOUD} {}", one.label, isolated(&one.ours), isolated(&one.theirs))
}

/// How many findings there are, for who does not see the number beside its label.
pub fn findings(count: i64) -> String {
    match count {
        1 => "1 finding".to_owned(),
        _ => format!("{count} findings"),
    }
}

/// A dimension of a quota.
pub const fn dimension(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Vcpus => super::VCPUS,
        Dimension::RamMib => super::MEMORY,
        Dimension::StorageGb => super::STORAGE,
    }
}

/// An amount in a dimension.
pub fn amount(dimension: Dimension, amount: i64) -> String {
    match dimension {
        Dimension::Vcpus => amount.to_string(),
        Dimension::RamMib => super::memory(amount),
        Dimension::StorageGb => format!("{amount} GB"),
    }
}
