//! The states of a membership, and who leads it from one to the next.

use super::facts::{member, referred};
use super::import::{import_at, president, row};
use super::*;
use crate::config::MembershipSection;
use crate::contact::{Contact, Listed};
use crate::fact::NewMember;
use crate::records::{Incoming, MemberState, StepOutcome, Taken};

promises! {
    whom_only_a_list_knows_is_no_member_to_a_flow_and_brings_nobody,
    whoever_joins_by_their_own_message_confirms_the_row_of_the_list,
    whoever_joins_under_another_name_is_beside_the_one_of_the_list,
    a_sector_stays_as_long_as_the_booth_it_was_told_for,
    an_import_during_a_join_does_not_win_over_the_persons_words,
    several_join_at_once_whom_a_list_knows_and_does_not_know,
    leaving_ends_the_posts_of_the_one_who_leaves,
    a_membership_that_is_disowned_flags_whoever_brought_it,
    a_step_is_written_with_its_time_who_made_it_and_why,
    what_the_states_forbid_is_refused_and_writes_nothing,
    a_withdrawal_by_the_office_ends_the_membership_the_posts_and_the_count,
    so_many_verified_in_one_seat_make_an_active_member,
    two_verifications_at_once_are_both_counted,
    a_verification_long_ago_does_not_count,
    a_renewal_is_no_verification_and_an_active_member_is_verified_already,
    a_membership_lapses_when_its_term_is_over_and_a_renewal_brings_it_back,
    a_term_that_is_renewed_does_not_lapse,
    names_from_before_they_had_hashes_are_found_by_them,
    memberships_that_ended_before_there_were_states_get_theirs,
    whom_lists_know_from_before_they_were_counted_are_counted_once,
}

const OTHER: &str = "9812345679";

async fn person(house: &House, contact: i64) -> Contact {
    house.records.snapshot(contact).await.unwrap().unwrap().contact
}

async fn taken(house: &House, rows: Vec<Incoming>) -> Vec<Taken> {
    let import = import_at(house, true);
    house.beside().await.import_people(&import, None, rows).await.unwrap().taken
}

fn new_member(number: &str, name: &str, booth: Option<u16>) -> Fact {
    Fact::EnrolMember(NewMember {
        number: number.to_owned(),
        name: name.to_owned(),
        district: "157".to_owned(),
        assembly: 172,
        booth,
        birth_year: Some(1991),
        ends: Some(crate::clock::from_ms(1_900_000_000_000)),
    })
}

/// The number of the one whom a list puts on this contact's phone.
async fn listed(house: &House, contact: i64) -> Listed {
    person(house, contact).await.listed.unwrap()
}

async fn whom_only_a_list_knows_is_no_member_to_a_flow_and_brings_nobody(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "रमेश यादव")]).await;
    let contact = house.citizen().await;
    let known = person(&house, contact).await;
    assert!(known.membership.is_none());
    let there = known.listed.unwrap();
    assert_eq!((there.name.as_str(), there.assembly, there.booth), ("रमेश यादव", 173, Some(42)));

    // Nobody comes by the code of somebody who never had it, and a list does not make a comer.
    let comer = house.contact_of(OTHER).await;
    house.made_true(comer, "a", vec![referred(&there.number)]).await;
    assert_eq!(house.rows("contacts WHERE referred_by IS NOT NULL"), 0);
    house.made_true(contact, "b", vec![new_member(&there.number, "रमेश यादव", None)]).await;
    house.made_true(comer, "c", vec![referred(&there.number)]).await;
    taken(&house, vec![row(OTHER, "सीता देवी")]).await;
    assert_eq!(person(&house, contact).await.brought, 0, "a row of a list is nobody brought");
    let number = listed(&house, comer).await.number;
    house.made_true(comer, "d", vec![new_member(&number, "सीता देवी", None)]).await;
    assert_eq!(person(&house, contact).await.brought, 1);
    house.totals_are_true().await;
}

