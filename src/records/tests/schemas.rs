//! The two schemas side by side, table by table, as the engines themselves tell them.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// What one schema says and the other does not, and why that is right: the table, the line as it
/// stands in SQLite, the line as it stands in PostgreSQL.
const PERMITTED: [(&str, &str, &str); 0] = [];

/// Every table with what is said of it, a line each.
type Schema = BTreeMap<String, BTreeSet<String>>;

#[tokio::test]
async fn the_two_schemas_say_the_same_table_by_table() {
    let mut sqlite = schema(House::new(Home::Sqlite).await.raw());
    let mut postgres = schema(House::new(Home::Postgres).await.raw());
    assert!(sqlite.len() > 20, "every table is looked at");
    for (table, here, there) in PERMITTED {
        for (schema, line) in [(&mut sqlite, here), (&mut postgres, there)] {
            let known = line.is_empty() || schema.get_mut(table).unwrap().remove(line);
            assert!(known, "nothing differs here any more: {table}, {line}");
        }
    }
    let names = |schema: &Schema| schema.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&sqlite), names(&postgres));
    for (table, here) in &sqlite {
        let there = &postgres[table];
        let only_here: Vec<_> = here.difference(there).collect();
        let only_there: Vec<_> = there.difference(here).collect();
        assert!(
            only_here.is_empty() && only_there.is_empty(),
            "{table}: only in SQLite {only_here:#?}, only in PostgreSQL {only_there:#?}"
        );
    }
}

fn schema(raw: &Raw) -> Schema {
    let lines = match raw {
        Raw::Sqlite(_) => in_sqlite,
        Raw::Postgres(_) => in_postgres,
    };
    raw.tables().into_iter().map(|table| (table.clone(), lines(raw, &table))).collect()
}

fn column(name: &str, kind: &str, not_null: bool, default: Option<&str>) -> String {
    let mut line = format!("{name} {kind}");
    if not_null {
        line.push_str(" NOT NULL");
    }
    if let Some(default) = default {
        line.push_str(" DEFAULT ");
        line.push_str(default);
    }
    line
}

/// An index, or the rule it keeps. Rules have no name of their own in SQLite.
fn index(name: Option<&str>, rule: &str, columns: &str, only_where: &str) -> String {
    let mut line = match name {
        Some(name) => format!("{rule} {name} ({columns})"),
        None => format!("{rule} ({columns})"),
    };
    if !only_where.is_empty() {
        line.push_str(" WHERE ");
        line.push_str(only_where);
    }
    line
}

fn in_sqlite(raw: &Raw, table: &str) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let columns = raw.query(&format!(
        "SELECT name, type, \"notnull\", pk, dflt_value FROM pragma_table_info('{table}')"
    ));
    let mut key = BTreeMap::new();
    for row in &columns {
        let [name, kind, not_null, place, default] = row.as_slice() else { panic!("{row:?}") };
        let (name, kind) = (name.as_deref().unwrap(), kind.as_deref().unwrap());
        let in_key = place.as_deref() != Some("0");
        if in_key {
            key.insert(place.clone(), name);
        }
        // A column of the key is never NULL, said or not: in a STRICT table SQLite sees to it.
        let not_null = in_key || not_null.as_deref() == Some("1");
        lines.insert(column(name, kind, not_null, default.as_deref()));
    }
    let key: Vec<&str> = key.into_values().collect();
    lines.insert(index(None, "PRIMARY KEY", &key.join(", "), ""));

    let indexes = raw.query(&format!(
        "SELECT list.name, list.\"unique\", list.origin, schema.sql,
                (SELECT group_concat(name, ', ') FROM pragma_index_info(list.name))
         FROM pragma_index_list('{table}') AS list
         LEFT JOIN sqlite_schema AS schema ON schema.name = list.name"
    ));
    for row in &indexes {
        let [name, unique, origin, sql, columns] = row.as_slice() else { panic!("{row:?}") };
        let only_where = sql.as_deref().and_then(|sql| sql.split_once(" WHERE "));
        let only_where = only_where.map(|(_, condition)| condition).unwrap_or_default();
        let columns = columns.as_deref().unwrap();
        match (origin.as_deref(), unique.as_deref()) {
            (Some("pk"), _) => continue,
            (Some("u"), _) => lines.insert(index(None, "UNIQUE", columns, only_where)),
            (_, Some("1")) => {
                lines.insert(index(name.as_deref(), "UNIQUE INDEX", columns, only_where))
            }
            _ => lines.insert(index(name.as_deref(), "INDEX", columns, only_where)),
        };
    }
    let references = format!(
        "SELECT 'FOREIGN KEY (' || \"from\" || ') REFERENCES ' || \"table\" || '(' || \"to\" || ')'
         FROM pragma_foreign_key_list('{table}')"
    );
    lines.extend(raw.column(&references));
    lines
}

fn in_postgres(raw: &Raw, table: &str) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let columns = raw.query(&format!(
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull,
                pg_get_expr(adbin, adrelid)
         FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
         WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped"
    ));
    for row in &columns {
        let [name, kind, not_null, default] = row.as_slice() else { panic!("{row:?}") };
        let kind = match kind.as_deref().unwrap() {
            "bigint" => "INTEGER",
            "bytea" => "BLOB",
            "text" => "TEXT",
            other => other,
        };
        let default = default.as_deref().map(|default| default.trim_end_matches("::text"));
        let not_null = not_null.as_deref() == Some("t");
        lines.insert(column(name.as_deref().unwrap(), kind, not_null, default));
    }
    let indexes = raw.query(&format!(
        "SELECT relname, indisprimary, indisunique,
                EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype = 'u'),
                pg_get_expr(indpred, indrelid, true),
                (SELECT string_agg(pg_get_indexdef(indexrelid, place, true), ', ' ORDER BY place)
                 FROM generate_series(1, indnkeyatts) AS place)
         FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
         WHERE indrelid = '{table}'::regclass"
    ));
    for row in &indexes {
        let [name, primary, unique, rule, only_where, columns] = row.as_slice() else {
            panic!("{row:?}")
        };
        let is = |flag: &Option<String>| flag.as_deref() == Some("t");
        let columns = columns.as_deref().unwrap();
        let only_where = only_where.as_deref().unwrap_or_default();
        lines.insert(if is(primary) {
            index(None, "PRIMARY KEY", columns, "")
        } else if is(rule) {
            index(None, "UNIQUE", columns, only_where)
        } else if is(unique) {
            index(name.as_deref(), "UNIQUE INDEX", columns, only_where)
        } else {
            index(name.as_deref(), "INDEX", columns, only_where)
        });
    }
    lines.extend(raw.column(&format!(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint
         WHERE conrelid = '{table}'::regclass AND contype = 'f'"
    )));
    lines
}
