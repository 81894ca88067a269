//! Members and posts as the office lists, finds, counts and draws them, on both homes.

use super::import::{president, row, taken};
use super::*;
use crate::places::{Level, Place};
use crate::records::sql::{listings as sql, posts as posts_sql};
use crate::records::{
    Below, CodeRange, Incoming, Listed, MemberState, Settled, StepOutcome, Taken, Wanted, Whom,
    WhyDuplicate,
};

promises! {
    members_of_a_seat_are_listed_by_booth_and_those_of_none_behind_them,
    members_are_counted_by_seat,
    whoever_has_a_booth_is_listed_in_the_sector_in_which_it_lies,
    members_of_the_state_are_read_page_by_page,
    a_member_is_found_by_any_words_of_the_name_in_any_spelling,
    a_member_is_found_by_the_last_digits_of_the_phone_and_by_the_number,
    whatever_is_looked_for_in_a_place_is_found_there_alone,
    what_is_searched_is_brought_up_to_what_was_written,
    a_changed_name_is_found_and_the_old_one_is_not,
    a_booth_is_covered_by_members_the_office_verified,
    who_brought_verified_members_leads,
    a_sample_is_the_same_from_the_same_seed_and_asked_by_another_district,
    whoever_has_neither_seat_nor_district_is_in_no_sample,
    people_without_father_or_booth_are_no_twins,
    one_person_on_two_phones_is_settled_once,
    every_phone_with_one_person_twice_is_told,
    a_name_that_was_changed_is_compared_anew,
    one_person_twice_on_a_phone_keeps_who_speaks_and_the_posts,
    a_settled_person_does_not_come_back_with_the_same_file,
    the_posts_of_one_person_on_two_phones_are_held_by_the_membership_that_stays,
    whoever_confirmed_or_changed_their_booth_is_found_as_a_twin,
    two_persons_are_never_asked_about_again,
    posts_are_listed_with_the_names_of_all_on_a_phone,
    posts_of_one_kind_and_state_are_counted_and_listed_alike,
    the_audit_log_says_who_what_and_how_many,
}

const OTHER: &str = "9812345679";
const THIRD: &str = "9812345670";

/// A row of a list with these details changed.
fn at(number: &str, name: &str, seat: Option<u16>, booth: Option<u16>) -> Incoming {
    let mut row = row(number, name);
    row.details.assembly = seat;
    row.details.booth = booth;
    row.details.sector = None;
    row
}

fn seat(number: u16) -> Whom {
    Whom { seats: Some(vec![number]), ..Whom::default() }
}

fn names(people: &[Listed]) -> Vec<&str> {
    people.iter().map(|one| one.name.as_str()).collect()
}

async fn found(house: &House, text: &str) -> Vec<String> {
    let beside = house.beside().await;
    while !beside.index().await.unwrap().is_done {}
    let wanted = Wanted::of(text).unwrap();
    let people = beside.find(&wanted, &Whom::default(), 10).await.unwrap();
    people.into_iter().map(|one| one.name).collect()
}

/// The membership is verified, as if its person had confirmed it before.
async fn verify(house: &House, number: &str) {
    house.raw().execute(&format!(
        "UPDATE totals SET value = value - (
             SELECT count(*) FROM members WHERE number = '{number}' AND state = 1)
         WHERE name = 'listed' AND epoch = 0;
         UPDATE members SET state = 2 WHERE number = '{number}'"
    ));
    let step = house.beside().await;
    let step = step.step(number, MemberState::Verified, "office", "visit", house.now()).await;
    assert!(matches!(step.unwrap(), StepOutcome::Made { .. }));
}

async fn number_of(house: &House, name: &str) -> String {
    let beside = house.beside().await;
    let people = beside.members_behind(None, 0, 100).await.unwrap();
    people.into_iter().find(|one| one.name == name).unwrap().number
}

async fn members_of_a_seat_are_listed_by_booth_and_those_of_none_behind_them(home: Home) {
    let house = House::new(home).await;
    let rows = vec![
        at(PHONE, "राम कुमार", Some(173), None),
        at(OTHER, "सीता देवी", Some(173), Some(42)),
        at(THIRD, "मोहन लाल", Some(173), Some(7)),
        at("9812345671", "गीता देवी", Some(174), Some(1)),
    ];
    taken(&house, rows).await;
    let beside = house.beside().await;
    let people = beside.members(&seat(173), 10).await.unwrap();
    assert_eq!(names(&people), ["मोहन लाल", "सीता देवी", "राम कुमार"]);
    assert_eq!(beside.members(&seat(173), 2).await.unwrap().len(), 2);
    let booth = Whom { below: Some(Below::Booth(42)), ..seat(173) };
    let one = beside.members(&booth, 10).await.unwrap().remove(0);
    assert_eq!((one.name.as_str(), one.booth), ("सीता देवी", Some(42)));
    assert_eq!(one.father.as_deref(), Some("सोहन लाल"));
    assert_eq!(one.addresses.get(AddressKind::Phone), Some(OTHER));
    let verified = Whom { state: Some(MemberState::Verified), ..seat(173) };
    assert!(beside.members(&verified, 10).await.unwrap().is_empty());
}

