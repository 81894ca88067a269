//! How far two sounds are apart: an edit distance whose prices follow what people confuse when they
//! write names of UP (measured on them).

use super::sound::{LONGEST, Sound, is_vowel};

/// Prices in hundredths, so that sums are exact.
type Price = u16;

/// The price of a letter too many or too few.
const fn missing(letter: u8) -> Price {
    match letter {
        b'a' => 15,
        b'e' | b'i' | b'o' | b'u' | b'h' | b'y' => 35,
        b'n' => 50,
        _ => 90,
    }
}

/// The price of one letter for another.
const fn exchanged(one: u8, other: u8) -> Price {
    if one == other {
        return 0;
    }
    let (low, high) = if one < other { (one, other) } else { (other, one) };
    match (low, high) {
        (b'e' | b'y', b'i') | (b'i', b'y') | (b'o', b'u') => 25,
        (b'b' | b'u', b'v') | (b'm', b'n') | (b'j', b'y') => 35,
        (b'd', b'r' | b't') | (b'g', b'k') | (b'C', b's') | (b'f', b'p') | (b'l', b'r') => 50,
        _ if is_vowel(low) && is_vowel(high) => 45,
        _ => 100,
    }
}

/// [`exchanged`] of every two letters by their low five bits; `C` takes the place of `c`, which no
/// sound has.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks the bounds")]
static EXCHANGED: [[Price; 32]; 32] = {
    let mut table = [[0; 32]; 32];
    let mut one: u8 = 0;
    while one < 32 {
        let mut other: u8 = 0;
        while other < 32 {
            table[one as usize][other as usize] = exchanged(letter_of(one), letter_of(other));
            other += 1;
        }
        one += 1;
    }
    table
};

const fn letter_of(code: u8) -> u8 {
    let letter = b'`' + code;
    if letter == b'c' { b'C' } else { letter }
}

const OTHER_FIRST_LETTER: Price = 15;

/// Two neighbours in the wrong order.
const CROSSED: Price = 60;

/// How alike two sounds are, from 0 (nothing) to 1 (the same), as long as that is at least `least`;
/// `None` below it, which is found out early.
#[must_use]
pub fn similarity(one: &Sound, other: &Sound, least: f32) -> Option<f32> {
    let (one, other) = (one.letters(), other.letters());
    let most = most_apart(one.len().max(other.len()), least);
    let first = if one.first() == other.first() { 0 } else { OTHER_FIRST_LETTER };
    let distance = distance(one, other, most, missing)? + first;
    let length = f32::from(counted_length(one.len().max(other.len())));
    (distance <= most).then(|| 1.0 - f32::from(distance) / (100.0 * length))
}

/// Names of one and two letters are weighed as if they had three.
fn counted_length(letters: usize) -> u16 {
    u16::try_from(letters.max(3)).unwrap_or(u16::MAX)
}

/// The largest distance that is still `least` alike.
fn most_apart(letters: usize, least: f32) -> Price {
    let most = f32::from(counted_length(letters)) * (1.0 - least) * 100.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and a sound has at most 32 letters"
    )]
    let whole = most as Price;
    whole
}

/// The letters of a sound by kind, for a bound on the distance that costs a few instructions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Skeleton {
    /// For each kind what it costs at least to do without its letters: none is replaced by a letter
    /// of another kind for less. In [`UNIT`]s.
    costs: [u8; KINDS],
    first: u8,
    length: u8,
}

/// Kinds of letters in use are fewer; sixteen are compared in one go.
const KINDS: usize = 16;
/// All prices are multiples of it, so that sums fit a byte.
const UNIT: Price = 5;
/// A consonant that only one of its own kind replaces for less than a whole letter.
const HARD: u8 = 18;
/// A letter with a cheap neighbour of another kind, or a weak one.
const SOFT: u8 = 7;
const SILENT: u8 = 3;

