//! Version discovery: what a catalogue's address means, what a version document says, and where requests go.
use crate::{Microversion, Service};
use reqwest::Url;
use serde_json::Value;

/// What a service says about the version that we speak with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionInfo {
    /// Where its requests go.
    pub url: String,
    /// The version's id as the service names it: `v2.1`. None when the service publishes no version document.
    pub version: Option<String>,
    /// The lowest microversion, where it has microversions.
    pub min: Option<Microversion>,
    /// The highest.
    pub max: Option<Microversion>,
}

/// A version that a document offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offered {
    pub id: String,
    /// The path segment that stands for it; none where the unversioned root serves it (Placement).
    segment: Option<String>,
    pub min: Option<Microversion>,
    pub max: Option<Microversion>,
}

/// A catalogue's address, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Scheme, host, port and path down to where the version would stand; ends in a slash.
    root: Url,
    version: Option<String>,
    /// What follows the version: the project's id, or `AUTH_` with it.
    suffix: Option<String>,
}

impl Address {
    /// Takes the address apart. `project` is the id that the token is for.
    pub(super) fn read(url: &str, project: Option<&str>) -> Result<Self, String> {
        let mut root = Url::parse(url).map_err(|e| format!("the catalogue's address {url:?}: {e}"))?;
        if !matches!(root.scheme(), "http" | "https") || !root.has_host() {
            return Err(format!("the catalogue's address {url:?} is not http"));
        }
        root.set_query(None);
        root.set_fragment(None);
        let mut segments: Vec<String> = root.path().split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect();
        let suffix = segments
            .pop_if(|last| project.is_some_and(|project| !project.is_empty() && last.ends_with(project)))
            .or_else(|| {
                // A suffix that we do not know still stands behind the version.
                let at = segments.iter().rposition(|segment| major(segment).is_some())?;
                (at + 2 == segments.len()).then(|| segments.pop()).flatten()
            });
        let version = segments.pop_if(|last| major(last).is_some());
        let mut path = format!("/{}", segments.join("/"));
        if !path.ends_with('/') {
            path.push('/');
        }
        root.set_path(&path);
        Ok(Self { root, version, suffix })
    }

    /// Where the service publishes its versions.
    pub(super) fn root(&self) -> &Url {
        &self.root
    }

    /// The address of the version, where the root may be silent but this one not.
    pub(super) fn versioned(&self) -> Option<Url> {
        self.root.join(&format!("{}/", self.version.as_deref()?)).ok()
    }

    /// Where requests go, without a slash at its end. Scheme, host, port and leading path are always the catalogue's: a
    /// document's own links are wrong behind many proxies, and a token must not follow them.
    pub(super) fn base(&self, service: &Service, offered: Option<&Offered>, project: Option<&str>) -> String {
        let version = match offered {
            Some(offered) => offered.segment.as_deref(),
            None => self.version.as_deref().or(Some(service.path)),
        };
        let suffix = self.suffix.as_deref().or(project.filter(|_| service.project_in_path));
        let mut base = self.root.as_str().trim_end_matches('/').to_owned();
        for segment in [version, suffix].into_iter().flatten().filter(|segment| !segment.is_empty()) {
            base.push('/');
            base.push_str(segment);
        }
        base
    }
}

/// The best version of that major number in a document: a current one before a supported one before others, then the
/// highest.
pub(super) fn choose(document: &Value, wanted: u32) -> Option<Offered> {
    let versions = document.get("versions").unwrap_or(document);
    let versions = versions.get("values").unwrap_or(versions);
    let single = versions.get("version").unwrap_or(versions);
    let all = match versions {
        Value::Array(all) => all.as_slice(),
        _ => std::slice::from_ref(single),
    };
    all.iter()
        .filter_map(|version| {
            let id = version.get("id")?.as_str()?;
            if major(id)? != wanted {
                return None;
            }
            let status = version.get("status").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
            let rank = match status.as_str() {
                "CURRENT" | "STABLE" => 2,
                "SUPPORTED" | "" => 1,
                _ => 0,
            };
            let micro = |names: [&str; 2]| {
                names.iter().find_map(|name| version.get(*name)?.as_str()?.parse::<Microversion>().ok())
            };
            let max = micro(["max_version", "version"]);
            // Without a maximum a `min_version` says nothing.
            let min = max.and(micro(["min_version", "min_version"]));
            Some(((rank, minor(id)), Offered { id: id.to_owned(), segment: segment(version), min, max }))
        })
        .max_by_key(|(order, _)| *order)
        .map(|(_, offered)| offered)
}

/// The segment of a version's own link that looks like a version.
fn segment(version: &Value) -> Option<String> {
    let links = version.get("links")?.as_array()?;
    let own = links.iter().find(|link| link.get("rel").and_then(Value::as_str) == Some("self")).or(links.first())?;
    let href = own.get("href")?.as_str()?;
    let path = href.split(['?', '#']).next()?;
    path.rsplit('/').find(|segment| major(segment).is_some()).map(str::to_owned)
}

/// The number before the dot of `v2.1`, `2.1` or `v3`; none of what is no version.
fn major(segment: &str) -> Option<u32> {
    let digits = segment.strip_prefix('v').unwrap_or(segment);
    let (major, minor) = digits.split_once('.').unwrap_or((digits, "0"));
    let number = |text: &str| text.len() < 4 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (number(major) && number(minor)).then(|| major.parse().ok()).flatten()
}

fn minor(id: &str) -> u32 {
    id.split_once('.').and_then(|(_, minor)| minor.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
