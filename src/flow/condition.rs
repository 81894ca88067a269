//! Conditions: expressions of CEL over a person and their answers, compiled and checked at load.

mod compare;
mod possible;
mod sample;
mod unreadable;
mod walk;
mod worlds;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use cel::{Context, Env, ExecutionError, Program, Value};

pub(super) use self::possible::Fixed;
use self::sample::Sample;
pub(crate) use self::unreadable::too_involved;
use self::unreadable::unreadable;
use self::walk::{Walk, Wrong};
pub(super) use self::worlds::{These, Worlds, both, without};
use super::code::Code;
use super::diagnostic::Findings;
use super::quick::Quick;
use super::yaml::Word;
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
    /// A list of some of these words, so many of them.
    List {
        ids: Vec<String>,
        least: usize,
        most: usize,
    },
    /// A day, `2027-12-31`.
    Date,
    /// A whole number within these bounds.
    Number {
        from: i64,
        to: i64,
    },
    /// A photo, a voice note, a file or a place: sent, and nothing to compare.
    Sent,
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

    /// The names it uses, sorted.
    pub(super) fn names(&self) -> &[String] {
        &self.variables
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
        let mut walk = Walk {
            answers,
            bound: Vec::new(),
            used: HashSet::new(),
            wrong: Vec::new(),
            doubts: Vec::new(),
        };
        walk.expression(program.expression());
        for Wrong { code, at, message, hint } in walk.doubts {
            let place = findings.find_in(word.place, &at);
            findings.warn(place, message, hint).code(code);
        }
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
        // One comparison that never holds was told as such; only several can exclude each other.
        let has_parts = word.text.contains("&&") || word.text.contains('?');
        if kind == Kind::Condition
            && has_parts
            && condition.can(answers, &[]).is_some_and(|can| !can.hold)
        {
            findings
                .error_hint(
                    word.place,
                    "this condition is never true",
                    "its parts exclude each other: write `||` where one of them is enough, or take \
                     one away",
                )
                .code(Code::NeverTrue);
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
                Err(error) => {
                    let said = error.to_string();
                    let plain = no_overload(&said).unwrap_or(said);
                    return Some(format!("this condition can never work: {plain}"));
                }
            }
        }
        None
    }
}

/// "found no matching overload for 'contains' applied to 'list.(string)'", in plain words.
fn no_overload(said: &str) -> Option<String> {
    let mut quoted = said.strip_prefix("found no matching overload for")?.split('\'');
    let (function, kinds) = (quoted.nth(1)?, quoted.nth(1)?);
    let sign = function.trim_matches(['_', '@']);
    let kinds: Vec<&str> = kinds
        .split(|sign: char| !sign.is_ascii_alphanumeric())
        .filter(|kind| !kind.is_empty())
        .map(|kind| match kind {
            "list" => "a list",
            "string" => "a word",
            "int" | "uint" | "double" => "a number",
            "bool" => "true or false",
            "map" => "a group of values",
            "null" | "null_type" => "nothing",
            other => other,
        })
        .collect();
    Some(format!("`{sign}` does not go with {}", kinds.join(" and ")))
}

/// `{samvad: true, …}`.
pub(super) fn purposes(of: impl Fn(Purpose) -> bool) -> Value {
    let map: HashMap<cel::objects::Key, Value> = PURPOSES
        .into_iter()
        .map(|purpose| (cel::objects::Key::from(purpose.name()), Value::Bool(of(purpose))))
        .collect();
    Value::Map(cel::objects::Map { map: Arc::new(map) })
}

#[cfg(test)]
mod tests;
