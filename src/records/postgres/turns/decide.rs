//! Who wins: the rule of `records::TurnCommit`, over a whole set of turns, with the contacts locked.

use std::collections::{HashMap, HashSet};

use tokio_postgres::Row;

use super::ready::{self, ReadyLine, ReadyTurn, Trace};
use super::rows::{Line, Rows};
use crate::message::{OutgoingId, Status};
use crate::records::common::{FROM_PERSON, FROM_US, ReadyFact, Told, place};
use crate::records::postgres::fault::Fault;
use crate::records::postgres::job::Ask;
use crate::records::postgres::polls::Casting;
use crate::records::postgres::sql::{get, get_bool};
use crate::records::postgres::tx::Tx;
use crate::records::totals::Total;
use crate::records::{RecordsError, Verdict, inject};

/// What a contact's row says, and will say after the turns that won so far.
pub(super) struct State {
    pub(super) version: i64,
    pub(super) last_message: Option<i64>,
    pub(super) last_inbound: Option<i64>,
    pub(super) road_channel: Option<i64>,
    pub(super) road_account: Option<String>,
    pub(super) road_inbound: Option<i64>,
    /// Whether an address of theirs was ever given up.
    pub(super) gave_up: bool,
    /// Whether an earlier reply to them stands in the queue.
    reply_waits: bool,
    /// Roads used before the present one.
    roads: HashMap<(i64, String), Option<i64>>,
}

/// A set of turns on its way.
pub(super) struct Group {
    pub(super) states: HashMap<i64, State>,
    known: HashSet<(i64, i64)>,
    /// Fresh numbers, the lowest at the end.
    ids: Vec<i64>,
    pub(super) rows: Rows,
    /// The places in the set of turns whose sender is another contact by now.
    pub(super) strangers: HashSet<usize>,
    /// The voters whose polls are open, with their contacts: how often they answered, with the turns that won so far.
    pub(super) may_cast: HashMap<Casting, i64>,
    /// The turns that won and brought facts, by their place in the set, with their inbound's line.
    told: Vec<(usize, Option<i64>)>,
    decided: usize,
    /// A test wants the server to refuse one of them.
    pub(super) fails: bool,
}

impl Group {
    pub(super) fn read(
        states: &[Row],
        roads: &[Row],
        known: &[Row],
        ids: &[Row],
        waiting: &[Row],
    ) -> Result<Group, Fault> {
        let mut by_contact = HashMap::with_capacity(states.len());
        for row in states {
            let state = State {
                version: get(row, 1)?,
                last_message: get(row, 2)?,
                last_inbound: get(row, 3)?,
                road_channel: get(row, 4)?,
                road_account: get(row, 5)?,
                road_inbound: get(row, 6)?,
                gave_up: get_bool(row, 7)?,
                reply_waits: false,
                roads: HashMap::new(),
            };
            by_contact.insert(get::<i64>(row, 0)?, state);
        }
        for row in roads {
            if let Some(state) = by_contact.get_mut(&get::<i64>(row, 0)?) {
                state.roads.insert((get(row, 1)?, get(row, 2)?), get(row, 3)?);
            }
        }
        for row in waiting {
            if let Some(state) = by_contact.get_mut(&get::<i64>(row, 0)?) {
                state.reply_waits = true;
            }
        }
        let mut keys = HashSet::with_capacity(known.len());
        for row in known {
            keys.insert((get(row, 0)?, get(row, 1)?));
        }
        let mut fresh = Vec::with_capacity(ids.len());
        for row in ids {
            fresh.push(get::<i64>(row, 0)?);
        }
        fresh.sort_unstable_by(|one, other| other.cmp(one));
        Ok(Group {
            states: by_contact,
            known: keys,
            ids: fresh,
            rows: Rows::default(),
            strangers: HashSet::new(),
            may_cast: HashMap::new(),
            told: Vec::new(),
            decided: 0,
            fails: false,
        })
    }

