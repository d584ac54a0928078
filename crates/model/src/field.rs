//! The fields of a form: of a create request or of an action.
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Text that is a constant in the catalogue and owned once it has travelled.
pub type Str = Cow<'static, str>;
/// A list that is a constant in the catalogue and owned once it has travelled.
pub type List<T> = Cow<'static, [T]>;

/// One field: its name on the wire, its words for people, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name in JSON and in forms (`spec[name]`).
    pub name: Str,
    /// The label above it.
    pub label: Str,
    /// What to know before filling it in; may be empty.
    pub help: Str,
    /// What it takes.
    pub input: Input,
    /// Whether it must be given.
    pub required: bool,
    /// Erased as soon as the cloud has it, never shown again.
    pub secret: bool,
    /// Folded away in the form.
    pub advanced: bool,
    /// What the form starts with; may be empty.
    pub default: Str,
}

/// What a field takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Input {
    /// One line of text, at most so many characters, no control characters.
    Text {
        /// Characters.
        max: u32,
    },
    /// Several lines, at most so many bytes.
    LongText {
        /// Bytes.
        max: u32,
    },
    /// Several lines of text: a list of text in JSON, a line each in a form.
    Lines {
        /// How many lines.
        most: u32,
        /// Characters of each.
        max: u32,
    },
    /// A whole number within bounds, both included.
    Number {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
        /// What is counted, for instance `GB`; may be empty.
        unit: Str,
    },
    /// Yes or no.
    Flag,
    /// An IPv4 or IPv6 network without host bits, such as `10.0.0.0/24`.
    Cidr,
    /// One of a few words: value and label.
    OneOf {
        /// Pairs of value and label.
        options: List<(Str, Str)>,
    },
    /// Something of another kind, by id or by name.
    Choice {
        /// The slug of that kind.
        of: Str,
        /// Only those whose attribute has this value, for instance `("external", "true")`.
        only: Option<(Str, Str)>,
    },
}

impl Field {
    /// The field on whose choice the choices of this one depend, where they do: `network_id`, of those where an attribute is
    /// `{network_id}`.
    pub fn follows(&self) -> Option<&str> {
        let Input::Choice { only: Some((_, value)), .. } = &self.input else { return None };
        value.strip_prefix('{')?.strip_suffix('}')
    }
    /// Under which key of a row's metadata its reader finds the name of what this field was resolved to: `image` for
    /// `image_id`. None for what names nothing, or has no such name.
    pub fn called(&self) -> Option<&str> {
        matches!(self.input, Input::Choice { .. }).then(|| self.name.strip_suffix("_id")).flatten()
    }
    const fn new(name: &'static str, label: &'static str, input: Input) -> Self {
        Self {
            name: Cow::Borrowed(name),
            label: Cow::Borrowed(label),
            help: Cow::Borrowed(""),
            input,
            required: true,
            secret: false,
            advanced: false,
            default: Cow::Borrowed(""),
        }
    }

    /// A line of text; 255 characters as nearly every OpenStack name.
    pub const fn text(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, Input::Text { max: 255 })
    }
    /// Lines of text, at most `max` bytes.
    pub const fn long_text(name: &'static str, label: &'static str, max: u32) -> Self {
        Self::new(name, label, Input::LongText { max })
    }
    /// A list of lines, at most `most` of at most `max` characters.
    pub const fn lines(name: &'static str, label: &'static str, most: u32, max: u32) -> Self {
        Self::new(name, label, Input::Lines { most, max })
    }
    /// A whole number.
    pub const fn number(name: &'static str, label: &'static str, min: i64, max: i64, unit: &'static str) -> Self {
        Self::new(name, label, Input::Number { min, max, unit: Cow::Borrowed(unit) })
    }
    /// Yes or no.
    pub const fn flag(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, Input::Flag)
    }
    /// A network in CIDR notation.
    pub const fn cidr(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, Input::Cidr)
    }
    /// One of a few words.
    pub const fn one_of(name: &'static str, label: &'static str, options: &'static [(Str, Str)]) -> Self {
        Self::new(name, label, Input::OneOf { options: Cow::Borrowed(options) })
    }
    /// Something of another kind.
    pub const fn choice(name: &'static str, label: &'static str, of: &'static str) -> Self {
        Self::new(name, label, Input::Choice { of: Cow::Borrowed(of), only: None })
    }
    /// Something of another kind with an attribute of that value.
    pub const fn choice_where(
        name: &'static str,
        label: &'static str,
        of: &'static str,
        key: &'static str,
        value: &'static str,
    ) -> Self {
        let only = Some((Cow::Borrowed(key), Cow::Borrowed(value)));
        Self::new(name, label, Input::Choice { of: Cow::Borrowed(of), only })
    }

    /// A line of text of at most so many characters.
    #[must_use]
    pub const fn longest(mut self, most: u32) -> Self {
        if let Input::Text { max } = &mut self.input {
            *max = most;
        }
        self
    }
    /// Need not be given.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }
    /// Sealed, erased after use, shown as "(set)".
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }
    /// Folded away.
    #[must_use]
    pub const fn advanced(mut self) -> Self {
        self.advanced = true;
        self
    }
    /// With a sentence of help.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        // Forgotten, because a constant function cannot drop; what is forgotten is a constant too.
        std::mem::forget(std::mem::replace(&mut self.help, Cow::Borrowed(help)));
        self
    }
    /// What the form starts with.
    #[must_use]
    pub const fn default(mut self, default: &'static str) -> Self {
        std::mem::forget(std::mem::replace(&mut self.default, Cow::Borrowed(default)));
        self
    }
}
