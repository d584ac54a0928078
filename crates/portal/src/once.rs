//! A request under an idempotency key is carried out once: whatever it is, and however often it comes.
//!
//! Creations and actions keep their key in the transaction of the row that they make ([`crate::resources`]). Everything
//! else claims its key first. The claim travels in the [`Ctx`], and the first event that its work writes marks the key
//! as spent, in the same transaction; so a key is spent exactly when something was done under it. The answer is kept
//! beside it afterwards.
use crate::{
    Ctx, Portal,
    db::{Tx, values},
    error::{Error, Result},
    resources::{KEY_LIFE, key_mac},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// After this time nobody is at work on a request any more: doors give up before. In microseconds.
const ABANDONED: i64 = 150 * 1_000_000;
/// How long to wait for another one that is at work on the same request.
const WAITS: u32 = 50;
const WAIT: Duration = Duration::from_millis(100);

/// The right to carry out a request under its key. It is held by whoever was first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    actor: String,
    key: String,
    /// Tells this holder from one who took over.
    nonce: String,
}

/// An answer as a door gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The HTTP status.
    pub status: u16,
    /// Headers that belong to the answer: what the body is, and where to go.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What to do with a request under a key.
#[derive(Debug)]
pub enum Begun {
    /// Carry it out, as this caller, and [`Portal::end_once`] it.
    First(Ctx),
    /// It was done: this was the answer.
    Again(Given),
}

impl Portal {
    /// Begins a request under a key. `request` is all that makes it this request: method, address, body.
    ///
    /// # Errors
    /// 400 for what is no key, 422 for one that came with another request, 409 while that request is under way and for
    /// an answer that is not kept: because it held what is shown once, or because the server died before it gave it.
    pub async fn begin_once(&self, ctx: &Ctx, key: &str, request: &str) -> model::Result<Begun> {
        self.try_begin_once(ctx, key, request).await.map_err(Error::report)
    }

    async fn try_begin_once(&self, ctx: &Ctx, key: &str, request: &str) -> Result<Begun> {
        let (actor, mac) = (ctx.key_owner(), key_mac(&self.inner.settings.secret_key, key, request)?);
        let claim = Claim { actor: actor.clone(), key: key.to_owned(), nonce: uuid::Uuid::new_v4().to_string() };
        for _ in 0..WAITS {
            if self.take_key(&claim, &mac).await? {
                return Ok(Begun::First(Ctx { claim: Some(claim), ..ctx.clone() }));
            }
            let sql = "SELECT body_mac, committed, answer, claimed_at FROM answers WHERE actor = $1 AND key = $2";
            let Some(row) = self.db().one(sql, values![actor.as_str(), key]).await? else { continue };
            if row.text("body_mac")? != mac {
                return Err(model::Error::KeyReused.into());
            }
            if let Some(answer) = row.text_opt("answer")? {
                let given = serde_json::from_str(&answer).map_err(|_| Error::Corrupt("answer"))?;
                return Ok(Begun::Again(given));
            }
            if row.flag("committed")? && row.int("claimed_at")? <= self.now() - ABANDONED {
                return Err(model::Error::AlreadyDelivered.into());
            }
            tokio::time::sleep(WAIT).await;
        }
        let why = "The first request under this idempotency key is still under way. Try again shortly.".to_owned();
        Err(model::Error::Conflict { why }.into())
    }

    /// Takes a key that is free, too old to matter, or was left by somebody who did nothing under it. False when somebody
    /// else has it.
    async fn take_key(&self, claim: &Claim, mac: &str) -> Result<bool> {
        let now = self.now();
        let mut tx = self.db().begin().await?;
        let taken = "SELECT 1 AS one FROM idempotency WHERE actor = $1 AND key = $2 AND created_at > $3";
        if tx.one(taken, values![claim.actor.as_str(), claim.key.as_str(), now - KEY_LIFE]).await?.is_some() {
            return Err(model::Error::KeyReused.into());
        }
        let sql = "INSERT INTO answers (actor, key, body_mac, claim, committed, claimed_at)
            VALUES ($1, $2, $3, $4, 0, $5)
            ON CONFLICT (actor, key) DO UPDATE
                SET body_mac = excluded.body_mac, claim = excluded.claim, committed = 0, answer = NULL,
                    claimed_at = excluded.claimed_at
                WHERE answers.claimed_at <= $6
                    OR answers.committed = 0 AND answers.claimed_at <= $7 AND answers.body_mac = excluded.body_mac";
        let (actor, key, nonce) = (claim.actor.as_str(), claim.key.as_str(), claim.nonce.as_str());
        let values = values![actor, key, mac, nonce, now, now - KEY_LIFE, now - ABANDONED];
        let taken = tx.execute(sql, values).await? == 1;
        tx.commit().await?;
        Ok(taken)
    }

    /// Ends what [`Portal::begin_once`] began. `given` is the answer, if it may be kept. A key under which nothing was done
    /// is free again: what was refused may be asked for anew.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn end_once(&self, ctx: &Ctx, given: Option<&Given>) -> model::Result<()> {
        let work = async {
            let Some(Claim { actor, key, nonce }) = &ctx.claim else { return Ok(()) };
            let answer = given.map(|given| serde_json::json!(given).to_string());
            let mut tx = self.db().begin().await?;
            // What is not kept is as old as if its server had died: nobody is to wait for it.
            let kept =
                "UPDATE answers SET answer = $4, claimed_at = CASE WHEN $5 = 1 THEN claimed_at ELSE claimed_at - $6 END
                WHERE actor = $1 AND key = $2 AND claim = $3 AND committed = 1";
            let bound = values![actor.as_str(), key.as_str(), nonce.as_str(), answer, given.is_some(), ABANDONED];
            if tx.execute(kept, bound).await? == 0 {
                let freed = "DELETE FROM answers WHERE actor = $1 AND key = $2 AND claim = $3 AND committed = 0";
                tx.execute(freed, values![actor.as_str(), key.as_str(), nonce.as_str()]).await?;
            }
            Ok(tx.commit().await?)
        };
        work.await.map_err(Error::report)
    }

    /// Forgets answers that are older than keys are remembered for.
    pub(crate) async fn forget_answers(&self) -> Result<()> {
        let sql = "DELETE FROM answers WHERE claimed_at <= $1";
        self.db().execute(sql, values![self.now() - KEY_LIFE]).await?;
        Ok(())
    }
}

/// Marks the key of a request as spent, in the transaction of what is done under it; refuses when another one has taken
/// over, who believed that this one had died.
pub(crate) async fn spend(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    let Some(Claim { actor, key, nonce }) = &ctx.claim else { return Ok(()) };
    let sql = "UPDATE answers SET committed = 1 WHERE actor = $1 AND key = $2 AND claim = $3";
    match tx.execute(sql, values![actor.as_str(), key.as_str(), nonce.as_str()]).await? {
        1 => Ok(()),
        _ => {
            let why = "This request took so long that its repetition was carried out instead.".to_owned();
            Err(model::Error::Conflict { why }.into())
        }
    }
}
