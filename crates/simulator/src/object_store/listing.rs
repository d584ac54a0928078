//! Lists: in the order of their names' bytes, a page of them, and what begins the same as one.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Value, json};

use super::{JSON, page, words_of};
use crate::answer::Answer;
use crate::call::Call;

/// The longest page.
const MOST: usize = 10_000;

/// The type in which a list is answered.
pub(super) fn kind(call: &Call<'_>) -> Result<&'static str, Answer> {
    const PLAIN: &str = "text/plain; charset=utf-8";
    match call.param("format").map(str::to_ascii_lowercase).as_deref() {
        Some("json") => Ok(JSON),
        Some("xml") => Err(page(406)),
        Some(_) => Ok(PLAIN),
        None if call.header("accept").is_some_and(|accept| accept.contains("application/json")) => Ok(JSON),
        None => Ok(PLAIN),
    }
}

/// Cuts the page out of all names that the query asks for; what is rolled up stands as `subdir`.
pub(super) fn cut(call: &Call<'_>, mut all: Vec<(String, Value)>) -> Result<Vec<Value>, Answer> {
    let param = |name: &str| call.param(name).unwrap_or_default();
    let limit = match param("limit").parse::<usize>() {
        Ok(limit) if limit > MOST => return Err(words_of(412, &format!("Maximum limit is {MOST}"))),
        Ok(limit) => limit,
        // What is no number counts as none.
        Err(_) => MOST,
    };
    let (marker, end, prefix, delimiter) = (param("marker"), param("end_marker"), param("prefix"), param("delimiter"));
    let backwards = ["true", "1", "yes", "on", "t", "y"].contains(&param("reverse").to_ascii_lowercase().as_str());
    all.sort_by(|(one, _), (other, _)| if backwards { other.cmp(one) } else { one.cmp(other) });
    let behind = |name: &str, mark: &str| if backwards { name < mark } else { name > mark };
    let mut items = Vec::new();
    let mut last = None;
    for (name, item) in all {
        if items.len() == limit {
            break;
        }
        if !name.starts_with(prefix)
            || (!marker.is_empty() && !behind(&name, marker))
            || (!end.is_empty() && !behind(end, &name))
        {
            continue;
        }
        let rest = &name[prefix.len()..];
        match rest.find(delimiter).filter(|_| !delimiter.is_empty()) {
            None => items.push(item),
            Some(at) => {
                let folder = &name[..prefix.len() + at + delimiter.len()];
                // One that the last page ended with is not named again.
                if folder != marker && last.as_deref() != Some(folder) {
                    items.push(json!({"subdir": folder}));
                    last = Some(folder.to_owned());
                }
            }
        }
    }
    Ok(items)
}

/// JSON with the blanks that Swift writes into it, and in ASCII: the length of an answer is the recorded one.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        text.encode_utf16().try_for_each(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => writer.write_all(&[byte]),
            _ => write!(writer, "\\u{unit:04x}"),
        })
    }
}

/// A document as Swift writes it.
pub(super) fn json_text(value: &Value) -> Vec<u8> {
    let mut text = Vec::new();
    match value.serialize(&mut Serializer::with_formatter(&mut text, Spaced)) {
        Ok(()) => text,
        // Into memory nothing fails to be written.
        Err(_) => Vec::new(),
    }
}

/// A list as it was asked for.
pub(super) fn answer(kind: &str, items: &[Value]) -> Answer {
    if kind == JSON {
        return Answer::raw(200, kind, json_text(&json!(items)));
    }
    let name = |item: &Value| item["name"].as_str().or(item["subdir"].as_str()).unwrap_or_default().to_owned() + "\n";
    let text: String = items.iter().map(name).collect();
    Answer::raw(if text.is_empty() { 204 } else { 200 }, kind, text.into_bytes())
}
