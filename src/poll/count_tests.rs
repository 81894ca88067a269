use super::*;
use crate::clock::Ids;
use crate::poll::ballot::{Method, OTHER};
use crate::poll::bundle::{BundleWriter, SeatHead, electorate_hash};
use crate::poll::envelope::Envelope;
use crate::poll::tally::{Repeated, Rules, Tables};

/// A poll in two seats, and the answers of some people.
struct Office {
    key: PrivateKey,
    header: Header,
    sealed: Vec<(Origin, Envelope)>,
}

fn origin(seat: u16, booth: u16) -> Origin {
    Origin { seat, cell: Cell { assembly: seat, sector: 1, booth, post: 0 } }
}

impl Office {
    fn new() -> Office {
        let key = PrivateKey::generate(&Ids::system()).unwrap();
        let seat = |number: u16, candidates: &[&str]| SeatHead {
            number,
            place: format!("assembly:{number}"),
            name: "लखनऊ पूर्व".to_owned(),
            candidates: candidates.iter().map(|name| (*name).to_owned()).collect(),
        };
        let header = Header {
            poll: "test".to_owned(),
            question: "प्रत्याशी कौन हो?".to_owned(),
            opens: "2029-01-05T10:00:00+05:30".parse().unwrap(),
            closes: "2029-01-12T20:00:00+05:30".parse().unwrap(),
            roster: to_hex(&[5; LENGTH]),
            key: to_hex(&key.public().0),
            rules: Rules {
                method: Method::Rank,
                threshold: 2,
                panel: 2,
                other: true,
                repeated: Repeated::Cut,
                approve_at_most: None,
                rank_at_least: 1,
                tables: Tables::Place,
            },
            seats: vec![seat(173, &["अ", "ब", "स"]), seat(174, &["द", "ध"])],
            posts: vec!["booth_president".to_owned()],
            close: Close::default(),
        };
        Office { key, header, sealed: Vec::new() }
    }

    fn about(&self) -> About {
        self.header.about().unwrap()
    }

    fn says(&mut self, origin: Origin, plain: &Plain) {
        let (poll, key) = (self.about().id(), self.key.public());
        self.sealed
            .push((origin, Envelope::seal(plain, origin, poll, &key, &Ids::system()).unwrap()));
        self.sealed.sort_by_key(|(_, envelope)| (envelope.kind, envelope.hash()));
    }

    fn ranks(&mut self, origin: Origin, names: &[u8]) {
        self.says(origin, &Plain::Choice(Choice::Names(names.to_vec())));
    }

    fn bundle(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = BundleWriter::new(&mut out, &self.header).unwrap();
        for (seat, booth, people) in [(173, 1, 6), (173, 2, 4), (174, 1, 10)] {
            writer.eligible(origin(seat, booth), people).unwrap();
        }
        for (origin, envelope) in &self.sealed {
            writer.envelope(*origin, envelope).unwrap();
        }
        writer.finish().unwrap();
        out
    }

    fn roll(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let choices = self.sealed.iter().filter(|(_, envelope)| envelope.kind == Kind::Choice);
        let hashes = choices.map(|(_, envelope)| envelope.hash());
        roll::write(&mut out, &self.about(), hashes).unwrap();
        out
    }
}

/// Seven answers in two seats, one of them a refusal.
fn answered() -> Office {
    let mut office = Office::new();
    for names in [[0, 1, 2].as_slice(), &[0, 2], &[1], &[OTHER, 1]] {
        office.ranks(origin(173, 1), names);
    }
    office.says(origin(173, 2), &Plain::Choice(Choice::Refused));
    office.ranks(origin(174, 1), &[1]);
    office.ranks(origin(174, 1), &[1, 0]);
    office.says(origin(173, 1), &Plain::Other(String::new()));
    office.says(origin(173, 1), &Plain::Other("सुनीता वर्मा".to_owned()));
    office.says(origin(174, 1), &Plain::Remark("सबसे मेहनती".to_owned()));
    office.says(origin(174, 1), &Plain::Ratings(vec![[5, 5, 5], [1, 0, 2]]));
    office
}

/// Texts with their kinds and seats.
type Written = Vec<(Kind, u16, String)>;

fn counted(bundle: &[u8], key: &PrivateKey) -> Result<(Counted, Written), BundleError> {
    let mut texts = Vec::new();
    let counted =
        count(bundle, key, &mut |kind, seat, text| texts.push((kind, seat, text.to_owned())))?;
    Ok((counted, texts))
}

