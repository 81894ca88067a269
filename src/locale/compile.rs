//! Fluent files into compiled patterns, every mistake with its place.

use std::collections::HashMap;
use std::ops::Range;

use fluent_syntax::ast;

use super::function::Function;
use super::pattern::{Key, Pattern, Segment};
use super::{saved, slips, slot};
use crate::contact::Language;

/// A reference inside a reference inside …: deeper than this is taken for a circle.
const DEEPEST: usize = 8;

/// The file whose terms every text may name.
const COMMON: &str = "common";

/// One Fluent file, as `locales/<language>/<book>.ftl`.
#[derive(Clone, Copy, Debug)]
pub struct SourceText<'a> {
    pub path: &'a str,
    pub text: &'a str,
}

/// What kind of mistake a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    Syntax,
    /// A sign nobody sees where a name stands.
    Invisible,
    /// Two versions put together and not decided.
    Conflict,
    /// The file holds no text at all.
    NoText,
    /// A message of the same name stands above.
    Twice,
    Term,
    /// A reference to a message that is not there.
    Message,
    Function,
}

/// Something wrong in a Fluent file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Index of the file among those given.
    pub source: usize,
    pub kind: ProblemKind,
    /// Bytes of its text.
    pub span: Range<usize>,
    pub message: String,
    pub hint: Option<String>,
}

/// Every text of every language.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// By [`slot`]; `None` when there is no folder for the language.
    languages: [Option<HashMap<String, Book>>; 3],
}

/// The messages of one file.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub messages: HashMap<String, Message>,
    /// Index of the file among those given.
    pub source: usize,
    /// Whether part of it could not be read: what seems to be missing may stand there.
    pub broken: bool,
    /// The messages other messages of the file take in, each with the bytes where it is named first.
    pub referred: HashMap<String, Range<usize>>,
    /// The terms it defines, each with the bytes of its name.
    pub terms: HashMap<String, Range<usize>>,
}

/// One message: its text and its attributes (the labels of choices), in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Message {
    pub value: Option<Pattern>,
    pub attributes: Vec<Attribute>,
    pub source: usize,
    /// Bytes of its name.
    pub span: Range<usize>,
    /// Parts of an SMS it may need, where the comment above it says so: `# sms-parts: 6`.
    pub sms_parts: Option<usize>,
}

/// `.yes = हाँ` under a message.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: String,
    pub pattern: Pattern,
    /// Bytes of its name.
    pub span: Range<usize>,
}

impl Message {
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

impl Catalogue {
    /// Compiles the files. What could be read is there even when there are problems.
    #[must_use]
    pub fn read(sources: &[SourceText<'_>]) -> (Catalogue, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut parsed: [Vec<Parsed<'_>>; 3] = Default::default();
        for (index, source) in sources.iter().enumerate() {
            let Some((language, book)) = name_of(source.path) else { continue };
            // An invisible mark some editors put first; slices still know their place.
            let text = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
            let mark = source.text.len() - text.len();
            if let Some(problem) = saved::problem(index, source.text) {
                problems.push(problem);
                if let Some(books) = parsed.get_mut(slot(language)) {
                    let resource = ast::Resource { body: Vec::new() };
                    let text = source.text;
                    books.push(Parsed { book, source: index, text, broken: true, resource });
                }
                continue;
            }
            let deep = too_deep(text);
            if let Some(at) = deep {
                problems.push(Problem {
                    source: index,
                    span: mark + at..mark + at + 1,
                    kind: ProblemKind::Syntax,
                    message: "braces are nested too deeply here".to_owned(),
                    hint: Some("a variable stands in one pair of braces: { $name }".to_owned()),
                });
            }
            let read = if deep.is_some() { "" } else { text };
            let (resource, errors) = match fluent_syntax::parser::parse(read) {
                Ok(resource) => (resource, Vec::new()),
                Err((resource, errors)) => (resource, errors),
            };
            let slips = errors.iter().map(|error| slips::syntax(index, text, mark, error));
            problems.extend(slips);
            let told = problems.len();
            slips::swallowed(index, source.text, &mut problems);
            let broken = deep.is_some() || !errors.is_empty() || problems.len() > told;
            if let Some(books) = parsed.get_mut(slot(language)) {
                books.push(Parsed { book, source: index, text: source.text, broken, resource });
            }
        }
        let languages = parsed
            .map(|books| (!books.is_empty()).then(|| compile_language(&books, &mut problems)));
        (Catalogue { languages }, problems)
    }

