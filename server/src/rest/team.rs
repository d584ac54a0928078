//! A workspace's people and its audit: for its members, and its owners.
use super::at_place;
use crate::{
    export::{self, Format},
    extract::{Body, Caller, Query, Segments},
    problem::Result,
    routes::{Doc, Needs, Row},
    server::Server,
};
use axum::{Json, extract::State, response::Response};
use http::{Method, StatusCode};
use model::{AuditEvent, AuditOutcome, Environment, Error, Field, Role, UserId, WorkspaceSlug, view::Page};
use portal::AuditQuery;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const TAG: &str = "Workspaces";
const ONE: &str = "/api/services/workspaces/{workspace}/";
const MEMBERS: &str = "/api/services/workspaces/{workspace}/members/";
const MEMBER: &str = "/api/services/workspaces/{workspace}/members/{user}/";

/// Parameters of a route's documentation: name, and whether it is required.
type Parameters<const N: usize> = [(&'static str, bool); N];
/// What an audit is filtered by; see [`filters`].
pub(super) const FILTERS: Parameters<6> =
    [("actor", false), ("action", false), ("target", false), ("outcome", false), ("since", false), ("until", false)];
/// How it is paged.
pub(super) const PAGED: Parameters<2> = [("limit", false), ("cursor", false)];
/// How it is written as a download.
pub(super) const WRITTEN: Parameters<1> = [("format", false)];
/// Whose it is.
const OF_A_TEAM: Parameters<2> = [("workspace_id", true), ("environment_id", false)];

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::rest(
            Method::GET,
            ONE,
            Needs::Member(Role::Viewer),
            Doc::new(TAG, "get_workspace", "A workspace with its members and bindings"),
            workspace,
        ),
        Row::rest(
            Method::POST,
            MEMBERS,
            Needs::Member(Role::Owner),
            Doc::new(TAG, "add_member", "Take a user into the workspace")
                .body([Field::text("username", "User name"), Field::text("role", "viewer, operator or owner")])
                .success(&[204]),
            add,
        ),
        Row::rest(
            Method::PUT,
            MEMBER,
            Needs::Member(Role::Owner),
            Doc::new(TAG, "set_member_role", "Give a member another role")
                .body([Field::text("role", "viewer, operator or owner")])
                .success(&[204]),
            set_role,
        ),
        Row::rest(
            Method::DELETE,
            MEMBER,
            Needs::Member(Role::Owner),
            Doc::new(TAG, "remove_member", "Take a member out of the workspace").success(&[204]),
            remove,
        ),
        Row::rest(
            Method::GET,
            "/api/services/audit/",
            Needs::Member(Role::Viewer),
            Doc::new(TAG, "list_audit_events", "What happened in a workspace, newest first")
                .query(&[&OF_A_TEAM[..], &FILTERS, &PAGED].concat()),
            audit,
        ),
        Row::rest(
            Method::GET,
            "/api/services/audit/export/",
            Needs::Member(Role::Viewer),
            Doc::new(TAG, "export_audit_events", "All events of a workspace, oldest first, as JSON Lines or CADF")
                .query(&[&OF_A_TEAM[..], &FILTERS, &WRITTEN].concat()),
            export,
        ),
    ]
}

fn slug(segments: &Segments) -> WorkspaceSlug {
    WorkspaceSlug::new(segments.get("workspace"))
}

/// Reads a role from a body.
pub(super) fn role(word: &str) -> Result<Role> {
    word.parse().map_err(|sentence: String| Error::invalid("role", sentence).into())
}

async fn workspace(State(server): State<Server>, Caller(ctx): Caller, segments: Segments) -> Result<Json<Value>> {
    Ok(Json(json!(server.portal.workspace_detail(&ctx, &slug(&segments)).await?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMember {
    username: String,
    role: String,
}

async fn add(State(server): State<Server>, Caller(ctx): Caller, segments: Segments, body: Body) -> Result<StatusCode> {
    let given: NewMember = body.read()?;
    server.portal.add_member(&ctx, &slug(&segments), &given.username, role(&given.role)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRole {
    role: String,
}

async fn set_role(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    body: Body,
) -> Result<StatusCode> {
    let given: NewRole = body.read()?;
    let user = UserId::new(segments.get("user"));
    server.portal.set_member_role(&ctx, &slug(&segments), &user, role(&given.role)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(State(server): State<Server>, Caller(ctx): Caller, segments: Segments) -> Result<StatusCode> {
    server.portal.remove_member(&ctx, &slug(&segments), &UserId::new(segments.get("user"))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The filters of an audit, out of a query.
pub(super) fn filters(query: &mut Query) -> Result<AuditQuery> {
    Ok(AuditQuery {
        environment: query.take_word::<Environment>("environment_id")?.map(|one| one.to_string()),
        actor: query.take("actor"),
        action: query.take("action"),
        target: query.take("target"),
        outcome: query.take_word::<AuditOutcome>("outcome")?.map(|one| one.as_str().to_owned()),
        since: query.take("since"),
        until: query.take("until"),
        limit: query.take_number("limit", 1, 500)?,
        cursor: query.take("cursor"),
    })
}

/// A page of a chain.
#[derive(Serialize)]
pub(super) struct Events {
    events: Vec<AuditEvent>,
    next: Option<String>,
}

impl From<Page<AuditEvent>> for Events {
    fn from(page: Page<AuditEvent>) -> Self {
        Self { events: page.items, next: page.next }
    }
}

async fn audit(State(server): State<Server>, Caller(ctx): Caller, mut query: Query) -> Result<Json<Events>> {
    let (workspace, wanted) = (query.take_workspace()?, filters(&mut query)?);
    query.end()?;
    let page = server.portal.audit(&ctx, &workspace, &wanted).await.map_err(at_place)?;
    Ok(Json(page.into()))
}

async fn export(State(server): State<Server>, Caller(ctx): Caller, mut query: Query) -> Result<Response> {
    let (workspace, wanted) = (query.take_workspace()?, filters(&mut query)?);
    let format = query.take_word("format")?.unwrap_or(Format::Jsonl);
    query.end()?;
    export::download(server, ctx, Some(workspace), wanted, format).await.map_err(at_place)
}
