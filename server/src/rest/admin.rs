//! What platform administrators do: users, workspaces, bindings, the platform's audit. To everybody else there is none of
//! it.
use super::team::{Events, FILTERS, PAGED, WRITTEN, filters};
use crate::{
    export::{self, Format},
    extract::{Body, Caller, Query, Segments},
    once::shown_once,
    problem::Result,
    routes::{Doc, Needs, Row},
    server::Server,
};
use axum::{
    Json,
    extract::State,
    handler::Handler,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode};
use model::{BindingId, Field, Usage, UserId, WorkspaceSlug, view::NewBinding};
use serde::Deserialize;
use serde_json::{Value, json};

const TAG: &str = "Administration";

/// A row under `/api/services/admin/`.
fn row<H, T>(method: Method, path: &str, doc: (&str, &str), body: Vec<Field>, success: u16, handler: H) -> Row
where
    H: Handler<T, Server>,
    T: 'static,
{
    let doc = Doc::new(TAG, doc.0, doc.1).body(body).success(&[success]);
    Row::rest(method, format!("/api/services/admin/{path}"), Needs::Staff, doc, handler)
}

pub(super) fn rows() -> Vec<Row> {
    let text = Field::text;
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    vec![
        row(get.clone(), "users/", ("list_platform_users", "All users"), vec![], 200, users),
        row(
            post.clone(),
            "users/",
            ("create_platform_user", "Make a user; a password that was not given is generated and shown this once"),
            vec![
                text("username", "User name"),
                text("password", "Password").secret().optional(),
                Field::flag("staff", "Platform administrator").optional(),
            ],
            201,
            create_user,
        ),
        row(
            put.clone(),
            "users/{user}/",
            ("set_platform_user", "Let a user sign in or no longer, make it administrator or no longer"),
            vec![Field::flag("active", "May sign in").optional(), Field::flag("staff", "Administrator").optional()],
            204,
            set_user,
        ),
        row(
            post.clone(),
            "users/{user}/password/",
            ("reset_password", "Give a user a new password, shown this once"),
            vec![],
            200,
            reset_password,
        ),
        row(get.clone(), "workspaces/", ("list_all_workspaces", "All workspaces"), vec![], 200, workspaces),
        row(
            post.clone(),
            "workspaces/",
            ("create_workspace", "Make a workspace with its first owner"),
            vec![text("workspace_id", "Slug"), text("display_name", "Name"), text("owner", "The owner's user name")],
            201,
            create_workspace,
        ),
        row(
            put.clone(),
            "workspaces/{workspace}/",
            ("rename_workspace", "Give a workspace another name for people"),
            vec![text("display_name", "Name")],
            200,
            rename_workspace,
        ),
        row(
            delete.clone(),
            "workspaces/{workspace}/",
            ("archive_workspace", "Close a workspace in which nothing is left"),
            vec![],
            204,
            archive_workspace,
        ),
        row(
            post.clone(),
            "bindings/",
            ("create_binding", "Bind an environment to a project and a region"),
            binding_fields(),
            201,
            create_binding,
        ),
        row(post, "bindings/test/", ("test_binding", "Test a binding, save nothing"), binding_fields(), 200, probe),
        row(
            put,
            "bindings/{binding}/quota/",
            ("set_quota", "Set a binding's quota"),
            binding_fields().split_off(5),
            200,
            set_quota,
        ),
        row(delete, "bindings/{binding}/", ("retire_binding", "Retire a binding"), vec![], 204, retire),
        row(get.clone(), "cloud/projects/", ("list_cloud_projects", "The cloud's projects"), vec![], 200, projects),
        row(get.clone(), "cloud/regions/", ("list_cloud_regions", "The cloud's regions"), vec![], 200, regions),
        Row::rest(
            get.clone(),
            "/api/services/admin/quota/",
            Needs::Staff,
            Doc::new(TAG, "list_quotas", "The quota ledgers of all bindings, with what their clouds last said")
                .query(&[("workspace_id", false)]),
            quotas,
        ),
        Row::rest(
            get.clone(),
            "/api/services/admin/audit/",
            Needs::Staff,
            Doc::new(TAG, "list_platform_audit_events", "What happened to the platform, newest first")
                .query(&[&FILTERS[..], &PAGED].concat()),
            audit,
        ),
        Row::rest(
            get,
            "/api/services/admin/audit/export/",
            Needs::Staff,
            Doc::new(TAG, "export_platform_audit_events", "All events of the platform, oldest first")
                .query(&[&FILTERS[..], &WRITTEN].concat()),
            export,
        ),
    ]
}

fn binding_fields() -> Vec<Field> {
    vec![
        Field::text("workspace_id", "Workspace"),
        Field::text("environment", "dev, staging or prod"),
        Field::text("openstack_project", "The project's name or id"),
        Field::text("openstack_domain", "The project's domain").optional().default("Default"),
        Field::text("openstack_region", "Region"),
        Field::number("quota_vcpus", "vCPUs", 0, 1_000_000, ""),
        Field::number("quota_ram_gb", "Memory", 0, 1_000_000, "GB"),
        Field::number("quota_storage_gb", "Storage", 0, 1_000_000_000, "GB"),
    ]
}

