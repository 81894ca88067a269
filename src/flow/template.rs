//! The files of `flows/templates/`: what the office registered at the provider, read and held against
//! what a provider approves.

use std::collections::HashSet;

use super::code::Code;
use super::condition::PURPOSES;
use super::diagnostic::{Findings, Place, did_you_mean, one_of_these};
use super::draft::{get, identifier, known_keys, map, start_of, word, words};
use super::load::{Sources, is_template};
use super::wording::english_name;
use super::yaml::{self, Kind, Node, Word};
use crate::contact::Language;
use crate::locale::Catalogue;
use crate::message::Purpose;
use crate::template::{
    Category, Declared, LONGEST_BODY, LONGEST_LABEL, MOST_BUTTONS, Piece, SHORTEST_ROOM, Wording,
    pieces,
};

/// The keys of a template's file, and those of one of its languages.
pub(super) const KEYS: [&str; 7] =
    ["template", "about", "registered_as", "category", "purpose", "variables", "languages"];
pub(super) const LANGUAGE_KEYS: [&str; 3] = ["body", "buttons", "code"];

/// A template and where its parts stand.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) declared: Declared,
    /// In the order of the declared variables.
    pub(super) variables: Vec<Place>,
    /// In the order of the wordings.
    pub(super) bodies: Vec<Place>,
    /// Those of the labels in each of them.
    pub(super) labels: Vec<Vec<Place>>,
    /// Something of it could not be read, which is told.
    pub(super) broken: bool,
}

/// Reads every template of the office; what is wrong is told.
pub(super) fn read(
    sources: &Sources,
    catalogue: &Catalogue,
    findings: &mut Findings<'_>,
) -> Vec<Read> {
    let mut all: Vec<Read> = Vec::new();
    for (index, file) in sources.files.iter().enumerate() {
        if !is_template(&file.path) {
            continue;
        }
        let stem = std::path::Path::new(&file.path).file_stem().and_then(|stem| stem.to_str());
        let stem = stem.unwrap_or_default();
        let root = yaml::read(index, &file.text, findings);
        let read = root.and_then(|root| template(&root, stem, catalogue, findings));
        // Whoever names it is not told that it is missing: it is there, and broken.
        let read = read.unwrap_or_else(|| Read {
            declared: Declared {
                name: stem.to_owned(),
                registered_as: stem.to_owned(),
                category: Category::Utility,
                purpose: Purpose::Answer,
                variables: Vec::new(),
                buttons: Vec::new(),
                wordings: Vec::new(),
            },
            variables: Vec::new(),
            bodies: Vec::new(),
            labels: Vec::new(),
            broken: true,
        });
        let twin = all.iter().find(|other| {
            other.declared.registered_as == read.declared.registered_as && !other.broken
        });
        if let Some(twin) = twin
            && !read.broken
        {
            findings
                .error_hint(
                    Place { file: index, start: 0, end: 1 },
                    format!(
                        "`{}` is registered as `{}` as well",
                        twin.declared.name, read.declared.registered_as
                    ),
                    "one name at the provider is one template: take one of the two files away",
                )
                .code(Code::DuplicateKey);
        }
        all.push(read);
    }
    all
}