async fn whoever_joins_by_their_own_message_confirms_the_row_of_the_list(home: Home) {
    let house = House::new(home).await;
    let with_post =
        Incoming { post: Some(president(42)), ..row(PHONE, "रमेश यादव") };
    taken(&house, vec![with_post.clone()]).await;
    let contact = house.citizen().await;
    let number = listed(&house, contact).await.number;
    let mut before = person(&house, contact).await;

    let joins = new_member(&number, "रमेश कुमार यादव", Some(7));
    house.made_true(contact, "a", vec![joins.clone()]).await;
    let known = person(&house, contact).await;
    before.apply(&joins, house.now());
    assert_eq!((&known.membership, &known.listed), (&before.membership, &None));
    assert_eq!(known.posts, ["booth_president"], "the post is theirs");
    let member = known.membership.unwrap();
    assert_eq!((member.number.as_str(), member.name.as_str()), (number.as_str(), "रमेश कुमार यादव"));
    assert_eq!((member.district.as_str(), member.assembly, member.booth), ("157", 172, Some(7)));

    assert_eq!(house.rows("members"), 1, "one person, one number");
    let stands =
        "members WHERE state = 2 AND birth_year = 1991 AND sector IS NULL AND father IS NOT NULL";
    assert_eq!(house.rows(stands), 1);
    let step = "member_states WHERE state = 2 AND actor = 'person' AND message > 0";
    assert_eq!(house.rows(step), 1);
    assert_eq!(house.rows("member_history WHERE booth = 42 AND assembly = 173 AND message > 0"), 1);
    assert_eq!(house.beside().await.people_called("Ramesh Kumar Yadav", 9).await.unwrap().len(), 1);
    house.totals_are_true().await;

    // Once more changes nothing.
    house.made_true(contact, "b", vec![new_member("UP-9", "कोई और", None)]).await;
    assert_eq!((house.rows("members"), house.rows("member_states")), (1, 2));
}

async fn a_sector_stays_as_long_as_the_booth_it_was_told_for(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "रमेश यादव")]).await;
    let contact = house.citizen().await;
    let number = listed(&house, contact).await.number;
    let sector = || house.raw().column("SELECT coalesce(CAST(sector AS TEXT), '') FROM members");
    house.made_true(contact, "joins", vec![member(&number)]).await;
    assert_eq!(sector(), ["4"], "of the same seat and booth");
    let told = |name: &str, booth| {
        Fact::UpdateMember(crate::fact::MemberDetails {
            name: name.to_owned(),
            district: "157".to_owned(),
            assembly: 173,
            booth,
        })
    };
    house.made_true(contact, "renamed", vec![told("रमेश कुमार", Some(42))]).await;
    assert_eq!(sector(), ["4"]);
    house.made_true(contact, "moves", vec![told("रमेश कुमार", Some(43))]).await;
    assert_eq!(sector(), [""]);
    house.raw().execute("UPDATE members SET sector = 5, booth = NULL");
    house.made_true(contact, "renamed-again", vec![told("रमेश", None)]).await;
    assert_eq!(sector(), ["5"], "nobody ever said a booth");
    house.made_true(contact, "says-the-booth", vec![told("रमेश", Some(7))]).await;
    assert_eq!(sector(), [""]);
}

