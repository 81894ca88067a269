//! Broadcasts to invented people: known from a list, agreed, frozen.

use std::sync::Arc;

use samvad::broadcast::{
    BroadcastState, ByTemplate, Frozen, Known, Recipient, Said, Sender, Value, Words,
};
use samvad::clock::Clock;
use samvad::contact::PhoneNumber;
use samvad::geography::Geography;
use samvad::message::{Channel, Purpose};
use samvad::records::{Beside, Details, Froze, Import, Incoming, NewBroadcast, PlanCounts, Terms};
use samvad::serve::load_flows;

/// The shipped template that the invented broadcasts leave by.
const TEMPLATE: &str = "complaint_solved";

/// People are taken so many at a time, and looked at for the plan.
const TAKEN: usize = 1_000;
const LOOKED_AT: usize = 4_000;

/// The phone of an invented person, counted from 0.
pub(crate) fn phone(person: usize) -> PhoneNumber {
    PhoneNumber::parse(&(9_100_000_000_usize + person).to_string()).unwrap()
}

/// So many people who agreed to hear from the office, from a list.
pub(crate) async fn people(beside: &Beside, count: usize) {
    let import = Import {
        file: "people.csv".to_owned(),
        sha256: [7; 32],
        actor: "office".to_owned(),
        at: Clock::System.now(),
        terms: Terms { update: false, purposes: vec![Purpose::Samvad] },
    };
    let mut id = None;
    for first in (0..count).step_by(TAKEN) {
        let batch = (first..count.min(first + TAKEN)).map(|person| Incoming {
            row: 2,
            phone: phone(person),
            name: "रमेश यादव".to_owned(),
            details: Details { assembly: Some(173), ..Details::default() },
            post: None,
            further: false,
            proof: Some("form 12, signed at the booth".to_owned()),
        });
        let taken = beside.import_people(&import, id, batch.collect()).await.unwrap();
        id = taken.import;
    }
}

/// A broadcast by a template that says the person's name, from these numbers of ours.
pub(crate) fn broadcast(name: &str, accounts: &[String]) -> Frozen {
    let geography = Arc::new(Geography::shipped().unwrap());
    let flows = load_flows(None, None, &geography).unwrap();
    let declared = flows.templates().iter().find(|known| known.registered_as == TEMPLATE).unwrap();
    let values = declared.variables.iter().map(|variable| {
        let otherwise = Words::everywhere("साथी");
        (variable.clone(), Value::Person { known: Known::Name, otherwise })
    });
    let said = Said {
        values: values.collect(),
        whatsapp: Some(ByTemplate {
            declared: declared.clone(),
            header: None,
            payloads: Vec::new(),
        }),
        ..Said::default()
    };
    Frozen {
        name: name.to_owned(),
        about: "सबको नमस्ते".to_owned(),
        purpose: Purpose::Samvad,
        audience: Some("true".to_owned()),
        list: None,
        lists: Vec::new(),
        earlier: Vec::new(),
        replies: None,
        senders: accounts
            .iter()
            .map(|account| Sender { channel: Channel::Whatsapp, account: account.clone() })
            .collect(),
        from: None,
        before: Clock::System.now() + jiff::SignedDuration::from_hours(12),
        fallback: None,
        certificate: None,
        said,
    }
}

/// Writes the broadcast down, plans it for everybody and freezes it; gives its number.
pub(crate) async fn freeze(beside: &Beside, frozen: &Frozen) -> i64 {
    let now = Clock::System.now();
    let mut senders = frozen.senders.iter().cycle();
    let new = NewBroadcast {
        name: frozen.name.clone(),
        purpose: frozen.purpose,
        author: "priya".to_owned(),
        definition: frozen.to_json(),
        audience: "true".to_owned(),
        from: None,
        send_before: frozen.before,
        flow: None,
        templates: vec![TEMPLATE.to_owned()],
        fallback: None,
        certificate: None,
        test_of: None,
        at: now,
    };
    let id = beside.create_broadcast(new).await.unwrap();
    for to in [BroadcastState::Tested, BroadcastState::Freezing] {
        beside.move_broadcast(id, to, "priya", None, now).await.unwrap();
    }
    let (mut after, mut planned) = (0, 0);
    loop {
        let page = beside.candidates(after, LOOKED_AT).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.contact.id;
        let agreed = page.into_iter().filter(|known| known.contact.consents_to(frozen.purpose));
        let rows: Vec<Recipient> = agreed
            .zip(&mut senders)
            .map(|(known, sender)| Recipient {
                contact: known.contact.id,
                channel: sender.channel,
                account: sender.account.clone(),
                language: known.contact.language,
                refused: None,
            })
            .collect();
        planned += rows.len() as u64;
        beside.stage(id, rows).await.unwrap();
    }
    let expected = PlanCounts { planned, refused: 0 };
    let froze = beside.freeze(id, expected, &[1; 32], "priya", now).await.unwrap();
    assert_eq!(froze, Froze::Yes);
    id
}

/// The broadcast runs.
pub(crate) async fn run(beside: &Beside, id: i64) {
    let now = Clock::System.now();
    beside.move_broadcast(id, BroadcastState::Running, "priya", None, now).await.unwrap();
}

/// The records of a running server, as its configuration names them.
pub(crate) async fn beside(config: &samvad::config::Config) -> Beside {
    let ids = samvad::clock::Ids::system();
    let keyring = samvad::seal::Keyring::open(&config.key_file, false, &ids).unwrap();
    let options = samvad::records::RecordsOptions {
        url: config.records.expose().to_owned(),
        connections: 2,
        clock: Clock::System,
        keyring: Arc::new(keyring),
        lease: config.delivery.lease(),
        group: config.commit.group,
        membership: config.membership.clone(),
    };
    Beside::open(options).await.unwrap()
}
