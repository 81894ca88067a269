//! A flow as the engine walks it: every name resolved, every text and condition compiled.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use regex::Regex;

use super::condition::Condition;
use super::diagnostic::Place;
use super::fetch::Fetching;
use super::polling::Part;
use super::session::SentKind;
use super::text::{Label, TextId};
use crate::contact::Language;
use crate::message::Purpose;
use crate::understanding::ChoiceWords;

/// One conversation.
#[derive(Debug)]
pub struct Flow {
    pub name: String,
    /// One line for people who read the list of flows.
    pub about: String,
    /// The words it begins with, as written.
    pub words: Vec<String>,
    /// The word in a `wa.me` link or QR code.
    pub link: Option<String>,
    /// Answers a first message that fits nothing else.
    pub default: bool,
    pub steps: Vec<Step>,
    /// What it can end with, for the flow that called it (`end: verified`).
    pub results: Vec<String>,
    pub(super) by_name: HashMap<String, usize>,
    pub remind: Option<Remind>,
    /// After this time without an answer the conversation is closed.
    pub expires: Option<SignedDuration>,
    /// Said when the step a person stood at is gone.
    pub(super) changed: TextId,
}

/// Asks an open question again after a while.
#[derive(Clone, Copy, Debug)]
pub struct Remind {
    pub after: SignedDuration,
    pub times: u8,
    pub(super) say: TextId,
    /// The template (its index) it goes as once the window is closed.
    pub(super) template: Option<usize>,
}

/// One step of a flow.
#[derive(Debug)]
pub struct Step {
    pub name: String,
    pub(super) kind: StepKind,
    /// Where it leads unless its kind says otherwise.
    pub(super) next: Target,
    pub(super) place: Place,
}

/// What a step does.
#[derive(Debug)]
pub(super) enum StepKind {
    Say {
        text: TextId,
        attach: Option<Attachment>,
        template: Option<usize>,
    },
    Ask(Box<Ask>),
    Do(Action),
    /// The first way whose condition holds (`None` always does); none: on to the next step.
    Branch(Vec<(Option<Condition>, Target)>),
    /// Also `end`: everything is said by the step's `next`.
    Goto,
    /// Goes on by the step's `next` so many times, and after that another way.
    Limit {
        at_most: u8,
        otherwise: Target,
    },
    /// Plays another flow (its index), then goes on by what it ended with.
    Call {
        flow: usize,
        when: Vec<(String, Target)>,
        /// Every end of that flow has a way here.
        covered: bool,
    },
    /// Rests for so long. A message that starts nothing is told so, or leads to `reply`.
    Wait {
        after: SignedDuration,
        reply: Option<Target>,
    },
    /// Rests until the answer of an HTTP call is there.
    Fetch(Box<Fetching>),
    /// Says a text and rests until the person of the office who takes over gives it back.
    Handoff(TextId),
    /// Keeps a number under the step's name.
    Count(Counting),
}

/// How a number is come by.
#[derive(Debug)]
pub(super) enum Counting {
    /// So many of these conditions hold.
    Holding(Vec<Condition>),
    /// An expression over answers that are numbers; `None` where it cannot be read, which is told.
    Sum(Option<Condition>),
}

impl Counting {
    /// Its conditions, or its one expression.
    pub(super) fn conditions(&self) -> &[Condition] {
        match self {
            Counting::Holding(conditions) => conditions,
            Counting::Sum(sum) => sum.as_slice(),
        }
    }
}

/// What goes with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attachment {
    /// The membership card of the person, if they are a member and their channel has pictures.
    MembershipCard,
}

/// Where the conversation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A step of the same flow, by index.
    Step(usize),
    /// Leave for another flow, by index.
    Flow(usize),
    /// Play another flow, then go on with the step after this one.
    Call(usize),
    End,
    /// End with a result (its index) for the flow that called.
    Result(usize),
}

/// What `when` calls it that no answer was understood, three times: a way every question may have.
pub(super) const NOT_UNDERSTOOD: &str = "not_understood";

/// A question.
#[derive(Debug)]
pub struct Ask {
    pub(super) text: TextId,
    pub answer: Answer,
    /// Outcome (a choice, `minor`, `skip`, [`NOT_UNDERSTOOD`]) and where it leads.
    pub(super) when: Vec<(String, Target)>,
    pub optional: bool,
    pub notice: Option<Purpose>,
    /// The template (its index) it goes as once the window is closed.
    pub(super) template: Option<usize>,
    /// Changes with everything that would make an old answer fit no longer.
    pub(super) fingerprint: u32,
}

