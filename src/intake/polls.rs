//! What polls ask the person of a lane, and what becomes of an answer: sealed after its turn, told in memory alone, and
//! written nowhere in clear (docs/secrecy.md).

use std::sync::Arc;

use jiff::Timestamp;

use super::lane::{Item, Lane};
use super::shard::Source;
use crate::ballot_box::{BallotBox, LatePoll, NotSealed, OpenPoll};
use crate::calendar::{Calendar, Recess};
use crate::clock::Ids;
use crate::contact::Contact;
use crate::flow::{self, Ballot, Effect, Flows, Outcome, Over, ReceiptCheck, asks_receipt};
use crate::geography::Geography;
use crate::message::{Inbound, Reply};
use crate::poll::asked::{Asked, Voter};
use crate::poll::envelope::PollId;
use crate::poll::file::Poll;
use crate::poll::order::order;
use crate::poll::receipt::{Receipt, SaidReceipt};
use crate::records::{Cast, Records, RecordsError, Snapshot, Standing};

/// A voter of a poll that is open, or was until lately, by this contact.
#[derive(Clone, Debug)]
pub(super) struct Stands {
    pub standing: Standing,
    /// The receipt of the answer that counts, where somebody asked for it or it was just given.
    pub receipt: Option<String>,
}

/// Where the contact stands in the polls. Read behind the contact's state, so that a turn which wins knows of every
/// answer given before it.
pub(super) async fn stands_of(
    ballots: Option<&BallotBox>,
    records: &Records,
    contact: i64,
    with_receipts: bool,
) -> Result<Vec<Stands>, RecordsError> {
    let Some(ballots) = ballots.filter(|ballots| ballots.is_in_use()) else {
        return Ok(Vec::new());
    };
    let standings = records.standings(&[contact]).await?.into_iter().next().unwrap_or_default();
    let mut stands = Vec::with_capacity(standings.len());
    for standing in standings {
        if !standing.is_bound {
            let Standing { poll, voter, .. } = standing;
            tracing::error!(
                poll,
                voter,
                "a row of a roster was pointed at another phone in the database; nobody answers by it"
            );
        }
        let mut receipt = None;
        if with_receipts && standing.answered.is_some() {
            receipt = ballots.receipt(&standing).await?.map(|receipt| receipt.to_string());
        }
        stands.push(Stands { standing, receipt });
    }
    Ok(stands)
}

/// A message that asks for receipts, or whether one is theirs.
pub(super) fn wants_receipts(item: &Item) -> bool {
    asks_about(item).is_some()
}

/// What a message asks about receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AsksAbout {
    /// The word alone: to be shown one, or how one is checked.
    Any,
    This(SaidReceipt),
}

impl AsksAbout {
    pub(super) fn receipt(self) -> Option<SaidReceipt> {
        match self {
            AsksAbout::Any => None,
            AsksAbout::This(said) => Some(said),
        }
    }
}

/// What was found for such a message.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    asks: AsksAbout,
    /// `None`: there is no poll of which a receipt could be.
    check: Option<ReceiptCheck>,
}

/// What a message asks about receipts; `None`: it is of something else.
pub(super) fn asks_about(item: &Item) -> Option<AsksAbout> {
    if item.source != Source::Message {
        return None;
    }
    let text = item.inbound.content.text()?;
    if asks_receipt(text) {
        return Some(AsksAbout::Any);
    }
    Receipt::of_message(text).map(AsksAbout::This)
}

/// Looks on the published rolls.
pub(super) async fn checked(
    ballots: Option<&BallotBox>,
    asks: Option<AsksAbout>,
) -> Result<Option<Checked>, RecordsError> {
    let Some(asks) = asks else { return Ok(None) };
    let Some(ballots) = ballots else { return Ok(Some(Checked { asks, check: None })) };
    let said = asks.receipt();
    let found = ballots.on_rolls(said.map(|said| said.receipt)).await?;
    let has_rolls = found.is_some();
    let check = ReceiptCheck {
        receipt: said.map(|said| said.receipt.to_string()),
        is_named: said.is_some_and(|said| said.is_named),
        has_rolls,
        on: found.unwrap_or_default(),
    };
    let may_be_one = has_rolls || ballots.is_in_use();
    Ok(Some(Checked { asks, check: may_be_one.then_some(check) }))
}

/// What was found for this message; of one that asks nothing it stays for the one behind it.
pub(super) fn check_of(found: &mut Option<Checked>, item: &Item) -> Option<ReceiptCheck> {
    let asks = asks_about(item)?;
    found.take().filter(|found| found.asks == asks)?.check
}

/// The polls of a moment, held while a turn is made of them.
pub(super) struct Polls {
    open: Arc<Vec<Arc<OpenPoll>>>,
    /// What is said of them is kept by nobody, and nobody is asked.
    late: Arc<Vec<Arc<LatePoll>>>,
}

impl Polls {
    pub(super) fn of(ballots: Option<&BallotBox>) -> Polls {
        Polls {
            open: ballots.map(BallotBox::open_polls).unwrap_or_default(),
            late: ballots.map(BallotBox::late_polls).unwrap_or_default(),
        }
    }