    /// Decides one turn, and notes the rows of one that wins.
    pub(super) fn decide(
        &mut self,
        ask: &mut Ask<ReadyTurn, Verdict>,
        tx: &mut Tx,
    ) -> Result<(), Fault> {
        let at = self.decided;
        self.decided += 1;
        let turn = &ask.input;
        let Some(state) = self.states.get_mut(&turn.contact) else {
            let reason = format!("there is no contact {}", turn.contact);
            ask.refused = Some(RecordsError::Refused(reason));
            turn.chain.break_at(turn.place);
            return Ok(());
        };
        let stands_on_a_loser = turn.chain.is_broken_before(turn.place);
        let is_known = self.known.contains(&turn.key_halves);
        let lost = if is_known {
            Some(Verdict::Duplicate)
        } else if state.version != turn.expected_version || stands_on_a_loser {
            Some(Verdict::Conflict)
        } else if self.strangers.contains(&at) {
            Some(Verdict::Stranger)
        } else if let Some(cast) = &turn.cast
            && self.may_cast.get(&(cast.poll, cast.voter, turn.contact)) != Some(&(cast.number - 1))
        {
            Some(Verdict::Conflict)
        } else {
            None
        };
        if lost.is_some() {
            turn.chain.break_at(turn.place);
            ask.done = lost;
            return Ok(());
        }
        if turn.parked.is_none() {
            match tx.faults.strikes(&turn.key) {
                None => {}
                Some(inject::Fault::Panic { .. }) => std::panic::panic_any("injected"),
                Some(_) => self.fails = true,
            }
        }
        // It won: from here on rows are noted.
        self.known.insert(turn.key_halves);
        self.rows.take_key(turn.key_halves, turn.received);
        state.version += 1;
        let version = state.version;

        let mut inbound = None;
        let mut first_line = None;
        if let Some(line) = &turn.inbound {
            let id = log(&mut self.ids, &mut self.rows, state, turn, line, FROM_PERSON)?;
            (inbound, first_line) = (Some(id), Some(id));
            if let Some(reason) = &turn.parked {
                self.rows.park(id, turn.contact, reason.clone(), turn.received);
                tx.totals.add(Total::Parked, 1);
            }
        }
        let claimed = turn.claim && !state.reply_waits;
        let (status, epoch) =
            if claimed { (Status::Claimed, Some(tx.epoch)) } else { (Status::Queued, None) };
        let answers = inbound.filter(|_| turn.wrote.is_some() && turn.channel == turn.road.channel);
        let mut outgoing = Vec::with_capacity(turn.replies.len());
        for reply in &turn.replies {
            let id = log(&mut self.ids, &mut self.rows, state, turn, &reply.line, FROM_US)?;
            first_line = first_line.or(Some(id));
            self.rows.queue(id, turn, reply, status.code(), epoch, answers);
            outgoing.push(OutgoingId { id, created_ms: turn.created });
        }
        tx.totals.moved(None, status, outgoing.len());
        self.rows.effects(turn, inbound);
        if let Some(cast) = &turn.cast {
            self.may_cast.insert((cast.poll, cast.voter, turn.contact), cast.number);
            self.rows.casts.add(cast, turn.received);
        }
        state.walk(turn, &mut self.rows);
        match (&turn.parked, turn.wrote) {
            (None, _) => self.rows.conversation(turn, version),
            // The timer that cannot be turned would come again every minute.
            (Some(_), None) if !turn.is_of_effect => {
                self.rows.drop_due_timers(turn.contact, turn.received);
            }
            (Some(_), _) => {}
        }
        if !turn.facts.is_empty() {
            self.told.push((at, inbound));
        }
        let verdict = Verdict::Won { version, outgoing, claimed };
        *turn.trace.lock() = first_line.map(|row| Trace { row, verdict: verdict.clone() });
        ask.done = Some(verdict);
        Ok(())
    }

    /// The facts of the winners, in the order of the turns.
    pub(super) fn facts_of<'a>(
        &self,
        asks: &'a [&mut Ask<ReadyTurn, Verdict>],
    ) -> Vec<(Told, &'a [ReadyFact])> {
        let mut all = Vec::with_capacity(self.told.len());
        for (at, message) in &self.told {
            let Some(ask) = asks.get(*at) else { continue };
            let turn = &ask.input;
            let told = Told {
                contact: turn.contact,
                channel: turn.channel,
                message: *message,
                at: turn.received,
            };
            all.push((told, turn.facts.as_slice()));
        }
        all
    }

    pub(super) async fn write(&self, tx: &mut Tx) -> Result<(), Fault> {
        Box::pin(self.rows.write(tx, &self.states)).await
    }
}

/// Appends to the log and to the contact's own chain through it.
fn log(
    ids: &mut Vec<i64>,
    rows: &mut Rows,
    state: &mut State,
    turn: &ReadyTurn,
    line: &ReadyLine,
    direction: i64,
) -> Result<i64, Fault> {
    let id = ids.pop().ok_or_else(|| Fault::refused("too few numbers for the log"))?;
    let content = ready::seal(&turn.keyring, place::MESSAGE, id, &line.json)?;
    rows.log(Line {
        id,
        contact: turn.contact,
        previous: state.last_message,
        direction,
        channel: line.channel,
        account: line.account.clone(),
        at: line.at,
        content,
    });
    state.last_message = Some(id);
    Ok(id)
}

impl State {
    /// The contact's row after the turn; the road is the one the person just used.
    fn walk(&mut self, turn: &ReadyTurn, rows: &mut Rows) {
        rows.moved(turn.contact);
        let Some(wrote) = turn.wrote else { return };
        let channel = turn.road.channel.code();
        let account = &turn.road.account;
        let same_road =
            self.road_channel == Some(channel) && self.road_account.as_ref() == Some(account);
        if !same_road {
            let used_before = self.roads.remove(&(channel, account.clone()));
            rows.drop_road(turn.contact, channel, account);
            let old_inbound = self.road_inbound;
            self.road_inbound = used_before.flatten();
            let old =
                (self.road_channel.replace(channel), self.road_account.replace(account.clone()));
            if let (Some(old_channel), Some(old_account)) = old {
                rows.keep_road(turn.contact, old_channel, &old_account, old_inbound);
                self.roads.insert((old_channel, old_account), old_inbound);
            }
        }
        // A missed call answered by SMS opens no window on the SMS road.
        if turn.channel == turn.road.channel {
            self.road_inbound = self.road_inbound.max(Some(wrote));
        }
        self.last_inbound = self.last_inbound.max(Some(wrote));
    }
}
