use jiff::SignedDuration;

use super::*;
use crate::audience::Names;
use crate::broadcast::fixture::{Office, frozen};
use crate::broadcast::{KnownRoad, Membership};
use crate::broadcast::{Value, Words};
use crate::calendar::Calendar;
use crate::contact::{AddressKind, ConsentNow, Contact};
use crate::gate::Refusal;
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
        kinds: vec![AddressKind::Phone],
        ..Candidate::default()
    }
}

fn road(channel: Channel, account: &str) -> KnownRoad {
    KnownRoad { channel, account: account.to_owned(), wrote: None }
}

fn costs() -> Costs {
    Costs { whatsapp_marketing: 88.0, whatsapp_utility: 12.0, sms_part: 20.0 }
}

/// The vendor of the fixture's account puts the DLT templates.
fn at_vendor() -> Rules {
    Rules { templates_at_vendor: vec!["office".to_owned()], ..Rules::default() }
}

fn planned(
    audience: &str,
    candidates: &[Candidate],
    earlier: &Earlier,
) -> (Vec<Recipient>, Tally, Vec<u8>) {
    let frozen = frozen();
    let audience = Audience::read(audience, &Office as &dyn Names).unwrap();
    let no_seats = |_: Place| Vec::new();
    let rules = at_vendor();
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
    let reasons_of = [Refusal::NoConsent, Refusal::Withdrawn].map(|why| Some(Reason::Gate(why)));
    assert_eq!(reasons, reasons_of);
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
fn who_is_on_none_of_the_channels_has_a_row_with_the_reason() {
    let mut elsewhere = candidate(1);
    elsewhere.kinds = vec![AddressKind::TelegramUser];
    let (rows, tally, _) = all(&[elsewhere]);
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.refused, row.channel), (Some(Reason::NoAddress), Channel::Internal));
    assert_eq!(tally.refused, [(Reason::NoAddress, 1)]);
    assert_eq!((tally.chosen, tally.goes), (1, 0));
}

#[test]
fn whoever_holds_a_post_on_the_phone_of_another_is_counted_with_the_reason() {
    let booth = |assembly| Place::Booth { assembly, number: 45 };
    let of_booth = |assembly| vec![(1, "booth_president".to_owned(), booth(assembly))];
    let mut beside = candidate(1);
    beside.posts_beside = of_booth(173);
    let mut himself = candidate(2);
    himself.posts = vec![("booth_president".to_owned(), booth(173))];
    // One person with two posts, and another.
    himself.posts_beside = [of_booth(173), of_booth(172), of_booth(173)].concat();
    himself.posts_beside[2].0 = 2;
    let mut elsewhere = candidate(3);
    elsewhere.posts_beside = of_booth(300);
    let audience = "post == \"booth_president\" && place.within(\"lucknow\")";
    let (rows, tally, _) = planned(audience, &[beside, himself, elsewhere], &Earlier::default());
    let reasons: Vec<_> = rows.iter().map(|row| (row.contact, row.refused)).collect();
    assert_eq!(reasons, [(1, Some(Reason::SharedPhone)), (2, None)]);
    assert_eq!((tally.chosen, tally.goes), (2, 1));
    assert_eq!(tally.beside, 2, "who shares the phone of somebody it goes to is told of too");
}

