//! DNS: Designate.
mod records;
mod recordset;
mod zone;

pub(super) mod ptr;
pub(crate) use recordset::RECORDSET;
pub(crate) use zone::ZONE;

use model::State;

/// Designate's words for states: what is done, and whether it is done everywhere yet. It tries again by itself what it could
/// not bring to a name server, so ERROR is no end; but what it could not remove waits to be removed again.
fn state(status: &str, action: &str) -> State {
    match (status, action) {
        ("ERROR", "DELETE") => State::Failed,
        ("DELETED", _) | (_, "DELETE") => State::Deleting,
        ("PENDING" | "ERROR", "CREATE") => State::Building,
        _ => State::Active,
    }
}

/// Whether it is a domain of at least two labels that any resolver takes: letters, digits, hyphens and, as services have
/// them, underscores; 63 characters a label, 253 in all. A dot at the end changes nothing.
fn is_domain(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(label)
}

/// A name as Designate takes it, with its dot at the end.
fn absolute(name: &str) -> String {
    format!("{}.", name.strip_suffix('.').unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::is_domain;

    #[test]
    fn a_domain_has_two_labels_or_more() {
        for good in ["example.com", "example.com.", "a.b.example", "_sip._tcp.example.com", "xn--bcher-kva.example"] {
            assert!(is_domain(good), "{good}");
        }
        for bad in ["", ".", "com", "example..com", "-a.example", "exa mple.com", "<b>.example", "é.example"] {
            assert!(!is_domain(bad), "{bad}");
        }
    }
}
