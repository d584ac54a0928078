//! `atonix quota`.
use super::{operator, people::explain, print_table, say};
use clap::Subcommand;
use model::{
    Usage, WorkspaceSlug,
    ledger::{Dimension, Ledger},
};
use std::process::ExitCode;

/// What can be done with the quota ledger.
#[derive(Debug, Subcommand)]
pub(super) enum Quota {
    /// Show what each binding may take, what is taken and promised of it, and what its cloud last said.
    #[command(after_help = "\
Examples:
  atonix quota show
  atonix quota show --workspace devops-team")]
    Show {
        /// Only this workspace's bindings.
        #[arg(long, value_name = "SLUG")]
        workspace: Option<String>,
    },
    /// Add the ledger up again from the rows, ask the clouds, and tell each difference; exit code 1 when ledger and rows
    /// differ.
    #[command(after_help = "\
Examples:
  atonix quota verify
  atonix quota verify --workspace devops-team")]
    Verify {
        /// Only this workspace's bindings.
        #[arg(long, value_name = "SLUG")]
        workspace: Option<String>,
    },
}

pub(super) async fn quota(command: Quota) -> anyhow::Result<ExitCode> {
    let (portal, ctx) = operator().await?;
    match command {
        Quota::Show { workspace } => {
            let workspace = workspace.map(WorkspaceSlug::new);
            show(&explain(portal.ledgers(&ctx, workspace.as_ref()).await)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Quota::Verify { workspace } => {
            let workspace = workspace.map(WorkspaceSlug::new);
            let ledgers = explain(portal.verify_quota(&ctx, workspace.as_ref()).await)?;
            show(&ledgers)?;
            say("")?;
            let wrong: Vec<String> = ledgers.iter().flat_map(against_rows).collect();
            for line in ledgers.iter().flat_map(against_cloud).chain(wrong.iter().cloned()) {
                say(&line)?;
            }
            if wrong.is_empty() {
                say("Every ledger is the sum of its rows.")?;
            }
            Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

fn place(ledger: &Ledger) -> String {
    let retired = if ledger.retired { " (retired)" } else { "" };
    format!("{}/{}{retired}", ledger.workspace_id, ledger.environment_id)
}

/// What people call a dimension, with its unit.
const fn title(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Vcpus => "vCPUs",
        Dimension::RamMib => "MiB of memory",
        Dimension::StorageGb => "GB of storage",
    }
}

fn show(ledgers: &[Ledger]) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for ledger in ledgers {
        for dimension in Dimension::ALL {
            let of = |usage: Usage| dimension.of(usage).to_string();
            let unknown = || "-".to_owned();
            let said = ledger.cloud.as_ref();
            let limit = said.and_then(|said| said.limits.iter().find(|limit| limit.dimension == Some(dimension)));
            rows.push([
                place(ledger),
                title(dimension).to_owned(),
                of(ledger.quota),
                of(ledger.used),
                of(ledger.reserved),
                said.map_or_else(unknown, |said| of(said.managed)),
                said.map_or_else(unknown, |said| of(said.unmanaged)),
                limit.map_or_else(unknown, |limit| {
                    limit.limit.map_or_else(|| "unlimited".to_owned(), |most| most.to_string())
                }),
            ]);
        }
        let others = ledger.cloud.iter().flat_map(|said| &said.limits).filter(|limit| limit.dimension.is_none());
        for limit in others {
            let none = || "-".to_owned();
            let most = limit.limit.map_or_else(|| "unlimited".to_owned(), |most| most.to_string());
            let used = limit.used.to_string();
            rows.push([place(ledger), limit.what.clone(), none(), none(), none(), used, none(), most]);
        }
    }
    let head = ["WHERE", "OF", "QUOTA", "USED", "RESERVED", "IN CLOUD", "UNMANAGED", "CLOUD'S QUOTA"];
    Ok(print_table(head, &rows)?)
}

/// Where the ledger is not the sum of its rows.
fn against_rows(ledger: &Ledger) -> Vec<String> {
    let line = |(dimension, used, rows)| {
        format!("{}: the ledger has {used} {}, its rows add up to {rows}.", place(ledger), title(dimension))
    };
    ledger.wrong().into_iter().map(line).collect()
}

/// Where the cloud says something else, and why that may be so.
fn against_cloud(ledger: &Ledger) -> Vec<String> {
    let Some(said) = &ledger.cloud else { return Vec::new() };
    let mut lines: Vec<String> = said.trouble.iter().map(|why| format!("{}: {why}", place(ledger))).collect();
    for dimension in Dimension::ALL {
        let (ours, theirs) = (dimension.of(ledger.used), dimension.of(said.managed));
        if ours != theirs && said.trouble.is_empty() {
            let title = title(dimension);
            lines.push(format!(
                "{}: the ledger has {ours} {title}, what it made takes {theirs} in the cloud.",
                place(ledger)
            ));
        }
    }
    let over = ledger.over();
    lines.extend(
        over.into_iter().map(|one| format!("{}: more {} are taken than the quota allows.", place(ledger), title(one))),
    );
    lines
}
