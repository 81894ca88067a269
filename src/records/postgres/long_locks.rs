//! What a migration may not say, for the site runs on while it is applied (see CONTRIBUTING.md).

use super::migrate::{MIGRATIONS, OUTSIDE, statements};

/// Words that keep others waiting for as long as a table is large, and what to write instead. Each
/// stands in a statement, in this order.
const FORBIDDEN: [(&[&str], &str); 18] = [
    (
        &["ALTER TABLE", "SET NOT NULL"],
        "ADD CONSTRAINT … CHECK (… IS NOT NULL) NOT VALID, then VALIDATE",
    ),
    (&["ALTER TABLE", " TYPE "], "a new column, filled by the program in steps"),
    (&["ALTER TABLE", "ADD CONSTRAINT"], "NOT VALID, then VALIDATE CONSTRAINT; a key USING INDEX"),
    (&["ALTER TABLE", "ADD PRIMARY KEY"], "a unique index made CONCURRENTLY, then USING INDEX"),
    (&["ALTER TABLE", "ADD UNIQUE"], "a unique index made CONCURRENTLY, then USING INDEX"),
    (&["ALTER TABLE", "ADD COLUMN", "DEFAULT", "("], "a plain constant as the default"),
    (&["ALTER TABLE", "ADD COLUMN", "GENERATED"], "a plain column, filled by the program in steps"),
    (&["ALTER TABLE", "ADD COLUMN", "REFERENCES"], "a plain column, the key added NOT VALID"),
    (&["ALTER TABLE", "ADD COLUMN", "PRIMARY KEY"], "a table of its own"),
    (&["ALTER TABLE", "ADD COLUMN", "UNIQUE"], "a unique index made CONCURRENTLY"),
    (&["ALTER TABLE", "RENAME"], "a new column or table; replicas of the last version still run"),
    (
        &["ALTER TABLE", "DROP COLUMN"],
        "leave it for the version after the next; the last one still reads it",
    ),
    (&["DROP TABLE"], "leave it for the version after the next; the last one still reads it"),
    (&["UPDATE", "SET"], "the program moves rows in steps"),
    (&["DELETE FROM"], "the program moves rows in steps"),
    (&["VACUUM FULL"], "nothing: it rewrites the table under a lock"),
    (&["CLUSTER"], "nothing: it rewrites the table under a lock"),
    (&["LOCK TABLE"], "nothing"),
];

/// Rows that no released version ever wrote: moving them keeps nobody waiting.
const WRITTEN_BY_NOBODY: [(&str, &str); 2] = [
    ("0016_posts_since.sql", "UPDATE POSTS "),
    ("0017_listings.sql", "UPDATE MEMBERS SET TWIN_HASH "),
];

/// What is wrong with a migration after the first, in words.
fn complaints(name: &str, sql: &str) -> Vec<String> {
    let outside = sql.starts_with(OUTSIDE);
    let mut made_here: Vec<String> = Vec::new();
    let mut wrong = Vec::new();
    for statement in statements(sql) {
        let words = statement.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
        let words =
            words.replace(" IF NOT EXISTS", "").replace(" IF EXISTS", "").replace(" ONLY", "");
        let complain = |instead: &str| format!("{name}: {statement}\n  write: {instead}");
        if let Some(rest) = words.strip_prefix("CREATE TABLE ") {
            made_here.extend(first_name(rest));
            continue;
        }
        let table = match words.split_once(" ON ") {
            Some((_, rest)) if words.contains(" INDEX ") => first_name(rest),
            _ => words.strip_prefix("ALTER TABLE ").and_then(first_name),
        };
        if table.is_some_and(|table| made_here.contains(&table)) {
            continue;
        }
        let is_index = [" INDEX ", "REINDEX"].iter().any(|word| words.contains(word))
            && ["CREATE", "DROP", "REINDEX"].iter().any(|word| words.starts_with(word));
        if is_index && !words.contains(" CONCURRENTLY") {
            wrong.push(complain(
                "CONCURRENTLY, in a file that begins with: -- outside a transaction",
            ));
        }
        if words.contains(" CONCURRENTLY") && !outside {
            wrong.push(complain("a file that begins with: -- outside a transaction"));
        }
        if words.starts_with("CREATE") && words.contains(" CONCURRENTLY") {
            let index =
                words.split(" CONCURRENTLY ").nth(1).and_then(first_name).unwrap_or_default();
            let upper = sql.to_uppercase().replace(" IF EXISTS", "");
            if !upper.contains(&format!("DROP INDEX CONCURRENTLY {index};")) {
                wrong.push(complain("DROP INDEX CONCURRENTLY IF EXISTS before it: a failed attempt leaves a broken one"));
            }
        }
        let is_of_nobody = |(file, begin): &(&str, &str)| name == *file && words.starts_with(begin);
        let harmless = words.contains(" NOT VALID")
            || words.contains(" USING INDEX ")
            || WRITTEN_BY_NOBODY.iter().any(is_of_nobody);
        for (forbidden, instead) in FORBIDDEN {
            if !harmless && stand_in_order(&words, forbidden) {
                wrong.push(complain(instead));
            }
        }
        if outside && !is_index && !words.starts_with("ALTER TABLE") {
            wrong.push(complain("only statements about indexes outside a transaction"));
        }
    }
    wrong
}