    /// Whether there is a folder of texts for the language.
    #[must_use]
    pub fn has(&self, language: Language) -> bool {
        self.languages.get(slot(language)).is_some_and(Option::is_some)
    }

    /// A file's messages.
    #[must_use]
    pub fn book(&self, language: Language, book: &str) -> Option<&Book> {
        self.languages.get(slot(language))?.as_ref()?.get(book)
    }

    /// Every file of a language, by its name without the ending.
    pub fn books(&self, language: Language) -> impl Iterator<Item = (&str, &Book)> {
        let books = self.languages.get(slot(language)).and_then(Option::as_ref);
        books.into_iter().flatten().map(|(name, book)| (name.as_str(), book))
    }

    /// A message of a file in exactly this language.
    #[must_use]
    pub fn message(&self, language: Language, book: &str, name: &str) -> Option<&Message> {
        self.book(language, book)?.messages.get(name)
    }
}

/// No text needs more braces within braces; the reader goes one call deeper with each.
const MOST_BRACES: usize = 12;

/// Where braces are nested so deeply that reading them could use up the stack.
fn too_deep(text: &str) -> Option<usize> {
    let mut deep = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '{' => deep += 1,
            '}' => deep = deep.saturating_sub(1),
            // A message ends at the next line that begins at the margin.
            '\n' if text.get(at + 1..).is_some_and(|rest| {
                rest.starts_with(|next: char| next.is_ascii_alphabetic() || next == '-')
            }) =>
            {
                deep = 0;
            }
            _ => {}
        }
        if deep > MOST_BRACES {
            return Some(at);
        }
    }
    None
}

struct Parsed<'a> {
    book: &'a str,
    source: usize,
    text: &'a str,
    broken: bool,
    resource: ast::Resource<&'a str>,
}

/// `locales/hi/join.ftl` is Hindi and `join`; `None` for a path that is no text file.
fn name_of(path: &str) -> Option<(Language, &str)> {
    let (folder, file) = path.rsplit_once('/')?;
    let book = file.strip_suffix(".ftl")?;
    let code = folder.rsplit('/').next()?;
    Some((Language::from_code(code)?, book))
}