async fn whoever_joins_under_another_name_is_beside_the_one_of_the_list(home: Home) {
    let house = House::new(home).await;
    let with_post =
        Incoming { post: Some(president(42)), ..row(PHONE, "रमेश यादव") };
    let with_post = Incoming { proof: Some("form 12".to_owned()), ..with_post };
    taken(&house, vec![with_post.clone()]).await;
    let contact = house.citizen().await;
    let mut before = person(&house, contact).await;
    assert!(before.consents_to(Purpose::Membership));
    let joins = new_member("UP-1", "सीता देवी", None);
    let agrees = super::facts::consent(Purpose::Membership, true);
    let facts = vec![agrees, joins];
    house.made_true(contact, "a", facts.clone()).await;
    let known = person(&house, contact).await;
    for fact in &facts {
        before.apply(fact, house.now());
    }
    assert_eq!((&known.membership, &known.listed), (&before.membership, &None));
    assert_eq!((&known.posts, &known.consents), (&before.posts, &before.consents));
    assert!(known.posts.is_empty(), "his post is not hers");
    assert_eq!(known.membership.unwrap().number, "UP-1", "what was shown is what is stored");
    assert_eq!(house.rows("members WHERE person = 1 AND state = 1 AND until IS NULL"), 1);
    assert_eq!(house.rows("posts WHERE person = 1 AND until IS NULL"), 1);
    let all = house.all_rows();
    assert_eq!(taken(&house, vec![with_post]).await, [Taken::Unchanged]);
    assert_eq!(house.all_rows(), all, "the list finds its own there");
    house.totals_are_true().await;
}

async fn an_import_during_a_join_does_not_win_over_the_persons_words(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    // The question is open, and the turn that enrols is made before the import comes.
    house.made_true(contact, "asked", Vec::new()).await;
    let begun = with_facts(house.turn(contact, "a").await, vec![new_member("UP-1", "रमेश", None)]);
    taken(&house, vec![row(PHONE, "रमेश यादव")]).await;
    assert_eq!(house.records.commit(begun).await.unwrap(), Verdict::Conflict);
    assert!(person(&house, contact).await.membership.is_none());
    let number = listed(&house, contact).await.number;
    house.made_true(contact, "a", vec![new_member(&number, "रमेश", None)]).await;
    let member = person(&house, contact).await.membership.unwrap();
    assert_eq!((member.name.as_str(), member.assembly, member.booth), ("रमेश", 172, None));
    assert_eq!(house.rows("members"), 1);
    house.totals_are_true().await;
}

async fn several_join_at_once_whom_a_list_knows_and_does_not_know(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "रमेश यादव"), row(OTHER, "सीता देवी")]).await;
    let (one, other) = (house.citizen().await, house.contact_of(OTHER).await);
    let third = house.contact_of("9812345670").await;
    let number = listed(&house, one).await.number;
    let joins = [(one, number.as_str()), (other, "UP-2"), (third, "UP-3")];
    let mut turns = Vec::new();
    for (contact, number) in joins {
        let joins = vec![new_member(number, "रमेश", None)];
        turns.push(with_facts(house.turn(contact, &format!("{contact}")).await, joins));
    }
    let [a, b, c] = <[_; 3]>::try_from(turns).unwrap();
    let records = &house.records;
    let done = tokio::join!(records.commit(a), records.commit(b), records.commit(c));
    for verdict in <[_; 3]>::from(done) {
        won(verdict);
    }
    for (contact, number) in joins {
        assert_eq!(person(&house, contact).await.membership.unwrap().number, number);
    }
    assert_eq!(house.rows("members WHERE until IS NULL AND state = 2"), 3);
    assert_eq!(house.rows("members WHERE until IS NULL AND state = 1 AND person = 1"), 1);
    assert_eq!(house.rows("member_states WHERE state = 2"), 3);
    house.totals_are_true().await;
}

async fn leaving_ends_the_posts_of_the_one_who_leaves(home: Home) {
    let house = House::new(home).await;
    let ramesh = Incoming { post: Some(president(42)), ..row(PHONE, "रमेश यादव") };
    let sita = Incoming { post: Some(president(43)), ..row(PHONE, "सीता देवी") };
    taken(&house, vec![ramesh, sita]).await;
    let contact = house.citizen().await;
    let number = listed(&house, contact).await.number;
    let facts = vec![new_member(&number, "रमेश यादव", None)];
    house.made_true(contact, "a", facts).await;
    let mut before = person(&house, contact).await;
    house.made_true(contact, "b", vec![Fact::LeaveMembership]).await;
    before.apply(&Fact::LeaveMembership, house.now());
    let known = person(&house, contact).await;
    assert_eq!((known.membership, known.posts), (before.membership, before.posts));
    let ended = "posts WHERE person = 0 AND until > 0 AND ended_by = 'person'";
    assert_eq!(house.rows(ended), 1);
    assert_eq!(house.rows("posts WHERE person = 1 AND until IS NULL"), 1, "hers stands");
    house.totals_are_true().await;
}

