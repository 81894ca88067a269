//! What an import decides.

use proptest::prelude::*;

use super::*;

const PHONE: &str = "9812345678";
const DAY: i64 = 86_400_000;

fn phone(number: &str) -> PhoneNumber {
    PhoneNumber::parse(number).unwrap()
}

fn incoming(name: &str) -> Incoming {
    Incoming {
        row: 2,
        phone: phone(PHONE),
        name: name.to_owned(),
        details: Details::default(),
        sector_follows: false,
        post: None,
        further: false,
        proof: None,
    }
}

fn at_booth(assembly: u16, booth: u16) -> Details {
    Details { assembly: Some(assembly), booth: Some(booth), ..Details::default() }
}

fn president(booth: u16) -> NewPost {
    let place = Place::Booth { assembly: 173, number: booth };
    NewPost { post: "booth_president", place, single: true, since: None }
}

fn terms(update: bool) -> Terms {
    Terms { update, purposes: vec![Purpose::Membership] }
}

/// Records of nothing but what imports need.
#[derive(Clone, Debug, Default, PartialEq)]
struct Store {
    known: Known,
    contacts: i64,
    members: i64,
    posts: i64,
    /// What was kept of members before a change.
    history: usize,
}

impl Store {
    fn take(&mut self, batch: &[Incoming], terms: &Terms) -> (Vec<Taken>, bool) {
        let Planned { taken, writes } = plan(batch, &self.known, terms);
        let has_written = !writes.is_empty();
        self.write(writes);
        (taken, has_written)
    }

    fn one(&mut self, row: Incoming) -> Taken {
        self.take(&[row], &terms(false)).0.remove(0)
    }

    fn updated(&mut self, row: Incoming) -> Taken {
        self.take(&[row], &terms(true)).0.remove(0)
    }

    fn write(&mut self, writes: Writes) {
        let mut new = Vec::new();
        for phone in &writes.contacts {
            self.contacts += 1;
            let there = OnPhone { contact: self.contacts, ..OnPhone::default() };
            assert!(self.known.phones.insert(*phone, there).is_none(), "a contact is added once");
            new.push(self.contacts);
        }
        let contact = |who| match who {
            Who::Contact(contact) => contact,
            Who::New(place) => new[place],
        };
        for person in writes.people {
            self.members += 1;
            let member = self.members;
            let there = self.on(contact(person.who));
            let NewPerson { person, name, details, .. } = person;
            let standing = Standing::Member;
            let has_number = |known: &Person| known.place == person;
            assert!(!there.people.iter().any(has_number), "nobody had this number");
            let own_word = false;
            let from_list = FromList::default();
            let place = person;
            there.people.push(Person {
                member,
                place,
                name,
                details,
                standing,
                own_word,
                from_list,
            });
        }
        for change in writes.changes {
            self.history += usize::from(change.keep);
            let people = &mut self.on(change.contact).people;
            let person = people.iter_mut().find(|person| person.member == change.member).unwrap();
            person.details = change.details;
            person.from_list = change.from_list;
        }
        for Holding { who, person, post } in writes.posts {
            let place = code(post.place);
            self.posts += 1;
            let held = Held {
                id: Some(self.posts),
                person,
                post: post.post.to_owned(),
                place,
                since: post.since.map_or(0, Timestamp::as_millisecond),
                is_since_unsaid: post.since.is_none(),
                until: None,
            };
            self.on(contact(who)).posts.push(held);
            if post.single {
                let key = (post.post.to_owned(), place);
                assert!(self.known.holders.insert(key, 0).is_none(), "one holds it at a time");
            }
        }
        for NewSince { post, since } in writes.sinces {
            let mut all = self.known.phones.values_mut().flat_map(|there| &mut there.posts);
            let held = all.find(|held| held.id == Some(post)).unwrap();
            (held.since, held.is_since_unsaid) = (since, false);
        }
        for Shown { who, person, purpose, .. } in writes.consents {
            self.on(contact(who)).hear(person, purpose.name(), true);
        }
    }