async fn users(State(server): State<Server>, Caller(ctx): Caller) -> Result<Json<Value>> {
    Ok(Json(json!({"users": server.portal.users(&ctx).await?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewUser {
    username: String,
    password: Option<String>,
    #[serde(default)]
    staff: bool,
}

async fn create_user(State(server): State<Server>, Caller(ctx): Caller, body: Body) -> Result<Response> {
    let given: NewUser = body.read()?;
    let (user, password) =
        server.portal.create_user(&ctx, &given.username, given.password.as_deref(), given.staff).await?;
    let once = password.is_some().then(shown_once);
    Ok((StatusCode::CREATED, once, Json(json!({"user": user, "password": password}))).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserChange {
    active: Option<bool>,
    staff: Option<bool>,
}

async fn set_user(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    body: Body,
) -> Result<StatusCode> {
    let (user, change): (_, UserChange) = (UserId::new(segments.get("user")), body.read()?);
    if let Some(staff) = change.staff {
        server.portal.set_user_staff(&ctx, &user, staff).await?;
    }
    if let Some(active) = change.active {
        server.portal.set_user_active(&ctx, &user, active).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn reset_password(State(server): State<Server>, Caller(ctx): Caller, segments: Segments) -> Result<Response> {
    let password = server.portal.reset_password(&ctx, &UserId::new(segments.get("user"))).await?;
    Ok((shown_once(), Json(json!({"password": password}))).into_response())
}

async fn workspaces(State(server): State<Server>, Caller(ctx): Caller) -> Result<Json<Value>> {
    Ok(Json(json!({"workspaces": server.portal.all_workspaces(&ctx).await?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWorkspace {
    workspace_id: String,
    display_name: String,
    owner: String,
}

async fn create_workspace(
    State(server): State<Server>,
    Caller(ctx): Caller,
    body: Body,
) -> Result<(StatusCode, Json<Value>)> {
    let given: NewWorkspace = body.read()?;
    let made = server.portal.create_workspace(&ctx, &given.workspace_id, &given.display_name, &given.owner).await?;
    Ok((StatusCode::CREATED, Json(json!(made))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewName {
    display_name: String,
}

async fn rename_workspace(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    body: Body,
) -> Result<Json<Value>> {
    let (slug, given): (_, NewName) = (WorkspaceSlug::new(segments.get("workspace")), body.read()?);
    Ok(Json(json!(server.portal.rename_workspace(&ctx, &slug, &given.display_name).await?)))
}

async fn archive_workspace(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
) -> Result<StatusCode> {
    server.portal.archive_workspace(&ctx, &WorkspaceSlug::new(segments.get("workspace"))).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn create_binding(
    State(server): State<Server>,
    Caller(ctx): Caller,
    body: Body,
) -> Result<(StatusCode, Json<Value>)> {
    let made = server.portal.create_binding(&ctx, &body.read::<NewBinding>()?).await?;
    Ok((StatusCode::CREATED, Json(json!(made))))
}

async fn probe(State(server): State<Server>, Caller(ctx): Caller, body: Body) -> Result<Json<Value>> {
    Ok(Json(json!(server.portal.probe_binding(&ctx, &body.read::<NewBinding>()?).await?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewQuota {
    quota_vcpus: i64,
    quota_ram_gb: i64,
    quota_storage_gb: i64,
}

async fn set_quota(
    State(server): State<Server>,
    Caller(ctx): Caller,
    segments: Segments,
    body: Body,
) -> Result<Json<Value>> {
    let given: NewQuota = body.read()?;
    let quota = Usage {
        vcpus: given.quota_vcpus,
        ram_mib: given.quota_ram_gb.saturating_mul(1024),
        storage_gb: given.quota_storage_gb,
    };
    Ok(Json(json!(server.portal.set_quota(&ctx, &BindingId::new(segments.get("binding")), quota).await?)))
}

async fn retire(State(server): State<Server>, Caller(ctx): Caller, segments: Segments) -> Result<StatusCode> {
    server.portal.retire_binding(&ctx, &BindingId::new(segments.get("binding"))).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn projects(State(server): State<Server>, Caller(ctx): Caller) -> Result<Json<Value>> {
    let project = |(id, name, domain)| json!({"id": id, "name": name, "domain": domain});
    let projects: Vec<Value> = server.portal.cloud_projects(&ctx).await?.into_iter().map(project).collect();
    Ok(Json(json!({"projects": projects})))
}

async fn regions(State(server): State<Server>, Caller(ctx): Caller) -> Result<Json<Value>> {
    Ok(Json(json!({"regions": server.portal.cloud_regions(&ctx).await?})))
}

async fn quotas(State(server): State<Server>, Caller(ctx): Caller, mut query: Query) -> Result<Json<Value>> {
    let workspace = query.take("workspace_id").map(WorkspaceSlug::new);
    query.end()?;
    Ok(Json(json!({"quotas": server.portal.ledgers(&ctx, workspace.as_ref()).await?})))
}

async fn audit(State(server): State<Server>, Caller(ctx): Caller, mut query: Query) -> Result<Json<Events>> {
    let wanted = filters(&mut query)?;
    query.end()?;
    Ok(Json(server.portal.platform_audit(&ctx, &wanted).await?.into()))
}

async fn export(State(server): State<Server>, Caller(ctx): Caller, mut query: Query) -> Result<Response> {
    let wanted = filters(&mut query)?;
    let format = query.take_word("format")?.unwrap_or(Format::Jsonl);
    query.end()?;
    Ok(export::download(server, ctx, None, wanted, format).await?)
}
