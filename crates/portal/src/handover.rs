//! What is shown once, on its way from a form's answer to the page that the form leads to, which may come from another
//! server. The text goes through the database, sealed; its key goes through the browser. Neither is worth anything alone,
//! and both are gone once it was shown.
use crate::resources::seal;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Error, Result};
use secrecy::SecretString;

/// What the seal is bound to.
const ABOUT: &str = "shown once";

/// A sealed text and its key, both fit for a cookie.
pub struct Sealed {
    /// To be stored.
    pub text: String,
    /// Not to be stored here.
    pub key: String,
}

/// Seals a text under a key of its own.
///
/// # Errors
/// When there is no randomness to be had.
pub fn seal_once(text: &str) -> Result<Sealed> {
    let mut key = [0_u8; 32];
    getrandom::fill(&mut key).map_err(|_| Error::Internal)?;
    let key = BASE64_URL_SAFE_NO_PAD.encode(key);
    let sealed =
        seal::seal(&SecretString::from(key.as_str()), ABOUT, text.as_bytes()).map_err(crate::error::Error::report)?;
    Ok(Sealed { text: BASE64_URL_SAFE_NO_PAD.encode(sealed), key })
}

/// Opens what [`seal_once`] sealed; none with another key.
pub fn open_once(text: &str, key: &str) -> Option<String> {
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    String::from_utf8(seal::open(&SecretString::from(key), ABOUT, &sealed).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_with_its_own_key_only() {
        let (one, other) = (seal_once("hello").unwrap(), seal_once("hello").unwrap());
        assert_eq!(open_once(&one.text, &one.key).as_deref(), Some("hello"));
        assert_eq!(open_once(&one.text, &other.key), None);
        assert_eq!(open_once("", &one.key), None);
    }
}
