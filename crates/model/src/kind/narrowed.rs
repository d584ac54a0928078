//! Actions of which a thing's state allows a part only.
use super::Action;
use crate::{
    Spec,
    field::{Field, Input, List, Str},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The words that one field of an action takes at a time: what a node can be told to do in the state that it is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrowed {
    /// The field.
    pub field: Str,
    /// The attribute.
    pub by: Str,
    /// Its values, each with the words that can be asked for then. With a value that is not here, none can.
    pub words: List<(Str, List<Str>)>,
}

impl Action {
    /// Of whose field only those words are offered that stand beside the attribute's value.
    #[must_use]
    pub const fn narrowed(mut self, field: &'static str, by: &'static str, words: &'static [(Str, List<Str>)]) -> Self {
        let narrowed = Narrowed { field: Cow::Borrowed(field), by: Cow::Borrowed(by), words: Cow::Borrowed(words) };
        std::mem::forget(self.narrowed.replace(narrowed));
        self
    }
    /// The words of the narrowed field that can be asked for; none while nobody knows the attribute, which hides nothing.
    pub(super) fn words(&self, attributes: &Spec) -> Option<&[Str]> {
        let narrowed = self.narrowed.as_ref()?;
        let now = attributes.get(narrowed.by.as_ref()).and_then(|value| value.as_str())?;
        let found = narrowed.words.iter().find(|(value, _)| value == now);
        Some(found.map_or(&[], |(_, words)| words.as_ref()))
    }
    /// Its fields for a thing with these attributes: with the words that can be asked for.
    pub fn fields_for(&self, attributes: &Spec) -> Vec<Field> {
        let mut fields = self.fields.to_vec();
        let words = self.words(attributes);
        if let (Some(narrowed), Some(words)) = (&self.narrowed, words) {
            for field in fields.iter_mut().filter(|field| field.name == narrowed.field) {
                if let Input::OneOf { options } = &mut field.input {
                    options.to_mut().retain(|(word, _)| words.contains(word));
                }
            }
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, List, Str};
    use crate::{Field, Input, State};
    use serde_json::json;
    use std::borrow::Cow;

    const WORDS: &[(Str, Str)] = &[
        (Cow::Borrowed("on"), Cow::Borrowed("On")),
        (Cow::Borrowed("off"), Cow::Borrowed("Off")),
        (Cow::Borrowed("again"), Cow::Borrowed("Again")),
    ];
    const BY_POWER: &[(Str, List<Str>)] = &[
        (Cow::Borrowed("off"), Cow::Borrowed(&[Cow::Borrowed("on")])),
        (Cow::Borrowed("on"), Cow::Borrowed(&[Cow::Borrowed("off"), Cow::Borrowed("again")])),
    ];

    #[test]
    fn only_the_words_that_go_with_what_a_thing_is_are_offered_and_nothing_where_none_does() {
        let power = Action::new("power", "Power", "set_power")
            .asks(const { &[Field::one_of("target", "Target", WORDS)] })
            .narrowed("target", "power", BY_POWER);
        let with = |power: &str| json!({ "power": power }).as_object().cloned().unwrap();
        let offered = |attributes: &crate::Spec| match &power.fields_for(attributes)[0].input {
            Input::OneOf { options } => options.iter().map(|(word, _)| word.to_string()).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(offered(&with("off")), ["on"]);
        assert_eq!(offered(&with("on")), ["off", "again"]);
        assert_eq!(offered(&crate::Spec::new()), ["on", "off", "again"]);
        assert!(power.is_offered(State::Active, &with("on")) && !power.is_offered(State::Active, &with("broken")));
    }
}
