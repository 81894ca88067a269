//! Polls: a roster that is frozen, answers that come with their turns, and a close that leaves none of them.

use futures_util::future::join_all;

use super::broadcasts::{people, recipient, released_by, running};
use super::import::{row, taken};
use super::*;
use crate::contact::PhoneNumber;
use crate::message::Status;
use crate::poll::ballot::Kind;
use crate::poll::envelope::Origin;
use crate::poll::life::PollState;
use crate::poll::receipt::Receipt;
use crate::poll::tally::{Cell, Turnout};
use crate::records::{
    Adopted, Audit, Bundled, Cast, Erasure, Frozen, NewPoll, Opened, PollMoved, PollRow, Polled,
    ROLL_PART, SendRecord, SendResult, Standing, VoterRow, Wrapped,
};

promises! {
    a_poll_is_written_down_once_and_read_back_as_it_was,
    the_key_that_opens_answers_is_kept_of_a_poll_that_is_no_secret_and_of_no_other,
    a_roster_is_nobodys_until_the_poll_is_opened_with_the_count_that_was_hashed,
    a_frozen_roster_takes_no_row_and_loses_none,
    a_staging_that_was_cut_off_is_thrown_away_and_its_name_is_free,
    a_poll_moves_only_where_its_life_allows_and_every_step_is_kept,
    an_answer_is_written_with_its_turn_and_a_second_takes_its_place,
    an_empty_one_stands_back_behind_what_was_said,
    a_turn_that_loses_leaves_no_answer,
    a_turn_that_is_parked_casts_nothing,
    an_answer_for_somebody_else_or_for_a_poll_that_is_not_open_conflicts,
    of_two_answers_at_once_one_is_current,
    many_answers_at_once_are_each_their_voters,
    a_close_lets_no_answer_in_that_was_not_there_when_it_began,
    an_answer_whose_commit_was_not_heard_is_there_once,
    each_contact_is_told_where_it_stands_in_one_question,
    a_poll_that_is_over_is_told_of_for_thirty_days,
    names_are_told_where_several_of_one_phone_are_asked,
    turnout_and_electorate_are_counted_by_place_and_post,
    envelopes_come_in_pages_of_whole_voters_in_their_order,
    a_close_notes_its_bundle_before_it_destroys_and_goes_on_where_it_was_cut_off,
    a_cancelled_poll_leaves_no_envelope,
    a_roll_is_kept_by_the_close_and_asked_by_receipt,
    a_roll_that_is_not_whole_is_published_nowhere,
    a_person_who_is_erased_loses_their_open_answers_and_stands_on_rosters_without_a_name,
    one_person_who_was_two_contacts_answers_once,
    the_document_of_a_person_says_that_they_answered_and_not_what,
    an_audience_is_told_who_is_asked_and_whether_all_of_a_phone_have_answered,
    a_row_that_was_pointed_at_another_phone_by_hand_casts_nothing_and_is_known,
    a_row_that_was_changed_by_hand_is_not_made_good_by_a_merge_or_an_erasure,
    an_answer_that_is_not_the_next_one_of_its_voter_conflicts,
    a_close_although_answers_were_missing_stands_in_the_log,
    when_an_answer_came_is_told_with_its_invitation_and_its_phone,
    what_is_left_after_the_close_knows_no_envelope_and_no_order_of_them,
}

pub(super) fn new(house: &House, name: &str) -> NewPoll {
    NewPoll {
        name: name.to_owned(),
        definition: "poll: प्रत्याशी\n".to_owned(),
        opens: house.now(),
        closes: house.now() + jiff::SignedDuration::from_hours(24),
        secret: true,
        public_key: [1; 32],
        private_key: None,
        order_key: [2; 32],
        posts: vec!["booth_president".to_owned(), "booth_agent".to_owned()],
        actor: "priya".to_owned(),
        at: house.now(),
    }
}

fn origin(booth: u16, post: u16) -> Origin {
    Origin { seat: 35, cell: Cell { assembly: 173, sector: 4, booth, post } }
}

pub(super) fn voter(number: i64, contact: i64) -> VoterRow {
    VoterRow { voter: number, contact: Some(contact), person: 0, origin: origin(45, 0) }
}

/// A poll with this roster that takes answers.
pub(super) async fn opened(house: &House, name: &str, roster: Vec<VoterRow>) -> i64 {
    let beside = house.beside().await;
    let poll = beside.create_poll(new(house, name)).await.unwrap();
    let people = roster.len() as u64;
    for some in roster.chunks(1_000) {
        beside.stage_roster(poll, some.to_vec()).await.unwrap();
    }
    let came = beside.open_poll(poll, frozen(people), ("priya", None), house.now()).await.unwrap();
    assert_eq!(came, Opened::Yes);
    poll
}

fn frozen(people: u64) -> Frozen {
    Frozen { roster_hash: [3; 32], electorate_hash: [5; 32], people }
}

/// Bytes that look like a wrapped envelope of the kind, others for every seed.
pub(super) fn wrapped(kind: Kind, seed: u64) -> (Kind, Vec<u8>) {
    let length = kind.size() + 48 + 28;
    let mut bytes = Vec::with_capacity(length);
    let mut counter = 0_u64;
    while bytes.len() < length {
        let about = [seed.to_be_bytes(), counter.to_be_bytes()].concat();
        let block = ring::digest::digest(&ring::digest::SHA256, &about);
        bytes.extend_from_slice(block.as_ref());
        counter += 1;
    }
    bytes.truncate(length);
    (kind, bytes)
}

pub(super) fn cast(poll: i64, voter: i64, seed: u64) -> Cast {
    let envelopes = vec![wrapped(Kind::Choice, seed), wrapped(Kind::Other, seed + 1)];
    Cast { poll, voter, number: 1, envelopes, fillers: vec![wrapped(Kind::Remark, seed + 2)] }
}

/// A turn of this contact that casts what comes next for the voter.
pub(super) async fn casting(house: &House, contact: i64, key: &str, cast: Cast) -> TurnCommit {
    let Cast { poll, voter, .. } = cast;
    let before = format!(
        "SELECT coalesce(max(answers), 0) FROM roster WHERE poll = {poll} AND voter = {voter}"
    );
    let cast = Cast { number: house.raw().number(&before) + 1, ..cast };
    TurnCommit { cast: Some(cast), ..house.turn(contact, key).await }
}

async fn answered(house: &House, contact: i64, key: &str, cast: Cast) {
    won(house.records.commit(casting(house, contact, key, cast).await).await);
}

async fn kept(house: &House, poll: i64, voter: i64) -> Vec<(Kind, Vec<u8>)> {
    let kept = house.records.envelopes_of(poll, voter).await.unwrap();
    kept.into_iter().map(|one| (one.kind, one.bytes)).collect()
}

/// With which of the voter's answers each of their envelopes came.
async fn numbers(house: &House, poll: i64, voter: i64) -> Vec<(Kind, i64)> {
    let kept = house.records.envelopes_of(poll, voter).await.unwrap();
    kept.into_iter().map(|one| (one.kind, one.number)).collect()
}

