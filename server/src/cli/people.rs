//! `atonix user` and `atonix token`.
use super::{operator, print_table, say};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use model::{
    TokenId,
    view::{NewToken, UserView},
};
use portal::{Ctx, Portal};
use std::io::Read;

/// What can be done with users.
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Make a user.
    #[command(
        after_help = "Examples:\n  atonix user create bob\n  pass show bob | atonix user create bob --password-stdin"
    )]
    Create {
        /// The name to sign in with.
        username: String,
        /// Read the password from standard input, instead of generating one.
        #[arg(long)]
        password_stdin: bool,
        /// Make it a platform administrator.
        #[arg(long)]
        staff: bool,
    },
    /// List all users.
    #[command(after_help = "Example:\n  atonix user list")]
    List,
    /// Let a user sign in no longer: its sessions end, its tokens fail. It is not deleted.
    #[command(after_help = "Example:\n  atonix user deactivate bob")]
    Deactivate {
        /// Its name.
        username: String,
    },
    /// Let a user sign in again.
    #[command(after_help = "Example:\n  atonix user activate bob")]
    Activate {
        /// Its name.
        username: String,
    },
    /// Give a user a new password, printed once; its sessions end.
    #[command(after_help = "Example:\n  atonix user reset-password bob")]
    ResetPassword {
        /// Its name.
        username: String,
    },
}

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Make a token for a user, printed once.
    #[command(after_help = "\
Example:
  atonix token issue bob --name ci --workspace devops-team --environment dev --days 30")]
    Issue(Issue),
    /// List a user's tokens.
    #[command(after_help = "Example:\n  atonix token list bob")]
    List {
        /// The user's name.
        username: String,
    },
    /// Revoke a token.
    #[command(after_help = "Example:\n  atonix token revoke 0195b0d5-1d4c-7c1e-9d52-3f1f6a3b2c10")]
    Revoke {
        /// The token's id, as `atonix token list` shows it.
        id: String,
    },
}

/// A token to make.
#[derive(Debug, Args)]
pub(super) struct Issue {
    /// The user's name.
    username: String,
    /// What it is for.
    #[arg(long)]
    name: String,
    /// Only this workspace.
    #[arg(long)]
    workspace: Option<String>,
    /// Only this environment; may be given more than once.
    #[arg(long)]
    environment: Vec<String>,
    /// Only reads.
    #[arg(long)]
    read_only: bool,
    /// Days until it ends.
    #[arg(long, default_value_t = 90)]
    days: i64,
}

/// The user of that name.
async fn find(portal: &Portal, ctx: &Ctx, username: &str) -> anyhow::Result<UserView> {
    let user = portal.users(ctx).await?.into_iter().find(|user| user.username == username);
    user.with_context(|| format!("there is no user {username}"))
}

/// Makes a user and prints a password that was generated.
pub(super) async fn create(username: &str, password_stdin: bool, staff: bool) -> anyhow::Result<()> {
    let password = if password_stdin {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("the password cannot be read")?;
        Some(text.trim_end_matches(['\r', '\n']).to_owned())
    } else {
        None
    };
    let (portal, ctx) = operator().await?;
    let (user, generated) = explain(portal.create_user(&ctx, username, password.as_deref(), staff).await)?;
    say(&format!("Made {}{}.", user.username, if user.staff { ", a platform administrator" } else { "" }))?;
    if let Some(password) = generated {
        say(&format!("Password, shown this once: {password}"))?;
    }
    Ok(())
}

/// Field errors with their sentences, which the error's own text leaves out.
pub(super) fn explain<T>(result: model::Result<T>) -> anyhow::Result<T> {
    match result {
        Err(model::Error::Invalid { fields }) => {
            let lines: Vec<String> =
                fields.iter().map(|(field, sentences)| format!("{field}: {}", sentences.join(" "))).collect();
            bail!("{}", lines.join("; "))
        }
        Err(error) => bail!("{}", error.detail()),
        Ok(value) => Ok(value),
    }
}

pub(super) async fn user(command: User) -> anyhow::Result<()> {
    if let User::Create { username, password_stdin, staff } = &command {
        return create(username, *password_stdin, *staff).await;
    }
    let (portal, ctx) = operator().await?;
    match command {
        User::Create { .. } => {}
        User::List => {
            let rows = portal.users(&ctx).await?.into_iter().map(|user| {
                let teams: Vec<String> =
                    user.workspaces.iter().map(|(slug, role)| format!("{slug} ({role})")).collect();
                [user.username, yes(user.staff), yes(user.active), teams.join(", "), user.id.to_string()]
            });
            let rows: Vec<_> = rows.collect();
            print_table(["USER", "STAFF", "ACTIVE", "WORKSPACES", "ID"], &rows)?;
        }
        User::Deactivate { username } => set_active(&portal, &ctx, &username, false).await?,
        User::Activate { username } => set_active(&portal, &ctx, &username, true).await?,
        User::ResetPassword { username } => {
            let user = find(&portal, &ctx, &username).await?;
            say(&format!("Password, shown this once: {}", explain(portal.reset_password(&ctx, &user.id).await)?))?;
        }
    }
    Ok(())
}

async fn set_active(portal: &Portal, ctx: &Ctx, username: &str, active: bool) -> anyhow::Result<()> {
    let user = find(portal, ctx, username).await?;
    explain(portal.set_user_active(ctx, &user.id, active).await)?;
    say(&format!("{username} may sign in{}.", if active { "" } else { " no longer" }))?;
    Ok(())
}

fn yes(flag: bool) -> String {
    if flag { "yes" } else { "no" }.to_owned()
}

pub(super) async fn token(command: Token) -> anyhow::Result<()> {
    let (portal, cli) = operator().await?;
    match command {
        Token::Issue(issue) => {
            let user = find(&portal, &cli, &issue.username).await?;
            let ctx = explain(portal.ctx_for_user(&user.id, cli.request_id.clone()).await)?;
            let new = NewToken {
                name: issue.name,
                workspace: issue.workspace,
                environments: issue.environment,
                read_only: issue.read_only,
                expires_in_days: Some(issue.days),
            };
            say(&explain(portal.issue_token(&ctx, new).await)?.token)?;
        }
        Token::List { username } => {
            let user = find(&portal, &cli, &username).await?;
            let ctx = explain(portal.ctx_for_user(&user.id, cli.request_id.clone()).await)?;
            let rows = portal.tokens(&ctx).await?.into_iter().map(|token| {
                let reach = token.workspace.map_or_else(|| "all".to_owned(), |slug| slug.to_string());
                let ends = token.expires_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
                [token.id.to_string(), token.name, reach, yes(token.read_only), ends]
            });
            let rows: Vec<_> = rows.collect();
            print_table(["ID", "NAME", "WORKSPACE", "READ ONLY", "ENDS"], &rows)?;
        }
        Token::Revoke { id } => {
            explain(portal.revoke_token(&cli, &TokenId::new(id)).await)?;
            say("Revoked.")?;
        }
    }
    Ok(())
}
