//! Keystone v3: tokens, catalogue, projects, users, application credentials. One for both regions.

mod auth;
pub(crate) mod catalog;
mod credentials;
mod directory;
mod tokens;

use axum::http::{StatusCode, header};
use serde_json::{Value, json};

use crate::answer::{Answer, Body, Reply, refuse};
use crate::call::Call;

pub(crate) use tokens::Tokens;

/// What Keystone's web framework answers for a path that it does not have.
const LOST: &str = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n";

pub(crate) const PROJECTS: &str = "identity/projects";
pub(crate) const USERS: &str = "identity/users";
pub(crate) const CREDENTIALS: &str = "identity/application_credentials";

pub(crate) fn unauthenticated(auth_url: &str) -> Answer {
    refuse::identity(401, "The request you have made requires authentication.")
        .with(header::WWW_AUTHENTICATE, &format!("Keystone uri=\"{auth_url}\""))
}

fn missing(what: &str, id: &str) -> Answer {
    refuse::identity(404, &format!("Could not find {what}: {id}."))
}

fn forbidden(rule: &str) -> Answer {
    refuse::identity(403, &format!("You are not authorized to perform the requested action: identity:{rule}."))
}

fn admin(call: &Call<'_>, rule: &str) -> Result<(), Answer> {
    if call.who.admin() { Ok(()) } else { Err(forbidden(rule)) }
}

/// A list as Keystone wraps it.
fn collection(call: &Call<'_>, path: &str, name: &str, items: Vec<Value>) -> Answer {
    let link = format!("{}/v3/{path}", call.base);
    Answer::ok(json!({name: items, "links": {"next": null, "self": link, "previous": null}}))
}

fn version(call: &Call<'_>) -> Value {
    json!({
        "id": "v3.14", "status": "stable", "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": format!("{}/v3/", call.base)}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    })
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    let answer = route(call, path).unwrap_or_else(|refusal| refusal);
    Ok(answer.with(header::VARY, "X-Auth-Token"))
}

fn route(call: &mut Call<'_>, path: &[&str]) -> Reply {
    let path = match path {
        [] => {
            let location = format!("{}/v3/", call.base);
            return Ok(Answer::json(300, json!({"versions": {"values": [version(call)]}})).located(&location));
        }
        ["v3"] => return Ok(Answer::ok(json!({"version": version(call)}))),
        ["v3", rest @ ..] => rest,
        _ => return Err(Answer::lost_page()),
    };
    match (call.method.as_str(), path) {
        ("POST", ["auth", "tokens"]) => auth::issue(call),
        ("GET" | "HEAD", ["auth", "tokens"]) => auth::show(call),
        ("DELETE", ["auth", "tokens"]) => auth::revoke(call),
        ("GET", ["auth", "catalog"]) => Ok(catalog::show(call)),
        ("GET", ["auth", "projects"]) => Ok(directory::own_projects(call, "auth/projects")),
        ("GET", ["regions"]) => Ok(catalog::regions(call)),
        ("GET", ["regions", id]) => catalog::region(call, id),
        ("GET", ["services"]) => catalog::services(call),
        ("GET", ["endpoints"]) => catalog::endpoints(call),
        ("GET", ["projects"]) => directory::projects(call),
        ("GET", ["projects", id]) => directory::project(call, id),
        ("GET", ["domains"]) => directory::domains(call),
        ("GET", ["users"]) => directory::users(call),
        ("GET", ["roles"]) => directory::roles(call),
        ("GET", ["users", id]) => directory::user(call, id),
        ("GET", ["users", id, "projects"]) => directory::projects_of(call, id),
        (_, ["users", user, "application_credentials", rest @ ..]) => credentials::serve(call, user, rest),
        _ => Err(Answer { status: StatusCode::NOT_FOUND, headers: Vec::new(), body: Body::Html(LOST.to_owned()) }),
    }
}
