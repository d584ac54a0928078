//! How requests come to an API server: the HTTP client under `kube`, which has no timeouts, limits or addresses of its own.
use super::{ClusterError, address::Address};
use http::{Request, Response};
use kube::client::Body;
use reqwest::{Certificate, Identity, redirect::Policy};
use std::{error::Error as StdError, io, time::Duration};
use tower::service_fn;

/// The longest answer that is read, in bytes.
const LONGEST: usize = 4 << 20;
/// The longest that a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// A client of the API server at that address, which proves to be of that authority; to it we are who `identity` says: a
/// certificate and its key in PEM.
pub(super) fn client(
    address: &Address,
    authority: &str,
    identity: &str,
    timeout: Duration,
) -> Result<kube::Client, ClusterError> {
    let unusable =
        |error: reqwest::Error| ClusterError::Untrusted { address: address.base.clone(), cause: causes(&error) };
    let http = reqwest::Client::builder()
        .https_only(true)
        .no_proxy()
        .redirect(Policy::none())
        .connect_timeout(CONNECT.min(timeout))
        .timeout(timeout)
        .tls_certs_only(Certificate::from_pem_bundle(authority.as_bytes()).map_err(unusable)?)
        .identity(Identity::from_pem(identity.as_bytes()).map_err(unusable)?)
        .resolve_to_addrs(&address.host, &address.sockets)
        .build()
        .map_err(unusable)?;
    let base = address.base.clone();
    let service = service_fn(move |request| send(http.clone(), base.clone(), request));
    Ok(kube::Client::new(service, "default"))
}

async fn send(http: reqwest::Client, base: String, request: Request<Body>) -> Result<Response<Body>, ClusterError> {
    let (parts, body) = request.into_parts();
    let unreadable = |error: &dyn StdError| ClusterError::Unreadable(error.to_string());
    let body = body.collect_bytes().await.map_err(|error| unreadable(&error))?;
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let asked = http.request(parts.method, format!("{base}{path}")).headers(parts.headers).body(body);
    let mut answer = asked.send().await.map_err(|error| failure(&base, &error))?;
    if answer.status().is_redirection() {
        return Err(ClusterError::Redirected);
    }
    let mut text = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| failure(&base, &error))? {
        if text.len() + chunk.len() > LONGEST {
            return Err(ClusterError::TooLong(LONGEST));
        }
        text.extend_from_slice(&chunk);
    }
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = answer.status();
    Ok(response)
}

/// What a failure of the transport means: that nobody answered, or that it was somebody else.
fn failure(base: &str, error: &reqwest::Error) -> ClusterError {
    let address = base.to_owned();
    match tls(error) {
        Some(fault) => ClusterError::Untrusted { address, cause: fault.to_string() },
        None => ClusterError::Unreachable { address, cause: causes(error) },
    }
}

/// The TLS error below an error. One inside of an I/O error is not among its sources, only within it.
fn tls<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inside) => {
                let inside: &(dyn StdError + 'static) = inside;
                Some(inside)
            }
            None => error.source(),
        };
    }
    None
}

/// The innermost cause, which names no address.
fn causes(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn StdError = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use std::sync::Arc;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };
    use tokio_rustls::TlsAcceptor;

    /// An API server of its own authority that answers with these bytes; and a client of it.
    async fn served(answer: String) -> kube::Client {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap())
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = Address::resolve(&format!("https://{}", listener.local_addr().unwrap()), true).await.unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut asked = [0; 4096];
                let _read = stream.read(&mut asked).await;
                // Who has read enough hangs up.
                let _written = stream.write_all(answer.as_bytes()).await;
                let _closed = stream.shutdown().await;
            }
        });
        let identity = format!("{}{}", certificate.pem(), key.serialize_pem());
        client(&address, &authority.pem(), &identity, Duration::from_secs(10)).unwrap()
    }

    async fn failure_of(answer: String) -> String {
        let asked = Request::get("/api").body(Body::empty()).unwrap();
        match served(answer).await.send(asked).await {
            Err(kube::Error::Service(error)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let answer = "HTTP/1.1 302 Found\r\nLocation: https://169.254.169.254/\r\nContent-Length: 0\r\n\r\n";
        assert!(failure_of(answer.to_owned()).await.contains("points to another address"));
    }

    #[tokio::test]
    async fn an_endless_answer_is_not_read_to_its_end() {
        let answer = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(LONGEST + 1));
        assert!(failure_of(answer).await.contains("more than"));
    }
}
