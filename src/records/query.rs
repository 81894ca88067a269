//! Questions and short writes whose text is the same for both engines, with what goes into them and what
//! comes out: numbers, texts, bytes. For commands beside a server; the hot paths have statements of their own.

use super::RecordsError;

/// One value of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// No number.
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    /// For `{these}`, and `?1` alone.
    Many(Vec<i64>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Value {
        Value::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Value {
        value.map_or(Value::Null, Value::Int)
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Value {
        Value::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<&[u8; 32]> for Value {
    fn from(value: &[u8; 32]) -> Value {
        Value::Bytes(value.to_vec())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.to_owned())
    }
}

/// One row of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cells(pub(super) Vec<Value>);

impl Cells {
    /// A number that is always there.
    pub(super) fn int(&self, column: usize) -> Result<i64, RecordsError> {
        self.maybe_int(column)?.ok_or_else(|| misread(column))
    }

    pub(super) fn maybe_int(&self, column: usize) -> Result<Option<i64>, RecordsError> {
        match self.0.get(column) {
            Some(Value::Int(value)) => Ok(Some(*value)),
            Some(Value::Null) => Ok(None),
            _ => Err(misread(column)),
        }
    }

    pub(super) fn text(&self, column: usize) -> Result<&str, RecordsError> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(value),
            _ => Err(misread(column)),
        }
    }

    /// Bytes that are always there.
    pub(super) fn bytes(&self, column: usize) -> Result<&[u8], RecordsError> {
        self.maybe_bytes(column)?.ok_or_else(|| misread(column))
    }

    /// Bytes, where there are any.
    pub(super) fn maybe_bytes(&self, column: usize) -> Result<Option<&[u8]>, RecordsError> {
        match self.0.get(column) {
            Some(Value::Bytes(value)) => Ok(Some(value)),
            Some(Value::Null) => Ok(None),
            _ => Err(misread(column)),
        }
    }
}

fn misread(column: usize) -> RecordsError {
    RecordsError::Refused(format!("column {column} of an answer holds something else"))
}

/// One statement that writes.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) sql: &'static str,
    pub(super) values: Vec<Value>,
}

/// Many rows of numbers for one table, those that need nothing left out, or taken out of it: the text for
/// one row (SQLite), and for all at once (PostgreSQL).
#[derive(Clone, Copy, Debug)]
pub(super) struct Bulk {
    pub(super) one: &'static str,
    pub(super) all: &'static str,
}
