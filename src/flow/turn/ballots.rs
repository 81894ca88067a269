//! Questions of a poll within a turn: whose turn it is, what their message is, and what is said of it. What was answered
//! goes into the [`Cast`] and the replies' unkept form, and nowhere else.

use jiff::{SignedDuration, Timestamp};

use super::hear::MOST_TRIES;
use super::{Lead, Run, Said};
use crate::calendar::Recess;
use crate::contact::Language;
use crate::flow::Rendering;
use crate::flow::definition::{
    ALL_ASKED, Ask, AskedBallot, CLOSED, FINAL, NOT_ASKED, NOT_UNDERSTOOD, ReceiptTexts, Target,
};
use crate::flow::polling::{
    Ballot, Cast, HeardBallot, Over, Part, Polled, RECEIPT, ReceiptCheck, Sealed, asks_receipt,
};
use crate::flow::render::Tapped;
use crate::flow::session::Given;
use crate::flow::text::TextId;
use crate::locale::{date, grouped, india_zoned, join_and};
use crate::message::{Content, InboundContent};
use crate::understanding;

/// What the session keeps of an answer: that it was given.
const GIVEN: &str = "given";
/// Stands for a receipt in what is kept of an SMS: of signs that operators let through.
const HIDDEN: &str = "XXX-XXX-XXX";
/// So long after an answer an edited message may be that answer: WhatsApp lets a message be edited for fifteen minutes,
/// and the word of it may be late.
const EDITS: SignedDuration = SignedDuration::from_mins(30);

fn rests(ballot: &dyn Ballot) -> bool {
    ballot.recess().is_some()
}

/// What becomes of a question of a poll when the conversation comes to it.
pub(in crate::flow) enum BeforeBallot {
    Ask,
    /// The poll does not ask for it.
    PassOver,
    /// It is not asked, and this way leads on.
    Way(&'static str),
    /// The law lets nobody ask now: that is said, and the flow ends.
    Rest,
    /// No poll asks them any more, or yet: what became of the one that did is said, and the flow ends.
    Over(Over),
}

impl<'t> Run<'t> {
    pub(in crate::flow) fn before_ballot(&mut self, ask: &Ask) -> BeforeBallot {
        let part = ask.ballot().map_or(Part::Choice, |asked| asked.part);
        if part != Part::Choice {
            let at_hand = self.ballot_at_hand().filter(|ballot| ballot.has(part));
            return match at_hand {
                Some(ballot) if ballot.recess().is_some() => BeforeBallot::Rest,
                Some(_) => BeforeBallot::Ask,
                None => BeforeBallot::PassOver,
            };
        }
        let left_open = self.session.polled.as_ref().is_some_and(|polled| !polled.done);
        if self.turns_to_next_ballot() {
            return BeforeBallot::Ask;
        }
        let rests = self.turn.ballots.iter().any(|ballot| !ballot.is_final() && rests(*ballot));
        if rests && (self.session.polled.is_none() || left_open) {
            return BeforeBallot::Rest;
        }
        if let (None, [], Some(over)) = (&self.session.polled, self.turn.ballots, self.turn.over) {
            return BeforeBallot::Over(over);
        }
        BeforeBallot::Way(match (&self.session.polled, self.turn.ballots) {
            (Some(_), _) if left_open => CLOSED,
            (Some(_), _) => ALL_ASKED,
            (None, []) => NOT_ASKED,
            (None, _) => FINAL,
        })
    }

