//! The command line of `atonix`.
mod audit;
mod call;
mod dev;
mod people;
mod quota;
mod remote;
mod run;
mod teams;

use crate::config::{Config, ConfigError, Logging};
use crate::{log, serve};
use clap::{Parser, Subcommand};
use model::text::steers;
use portal::{Ctx, Portal};
use std::{
    borrow::Cow,
    io::{self, IsTerminal as _, Write},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};
use tokio_util::sync::CancellationToken;

/// Self-service for an OpenStack cloud: every team in its own projects, within its quota.
#[derive(Debug, Parser)]
#[command(
    name = "atonix",
    version,
    max_term_width = 100,
    after_help = "\
Start here:
  atonix demo                          a portal with a simulated cloud; prints where to sign in
  atonix check                         does the configured cloud answer, and as whom?
  atonix createsuperuser alice         the first administrator
  atonix serve                         the portal itself

Configuration comes from the environment: OS_AUTH_URL, OS_USERNAME, OS_PASSWORD (or OS_CLOUD and a
clouds.yaml), SECRET_KEY, DATABASE_URL, ALLOWED_HOSTS, ATONIX_LISTEN, ATONIX_PUBLIC_URL and others.
RUST_LOG filters the log, ATONIX_LOG=json makes its lines JSON."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal: pages, REST API, and the following up of what was asked of clouds.
    #[command(after_help = "\
Example:
  SECRET_KEY=$(cat /etc/atonix/key) DATABASE_URL=postgres://atonix@db/atonix \\
  OS_AUTH_URL=https://keystone.example.com:5000/v3 OS_USERNAME=atonix-service OS_PASSWORD=… \\
  ATONIX_PUBLIC_URL=https://portal.example.com ATONIX_LISTEN=127.0.0.1:8000 atonix serve")]
    Serve {
        /// Where to listen, instead of ATONIX_LISTEN.
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Try it: portal, simulated cloud, users and workspaces in one process and one folder.
    #[command(after_help = "\
Examples:
  atonix demo                                       on http://127.0.0.1:8080, data in ./atonix-demo
  atonix demo --listen 127.0.0.1:9000 --data /tmp/demo --sample
  atonix demo --json | jq -r .member.token          one line of JSON once it is ready

What was made survives the end of the process. Each start gives new passwords and tokens.")]
    Demo {
        /// Where to listen.
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// The folder of its data.
        #[arg(long, value_name = "DIR", default_value = "atonix-demo")]
        data: PathBuf,
        /// One line of JSON on standard output when it is ready; the log goes to standard error.
        #[arg(long)]
        json: bool,
        /// Make a network, a volume and a server in devops-team/dev.
        #[arg(long)]
        sample: bool,
    },
    /// Run the simulated cloud alone, for tests; it is reached by OS_AUTH_URL like any cloud.
    #[command(after_help = "\
Example:
  atonix simulator --listen 127.0.0.1:15999 --data /tmp/cloud --password secret
  OS_AUTH_URL=http://127.0.0.1:15999/identity/v3 OS_USERNAME=atonix-service OS_PASSWORD=secret atonix check")]
    Simulator {
        /// Where to listen.
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:15999")]
        listen: SocketAddr,
        /// The folder of its state; in memory when absent.
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// The password of its users atonix-service, atonix-admin and cloud.
        #[arg(long, default_value = "demo")]
        password: String,
    },
    /// Bring the database to the schema of this version; `serve` does it at its start too.
    #[command(after_help = "Example:\n  DATABASE_URL=sqlite:///var/lib/atonix/atonix.db atonix migrate")]
    Migrate,
    /// Make a platform administrator.
    #[command(after_help = "\
Examples:
  atonix createsuperuser alice                       generates a password and prints it, once
  pass show alice | atonix createsuperuser alice --password-stdin")]
    Createsuperuser {
        /// The name to sign in with.
        username: String,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Make, list, deactivate and activate users; reset a password.
    #[command(subcommand)]
    User(people::User),
    /// Make, list and archive workspaces; add and remove members.
    #[command(subcommand)]
    Workspace(teams::Workspace),
    /// Bind a workspace's environment to a project and a region; set quotas; retire; test.
    #[command(subcommand)]
    Binding(teams::Binding),
    /// Issue, list and revoke API tokens.
    #[command(subcommand)]
    Token(people::Token),
    /// Verify the audit's chains, print their heads, list events.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// For whoever works on this program or measures it.
    #[command(subcommand)]
    Dev(dev::Dev),
    /// Show the quota ledger; verify it against the rows and the cloud.
    #[command(subcommand)]
    Quota(quota::Quota),
    /// Try the configured cloud: who are we there, which projects, regions and services?
    #[command(after_help = "Example:\n  OS_CLOUD=atonix atonix check")]
    Check,
    /// Provision through a portal's REST API, as ATONIX_URL and ATONIX_TOKEN say.
    #[command(after_help = "\
Examples:
  atonix provision devops-team staging vm name=web-server-01 flavor_id=m1.medium \\
      image_id=ubuntu-22.04-lts network_id=private key_name=my-keypair
  atonix provision devops-team dev volume name=data-disk-01 size_gb=100")]
    Provision(remote::Provision),
    /// Do anything with any kind of thing, through a portal's REST API, as ATONIX_URL and ATONIX_TOKEN say.
    #[command(
        subcommand,
        after_help = "\
Examples:
  atonix call vm --help                               what can be done with servers, and their fields
  atonix call vm list --workspace devops-team --environment dev
  atonix call volume create --workspace devops-team --environment dev --name data-disk-01 --size-gb 100
  atonix call volume extend --workspace devops-team --environment dev --id ID --new-size-gb 200
  atonix call nova-keypair create --workspace devops-team --environment dev --name laptop \\
      --public-key @$HOME/.ssh/id_ed25519.pub"
    )]
    Call(call::Call),
    /// Send one request to a portal's REST API, as ATONIX_URL and ATONIX_TOKEN say.
    #[command(after_help = "\
