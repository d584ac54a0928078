//! Tokens: how one is asked for, and what comes back with it.
use super::{catalogue::Catalogue, config::Auth};
use crate::{Error, Result};
use http::HeaderValue;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{fmt, time::Duration};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// How long before its end a token is renewed.
const RENEW: Duration = Duration::from_secs(5 * 60);

/// What a token is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProjectScope {
    /// A project by its id.
    Id(String),
    /// A project by its name and its domain's name.
    Name {
        /// The project's name.
        name: String,
        /// The domain's name.
        domain: String,
    },
    /// No project: enough to ask which projects there are. An application credential always comes with its own project.
    Unscoped,
}

/// A project as the identity service names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectInfo {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its domain's name; the domain's id where only that is known.
    pub domain_name: String,
}

/// A token with what the identity service says about it. The value is neither shown nor given out.
pub struct Token {
    /// The project that it is for.
    pub project: Option<ProjectInfo>,
    /// The user's id.
    pub user_id: String,
    /// The user's name.
    pub user_name: String,
    /// The names of the roles that it carries.
    pub roles: Vec<String>,
    /// When it ends.
    pub expires_at: OffsetDateTime,
    /// What it reaches.
    pub catalogue: Catalogue,
    value: HeaderValue,
    lifetime: Duration,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("project", &self.project)
            .field("user_name", &self.user_name)
            .field("roles", &self.roles)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Issued {
    token: Body,
}

#[derive(Deserialize)]
struct Body {
    user: Named,
    project: Option<Project>,
    #[serde(default)]
    roles: Vec<Named>,
    expires_at: String,
    issued_at: String,
    #[serde(default)]
    catalog: Catalogue,
}

#[derive(Deserialize)]
struct Named {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Project {
    id: String,
    name: String,
    domain: Named,
}

impl Token {
    /// Reads the answer to a sign-in: its `X-Subject-Token` and its body.
    pub(super) fn read(value: Option<&HeaderValue>, body: Value) -> Result<Self, String> {
        let mut value = value.ok_or("no X-Subject-Token came with it")?.clone();
        value.set_sensitive(true);
        let Issued { token } = serde_json::from_value(body).map_err(|e| e.to_string())?;
        let instant = |text: &str| OffsetDateTime::parse(text, &Rfc3339).map_err(|e| format!("its time: {e}"));
        let expires_at = instant(&token.expires_at)?;
        let lifetime = expires_at - instant(&token.issued_at)?;
        Ok(Self {
            project: token.project.map(|project| ProjectInfo {
                id: project.id,
                name: project.name,
                domain_name: project.domain.name,
            }),
            user_id: token.user.id,
            user_name: token.user.name,
            roles: token.roles.into_iter().map(|role| role.name).collect(),
            expires_at,
            catalogue: token.catalog,
            value,
            // Negative only if the identity service is out of its mind; then the token is used once.
            lifetime: lifetime.try_into().unwrap_or_default(),
        })
    }

    /// How long it may be kept from its issue on: until five minutes before its end, or half of a short life. Measured
    /// by the identity service's clock alone, so that ours may be wrong.
    pub(super) fn keep(&self) -> Duration {
        if self.lifetime >= 2 * RENEW { self.lifetime - RENEW } else { self.lifetime / 2 }
    }

    /// What goes into `X-Auth-Token`; marked so that no log prints it.
    pub(super) fn header(&self) -> &HeaderValue {
        &self.value
    }

