//! The gate before each route: it finds out who asks, and turns away who may not come in, before a body is read.
use crate::{
    problem::Problem,
    routes::{Doc, Door, Needs},
    server::Server,
    session,
};
use axum::{
    Json,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, header};
use model::{Environment, Error, Fields, RequestId, WorkspaceSlug, view::Me};
use portal::{Actor, Ctx};
use serde_json::json;
use std::time::Duration;
use tower_sessions::Session;

/// The longest that a handler may take before its answer begins. A create of several parts waits for the cloud.
const PATIENCE: Duration = Duration::from_secs(120);

/// A gate for one row of the table.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) server: Server,
    pub(crate) door: Door,
    pub(crate) needs: Needs,
    /// The row's path.
    pub(crate) path: String,
    /// Whether bytes pass through for as long as they come.
    pub(crate) streams: bool,
    /// What the documentation says of a REST route: other parameters than those it names are refused.
    pub(crate) doc: Option<Doc>,
}

/// Lets the request through with its caller in its extensions, or answers for the handler.
pub(crate) async fn gate(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let passed = match gate.door {
        Door::Asset => Ok((request, None)),
        Door::Rest => gate.rest(request).await.map(|request| (request, None)),
        Door::Rpc => gate.rpc(request).await.map(|request| (request, None)),
        Door::Page => gate.page(request).await,
    };
    let (request, status) = match passed {
        Ok(passed) => passed,
        Err(refusal) => return *refusal,
    };
    let patience = if gate.streams { Duration::MAX } else { PATIENCE };
    let Ok(mut response) = tokio::time::timeout(patience, next.run(request)).await else {
        return gate.refuse(Error::Unavailable { what: "The portal".to_owned(), retry_after: 5 });
    };
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    response
}

/// A refusal as scripts of pages read it.
pub(crate) fn refuse_rpc(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(json!({"error": error, "request_id": null}))).into_response()
}

type Passed<T> = Result<T, Box<Response>>;

impl Gate {
    fn refuse(&self, error: Error) -> Response {
        match self.door {
            Door::Rest | Door::Asset => Problem::from(error).into_response(),
            Door::Rpc => refuse_rpc(&error),
            Door::Page => crate::pages::failure(&error),
        }
    }

    async fn rest(&self, mut request: Request) -> Passed<Request> {
        if self.needs == Needs::Nobody {
            return self.known_parameters(request);
        }
        let found = match token(request.headers()) {
            Some(Ok(token)) => {
                let (token, id) = (token.to_owned(), request_id(&request));
                self.server.portal.ctx_for_token(&token, id).await.map(Some)
            }
            Some(Err(())) => Ok(None),
            None => self.by_session(Visitor::of(&request)).await,
        };
        match found.and_then(|ctx| ctx.ok_or(Error::Unauthenticated)) {
            // Here too, so that the body of somebody who is no administrator is not even read.
            Ok(ctx) if self.needs == Needs::Staff && !is_staff(&ctx) => {
                Err(Box::new(self.refuse(Error::not_found("page"))))
            }
            Ok(ctx) => {
                request.extensions_mut().insert(ctx);
                self.known_parameters(request)
            }
            Err(error) => Err(Box::new(self.refuse(error))),
        }
    }

