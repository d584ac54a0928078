//! Swift: an account for each project, its containers, and the objects in them.
//!
//! The bytes of objects are not in the journal: each object has a file in `simulator.objects` in the state's folder, or
//! its place in memory where there is no folder. One request carries 16 MiB at most, and a project has as many bytes as
//! [`crate::Quotas`] grant it. What expires keeps its place until the next start.
//!
//! Everything happens at once, and there is one storage policy. Left out are lists in XML, versions, symbolic links,
//! bulk uploads, the S3 interface, access by referrer (but for everybody, `.r:*`), and addresses for a range of callers.

mod access;
mod account;
mod containers;
mod copy;
mod download;
mod large;
mod listing;
mod meta;
mod objects;
mod signed;
mod upload;

use axum::http::header;
use percent_encoding::percent_decode_str;

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::store::Row;
use crate::wire;

use access::Pass;

pub(crate) const ACCOUNTS: &str = "object-accounts";
pub(crate) const CONTAINERS: &str = "object-containers";
pub(crate) const OBJECTS: &str = "objects";

/// The one storage policy.
const POLICY: &str = "Policy-0";
const JSON: &str = "application/json; charset=utf-8";

/// What a request is about.
struct Place {
    /// `AUTH_` and the project.
    account: String,
    project: String,
    container: Option<String>,
    object: Option<String>,
}

impl Place {
    /// The whole path is decoded before it is cut: an object's name may have slashes anywhere.
    fn of(path: &str) -> Option<Self> {
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let (_, rest) = path.split_once("/object-store/")?;
        let mut parts = rest.splitn(4, '/');
        if !matches!(parts.next(), Some("v1" | "v1.0")) {
            return None;
        }
        let account = parts.next().filter(|part| !part.is_empty())?.to_owned();
        let project = account.strip_prefix("AUTH_").unwrap_or_default().to_owned();
        let container = parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
        let object = parts.next().filter(|part| !part.is_empty() && container.is_some()).map(str::to_owned);
        Some(Self { account, project, container, object })
    }
}

/// The name of a request.
pub(crate) fn transaction(now: i64) -> String {
    format!("tx{}-{:010x}", &wire::hex_id()[..21], now / 1_000_000)
}

/// The page that Swift answers where it has no words of its own.
pub(crate) fn page(status: u16) -> Answer {
    let (title, words) = match status {
        202 => ("Accepted", "The request is accepted for processing."),
        401 => (
            "Unauthorized",
            "This server could not verify that you are authorized to access the document you requested.",
        ),
        403 => ("Forbidden", "Access was denied to this resource."),
        404 => ("Not Found", "The resource could not be found."),
        405 => ("Method Not Allowed", "The method is not allowed for this resource."),
        406 => ("Not Acceptable", "The resource is not available in a format acceptable to your browser."),
        409 => ("Conflict", "There was a conflict when trying to complete your request."),
        412 => ("Precondition Failed", "A precondition for this request was not met."),
        416 => ("Requested Range Not Satisfiable", "The Range requested is not available."),
        422 => ("Unprocessable Entity", "Unable to process the contained instructions"),
        429 => ("Too Many Requests", "This request was rate-limited."),
        503 => ("Service Unavailable", "The server is currently unavailable. Please try again at a later time."),
        _ => ("Internal Error", "The server has either erred or is incapable of performing the requested operation."),
    };
    words_of(status, &format!("<html><h1>{title}</h1><p>{words}</p></html>"))
}

/// An answer in Swift's own words.
fn words_of(status: u16, words: &str) -> Answer {
    Answer::html(status, words.to_owned())
}

/// As [`words_of`], where it says that they are no page.
fn plain(status: u16, words: &str) -> Answer {
    Answer::raw(status, "text/plain", words.as_bytes().to_vec())
}

pub(crate) fn unauthenticated(auth_url: &str) -> Answer {
    page(401).with(header::WWW_AUTHENTICATE, &format!("Keystone uri=\"{auth_url}\""))
}

/// What keeps bytes can fail.
fn broken(error: &std::io::Error) -> Answer {
    tracing::error!(%error, "the bytes of an object could not be kept or read");
    page(503)
}

fn container_key(project: &str, container: &str) -> String {
    format!("{project}/{container}")
}

fn object_key(project: &str, container: &str, object: &str) -> String {
    format!("{project}/{container}/{object}")
}

fn container<'c>(call: &'c Call<'_>, project: &str, name: &str) -> Result<&'c Row, Answer> {
    call.get(CONTAINERS, &container_key(project, name)).ok_or_else(|| page(404))
}

/// How many objects a container has, and of how many bytes.
fn used(call: &Call<'_>, project: &str, container: &str) -> (i64, i64) {
    call.rows(OBJECTS)
        .filter(|row| row.project == project && row.text("container") == container)
        .fold((0, 0), |(count, bytes), row| (count + 1, bytes + row.number("bytes")))
}

pub(crate) fn serve(call: &mut Call<'_>) -> Reply {
    let place = Place::of(call.raw_path).ok_or_else(|| page(404))?;
    let pass = access::admitted(call, &place)?;
    let answer = route(call, &place, &pass)?;
    Ok(signed::dressed(call, &place, &pass, answer))
}

fn route(call: &mut Call<'_>, place: &Place, pass: &Pass) -> Reply {
    let method = call.method.as_str();
    match (&place.container, &place.object) {
        (None, _) => match method {
            "GET" => account::list(call, place, pass),
            "HEAD" => Ok(account::head(call, place, pass)),
            "POST" => account::change(call, place),
            "PUT" | "DELETE" => Err(page(403)),
            _ => Err(page(405)),
        },
        (Some(name), None) => match method {
            "GET" => containers::list(call, place, name, pass),
            "HEAD" => containers::head(call, place, name, pass),
            "PUT" => containers::create(call, place, name),
            "POST" => containers::change(call, place, name),
            "DELETE" => containers::delete(call, place, name),
            _ => Err(page(405)),
        },
        (Some(name), Some(object)) => match method {
            "GET" | "HEAD" => download::get(call, &place.project, name, object, pass),
            "PUT" => upload::put(call, place, name, object, pass),
            "COPY" => copy::away(call, place, name, object, pass),
            "POST" => objects::change(call, place, name, object),
            "DELETE" => objects::delete(call, place, name, object),
            _ => Err(page(405)),
        },
    }
}