    /// Turns to the voter who is asked now: first those who have not answered, the poll that closes first before the
    /// others; when all have, each may change what they said. `false`: nobody is left.
    fn turns_to_next_ballot(&mut self) -> bool {
        let polled = self.session.polled.take().unwrap_or_default();
        let is_under_way = polled.poll != 0;
        let at_hand = (polled.poll, polled.voter);
        let mut open: Vec<&dyn Ballot> = Vec::new();
        for ballot in self.turn.ballots {
            if !ballot.is_final() && !rests(*ballot) {
                open.push(*ballot);
            }
        }
        open.sort_by_key(|ballot| (ballot.closes(), ballot.poll(), ballot.voter()));
        let of = |ballot: &dyn Ballot| (ballot.poll(), ballot.voter());
        if is_under_way && !polled.done && open.iter().any(|ballot| of(*ballot) == at_hand) {
            self.session.polled = Some(polled);
            return true;
        }
        open.retain(|ballot| !polled.seen.contains(&of(*ballot)));
        let has_answered = |ballot: &dyn Ballot| {
            let now = self.cast.as_ref().map(|cast| (cast.poll, cast.voter));
            ballot.answered() || now == Some(of(ballot))
        };
        let unanswered = open.iter().find(|ballot| !has_answered(**ballot));
        let changes = if is_under_way { polled.changes } else { unanswered.is_none() };
        let next = if changes { open.first() } else { unanswered };
        let Some((poll, voter)) = next.map(|ballot| of(*ballot)) else {
            self.session.polled = is_under_way.then_some(polled);
            return false;
        };
        let mut seen = polled.seen;
        seen.push((poll, voter));
        self.session.polled = Some(Polled { poll, voter, done: false, changes, seen });
        true
    }