impl Skeleton {
    pub(super) fn of(sound: &Sound) -> Skeleton {
        let letters = sound.letters();
        let mut costs: [u8; KINDS] = [0; KINDS];
        for letter in letters {
            let (kind, cost) = match letter {
                b'r' | b'd' | b't' | b'l' => (0, HARD),
                b'k' | b'g' => (1, HARD),
                b's' | b'C' => (2, HARD),
                b'f' | b'p' => (3, HARD),
                b'b' => (4, SOFT),
                b'j' => (5, SOFT),
                b'm' => (6, SOFT),
                b'v' => (7, SOFT),
                b'n' => (8, SOFT),
                b'e' | b'i' | b'o' | b'u' | b'h' | b'y' => (9, SOFT),
                b'a' => (10, SILENT),
                _ => continue,
            };
            if let Some(sum) = costs.get_mut(kind) {
                *sum = sum.saturating_add(cost);
            }
        }
        Skeleton {
            costs,
            first: letters.first().copied().unwrap_or_default(),
            length: u8::try_from(letters.len()).unwrap_or(u8::MAX),
        }
    }

    /// What the letters that one has and the other has not cost at least.
    pub(super) fn kinds_apart(&self, other: &Skeleton) -> Price {
        surplus(&self.costs, &other.costs).max(surplus(&other.costs, &self.costs)) * UNIT
    }
}

/// What the letters cost that one has and the other has not.
fn surplus(one: &[u8; KINDS], other: &[u8; KINDS]) -> u16 {
    one.iter().zip(other).map(|(mine, yours)| u16::from(mine.saturating_sub(*yours))).sum()
}

/// The largest distance by length that is still so alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    least: f32,
    most: [Price; CELLS],
}

impl Bounds {
    pub(super) fn at_least(least: f32) -> Bounds {
        let mut most = [0; CELLS];
        for (length, most) in most.iter_mut().enumerate() {
            *most = most_apart(length, least);
        }
        Bounds { least, most }
    }

    /// The least likeness.
    pub(super) fn least(&self) -> f32 {
        self.least
    }

    /// The largest distance of two sounds, the longer of so many letters.
    pub(super) fn most(&self, longer: usize) -> Price {
        self.most.get(longer).copied().unwrap_or(Price::MAX)
    }

    /// Whether sounds so far apart, the longer of so many letters, may still be as alike.
    pub(super) fn allow(&self, apart: Price, longer: usize) -> bool {
        apart <= self.most(longer)
    }

    /// Whether two sounds may be as alike; `false` is certain.
    pub(super) fn may_be(&self, one: &Skeleton, other: &Skeleton) -> bool {
        let first = if one.first == other.first { 0 } else { OTHER_FIRST_LETTER };
        let longer = usize::from(one.length.max(other.length));
        self.allow(one.kinds_apart(other) + first, longer)
    }
}

/// Whether two sounds may be no further apart than `most`, by their consonants alone; `false` is certain.
pub(super) fn consonants_within(one: &Sound, other: &Sound, most: Price) -> bool {
    // What a vowel replaces costs no more than that.
    let missing_or_vowel =
        |letter| if matches!(letter, b'v' | b'j') { 35 } else { missing(letter) };
    distance(one.letters(), other.letters(), most, missing_or_vowel)
        .is_some_and(|apart| apart <= most)
}

const CELLS: usize = LONGEST + 1;

