//! API tokens.
use crate::{Ctx, Portal};
use model::{
    Result, TokenId, WorkspaceSlug,
    view::{IssuedToken, NewToken, TokenView},
};

impl Portal {
    /// The caller's own tokens, newest first; what ended or was revoked is left out.
    ///
    /// # Errors
    /// 401 without a user.
    pub async fn tokens(&self, _ctx: &Ctx) -> Result<Vec<TokenView>> {
        Err(model::Error::Internal)
    }

    /// Every token that reaches a workspace, whosever it is; for its owners and staff.
    ///
    /// # Errors
    /// 403 for other members, 404 for strangers.
    pub async fn workspace_tokens(&self, _ctx: &Ctx, _workspace: &WorkspaceSlug) -> Result<Vec<TokenView>> {
        Err(model::Error::Internal)
    }

    /// Makes a token for the caller. The only time that the secret is shown.
    ///
    /// # Errors
    /// 400 at the field; 403 to a token that would make a broader one.
    pub async fn issue_token(&self, _ctx: &Ctx, _new: NewToken) -> Result<IssuedToken> {
        Err(model::Error::Internal)
    }

    /// Ends a token: one's own, one that reaches a workspace of which the caller is owner, or any for staff.
    ///
    /// # Errors
    /// 404 for all others.
    pub async fn revoke_token(&self, _ctx: &Ctx, _id: &TokenId) -> Result<()> {
        Err(model::Error::Internal)
    }
}
