//! What a service is: its names in a catalogue, its version and how it takes microversions.
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An OpenStack service, as data.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// For people: `Compute (Nova)`.
    pub title: &'static str,
    /// The official type: `compute`.
    pub service_type: &'static str,
    /// Other types under which catalogues list it, by preference. See the service types authority.
    pub aliases: &'static [&'static str],
    /// The major version that we speak, 2 for Nova's v2.1 and Neutron's v2.0; 0 for a service that publishes no versions
    /// (Swift): it is not asked, and the catalogue's address is taken as it is.
    pub major: u32,
    /// The versioned path segment when discovery gives none: `v2.1`.
    pub path: &'static str,
    /// Whether its paths carry the project's id after the version: Cinder below 3.67, Trove, Freezer.
    pub project_in_path: bool,
    /// How a microversion is asked for, where the service has them.
    pub microversions: Option<MicroversionHeader>,
}

/// The header that asks for a microversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MicroversionHeader {
    /// `OpenStack-API-Version: <word> 2.90`, the word as the API working group decided it.
    Standard(&'static str),
    /// A header of its own with the bare version.
    Own(&'static str),
}

/// A microversion such as 2.90. Orders by number, not by text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Microversion(pub u32, pub u32);

impl fmt::Display for Microversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl FromStr for Microversion {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (major, minor) = text.split_once('.').ok_or(())?;
        Ok(Self(major.parse().map_err(|_| ())?, minor.parse().map_err(|_| ())?))
    }
}