    fn on(&mut self, contact: i64) -> &mut OnPhone {
        self.known.phones.values_mut().find(|there| there.contact == contact).unwrap()
    }

    fn there(&mut self) -> &mut OnPhone {
        self.known.phones.get_mut(&phone(PHONE)).unwrap()
    }
}

fn reason(taken: Taken) -> (Column, String) {
    match taken {
        Taken::Refused { column, reason, .. } => (column, reason),
        other => panic!("taken: {other:?}"),
    }
}

#[test]
fn people_on_one_phone_are_told_apart_by_the_sound_of_their_names() {
    let mut store = Store::default();
    assert_eq!(store.one(incoming("राम कुमार")), Taken::New);
    assert_eq!(store.one(incoming("Ram Kumar")), Taken::Unchanged, "however it is spelt");
    for name in ["सीता देवी", "मोहन लाल", "गीता देवी"]
    {
        assert_eq!(store.one(incoming(name)), Taken::Added, "{name}");
    }
    let (column, reason) = reason(store.one(incoming("श्याम सिंह")));
    assert_eq!(
        (column, reason.as_str()),
        (Column::Phone, "4 people are known on this number; whose number is it?")
    );
    let numbers: Vec<i64> = store.there().people.iter().map(|person| person.place).collect();
    assert_eq!(numbers, [0, 1, 2, 3]);
}

#[test]
fn people_whose_names_have_no_sound_to_us_are_told_apart_as_they_are_written() {
    let mut store = Store::default();
    assert_eq!(store.one(incoming("راشد علی")), Taken::New);
    assert_eq!(store.one(incoming("سلمیٰ بیگم")), Taken::Added);
    assert_eq!(store.one(incoming("راشد علی")), Taken::Unchanged);
    assert_eq!(store.there().people.len(), 2);
}

#[test]
fn what_nobody_said_is_filled_in_and_what_stands_is_not_overwritten() {
    let mut store = Store::default();
    store.one(incoming("राम कुमार"));
    let told = Incoming { details: at_booth(173, 42), ..incoming("राम कुमार") };
    assert_eq!(store.one(told.clone()), Taken::Completed);
    assert_eq!(store.one(told), Taken::Unchanged);
    let other = Incoming { details: at_booth(173, 45), ..incoming("राम कुमार") };
    let (column, words) = reason(store.one(other.clone()));
    assert_eq!(column, Column::Booth);
    assert!(words.contains("known is ‘42’, the row says ‘45’"), "{words}");
    assert_eq!(store.there().people[0].details, at_booth(173, 42));
    assert_eq!(store.updated(other), Taken::Changed);
    assert_eq!((store.there().people[0].details.booth, store.history), (Some(45), 1));
}

#[test]
fn a_booth_is_not_carried_into_another_seat() {
    let mut store = Store::default();
    store.one(Incoming { details: at_booth(173, 42), ..incoming("राम कुमार") });
    let seat = Details { assembly: Some(174), ..Details::default() };
    assert_eq!(
        store.updated(Incoming { details: seat.clone(), ..incoming("राम कुमार") }),
        Taken::Changed
    );
    assert_eq!(store.there().people[0].details, seat);
}

#[test]
fn a_row_that_differs_anywhere_is_taken_nowhere() {
    let mut store = Store::default();
    store.one(Incoming { details: at_booth(173, 42), ..incoming("राम कुमार") });
    let before = store.clone();
    let details = Details { birth_year: Some(1980), ..at_booth(173, 45) };
    let row =
        Incoming { details, post: Some(president(45)), ..incoming("राम कुमार") };
    reason(store.one(row));
    assert_eq!(store, before);
}

#[test]
fn whoever_left_is_not_taken_again_and_others_on_the_phone_are() {
    let mut store = Store::default();
    store.one(incoming("राम कुमार"));
    store.there().people[0].standing = Standing::Left { at: DAY };
    for update in [false, true] {
        let taken = store.take(&[incoming("Raam Kumar")], &terms(update)).0.remove(0);
        let (column, words) = reason(taken);
        assert_eq!(column, Column::Name);
        assert!(words.starts_with("this person left on 02-01-1970"), "{words}");
    }
    // Back by their own word: another membership stands.
    store.there().people[0].standing = Standing::Over;
    assert_eq!(store.one(incoming("राम कुमार")), Taken::New);
}

