//! Conditions: expressions of CEL over a person and their answers, compiled and checked at load.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};
use cel::{Context, Env, ExecutionError, Program, Value};

use super::code::Code;
use super::diagnostic::{Findings, Place, nearest, one_of_these};
use super::quick::Quick;
use super::yaml::Word;
use crate::contact::Language;
use crate::message::Purpose;

/// The names every condition may use.
pub(super) const BUILT_INS: [&str; 10] = [
    "member",
    "term_over",
    "days_left",
    "my_count",
    "posts",
    "language",
    "channel",
    "has_phone",
    "consents",
    "withdrawn",
];

/// Those of them that are true or false.
const TRUE_OR_FALSE: [&str; 3] = ["member", "has_phone", "term_over"];

/// The purposes `consents` and `withdrawn` know.
pub(super) const PURPOSES: [Purpose; 4] =
    [Purpose::Membership, Purpose::Opinion, Purpose::Samvad, Purpose::FollowUp];

/// A condition, ready to be decided.
pub(super) struct Condition {
    source: String,
    /// The same without CEL, where it is simple enough.
    quick: Option<Quick>,
    program: Program,
    /// The names it uses: only these are looked up.
    variables: Vec<String>,
    environment: Arc<Env>,
}

impl fmt::Debug for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Condition").field(&self.source).finish()
    }
}

/// What an answer is to a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// One of these words.
    Choice(Vec<String>),
    /// A list of some of these words.
    List(Vec<String>),
    /// A day, `2027-12-31`.
    Date,
    Number,
    Text,
    /// Its step could not be read, or it comes from elsewhere (`keep` of a call).
    Anything,
}

/// Where a condition gets its values from.
pub(super) trait Facts {
    /// The value of a name; [`Value::Null`] for a question that was not answered.
    fn value(&self, name: &str) -> Value;

    fn member(&self) -> bool;

    fn has_phone(&self) -> bool;

    fn has_posts(&self) -> bool;

    fn consents_to(&self, purpose: Purpose) -> bool;

    fn withdrew(&self, purpose: Purpose) -> bool;

    /// The language, the channel, or an answer in words; `None` for a question not answered.
    fn word(&self, name: &str) -> Option<&str>;
}

impl Condition {
    /// The expression as it was written.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Whether it holds. An expression that fails on these values (`people > 10` before anybody
    /// was asked) does not hold.
    pub(super) fn holds(&self, facts: &dyn Facts) -> bool {
        match &self.quick {
            Some(quick) => quick.holds(facts),
            None => matches!(self.decide(facts), Ok(Value::Bool(true))),
        }
    }

    /// The number it is; `None` where one of its answers was not given.
    pub(super) fn number(&self, facts: &dyn Facts) -> Option<i64> {
        match self.decide(facts) {
            Ok(Value::Int(number)) => Some(number),
            _ => None,
        }
    }

    fn decide(&self, facts: &dyn Facts) -> Result<Value, ExecutionError> {
        let mut context = Context::with_env(Arc::clone(&self.environment));
        for name in &self.variables {
            context.add_variable_from_value(name.as_str(), facts.value(name));
        }
        self.program.execute(&context)
    }
}

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// True or false.
    Condition,
    /// A whole number.
    Sum,
}

/// Compiles expressions with one environment.
pub(super) struct Compiler {
    environment: Arc<Env>,
}

impl Compiler {
    pub(super) fn new() -> Compiler {
        Compiler { environment: Arc::new(Env::stdlib()) }
    }

    /// A condition that never holds, in place of one that cannot be read.
    pub(super) fn never(&self) -> Option<Condition> {
        let source = "false";
        let program = self.environment.compile(source).ok()?;
        let environment = Arc::clone(&self.environment);
        Some(Condition {
            source: source.to_owned(),
            quick: None,
            program,
            variables: Vec::new(),
            environment,
        })
    }

    /// Compiles and checks one expression against the answers it may name.
    pub(super) fn compile(
        &self,
        word: &Word,
        answers: &HashMap<String, Known>,
        findings: &mut Findings<'_>,
    ) -> Option<Condition> {
        self.compile_as(Kind::Condition, word, answers, findings)
    }