async fn a_membership_that_is_disowned_flags_whoever_brought_it(home: Home) {
    let house = House::new(home).await;
    let by = enrolled(&house, OTHER, "UP-1").await;
    for (number, phone) in ["9812346001", "9812346002"].into_iter().enumerate() {
        let contact = house.contact_of(phone).await;
        let joins = vec![referred("UP-1"), member(&format!("UP-2{number}"))];
        house.made_true(contact, &format!("a{number}"), joins).await;
        let never = vec![Fact::DisownMembership, Fact::LeaveMembership];
        house.made_true(contact, &format!("b{number}"), never.clone()).await;
        assert!(person(&house, contact).await.membership.is_none());
        // Of nobody's membership there is nothing to say.
        house.made_true(contact, &format!("c{number}"), never).await;
    }
    let flags = house.beside().await.disowned(9).await.unwrap();
    let [flag] = flags.as_slice() else { panic!("{flags:?}") };
    assert_eq!((flag.enroller, flag.number.as_deref()), (Some(by), Some("UP-1")));
    assert_eq!((flag.import, flag.times, flag.last), (None, 2, house.now()));
    assert_eq!(house.rows("disowned WHERE message > 0"), 2);
    house.totals_are_true().await;
}

async fn enrolled(house: &House, phone: &str, number: &str) -> i64 {
    let contact = house.contact_of(phone).await;
    house.made_true(contact, &format!("joins-{number}"), vec![member(number)]).await;
    contact
}

async fn step(house: &House, number: &str, to: MemberState) -> StepOutcome {
    let beside = house.beside().await;
    beside.step(number, to, "district:162", "seen at the door", house.now()).await.unwrap()
}

fn made(from: MemberState, became_active: &[&str]) -> StepOutcome {
    let became_active = became_active.iter().map(|number| (*number).to_owned()).collect();
    StepOutcome::Made { from, became_active }
}

async fn a_step_is_written_with_its_time_who_made_it_and_why(home: Home) {
    let house = House::new(home).await;
    let contact = enrolled(&house, PHONE, "UP-1").await;
    let version = house.version(contact).await;
    house.wait(Duration::from_mins(5));
    let to = MemberState::Verified;
    assert_eq!(step(&house, "UP-1", to).await, made(MemberState::Confirmed, &[]));
    let now = house.now().as_millisecond();
    let told = format!(
        "member_states WHERE state = 3 AND at = {now} AND actor = 'district:162'
         AND why = 'seen at the door'"
    );
    assert_eq!(house.rows(&told), 1);
    assert_eq!(house.rows(&format!("members WHERE state = 3 AND state_at = {now}")), 1);
    assert_eq!(house.version(contact).await, version + 1);
    assert_eq!(step(&house, "UP-1", to).await, StepOutcome::Already);
    assert_eq!(step(&house, "UP-2", to).await, StepOutcome::Unknown);
    assert_eq!(house.rows("member_states"), 2);
    assert!(person(&house, contact).await.membership.is_some());
}

async fn what_the_states_forbid_is_refused_and_writes_nothing(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "रमेश यादव")]).await;
    let contact = house.citizen().await;
    let number = listed(&house, contact).await.number;
    enrolled(&house, OTHER, "UP-1").await;
    let all = house.all_rows();
    for (number, to, word) in [
        (number.as_str(), MemberState::Confirmed, "their own phone"),
        (number.as_str(), MemberState::Verified, "not confirmed"),
        ("UP-1", MemberState::Active, "only a verified member"),
        ("UP-1", MemberState::Details, "stays true"),
    ] {
        let StepOutcome::Refused(reason) = step(&house, number, to).await else {
            panic!("{number} became {}", to.name())
        };
        assert!(reason.contains(word), "{reason}");
    }
    assert_eq!(house.all_rows(), all);
    assert_eq!(house.rows("members WHERE state IN (1, 2)"), 2);
}

