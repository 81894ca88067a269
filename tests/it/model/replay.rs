//! The strongest promise: what the records hold of a person is what the pure engine makes of their log
//! from its beginning. Timers and providers' words leave no line in the log; where they stood in it is
//! searched for.

use std::collections::{HashMap, HashSet};

use samvad::clock::from_ms;
use samvad::contact::{ConsentNow, Contact};
use samvad::flow::{self, Event, Flows, Outcome, Rendering, Reserved, Session, Timer, Turn};
use samvad::message::{Channel, Content, Inbound, InboundContent, Lane, Purpose, Reply};

/// One line of a person's log.
#[derive(Clone, Debug)]
pub(super) enum Line {
    Theirs { id: i64, at: i64, key: String, content: InboundContent, parked: bool },
    Ours { content: Content, lane: Lane, created: i64, answers: Option<i64> },
}

/// A word about consent that a provider told.
pub(super) type Told = (Purpose, bool, Option<Channel>);

/// What the records hold of one person.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) contact: i64,
    pub(super) version: i64,
    pub(super) lines: Vec<Line>,
    pub(super) session: Option<Session>,
    /// Kind, visit and due time of each.
    pub(super) timers: HashSet<(i64, i64, i64)>,
    /// Every number as a member, the oldest first.
    pub(super) numbers: Vec<String>,
    pub(super) tickets: Vec<String>,
    /// What providers told, in the order in which it was written: the words of each time, and when.
    pub(super) told: Vec<(Vec<Told>, i64)>,
}

/// What the search looks things up in.
pub(super) struct Around<'a> {
    pub(super) flows: &'a Flows,
    /// When a key was received that the records know; by the key of an inbound or a timer.
    pub(super) received: &'a dyn Fn(&Source) -> Option<i64>,
    pub(super) inbound: &'a HashMap<String, Inbound>,
}

/// By what the records know a turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Source {
    Message(String),
    Timer(String),
}

/// How a person stands after their whole log.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) contact: Contact,
    /// Timers that were turned.
    pub(super) timers: HashSet<String>,
}

/// More turns than that are not tried for one person.
const MOST_TURNS: usize = 4_000;

/// Replays a person's log.
///
/// # Errors
/// Where it differs from what the records hold, as far as the best try came.
pub(super) fn replay(kept: &Kept, around: &Around<'_>) -> Result<End, String> {
    let mut search = Search { kept, around, turns: 0, best: (0, Vec::new()) };
    let start = State {
        at: 0,
        // Everybody in this world writes from a phone.
        contact: Contact { id: kept.contact, has_phone: true, ..Contact::default() },
        session: None,
        timers: Vec::new(),
        known_timers: Vec::new(),
        turned_timers: HashSet::new(),
        told: 0,
        numbers: 0,
        tickets: 0,
        version: 0,
    };
    if let Some(end) = search.from(&start) {
        return Ok(end);
    }
    let (line, why) = search.best;
    Err(format!(
        "the log of contact {} is not what the engine makes of it: line {line} of {} after {} turns \
         tried: {}",
        kept.contact,
        kept.lines.len(),
        search.turns,
        why.join("\n  or ")
    ))
}

/// How far a try has come.
#[derive(Clone, Debug)]
struct State {
    at: usize,
    contact: Contact,
    session: Option<Session>,
    timers: Vec<Timer>,
    /// Timers there ever were whose turn the records know, with its time.
    known_timers: Vec<(Timer, String, i64)>,
    turned_timers: HashSet<String>,
    told: usize,
    numbers: usize,
    tickets: usize,
    version: i64,
}

/// What may come next.
#[derive(Clone, Debug)]
enum Next {
    Line,
    Timer(Timer, String, i64),
    Told,
}

struct Search<'a> {
    kept: &'a Kept,
    around: &'a Around<'a>,
    turns: usize,
    /// The line that no try came beyond, and why not.
    best: (usize, Vec<String>),
}

