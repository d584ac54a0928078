//! Where the cloud is, and as whom we come.
use super::{breaker::Patience, clouds_yaml};
use crate::{Error, Result};
use reqwest::Url;
use secrecy::SecretString;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// Where the cloud is, and as whom we come. Its `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct CloudConfig {
    /// The versioned root of the identity service: `https://cloud.example/identity/v3`.
    pub auth_url: Url,
    /// The account.
    pub auth: Auth,
    /// The region that is meant where none is said.
    pub region: Option<String>,
    /// The domain that is meant where a project comes without one.
    pub project_domain: String,
    /// The name of the project that the account itself works in, for an account that is not told one with each request.
    pub project: Option<String>,
    /// Which of a service's addresses are used.
    pub interface: Interface,
    /// A file of PEM certificates that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The longest wait for a connection. 5 s.
    pub connect_timeout: Duration,
    /// The longest a request takes, with sign-in, waiting for its turn and repetitions. 30 s.
    pub timeout: Duration,
    /// The same for single services, by their official type. Never longer than `timeout`.
    pub timeouts: BTreeMap<String, Duration>,
    /// How many requests run at once to one service of one region; more wait for their turn. Reads and writes may each
    /// take three quarters of it, so neither keeps the other out. 32.
    pub concurrency: usize,
    /// When a service of a region that does not answer is left alone, and how long.
    pub patience: Patience,
    /// The longest answer that is read, in bytes after decompression. 32 MiB.
    pub longest_answer: usize,
}

/// An account.
#[derive(Clone, Debug)]
pub enum Auth {
    /// A user's name and password.
    Password {
        /// The name.
        username: String,
        /// The password.
        password: SecretString,
        /// The name of the user's domain.
        user_domain: String,
    },
    /// An application credential, which serves one project.
    ApplicationCredential {
        /// Its id.
        id: String,
        /// Its secret.
        secret: SecretString,
    },
    /// An application credential by its name, which is unique only per user.
    NamedApplicationCredential {
        /// Its name.
        name: String,
        /// Its secret.
        secret: SecretString,
        /// The user's name.
        username: String,
        /// The name of the user's domain.
        user_domain: String,
    },
}

/// Which of a service's addresses are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interface {
    /// For everybody.
    #[default]
    Public,
    /// For the cloud's inside.
    Internal,
    /// For administrators.
    Admin,
}

impl Interface {
    /// Whether this is how a catalogue names it; old ones append `URL`.
    pub(super) fn is(self, name: &str) -> bool {
        let ours = match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Admin => "admin",
        };
        name.strip_suffix("URL").unwrap_or(name) == ours
    }

    fn read(name: &str) -> Result<Self> {
        [Self::Public, Self::Internal, Self::Admin]
            .into_iter()
            .find(|interface| interface.is(name))
            .ok_or_else(|| Error::Config(format!("the interface must be public, internal or admin, not {name:?}")))
    }
}

/// The words that configure an account, wherever they come from, unchecked.
#[derive(Default)]
pub(super) struct Words {
    pub auth_url: Option<String>,
    pub username: Option<String>,
    pub password: Option<SecretString>,
    pub user_domain: Option<String>,
    pub project_domain: Option<String>,
    pub project: Option<String>,
    pub credential_id: Option<String>,
    pub credential_name: Option<String>,
    pub credential_secret: Option<SecretString>,
    pub region: Option<String>,
    pub interface: Option<String>,
    pub ca_file: Option<PathBuf>,
}

impl CloudConfig {
    /// A configuration with the usual limits. `auth_url` may stand with or without `/v3`.
    ///
    /// # Errors
    /// [`Error::Config`] when `auth_url` is no http or https address, or carries a user.
    pub fn new(auth_url: &str, auth: Auth) -> Result<Self> {
        Ok(Self {
            auth_url: identity_root(auth_url)?,
            auth,
            region: None,
            project_domain: "Default".to_owned(),
            project: None,
            interface: Interface::default(),
            ca_file: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            timeouts: BTreeMap::new(),
            concurrency: 32,
            patience: Patience::default(),
            longest_answer: 32 * 1024 * 1024,
        })
    }

