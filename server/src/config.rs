//! The configuration: the one file that reads the environment. Everything is checked before anything starts.
use http::HeaderValue;
use ipnet::IpNet;
use portal::{CloudConfig, Settings, Timings, clock::Clock};
use secrecy::SecretString;
use std::{net::SocketAddr, time::Duration};
use url::Url;

/// What a wrong configuration comes to: one sentence, and exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

type Result<T, E = ConfigError> = std::result::Result<T, E>;

/// How the program was told to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen: `ATONIX_LISTEN`, `127.0.0.1:8000` when absent.
    pub listen: SocketAddr,
    /// How browsers and scripts reach us: `ATONIX_PUBLIC_URL`. With https, cookies are `Secure`.
    pub public_url: Option<Url>,
    /// Whose `X-Forwarded-For` is believed: `ATONIX_TRUSTED_PROXIES`, networks or addresses.
    pub trusted_proxies: Vec<IpNet>,
    /// Other sites whose scripts may call the REST API: `ATONIX_CORS_ORIGINS`.
    pub cors_origins: Vec<HeaderValue>,
    /// The hosts we answer to: `ALLOWED_HOSTS`; any when empty.
    pub allowed_hosts: Vec<String>,
    /// `DATABASE_URL`, `sqlite://atonix.db` when absent.
    pub database_url: String,
    /// `SECRET_KEY`.
    pub secret_key: SecretString,
    /// The cloud, from `OS_*` or clouds.yaml.
    pub cloud: Option<CloudConfig>,
    /// The same with its administrators' credentials, from `ATONIX_ADMIN_*` or the profile `atonix-admin` of clouds.yaml.
    pub admin: Option<CloudConfig>,
    /// Whether the API servers of clusters may be on this machine, as those of a simulated cloud are:
    /// `ATONIX_CLUSTER_LOOPBACK`.
    pub cluster_loopback: bool,
    /// `ATONIX_…_SECONDS`.
    pub timings: Timings,
    /// How long the server answers on after it was told to stop, while load balancers learn of it: `ATONIX_DRAIN_SECONDS`,
    /// 3 with PostgreSQL. A server on SQLite has no others beside it and stops at once.
    pub drain: Duration,
    /// Whether `cargo leptos watch` reloads the page: then nothing is cached.
    pub watched: bool,
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// A sentence naming the variable.
    pub fn from_environment() -> Result<Self> {
        Self::read(&variable)
    }

    /// Reads the configuration through `lookup`.
    ///
    /// # Errors
    /// A sentence naming the variable.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let given = |name: &str| lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let public_url = given("ATONIX_PUBLIC_URL").map(|text| public_url(&text)).transpose()?;
        // Read for its errors: with DEBUG one would expect tracebacks on pages, and there are none to be had.
        given("DEBUG").map(|text| flag("DEBUG", &text)).transpose()?;
        let database_url = given("DATABASE_URL").unwrap_or_else(|| "sqlite://atonix.db".to_owned());
        Ok(Self {
            listen: parse("ATONIX_LISTEN", &given, "127.0.0.1:8000", "an address such as 127.0.0.1:8000")?,
            public_url,
            trusted_proxies: list(given("ATONIX_TRUSTED_PROXIES"))
                .iter()
                .map(|text| proxy(text))
                .collect::<Result<_>>()?,
            cors_origins: list(given("ATONIX_CORS_ORIGINS")).iter().map(|text| origin(text)).collect::<Result<_>>()?,
            allowed_hosts: list(given("ALLOWED_HOSTS")).iter().map(|host| host.to_ascii_lowercase()).collect(),
            drain: drain(&given, &database_url)?,
            database_url,
            secret_key: secret_key(given("SECRET_KEY"))?,
            cloud: cloud_of(lookup)?.map(|cloud| limits(cloud, &given)).transpose()?,
            admin: administrators(lookup)?.map(|cloud| limits(cloud, &given)).transpose()?,
            cluster_loopback: given("ATONIX_CLUSTER_LOOPBACK")
                .map(|text| flag("ATONIX_CLUSTER_LOOPBACK", &text))
                .transpose()?
                .unwrap_or_default(),
            timings: timings(&given)?,
            watched: given("LEPTOS_WATCH").is_some(),
        })
    }

    /// What the portal is started with.
    pub fn settings(&self) -> Settings {
        Settings {
            database_url: self.database_url.clone(),
            secret_key: self.secret_key.clone(),
            cloud: self.cloud.clone(),
            admin: self.admin.clone(),
            cluster_loopback: self.cluster_loopback,
            timings: self.timings,
            clock: Clock::system(),
            quick_passwords: false,
        }
    }

    /// Whether browsers reach us by https.
    pub fn https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    /// `serve` needs a cloud; operator commands do not.
    ///
    /// # Errors
    /// A sentence on what to set.
    pub fn require_cloud(&self) -> Result<()> {
        self.cloud.as_ref().map(|_| ()).ok_or_else(no_cloud)
    }
}