#[test]
fn what_was_sealed_is_counted() {
    let office = answered();
    let (counted, texts) = counted(&office.bundle(), &office.key).unwrap();
    let seat = counted.seats.get(&173).unwrap();
    assert_eq!((seat.eligible, seat.answered), (10, 5));
    let choices = seat.choices.as_ref().unwrap();
    assert_eq!(
        (choices.chosen.as_slice(), choices.other, choices.refused),
        ([2, 1, 0].as_slice(), 1, 1)
    );
    let other = counted.seats.get(&174).unwrap().choices.as_ref().unwrap();
    assert_eq!(other.chosen, [0, 2]);
    assert_eq!((counted.proof.choices, counted.unopened), (7, 0));
    assert_eq!(
        texts,
        [(Kind::Other, 173, "सुनीता वर्मा".to_owned()), (Kind::Remark, 174, "सबसे मेहनती".to_owned())]
    );
}

#[test]
fn the_bundle_tells_nothing_of_the_order_in_which_people_answered() {
    let office = answered();
    let mut reversed =
        Office { sealed: Vec::new(), header: office.header.clone(), key: office.key.clone() };
    for (origin, envelope) in office.sealed.iter().rev() {
        reversed.sealed.push((*origin, envelope.clone()));
        reversed.sealed.sort_by_key(|(_, envelope)| (envelope.kind, envelope.hash()));
    }
    assert_eq!(office.bundle(), reversed.bundle());
}

#[test]
fn an_envelope_moved_to_another_booth_is_not_counted_for_anybody() {
    let mut office = answered();
    let moved =
        office.sealed.iter_mut().find(|(_, envelope)| envelope.kind == Kind::Choice).unwrap();
    moved.0.cell.booth = 9;
    let (counted, _) = counted(&office.bundle(), &office.key).unwrap();
    assert_eq!(counted.unopened, 1);
    let of = |seat: &u16| counted.seats.get(seat).unwrap().choices.as_ref().unwrap().invalid;
    assert_eq!(of(&173) + of(&174), 1);
}

#[test]
fn another_poll_s_key_is_told_before_anything_is_opened() {
    let office = answered();
    let other = PrivateKey::generate(&Ids::system()).unwrap();
    let error = counted(&office.bundle(), &other).unwrap_err().to_string();
    assert!(
        error.starts_with("this key is not the one the poll `test` was opened with"),
        "{error}"
    );
}

#[test]
fn a_bundle_that_was_changed_or_cut_is_refused() {
    let office = answered();
    let bundle = String::from_utf8(office.bundle()).unwrap();
    let lines: Vec<&str> = bundle.lines().collect();
    let error = |text: &str| counted(text.as_bytes(), &office.key).unwrap_err().to_string();
    for at in 5..lines.len() - 1 {
        let mut without = lines.clone();
        without.remove(at);
        assert!(error(&without.join("\n")).contains("was changed"), "{at}");
        let mut twice = lines.clone();
        twice.insert(at, lines[at]);
        assert!(error(&twice.join("\n")).contains("do not ascend"), "{at}");
    }
    let fewer = bundle.replace(" 1 0 10\n", " 1 0 11\n");
    assert!(error(&fewer).contains("was changed"));
    assert!(error(&lines[..lines.len() - 1].join("\n")).contains("cut off"));
    assert_eq!(
        error("hello\n"),
        "line 1 of the bundle: this is no bundle: it begins with `samvad-bundle 1`"
    );
    assert!(error("").contains("cut off"));
}

#[test]
fn an_audit_needs_no_key_and_finds_what_does_not_belong_together() {
    let office = answered();
    let (bundle, roll) = (office.bundle(), office.roll());
    let (counted, _) = counted(&bundle, &office.key).unwrap();
    let proof = counted.proof;
    let audit = |bundle: &[u8], roll: &[u8], proof: &Proof| {
        super::audit(bundle, roll, Some(proof)).unwrap().findings
    };
    let alone = super::audit(bundle.as_slice(), roll.as_slice(), None).unwrap();
    assert_eq!((alone.proof, alone.findings), (proof.clone(), Vec::new()));
    assert_eq!(audit(&bundle, &roll, &proof), Vec::<String>::new());

    let mut more = answered();
    more.key = office.key.clone();
    more.header = office.header.clone();
    more.sealed.clone_from(&office.sealed);
    more.ranks(origin(173, 1), &[2]);
    let findings = audit(&more.bundle(), &roll, &proof);
    assert_eq!(findings.len(), 3, "{findings:?}");
    assert!(findings[0].starts_with("the roll holds 7 envelopes and the bundle 8"), "{findings:?}");
    let other = Office::new();
    assert!(audit(&bundle, &other.roll(), &proof)[0].starts_with("the roll is of another poll"));
    let claimed = Proof { head: [0; LENGTH], ..proof };
    assert_eq!(audit(&bundle, &roll, &claimed).len(), 1);
}

