//! What a cloud said of one thing, in our words.
use model::{ExternalId, Spec, State, Usage};
use serde_json::Value;

/// One thing, as a list or a read shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The cloud's id.
    pub id: ExternalId,
    /// Its name; the id where it has none. Suffixes and prefixes that we added are cut off; control characters, which a
    /// cloud takes from others although we refuse them, are replaced.
    pub name: String,
    /// Our word for its state.
    pub state: State,
    /// Whether the cloud is at work on it although it stands: a task under way, after which it will look different.
    pub moving: bool,
    /// Why it failed, in the cloud's words.
    pub fault: Option<String>,
    /// By column key.
    pub metadata: Spec,
    /// The project it belongs to; none where the cloud does not say, because the thing belongs to all.
    pub project: Option<String>,
    /// Shared, public or external: others may use it.
    pub open: bool,
    /// The row that it is tagged with.
    pub tag: Option<String>,
    /// What it takes of a quota, where the cloud says so.
    pub takes: Option<Usage>,
    /// The fields of a creation that can become others later, as they are now: by the field's name; what a field chooses
    /// by its name or its id.
    pub asked: Spec,
}

impl Seen {
    /// A thing with an id and a name, active, of that project.
    pub fn new(id: &str, name: &str, project: Option<&str>) -> Self {
        Self {
            id: ExternalId::new(id),
            name: printable(if name.is_empty() { id } else { name }),
            state: State::Active,
            moving: false,
            fault: None,
            metadata: Spec::new(),
            project: project.map(str::to_owned),
            open: false,
            tag: None,
            takes: None,
            asked: Spec::new(),
        }
    }

    /// With a column more; empty values are left out.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        let mut value = value.into();
        if let Value::String(text) = &mut value {
            *text = printable(text);
        }
        if !value.is_null() && value != "" {
            self.metadata.insert(key.to_owned(), value);
        }
        self
    }

    /// With what a field of its creation would say now; empty values are left out.
    #[must_use]
    pub fn asking(mut self, field: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !value.is_null() && value != "" {
            self.asked.insert(field.to_owned(), value);
        }
        self
    }

    /// In that state.
    #[must_use]
    pub fn in_state(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    /// Whether a project may use it: its own, or one that is open to others. A token with the role `admin` is shown more
    /// than that by Nova and Neutron.
    pub fn usable_by(&self, project: &str) -> bool {
        self.open || self.belongs_to(project)
    }

    /// Whether it belongs to that project; things without a project belong to all.
    pub fn belongs_to(&self, project: &str) -> bool {
        self.project.as_deref().is_none_or(|owner| owner == project)
    }

    /// A column as a number; 0 where it is none.
    pub fn number(&self, key: &str) -> i64 {
        self.metadata.get(key).and_then(Value::as_i64).unwrap_or_default()
    }

    /// A column as text; empty where it is none.
    pub fn text(&self, key: &str) -> &str {
        self.metadata.get(key).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Text in which no control character is left but the end of a line and a tabulator: wherever it is shown, copied to or
/// printed, it moves no cursor.
fn printable(text: &str) -> String {
    let harmless = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn what_moves_a_cursor_is_no_part_of_a_name_or_a_column() {
        let seen = Seen::new("id", "a\u{1b}[31mb\u{9b}2J", None).with("log", "one\ntwo\u{7}");
        assert_eq!(seen.name, "a\u{fffd}[31mb\u{fffd}2J");
        assert_eq!(seen.text("log"), "one\ntwo\u{fffd}");
    }
}
