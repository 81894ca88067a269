//! A person's phone at the end of the sandbox: it says and taps, and reads what comes back.

use std::time::Duration;

use samvad::sandbox::Saying;
use samvad::sandbox::envelope::{Person, Said};
use samvad::sandbox::ledger::SendEntry;
use samvad::sandbox::sms::Vendor;

use super::house::House;

/// How long a reply may take.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Phone<'h> {
    house: &'h House,
    pub(crate) person: Person,
    /// Which number of ours it writes to; the first WhatsApp number when `None`.
    account: Option<&'static str>,
    /// Everything that reached it.
    pub(crate) heard: Vec<SendEntry>,
}

impl<'h> Phone<'h> {
    pub(crate) fn new(house: &'h House, person: Person) -> Phone<'h> {
        let mut phone = Phone { house, person, account: None, heard: Vec::new() };
        phone.heard = house.sandbox.sends_to(phone.id());
        phone
    }

    /// A phone that writes by short messages, to the account at this vendor.
    pub(crate) fn by_sms(house: &'h House, number: &str, vendor: Vendor) -> Phone<'h> {
        Phone { account: Some(vendor.name()), ..Phone::new(house, Person::phone(number)) }
    }

    /// By what the sandbox knows it: the number where there is one.
    fn id(&self) -> &str {
        self.person.phone.as_ref().or(self.person.user_id.as_ref()).unwrap()
    }

    /// Says a text and gives the replies, of which there must be so many.
    pub(crate) async fn says(&mut self, text: &str, replies: usize) -> Vec<SendEntry> {
        self.sends(Said::Text(text.to_owned()), None, replies).await
    }

    /// Taps what the last message offers under this id of the flow.
    pub(crate) async fn taps(&mut self, id: &str, replies: usize) -> Vec<SendEntry> {
        let last = self.heard.last().expect("nothing to tap on").clone();
        let offered = last.offered.iter().find(|offered| offered.id.rsplit(':').next() == Some(id));
        let offered = offered.unwrap_or_else(|| panic!("no {id} in {last:#?}")).clone();
        let (id, title) = (offered.id, offered.title);
        let said = if last.kind == "template" {
            Said::TemplateButton { payload: id, text: title }
        } else if last.listed {
            Said::Row { id, title, description: None }
        } else {
            Said::Button { id, title }
        };
        self.sends(said, last.wamid, replies).await
    }

    /// Sends anything and gives the replies, of which there must be so many.
    pub(crate) async fn sends(
        &mut self,
        said: Said,
        quoted: Option<String>,
        replies: usize,
    ) -> Vec<SendEntry> {
        let words = format!("{:?}", said.words());
        let account = self.account.map(str::to_owned);
        let saying = Saying { quoted, account, ..Saying::of(self.person.clone(), said) };
        self.house.sandbox.say(saying).unwrap();
        self.new_replies(&words, replies).await
    }

    /// The replies that come of something else, of which there must be so many.
    pub(crate) async fn hears(&mut self, replies: usize) -> Vec<SendEntry> {
        self.new_replies("nothing", replies).await
    }

    async fn new_replies(&mut self, to: &str, replies: usize) -> Vec<SendEntry> {
        let id = self.id().to_owned();
        let before = self.heard.len();
        let sandbox = &self.house.sandbox;
        let came = sandbox
            .until(PATIENCE, |sandbox| sandbox.sends_to(&id).len() >= before + replies)
            .await;
        let all = sandbox.sends_to(&id);
        let new = all.get(before..).unwrap_or_default().to_vec();
        self.heard = all;
        assert!(came && new.len() == replies, "{replies} replies to {to}, not {:#?}", texts(&new));
        new
    }
}

fn texts(sends: &[SendEntry]) -> Vec<String> {
    sends.iter().map(|send| send.text.clone()).collect()
}
