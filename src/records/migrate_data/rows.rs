//! A row as bytes, in the binary form of PostgreSQL's COPY. What is read from SQLite is written so, what
//! is read back from PostgreSQL comes so: one form to send, to hash and to compare.

use ring::digest;
use std::fmt::Write as _;

/// What begins a COPY in binary form: the signature, no flags, no extension.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const SIGNATURE: usize = 11;

/// What ends it, where the next row would say how many columns it has.
const END: [u8; 2] = [0xff, 0xff];

/// The length that says NULL.
const NULL: i32 = -1;

/// What a column holds. Both databases have these three and no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) enum Kind {
    Integer,
    Text,
    Bytes,
}

/// A value is too large for a field (2 GB), or a table has too many columns.
#[derive(Clone, Copy, Debug)]
pub(in crate::records) struct TooLarge;

/// Begins a row of so many columns; then come the fields.
pub(in crate::records) fn begin_row(out: &mut Vec<u8>, columns: usize) -> Result<(), TooLarge> {
    let columns = i16::try_from(columns).map_err(|_| TooLarge)?;
    out.extend_from_slice(&columns.to_be_bytes());
    Ok(())
}

pub(in crate::records) fn put_null(out: &mut Vec<u8>) {
    out.extend_from_slice(&NULL.to_be_bytes());
}

pub(in crate::records) fn put_integer(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(&8_i32.to_be_bytes());
    out.extend_from_slice(&value.to_be_bytes());
}

/// A text or bytes.
pub(in crate::records) fn put_bytes(out: &mut Vec<u8>, value: &[u8]) -> Result<(), TooLarge> {
    let length = i32::try_from(value.len()).map_err(|_| TooLarge)?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(value);
    Ok(())
}

/// One field read back: `None` is NULL.
pub(in crate::records) type Field<'a> = Option<&'a [u8]>;

/// The fields of one row; `None` when it is not one.
pub(in crate::records) fn fields(row: &[u8]) -> Option<Vec<Field<'_>>> {
    let (count, mut rest) = row.split_first_chunk::<2>()?;
    let count = usize::try_from(i16::from_be_bytes(*count)).ok()?;
    let mut fields = Vec::with_capacity(count);
    for _ in 0..count {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        let length = i32::from_be_bytes(*length);
        if length == NULL {
            fields.push(None);
            rest = behind;
            continue;
        }
        let (field, behind) = behind.split_at_checked(usize::try_from(length).ok()?)?;
        fields.push(Some(field));
        rest = behind;
    }
    rest.is_empty().then_some(fields)
}

/// The integer in a field of eight bytes.
pub(in crate::records) fn integer(field: &[u8]) -> Option<i64> {
    Some(i64::from_be_bytes(field.try_into().ok()?))
}

/// How many rows there are, and the sum of their SHA-256 as numbers of 256 bits. The order in which they
/// came does not matter: the two databases sort texts differently, and a copy that is resumed goes on
/// with the sum it had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub rows: u64,
    /// The lowest part first.
    sum: [u64; 4],
}

impl Tally {
    pub(in crate::records) fn add(&mut self, row: &[u8]) {
        let hash = digest::digest(&digest::SHA256, row);
        self.rows += 1;
        self.add_sum(&parts(hash.as_ref()));
    }

    pub(in crate::records) fn merge(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.add_sum(&other.sum);
    }

    fn add_sum(&mut self, other: &[u64; 4]) {
        let mut carry = false;
        for (part, by) in self.sum.iter_mut().zip(other) {
            let (sum, first) = part.overflowing_add(*by);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            *part = sum;
            carry = first || second;
        }
    }

    /// What [`Tally::of`] takes.
    pub(in crate::records) fn sum_bytes(&self) -> Vec<u8> {
        self.sum.iter().rev().flat_map(|part| part.to_be_bytes()).collect()
    }

    pub(in crate::records) fn of(rows: u64, sum: &[u8]) -> Tally {
        Tally { rows, sum: parts(sum) }
    }

    /// The checksum in 64 hex digits.
    #[must_use]
    pub fn checksum(&self) -> String {
        let mut digits = String::with_capacity(64);
        for part in self.sum.iter().rev() {
            // Writing into a String cannot fail.
            let _ = write!(digits, "{part:016x}");
        }
        digits
    }
}

fn parts(bytes: &[u8]) -> [u64; 4] {
    let mut parts = [0; 4];
    for (part, eight) in parts.iter_mut().rev().zip(bytes.as_chunks::<8>().0) {
        *part = u64::from_be_bytes(*eight);
    }
    parts
}

/// Begins a stream of rows.
pub(in crate::records) fn begin(out: &mut Vec<u8>) {
    out.extend_from_slice(HEAD);
}

pub(in crate::records) fn end(out: &mut Vec<u8>) {
    out.extend_from_slice(&END);
}

/// What came is not rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) struct NotRows;

/// Takes a stream of rows apart, wherever its pieces were cut.
#[derive(Debug, Default)]
pub(in crate::records) struct Rows {
    waiting: Vec<u8>,
    /// So much of `waiting` is done with.
    done: usize,
    has_begun: bool,
    has_ended: bool,
}

impl Rows {
    pub(in crate::records) fn push(&mut self, piece: &[u8]) {
        self.waiting.drain(..self.done);
        self.done = 0;
        self.waiting.extend_from_slice(piece);
    }

