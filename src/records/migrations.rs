//! Migrations: numbered SQL of one engine, applied at start in order, their checksums kept.

use std::fmt::Write as _;

use ring::digest;

use super::RecordsError;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    pub(super) number: i64,
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
}

/// One that was applied, as the table of migrations tells it.
#[derive(Clone, Debug)]
pub(super) struct Applied {
    pub(super) number: i64,
    pub(super) name: String,
    pub(super) checksum: String,
}

impl Migration {
    /// SHA-256 of the text, with line ends as git may have changed them taken out.
    pub(super) fn checksum(&self) -> String {
        let plain = self.sql.replace('\r', "");
        let mut hex = String::with_capacity(64);
        for byte in digest::digest(&digest::SHA256, plain.as_bytes()).as_ref() {
            // Writing into a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }

    /// The words when it could not be applied.
    pub(super) fn failed(&self, reason: &str) -> RecordsError {
        RecordsError::Setup(format!(
            "migration {} could not be applied, nothing of it was: {reason}",
            self.name
        ))
    }
}

/// Told to a command that only looks: it brings nothing forward.
pub(super) fn is_older(records: &str, first_missing: &str) -> RecordsError {
    RecordsError::Setup(format!(
        "the records {records} are of an older version of samvad and lack {first_missing}; start the \
         new server once, which brings them forward, then ask again"
    ))
}

/// Those of `known` that are still to be applied, in order.
///
/// # Errors
/// [`RecordsError::Setup`]: the records were written by a newer version, or a migration they were made
/// by has been changed.
pub(super) fn to_apply<'a>(
    known: &'a [Migration],
    applied: &[Applied],
) -> Result<Vec<&'a Migration>, RecordsError> {
    let newest = known.iter().map(|migration| migration.number).max().unwrap_or(0);
    for Applied { number, name, checksum } in applied {
        if *number > newest {
            return Err(RecordsError::Setup(format!(
                "the records were written by a newer version of samvad (migration {name}); start \
                 that version, or restore a backup made before it"
            )));
        }
        let same = known.iter().find(|migration| migration.number == *number);
        if same.is_none_or(|migration| migration.checksum() != *checksum) {
            return Err(RecordsError::Setup(format!(
                "migration {name} is not the one these records were made by; start the version of \
                 samvad that wrote them, and never edit a migration that was released"
            )));
        }
    }
    let is_new = |migration: &&Migration| !applied.iter().any(|one| one.number == migration.number);
    Ok(known.iter().filter(is_new).collect())
}
