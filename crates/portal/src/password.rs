//! Passwords: which are accepted, how they are hashed and compared.
use crate::error::{Error, Result};
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use tracing::error;

/// The fewest characters.
const MIN: usize = 12;
/// The most bytes. More would only be work for whoever floods us.
pub(crate) const MAX: usize = 1024;

/// How many hashes are made at once in this process: each takes a core and 19 MiB, and others want cores too.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Says at a field what is wrong with a password that somebody chose.
pub(crate) fn check(field: &str, username: &str, password: &str) -> Result<(), model::Error> {
    let wrong = if password.chars().count() < MIN {
        format!("Use {MIN} characters or more.")
    } else if password.len() > MAX {
        format!("Use {MAX} bytes at most.")
    } else if password.eq_ignore_ascii_case(username) {
        "Use something else than the user name.".to_owned()
    } else {
        return Ok(());
    };
    Err(model::Error::invalid(field, wrong))
}

/// A password that nobody chose: 24 characters, 144 random bits.
pub(crate) fn generate() -> Result<String> {
    random::<18>().map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|cause| failed("the system gives no random bytes", &cause))?;
    Ok(bytes)
}

/// Argon2id in PHC form, with a fresh salt.
pub(crate) async fn hash(password: &str, quick: bool) -> Result<String> {
    aside(password, move |password| {
        let made =
            hasher(quick).hash_password(password).map_err(|cause| failed("a password was not hashed", &cause))?;
        Ok(made.to_string())
    })
    .await
}

/// Whether a password is the one behind a stored hash. Without a hash it takes as long and says no, so that the time
/// of an answer does not tell whether there is such a user.
pub(crate) async fn matches(password: &str, stored: Option<String>, quick: bool) -> Result<bool> {
    aside(password, move |password| {
        let text = stored.clone().unwrap_or_else(|| nobodys(quick));
        let hash = PasswordHash::new(&text).map_err(|_| Error::Corrupt("password hash"))?;
        let same = Argon2::default().verify_password(password, &hash).is_ok();
        Ok(same && stored.is_some())
    })
    .await
}

fn params(quick: bool) -> Params {
    match quick {
        true => Params::new(Params::MIN_M_COST, 1, 1, None).unwrap_or_default(),
        false => Params::default(),
    }
}

fn hasher(quick: bool) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params(quick))
}

/// A well-formed hash of the usual cost that belongs to no password we know.
fn nobodys(quick: bool) -> String {
    let params = params(quick);
    let (memory, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}")
}

/// Works on a password away from the threads that serve requests.
async fn aside<T: Send + 'static>(password: &str, work: impl FnOnce(&[u8]) -> Result<T> + Send + 'static) -> Result<T> {
    let password = SecretString::from(password.to_owned());
    let permit = AT_ONCE.acquire().await.map_err(|cause| failed("password hashing is closed", &cause))?;
    let job = tokio::task::spawn_blocking(move || {
        // Held by the work itself: a caller who leaves does not make room before the work is done.
        let _permit = permit;
        work(password.expose_secret().as_bytes())
    });
    job.await.map_err(|cause| failed("password hashing broke off", &cause))?
}

fn failed(what: &'static str, cause: &dyn std::fmt::Display) -> Error {
    error!(%cause, "{what}");
    model::Error::Internal.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_and_no_other() {
        let stored = hash("correct horse battery", true).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert!(matches("correct horse battery", Some(stored.clone()), true).await.unwrap());
        assert!(!matches("Correct horse battery", Some(stored.clone()), true).await.unwrap());
        assert_ne!(stored, hash("correct horse battery", true).await.unwrap());
    }

    #[tokio::test]
    async fn nobodys_hash_costs_what_a_real_one_costs_and_matches_nothing() {
        for quick in [true, false] {
            let (real, dummy) = (hash("correct horse battery", quick).await.unwrap(), nobodys(quick));
            let cost = |text: &str| text.splitn(5, '$').take(4).collect::<Vec<_>>().join("$");
            assert_eq!(cost(&real), cost(&dummy));
            assert_eq!(real.len(), dummy.len());
            assert!(!matches("correct horse battery", None, quick).await.unwrap());
        }
    }

    #[test]
    fn a_password_is_long_but_not_endless_and_not_the_user_name() {
        assert!(check("password", "alice", "twelve chars").is_ok());
        assert!(check("password", "alice", &"ä".repeat(512)).is_ok());
        for bad in ["eleven char", "", "alice.the.owner", &"ä".repeat(513)] {
            assert!(check("password", "Alice.The.Owner", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_generated_password_is_accepted_and_never_the_same() {
        let (one, two) = (generate().unwrap(), generate().unwrap());
        assert!(check("password", "alice", &one).is_ok());
        assert_ne!(one, two);
    }
}
