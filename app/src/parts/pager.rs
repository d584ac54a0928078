//! The way to the next page of a list, in the address.
use crate::words;
use leptos::prelude::*;

/// Links to the first, the previous and the next page; nothing where one page holds all.
#[component]
pub fn Pager(
    /// The address of the first page, unless this is it.
    first: Option<String>,
    /// The address of the page before, where that is known.
    #[prop(default = None)]
    previous: Option<String>,
    /// The address of the next page, where there is one.
    next: Option<String>,
) -> impl IntoView {
    (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=words::PAGES>
                {first.map(|href| view! { <a class="btn btn-sm" href=href>{words::FIRST_PAGE}</a> })}
                {previous.map(|href| view! { <a class="btn btn-sm" href=href rel="prev">{words::PREVIOUS_PAGE}</a> })}
                {next.map(|href| view! { <a class="btn btn-sm" href=href rel="next">{words::NEXT_PAGE}</a> })}
            </nav>
        }
    })
}

/// An address with a query, parts without a value left out.
pub fn with_query(path: &str, query: &[(&str, Option<&str>)]) -> String {
    let given =
        query.iter().filter_map(|(name, value)| Some((*name, (*value)?))).filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = given.map(|(name, value)| format!("{name}={}", escape(value))).collect();
    match query.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{}", query.join("&")),
    }
}

/// Percent-encodes what is not plain.
pub fn escape(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut done, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => done.push(char::from(byte)),
            _ => done.push_str(&format!("%{byte:02X}")),
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn what_is_not_asked_for_is_not_in_the_address() {
        assert_eq!(with_query("/i", &[("a", None), ("b", Some("")), ("c", Some("x&y z"))]), "/i?c=x%26y%20z");
    }
}
