//! The audit: append-only chains of events, one per workspace and one for the platform.
//!
//! An event is written in the transaction of what it describes. Its hash covers every column and the hash before it, so
//! that what is altered, removed or reordered later shows.
mod cadf;
mod head;
mod link;
mod read;
mod select;

pub use cadf::cadf;
pub use head::Head;
pub use read::{AuditQuery, Broken};

use crate::{
    Ctx,
    db::{Statement, Tx, values},
    error::{Error, Result},
    once,
};
use link::Link;
use model::{AuditOutcome, Environment};
use serde_json::{Value, json};

/// The chain for what belongs to no workspace: sign-ins, users, tokens, bindings.
pub(crate) const PLATFORM: &str = "platform";

/// An event before it has its place in a chain.
#[derive(Clone, Debug)]
pub(crate) struct Event<'a> {
    /// A workspace's slug, or [`PLATFORM`].
    pub chain: &'a str,
    /// `vm.create`, `member.add`.
    pub action: String,
    /// How it went.
    pub outcome: AuditOutcome,
    /// Where, if in an environment.
    pub environment: Option<Environment>,
    /// A kind's slug or another noun.
    pub target_kind: &'a str,
    /// The row's id or another id.
    pub target_id: &'a str,
    /// Its name.
    pub target_name: &'a str,
    /// More; never secrets.
    pub detail: Value,
}

impl<'a> Event<'a> {
    /// An event about a thing, without details.
    pub(crate) fn new(chain: &'a str, action: impl Into<String>, outcome: AuditOutcome) -> Self {
        let (target_kind, target_id, target_name) = ("", "", "");
        let detail = json!({});
        Self { chain, action: action.into(), outcome, environment: None, target_kind, target_id, target_name, detail }
    }

    /// What it is about.
    #[must_use]
    pub(crate) fn about(mut self, kind: &'a str, id: &'a str, name: &'a str) -> Self {
        (self.target_kind, self.target_id, self.target_name) = (kind, id, name);
        self
    }

    /// In which environment.
    #[must_use]
    pub(crate) fn within(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// With more to say.
    #[must_use]
    pub(crate) fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// Writes an event at the end of its chain. It locks the chain's head, so it comes last in a transaction. What is told
/// of was done, so the key of the request is spent; a refusal spends none.
pub(crate) async fn append(tx: &mut Tx, now: i64, ctx: &Ctx, event: Event<'_>) -> Result<()> {
    if event.outcome != AuditOutcome::Denied {
        once::spend(tx, ctx).await?;
    }
    let chain = event.chain;
    append_all(tx, ctx, chain, [(now, event)]).await
}

/// The columns of an event.
const COLUMNS: &str =
    "chain, number, at, actor, actor_id, action, outcome, environment, target_kind, target_id, target_name,
    detail, request_id, previous, hash";

/// Writes events of one chain, each with its time, at its end.
pub(crate) async fn append_all<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    chain: &str,
    events: impl IntoIterator<Item = (i64, Event<'a>)>,
) -> Result<()> {
    let start = "INSERT INTO audit_heads (chain, number, hash) VALUES ($1, 0, '') ON CONFLICT (chain) DO NOTHING";
    tx.execute(start, values![chain]).await?;
    // The first write locks the head, so that nobody comes between.
    let lock = "UPDATE audit_heads SET number = number WHERE chain = $1 RETURNING number, hash";
    let head = tx.one(lock, values![chain]).await?.ok_or(Error::Corrupt("chain head"))?;
    let (mut number, mut hash) = (head.int("number")?, head.text("hash")?);
    let (mut statement, mut rows) = (Statement::default(), Vec::new());
    for (at, event) in events {
        number += 1;
        let link = Link {
            chain: chain.to_owned(),
            number,
            at,
            actor: ctx.actor_name().to_owned(),
            actor_id: ctx.user_id().map(ToString::to_string),
            action: event.action,
            outcome: event.outcome.as_str().to_owned(),
            environment: event.environment.map(|one| one.to_string()),
            target_kind: event.target_kind.to_owned(),
            target_id: event.target_id.to_owned(),
            target_name: event.target_name.to_owned(),
            detail: event.detail.to_string(),
            request_id: ctx.request_id.to_string(),
            previous: hash,
        };
        hash = link.hash();
        rows.push(format!("({})", statement.bind_all(link.values(&hash))));
    }
    tx.execute_built(format!("INSERT INTO audit_events ({COLUMNS}) VALUES {}", rows.join(", ")), &statement.values)
        .await?;
    let end = "UPDATE audit_heads SET number = $2, hash = $3 WHERE chain = $1";
    tx.execute(end, values![chain, number, hash]).await?;
    Ok(())
}
