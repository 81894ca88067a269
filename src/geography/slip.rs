//! One slip of the finger: a letter dropped, doubled, exchanged, or crossed with its neighbour.

/// How many letters a writing has, and which, for a bound that costs next to nothing.
#[derive(Clone, Copy, Debug)]
pub struct Letters {
    /// A bit a letter, by its low six bits.
    which: u64,
    pub count: u8,
}

impl Letters {
    #[must_use]
    pub fn of(key: &str) -> Letters {
        let mut letters = Letters { which: 0, count: 0 };
        for letter in key.chars() {
            letters.count = letters.count.saturating_add(1);
            letters.which |= 1 << (u32::from(letter) & 63);
        }
        letters
    }

    /// `false` is certain.
    #[must_use]
    pub fn may_be_one_apart(self, other: Letters) -> bool {
        // No more than two bits: what is left without the lowest two is nothing.
        let differing = self.which ^ other.which;
        let but_one = differing & differing.wrapping_sub(1);
        let but_two = but_one & but_one.wrapping_sub(1);
        but_two == 0 && self.count.abs_diff(other.count) <= 1
    }
}

/// One slip of the finger between two writings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slip {
    /// Two neighbours are crossed.
    Crossed,
    /// One letter is too many or too few.
    Missing,
    /// One letter stands for another.
    Exchanged,
}

impl Slip {
    /// The one slip that makes one writing the other; `None` where they are the same or further apart.
    #[must_use]
    pub fn between(one: &str, other: &str) -> Option<Slip> {
        let (one, other) = without_common_start(one, other);
        let (one, other) = without_common_end(one, other);
        let (mut one, mut other) = (one.chars(), other.chars());
        match (one.next(), one.next(), other.next(), other.next()) {
            (Some(_), None, Some(_), None) => Some(Slip::Exchanged),
            (Some(_), None, None, None) | (None, None, Some(_), None) => Some(Slip::Missing),
            (Some(first), Some(second), Some(third), Some(fourth)) => {
                let crossed = first == fourth && second == third;
                let both_end = one.next().is_none() && other.next().is_none();
                (crossed && both_end).then_some(Slip::Crossed)
            }
            _ => None,
        }
    }
}

fn without_common_start<'t>(one: &'t str, other: &'t str) -> (&'t str, &'t str) {
    let (mut left, mut right) = (one.chars(), other.chars());
    let mut rests = (one, other);
    while let (Some(mine), Some(yours)) = (left.next(), right.next()) {
        if mine != yours {
            break;
        }
        rests = (left.as_str(), right.as_str());
    }
    rests
}

fn without_common_end<'t>(one: &'t str, other: &'t str) -> (&'t str, &'t str) {
    let (mut left, mut right) = (one.chars(), other.chars());
    let mut rests = (one, other);
    while let (Some(mine), Some(yours)) = (left.next_back(), right.next_back()) {
        if mine != yours {
            break;
        }
        rests = (left.as_str(), right.as_str());
    }
    rests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_told_from_none_and_from_two() {
        let table = [
            ("bijli", "bijli", None),
            ("bijli", "bjili", Some(Slip::Crossed)),
            ("bijli", "bijl", Some(Slip::Missing)),
            ("bijli", "bijkli", Some(Slip::Missing)),
            ("bijli", "bijki", Some(Slip::Exchanged)),
            ("bijli", "bjiki", None),
            ("सडक", "सकड", Some(Slip::Crossed)),
            ("", "a", Some(Slip::Missing)),
            ("", "", None),
        ];
        for (one, other, slip) in table {
            assert_eq!(Slip::between(one, other), slip, "{one} {other}");
            assert_eq!(Slip::between(other, one), slip, "{other} {one}");
            if slip.is_some() {
                assert!(Letters::of(one).may_be_one_apart(Letters::of(other)), "{one} {other}");
            }
        }
    }
}
