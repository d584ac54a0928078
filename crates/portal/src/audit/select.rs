//! The events of a chain that fit a query. The newest come first along an index, whichever filter is set, so that it takes
//! as long in a chain of a million events as in one of a thousand; of two filters the rest of the one is skipped.
use super::{AuditQuery, link::Link};
use crate::{
    Portal,
    db::{Statement, values},
    error::Result,
};
use model::{AuditEvent, view::Timestamp};
use std::fmt;

/// From where on.
pub(super) enum Start {
    /// From the newest, or the one behind the cursor, backwards in time.
    Newest { behind: Option<Cursor> },
    /// From the one behind this number, in the order of the chain.
    Oldest { after: i64 },
}

/// Where a page ended.
pub(super) struct Cursor {
    at: i64,
    number: i64,
}

impl Cursor {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let read = text.split_once('~').and_then(|(at, number)| Some((at.parse().ok()?, number.parse().ok()?)));
        let (at, number) = read.ok_or_else(|| model::Error::invalid("cursor", "This is no cursor of this list."))?;
        Ok(Self { at, number })
    }

    pub(super) fn behind(event: &AuditEvent) -> Self {
        Self { at: event.at.0, number: event.number }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.at, self.number)
    }
}

impl Portal {
    pub(super) async fn select(
        &self,
        chain: &str,
        query: &AuditQuery,
        from: Start,
        limit: i64,
    ) -> Result<Vec<AuditEvent>> {
        let mut statement = Statement::default();
        let fits = fits(&mut statement, chain, query, &from)?;
        let order = match from {
            Start::Newest { .. } => "ORDER BY at DESC, number DESC",
            Start::Oldest { .. } => "ORDER BY number",
        };
        let action = query.action.as_deref().filter(|action| !action.is_empty());
        let sql = match (action, &from) {
            (None, _) => format!("SELECT * FROM audit_events WHERE {fits} {order} LIMIT {limit}"),
            // Everything is read anyway.
            (Some(action), Start::Oldest { .. }) => {
                let (action, (low, high)) = (statement.bind(action), below(action));
                let (low, high) = (statement.bind(low), statement.bind(high));
                format!(
                    "SELECT * FROM audit_events WHERE {fits}
                        AND (action = {action} OR action >= {low} AND action < {high}) {order} LIMIT {limit}"
                )
            }
            (Some(action), Start::Newest { .. }) => {
                let actions = self.actions(chain, action).await?;
                let lane = |action: String| {
                    let action = statement.bind(action);
                    format!(
                        "SELECT * FROM (SELECT * FROM audit_events WHERE {fits} AND action = {action}
                            {order} LIMIT {limit}) lane"
                    )
                };
                let lanes: Vec<String> = actions.into_iter().map(lane).collect();
                if lanes.is_empty() {
                    return Ok(Vec::new());
                }
                format!("SELECT * FROM ({}) lanes {order} LIMIT {limit}", lanes.join(" UNION ALL "))
            }
        };
        let rows = self.db().all_built(sql, &statement.values).await?;
        rows.iter().map(|row| Ok(Link::read(row)?.view(row.text("hash")?))).collect()
    }

    /// The actions of a chain that are `action` or begin with it and a dot. Each is found behind the one before, without
    /// a look at the events between them.
    async fn actions(&self, chain: &str, action: &str) -> Result<Vec<String>> {
        let (low, high) = below(action);
        let sql = "WITH RECURSIVE found (action) AS (
                SELECT (SELECT MIN(action) FROM audit_events WHERE chain = $1 AND action >= $2 AND action < $3)
                UNION ALL
                SELECT (SELECT MIN(e.action) FROM audit_events e
                    WHERE e.chain = $1 AND e.action > found.action AND e.action < $3)
                FROM found WHERE found.action IS NOT NULL)
            SELECT action FROM found WHERE action IS NOT NULL";
        let rows = self.db().all(sql, values![chain, low, high]).await?;
        let mut actions = rows.iter().map(|row| row.text("action")).collect::<sqlx::Result<Vec<_>>>()?;
        actions.push(action.to_owned());
        Ok(actions)
    }
}

/// The range of actions that begin with this one and a dot: from there to before the next sign.
fn below(action: &str) -> (String, String) {
    (format!("{action}."), format!("{action}/"))
}

/// The conditions of a query but for the action.
fn fits(statement: &mut Statement, chain: &str, query: &AuditQuery, from: &Start) -> Result<String> {
    let mut fits = format!("chain = {}", statement.bind(chain));
    let columns = [
        ("environment", &query.environment),
        ("actor", &query.actor),
        ("target_id", &query.target),
        ("outcome", &query.outcome),
    ];
    for (column, wanted) in columns {
        if let Some(wanted) = wanted.as_deref().filter(|wanted| !wanted.is_empty()) {
            fits.push_str(&format!(" AND {column} = {}", statement.bind(wanted)));
        }
    }
    let times = [
        ("since", ">=", &query.since, Timestamp::from_since as fn(&str) -> Option<Timestamp>),
        ("until", "<", &query.until, Timestamp::from_until),
    ];
    for (field, compare, given, read) in times {
        if let Some(text) = given.as_deref().filter(|text| !text.is_empty()) {
            let sentence = "Give a day like 2026-11-24, or a time like 2026-11-24T18:30:00Z.";
            let at = read(text).ok_or_else(|| model::Error::invalid(field, sentence))?;
            fits.push_str(&format!(" AND at {compare} {}", statement.bind(at.0)));
        }
    }
    match from {
        Start::Newest { behind: Some(Cursor { at, number }) } => {
            let (at, number) = (statement.bind(*at), statement.bind(*number));
            fits.push_str(&format!(" AND (at, number) < ({at}, {number})"));
        }
        Start::Newest { behind: None } => {}
        Start::Oldest { after } => fits.push_str(&format!(" AND number > {}", statement.bind(*after))),
    }
    Ok(fits)
}
