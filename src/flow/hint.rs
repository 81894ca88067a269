//! What an answer looks like, told when one was not understood; and how several choices are
//! written in one message.

use super::Rendering;
use super::definition::{Answer, Ask, Many};
use super::session::SentKind;
use super::text::{Common, TextId};
use super::turn::{Lead, Run};
use crate::locale::{civil_date, grouped, india_date, join_or};

impl<'t> Run<'t> {
    /// The line that says what an answer looks like.
    pub(super) fn hint(&self, ask: &'t Ask) -> Option<Lead> {
        let common = &self.flows.common;
        Some(match &ask.answer {
            Answer::OneOf(choices) | Answer::YesNo(choices) => {
                let ids: Vec<&str> = choices.list.iter().map(|choice| choice.id.as_str()).collect();
                if ids != ["yes", "no"] {
                    return None;
                }
                Lead::plain(common.hint_yes_no)
            }
            Answer::AnyOf(many) | Answer::Ranked(many) => self.hint_many(ask, many),
            Answer::Number { from, to } => {
                let mut bounds = (String::new(), String::new());
                grouped(*from, &mut bounds.0);
                grouped(*to, &mut bounds.1);
                Lead {
                    text: common.hint_number,
                    arguments: vec![("from", bounds.0), ("to", bounds.1)],
                }
            }
            Answer::Booth { to } => {
                Lead { text: common.hint_booth, arguments: vec![("to", to.to_string())] }
            }
            Answer::Year { .. } => Lead::plain(common.hint_year),
            Answer::Age { .. } => Lead::plain(common.hint_age),
            Answer::Date { from, to } => {
                let today = india_date(self.turn.now);
                let written = |bound: super::definition::Bound| {
                    let mut day = String::new();
                    civil_date(bound.day(today), self.spoken(), &mut day);
                    day
                };
                match (from.map(written), to.map(written)) {
                    (None, None) => Lead::plain(common.hint_date),
                    (Some(from), None) => {
                        Lead { text: common.hint_date_from, arguments: vec![("from", from)] }
                    }
                    (None, Some(to)) => {
                        Lead { text: common.hint_date_to, arguments: vec![("to", to)] }
                    }
                    (Some(from), Some(to)) => Lead {
                        text: common.hint_date_between,
                        arguments: vec![("from", from), ("to", to)],
                    },
                }
            }
            Answer::Text => Lead::plain(common.hint_text),
            Answer::PersonName => Lead::plain(common.hint_name),
            // Written digits would not make it known.
            Answer::OwnPhone if self.asks_for_the_card() => return None,
            Answer::Phone | Answer::OwnPhone => Lead::plain(common.hint_phone),
            Answer::District => Lead::plain(common.hint_district),
            Answer::Assembly { .. } => {
                let district = self.district_of(ask).and_then(|code| {
                    let district = self.flows.geography.district(&code)?;
                    Some(district.name(self.spoken()).to_owned())
                });
                let arguments = vec![("district", district?)];
                Lead { text: common.hint_assembly, arguments }
            }
            Answer::LokSabha => Lead::plain(common.hint_lok_sabha),
            Answer::Location => Lead::plain(common.hint_location),
            Answer::Photo => self.hint_message(&[SentKind::Photo]),
            Answer::Voice => self.hint_message(&[SentKind::Voice]),
            Answer::File => self.hint_message(&[SentKind::File]),
            // Only words come by SMS.
            Answer::Message(kinds)
                if self.turn.rendering == Rendering::Sms && kinds.contains(&SentKind::Text) =>
            {
                Lead::plain(common.hint_text)
            }
            Answer::Message(kinds) => self.hint_message(kinds),
            Answer::Pattern(_) | Answer::Ballot(_) => return None,
        })
    }

    /// How many of the choices may be named.
    fn hint_many(&self, ask: &'t Ask, many: &Many) -> Lead {
        let common = &self.flows.common;
        let counts = self.counts(ask, many);
        let text = match (&ask.answer, counts.limited) {
            (Answer::Ranked(_), _) => common.hint_ranked,
            (_, true) => common.hint_any_most,
            (_, false) => common.hint_any,
        };
        Lead { text, arguments: counts.arguments }
    }

    fn hint_message(&self, kinds: &[SentKind]) -> Lead {
        let language = self.spoken();
        let names: Vec<&str> =
            kinds.iter().map(|kind| self.flows.common.sent(*kind).get(language)).collect();
        let arguments = vec![("kinds", join_or(&names, language))];
        Lead { text: self.flows.common.hint_message, arguments }
    }

    /// The line above the numbered choices of a question that takes several.
    pub(super) fn choose_line(&self, ask: &'t Ask, many: &Many) -> String {
        let (text, arguments) =
            choose_text(&self.flows.common, &ask.answer, many, self.row_count(ask));
        let mut line = String::new();
        self.write(text, &arguments, &mut line);
        line
    }

    fn counts(&self, ask: &'t Ask, many: &Many) -> Counts {
        Counts::of(&ask.answer, many, self.row_count(ask))
    }
}

/// The text of the line above so many numbered choices, and what fills it.
pub(super) fn choose_text(
    common: &Common,
    answer: &Answer,
    many: &Many,
    count: usize,
) -> (TextId, Vec<(&'static str, String)>) {
    let counts = Counts::of(answer, many, count);
    let text = match (answer, counts.limited) {
        (Answer::Ranked(_), true) => common.choose_ranked_most,
        (Answer::Ranked(_), false) => common.choose_ranked,
        (_, true) => common.choose_any_most,
        (_, false) => common.choose_any,
    };
    (text, counts.arguments)
}

impl Counts {
    fn of(answer: &Answer, many: &Many, count: usize) -> Counts {
        let (least, most) = (many.at_least.min(count).max(1), many.at_most.min(count));
        let numbers: Vec<usize> = match answer {
            Answer::Ranked(_) => {
                [2, 1].into_iter().chain(3..).take(most.min(3).max(least)).collect()
            }
            _ if count > 2 && most > 1 && least <= 2 => vec![1, 3],
            _ => (1..).take(most.min(2).max(least)).collect(),
        };
        let numbers: Vec<String> = numbers
            .into_iter()
            .filter(|number| *number <= count)
            .map(|number| number.to_string())
            .collect();
        Counts {
            limited: most < count,
            arguments: vec![
                ("least", least.to_string()),
                ("most", most.to_string()),
                ("exact", if least == most { "yes" } else { "no" }.to_owned()),
                ("example", numbers.join(" ")),
            ],
        }
    }
}

/// How many choices may be named, as texts tell it.
struct Counts {
    /// Fewer than there are.
    limited: bool,
    arguments: Vec<(&'static str, String)>,
}