async fn row_of(house: &House, name: &str) -> PollRow {
    house.beside().await.poll(name).await.unwrap().unwrap()
}

async fn standings(house: &House, contact: i64) -> Vec<Standing> {
    house.records.standings(&[contact]).await.unwrap().remove(0)
}

const BUNDLE: Bundled = Bundled { bundle_digest: [7; 32], roll_head: [8; 32], choices: 2 };

async fn a_poll_is_written_down_once_and_read_back_as_it_was(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    assert_eq!(beside.poll("one").await.unwrap(), None);
    let id = beside.create_poll(new(&house, "one")).await.unwrap();
    let row = row_of(&house, "one").await;
    let NewPoll { definition, opens, closes, .. } = new(&house, "one");
    assert_eq!((row.id, row.state), (id, PollState::Staging));
    assert_eq!(
        (row.definition.as_str(), row.opens, row.closes),
        (definition.as_str(), opens, closes)
    );
    assert_eq!(
        row.hash.as_slice(),
        ring::digest::digest(&ring::digest::SHA256, definition.as_bytes()).as_ref()
    );
    assert_eq!((row.public_key, row.order_key, row.secret), ([1; 32], [2; 32], true));
    assert_eq!(row.posts, ["booth_president", "booth_agent"]);
    assert_eq!((row.roster_hash, row.roster_people), (None, 0));
    let twice = beside.create_poll(new(&house, "one")).await.unwrap_err().to_string();
    assert!(twice.contains("there is a poll one already"), "{twice}");
    let other = beside.create_poll(new(&house, "two")).await.unwrap();
    let names: Vec<String> =
        beside.polls(10).await.unwrap().into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["two", "one"]);
    assert_ne!(id, other);
    let log = beside.poll_log(id).await.unwrap();
    assert_eq!((log.len(), log[0].what.as_str(), log[0].actor.as_str()), (1, "staging", "priya"));
}

async fn the_key_that_opens_answers_is_kept_of_a_poll_that_is_no_secret_and_of_no_other(
    home: Home,
) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let secret = NewPoll { private_key: Some([9; 32]), ..new(&house, "secret") };
    let public = NewPoll { secret: false, private_key: Some([9; 32]), ..new(&house, "public") };
    let (secret, public) =
        (beside.create_poll(secret).await.unwrap(), beside.create_poll(public).await.unwrap());
    assert_eq!(beside.open_key(secret).await.unwrap(), None);
    assert_eq!(beside.open_key(public).await.unwrap(), Some([9; 32]));
    assert_eq!(house.rows("polls WHERE private_key IS NULL"), 1);
    for clear in ["09".repeat(32), "02".repeat(32)] {
        let bytes = house.raw().bytes(&clear);
        let found = format!("polls WHERE private_key = {bytes} OR order_key = {bytes}");
        assert_eq!(house.rows(&found), 0, "they are sealed");
    }
    assert_eq!(format!("{:?}", new(&house, "x")), "NewPoll { name: \"x\", .. }");
}

async fn a_roster_is_nobodys_until_the_poll_is_opened_with_the_count_that_was_hashed(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 3).await;
    let poll = beside.create_poll(new(&house, "one")).await.unwrap();
    let rows: Vec<VoterRow> = (1..).zip(&contacts).map(|(n, contact)| voter(n, *contact)).collect();
    beside.stage_roster(poll, rows[..2].to_vec()).await.unwrap();
    beside.stage_roster(poll, rows[2..].to_vec()).await.unwrap();
    assert_eq!(house.records.polls_under_way().await.unwrap(), []);
    assert_eq!(standings(&house, contacts[0]).await, []);
    let at = house.now();
    let open =
        async |people| beside.open_poll(poll, frozen(people), ("priya", None), at).await.unwrap();
    assert_eq!(open(4).await, Opened::Differs { there: 3 });
    assert_eq!(house.records.polls_under_way().await.unwrap(), []);
    assert_eq!(open(3).await, Opened::Yes);
    assert_eq!(open(3).await, Opened::No { stands: PollState::Open });
    assert_eq!(
        beside.open_poll(9_999, frozen(3), ("priya", None), at).await.unwrap(),
        Opened::Unknown
    );
    assert_eq!(house.records.polls_under_way().await.unwrap(), [(poll, PollState::Open)]);
    let row = &house.records.open_polls().await.unwrap()[0];
    assert_eq!((row.roster_hash, row.roster_people, row.opened_at), (Some([3; 32]), 3, Some(at)));
    assert_eq!(row.electorate_hash, Some([5; 32]));
    let there = beside.voters(poll, 1, 10).await.unwrap();
    assert!(there.iter().all(|row| row.is_bound && !row.answered));
    assert_eq!(there.iter().map(|row| row.voter).collect::<Vec<_>>(), rows[1..]);
    let log = beside.poll_log(poll).await.unwrap();
    let steps: Vec<&str> = log.iter().map(|event| event.what.as_str()).collect();
    assert_eq!(steps, ["staging", "open"], "an opening that failed is none");
}

async fn a_frozen_roster_takes_no_row_and_loses_none(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 2).await;
    let staged = beside.create_poll(new(&house, "staged")).await.unwrap();
    beside.stage_roster(staged, vec![voter(1, contacts[0])]).await.unwrap();
    let twice =
        beside.stage_roster(staged, vec![voter(2, contacts[1]), voter(1, contacts[1])]).await;
    assert!(matches!(twice, Err(RecordsError::Refused(_))), "{twice:?}");
    assert_eq!(house.rows("roster"), 1, "all of a batch or none of it");
    let nobody = VoterRow { contact: None, ..voter(3, 0) };
    assert!(beside.stage_roster(staged, vec![nobody]).await.is_err());

    let poll = opened(&house, "open", vec![voter(1, contacts[0])]).await;
    let late =
        beside.stage_roster(poll, vec![voter(2, contacts[1])]).await.unwrap_err().to_string();
    assert!(late.contains("not being staged"), "{late}");
    assert!(!beside.throw_away_poll(poll).await.unwrap());
    assert_eq!(house.rows(&format!("roster WHERE poll = {poll}")), 1);
}

async fn a_staging_that_was_cut_off_is_thrown_away_and_its_name_is_free(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contact = house.citizen().await;
    let poll = beside.create_poll(new(&house, "one")).await.unwrap();
    beside.stage_roster(poll, vec![voter(1, contact), voter(2, contact)]).await.unwrap();
    assert!(beside.throw_away_poll(poll).await.unwrap());
    assert!(!beside.throw_away_poll(poll).await.unwrap());
    for table in ["polls", "roster", "poll_log"] {
        assert_eq!(house.rows(table), 0, "{table}");
    }
    beside.create_poll(new(&house, "one")).await.unwrap();
}