async fn whoever_has_a_booth_is_listed_in_the_sector_in_which_it_lies(home: Home) {
    let house = House::new(home).await;
    let of = |number: &str, name: &str, sector: Option<u16>, booth: Option<u16>| {
        let mut row = at(number, name, Some(173), booth);
        row.details.sector = sector;
        row
    };
    taken(
        &house,
        vec![
            of("9812345671", "राम कुमार", Some(1), Some(5)),
            of("9812345672", "सीता देवी", Some(1), None),
            of("9812345673", "मोहन लाल", Some(1), Some(99)),
            of("9812345674", "गीता देवी", None, Some(6)),
        ],
    )
    .await;
    let beside = house.beside().await;
    let there = async |number: u16, booths: Vec<u16>, elsewhere: Vec<u16>| {
        let below = Some(Below::Sector { number, booths, elsewhere });
        let whom = Whom { below, ..seat(173) };
        let people = beside.members(&whom, 10).await.unwrap();
        let counted = beside.count(&whom).await.unwrap();
        assert_eq!(counted.values().sum::<u64>(), u64::try_from(people.len()).unwrap());
        names(&people).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    // Booth 5 lay in sector 1 and lies in 2 now, as 6 does; where 99 lies nobody knows.
    assert_eq!(there(1, vec![4], vec![5, 6]).await, ["मोहन लाल", "सीता देवी"]);
    assert_eq!(there(2, vec![5, 6], vec![4]).await, ["राम कुमार", "गीता देवी"]);
}

async fn members_are_counted_by_seat(home: Home) {
    let house = House::new(home).await;
    let mut rows = vec![
        at(PHONE, "राम कुमार", Some(173), Some(1)),
        at(OTHER, "सीता देवी", Some(173), None),
        at(THIRD, "मोहन लाल", None, None),
    ];
    // The state is counted in parts at once: nobody at the end of one is missed, or counted twice.
    let seats = [1, 99, 100, 101, 199, 200, 201, 299, 300, 301, 403];
    rows.extend(
        seats.iter().map(|seat| at(&format!("9812300{seat:03}"), "गीता देवी", Some(*seat), None)),
    );
    taken(&house, rows).await;
    let beside = house.beside().await;
    let counts = beside.count(&Whom::default()).await.unwrap();
    let mut expected: Vec<(u16, u64)> = seats.iter().map(|seat| (*seat, 1)).collect();
    expected.extend([(0, 1), (173, 2)]);
    expected.sort_unstable();
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
    let details = Whom { state: Some(MemberState::Details), ..seat(173) };
    assert_eq!(beside.count(&details).await.unwrap().get(&173), Some(&2));
    let active = Whom { state: Some(MemberState::Active), ..seat(173) };
    assert!(beside.count(&active).await.unwrap().is_empty());
}

async fn members_of_the_state_are_read_page_by_page(home: Home) {
    let house = House::new(home).await;
    let rows = (0..7).map(|number| {
        at(&format!("981234567{number}"), &format!("राम {}", "क".repeat(number + 1)), None, None)
    });
    taken(&house, rows.collect()).await;
    let beside = house.beside().await;
    let (mut after, mut read) = (0, 0);
    loop {
        let page = beside.members_behind(None, after, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        assert!(last.member > after);
        after = last.member;
        read += page.len();
    }
    assert_eq!(read, 7);
    let lapsed = beside.members_behind(Some(MemberState::Lapsed), 0, 3).await.unwrap();
    assert!(lapsed.is_empty());
}

async fn a_member_is_found_by_any_words_of_the_name_in_any_spelling(home: Home) {
    let house = House::new(home).await;
    let rows = vec![
        at(PHONE, "राम कुमार यादव", Some(173), Some(1)),
        at(OTHER, "Sunita Yadav", Some(174), Some(1)),
        at(THIRD, "سنیتا", None, None),
    ];
    taken(&house, rows).await;
    assert_eq!(found(&house, "yadav").await, ["राम कुमार यादव", "Sunita Yadav"]);
    assert_eq!(found(&house, "यादव raam").await, ["राम कुमार यादव"]);
    assert_eq!(found(&house, "सुनीता").await, ["Sunita Yadav"]);
    assert_eq!(found(&house, "سنیتا").await, ["سنیتا"]);
    assert!(found(&house, "राम सुनीता").await.is_empty());
    let beside = house.beside().await;
    let there = beside.find(&Wanted::of("yadav").unwrap(), &seat(174), 10).await.unwrap();
    assert_eq!(names(&there), ["Sunita Yadav"], "of a place");
}

async fn a_member_is_found_by_the_last_digits_of_the_phone_and_by_the_number(home: Home) {
    let house = House::new(home).await;
    let rows = vec![at(PHONE, "राम कुमार", None, None), at("9898985678", "सीता देवी", None, None)];
    taken(&house, rows).await;
    assert_eq!(found(&house, "5678").await, ["राम कुमार", "सीता देवी"]);
    assert_eq!(found(&house, "45678").await, ["राम कुमार"]);
    assert!(found(&house, "95678").await.is_empty());
    assert_eq!(found(&house, "९८१२३ ४५६७८").await, ["राम कुमार"]);
    let number = number_of(&house, "सीता देवी").await;
    assert_eq!(found(&house, &number.to_lowercase()).await, ["सीता देवी"]);
}

async fn whatever_is_looked_for_in_a_place_is_found_there_alone(home: Home) {
    let house = House::new(home).await;
    let rows = vec![
        at(PHONE, "राम कुमार यादव", Some(173), Some(1)),
        at("9898985678", "रामकुमार यादव", Some(174), Some(1)),
    ];
    taken(&house, rows).await;
    assert_eq!(found(&house, "yadav").await.len(), 2, "in the state");
    let beside = house.beside().await;
    let number = number_of(&house, "राम कुमार यादव").await;
    // The last two are one word here and two there: what is looked for then is the whole name.
    for wanted in ["5678", PHONE, &number, "yadav", "राम कुमार यादव", "ramkumar yadav"]
    {
        let wanted = Wanted::of(wanted).unwrap();
        let here = beside.find(&wanted, &seat(173), 10).await.unwrap();
        let booth = Whom { below: Some(Below::Booth(1)), ..seat(173) };
        assert_eq!(beside.find(&wanted, &booth, 10).await.unwrap(), here, "{wanted:?}");
        assert_eq!(names(&here), ["राम कुमार यादव"], "{wanted:?}");
        assert!(beside.find(&wanted, &seat(9), 10).await.unwrap().is_empty(), "{wanted:?}");
    }
}

async fn what_is_searched_is_brought_up_to_what_was_written(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![at(PHONE, "राम कुमार", None, None)]).await;
    assert_eq!(found(&house, "kumar").await, ["राम कुमार"]);
    let all = house.all_rows();
    let indexed = house.beside().await.index().await.unwrap();
    assert_eq!((indexed.rows, indexed.is_done), (0, true), "nothing came meanwhile");
    assert_eq!(house.all_rows(), all);
    taken(&house, vec![at(OTHER, "सीता कुमार", None, None)]).await;
    assert_eq!(found(&house, "kumar").await, ["राम कुमार", "सीता कुमार"]);
    assert_eq!(found(&house, "5679").await, ["सीता कुमार"]);
}

async fn a_changed_name_is_found_and_the_old_one_is_not(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let joins = with_facts(house.turn(contact, "a").await, vec![super::facts::member("UP-1")]);
    won(house.records.commit(joins).await);
    assert_eq!(found(&house, "Ramesh").await, ["रमेश यादव"]);
    let renamed = Fact::UpdateMember(crate::fact::MemberDetails {
        name: "सुरेश यादव".to_owned(),
        district: "162".to_owned(),
        assembly: 173,
        booth: None,
    });
    won(house.records.commit(with_facts(house.turn(contact, "b").await, vec![renamed])).await);
    assert_eq!(found(&house, "suresh").await, ["सुरेश यादव"]);
    assert!(found(&house, "Ramesh").await.is_empty());
}

async fn a_booth_is_covered_by_members_the_office_verified(home: Home) {
    let house = House::new(home).await;
    let rows = vec![
        at(PHONE, "राम कुमार", Some(173), Some(1)),
        at(OTHER, "सीता देवी", Some(173), Some(1)),
        at(THIRD, "मोहन लाल", Some(173), Some(2)),
        at("9812345671", "गीता देवी", Some(174), Some(2)),
    ];
    taken(&house, rows).await;
    let beside = house.beside().await;
    assert!(beside.covered(&Whom::default(), 1).await.unwrap().is_empty(), "a list is no check");
    for name in ["राम कुमार", "सीता देवी", "गीता देवी"]
    {
        verify(&house, &number_of(&house, name).await).await;
    }
    assert_eq!(beside.covered(&Whom::default(), 1).await.unwrap(), [(173, 1), (174, 2)]);
    assert_eq!(beside.covered(&Whom::default(), 2).await.unwrap(), [(173, 1)]);
    assert_eq!(beside.covered(&seat(174), 1).await.unwrap(), [(174, 2)]);
}

async fn who_brought_verified_members_leads(home: Home) {
    let house = House::new(home).await;
    let rows = (0..6).map(|number| {
        let name = format!("राम {}", ["कुमार", "लाल", "सिंह", "यादव", "वर्मा", "गुप्ता"][number]);
        at(&format!("981234567{number}"), &name, Some(173), Some(1))
    });
    taken(&house, rows.collect()).await;
    let of = async |name: &str| {
        let beside = house.beside().await;
        let people = beside.members_behind(None, 0, 100).await.unwrap();
        people.into_iter().find(|one| one.name == name).unwrap()
    };
    let (first, second) = (of("राम कुमार").await, of("राम लाल").await);
    for (name, by) in [("राम सिंह", &first), ("राम यादव", &second), ("राम वर्मा", &second)]
    {
        let brought = of(name).await;
        house.raw().execute(&format!(
            "UPDATE contacts SET referred_by = {} WHERE id = {}",
            by.contact, brought.contact
        ));
        verify(&house, &brought.number).await;
    }
    // Whom nobody has checked does not count.
    let unverified = of("राम गुप्ता").await;
    house.raw().execute(&format!(
        "UPDATE contacts SET referred_by = {} WHERE id = {}",
        first.contact, unverified.contact
    ));
    let beside = house.beside().await;
    let leaders = beside.leaders(&Whom::default(), 10).await.unwrap();
    let leaders: Vec<(&str, u64)> =
        leaders.iter().map(|(one, brought)| (one.name.as_str(), *brought)).collect();
    assert_eq!(leaders, [("राम लाल", 2), ("राम कुमार", 1)]);
    assert!(beside.leaders(&seat(174), 10).await.unwrap().is_empty());
    assert_eq!(beside.leaders(&Whom::default(), 1).await.unwrap().len(), 1);
}

async fn a_sample_is_the_same_from_the_same_seed_and_asked_by_another_district(home: Home) {
    let house = House::new(home).await;
    let rows = (0..10).map(|number| {
        at(
            &format!("981234567{number}"),
            &format!("राम {}", "क".repeat(number + 1)),
            Some(173),
            None,
        )
    });
    taken(&house, rows.collect()).await;
    let beside = house.beside().await;
    let whom = Whom { state: Some(MemberState::Details), ..seat(173) };
    let own = |_: u16| Some(162);
    let districts = [161, 162, 163];
    let mut drawn = Vec::new();
    for seed in [7, 7, 8] {
        let sample = beside
            .draw(("assembly:173", &whom), (30, seed), (&districts, &own), ("office", house.now()))
            .await
            .unwrap();
        assert_eq!((sample.population, sample.percent), (10, 30));
        let sampled = beside.sampled(sample.id, 0, 10).await.unwrap();
        assert!(sampled.iter().all(|one| one.district != 162 && districts.contains(&one.district)));
        drawn.push(sampled.into_iter().map(|one| one.member.member).collect::<Vec<_>>());
    }
    assert_eq!(drawn[0].len(), 3);
    assert_eq!(drawn[0], drawn[1], "the seed says it");
    assert_ne!(drawn[0], drawn[2]);
    let samples = beside.samples(0, 10).await.unwrap();
    assert_eq!(samples.len(), 3);
    let asked = beside.asked_by(drawn[2][0]).await.unwrap();
    assert_eq!(asked.map(|(sample, _)| sample), Some(samples[0].id), "the newest");
    assert_eq!(beside.asked_by(0).await.unwrap(), None);
    assert_eq!((samples[0].seed, samples[0].place.as_str()), (8, "assembly:173"));
    assert_eq!(beside.samples(samples[2].id, 10).await.unwrap(), samples[2..]);
}

async fn whoever_has_neither_seat_nor_district_is_in_no_sample(home: Home) {
    let house = House::new(home).await;
    let mut unknown = at(PHONE, "राम कुमार", None, None);
    unknown.details.district = None;
    taken(&house, vec![unknown, at(OTHER, "सीता देवी", None, None)]).await;
    let beside = house.beside().await;
    let whom = Whom { state: Some(MemberState::Details), ..Whom::default() };
    let nowhere = |_: u16| None;
    let sample = beside
        .draw(("state", &whom), (100, 7), (&[161, 162], &nowhere), ("office", house.now()))
        .await
        .unwrap();
    let sampled = beside.sampled(sample.id, 0, 10).await.unwrap();
    let asked: Vec<_> =
        sampled.iter().map(|one| (one.member.name.as_str(), one.district)).collect();
    assert_eq!(asked, [("सीता देवी", 161)], "the district of their own word is 162");
}

async fn people_without_father_or_booth_are_no_twins(home: Home) {
    let house = House::new(home).await;
    let (mut one, mut other) = (row(PHONE, "राम कुमार"), row(OTHER, "Ram Kumar"));
    (one.details.father, other.details.father) = (None, None);
    let (three, four) =
        (at(THIRD, "सीता देवी", Some(173), None), at("9812345671", "सीता देवी", Some(173), None));
    taken(&house, vec![one, other, three, four]).await;
    assert!(house.beside().await.duplicates(10).await.unwrap().is_empty());
}

async fn one_person_on_two_phones_is_settled_once(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "राम कुमार"), row(OTHER, "Ram Kumar"), row(THIRD, "सीता देवी")])
        .await;
    let beside = house.beside().await;
    let pairs = beside.duplicates(10).await.unwrap();
    assert_eq!(pairs.len(), 1);
    assert_eq!(pairs[0].why, WhyDuplicate::Twins);
    let (one, other) = (&pairs[0].one, &pairs[0].other);
    verify(&house, &other.number).await;
    let version = house.version(one.contact).await;
    let pair = (one.member, other.member);
    let settled = beside.settle_duplicate(pair, true, "office", house.now()).await.unwrap();
    let expected = Settled::One { stays: other.number.clone(), ended: one.number.clone() };
    assert_eq!(settled, expected, "whoever came further stays");
    assert_eq!(house.version(one.contact).await, version + 1, "their conversation is told");
    assert_eq!(
        house.rows("member_states WHERE state = 5 AND why = 'duplicate' AND actor = 'office'"),
        1
    );
    assert!(beside.duplicates(10).await.unwrap().is_empty());
    let again = beside.settle_duplicate(pair, true, "office", house.now()).await.unwrap();
    assert_eq!(again, Settled::Gone);
    house.totals_are_true().await;
}

