//! How a long list goes on.
use crate::{Collection, Paging};
use reqwest::Url;
use serde_json::Value;
use std::borrow::Cow;

/// A query.
pub(super) type Query = Vec<(Cow<'static, str>, String)>;

/// The things of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// The things, as the service gives them.
    pub items: Vec<Value>,
    /// Whether these are all; false when cut at the asked number, or when the list goes on where we do not follow.
    pub complete: bool,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The things, as the service gives them.
    pub items: Vec<Value>,
    /// Where the page after it begins, where there is one.
    pub next: Option<String>,
    /// Whether the list goes on where we do not follow.
    pub astray: bool,
}

/// The parameter by which a list goes on.
fn mark(collection: &Collection) -> &'static str {
    if collection.paging == Paging::Offset { "offset" } else { "marker" }
}

/// Asks for `limit` things from where the page before ended.
pub(super) fn ask(collection: &Collection, query: &mut Query, from: Option<&str>, limit: usize) {
    if collection.paging != Paging::None {
        query.push((Cow::Borrowed("limit"), limit.to_string()));
        query.extend(from.map(|from| (Cow::Borrowed(mark(collection)), from.to_owned())));
    }
}

/// The page in `body`, which `sent` (at `address`) asked for; none when it is not where it must be. Of a service that gives
/// more than it was asked for, the rest is left for the next page.
pub(super) fn part(collection: &Collection, body: &Value, address: &Url, sent: &Query, limit: usize) -> Option<Part> {
    let page = collection.unwrap_many(body)?;
    let kept = page.get(..limit).unwrap_or(page);
    let given = if kept.len() < page.len() { &Value::Null } else { body };
    let (next, astray) = match next(collection, given, kept, address, sent, limit) {
        Next::End => (None, false),
        Next::Astray => (None, true),
        Next::Page(query) => {
            let next = query.into_iter().find(|(name, _)| name == mark(collection)).map(|(_, value)| value);
            let astray = next.is_none();
            (next, astray)
        }
    };
    Some(Part { items: kept.to_vec(), next, astray })
}

/// What comes after a page.
#[derive(Debug, PartialEq)]
pub(super) enum Next {
    /// Nothing.
    End,
    /// The same list with this query.
    Page(Query),
    /// More, but at an address that is not the service's, and nothing to go on by.
    Astray,
}

/// What comes after the page `body`, which `sent` (at `address`) asked for, `limit` things at most.
///
/// Of a link only its query is taken, and only if it leads to the service's own host: the path stays ours.
pub(super) fn next(
    collection: &Collection,
    body: &Value,
    page: &[Value],
    address: &Url,
    sent: &Query,
    limit: usize,
) -> Next {
    let Some(last) = page.last() else { return Next::End };
    if collection.paging == Paging::Offset {
        if page.len() < limit {
            return Next::End;
        }
        let (before, mut query): (Query, Query) = sent.iter().cloned().partition(|(name, _)| name == "offset");
        let before = before.first().and_then(|(_, offset)| offset.parse().ok()).unwrap_or(0_usize);
        query.push((Cow::Borrowed("offset"), (before + page.len()).to_string()));
        return Next::Page(query);
    }
    let link = link(collection, body);
    let followed = link.and_then(|href| {
        let url = address.join(href).ok()?;
        let same = url.origin() == address.origin();
        let query: Query =
            url.query_pairs().map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned())).collect();
        // A link without a query would begin anew.
        (same && !query.is_empty()).then_some(query)
    });
    if let Some(query) = followed {
        return Next::Page(query);
    }
    // Without a link, a page that is not full is the last.
    if link.is_none() && page.len() < limit {
        return Next::End;
    }
    let marker = match collection.paging {
        Paging::None | Paging::Offset => None,
        // Between the names of objects, Swift lists folders, which have only this.
        Paging::Marker { by } => last.get(by).or_else(|| last.get("subdir")).and_then(Value::as_str),
    };
    match marker {
        Some(marker) => {
            let mut query: Query = sent.iter().filter(|(name, _)| name != "marker").cloned().collect();
            query.push((Cow::Borrowed("marker"), marker.to_owned()));
            Next::Page(query)
        }
        None if link.is_some() => Next::Astray,
        None => Next::End,
    }
}

