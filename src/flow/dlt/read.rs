//! The files of `flows/dlt/`: what the office registered on its DLT portal, read and held against what
//! operators approve. Several files are one registry.

use crate::contact::Language;
use crate::dlt::{
    Category, ContentTemplate, Header, ID_DIGITS, LONGEST_VALUE, Piece, Registry, Script, Standing,
    pieces,
};
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place, one_of_these};
use crate::flow::draft::{get, integer, known_keys, map, word, words};
use crate::flow::load::{Sources, is_dlt};
use crate::flow::yaml::{self, Node, Word};

use super::some_of;

/// The keys of a registry's file, and those of one of its templates.
pub(in crate::flow) const KEYS: [&str; 12] = [
    "entity",
    "about",
    "headers",
    "brands",
    "languages",
    "flows",
    "longest",
    "passes",
    "tested",
    "urls",
    "callback_numbers",
    "templates",
];
pub(in crate::flow) const TEMPLATE_KEYS: [&str; 8] =
    ["id", "about", "header", "category", "language", "tested", "status", "text"];

/// Values longer than this nobody lets through.
const LONGEST_OF_ALL: i64 = 160;

/// The registry and where its parts stand.
#[derive(Debug, Default)]
pub(in crate::flow) struct Read {
    pub(in crate::flow) registry: Registry,
    /// The name of each template, in their order.
    pub(in crate::flow) names: Vec<Place>,
    /// The text of each.
    texts: Vec<Place>,
    /// Scripts that were tried, for templates that do not say it themselves; those templates.
    tested: Vec<Script>,
    silent: Vec<usize>,
    /// The flows it names, as they stand there.
    pub(in crate::flow) flows: Vec<Word>,
    /// Headers that templates name, with the category of the template.
    named: Vec<(Word, Category)>,
    /// Whether there is a file at all.
    pub(in crate::flow) is_there: bool,
    /// Something of it could not be read, which is told.
    pub(in crate::flow) broken: bool,
}

/// Reads the registry of the office; what is wrong is told.
pub(in crate::flow) fn read(sources: &Sources, findings: &mut Findings<'_>) -> Read {
    let mut read = Read::default();
    for (index, file) in sources.files.iter().enumerate() {
        if !is_dlt(&file.path) {
            continue;
        }
        read.is_there = true;
        let root = yaml::read(index, &file.text, findings);
        if root.and_then(|root| registry(&root, &mut read, findings)).is_none() {
            read.broken = true;
        }
    }
    together(&mut read, findings);
    read
}

fn registry(root: &Node, read: &mut Read, findings: &mut Findings<'_>) -> Option<()> {
    let entries = map(root, "a DLT registry", findings)?;
    known_keys(entries, &KEYS, findings);
    if let Some(node) = get(entries, "entity") {
        let entity = word(node, "`entity`", findings)?;
        id(&entity, "entity", findings);
        let known = read.registry.entity.get_or_insert_with(|| entity.text.clone());
        if *known != entity.text {
            findings
                .error_hint(
                    entity.place,
                    "another file of flows/dlt/ names another entity",
                    "one office is one principal entity: name it once",
                )
                .code(Code::DuplicateKey);
        }
    }
    if let Some(node) = get(entries, "headers") {
        for (name, category) in map(node, "`headers`", findings)? {
            let category = category_of(&word(category, "a header's category", findings)?, findings);
            header_name(name, category, findings);
            let category = category?;
            read.registry.headers.push(Header { name: name.text.clone(), category });
        }
    }
    let limits = &mut read.registry.limits;
    if let Some(node) = get(entries, "longest") {
        let longest = integer(node, findings)?;
        match usize::try_from(longest).ok().filter(|_| (1..=LONGEST_OF_ALL).contains(&longest)) {
            Some(longest) => limits.longest = longest,
            None => findings
                .error_hint(
                    node.place,
                    format!("a value has 1 to {LONGEST_OF_ALL} characters"),
                    format!("{LONGEST_VALUE}, unless your operator told you otherwise"),
                )
                .code(Code::BadNumber),
        }
    }
    if let Some(node) = get(entries, "passes") {
        limits.passes.push_str(&word(node, "`passes`", findings)?.text);
    }
    if let Some(node) = get(entries, "tested") {
        read.tested.extend(scripts(node, findings));
    }
    let list = |key: &str, findings: &mut Findings<'_>| {
        let node = get(entries, key);
        node.map(|node| words(node, &format!("`{key}`"), findings)).unwrap_or_default()
    };
    for url in list("urls", findings) {
        if !url.text.starts_with("https://") && !url.text.starts_with("http://") {
            findings
                .error_hint(
                    url.place,
                    format!("`{}` is no address", url.text),
                    "as it stands on the portal's list: https://samvad.example.in",
                )
                .code(Code::BadAddress);
        }
        limits.urls.push(url.text);
    }
    for number in list("callback_numbers", findings) {
        limits.callback_numbers.push(number.text);
    }
    for code in list("languages", findings) {
        let language = language_of(&code, findings)?;
        if !read.registry.languages.contains(&language) {
            read.registry.languages.push(language);
        }
    }
    for flow in list("flows", findings) {
        read.registry.flows.push(flow.text.clone());
        read.flows.push(flow);
    }
    for brand in list("brands", findings) {
        read.registry.brands.push(brand.text);
    }
    let Some(node) = get(entries, "templates") else { return Some(()) };
    for (name, node) in map(node, "`templates`", findings)? {
        if template(name, node, read, findings).is_none() {
            read.broken = true;
        }
    }
    Some(())
}

