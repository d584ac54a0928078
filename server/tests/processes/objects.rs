//! A large object up and down through a real server, which holds none of it: cut off in the middle it goes on, and what
//! comes back is what was sent.
use crate::site::{PATIENT, Server, Site};
use futures_util::{StreamExt as _, stream};
use reqwest::{Body, Method, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use simulator::Quotas;
use std::{fs, io, time::Instant};

const MIB: u64 = 1024 * 1024;
/// How much a server may need beside what it needs anyway, however large the object is.
const ROOM: u64 = 64 * MIB;
const PLACE: &str = "workspace_id=devops-team&environment_id=staging&parent=box";
const OBJECTS: &str = "storage/swift/objects/large.bin/";

/// How large the object is, in MiB: small enough for every run, as large as somebody asks.
#[expect(clippy::disallowed_methods, reason = "how long somebody wants to wait, only the environment can say")]
fn size() -> u64 {
    let asked = std::env::var("ATONIX_OBJECT_MIB").ok().and_then(|text| text.parse::<u64>().ok());
    asked.unwrap_or(200) * MIB + 12_345
}

/// The byte at a place of the object: no two parts are alike.
fn piece(from: u64, length: usize) -> Vec<u8> {
    let word = |at: u64| (at ^ (at >> 7)).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
    let (first, skip) = (from / 8, usize::try_from(from % 8).unwrap());
    let words = (length + skip).div_ceil(8);
    let all: Vec<u8> = (0..words as u64).flat_map(|at| word(first + at)).collect();
    all[skip..skip + length].to_vec()
}

const CHUNK: u64 = 256 * 1024;

/// So many bytes from a place on; with `breaks`, only half of them come.
fn bytes(from: u64, length: u64, breaks: bool) -> Body {
    let end = if breaks { length / 2 } else { length };
    let whole = stream::iter((0..end.div_ceil(CHUNK)).map(move |at| {
        let size = CHUNK.min(end - at * CHUNK);
        Ok::<_, io::Error>(piece(from + at * CHUNK, usize::try_from(size).unwrap()))
    }));
    let broken = stream::iter(breaks.then(|| Err(io::Error::other("the sender is gone"))));
    Body::wrap_stream(whole.chain(broken))
}

async fn ask(
    site: &Site,
    server: &Server,
    method: Method,
    path: &str,
    body: Option<(Body, u64)>,
) -> reqwest::Result<Response> {
    let url = format!("http://{}/api/services/{path}?{PLACE}", server.address);
    let mut request = site.client.request(method, url).header("authorization", format!("Token {}", site.token));
    if let Some((body, length)) = body {
        request = request.header("content-length", length).body(body);
    }
    request.send().await
}

async fn done(site: &Site, server: &Server, id: &str) -> Vec<u64> {
    let path = format!("{OBJECTS}uploads/{id}/");
    let answer: Value = ask(site, server, Method::GET, &path, None).await.unwrap().json().await.unwrap();
    serde_json::from_value(answer["upload"]["done"].clone()).unwrap()
}

fn memory(server: &Server, line: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find_map(|one| one.strip_prefix(line)).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn a_large_object_goes_up_and_down_through_a_server_that_holds_none_of_it() {
    let size = size();
    let site = Site::new(8, None, PATIENT).await;
    let unlimited = json!({"quotas": Quotas { object_bytes: -1, ..Quotas::default() }});
    site.cloud_call(Method::PATCH, "/simulator/settings", Some(unlimited)).await;
    let server = site.serve().await;
    let body = json!({"workspace_id": "devops-team", "environment_id": "staging", "name": "box"});
    let (status, made) =
        site.call(server.address, Method::POST, "storage/swift/containers/", Some(body)).await.unwrap();
    assert_eq!(status, StatusCode::CREATED, "{made}");

    let place = json!({"workspace_id": "devops-team", "environment_id": "staging", "parent": "box"});
    let mut begin = place.clone();
    begin["bytes"] = json!(size);
    let begun = async || {
        let path = format!("{OBJECTS}uploads/");
        let (status, body) = site.call(server.address, Method::POST, &path, Some(begin.clone())).await.unwrap();
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body["upload"].clone()
    };
    let upload = begun().await;
    let (id, part_bytes) = (upload["id"].as_str().unwrap(), upload["part_bytes"].as_u64().unwrap());
    let parts = upload["parts"].as_u64().unwrap();
    // What it needs anyway, and from now on at most.
    let before = memory(&server, "VmRSS:");
    fs::write(format!("/proc/{}/clear_refs", server.id()), "5").unwrap();

    let began = Instant::now();
    let half = parts / 2;
    let mut sent = Vec::new();
    for part in 1..=parts {
        let from = (part - 1) * part_bytes;
        let length = part_bytes.min(size - from);
        let path = format!("{OBJECTS}uploads/{id}/{part}/");
        if part == half {
            // The sender goes away in the middle of a part. What was whole is there, and nothing else.
            let cut = ask(&site, &server, Method::PUT, &path, Some((bytes(from, length, true), length))).await;
            assert!(cut.is_err() || !cut.unwrap().status().is_success());
            sent.push(part);
            assert_eq!(done(&site, &server, id).await, (1..half).collect::<Vec<_>>());
            let again = begun().await;
            assert_eq!(again["id"], upload["id"], "the same file goes on where it stopped");
        }
        let answer = ask(&site, &server, Method::PUT, &path, Some((bytes(from, length, false), length))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "part {part}");
        sent.push(part);
        // How far it is shows at any time.
        if part % 16 == 0 {
            assert_eq!(done(&site, &server, id).await.len() as u64, part);
        }
    }
    assert_eq!(sent.len() as u64, parts + 1, "one part was sent again, and only that one");
    let path = format!("{OBJECTS}uploads/{id}/");
    let (status, body) = site.call(server.address, Method::POST, &path, Some(place)).await.unwrap();
    assert_eq!((status, &body["upload"]["complete"]), (StatusCode::OK, &json!(true)), "{body}");
    let up = began.elapsed();

    let began = Instant::now();
    let answer = ask(&site, &server, Method::GET, &format!("{OBJECTS}content/"), None).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.content_length(), Some(size));
    let (mut came, mut down) = (Sha256::new(), answer.bytes_stream());
    while let Some(chunk) = down.next().await {
        came.update(chunk.unwrap());
    }
    let down = began.elapsed();
    let mut wanted = Sha256::new();
    for at in 0..size.div_ceil(CHUNK) {
        let length = CHUNK.min(size - at * CHUNK);
        wanted.update(piece(at * CHUNK, usize::try_from(length).unwrap()));
    }
    assert_eq!(came.finalize(), wanted.finalize(), "what comes back is what was sent");

    let most = memory(&server, "VmHWM:");
    let grown = most.saturating_sub(before);
    println!(
        "{} MiB in {parts} parts: up in {:.1} s, down in {:.1} s; the server needed {} MiB before and {} MiB at most",
        size / MIB,
        up.as_secs_f64(),
        down.as_secs_f64(),
        before / MIB,
        most / MIB,
    );
    assert!(grown < ROOM, "the server grew by {} MiB", grown / MIB);
}
