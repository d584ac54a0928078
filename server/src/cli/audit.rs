//! `atonix audit`.
use super::{operator, people::explain, say};
use crate::export::Format;
use anyhow::Context;
use clap::Subcommand;
use model::{WorkspaceSlug, view::Page};
use portal::{AuditQuery, Ctx, Head, Portal};
use serde_json::json;
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What can be done with the audit.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Walk every chain and name what was altered, removed or reordered; exit code 1 when something was.
    #[command(after_help = "\
Examples:
  atonix audit verify
  atonix audit verify --heads heads.jsonl            also that no chain ends before a head that was kept")]
    Verify {
        /// Lines that `atonix audit head` printed earlier; - reads them from standard input.
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
    },
    /// Print the last link of each chain, signed with SECRET_KEY, to be kept elsewhere: without it nothing shows that the
    /// end of a chain was cut off.
    #[command(after_help = "Example:\n  atonix audit head | ssh keeper 'cat >> atonix-heads.jsonl'")]
    Head,
    /// List events as lines of JSON, newest first.
    #[command(after_help = "\
Examples:
  atonix audit list                                  the platform's: sign-ins, users, bindings, tokens
  atonix audit list devops-team --limit 500 | jq -r '[.at, .actor, .action, .outcome] | @tsv'")]
    List {
        /// A workspace's slug; the platform's chain when absent.
        slug: Option<String>,
        /// How many events.
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Write every event of a chain, oldest first, one a line.
    #[command(after_help = "\
Examples:
  atonix audit export devops-team --since 2026-11-01 --until 2026-11-30 > november.jsonl
  atonix audit export --format cadf | gzip > platform.cadf.jsonl.gz")]
    Export {
        /// A workspace's slug; the platform's chain when absent.
        slug: Option<String>,
        /// Our own words, or CADF (DMTF DSP0262).
        #[arg(long, value_enum, default_value_t = Format::Jsonl)]
        format: Format,
        /// From this day (UTC) or time (RFC 3339) on.
        #[arg(long)]
        since: Option<String>,
        /// Until the end of this day, or before this time.
        #[arg(long)]
        until: Option<String>,
    },
}

pub(super) async fn audit(command: Audit) -> anyhow::Result<ExitCode> {
    let (portal, ctx) = operator().await?;
    match command {
        Audit::Verify { heads } => {
            let mut broken = portal.verify_audit().await?;
            if let Some(file) = heads {
                broken.extend(explain(portal.verify_heads(&ctx, &read_heads(&file)?).await)?);
            }
            for one in &broken {
                say(&format!("{}: event {} was {}", one.chain, one.number, one.how))?;
            }
            if broken.is_empty() {
                say("Every chain holds.")?;
            }
            Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Audit::Head => {
            for head in explain(portal.audit_heads(&ctx).await)? {
                say(&json!(head).to_string())?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Audit::List { slug, limit } => {
            let slug = slug.map(WorkspaceSlug::new);
            for event in events(&portal, &ctx, slug.as_ref(), limit).await?.items {
                say(&json!(event).to_string())?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Audit::Export { slug, format, since, until } => {
            let slug = slug.map(WorkspaceSlug::new);
            let query = AuditQuery { since, until, ..AuditQuery::default() };
            let mut after = 0;
            loop {
                let piece = explain(portal.audit_piece(&ctx, slug.as_ref(), &query, after).await)?;
                let Some(last) = piece.last() else { return Ok(ExitCode::SUCCESS) };
                after = last.number;
                piece.iter().try_for_each(|event| say(&format.line(event)))?;
            }
        }
    }
}

fn read_heads(file: &Path) -> anyhow::Result<Vec<Head>> {
    let text = match file.as_os_str() == "-" {
        true => io::read_to_string(io::stdin()).context("standard input cannot be read")?,
        false => fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?,
    };
    let head = |(at, line): (usize, &str)| {
        serde_json::from_str(line).with_context(|| format!("line {} of {} is no audit head", at + 1, file.display()))
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(head).collect()
}

async fn events(
    portal: &Portal,
    ctx: &Ctx,
    workspace: Option<&WorkspaceSlug>,
    limit: i64,
) -> anyhow::Result<Page<model::AuditEvent>> {
    let query = AuditQuery { limit: Some(limit), ..AuditQuery::default() };
    explain(match workspace {
        Some(workspace) => portal.audit(ctx, workspace, &query).await,
        None => portal.platform_audit(ctx, &query).await,
    })
}
