//! `atonix dev`.
use super::{operator, people::explain, say};
use clap::Subcommand;
use model::{Environment, Place, WorkspaceSlug};
use portal::{Seeded, Seeding};
use serde_json::json;

/// What helps those who work on this program.
#[derive(Debug, Subcommand)]
pub(super) enum Dev {
    /// Fill a workspace of its own with rows of the inventory and events of the audit, to see how a large database
    /// behaves. They are bound to a project that no cloud has; a workspace with a real binding is refused.
    #[command(after_help = "\
Examples:
  atonix dev seed --resources 100000 --owner alice   in seeded/dev, which is made
  atonix dev seed --resources 1000000                adds what is missing")]
    Seed {
        /// How many rows there shall be.
        #[arg(long, value_name = "N")]
        resources: u32,
        /// The workspace, made when it is missing.
        #[arg(long, value_name = "SLUG", default_value = "seeded")]
        workspace: String,
        /// The environment.
        #[arg(long, value_name = "NAME", default_value = "dev")]
        environment: Environment,
        /// An existing user, who becomes the owner of a workspace that is made.
        #[arg(long, value_name = "USERNAME")]
        owner: Option<String>,
        /// One line of JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn dev(command: Dev) -> anyhow::Result<()> {
    let Dev::Seed { resources, workspace, environment, owner, json } = command;
    let (portal, ctx) = operator().await?;
    let place = Place { workspace: WorkspaceSlug::new(workspace), environment };
    let seeding = Seeding { place: place.clone(), resources: i64::from(resources), owner };
    let Seeded { added, resources } = explain(portal.seed(&ctx, &seeding).await)?;
    portal.close().await;
    match json {
        true => say(&json!({ "place": place.to_string(), "added": added, "resources": resources }).to_string())?,
        false => say(&format!("{place} has {resources} rows; {added} were added."))?,
    }
    Ok(())
}
