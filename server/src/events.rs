//! What changes, as it changes: one stream of events for each browser.
use crate::{
    extract::{Caller, Query},
    problem,
    routes::{Door, Needs, Row},
    server::Server,
};
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response, Sse, sse::Event},
};
use futures_util::stream;
use http::{HeaderMap, HeaderName, Method};
use model::{Role, WorkspaceSlug, view::Change};
use portal::{Ctx, News};
use serde_json::json;
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Interval, interval},
};
use tower_sessions::Session;

/// How often something is sent when nothing changes: proxies cut silent connections, and we learn that nobody listens.
const BEAT: Duration = Duration::from_secs(15);

/// The row of the stream.
pub(crate) fn rows() -> Vec<Row> {
    vec![Row::new(Method::GET, "/events", Door::Rest, Needs::Member(Role::Viewer), events)]
}

/// One open stream.
struct Listener {
    server: Server,
    ctx: Ctx,
    workspace: WorkspaceSlug,
    session: Option<String>,
    news: Receiver<News>,
    beat: Interval,
    /// What was missed: the page asks for everything anew.
    reset: bool,
}

async fn events(
    State(server): State<Server>,
    Caller(ctx): Caller,
    session: Option<Extension<Session>>,
    headers: HeaderMap,
    mut query: Query,
) -> problem::Result<Response> {
    let workspace = query.take("workspace").map(WorkspaceSlug::new);
    let workspace = workspace.ok_or_else(|| model::Error::invalid("workspace", "This parameter is required."))?;
    query.end()?;
    let news = server.portal.news(&ctx, &workspace).await?;
    let session = session.and_then(|session| session.0.id()).map(|id| id.to_string());
    // Who comes back has missed what happened meanwhile.
    let reset = headers.contains_key("last-event-id");
    let listener = Listener { server, ctx, workspace, session, news, beat: interval(BEAT), reset };
    let events = Sse::new(stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    }));
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], events).into_response())
}

impl Listener {
    /// The next event; none when the stream ends: the server stops, or the caller is out.
    async fn next(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.reset) {
            return Some(reset());
        }
        loop {
            let event = tokio::select! {
                () = self.server.shutdown.cancelled() => return None,
                _ = self.beat.tick() => Some(Event::default().comment("beat")),
                news = self.news.recv() => match news {
                    Ok(News::Changed(change)) if self.reaches(&change) => Some(told(&change)),
                    Ok(News::Changed(_)) => None,
                    Ok(News::Ended(user)) => {
                        let concerns = user.is_none_or(|user| self.ctx.user_id() == Some(&user));
                        if concerns && !self.still_in().await {
                            return None;
                        }
                        None
                    }
                    Err(RecvError::Lagged(_)) => Some(reset()),
                    Err(RecvError::Closed) => return None,
                },
            };
            if let Some(event) = event {
                return self.still_in().await.then_some(event);
            }
        }
    }

    fn reaches(&self, change: &Change) -> bool {
        let limits = self.ctx.token();
        change.workspace == self.workspace
            && limits.is_none_or(|one| one.environments.is_empty() || one.environments.contains(&change.environment))
    }

    /// Whether the caller is still signed in, or its token still holds, and it is still a member. When the database is
    /// away, nobody can tell: the stream ends, and the browser comes back.
    async fn still_in(&self) -> bool {
        let signed_in = match &self.session {
            Some(id) if self.ctx.token().is_none() => {
                matches!(self.server.portal.session_load(id).await, Ok(Some(_)))
            }
            _ => true,
        };
        signed_in && self.server.portal.may_still_look(&self.ctx, &self.workspace).await
    }
}

fn reset() -> Event {
    Event::default().event("reset").data("{}")
}

fn told(change: &Change) -> Event {
    let data = json!({
        "id": change.id,
        "environment": change.environment,
        "resource": change.resource,
        "kind": change.kind,
        "state": change.state,
    });
    Event::default().id(change.id.to_string()).data(data.to_string())
}