    /// The next whole row of what was pushed.
    pub(in crate::records) fn next_row(&mut self) -> Result<Option<&[u8]>, NotRows> {
        if !self.has_begun {
            let Some(head) = self.head()? else { return Ok(None) };
            self.done += head;
            self.has_begun = true;
        }
        let rest = self.waiting.get(self.done..).unwrap_or_default();
        if self.has_ended {
            return if rest.is_empty() { Ok(None) } else { Err(NotRows) };
        }
        if rest.starts_with(&END) {
            self.done += END.len();
            self.has_ended = true;
            return Ok(None);
        }
        let Some(length) = row_length(rest)? else { return Ok(None) };
        self.done += length;
        Ok(rest.get(..length))
    }

    /// Whether the stream came to its end.
    pub(in crate::records) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// How long the head is, once all of it is there.
    fn head(&self) -> Result<Option<usize>, NotRows> {
        let known = self.waiting.len().min(SIGNATURE);
        if self.waiting.get(..known) != HEAD.get(..known) {
            return Err(NotRows);
        }
        let Some(extension) = self.waiting.get(HEAD.len() - 4..HEAD.len()) else { return Ok(None) };
        let extension = u32::from_be_bytes(extension.try_into().map_err(|_| NotRows)?);
        let head = HEAD.len() + usize::try_from(extension).map_err(|_| NotRows)?;
        Ok((self.waiting.len() >= head).then_some(head))
    }
}

/// How long the row is that begins here; `None` when its end is not there yet.
fn row_length(bytes: &[u8]) -> Result<Option<usize>, NotRows> {
    let Some((count, _)) = bytes.split_first_chunk::<2>() else { return Ok(None) };
    let count = usize::try_from(i16::from_be_bytes(*count)).map_err(|_| NotRows)?;
    let mut at = 2;
    for _ in 0..count {
        let Some((length, _)) = bytes.get(at..).and_then(<[u8]>::split_first_chunk::<4>) else {
            return Ok(None);
        };
        at += 4;
        match i32::from_be_bytes(*length) {
            NULL => {}
            length => at += usize::try_from(length).map_err(|_| NotRows)?,
        }
    }
    Ok((bytes.len() >= at).then_some(at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// NULL, an integer, a text.
    fn row(number: i64, text: &str) -> Vec<u8> {
        let mut row = Vec::new();
        begin_row(&mut row, 3).unwrap();
        put_null(&mut row);
        put_integer(&mut row, number);
        put_bytes(&mut row, text.as_bytes()).unwrap();
        row
    }

    #[test]
    fn a_row_is_read_back_as_it_was_written() {
        let row = row(-7, "सदस्य");
        let fields = fields(&row).unwrap();
        assert_eq!(
            fields,
            [None, Some((-7_i64).to_be_bytes().as_slice()), Some("सदस्य".as_bytes())]
        );
        assert_eq!(integer(fields[1].unwrap()), Some(-7));
        assert_eq!(super::fields(&row[..row.len() - 1]), None);
    }

    #[test]
    fn the_order_of_rows_does_not_change_their_tally_and_every_byte_of_them_does() {
        let mut forwards = Tally::default();
        let mut backwards = Tally::default();
        for number in 0..50 {
            forwards.add(&row(number, "क"));
            backwards.add(&row(49 - number, "क"));
        }
        assert_eq!(forwards, backwards);
        let mut other = Tally::default();
        for number in 0..50 {
            other.add(&row(number, if number == 20 { "ख" } else { "क" }));
        }
        assert_eq!(forwards.rows, other.rows);
        assert_ne!(forwards.checksum(), other.checksum());
    }

    #[test]
    fn a_tally_goes_on_from_what_was_kept_of_it() {
        let (mut whole, mut first, mut second) =
            (Tally::default(), Tally::default(), Tally::default());
        for number in 0..100 {
            whole.add(&row(number, "x"));
            if number < 40 { &mut first } else { &mut second }.add(&row(number, "x"));
        }
        let mut kept = Tally::of(first.rows, &first.sum_bytes());
        kept.merge(&second);
        assert_eq!(kept, whole);
        assert_eq!(whole.checksum().len(), 64);
    }

    #[test]
    fn what_is_not_rows_is_refused() {
        let mut rows = Rows::default();
        rows.push(b"PGDUMP");
        assert_eq!(rows.next_row(), Err(NotRows));
        let mut behind = Vec::new();
        begin(&mut behind);
        end(&mut behind);
        behind.push(0);
        let mut rows = Rows::default();
        rows.push(&behind);
        assert_eq!(rows.next_row(), Ok(None));
        assert_eq!(rows.next_row(), Err(NotRows));
    }

    proptest! {
        #[test]
        fn wherever_the_stream_is_cut_the_same_rows_come_out(
            texts in proptest::collection::vec(".{0,12}", 0..20),
            cuts in proptest::collection::vec(1_usize..40, 1..60),
        ) {
            let expected: Vec<Vec<u8>> = texts.iter().map(|text| row(5, text)).collect();
            let mut stream = Vec::new();
            begin(&mut stream);
            stream.extend(expected.iter().flatten());
            end(&mut stream);
            let (mut rows, mut found) = (Rows::default(), Vec::new());
            let mut rest = stream.as_slice();
            for cut in cuts.iter().cycle() {
                let (piece, behind) = rest.split_at((*cut).min(rest.len()));
                rows.push(piece);
                while let Some(row) = rows.next_row().unwrap() {
                    found.push(row.to_vec());
                }
                rest = behind;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert!(rows.has_ended());
            prop_assert_eq!(found, expected);
        }
    }
}
