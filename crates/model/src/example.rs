//! Examples: a request to create one of a kind, or to do something with one, that any cloud of ours fulfils. The API's
//! documentation shows them, and the tests that walk over all kinds make them, so that a kind that is added is walked
//! over, too.
use crate::Spec;
use serde_json::Value;

/// What an example leaves open; it stands in angle brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole<'a> {
    /// `<name>`: a name that nothing has.
    Name,
    /// `<number>`: a number from 1 to 250 that nothing has, for addresses; `<mac>` is the address of a network card with
    /// that number at its end.
    Number,
    /// Any other word: one of the kind with that slug, by its id or its name.
    One(&'a str),
}

/// The places of an example, between the brackets and outside of them, in turns.
fn places(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.split(['<', '>']).enumerate().map(|(number, place)| (number % 2 == 1, place))
}

fn hole(word: &str) -> Hole<'_> {
    match word {
        "name" => Hole::Name,
        "number" | "mac" => Hole::Number,
        slug => Hole::One(slug),
    }
}

/// The address of a network card: of those that anybody may give.
fn card(number: &str) -> String {
    format!("52:54:00:00:00:{:02x}", number.parse::<u8>().unwrap_or_default())
}

/// The slugs of the kinds of which an example needs one.
pub fn needs(example: &str) -> Vec<&str> {
    let words = places(example).filter(|(is_hole, _)| *is_hole);
    words.filter_map(|(_, word)| if let Hole::One(slug) = hole(word) { Some(slug) } else { None }).collect()
}

/// An example with its holes filled; none when it is no JSON object.
pub fn filled(example: &str, mut fill: impl FnMut(Hole<'_>) -> String) -> Option<Spec> {
    let mut spec: Spec = serde_json::from_str(example).ok()?;
    let mut filled = |text: &mut String| {
        let parts = places(text).map(|(is_hole, place)| match (is_hole, place) {
            (true, "mac") => card(&fill(Hole::Number)),
            (true, word) => fill(hole(word)),
            (false, plain) => plain.to_owned(),
        });
        *text = parts.collect();
    };
    for value in spec.values_mut() {
        match value {
            Value::String(text) => filled(text),
            Value::Array(lines) => {
                for line in lines {
                    if let Value::String(text) = line {
                        filled(text);
                    }
                }
            }
            _ => {}
        }
    }
    Some(spec)
}

#[cfg(test)]
mod tests {
    use super::{Hole, filled, needs};
    use serde_json::json;

    #[test]
    fn an_example_is_filled_where_it_has_holes() {
        let example = r#"{"name": "<name>", "cidr": "10.<number>.0.0/24", "network_id": "<network>", "size_gb": 2}"#;
        assert_eq!(needs(example), ["network"]);
        let spec = filled(example, |hole| match hole {
            Hole::Name => "a".to_owned(),
            Hole::Number => "7".to_owned(),
            Hole::One(slug) => format!("{slug}-1"),
        });
        let expected = json!({"name": "a", "cidr": "10.7.0.0/24", "network_id": "network-1", "size_gb": 2});
        assert_eq!(spec.map(serde_json::Value::Object), Some(expected));
        assert_eq!(filled("[]", |_| String::new()), None);
        let card = filled(r#"{"address": "<mac>"}"#, |_| "250".to_owned());
        assert_eq!(card.map(serde_json::Value::Object), Some(json!({"address": "52:54:00:00:00:fa"})));
    }
}