async fn every_phone_with_one_person_twice_is_told(home: Home) {
    let house = House::new(home).await;
    // Shared phones are read in parts at once: none of them is missed, or told twice.
    let phones: Vec<String> = (0..5).map(|phone| format!("981230000{phone}")).collect();
    let rows = phones.iter().flat_map(|phone| {
        ["राम कुमार", "राम कुमार यादव", "सीता देवी"].map(|name| at(phone, name, Some(173), None))
    });
    taken(&house, rows.collect()).await;
    let pairs = house.beside().await.duplicates(50).await.unwrap();
    let mut contacts: Vec<i64> = pairs.iter().map(|pair| pair.one.contact).collect();
    contacts.dedup();
    assert_eq!((pairs.len(), contacts.len()), (5, 5), "one pair of each phone, in order");
    assert!(pairs.iter().all(|pair| pair.why == WhyDuplicate::OnePhone));
    // Of rows that were there before names had bits they are made when somebody looks.
    let unread = "members WHERE name_words IS NULL";
    assert_eq!(house.rows(unread), 0, "an import says them");
    house.raw().execute("UPDATE members SET name_words = NULL");
    assert_eq!(house.beside().await.duplicates(50).await.unwrap(), pairs);
    assert_eq!(house.rows(unread), 0);
    assert_eq!(house.beside().await.duplicates(50).await.unwrap(), pairs);
}