async fn a_poll_moves_only_where_its_life_allows_and_every_step_is_kept(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(1, contact)]).await;
    let at = house.now();
    let no = |stands| PollMoved::No { stands };
    assert_eq!(
        beside.finish_closing(poll, BUNDLE, ("a", None), at).await.unwrap(),
        no(PollState::Open)
    );
    assert_eq!(beside.mark_counted(poll, ("a", None), at).await.unwrap(), no(PollState::Open));
    assert_eq!(beside.begin_closing(poll, ("a", None), at).await.unwrap(), PollMoved::Yes);
    assert_eq!(beside.begin_closing(poll, ("a", None), at).await.unwrap(), no(PollState::Closing));
    let cancelled = beside.cancel_poll(poll, "a", "भूल", at).await.unwrap();
    assert_eq!(cancelled, no(PollState::Closing), "what was begun to be stripped goes on");
    let under_way = house.records.polls_under_way().await.unwrap();
    assert_eq!(under_way, [(poll, PollState::Closing)]);
    assert_eq!(house.records.polls_over().await.unwrap(), Vec::<String>::new());
    assert_eq!(beside.finish_closing(poll, BUNDLE, ("b", None), at).await.unwrap(), PollMoved::Yes);
    assert_eq!(beside.mark_counted(poll, ("c", None), at).await.unwrap(), PollMoved::Yes);
    assert_eq!(beside.mark_counted(poll, ("c", None), at).await.unwrap(), no(PollState::Counted));
    assert_eq!(beside.begin_closing(9_999, ("a", None), at).await.unwrap(), PollMoved::Unknown);
    assert_eq!(house.records.polls_over().await.unwrap(), ["one"]);
    let row = row_of(&house, "one").await;
    assert_eq!(
        (row.state, row.closed_at, row.counted_at),
        (PollState::Counted, Some(at), Some(at))
    );
    let log = beside.poll_log(poll).await.unwrap();
    let steps: Vec<(&str, &str)> =
        log.iter().map(|event| (event.what.as_str(), event.actor.as_str())).collect();
    assert_eq!(
        steps,
        [
            ("staging", "priya"),
            ("open", "priya"),
            ("closing", "a"),
            ("closed", "b"),
            ("counted", "c")
        ]
    );
}

async fn an_answer_is_written_with_its_turn_and_a_second_takes_its_place(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(5, contact), voter(9, contact)]).await;
    assert_eq!(standings(&house, contact).await[0].answered, None);
    answered(&house, contact, "a", cast(poll, 5, 10)).await;
    let first = [wrapped(Kind::Choice, 10), wrapped(Kind::Remark, 12), wrapped(Kind::Other, 11)];
    assert_eq!(kept(&house, poll, 5).await, first);
    assert_eq!(standings(&house, contact).await[0].answered, Some(house.now()));
    house.wait(Duration::from_mins(1));
    answered(&house, contact, "b", cast(poll, 5, 20)).await;
    let second = [wrapped(Kind::Choice, 20), wrapped(Kind::Remark, 12), wrapped(Kind::Other, 21)];
    assert_eq!(kept(&house, poll, 5).await, second);
    assert_eq!(kept(&house, poll, 9).await, [], "the other on this phone has not answered");
    let standing = standings(&house, contact).await;
    assert_eq!((standing[0].answered, standing[1].answered), (Some(house.now()), None));
    assert_eq!(house.rows("roster WHERE voter = 5 AND answers = 2"), 1);
    assert_eq!(house.rows("envelopes"), 3);
    let shown = format!("{:?}", cast(poll, 5, 10));
    assert_eq!(shown, format!("Cast {{ poll: {poll}, .. }}"));
}

async fn an_empty_one_stands_back_behind_what_was_said(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(5, contact)]).await;
    let remark =
        Cast { envelopes: vec![wrapped(Kind::Remark, 7)], fillers: vec![], ..cast(poll, 5, 0) };
    // In one group: what is said after an empty one takes its place, and the next empty one leaves it.
    let mut turns = Vec::new();
    let first = casting(&house, contact, "a", cast(poll, 5, 10)).await;
    for (place, (key, cast)) in
        (0..).zip([("a", cast(poll, 5, 10)), ("b", remark), ("c", cast(poll, 5, 20))])
    {
        let turn = turn(contact, first.expected_version + place, key, house.now());
        let cast = Cast { number: 1 + place, ..cast };
        turns.push(TurnCommit { cast: Some(cast), ..turn });
    }
    for verdict in join_all(turns.into_iter().map(|turn| house.records.commit(turn))).await {
        won(verdict);
    }
    let whole = [wrapped(Kind::Choice, 20), wrapped(Kind::Remark, 7), wrapped(Kind::Other, 21)];
    assert_eq!(kept(&house, poll, 5).await, whole);
    assert_eq!(house.rows("roster WHERE answers = 3"), 1);
    assert_eq!(
        numbers(&house, poll, 5).await,
        [(Kind::Choice, 3), (Kind::Remark, 2), (Kind::Other, 3)]
    );
}

async fn a_turn_that_loses_leaves_no_answer(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(5, contact)]).await;
    let stale = casting(&house, contact, "stale", cast(poll, 5, 10)).await;
    won(house.records.commit(house.turn(contact, "a").await).await);
    assert_eq!(house.records.commit(stale).await.unwrap(), Verdict::Conflict);
    let again = casting(&house, contact, "a", cast(poll, 5, 10)).await;
    assert_eq!(house.records.commit(again).await.unwrap(), Verdict::Duplicate);
    assert_eq!(house.rows("envelopes"), 0);
    assert_eq!(house.rows("roster WHERE answers = 0 AND answered_at IS NULL"), 1);
}

async fn a_turn_that_is_parked_casts_nothing(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(5, contact)]).await;
    let turn = casting(&house, contact, "a", cast(poll, 5, 10)).await;
    won(house.records.commit(TurnCommit { parked: Some("wrong".to_owned()), ..turn }).await);
    assert_eq!(house.rows("envelopes"), 0);
}

async fn an_answer_for_somebody_else_or_for_a_poll_that_is_not_open_conflicts(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 2).await;
    let poll = opened(&house, "one", vec![voter(5, contacts[0]), voter(6, contacts[1])]).await;
    let staged = house.beside().await.create_poll(new(&house, "two")).await.unwrap();
    let rows = house.all_rows();
    for (key, poll, voter) in [("a", poll, 6), ("b", poll, 7), ("c", staged, 5), ("d", 9_999, 5)] {
        let turn = casting(&house, contacts[0], key, cast(poll, voter, 10)).await;
        assert_eq!(house.records.commit(turn).await.unwrap(), Verdict::Conflict, "{key}");
    }
    assert_eq!(house.all_rows(), rows, "a loser leaves no row");
    // And its message may come again.
    answered(&house, contacts[0], "a", cast(poll, 5, 10)).await;
}

async fn of_two_answers_at_once_one_is_current(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(5, contact)]).await;
    let one = casting(&house, contact, "whatsapp", cast(poll, 5, 10)).await;
    let other = casting(&house, contact, "sms", cast(poll, 5, 20)).await;
    let (one, other) = tokio::join!(house.records.commit(one), house.records.commit(other));
    let verdicts = [one.unwrap(), other.unwrap()];
    let wins = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Won { .. })).count();
    assert_eq!(wins, 1, "{verdicts:?}");
    assert!(verdicts.contains(&Verdict::Conflict));
    let seed = if verdicts[0] == Verdict::Conflict { 20 } else { 10 };
    assert_eq!(kept(&house, poll, 5).await[0], wrapped(Kind::Choice, seed));
    assert_eq!(house.rows("envelopes"), 3);
}

