//! Callers who create volumes, one after the other, as scripts do: each request under a key of its own.
use crate::cluster::{Cluster, volume};
use reqwest::{StatusCode, header};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// What callers saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Requests that were answered 201 or 202 in the end.
    pub(crate) done: usize,
    /// Answers 503 with `Retry-After` on the way.
    pub(crate) unavailable: usize,
    /// All else.
    pub(crate) wrong: Vec<String>,
    /// The longest that an answer took.
    pub(crate) slowest: Duration,
}

/// Callers at work.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    callers: JoinSet<Seen>,
}

impl Load {
    pub(crate) fn begin(cluster: &Cluster, callers: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut set = JoinSet::new();
        for caller in 0..callers {
            let (stop, client) = (stop.clone(), cluster.client.clone());
            let (url, token) = (cluster.balancer().to_owned(), cluster.token.clone());
            set.spawn(async move {
                let mut seen = Seen::default();
                for number in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    one(&client, &url, &token, &format!("load-{caller}-{number}"), &mut seen).await;
                }
                seen
            });
        }
        Self { stop, callers: set }
    }

    /// Lets everybody finish what they asked for.
    pub(crate) async fn end(mut self) -> Seen {
        self.stop.store(true, Ordering::SeqCst);
        let mut all = Seen::default();
        while let Some(seen) = self.callers.join_next().await {
            let seen = seen.unwrap();
            all.done += seen.done;
            all.unavailable += seen.unavailable;
            all.wrong.extend(seen.wrong);
            all.slowest = all.slowest.max(seen.slowest);
        }
        all
    }
}

/// Asks for a volume until it is had, as the answers say: 503 means to come back.
async fn one(client: &reqwest::Client, url: &str, token: &str, name: &str, seen: &mut Seen) {
    loop {
        let request = client.post(format!("{url}/api/services/provision/storage/volume/"));
        let request = request.header(header::AUTHORIZATION, format!("Token {token}")).header("idempotency-key", name);
        let began = Instant::now();
        let answer = request.json(&volume(name)).send().await;
        seen.slowest = seen.slowest.max(began.elapsed());
        match answer {
            Ok(answer) if answer.status().is_success() => {
                seen.done += 1;
                return;
            }
            Ok(answer)
                if answer.status() == StatusCode::SERVICE_UNAVAILABLE
                    && answer.headers().contains_key(header::RETRY_AFTER) =>
            {
                seen.unavailable += 1;
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            Ok(answer) => {
                let status = answer.status();
                seen.wrong.push(format!("{name}: {status} {}", answer.text().await.unwrap_or_default()));
                return;
            }
            Err(error) => {
                seen.wrong.push(format!("{name}: {error:?}"));
                return;
            }
        }
    }
}
