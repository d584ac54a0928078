//! What a search finds that finds many, in the order of the names. Rows whose names begin with it stand together there.
//! Before and behind them are those that have it further inside, each read along an index by the letter with which it
//! begins, so that little is skipped wherever in the alphabet they are.
use super::{
    page::{Lane, compare, has, one_lane, united, wanted, way},
    wish::Wish,
};
use crate::{
    db::{Statement, Value},
    resources::{Search, letter},
};

/// A stretch of the order of names.
#[derive(Debug, PartialEq, Eq)]
struct Stretch<'a> {
    /// Whether its names begin with what is searched; otherwise, whether they have it inside.
    begin: bool,
    /// Its first name.
    from: Option<&'a str>,
    /// The first name behind it.
    to: Option<&'a str>,
    /// Whether the cursor lies in it, and not before it.
    cut: bool,
}

/// The stretches that a page can reach.
fn stretches<'a>(search: &'a Search, cursor: Option<&str>, descending: bool) -> Vec<Stretch<'a>> {
    let (low, high) = (Some(search.whole.0.as_str()), Some(search.whole.1.as_str()));
    let all = [(false, None, low), (true, low, high), (false, high, None)];
    let reached = all.into_iter().filter_map(|(begin, from, to)| {
        let stretch = Stretch { begin, from, to, cut: false };
        let Some(at) = cursor else { return Some(stretch) };
        let (before, behind) = (from.is_some_and(|from| at < from), to.is_some_and(|to| at >= to));
        match (before, behind, descending) {
            (false, false, false) => Some(Stretch { cut: true, from: None, ..stretch }),
            (false, false, true) => Some(Stretch { cut: true, to: None, ..stretch }),
            (true, _, false) | (_, true, true) => Some(stretch),
            (true, _, true) | (_, true, false) => None,
        }
    });
    reached.collect()
}

/// The ids of the page's rows, with what orders them.
pub(super) fn along(
    statement: &mut Statement,
    workspace: &str,
    wish: &Wish,
    search: &Search,
    lanes: &[Lane<'_>],
) -> String {
    let at = wish.cursor.as_ref().and_then(|cursor| match &cursor.value {
        Value::Text(name) => name.as_deref(),
        Value::Int(_) | Value::Bytes(_) => None,
    });
    let workspace = statement.bind(workspace);
    let mut parts = Vec::new();
    for stretch in stretches(search, at, wish.descending) {
        if stretch.begin {
            let only = within(statement, wish, &stretch, ("r.folded", "r.id"));
            parts.extend(lanes.iter().map(|lane| one_lane(statement, &workspace, wish, lane, &only)));
        } else {
            parts.extend(inside(statement, &workspace, wish, search, &stretch));
        }
    }
    united(parts, wish)
}

/// The condition that a row is in a stretch and behind the cursor.
fn within(statement: &mut Statement, wish: &Wish, stretch: &Stretch<'_>, (folded, id): (&str, &str)) -> String {
    let mut within = String::new();
    if let Some(from) = stretch.from {
        within.push_str(&format!(" AND {folded} >= {}", statement.bind(from)));
    }
    if let Some(to) = stretch.to {
        within.push_str(&format!(" AND {folded} < {}", statement.bind(to)));
    }
    if let Some(cursor) = wish.cursor.as_ref().filter(|_| stretch.cut) {
        let (value, row) = (statement.bind(cursor.value.clone()), statement.bind(cursor.id.as_str()));
        within.push_str(&format!(" AND ({folded}, {id}) {} ({value}, {row})", compare(wish)));
    }
    within
}

/// The rows of a stretch that have what is searched inside of their names: one part for each environment.
fn inside(
    statement: &mut Statement,
    workspace: &str,
    wish: &Wish,
    search: &Search,
    stretch: &Stretch<'_>,
) -> Vec<String> {
    let Some((from, to)) = &search.word else { return Vec::new() };
    let mut only = within(statement, wish, stretch, ("w.folded", "w.resource_id"));
    only.push_str(&wanted(statement, wish, "w"));
    let (letter, pattern) = (statement.bind(letter(from)), statement.bind(search.pattern.as_str()));
    let (from, to) = (statement.bind(from.as_str()), statement.bind(to.as_str()));
    let (has, way, limit) = (has("w.folded", &pattern), way(wish), wish.limit + 1);
    let part = |environment| {
        // The index is of words that have a letter, which SQLite must see in so many words. Two words of one name may
        // both begin so.
        let environment = statement.bind(environment);
        format!(
            "SELECT * FROM (SELECT w.resource_id AS id, '' AS grouped, w.folded AS placed
                FROM resource_words w
                WHERE w.workspace_id = {workspace} AND w.environment = {environment} AND w.letter <> ''
                    AND w.letter = {letter} AND w.suffix >= {from} AND w.suffix < {to}
                    AND {has}{only}
                GROUP BY w.folded, w.resource_id ORDER BY w.folded {way}, w.resource_id {way} LIMIT {limit}) inside"
        )
    };
    wish.environments.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::{Stretch, stretches};
    use crate::resources::{Search, folded};

    #[test]
    fn a_page_reaches_the_stretches_from_the_cursors_on() {
        let search = Search::read("web-5").unwrap();
        let (low, high) = (search.whole.0.as_str(), search.whole.1.as_str());
        let stretch = |begin, from, to, cut| Stretch { begin, from, to, cut };
        let all = [
            stretch(false, None, Some(low), false),
            stretch(true, Some(low), Some(high), false),
            stretch(false, Some(high), None, false),
        ];
        assert_eq!(stretches(&search, None, false), all);
        assert_eq!(stretches(&search, None, true), all);
        let at = |name: &str, descending| stretches(&search, Some(&folded(name)), descending);
        let behind = |cut| stretch(false, Some(high), None, cut);
        assert_eq!(at("mail-web-5", true), [stretch(false, None, None, true)]);
        assert_eq!(at("mail-web-5", false)[1..], all[1..]);
        assert_eq!(at("web-5", false), [stretch(true, None, Some(high), true), behind(false)]);
        assert_eq!(at("web-500", true), [stretch(false, None, Some(low), false), stretch(true, Some(low), None, true)]);
        assert_eq!(at("web-6", false), [stretch(false, None, None, true)]);
    }
}