async fn a_name_that_was_changed_is_compared_anew(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "रमेश यादव"), row(PHONE, "सीता देवी")]).await;
    let contact = house.citizen().await;
    let known = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    let number = known.listed.unwrap().number;
    let beside = house.beside().await;
    house.made_true(contact, "joins", vec![super::facts::member(&number)]).await;
    assert!(beside.duplicates(10).await.unwrap().is_empty(), "two people");
    let named = |name: &str| {
        Fact::UpdateMember(crate::fact::MemberDetails {
            name: name.to_owned(),
            district: "161".to_owned(),
            assembly: 173,
            booth: Some(42),
        })
    };
    house.made_true(contact, "corrects", vec![named("Sita Devi Yadav")]).await;
    let pairs = beside.duplicates(10).await.unwrap();
    assert_eq!(pairs.len(), 1, "the other's name is in it now");
    assert_eq!(pairs[0].why, WhyDuplicate::OnePhone);
    house.made_true(contact, "corrects-again", vec![named("गीता देवी")]).await;
    assert!(beside.duplicates(10).await.unwrap().is_empty());
}

async fn one_person_twice_on_a_phone_keeps_who_speaks_and_the_posts(home: Home) {
    let house = House::new(home).await;
    let second = Incoming {
        post: Some(president(42)), ..row(PHONE, "राम कुमार यादव")
    };
    let words = taken(&house, vec![row(PHONE, "राम कुमार"), second, row(PHONE, "सीता देवी")]).await;
    assert_eq!(words, [Taken::New, Taken::Added, Taken::Added]);
    let beside = house.beside().await;
    let pairs = beside.duplicates(10).await.unwrap();
    assert_eq!(pairs.len(), 1, "another name on the phone is another person");
    assert_eq!(pairs[0].why, WhyDuplicate::OnePhone);
    verify(&house, &pairs[0].other.number).await;
    let pair = (pairs[0].other.member, pairs[0].one.member);
    let settled = beside.settle_duplicate(pair, true, "office", house.now()).await.unwrap();
    assert!(matches!(settled, Settled::One { stays, .. } if stays == pairs[0].one.number));
    assert_eq!(house.rows("posts WHERE person = 0 AND until IS NULL"), 1);
    house.totals_are_true().await;
}