/// Where scripts reach a portal and who they are: `ATONIX_URL` and `ATONIX_TOKEN`, for `provision` and `call`.
#[derive(Clone, Debug)]
pub struct Remote {
    /// The portal's address, with a slash at its end.
    pub url: Url,
    /// The API token.
    pub token: SecretString,
}

impl Remote {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// A sentence naming the variable.
    pub fn from_environment() -> Result<Self> {
        let url = variable("ATONIX_URL").unwrap_or_else(|| "http://127.0.0.1:8000".to_owned());
        let url = format!("{}/", url.trim_end_matches('/'));
        let url = Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let token = variable("ATONIX_TOKEN").filter(|token| !token.trim().is_empty());
        Ok(Self {
            url: url.ok_or_else(|| wrong("ATONIX_URL", "an address such as https://portal.example.com"))?,
            token: token.ok_or_else(|| ConfigError("ATONIX_TOKEN must hold an API token.".to_owned()))?.trim().into(),
        })
    }
}

/// How the log looks: `RUST_LOG` filters, `ATONIX_LOG=json` makes each line JSON.
#[derive(Clone, Debug)]
pub struct Logging {
    /// The filter.
    pub filter: String,
    /// JSON lines.
    pub json: bool,
}

impl Logging {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// A sentence naming the variable.
    pub fn from_environment() -> Result<Self> {
        let json = match variable("ATONIX_LOG").as_deref() {
            None | Some("" | "text") => false,
            Some("json") => true,
            Some(_) => return Err(wrong("ATONIX_LOG", "text or json")),
        };
        let filter = variable("RUST_LOG").filter(|text| !text.is_empty());
        Ok(Self {
            // The session layer tells each malformed cookie, sqlx each slow statement: noise unless asked for. What a
            // cluster's API server says that cannot be read belongs to its team, and may be long.
            filter: filter.unwrap_or_else(|| "info,sqlx=warn,tower_sessions=error,kube_client=error".to_owned()),
            json,
        })
    }
}

/// The cloud alone, for what needs nothing else.
///
/// # Errors
/// A sentence when there is none, or it is configured wrongly.
pub(crate) fn cloud() -> Result<CloudConfig> {
    cloud_of(&variable)?.ok_or_else(no_cloud)
}

fn cloud_of(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Option<CloudConfig>> {
    CloudConfig::load(lookup, "atonix").map_err(|error| ConfigError(error.to_string()))
}

/// The account of the cloud's administrators: `ATONIX_ADMIN_USERNAME` and the like are read as `OS_USERNAME` and the like
/// are for the platform's own account, and what is not said of where the cloud is, is as it is for that one.
fn administrators(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Option<CloudConfig>> {
    const SHARED: [&str; 5] = ["AUTH_URL", "CACERT", "INTERFACE", "ENDPOINT_TYPE", "CLIENT_CONFIG_FILE"];
    let of = |name: &str| lookup(&format!("ATONIX_ADMIN_{name}")).filter(|value| !value.trim().is_empty());
    let given = ["USERNAME", "PASSWORD", "APPLICATION_CREDENTIAL_ID", "APPLICATION_CREDENTIAL_SECRET"];
    let given = given.into_iter().any(|name| of(name).is_some());
    let read = |name: &str| match name.strip_prefix("OS_") {
        // Without an account of its own, an address alone is none; the profile is asked for then.
        Some("AUTH_URL") if !given => None,
        Some(own) => of(own).or_else(|| SHARED.contains(&own).then(|| lookup(name)).flatten()),
        None => lookup(name),
    };
    CloudConfig::load(&read, "atonix-admin")
        .map_err(|error| ConfigError(format!("The administrators' account (ATONIX_ADMIN_…): {error}")))
}

fn no_cloud() -> ConfigError {
    ConfigError(
        "No cloud is configured: set OS_AUTH_URL, OS_USERNAME and OS_PASSWORD, or OS_CLOUD with a clouds.yaml; \
         `atonix demo` brings a simulated cloud along."
            .to_owned(),
    )
}

/// The folder that decides where this process dies: `ATONIX_FAILPOINTS`, for the crash tests.
#[cfg(feature = "failpoints")]
pub(crate) fn failpoints() -> Option<std::path::PathBuf> {
    variable("ATONIX_FAILPOINTS").map(Into::into)
}

/// A variable of the process's environment.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn wrong(name: &str, expected: &str) -> ConfigError {
    ConfigError(format!("{name} must be {expected}."))
}

fn parse<T: std::str::FromStr>(
    name: &str,
    given: &dyn Fn(&str) -> Option<String>,
    default: &str,
    expected: &str,
) -> Result<T> {
    given(name).as_deref().unwrap_or(default).parse().map_err(|_| wrong(name, expected))
}

fn list(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn flag(name: &str, text: &str) -> Result<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(wrong(name, "true or false")),
    }
}

