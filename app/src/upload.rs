//! Sending files from a page: small ones in one piece, large ones in parts, each with its progress. What was begun goes on
//! where it stopped when the same file is chosen again.
use crate::{ask::read, failure::Failure, parts::pager::escape};
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
    web_sys::js_sys::{Function, Promise},
};
use model::{
    Error, Place,
    objects::{PART_BYTES, Upload, part_size},
};
use serde::{Deserialize, de::DeserializeOwned};
use std::{rc::Rc, time::Duration};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, ProgressEvent, XmlHttpRequest};

/// How often a part is sent, when the connection breaks.
const ATTEMPTS: u32 = 5;

/// A container, as requests name it.
#[derive(Clone)]
pub struct Target {
    /// Where it is.
    pub place: Place,
    /// The id of its row.
    pub container: String,
}

impl Target {
    /// The address of something about an object.
    pub fn address(&self, object: &str, what: &str) -> String {
        let Place { workspace, environment } = &self.place;
        format!(
            "/api/services/storage/swift/objects/{}/{what}?workspace_id={}&environment_id={environment}&parent={}",
            escape(object),
            escape(workspace.as_str()),
            escape(&self.container)
        )
    }

    /// A body that says where, with more.
    fn body(&self, more: &[(&str, serde_json::Value)]) -> JsValue {
        let Place { workspace, environment } = &self.place;
        let mut body = serde_json::json!({
            "workspace_id": workspace, "environment_id": environment, "parent": self.container,
        });
        for (name, value) in more {
            body[*name] = value.clone();
        }
        JsValue::from_str(&body.to_string())
    }

    /// The address of the same without a query, for what has its place in the body.
    fn bare(&self, object: &str, what: &str) -> String {
        format!("/api/services/storage/swift/objects/{}/{what}", escape(object))
    }
}

/// What is told while a file is sent, and whether to go on.
#[derive(Clone, Copy)]
pub struct Watch {
    /// How many bytes are there.
    pub sent: RwSignal<i64>,
    /// Whether it was stopped.
    pub stopped: RwSignal<bool>,
}

#[derive(Deserialize)]
struct Answered {
    upload: Upload,
}

/// Sends a file.
///
/// # Errors
/// What the portal says; 409 when an object is there already and `overwrite` is not said.
pub async fn send(target: &Target, object: &str, file: &File, overwrite: bool, watch: Watch) -> Result<(), Failure> {
    #[expect(clippy::cast_possible_truncation, reason = "no file has more bytes than a double counts exactly")]
    let bytes = file.size() as i64;
    let kind = Some(file.type_()).filter(|kind| !kind.is_empty());
    if bytes <= PART_BYTES {
        let url = format!("{}&overwrite={overwrite}", target.address(object, "content/"));
        let kind = kind.as_deref().unwrap_or("application/octet-stream");
        transfer("PUT", &url, Some((kind, file.as_ref())), Rc::new(move |sent| watch.sent.set(sent)), watch).await?;
        return Ok(());
    }
    // One that was changed meanwhile is another file, though it may be as long.
    let fingerprint = file.last_modified().to_string();
    let mut more = vec![("bytes", bytes.into()), ("overwrite", overwrite.into()), ("fingerprint", fingerprint.into())];
    more.extend(kind.map(|kind| ("content_type", kind.into())));
    let begun: Answered = json("POST", &target.bare(object, "uploads/"), target.body(&more), watch).await?;
    let upload = begun.upload;
    let mut sent: i64 = upload.done.iter().map(|part| part_size(bytes, upload.part_bytes, *part)).sum();
    watch.sent.set(sent);
    for part in (1..=upload.parts).filter(|part| !upload.done.contains(part)) {
        let size = part_size(bytes, upload.part_bytes, part);
        let from = i64::from(part - 1) * upload.part_bytes;
        #[expect(clippy::cast_precision_loss, reason = "no file has more bytes than a double counts exactly")]
        let slice = file.slice_with_f64_and_f64(from as f64, (from + size) as f64);
        let slice: Blob = slice.map_err(|_| away())?;
        let url = target.address(object, &format!("uploads/{}/{part}/", upload.id));
        let before = sent;
        let mut attempt = 1;
        loop {
            let tell = Rc::new(move |of_part: i64| watch.sent.set(before + of_part));
            let done = transfer("PUT", &url, Some(("application/octet-stream", slice.as_ref())), tell, watch).await;
            match done {
                Err(failure)
                    if failure.error.status() >= 500 && attempt < ATTEMPTS && !watch.stopped.get_untracked() =>
                {
                    pause(Duration::from_secs(1 << attempt)).await;
                    attempt += 1;
                }
                done => {
                    done?;
                    break;
                }
            }
        }
        sent += size;
        watch.sent.set(sent);
    }
    let url = target.bare(object, &format!("uploads/{}/", upload.id));
    let _: Answered = json("POST", &url, target.body(&[]), watch).await?;
    Ok(())
}

