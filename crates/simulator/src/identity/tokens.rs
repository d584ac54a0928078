//! The tokens that were issued; they live as long as the process.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::call::Who;
use crate::wire;

/// One issued token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) who: Who,
    pub(crate) methods: Vec<String>,
    pub(crate) audit_id: String,
    /// Microseconds since the epoch.
    pub(crate) issued: i64,
    /// Microseconds since the epoch.
    pub(crate) expires: i64,
    /// Id of the application credential that it was asked with.
    pub(crate) credential: Option<String>,
}

/// All tokens that have not been revoked.
#[derive(Default)]
pub(crate) struct Tokens {
    held: HashMap<String, Token>,
}

/// Beyond so many, issuing one throws the expired ones out first.
const MANY: usize = 1000;

impl Tokens {
    pub(crate) fn issue(
        &mut self,
        who: Who,
        methods: Vec<String>,
        credential: Option<String>,
        now: i64,
        lifetime: Duration,
    ) -> (String, Token) {
        if self.held.len() >= MANY {
            self.held.retain(|_, token| token.expires > now);
        }
        let name = format!("gAAAAA{}", URL_SAFE_NO_PAD.encode(wire::random(8)));
        let expires = now.saturating_add(i64::try_from(lifetime.as_micros()).unwrap_or(i64::MAX));
        let audit_id = URL_SAFE_NO_PAD.encode(wire::random(1));
        let token = Token { who, methods, audit_id, issued: now, expires, credential };
        self.held.insert(name.clone(), token.clone());
        (name, token)
    }

    pub(crate) fn get(&self, name: &str, now: i64) -> Option<&Token> {
        self.held.get(name).filter(|token| token.expires > now)
    }

    /// Who a token speaks for, unless it is unknown, expired, or from before `from`.
    pub(crate) fn who(&self, name: &str, now: i64, from: i64) -> Option<Who> {
        self.get(name, now).filter(|token| token.issued > from).map(|token| token.who.clone())
    }

    pub(crate) fn revoke(&mut self, name: &str) -> bool {
        self.held.remove(name).is_some()
    }

    pub(crate) fn revoke_credential(&mut self, credential: &str) {
        self.held.retain(|_, token| token.credential.as_deref() != Some(credential));
    }
}