async fn a_withdrawal_by_the_office_ends_the_membership_the_posts_and_the_count(home: Home) {
    let house = House::new(home).await;
    let by = enrolled(&house, OTHER, "UP-1").await;
    let with_post =
        Incoming { post: Some(president(42)), ..row(PHONE, "रमेश यादव") };
    taken(&house, vec![with_post]).await;
    let contact = house.citizen().await;
    let number = listed(&house, contact).await.number;
    let facts = vec![referred("UP-1"), new_member(&number, "रमेश यादव", None)];
    house.made_true(contact, "a", facts).await;
    assert_eq!(person(&house, by).await.brought, 1);
    let version = house.version(by).await;

    assert_eq!(
        step(&house, &number, MemberState::Withdrawn).await,
        made(MemberState::Confirmed, &[])
    );
    let known = person(&house, contact).await;
    assert!(known.membership.is_none() && known.posts.is_empty());
    assert_eq!((person(&house, by).await.brought, house.version(by).await), (0, version + 1));
    assert_eq!(house.rows("posts WHERE until > 0 AND ended_by = 'district:162'"), 1);
    house.totals_are_true().await;
    let again = step(&house, &number, MemberState::Verified).await;
    assert!(matches!(again, StepOutcome::Refused(_)), "{again:?}");
}

/// So many members brought by UP-1 and nobody verified; two verified in a seat make an active member.
async fn bringer(home: Home, brought: u32) -> House {
    let house = House::new(home).await;
    enrolled(&house, PHONE, "UP-1").await;
    for number in 0..brought {
        let contact = house.contact_of(&format!("98123460{number:02}")).await;
        let facts = vec![referred("UP-1"), member(&format!("UP-2{number}"))];
        house.made_true(contact, &format!("k{number}"), facts).await;
    }
    house
}

async fn ruled(house: &House) -> Beside {
    let membership = MembershipSection {
        active_referrals: 2,
        active_within_days: 30,
        ..MembershipSection::default()
    };
    let options = options(&house.url, house.folder.path(), &house.clock);
    Beside::open(RecordsOptions { membership, ..options }).await.unwrap()
}

async fn verified(house: &House, number: &str) -> StepOutcome {
    let beside = ruled(house).await;
    beside.step(number, MemberState::Verified, "office", "", house.now()).await.unwrap()
}

const FROM: MemberState = MemberState::Confirmed;

async fn so_many_verified_in_one_seat_make_an_active_member(home: Home) {
    let house = bringer(home, 3).await;
    house.raw().execute("UPDATE members SET assembly = 1 WHERE number = 'UP-22'");
    assert_eq!(verified(&house, "UP-20").await, made(FROM, &[]));
    assert_eq!(verified(&house, "UP-22").await, made(FROM, &[]), "of another seat");
    assert_eq!(verified(&house, "UP-21").await, made(FROM, &[]), "the bringer is not verified");
    assert_eq!(verified(&house, "UP-1").await, made(FROM, &["UP-1"]));
    let told =
        "member_states WHERE state = 4 AND actor = 'rule' AND why = '2 verified in seat 173'";
    assert_eq!((house.rows(told), house.rows("members WHERE state = 4")), (1, 1));
}

async fn two_verifications_at_once_are_both_counted(home: Home) {
    let house = bringer(home, 2).await;
    assert_eq!(verified(&house, "UP-1").await, made(FROM, &[]));
    let (one, other) = tokio::join!(verified(&house, "UP-20"), verified(&house, "UP-21"));
    let active = [made(FROM, &["UP-1"]), made(FROM, &[])];
    assert!(active.contains(&one) && active.contains(&other) && one != other, "{one:?} {other:?}");
    assert_eq!(house.rows("members WHERE state = 4 AND number = 'UP-1'"), 1);
}