fn away() -> Failure {
    Error::Unavailable { what: "The portal".to_owned(), retry_after: 5 }.into()
}

async fn pause(time: Duration) {
    let waiting = Promise::new(&mut |resolve: Function, _| {
        set_timeout(move || drop(resolve.call0(&JsValue::NULL)), time);
    });
    JsFuture::from(waiting).await.ok();
}

async fn json<T: DeserializeOwned>(method: &str, url: &str, body: JsValue, watch: Watch) -> Result<T, Failure> {
    read(&transfer(method, url, Some(("application/json", &body)), Rc::new(|_| {}), watch).await?)
}

/// What a problem of the API says.
#[derive(Deserialize)]
struct Problem {
    detail: String,
    #[serde(default)]
    errors: model::Fields,
}

fn refused(status: u16, text: &str) -> Failure {
    let Ok(Problem { detail, errors }) = serde_json::from_str(text) else { return away() };
    match status {
        409 => Error::Conflict { why: detail }.into(),
        500.. => away(),
        _ if !errors.is_empty() => Error::Invalid { fields: errors }.into(),
        _ => Error::Refused { detail }.into(),
    }
}

/// One request, with the progress of its body. It ends when it is answered, broken, or stopped.
async fn transfer(
    method: &str,
    url: &str,
    body: Option<(&str, &JsValue)>,
    tell: Rc<dyn Fn(i64)>,
    watch: Watch,
) -> Result<String, Failure> {
    if watch.stopped.get_untracked() {
        return Err(away());
    }
    let request = XmlHttpRequest::new().map_err(|_| away())?;
    request.open(method, url).map_err(|_| away())?;
    request.set_request_header("accept", "application/json").map_err(|_| away())?;
    if let Some((kind, _)) = body {
        request.set_request_header("content-type", kind).map_err(|_| away())?;
    }
    #[expect(clippy::cast_possible_truncation, reason = "no body has more bytes than a double counts exactly")]
    let moved = {
        let request = request.clone();
        move |event: ProgressEvent| match watch.stopped.get_untracked() {
            true => drop(request.abort()),
            false => tell(event.loaded() as i64),
        }
    };
    let progress = Closure::<dyn Fn(ProgressEvent)>::new(moved);
    let of_body = request.upload().map_err(|_| away())?;
    of_body.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    let ended = Promise::new(&mut |resolve: Function, _| {
        request.set_onloadend(Some(&resolve));
    });
    let sent = match body {
        Some((_, body)) => match body.as_string() {
            Some(text) => request.send_with_opt_str(Some(&text)),
            None => match body.dyn_ref::<Blob>() {
                Some(blob) => request.send_with_opt_blob(Some(blob)),
                None => request.send(),
            },
        },
        None => request.send(),
    };
    sent.map_err(|_| away())?;
    JsFuture::from(ended).await.map_err(|_| away())?;
    let status = request.status().unwrap_or_default();
    let text = request.response_text().ok().flatten().unwrap_or_default();
    match status {
        200..300 => Ok(text),
        // It broke, or was stopped.
        0 => Err(away()),
        status => Err(refused(status, &text)),
    }
}