impl Search<'_> {
    fn from(&mut self, state: &State) -> Option<End> {
        let mut candidates: Vec<(i64, Next)> = Vec::new();
        for (timer, key, received) in &state.known_timers {
            if !state.turned_timers.contains(key) {
                candidates.push((*received, Next::Timer(timer.clone(), key.clone(), *received)));
            }
        }
        if let Some((_, at)) = self.kept.told.get(state.told) {
            candidates.push((*at, Next::Told));
        }
        match self.kept.lines.get(state.at) {
            Some(line @ Line::Theirs { .. }) => {
                candidates.push((self.time_of(line, state.at), Next::Line));
            }
            None if candidates.is_empty() => return self.end(state),
            // Only a timer says something unasked.
            Some(Line::Ours { .. }) | None => {}
        }
        candidates.sort_by_key(|(time, _)| *time);
        if candidates.is_empty() {
            self.differs(state, "a line of ours that nothing explains");
        }
        for (_, next) in candidates {
            if self.turns > MOST_TURNS {
                return None;
            }
            let after = match next {
                Next::Line => self.line(state),
                Next::Timer(timer, key, received) => self.timer(state, &timer, key, received),
                Next::Told => Some(self.told(state)),
            };
            if let Some(after) = after
                && let Some(end) = self.from(&after)
            {
                return Some(end);
            }
        }
        None
    }

    fn differs(&mut self, state: &State, why: &str) {
        if state.at > self.best.0 {
            self.best = (state.at, Vec::new());
        }
        if state.at == self.best.0 && self.best.1.len() < 6 {
            let line = self.kept.lines.get(state.at);
            self.best.1.push(format!("{why}; the line is {line:?}"));
        }
    }

    /// When the turn of a line was made.
    fn time_of(&self, line: &Line, at: usize) -> i64 {
        let Line::Theirs { id, key, at: wrote, .. } = line else { return 0 };
        if let Some(Line::Ours { created, answers, .. }) = self.kept.lines.get(at + 1)
            && *answers == Some(*id)
        {
            return *created;
        }
        (self.around.received)(&Source::Message(key.clone())).unwrap_or(*wrote)
    }

    fn line(&mut self, state: &State) -> Option<State> {
        let line = self.kept.lines.get(state.at)?;
        let Line::Theirs { id, key, content, parked, at } = line else { return None };
        let mut after = state.clone();
        after.at += 1;
        if !content.is_turned() {
            if matches!(content, InboundContent::IdentityChanged { .. }) {
                after.version += 1;
            }
            return Some(after);
        }
        after.version += 1;
        let now = self.time_of(line, state.at);
        let received = (self.around.received)(&Source::Message(key.clone()));
        let Some(received) = received else {
            self.differs(state, "its key is not among the inbound keys");
            return None;
        };
        after.contact.last_inbound = after.contact.last_inbound.max(Some(from_ms(*at)));
        let outcome = if *parked {
            Outcome {
                session: state.session.clone(),
                replies: flow::parked_reply(
                    self.around.flows,
                    state.contact.language,
                    flow::Rendering::Whatsapp,
                )
                .into_iter()
                .collect(),
                facts: Vec::new(),
                timers: state.timers.clone(),
                effects: Vec::new(),
                unsaid: Vec::new(),
                cast: None,
                unkept: Vec::new(),
                secret: false,
            }
        } else {
            let Some(inbound) = self.around.inbound.get(key) else {
                self.differs(state, "nobody ever sent it");
                return None;
            };
            let event = Event::Message { content, sent_at: inbound.sent_at };
            self.turn(state, now, event)
        };
        self.take(state, after, outcome, received, Some(*id))
    }

    fn timer(&mut self, state: &State, timer: &Timer, key: String, received: i64) -> Option<State> {
        let mut after = state.clone();
        after.version += 1;
        after.turned_timers.insert(key);
        let now = match self.kept.lines.get(state.at) {
            Some(Line::Ours { created, answers: None, .. }) => *created,
            _ => received,
        };
        let outcome = self.turn(state, now, Event::Timer { kind: timer.kind, visit: timer.visit });
        self.take(state, after, outcome, received, None)
    }

    fn told(&self, state: &State) -> State {
        let mut after = state.clone();
        after.version += 1;
        after.told += 1;
        let Some((words, at)) = self.kept.told.get(state.told) else { return after };
        for (purpose, given, only) in words {
            let (purpose, given, only) = (*purpose, *given, *only);
            let younger =
                |known: &ConsentNow| known.purpose == purpose && known.at.as_millisecond() > *at;
            if !after.contact.consents.iter().any(younger) {
                after.contact.hear(ConsentNow { purpose, given, at: from_ms(*at), only });
            }
        }
        after
    }

    fn turn(&mut self, state: &State, now: i64, event: Event<'_>) -> Outcome {
        self.turns += 1;
        let nothing = || "none".to_owned();
        let reserved = Reserved {
            member_number: self.kept.numbers.get(state.numbers).cloned().unwrap_or_else(nothing),
            ticket: self.kept.tickets.get(state.tickets).cloned().unwrap_or_else(nothing),
        };
        flow::turn(
            self.around.flows,
            &Turn {
                now: from_ms(now),
                seed: 0,
                contact: &state.contact,
                rendering: Rendering::Whatsapp,
                session: state.session.as_ref(),
                event,
                reserved: &reserved,
                reached: None,
                ballots: &[],
                checked: None,
                over: None,
            },
        )
    }

    /// Takes an outcome over when the log goes on with its replies.
    fn take(
        &mut self,
        state: &State,
        mut after: State,
        outcome: Outcome,
        received: i64,
        inbound: Option<i64>,
    ) -> Option<State> {
        // What is done after the commit is no line of the log.
        let Outcome { session, replies, facts, timers, .. } = outcome;
        for (place, reply) in replies.iter().enumerate() {
            if !self.is_said(after.at, reply, inbound) {
                let why = format!("reply {place} should be {reply:?}, {} of them", replies.len());
                self.differs(&State { at: after.at, ..state.clone() }, &why);
                return None;
            }
            after.at += 1;
        }
        if let Some(Line::Ours { answers: Some(answers), .. }) = self.kept.lines.get(after.at)
            && Some(*answers) == inbound
        {
            self.differs(&after, "a reply too many");
            return None;
        }
        for fact in &facts {
            use samvad::fact::Fact;
            match fact {
                Fact::EnrolMember(member)
                    if state.contact.membership.is_none()
                        && self.kept.numbers.get(state.numbers) == Some(&member.number) =>
                {
                    after.numbers += 1;
                }
                Fact::EnrolMember(_) if state.contact.membership.is_none() => {
                    self.differs(state, "it makes a member and there is none");
                    return None;
                }
                Fact::Request { .. } if state.tickets >= self.kept.tickets.len() => {
                    self.differs(state, "it makes a request and there is none");
                    return None;
                }
                Fact::Request { .. } => after.tickets += 1,
                _ => {}
            }
            after.contact.apply(fact, from_ms(received));
        }
        for timer in &timers {
            let key = timer_key(self.kept.contact, timer);
            let is_new = !after.known_timers.iter().any(|(_, known, _)| *known == key);
            if is_new && let Some(received) = (self.around.received)(&Source::Timer(key.clone())) {
                after.known_timers.push((timer.clone(), key, received));
            }
        }
        after.session = session;
        after.timers = timers;
        Some(after)
    }

    /// Whether the log says at this place what the engine says.
    fn is_said(&self, at: usize, reply: &Reply, inbound: Option<i64>) -> bool {
        let Some(Line::Ours { content, lane, answers, .. }) = self.kept.lines.get(at) else {
            return false;
        };
        *content == reply.content && *lane == reply.lane && *answers == inbound
    }

    /// The log is over: everything else the records hold must follow from it.
    fn end(&mut self, state: &State) -> Option<End> {
        let kept = self.kept;
        let timers: HashSet<(i64, i64, i64)> = state
            .timers
            .iter()
            .map(|timer| (timer.kind.code(), i64::from(timer.visit), timer.due.as_millisecond()))
            .collect();
        let wrong = if state.session != kept.session {
            format!("the session is {:?} and should be {:?}", kept.session, state.session)
        } else if timers != kept.timers {
            format!("the timers are {:?} and should be {timers:?}", kept.timers)
        } else if state.version != kept.version {
            format!("the version is {} and should be {}", kept.version, state.version)
        } else if state.numbers != kept.numbers.len() || state.tickets != kept.tickets.len() {
            "there are members or requests that nothing explains".to_owned()
        } else {
            let mut contact = state.contact.clone();
            contact.version = state.version;
            return Some(End { contact, timers: state.turned_timers.clone() });
        };
        self.differs(state, &wrong);
        None
    }
}

/// The inbound key of a timer's turn.
fn timer_key(contact: i64, timer: &Timer) -> String {
    let (kind, due) = (timer.kind.code(), timer.due.as_millisecond());
    format!("timer:{contact}:{kind}:{}:{due}", timer.visit)
}
