//! An expression looked through: the names it uses, and comparisons that can never be.

use std::collections::{HashMap, HashSet};

use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

use super::{BUILT_INS, Known, PURPOSES, TRUE_OR_FALSE};
use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::diagnostic::{nearest, one_of_these};
use crate::message::Purpose;

/// One thing wrong in an expression that can be read.
pub(super) struct Wrong {
    pub(super) code: Code,
    /// The words it is about, as they stand in the file; empty for the whole.
    pub(super) at: String,
    pub(super) message: String,
    pub(super) hint: String,
}

/// The functions a condition may call.
const FUNCTIONS: [&str; 11] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "exists",
    "all",
    "int",
    "string",
    "double",
    "filter",
    "map",
];

/// Collects the names an expression uses, and what is wrong with them.
pub(super) struct Walk<'a> {
    pub(super) answers: &'a HashMap<String, Known>,
    /// Names bound inside (`posts.exists(post, …)`).
    pub(super) bound: Vec<String>,
    pub(super) used: HashSet<String>,
    pub(super) wrong: Vec<Wrong>,
    /// What may be right, and most likely is not.
    pub(super) doubts: Vec<Wrong>,
}

impl Walk<'_> {
    pub(super) fn expression(&mut self, expression: &IdedExpr) {
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
                match (&call.target, call.args.as_slice()) {
                    (Some(target), [argument]) => {
                        self.asked_of_a_text(&call.func_name, target, Some(argument));
                    }
                    (None, [counted]) if call.func_name == "size" => {
                        self.asked_of_a_text("size", counted, None);
                    }
                    _ => {}
                }
                let [left, right] = call.args.as_slice() else { return };
                match call.func_name.as_str() {
                    operators::EQUALS | operators::NOT_EQUALS => {
                        self.comparison(left, right);
                        self.comparison(right, left);
                        self.sides(left, right);
                        self.within(&call.func_name, left, right);
                        self.no_letters(&call.func_name, left, right);
                    }
                    operators::LESS
                    | operators::LESS_EQUALS
                    | operators::GREATER
                    | operators::GREATER_EQUALS => {
                        self.comparison(left, right);
                        self.comparison(right, left);
                        self.list_as_number(left, right);
                        self.list_as_number(right, left);
                        self.sides(left, right);
                        self.within(&call.func_name, left, right);
                        self.no_letters(&call.func_name, left, right);
                        self.order_of_letters(left, right);
                        self.order_of_letters(right, left);
                    }
                    operators::IN => self.membership(left, right),
                    operators::ADD | operators::SUBSTRACT | operators::MULTIPLY => {
                        self.added(left, right);
                        self.added(right, left);
                    }
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
                if let Expr::Ident(name) = &select.operand.expr
                    && !self.is_bound(name)
                    && !matches!(name.as_str(), "consents" | "withdrawn")
                    && (BUILT_INS.contains(&name.as_str()) || self.answers.contains_key(name))
                    && self.answers.get(name) != Some(&Known::Anything)
                {
                    let hint = if TRUE_OR_FALSE.contains(&name.as_str()) {
                        format!("`{name}` is true or false: write {name} alone, or !{name}")
                    } else {
                        format!("compare `{name}` itself, without the point")
                    };
                    self.mistyped(
                        &format!("{name}.{}", select.field),
                        format!("`{name}` has no `.{}`", select.field),
                        hint,
                    );
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

    /// `posts.contains('booth_president')`: a question about letters, asked of something else.
    fn asked_of_a_text(&mut self, function: &str, value: &IdedExpr, argument: Option<&IdedExpr>) {
        if !matches!(function, "contains" | "startsWith" | "endsWith" | "size") {
            return;
        }
        let Expr::Ident(name) = &value.expr else { return };
        if self.is_bound(name) {
            return;
        }
        let word = argument.and_then(|argument| match &argument.expr {
            Expr::Literal(LiteralValue::String(word)) => Some(word.inner().to_owned()),
            _ => None,
        });
        let written = match (&word, argument.map(|argument| &argument.expr)) {
            (Some(word), _) => format!("'{word}'"),
            (None, Some(Expr::Ident(other))) => other.clone(),
            _ => "'…'".to_owned(),
        };
        let name = name.as_str();
        let is_purposes = matches!(name, "consents" | "withdrawn");
        let (what, hint) = match self.answers.get(name) {
            Some(Known::List { .. }) => ("a list", None),
            None if name == "posts" => ("a list", None),
            Some(Known::Number { .. }) => ("a number", Some(format!("compare it: {name} > 10"))),
            None if matches!(name, "days_left" | "my_count") => {
                ("a number", Some(format!("compare it: {name} > 10")))
            }
            None if TRUE_OR_FALSE.contains(&name) => {
                ("true or false", Some(format!("write {name} alone, or !{name}")))
            }
            None if is_purposes => {
                let purpose = word.as_deref().unwrap_or("samvad");
                ("a group of purposes", Some(format!("write {name}.{purpose}")))
            }
            Some(Known::Sent) => {
                ("something that was sent", Some("there is nothing to compare in it".to_owned()))
            }
            _ => return,
        };
        let hint = match (hint, function) {
            (Some(hint), _) => hint,
            // How many there are.
            (None, "size") => return,
            (None, "contains") => {
                format!("write \"{written} in {name}\", in double quotes around the whole")
            }
            (None, _) => format!("write {name}.exists(one, one.{function}({written}))"),
        };
        let at = if function == "size" { name.to_owned() } else { format!("{name}.{function}") };
        self.mistyped(
            &at,
            format!("`{function}` is asked of a text, and `{name}` is {what}"),
            hint,
        );
    }

    /// Whether a name is bound inside the expression.
    pub(super) fn is_bound(&self, name: &str) -> bool {
        self.bound.iter().any(|bound| bound == name)
    }

    fn name(&mut self, name: &str) {
        if self.is_bound(name) {
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
                    None if name == "posts" => self.post(word),
                    Some(Known::List { ids, .. }) if !ids.iter().any(|id| id == word) => {
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

    /// `adults + role`, where `role` is a choice.
    fn added(&mut self, left: &IdedExpr, right: &IdedExpr) {
        let (Expr::Ident(name), Expr::Ident(other)) = (&left.expr, &right.expr) else { return };
        let Some(Known::Number { .. }) = self.answers.get(other) else { return };
        let what = match self.answers.get(name) {
            Some(Known::Choice(_)) => "a choice",
            Some(Known::List { .. }) => "a list of choices",
            Some(Known::Text) => "a text",
            Some(Known::Date) => "a day",
            _ => return,
        };
        self.mistyped(
            name,
            format!("`{name}` is {what}, not a number"),
            "a sum is made of numbers: adults + children; how many conditions hold is counted by a \
             list of them: [member, \"coming == 'yes'\"]"
                .to_owned(),
        );
    }

    /// `likes > 2` is about how many there are.
    fn list_as_number(&mut self, left: &IdedExpr, right: &IdedExpr) {
        let (Expr::Ident(name), Expr::Literal(LiteralValue::Int(_))) = (&left.expr, &right.expr)
        else {
            return;
        };
        if let Some(Known::List { .. }) = self.answers.get(name) {
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
                hint: day_meant(name, word),
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
                    Some(Known::List { .. }) => self.mistyped(
                        name,
                        format!("`{name}` is a list of choices, not a number"),
                        format!("write size({name})"),
                    ),
                    Some(Known::Date) => self.mistyped(
                        name,
                        format!("`{name}` is a day, not a number"),
                        format!("write the day in quotes: {name} < '2027-12-31'"),
                    ),
                    Some(Known::Sent) => self.sent(name),
                    None if matches!(name.as_str(), "language" | "channel") => self.mistyped(
                        name,
                        format!("`{name}` is a word, not a number"),
                        if name == "language" {
                            "write language == 'hi'".to_owned()
                        } else {
                            "write channel == 'sms'".to_owned()
                        },
                    ),
                    None if TRUE_OR_FALSE.contains(&name.as_str()) => self.mistyped(
                        name,
                        format!("`{name}` is true or false, not a number"),
                        format!("write {name} alone, or !{name}"),
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
        if self.passed_over(name, word) {
            return;
        }
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
            (_, Some(Known::Sent)) => {
                self.sent(name);
                return;
            }
            ("my_count" | "days_left", _) | (_, Some(Known::Number { .. })) => {
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
            (_, Some(Known::List { .. })) => {
                self.mistyped(
                    name,
                    format!("`{name}` is a list of choices, not one"),
                    format!("write \"'{word}' in {name}\", with the double quotes"),
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

    pub(super) fn mistyped(&mut self, name: &str, message: String, hint: String) {
        self.wrong.push(Wrong { code: Code::ConditionType, at: name.to_owned(), message, hint });
    }
}

/// What to do instead of comparing a day with this word.
fn day_meant(name: &str, word: &str) -> String {
    const WEEKDAYS: &str = "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat \
                            sun weekend somvar mangalvar budhvar guruvar shukravar shanivar ravivar सोमवार \
                            मंगलवार बुधवार गुरुवार बृहस्पतिवार शुक्रवार शनिवार रविवार इतवार پیر منگل بدھ جمعرات جمعہ ہفتہ اتوار";
    const MONTHS: &str = "january february march april may june july august september october november \
                          december jan feb mar apr jun jul aug sep oct nov dec जनवरी फरवरी मार्च अप्रैल मई जून \
                          जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر";
    const NEAR_TODAY: &str = "today tomorrow yesterday now aaj kal आज कल परसों अब آج کل اب";
    let small = word.trim().to_lowercase();
    let is_one = |list: &str| list.split_whitespace().any(|known| known == small);
    if is_one(WEEKDAYS) {
        return format!(
            "a condition knows no days of the week: ask for it with choices, {{one_of: [sunday, other]}}, or \
             compare with a day: {name} == '2027-12-26'"
        );
    }
    if is_one(MONTHS) {
        return format!(
            "a condition knows no months; compare with their first and last day: {name} >= '2027-12-01' && \
             {name} <= '2027-12-31'"
        );
    }
    if is_one(NEAR_TODAY) {
        return format!(
            "a condition knows no today; bound the question instead, answer: {{date: {{from: today, to: 7d}}}}, \
             or compare with a day: {name} == '2027-12-31'"
        );
    }
    "the year first, then month and day: '2027-12-31'".to_owned()
}
