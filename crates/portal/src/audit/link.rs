//! One link of a chain, column by column, and its hash.
use crate::{
    db::{Row, Value, values},
    error::Result,
};
use model::{AuditEvent, AuditOutcome, view::Timestamp};
use sha2::{Digest, Sha256};

/// A row of `audit_events`, but for its hash.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub chain: String,
    pub number: i64,
    pub at: i64,
    pub actor: String,
    pub actor_id: Option<String>,
    pub action: String,
    pub outcome: String,
    pub environment: Option<String>,
    pub target_kind: String,
    pub target_id: String,
    pub target_name: String,
    pub detail: String,
    pub request_id: String,
    pub previous: String,
}

impl Link {
    pub(super) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            chain: row.text("chain")?,
            number: row.int("number")?,
            at: row.int("at")?,
            actor: row.text("actor")?,
            actor_id: row.text_opt("actor_id")?,
            action: row.text("action")?,
            outcome: row.text("outcome")?,
            environment: row.text_opt("environment")?,
            target_kind: row.text("target_kind")?,
            target_id: row.text("target_id")?,
            target_name: row.text("target_name")?,
            detail: row.text("detail")?,
            request_id: row.text("request_id")?,
            previous: row.text("previous")?,
        })
    }

    /// Its columns in the order in which they are written.
    pub(super) fn values(self, hash: &str) -> Vec<Value> {
        values![
            self.chain,
            self.number,
            self.at,
            self.actor,
            self.actor_id,
            self.action,
            self.outcome,
            self.environment,
            self.target_kind,
            self.target_id,
            self.target_name,
            self.detail,
            self.request_id,
            self.previous,
            hash,
        ]
        .to_vec()
    }

    /// SHA-256 over every column, each with its length before it, so that no two rows read the same.
    pub(super) fn hash(&self) -> String {
        let (number, at) = (self.number.to_string(), self.at.to_string());
        let columns = [
            Some(&self.previous),
            Some(&self.chain),
            Some(&number),
            Some(&at),
            Some(&self.actor),
            self.actor_id.as_ref(),
            Some(&self.action),
            Some(&self.outcome),
            self.environment.as_ref(),
            Some(&self.target_kind),
            Some(&self.target_id),
            Some(&self.target_name),
            Some(&self.detail),
            Some(&self.request_id),
        ];
        let mut hasher = Sha256::new();
        for column in columns {
            match column {
                Some(text) => {
                    hasher.update((text.len() as u64 + 1).to_be_bytes());
                    hasher.update(text.as_bytes());
                }
                None => hasher.update(0_u64.to_be_bytes()),
            }
        }
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn view(self, hash: String) -> AuditEvent {
        let outcome = match self.outcome.as_str() {
            "attempted" => AuditOutcome::Attempted,
            "succeeded" => AuditOutcome::Succeeded,
            "denied" => AuditOutcome::Denied,
            _ => AuditOutcome::Failed,
        };
        AuditEvent {
            chain: self.chain,
            number: self.number,
            at: Timestamp(self.at),
            actor: self.actor,
            action: self.action,
            outcome,
            environment: self.environment,
            target_kind: self.target_kind,
            target_id: self.target_id,
            target_name: self.target_name,
            detail: serde_json::from_str(&self.detail).unwrap_or_default(),
            request_id: self.request_id,
            hash,
        }
    }
}