async fn a_settled_person_does_not_come_back_with_the_same_file(home: Home) {
    let house = House::new(home).await;
    let with = |number: &str, name: &str, booth| Incoming {
        post: Some(president(booth)),
        proof: Some("form 12".to_owned()),
        ..row(number, name)
    };
    let file = vec![
        with(PHONE, "राम कुमार", 42),
        with(PHONE, "राम कुमार यादव", 43),
        with(OTHER, "Ram Kumar", 44),
        row(THIRD, "सीता देवी"),
    ];
    taken(&house, file.clone()).await;
    let beside = house.beside().await;
    for _ in 0..2 {
        let pair = beside.duplicates(10).await.unwrap().remove(0);
        let pair = (pair.one.member, pair.other.member);
        let settled = beside.settle_duplicate(pair, true, "office", house.now()).await.unwrap();
        assert!(matches!(settled, Settled::One { .. }), "{settled:?}");
    }
    assert_eq!(house.rows("members WHERE until IS NULL"), 2);
    let (all, stand) = (house.all_rows(), house.rows("posts WHERE until IS NULL"));
    assert_eq!(stand, 3);
    for update in [false, true] {
        let import = super::import::import_at(&house, update);
        let again = house.beside().await.import_people(&import, None, file.clone()).await.unwrap();
        assert!(again.taken.iter().all(|one| *one == Taken::Unchanged), "{:?}", again.taken);
    }
    assert_eq!(house.all_rows(), all);
    assert_eq!(house.rows("members WHERE until IS NULL"), 2);
    assert!(beside.duplicates(10).await.unwrap().is_empty());
    house.totals_are_true().await;
}

