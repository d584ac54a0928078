//! Where a sign-in leads: to a page of ours, never elsewhere.

/// The path and query in `next` if it is one of our pages, otherwise `/`.
///
/// Browsers read `//host`, `/\host` and paths with tabs or line breaks as other hosts; here such text matches no page.
pub(crate) fn own_page(next: &str, pages: &[String]) -> String {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    match plain && path != "/sign-in" && pages.iter().any(|pattern| fits(pattern, path)) {
        true => next.to_owned(),
        false => "/".to_owned(),
    }
}

/// Whether a path has the pattern's shape: each `{…}` stands for one part that is not empty.
fn fits(pattern: &str, path: &str) -> bool {
    let (mut expected, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (expected.next(), given.next()) {
            (None, None) => return true,
            (Some(one), Some(part)) if one.starts_with('{') => {
                if part.is_empty() || part == "." || part == ".." {
                    return false;
                }
            }
            (Some(one), Some(part)) if one == part => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::own_page;

    #[test]
    fn a_sign_in_leads_to_pages_of_ours_only() {
        let pages = ["/", "/tokens", "/w/{workspace}/{environment}", "/sign-in"].map(str::to_owned);
        for good in ["/tokens", "/w/devops-team/dev?status=active&sort=-name", "/w/a/b"] {
            assert_eq!(own_page(good, &pages), good);
        }
        for evil in [
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example/tokens",
            "https:/evil.example",
            "javascript:alert(1)",
            "/%2f%2fevil.example",
            "/%09/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/tokens\r\nLocation: https://evil.example",
            "@evil.example",
            "/@evil.example",
            "///evil.example",
            "/w//evil.example",
            "/w/../evil.example",
            "/sign-in?next=/tokens",
            ".evil.example",
            "",
        ] {
            assert_eq!(own_page(evil, &pages), "/", "{evil:?}");
        }
    }
}