async fn many_answers_at_once_are_each_their_voters(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 60).await;
    let roster = (0..).zip(&contacts).map(|(n, contact)| voter(1_000 - n, *contact)).collect();
    let poll = opened(&house, "one", roster).await;
    let mut turns = Vec::new();
    for (n, contact) in (0..).zip(&contacts) {
        let seed = u64::try_from(*contact).unwrap() * 10;
        let key = format!("k{n}");
        turns.push(casting(&house, *contact, &key, cast(poll, 1_000 - n, seed)).await);
    }
    for verdict in join_all(turns.into_iter().map(|turn| house.records.commit(turn))).await {
        won(verdict);
    }
    for (n, contact) in (0..).zip(&contacts) {
        let seed = u64::try_from(*contact).unwrap() * 10;
        assert_eq!(kept(&house, poll, 1_000 - n).await[0], wrapped(Kind::Choice, seed));
    }
    assert_eq!(house.rows("roster WHERE answers = 1"), 60);
}

async fn a_close_lets_no_answer_in_that_was_not_there_when_it_began(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 40).await;
    let roster = (0..).zip(&contacts).map(|(n, contact)| voter(n, *contact)).collect();
    let poll = opened(&house, "one", roster).await;
    let mut turns = Vec::new();
    for (n, contact) in (0..).zip(&contacts) {
        turns.push(casting(&house, *contact, &format!("k{n}"), cast(poll, n, 10)).await);
    }
    let casting = join_all(turns.into_iter().map(|turn| house.records.commit(turn)));
    let closing = async {
        beside.begin_closing(poll, ("priya", None), house.now()).await.unwrap();
        beside.envelopes_page(poll, i64::MIN, 100).await.unwrap()
    };
    let (verdicts, page) = tokio::join!(casting, closing);
    let mut wins = 0;
    for verdict in verdicts {
        match verdict.unwrap() {
            Verdict::Won { .. } => wins += 1,
            other => assert_eq!(other, Verdict::Conflict),
        }
    }
    let choices = page.iter().filter(|(_, one)| one.kind == Kind::Choice).count();
    assert_eq!(choices, wins, "whoever was told that it counts is in the bundle, and nobody else");
}

async fn an_answer_whose_commit_was_not_heard_is_there_once(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(5, contact)]).await;
    for (key, fault) in
        [("a", crate::records::Fault::AnswersLost), ("b", crate::records::Fault::CommitAnswerLost)]
    {
        let turn = casting(&house, contact, key, cast(poll, 5, 10)).await;
        house.records.inject(fault);
        won(house.records.commit(turn).await);
    }
    let turn = casting(&house, contact, "c", cast(poll, 5, 30)).await;
    house.records.inject(crate::records::Fault::CommitFails);
    assert!(house.records.commit(turn).await.is_err());
    assert_eq!(kept(&house, poll, 5).await[0], wrapped(Kind::Choice, 10));
    assert_eq!(house.rows("roster WHERE answers = 2"), 1);
}

async fn each_contact_is_told_where_it_stands_in_one_question(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 3).await;
    let first = opened(&house, "one", vec![voter(5, contacts[0]), voter(6, contacts[1])]).await;
    let sooner =
        NewPoll { closes: house.now() + jiff::SignedDuration::from_hours(1), ..new(&house, "two") };
    let second = beside.create_poll(sooner).await.unwrap();
    beside.stage_roster(second, vec![voter(1, contacts[1])]).await.unwrap();
    beside.open_poll(second, frozen(1), ("priya", None), house.now()).await.unwrap();
    let shut = opened(&house, "three", vec![voter(1, contacts[0])]).await;
    beside.begin_closing(shut, ("priya", None), house.now()).await.unwrap();

    let asked = [contacts[1], contacts[2], contacts[0], contacts[1], 9_999];
    let told = house.records.standings(&asked).await.unwrap();
    let polls: Vec<Vec<(i64, i64)>> =
        told.iter().map(|all| all.iter().map(|one| (one.poll, one.voter)).collect()).collect();
    let both = vec![(second, 1), (first, 6)];
    // What is said of a poll that takes no answers any more is still nobody's to keep.
    let late = vec![(first, 5), (shut, 1)];
    assert_eq!(polls, [both.clone(), vec![], late, both, vec![]]);
    let open: Vec<bool> = told[2].iter().map(|one| one.is_open).collect();
    assert_eq!(open, [true, false]);
    let alone = &told[2][0];
    assert_eq!((alone.origin, alone.person, &alone.name), (origin(45, 0), 0, &None));
    assert_eq!(house.records.standings(&[]).await.unwrap(), Vec::<Vec<Standing>>::new());
    let names: Vec<String> =
        house.records.open_polls().await.unwrap().into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["two", "one"], "the one that closes first comes first");
}

async fn a_poll_that_is_over_is_told_of_for_thirty_days(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(5, contact)]).await;
    let given_up = opened(&house, "two", vec![voter(5, contact)]).await;
    assert_eq!(house.records.polls_of_late().await.unwrap(), [0_i64; 0]);
    beside.cancel_poll(given_up, "priya", "a name lacks", house.now()).await.unwrap();
    beside.begin_closing(poll, ("priya", None), house.now()).await.unwrap();
    let bundled = Bundled { bundle_digest: [7; 32], roll_head: [8; 32], choices: 0 };
    beside.finish_closing(poll, bundled, ("priya", None), house.now()).await.unwrap();
    let day = Duration::from_hours(24);
    house.wait(day * 29);
    assert_eq!(house.records.polls_of_late().await.unwrap(), [poll, given_up]);
    let late: Vec<i64> =
        house.records.late_polls().await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(late, [poll, given_up]);
    let told = standings(&house, contact).await;
    assert_eq!(told.iter().filter(|one| !one.is_open).count(), 2, "{told:?}");
    house.wait(day + Duration::from_secs(1));
    assert_eq!(house.records.polls_of_late().await.unwrap(), [0_i64; 0]);
    assert_eq!(standings(&house, contact).await, []);
}

async fn names_are_told_where_several_of_one_phone_are_asked(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "रमेश यादव"), row(PHONE, "सीता देवी")]).await;
    let contact = house.citizen().await;
    let second = VoterRow { person: 1, ..voter(8, contact) };
    opened(&house, "both", vec![voter(7, contact), second]).await;
    house.wait(Duration::from_secs(1));
    opened(&house, "one", vec![voter(7, contact)]).await;
    let told = standings(&house, contact).await;
    let names: Vec<Option<&str>> = told.iter().map(|one| one.name.as_deref()).collect();
    assert_eq!(names, [Some("रमेश यादव"), Some("सीता देवी"), None]);
}

