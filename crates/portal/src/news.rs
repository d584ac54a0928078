//! News: what changed, and that somebody may no longer look. They are told in the transaction that they are of, so that
//! nothing is told that did not happen, and what happened is told on every server.
//!
//! On PostgreSQL all news come by its notifications, a server's own too: then everybody hears them in the order of the
//! commits, and one way is tried by every test. On SQLite, which has one server, they stay in the process.
mod ear;
mod endings;
mod rights;

pub(crate) use ear::{Ear, set_clock};

use crate::{Freshened, Portal, db::Tx, error::Result};
use model::{UserId, view::Change};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tracing::warn;

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A row changed.
    Changed(Change),
    /// A list of a cloud's that somebody missed can be had.
    Listed(Freshened),
    /// What this user may has become less, or what anybody may: a session or a token ended, a member left, a user was
    /// deactivated. Streams of theirs ask whether they may go on.
    Ended(Option<UserId>),
    /// Rows became due that nobody works on: a server that stops gave them back.
    Due,
    /// News may have been lost, of any kind: the way to the database was broken.
    Missed,
}

/// Tells that this user may less than before, or that anybody does, once the transaction is committed.
pub(crate) async fn ended(tx: &mut Tx, user: Option<&UserId>) -> Result<()> {
    endings::count(tx).await?;
    Ok(tx.tell(News::Ended(user.cloned())).await?)
}

impl Portal {
    /// News from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<News> {
        self.ear();
        self.db().reach().listen()
    }

    /// Tells everybody, on every server, what no transaction is about. While the database is away, at least those here.
    pub(crate) async fn announce(&self, news: News) {
        let told = async {
            let mut tx = self.db().begin().await?;
            tx.tell(news.clone()).await?;
            tx.commit().await
        };
        if let Err(error) = told.await {
            warn!(%error, "news could not be told to other servers");
            self.db().reach().tell(news);
        }
    }

    /// Whether news come at the moment. While they do not, [`News::Missed`] is still to come.
    pub fn hears(&self) -> bool {
        self.ear().hears()
    }

    /// What brings news from the database, started when it is first asked for.
    fn ear(&self) -> &Ear {
        self.inner.ear.get_or_init(|| Ear::start(self.db().clone(), &self.inner.settings))
    }
}
