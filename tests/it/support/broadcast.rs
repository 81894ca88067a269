//! Broadcasts to invented people: known from a list, agreed, frozen.

use std::sync::Arc;

use samvad::audience::{Area, Audience, Names, Seats};
use samvad::broadcast::{
    BroadcastState, ByTemplate, Costs, Earlier, Frozen, Known, Plan, Recipient, Said, Sender,
    Value, Words,
};
use samvad::clock::Clock;
use samvad::contact::PhoneNumber;
use samvad::gate::{Caps, Rules};
use samvad::geography::Geography;
use samvad::message::{Channel, Purpose};
use samvad::places::{Place, Tree};
use samvad::records::{Beside, Details, Froze, Import, Incoming, NewBroadcast, PlanCounts, Terms};
use samvad::serve::load_flows;

/// The shipped template that the invented broadcasts leave by.
const TEMPLATE: &str = "complaint_solved";
/// Everybody, asked of each.
const AUDIENCE: &str = r#"place.within("lucknow") && consents.samvad"#;

/// People are taken so many at a time, and looked at for the plan.
const TAKEN: usize = 1_000;
const LOOKED_AT: usize = 5_000;

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
            sector_follows: false,
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
        audience: Some(AUDIENCE.to_owned()),
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
        series: None,
    }
}

/// The one place the audience names.
struct Lucknow<'g>(Tree<'g>);

impl Names for Lucknow<'_> {
    fn area(&self, _: &str) -> Result<Area, String> {
        let place = Place::Assembly(173);
        Ok(Area::Seats(Seats::of(self.0.seats_under(place))))
    }

    fn broadcasts(&self) -> Vec<String> {
        Vec::new()
    }

    fn tags(&self) -> Vec<String> {
        Vec::new()
    }

    fn lists(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Writes the broadcast down, plans it for the workers of Lucknow as `samvad broadcast run` does (the audience, the gate
/// and the costs asked of each, a batch read while the last is written) and freezes it; gives its number.
pub(crate) async fn freeze(beside: &Beside, frozen: &Frozen) -> i64 {
    freeze_for(beside, frozen, AUDIENCE).await
}

/// The same for an audience.
pub(crate) async fn freeze_for(beside: &Beside, frozen: &Frozen, audience: &str) -> i64 {
    let now = Clock::System.now();
    let new = NewBroadcast {
        name: frozen.name.clone(),
        purpose: frozen.purpose,
        author: "priya".to_owned(),
        definition: frozen.to_json(),
        audience: audience.to_owned(),
        from: None,
        send_before: frozen.before,
        flow: None,
        templates: vec![TEMPLATE.to_owned()],
        fallback: None,
        certificate: None,
        test_of: None,
        repeats: false,
        at: now,
    };
    let id = beside.create_broadcast(new).await.unwrap();
    for to in [BroadcastState::Tested, BroadcastState::Freezing] {
        beside.move_broadcast(id, to, "priya", None, now).await.unwrap();
    }
    let geography = Geography::shipped().unwrap();
    let names = Lucknow(Tree::new(&geography));
    let audience = Audience::read(audience, &names).unwrap();
    let seats_of = |place: Place| names.0.seats_under(place);
    let costs = Costs { whatsapp_marketing: 86.0, whatsapp_utility: 11.5, sms_part: 18.0 };
    let caps = Caps::new(7, [(frozen.purpose, 3)]);
    let since = caps.since(now);
    let rules = Rules { caps, ..Rules::default() };
    let mut plan = Plan::new(frozen, Some(&audience), costs, now, &seats_of, &rules);
    let mut page = beside.candidates(0, LOOKED_AT).await.unwrap();
    while let (Some(first), Some(last)) = (page.first(), page.last()) {
        let (first, after) = (first.contact.id, last.contact.id);
        let told = beside.told(first - 1, after, frozen.purpose, since).await.unwrap();
        let earlier = Earlier { told: told.into_iter().collect(), ..Earlier::default() };
        let rows: Vec<Recipient> =
            page.iter().filter_map(|candidate| plan.ask(candidate, &earlier)).collect();
        let staged = beside.stage(id, rows);
        let (staged, next) = tokio::join!(staged, beside.candidates(after, LOOKED_AT));
        staged.unwrap();
        page = next.unwrap();
    }
    let (tally, hash) = plan.finish();
    assert_eq!(tally.refused_in_all(), 0, "{tally:?}");
    let expected = PlanCounts { planned: tally.goes, refused: 0 };
    let froze = beside.freeze(id, expected, &hash, "priya", now).await.unwrap();
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
