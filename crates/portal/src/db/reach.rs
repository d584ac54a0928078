//! The way to the database: whether it answers, and the news that came from it.
use crate::News;
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{broadcast, watch};

/// How many news wait for a listener that is slow; who is slower has missed some, is told so, and looks.
const WAITING: usize = 1024;

/// Shared by all that use one database.
#[derive(Clone, Debug)]
pub(crate) struct Reach(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    news: broadcast::Sender<News>,
    away: watch::Sender<bool>,
    broke: watch::Sender<Option<Instant>>,
    endings: AtomicI64,
}

impl Default for Reach {
    fn default() -> Self {
        let (news, away) = (broadcast::Sender::new(WAITING), watch::Sender::new(false));
        Self(Arc::new(Shared { news, away, broke: watch::Sender::new(None), endings: AtomicI64::new(0) }))
    }
}

impl Reach {
    /// Waits for what the database was asked, but not for a database that is known to be away: a connection that hangs
    /// would say nothing for minutes, and whoever asked shall be told soon.
    pub(super) async fn wait<T>(&self, work: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
        tokio::select! {
            biased;
            () = self.away() => {
                Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::NotConnected, "the database does not answer")))
            }
            done = work => done,
        }
    }

    /// Waits until the database is away.
    pub(crate) async fn away(&self) {
        let mut away = self.0.away.subscribe();
        // The sender is a part of us, so this ends in no other way.
        let _away = away.wait_for(|away| *away).await;
    }

    /// Says whether the database is away. True when that is new.
    pub(crate) fn set_away(&self, away: bool) -> bool {
        self.0.away.send_replace(away) != away
    }

    /// A connection to the database broke: who was connected before does not rely on it any more.
    pub(crate) fn broke(&self) {
        self.0.broke.send_replace(Some(Instant::now()));
    }

    /// Whether that happened since a connection of this age was made.
    pub(super) fn broke_within(&self, age: Duration) -> bool {
        self.0.broke.borrow().is_some_and(|broke| broke.elapsed() <= age)
    }

    /// Hands news to all listeners of this process.
    pub(crate) fn tell(&self, news: News) {
        // Nobody listening is no fault.
        let _listeners = self.0.news.send(news);
    }

    /// Counts that somebody's rights ended by this process's doing.
    pub(crate) fn count_ending(&self) {
        self.0.endings.fetch_add(1, Ordering::SeqCst);
    }

    /// How often that was.
    pub(crate) fn endings(&self) -> i64 {
        self.0.endings.load(Ordering::SeqCst)
    }

    /// News from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<News> {
        self.0.news.subscribe()
    }
}