#[test]
fn on_a_phone_whose_person_left_nobody_is_taken_under_another_name() {
    let mut store = Store::default();
    store.one(incoming("राम कुमार"));
    store.there().people[0].standing = Standing::Left { at: DAY };
    let before = store.clone();
    for name in ["रामू", "R. K. Yadav", "सीता देवी"] {
        let row = Incoming { proof: Some("form 12".to_owned()), ..incoming(name) };
        let (column, words) = reason(store.updated(row));
        assert_eq!(column, Column::Phone, "{name}");
        assert!(words.starts_with("whoever has this number left on 02-01-1970"), "{words}");
    }
    assert_eq!(store, before, "no person, no consent");
}

#[test]
fn others_on_a_phone_stay_when_one_leaves_but_nobody_of_nearly_that_name_is_added() {
    let mut store = Store::default();
    store.one(incoming("राम कुमार"));
    store.one(incoming("सीता देवी"));
    store.there().people[0].standing = Standing::Left { at: DAY };
    let shown = Incoming { proof: Some("form 12".to_owned()), ..incoming("Sita Devi") };
    assert_eq!(store.one(shown), Taken::Unchanged, "known still");
    assert_eq!(store.there().said, [], "nothing is sent to a phone whose person left");
    let (column, words) = reason(store.one(incoming("श्री राम कुमार यादव")));
    assert_eq!(column, Column::Name);
    assert!(words.starts_with("somebody of nearly this name left"), "{words}");
    assert_eq!(store.one(incoming("मोहन लाल")), Taken::Added);
}

#[test]
fn a_title_makes_nobody_another_person() {
    let mut store = Store::default();
    store.one(incoming("राम कुमार"));
    for name in ["श्री राम कुमार", "Shri Ram Kumar Ji", "डॉ. राम कुमार जी"]
    {
        assert_eq!(store.one(incoming(name)), Taken::Unchanged, "{name}");
    }
    assert_eq!(store.there().people.len(), 1);
}

#[test]
fn two_people_of_whom_only_the_word_before_the_name_is_the_same_are_two() {
    let mut store = Store::default();
    store.one(incoming("मो. सलीम"));
    store.one(incoming("सीता देवी"));
    assert_eq!(store.one(incoming("Mohd. Salim")), Taken::Unchanged);
    store.there().people[0].standing = Standing::Left { at: DAY };
    assert_eq!(store.one(incoming("मो. अली")), Taken::Added, "another than the one who left");
    assert_eq!(reason(store.one(incoming("मोहम्मद सलीम खान"))).0, Column::Name);
}

#[test]
fn whom_the_office_found_to_be_another_member_does_not_come_back_by_the_same_row() {
    let mut store = Store::default();
    let row = Incoming {
        details: at_booth(173, 42),
        post: Some(president(42)),
        proof: Some("form 12".to_owned()),
        ..incoming("राम कुमार")
    };
    assert_eq!(store.one(row.clone()), Taken::New);
    store.there().people[0].standing = Standing::Same;
    store.there().posts[0].until = Some(DAY);
    store.known.holders.clear();
    let before = store.clone();
    for update in [false, true] {
        let again = Incoming { name: "Shri Ram Kumar".to_owned(), ..row.clone() };
        assert_eq!(
            store.take(&[row.clone(), again], &terms(update)).0,
            [Taken::Unchanged, Taken::Unchanged]
        );
        let since = Some(midnight(5));
        for (new, told) in [
            (Incoming { details: at_booth(173, 45), ..row.clone() }, Column::Booth),
            (Incoming { post: Some(president(45)), ..row.clone() }, Column::Post),
            (
                Incoming { post: Some(NewPost { since, ..president(42) }), ..row.clone() },
                Column::Since,
            ),
        ] {
            let (column, words) = reason(store.take(&[new], &terms(update)).0.remove(0));
            assert_eq!(column, told);
            assert!(words.contains("is another member"), "{words}");
        }
    }
    assert_eq!(store, before);
    assert_eq!(store.one(incoming("सीता देवी")), Taken::New, "another name is somebody else");
}

