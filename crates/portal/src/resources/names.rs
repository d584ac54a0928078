//! Names as they are searched: by the beginnings of their words, in letters of one case. SQLite knows the small letters of
//! ASCII only, and neither database finds a part of a name without reading all of them, so the portal keeps both itself.
use crate::{
    Portal,
    db::{Tx, values},
};
use model::ResourceId;
use std::collections::BTreeMap;

/// How many names are written in one transaction.
const AT_ONCE: i64 = 500;
/// Stands before each word of a folded name.
const MARK: char = '\u{1}';
/// So many words of a name are searched.
const WORDS: usize = 16;
/// So many characters of a name from a word on are kept to be searched.
const LONGEST: usize = 64;

/// A text in which upper and lower case are one, whichever letters it has. By capitals first, because several small
/// letters may share one: σ and ς, ss and ß.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Where the words of a text begin: at a letter or digit behind anything else, and where letters and digits meet.
fn starts(text: &str) -> impl Iterator<Item = usize> {
    let mut before = None;
    text.char_indices().filter_map(move |(at, char)| {
        let class = char.is_alphanumeric().then(|| char.is_numeric());
        let starts = class.is_some() && class != before;
        before = class;
        starts.then_some(at)
    })
}

/// A folded text with a mark before each of its words.
fn marked(folded: &str) -> String {
    let mut marked = String::with_capacity(folded.len() + WORDS);
    let mut done = 0;
    for at in starts(folded) {
        marked.push_str(&folded[done..at]);
        marked.push(MARK);
        done = at;
    }
    marked.push_str(&folded[done..]);
    marked
}

/// What somebody searches.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    /// With what a word must begin, and what comes behind all that begins so; nothing when nothing was given that words
    /// are made of.
    pub word: Option<(String, String)>,
    /// With what a folded name must begin to begin with it, and what comes behind all that do.
    pub whole: (String, String),
    /// For `LIKE … ESCAPE '!'` on the folded name: that a word begins so.
    pub pattern: String,
    /// As it was given, for it may be an id.
    pub id: String,
}

impl Search {
    /// Nothing, when nothing is searched.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let folded = fold(text);
        // What stands before the first word can be no word's beginning.
        let searched = starts(&folded).next().map_or(folded.as_str(), |at| &folded[at..]);
        let marked = marked(searched);
        let pattern = marked.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let whole = (marked.clone(), format!("{marked}{}", char::MAX));
        let word = starts(searched).next().map(|_| {
            let from: String = searched.chars().take(LONGEST).collect();
            let to = format!("{from}{}", char::MAX);
            (from, to)
        });
        Some(Self { word, whole, pattern: format!("%{pattern}%"), id: text.to_lowercase() })
    }
}

/// Writes how a row's name is found: with each row that is made, and whenever its name changes.
pub(crate) async fn keep(tx: &mut Tx, id: &ResourceId, name: &str) -> sqlx::Result<()> {
    tx.execute("UPDATE resources SET folded = $2 WHERE id = $1", values![id, folded(name)]).await?;
    tx.execute("DELETE FROM resource_words WHERE resource_id = $1", values![id]).await?;
    let sql = "INSERT INTO resource_words
            (workspace_id, environment, kind, suffix, letter, folded, resource_id, state, created_at)
        SELECT workspace_id, environment, kind, $2, $3, folded, id, state, created_at FROM resources WHERE id = $1
        ON CONFLICT DO NOTHING";
    for (suffix, letter) in suffixes(name) {
        tx.execute(sql, values![id, suffix, letter]).await?;
    }
    Ok(())
}

/// A name as it is kept in its row.
pub(crate) fn folded(name: &str) -> String {
    marked(&fold(name))
}

/// A name, folded, from each of its words on; each with its first letter, or with none when it is the whole name.
pub(crate) fn suffixes(name: &str) -> BTreeMap<String, String> {
    let folded = fold(name);
    let mut suffixes = BTreeMap::new();
    for at in starts(&folded).take(WORDS) {
        let suffix = folded[at..].chars().take(LONGEST).collect();
        let letter = if at == 0 { String::new() } else { letter(&folded[at..]) };
        // Cut off, two may be alike; then the first of them stands for both.
        suffixes.entry(suffix).or_insert(letter);
    }
    suffixes
}

/// The letter by which the words inside of names are found.
pub(crate) fn letter(word: &str) -> String {
    word.chars().take(1).collect()
}

impl Portal {
    /// Writes how the rows are found that came before that was written, which no migration can.
    pub(crate) async fn keep_names(&self) -> sqlx::Result<()> {
        loop {
            let mut tx = self.db().begin().await?;
            let lock = if tx.is_postgres() { " FOR UPDATE" } else { "" };
            let sql = format!("SELECT id, name FROM resources WHERE folded IS NULL LIMIT $1{lock}");
            let rows = tx.all_built(sql, values![AT_ONCE]).await?;
            for row in &rows {
                keep(&mut tx, &ResourceId::new(row.text("id")?), &row.text("name")?).await?;
            }
            tx.commit().await?;
            if rows.is_empty() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Search, fold, folded, suffixes};

    #[test]
    fn upper_and_lower_case_are_one() {
        for (one, other) in [("Übung", "üBUNG"), ("STRASSE", "straße"), ("ΟΔΟΣ", "οδος"), ("ΟΔΟΣ", "οδοσ")]
        {
            assert_eq!(fold(one), fold(other));
        }
        assert_ne!(fold("über"), fold("uber"));
    }

    #[test]
    fn words_begin_behind_signs_and_where_letters_and_digits_meet() {
        let suffixes: Vec<_> = suffixes("Web-server01.prod").into_iter().collect();
        let expected = [("01.prod", "0"), ("prod", "p"), ("server01.prod", "s"), ("web-server01.prod", "")];
        assert_eq!(suffixes, expected.map(|(suffix, letter)| (suffix.to_owned(), letter.to_owned())));
    }

    #[test]
    fn what_is_searched_is_a_beginning_of_a_word_or_nothing() {
        let found = |name: &str, searched: &str| {
            let search = Search::read(searched).unwrap();
            let by_pattern = folded(name).contains(search.pattern.trim_matches('%'));
            let (from, to) = search.word.unwrap();
            assert_eq!(by_pattern, suffixes(name).keys().any(|suffix| *suffix >= from && *suffix < to), "{searched}");
            by_pattern
        };
        for searched in ["web", "SERVER-0", "01", "-01", "web-server-01"] {
            assert!(found("web-server-01", searched), "{searched}");
        }
        for searched in ["erver", "eb", "1", "server 0"] {
            assert!(!found("web-server-01", searched), "{searched}");
        }
        assert!(Search::read(" + ").unwrap().word.is_none());
        assert!(Search::read("  ").is_none());
    }
}
