//! A flow file as it was written: shapes checked, names not yet looked up.

pub(in crate::flow) mod action;
pub(in crate::flow) mod answer;
mod fetch;
mod file;
mod read;
pub(in crate::flow) mod step;

pub(super) use fetch::tree;
pub(in crate::flow) use file::flow;
pub(crate) use read::{
    DASHES, as_list, duration, flag, get, identifier, integer, known_keys, looks_like_a_step, map,
    misspelt, seconds, start_of, word, words,
};
use step::targets;

use super::Method;
use super::definition::{Bound, Term};
use super::diagnostic::Place;
use super::polling::Part;
use super::session::SentKind;
use super::yaml::Word;

/// The keys of a flow file.
pub(in crate::flow) const FLOW_KEYS: [&str; 6] =
    ["flow", "about", "start", "steps", "remind", "expires"];

#[derive(Debug)]
pub(in crate::flow) struct FlowDraft {
    pub(in crate::flow) name: Word,
    pub(in crate::flow) about: String,
    pub(in crate::flow) words: Vec<Word>,
    pub(in crate::flow) link: Option<Word>,
    pub(in crate::flow) default: Option<Place>,
    pub(in crate::flow) steps: Vec<StepDraft>,
    pub(in crate::flow) remind: Option<RemindDraft>,
    /// Seconds.
    pub(in crate::flow) expires: Option<i64>,
    /// Whether the file could be read so far that what it lacks lacks indeed.
    pub(in crate::flow) whole: bool,
    /// Where `start:` stands.
    pub(in crate::flow) start: Option<Place>,
    /// Whether a key of the file stands under another one, which is told.
    strays: bool,
}

#[derive(Debug)]
pub(in crate::flow) struct RemindDraft {
    /// Seconds.
    pub(in crate::flow) after: i64,
    pub(in crate::flow) times: u8,
    pub(in crate::flow) say: Option<Word>,
    pub(in crate::flow) template: Option<Word>,
    pub(in crate::flow) place: Place,
}

#[derive(Debug)]
pub(in crate::flow) struct StepDraft {
    pub(in crate::flow) name: Word,
    pub(in crate::flow) kind: KindDraft,
    /// `goto`, `end: true`, or `end: result`.
    pub(in crate::flow) next: Option<TargetDraft>,
}

#[derive(Debug)]
pub(in crate::flow) enum KindDraft {
    Say {
        text: Word,
        attach: Option<Word>,
        template: Option<Word>,
    },
    Ask(Box<AskDraft>),
    Do(ActionDraft),
    Branch(Vec<(Option<Word>, TargetDraft)>),
    Goto,
    /// `goto` with `at_most`: the step's `next` so many times, then another way.
    Limit {
        at_most: u8,
        otherwise: TargetDraft,
    },
    Call {
        flow: Word,
        when: Vec<(Word, TargetDraft)>,
    },
    Wait {
        seconds: i64,
        place: Place,
        reply: Option<TargetDraft>,
    },
    Fetch(Box<FetchDraft>),
    Handoff(Word),
    /// Keeps a number under the step's name.
    Count(CountDraft),
    /// It could not be read, which is told; other steps may still name it.
    Broken,
}

#[derive(Debug)]
pub(in crate::flow) enum CountDraft {
    /// How many of these conditions hold.
    Holding(Vec<Word>),
    /// An expression that is a number.
    Sum(Word),
}

#[derive(Debug)]
pub(in crate::flow) struct FetchDraft {
    pub(in crate::flow) url: Word,
    pub(in crate::flow) method: Method,
    pub(in crate::flow) headers: Vec<(Word, HeaderDraft)>,
    pub(in crate::flow) body: Option<TreeDraft>,
    pub(in crate::flow) timeout_seconds: u32,
    /// The name of the answer, and the JSON pointer to it.
    pub(in crate::flow) keep: Vec<(Word, Word)>,
    pub(in crate::flow) when: Vec<(Word, TargetDraft)>,
}

#[derive(Debug)]
pub(in crate::flow) enum HeaderDraft {
    Plain(Word),
    Secret(Word),
}

