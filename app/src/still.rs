//! Still pages: complete as the server rendered them, with forms that the browser posts by itself. They load no
//! WebAssembly, and the browser's half holds no code of theirs. Pages that change while one looks at them are live.

/// Whether the page at this path is live: a place's overview, inventory, kinds, create forms and resources.
pub fn is_live(path: &str) -> bool {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts[..] {
        ["w", _, "members"] => false,
        ["w", _, _] | ["w", _, _, "inventory"] | ["w", _, _, "k", _] | ["w", _, _, "k", _, "new"] => true,
        ["w", _, _, "r", _] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_live;

    #[test]
    fn what_changes_by_itself_is_live_and_all_else_is_still() {
        for live in ["/w/a/dev", "/w/a/dev/", "/w/a/dev/inventory", "/w/a/dev/k/vm/new", "/w/a/dev/r/1"] {
            assert!(is_live(live), "{live}");
        }
        for still in [
            "/",
            "/w",
            "/sign-in",
            "/w/a/members",
            "/w/a/dev/r/1/delete",
            "/w/a/dev/audit",
            "/w/a/dev/topology",
            "/admin/users",
        ] {
            assert!(!is_live(still), "{still}");
        }
    }
}