async fn turnout_and_electorate_are_counted_by_place_and_post(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 4).await;
    let at =
        |n, contact, booth, post| VoterRow { origin: origin(booth, post), ..voter(n, contact) };
    let roster = vec![
        at(1, contacts[0], 45, 0),
        at(2, contacts[1], 45, 1),
        at(3, contacts[2], 45, 1),
        at(4, contacts[3], 46, 0),
    ];
    let poll = opened(&house, "one", roster).await;
    answered(&house, contacts[1], "a", cast(poll, 2, 10)).await;
    answered(&house, contacts[1], "b", cast(poll, 2, 20)).await;
    let turnout = beside.turnout(poll).await.unwrap();
    let part =
        |booth, eligible, answered| Turnout { assembly: 173, sector: 4, booth, eligible, answered };
    assert!(turnout.iter().all(|part| part.seat == 35));
    let parts: Vec<Turnout> = turnout.into_iter().map(|part| part.turnout).collect();
    assert_eq!(parts, [part(45, 3, 1), part(46, 1, 0)]);
    let electorate = beside.electorate(poll).await.unwrap();
    assert_eq!(electorate, [(origin(45, 0), 1), (origin(45, 1), 2), (origin(46, 0), 1)]);
    let by_post = beside.turnout_by_post(poll).await.unwrap();
    assert_eq!(by_post, [(35, 0, 2, 0), (35, 1, 2, 1)]);
    assert_eq!(beside.turnout(9_999).await.unwrap(), []);
}

async fn envelopes_come_in_pages_of_whole_voters_in_their_order(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 5).await;
    let roster = (0..).zip(&contacts).map(|(n, contact)| voter(50 - n, *contact)).collect();
    let poll = opened(&house, "one", roster).await;
    for (n, contact) in (0..).zip(&contacts).take(4) {
        let seed = u64::try_from(n * 10).unwrap();
        answered(&house, *contact, &format!("k{n}"), cast(poll, 50 - n, seed)).await;
    }
    let mut seen = Vec::new();
    let mut after = i64::MIN;
    loop {
        let page = beside.envelopes_page(poll, after, 3).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = last.voter.voter;
        let voters: std::collections::BTreeSet<i64> =
            page.iter().map(|(row, _)| row.voter.voter).collect();
        seen.push((voters.into_iter().collect::<Vec<_>>(), page.len()));
        for (row, Wrapped { kind, number, bytes }) in page {
            assert_eq!((number, row.answered, row.is_bound), (1, true, true));
            let row = row.voter;
            assert_eq!(row.origin, origin(45, 0));
            let seed = u64::try_from((50 - row.voter) * 10).unwrap();
            let offset = match kind {
                Kind::Choice => 0,
                Kind::Other => 1,
                _ => 2,
            };
            assert_eq!(wrapped(kind, seed + offset), (kind, bytes));
        }
    }
    assert_eq!(seen, [(vec![47, 48, 49], 9), (vec![50], 3)]);
}

async fn a_close_notes_its_bundle_before_it_destroys_and_goes_on_where_it_was_cut_off(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 3).await;
    let roster: Vec<VoterRow> =
        (0..).zip(&contacts).map(|(n, contact)| voter(n, *contact)).collect();
    let poll = opened(&house, "one", roster.clone()).await;
    let beyond = opened(&house, "two", roster).await;
    for (n, contact) in (0..).zip(&contacts) {
        answered(&house, *contact, &format!("k{n}"), cast(poll, n, 10)).await;
        answered(&house, *contact, &format!("l{n}"), cast(beyond, n, 20)).await;
    }
    beside.begin_closing(poll, ("priya", None), house.now()).await.unwrap();
    assert_eq!(row_of(&house, "one").await.bundle_digest, None);
    // Cut off between the note and the end: some envelopes are gone.
    let digest = house.raw().bytes(&"07".repeat(32));
    house.raw().execute(&format!("UPDATE polls SET bundle_digest = {digest} WHERE id = {poll}"));
    house.raw().execute(&format!("DELETE FROM envelopes WHERE poll = {poll} AND voter = 0"));
    assert_eq!(row_of(&house, "one").await.bundle_digest, Some([7; 32]), "whoever goes on sees it");
    let other = Bundled { bundle_digest: [6; 32], ..BUNDLE };
    let refused =
        beside.finish_closing(poll, other, ("priya", None), house.now()).await.unwrap_err();
    assert!(refused.to_string().contains("the first one counts"), "{refused}");
    assert_eq!(house.rows(&format!("envelopes WHERE poll = {poll}")), 6, "nothing went for it");

    let closed = beside.finish_closing(poll, BUNDLE, ("priya", None), house.now()).await.unwrap();
    assert_eq!(closed, PollMoved::Yes);
    assert_eq!(house.rows(&format!("envelopes WHERE poll = {poll}")), 0);
    assert_eq!(house.rows(&format!("envelopes WHERE poll = {beyond}")), 9, "another poll's stay");
    assert_eq!(kept(&house, beyond, 2).await[0], wrapped(Kind::Choice, 20));
    let row = row_of(&house, "one").await;
    assert_eq!((row.state, row.bundle_digest), (PollState::Closed, Some([7; 32])));
    assert_eq!((row.roll_head, row.choices), (Some([8; 32]), Some(2)));
    assert_eq!(
        house.rows(&format!("roster WHERE poll = {poll} AND answers = 1")),
        3,
        "turnout stays"
    );
    let again = beside.finish_closing(poll, BUNDLE, ("priya", None), house.now()).await.unwrap();
    assert_eq!(again, PollMoved::No { stands: PollState::Closed });
}

/// Hashes of so many choices, ascending.
fn roll_of(count: u64) -> Vec<[u8; 32]> {
    let hash = |number: u64| {
        let digest = ring::digest::digest(&ring::digest::SHA256, &number.to_be_bytes());
        <[u8; 32]>::try_from(digest.as_ref()).unwrap()
    };
    let mut hashes: Vec<[u8; 32]> = (0..count).map(hash).collect();
    hashes.sort_unstable();
    hashes
}

async fn keep_roll(house: &House, poll: i64, hashes: &[[u8; 32]]) {
    let beside = house.beside().await;
    let parts: Vec<&[[u8; 32]]> = hashes.chunks(ROLL_PART).collect();
    for (part, hashes) in (0..).zip(if parts.is_empty() { vec![&[][..]] } else { parts }) {
        beside.keep_roll(poll, part, hashes).await.unwrap();
    }
}

