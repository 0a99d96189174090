//! Addresses: what to listen on, which proxy to trust, what the public types.

use std::net::IpAddr;

use super::ConfigError;

/// A network in CIDR notation (RFC 4632, RFC 4291).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    base: IpAddr,
    /// The number of leading bits that count.
    bits: u8,
}

impl Cidr {
    pub(super) fn parse(text: &str) -> Result<Self, ConfigError> {
        let wrong = || ConfigError::key("behind_proxy", "must list networks such as \"127.0.0.1/32\" or \"fd00::/8\"");
        let (base, bits) = match text.trim().split_once('/') {
            Some((base, bits)) => (base.parse::<IpAddr>().map_err(|_| wrong())?, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text.trim().parse::<IpAddr>().map_err(|_| wrong())?, None),
        };
        let width = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        // A network of everybody would let any client say who it is.
        if bits == 0 || bits > width { Err(wrong()) } else { Ok(Self { base, bits }) }
    }

    /// Whether an address lies in the network. An IPv4 address that arrives mapped into IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(a)) => (u32::from(base) ^ u32::from(a)).leading_zeros() >= u32::from(self.bits),
            (IpAddr::V6(base), IpAddr::V6(a)) => (u128::from(base) ^ u128::from(a)).leading_zeros() >= u32::from(self.bits),
            _ => false,
        }
    }
}

pub(super) fn listen_address(text: &str) -> Result<IpAddr, ConfigError> {
    if text == "localhost" {
        return Ok(IpAddr::from([127, 0, 0, 1]));
    }
    text.parse().map_err(|_| ConfigError::key("address", "must be an IP address, such as \"127.0.0.1\""))
}

/// The origin that people type: scheme, host, port; no path. HTTPS, or plain HTTP on a loopback host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    secure: bool,
    /// Host and, unless it is the scheme's own, port: as a browser writes it in `Host`.
    authority: String,
}

impl PublicUrl {
    pub(super) fn parse(text: &str) -> Result<Self, ConfigError> {
        let wrong = |hint: &str| ConfigError::key("public_url", hint);
        let lower = text.trim().to_ascii_lowercase();
        let (secure, rest) = match (lower.strip_prefix("https://"), lower.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(wrong("must start with https://")),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let port_of_scheme = if secure { ":443" } else { ":80" };
        let authority = authority.strip_suffix(port_of_scheme).unwrap_or(authority);
        let host = host_of(authority)
            .ok_or_else(|| wrong("must be scheme, host and perhaps a port, without a path, such as \"https://registry.example.org\""))?;
        if !secure && !is_loopback_host(host) {
            return Err(wrong("must start with https://; plain http is for a loopback host only"));
        }
        Ok(Self { secure, authority: authority.to_owned() })
    }

    /// The address of a server on this machine, for the demo and for tests.
    pub fn of_loopback(address: IpAddr, port: u16) -> Self {
        let host = match address {
            IpAddr::V4(a) => a.to_string(),
            IpAddr::V6(a) => format!("[{a}]"),
        };
        Self { secure: false, authority: if port == 80 { host } else { format!("{host}:{port}") } }
    }

    /// Scheme and authority, without a slash at the end.
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, self.authority)
    }

    /// What a request's `Host` must be (ASCII case ignored); everything else is foreign.
    pub fn is_host(&self, host: &str) -> bool {
        let port_of_scheme = if self.secure { ":443" } else { ":80" };
        host.strip_suffix(port_of_scheme).unwrap_or(host).eq_ignore_ascii_case(&self.authority)
    }

    /// Whether cookies may be marked `Secure` and HSTS sent.
    pub fn is_https(&self) -> bool {
        self.secure
    }

    /// A full link; `path` starts with a slash.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }
}

/// The host of an authority, if it has the shape `host` or `host:port` or `[v6]:port`.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (inside, after) = rest.split_once(']')?;
            inside.parse::<std::net::Ipv6Addr>().ok()?;
            (inside, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if let Some(port) = port {
        port.parse::<u16>().ok().filter(|p| *p != 0)?;
    }
    let named = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:".contains(&b));
    (!host.is_empty() && named).then_some(host)
}

pub(super) fn is_loopback_host(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|a| a.is_loopback())
}
