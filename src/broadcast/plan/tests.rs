use jiff::SignedDuration;

use super::*;
use crate::audience::Names;
use crate::broadcast::fixture::{Office, frozen};
use crate::broadcast::{KnownRoad, Membership};
use crate::contact::{AddressKind, ConsentNow, Contact};
use crate::message::Mark;

fn now() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

/// A member of Lucknow East who agreed to the office's news and has never written.
fn candidate(contact: i64) -> Candidate {
    Candidate {
        contact: Contact {
            id: contact,
            consents: vec![ConsentNow {
                purpose: Purpose::Samvad,
                given: true,
                at: now(),
                only: None,
            }],
            has_phone: true,
            ..Contact::default()
        },
        member: Some(Membership {
            standing: Standing::Verified,
            home: Home { assembly: Some(173), sector: None, booth: Some(45) },
            gender: Some("female"),
            since: now() - SignedDuration::from_hours(24 * 400),
            ends: None,
        }),
        posts: Vec::new(),
        roads: Vec::new(),
        kinds: vec![AddressKind::Phone],
    }
}

fn road(channel: Channel, account: &str) -> KnownRoad {
    KnownRoad { channel, account: account.to_owned(), wrote: None }
}

fn costs() -> Costs {
    Costs { whatsapp_marketing: 88.0, whatsapp_utility: 12.0, sms_part: 20.0 }
}

fn planned(
    audience: &str,
    candidates: &[Candidate],
    earlier: &Earlier,
) -> (Vec<Recipient>, Tally, Vec<u8>) {
    let frozen = frozen();
    let audience = Audience::read(audience, &Office as &dyn Names).unwrap();
    let no_seats = |_: Place| Vec::new();
    let rules = Rules::default();
    let mut plan = Plan::new(&frozen, Some(&audience), costs(), now(), &no_seats, &rules);
    let rows = candidates.iter().filter_map(|one| plan.ask(one, earlier)).collect();
    let (tally, hash) = plan.finish();
    (rows, tally, hash)
}

fn all(candidates: &[Candidate]) -> (Vec<Recipient>, Tally, Vec<u8>) {
    planned("true", candidates, &Earlier::default())
}

#[test]
fn a_person_outside_the_audience_has_no_row() {
    let mut far = candidate(2);
    far.member = None;
    let (rows, tally, _) = planned("member", &[candidate(1), far], &Earlier::default());
    assert_eq!(rows.iter().map(|row| row.contact).collect::<Vec<_>>(), [1]);
    assert_eq!((tally.looked_at, tally.chosen), (2, 1));
}

#[test]
fn who_has_a_tag_is_in_the_audience_that_names_it() {
    let tags = [("volunteer".to_owned(), [2].into())].into();
    let earlier = Earlier { tags, ..Earlier::default() };
    let candidates = [candidate(1), candidate(2)];
    let rows = |audience| {
        let (rows, ..) = planned(audience, &candidates, &earlier);
        rows.iter().map(|row| row.contact).collect::<Vec<_>>()
    };
    assert_eq!(rows("tagged('volunteer')"), [2]);
    assert_eq!(rows("!tagged('volunteer')"), [1]);
}

#[test]
fn who_never_agreed_and_who_took_it_back_are_kept_with_the_reason() {
    let mut never = candidate(1);
    never.contact.consents.clear();
    let mut withdrawn = candidate(2);
    withdrawn.contact.consents[0].given = false;
    let (rows, tally, _) = all(&[never, withdrawn]);
    let reasons: Vec<_> = rows.iter().map(|row| row.refused).collect();
    assert_eq!(reasons, [Some(Refusal::NoConsent), Some(Refusal::Withdrawn)]);
    assert_eq!((tally.goes, tally.refused_in_all()), (0, 2));
}

#[test]
fn a_person_keeps_the_number_they_know() {
    let mut knows = candidate(2);
    knows.roads = vec![road(Channel::Whatsapp, "222")];
    let mut by_sms = candidate(4);
    by_sms.roads = vec![road(Channel::Sms, "office"), road(Channel::Whatsapp, "111")];
    let (rows, _, _) = all(&[knows, by_sms]);
    let ways: Vec<_> = rows.iter().map(|row| (row.channel, row.account.as_str())).collect();
    assert_eq!(ways, [(Channel::Whatsapp, "222"), (Channel::Sms, "office")]);
}

#[test]
fn who_knows_none_of_ours_is_spread_over_them_always_the_same_way() {
    let strangers: Vec<Candidate> = (1..=100).map(candidate).collect();
    let (rows, _, hash) = all(&strangers);
    let first = rows.iter().filter(|row| row.account == "111").count();
    assert_eq!(first, 50);
    assert!(rows.iter().all(|row| row.channel == Channel::Whatsapp));
    assert_eq!(all(&strangers).2, hash, "the same rows have the same hash");
    assert_ne!(all(&strangers[1..]).2, hash);
}

#[test]
fn a_number_of_the_past_gives_way_to_one_of_the_same_channel() {
    let mut moved = candidate(1);
    moved.roads = vec![road(Channel::Sms, "old")];
    let (rows, _, _) = all(&[moved]);
    assert_eq!((rows[0].channel, rows[0].account.as_str()), (Channel::Sms, "office"));
}

