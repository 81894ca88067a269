//! An open poll of Lucknow's seat 35 for the tests: made-up names, one voter or more, and the key of the count.

use std::path::Path;
use std::sync::Arc;

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use samvad::ballot_box::PollKeys;
use samvad::clock::Ids;
use samvad::poll::ballot::{Kind, Plain};
use samvad::poll::envelope::{Origin, PollId, PrivateKey, Slot};
use samvad::poll::tally::Cell;
use samvad::records::{
    Beside, Frozen, NewPoll, Opened, PollRow, Records, RecordsOptions, VoterRow, Wrapped,
};

/// The name of the poll.
pub(crate) const NAME: &str = "who_stands";
pub(crate) const ROSTER: [u8; 32] = [9; 32];

/// The names on the list, in the order of the file.
pub(crate) const NAMES: [&str; 3] = ["अनिल यादव", "सुनीता वर्मा", "इमरान अंसारी"];

/// A poll and what opens its answers.
pub(crate) struct Opened35 {
    pub(crate) id: i64,
    pub(crate) beside: Beside,
    count: PrivateKey,
    keys: PollKeys,
}

fn origin() -> Origin {
    Origin { seat: 35, cell: Cell { assembly: 173, sector: 4, booth: 45, post: 0 } }
}

/// The file of the poll, open since a day for six more. `more` are further keys.
fn definition(now: Timestamp, more: &str) -> String {
    let india = TimeZone::fixed(Offset::from_seconds(19_800).unwrap());
    let moment = |hours: i64| {
        let at = now.checked_add(SignedDuration::from_hours(hours)).unwrap();
        at.to_zoned(india.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    };
    let day = moment(-48);
    format!(
        "poll: {NAME}
question: {{hi: प्रत्याशी कौन हो?, en: Who should stand?}}
method: choose_one
level: lok_sabha
seats:
  35:
    - {{hi: अनिल यादव, en: Anil Yadav}}
    - {{hi: सुनीता वर्मा, en: Sunita Verma}}
    - {{hi: इमरान अंसारी, en: Imran Ansari}}
other: true
remark: true
electorate:
  who: post in [\"booth_president\"]
  on: {}
opens: {}
closes: {}
{more}",
        &day[..10],
        moment(-24),
        moment(144),
    )
}

/// Opens the poll for these contacts, a voter each in their order, from 1. The program may run.
pub(crate) async fn open(
    options: RecordsOptions,
    key_file: &Path,
    voters: &[i64],
    more: &str,
) -> Opened35 {
    let (ids, now) = (Ids::system(), options.clock.now());
    let beside = Beside::open(options).await.unwrap();
    let count = PrivateKey::generate(&ids).unwrap();
    let keys = PollKeys::beside(key_file);
    keys.create(NAME, &ids).unwrap();
    let after = |hours| now.checked_add(SignedDuration::from_hours(hours)).unwrap();
    let new = NewPoll {
        name: NAME.to_owned(),
        definition: definition(now, more),
        opens: after(-24),
        closes: after(144),
        secret: true,
        public_key: count.public().0,
        private_key: None,
        order_key: [3; 32],
        posts: vec!["booth_president".to_owned()],
        actor: "priya".to_owned(),
        at: now,
    };
    let id = beside.create_poll(new).await.unwrap();
    let mut rows = Vec::new();
    for (voter, contact) in (1..).zip(voters) {
        rows.push(VoterRow { voter, contact: Some(*contact), person: 0, origin: origin() });
    }
    let people = u64::try_from(rows.len()).unwrap();
    beside.stage_roster(id, rows).await.unwrap();
    let frozen = Frozen { roster_hash: ROSTER, electorate_hash: [5; 32], people };
    let opened = beside.open_poll(id, frozen, ("priya", None), now).await.unwrap();
    assert_eq!(opened, Opened::Yes);
    Opened35 { id, beside, count, keys }
}

impl Opened35 {
    /// The poll as it stands.
    pub(crate) async fn row(&self) -> PollRow {
        self.beside.poll(NAME).await.unwrap().unwrap()
    }

    /// What a voter's envelopes say to whoever holds all three keys: in the order of their letters.
    pub(crate) async fn answers(&self, records: &Records, voter: i64) -> Vec<Plain> {
        let key = self.keys.read(NAME).unwrap();
        let poll = PollId::new(NAME, &ROSTER);
        let mut plains = Vec::new();
        let mut kept = records.envelopes_of(self.id, voter).await.unwrap();
        kept.sort_by_key(|one| one.kind.letter());
        for Wrapped { kind, number, bytes } in kept {
            let slot = Slot { voter, number };
            let envelope = key.unwrap(kind, &bytes, poll, slot).unwrap();
            plains.push(envelope.open(origin(), poll, &self.count).unwrap());
        }
        plains
    }

    /// How many envelopes a voter has.
    pub(crate) async fn kinds(&self, records: &Records, voter: i64) -> usize {
        records.envelopes_of(self.id, voter).await.unwrap().len()
    }

    /// The poll key is not where it was.
    pub(crate) fn hide_key(&self) {
        std::fs::remove_file(self.keys.path(NAME).unwrap()).unwrap();
    }

    /// The choice alone.
    pub(crate) async fn choice(&self, records: &Records, voter: i64) -> Option<Plain> {
        let answers = self.answers(records, voter).await;
        answers.into_iter().find(|plain| plain.kind() == Kind::Choice)
    }
}

/// Records as a second program opens them, at the system's time.
pub(crate) fn options(url: String, key_file: &Path, clock: samvad::clock::Clock) -> RecordsOptions {
    let keyring = samvad::seal::Keyring::open(key_file, true, &Ids::system()).unwrap();
    RecordsOptions {
        url,
        connections: 2,
        clock,
        keyring: Arc::new(keyring),
        lease: std::time::Duration::from_secs(20),
        group: 10,
        membership: samvad::config::MembershipSection::default(),
    }
}
