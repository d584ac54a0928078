//! Users, managed by staff. They are deactivated, never deleted.
use crate::{
    Ctx, Portal,
    audit::{self, Event, PLATFORM},
    db::{self, Tx, values},
    error::{Error, Result},
    news, password,
};
use model::{
    AuditOutcome, UserId, WorkspaceSlug,
    view::{Timestamp, UserView},
};
use serde_json::json;
use std::collections::HashMap;

/// Names that the audit uses for who is no user.
const RESERVED: [&str; 2] = ["system", "anonymous"];

impl Portal {
    /// All users, by name.
    ///
    /// # Errors
    /// 404 for who is not staff.
    pub async fn users(&self, ctx: &Ctx) -> model::Result<Vec<UserView>> {
        let work = async {
            self.may_staff(ctx).await?;
            self.user_views(None).await
        };
        work.await.map_err(Error::report)
    }

    async fn user_views(&self, only: Option<&UserId>) -> Result<Vec<UserView>> {
        let only = only.map_or("", UserId::as_str);
        let sql = "SELECT m.user_id, m.role, w.slug FROM members m JOIN workspaces w ON w.id = m.workspace_id
            WHERE w.archived_at IS NULL AND ($1 = '' OR m.user_id = $1) ORDER BY w.slug";
        let mut workspaces: HashMap<String, Vec<_>> = HashMap::new();
        for row in self.db().all(sql, values![only]).await? {
            let place = (WorkspaceSlug::new(row.text("slug")?), row.word("role")?);
            workspaces.entry(row.text("user_id")?).or_default().push(place);
        }
        let sql =
            "SELECT id, username, staff, active, created_at FROM users WHERE $1 = '' OR id = $1 ORDER BY username";
        let mut views = Vec::new();
        for row in self.db().all(sql, values![only]).await? {
            let id = row.text("id")?;
            views.push(UserView {
                workspaces: workspaces.remove(&id).unwrap_or_default(),
                id: UserId::new(id),
                username: row.text("username")?,
                staff: row.flag("staff")?,
                active: row.flag("active")?,
                created_at: Timestamp(row.int("created_at")?),
            });
        }
        Ok(views)
    }

    /// Makes a user. Without a password one is generated and given back, this once.
    ///
    /// # Errors
    /// 400 at `username` or `password`; 404 for who is not staff.
    pub async fn create_user(
        &self,
        ctx: &Ctx,
        username: &str,
        password: Option<&str>,
        staff: bool,
    ) -> model::Result<(UserView, Option<String>)> {
        let work = async {
            self.may_administer(ctx).await?;
            let username = user_name(username).map_err(|sentence| model::Error::invalid("username", sentence))?;
            let generated = match password {
                Some(chosen) => {
                    password::check("password", &username, chosen)?;
                    None
                }
                None => Some(password::generate()?),
            };
            let chosen = password.or(generated.as_deref()).unwrap_or_default();
            let hash = password::hash(chosen, self.inner.settings.quick_passwords).await?;
            let (id, now) = (UserId::new(uuid::Uuid::now_v7().to_string()), self.now());
            let mut tx = self.db().begin().await?;
            let sql = "INSERT INTO users (id, username, password_hash, staff, active, created_at)
                VALUES ($1, $2, $3, $4, 1, $5)";
            let made = tx.execute(sql, values![&id, username.as_str(), hash, staff, now]).await;
            made.map_err(|error| match db::violates(&error, "users_username_key", "users.username") {
                true => model::Error::invalid("username", "There is a user of that name.").into(),
                false => Error::from(error),
            })?;
            let event = Event::new(PLATFORM, "user.create", AuditOutcome::Succeeded);
            let event = event.about("user", id.as_str(), &username).detail(json!({"staff": staff}));
            audit::append(&mut tx, now, ctx, event).await?;
            tx.commit().await?;
            let (active, workspaces) = (true, Vec::new());
            let view = UserView { id, username, staff, active, created_at: Timestamp(now), workspaces };
            Ok((view, generated))
        };
        work.await.map_err(Error::report)
    }

    /// Lets a user sign in, or no longer: then its sessions end and its tokens fail.
    ///
    /// # Errors
    /// 409 for oneself and for the last platform administrator; 404 for who is not staff.
    pub async fn set_user_active(&self, ctx: &Ctx, user: &UserId, active: bool) -> model::Result<()> {
        let work = async {
            self.may_administer(ctx).await?;
            if !active && ctx.user_id() == Some(user) {
                return Err(model::Error::Conflict { why: "Nobody can deactivate themselves.".to_owned() }.into());
            }
            let mut tx = self.db().begin().await?;
            if !active {
                another_administrator(&mut tx, user).await?;
                tx.execute("DELETE FROM sessions WHERE user_id = $1", values![user]).await?;
            }
            let name =
                change(&mut tx, user, "UPDATE users SET active = $2 WHERE id = $1 RETURNING username", active).await?;
            let action = if active { "user.activate" } else { "user.deactivate" };
            news::ended(&mut tx, Some(user)).await?;
            let event = Event::new(PLATFORM, action, AuditOutcome::Succeeded).about("user", user.as_str(), &name);
            audit::append(&mut tx, self.now(), ctx, event).await?;
            tx.commit().await?;
            Ok(())
        };
        work.await.map_err(Error::report)
    }