async fn a_roll_is_kept_by_the_close_and_asked_by_receipt(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(1, contact)]).await;
    let empty = opened(&house, "two", vec![voter(1, contact)]).await;
    let hashes = roll_of(5_000);
    let early = beside.keep_roll(poll, 0, &hashes[..9]).await.unwrap_err();
    assert!(early.to_string().contains("no roll before its close"), "{early}");
    assert_eq!(house.rows("rolls"), 0);

    beside.begin_closing(poll, ("priya", None), house.now()).await.unwrap();
    // Cut off after some parts of another roll: the next try begins anew.
    keep_roll(&house, poll, &roll_of(7_000)).await;
    keep_roll(&house, poll, &hashes).await;
    assert_eq!((house.rows("rolls"), beside.roll_size(poll).await.unwrap()), (3, 5_000));
    assert!(house.records.published_polls(9).await.unwrap().is_empty(), "it is not closed yet");
    let bundled = Bundled { choices: 5_000, ..BUNDLE };
    beside.finish_closing(poll, bundled, ("priya", None), house.now()).await.unwrap();

    let published = house.records.published_polls(9).await.unwrap();
    assert_eq!(published, [row_of(&house, "one").await]);
    assert_eq!(house.records.published_poll("one").await.unwrap(), published.first().cloned());
    assert_eq!(house.records.published_poll("two").await.unwrap(), None);
    // The first, the last, and those on both sides of every seam.
    for at in [0, 1, ROLL_PART - 1, ROLL_PART, 2 * ROLL_PART - 1, 2 * ROLL_PART, 4_998, 4_999] {
        let found = house.records.on_roll(poll, Receipt::of(&hashes[at])).await.unwrap();
        assert_eq!(found, 1, "{at}");
    }
    for other in &roll_of(5_050)[..] {
        let is_on = hashes.contains(other);
        if !is_on || other[0] == 0 {
            let found = house.records.on_roll(poll, Receipt::of(other)).await.unwrap();
            assert_eq!(found, u64::from(is_on));
        }
    }
    let mut read = Vec::new();
    for part in 0.. {
        let Some(hashes) = house.records.roll_part(poll, part).await.unwrap() else { break };
        read.extend(hashes);
    }
    assert_eq!(read, hashes);

    // Nobody answered: its roll is whole, and empty.
    beside.begin_closing(empty, ("priya", None), house.now()).await.unwrap();
    keep_roll(&house, empty, &[]).await;
    let bundled = Bundled { choices: 0, ..BUNDLE };
    beside.finish_closing(empty, bundled, ("priya", None), house.now()).await.unwrap();
    assert!(house.records.published_poll("two").await.unwrap().is_some());
    assert_eq!(house.records.on_roll(empty, Receipt::of(&hashes[0])).await.unwrap(), 0);
    beside.mark_counted(poll, ("priya", None), house.now()).await.unwrap();
    assert_eq!(house.records.published_polls(9).await.unwrap().len(), 2, "a count changes nothing");
}

async fn a_roll_that_is_not_whole_is_published_nowhere(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(1, contact)]).await;
    beside.begin_closing(poll, ("priya", None), house.now()).await.unwrap();
    beside.finish_closing(poll, BUNDLE, ("priya", None), house.now()).await.unwrap();
    let is_published = async || house.records.published_poll("one").await.unwrap().is_some();
    assert!(!is_published().await, "it was closed by a program that kept none");
    keep_roll(&house, poll, &roll_of(1)).await;
    assert!(!is_published().await, "one of two");
    // Whoever has its file may put it there later.
    keep_roll(&house, poll, &roll_of(2)).await;
    assert!(is_published().await);
    let cancelled = opened(&house, "two", vec![voter(1, contact)]).await;
    beside.cancel_poll(cancelled, "priya", "गलत", house.now()).await.unwrap();
    beside.keep_roll(cancelled, 0, &roll_of(2)).await.unwrap_err();
}

async fn a_cancelled_poll_leaves_no_envelope(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(5, contact)]).await;
    answered(&house, contact, "a", cast(poll, 5, 10)).await;
    let moved = beside.cancel_poll(poll, "priya", "गलत सूची", house.now()).await.unwrap();
    assert_eq!(moved, PollMoved::Yes);
    assert_eq!(house.rows("envelopes"), 0);
    let log = beside.poll_log(poll).await.unwrap();
    let last = log.last().unwrap();
    assert_eq!((last.what.as_str(), last.why.as_deref()), ("cancelled", Some("गलत सूची")));
    let again = beside.cancel_poll(poll, "priya", "फिर", house.now()).await.unwrap();
    assert_eq!(again, PollMoved::No { stands: PollState::Cancelled });
    let late = casting(&house, contact, "b", cast(poll, 5, 10)).await;
    assert_eq!(house.records.commit(late).await.unwrap(), Verdict::Conflict);
}

async fn a_person_who_is_erased_loses_their_open_answers_and_stands_on_rosters_without_a_name(
    home: Home,
) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 2).await;
    let roster = vec![voter(5, contacts[0]), voter(6, contacts[1])];
    let closed = opened(&house, "closed", roster.clone()).await;
    let open = opened(&house, "open", roster).await;
    for (n, contact) in (5..).zip(&contacts) {
        answered(&house, *contact, &format!("a{n}"), cast(closed, n, 10)).await;
        answered(&house, *contact, &format!("b{n}"), cast(open, n, 10)).await;
    }
    beside.begin_closing(closed, ("priya", None), house.now()).await.unwrap();
    let erasure = Erasure { by: "office".to_owned(), why: "T-1".to_owned(), at: house.now() };
    beside.erase_person(contacts[0], &erasure).await.unwrap();
    assert_eq!(house.rows(&format!("envelopes WHERE poll = {open} AND voter = 5")), 0);
    assert_eq!(house.rows(&format!("envelopes WHERE poll = {open} AND voter = 6")), 3);
    let counted = house.rows(&format!("envelopes WHERE poll = {closed} AND voter = 5"));
    assert_eq!(counted, 3, "what is being stripped of its voter is nobody's already");
    assert_eq!(house.rows("roster"), 4, "the hash of a roster stands");
    assert_eq!(house.rows("roster WHERE contact IS NULL AND voter = 5"), 2);
    let unanswered = format!(
        "roster WHERE poll = {open} AND voter = 5 AND answered_at IS NULL AND first_at IS NULL AND answers = 0"
    );
    assert_eq!(house.rows(&unanswered), 1);
    let page = beside.envelopes_page(closed, i64::MIN, 10).await.unwrap();
    assert_eq!(page[0].0.voter.contact, None);
    for poll in [closed, open] {
        let there = beside.voters(poll, 0, 10).await.unwrap();
        assert_eq!((there[0].voter.contact, there[0].voter.voter), (None, 5));
        assert!(there.iter().all(|row| row.is_bound), "an erasure of ours is no change by hand");
    }
    // Somebody who is taken out of the database by hand is not erased.
    house
        .raw()
        .execute(&format!("UPDATE roster SET contact = NULL WHERE poll = {open} AND voter = 6"));
    let there = beside.voters(open, 0, 10).await.unwrap();
    assert_eq!(there.iter().map(|row| row.is_bound).collect::<Vec<_>>(), [true, false]);
}

