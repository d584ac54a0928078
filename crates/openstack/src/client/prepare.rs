//! Makes an HTTP request of a [`Request`]: its address, its headers, its microversion.
use super::{discovery::Offered, transport::put};
use crate::{Body, Error, MicroversionHeader, Reads, Request, Result};
use http::{HeaderMap, header};
use reqwest::Url;

/// The whole address of a request.
pub(super) fn url(base: &str, request: &Request) -> Result<Url> {
    // An empty segment would make a thing's address its collection's; a dot segment, even encoded, its parent's.
    if request.path.iter().any(|segment| matches!(segment.as_ref(), "" | "." | "..")) {
        return Err(Error::Config("an empty or dotted path segment cannot be sent".to_owned()));
    }
    let text = match request.encoded_path() {
        path if path.is_empty() => base.to_owned(),
        path => format!("{base}/{path}"),
    };
    let mut url =
        Url::parse(&text).map_err(|e| Error::Config(format!("the address of {}: {e}", request.service.title)))?;
    if !request.query.is_empty() {
        url.query_pairs_mut().extend_pairs(request.query.iter().map(|(name, value)| (name.as_ref(), value.as_str())));
    }
    Ok(url)
}

/// The headers of a request, but for the token and the microversion.
pub(super) fn headers(request: &Request, request_id: &str) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    if request.reads == Reads::Json {
        put(&mut headers, header::ACCEPT.as_str(), "application/json")?;
    }
    match &request.body {
        Body::None => {}
        Body::Json(_) => put(&mut headers, header::CONTENT_TYPE.as_str(), "application/json")?,
        Body::Text(kind, _) => put(&mut headers, header::CONTENT_TYPE.as_str(), kind)?,
    }
    for (name, value) in &request.headers {
        put(&mut headers, name, value)?;
    }
    identify(&mut headers, request_id)?;
    Ok(headers)
}

/// Says who asks, so that one id is found in all services' logs. Services take only `req-` and a UUID.
pub(super) fn identify(headers: &mut HeaderMap, request_id: &str) -> Result<()> {
    let uuid = request_id.strip_prefix("req-").unwrap_or(request_id);
    let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
    if groups == [8, 4, 4, 4, 12] && uuid.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()) {
        put(headers, "x-openstack-request-id", &format!("req-{uuid}"))?;
    }
    Ok(())
}

/// The header that asks for the microversion which the request needs.
pub(super) fn microversion(request: &Request, offered: Option<&Offered>) -> Result<Option<(&'static str, String)>> {
    let (Some(needs), Some(header)) = (request.microversion, request.service.microversions) else { return Ok(None) };
    if let Some(has) = offered.and_then(|offered| offered.max)
        && has < needs
    {
        let service = request.service.title;
        return Err(Error::TooOld { service, has: has.to_string(), needs: needs.to_string() });
    }
    // A service that has given up what we need still does what came after it, in its own lowest version.
    let asked = offered.and_then(|offered| offered.min).map_or(needs, |min| min.max(needs));
    Ok(Some(match header {
        MicroversionHeader::Standard(word) => ("openstack-api-version", format!("{word} {asked}")),
        MicroversionHeader::Own(name) => (name, asked.to_string()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Microversion, Service};
    use http::Method;

    static SERVICE: Service = Service {
        title: "Bare Metal",
        service_type: "baremetal",
        aliases: &[],
        major: 1,
        path: "v1",
        project_in_path: false,
        microversions: Some(MicroversionHeader::Own("x-openstack-ironic-api-version")),
    };

    fn offered(min: (u32, u32), max: (u32, u32)) -> Offered {
        let document = serde_json::json!({"versions": [{"id": "v1", "links": [], "status": "CURRENT",
            "min_version": format!("{}.{}", min.0, min.1), "version": format!("{}.{}", max.0, max.1)}]});
        super::super::discovery::choose(&document, 1).unwrap()
    }

    fn asked(offered: Option<&Offered>) -> Result<Option<(&'static str, String)>> {
        microversion(&Request::new(&SERVICE, Method::GET, ["nodes"]).microversion(Some(Microversion(1, 50))), offered)
    }

    #[test]
    fn the_microversion_is_the_lowest_that_does_and_that_the_service_still_has() {
        let header = |version: &str| Ok(Some(("x-openstack-ironic-api-version", version.to_owned())));
        assert_eq!(asked(Some(&offered((1, 1), (1, 104)))), header("1.50"));
        assert_eq!(asked(Some(&offered((1, 60), (1, 104)))), header("1.60"));
        assert_eq!(asked(None), header("1.50"), "a service without a document is asked all the same");
        assert!(matches!(asked(Some(&offered((1, 1), (1, 9)))), Err(Error::TooOld { .. })));
        assert_eq!(microversion(&Request::new(&SERVICE, Method::GET, ["nodes"]), None), Ok(None));
    }

    #[test]
    fn the_address_keeps_what_stands_in_the_path_and_the_query() {
        let request = Request::new(&SERVICE, Method::GET, ["nodes", "a/b?c"]).query("name", "x&y= é");
        let url = url("http://h/baremetal/v1", &request).unwrap();
        assert_eq!(url.as_str(), "http://h/baremetal/v1/nodes/a%2Fb%3Fc?name=x%26y%3D+%C3%A9");
    }

    #[test]
    fn a_request_id_is_sent_only_as_services_take_it() {
        let sent = |id: &str| {
            let mut headers = HeaderMap::new();
            identify(&mut headers, id).unwrap();
            headers.remove("x-openstack-request-id").map(|value| value.to_str().unwrap().to_owned())
        };
        let ours = "req-01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(sent(ours).as_deref(), Some(ours));
        assert_eq!(sent("01890a5d-ac96-774b-bcce-b302099a8057").as_deref(), Some(ours));
        for wrong in ["", "req-1", "01890a5d-ac96-774b-bcce-b302099a805x", "a\r\nb"] {
            assert_eq!(sent(wrong), None);
        }
    }
}
