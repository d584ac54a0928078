//! Members of workspaces; managed by owners and staff.
use crate::{Ctx, Portal};
use model::{Result, Role, UserId, WorkspaceSlug};

impl Portal {
    /// Takes a user into a workspace.
    ///
    /// # Errors
    /// 400 at `username`; 403 for members who are no owners, 404 for strangers.
    pub async fn add_member(&self, _ctx: &Ctx, _workspace: &WorkspaceSlug, _username: &str, _role: Role) -> Result<()> {
        Err(model::Error::Internal)
    }

    /// Gives a member another role.
    ///
    /// # Errors
    /// 409 for the last owner; 403 for members who are no owners, 404 for strangers and for who is no member.
    pub async fn set_member_role(&self, _ctx: &Ctx, _workspace: &WorkspaceSlug, _user: &UserId, _role: Role) -> Result<()> {
        Err(model::Error::Internal)
    }

    /// Takes a member out of a workspace, and ends the tokens that it has for this workspace alone.
    ///
    /// # Errors
    /// 409 for the last owner; 403 for members who are no owners, 404 for strangers and for who is no member.
    pub async fn remove_member(&self, _ctx: &Ctx, _workspace: &WorkspaceSlug, _user: &UserId) -> Result<()> {
        Err(model::Error::Internal)
    }
}
