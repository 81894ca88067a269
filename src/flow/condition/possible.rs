//! Whether a condition can hold at all, and whether it can fail: it is tried on every combination of
//! the values its names may have, as far as those can be counted.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value;
use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

use super::{Condition, Facts, Known, PURPOSES};
use crate::contact::Language;
use crate::message::{Purpose, Rendering};

/// A name and the one value it has; `None`: it was not answered.
pub(in crate::flow) type Fixed<'a> = (&'a str, Option<&'a str>);

/// What can come of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) struct Can {
    pub(in crate::flow) hold: bool,
    pub(in crate::flow) fail: bool,
}

/// More combinations than this are not tried.
const MOST: usize = 600;

impl Condition {
    /// What can come of it where these names have these values and every other was answered
    /// somehow; `None` where that cannot be told.
    pub(in crate::flow) fn can(
        &self,
        answers: &HashMap<String, Known>,
        fixed: &[Fixed<'_>],
    ) -> Option<Can> {
        let mut literals = Literals::default();
        if !literals.collect(self.program.expression()) {
            return None;
        }
        let mut domains: Vec<Vec<Value>> = Vec::with_capacity(self.variables.len());
        let mut combinations = 1_usize;
        for name in &self.variables {
            let domain = match fixed.iter().find(|(known, _)| known == name) {
                Some((_, value)) => vec![value.map_or(Value::Null, Value::from)],
                None => literals.domain(name, answers)?,
            };
            combinations = combinations.checked_mul(domain.len())?;
            domains.push(domain);
        }
        if combinations == 0 || combinations > MOST {
            return None;
        }
        let mut can = Can { hold: false, fail: false };
        for combination in 0..combinations {
            let mut rest = combination;
            let mut values = HashMap::with_capacity(domains.len());
            for (name, domain) in self.variables.iter().zip(&domains) {
                let value = domain.get(rest % domain.len()).cloned().unwrap_or(Value::Null);
                rest /= domain.len();
                values.insert(name.as_str(), value);
            }
            if matches!(self.decide(&World { values }), Ok(Value::Bool(true))) {
                can.hold = true;
            } else {
                can.fail = true;
            }
            if can.hold && can.fail {
                break;
            }
        }
        Some(can)
    }
}

/// The words and numbers an expression compares with.
#[derive(Default)]
pub(super) struct Literals {
    words: Vec<String>,
    numbers: Vec<i64>,
    /// Lists of which it counts how many are in them.
    counted: Vec<String>,
}

/// Of so many choices every list that may be answered is looked at, where it is counted.
const MOST_COUNTED: usize = 7;
/// And of so few in any case.
const FEW: usize = 5;

impl Literals {
    /// `false` where the expression does more than compare.
    pub(super) fn collect(&mut self, expression: &IdedExpr) -> bool {
        match &expression.expr {
            Expr::Literal(LiteralValue::String(word)) => {
                self.words.push(word.inner().to_owned());
                true
            }
            Expr::Literal(LiteralValue::Int(number)) => {
                self.numbers.push(*number.inner());
                true
            }
            Expr::Literal(LiteralValue::Boolean(_)) | Expr::Ident(_) => true,
            Expr::Call(call) => {
                // Functions look into words; `size` is known of lists.
                let is_operator = call.func_name.starts_with(['_', '@', '!', '-']);
                let counted = match call.args.as_slice() {
                    [argument] if call.func_name == "size" => match &argument.expr {
                        Expr::Ident(name) => Some(name),
                        _ => None,
                    },
                    _ => None,
                };
                self.counted.extend(counted.cloned());
                // `order[0]`: lists are looked at in the order of the file alone.
                let is_placed = call.func_name == operators::INDEX;
                call.target.is_none()
                    && !is_placed
                    && (is_operator || counted.is_some())
                    && call.args.iter().all(|part| self.collect(part))
            }
            Expr::Select(select) => self.collect(&select.operand),
            Expr::List(list) => list.elements.iter().all(|element| self.collect(element)),
            _ => false,
        }
    }

    /// Every value of a name that could make a difference.
    pub(super) fn domain(
        &self,
        name: &str,
        answers: &HashMap<String, Known>,
    ) -> Option<Vec<Value>> {
        let is_counted = self.counted.iter().any(|known| known == name);
        Some(match name {
            "member" | "has_phone" | "term_over" => vec![Value::Bool(true), Value::Bool(false)],
            "my_count" => self.numbers(0, i64::from(u32::MAX)),
            "days_left" => self.numbers(-100_000, 100_000),
            "language" => words(Language::ALL.map(Language::code)),
            "channel" => words([Rendering::Whatsapp.name(), Rendering::Sms.name()]),
            "posts" => self.lists(self.words.iter().map(String::as_str), "booth_president"),
            "consents" | "withdrawn" => (0..1_u32 << PURPOSES.len())
                .map(|given| {
                    super::purposes(|purpose| {
                        let place = PURPOSES.into_iter().position(|known| known == purpose);
                        place.is_some_and(|place| given & (1 << place) != 0)
                    })
                })
                .collect(),
            answer => match answers.get(answer)? {
                // How long a word is would be counted.
                Known::Choice(_) | Known::Text | Known::Date if is_counted => return None,
                Known::Choice(ids) => words(ids.iter().map(String::as_str)),
                Known::List { ids, .. } if is_counted && ids.len() > MOST_COUNTED => return None,
                Known::List { ids, least, most } if is_counted || ids.len() <= FEW => {
                    answered(ids, *least, *most)
                }
                Known::List { ids, .. } => self.lists(ids.iter().map(String::as_str), "-"),
                Known::Number { from, to } => self.numbers(*from, *to),
                Known::Date => self.near_words(["0001-01-01", "9999-12-31"]),
                Known::Text => self.near_words(["", "a text nobody compares with"]),
                Known::Sent | Known::Anything => return None,
            },
        })
    }