fn secret_key(given: Option<String>) -> Result<SecretString> {
    match given {
        Some(key) if key.chars().count() >= 32 => Ok(key.into()),
        Some(_) => Err(ConfigError("SECRET_KEY is too short: it must have 32 characters or more.".to_owned())),
        None => Err(ConfigError(
            "SECRET_KEY is not set: give it 32 or more random characters, for instance those of `openssl rand -hex 32`, \
             and keep them."
                .to_owned(),
        )),
    }
}

fn public_url(text: &str) -> Result<Url> {
    let url = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.path() == "/" && url.query().is_none()
    });
    url.ok_or_else(|| wrong("ATONIX_PUBLIC_URL", "an address without a path, such as https://portal.example.com"))
}

fn proxy(text: &str) -> Result<IpNet> {
    let address = || text.parse().ok().map(|address: std::net::IpAddr| address.into());
    text.parse().ok().or_else(address).ok_or_else(|| {
        wrong("ATONIX_TRUSTED_PROXIES", "addresses or networks with commas between them, such as 10.0.0.0/8, ::1")
    })
}

fn origin(text: &str) -> Result<HeaderValue> {
    let name = "ATONIX_CORS_ORIGINS";
    let expected = "origins with commas between them, such as https://tools.example.com";
    let url = Url::parse(text).map_err(|_| wrong(name, expected))?;
    match url.origin().ascii_serialization() == text {
        true => HeaderValue::from_str(text).map_err(|_| wrong(name, expected)),
        false => Err(wrong(name, expected)),
    }
}

/// More than 4 s would not leave requests enough of the 20 that a stop may take.
fn drain(given: &dyn Fn(&str) -> Option<String>, database_url: &str) -> Result<Duration> {
    let name = "ATONIX_DRAIN_SECONDS";
    match given(name).map(|text| text.parse::<f64>()) {
        None if database_url.starts_with("sqlite:") => Ok(Duration::ZERO),
        None => Ok(Duration::from_secs(3)),
        Some(Ok(number)) if (0.0..=4.0).contains(&number) => Ok(Duration::from_secs_f64(number)),
        Some(_) => Err(wrong(name, "a number of seconds from 0 to 4")),
    }
}

/// How long single services are waited for, and how many requests run at once.
fn limits(mut cloud: CloudConfig, given: &dyn Fn(&str) -> Option<String>) -> Result<CloudConfig> {
    let name = "ATONIX_TIMEOUTS";
    let expected = "service types with seconds, such as network=10,image=20";
    for pair in list(given(name)) {
        let (service, number) = pair.split_once('=').ok_or_else(|| wrong(name, expected))?;
        let seconds = number.trim().parse().ok().filter(|number| (0.001..=31_536_000.0).contains(number));
        let seconds = seconds.ok_or_else(|| wrong(name, expected))?;
        cloud.timeouts.insert(service.trim().to_owned(), Duration::from_secs_f64(seconds));
    }
    if let Some(text) = given("ATONIX_CONCURRENCY") {
        let most = text.parse().ok().filter(|most| (1..=10_000).contains(most));
        cloud.concurrency = most.ok_or_else(|| wrong("ATONIX_CONCURRENCY", "a number from 1 to 10000"))?;
    }
    Ok(cloud)
}

