//! What moves, and in which order: read from the catalogs of both databases, so that a table of a later
//! migration moves without anybody thinking of it.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::Kind;

/// Tables that stay behind, and why.
pub(in crate::records) const STAYING: [(&str, &str); 2] = [
    ("migrations", "each database tells what it was made by itself"),
    ("data_migration", "how far the copy itself has come"),
];

/// Rows that stay behind: a table and the condition on those that move, in both dialects.
const MOVING_ROWS: [(&str, &str); 1] = [(
    "meta",
    // The new database is another life of the same records: what is kept beside them (live state) and
    // was written for the old one is not about it. The last two are the copy's own.
    "name NOT IN ('incarnation', 'home', 'copying', 'moved_from')",
)];

/// Values that change on the way: table, column, and what is read in its place in SQLite.
const CHANGED: [(&str, &str, &str); 1] = [
    // The source is not running: its processes have ended, and what they had claimed becomes
    // `unknown` at the first sweep, as after any restart. Epochs are never given again.
    ("processes", "ended", "coalesce(ended, lease_until)"),
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::records) struct Column {
    pub(in crate::records) name: String,
    pub(in crate::records) kind: Kind,
}

/// One table, as SQLite's catalog tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::records) struct Table {
    pub(in crate::records) name: String,
    pub(in crate::records) columns: Vec<Column>,
    /// The places of the key's columns among `columns`, in the order of the key.
    pub(in crate::records) key: Vec<usize>,
    /// Tables whose rows must be there before.
    pub(in crate::records) after: Vec<String>,
}

impl Table {
    /// The columns, for a statement.
    pub(in crate::records) fn names(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| quoted(&column.name)).collect();
        names.join(", ")
    }

    /// What is read of each column in SQLite.
    pub(in crate::records) fn expressions(&self) -> String {
        let read = |column: &Column| {
            let changed =
                CHANGED.iter().find(|(table, name, _)| *table == self.name && *name == column.name);
            changed.map_or_else(|| quoted(&column.name), |(_, _, sql)| (*sql).to_owned())
        };
        self.columns.iter().map(read).collect::<Vec<_>>().join(", ")
    }

    /// The columns of the key, in its order.
    pub(in crate::records) fn key_columns(&self) -> Vec<&Column> {
        self.key.iter().filter_map(|place| self.columns.get(*place)).collect()
    }

    /// The condition on the rows that move.
    pub(in crate::records) fn condition(&self) -> &'static str {
        let limited = MOVING_ROWS.iter().find(|(table, _)| *table == self.name);
        limited.map_or("true", |(_, condition)| condition)
    }
}

/// A name in a statement of either dialect.
pub(in crate::records) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// PostgreSQL's catalog: tables, columns, and what they hold (`None`: something we do not know).
pub(in crate::records) type Catalog = BTreeMap<String, BTreeMap<String, Option<Kind>>>;

/// The tables that move, each behind those it refers to.
///
/// # Errors
/// In plain words, when the two schemas do not agree or a table cannot be moved.
pub(in crate::records) fn plan(source: Vec<Table>, target: &Catalog) -> Result<Vec<Table>, String> {
    let stays = |name: &str| STAYING.iter().any(|(staying, _)| *staying == name);
    let mut waiting: Vec<Table> = source.into_iter().filter(|table| !stays(&table.name)).collect();
    waiting.sort_by(|one, other| one.name.cmp(&other.name));

    let there: BTreeSet<&str> = waiting.iter().map(|table| table.name.as_str()).collect();
    if let Some(name) = target.keys().find(|name| !stays(name) && !there.contains(name.as_str())) {
        return Err(format!("PostgreSQL has a table {name} that SQLite does not have"));
    }
    for table in &waiting {
        agrees(table, target)?;
    }

    let mut planned: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_free = |table: &Table| {
            let is_there = |name: &String| {
                *name == table.name || planned.iter().any(|known| known.name == *name)
            };
            table.after.iter().all(is_there)
        };
        let (free, rest): (Vec<Table>, Vec<Table>) = waiting.into_iter().partition(is_free);
        if free.is_empty() {
            let names: Vec<String> = rest.into_iter().map(|table| table.name).collect();
            return Err(format!("the tables {} refer to each other in a ring", names.join(", ")));
        }
        planned.extend(free);
        waiting = rest;
    }
    Ok(planned)
}

