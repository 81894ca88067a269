//! The flow and text files of an office: a folder, or those that come with the program.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

use crate::flow::{SourceFile, Sources};

#[derive(RustEmbed)]
#[folder = "flows/"]
struct ShippedFlows;

#[derive(RustEmbed)]
#[folder = "locales/"]
struct ShippedLocales;

/// A folder or file that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("cannot read {path}: {source}", path = path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is not UTF-8 text: save it as UTF-8", path = path.display())]
    NotText { path: PathBuf },
    #[error("{path} holds neither flows/ nor locales/", path = path.display())]
    Nothing { path: PathBuf },
}

/// The files that come with the program.
#[must_use]
pub fn shipped() -> Sources {
    let mut files = Vec::new();
    collect::<ShippedFlows>("flows", &mut files);
    collect::<ShippedLocales>("locales", &mut files);
    Sources { files }
}

fn collect<Files: RustEmbed>(folder: &str, files: &mut Vec<SourceFile>) {
    for path in Files::iter() {
        let Some(file) = Files::get(&path) else { continue };
        if !is_ours(Path::new(path.as_ref())) {
            continue;
        }
        let text = String::from_utf8_lossy(&file.data).into_owned();
        files.push(SourceFile { path: format!("{folder}/{path}"), text });
    }
}

/// The files under `flows/` and `locales/` of a folder, by path. What a folder lacks of the two is
/// taken from those that come with the program: an office may rewrite texts alone.
///
/// # Errors
/// A file that cannot be read or is no text; a folder with neither of the two.
pub fn from_folder(folder: &Path) -> Result<Sources, FilesError> {
    let mut files = Vec::new();
    let mut found = false;
    for part in ["flows", "locales"] {
        let path = folder.join(part);
        if path.is_dir() {
            found = true;
            walk(&path, part, &mut files)?;
        } else if part == "flows" {
            collect::<ShippedFlows>(part, &mut files);
        } else {
            collect::<ShippedLocales>(part, &mut files);
        }
    }
    if !found {
        return Err(FilesError::Nothing { path: folder.to_owned() });
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(Sources { files })
}

/// Those of the folder, or without one those that come with the program.
///
/// # Errors
/// As [`from_folder`].
pub fn sources(folder: Option<&Path>) -> Result<Sources, FilesError> {
    folder.map_or_else(|| Ok(shipped()), from_folder)
}

fn walk(folder: &Path, name: &str, files: &mut Vec<SourceFile>) -> Result<(), FilesError> {
    let failed = |source| FilesError::Read { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        let Some(file_name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        let name = format!("{name}/{file_name}");
        if path.is_dir() {
            walk(&path, &name, files)?;
            continue;
        }
        if !is_ours(&path) {
            continue;
        }
        let bytes =
            fs::read(&path).map_err(|source| FilesError::Read { path: path.clone(), source })?;
        let text =
            String::from_utf8(bytes).map_err(|_| FilesError::NotText { path: path.clone() })?;
        // An editor's byte order mark is no part of the text.
        let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
        files.push(SourceFile { path: name, text });
    }
    Ok(())
}

/// Editors leave other files beside: `.join.yaml.swp`, `join.yaml~`.
fn is_ours(path: &Path) -> bool {
    let hidden =
        path.file_name().and_then(|name| name.to_str()).is_none_or(|name| name.starts_with('.'));
    let ending = path.extension().and_then(|ending| ending.to_str());
    !hidden && matches!(ending, Some("yaml" | "yml" | "ftl"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_editors_are_left_alone() {
        for (name, ours) in [
            ("join.yaml", true),
            ("common.ftl", true),
            (".join.yaml", false),
            ("join.yaml~", false),
            (".join.yaml.swp", false),
            ("README.md", false),
        ] {
            assert_eq!(is_ours(Path::new(name)), ours, "{name}");
        }
    }

    #[test]
    fn a_folder_without_texts_takes_those_of_the_program() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("flows")).unwrap();
        fs::write(folder.path().join("flows/own.yaml"), "\u{feff}flow: own\n").unwrap();
        let sources = from_folder(folder.path()).unwrap();
        let flows: Vec<&str> = sources
            .files
            .iter()
            .filter(|file| file.path.starts_with("flows/"))
            .map(|file| file.text.as_str())
            .collect();
        assert_eq!(flows, ["flow: own\n"]);
        let texts = |sources: &Sources| {
            sources.files.iter().filter(|file| file.path.starts_with("locales/")).count()
        };
        assert_eq!(texts(&sources), texts(&shipped()));
    }

    #[test]
    fn an_empty_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = from_folder(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("holds neither flows/ nor locales/"), "{error}");
    }
}
