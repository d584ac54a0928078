//! Serving: listen, answer, follow up, and stop in order.
use crate::{config::Config, connections, router::router, server::Server};
use anyhow::Context;
use portal::Portal;
use std::time::Duration;
use tokio::{net::TcpListener, signal::unix::SignalKind};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How long requests may take to end once the server stops.
const LAST_CALL: Duration = Duration::from_secs(8);
/// How long each of the things that come after them may take.
const LAST_STEP: Duration = Duration::from_secs(2);
/// How long anything may take to end after a signal, where nobody has to be told first; the promise is 20 seconds, and a
/// load balancer is given up to 4 of them.
pub(crate) const DEADLINE: Duration = Duration::from_secs(19);
/// How often the rows of expired sessions are removed.
const SWEEP: Duration = Duration::from_secs(600);

/// A token that SIGTERM and SIGINT cancel.
///
/// # Errors
/// When the process cannot listen to signals.
pub(crate) fn until_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let mut signal = tokio::signal::unix::signal(kind).context("cannot listen to signals")?;
        let stop = stop.clone();
        tokio::spawn(async move {
            signal.recv().await;
            stop.cancel();
        });
    }
    Ok(stop)
}

/// Serves until `stop` is cancelled: pages, API, and the following up of what was asked of clouds.
///
/// # Errors
/// When the public address is no origin.
pub(crate) async fn serve(
    portal: Portal,
    config: Config,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let (head, drain) = (config.timings.client, config.drain);
    // A signal is for load balancers first: `/readyz` says no, and who comes all the same is answered.
    let ended = CancellationToken::new();
    let server = Server { draining: stop.clone(), ..Server::new(portal.clone(), config, ended.clone()) };
    let app = router(server)?;
    tokio::spawn({
        let (stop, ended) = (stop.clone(), ended.clone());
        async move {
            stop.cancelled().await;
            tokio::time::sleep(drain).await;
            ended.cancel();
        }
    });
    // What is due is left to others at once.
    let reconciler = tokio::spawn({
        let (portal, stop) = (portal.clone(), stop.clone());
        async move { portal.run(stop).await }
    });
    let sweeper = tokio::spawn(sweep(portal.clone(), stop));
    let served = connections::serve(listener, app, ended.clone(), head);
    let overdue = async {
        ended.cancelled().await;
        tokio::time::sleep(LAST_CALL).await;
    };
    tokio::select! {
        () = served => {}
        () = overdue => warn!("requests that did not end are cut off"),
    }
    // Both watch the same token.
    let background = tokio::time::timeout(LAST_STEP, async { tokio::join!(reconciler, sweeper) });
    if background.await.is_err() {
        warn!("background work that did not end is cut off");
    }
    match tokio::time::timeout(LAST_STEP, portal.hand_back()).await {
        Ok(Ok(())) => {}
        // The portal has logged why, where there is a reason.
        _ => warn!("what was under way could not be given back; others wait for the leases to run out"),
    }
    if tokio::time::timeout(LAST_STEP, portal.close()).await.is_err() {
        warn!("connections to the database are still in use and are cut off");
    }
    info!("stopped");
    Ok(())
}

async fn sweep(portal: Portal, stop: CancellationToken) {
    let mut beat = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = beat.tick() => {
                // The portal logs why; the next beat tries again.
                let _tried = portal.sessions_delete_expired().await;
            }
        }
    }
}