async fn the_posts_of_one_person_on_two_phones_are_held_by_the_membership_that_stays(home: Home) {
    let house = House::new(home).await;
    let agent = |number: &str, name: &str| Incoming {
        post: Some(crate::records::NewPost {
            post: "panna_pramukh",
            single: false,
            ..president(42)
        }),
        ..row(number, name)
    };
    let rows = vec![
        agent(PHONE, "राम कुमार"),
        agent(OTHER, "Ram Kumar"),
        Incoming { post: Some(president(7)), further: true, ..row(OTHER, "Ram Kumar") },
    ];
    taken(&house, rows).await;
    let beside = house.beside().await;
    let pair = beside.duplicates(10).await.unwrap().remove(0);
    let (kept, ends) = (pair.one, pair.other);
    let versions = (house.version(kept.contact).await, house.version(ends.contact).await);
    let settled = (kept.member, ends.member);
    beside.settle_duplicate(settled, true, "office", house.now()).await.unwrap();
    let held = beside.holdings(CodeRange::all(Level::Booth), (None, None), 0, 10).await.unwrap();
    let held: Vec<_> = held
        .iter()
        .map(|one| (one.post.post.as_str(), one.holder.as_ref().map(|holder| holder.member)))
        .collect();
    let expected = [("booth_president", Some(kept.member)), ("panna_pramukh", Some(kept.member))];
    assert_eq!(held, expected, "none is nobody's, and none is held twice");
    let now = (house.version(kept.contact).await, house.version(ends.contact).await);
    assert_eq!(now, (versions.0 + 1, versions.1 + 1), "both conversations are told");
    assert_eq!(house.rows("posts WHERE until > 0 AND ended_by = 'office'"), 2, "what was is kept");
}

async fn whoever_confirmed_or_changed_their_booth_is_found_as_a_twin(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "रमेश यादव"), at(OTHER, "Ramesh Yadav", Some(172), Some(9))])
        .await;
    let contact = house.citizen().await;
    let known = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    let number = known.listed.unwrap().number;
    let beside = house.beside().await;
    house.made_true(contact, "joins", vec![super::facts::member(&number)]).await;
    assert!(beside.duplicates(10).await.unwrap().is_empty(), "of another booth");
    let moved = |booth| {
        Fact::UpdateMember(crate::fact::MemberDetails {
            name: "रमेश कुमार यादव".to_owned(),
            district: "162".to_owned(),
            assembly: 172,
            booth: Some(booth),
        })
    };
    house.made_true(contact, "moves", vec![moved(9)]).await;
    assert!(beside.duplicates(10).await.unwrap().is_empty(), "of another name");
    taken(&house, vec![at(THIRD, "रमेश कुमार यादव", Some(172), Some(9))]).await;
    let pairs = beside.duplicates(10).await.unwrap();
    let told: Vec<_> = pairs.iter().map(|pair| (pair.why, pair.one.contact)).collect();
    assert_eq!(told, [(WhyDuplicate::Twins, contact)]);
    house.made_true(contact, "moves-on", vec![moved(10)]).await;
    assert!(beside.duplicates(10).await.unwrap().is_empty());
}

async fn two_persons_are_never_asked_about_again(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "राम कुमार"), row(OTHER, "Ram Kumar")]).await;
    let beside = house.beside().await;
    let pair = beside.duplicates(10).await.unwrap().remove(0);
    let pair = (pair.one.member, pair.other.member);
    let settled = beside.settle_duplicate(pair, false, "office", house.now()).await.unwrap();
    assert_eq!(settled, Settled::Two);
    assert!(beside.duplicates(10).await.unwrap().is_empty());
    assert_eq!(house.rows("members WHERE until IS NULL"), 2);
    // Another of the same name is asked about.
    taken(&house, vec![row(THIRD, "राम कुमार")]).await;
    assert_eq!(beside.duplicates(10).await.unwrap().len(), 2);
    assert_eq!(beside.duplicates(1).await.unwrap().len(), 1);
}

