//! Which page of a list: where it begins, and how much it holds.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use model::view::ListQuery;
use std::fmt;

/// As many things has a page when nobody says how many, and at most.
const USUAL: i64 = 100;
const MOST: i64 = 500;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Part {
    /// In which of the kind's lists it begins: its project's own, then those of what is open to all.
    pub list: usize,
    /// Where in that list: the service's own mark, or how many of it came before, where the list is cut here.
    pub from: Option<String>,
    /// How many things it has at most.
    pub limit: usize,
}

impl Part {
    /// Reads what was asked for.
    ///
    /// # Errors
    /// 400 at `limit` or `cursor`.
    pub(super) fn read(query: &ListQuery) -> model::Result<Self> {
        let limit = query.limit.unwrap_or(USUAL);
        let limit = usize::try_from(limit).ok().filter(|_| (1..=MOST).contains(&limit));
        let limit = limit.ok_or_else(|| model::Error::invalid("limit", format!("Give a number from 1 to {MOST}.")))?;
        let Some(text) = query.cursor.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(Self { list: 0, from: None, limit });
        };
        let plain = BASE64.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let read = plain.as_deref().and_then(|text| {
            let (list, from) = text.split_once(':')?;
            Some(Self { list: list.parse().ok()?, from: Some(from.to_owned()).filter(|from| !from.is_empty()), limit })
        });
        read.ok_or_else(unknown)
    }

    /// Whether nothing comes before it.
    pub(super) fn is_first(&self) -> bool {
        self.list == 0 && self.from.is_none()
    }

    /// How many things come before it, of a list that is cut here.
    ///
    /// # Errors
    /// 400 at `cursor`.
    pub(super) fn offset(&self) -> model::Result<usize> {
        self.from.as_ref().map_or(Ok(0), |from| from.parse().map_err(|_| unknown()))
    }

    /// The page behind it of a list of so many things that is cut here.
    pub(super) fn behind(&self, offset: usize, all: usize) -> Option<Self> {
        let next = offset + self.limit;
        (next < all).then(|| Self { list: 0, from: Some(next.to_string()), limit: self.limit })
    }
}

/// It is no cursor of this list, or what it stood behind is gone.
pub(super) fn unknown() -> model::Error {
    model::Error::invalid("cursor", "There is no such page (any more). Begin with the first.")
}

/// As a cursor: of letters, digits, `-` and `_` only.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(format!("{}:{}", self.list, self.from.as_deref().unwrap_or_default())))
    }
}

#[cfg(test)]
mod tests {
    use super::Part;
    use model::view::ListQuery;

    fn asked(cursor: &str, limit: Option<i64>) -> model::Result<Part> {
        Part::read(&ListQuery { cursor: Some(cursor.to_owned()), limit, ..ListQuery::default() })
    }

    #[test]
    fn a_cursor_leads_back_to_its_page_whatever_the_mark_is() {
        for (list, from) in [(0, None), (2, None), (1, Some("a:b/ä,~".to_owned())), (0, Some("100".to_owned()))] {
            let part = Part { list, from, limit: 100 };
            assert_eq!(asked(&part.to_string(), None).unwrap(), part);
        }
        for nonsense in ["x", "%%", "YQ", "a:b"] {
            assert!(asked(nonsense, None).is_err(), "{nonsense}");
        }
        assert!(asked("", Some(0)).is_err() && asked("", Some(501)).is_err() && asked("", Some(500)).is_ok());
    }
}
