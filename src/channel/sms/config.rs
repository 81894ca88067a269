//! What the channel is given of the configuration; see `[sms.accounts.NAME]` in samvad.toml.

pub use crate::config::Secret;

/// Who may call an account's addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The part of the path that only the gateway knows.
    pub secret: Secret,
    /// Networks the gateway calls from; empty: any.
    pub allow: Vec<Network>,
    /// User and password of HTTP basic authentication; `None`: not asked for.
    pub basic: Option<(String, Secret)>,
}

/// A network of addresses: `10.1.0.0/16`, or one address alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: std::net::IpAddr,
    /// Bits that count, from the left.
    bits: u8,
}

impl Network {
    /// Reads `10.1.0.0/16`, `10.1.2.3`, `2001:db8::/32`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Network> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text.trim(), None),
        };
        let address: std::net::IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Network { address, bits })
    }

    #[must_use]
    pub fn contains(&self, address: std::net::IpAddr) -> bool {
        use std::net::IpAddr;
        // The left `bits` bits of both, as numbers of `width` bits.
        let same = |left: u128, right: u128, width: u32| {
            let ignored = width - u32::from(self.bits);
            left.checked_shr(ignored) == right.checked_shr(ignored)
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same(u128::from(own.to_bits()), u128::from(other.to_bits()), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same(own.to_bits(), other.to_bits(), 128),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        let rows = [
            ("10.1.0.0/16", "10.1.255.3", true),
            ("10.1.0.0/16", "10.2.0.0", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("127.0.0.1", "::ffff:127.0.0.1", true),
            ("10.0.0.0/8", "::1", false),
        ];
        for (network, address, inside) in rows {
            let network = Network::parse(network).unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), inside, "{network:?} {address}");
        }
        for wrong in ["", "10.1", "10.1.0.0/33", "::/129", "host", "10.0.0.1/x"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }
}