impl TreeDraft {
    /// As JSON, its words as they stand.
    pub(in crate::flow) fn json(&self) -> serde_json::Value {
        match self {
            TreeDraft::Null => serde_json::Value::Null,
            TreeDraft::Flag(flag) => (*flag).into(),
            TreeDraft::Number(number) => number.clone().into(),
            TreeDraft::Words(word) => word.text.clone().into(),
            TreeDraft::List(items) => items.iter().map(TreeDraft::json).collect(),
            TreeDraft::Map(entries) => {
                entries.iter().map(|(key, item)| (key.clone(), item.json())).collect()
            }
        }
    }
}

/// JSON as YAML writes it.
#[derive(Debug)]
pub(in crate::flow) enum TreeDraft {
    Null,
    Flag(bool),
    Number(serde_json::Number),
    Words(Word),
    List(Vec<TreeDraft>),
    Map(Vec<(String, TreeDraft)>),
}

#[derive(Debug)]
pub(in crate::flow) struct AskDraft {
    pub(in crate::flow) message: Word,
    pub(in crate::flow) answer: AnswerDraft,
    pub(in crate::flow) when: Vec<(Word, TargetDraft)>,
    pub(in crate::flow) optional: bool,
    pub(in crate::flow) notice: Option<Word>,
    pub(in crate::flow) template: Option<Word>,
}

#[derive(Debug)]
pub(in crate::flow) enum AnswerDraft {
    OneOf(ChoicesDraft),
    AnyOf(ManyDraft),
    Ranked(ManyDraft),
    YesNo(Place),
    Number {
        from: i64,
        to: i64,
    },
    Year {
        adult: bool,
    },
    Age {
        adult: bool,
    },
    Date {
        from: Option<Bound>,
        to: Option<Bound>,
    },
    Booth {
        to: i64,
    },
    Message(Vec<SentKind>),
    Assembly {
        district: Option<Word>,
    },
    Pattern(Word),
    Ballot(BallotDraft),
    /// One of the answers that are a name and nothing else.
    Plain(Word),
}

/// What of a poll is asked, and the texts said of an answer.
#[derive(Debug)]
pub(in crate::flow) struct BallotDraft {
    pub(in crate::flow) part: Part,
    /// Where the answer stands.
    pub(in crate::flow) place: Place,
    pub(in crate::flow) noted: Option<Word>,
    pub(in crate::flow) plain: Option<Word>,
    pub(in crate::flow) receipt: Option<Word>,
}

/// The choices of a question and how they are ordered.
#[derive(Debug, Default)]
pub(in crate::flow) struct ChoicesDraft {
    pub(in crate::flow) list: Vec<ChoiceDraft>,
    pub(in crate::flow) shuffle: bool,
    /// So many at the end of the list are never shuffled.
    pub(in crate::flow) last: usize,
}

impl ChoicesDraft {
    /// The ids, in order.
    pub(in crate::flow) fn ids(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|choice| choice.id.text.as_str())
    }
}

/// Choices of which one message may name several.
#[derive(Debug)]
pub(in crate::flow) struct ManyDraft {
    pub(in crate::flow) choices: ChoicesDraft,
    pub(in crate::flow) at_least: usize,
    pub(in crate::flow) at_most: usize,
}

#[derive(Debug)]
pub(in crate::flow) struct ChoiceDraft {
    pub(in crate::flow) id: Word,
    pub(in crate::flow) condition: Option<Word>,
}

#[derive(Debug)]
pub(in crate::flow) enum ActionDraft {
    EnrolMember(Place, Option<Term>),
    RenewMembership(Term),
    UpdateMember(Place),
    LeaveMembership,
    DisownMembership,
    HandOver,
    Withdraw(Vec<Word>),
    Consent(Vec<Word>),
    Restore,
    Language(Word),
    Request {
        kind: Word,
        /// The answers that go with it.
        with: Vec<Word>,
        /// Written as a bare word: one of the rights of the person.
        right: bool,
    },
}

#[derive(Debug)]
pub(in crate::flow) enum TargetDraft {
    Step(Word),
    Flow(Word),
    Call(Word),
    End,
    /// `end: result`.
    Result(Word),
}