Examples:
  atonix request GET '/api/services/provision/resources/?workspace_id=devops-team'
  atonix request DELETE '/api/services/provision/compute/vm/ID/?workspace_id=devops-team&environment_id=dev'
  atonix request POST /api/services/tokens/ '{\"name\": \"ci\", \"workspace\": \"devops-team\"}'")]
    Request(remote::Ask),
}

/// Reads the command line, does it, and tells how it went.
pub async fn main() -> ExitCode {
    let cli = Cli::parse();
    let started =
        Logging::from_environment().map_err(|error| error.to_string()).and_then(|logging| log::start(&logging));
    if let Err(sentence) = started {
        eprintln!("atonix: {sentence}");
        return ExitCode::from(2);
    }
    let stop = match serve::until_signal() {
        Ok(stop) => stop,
        Err(error) => return failed(&error),
    };
    let serving = matches!(cli.command, Command::Serve { .. } | Command::Demo { .. } | Command::Simulator { .. });
    let work = run::run(cli.command, stop.clone());
    let deadline = deadline(serving, stop);
    tokio::select! {
        done = work => match done {
            Ok(code) => code,
            Err(error) => failed(&error),
        },
        code = deadline => code,
    }
}

/// A server stops in order, as long as that takes at most; any other command stops where it is.
async fn deadline(serving: bool, stop: CancellationToken) -> ExitCode {
    stop.cancelled().await;
    if serving {
        tokio::time::sleep(serve::DEADLINE).await;
    }
    ExitCode::from(130)
}

/// Says why in a sentence. A wrong configuration is 2, like a wrong command line; everything else is 1.
fn failed(error: &anyhow::Error) -> ExitCode {
    // Whoever read our output has read enough, as `head` does.
    if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    eprintln!("atonix: {error:#}");
    let configuration = error
        .chain()
        .any(|cause| cause.is::<ConfigError>() || matches!(cause.downcast_ref(), Some(portal::StartError::Config(_))));
    ExitCode::from(if configuration { 2 } else { 1 })
}

/// The portal for an operator command: the database in hand, brought up to date.
async fn operator() -> anyhow::Result<(Portal, Ctx)> {
    let portal = Portal::open(Config::from_environment()?.settings()).await?;
    portal.migrate().await?;
    Ok((portal, Ctx::cli()))
}

/// A line on standard output.
fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

/// What the portal sent, for standard output: as it came, but for what would steer a terminal where that is one.
fn exact(text: &str) -> Cow<'_, str> {
    if io::stdout().is_terminal() { escaped(text).into() } else { text.into() }
}

/// The same JSON, with what steers a terminal as escapes, as JSON has them; lines and indents stay.
fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '\n' | '\t' => c.to_string(),
        c if steers(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

/// A table of text on standard output.
fn print_table<'a>(head: impl AsRef<[&'a str]>, rows: &[impl AsRef<[String]>]) -> io::Result<()> {
    let head = head.as_ref();
    let width = |at: usize| rows.iter().map(|row| row.as_ref()[at].chars().count()).chain([head[at].len()]).max();
    let widths: Vec<usize> = (0..head.len()).filter_map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        say(padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    line(&mut head.iter().copied())?;
    rows.iter().try_for_each(|row| line(&mut row.as_ref().iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use super::{Cli, escaped};
    use clap::CommandFactory;

    #[test]
    fn json_on_a_terminal_says_the_same_and_steers_nothing() {
        let sent = serde_json::json!({"name": "a\u{9b}2J\u{7f}\u{202e}\u{1b}[31mé", "size": 1});
        let shown = escaped(&format!("{sent:#}"));
        assert!(!shown.chars().any(|c| c != '\n' && super::steers(c)) && shown.contains("\\u009b2J"), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), sent);
    }

    #[test]
    fn every_command_holds_together_and_teaches_by_example() {
        let mut cli = Cli::command();
        cli.build();
        cli.clone().debug_assert();
        let leaves = |command: &clap::Command| command.get_subcommands().filter(|one| one.get_name() != "help").count();
        for command in cli.get_subcommands().filter(|one| one.get_name() != "help") {
            let below = command.get_subcommands().filter(|one| one.get_name() != "help");
            for leaf in below.chain([command]).filter(|one| leaves(one) == 0) {
                let help = leaf.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("atonix "), "{} has no example", leaf.get_name());
            }
        }
    }
}