    /// Makes a user platform administrator, or no longer.
    ///
    /// # Errors
    /// 409 for the last platform administrator; 404 for who is not staff.
    pub async fn set_user_staff(&self, ctx: &Ctx, user: &UserId, staff: bool) -> model::Result<()> {
        let work = async {
            self.may_administer(ctx).await?;
            let mut tx = self.db().begin().await?;
            if !staff {
                another_administrator(&mut tx, user).await?;
            }
            let name =
                change(&mut tx, user, "UPDATE users SET staff = $2 WHERE id = $1 RETURNING username", staff).await?;
            news::ended(&mut tx, Some(user)).await?;
            let event = Event::new(PLATFORM, "user.staff", AuditOutcome::Succeeded)
                .about("user", user.as_str(), &name)
                .detail(json!({"staff": staff}));
            audit::append(&mut tx, self.now(), ctx, event).await?;
            tx.commit().await?;
            Ok(())
        };
        work.await.map_err(Error::report)
    }

    /// Gives a user a new password, shown this once, and ends its sessions.
    ///
    /// # Errors
    /// 404 for who is not staff, and for an unknown user.
    pub async fn reset_password(&self, ctx: &Ctx, user: &UserId) -> model::Result<String> {
        let work = async {
            self.may_administer(ctx).await?;
            let generated = password::generate()?;
            let hash = password::hash(&generated, self.inner.settings.quick_passwords).await?;
            let mut tx = self.db().begin().await?;
            let sql = "UPDATE users SET password_hash = $2 WHERE id = $1 RETURNING username";
            let row = tx.one(sql, values![user, hash]).await?;
            let name = row.ok_or_else(|| model::Error::not_found("user"))?.text("username")?;
            tx.execute("DELETE FROM sessions WHERE user_id = $1", values![user]).await?;
            news::ended(&mut tx, Some(user)).await?;
            let event = Event::new(PLATFORM, "password.reset", AuditOutcome::Succeeded);
            audit::append(&mut tx, self.now(), ctx, event.about("user", user.as_str(), &name)).await?;
            tx.commit().await?;
            Ok(generated)
        };
        work.await.map_err(Error::report)
    }
}

/// Sets a flag of a user; gives its name.
async fn change(tx: &mut Tx, user: &UserId, sql: &'static str, flag: bool) -> Result<String> {
    let row = tx.one(sql, values![user, flag]).await?;
    Ok(row.ok_or_else(|| model::Error::not_found("user"))?.text("username")?)
}

/// Refuses unless an active administrator other than this user remains. Locks them all, in one order, so that two who
/// take the office from each other at once do not both succeed.
async fn another_administrator(tx: &mut Tx, user: &UserId) -> Result<()> {
    let rows = match tx.is_postgres() {
        true => {
            tx.all("SELECT id FROM users WHERE staff = 1 AND active = 1 ORDER BY id FOR NO KEY UPDATE", &[]).await?
        }
        false => tx.all("SELECT id FROM users WHERE staff = 1 AND active = 1 ORDER BY id", &[]).await?,
    };
    let mut administrators = Vec::with_capacity(rows.len());
    for row in rows {
        administrators.push(row.text("id")?);
    }
    match administrators.as_slice() {
        [only] if only == user.as_str() => {
            let why = "This is the last platform administrator. Make somebody else one first.".to_owned();
            Err(model::Error::Conflict { why }.into())
        }
        _ => Ok(()),
    }
}

/// A name to sign in with, in lower case.
fn user_name(text: &str) -> Result<String, String> {
    let name = text.trim().to_ascii_lowercase();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._@+-".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        return Err("Use 1 to 64 letters, digits and . _ @ + - only.".to_owned());
    }
    match RESERVED.contains(&name.as_str()) {
        true => Err("This name is reserved.".to_owned()),
        false => Ok(name),
    }
}

/// A name for people: of a workspace, of a token.
pub(crate) fn label(text: &str) -> Result<String, String> {
    let text = text.trim();
    match (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err("Use 1 to 100 characters, on one line.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_is_stored_in_lower_case() {
        assert_eq!(user_name(" Ada.Lovelace+1@example.org ").unwrap(), "ada.lovelace+1@example.org");
    }

    #[test]
    fn a_user_name_is_short_plain_and_not_one_of_ours() {
        for bad in ["", " ", "a b", "ä", "a/b", "system", "Anonymous", "system:cli", &"a".repeat(65)] {
            assert!(user_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_label_is_one_line_of_any_script() {
        assert_eq!(label(" Équipe 🚀 ").unwrap(), "Équipe 🚀");
        for bad in ["", "  ", "a\nb", "\u{7}", &"x".repeat(101)] {
            assert!(label(bad).is_err(), "{bad}");
        }
    }
}