/// The address of the next page: `servers_links: [{"rel": "next", "href"}]` (Nova, Cinder, Neutron), `links` as a list
/// of those or as `{"next"}` (Keystone, Designate), or a bare `next` (Glance, Magnum, Barbican).
fn link<'a>(collection: &Collection, body: &'a Value) -> Option<&'a str> {
    let of_rel = |links: &'a Value| {
        links
            .as_array()?
            .iter()
            .find(|link| link.get("rel").and_then(Value::as_str) == Some("next"))?
            .get("href")?
            .as_str()
    };
    let own = body.get(format!("{}_links", collection.many)).and_then(of_rel);
    let shared = || body.get("links").and_then(|links| of_rel(links).or_else(|| links.get("next")?.as_str()));
    own.or_else(shared).or_else(|| body.get("next")?.as_str()).filter(|href| !href.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Service;
    use serde_json::json;

    static SERVICE: Service = Service {
        title: "Compute",
        service_type: "compute",
        aliases: &[],
        major: 2,
        path: "v2.1",
        project_in_path: false,
        microversions: None,
    };
    static SERVERS: Collection =
        Collection { detail: Some("detail"), one: Some("server"), ..Collection::new(&SERVICE, "servers", "servers") };

    fn query(pairs: &[(&str, &str)]) -> Query {
        pairs.iter().map(|(name, value)| (Cow::Owned((*name).to_owned()), (*value).to_owned())).collect()
    }

    fn after(body: Value, limit: usize) -> Next {
        let address = Url::parse("http://cloud:8774/v2.1/servers/detail").unwrap();
        let page = body["servers"].as_array().unwrap();
        next(&SERVERS, &body, page, &address, &query(&[("limit", "2"), ("name", "x"), ("marker", "0")]), limit)
    }

    #[test]
    fn a_link_of_any_shape_is_followed_by_its_query() {
        let wanted = Next::Page(query(&[("limit", "2"), ("marker", "b")]));
        let items = json!([{"id": "a"}, {"id": "b"}]);
        let href = "http://cloud:8774/v2.1/servers/detail?limit=2&marker=b";
        for body in [
            json!({"servers": items, "servers_links": [{"rel": "previous", "href": "x"}, {"rel": "next", "href": href}]}),
            json!({"servers": items, "links": [{"rel": "next", "href": href}]}),
            json!({"servers": items, "links": {"next": href, "self": "x"}}),
            json!({"servers": items, "next": "/v2/images?limit=2&marker=b"}),
        ] {
            assert_eq!(after(body, 2), wanted);
        }
    }

    #[test]
    fn a_link_to_another_host_is_not_followed_the_marker_is() {
        let wanted = Next::Page(query(&[("limit", "2"), ("name", "x"), ("marker", "a")]));
        for href in
            ["http://evil/v2.1/servers?marker=zz", "https://cloud:8774/servers?marker=zz", "//evil:8774/?marker=z"]
        {
            let body = json!({"servers": [{"id": "a"}], "servers_links": [{"rel": "next", "href": href}]});
            assert_eq!(after(body, 2), wanted, "{href}");
        }
    }

    #[test]
    fn a_list_by_offset_goes_on_behind_what_there_was_whatever_its_link_says() {
        let shares = Collection { paging: Paging::Offset, ..Collection::new(&SERVICE, "shares", "shares") };
        let address = Url::parse("http://cloud:8786/v2/shares").unwrap();
        let after = |ids: &[&str], sent: &[(&str, &str)]| {
            let page: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
            let link = "http://cloud:8786/v2/shares?limit=2&marker=b";
            let body = json!({"shares": page, "shares_links": [{"rel": "next", "href": link}]});
            next(&shares, &body, &page, &address, &query(sent), 2)
        };
        assert_eq!(after(&["a", "b"], &[("limit", "2")]), Next::Page(query(&[("limit", "2"), ("offset", "2")])));
        let on = after(&["c", "d"], &[("limit", "2"), ("offset", "2")]);
        assert_eq!(on, Next::Page(query(&[("limit", "2"), ("offset", "4")])));
        assert_eq!(after(&["e"], &[("limit", "2"), ("offset", "4")]), Next::End);
    }

    fn parted(body: Value, from: Option<&str>, limit: usize) -> (usize, Option<String>, bool) {
        let address = Url::parse("http://cloud:8774/v2.1/servers/detail").unwrap();
        let mut sent = query(&[("name", "x")]);
        ask(&SERVERS, &mut sent, from, limit);
        let part = part(&SERVERS, &body, &address, &sent, limit).unwrap();
        (part.items.len(), part.next, part.astray)
    }

    #[test]
    fn a_page_says_where_the_next_one_begins() {
        let items = json!([{"id": "a"}, {"id": "b"}]);
        let href = "http://cloud:8774/v2.1/servers/detail?limit=2&marker=b";
        let linked = json!({"servers": items, "servers_links": [{"rel": "next", "href": href}]});
        assert_eq!(parted(linked, None, 2), (2, Some("b".to_owned()), false));
        assert_eq!(parted(json!({"servers": items}), Some("0"), 2), (2, Some("b".to_owned()), false));
        assert_eq!(parted(json!({"servers": items}), None, 3), (2, None, false));
        let astray = json!({"servers": items, "next": "http://cloud:8774/v2.1/servers/detail?page=2"});
        assert_eq!(parted(astray, None, 2), (2, None, true));
    }

    #[test]
    fn of_a_service_that_gives_more_than_a_page_the_rest_is_left_for_the_next() {
        let body = json!({"servers": [{"id": "a"}, {"id": "b"}, {"id": "c"}]});
        assert_eq!(parted(body, None, 2), (2, Some("b".to_owned()), false));
    }

    #[test]
    fn a_list_ends_with_an_empty_page_or_one_that_is_not_full() {
        assert_eq!(after(json!({"servers": []}), 2), Next::End);
        assert_eq!(after(json!({"servers": [{"id": "a"}]}), 2), Next::End);
        assert_eq!(after(json!({"servers": [{"id": "a"}], "next": null}), 2), Next::End);
        assert!(matches!(after(json!({"servers": [{"id": "a"}, {"id": "b"}]}), 2), Next::Page(_)));
        assert_eq!(after(json!({"servers": [{"no": "id"}], "next": "http://evil/?marker=z"}), 2), Next::Astray);
    }
}
