//! Projects, users, roles, the one domain.

use serde_json::{Value, json};

use super::catalog::stable_id;
use super::{PROJECTS, USERS, admin, collection, forbidden, missing};
use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::config::Role;
use crate::store::Row;

const ROLES: [Role; 3] = [Role::Admin, Role::Member, Role::Reader];

pub(super) fn role_id(role: Role) -> String {
    stable_id(&format!("role/{}", role.name()))
}

/// A role and those that it implies.
pub(super) fn roles_up_to(role: Role) -> impl Iterator<Item = Role> {
    ROLES.into_iter().filter(move |held| *held <= role)
}

/// The role that a user holds in a project.
pub(super) fn role(user: &Row, project: &str) -> Option<Role> {
    let name = user.doc.get("grants")?.get(project)?;
    ROLES.into_iter().find(|role| name == role.name())
}

fn project_value(call: &Call<'_>, row: &Row) -> Value {
    json!({
        "id": row.id, "name": row.text("name"), "domain_id": "default", "description": row.text("description"),
        "enabled": true, "parent_id": "default", "is_domain": false, "tags": [], "options": {},
        "links": {"self": format!("{}/v3/projects/{}", call.base, row.id)},
    })
}

fn user_value(call: &Call<'_>, row: &Row) -> Value {
    json!({
        "id": row.id, "name": row.text("name"), "domain_id": "default", "enabled": true,
        "password_expires_at": null, "options": {},
        "links": {"self": format!("{}/v3/users/{}", call.base, row.id)},
    })
}

/// Keystone's lists are filtered by exact name.
fn named(call: &Call<'_>, row: &Row) -> bool {
    call.param("name").is_none_or(|name| row.text("name") == name)
        && call.param("domain_id").is_none_or(|domain| domain == "default")
}

fn granted(call: &Call<'_>, user: &str) -> Vec<Value> {
    let Some(user) = call.store.get(USERS, user) else { return Vec::new() };
    call.store.rows(PROJECTS).filter(|row| role(user, &row.id).is_some()).map(|row| project_value(call, row)).collect()
}

pub(super) fn own_projects(call: &Call<'_>, path: &str) -> Answer {
    collection(call, path, "projects", granted(call, &call.who.user))
}

pub(super) fn projects_of(call: &Call<'_>, user: &str) -> Reply {
    if user != call.who.user {
        admin(call, "list_user_projects")?;
    }
    Ok(collection(call, &format!("users/{user}/projects"), "projects", granted(call, user)))
}

pub(super) fn projects(call: &Call<'_>) -> Reply {
    admin(call, "list_projects")?;
    let projects =
        call.store.rows(PROJECTS).filter(|row| named(call, row)).map(|row| project_value(call, row)).collect();
    Ok(collection(call, "projects", "projects", projects))
}

pub(super) fn project(call: &Call<'_>, id: &str) -> Reply {
    if id != call.who.project {
        admin(call, "get_project")?;
    }
    let row = call.store.get(PROJECTS, id).ok_or_else(|| missing("project", id))?;
    Ok(Answer::ok(json!({"project": project_value(call, row)})))
}

pub(super) fn domains(call: &Call<'_>) -> Reply {
    admin(call, "list_domains")?;
    let domain = json!({
        "id": "default", "name": "Default", "description": "The default domain", "enabled": true, "tags": [],
        "options": {}, "links": {"self": format!("{}/v3/domains/default", call.base)},
    });
    Ok(collection(call, "domains", "domains", vec![domain]))
}

pub(super) fn users(call: &Call<'_>) -> Reply {
    admin(call, "list_users")?;
    let users = call.store.rows(USERS).filter(|row| named(call, row)).map(|row| user_value(call, row)).collect();
    Ok(collection(call, "users", "users", users))
}

pub(super) fn user(call: &Call<'_>, id: &str) -> Reply {
    if id != call.who.user && !call.who.admin() {
        return Err(forbidden("get_user"));
    }
    let row = call.store.get(USERS, id).ok_or_else(|| missing("user", id))?;
    Ok(Answer::ok(json!({"user": user_value(call, row)})))
}

pub(super) fn roles(call: &Call<'_>) -> Reply {
    admin(call, "list_roles")?;
    let roles = ROLES
        .into_iter()
        .filter(|role| call.param("name").is_none_or(|name| name == role.name()))
        .map(|role| role_value(call, role))
        .collect();
    Ok(collection(call, "roles", "roles", roles))
}

fn role_value(call: &Call<'_>, role: Role) -> Value {
    let id = role_id(role);
    json!({
        "links": {"self": format!("{}/v3/roles/{id}", call.base)},
        "id": id, "name": role.name(), "domain_id": null, "description": null, "options": {"immutable": true},
    })
}
