//! `ALLOWED_HOSTS`: the names under which we answer, so that no other name can be made to point here.
use crate::{problem::Problem, server::Server};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};

/// Answers 421 to a host that is not ours. Probes come by address and pass.
pub(crate) async fn check(State(server): State<Server>, request: Request, next: Next) -> Response {
    let allowed = &server.config.allowed_hosts;
    let probe = matches!(request.uri().path(), "/healthz" | "/readyz");
    if allowed.is_empty() || probe || is_allowed(&host(&request), allowed) {
        return next.run(request).await;
    }
    let detail = "This server does not answer to that host name.";
    Problem::plain(StatusCode::MISDIRECTED_REQUEST, "misdirected", detail).into_response()
}

/// The host without its port, in lower case.
fn host(request: &Request) -> String {
    let header = || request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let text = request.uri().host().or_else(header).unwrap_or_default().to_ascii_lowercase();
    match text.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host.to_owned(),
        _ => text,
    }
}

/// `.example.com` allows the domain and all below it, `*` everything, as Django reads that variable.
fn is_allowed(host: &str, allowed: &[String]) -> bool {
    allowed.iter().any(|one| match one.strip_prefix('.') {
        Some(domain) => host == domain || host.ends_with(one.as_str()),
        None => one == "*" || one == host,
    })
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn a_dot_before_a_domain_allows_what_is_below_it() {
        let allowed = [".example.com".to_owned(), "portal.test".to_owned()];
        for good in ["example.com", "a.example.com", "portal.test"] {
            assert!(is_allowed(good, &allowed), "{good}");
        }
        for bad in ["", "notexample.com", "a.portal.test", "example.com.evil.test"] {
            assert!(!is_allowed(bad, &allowed), "{bad}");
        }
    }
}