/// The same columns on both sides.
fn agrees(table: &Table, target: &Catalog) -> Result<(), String> {
    let name = &table.name;
    let Some(columns) = target.get(name) else {
        return Err(format!("SQLite has a table {name} that PostgreSQL does not have"));
    };
    if table.key.is_empty() {
        return Err(format!("the table {name} has no primary key"));
    }
    for column in &table.columns {
        let Some(kind) = columns.get(&column.name) else {
            return Err(format!("PostgreSQL has no column {name}.{}", column.name));
        };
        if *kind != Some(column.kind) {
            return Err(format!("the column {name}.{} holds something else there", column.name));
        }
    }
    let is_new = |column: &&String| !table.columns.iter().any(|known| known.name == **column);
    match columns.keys().find(is_new) {
        Some(column) => Err(format!("SQLite has no column {name}.{column}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, columns: &[&str], after: &[&str]) -> Table {
        let column = |name: &&str| Column { name: (*name).to_owned(), kind: Kind::Integer };
        Table {
            name: name.to_owned(),
            columns: columns.iter().map(column).collect(),
            key: vec![0],
            after: after.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    fn catalog(tables: &[Table]) -> Catalog {
        let columns = |table: &Table| {
            table.columns.iter().map(|column| (column.name.clone(), Some(column.kind))).collect()
        };
        tables.iter().map(|table| (table.name.clone(), columns(table))).collect()
    }

    #[test]
    fn a_table_comes_after_those_it_refers_to() {
        let tables = vec![
            table("cards", &["id", "member"], &["members"]),
            table("contacts", &["id"], &["contacts"]),
            table("members", &["id", "contact"], &["contacts"]),
        ];
        let planned = plan(tables.clone(), &catalog(&tables)).unwrap();
        let names: Vec<&str> = planned.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["contacts", "members", "cards"]);
    }

    #[test]
    fn schemas_that_differ_are_told_apart_by_name() {
        let here = vec![table("polls", &["id", "closed"], &[])];
        let mut told = Vec::new();
        for there in [
            vec![],
            vec![table("polls", &["id", "closed"], &[]), table("rosters", &["id"], &[])],
            vec![table("polls", &["id"], &[])],
            vec![table("polls", &["id", "closed", "opened"], &[])],
        ] {
            told.push(plan(here.clone(), &catalog(&there)).unwrap_err());
        }
        let mut other = catalog(&here);
        other.entry("polls".to_owned()).or_default().insert("closed".to_owned(), Some(Kind::Text));
        told.push(plan(here.clone(), &other).unwrap_err());
        let ring = vec![table("a", &["id"], &["b"]), table("b", &["id"], &["a"])];
        told.push(plan(ring.clone(), &catalog(&ring)).unwrap_err());
        insta::assert_snapshot!(told.join("\n"), @r"
        SQLite has a table polls that PostgreSQL does not have
        PostgreSQL has a table rosters that SQLite does not have
        PostgreSQL has no column polls.closed
        SQLite has no column polls.opened
        the column polls.closed holds something else there
        the tables a, b refer to each other in a ring
        ");
    }

    #[test]
    fn what_stays_behind_is_in_nobodys_way() {
        let here = vec![table("migrations", &["number"], &[])];
        let there = catalog(&[table("data_migration", &["rows"], &[])]);
        assert_eq!(plan(here, &there).unwrap(), Vec::new());
    }
}
