//! The kill switch, how often people were written to, and a person's rights over what is kept.

use super::facts::{consent, member};
use super::*;
use crate::fact::{Consent, Detail};
use crate::message::Status;
use crate::records::{Audit, Erasure, Halt, SendRecord, SendResult, Taken};

promises! {
    broadcasts_are_counted_that_were_sent_since_a_day,
    the_newest_turn_of_the_kill_switch_counts,
    a_withdrawal_of_one_channel_takes_back_what_waits_on_it_alone,
    a_blocked_person_is_known_as_one_until_that_is_taken_back,
    a_person_is_read_whole_and_whoever_looked_is_written_down,
    an_erased_person_leaves_numbers_to_count_and_nothing_that_names_them,
    an_erased_person_comes_back_by_their_own_word_and_not_by_a_list,
    what_the_law_has_kept_goes_when_its_year_is_over,
}

async fn sent(house: &House, id: OutgoingId, result: SendResult) {
    let claimed = house.records.claim(house.now(), 100).await.unwrap();
    assert!(claimed.iter().any(|outgoing| outgoing.id == id));
    let record = SendRecord { id, at: house.now(), result };
    house.records.record_sends(vec![record]).await.unwrap();
}

async fn broadcasts_are_counted_that_were_sent_since_a_day(home: Home) {
    let house = House::new(home).await;
    let (contact, other) = (house.citizen().await, house.contact_of("9812345679").await);
    let day = Duration::from_hours(24);
    let told = async |contact, since| house.told(contact, since, None).await;
    let begin = house.now();
    let taken = || SendResult::Sent { provider_id: None };
    let first = house.queued(contact, Lane::Broadcast, Purpose::Samvad).await;
    assert_eq!(told(contact, begin).await, 0, "it waits");
    sent(&house, first, taken()).await;
    house.wait(day);
    let of_membership = house.queued(contact, Lane::Broadcast, Purpose::Membership).await;
    sent(&house, of_membership, taken()).await;
    let reminder = house.queued(contact, Lane::Reminder, Purpose::Samvad).await;
    sent(&house, reminder, taken()).await;
    let unknown = house.queued(contact, Lane::Broadcast, Purpose::Samvad).await;
    sent(&house, unknown, SendResult::Unknown).await;
    let reason = "silence".to_owned();
    let refused = house.queued(contact, Lane::Broadcast, Purpose::Samvad).await;
    sent(&house, refused, SendResult::Suppressed { reason }).await;

    assert_eq!(told(contact, begin).await, 2, "the first, and the one whose answer was not seen");
    assert_eq!(told(contact, house.now()).await, 1);
    assert_eq!(told(other, begin).await, 0);
    let since = [begin, house.now(), begin];
    let at_once = [contact, contact, other].into_iter().zip(since);
    let answers = futures_util::future::join_all(at_once.map(|(who, from)| told(who, from))).await;
    assert_eq!(answers, [2, 1, 0], "each counts from its own day, however many ask at once");
    let beside = house.beside().await;
    let all = beside.told(0, other.max(contact), Purpose::Samvad, begin).await.unwrap();
    assert_eq!(all, [(contact, 2)]);
    assert_eq!(beside.told(contact, i64::MAX, Purpose::Samvad, begin).await.unwrap(), []);
}

async fn the_newest_turn_of_the_kill_switch_counts(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    assert_eq!(house.records.halt().await.unwrap(), None);
    let on =
        Halt {
            halted: true, by: "संजय".to_owned(), why: "गलत पाठ".to_owned(), at: house.now()
        };
    let off =
        Halt { halted: false, why: "पाठ सुधर गया".to_owned(), ..on.clone() };
    for turned in [&on, &off, &on] {
        beside.turn_halt(turned).await.unwrap();
        assert_eq!(house.records.halt().await.unwrap().as_ref(), Some(turned));
        assert_eq!(beside.halt().await.unwrap().as_ref(), Some(turned));
    }
    assert_eq!(house.rows("halts"), 3, "every turn stays");
}

