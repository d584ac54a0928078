//! What records of each type have to look like, checked before anything is sent: Designate's own words for it are few.
use super::is_domain;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A string of text in a zone has so many characters at most, its quotes counted as Designate counts them.
const LONGEST: usize = 255;

/// What is wrong with the records of a record set of that type, in a sentence. Of types that are not offered only the
/// service knows.
pub(super) fn refuse(kind: &str, lines: &[&str]) -> Option<String> {
    let twice = lines.iter().enumerate().find(|(at, line)| lines[..*at].contains(line));
    if let Some((_, line)) = twice {
        return Some(format!("“{line}” stands there twice."));
    }
    if kind == "CNAME" && lines.len() > 1 {
        return Some("A name is another name for one name only: give one line.".to_owned());
    }
    let (fits, like): (fn(&str) -> bool, &str) = match kind {
        "A" => (|line| line.parse::<Ipv4Addr>().is_ok(), "an IPv4 address such as 192.0.2.7"),
        "AAAA" => (|line| line.parse::<Ipv6Addr>().is_ok(), "an IPv6 address such as 2001:db8::7"),
        "CNAME" | "NS" | "PTR" => (is_host, "a whole name with a dot at the end, such as www.example.com."),
        "MX" => (is_mx, "a priority and a whole name with a dot at the end, such as 10 mail.example.com."),
        "SRV" => (
            is_srv,
            "a priority, a weight, a port and a whole name with a dot at the end, such as 10 5 5060 sip.example.com.",
        ),
        "TXT" => (is_text, "text in one line; what is in quotes already in strings of 255 characters, quotes counted"),
        "CAA" => {
            (is_caa, "a flag, issue, issuewild or iodef, and a value in quotes, such as 0 issue \"ca.example.net\"")
        }
        "SSHFP" => (is_sshfp, "an algorithm, a kind of hash and the hash in hexadecimal, such as 4 2 123abc…"),
        _ => return None,
    };
    let bad = lines.iter().find(|line| !fits(line))?;
    let shown: String = bad.chars().take(60).collect();
    Some(format!("“{shown}” does not fit {kind}. Give {like}"))
        .map(|said| if said.ends_with('.') { said } else { said + "." })
}

/// A whole name, with its dot at the end; of one label too, as a name server of a top-level domain may be.
fn is_host(text: &str) -> bool {
    text.strip_suffix('.').is_some_and(|name| is_domain(name) || is_domain(&format!("{name}.x")))
}

fn is_number(text: &str, most: u32) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u32>().is_ok_and(|number| number <= most)
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

fn is_mx(line: &str) -> bool {
    matches!(words(line)[..], [priority, name] if is_number(priority, 65_535) && is_host(name))
}

fn is_srv(line: &str) -> bool {
    let short = |text| is_number(text, 65_535);
    // A single dot says that there is no such service.
    matches!(words(line)[..], [priority, weight, port, name]
        if short(priority) && short(weight) && short(port) && (name == "." || is_host(name)))
}

fn is_caa(line: &str) -> bool {
    let mut parts = line.splitn(3, ' ');
    let (Some(flag), Some(tag), Some(value)) = (parts.next(), parts.next(), parts.next()) else { return false };
    is_number(flag, 255) && matches!(tag, "issue" | "issuewild" | "iodef") && strings(value) == Some(1)
}

fn is_sshfp(line: &str) -> bool {
    let hex = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    matches!(words(line)[..], [algorithm, hash, print]
        if is_number(algorithm, 255) && is_number(hash, 255) && print.len() % 2 == 0 && hex(print))
}

/// Text that is not in quotes is put into them, whatever it is.
fn is_text(line: &str) -> bool {
    !line.starts_with('"') || strings(line).is_some()
}

