//! Who I am, and my tokens.
use crate::{
    extract::{Body, Caller, Key, Query, Segments},
    once::{self, shown_once},
    pages::sign_in::client_of,
    problem::Result,
    routes::{Doc, Needs, Row},
    server::Server,
};
use axum::{
    Extension, Json,
    extract::{ConnectInfo, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode};
use model::{Field, RequestId, TokenId, WorkspaceSlug, view::NewToken};
use portal::Ctx;
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;

const TAG: &str = "Sign-in and tokens";

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::rest(
            Method::POST,
            "/api/services/auth/token/",
            Needs::Nobody,
            Doc::new(TAG, "sign_in", "Get a token for a user name and a password").success(&[201]).body([
                Field::text("username", "User name"),
                Field::text("password", "Password").secret(),
                Field::text("name", "What the token is for").optional(),
            ]),
            sign_in,
        ),
        Row::rest(Method::GET, "/api/services/me/", Needs::User, Doc::new(TAG, "me", "Who the caller is"), me),
        Row::rest(
            Method::GET,
            "/api/services/tokens/",
            Needs::User,
            Doc::new(TAG, "list_tokens", "The caller's tokens, or all that reach a workspace of its")
                .query(&[("workspace_id", false)]),
            tokens,
        ),
        Row::rest(
            Method::POST,
            "/api/services/tokens/",
            Needs::User,
            Doc::new(TAG, "create_token", "Make a token; it is shown this once").success(&[201]).body([
                Field::text("name", "What it is for"),
                Field::text("workspace", "Only this workspace").optional(),
                Field::text("environments", "Only these environments (a list)").optional(),
                Field::flag("read_only", "Only reads").optional(),
                Field::number("expires_in_days", "Days until it ends", 1, 365, "days").optional(),
            ]),
            issue,
        ),
        Row::rest(
            Method::DELETE,
            "/api/services/tokens/{id}/",
            Needs::User,
            Doc::new(TAG, "revoke_token", "Revoke a token").success(&[204]),
            revoke,
        ),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    username: String,
    password: String,
    name: Option<String>,
}

async fn sign_in(
    State(server): State<Server>,
    Extension(request_id): Extension<RequestId>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Key(key): Key,
    body: Body,
) -> Result<Response> {
    let text = format!("POST sign-in {}", Value::Object(body.0.clone()));
    let given: Credentials = body.read()?;
    let client = client_of(&server, peer.map(|peer| peer.0.0), &headers);
    let user = server.portal.sign_in(&given.username, &given.password, &client, &request_id).await?;
    let ctx = server.portal.ctx_for_user(&user, request_id).await?;
    let name = given.name.unwrap_or_else(|| "sign-in".to_owned());
    let issue = async |ctx: Ctx| -> Result<Response> {
        let issued = server.portal.issue_token(&ctx, NewToken { name, ..NewToken::default() }).await?;
        let body = json!({"token": issued.token, "id": issued.view.id, "expires_at": issued.view.expires_at});
        Ok((StatusCode::CREATED, shown_once(), Json(body)).into_response())
    };
    // Whose key it is shows only now: until here nobody was known.
    match key {
        None => issue(ctx).await,
        Some(key) => {
            let work = async |ctx| issue(ctx).await.unwrap_or_else(IntoResponse::into_response);
            Ok(once::once(&server, &ctx, &key, &text, work).await?)
        }
    }
}

async fn me(State(server): State<Server>, Caller(ctx): Caller) -> Result<Json<Value>> {
    Ok(Json(json!(server.portal.me(&ctx).await?)))
}

async fn tokens(State(server): State<Server>, Caller(ctx): Caller, mut query: Query) -> Result<Json<Value>> {
    let workspace = query.take("workspace_id").map(WorkspaceSlug::new);
    query.end()?;
    let tokens = match workspace {
        Some(workspace) => server.portal.workspace_tokens(&ctx, &workspace).await.map_err(super::at_place)?,
        None => server.portal.tokens(&ctx).await?,
    };
    Ok(Json(json!({"tokens": tokens})))
}

async fn issue(State(server): State<Server>, Caller(ctx): Caller, body: Body) -> Result<Response> {
    let issued = server.portal.issue_token(&ctx, body.read()?).await?;
    let body = json!({"token": issued.token, "view": issued.view});
    Ok((StatusCode::CREATED, shown_once(), Json(body)).into_response())
}

async fn revoke(State(server): State<Server>, Caller(ctx): Caller, segments: Segments) -> Result<StatusCode> {
    server.portal.revoke_token(&ctx, &TokenId::new(segments.get("id"))).await?;
    Ok(StatusCode::NO_CONTENT)
}