/// The cheapest way from one to the other, or `None` once it must cost more than `most`.
#[inline]
fn distance(one: &[u8], other: &[u8], most: Price, missing: impl Fn(u8) -> Price) -> Option<Price> {
    let mut row = [0 as Price; CELLS];
    let mut row_before = [0 as Price; CELLS];
    let mut next = [0 as Price; CELLS];
    let mut sum: Price = 0;
    for (cell, letter) in row.iter_mut().skip(1).zip(other) {
        sum += missing(*letter);
        *cell = sum;
    }
    let mut before: u8 = 0;
    let mut smallest_before: Price = 0;
    for letter in one {
        let deletion = missing(*letter);
        let prices = EXCHANGED.get(usize::from(letter & 31))?;
        let mut diagonal = *row.first()?;
        let mut left = diagonal + deletion;
        *next.first_mut()? = left;
        let mut smallest = left;
        let mut against_before: u8 = 0;
        let cells = next.iter_mut().skip(1).zip(row.iter().skip(1));
        for (place, (against, (cell, above))) in other.iter().zip(cells).enumerate() {
            let exchange = diagonal + prices.get(usize::from(against & 31))?;
            let mut best = exchange.min(above + deletion).min(left + missing(*against));
            if before == *against && against_before == *letter && letter != against {
                best = best.min(row_before.get(place.wrapping_sub(1))? + CROSSED);
            }
            *cell = best;
            diagonal = *above;
            left = best;
            smallest = smallest.min(best);
            against_before = *against;
        }
        // A crossing may still come from the row before.
        if smallest.min(smallest_before) > most {
            return None;
        }
        smallest_before = smallest;
        (row_before, row, next) = (row, next, row_before);
        before = *letter;
    }
    row.get(other.len()).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::clean;
    use super::*;

    fn sound(text: &str) -> Sound {
        Sound::of(clean(text).split(' '))
    }

    fn alike(one: &str, other: &str) -> f32 {
        similarity(&sound(one), &sound(other), 0.0).unwrap_or(0.0)
    }

    #[test]
    fn a_slip_costs_less_than_another_name() {
        assert!(alike("sitapur", "sitapoor") > 0.95);
        assert!(alike("Farrukhabad", "pharukhabaad") > 0.9);
        assert!(alike("Firozabad", "Faridabad") < 0.87);
        assert!(alike("Muzaffarnagar", "Muzaffarpur") < 0.87);
        assert!(alike("Agra", "Etah") < 0.5);
    }

    #[test]
    fn crossed_neighbours_cost_less_than_two_slips() {
        assert!(alike("sitapur", "sitaupr") > alike("sitapur", "sitagur"));
    }

    proptest! {
        #[test]
        fn likeness_is_symmetric_and_bounded(one in "[a-z]{0,12}", other in "[a-z]{0,12}") {
            let likeness = alike(&one, &other);
            prop_assert!((0.0..=1.0).contains(&likeness));
            prop_assert!((likeness - alike(&other, &one)).abs() < 1e-6);
            prop_assert!(alike(&one, &one) > 0.99);
        }

        #[test]
        fn the_quick_bound_never_hides_a_likeness(one in "[a-zC]{0,14}", other in "[a-zC]{0,14}") {
            let (one, other) = (sound(&one), sound(&other));
            for least in [0.5, 0.75, 0.9] {
                if similarity(&one, &other, least).is_some() {
                    let bounds = Bounds::at_least(least);
                    prop_assert!(bounds.may_be(&Skeleton::of(&one), &Skeleton::of(&other)));
                    let most = bounds.most(one.letters().len().max(other.letters().len()));
                    let (one, other) = (one.consonants(), other.consonants());
                    prop_assert!(consonants_within(&one, &other, most));
                    let apart = Skeleton::of(&one).kinds_apart(&Skeleton::of(&other));
                    prop_assert!(apart <= most);
                }
            }
        }

        #[test]
        fn the_early_end_changes_no_result(one in "[a-z]{0,14}", other in "[a-z]{0,14}") {
            let (one, other) = (sound(&one), sound(&other));
            let whole = similarity(&one, &other, 0.0).unwrap_or(0.0);
            let early = similarity(&one, &other, 0.7);
            prop_assert_eq!(early.is_some(), whole >= 0.7 - 0.005 && early.is_some());
            if let Some(likeness) = early {
                prop_assert!((likeness - whole).abs() < 1e-6);
            } else {
                prop_assert!(whole < 0.7 + 0.005);
            }
        }
    }
}
