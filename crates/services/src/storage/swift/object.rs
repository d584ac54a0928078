//! Objects: live, in their container. Their bytes are streams, which the portal passes through; here is what is asked for.
//!
//! A large object is put together of segments, each an object of its own under [`SEGMENTS`] in the same container, and a
//! manifest that lists them (a static large object). In the same container, so that nothing lies where nobody asked for
//! it, and so that whoever may read the one may read the other.
use crate::{Definition, Seen, clients::SWIFT};
use http::Method;
use model::{
    Column, Group, Identity, Kind,
    kind::{Show, Verb},
    objects::SEGMENTS,
};
use openstack::{Collection, Paging, Reads, Request, Told};
use serde_json::{Value, json};

/// How long the name of an object may be, in bytes; Swift's own limit.
pub const NAME_MAX: usize = 1024;

static OBJECTS: Collection = Collection {
    told: Told::Headers,
    within: Some(""),
    paging: Paging::Marker { by: "name" },
    ..Collection::new(&SWIFT, "", "")
};

/// Objects.
pub(crate) static OBJECT: Definition = Definition::new(
    Kind::live(("swift_object", "Object", "Objects"), Group::Storage, "swift", "objects")
        .about("An object is a file in a container.")
        .columns(
            const {
                &[
                    Column::new("bytes", "Size", Show::Bytes),
                    Column::new("content_type", "Type", Show::Text),
                    Column::new("last_modified", "Changed", Show::Text),
                ]
            },
        )
        .verbs(
            const { &[Verb::list("list_objects"), Verb::upload("upload_object"), Verb::download("download_object")] },
        )
        .named_by(Identity::Name)
        .within("swift_container", "", ("delete_object", "object")),
    &OBJECTS,
    read,
);

/// What of a container's objects is listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listing<'a> {
    /// With what their names begin; a folder's name with its slash.
    pub prefix: &'a str,
    /// Whether what lies in deeper folders is summed up as these.
    pub by_folder: bool,
    /// Behind which name, in Swift's order.
    pub marker: Option<&'a str>,
    /// How many at most.
    pub limit: Option<usize>,
}

/// Lists objects. See <https://docs.openstack.org/api-ref/object-store/#show-container-details-and-list-objects>.
pub fn list(container: &str, listing: Listing<'_>) -> Request {
    let mut request = OBJECTS.list_in(container);
    if !listing.prefix.is_empty() {
        request = request.query("prefix", listing.prefix);
    }
    if listing.by_folder {
        request = request.query("delimiter", "/");
    }
    if let Some(marker) = listing.marker {
        request = request.query("marker", marker);
    }
    match listing.limit {
        Some(limit) => request.query("limit", limit.to_string()),
        None => request,
    }
}

/// The folder of an upload's segments.
pub fn folder(upload: &str) -> String {
    format!("{SEGMENTS}{upload}/")
}

/// Lists the segments of an upload; all of them, because there are never more than a page holds.
pub fn segments(container: &str, upload: &str) -> Request {
    list(container, Listing { prefix: &folder(upload), ..Listing::default() })
}

/// The name of a segment, counted from 1. They sort as they are counted.
pub fn segment(upload: &str, part: u32) -> String {
    format!("{}{part:06}", folder(upload))
}

/// A request about an object. The folders of its name are segments of the path, as everywhere; where one of them is
/// empty or dots, the slashes are escaped instead, so that nothing on the way resolves it.
pub fn about(method: Method, container: &str, object: &str) -> Request {
    let plain = object.split('/').all(|part| !matches!(part, "" | "." | ".."));
    let mut request = Request::new(&SWIFT, method, [container]).reads(Reads::Headers);
    match plain {
        true => request.path.extend(object.split('/').map(|part| part.to_owned().into())),
        false => request.path.push(object.to_owned().into()),
    }
    request
}

/// What to send the bytes of an object with. `fresh` refuses to take the place of one that is there.
pub fn put(container: &str, object: &str, content_type: Option<&str>, fresh: bool) -> Request {
    let mut request = about(Method::PUT, container, object).expect(&[201]);
    if let Some(kind) = content_type {
        request = request.header("content-type", kind);
    }
    if fresh { request.header("if-none-match", "*") } else { request }
}

/// What makes one object of segments: each with its checksum and its size in bytes, which Swift holds against what it has.
/// See <https://docs.openstack.org/swift/latest/overview_large_objects.html>.
pub fn manifest(
    container: &str,
    object: &str,
    content_type: Option<&str>,
    fresh: bool,
    segments: &[(String, String, i64)],
) -> Request {
    let one = |(name, etag, bytes): &(String, String, i64)| json!({ "path": format!("/{container}/{name}"), "etag": etag, "size_bytes": bytes });
    let mut request = put(container, object, content_type, fresh).query("multipart-manifest", "put");
    let said = request.headers.iter().any(|(name, _)| name == "content-type");
    request = request.json(Value::Array(segments.iter().map(one).collect()));
    // A manifest is JSON; what it stands for is not.
    if said { request } else { request.header("content-type", "application/octet-stream") }
}

/// What to read the bytes of an object with, or a part of them (RFC 9110, 14.2).
pub fn download(container: &str, object: &str, range: Option<&str>) -> Request {
    let request = about(Method::GET, container, object).expect(&[200, 206]);
    match range {
        Some(range) => request.header("range", range),
        None => request,
    }
}

/// One of a list, a folder of a list, or the headers of one.
fn read(value: &Value) -> Option<Seen> {
    if let Some(folder) = value.get("subdir") {
        let folder = folder.as_str()?;
        return Some(Seen::new(folder, folder, None).with("folder", true));
    }
    let name = value.get("name")?.as_str()?;
    let text = |listed: &str, header: &str| {
        value.get(listed).or_else(|| value.get(header)).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let bytes = match value.get("bytes") {
        Some(bytes) => bytes.as_i64(),
        None => value.get("content-length").and_then(Value::as_str).and_then(|bytes| bytes.parse().ok()),
    };
    let etag = text("hash", "etag");
    let seen = Seen::new(name, name, None)
        .with("bytes", bytes)
        .with("content_type", text("content_type", "content-type"))
        .with("last_modified", text("last_modified", "last-modified"))
        .with("etag", etag.trim_matches('"'));
    Some(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_a_path_stays_below_its_container() {
        let path = |object: &str| about(Method::GET, "box", object).encoded_path();
        assert_eq!(path("a b/c?.txt"), "box/a%20b/c%3F.txt");
        assert_eq!(path("../other/x"), "box/..%2Fother%2Fx");
        assert_eq!(path("a//b/"), "box/a%2F%2Fb%2F");
    }

    #[test]
    fn segments_sort_as_they_are_counted() {
        assert!(segment("u", 9) < segment("u", 10) && segment("u", 999) < segment("u", 1000));
    }
}