fn first_name(text: &str) -> Option<String> {
    let name: String =
        text.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

fn stand_in_order(text: &str, words: &[&str]) -> bool {
    let mut rest = text;
    let begins = words.first().is_some_and(|first| text.starts_with(first));
    begins
        && words.iter().all(|word| match rest.find(word) {
            Some(at) => {
                rest = rest.get(at + word.len()..).unwrap_or_default();
                true
            }
            None => false,
        })
}

#[test]
fn no_migration_after_the_first_keeps_the_running_site_waiting() {
    let mut wrong = Vec::new();
    for migration in MIGRATIONS.iter().filter(|migration| migration.number > 1) {
        wrong.extend(complaints(migration.name, migration.sql));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_migration_of_the_folder_is_known_under_its_number() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let known: Vec<&str> = MIGRATIONS.iter().map(|migration| migration.name).collect();
    assert_eq!(names, known);
    for migration in MIGRATIONS {
        assert!(migration.name.starts_with(&format!("{:04}_", migration.number)));
    }
}

#[test]
fn what_keeps_others_waiting_is_found() {
    for statement in [
        "CREATE INDEX a ON contacts (language)",
        "CREATE UNIQUE INDEX a ON contacts (language)",
        "CREATE INDEX CONCURRENTLY a ON contacts (language)",
        "-- outside a transaction\nCREATE INDEX CONCURRENTLY a ON contacts (language)",
        "-- outside a transaction\nCREATE TABLE a (b BIGINT); INSERT INTO a VALUES (1)",
        "DROP INDEX a",
        "REINDEX TABLE contacts",
        "ALTER TABLE contacts ALTER COLUMN language SET NOT NULL",
        "alter table contacts\n alter column language type varchar(3)",
        "ALTER TABLE contacts ADD CONSTRAINT a CHECK (version > 0)",
        "ALTER TABLE contacts ADD PRIMARY KEY (id)",
        "ALTER TABLE contacts ADD COLUMN a UUID DEFAULT gen_random_uuid()",
        "ALTER TABLE contacts ADD COLUMN a BIGINT REFERENCES posts (id)",
        "ALTER TABLE contacts ADD COLUMN a BIGINT GENERATED ALWAYS AS (id + 1) STORED",
        "ALTER TABLE contacts RENAME COLUMN language TO tongue",
        "ALTER TABLE contacts DROP COLUMN language",
        "DROP TABLE roads",
        "UPDATE contacts SET language = 'hi'",
        "DELETE FROM contacts",
        "VACUUM FULL contacts",
        "CLUSTER contacts USING contacts_pkey",
        "LOCK TABLE contacts",
    ] {
        assert!(!complaints("n", statement).is_empty(), "{statement}");
    }
}

#[test]
fn what_keeps_nobody_waiting_may_be_said() {
    for sql in [
        "CREATE TABLE a (b BIGINT PRIMARY KEY); CREATE INDEX a_b ON a (b); ALTER TABLE a ALTER b SET NOT NULL;",
        "ALTER TABLE contacts ADD COLUMN word TEXT;",
        "ALTER TABLE contacts ADD COLUMN IF NOT EXISTS word TEXT NOT NULL DEFAULT 'hi';",
        "ALTER TABLE contacts ADD CONSTRAINT a CHECK (version > 0) NOT VALID;",
        "ALTER TABLE contacts VALIDATE CONSTRAINT a;",
        "-- outside a transaction\nDROP INDEX CONCURRENTLY IF EXISTS a;\nCREATE INDEX CONCURRENTLY a ON contacts (language);",
    ] {
        assert_eq!(complaints("n", sql), Vec::<String>::new(), "{sql}");
    }
}
