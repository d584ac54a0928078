//! What each command does.
use super::{Command, audit, call, dev, people, quota, remote, say, teams};
use crate::{
    config::{self, Config},
    demo, serve,
};
use anyhow::Context;
use portal::{CheckedProject, Portal};
use simulator::{Seed, Simulator};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};
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
        Command::Dev(command) => dev::dev(command).await?,
        Command::Quota(command) => return quota::quota(command).await,
        Command::Check => return check().await,
        Command::Provision(command) => return remote::provision(command).await,
        Command::Call(command) => return call::call(command).await,
        Command::Request(command) => return remote::request(command).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve_portal(listen: Option<SocketAddr>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut config = Config::from_environment()?;
    config.require_cloud()?;
    config.listen = listen.unwrap_or(config.listen);
    #[cfg(feature = "failpoints")]
    if let Some(folder) = config::failpoints() {
        portal::failpoints::arm(&folder).with_context(|| format!("{} cannot be used", folder.display()))?;
    }
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
    let checked = portal::check(config::cloud()?).await.context("the cloud does not let us in")?;
    let Some(user) = &checked.user else {
        say("This account reaches no project: give it a role in those that workspaces shall be bound to.")?;
        return Ok(ExitCode::FAILURE);
    };
    say(&format!("Signed in as {user}. Projects that it reaches:"))?;
    for CheckedProject { id, name, domain, .. } in &checked.projects {
        say(&format!("  {name} (domain {domain}, {id})"))?;
    }
    for (region, services) in &checked.regions {
        say(&format!("{region}:"))?;
        for (service, found) in services {
            say(&format!("  {service}: {}", found.as_ref().unwrap_or_else(|why| why)))?;
        }
    }
    for project in checked.projects.iter().filter(|project| project.too_much) {
        let name = &project.name;
        say(&format!(
            "Warning: {user} has the role admin in {name}, with which services show it other projects' things."
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
