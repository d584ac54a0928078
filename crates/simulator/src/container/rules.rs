//! The schemas of what Zun takes, as far as they are told apart here.

use serde_json::Value;

use super::schema::{Check, Rule, Rules};

const TEXT: Check = Check::Type(&["string", "null"]);
const OBJECT: Check = Check::Type(&["object", "null"]);
const LIST: Check = Check::Type(&["array", "null"]);

fn word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_.-".contains(c)
}

fn is_name(text: &str) -> bool {
    let rest = text.strip_prefix(|first: char| first.is_ascii_alphanumeric());
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(word))
}

/// Somewhere a letter or digit, and behind it one more character of a name.
fn is_image(text: &str) -> bool {
    text.chars().zip(text.chars().skip(1)).any(|(first, second)| first.is_ascii_alphanumeric() && word(second))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_digits_or_nothing(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_decimal(text: &str) -> bool {
    text.split_once('.')
        .map_or(is_digits_or_nothing(text), |(whole, part)| is_digits_or_nothing(whole) && is_digits(part))
}

fn is_boolean(value: &Value) -> bool {
    value.is_boolean() || matches!(value.as_str(), Some("True" | "true" | "False" | "false"))
}

/// What a word of a query means, for the words that Zun takes as one of the two.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text {
        "True" | "TRUE" | "true" | "1" | "ON" | "On" | "on" | "YES" | "Yes" | "yes" => Some(true),
        "False" | "FALSE" | "false" | "0" | "OFF" | "Off" | "off" | "NO" | "No" | "no" => Some(false),
        _ => None,
    }
}

fn is_truth(value: &Value) -> bool {
    value.is_boolean() || value.as_str().and_then(truth).is_some()
}

pub(super) const NAME: Rule = Rule {
    checks: &[
        TEXT,
        Check::MinLength(2),
        Check::MaxLength(255),
        Check::Pattern("'^[a-zA-Z0-9][a-zA-Z0-9_.-]+$'", is_name),
    ],
    printed: "{'type': ['string', 'null'],\n     'minLength': 2,\n     'maxLength': 255,\n     'pattern': '^[a-zA-Z0-9][a-zA-Z0-9_.-]+$'}",
};
pub(super) const IMAGE: Rule = Rule {
    checks: &[
        Check::Type(&["string"]),
        Check::MinLength(2),
        Check::MaxLength(255),
        Check::Pattern("'[a-zA-Z0-9][a-zA-Z0-9_.-]'", is_image),
    ],
    printed: "{'type': 'string',\n     'minLength': 2,\n     'maxLength': 255,\n     'pattern': '[a-zA-Z0-9][a-zA-Z0-9_.-]'}",
};
pub(super) const CPU: Rule = Rule {
    checks: &[
        Check::Type(&["number", "string", "null"]),
        Check::Pattern(r"'^[0-9]*(\\.([0-9]+))?$'", is_decimal),
        Check::MinLength(1),
        Check::Minimum(0.1, "0.1"),
        Check::Maximum(16.0, "16.0"),
    ],
    printed: "{'type': ['number', 'string', 'null'],\n     'pattern': '^[0-9]*(\\\\.([0-9]+))?$',\n     'minLength': 1,\n     'minimum': 0.1,\n     'maximum': 16.0}",
};
pub(super) const MEMORY: Rule = Rule {
    checks: &[
        Check::Type(&["string", "integer", "null"]),
        Check::Minimum(4.0, "4"),
        Check::Maximum(8192.0, "8192"),
        Check::Pattern("'^[0-9]+$'", is_digits),
    ],
    printed: "{'type': ['string', 'integer', 'null'],\n     'minimum': 4,\n     'maximum': 8192,\n     'pattern': '^[0-9]+$'}",
};
const DISK: Rule = Rule {
    checks: &[
        Check::Type(&["string", "integer", "null"]),
        Check::Minimum(1.0, "1"),
        Check::Maximum(160.0, "160"),
        Check::Pattern("'^[0-9]+$'", is_digits),
    ],
    printed: "{'type': ['string', 'integer', 'null'],\n     'minimum': 1,\n     'maximum': 160,\n     'pattern': '^[0-9]+$'}",
};
const BOOLEAN: Rule = Rule {
    checks: &[
        Check::Type(&["boolean", "string"]),
        Check::Enum("[True, 'True', 'true', False, 'False', 'false']", is_boolean),
    ],
    printed: "{'type': ['boolean', 'string'],\n     'enum': [True, 'True', 'true', False, 'False', 'false']}",
};
const TRUTH: Rule = Rule {
    checks: &[
        Check::Type(&["boolean", "string"]),
        Check::Enum(
            "[True, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes', False, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no']",
            is_truth,
        ),
    ],
    printed: "{'type': ['boolean', 'string'],\n     'enum': [True,\n              'True',\n              'TRUE',\n              'true',\n              '1',\n              'ON',\n              'On',\n              'on',\n              'YES',\n              'Yes',\n              'yes',\n              False,\n              'False',\n              'FALSE',\n              'false',\n              '0',\n              'OFF',\n              'Off',\n              'off',\n              'NO',\n              'No',\n              'no']}",
};
const POLICY: Rule = Rule {
    checks: &[
        Check::Type(&["string"]),
        Check::Enum("['dedicated', 'shared']", |value| matches!(value.as_str(), Some("dedicated" | "shared"))),
    ],
    printed: "{'type': 'string', 'enum': ['dedicated', 'shared']}",
};
const DRIVER: Rule = Rule {
    checks: &[
        TEXT,
        Check::Enum("['glance', 'docker', None, 'None']", |value| {
            value.is_null() || matches!(value.as_str(), Some("glance" | "docker" | "None"))
        }),
    ],
    printed: "{'type': ['string', 'null'], 'enum': ['glance', 'docker', None, 'None']}",
};
const SECONDS: Rule = Rule {
    checks: &[
        Check::Type(&["integer", "string"]),
        Check::Pattern("'^[0-9]*$'", is_digits_or_nothing),
        Check::Minimum(0.0, "0"),
    ],
    printed: "{'type': ['integer', 'string'], 'pattern': '^[0-9]*$', 'minimum': 0}",
};
pub(super) const KIND: Rule = Rule {
    checks: &[
        Check::Type(&["string"]),
        Check::Enum("['capsule', 'Capsule']", |value| matches!(value.as_str(), Some("capsule" | "Capsule"))),
    ],
    printed: "{'type': ['string'], 'enum': ['capsule', 'Capsule']}",
};
pub(super) const VERSION: Rule = Rule {
    checks: &[
        Check::Type(&["string"]),
        Check::Enum("['beta', 'Beta']", |value| matches!(value.as_str(), Some("beta" | "Beta"))),
    ],
    printed: "{'type': ['string'], 'enum': ['beta', 'Beta']}",
};
pub(super) const RESTART: Rule = Rule {
    checks: &[
        Check::Type(&["string"]),
        Check::Enum("['Always', 'OnFailure', 'Never']", |value| {
            matches!(value.as_str(), Some("Always" | "OnFailure" | "Never"))
        }),
    ],
    printed: "{'type': ['string'], 'enum': ['Always', 'OnFailure', 'Never']}",
};
const TEXTS: Rule = Rule { checks: &[TEXT], printed: "{'type': ['string', 'null']}" };
const OBJECTS: Rule = Rule { checks: &[OBJECT], printed: "{'type': ['object', 'null']}" };
const LISTS: Rule = Rule { checks: &[LIST], printed: "{'type': ['array', 'null']}" };
const REMOVED: Rule = Rule { checks: &[Check::Type(&["boolean", "null"])], printed: "{'type': ['boolean', 'null']}" };
const TAIL: Rule =
    Rule { checks: &[Check::Type(&["string", "integer", "null"])], printed: "{'type': ['string', 'integer', 'null']}" };
