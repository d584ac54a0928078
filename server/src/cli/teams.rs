//! `atonix workspace` and `atonix binding`.
use super::{operator, people::explain, print_table, say};
use anyhow::Context;
use clap::{Args, Subcommand};
use model::{
    BindingId, Role, Usage, WorkspaceSlug,
    view::{BindingView, NewBinding, WorkspaceDetail},
};
use portal::{Ctx, Portal};

/// What can be done with workspaces.
#[derive(Debug, Subcommand)]
pub(super) enum Workspace {
    /// Make a workspace with its first owner.
    #[command(after_help = "Example:\n  atonix workspace create devops-team --name 'DevOps Team' --owner alice")]
    Create {
        /// Its slug: lower-case letters, digits and hyphens.
        slug: String,
        /// Its name for people; the slug when absent.
        #[arg(long)]
        name: Option<String>,
        /// The user who owns it.
        #[arg(long)]
        owner: String,
    },
    /// List all workspaces.
    #[command(after_help = "Example:\n  atonix workspace list")]
    List,
    /// Close a workspace in which nothing is left. It is not deleted, and its slug is not used again.
    #[command(after_help = "Example:\n  atonix workspace archive old-team")]
    Archive {
        /// Its slug.
        slug: String,
    },
    /// Take a user into a workspace, or give a member another role.
    #[command(after_help = "Example:\n  atonix workspace add-member devops-team bob --role operator")]
    AddMember {
        /// The workspace's slug.
        slug: String,
        /// The user's name.
        username: String,
        /// viewer, operator or owner.
        #[arg(long, default_value = "operator")]
        role: Role,
    },
    /// Take a member out of a workspace; its tokens for it end.
    #[command(after_help = "Example:\n  atonix workspace remove-member devops-team bob")]
    RemoveMember {
        /// The workspace's slug.
        slug: String,
        /// The user's name.
        username: String,
    },
}

/// What can be done with bindings.
#[derive(Debug, Subcommand)]
pub(super) enum Binding {
    /// Bind an environment to a project and a region, once the cloud says that both exist.
    #[command(after_help = "\
Examples:
  atonix binding create devops-team dev --project devops-dev --region RegionOne --vcpus 20 --ram-gb 80 --storage-gb 500
  atonix binding create devops-team dev --project devops-dev --region RegionOne --vcpus 20 --ram-gb 80 \\
      --storage-gb 500 --create-workspace --owner alice")]
    Create(Create),
    /// List a workspace's bindings, or all of them.
    #[command(after_help = "Example:\n  atonix binding list devops-team")]
    List {
        /// The workspace's slug.
        slug: Option<String>,
    },
    /// Set a binding's quota. It may be lower than what is in use, which then can only shrink.
    #[command(after_help = "\
Example:
  atonix binding set-quota devops-team dev --vcpus 40 --ram-gb 160 --storage-gb 1000")]
    SetQuota {
        /// The workspace's slug.
        slug: String,
        /// dev, staging or prod.
        environment: String,
        #[command(flatten)]
        quota: Quota,
    },
    /// Retire a binding, so that its environment can be bound anew. What it made lives on.
    #[command(after_help = "Example:\n  atonix binding retire devops-team dev")]
    Retire {
        /// The workspace's slug.
        slug: String,
        /// dev, staging or prod.
        environment: String,
    },
    /// Test a binding against the cloud, and save nothing.
    #[command(after_help = "Example:\n  atonix binding test devops-team dev --project devops-dev --region RegionOne")]
    Test {
        #[command(flatten)]
        at: Where,
    },
}

/// What is bound, and to what.
#[derive(Debug, Args)]
pub(super) struct Where {
    /// The workspace's slug.
    slug: String,
    /// dev, staging or prod.
    environment: String,
    /// The project's name or id.
    #[arg(long)]
    project: String,
    /// The project's domain.
    #[arg(long, default_value = "Default")]
    domain: String,
    /// The region.
    #[arg(long)]
    region: String,
}

/// How much fits.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Quota {
    /// Virtual CPUs.
    #[arg(long)]
    vcpus: i64,
    /// Memory in GB.
    #[arg(long)]
    ram_gb: i64,
    /// Storage in GB.
    #[arg(long)]
    storage_gb: i64,
}

/// A binding to make.
#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    at: Where,
    #[command(flatten)]
    quota: Quota,
    /// Make the workspace too, if there is none.
    #[arg(long, requires = "owner")]
    create_workspace: bool,
    /// The owner of the workspace that is made.
    #[arg(long)]
    owner: Option<String>,
    /// The name for people of the workspace that is made; its slug when absent.
    #[arg(long)]
    name: Option<String>,
}

fn wanted(at: Where, quota: Quota) -> NewBinding {
    NewBinding {
        workspace_id: at.slug,
        environment: at.environment,
        openstack_project: at.project,
        openstack_domain: at.domain,
        openstack_region: at.region,
        quota_vcpus: quota.vcpus,
        quota_ram_gb: quota.ram_gb,
        quota_storage_gb: quota.storage_gb,
    }
}

