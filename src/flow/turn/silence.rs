//! What a person is answered in the silence before the poll of their seat: once, that their message came.
//!
//! Their conversation stays where it is, for what it would say next may not be said; they are told when to
//! write again. Only a withdrawal is heard at once, and its undoing: to stop everything is nobody's election matter. An
//! answer to a poll that the law lets be taken in is sealed and acknowledged without a word of it; of one that is not,
//! they are told.

use super::{Run, Trace, turn_walked};
use crate::fact::{Consent, Fact};
use crate::flow::ways::Passed;
use crate::flow::{Event, Flows, Outcome, Turn};
use crate::message::{InboundContent, Purpose};

/// One turn in the silence. `first`: nothing of the person was answered in this silence yet.
#[must_use]
pub fn turn_in_silence(flows: &Flows, turn: &Turn<'_>, first: bool) -> Outcome {
    silent_turn_walked(flows, turn, first).0
}

/// The same, with the names of the texts that were said, and the steps and ways it took.
#[must_use]
pub fn silent_turn_walked(
    flows: &Flows,
    turn: &Turn<'_>,
    first: bool,
) -> (Outcome, Trace, Vec<Passed>) {
    let heard = turn_walked(flows, turn);
    if !matches!(turn.event, Event::Message { .. } | Event::Rang { .. }) {
        // What it says is held back by the gate.
        return heard;
    }
    let (mut outcome, trace, passed) = heard;
    let withdraws =
        outcome.facts.iter().any(|fact| matches!(fact, Fact::Consent(word) if !word.given));
    if withdraws || undoes_a_withdrawal(&outcome.facts, turn) {
        for reply in &mut outcome.replies {
            reply.purpose = Purpose::Acknowledgment;
        }
        return (outcome, trace, passed);
    }
    let said_that_opinion_rests = flows
        .text(flows.common.opinion_rests)
        .is_some_and(|text| trace.iter().flatten().any(|key| *key == text.key));
    let is_edited =
        matches!(turn.event, Event::Message { content: InboundContent::Edited { .. }, .. });
    let mut run = Run::new(flows, turn);
    run.secret = outcome.secret;
    let is_with_the_office = turn.contact.handed_over || run.session.muted;
    if outcome.cast.is_some() {
        run.say(flows.common.opinion_kept);
    } else if said_that_opinion_rests {
        // Whoever answered, or wanted to, must not think that it was taken.
        run.say_opinion_rests();
    } else if first && !is_with_the_office && !is_edited {
        run.say(flows.common.silence);
    }
    let (mut silent, trace) = run.outcome_traced();
    for reply in &mut silent.replies {
        reply.purpose = Purpose::Acknowledgment;
    }
    if outcome.cast.is_some() {
        // It is stored, and the conversation stands behind it.
        let replies = std::mem::take(&mut silent.replies);
        let Outcome { session, timers, cast, secret, .. } = outcome;
        silent = Outcome { session, replies, timers, cast, secret, ..silent };
    }
    (silent, trace, Vec::new())
}

/// Whether all that the turn makes true is that what the person took back is given again.
fn undoes_a_withdrawal(facts: &[Fact], turn: &Turn<'_>) -> bool {
    let took_back = |word: &Consent| {
        let mut known = turn.contact.consents.iter();
        known.any(|known| known.purpose == word.purpose && !known.given)
    };
    let is_undone = |fact: &Fact| matches!(fact, Fact::Consent(word) if took_back(word));
    !facts.is_empty() && facts.iter().all(is_undone)
}