    /// The same for an expression that is a number (`adults + children`).
    pub(super) fn compile_sum(
        &self,
        word: &Word,
        answers: &HashMap<String, Known>,
        findings: &mut Findings<'_>,
    ) -> Option<Condition> {
        self.compile_as(Kind::Sum, word, answers, findings)
    }

    fn compile_as(
        &self,
        kind: Kind,
        word: &Word,
        answers: &HashMap<String, Known>,
        findings: &mut Findings<'_>,
    ) -> Option<Condition> {
        if let Some(message) = too_involved(&word.text) {
            findings
                .error_hint(
                    word.place,
                    message,
                    "make it simpler: several steps with an `if`, or a `switch`",
                )
                .code(Code::ConditionSyntax);
            return None;
        }
        let program = match self.environment.compile(&word.text) {
            Ok(program) => program,
            Err(errors) => {
                let said = errors.errors.first().map_or("", |error| error.msg.as_str());
                let (place, code, message, hint) = unreadable(word, said, answers, findings);
                findings.error_hint(place, message, hint).code(code);
                return None;
            }
        };
        let mut walk = Walk { answers, bound: Vec::new(), used: HashSet::new(), wrong: Vec::new() };
        walk.expression(program.expression());
        let (wrong, mut variables) = (walk.wrong, walk.used.into_iter().collect::<Vec<String>>());
        variables.sort_unstable();
        let failed = !wrong.is_empty();
        for Wrong { code, at, message, hint } in wrong {
            let place = if at.is_empty() { word.place } else { findings.find_in(word.place, &at) };
            findings.error_hint(place, message, hint).code(code);
        }
        if failed {
            return None;
        }
        let condition = Condition {
            source: word.text.clone(),
            quick: match kind {
                Kind::Condition => Quick::of(program.expression(), answers),
                Kind::Sum => None,
            },
            program,
            variables,
            environment: Arc::clone(&self.environment),
        };
        if let Some(message) = condition.wrong_types(kind, answers) {
            let hint = match kind {
                Kind::Condition => {
                    "a condition is true or false; compare numbers with numbers, words with words"
                }
                Kind::Sum => {
                    "a sum is made of numbers: adults + children; how many conditions hold is \
                     counted by a list of them: [member, \"coming == 'yes'\"]"
                }
            };
            findings.error_hint(word.place, message, hint).code(Code::ConditionType);
            return None;
        }
        Some(condition)
    }
}

impl Condition {
    /// Tries the expression on values of the right types; what fails then, fails always.
    fn wrong_types(&self, kind: Kind, answers: &HashMap<String, Known>) -> Option<String> {
        if self.variables.iter().any(|name| answers.get(name) == Some(&Known::Anything)) {
            return None;
        }
        for truth in [true, false] {
            match self.decide(&Sample { answers, truth }) {
                Ok(Value::Bool(_)) if kind == Kind::Condition => {}
                Ok(Value::Int(_)) if kind == Kind::Sum => {}
                Ok(other) => {
                    let wanted = match kind {
                        Kind::Condition => "condition",
                        Kind::Sum => "whole number",
                    };
                    return Some(format!(
                        "this is {}, not a {wanted}",
                        match other {
                            Value::Bool(_) => "a condition",
                            Value::Int(_) | Value::UInt(_) | Value::Float(_) => "a number",
                            Value::String(_) => "a word",
                            Value::List(_) => "a list",
                            Value::Map(_) => "a group of values",
                            _ => "no yes or no",
                        }
                    ));
                }
                // A division by an answer that is 0 in the sample, say.
                Err(_) if kind == Kind::Sum && !truth => {}
                Err(error) => return Some(format!("this condition can never work: {error}")),
            }
        }
        None
    }
}

struct Sample<'a> {
    answers: &'a HashMap<String, Known>,
    truth: bool,
}