async fn posts_are_listed_with_the_names_of_all_on_a_phone(home: Home) {
    let house = House::new(home).await;
    let with = |name: &str, booth| Incoming { post: Some(president(booth)), ..row(PHONE, name) };
    taken(&house, vec![with("राम कुमार", 2), with("सीता देवी", 1)]).await;
    let stranger = house.contact_of(OTHER).await;
    house.raw().execute(&format!(
        "INSERT INTO posts (contact, post, place, code, single, since)
         VALUES ({stranger}, 'booth_president', 'booth:173/3', 1701730003, 1, 0)"
    ));
    let beside = house.beside().await;
    let range = CodeRange::within(173, Level::Booth);
    let held = beside.holdings(range, (None, None), 0, 10).await.unwrap();
    let told: Vec<_> = held
        .iter()
        .map(|one| {
            let name = one.holder.as_ref().map(|holder| holder.name.as_str());
            (one.post.place.to_string(), name, one.addresses.get(AddressKind::Phone))
        })
        .collect();
    let expected = [
        ("booth:173/1".to_owned(), Some("सीता देवी"), Some(PHONE)),
        ("booth:173/2".to_owned(), Some("राम कुमार"), Some(PHONE)),
        ("booth:173/3".to_owned(), None, Some(OTHER)),
    ];
    assert_eq!(told, expected);
}

async fn posts_of_one_kind_and_state_are_counted_and_listed_alike(home: Home) {
    let house = House::new(home).await;
    let with = |number: &str, name: &str, booth| Incoming {
        post: Some(president(booth)),
        ..row(number, name)
    };
    taken(&house, vec![with(PHONE, "राम कुमार", 1), with(OTHER, "सीता देवी", 2)]).await;
    verify(&house, &number_of(&house, "सीता देवी").await).await;
    let beside = house.beside().await;
    let range = CodeRange::all(Level::Booth);
    for (of, expected) in [
        ((None, None), 2),
        ((Some("booth_president"), None), 2),
        ((Some("booth_president"), Some(MemberState::Verified)), 1),
        ((Some("panna_pramukh"), None), 0),
    ] {
        let held = beside.holdings(range, of, 0, 10).await.unwrap();
        assert_eq!(held.len(), expected, "{of:?}");
        let counted = beside.count_holdings(range, of).await.unwrap();
        assert_eq!(counted, u64::try_from(expected).unwrap(), "{of:?}");
    }
    let one = CodeRange::of(Place::Booth { assembly: 173, number: 2 });
    assert_eq!(beside.holdings(one, (None, None), 0, 10).await.unwrap().len(), 1);
}

async fn the_audit_log_says_who_what_and_how_many(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let begun = beside.begin_audit("कार्यालय", "people export", "state", house.now()).await.unwrap();
    assert_eq!(beside.audit(10).await.unwrap()[0].count, None, "it stands there before it ends");
    beside.end_audit(begun, 7).await.unwrap();
    beside.begin_audit("x", "posts export", "", house.now()).await.unwrap();
    let log = beside.audit(10).await.unwrap();
    assert_eq!((log[1].actor.as_str(), log[1].what.as_str()), ("कार्यालय", "people export"));
    assert_eq!((log[1].count, log[1].at, log.len()), (Some(7), house.now(), 2));
    assert_eq!(beside.audit(1).await.unwrap().len(), 1);
}

/// A state of some size: rows enough that a walk would be the slower way, and the planner knows it.
const STATE: &str = "
    INSERT INTO contacts (id, created, has_phone, referred_by)
        SELECT n, 0, 1, CASE WHEN n % 50 = 0 THEN n - 1 END FROM numbers;
    INSERT INTO addresses (id, contact, kind, hash, sealed, since)
        SELECT n, n, 1, CAST(CAST(n AS TEXT) AS BLOB), CAST('x' AS BLOB), 0 FROM numbers;
    INSERT INTO members (id, contact, person, number, name, district, assembly, booth, since, state,
                         name_hash, twin_hash)
        SELECT n, n, CASE WHEN n % 20 = 0 THEN 1 ELSE 0 END, 'M' || n, CAST('x' AS BLOB), '162',
               n % 400, n % 60, 0, 1 + n % 4, n % 5000, n / 2
        FROM numbers;
    INSERT INTO posts (contact, post, place, code, single, since)
        SELECT n, CASE WHEN n % 9 = 0 THEN 'booth_president' ELSE 'panna_pramukh' END, 'x',
               1700000000 + (n % 400) * 10000 + n % 60, 0, 0
        FROM numbers;
    INSERT INTO member_words (hash, member) SELECT n % 500, n FROM numbers;
    INSERT INTO phone_tails (hash, address) SELECT n % 5000, n FROM numbers;
    INSERT INTO samples (id, place, state, percent, seed, population, at, actor)
        VALUES (1, 'state', 2, 1, 7, 40000, 0, 'x');
    INSERT INTO sample_members (sample, member, district)
        SELECT 1, n, 161 FROM numbers WHERE n % 5 = 0;
    INSERT INTO duplicates (one, other, verdict, at, actor)
        SELECT n, n + 1, 2, 0, 'x' FROM numbers WHERE n % 10 = 0;
    ANALYZE";

