//! What an operator decides about a server: where it listens, and under which address the world sees it.

use std::net::SocketAddr;
use std::time::Duration;

/// Settings of one server process. Links, the Origin check, Secure cookies and HSTS go by `public_url`.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: PublicUrl,
    /// Whether the client's address may be taken from `X-Forwarded-For`, and from whom.
    pub trusted_proxies: Vec<Network>,
    /// How long a server that has gone silent keeps its jobs from the others.
    pub lease: Duration,
    /// How many bytes the history may take that the lab keeps in memory.
    pub lab_memory: u64,
}

const LEASE: Duration = Duration::from_secs(20);
/// A gigabyte: some forty million events.
pub const LAB_MEMORY: u64 = 1 << 30;

impl Config {
    /// A server that is its own front, as in development and tests.
    pub fn local(listen: SocketAddr) -> Config {
        Config {
            listen,
            public_url: PublicUrl(format!("http://{listen}")),
            trusted_proxies: Vec::new(),
            lease: LEASE,
            lab_memory: LAB_MEMORY,
        }
    }
}

/// `https://points.example.com`: scheme, host and maybe a port, without a path or a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

#[derive(Debug, thiserror::Error)]
#[error("{0} is not an address like https://points.example.com")]
pub struct NotAPublicUrl(String);

impl PublicUrl {
    /// # Errors
    /// [`NotAPublicUrl`] for another scheme than http or https, and for anything after the host and port.
    pub fn parse(text: &str) -> Result<PublicUrl, NotAPublicUrl> {
        let refuse = || NotAPublicUrl(text.to_owned());
        let trimmed = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let uri: http::Uri = trimmed.parse().map_err(|_| refuse())?;
        let known_scheme = matches!(uri.scheme_str(), Some("http" | "https"));
        match (known_scheme, uri.authority(), uri.path(), uri.query()) {
            (true, Some(authority), "/" | "", None) if !authority.as_str().contains('@') => Ok(PublicUrl(trimmed)),
            _ => Err(refuse()),
        }
    }

    /// As browsers send it in `Origin`.
    pub fn origin(&self) -> &str {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The full address of a path of this server.
    pub fn to(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

/// A network of proxies, `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: std::net::IpAddr,
    prefix: u8,
}

#[derive(Debug, thiserror::Error)]
#[error("{0} is not a network like 10.0.0.0/8")]
pub struct NotANetwork(String);

impl std::str::FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Network, NotANetwork> {
        let refuse = || NotANetwork(text.to_owned());
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: std::net::IpAddr = address.trim().parse().map_err(|_| refuse())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), |prefix| prefix.trim().parse()).map_err(|_| refuse())?;
        if prefix > longest { Err(refuse()) } else { Ok(Network { address, prefix }) }
    }
}

impl Network {
    pub fn contains(self, other: std::net::IpAddr) -> bool {
        use std::net::IpAddr::{V4, V6};
        match (self.address, other.to_canonical()) {
            (V4(network), V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                network.to_bits() & mask == other.to_bits() & mask
            }
            (V6(network), V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                network.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin_and_nothing_more() {
        assert_eq!(PublicUrl::parse("https://Points.example.com/").unwrap().origin(), "https://points.example.com");
        assert!(PublicUrl::parse("http://127.0.0.1:3000").is_ok());
        for wrong in ["points.example.com", "ftp://x", "https://x/laurel", "https://x?y", "https://a@x", ""] {
            assert!(PublicUrl::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        let network: Network = "10.1.0.0/16".parse().unwrap();
        assert!(network.contains("10.1.255.3".parse().unwrap()));
        assert!(network.contains("::ffff:10.1.0.1".parse().unwrap()), "IPv4 seen through an IPv6 socket");
        assert!(!network.contains("10.2.0.1".parse().unwrap()));
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains("1.2.3.4".parse().unwrap()));
        assert!("10.0.0.0/33".parse::<Network>().is_err());
    }
}
