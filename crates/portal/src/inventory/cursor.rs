//! Where a page ended: what its last row has in the columns of the order, so that a boundary stays where it was while rows
//! come and go.
use super::wish::Order;
use crate::{
    db::Value,
    error::Result,
    resources::{Listed, folded},
};
use std::fmt;

#[derive(Debug)]
pub(super) struct Cursor {
    /// The row's group; empty in an order without groups.
    pub group: String,
    /// Its value of the order's column; of a cursor that is written, its name as it is, which is folded when it is read.
    pub value: Value,
    pub id: String,
}

impl Cursor {
    pub(super) fn parse(text: &str, order: Order) -> Result<Self> {
        let bad = || model::Error::invalid("cursor", "This is no cursor of this list.");
        // Ids and words of ours have no tilde, so those around it end the value, whatever that has.
        let (rest, id) = text.rsplit_once('~').ok_or_else(bad)?;
        let (group, value) = match order.group() {
            Some(_) => rest.split_once('~').ok_or_else(bad)?,
            None => ("", rest),
        };
        let value = match order {
            Order::Name => folded(value).into(),
            _ => value.parse::<i64>().map_err(|_| bad())?.into(),
        };
        Ok(Self { group: group.to_owned(), value, id: id.to_owned() })
    }

    /// The cursor behind a row.
    pub(super) fn behind(row: &Listed, order: Order) -> Self {
        let group = match order {
            Order::State => row.state().to_string(),
            Order::Kind => row.kind.slug().to_owned(),
            Order::Created | Order::Name => String::new(),
        };
        let value = match order {
            Order::Name => row.name.as_str().into(),
            _ => row.created_at.into(),
        };
        Self { group, value, id: row.id.to_string() }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.group.is_empty() {
            write!(f, "{}~", self.group)?;
        }
        match &self.value {
            Value::Text(text) => write!(f, "{}", text.as_deref().unwrap_or_default())?,
            Value::Int(number) => write!(f, "{}", number.unwrap_or_default())?,
            Value::Bytes(_) => {}
        }
        write!(f, "~{}", self.id)
    }
}