    /// A poll by its number, and what decides the order of its candidates.
    fn poll(&self, id: i64) -> Option<(&Poll, &[u8; 32], PollId)> {
        let open = self.open.iter().find(|open| open.id == id);
        let open = open.map(|open| (&open.poll, &open.order_key, open.poll_id));
        let late = || self.late.iter().find(|late| late.id == id);
        open.or_else(|| late().map(|late| (&late.poll, &late.order_key, late.poll_id)))
    }

    /// What they ask these voters, whether now or not: a poll that opens tomorrow or closed yesterday is asked of
    /// nobody, and what is said of it is kept by nobody either. `recess`: of the seats of a voter.
    pub(super) fn asked(
        &self,
        stands: &[Stands],
        geography: &Geography,
        recess: impl Fn(&Standing) -> Option<Recess>,
    ) -> Vec<Asked<'_>> {
        let mut asked = Vec::with_capacity(stands.len());
        for Stands { standing, receipt } in stands {
            let Some((poll, order_key, poll_id)) = self.poll(standing.poll) else { continue };
            // Whoever writes by a row that was pointed at their phone is not asked; what they say may be an answer all
            // the same.
            if !standing.is_bound {
                continue;
            }
            let number = standing.origin.seat;
            let Some(seat) = poll.seats.iter().find(|seat| seat.number == number) else {
                continue;
            };
            let candidates = u8::try_from(seat.candidates.len()).unwrap_or(u8::MAX);
            let shown = order(order_key, poll_id, standing.voter, candidates);
            let voter = Voter {
                poll: standing.poll,
                voter: standing.voter,
                who: standing.name.clone(),
                answered: standing.answered,
                receipt: receipt.clone(),
                recess: recess(standing),
            };
            asked.push(Asked::new(poll, seat, voter, shown, geography));
        }
        asked
    }

    /// Whether a poll that asks one of these voters is shut here.
    pub(super) fn lacks_key(&self, stands: &[Stands]) -> bool {
        let mut open = stands.iter().filter(|one| one.standing.is_open);
        open.any(|one| self.poll(one.standing.poll).is_none())
    }

    /// What became of the polls on whose rosters the contact stands, for when none asks them now.
    pub(super) fn over(&self, stands: &[Stands], now: Timestamp) -> Option<Over> {
        if self.lacks_key(stands) {
            return Some(Over::Shut);
        }
        let rows = stands.iter().map(|one| &one.standing).filter(|standing| standing.is_bound);
        first_told(rows.map(|standing| {
            let id = standing.poll;
            if self.late.iter().any(|late| late.id == id && late.is_cancelled) {
                Over::Cancelled
            } else if self.open.iter().any(|open| open.id == id && now < open.poll.opens) {
                Over::Soon
            } else {
                Over::Closed { answered: standing.answered.is_some() }
            }
        }))
    }

    /// Of these those that take an answer now.
    pub(super) fn open<'a>(
        &self,
        asked: &'a [Asked<'_>],
        stands: &[Stands],
        now: Timestamp,
    ) -> Vec<&'a dyn Ballot> {
        let mut open: Vec<&dyn Ballot> = Vec::with_capacity(asked.len());
        for ballot in asked {
            let poll = self.open.iter().find(|open| open.id == ballot.poll());
            let is_closing = || {
                let of_it = stands.iter().filter(|one| one.standing.poll == ballot.poll());
                of_it.map(|one| one.standing.is_open).any(|is_open| !is_open)
            };
            if poll.is_some_and(|open| open.poll.is_open(now)) && !is_closing() {
                open.push(ballot);
            }
        }
        open
    }
}

/// Of what became of several polls the one a person hears: that their answer came is worth more to them than that another
/// poll is to begin or was given up, whichever of them is newer.
fn first_told(all: impl Iterator<Item = Over>) -> Option<Over> {
    all.min_by_key(|over| match over {
        Over::Shut => 0,
        Over::Closed { answered: true } => 1,
        Over::Closed { answered: false } => 2,
        Over::Soon => 3,
        Over::Cancelled => 4,
    })
}

