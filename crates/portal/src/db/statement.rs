//! A statement that is put together: its text and its parameters, which come from nowhere else.
use super::Value;

/// The parameters so far.
#[derive(Debug, Default)]
pub(crate) struct Statement {
    pub values: Vec<Value>,
}

impl Statement {
    /// The mark of a parameter with this value.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// The marks of a list of parameters.
    pub(crate) fn bind_all<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> String {
        values.into_iter().map(|value| self.bind(value)).collect::<Vec<_>>().join(", ")
    }
}