async fn a_verification_long_ago_does_not_count(home: Home) {
    let house = bringer(home, 2).await;
    assert_eq!(verified(&house, "UP-1").await, made(FROM, &[]));
    assert_eq!(verified(&house, "UP-20").await, made(FROM, &[]));
    house.wait(Duration::from_hours(24 * 31));
    assert_eq!(verified(&house, "UP-21").await, made(FROM, &[]));
    assert_eq!(house.rows("members WHERE state = 4"), 0);
}

async fn a_renewal_is_no_verification_and_an_active_member_is_verified_already(home: Home) {
    let house = bringer(home, 2).await;
    assert_eq!(verified(&house, "UP-20").await, made(FROM, &[]));
    house.wait(Duration::from_hours(24 * 31));
    // What was verified long ago lapses and is renewed by its person.
    house.raw().execute("UPDATE members SET ends = 1 WHERE number = 'UP-20'");
    assert_eq!(house.records.lapse(house.now(), 10).await.unwrap(), 1);
    let brought = house.contact_of("9812346000").await;
    let ends = house.now() + jiff::SignedDuration::from_hours(24);
    house.made_true(brought, "renews", vec![Fact::RenewMembership { ends }]).await;
    assert_eq!(house.rows("members WHERE number = 'UP-20' AND state = 3"), 1);
    assert_eq!(verified(&house, "UP-21").await, made(FROM, &[]));
    assert_eq!(verified(&house, "UP-1").await, made(FROM, &[]), "one verified in these days");

    // The office takes a verification back and gives it anew: that is one of today.
    let beside = ruled(&house).await;
    let taken_back = beside.step("UP-20", MemberState::Confirmed, "office", "", house.now()).await;
    assert_eq!(taken_back.unwrap(), made(MemberState::Verified, &[]));
    assert_eq!(verified(&house, "UP-20").await, made(FROM, &["UP-1"]));
    let all = house.all_rows();
    assert_eq!(verified(&house, "UP-1").await, StepOutcome::Already);
    assert_eq!((house.all_rows(), house.rows("members WHERE state = 4")), (all, 1));
    house.totals_are_true().await;
}

const DAY: Duration = Duration::from_hours(24);

/// A member whose term is over in a day.
async fn of_a_day(house: &House) -> i64 {
    let contact = house.citizen().await;
    let ends = house.now() + jiff::SignedDuration::from_hours(24);
    let facts = vec![member("UP-1"), Fact::RenewMembership { ends }];
    house.made_true(contact, "joins", facts).await;
    contact
}

async fn a_membership_lapses_when_its_term_is_over_and_a_renewal_brings_it_back(home: Home) {
    let house = House::new(home).await;
    let contact = of_a_day(&house).await;
    enrolled(&house, OTHER, "UP-2").await;
    step(&house, "UP-1", MemberState::Verified).await;
    assert_eq!(house.records.lapse(house.now(), 10).await.unwrap(), 0);
    house.wait(DAY);
    assert_eq!(house.records.lapse(house.now(), 10).await.unwrap(), 1);
    assert_eq!(house.beside().await.lapse(house.now(), 10).await.unwrap(), 0, "once");
    assert_eq!(house.rows("members WHERE state = 5 AND number = 'UP-1' AND until IS NULL"), 1);
    assert_eq!(house.rows("member_states WHERE state = 5 AND actor = 'term'"), 1);
    let known = person(&house, contact).await.membership.unwrap();
    assert!(known.is_over(house.now()), "a flow still sees whose term is over");

    let ends = house.now() + jiff::SignedDuration::from_hours(24);
    house.made_true(contact, "renews", vec![Fact::RenewMembership { ends }]).await;
    assert_eq!(house.rows("members WHERE state = 3 AND number = 'UP-1'"), 1, "verified as before");
    let told =
        "member_states WHERE state = 3 AND actor = 'person' AND why = 'renewed' AND message > 0";
    assert_eq!(house.rows(told), 1);
    house.wait(DAY);
    assert_eq!(house.beside().await.lapse(house.now(), 10).await.unwrap(), 1);
    house.totals_are_true().await;
}