/// What kind of answer a question takes.
#[derive(Debug)]
pub enum Answer {
    OneOf(Choices),
    YesNo(Choices),
    /// Some of the choices, in one message.
    AnyOf(Many),
    /// The choices in the person's order.
    Ranked(Many),
    Number {
        from: i64,
        to: i64,
    },
    Year {
        adult: bool,
    },
    /// In years, 1 to 110.
    Age {
        adult: bool,
    },
    /// A day, both bounds inclusive.
    Date {
        from: Option<Bound>,
        to: Option<Bound>,
    },
    /// The number of a booth, 1 to this.
    Booth {
        to: i64,
    },
    /// A message of one of these kinds.
    Message(Vec<SentKind>),
    Text,
    PersonName,
    Phone,
    /// The person's own number: where it is not known, WhatsApp shows a button that shares it.
    OwnPhone,
    District,
    /// `district` is the index of the step that asked it.
    Assembly {
        district: Option<usize>,
    },
    LokSabha,
    Pattern(Regex),
    Location,
    Photo,
    Voice,
    File,
    /// What a poll asks for; nothing of it is kept.
    Ballot(Box<AskedBallot>),
}

/// A question of a poll and what is said of its answers.
#[derive(Debug)]
pub struct AskedBallot {
    pub part: Part,
    /// Said at once to an answer that is sure, with what was understood and the receipt; and in its place what is kept
    /// of it, and leaves after a crash.
    pub(super) noted: Option<(TextId, TextId)>,
    /// What shows the receipt again.
    pub(super) receipt: Option<TextId>,
    /// What is said of a receipt that somebody wants to have checked.
    pub(super) checks: Option<ReceiptTexts>,
    /// Asks again, the first time and later.
    pub(super) again: TextId,
    pub(super) once_more: TextId,
    /// Asks for the name behind the word for somebody else.
    pub(super) who_else: Option<TextId>,
    /// Says that a name stands on the list.
    pub(super) listed: Option<TextId>,
    /// Says that there is no room for so much.
    pub(super) long: Option<TextId>,
    /// The lines behind the names.
    pub(super) other: Label,
    pub(super) refuse: Label,
    /// What candidates are marked for, by the names poll files have for it.
    pub(super) aspects: Vec<(&'static str, Label)>,
}

impl AskedBallot {
    /// What is said of answers, besides the question itself.
    pub(super) fn says(&self) -> Vec<TextId> {
        let noted = self.noted.into_iter().flat_map(|(noted, plain)| [noted, plain]);
        let others = [self.receipt, Some(self.again), Some(self.once_more), self.who_else];
        noted.chain(others.into_iter().flatten()).chain(self.listed).chain(self.long).collect()
    }
}

/// What is said of a receipt that somebody asks about.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReceiptTexts {
    /// It stands on a published roll.
    pub counted: TextId,
    /// It stands on none.
    pub uncounted: TextId,
    /// It is that of an answer of theirs that counts, in a poll that still runs.
    pub current: TextId,
    /// Theirs that counts is another one.
    pub other: TextId,
    /// How one asks.
    pub how: TextId,
    /// What is kept in the place of each of the others.
    pub kept: TextId,
}

/// Ways out of a question of a poll besides an answer: nobody asks this person; what they answered stands for good;
/// the poll was closed meanwhile; everybody on this phone was asked.
pub(super) const NOT_ASKED: &str = "not_asked";
pub(super) const FINAL: &str = "final";
pub(super) const CLOSED: &str = "closed";
pub(super) const ALL_ASKED: &str = "all_asked";

/// What candidates may be marked for.
pub(super) const ASPECTS: [&str; 3] = ["availability", "honesty", "work"];

/// Several choices in one answer.
#[derive(Debug, Default)]
pub struct Many {
    pub choices: Choices,
    /// At least so many are named; 0 lets a person say that it is none of them.
    pub at_least: usize,
    pub at_most: usize,
}

/// One end of the days a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Day(Date),
    /// Days from the day it is asked, negative before it.
    FromToday(i32),
}

impl Bound {
    /// The day it is when `today` is today.
    #[must_use]
    pub fn day(self, today: Date) -> Date {
        match self {
            Bound::Day(day) => day,
            Bound::FromToday(days) => {
                let end = if days < 0 { Date::MIN } else { Date::MAX };
                today.checked_add(Span::new().days(days)).unwrap_or(end)
            }
        }
    }
}

/// The choices of a question, in order.
#[derive(Debug, Default)]
pub struct Choices {
    pub list: Vec<Choice>,
    /// The same, folded for reading.
    pub(super) words: Vec<ChoiceWords>,
    /// Whether any is shown to some people only.
    pub(super) conditional: bool,
    /// Whether everybody sees them in an order of their own.
    pub(super) shuffle: bool,
    /// So many at the end keep their places all the same.
    pub(super) last: usize,
}

/// One choice with its labels.
#[derive(Debug)]
pub struct Choice {
    pub id: String,
    pub(super) condition: Option<Condition>,
    pub(super) label: Label,
    pub(super) hint: Option<Label>,
}

/// What a `do` step makes true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    EnrolMember(Option<Term>),
    RenewMembership(Term),
    UpdateMember,
    LeaveMembership,
    DisownMembership,
    HandOver,
    Withdraw(Vec<Purpose>),
    Consent(Vec<Purpose>),
    /// What the withdrawal of this conversation took.
    Restore,
    Language(Language),
    /// The language answered in this step (its index).
    LanguageOf(usize),
    Request {
        kind: String,
        /// The answers that go with it, by step.
        with: Vec<String>,
    },
}

