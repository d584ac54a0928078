//! Objects in a container, and those on their way into one.
use crate::view::Timestamp;
use serde::{Deserialize, Serialize};

/// How many objects one page of a list has at most.
pub const OBJECTS_PAGE: usize = 200;

/// The size of a part of an object that is sent in parts, unless it would have too many; what has no more goes in one piece.
pub const PART_BYTES: i64 = 16 * 1024 * 1024;
/// Where the segments of large objects lie in their container, each upload's in a folder of its own.
pub const SEGMENTS: &str = ".segments/";

/// What of a container is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectQuery {
    /// The folder, with its slash at the end; empty for the container itself. Or any beginning of names.
    #[serde(default)]
    pub prefix: String,
    /// The `next` of the page before.
    #[serde(default)]
    pub marker: String,
}

/// A page of what lies in a folder of a container, in the order of names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectPage {
    /// The container's name.
    pub container: String,
    /// Folders in the folder: their whole names, with the slash at the end.
    pub folders: Vec<String>,
    /// The objects in it.
    pub objects: Vec<ObjectItem>,
    /// From where the list goes on, if it does.
    pub next: Option<String>,
    /// When the cloud was asked.
    pub as_of: Timestamp,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectItem {
    /// Its whole name, folders included.
    pub name: String,
    /// Its size.
    pub bytes: i64,
    /// Its media type, as it was given or guessed.
    pub content_type: String,
    /// When it was last written, in the cloud's words: UTC, ISO 8601 without a zone.
    pub last_modified: String,
    /// What the cloud calls its content: the MD5 of an object in one piece.
    pub etag: String,
}

/// What is to be sent in parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUpload {
    /// Its size.
    pub bytes: i64,
    /// Its media type; the cloud guesses by the name when there is none.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Whether it may take the place of an object that is there.
    #[serde(default)]
    pub overwrite: bool,
    /// What tells the file from another one of that name and size, such as when it was changed: only what is told alike
    /// goes on where it stopped.
    #[serde(default)]
    pub fingerprint: String,
}

/// An object that is sent in parts, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// The name of the object that it becomes.
    pub object: String,
    /// Its size.
    pub bytes: i64,
    /// The size of each part; the last one has what is left.
    pub part_bytes: i64,
    /// How many parts there are, counted from 1.
    pub parts: u32,
    /// Those that the cloud has. They need not be sent again.
    pub done: Vec<u32>,
    /// Whether it became the object.
    pub complete: bool,
    /// When it was begun.
    pub created_at: Timestamp,
}

/// How many parts an object of so many bytes has.
pub fn parts_of(bytes: i64, part_bytes: i64) -> u32 {
    let parts = bytes.checked_add(part_bytes - 1).and_then(|all| all.checked_div(part_bytes)).unwrap_or_default();
    u32::try_from(parts).unwrap_or_default()
}

/// How many bytes a part has, counted from 1: the last one what is left, and those behind it none.
pub fn part_size(bytes: i64, part_bytes: i64, part: u32) -> i64 {
    let before = i64::from(part.saturating_sub(1)).saturating_mul(part_bytes);
    bytes.saturating_sub(before).clamp(0, part_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_has_what_is_left() {
        assert_eq!([1, 2, 3, 4].map(|part| part_size(25, 10, part)), [10, 10, 5, 0]);
        assert_eq!([1, 9, 10, 11, 20, 25].map(|bytes| parts_of(bytes, 10)), [1, 1, 1, 2, 2, 3]);
    }
}