    /// The longest that a request to that service type takes.
    pub fn timeout_of(&self, service_type: &str) -> Duration {
        self.timeouts.get(service_type).map_or(self.timeout, |own| (*own).min(self.timeout))
    }

    /// Finds the configuration. `lookup` gives environment variables. `OS_AUTH_URL` with `OS_USERNAME` and
    /// `OS_PASSWORD`, or with `OS_APPLICATION_CREDENTIAL_ID` (or `…_NAME` and `OS_USERNAME`) and
    /// `OS_APPLICATION_CREDENTIAL_SECRET`, are taken as they are; otherwise the profile `OS_CLOUD`, or
    /// `default_profile`, of `clouds.yaml`, with `secure.yaml` and `clouds-public.yaml`. `OS_REGION_NAME`,
    /// `OS_INTERFACE` and `OS_CACERT` go before a profile's. None when nothing at all is configured.
    ///
    /// # Errors
    /// [`Error::Config`] when what is there is incomplete or cannot be read, or `OS_CLOUD` names no profile.
    pub fn load(lookup: &dyn Fn(&str) -> Option<String>, default_profile: &str) -> Result<Option<Self>> {
        let given = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let env = Words {
            auth_url: given("OS_AUTH_URL"),
            username: given("OS_USERNAME"),
            password: given("OS_PASSWORD").map(Into::into),
            user_domain: given("OS_USER_DOMAIN_NAME"),
            project_domain: given("OS_PROJECT_DOMAIN_NAME"),
            project: given("OS_PROJECT_NAME"),
            credential_id: given("OS_APPLICATION_CREDENTIAL_ID"),
            credential_name: given("OS_APPLICATION_CREDENTIAL_NAME"),
            credential_secret: given("OS_APPLICATION_CREDENTIAL_SECRET").map(Into::into),
            region: given("OS_REGION_NAME"),
            interface: given("OS_INTERFACE").or_else(|| given("OS_ENDPOINT_TYPE")),
            ca_file: given("OS_CACERT").map(PathBuf::from),
        };
        let whole = env.auth_url.is_some()
            && (env.username.is_some() && env.password.is_some() || env.credential_secret.is_some());
        if whole {
            return env.check().map(Some);
        }
        let asked = given("OS_CLOUD");
        let profile = asked.as_deref().unwrap_or(default_profile);
        if let Some(mut words) = clouds_yaml::find(&given, profile)? {
            words.region = env.region.or(words.region);
            words.interface = env.interface.or(words.interface);
            words.ca_file = env.ca_file.or(words.ca_file);
            return words.check().map(Some).map_err(|e| Error::Config(format!("clouds.yaml, cloud {profile}: {e}")));
        }
        if asked.is_some() {
            return Err(Error::Config(format!("OS_CLOUD is {profile}, but no clouds.yaml has a cloud of that name")));
        }
        if env.auth_url.is_some() || env.password.is_some() || env.credential_secret.is_some() {
            return env.check().map(Some);
        }
        Ok(None)
    }
}

impl Words {
    /// Makes a configuration of them, or says what is missing.
    fn check(self) -> Result<CloudConfig> {
        let missing = |what: &str| Error::Config(format!("{what} is missing"));
        let auth_url = self.auth_url.ok_or_else(|| missing("the address of the identity service (OS_AUTH_URL)"))?;
        let user_domain = self.user_domain.unwrap_or_else(|| "Default".to_owned());
        let username = self.username.ok_or_else(|| missing("the user's name (OS_USERNAME)"));
        let auth = match (self.credential_secret, self.credential_id, self.credential_name) {
            (Some(secret), Some(id), _) => Auth::ApplicationCredential { id, secret },
            (Some(secret), None, Some(name)) => {
                Auth::NamedApplicationCredential { name, secret, username: username?, user_domain }
            }
            (Some(_), None, None) => return Err(missing("the application credential's id")),
            (None, Some(_), _) | (None, _, Some(_)) => return Err(missing("the application credential's secret")),
            (None, None, None) => Auth::Password {
                username: username?,
                password: self.password.ok_or_else(|| missing("the password (OS_PASSWORD)"))?,
                user_domain,
            },
        };
        let mut config = CloudConfig::new(&auth_url, auth)?;
        config.region = self.region;
        config.project = self.project;
        config.ca_file = self.ca_file;
        if let Some(domain) = self.project_domain {
            config.project_domain = domain;
        }
        if let Some(interface) = self.interface {
            config.interface = Interface::read(&interface)?;
        }
        Ok(config)
    }
}

