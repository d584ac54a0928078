//! The audit as a download: every event that fits a query, one a line, however many there are.
use crate::server::Server;
use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use futures_util::{Stream, stream};
use http::header;
use model::{AuditEvent, Error, WorkspaceSlug};
use portal::{AuditQuery, Ctx, cadf};
use serde_json::json;
use std::str::FromStr;

/// How an event is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// JSON Lines in our own words, as the API lists events.
    Jsonl,
    /// JSON Lines of CADF.
    Cadf,
}

impl FromStr for Format {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "jsonl" => Ok(Self::Jsonl),
            "cadf" => Ok(Self::Cadf),
            _ => Err("Choose jsonl or cadf.".to_owned()),
        }
    }
}

impl Format {
    /// An event as one line.
    pub(crate) fn line(self, event: &AuditEvent) -> String {
        match self {
            Self::Jsonl => json!(event).to_string(),
            Self::Cadf => cadf(event).to_string(),
        }
    }

    fn file(self, chain: &str) -> String {
        match self {
            Self::Jsonl => format!("audit-{chain}.jsonl"),
            Self::Cadf => format!("audit-{chain}.cadf.jsonl"),
        }
    }
}

/// One download under way.
struct Download {
    server: Server,
    ctx: Ctx,
    workspace: Option<WorkspaceSlug>,
    query: AuditQuery,
    format: Format,
    after: i64,
}

/// Answers with a workspace's chain, or the platform's. Read in pieces, as fast as the caller takes them; each piece is
/// asked for anew, so a member who is removed meanwhile gets no more.
///
/// # Errors
/// As [`portal::Portal::audit_piece`] says of the first piece.
pub(crate) async fn download(
    server: Server,
    ctx: Ctx,
    workspace: Option<WorkspaceSlug>,
    query: AuditQuery,
    format: Format,
) -> Result<Response, Error> {
    let name = format.file(workspace.as_ref().map_or("platform", WorkspaceSlug::as_str));
    let mut download = Download { server, ctx, workspace, query, format, after: 0 };
    let first = download.piece().await?;
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(download.lines(first))).into_response())
}

impl Download {
    async fn piece(&mut self) -> Result<String, Error> {
        let events =
            self.server.portal.audit_piece(&self.ctx, self.workspace.as_ref(), &self.query, self.after).await?;
        if let Some(last) = events.last() {
            self.after = last.number;
        }
        Ok(events.iter().map(|event| self.format.line(event) + "\n").collect())
    }

    /// A piece that cannot be read breaks the download off, so that nobody takes it for the whole.
    fn lines(self, first: String) -> impl Stream<Item = Result<String, Error>> {
        stream::try_unfold((self, Some(first)), |(mut download, first)| async {
            let piece = match first {
                Some(first) => first,
                None => download.piece().await?,
            };
            Ok((!piece.is_empty()).then_some((piece, (download, None))))
        })
    }
}
