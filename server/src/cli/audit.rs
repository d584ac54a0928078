//! `atonix audit`.
use super::{operator, people::explain, say};
use clap::Subcommand;
use model::{WorkspaceSlug, view::Page};
use portal::{AuditQuery, Ctx, Portal};
use serde_json::json;
use std::process::ExitCode;

/// What can be done with the audit.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Walk every chain and name what was altered, removed or reordered; exit code 1 when something was.
    #[command(after_help = "Example:\n  atonix audit verify")]
    Verify,
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
}

pub(super) async fn audit(command: Audit) -> anyhow::Result<ExitCode> {
    let (portal, ctx) = operator().await?;
    match command {
        Audit::Verify => {
            let broken = portal.verify_audit().await?;
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
    }
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
