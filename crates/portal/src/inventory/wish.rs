//! What a caller wants to see of the inventory, checked.
use super::cursor::Cursor;
use crate::{
    error::Result,
    resources::{Search, Tally},
};
use model::{Environment, Error, State, view::InventoryQuery};

/// Rows a page when nothing is said.
const USUAL: i64 = 50;
/// Rows a page at most.
const MOST: i64 = 500;

/// Words by which callers ask for an order.
const ORDERS: [(&str, Order); 5] = [
    ("created_at", Order::Created),
    ("name", Order::Name),
    ("resource_name", Order::Name),
    ("status", Order::State),
    ("resource_type", Order::Kind),
];

/// An order of rows. In each, the row's id has the last word, so that a page's end is told apart from its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Created,
    /// By name, upper and lower case alike.
    Name,
    /// By state, and then by age.
    State,
    /// By kind, and then by age.
    Kind,
}

impl Order {
    /// The column by whose values rows stand in groups.
    pub(super) const fn group(self) -> Option<&'static str> {
        match self {
            Self::Created | Self::Name => None,
            Self::State => Some("state"),
            Self::Kind => Some("kind"),
        }
    }

    /// The column by which rows are ordered, within a group if there are any.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Name => "folded",
            Self::Created | Self::State | Self::Kind => "created_at",
        }
    }

    /// The group of the rows of a tally.
    pub(super) fn group_of(self, tally: &Tally) -> &str {
        match self {
            Self::Created | Self::Name => "",
            Self::State => tally.state.as_str(),
            Self::Kind => &tally.kind,
        }
    }
}

/// Which states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum States {
    /// All but gone.
    There,
    All,
    Only(State),
}

#[derive(Debug)]
pub(super) struct Wish {
    pub environments: Vec<Environment>,
    /// Only of this kind.
    pub kind: Option<String>,
    pub states: States,
    pub search: Option<Search>,
    pub order: Order,
    pub descending: bool,
    pub limit: i64,
    /// Only what comes behind it.
    pub cursor: Option<Cursor>,
}

impl Wish {
    /// Reads a query; 400 names the parameter that makes no sense.
    pub(super) fn read(query: &InventoryQuery, environments: Vec<Environment>) -> Result<Self> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let sort = given(&query.sort).unwrap_or_else(|| "-created_at".to_owned());
        let (word, descending) = sort.strip_prefix('-').map_or((sort.as_str(), false), |word| (word, true));
        let order = ORDERS.iter().find(|(known, _)| *known == word).map(|(_, order)| *order).ok_or_else(|| {
            let words: Vec<&str> = ORDERS.iter().map(|(word, _)| *word).collect();
            Error::invalid("sort", format!("Sort by one of {}.", words.join(", ")))
        })?;
        let states = match given(&query.status).as_deref() {
            None => States::There,
            Some("all") => States::All,
            Some(word) => States::Only(word.parse().map_err(|sentence: String| Error::invalid("status", sentence))?),
        };
        let kind = given(&query.resource_type);
        if let Some(slug) = &kind {
            services::find(slug).ok_or_else(|| Error::invalid("resource_type", "There is no such kind."))?;
        }
        let limit = query.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Error::invalid("limit", format!("Give a number from 1 to {MOST}.")).into());
        }
        let cursor = given(&query.cursor).map(|text| Cursor::parse(&text, order)).transpose()?;
        let search = query.search.as_deref().and_then(Search::read);
        Ok(Self { environments, kind, states, search, order, descending, limit, cursor })
    }

    /// Whether the rows of a tally are wanted, as far as environment, kind and state go.
    pub(super) fn fits(&self, tally: &Tally) -> bool {
        self.environments.contains(&tally.environment)
            && self.kind.as_ref().is_none_or(|kind| *kind == tally.kind)
            && match self.states {
                States::There => tally.state != State::Gone,
                States::All => true,
                States::Only(state) => tally.state == state,
            }
    }
}