fn template(
    root: &Node,
    stem: &str,
    catalogue: &Catalogue,
    findings: &mut Findings<'_>,
) -> Option<Read> {
    let beginning = Place { end: root.place.start + 1, ..root.place };
    let entries = map(root, "a template", findings)?;
    known_keys(entries, &KEYS, findings);
    let mut missing = |key: &str, example: &str| {
        findings
            .error_hint(
                beginning,
                format!("the template does not say its `{key}`"),
                format!("add `{key}: {example}`"),
            )
            .code(Code::MissingKey);
    };
    let Some(name) = get(entries, "template") else {
        missing("template", stem);
        return None;
    };
    let Some(category) = get(entries, "category") else {
        missing("category", "utility");
        return None;
    };
    let Some(languages) = get(entries, "languages") else {
        missing("languages", "{hi: {body: …}}");
        return None;
    };
    let name = word(name, "the name of a template", findings)?;
    identifier(&name, findings);
    if name.text != stem {
        let rename = format!("rename the file to {}.yaml", name.text);
        let hint = if stem.contains('-') || stem.contains(' ') {
            rename
        } else {
            format!("write `template: {stem}`, or {rename}")
        };
        findings
            .error_hint(
                name.place,
                format!("the file is not named after its template `{}`", name.text),
                hint,
            )
            .code(Code::FileName);
    }
    let registered_as = match get(entries, "registered_as") {
        Some(node) => registered_name(&word(node, "`registered_as`", findings)?, findings),
        None => stem.to_owned(),
    };
    let category = category_of(&word(category, "`category`", findings)?, findings)?;
    let purpose = purpose_of(get(entries, "purpose"), category, name.place, findings)?;
    let variables = get(entries, "variables")
        .map(|node| words(node, "`variables`", findings))
        .unwrap_or_default();
    let mut read = Read {
        declared: Declared {
            name: stem.to_owned(),
            registered_as,
            category,
            purpose,
            variables: variables.iter().map(|word| word.text.clone()).collect(),
            buttons: Vec::new(),
            wordings: Vec::new(),
        },
        variables: variables.iter().map(|word| word.place).collect(),
        bodies: Vec::new(),
        labels: Vec::new(),
        broken: false,
    };
    for (language, node) in map(languages, "`languages`", findings)? {
        if wording(language, node, &mut read, findings).is_none() {
            read.broken = true;
        }
    }
    every_language(languages.place, catalogue, &read, findings);
    Some(read)
}