fn timings(given: &dyn Fn(&str) -> Option<String>) -> Result<Timings> {
    let default = Timings::default();
    let seconds = |name: &str, default: Duration| match given(name) {
        None => Ok(default),
        Some(text) => match text.parse::<f64>() {
            Ok(number) if (0.001..=31_536_000.0).contains(&number) => Ok(Duration::from_secs_f64(number)),
            _ => Err(wrong(name, "a number of seconds greater than 0")),
        },
    };
    let timings = Timings {
        timeout: seconds("ATONIX_TIMEOUT_SECONDS", default.timeout)?,
        lease_margin: seconds("ATONIX_LEASE_MARGIN_SECONDS", default.lease_margin)?,
        quiet: seconds("ATONIX_QUIET_SECONDS", default.quiet)?,
        patience: seconds("ATONIX_PATIENCE_SECONDS", default.patience)?,
        transit_min: seconds("ATONIX_TRANSIT_MIN_SECONDS", default.transit_min)?,
        transit_max: seconds("ATONIX_TRANSIT_MAX_SECONDS", default.transit_max)?,
        settled: seconds("ATONIX_SETTLED_SECONDS", default.settled)?,
        drift: seconds("ATONIX_DRIFT_SECONDS", default.drift)?,
        session: seconds("ATONIX_SESSION_SECONDS", default.session)?,
        client: seconds("ATONIX_CLIENT_SECONDS", default.client)?,
    };
    match timings.transit_min <= timings.transit_max {
        true => Ok(timings),
        false => Err(wrong("ATONIX_TRANSIT_MIN_SECONDS", "at most ATONIX_TRANSIT_MAX_SECONDS")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    fn read(pairs: &[(&str, &str)]) -> Result<Config> {
        let home = [("HOME", "/nonexistent"), ("XDG_CONFIG_HOME", "/nonexistent")];
        let all: Vec<_> = home.iter().chain(pairs).copied().collect();
        Config::read(&|name| all.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_wrong_value_is_told_by_the_name_of_its_variable() {
        for (name, value) in [
            ("SECRET_KEY", "short"),
            ("SECRET_KEY", ""),
            ("ATONIX_LISTEN", "8000"),
            ("ATONIX_PUBLIC_URL", "portal.example.com"),
            ("ATONIX_PUBLIC_URL", "https://portal.example.com/path"),
            ("ATONIX_TRUSTED_PROXIES", "10.0.0.0/33"),
            ("ATONIX_CORS_ORIGINS", "https://a.example/"),
            ("ATONIX_TIMEOUT_SECONDS", "0"),
            ("ATONIX_SESSION_SECONDS", "soon"),
            ("ATONIX_DRAIN_SECONDS", "5"),
            ("ATONIX_CLUSTER_LOOPBACK", "perhaps"),
            ("DEBUG", "maybe"),
        ] {
            let error = read(&[("SECRET_KEY", KEY), (name, value)]).unwrap_err().to_string();
            assert!(error.contains(name), "{name}={value}: {error}");
        }
    }

    #[test]
    fn a_key_of_32_characters_is_enough_to_start_and_a_cloud_is_asked_for_later() {
        let config = read(&[("SECRET_KEY", KEY)]).unwrap();
        assert!(config.require_cloud().is_err());
        assert_eq!(config.database_url, "sqlite://atonix.db");
    }

    #[test]
    fn the_administrators_account_is_another_one_at_the_same_cloud() {
        let cloud = [("SECRET_KEY", KEY), ("OS_AUTH_URL", "http://h"), ("OS_USERNAME", "u"), ("OS_PASSWORD", "p")];
        assert!(read(&cloud).unwrap().admin.is_none());
        let with = |more: &[(&'static str, &'static str)]| read(&[cloud.as_slice(), more].concat());
        let account = [("ATONIX_ADMIN_USERNAME", "root"), ("ATONIX_ADMIN_PASSWORD", "secret-of-root")];
        let admin = with(&account).unwrap().admin.unwrap();
        assert_eq!((admin.auth_url.as_str(), admin.project), ("http://h/v3", None));
        assert!(
            format!("{:?}", admin.auth).contains("root") && !format!("{:?}", admin.auth).contains("secret-of-root")
        );
        let elsewhere = [("ATONIX_ADMIN_AUTH_URL", "http://k"), ("ATONIX_ADMIN_PROJECT_NAME", "operators")];
        let admin = with(&[account.as_slice(), &elsewhere].concat()).unwrap().admin.unwrap();
        assert_eq!((admin.auth_url.as_str(), admin.project.as_deref()), ("http://k/v3", Some("operators")));
        let half = with(&account[..1]).unwrap_err().to_string();
        assert!(half.contains("ATONIX_ADMIN") && half.contains("password"), "{half}");
    }

    #[test]
    fn single_services_may_be_waited_for_less_long() {
        let cloud = [("SECRET_KEY", KEY), ("OS_AUTH_URL", "http://h"), ("OS_USERNAME", "u"), ("OS_PASSWORD", "p")];
        let with = |limit: (&'static str, &'static str)| read(&[cloud.as_slice(), &[limit]].concat());
        let config = with(("ATONIX_TIMEOUTS", "network=10, image = 0.5")).unwrap().cloud.unwrap();
        assert_eq!(config.timeout_of("network"), Duration::from_secs(10));
        assert_eq!(config.timeout_of("image"), Duration::from_millis(500));
        assert_eq!(config.timeout_of("compute"), config.timeout);
        for wrong in [("ATONIX_TIMEOUTS", "network"), ("ATONIX_TIMEOUTS", "network=-1"), ("ATONIX_CONCURRENCY", "0")] {
            assert!(with(wrong).unwrap_err().to_string().contains(wrong.0), "{wrong:?}");
        }
    }
}
