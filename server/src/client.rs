//! The address of whoever asks, for the limit on sign-ins: proxies are believed only when they are ours.
use ipnet::IpNet;
use std::net::IpAddr;

/// The client's address: the peer, or, when that is one of our proxies, the last in `X-Forwarded-For` that is not.
pub(crate) fn address(peer: Option<IpAddr>, forwarded: &[&str], trusted: &[IpNet]) -> String {
    let ours = |address: &IpAddr| trusted.iter().any(|net| net.contains(&address.to_canonical()));
    let Some(peer) = peer else { return "unknown".to_owned() };
    let mut address = peer;
    let hops: Vec<&str> = forwarded.iter().flat_map(|line| line.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        if !ours(&address) {
            break;
        }
        match hop.parse() {
            Ok(one) => address = one,
            // What a proxy of ours did not write is not read further.
            Err(_) => break,
        }
    }
    address.to_canonical().to_string()
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_forwarded_address_counts_only_behind_a_proxy_of_ours() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let from = |peer: &str, forwarded: &[&str]| address(Some(peer.parse().unwrap()), forwarded, &trusted);
        assert_eq!(from("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(from("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(from("10.0.0.1", &["203.0.113.9, 198.51.100.7", "10.0.0.2"]), "198.51.100.7");
        assert_eq!(from("10.0.0.1", &["evil.example"]), "10.0.0.1");
        assert_eq!(from("::ffff:10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
    }
}
