//! The right way: a place, and a caller who may.
use model::{Environment, Place, WorkspaceSlug};
use portal::{Ctx, Portal, ScopedCloud};

async fn connect(portal: &Portal, ctx: &Ctx) -> model::Result<ScopedCloud> {
    let place = Place { workspace: WorkspaceSlug::new("devops-team"), environment: Environment::Dev };
    portal.connection(ctx, &place).await
}

fn main() {
    let _ = connect;
}
