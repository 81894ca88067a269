//! The questions and writes that both engines take as one text.

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::Postgres;
use super::beside::Beside;
use super::fault::Fault;
use super::readers::Readers;
use super::sql::{Sql, get};
use crate::records::RecordsError;
use crate::records::query::{Bulk, Cells, Step, Value};
use crate::seal::Keyring;

impl Beside {
    pub(in crate::records) async fn query(
        &self,
        sql: String,
        values: Vec<Value>,
    ) -> Result<Vec<Cells>, RecordsError> {
        query(&self.readers, &sql, &values).await
    }

    pub(in crate::records) async fn returned(
        &self,
        step: Step,
    ) -> Result<Option<i64>, RecordsError> {
        let step = &step;
        self.readers
            .ask(move |sql| async move {
                let bound = bound(&step.values);
                match sql.row(step.sql, &params(&bound)).await? {
                    Some(row) => Ok(Some(get(&row, 0)?)),
                    None => Ok(None),
                }
            })
            .await
    }

    pub(in crate::records) async fn carry_out(
        &self,
        guard: Step,
        steps: Vec<Step>,
    ) -> Result<bool, RecordsError> {
        let (guard, steps) = (&guard, &steps);
        self.transact(move |sql| async move {
            if run(&sql, guard).await? == 0 {
                return Ok(false);
            }
            for step in steps {
                run(&sql, step).await?;
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
        let (columns, steps) = (&columns, &steps);
        self.transact(move |sql| async move {
            if columns.first().is_some_and(|column| !column.is_empty()) {
                let columns: Vec<&(dyn ToSql + Sync)> =
                    columns.iter().map(|column| column as &(dyn ToSql + Sync)).collect();
                sql.run(bulk.all, &columns).await?;
            }
            for step in steps {
                run(&sql, step).await?;
            }
            Ok(())
        })
        .await
    }
}

impl Postgres {
    pub(in crate::records) async fn query(
        &self,
        sql: String,
        values: Vec<Value>,
    ) -> Result<Vec<Cells>, RecordsError> {
        query(&self.readers, &sql, &values).await
    }

    pub(in crate::records) fn keyring(&self) -> &Keyring {
        &self.keyring
    }
}

async fn query(readers: &Readers, sql: &str, values: &[Value]) -> Result<Vec<Cells>, RecordsError> {
    let text = &of_these(sql);
    readers
        .ask(move |sql| async move {
            let bound = bound(values);
            let rows = sql.rows(text, &params(&bound)).await?;
            rows.iter().map(cells).collect()
        })
        .await
}

/// The statement for several numbers, as `?1`.
pub(super) fn of_these(text: &str) -> String {
    text.replace("{these}", "= ANY(?1)")
}

async fn run(sql: &Sql, step: &Step) -> Result<u64, Fault> {
    let bound = bound(&step.values);
    sql.run(step.sql, &params(&bound)).await
}

type Bound = Box<dyn ToSql + Sync + Send>;

fn bound(values: &[Value]) -> Vec<Bound> {
    let one = |value: &Value| -> Bound {
        match value {
            Value::Null => Box::new(None::<i64>),
            Value::Int(value) => Box::new(*value),
            Value::Text(value) => Box::new(value.clone()),
            Value::Bytes(value) => Box::new(value.clone()),
            Value::Many(values) => Box::new(values.clone()),
        }
    };
    values.iter().map(one).collect()
}

fn params(bound: &[Bound]) -> Vec<&(dyn ToSql + Sync)> {
    bound.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
}

fn cells(row: &Row) -> Result<Cells, Fault> {
    let mut cells = Vec::with_capacity(row.len());
    for (place, column) in row.columns().iter().enumerate() {
        let kind = column.type_();
        let value = if *kind == Type::INT8 {
            get::<Option<i64>>(row, place)?.map(Value::Int)
        } else if *kind == Type::BYTEA {
            get::<Option<Vec<u8>>>(row, place)?.map(Value::Bytes)
        } else {
            get::<Option<String>>(row, place)?.map(Value::Text)
        };
        cells.push(value.unwrap_or(Value::Null));
    }
    Ok(Cells(cells))
}
