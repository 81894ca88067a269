//! Reading marks: one line a name, all names in one message.

use super::ballot::{ASPECTS, BEST_MARK, Marks};
use crate::geography::clean;

/// Reads marks from 1 to [`BEST_MARK`] for so many names and so many aspects, and gives them in the order of the names as
/// they were shown. Each name has a line (or what stands between commas) with a mark for each aspect, behind the name's
/// number or in its place: `1: 5 4 3`, `5 4 3`, `543`; a name that has none is left without. `None`: not sure.
///
/// `names` is at most 20, `aspects` at most 3.
#[must_use]
pub fn read(text: &str, names: usize, aspects: usize) -> Option<Vec<Marks>> {
    if names == 0 || !(1..=ASPECTS).contains(&aspects) {
        return None;
    }
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for line in text.split(['\n', ',', ';', '،', '।']) {
        let numbers = numbers_of(line, aspects)?;
        if !numbers.is_empty() {
            lines.push(numbers);
        }
    }
    let mut marks = vec![[0; ASPECTS]; names];
    // All marks in one row.
    if let [row] = lines.as_slice()
        && row.len() == names * aspects
        && names > 1
    {
        lines = row.chunks(aspects).map(<[u8]>::to_vec).collect();
    }
    let by_number = !lines.is_empty() && lines.iter().all(|line| line.len() == aspects + 1);
    let in_order = lines.len() == names && lines.iter().all(|line| line.len() == aspects);
    if !by_number && !in_order {
        return None;
    }
    let mut seen = vec![false; names];
    for (place, line) in lines.iter().enumerate() {
        let (name, given) = if by_number {
            let (number, given) = line.split_first()?;
            (usize::from(*number).checked_sub(1)?, given)
        } else {
            (place, line.as_slice())
        };
        let is_mark = |mark: &u8| (1..=BEST_MARK).contains(mark);
        if !given.iter().all(is_mark) || std::mem::replace(seen.get_mut(name)?, true) {
            return None;
        }
        for (slot, mark) in marks.get_mut(name)?.iter_mut().zip(given) {
            *slot = *mark;
        }
    }
    Some(marks)
}

/// The numbers of a line; `543` are three marks where three are asked for. `None`: something else stands there.
fn numbers_of(line: &str, aspects: usize) -> Option<Vec<u8>> {
    let line = clean(line);
    let parts = line.split(|letter: char| !letter.is_alphanumeric());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    if !parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let is_apart = (aspects..=aspects + 1).contains(&parts.len());
    let mut numbers = Vec::new();
    for part in parts {
        if !is_apart && part.len() == aspects {
            numbers.extend(part.bytes().map(|byte| byte - b'0'));
        } else {
            numbers.push(part.parse().ok()?);
        }
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_by_line_by_number_and_in_a_row() {
        let two = |first: Marks, second: Marks| Some(vec![first, second]);
        for (text, heard) in [
            ("1: 5 4 3\n2: 4 4 2", two([5, 4, 3], [4, 4, 2])),
            ("2) 4 4 2, 1) 5 4 3", two([5, 4, 3], [4, 4, 2])),
            ("5 4 3\n4 4 2", two([5, 4, 3], [4, 4, 2])),
            ("543, 442", two([5, 4, 3], [4, 4, 2])),
            ("५ ४ ३ ४ ४ २", two([5, 4, 3], [4, 4, 2])),
            ("2: 1 1 1", two([0, 0, 0], [1, 1, 1])),
            ("5 4 3", None),
            ("1: 6 4 3\n2: 4 4 2", None),
            ("1: 5 4 3\n1: 4 4 2", None),
            ("3: 5 4 3\n1: 4 4 2", None),
            ("1: 5 4 0", None),
            ("सुनीता 5 4 3", None),
            ("", None),
        ] {
            assert_eq!(read(text, 2, 3), heard, "{text}");
        }
        assert_eq!(read("5\n3", 2, 1), two([5, 0, 0], [3, 0, 0]));
        assert_eq!(read("1: 5\n2: 3", 2, 1), two([5, 0, 0], [3, 0, 0]));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[0-9 ,:\\n\\PC]{0,60}", names in 0..25_usize, aspects in 0..5_usize) {
            let _ = read(&text, names, aspects);
        }
    }
}
