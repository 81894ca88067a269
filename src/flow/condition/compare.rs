//! Two sides of a comparison that can never be alike: another kind of value on each, or a number
//! out of the bounds of its question.

use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

use super::walk::{Walk, Wrong};
use super::{Known, TRUE_OR_FALSE};
use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::posts::{self, Post};
use crate::message::Rendering;

/// What stands on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Side {
    Flag,
    Number,
    /// One of these words.
    Word(Vec<String>),
    Text,
    Day,
    Words,
    Sent,
}

impl Side {
    const fn name(&self) -> &'static str {
        match self {
            Side::Flag => "true or false",
            Side::Number => "a number",
            Side::Word(_) => "a choice",
            Side::Text => "a text",
            Side::Day => "a day",
            Side::Words => "a list",
            Side::Sent => "something sent",
        }
    }
}

/// What is compared with a number, and what it may be.
struct Measured {
    is: String,
    from: i64,
    to: i64,
    /// Where that is said.
    bounds: &'static str,
}

impl Walk<'_> {
    /// What a name stands for; `None` where nobody knows.
    fn side(&self, name: &str) -> Option<Side> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match name {
            "posts" => return Some(Side::Words),
            "my_count" | "days_left" => return Some(Side::Number),
            "language" => return Some(Side::Word(owned(&Language::ALL.map(Language::code)))),
            "channel" => {
                let channels = [Rendering::Whatsapp.name(), Rendering::Sms.name()];
                return Some(Side::Word(owned(&channels)));
            }
            flag if TRUE_OR_FALSE.contains(&flag) => return Some(Side::Flag),
            _ => {}
        }
        Some(match self.answers.get(name)? {
            Known::Choice(ids) => Side::Word(ids.clone()),
            Known::List { .. } => Side::Words,
            Known::Date => Side::Day,
            Known::Number { .. } => Side::Number,
            Known::Sent => Side::Sent,
            Known::Text => Side::Text,
            Known::Anything => return None,
        })
    }

    /// Comparisons of two names, of two words, and of what is true or false with a word.
    pub(super) fn sides(&mut self, left: &IdedExpr, right: &IdedExpr) {
        match (&left.expr, &right.expr) {
            (Expr::Ident(first), Expr::Ident(second)) => self.two_names(first, second),
            (
                Expr::Literal(LiteralValue::String(first)),
                Expr::Literal(LiteralValue::String(second)),
            ) => self.two_words(first.inner(), second.inner()),
            (Expr::Select(select), Expr::Literal(literal))
            | (Expr::Literal(literal), Expr::Select(select)) => {
                let Expr::Ident(group) = &select.operand.expr else { return };
                let of_purposes = matches!(group.as_str(), "consents" | "withdrawn");
                if !of_purposes || matches!(literal, LiteralValue::Boolean(_)) {
                    return;
                }
                let name = format!("{group}.{}", select.field);
                let no = match literal {
                    LiteralValue::String(word) => {
                        matches!(word.inner(), "no" | "false" | "n" | "नहीं")
                    }
                    LiteralValue::Int(number) => *number.inner() == 0,
                    _ => false,
                };
                let hint =
                    if no { format!("write !{name}") } else { format!("write {name} alone") };
                self.mistyped(&name, format!("`{name}` is true or false, never this"), hint);
            }
            (Expr::Call(call), Expr::Literal(LiteralValue::String(word)))
            | (Expr::Literal(LiteralValue::String(word)), Expr::Call(call))
                if call.func_name == "size" =>
            {
                let word: &str = word.inner();
                self.mistyped(
                    "size",
                    format!("size(…) is a number, never `{word}`"),
                    "compare it with digits without quotes: size(posts) > 0".to_owned(),
                );
            }
            _ => {}
        }
    }

    fn two_names(&mut self, first: &str, second: &str) {
        if self.is_bound(first) || self.is_bound(second) {
            return;
        }
        let (Some(left), Some(right)) = (self.side(first), self.side(second)) else { return };
        if first == second {
            self.never(
                first,
                format!("`{first}` is compared with itself"),
                "compare it with a word in quotes, or a number",
            );
            return;
        }
        // `which == day`, where `day` is a choice of `which` and the name of a step too.
        let meant = |words: &Side, word: &str| matches!(words, Side::Word(ids) if ids.iter().any(|id| id == word));
        for (words, name, word) in [(&left, first, second), (&right, second, first)] {
            if meant(words, word) {
                self.mistyped(
                    word,
                    format!(
                        "`{word}` without quotes is the answer of the step `{word}`, not the choice"
                    ),
                    format!("write {name} == '{word}'"),
                );
                return;
            }
        }
        match (&left, &right) {
            (Side::Word(ours), Side::Word(theirs)) => {
                if !ours.iter().any(|id| theirs.contains(id)) {
                    self.never(
                        second,
                        format!("`{first}` and `{second}` have no choice in common"),
                        &format!(
                            "compare with one choice, in quotes: {first} == '{}'",
                            ours.first().map_or("", String::as_str)
                        ),
                    );
                }
            }
            (left, right) if left == right && *left != Side::Sent => {}
            (left, right) => self.mistyped(
                second,
                format!(
                    "`{first}` is {}, `{second}` is {}: they are never alike",
                    left.name(),
                    right.name()
                ),
                "compare numbers with numbers, and choices with words in quotes: coming == 'yes'"
                    .to_owned(),
            ),
        }
    }

    fn two_words(&mut self, first: &str, second: &str) {
        let name = [first, second].into_iter().find(|word| self.side(word).is_some());
        let (message, hint) = match name {
            Some(name) => {
                let other = if name == first { second } else { first };
                (
                    format!("`{name}` in quotes is a word, not the answer"),
                    format!("a name stands without quotes: {name} == '{other}'"),
                )
            }
            None => (
                "two words are compared with each other, and no answer".to_owned(),
                "a name of a step stands on one side, without quotes: coming == 'yes'".to_owned(),
            ),
        };
        self.mistyped(name.unwrap_or(first), message, hint);
    }

    /// `people > 50`, where 20 is the most; `size(topics) > 3`, of which three may be chosen.
    pub(super) fn within(&mut self, operator: &str, left: &IdedExpr, right: &IdedExpr) {
        let (measured, number, turned) = match (&left.expr, &right.expr) {
            (_, Expr::Literal(LiteralValue::Int(number))) => (left, number, false),
            (Expr::Literal(LiteralValue::Int(number)), _) => (right, number, true),
            _ => return,
        };
        let Some(Measured { is, from, to, bounds }) = self.measured(measured) else { return };
        let number = *number.inner();
        let operator = match (operator, turned) {
            (operators::LESS, true) => operators::GREATER,
            (operators::GREATER, true) => operators::LESS,
            (operators::LESS_EQUALS, true) => operators::GREATER_EQUALS,
            (operators::GREATER_EQUALS, true) => operators::LESS_EQUALS,
            (known, _) => known,
        };
        let possible = match operator {
            operators::EQUALS | operators::NOT_EQUALS => (from..=to).contains(&number),
            operators::LESS => from < number,
            operators::LESS_EQUALS => from <= number,
            operators::GREATER => to > number,
            operators::GREATER_EQUALS => to >= number,
            _ => true,
        };
        if !possible {
            self.never(
                &number.to_string(),
                format!("{is} is {from} to {to}: this comparison never holds"),
                &format!("compare with a number from {from} to {to}, or change {bounds}"),
            );
        }
    }

    /// The bounds of an answer that is a number, or of how many choices are in one.
    fn measured(&self, expression: &IdedExpr) -> Option<Measured> {
        let of_bounds = "the bounds of the question";
        match &expression.expr {
            Expr::Ident(name) if !self.is_bound(name) => match self.answers.get(name)? {
                Known::Number { from, to } => Some(Measured {
                    is: format!("`{name}`"),
                    from: *from,
                    to: *to,
                    bounds: of_bounds,
                }),
                _ => None,
            },
            Expr::Call(call) if call.func_name == "size" => {
                let list = call.target.as_deref().or_else(|| call.args.first())?;
                let Expr::Ident(name) = &list.expr else { return None };
                let Some(Known::List { least, most, .. }) = self.answers.get(name) else {
                    return None;
                };
                Some(Measured {
                    is: format!("size({name}), how many may be chosen,"),
                    from: i64::try_from(*least).ok()?,
                    to: i64::try_from(*most).ok()?,
                    bounds: "`at_least` and `at_most` of the question",
                })
            }
            _ => None,
        }
    }

    /// `days > '9'` compares letters: '10' comes before '9'.
    pub(super) fn order_of_letters(&mut self, left: &IdedExpr, right: &IdedExpr) {
        let (Expr::Ident(name), Expr::Literal(LiteralValue::String(word))) =
            (&left.expr, &right.expr)
        else {
            return;
        };
        let word: &str = word.inner();
        let digits = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        match self.answers.get(name) {
            Some(Known::Anything) if digits => self.mistyped(
                word,
                format!("`'{word}'` in quotes is a word; it is no more or less than a number"),
                format!("leave the quotes away: {name} … {word}"),
            ),
            Some(Known::Text) if digits => self.mistyped(
                name,
                format!("`{name}` is a text: it would be compared letter by letter"),
                "ask with `answer: number` and compare without quotes".to_owned(),
            ),
            Some(Known::Choice(ids)) if ids.iter().any(|id| id == word) => self.mistyped(
                name,
                format!("`{name}` is a choice, and choices are not more or less"),
                format!("write {name} == '{word}'"),
            ),
            _ => {}
        }
    }

    /// `note == ''`: what was passed over is no empty text, and no answer is one.
    pub(super) fn passed_over(&mut self, name: &str, word: &str) -> bool {
        let of_nothing = word.trim().is_empty();
        let meant = of_nothing || word == "skip";
        let never = match self.answers.get(name) {
            Some(Known::Choice(ids)) => !ids.iter().any(|id| id == word),
            Some(Known::Text | Known::Date | Known::Number { .. }) => true,
            _ => false,
        };
        if !meant || !never {
            return false;
        }
        let what = if of_nothing { "empty".to_owned() } else { format!("`{word}`") };
        self.is_there(
            name,
            format!("`{name}` is never {what}, not where it was passed over either"),
        );
        true
    }

    /// `size(note) == 0`, which says the same.
    pub(super) fn no_letters(&mut self, operator: &str, left: &IdedExpr, right: &IdedExpr) {
        let (Expr::Call(call), Expr::Literal(LiteralValue::Int(number))) =
            (&left.expr, &right.expr)
        else {
            return;
        };
        let measured = call.target.as_deref().or_else(|| call.args.first());
        let Some(Expr::Ident(name)) = measured.map(|measured| &measured.expr) else { return };
        let none = matches!(
            (operator, *number.inner()),
            (operators::EQUALS | operators::LESS_EQUALS, 0) | (operators::LESS, 1)
        );
        let is_text = self.answers.get(name) == Some(&Known::Text);
        if call.func_name == "size" && none && is_text {
            self.is_there(
                name,
                format!("`{name}` always has a letter, and has no size where it was passed over"),
            );
        }
    }

    fn is_there(&mut self, name: &str, message: String) {
        let hint = format!(
            "whoever passes `{name}` over is led on by `when: {{skip: …}}` at `{name}`, with the step \
             for them"
        );
        self.never(name, message, &hint);
    }

    /// A post nobody holds; one that is like none of ours may be the office's own.
    pub(super) fn post(&mut self, post: &str) {
        match posts::post(post) {
            None => {}
            Some(Post::Meant(near)) => self.never(
                post,
                format!("nobody holds the post `{post}`"),
                &format!("did you mean `{near}`?"),
            ),
            Some(Post::Unknown(hint)) => self.doubts.push(Wrong {
                code: Code::UnknownWord,
                at: post.to_owned(),
                message: format!("there is no post `{post}`, unless the office has it of its own"),
                hint,
            }),
        }
    }

    /// A photo is no word.
    pub(super) fn sent(&mut self, name: &str) {
        self.mistyped(
            name,
            format!("`{name}` is something sent, not a word or a number"),
            "it cannot be compared; where it may be left out, lead on by `when: {skip: …}` of its \
             question"
                .to_owned(),
        );
    }

    fn never(&mut self, at: &str, message: String, hint: &str) {
        self.wrong.push(Wrong {
            code: Code::NeverTrue,
            at: at.to_owned(),
            message,
            hint: hint.to_owned(),
        });
    }
}
