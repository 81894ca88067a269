//! A secret in shares: any k of n give it back, fewer say nothing (A. Shamir, *How to share a secret*, CACM 22,
//! 1979), byte by byte over the field of 256 elements of AES.

use super::envelope::{EnvelopeError, LENGTH};
use crate::clock::Ids;

/// Most shares: so many office-bearers never sit around one table.
pub(super) const MOST_SHARES: u8 = 20;

/// One share: its number, from 1, and its bytes.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) number: u8,
    pub(super) bytes: [u8; LENGTH],
}

impl std::fmt::Debug for Share {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Share({})", self.number)
    }
}

/// Parts a secret into `shares` of which any `needed` give it back; `needed` is at least 1 and at most `shares`.
///
/// # Errors
/// [`EnvelopeError::NoRandomness`].
pub(super) fn split(
    secret: &[u8; LENGTH],
    needed: u8,
    shares: u8,
    ids: &Ids,
) -> Result<Vec<Share>, EnvelopeError> {
    // The polynomial of each byte: the secret, then what nobody can guess.
    let mut coefficients = vec![*secret];
    for _ in 1..needed {
        let mut random = [0; LENGTH];
        ids.fill(&mut random).map_err(|_| EnvelopeError::NoRandomness)?;
        coefficients.push(random);
    }
    let share = |number: u8| {
        let mut bytes = [0; LENGTH];
        for coefficient in coefficients.iter().rev() {
            for (byte, coefficient) in bytes.iter_mut().zip(coefficient) {
                *byte = times(*byte, number) ^ coefficient;
            }
        }
        Share { number, bytes }
    };
    Ok((1..=shares).map(share).collect())
}

/// What shares of different numbers give: the secret, when they are enough and right, and otherwise bytes that
/// mean nothing. Whoever asks knows the secret again by its public key.
#[must_use]
pub(super) fn join(shares: &[Share]) -> [u8; LENGTH] {
    let mut secret = [0; LENGTH];
    for share in shares {
        // Lagrange's polynomial of the share, at 0.
        let mut weight = 1;
        for other in shares.iter().filter(|other| other.number != share.number) {
            weight = times(weight, times(other.number, inverse(other.number ^ share.number)));
        }
        for (byte, part) in secret.iter_mut().zip(share.bytes) {
            *byte ^= times(part, weight);
        }
    }
    secret
}

/// The product in the field (x⁸ + x⁴ + x³ + x + 1), without a table or a branch that hangs on the factors.
fn times(one: u8, other: u8) -> u8 {
    let mut product = 0;
    let mut doubled = one;
    for bit in 0..8 {
        product ^= doubled & 0_u8.wrapping_sub(other >> bit & 1);
        let carry = 0_u8.wrapping_sub(doubled >> 7);
        doubled = doubled << 1 ^ carry & 0x1b;
    }
    product
}

/// What makes 1 of it: its 254th power.
fn inverse(of: u8) -> u8 {
    let square = times(of, of);
    let mut power = square;
    let mut product = square;
    for _ in 0..6 {
        power = times(power, power);
        product = times(product, power);
    }
    product
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// FIPS 197, sections 4.2 and 4.2.1.
    #[test]
    fn the_field_is_that_of_aes() {
        assert_eq!(times(0x57, 0x83), 0xc1);
        assert_eq!(times(0x57, 0x13), 0xfe);
        for element in 1..=255 {
            assert_eq!(times(element, inverse(element)), 1, "{element}");
        }
    }

    proptest! {
        #[test]
        fn any_shares_that_are_enough_give_the_secret_and_fewer_do_not(
            secret in prop::array::uniform32(any::<u8>()),
            needed in 2..=5_u8,
            more in 0..=3_u8,
            order in Just((0..8_usize).collect::<Vec<usize>>()).prop_shuffle(),
        ) {
            let shares = split(&secret, needed, needed + more, &Ids::system()).unwrap();
            let mut chosen: Vec<Share> =
                order.iter().filter_map(|at| shares.get(*at).cloned()).collect();
            chosen.truncate(usize::from(needed));
            prop_assert_eq!(join(&chosen), secret);
            chosen.pop();
            prop_assert_ne!(join(&chosen), secret);
        }
    }
}