/// A value that is known and not looked at.
const ANY: Rule = Rule { checks: &[], printed: "" };

pub(super) const CREATE: &Rules = &[
    ("name", &NAME),
    ("image", &IMAGE),
    ("command", &LISTS),
    ("cpu", &CPU),
    ("cpu_policy", &POLICY),
    ("memory", &MEMORY),
    ("workdir", &TEXTS),
    ("auto_remove", &REMOVED),
    ("image_pull_policy", &ANY),
    ("labels", &OBJECTS),
    ("environment", &ANY),
    ("restart_policy", &ANY),
    ("interactive", &BOOLEAN),
    ("tty", &BOOLEAN),
    ("image_driver", &DRIVER),
    ("security_groups", &ANY),
    ("hints", &OBJECTS),
    ("mounts", &ANY),
    ("nets", &ANY),
    ("runtime", &TEXTS),
    ("hostname", &ANY),
    ("disk", &DISK),
    ("availability_zone", &ANY),
    ("auto_heal", &BOOLEAN),
    ("privileged", &BOOLEAN),
    ("healthcheck", &ANY),
    ("exposed_ports", &OBJECTS),
    ("registry", &ANY),
    ("host", &ANY),
    ("entrypoint", &LISTS),
];
pub(super) const UPDATE: &Rules = &[("cpu", &CPU), ("memory", &MEMORY), ("name", &NAME), ("auto_heal", &BOOLEAN)];
pub(super) const RUN: &Rules = &[("run", &TRUTH)];
pub(super) const DELETE: &Rules = &[("force", &TRUTH), ("all_projects", &TRUTH), ("stop", &TRUTH)];
pub(super) const TIMEOUT: &Rules = &[("timeout", &SECONDS)];
pub(super) const LOGS: &Rules =
    &[("stdout", &TRUTH), ("stderr", &TRUTH), ("timestamps", &TRUTH), ("tail", &TAIL), ("since", &ANY)];
pub(super) const EXECUTE: &Rules = &[("run", &BOOLEAN), ("interactive", &BOOLEAN), ("command", &ANY)];
pub(super) const METADATA: &Rules = &[("labels", &OBJECTS), ("annotations", &OBJECTS), ("name", &NAME)];
pub(super) const TEMPLATE: &Rules = &[
    ("kind", &KIND),
    ("capsuleVersion", &VERSION),
    ("metadata", &ANY),
    ("restartPolicy", &RESTART),
    ("spec", &ANY),
    ("availabilityZone", &ANY),
];
