//! The administrators' cloud is opened by the portal alone, which asks who it is for.
use portal::{AdminCloud, Ctx, Portal};

async fn open(portal: &Portal, ctx: &Ctx) {
    let _ = AdminCloud::open(portal, ctx, "RegionOne").await;
}

fn main() {
    let _ = open;
}
