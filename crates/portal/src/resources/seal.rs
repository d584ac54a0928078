//! Sealed values: XChaCha20-Poly1305 under a key derived from `SECRET_KEY`, bound to the row that they belong to.
use crate::error::{Error, Result};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The first byte of a sealed value: which derivation of the key opens it.
const KEY_ID: u8 = 1;
const NONCE: usize = 24;

/// Derives a key for one purpose, so that no two purposes share one.
fn key(secret: &SecretString, purpose: &str) -> Result<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).map_err(|_| Error::Sealed)?;
    mac.update(purpose.as_bytes());
    Ok(mac.finalize().into_bytes().into())
}

/// Seals a value for a row.
pub(crate) fn seal(secret: &SecretString, row: &str, plain: &[u8]) -> Result<Vec<u8>> {
    let mut nonce = [0_u8; NONCE];
    getrandom::fill(&mut nonce).map_err(|_| Error::Sealed)?;
    let cipher = XChaCha20Poly1305::new(&key(secret, "atonix sealed 1")?.into());
    let payload = Payload { msg: plain, aad: row.as_bytes() };
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Sealed)?;
    Ok([&[KEY_ID], &nonce[..], &sealed].concat())
}

/// Opens what [`seal`] sealed for the same row.
pub(crate) fn open(secret: &SecretString, row: &str, sealed: &[u8]) -> Result<Vec<u8>> {
    let Some((&KEY_ID, rest)) = sealed.split_first() else { return Err(Error::Sealed) };
    let (nonce, text) = rest.split_at_checked(NONCE).ok_or(Error::Sealed)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Error::Sealed)?;
    let cipher = XChaCha20Poly1305::new(&key(secret, "atonix sealed 1")?.into());
    let payload = Payload { msg: text, aad: row.as_bytes() };
    cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Sealed)
}

/// The HMAC of a request's body, by which a replay is told from another request under the same key.
pub(super) fn fingerprint(secret: &SecretString, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key(secret, "atonix idempotency 1")?).map_err(|_| Error::Sealed)?;
    mac.update(body.as_bytes());
    Ok(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_for_its_row_and_key() {
        let secret = SecretString::from("0123456789abcdef0123456789abcdef");
        let sealed = seal(&secret, "row-1", b"hello").unwrap();
        assert_eq!(open(&secret, "row-1", &sealed).unwrap(), b"hello");
        assert!(open(&secret, "row-2", &sealed).is_err());
        assert!(open(&SecretString::from("another key, long enough to be one"), "row-1", &sealed).is_err());
        assert!(!sealed.windows(5).any(|window| window == b"hello"));
    }
}