/// What an office calls a template: letters, digits, `-`, `_` and `.`.
fn template_name(name: &Word, findings: &mut Findings<'_>) {
    let fits = name.text.len() <= 80
        && name.text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !fits {
        findings
            .error_hint(
                name.place,
                format!("`{}` is not a name for a template", name.text),
                "Latin letters, digits, - and _, at most 80",
            )
            .code(Code::BadName);
    }
}

fn template(name: &Word, node: &Node, read: &mut Read, findings: &mut Findings<'_>) -> Option<()> {
    let entries = map(node, "a template", findings)?;
    known_keys(entries, &TEMPLATE_KEYS, findings);
    template_name(name, findings);
    let Some(text) = get(entries, "text") else {
        findings
            .error_hint(
                name.place,
                format!("the template `{}` does not say its `text`", name.text),
                "add `text:` with the text as it stands on the portal",
            )
            .code(Code::MissingKey);
        return None;
    };
    let text = word(text, "`text`", findings)?;
    let pieces = text_pieces(&text, findings)?;
    let id_word = match get(entries, "id") {
        Some(node) => Some(word(node, "`id`", findings)?).filter(|word| !word.text.is_empty()),
        None => None,
    };
    if let Some(id_word) = &id_word {
        id(id_word, "id", findings);
    }
    let category = match get(entries, "category") {
        Some(node) => category_of(&word(node, "`category`", findings)?, findings)?,
        None => Category::Service,
    };
    let language = match get(entries, "language") {
        Some(node) => Some(language_of(&word(node, "`language`", findings)?, findings)?),
        None => None,
    };
    let tested = get(entries, "tested").map(|node| scripts(node, findings));
    let says_tested = tested.is_some();
    let usual = if id_word.is_some() { Standing::Approved } else { Standing::Proposed };
    let standing = match get(entries, "status") {
        Some(node) => one_of(
            &word(node, "`status`", findings)?,
            "status",
            Standing::from_name,
            &Standing::ALL.map(Standing::name),
            findings,
        )?,
        None => usual,
    };
    if standing == Standing::Approved && id_word.is_none() {
        findings
            .error_hint(
                name.place,
                format!("the template `{}` is approved and does not say its `id`", name.text),
                format!(
                    "add `id: '1107…'`, the {ID_DIGITS} digits that the portal gave it, in quotes"
                ),
            )
            .code(Code::MissingKey);
    }
    let header_words = get(entries, "header").map(|node| words(node, "`header`", findings));
    let header_words = header_words.unwrap_or_default();
    let template = ContentTemplate {
        name: name.text.clone(),
        id: id_word.map(|word| word.text),
        headers: header_words.iter().map(|word| word.text.clone()).collect(),
        category,
        language,
        tested: tested.unwrap_or_default(),
        standing,
        pieces,
    };
    approvable(&template, &text, findings);
    for header in &header_words {
        // The headers may stand in a file that is read later; what is told of them waits until then.
        read.named.push((header.clone(), category));
    }
    if !says_tested {
        read.silent.push(read.registry.templates.len());
    }
    read.registry.templates.push(template);
    read.names.push(name.place);
    read.texts.push(text.place);
    Some(())
}

