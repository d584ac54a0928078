//! Reading chains: for pages, and to verify that nobody altered them.
use super::{
    PLATFORM,
    link::Link,
    select::{Cursor, Start},
};
use crate::{
    Ctx, Portal,
    access::Need,
    db::values,
    error::{Error, Result},
};
use model::{AuditEvent, WorkspaceSlug, view::Page};
use serde::{Deserialize, Serialize};

/// Which events of a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// Only of this environment.
    pub environment: Option<String>,
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only actions that begin so: `vm` or `vm.create`.
    pub action: Option<String>,
    /// Only about this row.
    pub target: Option<String>,
    /// Only so ended: `attempted`, `succeeded`, `failed`, `denied`.
    pub outcome: Option<String>,
    /// Only from this time or day (UTC) on.
    pub since: Option<String>,
    /// Only before this time, or until the end of this day (UTC).
    pub until: Option<String>,
    /// Events a page, 50 when absent, 500 at most.
    pub limit: Option<i64>,
    /// From the page before.
    pub cursor: Option<String>,
}

/// How many events are read at once by who takes them all.
const PIECE: i64 = 500;

/// Where a chain is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The chain.
    pub chain: String,
    /// The number at which it shows.
    pub number: i64,
    /// How: altered, removed or reordered, or cut off.
    pub how: &'static str,
}

impl Portal {
    /// The events of a workspace, newest first.
    ///
    /// # Errors
    /// 404 for who is not a member.
    pub async fn audit(
        &self,
        ctx: &Ctx,
        workspace: &WorkspaceSlug,
        query: &AuditQuery,
    ) -> model::Result<Page<AuditEvent>> {
        let work = async {
            self.may_workspace(ctx, workspace, Need::Read).await?;
            self.reaches(ctx, query)?;
            self.events(workspace.as_str(), query).await
        };
        work.await.map_err(Error::report)
    }

    /// The events of the platform, newest first; for staff.
    ///
    /// # Errors
    /// 404 for everybody else.
    pub async fn platform_audit(&self, ctx: &Ctx, query: &AuditQuery) -> model::Result<Page<AuditEvent>> {
        let work = async {
            self.may_staff(ctx).await?;
            self.events(PLATFORM, query).await
        };
        work.await.map_err(Error::report)
    }

    /// A token for some environments reads the events of those only, and must say which.
    fn reaches(&self, ctx: &Ctx, query: &AuditQuery) -> Result<()> {
        let Some(limits) = ctx.token().filter(|limits| !limits.environments.is_empty()) else { return Ok(()) };
        let asked = query.environment.as_deref().unwrap_or_default();
        match limits.environments.iter().any(|environment| environment.as_str() == asked) {
            true => Ok(()),
            false => {
                let words: Vec<&str> = limits.environments.iter().map(|one| one.as_str()).collect();
                let why = format!("This token reaches {} only: say which by environment_id.", words.join(", "));
                Err(model::Error::Forbidden { why }.into())
            }
        }
    }

    pub(crate) async fn events(&self, chain: &str, query: &AuditQuery) -> Result<Page<AuditEvent>> {
        let limit = query.limit.unwrap_or(50).clamp(1, 500);
        let behind = query.cursor.as_deref().filter(|text| !text.is_empty()).map(Cursor::parse).transpose()?;
        let mut items = self.select(chain, query, Start::Newest { behind }, limit + 1).await?;
        let more = items.len() as i64 > limit;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(|event| Cursor::behind(event).to_string());
        Ok(Page { items, next, total: None })
    }

    /// The next events of a workspace's chain, or of the platform's, oldest first, from behind the one with the number
    /// `after` on: for what takes them all, one piece after the other. Empty at the end.
    ///
    /// # Errors
    /// As [`Portal::audit`] and [`Portal::platform_audit`] say; asked anew for each piece.
    pub async fn audit_piece(
        &self,
        ctx: &Ctx,
        workspace: Option<&WorkspaceSlug>,
        query: &AuditQuery,
        after: i64,
    ) -> model::Result<Vec<AuditEvent>> {
        let work = async {
            let chain = match workspace {
                Some(workspace) => {
                    self.may_workspace(ctx, workspace, Need::Read).await?;
                    self.reaches(ctx, query)?;
                    workspace.as_str()
                }
                None => {
                    self.may_staff(ctx).await?;
                    PLATFORM
                }
            };
            self.select(chain, query, Start::Oldest { after }, PIECE).await
        };
        work.await.map_err(Error::report)
    }

    /// Walks every chain and names the first event of each that does not fit; nothing when all hold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_audit(&self) -> model::Result<Vec<Broken>> {
        let work = async {
            let mut broken = Vec::new();
            // Events behind a head, or of a chain without one. Events that are being added now come with their head.
            let strays = "SELECT e.chain, min(e.number) AS number FROM audit_events e
                LEFT JOIN audit_heads h ON h.chain = e.chain WHERE h.chain IS NULL OR e.number > h.number
                GROUP BY e.chain";
            for stray in self.db().all(strays, &[]).await? {
                let (chain, number) = (stray.text("chain")?, stray.int("number")?);
                broken.push(Broken { chain, number, how: "cut off or added behind the head" });
            }
            for head in self.db().all("SELECT chain, number, hash FROM audit_heads ORDER BY chain", &[]).await? {
                let (chain, number, hash) = (head.text("chain")?, head.int("number")?, head.text("hash")?);
                broken.extend(self.verify_chain(&chain, number, &hash).await?);
            }
            Ok(broken)
        };
        work.await.map_err(Error::report)
    }

    async fn verify_chain(&self, chain: &str, head: i64, head_hash: &str) -> Result<Option<Broken>> {
        const STEP: i64 = 1000;
        let broken = |number, how| Ok(Some(Broken { chain: chain.to_owned(), number, how }));
        let (mut previous, mut expected) = (String::new(), 1);
        loop {
            let sql = "SELECT * FROM audit_events WHERE chain = $1 AND number >= $2 AND number <= $4
                ORDER BY number LIMIT $3";
            let rows = self.db().all(sql, values![chain, expected, STEP, head]).await?;
            let last = (rows.len() as i64) < STEP;
            for row in rows {
                let (link, hash) = (Link::read(&row)?, row.text("hash")?);
                if link.number != expected {
                    return broken(expected, "removed");
                }
                if link.previous != previous {
                    return broken(expected, "reordered or replaced");
                }
                if link.hash() != hash {
                    return broken(expected, "altered");
                }
                previous = hash;
                expected += 1;
            }
            if last {
                break;
            }
        }
        match expected - 1 == head && previous == head_hash {
            true => Ok(None),
            false => broken(expected, "cut off or added behind the head"),
        }
    }
}