/// Whether a message may tell a choice, so that its row says nothing: a question of a poll waits for it, or the person
/// stands on the roster of a poll, open or closed lately, and it reads as a choice, or answers the invitation without
/// words. Of a poll whose names are not known here every message may.
pub(super) fn may_tell(
    flows: &Flows,
    base: &Snapshot,
    item: &Item,
    stands: &[Stands],
    asked: &[Asked<'_>],
) -> bool {
    if item.source != Source::Message {
        return false;
    }
    if flows.asks_ballot(base.session.as_ref()) || asked.len() < stands.len() {
        return true;
    }
    let invited = item.reached.as_ref().and_then(|reached| reached.flow.as_deref());
    let answers_without_words =
        item.inbound.content.is_wordless() && invited.is_some_and(|flow| flows.is_of_polls(flow));
    if answers_without_words && !stands.is_empty() {
        return true;
    }
    let geography = flows.geography();
    let text = item.inbound.content.text();
    text.is_some_and(|text| asked.iter().any(|ballot| ballot.may_tell(text, geography)))
}

/// Whether a turn ended a conversation in which a question of a poll was open, and did nothing else.
pub(super) fn is_given_up(flows: &Flows, base: &Snapshot, outcome: Option<&Outcome>) -> bool {
    let is_over = |outcome: &Outcome| outcome.session.is_none() && outcome.facts.is_empty();
    flows.asks_ballot(base.session.as_ref()) && outcome.is_some_and(is_over)
}

/// What follows from a message that is not written down: its medium is not fetched either.
pub(super) fn unfetched(effects: &mut Vec<Effect>) {
    effects.retain(|effect| !matches!(effect, Effect::Keep { .. }));
}

/// The assembly seats at which a contact is asked: their own, and those they answer for; `None` is not known.
pub(super) fn seats_of(contact: &Contact, stands: &[Stands]) -> Vec<Option<u16>> {
    let assemblies = stands.iter().map(|one| one.standing.origin.cell.assembly);
    let answered_for = assemblies.filter(|assembly| *assembly != 0).map(Some);
    std::iter::once(contact.seat()).chain(answered_for).collect()
}

/// When asking a voter may go on: the law looks at the seat of the person and at the one they answer for.
pub(super) fn recess_of(
    calendar: &Calendar,
    contact: &Contact,
    standing: &Standing,
    now: Timestamp,
) -> Option<Recess> {
    let assembly = standing.origin.cell.assembly;
    let own = contact.seat();
    let voter = if assembly == 0 { own } else { Some(assembly) };
    calendar.recess(&[own, voter], now)
}

/// The message as it is written down.
pub(super) fn row_of(message: &Inbound, may_tell: bool) -> Inbound {
    if may_tell { flow::without_words(message.clone()) } else { message.clone() }
}

/// An answer as it is committed and told.
pub(super) struct SealedAnswer {
    pub cast: Option<Cast>,
    /// The replies as they leave when this process sends them.
    pub told: Vec<Reply>,
}

/// Seals the answer of a turn, and puts its receipt into what is told. What the lane knows of its voters goes on with it.
pub(super) fn seal(
    outcome: &mut Outcome,
    stands: &mut [Stands],
    ballots: Option<&BallotBox>,
    ids: &Ids,
    at: Timestamp,
) -> Result<SealedAnswer, NotSealed> {
    let mut told = outcome.replies.clone();
    let mut cast = None;
    let mut shown = None;
    if let Some(answer) = outcome.cast.take() {
        let is_voter = |stands: &&mut Stands| {
            (stands.standing.poll, stands.standing.voter) == (answer.poll, answer.voter)
        };
        let ballots = ballots.ok_or(NotSealed::Shut)?;
        let stands = stands.iter_mut().find(is_voter).ok_or(NotSealed::Shut)?;
        let (sealed, receipt) = ballots.seal(&stands.standing, answer.answers.parts(), ids)?;
        stands.standing.answered = Some(at);
        stands.standing.answers = sealed.number;
        shown = receipt.map(|receipt| receipt.to_string());
        if shown.is_some() {
            stands.receipt.clone_from(&shown);
        }
        cast = Some(sealed);
    }
    for unkept in outcome.unkept.drain(..) {
        if let Some(reply) = told.get_mut(unkept.reply) {
            reply.content = unkept.with_receipt(shown.as_deref().unwrap_or_default());
        }
    }
    Ok(SealedAnswer { cast, told })
}

impl Lane {
    /// Whether the message whose turn it is asks about a receipt that nobody looked for.
    pub(super) fn lacks_check(&self) -> bool {
        let asks = self.waiting.front().and_then(asks_about);
        asks.is_some() && self.checked.as_ref().map(|checked| checked.asks) != asks
    }

    /// Whether the message whose turn it is asks for receipts that nobody has looked up.
    pub(super) fn lacks_receipts(&self) -> bool {
        !self.with_receipts
            && self.waiting.front().is_some_and(wants_receipts)
            && self
                .stands
                .iter()
                .any(|stands| stands.standing.answered.is_some() && stands.receipt.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_answer_came_hears_of_it_whatever_became_of_a_newer_poll() {
        let (answered, closed) =
            (Over::Closed { answered: true }, Over::Closed { answered: false });
        for (all, told) in [
            (vec![], None),
            (vec![Over::Cancelled], Some(Over::Cancelled)),
            (vec![Over::Cancelled, Over::Soon], Some(Over::Soon)),
            (vec![closed, Over::Soon, Over::Cancelled], Some(closed)),
            (vec![answered, closed], Some(answered)),
            (vec![answered, Over::Cancelled], Some(answered)),
            (vec![Over::Soon, answered], Some(answered)),
        ] {
            assert_eq!(first_told(all.iter().copied()), told, "{all:?}");
            assert_eq!(first_told(all.iter().rev().copied()), told, "{all:?}");
        }
    }
}