fn compile_language(books: &[Parsed<'_>], problems: &mut Vec<Problem>) -> HashMap<String, Book> {
    let mut terms: HashMap<&str, &ast::Pattern<&str>> = HashMap::new();
    for parsed in books {
        for entry in &parsed.resource.body {
            if let ast::Entry::Term(term) = entry {
                terms.insert(term.id.name, &term.value);
            }
        }
    }
    let terms_hidden = books
        .iter()
        .all(|parsed| parsed.book != COMMON || parsed.broken || parsed.resource.body.is_empty());
    let mut compiled = HashMap::new();
    for parsed in books {
        term_without_hyphen(parsed, books, &mut terms, problems);
    }
    for parsed in books {
        let mut values: HashMap<&str, &ast::Message<&str>> = HashMap::new();
        let defined = parsed.resource.body.iter().filter_map(|entry| match entry {
            ast::Entry::Term(term) => {
                Some((term.id.name.to_owned(), span_in(parsed.text, term.id.name)))
            }
            _ => None,
        });
        let terms_here = defined.collect();
        let (source, broken) = (parsed.source, parsed.broken);
        let mut book = Book { source, broken, terms: terms_here, ..Book::default() };
        for entry in &parsed.resource.body {
            let ast::Entry::Message(message) = entry else { continue };
            if values.insert(message.id.name, message).is_some() {
                problems.push(Problem {
                    source: parsed.source,
                    kind: ProblemKind::Twice,
                    span: span_in(parsed.text, message.id.name),
                    message: format!("the message `{}` is written twice", message.id.name),
                    hint: Some("keep one of them: only the last would be said".to_owned()),
                });
            }
        }
        for entry in &parsed.resource.body {
            let ast::Entry::Message(message) = entry else { continue };
            let mut compiler = Compiler {
                parsed,
                terms: &terms,
                terms_hidden,
                values: &values,
                referred: &mut book.referred,
                problems,
            };
            let value = message.value.as_ref().map(|pattern| compiler.pattern(pattern));
            for (index, attribute) in message.attributes.iter().enumerate() {
                let above = message.attributes.iter().take(index);
                if above.map(|known| known.id.name).any(|name| name == attribute.id.name) {
                    compiler.problems.push(Problem {
                        source: parsed.source,
                        kind: ProblemKind::Twice,
                        span: span_in(parsed.text, attribute.id.name),
                        message: format!("the label `.{}` is written twice", attribute.id.name),
                        hint: Some("keep one of them: only the first would be shown".to_owned()),
                    });
                }
            }
            let attributes = message
                .attributes
                .iter()
                .map(|attribute| Attribute {
                    name: attribute.id.name.to_owned(),
                    pattern: compiler.pattern(&attribute.value),
                    span: span_in(parsed.text, attribute.id.name),
                })
                .collect();
            let span = span_in(parsed.text, message.id.name);
            let source = parsed.source;
            let sms_parts = message.comment.as_ref().and_then(|comment| {
                let said = comment.content.iter().find_map(|line| line.split_once("sms-parts:"))?;
                said.1.trim().parse().ok()
            });
            book.messages.insert(
                message.id.name.to_owned(),
                Message { value, attributes, source, span, sms_parts },
            );
        }
        compiled.insert(parsed.book.to_owned(), book);
    }
    compiled
}

/// `party = …` in common.ftl, where the texts say `{ -party }`: told once, and taken for the term.
fn term_without_hyphen<'a, 'b>(
    parsed: &'a Parsed<'b>,
    books: &[Parsed<'b>],
    terms: &mut HashMap<&'b str, &'a ast::Pattern<&'b str>>,
    problems: &mut Vec<Problem>,
) {
    if parsed.book != COMMON {
        return;
    }
    for entry in &parsed.resource.body {
        let (written, value) = match entry {
            ast::Entry::Message(message) => (message.id.name, message.value.as_ref()),
            ast::Entry::Term(term) => (term.id.name, Some(&term.value)),
            _ => continue,
        };
        let Some(value) = value else { continue };
        // `-Party` is another term than `-party`.
        let small = books.iter().find_map(|other| {
            let found = other.text.find(&format!("-{}", written.to_ascii_lowercase()))? + 1;
            other.text.get(found..found + written.len())
        });
        let name = if terms.contains_key(written) { small.unwrap_or(written) } else { written };
        let reference = |text: &str| {
            text.split('{').any(|part| {
                let inner = part.trim_start().strip_prefix('-');
                inner
                    .and_then(|inner| inner.strip_prefix(name))
                    .is_some_and(|rest| rest.trim_start().starts_with('}'))
            })
        };
        if terms.contains_key(name) || !books.iter().any(|other| reference(other.text)) {
            continue;
        }
        terms.insert(name, value);
        problems.push(Problem {
            source: parsed.source,
            kind: ProblemKind::Term,
            span: span_in(parsed.text, written),
            message: format!("texts say {{ -{name} }}, and this is another name"),
            hint: Some(format!("write it with a hyphen and in small letters: -{name} = …")),
        });
    }
}

struct Compiler<'a, 'b> {
    parsed: &'a Parsed<'b>,
    terms: &'a HashMap<&'b str, &'a ast::Pattern<&'b str>>,
    /// Whether a term that is not there may only be hidden: its file is missing or broken, which is
    /// told.
    terms_hidden: bool,
    values: &'a HashMap<&'b str, &'a ast::Message<&'b str>>,
    referred: &'a mut HashMap<String, Range<usize>>,
    problems: &'a mut Vec<Problem>,
}

impl Compiler<'_, '_> {
    fn pattern(&mut self, pattern: &ast::Pattern<&str>) -> Pattern {
        let mut out = Pattern::default();
        self.append(pattern, 0, &mut out);
        out
    }

    fn append(&mut self, pattern: &ast::Pattern<&str>, depth: usize, out: &mut Pattern) {
        for element in &pattern.elements {
            match element {
                ast::PatternElement::TextElement { value } => push_text(out, value),
                ast::PatternElement::Placeable { expression } => {
                    self.expression(expression, depth, out);
                }
            }
        }
    }

    fn expression(&mut self, expression: &ast::Expression<&str>, depth: usize, out: &mut Pattern) {
        match expression {
            ast::Expression::Inline(inline) => self.inline(inline, depth, out),
            ast::Expression::Select { selector, variants } => {
                // NUMBER($count) chooses as $count does.
                let number = match selector {
                    ast::InlineExpression::FunctionReference { id, arguments }
                        if id.name == Function::Number.name() && arguments.named.is_empty() =>
                    {
                        arguments.positional.first()
                    }
                    _ => None,
                };
                let ast::InlineExpression::VariableReference { id } = number.unwrap_or(selector)
                else {
                    self.refuse(
                        selector,
                        ProblemKind::Syntax,
                        "only a variable can choose between variants",
                        "write { $name -> … }",
                    );
                    return;
                };
                let default = variants.iter().position(|variant| variant.default).unwrap_or(0);
                let compiled = variants
                    .iter()
                    .map(|variant| {
                        let key = match &variant.key {
                            ast::VariantKey::Identifier { name } => Key::Word((*name).into()),
                            ast::VariantKey::NumberLiteral { value } => value
                                .parse()
                                .map_or_else(|_| Key::Word((*value).into()), Key::Number),
                        };
                        let mut inner = Pattern::default();
                        self.append(&variant.value, depth, &mut inner);
                        (key, inner)
                    })
                    .collect();
                out.segments.push(Segment::Select {
                    variable: id.name.into(),
                    variants: compiled,
                    default,
                });
            }
        }
    }

    fn inline(&mut self, inline: &ast::InlineExpression<&str>, depth: usize, out: &mut Pattern) {
        if depth > DEEPEST {
            self.refuse(
                inline,
                ProblemKind::Message,
                "this text leads back to itself",
                "break the circle of references",
            );
            return;
        }
        match inline {
            ast::InlineExpression::StringLiteral { value } => {
                push_text(out, &fluent_syntax::unicode::unescape_unicode_to_string(value));
            }
            ast::InlineExpression::NumberLiteral { value } => push_text(out, value),
            ast::InlineExpression::VariableReference { id } => {
                out.segments.push(Segment::Variable(id.name.into()));
            }
            ast::InlineExpression::Placeable { expression } => {
                self.expression(expression, depth, out);
            }
            ast::InlineExpression::TermReference { id, attribute: None, arguments: None } => {
                if let Some(pattern) = self.terms.get(id.name).copied() {
                    self.append(pattern, depth + 1, out);
                } else if !self.terms_hidden {
                    let near = self.near_term(id.name);
                    let hint = near.map_or_else(
                        || "define it in common.ftl of this language".to_owned(),
                        |near| format!("did you mean `-{near}`?"),
                    );
                    self.refuse(
                        inline,
                        ProblemKind::Term,
                        &format!("there is no term `-{}`", id.name),
                        &hint,
                    );
                }
            }
            ast::InlineExpression::MessageReference { id, attribute } => {
                let found = self.values.get(id.name).copied().and_then(|message| match attribute {
                    None => message.value.as_ref(),
                    Some(wanted) => message
                        .attributes
                        .iter()
                        .find(|known| known.id.name == wanted.name)
                        .map(|known| &known.value),
                });
                let span = span_in(self.parsed.text, id.name);
                self.referred.entry(id.name.to_owned()).or_insert(span);
                match found {
                    Some(pattern) => self.append(pattern, depth + 1, out),
                    None => self.refuse(
                        inline,
                        ProblemKind::Message,
                        &format!("there is no message `{}` in this file", id.name),
                        &if self.terms.contains_key(id.name) {
                            format!("the term has a hyphen: {{ -{} }}", id.name)
                        } else {
                            format!(
                                "an answer or variable has a dollar: {{ ${} }}; a term has a hyphen: {{ -party }}",
                                id.name
                            )
                        },
                    ),
                }
            }
            ast::InlineExpression::FunctionReference { id, arguments } => {
                let Some(function) = Function::from_name(id.name) else {
                    let names = Function::ALL.map(Function::name).join(", ");
                    self.refuse(
                        inline,
                        ProblemKind::Function,
                        &format!("the function `{}` is not known", id.name),
                        &format!("one of: {names}"),
                    );
                    return;
                };
                match (arguments.positional.as_slice(), arguments.named.as_slice()) {
                    ([ast::InlineExpression::VariableReference { id: variable }], []) => {
                        out.segments
                            .push(Segment::Call { function, variable: variable.name.into() });
                    }
                    _ => self.refuse(
                        inline,
                        ProblemKind::Function,
                        &format!("the function `{}` takes one variable and nothing else", id.name),
                        &format!("write {{ {}($name) }}", id.name),
                    ),
                }
            }
            ast::InlineExpression::TermReference { .. } => self.refuse(
                inline,
                ProblemKind::Term,
                "terms are used plainly here, without attributes or arguments",
                "write { -party }",
            ),
        }
    }

    /// A term that differs in a letter or two at most.
    fn near_term(&self, wrong: &str) -> Option<&str> {
        let shared = |known: &str| {
            let longest = known.len().max(wrong.len());
            let same = known.bytes().zip(wrong.bytes()).take_while(|(left, right)| left == right);
            let from_end = known.bytes().rev().zip(wrong.bytes().rev());
            let same_end = from_end.take_while(|(left, right)| left == right);
            longest.saturating_sub(same.count() + same_end.count())
        };
        let near = self.terms.keys().map(|known| (shared(known), *known)).min()?;
        (near.0 <= 2 && near.1.len() > 3).then_some(near.1)
    }

    fn refuse(
        &mut self,
        inline: &ast::InlineExpression<&str>,
        kind: ProblemKind,
        message: &str,
        hint: &str,
    ) {
        let word = word_of(inline);
        self.problems.push(Problem {
            source: self.parsed.source,
            kind,
            span: span_in(self.parsed.text, word),
            message: message.to_owned(),
            hint: Some(hint.to_owned()),
        });
    }
}

/// A piece of the source to point at.
fn word_of<'a>(inline: &ast::InlineExpression<&'a str>) -> &'a str {
    match inline {
        ast::InlineExpression::StringLiteral { value }
        | ast::InlineExpression::NumberLiteral { value } => value,
        ast::InlineExpression::FunctionReference { id, .. }
        | ast::InlineExpression::MessageReference { id, .. }
        | ast::InlineExpression::TermReference { id, .. }
        | ast::InlineExpression::VariableReference { id } => id.name,
        ast::InlineExpression::Placeable { .. } => "",
    }
}

