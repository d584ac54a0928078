//! Nobody puts one together.
use model::{ProjectId, Region};
use portal::ScopedCloud;

fn connect() -> ScopedCloud {
    ScopedCloud { project: ProjectId::new("devops-staging-9a3f"), region: Region::new("RegionOne") }
}

fn main() {
    let _ = connect;
}
