//! Sections read over their defaults, key by key, and what comes from the environment and the command
//! line put over them.

use std::path::PathBuf;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::{Origins, fetch, missed_calls, sms};

/// Variables that are no keys: secrets, and what the program itself is told.
pub(super) const SECRET_VARIABLES: [&str; 4] = [
    "SAMVAD_WHATSAPP_VERIFY_TOKEN",
    "SAMVAD_WHATSAPP_APP_SECRET",
    "SAMVAD_WHATSAPP_ACCESS_TOKEN",
    RECORDS_PASSWORD,
];
pub(super) const RECORDS_PASSWORD: &str = "SAMVAD_RECORDS_PASSWORD";
const OTHER_VARIABLES: [&str; 1] = ["SAMVAD_CONFIG"];

pub(super) fn table_of(text: &str) -> Result<Table, String> {
    text.parse::<Table>().map_err(|error| error.to_string().trim_end().replace('\n', "\n    "))
}

/// Where each key that is not a default was given, for messages.
#[derive(Default)]
pub(super) struct Source {
    file: Option<(PathBuf, String)>,
    noted: Vec<(String, String)>,
}

impl Source {
    pub(super) fn note_file(&mut self, origins: &Origins) {
        self.file.clone_from(&origins.file);
    }

    pub(super) fn note(&mut self, key: &str, place: String) {
        self.noted.push((key.to_owned(), place));
    }

    /// `samvad.local.toml line 3`, or the variable or argument that gave it.
    pub(super) fn place(&self, dotted: &str) -> String {
        if let Some((_, place)) = self.noted.iter().rev().find(|(key, _)| key == dotted) {
            return place.clone();
        }
        let Some((path, text)) = &self.file else { return "the configuration".to_owned() };
        let (section, key) = dotted.rsplit_once('.').unwrap_or(("", dotted));
        let mut current = String::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                name.trim().clone_into(&mut current);
                if section.is_empty() && current == key {
                    return format!("{} line {}", path.display(), index + 1);
                }
            }
            let is_key = line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
            if current == section && is_key {
                return format!("{} line {}", path.display(), index + 1);
            }
        }
        path.display().to_string()
    }
}

/// Reads sections over their defaults, key by key, so that every wrong key is found.
pub(super) struct Reader<'a> {
    pub(super) defaults: &'a Table,
    pub(super) user: &'a Table,
    pub(super) source: Source,
    pub(super) problems: Vec<String>,
}

impl Reader<'_> {
    pub(super) fn refuse_unknown_sections(&mut self) {
        for (key, value) in self.user {
            if value.is_table() && !self.defaults.get(key).is_some_and(Value::is_table) {
                let place = self.source.place(key);
                let known = self.defaults.iter().filter(|(_, value)| value.is_table());
                let hint = suggestion(key, known.map(|(known, _)| known.as_str()));
                self.problems.push(format!("{place}: there is no section [{key}]{hint}"));
            }
        }
    }

    /// `None` only when the embedded defaults do not fit the type.
    pub(super) fn section<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let only_values = |table: &Table| -> Table {
            table
                .iter()
                .filter(|(_, value)| !value.is_table())
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        };
        let (mut merged, user) = if name.is_empty() {
            (only_values(self.defaults), only_values(self.user))
        } else {
            let table_in = |table: &Table| match table.get(name) {
                Some(Value::Table(section)) => section.clone(),
                _ => Table::new(),
            };
            if let Some(value) = self.user.get(name)
                && !value.is_table()
            {
                let place = self.source.place(name);
                self.problems
                    .push(format!("{place}: {name} is a section; write [{name}] above its keys"));
            }
            (table_in(self.defaults), table_in(self.user))
        };
        for (key, value) in user {
            let dotted = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
            if !merged.contains_key(&key) {
                if name.is_empty() && self.defaults.get(&key).is_some_and(Value::is_table) {
                    continue;
                }
                let place = self.source.place(&dotted);
                let hint = suggestion(&key, merged.keys().map(String::as_str));
                self.problems.push(format!("{place}: there is no key {dotted}{hint}"));
                continue;
            }
            let mut candidate = merged.clone();
            candidate.insert(key.clone(), value.clone());
            match Value::Table(candidate.clone()).try_into::<T>() {
                Ok(_) => merged = candidate,
                Err(error) => {
                    let place = self.source.place(&dotted);
                    let reason = error.to_string();
                    let reason = reason.lines().next().unwrap_or_default();
                    self.problems.push(format!("{place}: {dotted}: {reason}"));
                }
            }
        }
        Value::Table(merged).try_into().ok()
    }
}

