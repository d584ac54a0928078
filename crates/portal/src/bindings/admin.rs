//! Bindings, managed by staff.
use crate::{Ctx, Portal};
use model::{
    BindingId, Result, Usage,
    view::{BindingProbe, BindingView, NewBinding},
};

impl Portal {
    /// Tests a binding against the cloud, and saves nothing.
    ///
    /// # Errors
    /// 404 for who is not staff; 5xx when the cloud cannot be asked.
    pub async fn probe_binding(&self, _ctx: &Ctx, _new: &NewBinding) -> Result<BindingProbe> {
        Err(model::Error::Internal)
    }

    /// Binds an environment to a project and a region, once the cloud says that both exist.
    ///
    /// # Errors
    /// 400 at the field; 409 when the environment is bound already; 404 for who is not staff.
    pub async fn create_binding(&self, _ctx: &Ctx, _new: &NewBinding) -> Result<BindingView> {
        Err(model::Error::Internal)
    }

    /// Sets a binding's quota; it may be lower than what is in use, which then only shrinks.
    ///
    /// # Errors
    /// 400 at the field; 404 for who is not staff.
    pub async fn set_quota(&self, _ctx: &Ctx, _id: &BindingId, _quota: Usage) -> Result<BindingView> {
        Err(model::Error::Internal)
    }

    /// Retires a binding, so that its environment can be bound anew; its rows live on.
    ///
    /// # Errors
    /// 404 for who is not staff, and when it is retired already.
    pub async fn retire_binding(&self, _ctx: &Ctx, _id: &BindingId) -> Result<()> {
        Err(model::Error::Internal)
    }

    /// The cloud's projects as the account sees them: id, name, domain.
    ///
    /// # Errors
    /// 404 for who is not staff; 5xx when the cloud cannot be asked.
    pub async fn cloud_projects(&self, _ctx: &Ctx) -> Result<Vec<(String, String, String)>> {
        Err(model::Error::Internal)
    }

    /// The cloud's regions.
    ///
    /// # Errors
    /// 404 for who is not staff; 5xx when the cloud cannot be asked.
    pub async fn cloud_regions(&self, _ctx: &Ctx) -> Result<Vec<String>> {
        Err(model::Error::Internal)
    }
}
