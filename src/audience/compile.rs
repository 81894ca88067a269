//! From an expression to its test. Every word is known or refused with the one that was meant.

use std::collections::HashSet;
use std::hash::Hash;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::{Env, Program};

use super::{Area, Audience, AudienceError, Comparison, Event, Number, Standing, Tag, Test};
use crate::contact::{Language, POSTS};
use crate::flow::{nearest, too_involved};
use crate::message::{Channel, Purpose};

/// What an expression may name beyond the words of the language.
pub trait Names {
    /// The area of a place: a name in any spelling, or as [`Place`](crate::places::Place) is written.
    ///
    /// # Errors
    /// What to write instead.
    fn area(&self, text: &str) -> Result<Area, String>;

    /// The names of earlier broadcasts.
    fn broadcasts(&self) -> Vec<String>;

    /// The names of polls.
    fn polls(&self) -> Vec<String> {
        Vec::new()
    }

    /// The tags there are.
    fn tags(&self) -> Vec<String>;

    /// Whether they are known here: without the records nobody knows them, and none is missed.
    fn knows_tags(&self) -> bool {
        true
    }

    /// The files of numbers there are.
    fn lists(&self) -> Vec<String>;
}

/// The newest broadcast that ran.
const LAST: &str = "last";
const WORDS: [&str; 14] = [
    "member",
    "has_phone",
    "state",
    "post",
    "posts",
    "place",
    "language",
    "channel",
    "gender",
    "consents",
    "withdrawn",
    "days_since_wrote",
    "days_since_joined",
    "brought",
];
const FUNCTIONS: [&str; 11] = [
    "holds",
    "size",
    "sent",
    "delivered",
    "replied",
    "failed",
    "invited",
    "opined",
    "tagged",
    "listed",
    "place.within",
];
const GENDERS: [&str; 3] = ["female", "male", "other"];
const PURPOSES: [Purpose; 4] =
    [Purpose::Membership, Purpose::Opinion, Purpose::Samvad, Purpose::FollowUp];
/// Nobody can be chosen by them.
const NEVER: [&str; 12] = [
    "caste",
    "jati",
    "jaati",
    "religion",
    "dharm",
    "dharma",
    "community",
    "samaj",
    "category",
    "sc",
    "st",
    "obc",
];

pub(super) fn compile(text: &str, names: &dyn Names) -> Result<Audience, AudienceError> {
    if text.trim().is_empty() {
        return Err(AudienceError::at(
            text,
            "",
            "the audience is empty",
            "say whom the message is for, for instance: member && place.within(\"lucknow\")",
        ));
    }
    if let Some(why) = too_involved(text) {
        return Err(AudienceError::at(
            text,
            "",
            why,
            "make it simpler, or make two broadcasts of it",
        ));
    }
    let program = parse(text)?;
    let (broadcasts, polls, lists) = (Vec::new(), Vec::new(), Vec::new());
    let places = Vec::new();
    let mut compiler = Compiler { text, names, broadcasts, polls, lists, places };
    let test = compiler.test(program.expression())?;
    let Compiler { broadcasts, polls, lists, places, .. } = compiler;
    Ok(Audience { source: text.to_owned(), test, broadcasts, polls, lists, places })
}

fn parse(text: &str) -> Result<Program, AudienceError> {
    if let Some(quote) = text.chars().find(|sign| matches!(sign, '“' | '”' | '‘' | '’' | '„'))
    {
        let help = "write the straight quotes of the keyboard: \"lucknow\"";
        let at = quote.to_string();
        return Err(AudienceError::at(
            text,
            &at,
            format!("`{quote}` is no quote for a program"),
            help,
        ));
    }
    let outside = outside_quotes(text);
    for (word, sign) in [("and", "&&"), ("or", "||"), ("not", "!"), ("और", "&&"), ("या", "||")]
    {
        if outside.split(|letter: char| !letter.is_alphanumeric()).any(|said| said == word) {
            let help = format!("write {sign} instead of `{word}`");
            return Err(AudienceError::at(
                text,
                word,
                format!("`{word}` joins nothing here"),
                help,
            ));
        }
    }
    Env::stdlib().compile(text).map_err(|errors| {
        // Columns count from 1.
        let column = errors.errors.first().map_or(0, |error| error.pos.1);
        let at = usize::try_from(column).ok().and_then(|column| column.checked_sub(1));
        let rest = at.and_then(|at| text.char_indices().nth(at));
        let rest = rest.and_then(|(byte, _)| text.get(byte..)).unwrap_or_default();
        AudienceError::at(
            text,
            rest,
            "this cannot be read",
            "words are joined by && (and), || (or), ! (not); what is compared stands in quotes, and every \
             bracket is closed: post == \"booth_president\" && (member || has_phone)",
        )
    })
}