fn only(purpose: Purpose, given: bool, channel: Channel) -> Fact {
    Fact::Consent(Consent {
        purpose,
        given,
        notice: None,
        wording: None,
        how: "keyword".to_owned(),
        only: Some(channel),
    })
}

async fn a_withdrawal_of_one_channel_takes_back_what_waits_on_it_alone(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let commit = house.turn(contact, "yes").await;
    won(house.records.commit(with_facts(commit, vec![consent(Purpose::Samvad, true)])).await);
    let waits = house.queued(contact, Lane::Broadcast, Purpose::Samvad).await;
    let mut known = Vec::new();
    for (key, channel) in [("a", Channel::Sms), ("b", Channel::Whatsapp)] {
        let commit = house.turn(contact, key).await;
        let facts = vec![only(Purpose::Samvad, false, channel)];
        won(house.records.commit(with_facts(commit, facts)).await);
        let person = house.records.snapshot(contact).await.unwrap().unwrap().contact;
        let on = |channel| person.consents_on(Purpose::Samvad, channel);
        known.push((on(Channel::Sms), on(Channel::Whatsapp), house.status_of(waits)));
        assert!(person.consents_to(Purpose::Samvad), "it was not taken back whole");
    }
    assert_eq!(known, [(false, true, "queued"), (false, false, "suppressed")]);
    house.totals_are_true().await;

    let commit = house.turn(contact, "c").await;
    won(house.records.commit(with_facts(commit, vec![consent(Purpose::Samvad, true)])).await);
    let person = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    assert_eq!(person.consents.len(), 1, "a yes to everything: {:?}", person.consents);
}

fn audit(what: &'static str, house: &House) -> Audit {
    let (by, why) = ("कार्यालय".to_owned(), Some("T-1".to_owned()));
    Audit { by, what, why, at: house.now() }
}

async fn a_blocked_person_is_known_as_one_until_that_is_taken_back(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let beside = house.beside().await;
    let answer = house.queued(contact, Lane::Reply, Purpose::Answer).await;
    let samvad = house.queued(contact, Lane::Broadcast, Purpose::Samvad).await;
    let version = house.version(contact).await;
    let (block, now) = (audit("block", &house), Some(house.now()));
    assert!(beside.block(contact, now, &block).await.unwrap());
    for waits in [answer, samvad] {
        assert_eq!(house.status_of(waits), "suppressed", "nothing that waits goes to them");
    }
    house.totals_are_true().await;
    assert!(!beside.block(contact, now, &block).await.unwrap(), "once");
    let person = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    assert!(person.blocked && person.version == version + 1);
    assert!(beside.block(contact, None, &audit("unblock", &house)).await.unwrap());
    let person = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    assert!(!person.blocked);
    assert_eq!(house.rows("audit"), 2);
}

/// A member with a post-free life in the records: consents, a request, a message that waits.
async fn lived(house: &House) -> (i64, OutgoingId) {
    let contact = house.citizen().await;
    let request = Fact::Request {
        kind: "erasure".to_owned(),
        ticket: "T-1".to_owned(),
        details: vec![Detail {
            name: "why".to_owned(), text: "बस यूँ ही".to_owned()
        }],
    };
    let facts = vec![member("UP-1"), consent(Purpose::Samvad, true), request];
    let commit = house.turn(contact, "lived").await;
    won(house.records.commit(with_facts(commit, facts)).await);
    let waits = house.queued(contact, Lane::Broadcast, Purpose::Samvad).await;
    (contact, waits)
}

