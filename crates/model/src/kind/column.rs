//! Columns: what a list shows, and how.
use crate::field::Str;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A column of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The key in `metadata`.
    pub key: Str,
    /// The head.
    pub label: Str,
    /// How the value is shown.
    pub show: Show,
}

/// How a value is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Show {
    /// As text.
    Text,
    /// In the mono face, with a copy button: ids, addresses.
    Mono,
    /// Several texts in the mono face, one in a line.
    Lines,
    /// A number of GB.
    Gb,
    /// A number of MiB.
    Mib,
    /// A number of bytes.
    Bytes,
    /// A plain number, right-aligned.
    Number,
    /// Yes or no.
    Flag,
}

impl Show {
    /// Whether it is a number, which stands at the right.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Number | Self::Gb | Self::Mib | Self::Bytes)
    }
}

impl Column {
    /// A column.
    pub const fn new(key: &'static str, label: &'static str, show: Show) -> Self {
        Self { key: Cow::Borrowed(key), label: Cow::Borrowed(label), show }
    }
}
