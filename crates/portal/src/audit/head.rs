//! The ends of chains, signed: kept elsewhere, they show when a chain was cut off together with its head.
use super::Broken;
use crate::{
    Ctx, Portal,
    db::values,
    error::{Error, Result},
};
use hmac::{Hmac, KeyInit, Mac};
use model::view::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tracing::info;

/// The last event of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The chain: a workspace's slug, or the platform's.
    pub chain: String,
    /// The last event's number, which is how many there are.
    pub number: i64,
    /// The last event's hash, which holds those of all before it.
    pub hash: String,
    /// When the last event happened.
    pub at: Timestamp,
    /// HMAC-SHA256 in hex, under `SECRET_KEY`, over chain, number and hash.
    pub signature: String,
}

impl Portal {
    /// The heads of all chains, signed; for staff.
    ///
    /// # Errors
    /// 404 for everybody else.
    pub async fn audit_heads(&self, ctx: &Ctx) -> model::Result<Vec<Head>> {
        let work = async {
            self.may_staff(ctx).await?;
            self.heads().await
        };
        work.await.map_err(Error::report)
    }

    /// Holds heads that were kept elsewhere against the chains: names each that is not signed with our key, and each whose
    /// event is no longer there, or is another one. For operators.
    ///
    /// # Errors
    /// 404 for everybody else; when the database fails.
    pub async fn verify_heads(&self, ctx: &Ctx, kept: &[Head]) -> model::Result<Vec<Broken>> {
        let work = async {
            self.may_staff(ctx).await?;
            let mut broken = Vec::new();
            for head in kept {
                let named = |how| Broken { chain: head.chain.clone(), number: head.number, how };
                if self.sign(head.chain.as_str(), head.number, &head.hash)? != head.signature {
                    broken.push(named("kept as a head that is not signed with this SECRET_KEY"));
                    continue;
                }
                let sql = "SELECT hash FROM audit_events WHERE chain = $1 AND number = $2";
                match self.db().one(sql, values![head.chain.as_str(), head.number]).await? {
                    None => broken.push(named("cut off since this head was kept")),
                    Some(row) if row.text("hash")? != head.hash => {
                        broken.push(named("replaced since this head was kept"));
                    }
                    Some(_) => {}
                }
            }
            Ok(broken)
        };
        work.await.map_err(Error::report)
    }

    /// Writes all heads to the log, which is kept elsewhere where it matters.
    pub(crate) async fn log_heads(&self) -> Result<()> {
        for Head { chain, number, hash, at, signature } in self.heads().await? {
            info!(chain, number, hash, at = at.0, signature, "audit head");
        }
        Ok(())
    }

    async fn heads(&self) -> Result<Vec<Head>> {
        let sql = "SELECT h.chain, h.number, h.hash, e.at FROM audit_heads h
            JOIN audit_events e ON e.chain = h.chain AND e.number = h.number ORDER BY h.chain";
        let head = |row: &crate::db::Row| {
            let (chain, number, hash) = (row.text("chain")?, row.int("number")?, row.text("hash")?);
            let signature = self.sign(&chain, number, &hash)?;
            Ok(Head { chain, number, hash, at: Timestamp(row.int("at")?), signature })
        };
        self.db().all(sql, values![]).await?.iter().map(head).collect()
    }

    fn sign(&self, chain: &str, number: i64, hash: &str) -> Result<String> {
        let key = self.inner.settings.secret_key.expose_secret();
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(|_| Error::Sealed)?;
        mac.update(format!("atonix audit head\n{chain} {number} {hash}").as_bytes());
        Ok(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}
