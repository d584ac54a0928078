//! Connections: accepted, served, and ended in order. As `axum::serve` has it, but nobody keeps one by sending a request
//! that never comes to its end, or none.
use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{io, net::SocketAddr, time::Duration};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;
use tracing::{debug, warn};

/// How long to wait when no connection can be accepted: there are no more file descriptors, most likely.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves until `stop` is cancelled, and then until what is under way has been answered. The head of a request must come
/// within `head`.
pub(crate) async fn serve(listener: TcpListener, app: Router, stop: CancellationToken, head: Duration) {
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                connections.spawn(serve_one(stream, peer, app.clone(), stop.clone(), head));
            }
            Err(error) if is_clients(&error) => {}
            Err(error) => {
                warn!(%error, "no connection can be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn serve_one(stream: TcpStream, peer: SocketAddr, app: Router, stop: CancellationToken, head: Duration) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request.map(Body::new))
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head);
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection broke off");
    }
}

/// The client went away before it was accepted.
fn is_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::sync::Arc;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::Notify,
        task::JoinHandle,
        time::timeout,
    };

    struct Started {
        address: SocketAddr,
        stop: CancellationToken,
        server: JoinHandle<()>,
        /// A request has come, and is answered once it may be.
        came: Arc<Notify>,
        may: Arc<Notify>,
    }

    /// A server that gives up on a head after `head`.
    async fn start(head: Duration) -> Started {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let (came, may) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let notifies = (came.clone(), may.clone());
        let handler = async move |ConnectInfo(peer): ConnectInfo<SocketAddr>| {
            notifies.0.notify_one();
            notifies.1.notified().await;
            format!("hello {}", peer.ip())
        };
        let app = Router::new().route("/", get(handler));
        let server = tokio::spawn(serve(listener, app, stop.clone(), head));
        Started { address, stop, server, came, may }
    }

    async fn read(stream: &mut TcpStream) -> String {
        let mut text = String::new();
        timeout(Duration::from_secs(20), stream.read_to_string(&mut text)).await.unwrap().unwrap();
        text
    }

    #[tokio::test]
    async fn who_sends_half_a_head_or_nothing_is_hung_up_on() {
        let Started { address, .. } = start(Duration::from_millis(100)).await;
        for sent in ["", "GET / HT", "GET / HTTP/1.1\r\nhost: portal.test\r\n"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(sent.as_bytes()).await.unwrap();
            assert!(!read(&mut stream).await.contains("200"), "{sent:?}");
        }
    }

    #[tokio::test]
    async fn what_is_under_way_when_the_server_stops_is_answered() {
        let Started { address, stop, server, came, may } = start(Duration::from_secs(60)).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        let mut busy = TcpStream::connect(address).await.unwrap();
        busy.write_all(b"GET / HTTP/1.1\r\nhost: portal.test\r\n\r\n").await.unwrap();
        came.notified().await;
        stop.cancel();
        may.notify_one();
        assert!(read(&mut busy).await.ends_with("hello 127.0.0.1"));
        assert_eq!(read(&mut idle).await, "");
        timeout(Duration::from_secs(20), server).await.unwrap().unwrap();
    }
}