impl Facts for Sample<'_> {
    fn value(&self, name: &str) -> Value {
        match name {
            "member" | "has_phone" | "term_over" => Value::Bool(self.truth),
            "my_count" | "days_left" => Value::Int(i64::from(self.truth)),
            "posts" => {
                let post = self.truth.then(|| Value::from("booth_president"));
                Value::List(Arc::new(post.into_iter().collect()))
            }
            "language" => Value::from(Language::Hi.code()),
            "channel" => Value::from("whatsapp"),
            "consents" | "withdrawn" => purposes(|_| self.truth),
            answer => match self.answers.get(answer) {
                Some(Known::Number) => Value::Int(i64::from(self.truth)),
                Some(Known::Choice(ids)) => {
                    let id = if self.truth { ids.first() } else { ids.last() };
                    Value::from(id.map_or("", String::as_str))
                }
                Some(Known::List(ids)) => {
                    let id = if self.truth { ids.first() } else { ids.last() };
                    Value::List(Arc::new(
                        id.map(|id| Value::from(id.as_str())).into_iter().collect(),
                    ))
                }
                Some(Known::Date) => Value::from("2026-11-21"),
                Some(Known::Text) => Value::from("text"),
                Some(Known::Anything) | None => Value::Null,
            },
        }
    }

    fn member(&self) -> bool {
        self.truth
    }

    fn has_phone(&self) -> bool {
        self.truth
    }

    fn has_posts(&self) -> bool {
        self.truth
    }

    fn consents_to(&self, _purpose: Purpose) -> bool {
        self.truth
    }

    fn withdrew(&self, _purpose: Purpose) -> bool {
        self.truth
    }

    fn word(&self, name: &str) -> Option<&str> {
        match name {
            "language" => Some(Language::Hi.code()),
            "channel" => Some("whatsapp"),
            answer => match self.answers.get(answer)? {
                Known::Choice(ids) => {
                    let id = if self.truth { ids.first() } else { ids.last() };
                    id.map(String::as_str)
                }
                Known::Text => Some("text"),
                Known::Date => Some("2026-11-21"),
                Known::Number | Known::List(_) | Known::Anything => None,
            },
        }
    }
}

/// `{samvad: true, …}`.
pub(super) fn purposes(of: impl Fn(Purpose) -> bool) -> Value {
    let map: HashMap<cel::objects::Key, Value> = PURPOSES
        .into_iter()
        .map(|purpose| (cel::objects::Key::from(purpose.name()), Value::Bool(of(purpose))))
        .collect();
    Value::Map(cel::objects::Map { map: Arc::new(map) })
}