#[test]
fn what_a_member_said_of_themselves_is_not_changed_by_a_list() {
    let mut store = Store::default();
    let born = Details { birth_year: Some(1980), ..at_booth(173, 42) };
    store.one(Incoming { details: born, ..incoming("राम कुमार") });
    store.there().people[0].own_word = true;
    let before = store.clone();
    for (details, told) in [
        (at_booth(173, 45), Column::Booth),
        (at_booth(174, 45), Column::Assembly),
        (Details { birth_year: Some(1981), ..at_booth(173, 42) }, Column::BirthYear),
    ] {
        let row = Incoming { details, ..incoming("राम कुमार") };
        let taken = store.updated(row);
        let Taken::Refused { column, reason, public } = &taken else { panic!("{taken:?}") };
        assert_eq!(*column, told);
        assert!(reason.contains("known is ‘") && reason.contains("own word wins"), "{reason}");
        let public = public.as_ref().unwrap();
        assert!(public.contains("own word wins") && !public.contains('‘'), "{public}");
    }
    assert_eq!(store, before);
    // What they did not say is the office's to say, and a post elsewhere moves nobody.
    let father = |father: &str| Incoming {
        details: Details { father: Some(father.to_owned()), ..Details::default() },
        ..incoming("राम कुमार")
    };
    assert_eq!(store.updated(father("सोहन लाल")), Taken::Completed);
    assert_eq!(
        store.updated(father("स्व. श्री सोहन लाल")),
        Taken::Unchanged,
        "with a title or without"
    );
    assert_eq!(store.updated(father("मोहन लाल")), Taken::Changed);
    let elsewhere =
        Incoming {
            details: at_booth(173, 45), post: Some(president(45)), ..incoming("राम कुमार")
        };
    assert_eq!(store.one(elsewhere), Taken::Added);
    assert_eq!(store.there().people[0].details.booth, Some(42));
}

#[test]
fn rows_of_one_file_that_say_two_things_of_one_person_do_not_take_turns() {
    let of = |row: u32, name: &str, booth: u16| Incoming {
        row,
        details: at_booth(173, booth),
        ..incoming(name)
    };
    let mut store = Store::default();
    store.one(Incoming { details: at_booth(173, 42), ..incoming("राम कुमार") });
    let batch = [of(2, "राम कुमार", 5), of(3, "Ram Kumar", 6)];
    let (taken, _) = store.take(&batch, &terms(true));
    assert_eq!(taken[0], Taken::Changed);
    let (column, words) = reason(taken[1].clone());
    assert_eq!(column, Column::Booth);
    assert!(words.starts_with("row 2 says something else"), "{words}");
    let before = store.clone();
    let (taken, has_written) = store.take(&batch, &terms(true));
    assert_eq!(taken[0], Taken::Unchanged);
    assert!(!has_written && matches!(taken[1], Taken::Refused { .. }), "{taken:?}");
    assert_eq!(store, before);
}

#[test]
fn what_a_list_filled_in_beside_the_members_own_word_another_corrects() {
    let mut store = Store::default();
    let seat = Details { assembly: Some(173), ..Details::default() };
    store.one(Incoming { details: seat, ..incoming("राम कुमार") });
    store.there().people[0].own_word = true;
    let at =
        |booth| Incoming { details: at_booth(173, booth), ..incoming("राम कुमार") };
    assert_eq!(store.one(at(42)), Taken::Completed);
    assert!(reason(store.one(at(45))).1.contains("--update"), "as of anybody");
    assert_eq!(store.updated(at(45)), Taken::Changed);
    assert_eq!(store.updated(at(46)), Taken::Changed, "and again");
    let other_seat =
        Incoming { details: at_booth(174, 45), ..incoming("राम कुमार") };
    assert_eq!(reason(store.updated(other_seat)).0, Column::Assembly);
    store.there().people[0].from_list = FromList::default();
    assert!(reason(store.updated(at(47))).1.contains("own word wins"), "they said it since");
}

