//! Signing in: by password, by session and by token.
use crate::{Ctx, Portal};
use model::{RequestId, Result, UserId};

impl Portal {
    /// Settles whether this user name and password belong to an active user; a door then begins a session for it.
    ///
    /// # Errors
    /// 401 for a wrong pair, 429 after too many of them.
    pub async fn sign_in(&self, _username: &str, _password: &str, _client: &str, _request_id: &RequestId) -> Result<UserId> {
        Err(model::Error::Internal)
    }

    /// Writes down that the caller signed out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, _ctx: &Ctx) -> Result<()> {
        Err(model::Error::Internal)
    }

    /// Who asks, by a session's user.
    ///
    /// # Errors
    /// 401 when there is no such active user.
    pub async fn ctx_for_user(&self, _user: &UserId, _request_id: RequestId) -> Result<Ctx> {
        Err(model::Error::Internal)
    }

    /// Who asks, by an API token.
    ///
    /// # Errors
    /// 401 when it is unknown, has ended or was revoked, or its user is not active.
    pub async fn ctx_for_token(&self, _token: &str, _request_id: RequestId) -> Result<Ctx> {
        Err(model::Error::Internal)
    }

    /// Changes the caller's own password and ends all of its sessions; a door then begins a new one.
    ///
    /// # Errors
    /// 400 at `old_password` or `new_password`.
    pub async fn change_password(&self, _ctx: &Ctx, _old: &str, _new: &str) -> Result<()> {
        Err(model::Error::Internal)
    }
}
