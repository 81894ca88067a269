//! A flow as the engine walks it: every name resolved, every text and condition compiled.

use std::collections::HashMap;

use jiff::SignedDuration;
use regex::Regex;

use super::condition::Condition;
use super::diagnostic::Place;
use super::fetch::Fetching;
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

/// A question.
#[derive(Debug)]
pub struct Ask {
    pub(super) text: TextId,
    pub answer: Answer,
    /// Outcome (a choice, `minor`, `skip`) and where it leads.
    pub(super) when: Vec<(String, Target)>,
    pub optional: bool,
    pub notice: Option<Purpose>,
    /// Changes with everything that would make an old answer fit no longer.
    pub(super) fingerprint: u32,
}

/// What kind of answer a question takes.
#[derive(Debug)]
pub enum Answer {
    OneOf(Choices),
    YesNo(Choices),
    Number {
        from: i64,
        to: i64,
    },
    Year {
        adult: bool,
    },
    Text,
    PersonName,
    Phone,
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
}

/// The choices of a question, in order.
#[derive(Debug, Default)]
pub struct Choices {
    pub list: Vec<Choice>,
    /// The same, folded for reading.
    pub(super) words: Vec<ChoiceWords>,
    /// Whether any is shown to some people only.
    pub(super) conditional: bool,
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
    EnrolMember,
    LeaveMembership,
    HandOver,
    Withdraw(Vec<Purpose>),
    Consent(Vec<Purpose>),
    Language(Language),
    /// The language answered in this step (its index).
    LanguageOf(usize),
    Request(String),
}

impl Flow {
    /// The index of a step by its name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The question of a step, when it asks one.
    #[must_use]
    pub fn ask(&self, step: usize) -> Option<&Ask> {
        match &self.steps.get(step)?.kind {
            StepKind::Ask(ask) => Some(ask),
            _ => None,
        }
    }

    /// Whether an HTTP call of it keeps an answer under this name.
    pub(super) fn keeps(&self, name: &str) -> bool {
        self.steps.iter().any(|step| {
            matches!(&step.kind, StepKind::Fetch(fetching)
                if fetching.keep.iter().any(|(known, _)| known == name))
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
            Answer::Number { .. } => "number",
            Answer::Year { .. } => "year",
            Answer::Text => "text",
            Answer::PersonName => "person_name",
            Answer::Phone => "phone",
            Answer::District => "district",
            Answer::Assembly { .. } => "assembly",
            Answer::LokSabha => "lok_sabha",
            Answer::Pattern(_) => "pattern",
            Answer::Location => "location",
            Answer::Photo => "photo",
            Answer::Voice => "voice",
            Answer::File => "file",
        }
    }

    /// Whether conditions see it as a whole number rather than as words.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(
            self,
            Answer::Number { .. }
                | Answer::Year { .. }
                | Answer::Assembly { .. }
                | Answer::LokSabha
        )
    }
}