#[test]
fn days_are_counted_to_the_moment_of_sending() {
    let mut frozen = frozen();
    frozen.from = Some(now() + SignedDuration::from_hours(24 * 10));
    frozen.before = now() + SignedDuration::from_hours(24 * 11);
    let mut joined = candidate(1);
    let membership = joined.member.as_mut().unwrap();
    membership.since = now() - SignedDuration::from_hours(24 * 25);
    let no_seats = |_: Place| Vec::new();
    let rules = at_vendor();
    for (audience, chosen) in [("days_since_joined < 31", 0), ("days_since_joined == 35", 1)] {
        let audience = Audience::read(audience, &Office as &dyn Names).unwrap();
        let mut plan = Plan::new(&frozen, Some(&audience), costs(), now(), &no_seats, &rules);
        plan.ask(&joined, &Earlier::default());
        assert_eq!(plan.finish().0.chosen, chosen);
    }
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
    // It is half past five in the morning in India.
    let mut morning = frozen();
    morning.from = None;
    assert_eq!(refused_of(&morning, &by_sms(1), &at_vendor(), 0), None, "it waits for ten");
    let over = Frozen { before: now(), ..morning };
    let expired = Some(Reason::Gate(Refusal::Expired));
    assert_eq!(refused_of(&over, &candidate(1), &at_vendor(), 0), expired);
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

/// Somebody who is written to by SMS.
fn by_sms(contact: i64) -> Candidate {
    Candidate { roads: vec![road(Channel::Sms, "office")], ..candidate(contact) }
}

/// Why this one gets nothing, who was sent so many before.
fn refused_of(frozen: &Frozen, one: &Candidate, rules: &Rules, told: u32) -> Option<Reason> {
    let no_seats = |_: Place| Vec::new();
    let mut plan = Plan::new(frozen, None, costs(), now(), &no_seats, rules);
    let earlier = Earlier { told: HashMap::from([(one.contact.id, told)]), ..Earlier::default() };
    plan.ask(one, &earlier).unwrap().refused
}

#[test]
fn a_mark_of_the_operators_is_asked_of_what_is_advertising_or_registered_nowhere() {
    let marked = |mut candidate: Candidate| {
        candidate.contact.marks = vec![Mark::NoPromotion];
        candidate
    };
    let refused = |candidate| refused_of(&frozen(), &marked(candidate), &at_vendor(), 0);
    assert_eq!(refused(by_sms(1)), Some(Reason::Gate(Refusal::NoPromotion)));
    assert_eq!(refused(candidate(1)), None, "WhatsApp asks no operator");
}

#[test]
fn a_short_message_without_a_template_is_refused_unless_its_vendor_puts_one() {
    let refused = |rules: &Rules| refused_of(&frozen(), &by_sms(1), rules, 0);
    assert_eq!(refused(&Rules::default()), Some(Reason::Gate(Refusal::NoDltTemplate)));
    assert_eq!(refused(&at_vendor()), None);
}

#[test]
fn a_plan_asks_the_gate_of_each_person_and_their_own_seat() {
    let silent =
        "[[phases]]\nname = \"एक\"\npoll = \"2026-12-07\"\nclose = \"18:00\"\nassemblies = [173]\n";
    let calendar = Calendar::read(silent).unwrap();
    let silence = Rules { calendar, ..Rules::default() };
    let refused = |one: &Candidate, rules: &Rules| refused_of(&frozen(), one, rules, 0);
    assert_eq!(refused(&candidate(1), &silence), Some(Reason::Gate(Refusal::Silence)));
    let mut elsewhere = candidate(1);
    elsewhere.member.as_mut().unwrap().home.assembly = Some(300);
    assert_eq!(refused(&elsewhere, &silence), None, "another seat");
    let mut unknown = candidate(1);
    unknown.member = None;
    assert_eq!(refused(&unknown, &silence), Some(Reason::Gate(Refusal::Silence)), "any seat");
    let mut blocked = candidate(1);
    blocked.contact.blocked = true;
    assert_eq!(refused(&blocked, &at_vendor()), Some(Reason::Gate(Refusal::Blocked)));
}

#[test]
fn a_plan_of_a_question_leaves_out_who_agreed_who_was_asked_and_the_days_of_exit_polls() {
    let asks = |purpose| Frozen { purpose, ..frozen() };
    let ask =
        |one: &Candidate, told| refused_of(&asks(Purpose::AskSamvad), one, &at_vendor(), told);
    let mut never = candidate(1);
    never.contact.consents.clear();
    assert_eq!(ask(&never, 0), None);
    assert_eq!(ask(&never, 1), Some(Reason::Gate(Refusal::AskedOnce)));
    assert_eq!(ask(&candidate(1), 0), Some(Reason::Gate(Refusal::Agreed)));
    let polls = "[[phases]]\nname = \"एक\"\npoll = \"2026-12-05\"\nclose = \"18:00\"\nassemblies = [1]\n\
                 [[phases]]\nname = \"दो\"\npoll = \"2026-12-20\"\nclose = \"18:00\"\nassemblies = [2]\n";
    let rules = Rules { calendar: Calendar::read(polls).unwrap(), ..Rules::default() };
    let locked = |purpose| refused_of(&asks(purpose), &never, &rules, 0);
    assert_eq!(locked(Purpose::AskOpinion), Some(Reason::Gate(Refusal::ExitPoll)));
    assert_eq!(locked(Purpose::AskSamvad), None);
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
    let capped = Some(Reason::Gate(Refusal::Capped));
    assert_eq!(refused(plan.ask(&candidate(1), &earlier)), capped);
    assert_eq!(refused(plan.ask(&candidate(2), &earlier)), None);
}

/// A name that is known fills its place.
fn with_names() -> Frozen {
    let mut frozen = frozen();
    let known = crate::broadcast::Known::Name;
    frozen.said.values[0].1 = Value::Person { known, otherwise: Words::everywhere("friend") };
    frozen
}

#[test]
fn a_long_name_is_seen_in_the_parts_and_in_the_price() {
    let frozen = with_names();
    let all = renderings(&frozen, costs(), None);
    let sms = |language| {
        let is_it = |one: &&Rendering| one.channel == Channel::Sms && one.language == language;
        let one = all.iter().find(is_it).unwrap();
        (one.parts, one.most_parts, one.most_paise)
    };
    assert_eq!(sms(Language::Hi), (1, 2, 40.0));
    assert_eq!(sms(Language::En), (1, 2, 40.0), "Devanagari in an English text");
    assert!(all.iter().all(|one| one.most_parts >= one.parts));
    let no_seats = |_: Place| Vec::new();
    let rules = at_vendor();
    let mut plan = Plan::new(&frozen, None, costs(), now(), &no_seats, &rules);
    let mut by_sms = candidate(1);
    by_sms.roads = vec![road(Channel::Sms, "office")];
    plan.ask(&by_sms, &Earlier::default());
    let (tally, _) = plan.finish();
    assert!((tally.paise() - 20.0).abs() < 1e-9 && (tally.most_paise() - 40.0).abs() < 1e-9);
}

#[test]
fn what_the_second_way_may_cost_is_in_the_most_it_costs() {
    let mut by_sms = candidate(2);
    by_sms.roads = vec![road(Channel::Sms, "office")];
    let mut abroad = candidate(3);
    abroad.kinds = vec![AddressKind::ForeignPhone];
    let (_, tally, _) = all(&[candidate(1), by_sms, abroad]);
    assert_eq!((tally.goes, tally.second.people), (3, 1), "who has a phone and another first way");
    assert!((tally.second.paise - 20.0).abs() < 1e-9, "{:?}", tally.second);
    assert!(tally.most_paise() - tally.paise() >= 20.0, "billed beside the first");
}

/// The code of conduct is in force, and these texts are certified under this number.
fn conduct(number: &str, texts: &[crate::calendar::TextHash]) -> Rules {
    let hex = |hash: &crate::calendar::TextHash| {
        let digits: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("\"{}\"", digits.concat())
    };
    let texts: Vec<String> = texts.iter().map(hex).collect();
    let text = format!(
        "[[conduct]]\nfrom = \"2026-11-01\"\nto = \"2026-12-31\"\n\
         [[certificates]]\nnumber = \"{number}\"\ncommittee = \"राज्य\"\ndate = \"2026-11-02\"\n\
         sha256 = [{}]\n",
        texts.join(", ")
    );
    Rules { calendar: Calendar::read(&text).unwrap(), ..Rules::default() }
}

fn refused_under(frozen: &Frozen, rules: &Rules) -> Option<Reason> {
    let no_seats = |_: Place| Vec::new();
    let mut plan = Plan::new(frozen, None, costs(), now(), &no_seats, rules);
    plan.ask(&candidate(1), &Earlier::default()).unwrap().refused
}

#[test]
fn a_text_is_certified_with_the_words_of_the_office_under_the_number_of_its_file() {
    let named =
        |number: Option<&str>| Frozen { certificate: number.map(str::to_owned), ..with_names() };
    let hash = with_names().certified_hash(Channel::Whatsapp, Language::Hi).unwrap();
    let rules = conduct("UP/114", &[hash]);
    let uncertified = Some(Reason::Gate(Refusal::NoCertificate));
    assert_eq!(refused_under(&named(Some("UP/114")), &rules), None);
    assert_eq!(refused_under(&named(None), &rules), uncertified, "its file names none");
    assert_eq!(refused_under(&named(Some("UP/115")), &rules), uncertified, "another's number");
    let mut other_day = named(Some("UP/114"));
    other_day.said.values[1].1 = Value::Office(Words::everywhere("हमें वोट दें"));
    assert_eq!(refused_under(&other_day, &rules), uncertified, "other words of the office");
    let mut open = named(Some("UP/114"));
    open.said.values[1].1 = Value::Office(Words::everywhere("{}"));
    assert_eq!(open.certified_hash(Channel::Whatsapp, Language::Hi), None, "no place of theirs");
}

#[test]
fn a_certificate_covers_what_stands_for_the_unknown_the_labels_and_what_is_above() {
    let hashes = |frozen: &Frozen| {
        Language::ALL.map(|language| {
            [Channel::Whatsapp, Channel::Sms]
                .map(|channel| frozen.certified_hash(channel, language).unwrap())
        })
    };
    let certified = with_names();
    let mut otherwise = with_names();
    otherwise.said.values[0].1 = Value::Person {
        known: crate::broadcast::Known::Name,
        otherwise: Words::everywhere("साइकिल पर बटन दबाएँ"),
    };
    let mut label = with_names();
    let by_template = label.said.whatsapp.as_mut().unwrap();
    by_template.declared.wordings[0].labels[0] = "वोट दूँगा".to_owned();
    let mut header = with_names();
    header.said.whatsapp.as_mut().unwrap().header =
        Some(crate::message::TemplateHeader::Text(crate::message::TemplateVariable {
            name: None,
            text: "हमें वोट दें".to_owned(),
        }));
    let (of_certified, of_label) = (hashes(&certified), hashes(&label));
    for (own, other) in of_certified.iter().flatten().zip(hashes(&otherwise).iter().flatten()) {
        assert_ne!(own, other, "what stands for an unknown name is read by many");
    }
    let spoken = label.said.whatsapp.as_ref().unwrap().declared.wordings[0].language;
    for ((own, other), language) in of_certified.iter().zip(&of_label).zip(Language::ALL) {
        assert_eq!(own[0] != other[0], language == spoken, "{}", language.code());
        assert_eq!(own[1], other[1], "a short message has no buttons");
    }
    assert_ne!(of_certified[0][0], hashes(&header)[0][0]);
    insta::assert_snapshot!(certified.certified_text(Channel::Whatsapp, Language::Hi).unwrap(), @r"
    नमस्ते {} जी, बैठक रविवार को दस बजे है। आइएगा।
    ␟ name: friend
    ␟ [आऊँगा]
    ␟ [संदेश बंद करें]
    ");
    insta::assert_snapshot!(certified.certified_text(Channel::Sms, Language::Hi).unwrap(), @r"
    नमस्ते {} जी, बैठक रविवार को दस बजे है।
    ␟ name: friend
    ");
    let mut apart = with_names();
    apart.said.values[1].1 = Value::Office(Words::everywhere("रविवार\n␟ name: साथी"));
    assert_eq!(apart.certified_text(Channel::Whatsapp, Language::Hi), None, "none of our signs");
    let mut braces = with_names();
    let wordings = &mut braces.said.whatsapp.as_mut().unwrap().declared.wordings;
    wordings[0].body.push_str(" {हमें वोट दें}");
    let one = braces.certified_hash(Channel::Whatsapp, spoken);
    let wordings = &mut braces.said.whatsapp.as_mut().unwrap().declared.wordings;
    wordings[0].body = wordings[0].body.replace("वोट", "मत");
    assert_ne!(braces.certified_hash(Channel::Whatsapp, spoken), one, "nothing is left out");
}

#[test]
fn a_message_is_known_by_its_words_and_not_by_what_fills_its_places() {
    let frozen = with_names();
    for (channel, language) in [
        (Channel::Whatsapp, Language::Ur),
        (Channel::Sms, Language::Hi),
        (Channel::Sms, Language::En),
    ] {
        let name = Some("राम जी, बैठक में".to_owned());
        let to = Addressee { name, language, ..Addressee::default() };
        let content = frozen.content(&to, channel).unwrap();
        let hash = frozen.certified_hash(channel, language);
        assert!(hash.is_some());
        assert_eq!(frozen.certified_hash_of(&content), hash, "{channel} {}", language.code());
    }
    let other = Content::Text { body: "हमें वोट दें".to_owned() };
    assert_eq!(frozen.certified_hash_of(&other), None);
}