async fn a_term_that_is_renewed_does_not_lapse(home: Home) {
    let house = House::new(home).await;
    let contact = of_a_day(&house).await;
    let ends = house.now() + jiff::SignedDuration::from_hours(48);
    house.made_true(contact, "renews", vec![Fact::RenewMembership { ends }]).await;
    house.wait(DAY);
    assert_eq!(house.records.lapse(house.now(), 10).await.unwrap(), 0);
    assert_eq!(house.rows("member_states"), 1, "nothing changed but the term");
    let membership = MembershipSection { lapse_after_days: 7, ..MembershipSection::default() };
    let options = options(&house.url, house.folder.path(), &house.clock);
    let patient = Beside::open(RecordsOptions { membership, ..options }).await.unwrap();
    house.wait(DAY * 2);
    assert_eq!(patient.lapse(house.now(), 10).await.unwrap(), 0, "a week's grace");
    assert_eq!(house.records.lapse(house.now(), 10).await.unwrap(), 1);
}

async fn names_from_before_they_had_hashes_are_found_by_them(home: Home) {
    let house = House::new(home).await;
    for number in 0..5 {
        enrolled(&house, &format!("981234600{number}"), &format!("UP-{number}")).await;
    }
    house.raw().execute("UPDATE members SET name_hash = NULL WHERE number <> 'UP-0'");
    let beside = house.beside().await;
    assert_eq!(beside.people_called("Ramesh Yadav", 9).await.unwrap().len(), 1);
    let mut steps = Vec::new();
    loop {
        let named = house.records.complete_members(3).await.unwrap();
        if named == 0 {
            break;
        }
        steps.push(named);
    }
    assert_eq!(steps, [3, 1]);
    assert_eq!(beside.people_called("Ramesh Yadav", 9).await.unwrap().len(), 5);
}

async fn memberships_that_ended_before_there_were_states_get_theirs(home: Home) {
    let house = House::new(home).await;
    let contact = enrolled(&house, PHONE, "UP-1").await;
    house.wait(DAY);
    house.made_true(contact, "leaves", vec![Fact::LeaveMembership]).await;
    house.wait(DAY);
    house.made_true(contact, "back", vec![member("UP-2")]).await;
    let other = enrolled(&house, OTHER, "UP-3").await;
    house.made_true(other, "leaves-too", vec![Fact::LeaveMembership]).await;
    house.raw().execute("UPDATE members SET state = 2, state_at = NULL WHERE until IS NOT NULL");
    // As two contacts that became one left them: this one ended while another held.
    house.raw().execute("UPDATE members SET until = until + 172800000 WHERE number = 'UP-1'");
    assert_eq!(house.records.complete_members(1).await.unwrap(), 1);
    assert_eq!(house.records.complete_members(9).await.unwrap(), 1);
    assert_eq!(house.records.complete_members(9).await.unwrap(), 0);
    let state = |number: &str, state: i64| {
        let kept = "until IS NULL OR state_at = until";
        house.rows(&format!("members WHERE number = '{number}' AND state = {state} AND ({kept})"))
    };
    assert_eq!((state("UP-1", 5), state("UP-2", 2), state("UP-3", 6)), (1, 1, 1));
}

async fn whom_lists_know_from_before_they_were_counted_are_counted_once(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "रमेश यादव"), row(OTHER, "सीता देवी")]).await;
    house.raw().execute("DELETE FROM totals WHERE name = 'listed'");
    assert_eq!(house.records.report(house.now()).await.unwrap().listed, 0, "as it was then");
    for _ in 0..2 {
        house.records.complete_members(9).await.unwrap();
        house.totals_are_true().await;
    }
    let contact = house.citizen().await;
    let number = listed(&house, contact).await.number;
    house.made_true(contact, "joins", vec![member(&number)]).await;
    house.totals_are_true().await;
    house.made_true(contact, "leaves", vec![Fact::LeaveMembership]).await;
    house.totals_are_true().await;
}