#[test]
fn an_audit_finds_numbers_of_people_that_were_not_told_at_the_opening() {
    let mut office = answered();
    let people = [(173, 1, 6), (173, 2, 4), (174, 1, 10)];
    let people = people.map(|(seat, booth, people)| (origin(seat, booth), people));
    let told = electorate_hash("test", &BTreeMap::from(people));
    let without = office.about();
    office.header.close.electorate = to_hex(&told);
    assert_ne!(office.about(), without);
    let audit = |office: &Office| {
        super::audit(&office.bundle()[..], &office.roll()[..], None).unwrap().findings
    };
    assert_eq!(audit(&office), Vec::<String>::new());
    let mut more = people;
    more[1].1 = 400;
    let raised = electorate_hash("test", &BTreeMap::from(more));
    // Whoever raises the numbers of people has to name another hash than the one that was told, or is found out.
    let mut stuffed = answered();
    stuffed.header.close.electorate = to_hex(&raised);
    let words = "the numbers of people in the bundle are not those that were told";
    assert!(audit(&stuffed)[0].starts_with(words));
    let published = office.roll();
    let findings = super::audit(&stuffed.bundle()[..], &published[..], None).unwrap().findings;
    assert!(
        findings.iter().any(|one| one.starts_with("the roll is of another poll")),
        "{findings:?}"
    );
}

#[test]
fn a_bundle_of_before_is_read_and_a_close_says_what_it_knows_of_itself() {
    let mut office = answered();
    let before = String::from_utf8(office.bundle()).unwrap();
    for key in ["electorate", "missing", "torn", "quiet"] {
        assert!(!before.contains(key), "{key}: a bundle without it is as it always was");
    }
    let quiet = super::super::law::Quiet {
        from: "2029-04-08T12:30:00Z".parse().unwrap(),
        until: "2029-04-10T12:30:00Z".parse().unwrap(),
        phase: Some("पहला चरण".to_owned()),
    };
    office.header.close = Close {
        electorate: String::new(),
        missing: 3,
        torn: 1,
        missing_by: "Ravi".to_owned(),
        quiet: vec![quiet],
        ..Close::default()
    };
    let header = |bundle: &[u8]| counted(bundle, &office.key).unwrap().0.header;
    assert_eq!(header(before.as_bytes()).close, Close::default());
    let after = office.bundle();
    assert_eq!(header(&after), office.header);
    let line = String::from_utf8(after).unwrap().lines().nth(1).unwrap().to_owned();
    assert!(line.contains("\"missing\":3,\"torn\":1,\"missing_by\":\"Ravi\""), "{line}");
}

#[test]
fn an_audit_finds_more_choices_than_people() {
    let mut office = answered();
    for _ in 0..3 {
        office.ranks(origin(173, 1), &[2]);
    }
    let (bundle, roll) = (office.bundle(), office.roll());
    let proof = counted(&bundle, &office.key).unwrap().0.proof;
    assert_eq!(
        super::audit(&bundle[..], &roll[..], Some(&proof)).unwrap().findings,
        ["seat 173, assembly 173, sector 1, booth 1, post 0: 7 choices of 6 people"]
    );
}

#[test]
fn many_cores_count_what_one_counts_in_the_order_of_the_bundle() {
    let office = answered();
    let bundle = office.bundle();
    let counted_by = |threads: usize, batch: usize| {
        let mut texts: Written = Vec::new();
        let mut take =
            |kind: Kind, seat: u16, text: &str| texts.push((kind, seat, text.to_owned()));
        let counted = count_on(threads, batch, &bundle[..], &office.key, &mut take).unwrap();
        (counted, texts)
    };
    let alone = counted_by(1, 1);
    assert_eq!(alone.1.len(), 2);
    for (threads, batch) in [(1, 100), (2, 1), (2, 3), (3, 4), (8, 2), (8, 100)] {
        assert_eq!(counted_by(threads, batch), alone, "{threads} threads, {batch} in a batch");
    }
}