async fn one_person_who_was_two_contacts_answers_once(home: Home) {
    let house = House::new(home).await;
    let nameless = Identities::of(AddressKind::WhatsappUser, "IN.123");
    let old = house.citizen().await;
    let young =
        house.records.resolve(vec![(Channel::Whatsapp, nameless.clone())]).await.unwrap()[0];
    let mut polls = Vec::new();
    for (name, first, second) in [("none", 0, 0), ("old", 1, 0), ("young", 0, 1), ("both", 1, 2)] {
        let poll = opened(&house, name, vec![voter(1, old), voter(2, young)]).await;
        // Who answered when, 0 for never.
        let mut order = vec![(first, old, 1), (second, young, 2)];
        order.sort_unstable();
        for (at, contact, voter) in order.into_iter().filter(|(at, ..)| *at > 0) {
            house.wait(Duration::from_secs(1));
            let mut turn =
                casting(&house, contact, &format!("{name}{at}"), cast(poll, voter, 10)).await;
            turn.inbound.from = house.records.addresses(contact).await.unwrap();
            won(house.records.commit(turn).await);
        }
        polls.push(poll);
    }
    let number = PhoneNumber::parse(PHONE).unwrap();
    let adopted = house.records.adopt(&nameless, number).await.unwrap();
    assert_eq!(adopted, Adopted::Merged { kept: old, given_up: young });
    let told = standings(&house, old).await;
    let voters: Vec<(i64, bool)> =
        told.iter().map(|one| (one.voter, one.answered.is_some())).collect();
    assert_eq!(voters, [(1, false), (1, true), (2, true), (2, true)]);
    assert_eq!(house.rows("roster"), 8);
    assert_eq!(
        house.rows("roster WHERE contact IS NULL AND answers = 0 AND first_at IS NULL AND answered_at IS NULL"),
        4
    );
    for (poll, envelopes) in polls.iter().zip([0, 3, 3, 3]) {
        assert_eq!(house.rows(&format!("envelopes WHERE poll = {poll}")), envelopes);
        let there = house.beside().await.voters(*poll, 0, 10).await.unwrap();
        assert!(there.iter().all(|row| row.is_bound), "{there:?}");
    }
    // Whoever they are now answers on, with the number that comes next.
    assert!(told.iter().all(|one| one.is_bound));
    assert_eq!(told.iter().map(|one| one.answers).collect::<Vec<_>>(), [0, 1, 1, 1]);
    let mut again = casting(&house, old, "again", cast(polls[2], 2, 20)).await;
    again.inbound.from = house.records.addresses(old).await.unwrap();
    won(house.records.commit(again).await);
    assert_eq!(numbers(&house, polls[2], 2).await[0], (Kind::Choice, 2));
}

async fn a_row_that_was_pointed_at_another_phone_by_hand_casts_nothing_and_is_known(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 3).await;
    let roster = (1..).zip(&contacts).map(|(n, contact)| voter(n, *contact)).collect();
    let poll = opened(&house, "one", roster).await;
    let thief = contacts[0];
    let rows = house.all_rows();
    for change in [
        format!("contact = {thief}"),
        // With what binds another row of the same phone.
        format!(
            "contact = {thief}, bound = (SELECT bound FROM roster WHERE poll = {poll} AND voter = 1)"
        ),
        format!("contact = {thief}, bound = 0"),
        "person = 1".to_owned(),
    ] {
        let before = house.raw().query(&format!(
            "SELECT contact, person, bound FROM roster WHERE poll = {poll} AND voter = 2"
        ));
        let [Some(contact), Some(person), Some(bound)] = before[0].as_slice() else { panic!() };
        house
            .raw()
            .execute(&format!("UPDATE roster SET {change} WHERE poll = {poll} AND voter = 2"));
        let of: i64 = house
            .raw()
            .number(&format!("SELECT contact FROM roster WHERE poll = {poll} AND voter = 2"));
        let stand = standings(&house, of).await;
        let stand = stand.iter().find(|one| one.voter == 2).unwrap();
        assert!(!stand.is_bound, "{change}");
        let turn = casting(&house, of, "theft", cast(poll, 2, 10)).await;
        assert_eq!(house.records.commit(turn).await.unwrap(), Verdict::Conflict, "{change}");
        let there = beside.voters(poll, 0, 10).await.unwrap();
        let bound_rows: Vec<bool> = there.iter().map(|row| row.is_bound).collect();
        assert_eq!(bound_rows, [true, false, true], "{change}");
        house.raw().execute(&format!(
            "UPDATE roster SET contact = {contact}, person = {person}, bound = {bound} \
             WHERE poll = {poll} AND voter = 2"
        ));
    }
    assert_eq!(house.all_rows(), rows);
    answered(&house, contacts[1], "a", cast(poll, 2, 10)).await;
}

async fn a_row_that_was_changed_by_hand_is_not_made_good_by_a_merge_or_an_erasure(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let nameless = Identities::of(AddressKind::WhatsappUser, "IN.123");
    let old = house.citizen().await;
    let young =
        house.records.resolve(vec![(Channel::Whatsapp, nameless.clone())]).await.unwrap()[0];
    let other = people(&house, 1).await[0];
    let poll = opened(&house, "one", vec![voter(1, old), voter(2, other)]).await;
    house.raw().execute(&format!("UPDATE roster SET contact = {young} WHERE voter = 2"));
    let number = PhoneNumber::parse(PHONE).unwrap();
    house.records.adopt(&nameless, number).await.unwrap();
    let is_bound = async || -> Vec<bool> {
        let there = beside.voters(poll, 0, 10).await.unwrap();
        there.iter().map(|row| row.is_bound).collect()
    };
    assert!(!is_bound().await[1]);
    let erasure = Erasure { by: "office".to_owned(), why: "T-1".to_owned(), at: house.now() };
    beside.erase_person(old, &erasure).await.unwrap();
    assert!(!is_bound().await[1]);
}

async fn an_answer_that_is_not_the_next_one_of_its_voter_conflicts(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(5, contact)]).await;
    answered(&house, contact, "a", cast(poll, 5, 10)).await;
    for number in [0, 1, 3] {
        let turn = casting(&house, contact, "b", cast(poll, 5, 20)).await;
        let cast = turn.cast.clone().map(|cast| Cast { number, ..cast });
        let turn = TurnCommit { cast, ..turn };
        assert_eq!(house.records.commit(turn).await.unwrap(), Verdict::Conflict, "{number}");
    }
    assert_eq!(kept(&house, poll, 5).await[0], wrapped(Kind::Choice, 10));
    answered(&house, contact, "b", cast(poll, 5, 20)).await;
    let all = [(Kind::Choice, 2), (Kind::Remark, 1), (Kind::Other, 2)];
    assert_eq!(numbers(&house, poll, 5).await, all);
}

async fn a_close_although_answers_were_missing_stands_in_the_log(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contact = house.citizen().await;
    let poll = opened(&house, "one", vec![voter(5, contact)]).await;
    beside.begin_closing(poll, ("priya", None), house.now()).await.unwrap();
    let why = ("ravi", Some("3 answers were missing"));
    beside.finish_closing(poll, BUNDLE, why, house.now()).await.unwrap();
    let log = beside.poll_log(poll).await.unwrap();
    let last = log.last().unwrap();
    assert_eq!((last.what.as_str(), last.actor.as_str()), ("closed", "ravi"));
    assert_eq!(last.why.as_deref(), Some("3 answers were missing"));
}

async fn the_document_of_a_person_says_that_they_answered_and_not_what(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let poll = opened(&house, "lok_sabha", vec![voter(5, contact)]).await;
    opened(&house, "other", vec![voter(5, contact)]).await;
    answered(&house, contact, "a", cast(poll, 5, 10)).await;
    let audit = Audit { by: "office".to_owned(), what: "export", why: None, at: house.now() };
    let document = house.beside().await.person_document(contact, &audit).await.unwrap();
    let rosters = document["rosters"].as_array().unwrap();
    assert_eq!(rosters.len(), 2);
    assert_eq!(rosters[0]["poll"], "lok_sabha");
    assert_eq!(rosters[0]["answered"], house.now().to_string());
    assert_eq!(rosters[1].get("answered"), None);
}