/// Midnight in India, so many days after the epoch's.
fn midnight(day: i64) -> Timestamp {
    let date = crate::locale::india_date(from_ms(day * DAY));
    crate::locale::india_midnight(date).unwrap()
}

fn with_post(booth: u16, since: Option<i64>) -> Incoming {
    let post = NewPost { since: since.map(midnight), ..president(booth) };
    Incoming {
        details: at_booth(173, 42), post: Some(post), ..incoming("राम कुमार")
    }
}

#[test]
fn a_post_that_ended_is_not_given_again_by_the_row_that_gave_it() {
    for since in [None, Some(3), Some(5)] {
        let mut store = Store::default();
        assert_eq!(store.one(with_post(42, since)), Taken::New);
        store.there().posts[0].until = Some(midnight(9).as_millisecond() + 3_600_000);
        store.known.holders.clear();
        let before = store.clone();
        for again in [None, since, Some(8)] {
            let (column, words) = reason(store.updated(with_post(42, again)));
            assert_eq!(column, Column::Post);
            assert!(words.contains("ended on 10-01-1970") && words.contains("कब से"), "{words}");
        }
        assert_eq!(store, before);
        assert_eq!(store.one(with_post(42, Some(9))), Taken::Added, "held anew");
        assert_eq!(store.one(with_post(42, Some(9))), Taken::Unchanged);
    }
}

#[test]
fn since_when_a_post_is_held_is_filled_in_and_not_overwritten() {
    let mut store = Store::default();
    assert_eq!(store.one(with_post(42, None)), Taken::New);
    assert_eq!(store.one(with_post(42, Some(5))), Taken::Completed);
    assert_eq!(store.one(with_post(42, Some(5))), Taken::Unchanged);
    assert_eq!(store.one(with_post(42, None)), Taken::Unchanged);
    let taken = store.one(with_post(42, Some(7)));
    let Taken::Refused { column, reason, public } = &taken else { panic!("{taken:?}") };
    assert_eq!(*column, Column::Since);
    assert!(reason.contains("‘06-01-1970’") && reason.contains("‘08-01-1970’"), "{reason}");
    assert!(!public.as_ref().unwrap().contains("1970"), "{public:?}");
    assert_eq!(store.updated(with_post(42, Some(7))), Taken::Changed);
    assert_eq!(store.there().posts[0].since, midnight(7).as_millisecond());
    assert_eq!(store.history, 0, "nothing of the person changed");
}

#[test]
fn the_places_of_a_further_row_are_those_of_its_post() {
    let mut store = Store::default();
    assert_eq!(store.one(with_post(42, None)), Taken::New);
    let agent = NewPost { post: "booth_agent", single: false, ..president(45) };
    let row = Incoming {
        details: at_booth(174, 45), post: Some(agent), ..incoming("राम कुमार")
    };
    assert_eq!(reason(store.one(row.clone())).0, Column::Assembly, "of another file: a difference");
    let further = Incoming { further: true, ..row };
    assert_eq!(store.one(further.clone()), Taken::Added);
    assert_eq!(store.one(further), Taken::Unchanged);
    assert_eq!(store.there().people[0].details, at_booth(173, 42));
    assert_eq!(store.there().posts.len(), 2);
}

#[test]
fn what_is_known_of_a_person_is_not_told_to_a_terminal() {
    let mut store = Store::default();
    let of = |father: &str, birth_year: i16| Incoming {
        details: Details {
            father: Some(father.to_owned()),
            birth_year: Some(birth_year),
            ..Details::default()
        },
        ..incoming("राम कुमार")
    };
    store.one(of("सोहन", 1980));
    let taken = store.one(of("मोहन", 1985));
    let Taken::Refused { reason, public: Some(public), .. } = taken else { panic!("{taken:?}") };
    for value in ["सोहन", "मोहन", "1980", "1985"] {
        assert!(reason.contains(value) && !public.contains(value), "{value}: {public}");
    }
}