/// The statements of listings that look at a part of the state, each with values for its parameters.
fn of_a_part() -> Vec<(String, Vec<&'static str>)> {
    let there = seat(173).condition();
    let (from, to) = ("1701730000", "1701739999");
    vec![
        (sql::members_at(&there), vec!["100"]),
        (
            sql::members_at(&Whom { below: Some(Below::Booth(45)), ..seat(173) }.condition()),
            vec!["9"],
        ),
        (sql::members_behind(""), vec!["39000", "100"]),
        (sql::count(&there), vec![]),
        (sql::numbered(""), vec!["'M7'"]),
        (sql::numbered(&there), vec!["'M7'"]),
        (sql::members_of("7, 8"), vec![]),
        (sql::on_number(""), vec!["CAST('7' AS BLOB)", "9"]),
        (sql::on_number(&there), vec!["CAST('7' AS BLOB)", "9"]),
        (sql::on_phones("7, 8"), vec![]),
        (sql::names_of("7, 8"), vec![]),
        (sql::named(""), vec!["7", "9"]),
        (sql::named(&there), vec!["7", "9"]),
        (sql::with_words(1), vec!["7", "9", "8"]),
        (sql::with_words_there(1, &there), vec!["9", "7"]),
        (sql::HOW_MANY.to_owned(), vec!["7"]),
        (sql::with_tail(""), vec!["7"]),
        (sql::covered(&there), vec!["1"]),
        (sql::population(&there), vec![]),
        (sql::SAMPLES.to_owned(), vec!["0", "9"]),
        (sql::SAMPLED.to_owned(), vec!["1", "0", "9"]),
        (sql::SHARED.to_owned(), vec!["0", "9"]),
        (sql::settled("7, 8"), vec![]),
        (sql::TWINLESS.to_owned(), vec!["0", "9"]),
        (sql::ASKED_BY.to_owned(), vec!["100"]),
        (posts_sql::held_by(""), vec![from, to, "0", "100"]),
        (posts_sql::held_by(" AND p.post = 'booth_president'"), vec![from, to, "0", "100"]),
        (posts_sql::how_many(" AND p.post = 'booth_president'"), vec![from, to]),
        (sql::NAMES.to_owned(), vec!["39000", "100"]),
        (sql::CHANGED_NAMES.to_owned(), vec!["39000", "100"]),
        (sql::NUMBERS.to_owned(), vec!["39000", "100"]),
    ]
}

/// Tables and indexes that may be walked: they hold little, or only what is asked for.
const SMALL: [&str; 4] = ["samples", "members_beside", "member_history", "had"];

#[tokio::test]
async fn no_listing_of_a_part_walks_a_whole_table_on_postgres() {
    let house = House::new(Home::Postgres).await;
    let numbers = "(SELECT generate_series(1000001, 1040000) AS n) AS numbers";
    let state =
        STATE.replace("FROM numbers", &format!("FROM {numbers}")).replace("AS BLOB", "AS BYTEA");
    house.raw().execute(&state);
    for (text, values) in of_a_part() {
        let mut asked = format!("EXPLAIN {text}");
        for (number, value) in (1..).zip(values) {
            let value = value.replace("BLOB", "BYTEA").replace("39000", "1039000");
            asked = asked.replace(&format!("?{number}"), &value);
        }
        let plan = house.raw().column(&asked).join("\n");
        let walked = |line: &str| {
            line.contains("Seq Scan")
                && !SMALL.iter().any(|small| line.contains(&format!(" {small}")))
        };
        assert!(!plan.lines().any(walked), "{plan}\nof {text}");
    }
}

#[tokio::test]
async fn no_listing_of_a_part_walks_a_whole_table_on_sqlite() {
    let house = House::new(Home::Sqlite).await;
    for (text, values) in of_a_part() {
        let mut asked = format!("EXPLAIN QUERY PLAN {text}");
        for (number, value) in (1..).zip(values) {
            asked = asked.replace(&format!("?{number}"), value);
        }
        for row in house.raw().query(&asked) {
            let step = row[3].clone().unwrap();
            let small = SMALL.iter().any(|small| step.contains(small));
            assert!(!step.starts_with("SCAN") || small, "{step} in {text}");
        }
    }
}

/// What counts the whole state reads an index and no row of it.
#[tokio::test]
async fn what_counts_the_state_reads_indexes_alone_on_sqlite() {
    let house = House::new(Home::Sqlite).await;
    for (text, index) in [
        (sql::count(""), "members_at"),
        (sql::covered("").replace("?1", "1"), "members_verified"),
        (sql::TWINS.replace("?1", "0").replace("?2", "9"), "members_twin"),
        (posts_sql::how_many("").replace("?1", "0").replace("?2", "9"), "posts_at"),
        (sql::on_phones("7, 8"), "COVERING INDEX members_phone"),
    ] {
        let plan = house.raw().query(&format!("EXPLAIN QUERY PLAN {text}"));
        let steps: Vec<String> = plan.into_iter().map(|row| row[3].clone().unwrap()).collect();
        let told = steps.join("\n");
        assert!(told.contains(index), "{told}");
        let walks = steps.iter().any(|step| step.starts_with("SCAN") && !step.contains("INDEX"));
        assert!(!walks, "{told}");
    }
}
