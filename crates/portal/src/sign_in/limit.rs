//! The rate limit of sign-ins: so many per user name and per address within a quarter of an hour.
use crate::{
    Portal,
    db::{Tx, values},
    error::{Error, Result},
};
use std::net::{IpAddr, Ipv6Addr};

/// How long failures count, in microseconds.
const WINDOW: i64 = 15 * 60 * 1_000_000;
/// Attempts with one user name.
const PER_NAME: i64 = 10;
/// Attempts from one address; many people may sit behind one.
const PER_ADDRESS: i64 = 50;

/// Whom an attempt is counted against.
pub(super) struct Attempt {
    name: String,
    address: Option<String>,
}

/// Why an attempt is not made.
pub(super) struct Stop {
    /// Seconds until the failures no longer count.
    pub retry_after: u64,
    /// The first one to be stopped since it was let through last. Only this one is audited: an attacker shall not be
    /// able to fill the audit, which is never emptied.
    pub first: bool,
}

impl Attempt {
    pub(super) fn new(name: &str, client: &str) -> Self {
        let name: String = name.chars().take(64).collect();
        Self { name: format!("name:{name}"), address: Some(format!("address:{}", network(client))) }
    }

    pub(super) fn by_name(name: &str) -> Self {
        Self { address: None, ..Self::new(name, "") }
    }

    /// Takes back what was counted, because it was no failure; the name starts afresh.
    pub(super) async fn forgive(&self, tx: &mut Tx) -> Result<()> {
        tx.execute("DELETE FROM sign_in_failures WHERE subject = $1", values![self.name.as_str()]).await?;
        if let Some(address) = &self.address {
            let sql = "UPDATE sign_in_failures SET failures = failures - 1 WHERE subject = $1 AND failures > 0";
            tx.execute(sql, values![address.as_str()]).await?;
        }
        Ok(())
    }
}

impl Portal {
    /// Counts an attempt before it is made, so that a hundred at once are no way around the limit.
    pub(super) async fn count(&self, attempt: &Attempt) -> Result<Result<(), Stop>> {
        // The address first: one that is over its limit must not lock out names of others.
        let by_address = attempt.address.as_deref().map(|address| (address, PER_ADDRESS));
        for (subject, most) in by_address.into_iter().chain([(attempt.name.as_str(), PER_NAME)]) {
            let now = self.now();
            let sql = "INSERT INTO sign_in_failures (subject, failures, started_at) VALUES ($1, 1, $2)
                ON CONFLICT (subject) DO UPDATE SET
                    failures = CASE WHEN sign_in_failures.started_at <= $3 THEN 1
                        ELSE sign_in_failures.failures + 1 END,
                    started_at = CASE WHEN sign_in_failures.started_at <= $3 THEN $2
                        ELSE sign_in_failures.started_at END
                RETURNING failures, started_at";
            // A transaction each: with both rows in one, two of them could wait for each other.
            let mut tx = self.db().begin().await?;
            let row = tx.one(sql, values![subject, now, now - WINDOW]).await?.ok_or(Error::Corrupt("count"))?;
            tx.commit().await?;
            let failures = row.int("failures")?;
            if failures > most {
                let micros = u64::try_from(row.int("started_at")? + WINDOW - now).unwrap_or_default();
                let retry_after = micros.div_ceil(1_000_000).max(1);
                return Ok(Err(Stop { retry_after, first: failures == most + 1 }));
            }
        }
        Ok(Ok(()))
    }

    /// Forgets what no longer counts.
    pub(crate) async fn forget_failures(&self) -> Result<()> {
        let sql = "DELETE FROM sign_in_failures WHERE started_at <= $1";
        self.db().execute(sql, values![self.now() - WINDOW]).await?;
        Ok(())
    }
}

/// What is counted as one address. With IPv6 whoever has one address has the whole /64.
fn network(client: &str) -> String {
    match client.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        Err(_) => client.chars().take(64).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn one_ipv6_customer_is_one_address() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::9"));
        assert_ne!(network("2001:db8:1:2::9"), network("2001:db8:1:3::9"));
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