fn push_text(out: &mut Pattern, text: &str) {
    if let Some(Segment::Text(last)) = out.segments.last_mut() {
        *last = format!("{last}{text}").into();
    } else if !text.is_empty() {
        out.segments.push(Segment::Text(text.into()));
    }
}

/// Where a slice of the text stands in it: the parser's names are slices of the source. A slice of
/// another file (a term's) points at the beginning.
fn span_in(text: &str, slice: &str) -> Range<usize> {
    let offset = (slice.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    match offset.checked_add(slice.len()) {
        Some(end) if end <= text.len() && text.is_char_boundary(offset) => offset..end,
        _ => 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::pattern::{Arguments, Value};

    fn compile(text: &str) -> (Catalogue, Vec<Problem>) {
        Catalogue::read(&[
            SourceText {
                path: "locales/hi/common.ftl", text: "-party = हमारी पार्टी\n"
            },
            SourceText { path: "locales/hi/join.ftl", text },
        ])
    }

    fn say(text: &str, arguments: &[(&str, &str)]) -> String {
        let (catalogue, problems) = compile(text);
        assert_eq!(problems, vec![]);
        let message = catalogue.message(Language::Hi, "join", "m").unwrap();
        message.value.as_ref().unwrap().text(Language::Hi, arguments)
    }

    #[test]
    fn a_term_stands_in_every_file() {
        assert_eq!(say("m = { -party } में स्वागत", &[]), "हमारी पार्टी में स्वागत");
    }

    #[test]
    fn a_variable_is_filled_in_without_marks_around_it() {
        assert_eq!(say("m = { $name } जी", &[("name", "सुनीता")]), "सुनीता जी");
    }

    #[test]
    fn a_variable_without_a_value_leaves_nothing() {
        assert_eq!(say("m = बूथ { $booth }।", &[]), "बूथ ।");
    }

    #[test]
    fn a_variant_is_chosen_by_word_and_else_the_default() {
        let text = "m = { $known ->\n    [yes] हाँ\n   *[no] नहीं\n }";
        assert_eq!(say(text, &[("known", "yes")]), "हाँ");
        assert_eq!(say(text, &[("known", "शायद")]), "नहीं");
    }

    /// A choice that is shown by its label.
    struct Chosen;

    impl Arguments for Chosen {
        fn value(&self, _name: &str) -> Option<Value<'_>> {
            Some(Value::Text("गाड़ी चाहिए".into()))
        }

        fn key(&self, _name: &str) -> Option<Value<'_>> {
            Some(Value::Text("need".into()))
        }
    }

    #[test]
    fn variants_are_chosen_by_the_name_and_the_label_is_shown() {
        let (catalogue, _) =
            compile("m = { $ride ->\n [need] लेने आएँगे\n *[other] ठीक\n }: { $ride }");
        let pattern = catalogue.message(Language::Hi, "join", "m").unwrap().value.clone().unwrap();
        assert_eq!(pattern.text(Language::Hi, &Chosen), "लेने आएँगे: गाड़ी चाहिए");
    }

    struct Count(i64);

    impl Arguments for Count {
        fn value(&self, _name: &str) -> Option<Value<'_>> {
            Some(Value::Number(self.0))
        }
    }

    #[test]
    fn hindi_counts_zero_as_one() {
        let (catalogue, _) =
            compile("m = { $count ->\n [2] जोड़ी\n [one] एक\n *[other] अनेक { $count }\n }");
        let pattern = catalogue.message(Language::Hi, "join", "m").unwrap().value.clone().unwrap();
        let said: Vec<String> =
            [0, 1, 2, 100_000].map(|count| pattern.text(Language::Hi, &Count(count))).to_vec();
        assert_eq!(said, ["एक", "एक", "जोड़ी", "अनेक 1,00,000"]);
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let cases = [
            ("m = { -dal } में\n", "there is no term `-dal`", "dal"),
            ("m = { other }\n", "there is no message `other` in this file", "other"),
            ("m = { RUPEE($n) }\n", "the function `RUPEE` is not known", "RUPEE"),
            (
                "m = { DATE($d, month: \"short\") }\n",
                "the function `DATE` takes one variable and nothing else",
                "DATE",
            ),
            ("m = एक\nm = दो\n", "the message `m` is written twice", "m"),
            ("m = { m }\n", "this text leads back to itself", "m"),
            ("m = नमस्ते { $name\n", "a `{` is opened here and not closed", "{"),
        ];
        for (text, message, pointed) in cases {
            let (_, problems) = compile(text);
            let problem = problems.first().unwrap();
            assert_eq!(problem.message, message, "{text}");
            assert_eq!(&text[problem.span.clone()], pointed, "{text}");
            assert_eq!(problem.source, 1);
        }
    }

    #[test]
    fn our_texts_are_those_of_fluents_own_formatter() {
        let common = "-party = हमारी पार्टी\n";
        let text = "a = एक { -party } दो { $name }\n    नई पंक्ति { \"{\" } { 5 }\n\
                    b = { $name ->\n    [yes] हाँ { -party }\n   *[no] नहीं { $name }\n }\n\
                    c =\n    पहली\n\n      अंदर\n    तीसरी\n\
                    d = { c } और { a }\n";
        let (catalogue, problems) = compile(text);
        assert_eq!(problems, vec![]);
        let mut bundle = fluent_bundle::FluentBundle::new(vec![
            "hi".parse::<unic_langid::LanguageIdentifier>().unwrap(),
        ]);
        bundle.set_use_isolating(false);
        for source in [common, text] {
            bundle
                .add_resource(fluent_bundle::FluentResource::try_new(source.to_owned()).unwrap())
                .unwrap();
        }
        for name in ["a", "b", "c", "d"] {
            for value in ["yes", "सुनीता", ""] {
                let mut arguments = fluent_bundle::FluentArgs::new();
                arguments.set("name", value);
                let mut errors = Vec::new();
                let expected = bundle.format_pattern(
                    bundle.get_message(name).unwrap().value().unwrap(),
                    Some(&arguments),
                    &mut errors,
                );
                let ours = catalogue
                    .message(Language::Hi, "join", name)
                    .unwrap()
                    .value
                    .as_ref()
                    .unwrap()
                    .text(Language::Hi, [("name", value)].as_slice());
                assert_eq!(ours, expected, "{name} with {value}");
            }
        }
    }
}