async fn a_person_is_read_whole_and_whoever_looked_is_written_down(home: Home) {
    let house = House::new(home).await;
    let (contact, _) = lived(&house).await;
    let beside = house.beside().await;
    let first = beside.person_document(contact, &audit("export", &house)).await.unwrap();
    let text = first.to_string();
    for words in
        [PHONE, "रमेश यादव", "UP-1", "सदस्य बनना है", "आपका नाम?", "बस यूँ ही", "T-1", "samvad", "name"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert_eq!(first["audit"].as_array().unwrap().len(), 0);
    let second = beside.person_document(contact, &audit("export", &house)).await.unwrap();
    assert_eq!(second["audit"][0]["what"], "export");
    let other = house.contact_of("9812345679").await;
    let nothing = beside.person_document(other, &audit("export", &house)).await.unwrap();
    assert!(!nothing.to_string().contains(PHONE), "only what is theirs");
}

async fn erased(house: &House, contact: i64) -> i64 {
    let (by, why) = ("कार्यालय".to_owned(), "T-1".to_owned());
    let erasure = Erasure { by, why, at: house.now() };
    house.beside().await.erase_person(contact, &erasure).await.unwrap()
}

async fn an_erased_person_leaves_numbers_to_count_and_nothing_that_names_them(home: Home) {
    let house = House::new(home).await;
    let (contact, waits) = lived(&house).await;
    let before = house.turn(contact, "made before").await;
    erased(&house, contact).await;
    for table in [
        "addresses",
        "members",
        "member_states",
        "consents",
        "sessions",
        "messages",
        "media",
        "timers",
    ] {
        assert_eq!(house.rows(table), 0, "{table}");
    }
    assert_eq!(house.status_of(waits), Status::Suppressed.name());
    assert_eq!(house.rows("outgoing"), 2, "they are counted");
    assert_eq!(house.rows("requests WHERE details IS NULL AND done IS NOT NULL"), 1);
    assert_eq!(house.rows("audit WHERE what = 'erase'"), 1);
    assert_eq!(house.rows("erasures WHERE kept IS NOT NULL"), 1);
    house.totals_are_true().await;
    let person = house.records.snapshot(contact).await.unwrap().unwrap();
    assert_eq!((person.contact.membership, person.session), (None, None));
    let again = house.beside().await.person_document(contact, &audit("export", &house)).await;
    let text = again.unwrap().to_string();
    for words in [PHONE, "रमेश", "UP-1", "सदस्य बनना है", "बस यूँ ही"]
    {
        assert!(!text.contains(words), "{words} in {text}");
    }
    // A turn that was made from what was known of them writes nothing.
    let verdict = house.records.commit(before).await.unwrap();
    assert!(matches!(verdict, Verdict::Stranger | Verdict::Conflict), "{verdict:?}");
    assert_ne!(house.citizen().await, contact, "whoever writes now is somebody new");
}

async fn an_erased_person_comes_back_by_their_own_word_and_not_by_a_list(home: Home) {
    let house = House::new(home).await;
    let (contact, _) = lived(&house).await;
    erased(&house, contact).await;
    let rows = vec![import::row(PHONE, "रमेश यादव"), import::row("9812345677", "सुरेश यादव")];
    let import = import::import_at(&house, false);
    let beside = house.beside().await;
    let taken = beside.import_people(&import, None, rows.clone()).await.unwrap().taken;
    assert!(matches!(&taken[0], Taken::Refused { .. }), "{taken:?}");
    assert!(!matches!(&taken[1], Taken::Refused { .. }), "{taken:?}");
    house.citizen().await;
    let taken = beside.import_people(&import, None, rows).await.unwrap().taken;
    assert!(!matches!(&taken[0], Taken::Refused { .. }), "{taken:?}");
}

async fn what_the_law_has_kept_goes_when_its_year_is_over(home: Home) {
    let house = House::new(home).await;
    let (contact, _) = lived(&house).await;
    erased(&house, contact).await;
    for (days, kept) in [(364, 1), (1, 0)] {
        house.wait(Duration::from_hours(24 * days));
        house.records.heartbeat().await.unwrap();
        house.records.sweep(house.now(), WAITS).await.unwrap();
        assert_eq!(house.rows("erasures WHERE kept IS NOT NULL"), kept, "after {days} days more");
    }
    assert_eq!(house.rows("erasures"), 1, "that they were erased stays");
}
