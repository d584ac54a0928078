//! What each command does.
use super::{
    Command, audit, operator,
    people::{self, explain},
    remote, say, teams,
};
use crate::{
    config::{self, Config},
    demo, serve,
};
use anyhow::Context;
use model::view::NewBinding;
use portal::Portal;
use simulator::{Seed, Simulator};
use std::{collections::BTreeSet, net::SocketAddr, path::PathBuf, process::ExitCode};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::info;

/// Does it.
pub(super) async fn run(command: Command, stop: CancellationToken) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { listen } => serve_portal(listen, stop).await?,
        Command::Demo { listen, data, json, sample } => {
            demo::run(demo::Demo { listen, data, json, sample }, &config::variable, stop).await?;
        }
        Command::Simulator { listen, data, password } => simulate(listen, data, &password, stop).await?,
        Command::Migrate => {
            let portal = Portal::open(Config::from_environment()?.settings()).await?;
            portal.migrate().await?;
            say("The database is up to date.")?;
        }
        Command::Createsuperuser { username, password_stdin } => {
            people::create(&username, password_stdin, true).await?;
        }
        Command::User(command) => people::user(command).await?,
        Command::Workspace(command) => teams::workspace(command).await?,
        Command::Binding(command) => teams::binding(command).await?,
        Command::Token(command) => people::token(command).await?,
        Command::Audit(command) => return audit::audit(command).await,
        Command::Check => return check().await,
        Command::Provision(command) => return remote::provision(command).await,
        Command::Call(command) => return remote::call(command).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve_portal(listen: Option<SocketAddr>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut config = Config::from_environment()?;
    config.require_cloud()?;
    config.listen = listen.unwrap_or(config.listen);
    let portal = Portal::open(config.settings()).await?;
    portal.migrate().await?;
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", config.listen))?;
    info!(address = %listener.local_addr()?, "serving");
    serve::serve(portal, config, listener, stop).await
}

async fn simulate(
    listen: SocketAddr,
    data: Option<PathBuf>,
    password: &str,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    if let Some(data) = &data {
        std::fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
    }
    let seed = Seed::demo(password, password, password);
    let simulator = Simulator::start(simulator::Config { listen, data, seed, ..simulator::Config::default() });
    let simulator = simulator.await.context("the simulated cloud cannot start")?;
    say(&format!("OS_AUTH_URL={}", simulator.auth_url()))?;
    stop.cancelled().await;
    simulator.shutdown().await?;
    Ok(())
}

async fn check() -> anyhow::Result<ExitCode> {
    Config::from_environment()?.require_cloud()?;
    let (portal, ctx) = operator().await?;
    let projects = explain(portal.cloud_projects(&ctx).await)?;
    say("Projects that this account reaches:")?;
    for (id, name, domain) in &projects {
        say(&format!("  {name} (domain {domain}, {id})"))?;
    }
    let Some((project, ..)) = projects.first() else {
        say("  none: give it a role in the projects that workspaces shall be bound to")?;
        return Ok(ExitCode::FAILURE);
    };
    let mut warnings = BTreeSet::new();
    for region in explain(portal.cloud_regions(&ctx).await)? {
        say(&format!("{region}:"))?;
        let probed = NewBinding {
            workspace_id: "check".to_owned(),
            environment: "dev".to_owned(),
            openstack_project: project.clone(),
            openstack_region: region,
            ..NewBinding::default()
        };
        // Whether there is such a workspace does not matter here: only what the cloud says does.
        let probe = explain(portal.probe_binding(&ctx, &probed).await)?;
        for (service, answered) in &probe.services {
            say(&format!("  {service}: {}", if *answered { "answers" } else { "does not answer" }))?;
        }
        warnings.extend(probe.warnings);
    }
    for warning in &warnings {
        say(&format!("Warning: {warning}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