#[test]
fn a_consent_needs_a_proof_and_the_persons_silence() {
    let with_proof = |name: &str| Incoming { proof: Some("form 12".to_owned()), ..incoming(name) };
    let said = |store: &mut Store| store.there().said.clone();
    let mut store = Store::default();
    store.one(incoming("राम कुमार"));
    assert_eq!(said(&mut store), []);
    assert_eq!(store.one(with_proof("राम कुमार")), Taken::Added);
    assert_eq!(said(&mut store), [(0, Purpose::Membership, true)]);
    assert_eq!(store.one(with_proof("राम कुमार")), Taken::Unchanged);
    // A no on the phone is a no for everybody on it.
    store.there().hear(0, "membership", false);
    assert_eq!(store.one(with_proof("राम कुमार")), Taken::Unchanged);
    assert_eq!(store.one(with_proof("सीता देवी")), Taken::Added, "the person, without a consent");
    assert_eq!(said(&mut store), [(0, Purpose::Membership, false)]);
}

#[test]
fn a_single_post_has_one_holder_and_the_refusal_says_since_when() {
    let mut store = Store::default();
    let ram =
        Incoming {
            details: at_booth(173, 42), post: Some(president(42)), ..incoming("राम कुमार")
        };
    assert_eq!(store.one(ram.clone()), Taken::New);
    assert_eq!(store.one(ram.clone()), Taken::Unchanged, "their own post");
    let second = Incoming { post: Some(president(43)), ..ram.clone() };
    assert_eq!(store.one(second), Taken::Added, "a second post of one person");
    let sita = Incoming {
        phone: phone("9812345679"), name: "सीता देवी".to_owned(), ..ram
    };
    let (column, words) = reason(store.one(sita.clone()));
    assert_eq!(column, Column::Post);
    assert!(words.starts_with("somebody else holds this post there since 01-01-1970"), "{words}");
    assert!(!store.known.phones.contains_key(&sita.phone), "the row is not taken at all");
    let batch = [8, 9].map(|last| Incoming {
        row: last,
        phone: phone(&format!("981234567{last}")),
        name: "मोहन लाल".to_owned(),
        post: Some(president(44)),
        ..incoming("")
    });
    let (taken, _) = store.take(&batch, &terms(false));
    assert!(reason(taken[1].clone()).1.starts_with("row 8 has this post there"), "{taken:?}");
}

#[test]
fn rows_of_one_batch_know_of_each_other() {
    let mut store = Store::default();
    let later = Incoming { details: at_booth(173, 42), ..incoming("Ram Kumar") };
    let batch = [incoming("राम कुमार"), incoming("सीता देवी"), later, incoming("राम कुमार")];
    let (taken, _) = store.take(&batch, &terms(false));
    assert_eq!(taken, [Taken::New, Taken::Added, Taken::Completed, Taken::Unchanged]);
    assert_eq!(store.there().people.len(), 2);
    assert_eq!(store.there().people[0].details, at_booth(173, 42));
    assert_eq!(store.contacts, 1);
}

#[test]
fn a_contact_that_was_known_moves_when_anything_is_written() {
    let mut known = Known::default();
    known.phones.insert(phone(PHONE), OnPhone { contact: 7, ..OnPhone::default() });
    let planned = plan(&[incoming("राम कुमार")], &known, &terms(false));
    assert_eq!(planned.taken, [Taken::New]);
    assert_eq!((planned.writes.moved, planned.writes.contacts), (BTreeSet::from([7]), Vec::new()));
}