    /// Refuses a query with what the route does not know: a place in the query of a request whose body names another one
    /// would otherwise be passed over in silence.
    fn known_parameters(&self, request: Request) -> Passed<Request> {
        let Some(doc) = &self.doc else { return Ok(request) };
        let mut unknown = Fields::new();
        for (name, _) in url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
            if !doc.query.iter().any(|(known, _)| *known == name) {
                let sentence = match doc.body.iter().any(|field| field.name == name) {
                    true => "This belongs into the body.",
                    false => "There is no such parameter.",
                };
                unknown.insert(name.into_owned(), vec![sentence.to_owned()]);
            }
        }
        match unknown.is_empty() {
            true => Ok(request),
            false => Err(Box::new(self.refuse(Error::Invalid { fields: unknown }))),
        }
    }

    async fn rpc(&self, mut request: Request) -> Passed<Request> {
        match self.by_session(Visitor::of(&request)).await {
            Ok(Some(ctx)) => {
                request.extensions_mut().insert(ctx);
                Ok(request)
            }
            Ok(None) if self.needs == Needs::Nobody => Ok(request),
            // A form that was posted without JavaScript.
            Ok(None) if wants_html(request.headers()) => Err(Box::new(see_other("/sign-in"))),
            Ok(None) => Err(Box::new(self.refuse(Error::Unauthenticated))),
            Err(error) => Err(Box::new(self.refuse(error))),
        }
    }

    /// Pages get their caller and what it may see before they are rendered, because a page's status is sent first.
    async fn page(&self, mut request: Request) -> Passed<(Request, Option<StatusCode>)> {
        let refuse = |error| Box::new(self.refuse(error));
        let Some(ctx) = self.by_session(Visitor::of(&request)).await.map_err(refuse)? else {
            return match self.needs {
                Needs::Nobody => Ok((request, None)),
                _ => Err(Box::new(see_other(&sign_in_for(&request)))),
            };
        };
        let me = self.server.portal.me(&ctx).await.map_err(refuse)?;
        let path = request.uri().path().to_owned();
        let status = match self.sees(&ctx, &me, &path).await.map_err(refuse)? {
            true => None,
            // The page still renders: every question it asks is answered with the same "no such".
            false => Some(StatusCode::NOT_FOUND),
        };
        request.extensions_mut().insert(ctx);
        request.extensions_mut().insert(me);
        Ok((request, status))
    }

    async fn by_session(&self, visitor: Visitor) -> model::Result<Option<Ctx>> {
        let Some(session) = visitor.session else { return Ok(None) };
        let lifetime = self.server.config.timings.session;
        session::caller(&self.server.portal, &session, lifetime, &visitor.request_id).await
    }

    /// Whether there is such a page for this caller.
    async fn sees(&self, ctx: &Ctx, me: &Me, path: &str) -> model::Result<bool> {
        if self.needs == Needs::Staff && !me.staff {
            return Ok(false);
        }
        let part = |name: &str| segment(&self.path, path, name);
        let Some(workspace) = part("{workspace}") else { return Ok(true) };
        let environment = part("{environment}");
        let word = environment.map(str::parse::<Environment>);
        let Some(environment) = word.transpose().ok() else { return Ok(false) };
        let slug = WorkspaceSlug::new(workspace);
        if let Some(workspace) = me.workspaces.iter().find(|one| one.workspace_id == slug) {
            let bound = |wanted| workspace.environments.iter().any(|one| one.environment == wanted);
            return Ok(environment.is_none_or(bound));
        }
        if !me.staff {
            return Ok(false);
        }
        match self.server.portal.workspace_detail(ctx, &slug).await {
            Ok(detail) => Ok(environment.is_none_or(|wanted| {
                detail.bindings.iter().any(|binding| binding.environment == wanted && !binding.retired)
            })),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

const fn is_staff(ctx: &Ctx) -> bool {
    matches!(ctx.actor, Actor::User { staff: true, .. })
}

/// What is taken from a request before anybody is asked about it: a request itself cannot be held while waiting.
struct Visitor {
    session: Option<Session>,
    request_id: RequestId,
}

impl Visitor {
    fn of(request: &Request) -> Self {
        Self { session: request.extensions().get().cloned(), request_id: request_id(request) }
    }
}

/// The request's id, which the envelope has put there.
pub(crate) fn request_id(request: &Request) -> RequestId {
    request.extensions().get().cloned().unwrap_or_else(Ctx::new_request_id)
}

/// The part of a path at which the pattern has `name`.
fn segment<'a>(pattern: &str, path: &'a str, name: &str) -> Option<&'a str> {
    let at = pattern.split('/').position(|part| part == name)?;
    path.split('/').nth(at)
}

/// The token of `Authorization: Token …` or `Bearer …`; an error when the header holds anything else.
pub(crate) fn token(headers: &HeaderMap) -> Option<Result<&str, ()>> {
    let value = headers.get(header::AUTHORIZATION)?;
    let text = value.to_str().ok().and_then(|text| text.trim().split_once(' '));
    Some(match text {
        Some((scheme, token)) if ["token", "bearer"].contains(&scheme.to_ascii_lowercase().as_str()) => {
            Ok(token.trim())
        }
        _ => Err(()),
    })
}

/// Whether a browser shows the answer, rather than a script reading it.
pub(crate) fn wants_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("text/html"))
}

/// Where to sign in, and to come back from there. What a form sent is lost on the way: only pages are come back to.
fn sign_in_for(request: &Request) -> String {
    match request.uri().path_and_query() {
        Some(here) if request.method() == Method::GET && here.as_str() != "/" => {
            let next: String = url::form_urlencoded::byte_serialize(here.as_str().as_bytes()).collect();
            format!("/sign-in?next={next}")
        }
        _ => "/sign-in".to_owned(),
    }
}

/// 303 to a path of ours.
pub(crate) fn see_other(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.to_owned())]).into_response()
}
