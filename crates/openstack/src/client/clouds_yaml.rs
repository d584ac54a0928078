//! `clouds.yaml` with its companions `secure.yaml` and `clouds-public.yaml`, as other OpenStack clients read them.
use super::config::Words;
use crate::{Error, Result};
use secrecy::SecretString;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    clouds: BTreeMap<String, Entry>,
    #[serde(rename = "public-clouds")]
    public: BTreeMap<String, Entry>,
}

/// One cloud. What we have no use for is passed over.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Account,
    /// The vendor's entry that this one completes; old files say `cloud`.
    #[serde(alias = "cloud")]
    profile: Option<String>,
    region_name: Option<String>,
    regions: Vec<Region>,
    interface: Option<String>,
    endpoint_type: Option<String>,
    cacert: Option<String>,
    verify: Option<bool>,
    auth_type: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Account {
    auth_url: Option<String>,
    username: Option<String>,
    password: Option<Secret>,
    user_domain_name: Option<String>,
    project_domain_name: Option<String>,
    project_name: Option<String>,
    /// Stands for both of the above.
    domain_name: Option<String>,
    application_credential_id: Option<String>,
    application_credential_name: Option<String>,
    application_credential_secret: Option<Secret>,
}

#[derive(Clone, Deserialize)]
#[serde(from = "String")]
struct Secret(SecretString);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Region {
    Bare(String),
    Named { name: String },
}

/// Takes `over`'s field where it has one.
macro_rules! overlay {
    ($under:expr, $over:expr, $($field:ident),+) => { $(if $over.$field.is_some() { $under.$field = $over.$field; })+ };
}

impl Entry {
    /// This one completed, and where both speak overruled, by `over`.
    fn under(mut self, over: Self) -> Self {
        let auth = over.auth;
        overlay!(
            self.auth,
            auth,
            auth_url,
            username,
            password,
            user_domain_name,
            project_domain_name,
            project_name,
            domain_name,
            application_credential_id,
            application_credential_name,
            application_credential_secret
        );
        overlay!(self, over, profile, region_name, interface, endpoint_type, cacert, verify, auth_type);
        if !over.regions.is_empty() {
            self.regions = over.regions;
        }
        self
    }

    fn words(self, home: Option<&Path>) -> Result<Words> {
        if self.verify == Some(false) {
            return Err(Error::Config(
                "verify: false is not supported, since anybody could then read the password; name the certificate in \
                 cacert instead"
                    .to_owned(),
            ));
        }
        if let Some(kind) = self.auth_type.as_deref()
            && !matches!(kind, "password" | "v3password" | "v3applicationcredential")
        {
            return Err(Error::Config(format!("auth_type {kind} is not supported")));
        }
        let region = self.region_name.or_else(|| {
            self.regions.into_iter().next().map(|region| match region {
                Region::Bare(name) | Region::Named { name } => name,
            })
        });
        let auth = self.auth;
        Ok(Words {
            auth_url: auth.auth_url,
            username: auth.username,
            password: auth.password.map(|secret| secret.0),
            user_domain: auth.user_domain_name.or_else(|| auth.domain_name.clone()),
            project_domain: auth.project_domain_name.or(auth.domain_name),
            project: auth.project_name,
            credential_id: auth.application_credential_id,
            credential_name: auth.application_credential_name,
            credential_secret: auth.application_credential_secret.map(|secret| secret.0),
            region,
            interface: self.interface.or(self.endpoint_type),
            ca_file: self.cacert.map(|path| match (path.strip_prefix("~/"), home) {
                (Some(rest), Some(home)) => home.join(rest),
                _ => PathBuf::from(path),
            }),
        })
    }
}

