//! Issuing, showing and revoking tokens.

use serde_json::{Value, json};

use super::tokens::Token;
use super::{PROJECTS, USERS, catalog, credentials, directory, forbidden, unauthenticated};
use crate::answer::{Answer, Reply, refuse};
use crate::call::{Call, Who};
use crate::config::Role;
use crate::store::Row;
use crate::wire;

const MALFORMED: &str = "The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.";

/// Who somebody has shown to be, before the scope is looked at.
struct Proven {
    user: String,
    /// The project and role of an application credential or of the token that is exchanged.
    bound: Option<(String, Role)>,
    credential: Option<String>,
}

fn denied(call: &Call<'_>) -> Answer {
    unauthenticated(&format!("{}/v3", call.base))
}

pub(super) fn issue(call: &mut Call<'_>) -> Reply {
    let body = call
        .object()
        .ok_or_else(|| refuse::identity(400, &format!("Expecting to find valid JSON in request body. {MALFORMED}")))?;
    let auth = body
        .get("auth")
        .ok_or_else(|| refuse::identity(400, &format!("Expecting to find auth in request body. {MALFORMED}")))?;
    let identity = auth
        .get("identity")
        .ok_or_else(|| refuse::identity(400, "Invalid input for field 'auth': 'identity' is a required property"))?;
    let methods: Vec<String> =
        identity["methods"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let proven = match methods.as_slice() {
        [method] if method == "password" => password(call, &identity["password"]["user"]),
        [method] if method == "token" => exchanged(call, &identity["token"]),
        [method] if method == "application_credential" => credentials::prove(call, &identity["application_credential"])
            .map(|(user, project, role, id)| Proven { user, bound: Some((project, role)), credential: Some(id) }),
        _ => None,
    }
    .ok_or_else(|| denied(call))?;
    let (project, role) = scope(call, &proven, auth.get("scope")).ok_or_else(|| denied(call))?;
    let name = call.store.get(USERS, &proven.user).ok_or_else(|| denied(call))?.text("name").to_owned();
    let who = Who { user: proven.user, user_name: name, project, role };
    let (subject, token) = call.tokens.issue(who, methods, proven.credential, call.now, call.token_lifetime);
    let with_catalog = call.param("nocatalog").is_none();
    Ok(Answer::json(201, json!({"token": body_of(call, &token, with_catalog)})).with(SUBJECT, &subject))
}

const SUBJECT: axum::http::HeaderName = axum::http::HeaderName::from_static("x-subject-token");

fn domain_fits(value: &Value) -> bool {
    value["id"] == "default" || value["name"] == "Default"
}

fn password(call: &Call<'_>, given: &Value) -> Option<Proven> {
    let user = match given["id"].as_str() {
        Some(id) => call.store.get(USERS, id)?,
        None => {
            let name = given["name"].as_str()?;
            call.store.rows(USERS).find(|row| row.text("name") == name && domain_fits(&given["domain"]))?
        }
    };
    let right = call.passwords.get(user.text("name"))?;
    (Some(right.as_str()) == given["password"].as_str()).then(|| Proven {
        user: user.id.clone(),
        bound: None,
        credential: None,
    })
}

fn exchanged(call: &Call<'_>, given: &Value) -> Option<Proven> {
    let token = call.tokens.get(given["id"].as_str()?, call.now)?;
    // A credential's token must not reach another project.
    let bound = token.credential.as_ref().map(|_| (token.who.project.clone(), token.who.role));
    Some(Proven { user: token.who.user.clone(), bound, credential: token.credential.clone() })
}

/// The project and role of the token; nothing when the user has no role there.
fn scope(call: &Call<'_>, proven: &Proven, scope: Option<&Value>) -> Option<(String, Role)> {
    let asked = match scope {
        None => None,
        Some(Value::String(text)) if text == "unscoped" => None,
        Some(scope) => Some(project_of(call, scope.get("project")?)?.id.clone()),
    };
    match (&proven.bound, asked) {
        (Some((project, role)), None) => Some((project.clone(), *role)),
        (Some((project, role)), Some(asked)) => (*project == asked).then_some((asked, *role)),
        (None, None) => Some((String::new(), Role::Reader)),
        (None, Some(asked)) => {
            let role = directory::role(call.store.get(USERS, &proven.user)?, &asked)?;
            Some((asked, role))
        }
    }
}

fn project_of<'c>(call: &'c Call<'_>, given: &Value) -> Option<&'c Row> {
    match given["id"].as_str() {
        Some(id) => call.store.get(PROJECTS, id),
        None => {
            let name = given["name"].as_str()?;
            call.store.rows(PROJECTS).find(|row| row.text("name") == name && domain_fits(&given["domain"]))
        }
    }
}

fn body_of(call: &Call<'_>, token: &Token, with_catalog: bool) -> Value {
    let domain = json!({"id": "default", "name": "Default"});
    let mut body = json!({
        "methods": token.methods,
        "user": {"domain": domain, "id": token.who.user, "name": token.who.user_name, "password_expires_at": null},
        "audit_ids": [token.audit_id],
        "expires_at": wire::micros(token.expires),
        "issued_at": wire::micros(token.issued),
    });
    if let Some(project) = call.store.get(PROJECTS, &token.who.project) {
        body["project"] = json!({"domain": domain, "id": project.id, "name": project.text("name")});
        body["is_domain"] = json!(false);
        body["roles"] = directory::roles_up_to(token.who.role)
            .map(|role| json!({"id": directory::role_id(role), "name": role.name()}))
            .collect();
        if with_catalog {
            body["catalog"] = catalog::entries(call, &token.who.project);
        }
    }
    if let Some(id) = &token.credential {
        body["application_credential"] = json!({"id": id, "restricted": true});
    }
    body
}

/// The token that is spoken about: anybody's for an administrator, else only the one that is spoken with.
fn subject(call: &Call<'_>, rule: &str) -> Result<String, Answer> {
    let subject = call.header("x-subject-token").unwrap_or_default();
    let own = Some(subject) == call.header("x-auth-token");
    if !own && !call.who.admin() {
        // Whether it exists is for administrators to know, but garbage is told from a token first.
        if !subject.is_empty() && call.tokens.get(subject, call.now).is_none() {
            return Err(refuse::identity(404, "Could not recognize Fernet token"));
        }
        return Err(forbidden(rule));
    }
    Ok(subject.to_owned())
}

pub(super) fn show(call: &Call<'_>) -> Reply {
    let subject = subject(call, "validate_token")?;
    let token =
        call.tokens.get(&subject, call.now).ok_or_else(|| refuse::identity(404, "Could not recognize Fernet token"))?;
    let with_catalog = call.param("nocatalog").is_none();
    Ok(Answer::ok(json!({"token": body_of(call, token, with_catalog)})).with(SUBJECT, &subject))
}

pub(super) fn revoke(call: &mut Call<'_>) -> Reply {
    let subject = subject(call, "revoke_token")?;
    if call.tokens.revoke(&subject) {
        Ok(Answer::empty(204))
    } else {
        Err(refuse::identity(404, "Could not recognize Fernet token"))
    }
}