/// Why an expression cannot be read, said for people: the place, the code, what is wrong, what to
/// write instead.
fn unreadable(
    word: &Word,
    said: &str,
    answers: &HashMap<String, Known>,
    findings: &Findings<'_>,
) -> (Place, Code, String, String) {
    let text = word.text.as_str();
    let syntax = |at: &str, message: &str, hint: String| {
        let place = if at.is_empty() { word.place } else { findings.find_in(word.place, at) };
        (place, Code::ConditionSyntax, message.to_owned(), hint)
    };
    if text.trim().is_empty() {
        return syntax("", "the condition is empty", "for instance `member`".to_owned());
    }
    if let Some(quote) = text.chars().find(|sign| matches!(sign, '“' | '”' | '‘' | '’' | '`' | '„'))
    {
        let straight: String = text
            .chars()
            .map(|sign| {
                if matches!(sign, '“' | '”' | '‘' | '’' | '`' | '„') {
                    '\''
                } else {
                    sign
                }
            })
            .collect();
        let place = findings.find_in(word.place, &quote.to_string());
        return (
            place,
            Code::Quotes,
            format!("`{quote}` is no quote for a program"),
            format!("write \"{straight}\", with the straight quotes of the keyboard"),
        );
    }
    if text.matches('\'').count() % 2 == 1 || text.matches('"').count() % 2 == 1 {
        return syntax(
            "",
            "a quote is opened and not closed",
            "words stand in quotes: coming == 'yes'".to_owned(),
        );
    }
    // Signs and words of other languages, and what CEL has for them.
    let plain = without_quoted(text);
    for (wrong, right) in
        [("===", "=="), ("!==", "!="), ("<>", "!="), ("=>", ">="), ("=<", "<="), ("=!", "!=")]
    {
        if plain.contains(wrong) {
            let written = text.replacen(wrong, right, 1);
            return syntax(
                wrong,
                &format!("`{wrong}` is no sign of a condition"),
                format!("write {written}"),
            );
        }
    }
    if let Some(offset) = single_equals(&plain) {
        let written = format!(
            "{}=={}",
            text.get(..offset).unwrap_or_default(),
            text.get(offset + 1..).unwrap_or_default()
        );
        return syntax(
            "=",
            "a single `=` compares nothing",
            format!("compare with two: {written}"),
        );
    }
    for (wrong, right) in [
        ("and", "&&"),
        ("or", "||"),
        ("not", "!"),
        ("AND", "&&"),
        ("OR", "||"),
        ("NOT", "!"),
        ("और", "&&"),
        ("या", "||"),
        ("नहीं", "!"),
        ("is", "=="),
    ] {
        if plain.split_whitespace().any(|part| part == wrong) {
            let written: Vec<&str> = text
                .split_whitespace()
                .map(|part| if part == wrong { right } else { part })
                .collect();
            let written = written.join(" ").replace("! ", "!");
            return syntax(
                wrong,
                &format!("`{wrong}` is no word of a condition"),
                format!("write {written}"),
            );
        }
    }
    for single in ['&', '|'] {
        let double = format!("{single}{single}");
        if plain.replace(&double, "").contains(single) {
            return syntax(
                &single.to_string(),
                &format!("a single `{single}` joins nothing"),
                format!("write `{double}`"),
            );
        }
    }
    if let Some(sign) = plain.chars().find(|sign| matches!(sign, '$' | '{' | '}')) {
        let written = text.replace(['$', '{', '}'], "");
        return syntax(
            &sign.to_string(),
            "names stand plainly in a condition",
            format!("write {}", written.trim()),
        );
    }
    let opened = plain.matches('(').count();
    let closed = plain.matches(')').count();
    if opened != closed {
        let hint = if opened > closed { "put a `)` where it ends" } else { "remove one `)`" };
        return syntax(
            if opened > closed { "(" } else { ")" },
            "the brackets ( and ) do not pair",
            hint.to_owned(),
        );
    }
    if plain.chars().any(|sign| sign.is_alphabetic() && !sign.is_ascii()) {
        let mut names: Vec<&str> =
            BUILT_INS.into_iter().chain(answers.keys().map(String::as_str)).collect();
        names.sort_unstable();
        return syntax(
            "",
            "names in a condition are Latin letters",
            format!("one of: {}", names.join(", ")),
        );
    }
    // What the grammar would have taken instead helps nobody who writes flows.
    let said = said.trim_start_matches("Syntax error: ");
    let said = said.split(" expecting ").next().unwrap_or(said);
    let said = said.replace("mismatched input '<EOF>'", "it breaks off");
    let said = said
        .replace("mismatched input", "it does not go on with")
        .replace("extraneous input", "it does not go on with")
        .replace("token recognition error at:", "there is no sign");
    syntax(
        "",
        &format!("this condition cannot be read: {said}"),
        "for instance member, !consents.samvad, people > 10, coming == 'yes'; \
         with quotes around the whole when it has spaces or quotes in it"
            .to_owned(),
    )
}

/// The expression with everything in quotes blanked out, byte for byte.
fn without_quoted(text: &str) -> String {
    let mut quote: Option<char> = None;
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        let inside = quote.is_some();
        if quote == Some(sign) {
            quote = None;
        } else if quote.is_none() && matches!(sign, '\'' | '"') {
            quote = Some(sign);
        }
        if inside || quote.is_some() {
            out.extend(std::iter::repeat_n(' ', sign.len_utf8()));
        } else {
            out.push(sign);
        }
    }
    out
}

/// Where a `=` stands that is not part of `==`, `!=`, `<=` or `>=`.
fn single_equals(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let other = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    (0..bytes.len()).find(|at| {
        bytes.get(*at) == Some(&b'=')
            && !matches!(other(at.checked_sub(1)), b'=' | b'!' | b'<' | b'>')
            && other(at.checked_add(1)) != b'='
    })
}