fn text_pieces(text: &Word, findings: &mut Findings<'_>) -> Option<Vec<Piece>> {
    match pieces(&text.text) {
        Ok(pieces) if pieces.is_empty() => {
            findings
                .error_hint(text.place, "the template says nothing", "write its text")
                .code(Code::DltText);
            None
        }
        Ok(pieces) => Some(pieces),
        Err(bad) => {
            let place = findings.find_in(text.place, &bad.words);
            findings.error_hint(place, bad.problem, bad.hint).code(Code::DltText);
            None
        }
    }
}

/// What operators do not approve in a text.
fn approvable(template: &ContentTemplate, text: &Word, findings: &mut Findings<'_>) {
    let last_words = template.pieces.iter().rev().find_map(|piece| match piece {
        Piece::Words(words) if words.chars().any(char::is_alphanumeric) => Some(true),
        Piece::Words(_) => None,
        Piece::Place(_) => Some(false),
    });
    if last_words == Some(false) {
        findings
            .warn(
                text.place,
                format!("the template `{}` ends with a variable", template.name),
                "operators refuse that: put a word behind it, the party's name for instance",
            )
            .code(Code::DltText);
    }
}

/// What only all files together show.
fn together(read: &mut Read, findings: &mut Findings<'_>) {
    if read.tested.is_empty() {
        read.tested.push(Script::Latin);
    }
    for index in &read.silent {
        if let Some(template) = read.registry.templates.get_mut(*index) {
            template.tested.clone_from(&read.tested);
        }
    }
    let registry = &read.registry;
    for (header, category) in &read.named {
        let known = registry.headers.iter().find(|known| known.name == header.text);
        match known {
            Some(known) if known.category == *category => {}
            Some(known) => findings
                .error_hint(
                    header.place,
                    format!(
                        "the header `{}` is registered as {}, the template as {}",
                        header.text,
                        known.category.name(),
                        category.name()
                    ),
                    "operators refuse a template under a header of another category (634)",
                )
                .code(Code::DltText),
            None => {
                let names = registry.headers.iter().map(|known| known.name.as_str());
                let hint = if registry.headers.is_empty() {
                    format!("add `headers: {{{}: {}}}`", header.text, category.name())
                } else {
                    one_of_these(&header.text, names)
                };
                findings
                    .error_hint(
                        header.place,
                        format!("there is no header `{}` among `headers`", header.text),
                        hint,
                    )
                    .code(Code::UnknownWord);
            }
        }
    }
    // Templates without the party's name, by file: the place of the first, and their names.
    let mut nameless: Vec<(Place, Vec<&str>)> = Vec::new();
    let places = read.names.iter().zip(&read.texts);
    for (index, (template, (name, text))) in registry.templates.iter().zip(places).enumerate() {
        let before = registry.templates.get(..index).unwrap_or_default();
        if let Some(twin) = before.iter().find(|other| other.name == template.name) {
            findings
                .error_hint(
                    *name,
                    format!("there are two templates `{}`", twin.name),
                    "a name for each",
                )
                .code(Code::DuplicateKey);
        }
        let same_id = |other: &&ContentTemplate| other.id.is_some() && other.id == template.id;
        if let Some(twin) = before.iter().find(same_id) {
            findings
                .error_hint(
                    *name,
                    format!("`{}` has the same id", twin.name),
                    "one id is one text on the portal: look there which of the two it is",
                )
                .code(Code::DuplicateKey);
        }
        if template.is_live() && registry.entity.is_none() && !read.broken {
            findings
                .error_hint(
                    *name,
                    "the registry does not say its `entity`",
                    format!("add `entity: '1101…'` at the margin: the {ID_DIGITS} digits of the principal entity, in quotes"),
                )
                .code(Code::MissingKey);
        }
        let says_brand = template.pieces.iter().any(|piece| match piece {
            Piece::Words(words) => registry.brands.iter().any(|brand| words.contains(brand)),
            Piece::Place(_) => false,
        });
        if !registry.brands.is_empty() && !says_brand {
            match nameless.iter_mut().find(|(first, _)| first.file == text.file) {
                Some((_, names)) => names.push(&template.name),
                None => nameless.push((*text, vec![&template.name])),
            }
        }
    }
    for (place, names) in nameless {
        let named = some_of(names.iter().map(|name| format!("`{name}`")));
        let message = match names.len() {
            1 => format!("the template {named} does not name the party"),
            count => format!("{count} templates of this file do not name the party: {named}"),
        };
        let brands = registry.brands.join(", or ");
        findings
            .warn(place, message, format!("operators want it in every template: {brands}"))
            .code(Code::DltText);
    }
}