/// The text with what stands in quotes taken out.
fn outside_quotes(text: &str) -> String {
    let mut quote: Option<char> = None;
    let mut outside = String::with_capacity(text.len());
    for letter in text.chars() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None => outside.push(letter),
        }
    }
    outside
}

struct Compiler<'a> {
    text: &'a str,
    names: &'a dyn Names,
    broadcasts: Vec<String>,
    polls: Vec<String>,
    lists: Vec<String>,
    places: Vec<String>,
}

impl Compiler<'_> {
    fn test(&mut self, expression: &IdedExpr) -> Result<Test, AudienceError> {
        match &expression.expr {
            Expr::Literal(LiteralValue::Boolean(truth)) => Ok(Test::Always(*truth.inner())),
            Expr::Ident(name) => self.alone(name),
            Expr::Select(select) => {
                let Expr::Ident(group) = &select.operand.expr else { return Err(self.no_test()) };
                match group.as_str() {
                    "consents" => self.purpose(&select.field).map(Test::Consents),
                    "withdrawn" => self.purpose(&select.field).map(Test::Withdrawn),
                    "place" => Err(self.wrong(
                        "place",
                        "a place is asked whether it lies within another",
                        "write place.within(\"lucknow\")",
                    )),
                    other => Err(self.unknown(other)),
                }
            }
            Expr::Call(call) => self.call(call),
            _ => Err(self.no_test()),
        }
    }

    fn alone(&self, name: &str) -> Result<Test, AudienceError> {
        let example = match name {
            "member" => return Ok(Test::Member),
            "has_phone" => return Ok(Test::HasPhone),
            "state" => "state == \"verified\"",
            "post" => "post == \"booth_president\"",
            "posts" => "size(posts) > 0",
            "place" => "place.within(\"lucknow\")",
            "language" => "language == \"hi\"",
            "channel" => "channel == \"sms\"",
            "gender" => "gender == \"female\"",
            "consents" => "consents.samvad",
            "withdrawn" => "withdrawn.samvad",
            "days_since_wrote" => "days_since_wrote < 30",
            "days_since_joined" => "days_since_joined > 365",
            "brought" => "brought >= 5",
            other => return Err(self.unknown(other)),
        };
        Err(self.wrong(
            name,
            format!("`{name}` alone is neither true nor false"),
            format!("compare it: {example}"),
        ))
    }

    fn call(&mut self, call: &CallExpr) -> Result<Test, AudienceError> {
        let function = call.func_name.as_str();
        if let Some(target) = &call.target {
            return match (&target.expr, function, call.args.as_slice()) {
                (Expr::Ident(name), "within", [area]) if name == "place" => {
                    Ok(Test::Within(self.area(area)?))
                }
                (Expr::Ident(name), "contains" | "includes", _) if name == "posts" => Err(self
                    .wrong(
                        "posts",
                        "posts are compared one by one",
                        "write post == \"booth_president\"",
                    )),
                _ => Err(self.no_function(function)),
            };
        }
        match (function, call.args.as_slice()) {
            (operators::LOGICAL_NOT, [part]) => Ok(Test::Not(Box::new(self.test(part)?))),
            (operators::LOGICAL_AND, parts) => Ok(Test::And(self.all(parts)?)),
            (operators::LOGICAL_OR, parts) => Ok(Test::Or(self.all(parts)?)),
            (operators::IN, [left, right]) => self.member_of(left, right),
            ("holds", [post, area]) => {
                let post = self.post(&self.word(post, "holds")?)?;
                Ok(Test::Holds { post, area: self.area(area)? })
            }
            ("holds", _) => Err(self.wrong(
                "holds",
                "`holds` takes a post and a place",
                "write holds(\"booth_president\", \"lucknow\")",
            )),
            ("sent", [name]) => self.broadcast(name, Event::Sent),
            ("delivered", [name]) => self.broadcast(name, Event::Delivered),
            ("replied", [name]) => self.broadcast(name, Event::Replied),
            ("failed", [name]) => self.broadcast(name, Event::Failed),
            ("invited", [name]) => self.poll(name, "invited").map(Test::Invited),
            ("opined", [name]) => self.poll(name, "opined").map(Test::Opined),
            ("tagged", [tag]) => {
                let written = self.word(tag, "tagged")?;
                let tag = Tag::parse(&written).map_err(|error| {
                    self.wrong(&written, error.to_string(), "a tag is a word the office gives")
                })?;
                if !self.names.knows_tags() {
                    return Ok(Test::Tagged(tag.as_str().to_owned()));
                }
                self.known(tag.as_str(), &self.names.tags(), "tag").map(Test::Tagged)
            }
            ("listed", [list]) => {
                let list = self.word(list, "listed")?;
                let list = self.known(&list, &self.names.lists(), "list")?;
                Ok(Test::Listed(place_of(&mut self.lists, list)))
            }
            ("size", [counted]) if is_named(counted, "posts") => Err(self.wrong(
                "size(posts)",
                "a number alone is neither true nor false",
                "compare it: size(posts) > 0",
            )),
            ("within", [_]) => Err(self.wrong(
                "within",
                "`within` is asked of a place",
                "write place.within(\"lucknow\")",
            )),
            (_, [left, right]) => match comparison(function) {
                Some(comparison) => self.compared(left, comparison, right),
                None => Err(self.no_function(function)),
            },
            _ => Err(self.no_function(function)),
        }
    }

    fn all(&mut self, parts: &[IdedExpr]) -> Result<Vec<Test>, AudienceError> {
        parts.iter().map(|part| self.test(part)).collect()
    }

    /// `name == "word"`, `size(posts) > 0`, either way round.
    fn compared(
        &mut self,
        left: &IdedExpr,
        comparison: Comparison,
        right: &IdedExpr,
    ) -> Result<Test, AudienceError> {
        if matches!(&left.expr, Expr::Literal(_)) && !matches!(&right.expr, Expr::Literal(_)) {
            return self.compared(right, turned(comparison), left);
        }
        if let Expr::Call(call) = &left.expr {
            let of_posts = matches!(call.args.as_slice(), [one] if is_named(one, "posts"));
            if call.func_name == "size" && call.target.is_none() && of_posts {
                return self.number(Number::Posts, comparison, right, "size(posts)");
            }
            return Err(self.no_test());
        }
        let Expr::Ident(name) = &left.expr else { return Err(self.no_test()) };
        let number = match name.as_str() {
            "days_since_wrote" => Some(Number::DaysSinceWrote),
            "days_since_joined" => Some(Number::DaysSinceJoined),
            "brought" => Some(Number::Brought),
            _ => None,
        };
        if let Some(number) = number {
            return self.number(number, comparison, right, name);
        }
        let is_equal = match comparison {
            Comparison::Equal => true,
            Comparison::NotEqual => false,
            _ => {
                self.alone(name)
                    .err()
                    .filter(|_| !WORDS.contains(&name.as_str()))
                    .map_or(Ok(()), Err)?;
                return Err(self.wrong(
                    name,
                    format!("`{name}` is no number"),
                    format!("compare it with == or !=: {name} == \"…\""),
                ));
            }
        };
        if matches!(name.as_str(), "member" | "has_phone") {
            let Expr::Literal(LiteralValue::Boolean(truth)) = &right.expr else {
                let help = format!("write {name} alone, or !{name}");
                return Err(self.wrong(name, format!("`{name}` is true or false"), help));
            };
            let test = self.alone(name)?;
            return Ok(if *truth.inner() == is_equal { test } else { Test::Not(Box::new(test)) });
        }
        let word = self.word(right, name)?;
        let test = self.one_of(name, &[word])?;
        Ok(if is_equal { test } else { Test::Not(Box::new(test)) })
    }

    /// `post in ["…", "…"]`, `"…" in posts`.
    fn member_of(&mut self, left: &IdedExpr, right: &IdedExpr) -> Result<Test, AudienceError> {
        if is_named(right, "posts") {
            let post = self.word(left, "posts")?;
            return self.one_of("post", &[post]);
        }
        let (Expr::Ident(name), Expr::List(list)) = (&left.expr, &right.expr) else {
            return Err(self.wrong(
                " in ",
                "`in` asks whether a word is one of several",
                "write post in [\"booth_president\", \"booth_agent\"]",
            ));
        };
        let words: Result<Vec<String>, AudienceError> =
            list.elements.iter().map(|word| self.word(word, name)).collect();
        self.one_of(name, &words?)
    }

    fn one_of(&self, name: &str, words: &[String]) -> Result<Test, AudienceError> {
        Ok(match name {
            "state" => Test::State(self.each(words, "state", &Standing::ALL, Standing::name)?),
            "post" => {
                let posts: Result<HashSet<String>, AudienceError> =
                    words.iter().map(|post| self.post(post)).collect();
                Test::Post(posts?)
            }
            "language" => {
                Test::Language(self.each(words, "language", &Language::ALL, Language::code)?)
            }
            "channel" => {
                Test::Channel(self.each(words, "channel", &Channel::ALL, Channel::name)?)
            }
            "gender" => {
                let known: Result<HashSet<String>, AudienceError> = words
                    .iter()
                    .map(|word| self.known(word, &GENDERS.map(str::to_owned), "gender"))
                    .collect();
                Test::Gender(known?)
            }
            "place" => {
                return Err(self.wrong(
                    "place",
                    "a place is asked whether it lies within another",
                    "write place.within(\"lucknow\")",
                ));
            }
            other if WORDS.contains(&other) => {
                return Err(self.alone(other).err().unwrap_or_else(|| self.no_test()));
            }
            other => return Err(self.unknown(other)),
        })
    }

    fn each<T: Copy + Eq + Hash>(
        &self,
        words: &[String],
        what: &str,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Result<HashSet<T>, AudienceError> {
        let mut chosen = HashSet::new();
        for word in words {
            let Some(one) = all.iter().copied().find(|one| name(*one) == word) else {
                let names: Vec<String> = all.iter().map(|one| name(*one).to_owned()).collect();
                return Err(self.not_among(word, &names, what));
            };
            chosen.insert(one);
        }
        Ok(chosen)
    }

    fn number(
        &self,
        of: Number,
        comparison: Comparison,
        with: &IdedExpr,
        name: &str,
    ) -> Result<Test, AudienceError> {
        match &with.expr {
            Expr::Literal(LiteralValue::Int(number)) => {
                Ok(Test::Number { of, comparison, with: *number.inner() })
            }
            _ => Err(self.wrong(
                name,
                format!("`{name}` is compared with a whole number"),
                format!("write {name} > 5, without quotes"),
            )),
        }
    }

    fn broadcast(&mut self, name: &IdedExpr, event: Event) -> Result<Test, AudienceError> {
        let name = self.word(name, "replied")?;
        let name = if name == LAST {
            name
        } else {
            self.known(&name, &self.names.broadcasts(), "broadcast")?
        };
        Ok(Test::Broadcast { broadcast: place_of(&mut self.broadcasts, name), event })
    }

    fn poll(&mut self, name: &IdedExpr, about: &str) -> Result<usize, AudienceError> {
        let name = self.word(name, about)?;
        let name = self.known(&name, &self.names.polls(), "poll")?;
        Ok(place_of(&mut self.polls, name))
    }

    fn area(&mut self, place: &IdedExpr) -> Result<Area, AudienceError> {
        let text = self.word(place, "within")?;
        match self.names.area(&text) {
            Ok(area) => {
                place_of(&mut self.places, text);
                Ok(area)
            }
            Err(help) => {
                Err(self.wrong(&text, format!("`{text}` is not the name of one place"), help))
            }
        }
    }

    fn post(&self, word: &str) -> Result<String, AudienceError> {
        self.known(word, &POSTS.map(str::to_owned), "post")
    }

    fn purpose(&self, word: &str) -> Result<Purpose, AudienceError> {
        let found = PURPOSES.into_iter().find(|purpose| purpose.name() == word);
        let names = PURPOSES.map(|purpose| purpose.name().to_owned());
        found.ok_or_else(|| self.not_among(word, &names, "purpose"))
    }

    fn known(&self, word: &str, all: &[String], what: &str) -> Result<String, AudienceError> {
        if all.iter().any(|known| known == word) {
            return Ok(word.to_owned());
        }
        Err(self.not_among(word, all, what))
    }

    /// The text an argument is.
    fn word(&self, expression: &IdedExpr, about: &str) -> Result<String, AudienceError> {
        match &expression.expr {
            Expr::Literal(LiteralValue::String(word)) => Ok(word.inner().to_owned()),
            Expr::Ident(name) => Err(self.wrong(
                name,
                format!("`{name}` stands without quotes"),
                format!("write \"{name}\""),
            )),
            _ => Err(self.wrong(
                about,
                format!("`{about}` is compared with words"),
                "words stand in quotes: \"booth_president\"",
            )),
        }
    }

    fn not_among(&self, word: &str, all: &[String], what: &str) -> AudienceError {
        let near = nearest(word, all.iter().map(String::as_str));
        let help = match near {
            Some(near) => format!("did you mean \"{near}\"?"),
            None if all.is_empty() => format!("there is no {what} yet"),
            None => format!("one of: {}", all.join(", ")),
        };
        self.wrong(word, format!("there is no {what} `{word}`"), help)
    }

    fn unknown(&self, name: &str) -> AudienceError {
        if NEVER.contains(&name.to_lowercase().as_str()) {
            return self.wrong(
                name,
                format!("nobody is chosen by `{name}`"),
                "caste, religion and community are kept nowhere (Representation of the People Act, section 123)",
            );
        }
        let help = match nearest(name, WORDS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of: {}", WORDS.join(", ")),
        };
        self.wrong(name, format!("`{name}` is not known of people"), help)
    }

    fn no_function(&self, name: &str) -> AudienceError {
        let is_operator = name.starts_with(['_', '@', '!', '-']);
        let shown = name.trim_matches(['_', '@']);
        let help = match nearest(shown, FUNCTIONS) {
            Some(near) if !is_operator => format!("did you mean `{near}`?"),
            _ => "people are compared by ==, !=, <, >, in, and asked place.within(\"…\"), \
                  holds(\"…\", \"…\"), replied(\"…\")"
                .to_owned(),
        };
        self.wrong(shown, format!("an audience has no `{shown}`"), help)
    }

    fn no_test(&self) -> AudienceError {
        self.wrong(
            "",
            "this is neither true nor false of a person",
            "for instance: member && place.within(\"lucknow\")",
        )
    }

    fn wrong(
        &self,
        at: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> AudienceError {
        AudienceError::at(self.text, at, message, help)
    }
}

fn is_named(expression: &IdedExpr, wanted: &str) -> bool {
    matches!(&expression.expr, Expr::Ident(name) if name == wanted)
}

fn comparison(function: &str) -> Option<Comparison> {
    Some(match function {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::NotEqual,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::AtMost,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::AtLeast,
        _ => return None,
    })
}

/// The same with its sides exchanged.
const fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::Equal,
        Comparison::NotEqual => Comparison::NotEqual,
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
    }
}

/// Where the name stands in the list, at its end if it is new.
fn place_of(list: &mut Vec<String>, name: String) -> usize {
    if let Some(place) = list.iter().position(|known| *known == name) {
        return place;
    }
    list.push(name);
    list.len() - 1
}