/// One thing wrong in an expression that can be read.
struct Wrong {
    code: Code,
    /// The words it is about, as they stand in the file; empty for the whole.
    at: String,
    message: String,
    hint: String,
}

/// The functions a condition may call.
const FUNCTIONS: [&str; 12] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "exists",
    "all",
    "int",
    "string",
    "double",
    "filter",
    "map",
];

/// Collects the names an expression uses, and what is wrong with them.
struct Walk<'a> {
    answers: &'a HashMap<String, Known>,
    /// Names bound inside (`posts.exists(post, …)`).
    bound: Vec<String>,
    used: HashSet<String>,
    wrong: Vec<Wrong>,
}

impl Walk<'_> {
    fn expression(&mut self, expression: &IdedExpr) {
        match &expression.expr {
            Expr::Unspecified | Expr::Literal(_) => {}
            Expr::Ident(name) => self.name(name),
            Expr::Call(call) => {
                if let Some(target) = &call.target {
                    self.expression(target);
                }
                for argument in &call.args {
                    self.expression(argument);
                }
                self.function(&call.func_name, call.target.is_some());
                let [left, right] = call.args.as_slice() else { return };
                match call.func_name.as_str() {
                    operators::EQUALS | operators::NOT_EQUALS => {
                        self.comparison(left, right);
                        self.comparison(right, left);
                    }
                    operators::LESS
                    | operators::LESS_EQUALS
                    | operators::GREATER
                    | operators::GREATER_EQUALS => {
                        self.comparison(left, right);
                        self.comparison(right, left);
                        self.list_as_number(left, right);
                        self.list_as_number(right, left);
                    }
                    operators::IN => self.membership(left, right),
                    _ => {}
                }
            }
            Expr::Select(select) => {
                if let Expr::Ident(name) = &select.operand.expr
                    && matches!(name.as_str(), "consents" | "withdrawn")
                    && !PURPOSES.iter().any(|purpose| purpose.name() == select.field)
                {
                    self.wrong.push(Wrong {
                        code: Code::UnknownWord,
                        at: select.field.clone(),
                        message: format!("there is no purpose `{}`", select.field),
                        hint: one_of_these(&select.field, PURPOSES.map(Purpose::name)),
                    });
                }
                self.expression(&select.operand);
            }
            Expr::List(list) => {
                for element in &list.elements {
                    self.expression(element);
                }
            }
            Expr::Map(_) | Expr::Struct(_) => self.wrong.push(Wrong {
                code: Code::ConditionSyntax,
                at: String::new(),
                message: "a condition builds no values of its own".to_owned(),
                hint: "compare answers with words and numbers".to_owned(),
            }),
            Expr::Comprehension(comprehension) => {
                self.expression(&comprehension.iter_range);
                let before = self.bound.len();
                self.bound.push(comprehension.iter_var.clone());
                self.bound.extend(comprehension.iter_var2.clone());
                self.bound.push(comprehension.accu_var.clone());
                self.expression(&comprehension.accu_init);
                self.expression(&comprehension.loop_cond);
                self.expression(&comprehension.loop_step);
                self.expression(&comprehension.result);
                self.bound.truncate(before);
            }
        }
    }

    /// A call of something a condition does not have.
    fn function(&mut self, name: &str, of_a_value: bool) {
        let is_operator = name.starts_with(['_', '@', '!', '-']);
        if is_operator || FUNCTIONS.contains(&name) {
            return;
        }
        let hint = match name {
            "len" | "length" | "count" => "write size(posts)".to_owned(),
            "includes" | "has" if of_a_value => "write 'booth_president' in posts".to_owned(),
            _ => one_of_these(name, FUNCTIONS),
        };
        self.wrong.push(Wrong {
            code: Code::UnknownFunction,
            at: name.to_owned(),
            message: format!("a condition has no function `{name}`"),
            hint,
        });
    }

    fn name(&mut self, name: &str) {
        if self.bound.iter().any(|bound| bound == name) {
            return;
        }
        if !BUILT_INS.contains(&name) && !self.answers.contains_key(name) {
            let known = BUILT_INS.into_iter().chain(self.answers.keys().map(String::as_str));
            let mut known: Vec<&str> = known.collect();
            known.sort_unstable();
            let chosen = self.answers.iter().find(
                |(_, known)| matches!(known, Known::Choice(ids) if ids.iter().any(|id| id == name)),
            );
            let hint = match (name, chosen) {
                ("True" | "TRUE", _) => "write true, in small letters".to_owned(),
                ("False" | "FALSE", _) => "write false, in small letters".to_owned(),
                (_, Some((answer, _))) => format!("a word stands in quotes: {answer} == '{name}'"),
                _ => one_of_these(name, known),
            };
            self.wrong.push(Wrong {
                code: Code::UnknownName,
                at: name.to_owned(),
                message: format!("a condition knows nothing of `{name}`"),
                hint,
            });
            return;
        }
        self.used.insert(name.to_owned());
    }

    /// `'roads' in likes`, where there is only `road`.
    fn membership(&mut self, word: &IdedExpr, list: &IdedExpr) {
        match (&word.expr, &list.expr) {
            (Expr::Literal(LiteralValue::String(word)), Expr::Ident(name)) => {
                let word: &str = word.inner();
                match self.answers.get(name) {
                    Some(Known::List(ids)) if !ids.iter().any(|id| id == word) => {
                        self.wrong.push(Wrong {
                            code: Code::NeverTrue,
                            at: word.to_owned(),
                            message: format!("`{word}` is never in `{name}`"),
                            hint: one_of_these(word, ids.iter().map(String::as_str)),
                        });
                    }
                    Some(Known::Choice(_) | Known::Text | Known::Date) => self.mistyped(
                        name,
                        format!("`{name}` is one word, not a list"),
                        format!("write {name} == '{word}'"),
                    ),
                    _ => {}
                }
            }
            (Expr::Ident(_), Expr::List(words)) => {
                for element in &words.elements {
                    self.comparison(word, element);
                }
            }
            _ => {}
        }
    }

    /// `likes > 2` is about how many there are.
    fn list_as_number(&mut self, left: &IdedExpr, right: &IdedExpr) {
        let (Expr::Ident(name), Expr::Literal(LiteralValue::Int(_))) = (&left.expr, &right.expr)
        else {
            return;
        };
        if let Some(Known::List(_)) = self.answers.get(name) {
            self.mistyped(
                name,
                format!("`{name}` is a list of choices, not a number"),
                format!("write size({name})"),
            );
        }
    }

    /// `day < '31/12/2027'` compares letters, not days.
    fn days(&mut self, left: &IdedExpr, right: &IdedExpr) {
        let (Expr::Ident(name), Expr::Literal(LiteralValue::String(word))) =
            (&left.expr, &right.expr)
        else {
            return;
        };
        let word: &str = word.inner();
        let is_day = word.len() == 10 && word.parse::<jiff::civil::Date>().is_ok();
        if self.answers.get(name) == Some(&Known::Date) && !is_day {
            self.wrong.push(Wrong {
                code: Code::NeverTrue,
                at: word.to_owned(),
                message: format!("`{word}` is no day to compare `{name}` with"),
                hint: "the year first, then month and day: '2027-12-31'".to_owned(),
            });
        }
    }

    /// `coming == 'yess'` can never be true, `booth == '5'` neither.
    fn comparison(&mut self, left: &IdedExpr, right: &IdedExpr) {
        let (Expr::Ident(name), Expr::Literal(literal)) = (&left.expr, &right.expr) else {
            return;
        };
        let known = self.answers.get(name);
        let word: &str = match literal {
            LiteralValue::String(word) => word.inner(),
            LiteralValue::Boolean(_) if !TRUE_OR_FALSE.contains(&name.as_str()) => {
                if known.is_some_and(|known| *known != Known::Anything) {
                    self.mistyped(
                        name,
                        format!("`{name}` is an answer, not true or false"),
                        "compare it with what was answered: coming == 'yes', people > 10"
                            .to_owned(),
                    );
                }
                return;
            }
            LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_) => {
                match known {
                    Some(Known::Choice(ids)) => {
                        let first = ids.first().map_or("", String::as_str);
                        self.mistyped(
                            name,
                            format!("`{name}` is a word, not a number"),
                            format!("write {name} == '{first}'"),
                        );
                    }
                    Some(Known::Text) => self.mistyped(
                        name,
                        format!("`{name}` is a text, not a number"),
                        "put the number in quotes, or ask with `answer: number`".to_owned(),
                    ),
                    None if name == "posts" => self.mistyped(
                        name,
                        "`posts` is a list, not a number".to_owned(),
                        "write size(posts) > 0".to_owned(),
                    ),
                    _ => {}
                }
                return;
            }
            _ => return,
        };
        match (name.as_str(), known) {
            (flag, _) if TRUE_OR_FALSE.contains(&flag) => {
                let no = matches!(word, "false" | "no" | "n" | "नहीं");
                self.mistyped(
                    name,
                    format!("`{name}` is true or false, not a word"),
                    if no { format!("write !{name}") } else { format!("write {name} alone") },
                );
                return;
            }
            ("posts", _) => {
                self.mistyped(
                    name,
                    "`posts` is a list, not a word".to_owned(),
                    format!("write '{word}' in posts"),
                );
                return;
            }
            ("my_count" | "days_left", _) | (_, Some(Known::Number)) => {
                let digits = word.chars().all(|sign| sign.is_ascii_digit()) && !word.is_empty();
                self.mistyped(
                    name,
                    format!("`{name}` is a number, not a word"),
                    if digits {
                        format!("leave the quotes away: {name} … {word}")
                    } else {
                        format!("compare it with a number: {name} > 10")
                    },
                );
                return;
            }
            (_, Some(Known::List(_))) => {
                self.mistyped(
                    name,
                    format!("`{name}` is a list of choices, not one"),
                    format!("write '{word}' in {name}"),
                );
                return;
            }
            _ => {}
        }
        self.days(left, right);
        let languages: Vec<&str> = Language::ALL.into_iter().map(Language::code).collect();
        let possible: Vec<&str> = match (name.as_str(), known) {
            ("language", _) => languages,
            ("channel", _) => vec!["whatsapp", "sms"],
            (_, Some(Known::Choice(ids))) => ids.iter().map(String::as_str).collect(),
            _ => return,
        };
        if !possible.contains(&word) {
            let language = match word.to_lowercase().as_str() {
                "hindi" => Some("hi"),
                "english" => Some("en"),
                "urdu" => Some("ur"),
                _ => nearest(word, possible.iter().copied()),
            };
            let hint = match language {
                Some(near) if possible.contains(&near) => format!("did you mean `{near}`?"),
                _ => one_of_these(word, possible),
            };
            self.wrong.push(Wrong {
                code: Code::NeverTrue,
                at: word.to_owned(),
                message: format!("`{name}` is never `{word}`"),
                hint,
            });
        }
    }

    fn mistyped(&mut self, name: &str, message: String, hint: String) {
        self.wrong.push(Wrong { code: Code::ConditionType, at: name.to_owned(), message, hint });
    }
}