/// `; did you mean "…"?` for the nearest known word within two edits.
pub(super) fn suggestion<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known.map(|known| (edits(word, known), known)).min();
    match nearest {
        Some((distance, known)) if distance <= 2 => format!("; did you mean \"{known}\"?"),
        _ => String::new(),
    }
}

/// Levenshtein's distance, in characters.
pub(super) fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, from) in left.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(index + 1);
        for ((into, diagonal), above) in right.iter().zip(&row).zip(row.iter().skip(1)) {
            let before = next.last().copied().unwrap_or(usize::MAX - 1);
            let replaced = diagonal + usize::from(*into != from);
            next.push(replaced.min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// `SAMVAD_DELIVERY_LEASE_SECONDS=90` as `delivery.lease_seconds`.
pub(super) fn take_environment(
    user: &mut Table,
    source: &mut Source,
    defaults: &Table,
    environment: &[(String, String)],
    problems: &mut Vec<String>,
) {
    let known = dotted_keys(defaults);
    for (variable, value) in environment {
        let Some(rest) = variable.strip_prefix("SAMVAD_") else { continue };
        if SECRET_VARIABLES.contains(&variable.as_str())
            || OTHER_VARIABLES.contains(&variable.as_str())
            || variable.starts_with(fetch::VARIABLE)
            || variable.starts_with(sms::VARIABLE)
            || variable.starts_with(missed_calls::VARIABLE)
        {
            continue;
        }
        let found = known.iter().find(|key| key.replace('.', "_").to_uppercase() == rest);
        if let Some(key) = found {
            source.note(key, format!("the environment ({variable})"));
            put(user, key, value, defaults);
        } else {
            let names: Vec<String> = known
                .iter()
                .map(|key| format!("SAMVAD_{}", key.replace('.', "_").to_uppercase()))
                .collect();
            let hint = suggestion(variable, names.iter().map(String::as_str));
            problems
                .push(format!("the environment: {variable} is no key of the configuration{hint}"));
        }
    }
}

/// Every key of the defaults, dotted.
fn dotted_keys(defaults: &Table) -> Vec<String> {
    let mut keys = Vec::new();
    for (key, value) in defaults {
        match value {
            Value::Table(section) => {
                let plain = section.iter().filter(|(_, value)| !value.is_table());
                keys.extend(plain.map(|(inner, _)| format!("{key}.{inner}")));
            }
            _ => keys.push(key.clone()),
        }
    }
    keys
}

/// Puts a text value where the key stands, as the type its default has; a value that does not fit
/// is put as text, so that the section reader names it.
pub(super) fn put(user: &mut Table, dotted: &str, text: &str, defaults: &Table) {
    let (section, key) = dotted.split_once('.').unwrap_or(("", dotted));
    let default = if section.is_empty() {
        defaults.get(key)
    } else {
        defaults.get(section).and_then(Value::as_table).and_then(|table| table.get(key))
    };
    let as_text = || Value::String(text.to_owned());
    let value = match default {
        Some(Value::Integer(_)) => text.parse().map_or_else(|_| as_text(), Value::Integer),
        Some(Value::Float(_)) => text.parse().map_or_else(|_| as_text(), Value::Float),
        Some(Value::Boolean(_)) => text.parse().map_or_else(|_| as_text(), Value::Boolean),
        Some(Value::Array(_)) => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| Value::String(part.to_owned()))
                .collect(),
        ),
        _ => as_text(),
    };
    if section.is_empty() {
        user.insert(key.to_owned(), value);
        return;
    }
    let entry = user.entry(section.to_owned()).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(table) = entry {
        table.insert(key.to_owned(), value);
    }
}