fn registered_name(word: &Word, findings: &mut Findings<'_>) -> String {
    let fits = (1..=512).contains(&word.text.len())
        && word.text.bytes().all(|sign| matches!(sign, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if !fits {
        findings
            .error_hint(
                word.place,
                format!("`{}` cannot be the name of a template at the provider", word.text),
                "small Latin letters, digits and _",
            )
            .code(Code::BadName);
    }
    word.text.clone()
}

fn category_of(word: &Word, findings: &mut Findings<'_>) -> Option<Category> {
    let found = Category::from_name(&word.text);
    if found.is_none() {
        let hint = if word.text.eq_ignore_ascii_case("authentication") {
            "templates with one-time codes are not sent from here; utility or marketing".to_owned()
        } else {
            one_of_these(&word.text, Category::ALL.map(Category::name))
        };
        findings
            .error_hint(word.place, format!("there is no category `{}`", word.text), hint)
            .code(Code::UnknownWord);
    }
    found
}

/// The consent the template needs: what markets needs that of the office's news.
fn purpose_of(
    node: Option<&Node>,
    category: Category,
    name: Place,
    findings: &mut Findings<'_>,
) -> Option<Purpose> {
    let Some(node) = node else {
        if category == Category::Marketing {
            return Some(Purpose::Samvad);
        }
        findings
            .error_hint(
                name,
                "the template does not say for which consent it goes",
                "add `purpose: follow_up`; or membership, opinion, samvad",
            )
            .code(Code::MissingKey);
        return None;
    };
    let written = word(node, "`purpose`", findings)?;
    let Some(purpose) = PURPOSES.into_iter().find(|known| known.name() == written.text) else {
        findings
            .error_hint(
                written.place,
                format!("there is no purpose `{}`", written.text),
                one_of_these(&written.text, PURPOSES.map(Purpose::name)),
            )
            .code(Code::UnknownWord);
        return None;
    };
    if category == Category::Marketing && purpose != Purpose::Samvad {
        findings
            .error_hint(
                written.place,
                format!("a marketing template cannot go for `{}`", written.text),
                "what markets goes to those who want the office's news: `purpose: samvad`",
            )
            .code(Code::UnknownWord);
    }
    Some(purpose)
}

/// A person's language that has texts must have its template, or they would read another's.
fn every_language(place: Place, catalogue: &Catalogue, read: &Read, findings: &mut Findings<'_>) {
    let has = |language| read.declared.wordings.iter().any(|known| known.language == language);
    let lacking: Vec<Language> =
        Language::ALL.into_iter().filter(|known| catalogue.has(*known) && !has(*known)).collect();
    if lacking.is_empty() || read.broken {
        return;
    }
    let names: Vec<&str> = lacking.iter().copied().map(english_name).collect();
    let codes: Vec<String> =
        lacking.iter().map(|known| format!("{}: {{body: …}}", known.code())).collect();
    findings
        .error_hint(
            Place { end: place.start + 1, ..place },
            format!("the template has no text in {}", names.join(" and ")),
            format!("add `{}` under `languages:`", codes.join("`, `")),
        )
        .code(Code::MissingText);
}

fn wording(name: &Word, node: &Node, read: &mut Read, findings: &mut Findings<'_>) -> Option<()> {
    let Some(language) = Language::from_code(&name.text) else {
        findings
            .error_hint(
                name.place,
                format!("there is no language `{}`", name.text),
                one_of_these(&name.text, Language::ALL.map(Language::code)),
            )
            .code(Code::UnknownWord);
        return None;
    };
    let entries = map(node, "a language of a template", findings)?;
    known_keys(entries, &LANGUAGE_KEYS, findings);
    let Some(body) = get(entries, "body") else {
        findings
            .error_hint(name.place, "the template does not say its `body`", "add `body: …`")
            .code(Code::MissingKey);
        return None;
    };
    let body = word(body, "`body`", findings)?;
    let code = match get(entries, "code") {
        Some(node) => language_code(&word(node, "`code`", findings)?, findings),
        None => language.code().to_owned(),
    };
    if !text(&body, read.declared.variables.len(), findings) {
        // What it lacks is told; what a flow would make of it is not.
        read.broken = true;
    }
    let mut labels = Vec::new();
    let mut places = Vec::new();
    let mut ids = Vec::new();
    if let Some(buttons) = get(entries, "buttons") {
        for (id, node) in map(buttons, "`buttons`", findings)? {
            if matches!(node.kind, Kind::Empty) {
                findings
                    .error_hint(
                        id.place,
                        format!("the button `{}` has no label", id.text),
                        "a label with a comma in it needs quotes: 'नहीं, अभी नहीं'",
                    )
                    .code(Code::NeedsQuotes);
                return None;
            }
            let label = word(node, "a button's label", findings)?;
            button(&label, &labels, findings);
            ids.push(id.text.clone());
            places.push(label.place);
            labels.push(label.text);
        }
        if ids.len() > MOST_BUTTONS {
            findings
                .error_hint(
                    start_of(buttons),
                    format!("the template has {} buttons", ids.len()),
                    format!("a template has at most {MOST_BUTTONS}"),
                )
                .code(Code::TooManyChoices);
        }
    }
    if read.declared.wordings.is_empty() {
        read.declared.buttons = ids;
    } else if ids != read.declared.buttons {
        let known = &read.declared.buttons;
        let buttons = get(entries, "buttons").and_then(|node| map(node, "`buttons`", findings));
        let strange =
            buttons.into_iter().flatten().map(|(id, _)| id).find(|id| !known.contains(&id.text));
        let lacking = known.iter().filter(|id| !ids.contains(id)).map(String::as_str);
        if let Some(strange) = strange
            && let Some(hint) = did_you_mean(&strange.text, lacking)
        {
            findings
                .error_hint(
                    strange.place,
                    format!("the language before has no button `{}`", strange.text),
                    hint,
                )
                .code(Code::TemplateFits);
            return None;
        }
        findings
            .error_hint(
                name.place,
                format!(
                    "the buttons are [{}] here and [{}] in the language before",
                    ids.join(", "),
                    read.declared.buttons.join(", ")
                ),
                "the same choices in the same order in every language",
            )
            .code(Code::TemplateFits);
        return None;
    }
    read.bodies.push(body.place);
    read.labels.push(places);
    read.declared.wordings.push(Wording { language, code, body: body.text, labels });
    Some(())
}

/// `hi`, `en`, `en_US`.
fn language_code(word: &Word, findings: &mut Findings<'_>) -> String {
    let (language, region) = word.text.split_once('_').unwrap_or((&word.text, "XX"));
    let fits = matches!(language.len(), 2 | 3)
        && language.bytes().all(|letter| letter.is_ascii_lowercase())
        && region.len() == 2
        && region.bytes().all(|letter| letter.is_ascii_uppercase());
    if !fits {
        findings
            .error_hint(
                word.place,
                format!("`{}` is no language of the provider", word.text),
                "for instance hi, en, en_US, ur",
            )
            .code(Code::UnknownWord);
    }
    word.text.clone()
}

fn button(label: &Word, before: &[String], findings: &mut Findings<'_>) {
    let length = label.text.chars().count();
    let problem = if label.text.trim().is_empty() {
        "a button without a label".to_owned()
    } else if length > LONGEST_LABEL {
        format!("this label has {length} characters; a template's button takes {LONGEST_LABEL}")
    } else if label.text.contains("{{") {
        "a quick-reply button takes no variable".to_owned()
    } else if before.contains(&label.text) {
        format!("two buttons are labelled `{}`", label.text)
    } else {
        return;
    };
    findings
        .error_hint(label.place, problem, "a short word of its own for each button")
        .code(Code::TemplateText);
}

/// Tells of everything a provider refuses a text for; whether there is nothing.
fn text(body: &Word, variables: usize, findings: &mut Findings<'_>) -> bool {
    let mut sound = true;
    let mut tell = |message: String, hint: String| {
        sound = false;
        findings.error_hint(body.place, message, hint).code(Code::TemplateText);
    };
    let found = match pieces(&body.text) {
        Ok(pieces) => pieces,
        Err(inside) => {
            tell(
                format!("`{{{{{inside}}}}}` is no place that could be filled in"),
                "write {{1}}, {{2}}, …; what fills them stands in `variables: [first, second]`"
                    .to_owned(),
            );
            return false;
        }
    };
    if body.text.trim().is_empty() {
        tell("the template says nothing".to_owned(), "write its text".to_owned());
        return false;
    }
    let places: Vec<usize> = found
        .iter()
        .filter_map(|piece| match piece {
            Piece::Place(number) => Some(*number),
            Piece::Words(_) => None,
        })
        .collect();
    let numbers: HashSet<usize> = places.iter().copied().collect();
    let lacking = (1..=variables).find(|number| !numbers.contains(number));
    let surplus = numbers.iter().copied().filter(|number| *number > variables).min();
    if let (Some(lacking), Some(surplus)) = (lacking, surplus) {
        tell(
            format!("nothing fills {{{{{surplus}}}}}"),
            format!("write {{{{{lacking}}}}}: `variables` names {variables}"),
        );
    } else if let Some(lacking) = lacking {
        tell(
            format!("{{{{{lacking}}}}} is nowhere in this text"),
            format!("`variables` names {variables}: every one of them has its place"),
        );
    } else if let Some(surplus) = surplus {
        tell(
            format!("nothing fills {{{{{surplus}}}}}"),
            format!("`variables` names {variables}: add what fills it, `variables: [ticket]`"),
        );
    }
    let ends = |piece: Option<&Piece<'_>>| match piece {
        Some(Piece::Place(_)) => true,
        Some(Piece::Words(words)) => !words.chars().any(char::is_alphanumeric),
        None => false,
    };
    let has_places = !places.is_empty();
    if has_places && (ends(found.first()) || ends(found.last())) {
        tell(
            "a template neither begins nor ends with a variable".to_owned(),
            "put words before the first and after the last one".to_owned(),
        );
    }
    let words = found.iter().map(|piece| match piece {
        Piece::Words(words) => words.split_whitespace().count(),
        Piece::Place(_) => 0,
    });
    let words: usize = words.sum();
    if has_places && words <= 2 * places.len() {
        tell(
            format!("{words} words are too few beside what is filled in"),
            "say more: a template is understood without what is filled in".to_owned(),
        );
    }
    if body.text.contains("     ") || body.text.contains('\t') {
        tell(
            "a template has no tabs and not more than four spaces in a row".to_owned(),
            "one space between words".to_owned(),
        );
    }
    let length = body.text.chars().count();
    let needed = length + places.len() * SHORTEST_ROOM;
    if needed > LONGEST_BODY {
        tell(
            format!("this text has {length} characters; filled in it takes {LONGEST_BODY} at most"),
            format!("shorten it; every variable needs room for {SHORTEST_ROOM} more"),
        );
    }
    sound
}