pub(super) async fn workspace(command: Workspace) -> anyhow::Result<()> {
    let (portal, ctx) = operator().await?;
    match command {
        Workspace::Create { slug, name, owner } => {
            let name = name.unwrap_or_else(|| slug.clone());
            explain(portal.create_workspace(&ctx, &slug, &name, &owner).await)?;
            say(&format!("Made {slug}, owned by {owner}."))?;
        }
        Workspace::List => {
            let rows = portal.all_workspaces(&ctx).await?.into_iter().map(|team| {
                let members: Vec<String> =
                    team.members.iter().map(|member| format!("{} ({})", member.username, member.role)).collect();
                let state = if team.archived { "archived" } else { "open" };
                [team.workspace_id.to_string(), team.display_name, state.to_owned(), members.join(", ")]
            });
            print_table(["WORKSPACE", "NAME", "STATE", "MEMBERS"], &rows.collect::<Vec<_>>())?;
        }
        Workspace::Archive { slug } => {
            explain(portal.archive_workspace(&ctx, &WorkspaceSlug::new(slug.clone())).await)?;
            say(&format!("{slug} is archived."))?;
        }
        Workspace::AddMember { slug, username, role } => add_member(&portal, &ctx, &slug, &username, role).await?,
        Workspace::RemoveMember { slug, username } => {
            let slug = WorkspaceSlug::new(slug);
            let detail = explain(portal.workspace_detail(&ctx, &slug).await)?;
            let member = detail.members.iter().find(|member| member.username == username);
            let member = member.with_context(|| format!("{username} is no member of {slug}"))?;
            explain(portal.remove_member(&ctx, &slug, &member.user).await)?;
            say(&format!("{username} is no longer a member of {slug}."))?;
        }
    }
    Ok(())
}

async fn add_member(portal: &Portal, ctx: &Ctx, slug: &str, username: &str, role: Role) -> anyhow::Result<()> {
    let slug = WorkspaceSlug::new(slug);
    let detail = explain(portal.workspace_detail(ctx, &slug).await)?;
    match detail.members.iter().find(|member| member.username == username) {
        Some(member) => explain(portal.set_member_role(ctx, &slug, &member.user, role).await)?,
        None => explain(portal.add_member(ctx, &slug, username, role).await)?,
    }
    say(&format!("{username} is {role} in {slug}."))?;
    Ok(())
}

pub(super) async fn binding(command: Binding) -> anyhow::Result<()> {
    let (portal, ctx) = operator().await?;
    match command {
        Binding::Create(create) => {
            if create.create_workspace {
                let owner = create.owner.as_deref().unwrap_or_default();
                let name = create.name.as_deref().unwrap_or(&create.at.slug);
                ensure_workspace(&portal, &ctx, &create.at.slug, name, owner).await?;
            }
            let made = explain(portal.create_binding(&ctx, &wanted(create.at, create.quota)).await)?;
            say(&format!("Created workspace binding {}", line(&made)))?;
        }
        Binding::List { slug } => {
            let all = portal.all_workspaces(&ctx).await?;
            let teams = all.iter().filter(|team| slug.as_deref().is_none_or(|slug| team.workspace_id.as_str() == slug));
            for binding in teams.flat_map(|team| &team.bindings) {
                say(&line(binding))?;
            }
        }
        Binding::SetQuota { slug, environment, quota } => {
            let id = current(&portal, &ctx, &slug, &environment).await?;
            let ram_mib = quota.ram_gb.saturating_mul(1024);
            let quota = Usage { vcpus: quota.vcpus, ram_mib, storage_gb: quota.storage_gb };
            say(&line(&explain(portal.set_quota(&ctx, &id, quota).await)?))?;
        }
        Binding::Retire { slug, environment } => {
            let id = current(&portal, &ctx, &slug, &environment).await?;
            explain(portal.retire_binding(&ctx, &id).await)?;
            say(&format!("Retired. {slug}/{environment} can be bound anew."))?;
        }
        Binding::Test { at } => {
            let none = Quota { vcpus: 0, ram_gb: 0, storage_gb: 0 };
            let probe = explain(portal.probe_binding(&ctx, &wanted(at, none)).await)?;
            for (service, answered) in &probe.services {
                say(&format!("{service}: {}", if *answered { "answers" } else { "does not answer" }))?;
            }
            for warning in &probe.warnings {
                say(&format!("Warning: {warning}"))?;
            }
            anyhow::ensure!(probe.problems.is_empty(), "{}", probe.problems.join(" "));
            say("It can be saved.")?;
        }
    }
    Ok(())
}

async fn ensure_workspace(portal: &Portal, ctx: &Ctx, slug: &str, name: &str, owner: &str) -> anyhow::Result<()> {
    match portal.workspace_detail(ctx, &WorkspaceSlug::new(slug)).await {
        Ok(_) => Ok(()),
        Err(model::Error::NotFound { .. }) => {
            explain(portal.create_workspace(ctx, slug, name, owner).await)?;
            say(&format!("Made {slug}, owned by {owner}."))?;
            Ok(())
        }
        Err(error) => explain(Err(error)),
    }
}

/// The binding of an environment that is not retired.
async fn current(portal: &Portal, ctx: &Ctx, slug: &str, environment: &str) -> anyhow::Result<BindingId> {
    let detail: WorkspaceDetail = explain(portal.workspace_detail(ctx, &WorkspaceSlug::new(slug)).await)?;
    let found = detail.bindings.into_iter().find(|one| one.environment.as_str() == environment && !one.retired);
    Ok(found.with_context(|| format!("{slug}/{environment} is not bound"))?.id)
}

fn line(binding: &BindingView) -> String {
    let (quota, used) = (binding.quota, binding.used);
    format!(
        "{}/{} -> {} in {}: {} of {} vCPUs, {} of {} GB memory, {} of {} GB storage{} ({})",
        binding.workspace_id,
        binding.environment,
        binding.openstack_project,
        binding.openstack_region,
        used.vcpus,
        quota.vcpus,
        used.ram_mib / 1024,
        quota.ram_mib / 1024,
        used.storage_gb,
        quota.storage_gb,
        if binding.retired { ", retired" } else { "" },
        binding.id
    )
}