async fn an_audience_is_told_who_is_asked_and_whether_all_of_a_phone_have_answered(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 4).await;
    let second = VoterRow { person: 1, ..voter(4, contacts[2]) };
    let roster = vec![voter(1, contacts[0]), voter(2, contacts[1]), voter(3, contacts[2]), second];
    let poll = opened(&house, "one", roster).await;
    answered(&house, contacts[1], "a", cast(poll, 2, 10)).await;
    answered(&house, contacts[2], "b", cast(poll, 3, 10)).await;
    let beside = house.beside().await;
    let told = beside.polled(poll, contacts[0]..=contacts[3]).await.unwrap();
    let one = |contact, answered| Polled { contact, answered };
    let all = [one(contacts[0], false), one(contacts[1], true), one(contacts[2], false)];
    assert_eq!(told, all);
    assert_eq!(beside.polled(poll, contacts[1]..=contacts[1]).await.unwrap(), all[1..2]);
    assert_eq!(beside.polled(9_999, contacts[0]..=contacts[3]).await.unwrap(), []);
}

async fn when_an_answer_came_is_told_with_its_invitation_and_its_phone(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 3).await;
    let second = VoterRow { person: 1, ..voter(4, contacts[1]) };
    let roster = vec![voter(1, contacts[0]), voter(2, contacts[1]), voter(3, contacts[2]), second];
    let poll = opened(&house, "one", roster).await;
    let invitation = super::broadcasts::new(&house, "one_invitation");
    let recipients = vec![recipient(contacts[0])];
    let broadcast = running(&house, invitation, recipients).await;
    let sent = released_by(&house.records, house.now(), (broadcast, 0, 10)).await;
    let provider_id = Some("wamid.1".to_owned());
    let record = SendRecord {
        id: sent.outgoing[0].id,
        at: house.now(),
        result: SendResult::Sent { provider_id },
    };
    house.records.record_sends(vec![record]).await.unwrap();
    house.wait(Duration::from_mins(1));
    let delivered = house.now();
    let word = super::statuses::word("wamid.1", Status::Delivered, delivered);
    house.records.apply_statuses(vec![word]).await.unwrap();
    house.wait(Duration::from_mins(1));
    answered(&house, contacts[0], "a", cast(poll, 1, 10)).await;
    let first = house.now().as_millisecond();
    answered(&house, contacts[1], "b", cast(poll, 2, 10)).await;
    answered(&house, contacts[1], "c", cast(poll, 4, 10)).await;
    house.wait(Duration::from_mins(1));
    // In one group: two changes of one voter.
    let mut changes = Vec::new();
    let change = casting(&house, contacts[0], "d", cast(poll, 1, 20)).await;
    for (place, key) in ["d", "e"].into_iter().enumerate() {
        let version = change.expected_version + i64::try_from(place).unwrap();
        let turn = turn(contacts[0], version, key, house.now());
        let number = 2 + i64::try_from(place).unwrap();
        changes.push(TurnCommit { cast: Some(Cast { number, ..cast(poll, 1, 20) }), ..turn });
    }
    for verdict in join_all(changes.into_iter().map(|turn| house.records.commit(turn))).await {
        won(verdict);
    }

    let beside = house.beside().await;
    let asked = ("one_invitation", "one_reminder");
    let came = beside.came(poll, asked, 0, 10).await.unwrap();
    let last = house.now().as_millisecond();
    assert_eq!(
        came.iter().map(|one| (one.holder, one.first, one.last)).collect::<Vec<_>>(),
        [(1, first, last), (2, first, first), (4, first, first)],
        "a change does not cover the first answer"
    );
    let reminded = beside.came(poll, ("two_invitation", "one_inv"), 0, 10).await.unwrap();
    assert_eq!(reminded, came, "a reminder that came counts as the invitation does");
    let delivered = Some(delivered.as_millisecond());
    assert_eq!(came.iter().map(|one| one.delivered).collect::<Vec<_>>(), [delivered, None, None]);
    assert_eq!((came[0].assembly, came[0].booth), (173, 45));
    assert_eq!(came[1].number, came[2].number, "two of one phone");
    assert_ne!(came[0].number, came[1].number);
    let rest = beside.came(poll, asked, 2, 10).await.unwrap();
    assert_eq!(rest, came[2..]);
}

/// Every value of every table, as text.
fn everything(house: &House) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for table in house.raw().tables() {
        for row in house.raw().query(&format!("SELECT * FROM {table}")) {
            all.extend(row.into_iter().flatten().map(|value| (table.clone(), value)));
        }
    }
    all
}

async fn what_is_left_after_the_close_knows_no_envelope_and_no_order_of_them(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 12).await;
    let roster: Vec<VoterRow> =
        (0..).zip(&contacts).map(|(n, contact)| voter(n, *contact)).collect();
    let poll = opened(&house, "one", roster).await;
    let mut needles = Vec::new();
    for (n, contact) in (0..).zip(&contacts) {
        house.wait(Duration::from_secs(1));
        let cast = cast(poll, n, u64::try_from(n * 10).unwrap());
        for (kind, bytes) in cast.envelopes.iter().chain(&cast.fillers) {
            let hash = ring::digest::digest(&ring::digest::SHA256, bytes);
            needles.push((*kind, crate::seal::to_hex(&bytes[..8])));
            needles.push((*kind, crate::seal::to_hex(&hash.as_ref()[..8])));
        }
        answered(&house, *contact, &format!("k{n}"), cast).await;
    }
    let knows = |house: &House| -> Vec<String> {
        let values = everything(house);
        let holds = |(_, value): &&(String, String)| {
            needles.iter().any(|(_, needle)| value.contains(needle.as_str()))
        };
        values.iter().filter(holds).map(|(table, _)| table.clone()).collect()
    };
    assert_eq!(knows(&house), vec!["envelopes"; 36], "until the close one table has them");
    let page = beside.envelopes_page(poll, i64::MIN, 100).await.unwrap();
    assert_eq!(page.len(), 36);
    beside.begin_closing(poll, ("priya", None), house.now()).await.unwrap();
    beside.finish_closing(poll, BUNDLE, ("priya", None), house.now()).await.unwrap();
    assert_eq!(knows(&house), Vec::<String>::new());

    // No table has a row for each envelope any more but the roster, which has one for each voter, answered or
    // not, in their order: whoever reads it knows who answered and when, and has nothing to lay beside it.
    assert_eq!(house.rows("envelopes"), 0);
    let voters =
        house.raw().column(&format!("SELECT voter FROM roster WHERE poll = {poll} ORDER BY voter"));
    assert_eq!(voters.len(), 12);
    let of_polls: Vec<String> = house
        .raw()
        .tables()
        .into_iter()
        .filter(|table| table.contains("poll") || table == "envelopes" || table == "roster")
        .collect();
    assert_eq!(of_polls, ["envelopes", "poll_log", "polls", "roster"]);
}
