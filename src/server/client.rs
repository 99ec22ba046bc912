//! Where a request comes from: the address that counters use, and the kind of machine for the list of sessions.

use super::settings::Settings;
use axum::http::{HeaderMap, header, request::Parts};
use serde::Deserialize;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

/// The other end of the connection; an extension of each request, put there by the accept loop.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// The address that is counted: for IPv6 the network of 64 bits, which one household or office has.
    pub address: IpAddr,
    /// The kind of machine, as far as it says so.
    pub device: &'static str,
}

/// A network whose machines are believed when they say whom they forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: u128,
    bits: u32,
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no network: write 10.0.0.0/8, ::1 or 192.0.2.7");
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let (most, before) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let bits = bits.map_or(Ok(most), |b| b.trim().parse::<u32>().map_err(|_| wrong()))?;
        if most < bits { Err(wrong()) } else { Ok(Self { address: number(address), bits: bits + before }) }
    }
}

impl TryFrom<String> for Network {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl Network {
    fn holds(self, address: IpAddr) -> bool {
        let rest = 128 - self.bits;
        rest == 128 || number(address) >> rest == self.address >> rest
    }
}

/// An address as one number, IPv4 within IPv6.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl Client {
    /// Of a request.
    pub fn of(parts: &Parts, settings: &Settings) -> Self {
        let peer = parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        let address = coarse(origin(peer, &parts.headers, &settings.trusted_proxies));
        let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        Self { address, device: device(agent) }
    }
}

/// Whom a request comes from. `X-Forwarded-For` is believed from the right, as far as those who wrote it are trusted.
fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let trusts = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    let mut origin = peer;
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
    for written in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !trusts(origin) {
            break;
        }
        let written = written.trim();
        let Some(address) = written.parse().ok().or_else(|| written.parse::<SocketAddr>().ok().map(|a| a.ip())) else {
            break;
        };
        origin = address;
    }
    origin
}

fn coarse(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// What a browser says it runs on, coarsely: enough to tell one's own machines apart.
fn device(agent: &str) -> &'static str {
    let has = |word| agent.contains(word);
    match () {
        () if has("iPhone") => "iPhone",
        () if has("iPad") => "iPad",
        () if has("Android") && has("Mobile") => "Android phone",
        () if has("Android") => "Android tablet",
        () if has("Windows") => "Windows computer",
        () if has("Macintosh") => "Mac",
        () if has("CrOS") => "Chromebook",
        () if has("Linux") => "Linux computer",
        () => "Unknown device",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).expect("a header"));
        }
        let trusted: Vec<Network> = trusted.iter().map(|t| t.parse().expect("a network")).collect();
        coarse(origin(peer.parse().expect("an address"), &headers, &trusted)).to_string()
    }

    #[test]
    fn a_header_is_believed_only_from_a_trusted_proxy() {
        let proxy = ["10.0.0.0/8"];
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &proxy), "203.0.113.9");
        assert_eq!(seen("10.1.2.3", &["198.51.100.1"], &proxy), "198.51.100.1");
        assert_eq!(seen("10.1.2.3", &[], &proxy), "10.1.2.3");
        // What the client has written itself stands left of what the proxy saw.
        assert_eq!(seen("10.1.2.3", &["1.1.1.1, 198.51.100.1"], &proxy), "198.51.100.1");
        assert_eq!(seen("10.1.2.3", &["1.1.1.1", "198.51.100.1"], &proxy), "198.51.100.1");
        // Two proxies.
        assert_eq!(seen("10.1.2.3", &["198.51.100.1, 10.9.9.9"], &proxy), "198.51.100.1");
        assert_eq!(seen("10.1.2.3", &["10.7.7.7, 198.51.100.1, 10.9.9.9"], &proxy), "198.51.100.1");
        assert_eq!(seen("10.1.2.3", &["nonsense"], &proxy), "10.1.2.3");
        assert_eq!(seen("10.1.2.3", &["198.51.100.1:4711"], &proxy), "198.51.100.1");
        assert_eq!(seen("::ffff:10.1.2.3", &["198.51.100.1"], &proxy), "198.51.100.1");
        assert_eq!(seen("::1", &["2001:db8:1:2:3:4:5:6"], &["::1"]), "2001:db8:1:2::");
    }

    #[test]
    fn a_network_is_written_in_one_way() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::1/129", "proxy.example", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let all: Network = "::/0".parse().expect("a network");
        assert!(all.holds(Ipv4Addr::LOCALHOST.into()));
        let one: Network = "192.0.2.7".parse().expect("a network");
        assert!(one.holds([192, 0, 2, 7].into()) && !one.holds([192, 0, 2, 8].into()));
    }

    #[test]
    fn machines_are_told_apart_coarsely() {
        for (agent, device_) in [
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150 Safari/537.36", "Linux computer"),
            ("Mozilla/5.0 (Linux; Android 16; Pixel) AppleWebKit/537.36 Mobile Safari/537.36", "Android phone"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)", "iPhone"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "Mac"),
            ("curl/8", "Unknown device"),
            ("", "Unknown device"),
        ] {
            assert_eq!(device(agent), device_, "{agent}");
        }
    }
}