/// How many strings in quotes, with a space between, a line has; none where it is something else, or one is too long.
fn strings(line: &str) -> Option<usize> {
    let (mut count, mut rest) = (0, line);
    loop {
        rest = rest.strip_prefix('"')?;
        let (mut escaped, mut end) = (false, None);
        for (at, letter) in rest.char_indices() {
            match letter {
                '"' if !escaped => {
                    end = Some(at);
                    break;
                }
                _ => escaped = letter == '\\' && !escaped,
            }
        }
        let end = end.filter(|end| end + 2 <= LONGEST)?;
        (count, rest) = (count + 1, &rest[end + 1..]);
        if rest.is_empty() {
            return Some(count);
        }
        rest = rest.strip_prefix(' ')?;
    }
}

/// Text as zones have it: in quotes, in strings that Designate takes. What is in quotes already stays as it is.
pub(super) fn quoted(text: &str) -> String {
    if text.starts_with('"') {
        return text.to_owned();
    }
    let mut pieces = vec![String::new()];
    for letter in text.chars() {
        let escape = matches!(letter, '"' | '\\');
        let takes = letter.len_utf8() + usize::from(escape);
        if pieces.last().is_none_or(|piece| piece.len() + takes + 2 > LONGEST) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            if escape {
                piece.push('\\');
            }
            piece.push(letter);
        }
    }
    pieces.iter().map(|piece| format!("\"{piece}\"")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{quoted, refuse};

    #[test]
    fn each_type_takes_what_it_is_made_for_and_says_what_it_would_take() {
        for (kind, good, bad) in [
            ("A", "192.0.2.7", "192.0.2.256"),
            ("A", "0.0.0.0", "2001:db8::1"),
            ("AAAA", "2001:db8::1", "192.0.2.7"),
            ("CNAME", "www.example.com.", "www.example.com"),
            ("NS", "ns.", "ns1 .example."),
            ("PTR", "a.example.", ".a.example."),
            ("MX", "10 mail.example.com.", "mail.example.com."),
            ("MX", "0 a.b.", "70000 mail.example.com."),
            ("SRV", "10 5 5060 sip.example.com.", "10 5 sip.example.com."),
            ("SRV", "0 0 0 .", "10 5 99999 sip.example.com."),
            ("CAA", "0 issue \"ca.example.net\"", "0 issue ca.example.net"),
            ("CAA", "128 iodef \"mailto:a@b.example\"", "0 other \"x\""),
            ("SSHFP", "4 2 123abc67", "4 2 no-hash"),
            ("TXT", "v=spf1 -all", "\"not closed"),
            ("TXT", "\"in one\" \"in two\"", "\"in one\" and more"),
        ] {
            assert_eq!(refuse(kind, &[good]), None, "{kind} {good}");
            let said = refuse(kind, &[good, bad]).unwrap();
            assert!(kind == "CNAME" || said.contains("such as") || kind == "TXT", "{kind} {bad}: {said}");
        }
        assert!(refuse("CNAME", &["www.example.com"]).is_some());
        assert!(refuse("CNAME", &["a.example.", "b.example."]).is_some());
        assert!(refuse("A", &["192.0.2.7", "192.0.2.7"]).unwrap().contains("twice"));
        assert_eq!(refuse("NAPTR", &["whatever"]), None, "of which only the service knows");
    }

    #[test]
    fn text_is_quoted_in_strings_that_a_zone_takes() {
        assert_eq!(quoted("v=spf1 -all"), "\"v=spf1 -all\"");
        assert_eq!(quoted("say \"a\\b\""), "\"say \\\"a\\\\b\\\"\"");
        assert_eq!(quoted("\"as it is\" \"in two\""), "\"as it is\" \"in two\"");
        let long = quoted(&"k".repeat(410));
        assert_eq!(long, format!("\"{}\" \"{}\"", "k".repeat(253), "k".repeat(157)));
        assert_eq!(refuse("TXT", &[&long]), None);
        assert!(refuse("TXT", &[&format!("\"{}\"", "k".repeat(254))]).is_some());
    }
}