    /// Checks that it is for what was asked: an application credential brings its own project, whatever we want.
    pub(super) fn is_for(&self, scope: &ProjectScope) -> Result<()> {
        let fits = match (scope, &self.project) {
            (ProjectScope::Unscoped, _) => true,
            (ProjectScope::Id(id), Some(project)) => project.id == *id,
            // Keystone compares names without regard to case.
            (ProjectScope::Name { name, domain }, Some(project)) => {
                project.name.to_lowercase() == name.to_lowercase()
                    && project.domain_name.to_lowercase() == domain.to_lowercase()
            }
            (_, None) => false,
        };
        if fits {
            return Ok(());
        }
        let cause = match &self.project {
            Some(project) => format!("this account signs in to project {} only", project.name),
            None => "no project came with the token".to_owned(),
        };
        Err(Error::Denied { cause })
    }
}

/// The body of a sign-in.
pub(super) fn sign_in(auth: &Auth, scope: &ProjectScope) -> Value {
    let identity = match auth {
        Auth::Password { username, password, user_domain } => json!({
            "methods": ["password"],
            "password": {"user": {
                "name": username,
                "domain": {"name": user_domain},
                "password": password.expose_secret(),
            }},
        }),
        Auth::ApplicationCredential { id, secret } => json!({
            "methods": ["application_credential"],
            "application_credential": {"id": id, "secret": secret.expose_secret()},
        }),
        Auth::NamedApplicationCredential { name, secret, username, user_domain } => json!({
            "methods": ["application_credential"],
            "application_credential": {
                "name": name,
                "secret": secret.expose_secret(),
                "user": {"name": username, "domain": {"name": user_domain}},
            },
        }),
    };
    // An application credential is bound to its project; asking for a scope with it is refused.
    let scope = match (auth, scope) {
        (Auth::Password { .. }, ProjectScope::Id(id)) => json!({"project": {"id": id}}),
        (Auth::Password { .. }, ProjectScope::Name { name, domain }) => {
            json!({"project": {"name": name, "domain": {"name": domain}}})
        }
        // Said aloud, or a user with a default project would get that one.
        (Auth::Password { .. }, ProjectScope::Unscoped) => json!("unscoped"),
        _ => return json!({"auth": {"identity": identity}}),
    };
    json!({"auth": {"identity": identity, "scope": scope}})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(issued_at: &str, expires_at: &str) -> Value {
        json!({"token": {
            "methods": ["password"],
            "user": {"domain": {"id": "default", "name": "Default"}, "id": "c19a", "name": "atonix-service"},
            "expires_at": expires_at,
            "issued_at": issued_at,
            "project": {"domain": {"id": "default", "name": "Default"}, "id": "e500", "name": "devops-staging-9a3f"},
            "is_domain": false,
            "roles": [{"id": "6d3c", "name": "member"}, {"id": "93dc", "name": "reader"}],
            "catalog": []
        }})
    }

    fn token(issued_at: &str, expires_at: &str) -> Token {
        Token::read(Some(&HeaderValue::from_static("gAAAAsecret")), body(issued_at, expires_at)).unwrap()
    }

    #[test]
    fn a_token_is_kept_until_five_minutes_before_its_end() {
        let hour = token("2026-11-22T21:39:45.000000Z", "2026-11-22T22:39:45.000000Z");
        assert_eq!(hour.keep(), Duration::from_secs(55 * 60));
        let short = token("2026-11-22T21:39:45.000000Z", "2026-11-22T21:41:45.000000Z");
        assert_eq!(short.keep(), Duration::from_secs(60));
        let backwards = token("2026-11-22T21:39:45.000000Z", "2026-11-22T21:39:40.000000Z");
        assert_eq!(backwards.keep(), Duration::ZERO);
    }

    #[test]
    fn a_token_never_shows_its_value() {
        let token = token("2026-11-22T21:39:45.000000Z", "2026-11-22T22:39:45.000000Z");
        assert!(!format!("{token:?} {:?}", token.header()).contains("gAAAAsecret"));
        assert_eq!(token.roles, ["member", "reader"]);
    }

    #[test]
    fn a_token_for_another_project_is_refused() {
        let token = token("2026-11-22T21:39:45.000000Z", "2026-11-22T22:39:45.000000Z");
        let named = |name: &str| ProjectScope::Name { name: name.to_owned(), domain: "default".to_owned() };
        assert!(token.is_for(&ProjectScope::Id("e500".to_owned())).is_ok());
        assert!(token.is_for(&named("devops-staging-9a3f")).is_ok());
        assert!(token.is_for(&ProjectScope::Unscoped).is_ok());
        assert!(matches!(token.is_for(&ProjectScope::Id("e501".to_owned())), Err(Error::Denied { .. })));
        assert!(matches!(token.is_for(&named("devops-prod")), Err(Error::Denied { .. })));
    }

    #[test]
    fn an_application_credential_signs_in_without_a_scope() {
        let auth = Auth::ApplicationCredential { id: "ac".to_owned(), secret: "s3cret".into() };
        let body = sign_in(&auth, &ProjectScope::Id("e500".to_owned()));
        assert_eq!(body["auth"].get("scope"), None);
        assert_eq!(body["auth"]["identity"]["application_credential"], json!({"id": "ac", "secret": "s3cret"}));
    }

    #[test]
    fn a_password_signs_in_to_the_project_by_id_or_by_name() {
        let auth = Auth::Password { username: "u".to_owned(), password: "p".into(), user_domain: "Default".to_owned() };
        assert_eq!(
            sign_in(&auth, &ProjectScope::Id("e500".to_owned()))["auth"]["scope"],
            json!({"project": {"id": "e500"}})
        );
        assert_eq!(
            sign_in(&auth, &ProjectScope::Name { name: "n".to_owned(), domain: "D".to_owned() })["auth"]["scope"],
            json!({"project": {"name": "n", "domain": {"name": "D"}}})
        );
        assert_eq!(sign_in(&auth, &ProjectScope::Unscoped)["auth"]["scope"], json!("unscoped"));
    }
}