    /// The ballot the conversation is about; `None`: it asks no more.
    fn ballot_at_hand(&self) -> Option<&'t dyn Ballot> {
        let polled = self.session.polled.as_ref()?;
        let is_it = |ballot: &&&'t dyn Ballot| {
            (ballot.poll(), ballot.voter()) == (polled.poll, polled.voter)
        };
        self.turn.ballots.iter().find(is_it).copied()
    }

    /// What the law says of asking now: of the ballot at hand, or, where the conversation is about none, of any.
    pub(in crate::flow) fn recess(&self) -> Option<Recess> {
        match self.ballot_at_hand() {
            Some(ballot) => ballot.recess(),
            None => self.turn.ballots.iter().find_map(|ballot| ballot.recess()),
        }
    }

    /// Says what became of the poll that asked this person, to somebody who wants to answer it.
    pub(in crate::flow) fn say_opinion_is_over(&mut self, over: Over) {
        let text = self.flows.common.opinion_over;
        let mut body = String::with_capacity(200);
        self.write(text, &[("state", over.name().to_owned())], &mut body);
        self.said.push(Said::new(Content::Text { body }, vec![text]));
    }

    /// Says the same to whoever asks for a receipt when there is none to show, a roll or not: it says how a receipt is
    /// checked to whose answer came. `false`: no poll asked them, one still does, or they asked for something else.
    pub(super) fn says_receipts_are_over(&mut self, content: &InboundContent) -> bool {
        let is_asked_for = content.text().is_some_and(asks_receipt);
        let Some(over) = self.turn.over.filter(|_| is_asked_for) else {
            return false;
        };
        if !self.turn.ballots.is_empty() || self.flows.polled.is_none() {
            return false;
        }
        self.say_opinion_is_over(over);
        if self.open && !self.expired() && self.open_question().is_some() {
            self.show(&[]);
        }
        true
    }

    /// Says, once in a turn, that nobody is asked for an opinion now, and when to write again where the poll is open
    /// then. Nothing that was said is taken for an answer.
    pub(in crate::flow) fn say_opinion_rests(&mut self) {
        let text = self.flows.common.opinion_rests;
        if self.said.iter().any(|said| said.keys.contains(&text)) {
            return;
        }
        let until = self.recess().and_then(|recess| recess.until);
        let goes_on = |until: Timestamp| match self.ballot_at_hand() {
            Some(ballot) => ballot.closes() > until,
            None => self.turn.ballots.iter().any(|ballot| ballot.closes() > until),
        };
        let again = until.map_or("later", |until| if goes_on(until) { "yes" } else { "no" });
        let until = until.map(|until| self.moment(until)).unwrap_or_default();
        let mut body = String::with_capacity(200);
        self.write(text, &[("again", again.to_owned()), ("until", until)], &mut body);
        self.said.push(Said::new(Content::Text { body }, vec![text]));
    }

    /// A message to a question of a poll while nobody may be asked. What the law lets be taken in is sealed, and
    /// acknowledged without a word of it; the conversation ends with it, for nothing more is asked.
    fn reply_in_recess(
        &mut self,
        ask: &'t Ask,
        part: Part,
        ballot: &dyn Ballot,
        content: &InboundContent,
        recess: Recess,
    ) {
        let text = content.text().filter(|_| !matches!(content, InboundContent::Media { .. }));
        let begins = text.and_then(|text| self.started_by(text));
        if let (Some(flow), Some(text)) = (begins, text)
            && self.flows.polled.is_none_or(|(own, _)| own != flow)
        {
            return self.leave_for_words(text);
        }
        let is_answer = |text: &&str| begins.is_none() && !(ask.optional && self.skips(ask, text));
        if let Some(text) = text.filter(|_| recess.takes_answers).filter(is_answer)
            && let HeardBallot::Sure { sealed, .. } =
                ballot.read(part, text, &self.flows.geography, self.spoken())
            && let Some((_, step)) = self.open_question()
        {
            self.cast_ballot(ballot, sealed);
            self.say(self.flows.common.opinion_kept);
            self.follow(step, Some(Target::End));
            return;
        }
        self.say_opinion_rests();
    }

    /// Whether what somebody sends without words may be an answer to a poll that asks them: its question is open, it
    /// answers the invitation, or nothing else is asked. A voice note, a picture, a card or a form may name a choice.
    pub(super) fn may_answer_without_words(&self, content: &InboundContent) -> bool {
        let is_wordless = content.is_wordless();
        let Some((flow, _)) = self.flows.polled.filter(|_| is_wordless) else { return false };
        if self.turn.ballots.is_empty() {
            return false;
        }
        if self.open_question().is_some_and(|(ask, _)| ask.ballot().is_some()) {
            return true;
        }
        let (named, of_poll) = match self.turn.reached {
            Some(reached) => {
                let takes = reached.flow.as_ref().and_then(|name| self.flows.by_name.get(name));
                (reached.named, takes.map(|takes| *takes == flow))
            }
            None => (false, None),
        };
        if named {
            return of_poll == Some(true);
        }
        let is_with_the_office = self.turn.contact.handed_over || self.session.muted;
        let is_free = !self.open || self.expired();
        is_free && !is_with_the_office && of_poll != Some(false)
    }

    /// Asks for words instead, and shows the question to somebody who has not answered it.
    pub(super) fn ask_for_words(&mut self) {
        if self.recess().is_some() {
            return self.say_opinion_rests();
        }
        self.say(self.flows.common.opinion_in_words);
        let lacks = self.turn.ballots.iter().any(|ballot| !ballot.answered());
        if let Some((flow, _)) = self.flows.polled.filter(|_| lacks) {
            self.turn_to(flow);
        }
    }

    /// A message that was edited: nobody reads the new words, and somebody who corrected an answer by it has to know.
    pub(super) fn edited(&mut self) {
        let is_asked = self.open_question().is_some_and(|(ask, _)| ask.ballot().is_some());
        let has_answered = self.turn.ballots.iter().any(|ballot| {
            let answered = ballot.answered_at();
            answered.is_some_and(|at| self.turn.now.duration_since(at) <= EDITS)
        });
        if self.turn.ballots.is_empty() || !(is_asked || has_answered) {
            return;
        }
        match self.recess() {
            Some(_) => self.say_opinion_rests(),
            None => self.say(self.flows.common.opinion_edited),
        }
    }

    /// The way leads back to a choice: it is asked of the same voter.
    pub(super) fn same_ballot_again(&mut self, step: usize) {
        let asked = self.flows.flow(self.flow).and_then(|flow| flow.ask(step)?.ballot());
        if asked.is_some_and(|asked| asked.part == Part::Choice)
            && let Some(polled) = &mut self.session.polled
        {
            polled.done = false;
        }
    }

    /// The flow that asks, when a text that nothing else is read as may be a choice of somebody who is asked.
    pub(super) fn opinion_flow(&self, content: &InboundContent) -> Option<usize> {
        let (flow, _) = self.flows.polled?;
        let InboundContent::Text { text } = content else { return None };
        let is_choice = |ballot: &&dyn Ballot| {
            let geography = &self.flows.geography;
            let heard = ballot.read(Part::Choice, text, geography, self.spoken());
            !matches!(heard, HeardBallot::Again | HeardBallot::TooLong)
        };
        self.turn.ballots.iter().any(is_choice).then_some(flow)
    }

    /// Shows the receipts of the answers that count, to somebody who asks for them; `false`: they do not, or there is
    /// no poll.
    pub(super) fn shows_receipt(&mut self, content: &InboundContent) -> bool {
        let Some((flow, step)) = self.flows.polled else { return false };
        let asked = self.flows.flow(flow).and_then(|flow| flow.ask(step)?.ballot());
        let Some(text) = asked.and_then(|asked| asked.receipt) else { return false };
        let is_asked_for = content.text().is_some_and(asks_receipt);
        if !is_asked_for || self.turn.ballots.is_empty() {
            return false;
        }
        let is_open = self.open && !self.expired();
        let before = self.session.polled.take();
        let mut is_shown = false;
        for ballot in self.turn.ballots {
            let Some(receipt) = ballot.receipt() else { continue };
            let (poll, voter) = (ballot.poll(), ballot.voter());
            self.session.polled = Some(Polled { poll, voter, ..Polled::default() });
            self.say_unkept(text, text, "", receipt);
            is_shown = true;
        }
        self.session.polled = before;
        if !is_shown {
            if is_open && self.flow == flow {
                self.show(&[]);
            } else {
                self.turn_to(flow);
            }
        } else if is_open && self.open_question().is_some() {
            self.show(&[]);
        }
        true
    }

    /// Says what was found of a receipt that the message asks about; `false`: it asks about none, or there is nothing to
    /// look in. `at_once`: before the open question, which only what cannot be an answer may be.
    pub(super) fn checks_receipt(&mut self, at_once: bool) -> bool {
        let Some(check) = self.turn.checked else { return false };
        let Some((flow, step)) = self.flows.polled else { return false };
        let asked = self.flows.flow(flow).and_then(|flow| flow.ask(step)?.ballot());
        let Some(texts) = asked.and_then(|asked| asked.checks) else { return false };
        let question = self.session.polled.take();
        match &check.receipt {
            Some(receipt) if check.is_named || !at_once => {
                self.say_what_was_found(&texts, check, receipt);
            }
            None if check.has_rolls && !at_once => self.say(texts.how),
            _ => {
                self.session.polled = question;
                return false;
            }
        }
        self.session.polled = question;
        if self.open && !self.expired() && self.open_question().is_some() {
            self.show(&[]);
        }
        true
    }

    fn say_what_was_found(&mut self, texts: &ReceiptTexts, check: &ReceiptCheck, receipt: &str) {
        let of_receipt = || ("poll_receipt", receipt.to_owned());
        let ballots = self.turn.ballots;
        let is_theirs = |ballot: &&&dyn Ballot| ballot.receipt() == Some(receipt);
        if let Some(ballot) = ballots.iter().find(is_theirs) {
            let (poll, voter) = (ballot.poll(), ballot.voter());
            self.session.polled = Some(Polled { poll, voter, ..Polled::default() });
            return self.tell_unkept(texts.current, &[of_receipt()], texts.kept);
        }
        let language = self.spoken();
        for roll in &check.on {
            let extra = [
                of_receipt(),
                ("poll_question", roll.question(language).to_owned()),
                ("poll_count", grouped_number(roll.choices)),
                ("poll_head", roll.head.clone()),
            ];
            self.tell_unkept(texts.counted, &extra, texts.kept);
        }
        if check.on.is_empty() {
            // Of an answer of somebody else nothing is told: not even that it counts.
            let has_another = ballots.iter().any(|ballot| ballot.receipt().is_some());
            let text = if has_another { texts.other } else { texts.uncounted };
            self.tell_unkept(text, &[of_receipt()], texts.kept);
        }
    }

    pub(super) fn tap_ballot(&mut self, ask: &'t Ask, asked: &'t AskedBallot, tapped: &Tapped<'_>) {
        match tapped {
            Tapped::Skip if ask.optional => match self.ballot_at_hand() {
                Some(ballot) => self.pass_ballot(ask, asked, ballot),
                None => self.leave_ballot(ask, CLOSED),
            },
            _ => self.too_late(),
        }
    }

    /// A message to an open question of a poll.
    pub(super) fn reply_to_ballot(
        &mut self,
        ask: &'t Ask,
        asked: &'t AskedBallot,
        content: &InboundContent,
    ) {
        let Some(ballot) = self.ballot_at_hand() else {
            return self.leave_ballot(ask, CLOSED);
        };
        if asked.part == Part::Choice && ballot.is_final() {
            return self.leave_ballot(ask, FINAL);
        }
        if let Some(recess) = ballot.recess() {
            return self.reply_in_recess(ask, asked.part, ballot, content, recess);
        }
        let text = match content {
            InboundContent::Text { text }
            | InboundContent::Button { text, .. }
            | InboundContent::Choice { title: text, .. } => text,
            InboundContent::Welcome => return self.show(&[]),
            _ => {
                let unsupported = self.flows.common.unsupported;
                return self.ask_ballot_again(ask, asked, Some(unsupported), None);
            }
        };
        // Any words are a remark; those that begin a flow are none.
        let begins = self.flows.starts.contains_key(&understanding::fold(text));
        if asked.part == Part::Remark && begins {
            return self.leave_for_words(text);
        }
        if ask.optional && self.skips(ask, text) {
            return self.pass_ballot(ask, asked, ballot);
        }
        // A receipt says nothing of a choice, of marks or of a remark.
        if self.checks_receipt(false) {
            return;
        }
        let geography = &self.flows.geography;
        match ballot.read(asked.part, text, geography, self.spoken()) {
            HeardBallot::Sure { said, sealed } => {
                self.cast_ballot(ballot, sealed);
                if let Some((noted, plain)) = asked.noted {
                    let refused = || asked.refuse.get(self.spoken()).to_owned();
                    let said = said.unwrap_or_else(refused);
                    self.say_unkept(noted, plain, &said, RECEIPT);
                }
                self.take(ask, Given::Text(GIVEN.to_owned()), None);
            }
            HeardBallot::WhoElse => {
                let told = asked.who_else.map(|text| (text, Vec::new()));
                self.ask_ballot_again(ask, asked, None, told);
            }
            HeardBallot::Listed { name, number } => {
                let name = self.for_the_channel(name);
                let arguments = vec![("poll_choice", name), ("poll_number", number.to_string())];
                let told = asked.listed.map(|text| (text, arguments));
                self.ask_ballot_again(ask, asked, None, told);
            }
            HeardBallot::TooLong => {
                let told = asked.long.map(|text| (text, Vec::new()));
                self.ask_ballot_again(ask, asked, None, told);
            }
            HeardBallot::Again if self.started_by(text).is_some() => self.leave_for_words(text),
            HeardBallot::Again => self.ask_ballot_again(ask, asked, None, None),
        }
    }

    /// Begins the flow of these words; those of the flow under way lead back to the choice, to change it.
    fn leave_for_words(&mut self, text: &str) {
        let Some(flow) = self.begun_by(text) else { return };
        match self.flows.polled {
            Some((own, step)) if own == flow && self.flow == flow => {
                self.same_ballot_again(step);
                self.walk(step);
            }
            _ => self.turn_to(flow),
        }
    }

    fn cast_ballot(&mut self, ballot: &dyn Ballot, answers: Sealed) {
        self.cast = Some(Cast { poll: ballot.poll(), voter: ballot.voter(), answers });
        if let Some(polled) = &mut self.session.polled {
            polled.done = true;
        }
    }

    /// A choice that is passed over is given another day. Marks and a remark are sealed as nothing, so that nobody sees
    /// who made one.
    fn pass_ballot(&mut self, ask: &'t Ask, asked: &AskedBallot, ballot: &dyn Ballot) {
        if asked.part == Part::Choice {
            if let Some(polled) = &mut self.session.polled {
                polled.done = true;
            }
            return self.take(ask, Given::Skipped, Some("skip"));
        }
        self.cast_ballot(ballot, ballot.nothing(asked.part));
        self.take(ask, Given::Text(GIVEN.to_owned()), Some("skip"));
    }

    fn leave_ballot(&mut self, ask: &'t Ask, way: &'static str) {
        self.take(ask, Given::Skipped, Some(way));
    }

    /// Asks again as a whole, and otherwise the second time; then the flow goes the way it has for that, or a person takes
    /// over, without the words. `told` is said in memory: of what was not understood nothing is kept.
    fn ask_ballot_again(
        &mut self,
        ask: &'t Ask,
        asked: &'t AskedBallot,
        lead: Option<TextId>,
        told: Option<(TextId, Vec<(&'static str, String)>)>,
    ) {
        self.session.tries = self.session.tries.saturating_add(1);
        if self.session.tries >= MOST_TRIES {
            if ask.when.iter().any(|(outcome, _)| outcome == NOT_UNDERSTOOD) {
                self.take(ask, Given::Skipped, Some(NOT_UNDERSTOOD));
            } else {
                self.hand_over("not understood");
            }
            return;
        }
        let usual = if self.session.tries == 1 { asked.again } else { asked.once_more };
        let from = self.said.len();
        self.show(&[Lead::plain(lead.unwrap_or(usual))]);
        let Some((text, arguments)) = told else { return };
        let kept = self.said.split_off(from);
        self.show(&[Lead { text, arguments }]);
        let told = self.said.split_off(from);
        let is_alike = kept.len() == told.len();
        for (kept, told) in kept.into_iter().zip(told) {
            let unkept = is_alike.then(|| Box::new(told));
            self.said.push(Said { unkept, ..kept });
        }
    }

    /// Says `noted` in memory, and `plain` to whoever reads what was said.
    fn say_unkept(&mut self, noted: TextId, plain: TextId, said: &str, receipt: &str) {
        let said = self.for_the_channel(said.to_owned());
        let extra = [("poll_choice", said), ("poll_receipt", receipt.to_owned())];
        let told = self.filled(noted, &extra);
        let hidden = if self.is_registered() { HIDDEN } else { RECEIPT };
        let plainly = [("poll_choice", String::new()), ("poll_receipt", hidden.to_owned())];
        let kept = self.filled(plain, &plainly);
        self.said.push(Said { unkept: Some(Box::new(told)), ..kept });
    }

    /// Says one text in memory, and another, the same whatever the first says, to whoever reads what was said.
    fn tell_unkept(&mut self, told: TextId, extra: &[(&'static str, String)], kept: TextId) {
        let told = self.filled(told, extra);
        let kept = self.filled(kept, &[]);
        self.said.push(Said { unkept: Some(Box::new(told)), ..kept });
    }

    fn filled(&self, text: TextId, extra: &[(&'static str, String)]) -> Said {
        let mut body = String::with_capacity(200);
        self.write(text, extra, &mut body);
        Said::new(Content::Text { body }, vec![text])
    }

    /// Fits what is said to its channel, once as it is kept and once as it leaves: what differs, by its place.
    pub(super) fn told(&mut self) -> Vec<(usize, Said)> {
        if self.said.iter().all(|said| said.unkept.is_none()) {
            self.fit();
            return Vec::new();
        }
        let turned = |said: &Said| match &said.unkept {
            Some(told) => {
                let kept = Said { unkept: None, ..said.clone() };
                Said { unkept: Some(Box::new(kept)), ..(**told).clone() }
            }
            None => said.clone(),
        };
        let told: Vec<Said> = self.said.iter().map(turned).collect();
        let question = self.question;
        self.fit();
        let after = (self.question, self.session.unasked);
        let unsaid = std::mem::take(&mut self.unsaid);
        let kept = std::mem::replace(&mut self.said, told);
        self.question = question;
        self.fit();
        let told = std::mem::replace(&mut self.said, kept);
        (self.question, self.session.unasked) = after;
        self.unsaid = unsaid;
        // One of the two may not leave as it is: then everybody reads what is kept.
        if told.len() != self.said.len() {
            return Vec::new();
        }
        let pairs = told.into_iter().enumerate().zip(&self.said);
        pairs
            .filter(|((_, told), kept)| told.content != kept.content)
            .map(|(told, _)| told)
            .collect()
    }

    /// What a text says of the poll at hand; `None` for a variable of something else.
    pub(in crate::flow) fn of_the_poll(&self, name: &str) -> Option<String> {
        let ballot = self.ballot_at_hand()?;
        let language = self.spoken();
        let yes = |is: bool| Some(if is { "yes" } else { "no" }.to_owned());
        Some(match name {
            "poll_question" => self.for_the_channel(ballot.question(language)),
            "poll_seat" => self.for_the_channel(ballot.seat(language)),
            "poll_candidates" => self.lines_of(ballot),
            "poll_closes" => self.moment(ballot.closes()),
            "poll_who" => self.for_the_channel(ballot.who()?.to_owned()),
            "poll_method" => ballot.method().to_owned(),
            "poll_secret" => return yes(ballot.is_secret()),
            "poll_may_change" => return yes(ballot.may_change()),
            "poll_several" => return yes(ballot.who().is_some()),
            "poll_many" => {
                let ballots = self.turn.ballots;
                return yes(ballots.iter().any(|other| other.poll() != ballot.poll()));
            }
            "poll_answered" => return yes(ballot.answered()),
            "poll_others" => return yes(ballot.takes_others()),
            "poll_aspects" => {
                let labels = self.aspects_of(ballot);
                let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
                self.for_the_channel(join_and(&labels, language))
            }
            "poll_example" if self.turn.rendering == Rendering::Sms => example_in_a_row(ballot),
            "poll_example" => example_of(ballot),
            _ => return None,
        })
    }

    /// A day and the time of it, by the clocks of India.
    fn moment(&self, at: Timestamp) -> String {
        let mut words = String::new();
        date(at, self.spoken(), &mut words);
        let time = india_zoned(at);
        self.for_the_channel(format!("{words}, {:02}:{:02}", time.hour(), time.minute()))
    }

    /// What fills a place of a text: where a DLT registry decides, as its places take it, in one line.
    fn for_the_channel(&self, value: String) -> String {
        match self.flows.registry_for(self.turn.rendering) {
            Some(registry) => registry.limits.plain(&value),
            None => value,
        }
    }

    /// The names in the voter's order, and where the choice is asked the lines behind them, all numbered.
    fn lines_of(&self, ballot: &dyn Ballot) -> String {
        let language = self.spoken();
        let mut lines = ballot.candidates(language);
        let open = self.open_question().and_then(|(ask, _)| ask.ballot());
        if let Some(asked) = open.filter(|asked| asked.part == Part::Choice) {
            if ballot.takes_others() {
                lines.push(asked.other.get(language).to_owned());
            }
            lines.push(asked.refuse.get(language).to_owned());
        }
        let numbered = lines.iter().enumerate().map(|(at, line)| format!("{}. {line}", at + 1));
        let between = if self.is_registered() { ", " } else { "\n" };
        self.for_the_channel(numbered.collect::<Vec<_>>().join(between))
    }

    fn aspects_of(&self, ballot: &dyn Ballot) -> Vec<String> {
        let language = self.spoken();
        let Some(asked) = self.open_question().and_then(|(ask, _)| ask.ballot()) else {
            return Vec::new();
        };
        let label = |name: &'static str| {
            let known = asked.aspects.iter().find(|(known, _)| *known == name)?;
            Some(known.1.get(language).to_owned())
        };
        ballot.aspects().into_iter().filter_map(label).collect()
    }
}

/// Marks for all names in one row, as one writes them in an SMS.
fn example_in_a_row(ballot: &dyn Ballot) -> String {
    let (names, aspects) = (ballot.candidates(Language::Hi).len(), ballot.aspects().len());
    let marks = ["5", "4", "3", "4", "4", "2"].into_iter().cycle();
    marks.take(names * aspects).collect::<Vec<_>>().join(" ")
}

/// A number as it is written in India.
fn grouped_number(number: u64) -> String {
    let mut text = String::new();
    grouped(i64::try_from(number).unwrap_or(i64::MAX), &mut text);
    text
}

/// Marks for the first two names, as one writes them.
fn example_of(ballot: &dyn Ballot) -> String {
    let marks = |of: [&'static str; 3]| {
        of.into_iter().take(ballot.aspects().len()).collect::<Vec<_>>().join(" ")
    };
    format!("1: {}\n2: {}", marks(["5", "4", "3"]), marks(["4", "4", "2"]))
}