    fn numbers(&self, from: i64, to: i64) -> Vec<Value> {
        let mut numbers = vec![from, to];
        for number in &self.numbers {
            numbers.extend([number.saturating_sub(1), *number, number.saturating_add(1)]);
        }
        numbers.retain(|number| (from..=to).contains(number));
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(Value::Int).collect()
    }

    /// The words themselves and those next to them in order.
    fn near_words(&self, ends: [&str; 2]) -> Vec<Value> {
        let mut near: Vec<String> = ends.map(str::to_owned).to_vec();
        for word in &self.words {
            near.push(word.clone());
            near.push(format!("{word}0"));
            let mut before = word.clone();
            before.pop();
            near.push(before);
        }
        near.sort_unstable();
        near.dedup();
        near.iter().map(|word| Value::from(word.as_str())).collect()
    }

    /// Nothing, each alone, any two, and all of them.
    fn lists<'a>(&self, ids: impl Iterator<Item = &'a str>, other: &'a str) -> Vec<Value> {
        let mut ids: Vec<&str> = ids.chain([other]).collect();
        ids.sort_unstable();
        ids.dedup();
        let list = |items: &[&str]| {
            Value::List(Arc::new(items.iter().map(|item| Value::from(*item)).collect()))
        };
        // As many as the expression counts to, and more.
        let most = self.numbers.iter().copied().max().unwrap_or(0).clamp(0, 50);
        let many = vec![other; usize::try_from(most).unwrap_or(0) + 2];
        let mut lists = vec![list(&[]), list(&ids), list(&many)];
        for (index, first) in ids.iter().enumerate() {
            lists.push(list(&[first]));
            for second in ids.iter().skip(index + 1) {
                lists.push(list(&[first, second]));
            }
        }
        lists
    }
}

/// Every list of some of these words, so many of them.
fn answered(ids: &[String], least: usize, most: usize) -> Vec<Value> {
    let some = (0..1_usize << ids.len()).map(|chosen| {
        let taken = ids.iter().enumerate().filter(move |(place, _)| chosen & (1 << place) != 0);
        taken.map(|(_, id)| Value::from(id.as_str())).collect::<Vec<Value>>()
    });
    let lists = some.filter(|list| (least..=most).contains(&list.len()));
    lists.map(|list| Value::List(Arc::new(list))).collect()
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<Value> {
    words.into_iter().map(Value::from).collect()
}

/// Somebody with these values.
pub(super) struct World<'a> {
    pub(super) values: HashMap<&'a str, Value>,
}

impl World<'_> {
    fn is(&self, name: &str) -> bool {
        matches!(self.values.get(name), Some(Value::Bool(true)))
    }
}

/// Only [`Facts::value`] is asked: conditions are decided by CEL here.
impl Facts for World<'_> {
    fn value(&self, name: &str) -> Value {
        self.values.get(name).cloned().unwrap_or(Value::Null)
    }

    fn member(&self) -> bool {
        self.is("member")
    }

    fn has_phone(&self) -> bool {
        self.is("has_phone")
    }

    fn has_posts(&self) -> bool {
        matches!(self.values.get("posts"), Some(Value::List(list)) if !list.is_empty())
    }

    fn consents_to(&self, _purpose: Purpose) -> bool {
        self.is("consents")
    }

    fn withdrew(&self, _purpose: Purpose) -> bool {
        self.is("withdrawn")
    }

    fn word(&self, name: &str) -> Option<&str> {
        match self.values.get(name) {
            Some(Value::String(word)) => Some(word.as_str()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::compiled;
    use super::*;

    fn answers() -> HashMap<String, Known> {
        HashMap::from([
            ("coming".to_owned(), Known::Choice(vec!["yes".to_owned(), "no".to_owned()])),
            ("people".to_owned(), Known::Number { from: 0, to: 100 }),
        ])
    }

    #[test]
    fn what_can_come_of_a_condition_is_found_by_trying() {
        for (source, fixed, hold, fail) in [
            ("coming == 'yes'", vec![], true, true),
            ("coming == 'yes' || coming == 'no'", vec![], true, false),
            ("coming == 'yes'", vec![("coming", Some("no"))], false, true),
            ("coming != 'yes'", vec![("coming", None)], true, false),
            ("channel == 'sms' && member", vec![("channel", Some("whatsapp"))], false, true),
            ("channel != 'whatsapp'", vec![("channel", Some("whatsapp"))], false, true),
            ("people > 4 || consents.samvad", vec![], true, true),
            ("people > 4", vec![("people", None)], false, true),
        ] {
            let can = compiled(source).can(&answers(), &fixed);
            assert_eq!(can, Some(Can { hold, fail }), "{source} {fixed:?}");
        }
    }

    #[test]
    fn what_cannot_be_counted_is_not_judged() {
        for source in ["posts.exists(post, post == 'prabhari')", "coming.startsWith('y')"] {
            assert_eq!(compiled(source).can(&answers(), &[]), None, "{source}");
        }
    }
}
