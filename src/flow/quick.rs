//! The conditions nearly every flow writes (`member`, `!consents.samvad`, `coming == 'yes'`,
//! `size(posts) > 0`, and these joined by `&&` and `||`), decided without building a world of CEL
//! values for each. A test holds them equal to CEL.

use std::collections::HashMap;

use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

use super::condition::{Facts, Known, PURPOSES};
use crate::message::Purpose;

/// A simple condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Quick {
    Member,
    HasPhone,
    HasPosts,
    Consents(Purpose),
    Withdrawn(Purpose),
    /// A word: a choice, words as typed, the language, the channel. What was not answered is no
    /// word at all.
    Is {
        name: String,
        word: String,
    },
    Not(Box<Quick>),
    And(Vec<Quick>),
    Or(Vec<Quick>),
}

impl Quick {
    /// The simple form of an expression; `None` when it needs all of CEL.
    pub(super) fn of(expression: &IdedExpr, answers: &HashMap<String, Known>) -> Option<Quick> {
        match &expression.expr {
            Expr::Ident(name) => match name.as_str() {
                "member" => Some(Quick::Member),
                "has_phone" => Some(Quick::HasPhone),
                _ => None,
            },
            Expr::Select(select) if !select.test => {
                let Expr::Ident(group) = &select.operand.expr else { return None };
                let purpose =
                    PURPOSES.into_iter().find(|purpose| purpose.name() == select.field)?;
                match group.as_str() {
                    "consents" => Some(Quick::Consents(purpose)),
                    "withdrawn" => Some(Quick::Withdrawn(purpose)),
                    _ => None,
                }
            }
            Expr::Call(call) if call.target.is_none() => {
                let all = || -> Option<Vec<Quick>> {
                    call.args.iter().map(|part| Quick::of(part, answers)).collect()
                };
                match (call.func_name.as_str(), call.args.as_slice()) {
                    (operators::LOGICAL_NOT, [part]) => {
                        Some(Quick::Not(Box::new(Quick::of(part, answers)?)))
                    }
                    (operators::LOGICAL_AND, _) => Some(Quick::And(all()?)),
                    (operators::LOGICAL_OR, _) => Some(Quick::Or(all()?)),
                    (operators::EQUALS, [left, right]) => is(left, right, answers),
                    (operators::NOT_EQUALS, [left, right]) => {
                        Some(Quick::Not(Box::new(is(left, right, answers)?)))
                    }
                    (operators::GREATER, [left, right]) => has_posts(left, right),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub(super) fn holds(&self, facts: &dyn Facts) -> bool {
        match self {
            Quick::Member => facts.member(),
            Quick::HasPhone => facts.has_phone(),
            Quick::HasPosts => facts.has_posts(),
            Quick::Consents(purpose) => facts.consents_to(*purpose),
            Quick::Withdrawn(purpose) => facts.withdrew(*purpose),
            Quick::Is { name, word } => facts.word(name) == Some(word.as_str()),
            Quick::Not(part) => !part.holds(facts),
            Quick::And(parts) => parts.iter().all(|part| part.holds(facts)),
            Quick::Or(parts) => parts.iter().any(|part| part.holds(facts)),
        }
    }
}

/// `name == 'word'`, either way round.
fn is(left: &IdedExpr, right: &IdedExpr, answers: &HashMap<String, Known>) -> Option<Quick> {
    let ((Expr::Ident(name), Expr::Literal(LiteralValue::String(word)))
    | (Expr::Literal(LiteralValue::String(word)), Expr::Ident(name))) = (&left.expr, &right.expr)
    else {
        return None;
    };
    let is_word = match name.as_str() {
        "language" | "channel" => true,
        answer => matches!(answers.get(answer), Some(Known::Choice(_) | Known::Text)),
    };
    is_word.then(|| Quick::Is { name: name.clone(), word: word.inner().to_owned() })
}

/// `size(posts) > 0`.
fn has_posts(left: &IdedExpr, right: &IdedExpr) -> Option<Quick> {
    let Expr::Literal(LiteralValue::Int(zero)) = &right.expr else { return None };
    let Expr::Call(call) = &left.expr else { return None };
    let of_posts = match (&call.target, call.args.as_slice()) {
        (None, [argument]) => matches!(&argument.expr, Expr::Ident(name) if name == "posts"),
        _ => false,
    };
    (*zero.inner() == 0 && call.func_name == "size" && of_posts).then_some(Quick::HasPosts)
}