/// An id is digits that a spreadsheet or a number would round.
fn id(word: &Word, key: &str, findings: &mut Findings<'_>) {
    // As it stands there: what YAML takes for a number has lost its point.
    let written = findings.source_of(word.place).trim_matches(['\'', '"']);
    let written = if written.is_empty() { word.text.as_str() } else { written };
    let digits = written.bytes().filter(u8::is_ascii_digit).count();
    let has_others = digits != written.len();
    if !has_others && digits == ID_DIGITS {
        return;
    }
    let hint = if written.contains(['e', 'E', '.', '+']) {
        "a spreadsheet rounded it: copy it from the portal, in quotes".to_owned()
    } else if has_others {
        "digits alone, in quotes".to_owned()
    } else {
        format!("copy all {ID_DIGITS} from the portal, and put them in quotes")
    };
    findings
        .error_hint(word.place, format!("`{key}` has {ID_DIGITS} digits, this has {digits}"), hint)
        .code(Code::BadNumber);
}

fn header_name(word: &Word, category: Option<Category>, findings: &mut Findings<'_>) {
    let is_plain = word.text.bytes().all(|sign| sign.is_ascii_alphanumeric());
    if !is_plain || !(3..=11).contains(&word.text.len()) {
        let hint = if word.text.contains('-') {
            "without the two letters before it and without -S, -P, -T: operators add those"
        } else {
            "3 to 11 letters and digits, exactly as it was registered"
        };
        findings
            .error_hint(word.place, format!("`{}` is no header", word.text), hint)
            .code(Code::BadName);
    } else if category == Some(Category::Promotional)
        && !word.text.bytes().all(|sign| sign.is_ascii_digit())
    {
        findings
            .warn(
                word.place,
                format!("`{}` is promotional and has letters", word.text),
                "promotional headers are six digits; look at the portal",
            )
            .code(Code::BadName);
    }
}

fn one_of<T>(
    word: &Word,
    what: &str,
    from_name: fn(&str) -> Option<T>,
    names: &[&str],
    findings: &mut Findings<'_>,
) -> Option<T> {
    let found = from_name(&word.text);
    if found.is_none() {
        findings
            .error_hint(
                word.place,
                format!("there is no {what} `{}`", word.text),
                one_of_these(&word.text, names.iter().copied()),
            )
            .code(Code::UnknownWord);
    }
    found
}

/// What stands under `tested`.
fn scripts(node: &Node, findings: &mut Findings<'_>) -> Vec<Script> {
    let names = Script::ALL.map(Script::name);
    let told = words(node, "`tested`", findings);
    let found =
        told.iter().filter_map(|word| one_of(word, "script", Script::from_name, &names, findings));
    found.collect()
}

fn category_of(word: &Word, findings: &mut Findings<'_>) -> Option<Category> {
    one_of(word, "category", Category::from_name, &Category::ALL.map(Category::name), findings)
}

fn language_of(word: &Word, findings: &mut Findings<'_>) -> Option<Language> {
    one_of(word, "language", Language::from_code, &Language::ALL.map(Language::code), findings)
}
