//! Workspaces: what the caller sees of them, and their administration.
use crate::{Ctx, Portal};
use model::{
    Result, WorkspaceSlug,
    view::{Me, WorkspaceDetail, WorkspaceView},
};

impl Portal {
    /// Who asks, with the workspaces of which it is a member and which its token reaches.
    ///
    /// # Errors
    /// 401 without a user.
    pub async fn me(&self, _ctx: &Ctx) -> Result<Me> {
        Err(model::Error::Internal)
    }

    /// The workspaces of which the caller is a member and which its token reaches, with their bound environments.
    ///
    /// # Errors
    /// 401 without a user.
    pub async fn workspaces(&self, _ctx: &Ctx) -> Result<Vec<WorkspaceView>> {
        Err(model::Error::Internal)
    }

    /// All workspaces with members and bindings; for staff.
    ///
    /// # Errors
    /// 404 for everybody else.
    pub async fn all_workspaces(&self, _ctx: &Ctx) -> Result<Vec<WorkspaceDetail>> {
        Err(model::Error::Internal)
    }

    /// Makes a workspace with its first owner; for staff.
    ///
    /// # Errors
    /// 400 at `workspace_id`, `display_name` or `owner`; 404 for who is not staff.
    pub async fn create_workspace(&self, _ctx: &Ctx, _slug: &str, _display_name: &str, _owner: &str) -> Result<WorkspaceDetail> {
        Err(model::Error::Internal)
    }

    /// Gives a workspace another name for people; its slug stays. For staff.
    ///
    /// # Errors
    /// 400 at `display_name`; 404 for who is not staff.
    pub async fn rename_workspace(&self, _ctx: &Ctx, _workspace: &WorkspaceSlug, _display_name: &str) -> Result<WorkspaceDetail> {
        Err(model::Error::Internal)
    }

    /// Closes a workspace in which nothing kept is left; for staff.
    ///
    /// # Errors
    /// 409 with how many resources are left; 404 for who is not staff.
    pub async fn archive_workspace(&self, _ctx: &Ctx, _workspace: &WorkspaceSlug) -> Result<()> {
        Err(model::Error::Internal)
    }

    /// A workspace with members and bindings; for its members and staff.
    ///
    /// # Errors
    /// 404 for everybody else.
    pub async fn workspace_detail(&self, _ctx: &Ctx, _workspace: &WorkspaceSlug) -> Result<WorkspaceDetail> {
        Err(model::Error::Internal)
    }
}