/// How long a membership lasts, by the calendar of India.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    years: i32,
    days: i32,
}

impl Term {
    /// Reads `3y` or `365d`; at most fifty years.
    pub(super) fn parse(text: &str) -> Option<Term> {
        let unit = text.chars().next_back()?;
        let count: i32 = text.strip_suffix(unit)?.trim().parse().ok()?;
        match unit {
            'y' if (1..=50).contains(&count) => Some(Term { years: count, days: 0 }),
            'd' if (1..=50 * 365).contains(&count) => Some(Term { years: 0, days: count }),
            _ => None,
        }
    }

    /// The last second of the day so much later; 29 February becomes 28 where there is none.
    pub(super) fn after(self, from: Timestamp) -> Timestamp {
        let span = Span::new().years(self.years).days(self.days);
        let ends = crate::locale::india_zoned(from).checked_add(span).and_then(|last| {
            last.with().hour(23).minute(59).second(59).subsec_nanosecond(0).build()
        });
        ends.map_or(from, |ends| ends.timestamp())
    }
}

impl StepKind {
    /// Whether a person hears something here.
    pub(super) const fn speaks(&self) -> bool {
        matches!(self, StepKind::Say { .. } | StepKind::Ask(_) | StepKind::Handoff(_))
    }
}

impl Flow {
    /// The index of a step by its name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Whether one of its questions takes down whether the person agrees to this.
    #[must_use]
    pub fn asks_consent(&self, purpose: Purpose) -> bool {
        self.steps.iter().any(|step| match &step.kind {
            StepKind::Ask(ask) => ask.notice == Some(purpose),
            _ => false,
        })
    }

    /// The question of a step, when it asks one.
    #[must_use]
    pub fn ask(&self, step: usize) -> Option<&Ask> {
        match &self.steps.get(step)?.kind {
            StepKind::Ask(ask) => Some(ask),
            _ => None,
        }
    }

    /// Whether a count, or an HTTP call of it, keeps an answer under this name.
    pub(super) fn keeps(&self, name: &str) -> bool {
        self.steps.iter().any(|step| match &step.kind {
            StepKind::Fetch(fetching) => fetching.keep.iter().any(|(known, _)| known == name),
            StepKind::Count(_) => step.name == name,
            _ => false,
        })
    }

    /// The question that was asked under this name.
    #[must_use]
    pub fn ask_named(&self, name: &str) -> Option<&Ask> {
        self.ask(self.step(name)?)
    }
}

impl Ask {
    /// The choices, where the answer has any.
    #[must_use]
    pub fn choices(&self) -> Option<&Choices> {
        match &self.answer {
            Answer::OneOf(choices) | Answer::YesNo(choices) => Some(choices),
            Answer::AnyOf(many) | Answer::Ranked(many) => Some(&many.choices),
            _ => None,
        }
    }

    /// Whether zero (or, over pages, two zeros) passes it over or names none of the choices.
    pub(super) fn passes_by_zero(&self) -> bool {
        self.optional || self.many().is_some_and(|many| many.at_least == 0)
    }

    /// What of a poll it asks for.
    #[must_use]
    pub fn ballot(&self) -> Option<&AskedBallot> {
        match &self.answer {
            Answer::Ballot(asked) => Some(asked),
            _ => None,
        }
    }

    /// The choices of which one message may name several.
    #[must_use]
    pub fn many(&self) -> Option<&Many> {
        match &self.answer {
            Answer::AnyOf(many) | Answer::Ranked(many) => Some(many),
            _ => None,
        }
    }
}

impl Answer {
    /// The name it has in flow files.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Answer::OneOf(_) => "one_of",
            Answer::YesNo(_) => "yes_no",
            Answer::AnyOf(_) => "any_of",
            Answer::Ranked(_) => "ranked",
            Answer::Number { .. } => "number",
            Answer::Year { .. } => "year",
            Answer::Age { .. } => "age",
            Answer::Date { .. } => "date",
            Answer::Booth { .. } => "booth",
            Answer::Message(_) => "message",
            Answer::Text => "text",
            Answer::PersonName => "person_name",
            Answer::Phone => "phone",
            Answer::OwnPhone => "own_phone",
            Answer::District => "district",
            Answer::Assembly { .. } => "assembly",
            Answer::LokSabha => "lok_sabha",
            Answer::Pattern(_) => "pattern",
            Answer::Location => "location",
            Answer::Photo => "photo",
            Answer::Voice => "voice",
            Answer::File => "file",
            Answer::Ballot(_) => "ballot",
        }
    }

    /// Whether it is something other than words.
    #[must_use]
    pub const fn takes_media(&self) -> bool {
        matches!(
            self,
            Answer::Photo | Answer::Voice | Answer::File | Answer::Location | Answer::Message(_)
        )
    }

    /// Whether conditions see it as a whole number rather than as words.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(
            self,
            Answer::Number { .. }
                | Answer::Year { .. }
                | Answer::Age { .. }
                | Answer::Booth { .. }
                | Answer::Assembly { .. }
                | Answer::LokSabha
        )
    }
}
