//! Answers of a poll put into the records by hand, while the program is away: what its turns would do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use samvad::ballot_box::{BallotBox, PollKeys};
use samvad::clock::{Clock, Ids};
use samvad::config::{Config, MembershipSection};
use samvad::contact::{Identities, PhoneNumber, Road};
use samvad::geography::Geography;
use samvad::message::{Channel, Inbound, InboundContent};
use samvad::places::Place;
use samvad::poll::ballot::{Choice, Plain};
use samvad::records::{
    Beside, Chain, Details, Import, Incoming, NewPost, Records, RecordsOptions, Terms, TurnCommit,
    Verdict,
};
use samvad::seal::Keyring;

/// The president of this booth, counted from 1, of this assembly seat.
pub(crate) fn president(assembly: u16, booth: u16) -> PhoneNumber {
    let number = 9_200_000_000_u64 + u64::from(assembly) * 10_000 + u64::from(booth);
    PhoneNumber::parse(&number.to_string()).unwrap()
}

/// Presidents of so many booths of each of these seats, for months.
pub(crate) async fn presidents(beside: &Beside, assemblies: &[u16], booths: u16) {
    let now = Clock::System.now();
    let import = Import {
        file: "presidents.csv".to_owned(),
        sha256: [9; 32],
        actor: "office".to_owned(),
        at: now,
        terms: Terms { update: false, purposes: Vec::new() },
    };
    let mut rows = Vec::new();
    for assembly in assemblies {
        for booth in 1..=booths {
            let place = Place::Booth { assembly: *assembly, number: booth };
            let since = Some(now - jiff::SignedDuration::from_hours(24 * 100));
            rows.push(Incoming {
                row: 2,
                phone: president(*assembly, booth),
                name: "रमेश यादव".to_owned(),
                details: Details {
                    assembly: Some(*assembly),
                    booth: Some(booth),
                    ..Details::default()
                },
                sector_follows: false,
                post: Some(NewPost { post: "booth_president", place, single: true, since }),
                further: false,
                proof: None,
            });
        }
    }
    beside.import_people(&import, None, rows).await.unwrap();
}

/// The answers of these people to the one poll that is open, each in a turn of its own.
pub(crate) async fn cast(config: &Config, answers: &[(PhoneNumber, Choice, Option<&str>)]) {
    let keyring = Keyring::open(&config.key_file, false, &Ids::system()).unwrap();
    let clock = Clock::System;
    let records = Records::open(RecordsOptions {
        url: config.records.expose().to_owned(),
        connections: 2,
        clock: clock.clone(),
        keyring: Arc::new(keyring),
        lease: Duration::from_secs(20),
        group: 10,
        membership: MembershipSection::default(),
    })
    .await
    .unwrap();
    let geography = Arc::new(Geography::shipped().unwrap());
    let keys = PollKeys::beside(&config.key_file);
    let ballot_box = BallotBox::new(records.clone(), keys, geography);
    ballot_box.refresh().await.unwrap();
    assert_eq!(ballot_box.open_polls().len(), 1, "{:?}", ballot_box.shut());

    let wanted = answers.iter().map(|(phone, ..)| (Channel::Sms, Identities::phone(*phone)));
    let contacts = records.resolve(wanted.collect()).await.unwrap();
    let mut turns: BTreeMap<i64, u64> = BTreeMap::new();
    for (contact, (_, choice, other)) in contacts.iter().zip(answers) {
        let standings = records.standings(&[*contact]).await.unwrap().remove(0);
        let [standing] = standings.as_slice() else { panic!("{} standings", standings.len()) };
        let mut plain = vec![Plain::Choice(choice.clone())];
        plain.extend(other.map(|other| Plain::Other(other.to_owned())));
        let plain: Vec<(char, Vec<u8>)> =
            plain.iter().map(|one| (one.kind().letter(), one.to_bytes())).collect();
        let (cast, receipt) = ballot_box.seal(standing, &plain, &Ids::system()).unwrap();
        assert!(receipt.is_some());
        let turn = turns.entry(*contact).or_default();
        *turn += 1;
        let snapshot = records.snapshot(*contact).await.unwrap().unwrap();
        let verdict = records.commit(TurnCommit {
            contact: *contact,
            expected_version: snapshot.contact.version,
            chain: Chain::default(),
            place: 0,
            inbound: Inbound {
                channel: Channel::Sms,
                account: "office".to_owned(),
                key: format!("{contact} {turn} {}", clock.now().as_millisecond()),
                from: Identities::default(),
                profile_name: None,
                sent_at: clock.now(),
                content: InboundContent::Text { text: "[गुप्त]".to_owned() },
                quoted: None,
            },
            received_at: clock.now(),
            road: Road { channel: Channel::Sms, account: "office".to_owned() },
            session: snapshot.session,
            replies: Vec::new(),
            facts: Vec::new(),
            timers: Vec::new(),
            effects: Vec::new(),
            cast: Some(cast),
            claim: false,
            parked: None,
        });
        let verdict = verdict.await;
        assert!(matches!(verdict, Ok(Verdict::Won { .. })), "{verdict:?}");
    }
    records.close().await.unwrap();
}
