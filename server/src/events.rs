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
use model::{Environment, Role, WorkspaceSlug, view::Change};
use portal::{Ctx, Freshened, News};
use serde_json::json;
use std::{collections::VecDeque, convert::Infallible, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Interval, interval},
};
use tower_sessions::Session;

/// How often something is sent when nothing changes: proxies cut silent connections, and we learn that nobody listens. And
/// how often the caller's rights are looked at when nothing is heard of them: sessions and tokens expire.
const BEAT: Duration = Duration::from_secs(15);

/// The row of the stream.
pub(crate) fn rows() -> Vec<Row> {
    vec![Row::new(Method::GET, "/events", Door::Rest, Needs::Member(Role::Viewer), events)]
}

/// One open stream.
///
/// Its caller's rights are read when it opens, when they may have become less, and at each beat; not at each change, which
/// a thousand listeners of one workspace could not afford. News come in the order in which they were committed, so that
/// nothing is told that happened after the caller was out.
struct Listener {
    server: Server,
    ctx: Ctx,
    workspace: WorkspaceSlug,
    session: Option<String>,
    news: Receiver<News>,
    beat: Interval,
    /// What is to be sent next.
    waiting: VecDeque<Event>,
    /// Everything up to the change of this number was sent.
    last: i64,
    /// Something since then was missed, or the caller's rights are not known: the database did not answer.
    behind: bool,
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
    let now = server.portal.change_now();
    let news = server.portal.news(&ctx, &workspace).await?;
    let session = session.and_then(|session| session.0.id()).map(|id| id.to_string());
    let seen = headers.get("last-event-id");
    let last = seen.and_then(|seen| seen.to_str().ok()).and_then(|seen| seen.parse().ok());
    let mut listener = Listener {
        server,
        ctx,
        workspace,
        session,
        news,
        beat: interval(BEAT),
        waiting: VecDeque::new(),
        // A number from the future is none of ours.
        last: last.filter(|last| *last <= now).unwrap_or(now),
        behind: last.is_some(),
    };
    if seen.is_some() && last.is_none() {
        listener.waiting.push_back(reset());
    }
    let events = Sse::new(stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    }));
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], events).into_response())
}

impl Listener {
    /// The next event; none when the stream ends: the server stops, or the caller is out.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            tokio::select! {
                () = self.server.shutdown.cancelled() => return None,
                _ = self.beat.tick() => {
                    self.look().await?;
                    let beat = self.beat_now();
                    self.waiting.push_back(beat);
                }
                news = self.news.recv() => match news {
                    Ok(News::Changed(change)) if self.reaches(&change.workspace, change.environment) && !self.behind => {
                        self.waiting.push_back(told(&change));
                        self.last = self.last.max(change.id);
                    }
                    Ok(News::Listed(list)) if self.reaches(&list.workspace, list.environment) => {
                        // It has no number to be caught up with by later.
                        if self.behind {
                            self.look().await?;
                        }
                        if !self.behind {
                            self.waiting.push_back(listed(&list));
                        }
                    }
                    Ok(News::Changed(_) | News::Listed(_) | News::Due) => {}
                    Ok(News::Ended(user)) => {
                        if user.is_none_or(|user| self.ctx.user_id() == Some(&user)) {
                            self.look().await?;
                        }
                    }
                    Ok(News::Missed) | Err(RecvError::Lagged(_)) => {
                        self.behind = true;
                        self.look().await?;
                    }
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    fn reaches(&self, workspace: &WorkspaceSlug, environment: Environment) -> bool {
        let limits = self.ctx.token();
        *workspace == self.workspace
            && limits.is_none_or(|one| one.environments.is_empty() || one.environments.contains(&environment))
    }

    /// Looks whether the caller may go on, and catches up on what was missed; none when it is out. While the database is
    /// away nobody can tell: then nothing but beats is sent until it is back.
    async fn look(&mut self) -> Option<()> {
        let portal = &self.server.portal;
        match portal.may_still_look(&self.ctx, self.session.as_deref(), &self.workspace).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(_) => {
                self.behind = true;
                return Some(());
            }
        }
        if !self.behind {
            return Some(());
        }
        let now = portal.change_now();
        match portal.changes_since(&self.ctx, &self.workspace, self.last).await {
            Ok(Some(changes)) => {
                let reach: Vec<Event> = changes
                    .iter()
                    .filter(|change| self.reaches(&change.workspace, change.environment))
                    .map(told)
                    .collect();
                self.waiting.extend(reach);
            }
            Ok(None) => self.waiting.push_back(reset().id(now.to_string())),
            // The portal has logged the cause; the next beat tries again.
            Err(_) => return Some(()),
        }
        (self.last, self.behind) = (now, false);
        Some(())
    }

    /// A beat. Its number says that nothing was missed until now, where that is so.
    fn beat_now(&mut self) -> Event {
        if !self.behind && self.server.portal.hears() {
            self.last = self.last.max(self.server.portal.change_now());
        }
        Event::default().comment("beat").id(self.last.to_string())
    }
}

fn reset() -> Event {
    Event::default().event("reset").data("{}")
}

fn listed(list: &Freshened) -> Event {
    Event::default().event("listed").data(json!({"environment": list.environment, "kind": list.kind}).to_string())
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