#[test]
fn who_is_on_none_of_the_channels_is_counted_and_not_lost() {
    let mut elsewhere = candidate(1);
    elsewhere.kinds = vec![AddressKind::TelegramUser];
    let (rows, tally, _) = all(&[elsewhere]);
    assert!(rows.is_empty());
    assert_eq!((tally.chosen, tally.unreachable), (1, 1));
}

#[test]
fn an_audience_asks_of_earlier_broadcasts_and_lists() {
    let mut earlier = Earlier::default();
    earlier.broadcasts.push(HashMap::from([(1, Took { replied: true, ..Took::default() })]));
    let two = [candidate(1), candidate(2)];
    let (rows, _, _) = planned("!replied(\"diwali\")", &two, &earlier);
    assert_eq!(rows.iter().map(|row| row.contact).collect::<Vec<_>>(), [2]);
    let listed = Earlier { lists: vec![Arc::new(HashSet::from([1]))], ..Earlier::default() };
    let (rows, _, _) = planned("listed(\"guests.csv\")", &two, &listed);
    assert_eq!(rows.iter().map(|row| row.contact).collect::<Vec<_>>(), [1]);
}

#[test]
fn days_are_counted_to_the_day_of_the_plan() {
    let (rows, _, _) = planned("days_since_joined > 365", &[candidate(1)], &Earlier::default());
    assert_eq!(rows.len(), 1);
    let (rows, _, _) = planned("days_since_wrote < 30", &[candidate(1)], &Earlier::default());
    assert!(rows.is_empty(), "not known is no number");
}

#[test]
fn what_it_costs_is_counted_by_message_and_by_part() {
    let mut by_sms = candidate(3);
    by_sms.roads = vec![road(Channel::Sms, "office")];
    let (_, tally, _) = all(&[candidate(1), candidate(2), by_sms]);
    let whatsapp = tally.shares[&(Channel::Whatsapp, Language::Hi)];
    assert_eq!((whatsapp.people, whatsapp.parts), (2, 0));
    let sms = tally.shares[&(Channel::Sms, Language::Hi)];
    assert_eq!((sms.people, sms.parts), (1, 1));
    assert!((tally.paise() - (88.0 * 2.0 + 20.0)).abs() < 1e-9);
    assert_eq!(tally.senders.values().sum::<u64>(), 3);
}

#[test]
fn what_waits_for_the_morning_is_planned_and_what_is_over_is_not() {
    let mut frozen = frozen();
    frozen.before = now();
    frozen.from = None;
    let no_seats = |_: Place| Vec::new();
    let rules = Rules::default();
    let mut plan = Plan::new(&frozen, None, costs(), now(), &no_seats, &rules);
    let row = plan.ask(&candidate(1), &Earlier::default()).unwrap();
    assert_eq!(row.refused, Some(Refusal::Expired));
}

#[test]
fn everything_that_is_said_is_shown_with_its_parts_and_its_price() {
    let all = renderings(&frozen(), costs(), None);
    let shown: Vec<String> = all
        .iter()
        .map(|one| {
            let (channel, code) = (one.channel, one.language.code());
            format!(
                "{channel} {code} {} parts {} paise [{}]: {}",
                one.parts,
                one.paise,
                one.labels.join(", "),
                one.text
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    whatsapp hi 0 parts 88 paise [आऊँगा, संदेश बंद करें]: नमस्ते साथी जी, बैठक रविवार को दस बजे है। आइएगा।
    whatsapp en 0 parts 88 paise [I will come, Stop messages]: Namaste friend, the meeting is on Sunday at ten. Please come.
    whatsapp ur 0 parts 88 paise [آؤں گا, پیغام بند کریں]: آداب ساتھی، میٹنگ اتوار کو دس بجے ہے۔ تشریف لائیں۔
    sms hi 1 parts 20 paise []: नमस्ते साथी जी, बैठक रविवार को दस बजे है।
    sms en 1 parts 20 paise []: Namaste friend, the meeting is on Sunday at ten.
    sms ur 1 parts 20 paise []: آداب ساتھی، میٹنگ اتوار کو دس بجے ہے۔
    "#);
}

#[test]
fn a_mark_of_the_operators_is_asked_only_of_advertising() {
    let mut marked = candidate(1);
    marked.contact.marks = vec![Mark::NoPromotion];
    marked.roads = vec![road(Channel::Sms, "office")];
    let (rows, _, _) = all(&[marked]);
    assert_eq!(rows[0].refused, None, "a plain text is not registered as advertising");
}

#[test]
fn who_heard_enough_this_week_is_refused() {
    let frozen = frozen();
    let no_seats = |_: Place| Vec::new();
    let caps = crate::gate::Caps::new(7, [(Purpose::Samvad, 2)]);
    let rules = Rules { caps, ..Rules::default() };
    let mut plan = Plan::new(&frozen, None, costs(), now(), &no_seats, &rules);
    let earlier = Earlier { told: HashMap::from([(1, 2), (2, 1)]), ..Earlier::default() };
    let refused = |row: Option<Recipient>| row.unwrap().refused;
    assert_eq!(refused(plan.ask(&candidate(1), &earlier)), Some(Refusal::Capped));
    assert_eq!(refused(plan.ask(&candidate(2), &earlier)), None);
}
