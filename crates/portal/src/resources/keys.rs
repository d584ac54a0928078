//! Idempotency keys: a request that comes again under its key is answered, not done, again.
use super::seal;
use crate::{
    Ctx, Portal,
    db::{Tx, values},
    error::Result,
};
use model::{ResourceId, view::ResourceView};

/// How long a key is remembered: 24 hours, in microseconds.
const LIFE: i64 = 24 * 3600 * 1_000_000;

/// A request under a key.
pub(super) struct Keyed {
    actor: String,
    key: String,
    mac: String,
}

impl Portal {
    /// The key of a request, with what tells the same request from another one.
    pub(super) fn keyed(&self, ctx: &Ctx, key: Option<&str>, request: &str) -> Result<Option<Keyed>> {
        let Some(key) = key else { return Ok(None) };
        let fits = (1..=255).contains(&key.len()) && key.bytes().all(|byte| (0x21..0x7f).contains(&byte));
        if !fits {
            let sentence = "Give 1 to 255 printable ASCII characters without spaces.";
            return Err(model::Error::invalid("Idempotency-Key", sentence).into());
        }
        let actor = ctx.user_id().map_or_else(|| ctx.actor_name().to_owned(), ToString::to_string);
        let mac = seal::fingerprint(&self.inner.settings.secret_key, request)?;
        Ok(Some(Keyed { actor, key: key.to_owned(), mac }))
    }

    /// The resource that this very request made or changed before.
    pub(super) async fn replayed(&self, keyed: Option<&Keyed>) -> Result<Option<ResourceView>> {
        let Some(keyed) = keyed else { return Ok(None) };
        let sql = "SELECT body_mac, resource_id FROM idempotency WHERE actor = $1 AND key = $2 AND created_at > $3";
        let values = values![keyed.actor.as_str(), keyed.key.as_str(), self.now() - LIFE];
        let Some(row) = self.db().one(sql, values).await? else { return Ok(None) };
        if row.text("body_mac")? != keyed.mac {
            return Err(model::Error::KeyReused.into());
        }
        Ok(Some(self.row(&ResourceId::new(row.text("resource_id")?)).await?.view()))
    }

    /// Forgets keys that are older than they are remembered for.
    pub(super) async fn forget_keys(&self) -> Result<()> {
        let sql = "DELETE FROM idempotency WHERE created_at <= $1";
        self.db().execute(sql, values![self.now() - LIFE]).await?;
        Ok(())
    }

    /// Takes a key, as the first statement of the transaction that does what was asked for under it. Of two requests at
    /// once the second waits here for the first, before it can fail by what that one took: the quota, the name, the turn.
    /// False when another request was first; then the caller drops the transaction and answers as for a replay.
    pub(super) async fn claim(&self, tx: &mut Tx, keyed: Option<&Keyed>, resource: &ResourceId) -> Result<bool> {
        let Some(keyed) = keyed else { return Ok(true) };
        let now = self.now();
        let (actor, key) = (keyed.actor.as_str(), keyed.key.as_str());
        let old = "DELETE FROM idempotency WHERE actor = $1 AND key = $2 AND created_at <= $3";
        tx.execute(old, values![actor, key, now - LIFE]).await?;
        let sql = "INSERT INTO idempotency (actor, key, body_mac, resource_id, created_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (actor, key) DO NOTHING";
        Ok(tx.execute(sql, values![actor, key, keyed.mac.as_str(), resource, now]).await? == 1)
    }
}
