//! The questions and writes that both engines take as one text.

use rusqlite::types::Value as SqlValue;
use rusqlite::{Params, Row, params_from_iter};

use super::Sqlite;
use super::beside::Beside;
use super::readers::Readers;
use crate::records::RecordsError;
use crate::records::query::{Bulk, Cells, Step, Value};
use crate::seal::Keyring;

impl Beside {
    pub(in crate::records) async fn query(
        &self,
        sql: String,
        values: Vec<Value>,
    ) -> Result<Vec<Cells>, RecordsError> {
        query(&self.readers, &sql, values).await
    }

    pub(in crate::records) async fn returned(
        &self,
        step: Step,
    ) -> Result<Option<i64>, RecordsError> {
        self.transact(move |statements| {
            statements.row(step.sql, bound(step.values), |row| row.get(0))
        })
        .await
    }

    pub(in crate::records) async fn carry_out(
        &self,
        guard: Step,
        steps: Vec<Step>,
    ) -> Result<bool, RecordsError> {
        self.transact(move |statements| {
            if statements.run(guard.sql, bound(guard.values))? == 0 {
                return Ok(false);
            }
            for Step { sql, values } in steps {
                statements.run(sql, bound(values))?;
            }
            Ok(true)
        })
        .await
    }

    pub(in crate::records) async fn add_many(
        &self,
        bulk: Bulk,
        columns: Vec<Vec<i64>>,
        steps: Vec<Step>,
    ) -> Result<(), RecordsError> {
        self.transact(move |statements| {
            let count = columns.first().map_or(0, Vec::len);
            for row in 0..count {
                let values = columns.iter().filter_map(|column| column.get(row));
                statements.run(bulk.one, params_from_iter(values))?;
            }
            for Step { sql, values } in steps {
                statements.run(sql, bound(values))?;
            }
            Ok(())
        })
        .await
    }
}

impl Sqlite {
    pub(in crate::records) async fn query(
        &self,
        sql: String,
        values: Vec<Value>,
    ) -> Result<Vec<Cells>, RecordsError> {
        query(&self.readers, &sql, values).await
    }

    pub(in crate::records) fn keyring(&self) -> &Keyring {
        &self.keyring
    }
}

async fn query(
    readers: &Readers,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<Cells>, RecordsError> {
    let sql = of_these(sql);
    readers.ask(move |statements| statements.rows(&sql, bound(values), cells)).await
}

fn bound(values: Vec<Value>) -> impl Params {
    params_from_iter(values.into_iter().map(|value| match value {
        Value::Null => SqlValue::Null,
        Value::Int(value) => SqlValue::Integer(value),
        Value::Text(value) => SqlValue::Text(value),
        Value::Bytes(value) => SqlValue::Blob(value),
        Value::Many(values) => SqlValue::Text(list(&values)),
    }))
}

fn cells(row: &Row<'_>) -> rusqlite::Result<Cells> {
    let count = row.as_ref().column_count();
    let mut cells = Vec::with_capacity(count);
    for column in 0..count {
        cells.push(match row.get(column)? {
            SqlValue::Null => Value::Null,
            SqlValue::Integer(value) => Value::Int(value),
            SqlValue::Text(value) => Value::Text(value),
            SqlValue::Blob(value) => Value::Bytes(value),
            SqlValue::Real(_) => {
                let kind = rusqlite::types::Type::Real;
                let name = String::new();
                return Err(rusqlite::Error::InvalidColumnType(column, name, kind));
            }
        });
    }
    Ok(Cells(cells))
}

/// The statement for several numbers, as `?1`.
pub(super) fn of_these(text: &str) -> String {
    text.replace("{these}", "IN (SELECT value FROM json_each(?1))")
}

/// Numbers as `json_each` reads them.
pub(super) fn list(ids: &[i64]) -> String {
    let mut list = String::with_capacity(ids.len() * 8 + 2);
    list.push('[');
    for (place, id) in ids.iter().enumerate() {
        if place > 0 {
            list.push(',');
        }
        list.push_str(&id.to_string());
    }
    list.push(']');
    list
}
