//! A bare project name opens nothing.
use portal::{Ctx, Portal, ScopedCloud};

async fn connect(portal: &Portal, ctx: &Ctx) -> model::Result<ScopedCloud> {
    portal.connection(ctx, "devops-staging-9a3f").await
}

fn main() {
    let _ = connect;
}