/// The reader of expressions, and whoever walks what it read, goes one call deeper with each of these.
const MOST_BRACKETS: usize = 8;
const MOST_SIGNS: usize = 40;
const LONGEST: usize = 1_000;

/// Why an expression is not even read: reading it could use up the stack.
fn too_involved(source: &str) -> Option<&'static str> {
    if source.len() > LONGEST {
        return Some("this condition is longer than anybody can read");
    }
    let (mut deep, mut deepest, mut signs) = (0_usize, 0_usize, 0_usize);
    for character in source.chars() {
        match character {
            '(' | '[' | '{' => {
                deep += 1;
                deepest = deepest.max(deep);
            }
            ')' | ']' | '}' => deep = deep.saturating_sub(1),
            '!' | '-' | '.' | '?' => signs += 1,
            _ => {}
        }
    }
    if deepest > MOST_BRACKETS {
        return Some("the brackets of this condition are nested too deeply");
    }
    (signs > MOST_SIGNS).then_some("this condition is too involved")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::diagnostic::{Findings, Place};
    use crate::flow::load::Sources;

    /// Somebody with some answers.
    struct Person {
        flags: u32,
        coming: Option<&'static str>,
    }

    impl Person {
        fn flag(&self, bit: u32) -> bool {
            self.flags & (1 << bit) != 0
        }
    }

    impl Facts for Person {
        fn value(&self, name: &str) -> Value {
            match name {
                "member" => Value::Bool(self.member()),
                "has_phone" => Value::Bool(self.has_phone()),
                "posts" => {
                    let post = self.has_posts().then(|| Value::from("prabhari"));
                    Value::List(Arc::new(post.into_iter().collect()))
                }
                "consents" => purposes(|purpose| self.consents_to(purpose)),
                "withdrawn" => purposes(|purpose| self.withdrew(purpose)),
                "people" => Value::Int(i64::from(self.flags)),
                word => self.word(word).map_or(Value::Null, Value::from),
            }
        }

        fn member(&self) -> bool {
            self.flag(0)
        }

        fn has_phone(&self) -> bool {
            self.flag(1)
        }

        fn has_posts(&self) -> bool {
            self.flag(2)
        }

        fn consents_to(&self, purpose: Purpose) -> bool {
            self.flag(if purpose == Purpose::Samvad { 3 } else { 4 })
        }

        fn withdrew(&self, purpose: Purpose) -> bool {
            !self.consents_to(purpose)
        }

        fn word(&self, name: &str) -> Option<&str> {
            match name {
                "language" => Some("hi"),
                "channel" => Some("sms"),
                _ => self.coming,
            }
        }
    }

    fn compiled(source: &str) -> Condition {
        let answers = HashMap::from([
            ("coming".to_owned(), Known::Choice(vec!["yes".to_owned(), "no".to_owned()])),
            ("people".to_owned(), Known::Number),
        ]);
        let sources = Sources::default();
        let mut findings = Findings::new(&sources);
        let word = Word { text: source.to_owned(), place: Place::default() };
        Compiler::new().compile(&word, &answers, &mut findings).unwrap()
    }

    #[test]
    fn the_simple_form_of_a_condition_decides_as_cel_does() {
        let simple = [
            "member",
            "!member",
            "has_phone && member",
            "size(posts) > 0",
            "consents.samvad",
            "withdrawn.membership || !consents.opinion",
            "coming == 'yes'",
            "'no' == coming",
            "coming != 'yes'",
            "language == 'hi' && channel == \"sms\"",
            "member && has_phone && !(coming == 'no' || consents.samvad)",
        ];
        for source in simple {
            let condition = compiled(source);
            assert!(condition.quick.is_some(), "{source}");
            for flags in 0..32 {
                for coming in [None, Some("yes"), Some("no")] {
                    let person = Person { flags, coming };
                    let slow = matches!(condition.decide(&person), Ok(Value::Bool(true)));
                    assert_eq!(condition.holds(&person), slow, "{source} {flags} {coming:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_simple_is_left_to_cel() {
        let person = Person { flags: 5, coming: None };
        for (source, holds) in [
            ("people > 4", true),
            ("people > 4 && member", true),
            ("posts.exists(post, post == 'prabhari')", true),
            ("'prabhari' in posts", true),
            ("coming in ['yes', 'no']", false),
            ("size(posts) > 1", false),
        ] {
            let condition = compiled(source);
            assert!(condition.quick.is_none(), "{source}");
            assert_eq!(condition.holds(&person), holds, "{source}");
        }
    }

    #[test]
    fn what_would_use_up_the_stack_is_not_read() {
        let nested = format!("{}member{}", "(".repeat(500), ")".repeat(500));
        let denied = format!("{}member", "!".repeat(500));
        let long = vec!["member"; 300].join(" && ");
        for source in [nested, denied, long] {
            let sources = Sources::default();
            let mut findings = Findings::new(&sources);
            let word = Word { text: source, place: Place::default() };
            assert!(Compiler::new().compile(&word, &HashMap::new(), &mut findings).is_none());
        }
        let many = format!("{} || member", ["(has_phone && !member)"; 12].join(" || "));
        assert!(too_involved(&many).is_none());
    }
}