/// The profile's words, from the first `clouds.yaml` there is; none when there is no such file or it has no such profile.
pub(super) fn find(lookup: &dyn Fn(&str) -> Option<String>, profile: &str) -> Result<Option<Words>> {
    let home = lookup("HOME").map(PathBuf::from);
    let user = lookup("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| home.as_ref().map(|home| home.join(".config")));
    let places: Vec<PathBuf> =
        [Some(PathBuf::from(".")), user.map(|user| user.join("openstack")), Some("/etc/openstack".into())]
            .into_iter()
            .flatten()
            .collect();
    let first = |named: Option<String>, stem: &str| {
        // A file that is named is the one that is meant, be it there or not.
        let candidates = match named {
            Some(path) => vec![PathBuf::from(path)],
            None => places
                .iter()
                .flat_map(|place| ["yaml", "yml", "json"].map(|end| place.join(format!("{stem}.{end}"))))
                .collect(),
        };
        candidates.iter().find_map(|path| read(path).transpose()).transpose()
    };
    let Some(clouds) = first(lookup("OS_CLIENT_CONFIG_FILE"), "clouds")? else { return Ok(None) };
    let secure = first(lookup("OS_CLIENT_SECURE_FILE"), "secure")?.unwrap_or_default();
    let vendors = first(lookup("OS_CLIENT_VENDOR_FILE"), "clouds-public")?.unwrap_or_default();
    merge(clouds, secure, vendors, profile).map(|entry| entry.words(home.as_deref())).transpose()
}

/// The vendor's entry below the user's, below the user's secrets.
fn merge(mut clouds: File, mut secure: File, mut vendors: File, profile: &str) -> Option<Entry> {
    let own = clouds.clouds.remove(profile)?.under(secure.clouds.remove(profile).unwrap_or_default());
    Some(match own.profile.as_ref().and_then(|vendor| vendors.public.remove(vendor)) {
        Some(vendor) => vendor.under(own),
        None => own,
    })
}

fn read(path: &Path) -> Result<Option<File>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
        Err(e) => return Err(Error::Config(format!("{} cannot be read: {e}", path.display()))),
    };
    parse(&text)
        .map(Some)
        .map_err(|at| Error::Config(format!("{} is not what a clouds.yaml must be{at}", path.display())))
}

/// Reads the text. The error names the place alone: the parser's own words quote the line, which may hold a password.
fn parse(text: &str) -> Result<File, String> {
    if text.trim().is_empty() {
        return Ok(File::default());
    }
    serde_saphyr::from_str(text).map_err(|e| match e.location() {
        Some(at) => format!(" (line {}, column {})", at.line(), at.column()),
        None => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    const CLOUDS: &str = "
# for people
clouds:
  atonix:
    profile: acme
    auth: &account
      username: atonix-service
      project_name: ignored
    region_name: RegionTwo
    cacert: ~/ca.pem
    identity_api_version: 3
  by-credential:
    auth_type: v3applicationcredential
    auth:
      auth_url: http://h:5000
      application_credential_id: ac
      application_credential_secret: 12345
    regions:
      - name: First
        values: {networks: []}
      - Second
  careless:
    auth: {auth_url: 'https://h'}
    verify: false
";
    const SECURE: &str = "clouds:\n  atonix:\n    auth:\n      password: hunter2\n";
    const VENDORS: &str = "
public-clouds:
  acme:
    auth: {auth_url: 'https://acme.example/v3', username: nobody, domain_name: Acme}
    region_name: RegionOne
    interface: internal
";

    fn words(profile: &str) -> Option<Result<Words>> {
        let [clouds, secure, vendors] = [CLOUDS, SECURE, VENDORS].map(|text| parse(text).unwrap());
        merge(clouds, secure, vendors, profile).map(|entry| entry.words(Some(Path::new("/home/mira"))))
    }

    #[test]
    fn secrets_complete_the_users_entry_which_completes_the_vendors() {
        let words = words("atonix").unwrap().unwrap();
        assert_eq!(words.auth_url.as_deref(), Some("https://acme.example/v3"));
        assert_eq!(words.username.as_deref(), Some("atonix-service"));
        assert_eq!(words.password.unwrap().expose_secret(), "hunter2");
        assert_eq!((words.user_domain.as_deref(), words.project_domain.as_deref()), (Some("Acme"), Some("Acme")));
        assert_eq!((words.region.as_deref(), words.interface.as_deref()), (Some("RegionTwo"), Some("internal")));
        assert_eq!(words.ca_file, Some(PathBuf::from("/home/mira/ca.pem")));
    }

    #[test]
    fn a_secret_of_digits_is_text_and_the_first_region_is_taken() {
        let words = words("by-credential").unwrap().unwrap();
        assert_eq!(words.credential_secret.unwrap().expose_secret(), "12345");
        assert_eq!(words.region.as_deref(), Some("First"));
    }

    #[test]
    fn an_unchecked_certificate_is_refused_and_an_unknown_profile_is_none() {
        assert!(matches!(words("careless"), Some(Err(Error::Config(_)))));
        assert!(words("unknown").is_none());
        assert!(parse("").unwrap().clouds.is_empty());
    }

    #[test]
    fn a_broken_file_is_reported_without_its_text() {
        let Err(error) = parse("clouds:\n  a:\n    auth:\n      password: [hunter2\n") else { panic!("was read") };
        assert!(!error.contains("hunter2"), "{error}");
    }
}
