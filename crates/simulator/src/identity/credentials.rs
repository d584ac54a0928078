//! Application credentials: a user's own keys to one project, with no more than the role held there.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::directory::{role, role_id, roles_up_to};
use super::{CREDENTIALS, USERS, collection, forbidden, missing};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, fields};
use crate::config::Role;
use crate::store::Row;
use crate::wire;

/// Only this is kept of a secret: it is long and random, so a plain hash says nothing about it.
fn fingerprint(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

fn value(call: &Call<'_>, row: &Row) -> Value {
    let held = parse(row.text("role")).unwrap_or(Role::Reader);
    let roles: Vec<Value> = roles_up_to(held)
        .map(|role| json!({"id": role_id(role), "name": role.name(), "domain_id": null, "description": null, "options": {"immutable": true}}))
        .collect();
    json!({
        "id": row.id, "name": row.text("name"), "description": row.value("description"), "user_id": row.text("user"),
        "project_id": row.project, "system": null, "expires_at": row.value("expires_at"), "unrestricted": false,
        "roles": roles,
        "links": {"self": format!("{}/v3/application_credentials/{}", call.base, row.id)},
    })
}

fn parse(name: &str) -> Option<Role> {
    [Role::Admin, Role::Member, Role::Reader].into_iter().find(|role| role.name() == name)
}

pub(super) fn serve(call: &mut Call<'_>, user: &str, path: &[&str]) -> Reply {
    let rule = match (call.method.as_str(), path) {
        ("GET", []) => "list_application_credentials",
        ("POST", []) => "create_application_credential",
        ("GET", [_]) => "get_application_credential",
        ("DELETE", [_]) => "delete_application_credential",
        _ => return Err(refuse::identity(405, "The method is not allowed for the requested URL.")),
    };
    if user != call.who.user {
        return Err(forbidden(rule));
    }
    match (call.method.as_str(), path) {
        ("POST", _) => create(call),
        ("GET", []) => {
            let held = call
                .store
                .rows(CREDENTIALS)
                .filter(|row| row.text("user") == user)
                .filter(|row| call.param("name").is_none_or(|name| row.text("name") == name))
                .map(|row| value(call, row))
                .collect();
            Ok(collection(call, &format!("users/{user}/application_credentials"), "application_credentials", held))
        }
        (method, [id]) => {
            let found = call.store.get(CREDENTIALS, id).filter(|row| row.text("user") == user);
            let row = found.ok_or_else(|| missing("Application Credential", id))?;
            if method == "GET" {
                return Ok(Answer::ok(json!({"application_credential": value(call, row)})));
            }
            call.store.remove(CREDENTIALS, id);
            call.tokens.revoke_credential(id);
            Ok(Answer::empty(204))
        }
        _ => Err(Answer::lost_page()),
    }
}

fn create(call: &mut Call<'_>) -> Reply {
    let body = call.object().unwrap_or_default();
    let given = &body.get("application_credential").cloned().unwrap_or_default();
    let Some(name) = given["name"].as_str().filter(|name| !name.is_empty()) else {
        return Err(refuse::identity(
            400,
            "Invalid input for field 'application_credential': 'name' is a required property",
        ));
    };
    let taken = call.store.rows(CREDENTIALS).any(|row| row.text("user") == call.who.user && row.text("name") == name);
    if taken {
        let message = format!(
            "Conflict occurred attempting to store application_credential - Duplicate entry found with name {name}."
        );
        return Err(refuse::identity(409, &message));
    }
    if call.who.project.is_empty() {
        return Err(forbidden("create_application_credential"));
    }
    let mut held = call.who.role;
    if let Some(asked) = given["roles"].as_array() {
        let asked = asked.iter().filter_map(|role| parse(role["name"].as_str()?)).max();
        held = match asked {
            Some(role) if role <= held => role,
            _ => {
                return Err(refuse::identity(
                    400,
                    "Invalid application credential: Could not find role assignment with role for user and project.",
                ));
            }
        };
    }
    let secret = match given["secret"].as_str() {
        Some(secret) => secret.to_owned(),
        None => URL_SAFE_NO_PAD.encode(wire::random(4)),
    };
    let doc = fields! {
        "name": name, "user": call.who.user.clone(), "description": given["description"].clone(),
        "expires_at": given["expires_at"].clone(), "role": held.name(), "secret": fingerprint(&secret),
    };
    let row = call.insert(CREDENTIALS, wire::hex_id(), doc, Vec::new());
    let mut shown = value(call, &row);
    shown["secret"] = json!(secret);
    Ok(Answer::json(201, json!({"application_credential": shown})))
}

/// The user, project, role and id behind a credential, if the secret fits and the user still holds the role.
pub(super) fn prove(call: &Call<'_>, given: &Value) -> Option<(String, String, Role, String)> {
    let row = match given["id"].as_str() {
        Some(id) => call.store.get(CREDENTIALS, id)?,
        None => {
            let (name, owner) = (given["name"].as_str()?, &given["user"]);
            let user = match owner["id"].as_str() {
                Some(id) => id,
                None => {
                    let wanted = owner["name"].as_str()?;
                    &call.store.rows(USERS).find(|row| row.text("name") == wanted)?.id
                }
            };
            call.store.rows(CREDENTIALS).find(|row| row.text("name") == name && row.text("user") == user)?
        }
    };
    let expired =
        row.doc.get("expires_at").and_then(Value::as_str).is_some_and(|at| at < wire::seconds(call.now).as_str());
    if expired || row.text("secret") != fingerprint(given["secret"].as_str()?) {
        return None;
    }
    let user = row.text("user");
    let held = role(call.store.get(USERS, user)?, &row.project)?;
    Some((user.to_owned(), row.project.clone(), held.min(parse(row.text("role"))?), row.id.clone()))
}