fn rows() -> impl Strategy<Value = Vec<Incoming>> {
    let name = prop::sample::select(vec![
        "राम कुमार",
        "Ram Kumar",
        "सीता देवी",
        "मोहन लाल",
        "गीता देवी",
        "श्याम",
    ]);
    let number = prop::sample::select(vec!["9812345678", "9812345679", "9812345670"]);
    let details = (
        prop::option::of(prop::sample::select(vec!["मोहन", "Sohan"])),
        prop::option::of(prop::sample::select(vec![1980_i16, 1990])),
        prop::option::of((173_u16..175, prop::option::of(1_u16..3), prop::option::of(1_u16..3))),
    );
    let details = details.prop_map(|(father, birth_year, place)| Details {
        father: father.map(str::to_owned),
        gender: None,
        birth_year,
        district: place.map(|_| "162".to_owned()),
        assembly: place.map(|(seat, ..)| seat),
        sector: place.and_then(|(_, sector, _)| sector),
        booth: place.and_then(|(.., booth)| booth),
    });
    let row = (number, name, details, prop::option::of(1_u16..4), any::<bool>());
    let row = row.prop_map(|(number, name, details, post, proof)| Incoming {
        row: 1,
        phone: phone(number),
        name: name.to_owned(),
        details,
        sector_follows: false,
        post: post.map(president),
        further: false,
        proof: proof.then(|| "form".to_owned()),
    });
    prop::collection::vec(row, 1..12)
}

/// Every value of a person that stands, to look for what was lost.
fn standing(store: &Store) -> Vec<(i64, Details)> {
    let people = store.known.phones.values().flat_map(|there| &there.people);
    people.map(|person| (person.member, person.details.clone())).collect()
}

fn is_kept<T: PartialEq>(before: Option<&T>, after: Option<&T>) -> bool {
    before.is_none() || before == after
}

proptest! {
    #[test]
    fn the_same_rows_a_second_time_write_nothing(batch in rows(), update: bool) {
        let mut store = Store::default();
        // Of rows that say two things of one person the first is taken.
        let (first, _) = store.take(&batch, &terms(update));
        let taken = batch.into_iter().zip(first);
        let taken: Vec<Incoming> = taken
            .filter(|(_, taken)| !matches!(taken, Taken::Refused { .. }))
            .map(|(row, _)| row)
            .collect();
        let before = store.clone();
        let (second, has_written) = store.take(&taken, &terms(update));
        prop_assert!(!has_written, "{:?}", second);
        prop_assert!(second.iter().all(|taken| *taken == Taken::Unchanged), "{:?}", second);
        prop_assert_eq!(store, before);
    }

    #[test]
    fn nothing_that_stands_is_overwritten_and_no_word_taken_back(one in rows(), other in rows(), left in 0_usize..4) {
        let mut store = Store::default();
        store.take(&one, &terms(false));
        let mut gone = Vec::new();
        for there in store.known.phones.values_mut() {
            there.hear(0, "membership", false);
            if let Some(person) = there.people.get_mut(left) {
                person.standing = Standing::Left { at: 0 };
                gone.push((there.contact, sound_of(&person.name)));
            }
        }
        let (before, known) = (standing(&store), store.contacts);
        store.take(&other, &terms(false));
        let after = standing(&store);
        for (member, was) in before {
            let is = &after.iter().find(|(known, _)| *known == member).unwrap().1;
            prop_assert!(is_kept(was.father.as_ref(), is.father.as_ref()) && is_kept(was.birth_year.as_ref(), is.birth_year.as_ref()));
            prop_assert!(is_kept(was.assembly.as_ref(), is.assembly.as_ref()) && is_kept(was.booth.as_ref(), is.booth.as_ref()));
            prop_assert!(is_kept(was.district.as_ref(), is.district.as_ref()) && is_kept(was.sector.as_ref(), is.sector.as_ref()));
        }
        for there in store.known.phones.values() {
            let back = |person: &&Person| {
                person.standing == Standing::Member && gone.contains(&(there.contact, sound_of(&person.name)))
            };
            prop_assert!(there.people.iter().find(back).is_none(), "whoever left stays away");
            let is_no = |(who, _, given): &(i64, Purpose, bool)| *who == 0 && !given;
            prop_assert!(there.contact > known || there.said.iter().any(is_no), "a no stays a no");
            let active = there.people.iter().filter(|person| person.standing == Standing::Member);
            prop_assert!(active.count() <= usize::from(MOST_ON_ONE_PHONE));
        }
    }
}
