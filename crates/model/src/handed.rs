//! What an action hands back beyond text: figures, and the tree of what hangs on a thing.
use serde::{Deserialize, Serialize};

/// A number and what it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What is counted.
    pub label: String,
    /// How many.
    pub value: i64,
    /// Of what, for instance `bytes`; empty for things without a unit. Only figures of one unit are compared.
    pub unit: String,
}

/// A thing and what hangs on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// What it is: `Pool`.
    pub noun: String,
    /// Its name or address; may be empty.
    pub name: String,
    /// How it does: `online`.
    pub health: String,
    /// How far the service is with it: `active`.
    pub state: String,
    /// Whether that is well; none where that cannot be said.
    pub well: Option<bool>,
    /// What hangs on it.
    pub inner: Vec<Branch>,
}

/// What was handed back, whatever it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Handed {
    /// Text.
    Text(String),
    /// Figures.
    Figures(Vec<Figure>),
    /// A tree.
    Tree(Branch),
}

impl Handed {
    /// As lines of text: a figure each, or a thing each, indented by its depth.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Figures(figures) => figures.iter().map(line).collect::<Vec<_>>().join("\n"),
            Self::Tree(tree) => {
                let mut lines = Vec::new();
                grow(&mut lines, tree, 0);
                lines.join("\n")
            }
        }
    }
}

fn line(figure: &Figure) -> String {
    let Figure { label, value, unit } = figure;
    if unit.is_empty() { format!("{label}: {value}") } else { format!("{label}: {value} {unit}") }
}

fn grow(lines: &mut Vec<String>, branch: &Branch, depth: usize) {
    let Branch { noun, name, health, state, inner, .. } = branch;
    let name = if name.is_empty() { String::new() } else { format!(" {name}") };
    let state = if state.is_empty() { String::new() } else { format!(" ({state})") };
    lines.push(format!("{}{noun}{name}: {health}{state}", "  ".repeat(depth)));
    inner.iter().for_each(|inner| grow(lines, inner, depth + 1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_trees_are_read_as_what_they_are_and_said_in_lines() {
        let said = |json| serde_json::from_value::<Handed>(json).unwrap().text();
        let figures = serde_json::json!([{"label": "Bytes in", "value": 5, "unit": "bytes"}]);
        assert_eq!(said(figures), "Bytes in: 5 bytes");
        let branch = |noun: &str, inner: Vec<Branch>| Branch {
            noun: noun.to_owned(),
            name: "web".to_owned(),
            health: "online".to_owned(),
            state: "active".to_owned(),
            well: Some(true),
            inner,
        };
        let tree = branch("Listener", vec![branch("Pool", Vec::new())]);
        let text = said(serde_json::to_value(tree).unwrap());
        assert_eq!(text, "Listener web: online (active)\n  Pool web: online (active)");
    }
}