/// The address of version 3 of the identity service, without a slash at its end.
fn identity_root(text: &str) -> Result<Url> {
    let wrong = |why: String| Error::Config(format!("the address of the identity service {why}"));
    let mut url = Url::parse(text.trim()).map_err(|e| wrong(format!("cannot be read: {e}")))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(wrong("must begin with https:// or http://".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not carry a user or password".to_owned()));
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/');
    let base = path.strip_suffix("/v3").or_else(|| path.strip_suffix("/v2.0")).unwrap_or(path);
    let path = format!("{base}/v3");
    url.set_path(&path);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn load(pairs: &[(&str, &str)]) -> Result<Option<CloudConfig>> {
        let nowhere = [("OS_CLIENT_CONFIG_FILE", "/nonexistent/clouds.yaml"), ("HOME", "/nonexistent")];
        let lookup = |name: &str| {
            pairs.iter().chain(&nowhere).find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        CloudConfig::load(&lookup, "atonix")
    }

    #[test]
    fn the_address_may_stand_with_or_without_its_version() {
        for text in ["http://h:5000", "http://h:5000/", "http://h:5000/v3", "http://h:5000/v3/", "http://h:5000/v2.0"] {
            assert_eq!(identity_root(text).unwrap().as_str(), "http://h:5000/v3");
        }
        assert_eq!(identity_root("https://h/identity").unwrap().as_str(), "https://h/identity/v3");
        for wrong in ["", "h:5000", "ftp://h/", "http://u:p@h/"] {
            assert!(matches!(identity_root(wrong), Err(Error::Config(_))), "{wrong}");
        }
    }

    #[test]
    fn the_environment_is_enough() {
        let config = load(&[
            ("OS_AUTH_URL", "http://127.0.0.1:15000/v3"),
            ("OS_USERNAME", "atonix-service"),
            ("OS_PASSWORD", "hunter2"),
            ("OS_REGION_NAME", "RegionTwo"),
            ("OS_INTERFACE", "internal"),
        ])
        .unwrap()
        .unwrap();
        assert_eq!((config.region.as_deref(), config.interface), (Some("RegionTwo"), Interface::Internal));
        assert!(!format!("{config:?}").contains("hunter2"));
        let Auth::Password { username, password, user_domain } = config.auth else { panic!("not a password") };
        assert_eq!(
            (username.as_str(), password.expose_secret(), user_domain.as_str()),
            ("atonix-service", "hunter2", "Default")
        );
    }

    #[test]
    fn an_application_credential_may_come_from_the_environment() {
        let config = load(&[
            ("OS_AUTH_URL", "http://h"),
            ("OS_APPLICATION_CREDENTIAL_ID", "ac"),
            ("OS_APPLICATION_CREDENTIAL_SECRET", "s"),
        ]);
        assert!(matches!(config.unwrap().unwrap().auth, Auth::ApplicationCredential { .. }));
    }

    #[test]
    fn nothing_configured_is_no_error_but_half_is() {
        assert!(load(&[]).unwrap().is_none());
        assert!(load(&[("OS_USERNAME", "left over from a shell"), ("OS_PASSWORD", " ")]).unwrap().is_none());
        for half in [("OS_AUTH_URL", "http://h"), ("OS_PASSWORD", "p"), ("OS_CLOUD", "nowhere")] {
            assert!(matches!(load(&[half]), Err(Error::Config(_))), "{half:?}");
        }
    }
}
