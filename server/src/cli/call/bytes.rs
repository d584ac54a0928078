//! Objects up from a file or standard input, and down to a file or standard output, as streams: none of it is held.
mod down;
mod up;

pub(super) use down::down;
pub(super) use up::up;

use anyhow::bail;
use std::path::PathBuf;

/// Where bytes come from, or go to.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// Standard input or output.
    Standard,
    File(PathBuf),
}

impl Place {
    /// `-`, or a file with or without the @ that marks one elsewhere. What begins with an @ itself is written with two.
    fn of(given: &str) -> anyhow::Result<Self> {
        match given.strip_prefix('@').unwrap_or(given) {
            "" => bail!("the file has no name"),
            "-" if given == "-" => Ok(Self::Standard),
            path => Ok(Self::File(path.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_with_or_without_its_at_sign_and_a_dash_is_no_file() {
        assert_eq!(Place::of("-").unwrap(), Place::Standard);
        for (given, path) in [("@data.bin", "data.bin"), ("data.bin", "data.bin"), ("@@home", "@home"), ("@-", "-")] {
            assert_eq!(Place::of(given).unwrap(), Place::File(path.into()), "{given}");
        }
        assert!(Place::of("@").is_err() && Place::of("").is_err());
    }
}
