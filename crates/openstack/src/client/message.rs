//! What a service's refusal says in words, out of whichever shape its error body has.
use serde_json::Value;

/// How much of a message is kept, in characters.
const LONGEST: usize = 500;

/// The message in an error body: JSON of any service, HTML or plain text. `reason` is said when the body says nothing.
pub(super) fn message(body: &[u8], reason: &str) -> String {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(json) => words(&json, 0).unwrap_or_default(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let plain = tidy(&strip_markup(&text));
    if plain.is_empty() { reason.to_owned() } else { cap(&plain) }
}

/// Looks for the words in an error object. The known shapes:
/// Nova, Cinder `{"badRequest": {"message"}}`; Neutron `{"NeutronError": {"message"}}`, old ones `{"NeutronError": "…"}`;
/// Keystone, Heat `{"error": {"message"}}`; Magnum, Placement `{"errors": [{"title", "detail"}]}`; Octavia, Zun
/// `{"faultstring"}`, Ironic the same as a text inside `error_message`; Designate `{"message"}`; Barbican
/// `{"title", "description"}`; Mistral, WSME `{"faultstring"}`.
fn words(json: &Value, depth: u8) -> Option<String> {
    if depth > 4 {
        return None;
    }
    match json {
        Value::String(text) if text.trim_start().starts_with('{') => match serde_json::from_str::<Value>(text) {
            Ok(inner) => words(&inner, depth + 1),
            Err(_) => Some(text.clone()),
        },
        Value::String(text) => Some(text.clone()),
        Value::Array(all) => all.first().and_then(|first| words(first, depth + 1)),
        Value::Object(fields) => {
            // The outer `explanation` of Heat only names the class of error; the inner message says what it was.
            const WORDS: [&str; 11] = [
                "message",
                "faultstring",
                "error",
                "detail",
                "error_message",
                "description",
                "explanation",
                "errors",
                "title",
                "reason",
                "NeutronError",
            ];
            let named = WORDS.iter().find_map(|name| {
                let text = words(fields.get(*name)?, depth + 1)?;
                (!text.trim().is_empty()).then_some(text)
            });
            // Nova and Cinder name the one outer key after the kind of fault.
            named
                .or_else(|| fields.values().filter(|value| value.is_object()).find_map(|value| words(value, depth + 1)))
        }
        _ => None,
    }
}

/// The text of an HTML page without its tags and title; other text stays as it is.
fn strip_markup(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    if !(lower.contains("<html") || lower.contains("<br") || lower.contains("<h1") || lower.contains("<p>")) {
        return text.to_owned();
    }
    // `to_ascii_lowercase` keeps every byte's place, so positions found in `lower` hold for `text`.
    let start = lower.find("</head>").map_or(0, |at| at + "</head>".len());
    let mut plain = String::with_capacity(text.len() - start);
    let mut inside = false;
    for c in text[start..].chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                plain.push(' ');
            }
            c if !inside => plain.push(c),
            _ => {}
        }
    }
    plain.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// One line, without control characters.
fn tidy(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cap(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(LONGEST - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(body: &str, expected: &str) {
        assert_eq!(message(body.as_bytes(), "Not Found"), expected);
    }

    #[test]
    fn every_services_error_shape_gives_its_words() {
        says(
            r#"{"itemNotFound": {"code": 404, "message": "Instance nope could not be found."}}"#,
            "Instance nope could not be found.",
        );
        says(
            r#"{"NeutronError": {"type": "NetworkNotFound", "message": "Network nope could not be found.", "detail": ""}}"#,
            "Network nope could not be found.",
        );
        says(
            r#"{"error":{"code":401,"message":"The request you have made requires authentication.","title":"Unauthorized"}}"#,
            "The request you have made requires authentication.",
        );
        says(
            r#"{"errors": [{"request_id": "", "code": "client", "status": 404, "title": "Cluster nope could not be found", "detail": "Cluster nope could not be found.", "links": []}]}"#,
            "Cluster nope could not be found.",
        );
        says(
            r#"{"code": 403, "title": "Forbidden", "explanation": "Access was denied to this resource.", "error": {"type": "HTTPForbidden", "traceback": null, "message": "The stack is not yours."}}"#,
            "The stack is not yours.",
        );
        says(
            r#"{"code": 404, "type": "not_found", "message": "resource not found", "request_id": "req-b96cd58c"}"#,
            "resource not found",
        );
        says(r#"{"faultcode": "Client", "faultstring": "No such balancer", "debuginfo": null}"#, "No such balancer");
        says(r#"{"error_message": "{\"faultstring\": \"Node is locked\"}"}"#, "Node is locked");
        says(r#"{"title": "Not Found", "description": "Secret not found.", "code": 404}"#, "Secret not found.");
    }

    #[test]
    fn a_page_gives_its_text_without_markup() {
        says(
            "<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  No image found with ID nope<br /><br />\n\n\n\n </body>\n</html>",
            "404 Not Found No image found with ID nope",
        );
        says("Bad URL", "Bad URL");
        says(r#"{"x": {"message": "Flavor a < b &amp; c"}}"#, "Flavor a < b &amp; c");
    }

    #[test]
    fn a_body_that_says_nothing_leaves_the_reason_of_the_status() {
        says("", "Not Found");
        says("{}", "Not Found");
        says("[[[[[[\"deep\"]]]]]]", "Not Found");
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let long = message("é".repeat(2000).as_bytes(), "");
        assert_eq!(long.chars().count(), LONGEST);
        assert!(long.ends_with('…'));
    }
}
