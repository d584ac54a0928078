//! The built site: scripts, styles and pictures. Embedded in a release; read from the disk by a debug build.
use crate::{
    problem::Problem,
    routes::{Door, Needs, Row},
    server::Server,
};
use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use leptos::{WasmSplitManifest, prelude::ArcStoredValue};
use rust_embed::{Embed, EmbeddedFile};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

#[derive(Embed)]
#[folder = "$ATONIX_SITE"]
struct Files;

/// The folder of scripts and styles, in the site and in addresses.
const PKG: &str = "pkg";

/// What is known of the site.
#[derive(Clone, Debug)]
pub struct Site {
    /// A hash over the folder `pkg`: it stands in the addresses of what is in there, so that those may be kept for ever.
    hash: String,
    watched: bool,
}

impl Site {
    /// Looks at the site once. A `watched` one is rebuilt under us, so that nothing of it may be kept.
    pub fn load(watched: bool) -> Self {
        let mut digest = Sha256::new();
        let mut names: Vec<_> = Files::iter().filter(|name| name.starts_with("pkg/")).collect();
        names.sort_unstable();
        for file in names.iter().filter_map(|name| Files::get(name)) {
            digest.update(file.metadata.sha256_hash());
        }
        let hash = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { hash, watched }
    }

    /// The folder that pages name: `pkg/<hash>`.
    pub fn pkg_dir(&self) -> String {
        if self.watched { PKG.to_owned() } else { format!("{PKG}/{}", self.hash) }
    }

    /// Which files hold the code of each lazy page, so that the page can name them and the browser need not ask for the
    /// first to learn of the next. `None` when the site was built in one piece.
    pub fn lazy_files(&self) -> Option<WasmSplitManifest> {
        let file = Files::get(&format!("{PKG}/__wasm_split_manifest.json"))?;
        let pages = serde_json::from_slice(&file.data).ok()?;
        let loader = "__wasm_split.______________________.js".to_owned();
        Some(WasmSplitManifest(ArcStoredValue::new((format!("/{}", self.pkg_dir()), pages, loader))))
    }
}

/// The rows of the site's files: `/pkg/…`, and each file at the top.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![Row::new(Method::GET, "/pkg/{*file}", Door::Asset, Needs::Nobody, packaged)];
    let top = Files::iter().filter(|name| !name.starts_with("pkg/") && !is_variant(name) && name.is_ascii());
    for name in top.filter(|name| !name.contains(['{', '}', '*'])) {
        let path = format!("/{name}");
        rows.push(Row::new(Method::GET, path, Door::Asset, Needs::Nobody, move |headers: HeaderMap| async move {
            answer(&name, "no-cache", &headers)
        }));
    }
    rows
}

/// A file compressed beforehand stands beside the file itself and has no address of its own.
fn is_variant(name: &str) -> bool {
    [".br", ".gz"].iter().any(|ending| name.strip_suffix(ending).is_some_and(|file| Files::get(file).is_some()))
}

async fn packaged(State(server): State<Server>, uri: Uri, headers: HeaderMap) -> Response {
    // A page names the file as wasm-bindgen does, unless cargo-leptos built the server too.
    let path = uri.path().replace("_bg.wasm", ".wasm");
    let file = path.trim_start_matches("/pkg/");
    match file.split_once('/') {
        Some((hash, file)) if hash == server.site.hash && !server.config.watched => {
            answer(&format!("{PKG}/{file}"), "public, max-age=31536000, immutable", &headers)
        }
        _ => answer(&format!("{PKG}/{file}"), "no-cache", &headers),
    }
}

fn answer(name: &str, cache: &'static str, headers: &HeaderMap) -> Response {
    let Some((file, encoding)) = best(name, headers) else { return Problem::no_such_address().into_response() };
    let hash: String = file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{hash}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = match known.is_some_and(|known| known.split(',').any(|one| one.trim() == etag)) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(into_bytes(file.data)).into_response(),
    };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(value) = HeaderValue::from_str(&etag) {
        out.insert(header::ETAG, value);
    }
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The file, compressed beforehand where that is there and the client takes it.
fn best(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let takes = |encoding: &str| {
        let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|one| {
            let (word, weight) = one.split_once(';').unwrap_or((one, ""));
            word.trim().eq_ignore_ascii_case(encoding)
                && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
    };
    for (ending, encoding) in [("br", "br"), ("gz", "gzip")] {
        if takes(encoding)
            && let Some(file) = Files::get(&format!("{name}.{ending}"))
        {
            return Some((file, Some(encoding)));
        }
    }
    Some((Files::get(name)?, None))
}

fn into_bytes(data: Cow<'static, [u8]>) -> axum::body::Bytes {
    match data {
        Cow::Borrowed(data) => axum::body::Bytes::from_static(data),
        Cow::Owned(data) => data.into(),
    }
}

/// By the ending; what is not known here is not a part of a site of ours.
fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "png" => "image/png",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "json" | "map" | "webmanifest" => "application/json",
        _ => "application/octet-stream",
    }
}
