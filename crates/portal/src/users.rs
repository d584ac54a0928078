//! Users, managed by staff.
use crate::{Ctx, Portal};
use model::{Result, UserId, view::UserView};

impl Portal {
    /// All users, by name.
    ///
    /// # Errors
    /// 404 for who is not staff.
    pub async fn users(&self, _ctx: &Ctx) -> Result<Vec<UserView>> {
        Err(model::Error::Internal)
    }

    /// Makes a user. Without a password one is generated and given back, this once.
    ///
    /// # Errors
    /// 400 at `username` or `password`; 404 for who is not staff.
    pub async fn create_user(&self, _ctx: &Ctx, _username: &str, _password: Option<&str>, _staff: bool) -> Result<(UserView, Option<String>)> {
        Err(model::Error::Internal)
    }

    /// Lets a user sign in, or no longer: then its sessions end and its tokens fail.
    ///
    /// # Errors
    /// 409 for oneself and for the last platform administrator; 404 for who is not staff.
    pub async fn set_user_active(&self, _ctx: &Ctx, _user: &UserId, _active: bool) -> Result<()> {
        Err(model::Error::Internal)
    }

    /// Makes a user platform administrator, or no longer.
    ///
    /// # Errors
    /// 409 for the last platform administrator; 404 for who is not staff.
    pub async fn set_user_staff(&self, _ctx: &Ctx, _user: &UserId, _staff: bool) -> Result<()> {
        Err(model::Error::Internal)
    }

    /// Gives a user a new password, shown this once, and ends its sessions.
    ///
    /// # Errors
    /// 404 for who is not staff, and for an unknown user.
    pub async fn reset_password(&self, _ctx: &Ctx, _user: &UserId) -> Result<String> {
        Err(model::Error::Internal)
    }
}
