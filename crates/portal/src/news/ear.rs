//! What brings news from the database, and knows whether it answers.
//!
//! On PostgreSQL that is one connection of its own. It listens, and asks for the time once a second: when no answer comes,
//! everybody who waits for the database is told that it is away, and asking goes on until it is back. The answer sets the
//! portal's clock, too, so that all servers go by one.
use super::endings;
use crate::{
    News, Settings,
    clock::{Clock, system_now},
    db::Db,
};
use sqlx::{Row as _, postgres::PgListener};
use std::{
    io,
    time::{Duration, Instant},
};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{error, info, warn};

/// How often the database is asked for the time.
const BEAT: Duration = Duration::from_secs(1);
/// The longest that an answer may take: with the beat, who waits for a database that went silent is told within 10 s. One
/// that is merely busy must not be taken for away, because that fails everything that is under way; one that stopped
/// refuses connections, which is known at once.
const ANSWER: Duration = Duration::from_secs(9);
/// The pause before the next attempt to connect, and the longest to which it grows.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// The clock is set by the quickest answer of so many.
const SAMPLES: u32 = 60;
/// Asks for the database's time, in microseconds.
const NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS now";
/// Being off by more is said in the log: in microseconds.
const NOTABLE: i64 = 1_000_000;

/// The task that listens. Ends with the portal.
pub(crate) struct Ear {
    /// Whether news come.
    open: watch::Receiver<bool>,
    _stop: DropGuard,
    stop: CancellationToken,
}

impl Ear {
    /// Starts to listen. Within a runtime.
    pub(crate) fn start(db: Db, settings: &Settings) -> Self {
        let stop = CancellationToken::new();
        let (sender, open) = watch::channel(!db.is_postgres());
        let (url, clock, ended) = (settings.database_url.clone(), settings.clock.clone(), stop.clone());
        tokio::spawn(async move {
            let work = async {
                match db.is_postgres() {
                    true => listen(&db, &url, &clock, &sender).await,
                    false => endings::watch(db).await,
                }
            };
            tokio::select! {
                () = ended.cancelled() => {}
                () = work => {}
            }
        });
        Self { open, _stop: stop.clone().drop_guard(), stop }
    }

    /// Whether news come at the moment.
    pub(crate) fn hears(&self) -> bool {
        *self.open.borrow()
    }

    /// Waits until news come; false when that takes longer.
    pub(crate) async fn opens(&self, longest: Duration) -> bool {
        let mut open = self.open.clone();
        timeout(longest, open.wait_for(|open| *open)).await.is_ok_and(|opened| opened.is_ok())
    }

    /// Stops listening.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }
}

/// Listens for ever, over one connection after the other.
async fn listen(db: &Db, url: &str, clock: &Clock, open: &watch::Sender<bool>) {
    let (mut pause, mut first) = (PAUSE.0, true);
    loop {
        match timeout(ANSWER, connect(url)).await.unwrap_or_else(|_| Err(silent())) {
            Ok(mut listener) => {
                if db.reach().set_away(false) {
                    info!("the database answers again");
                }
                open.send_replace(true);
                if !std::mem::take(&mut first) {
                    db.reach().tell(News::Missed);
                }
                pause = PAUSE.0;
                let cause = hear(db, &mut listener, clock).await;
                db.reach().broke();
                open.send_replace(false);
                warn!(%cause, "the connection that news come by broke");
            }
            Err(cause) => {
                if db.reach().set_away(true) {
                    error!(%cause, "the database does not answer");
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE.1);
            }
        }
    }
}

async fn connect(url: &str) -> sqlx::Result<PgListener> {
    let mut listener = PgListener::connect(url).await?;
    let row = sqlx::query("SELECT 'atonix_' || md5(current_schema()) AS channel").fetch_one(&mut listener).await?;
    listener.listen(&row.try_get::<String, _>("channel")?).await?;
    Ok(listener)
}

/// Hands on what comes until the connection breaks; gives why it did.
async fn hear(db: &Db, listener: &mut PgListener, clock: &Clock) -> sqlx::Error {
    listener.eager_reconnect(false);
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut samples = Samples::default();
    loop {
        tokio::select! {
            notice = listener.try_recv() => match notice {
                Ok(Some(notice)) => match serde_json::from_str(notice.payload()) {
                    Ok(news) => db.reach().tell(news),
                    // A newer server's, perhaps: what it means is not known, so everything is looked at.
                    Err(error) => {
                        warn!(%error, "a notification cannot be read");
                        db.reach().tell(News::Missed);
                    }
                },
                Ok(None) => return sqlx::Error::Io(io::ErrorKind::ConnectionAborted.into()),
                Err(error) => return error,
            },
            _ = beat.tick() => match timeout(ANSWER, sample(listener)).await {
                Ok(Ok(sample)) => samples.take(sample, clock),
                Ok(Err(error)) => return error,
                Err(_) => {
                    if db.reach().set_away(true) {
                        error!("the database does not answer");
                    }
                    return silent();
                }
            },
        }
    }
}

fn silent() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))
}

/// How long an answer took, and by how much the database's clock was ahead, both in microseconds.
type Sample = (i64, i64);

async fn sample(listener: &mut PgListener) -> sqlx::Result<Sample> {
    let (asked, began) = (system_now(), Instant::now());
    let now: i64 = sqlx::query(NOW).fetch_one(listener).await?.try_get("now")?;
    let took = i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
    Ok((took, now - asked - took / 2))
}

/// Sets the clock by the database's for the first time.
pub(crate) async fn set_clock(db: &Db, clock: &Clock) -> sqlx::Result<()> {
    if !db.is_postgres() {
        return Ok(());
    }
    let (asked, began) = (system_now(), Instant::now());
    if let Some(row) = db.one(NOW, &[]).await? {
        let took = i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
        clock.follow(row.int("now")? - asked - took / 2);
    }
    Ok(())
}

/// Sets the clock by the quickest answer of each round; by the very first at once.
#[derive(Default)]
struct Samples {
    best: Option<Sample>,
    count: u32,
    round: u32,
}

impl Samples {
    fn take(&mut self, sample: Sample, clock: &Clock) {
        self.best = Some(self.best.map_or(sample, |best| best.min(sample)));
        self.count += 1;
        if self.round > 0 && self.count < SAMPLES {
            return;
        }
        if let Some((_, ahead)) = self.best.take() {
            if ahead.abs() > NOTABLE {
                warn!(microseconds = ahead, "the database's clock is ahead of this machine's, and is gone by");
            }
            clock.follow(ahead);
        }
        (self.count, self.round) = (0, self.round.saturating_add(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_set_by_the_quickest_answer_of_a_round() {
        let (clock, mut samples, hour) = (Clock::system(), Samples::default(), 3_600_000_000);
        let ahead = |clock: &Clock| (clock.now() - system_now() + hour / 2) / hour;
        samples.take((900, hour), &clock);
        assert_eq!(ahead(&clock), 1, "the first counts at once");
        for _ in 1..SAMPLES {
            samples.take((500, 3 * hour), &clock);
        }
        assert_eq!(ahead(&clock), 1);
        samples.take((100, 2 * hour), &clock);
        assert_eq!(ahead(&clock), 2);
    }
}
