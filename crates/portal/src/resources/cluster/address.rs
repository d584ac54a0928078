//! Where a cluster's API server is, and whether it may be called there.
//!
//! The address is what Magnum says, and whoever runs the cluster may have had a hand in that, or in the name that it
//! resolves to. So what is refused here: this machine, unless it is allowed for tests and the demo, and link-local
//! addresses, where clouds keep the metadata of the machine that asks. A name is resolved once, and the connection goes to
//! those very addresses.
use super::ClusterError;
use reqwest::Url;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// An address that may be called.
pub(super) struct Address {
    /// Without a slash at its end.
    pub base: String,
    pub host: String,
    /// What the host resolves to.
    pub sockets: Vec<SocketAddr>,
}

/// How long a name may take to be looked up.
const LOOKUP: std::time::Duration = std::time::Duration::from_secs(5);

impl Address {
    pub(super) async fn resolve(text: &str, loopback: bool) -> Result<Self, ClusterError> {
        let wrong = || ClusterError::Address(text.to_owned());
        let url = Url::parse(text).ok().filter(|url| {
            let plain = url.query().is_none() && url.fragment().is_none();
            url.scheme() == "https" && plain && url.username().is_empty() && url.password().is_none()
        });
        let url = url.ok_or_else(wrong)?;
        let host = url.host_str().ok_or_else(wrong)?.to_owned();
        let port = url.port_or_known_default().ok_or_else(wrong)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let sockets: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => {
                let unresolved = || ClusterError::Unresolved(host.clone());
                let found = tokio::time::timeout(LOOKUP, tokio::net::lookup_host((bare, port))).await;
                found.map_err(|_| unresolved())?.map_err(|_| unresolved())?.collect()
            }
        };
        if sockets.is_empty() {
            return Err(ClusterError::Unresolved(host));
        }
        // One that is refused among others is no accident: the name is not believed at all.
        match sockets.iter().find(|socket| is_refused(socket.ip(), loopback)) {
            Some(socket) => Err(ClusterError::Forbidden(socket.ip())),
            None => Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), host, sockets }),
        }
    }
}

/// Whether nobody's cluster is at that address. What leads to an IPv4 address from within IPv6 is that address.
fn is_refused(address: IpAddr, loopback: bool) -> bool {
    let v4 = |address: Ipv4Addr| {
        (address.is_loopback() && !loopback)
            || address.is_link_local()
            || address.is_unspecified()
            || address.is_broadcast()
            || address.is_multicast()
            || address.octets()[0] == 0
    };
    match address.to_canonical() {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(address) => {
            let parts = address.segments();
            let [.., high, low] = parts;
            let last = Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
            // NAT64's prefix (RFC 6052), and the old compatible form.
            let carries_v4 = matches!(parts, [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0, 0, ..]);
            // Local NAT64 (RFC 8215) and 6to4 (RFC 3056) lead anywhere; the last is where EC2 keeps metadata.
            let astray = matches!(parts, [0x64, 0xff9b, 1, ..] | [0x2002, ..] | [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]);
            astray
                || (address.is_loopback() && !loopback)
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unicast_link_local()
                || (carries_v4 && !address.is_loopback() && v4(last))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refusal(address: &str, loopback: bool) -> String {
        Address::resolve(address, loopback).await.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[tokio::test]
    async fn link_local_addresses_are_never_called() {
        for address in [
            "https://169.254.169.254:6443",
            "https://[fe80::1]:6443",
            "https://[::ffff:169.254.169.254]:6443",
            "https://[64:ff9b::a9fe:a9fe]:6443",
            "https://0.0.0.0:6443",
            "https://[::]:6443",
            "https://224.0.0.1",
        ] {
            assert!(refusal(address, true).await.contains("never called"), "{address}");
        }
    }

    #[tokio::test]
    async fn this_machine_is_called_only_when_that_is_allowed() {
        for address in ["https://127.0.0.1:6443", "https://127.8.8.8", "https://[::1]:6443", "https://localhost:6443"] {
            assert!(refusal(address, false).await.contains("never called"), "{address}");
            assert_eq!(refusal(address, true).await, "", "{address}");
        }
    }

    #[tokio::test]
    async fn what_is_no_https_address_is_none() {
        for address in ["", "10.0.0.1", "http://10.0.0.1:6443", "https://user@10.0.0.1", "https://10.0.0.1/?a=b"] {
            assert!(refusal(address, true).await.contains("no https address"), "{address}");
        }
        assert_eq!(refusal("https://10.0.0.1:6443", false).await, "");
    }

    #[tokio::test]
    async fn a_name_that_leads_nowhere_is_told() {
        assert!(refusal("https://api.invalid:6443", false).await.contains("cannot be resolved"));
    }
}