impl StepDraft {
    /// Everywhere it may lead, as it was written.
    pub(in crate::flow) fn targets(&self) -> Vec<&TargetDraft> {
        let mut targets: Vec<&TargetDraft> = match &self.kind {
            KindDraft::Ask(ask) => ask.when.iter().map(|(_, target)| target).collect(),
            KindDraft::Branch(ways) => ways.iter().map(|(_, target)| target).collect(),
            KindDraft::Limit { otherwise, .. } => vec![otherwise],
            KindDraft::Call { when, .. } => when.iter().map(|(_, target)| target).collect(),
            KindDraft::Wait { reply, .. } => reply.iter().collect(),
            KindDraft::Fetch(fetch) => fetch.when.iter().map(|(_, target)| target).collect(),
            KindDraft::Say { .. }
            | KindDraft::Do(_)
            | KindDraft::Goto
            | KindDraft::Handoff(_)
            | KindDraft::Count(_)
            | KindDraft::Broken => Vec::new(),
        };
        targets.extend(&self.next);
        targets
    }
}

impl FlowDraft {
    /// The first step behind this place that no way leads to, by name or from the step above.
    pub(in crate::flow) fn led_to_by_none(&self, place: Place) -> Option<&StepDraft> {
        let named = |name: &str| {
            self.steps
                .iter()
                .flat_map(StepDraft::targets)
                .any(|target| matches!(target, TargetDraft::Step(step) if step.text == name))
        };
        let mut pairs = self.steps.iter().zip(self.steps.iter().skip(1));
        let lost = pairs.find(|(above, step)| {
            let behind = step.name.place.start > place.start;
            behind && above.next.is_some() && !named(&step.name.text)
        });
        lost.map(|(_, step)| step)
    }

    /// What the flow can end with, each name once, where it stands first.
    pub(in crate::flow) fn results(&self) -> Vec<&Word> {
        let mut results: Vec<&Word> = Vec::new();
        for target in self.steps.iter().flat_map(StepDraft::targets) {
            if let TargetDraft::Result(name) = target
                && !results.iter().any(|known| known.text == name.text)
            {
                results.push(name);
            }
        }
        results
    }

    /// Whether it can end without a result.
    pub(in crate::flow) fn ends_plainly(&self) -> bool {
        let mut targets = self.steps.iter().flat_map(StepDraft::targets);
        targets.any(|target| matches!(target, TargetDraft::End))
    }

    /// Where an answer is kept under this name: at a question, a count, or in an HTTP call.
    pub(in crate::flow) fn keeps_at(&self, name: &str) -> Option<Place> {
        self.steps.iter().find_map(|step| match &step.kind {
            KindDraft::Fetch(fetch) => fetch
                .keep
                .iter()
                .find(|(known, _)| known.text == name)
                .map(|(known, _)| known.place),
            KindDraft::Ask(_) | KindDraft::Count(_) if step.name.text == name => {
                Some(step.name.place)
            }
            _ => None,
        })
    }

    /// Whether a count, or an HTTP call of it, keeps an answer under this name.
    pub(in crate::flow) fn keeps(&self, name: &str) -> bool {
        self.steps.iter().any(|step| match &step.kind {
            KindDraft::Fetch(fetch) => fetch.keep.iter().any(|(known, _)| known.text == name),
            KindDraft::Count(_) => step.name.text == name,
            _ => false,
        })
    }
}

impl FlowDraft {
    /// Whether every step of the file could be read.
    pub(in crate::flow) fn is_whole(&self) -> bool {
        self.whole && !self.steps.iter().any(|step| matches!(step.kind, KindDraft::Broken))
    }

    /// A flow of which nothing is known but where it stands.
    fn named(name: Word) -> FlowDraft {
        FlowDraft {
            name,
            about: String::new(),
            words: Vec::new(),
            link: None,
            default: None,
            steps: Vec::new(),
            remind: None,
            expires: None,
            whole: false,
            start: None,
            strays: false,
        }
    }

    /// What can be guessed of a file that is no YAML: lines that look like the names of steps. What
    /// leads there from elsewhere is then no mistake.
    pub(in crate::flow) fn guessed(stem: &str, file: usize, text: &str) -> FlowDraft {
        let place = Place { file, start: 0, end: 0 };
        let mut draft = FlowDraft::named(Word { text: stem.to_owned(), place });
        for line in text.lines() {
            let content = line.trim_start();
            let indent = line.len() - content.len();
            let Some((name, _)) = content.split_once([':', ' ', '{']) else { continue };
            let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if (1..=4).contains(&indent) && plain && !name.is_empty() {
                let name = Word { text: name.to_owned(), place };
                draft.steps.push(StepDraft { name, kind: KindDraft::Broken, next: None });
            }
        }
        draft
    }
}
