//! An office with a broadcast, for the tests of this room.

use crate::audience::{Area, Names, Seats};
use crate::broadcast::{Around, Definition, Frozen, Sender, read};
use crate::flow::{Diagnostic, Flows, SourceFile, Sources, fixture};
use crate::message::Channel;

pub(crate) const TEMPLATE: &str = "\
template: invitation
category: marketing
variables: [name, day]
languages:
  hi:
    body: नमस्ते {{1}} जी, बैठक {{2}} को दस बजे है। आइएगा।
    buttons: {come: आऊँगा, stop: संदेश बंद करें}
  en:
    body: Namaste {{1}}, the meeting is on {{2}} at ten. Please come.
    buttons: {come: I will come, stop: Stop messages}
  ur:
    body: آداب {{1}}، میٹنگ {{2}} کو دس بجے ہے۔ تشریف لائیں۔
    buttons: {come: آؤں گا, stop: پیغام بند کریں}
";

pub(crate) const BROADCAST: &str = r#"broadcast: meeting
about: The meeting of booth presidents.
audience: post == "booth_president" && place.within("lucknow")
template: invitation
values:
  name: {otherwise: {hi: साथी, en: friend, ur: ساتھی}}
  day: {hi: रविवार, en: Sunday, ur: اتوار}
buttons: {come: join, stop: stop}
sms: {say: meeting}
replies: join
senders: [whatsapp, office]
send: {from: 2026-12-06 10:00, before: 20:00}
fallback: {channel: sms, after: 6h}
"#;

const TEXTS: [(&str, &str); 3] = [
    ("hi", "meeting = नमस्ते { $name } जी, बैठक { $day } को दस बजे है।\n"),
    ("en", "meeting = Namaste { $name }, the meeting is on { $day } at ten.\n"),
    ("ur", "meeting = آداب { $name }، میٹنگ { $day } کو دس بجے ہے۔\n"),
];

pub(crate) struct Office;

impl Names for Office {
    fn area(&self, text: &str) -> Result<Area, String> {
        match text {
            "lucknow" => Ok(Area::Seats(Seats::of(168..=176))),
            _ => Err("did you mean \"lucknow\"?".to_owned()),
        }
    }

    fn broadcasts(&self) -> Vec<String> {
        vec!["diwali".to_owned()]
    }

    fn tags(&self) -> Vec<String> {
        vec!["volunteer".to_owned()]
    }

    fn lists(&self) -> Vec<String> {
        vec!["guests.csv".to_owned()]
    }
}

pub(crate) fn senders() -> Vec<Sender> {
    let whatsapp = ["111", "222"]
        .map(|number| Sender { channel: Channel::Whatsapp, account: number.to_owned() });
    let sms = Sender { channel: Channel::Sms, account: "office".to_owned() };
    whatsapp.into_iter().chain([sms]).collect()
}

/// The fixture's flows with the template, and this DLT registry where one is given.
pub(crate) fn flows(registry: Option<&str>) -> Flows {
    let mut sources = fixture::sources();
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    sources.files.push(file("flows/templates/invitation.yaml", TEMPLATE));
    if let Some(registry) = registry {
        sources.files.push(file("flows/dlt/registry.yaml", registry));
    }
    fixture::loaded(&sources)
}

/// What is read of a broadcast's file, and what is wrong with it.
pub(crate) fn read_with(flows: &Flows, text: &str) -> (Vec<Definition>, Vec<Diagnostic>) {
    read_at(flows, text, &["office".to_owned()])
}

/// The same where these accounts have their DLT templates from their vendors.
pub(crate) fn read_at(
    flows: &Flows,
    text: &str,
    templates_at_vendor: &[String],
) -> (Vec<Definition>, Vec<Diagnostic>) {
    let mut files = fixture::sources().files;
    files.retain(|file| file.path.starts_with("locales/"));
    for (code, text) in TEXTS {
        files.push(SourceFile {
            path: format!("locales/{code}/broadcasts.ftl"),
            text: text.to_owned(),
        });
    }
    files.push(SourceFile { path: "broadcasts/meeting.yaml".to_owned(), text: text.to_owned() });
    let senders = senders();
    let geography = fixture::geography();
    let around = Around {
        flows,
        geography: &geography,
        names: &Office,
        senders: &senders,
        templates_at_vendor,
    };
    read(&Sources { files }, &around)
}

pub(crate) fn definition() -> Definition {
    let (mut all, found) = read_with(&flows(None), BROADCAST);
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n\n"));
    all.pop().unwrap()
}

/// The occurrence of the sixth of December.
pub(crate) fn frozen() -> Frozen {
    let definition = definition();
    let now = "2026-12-01T00:00:00Z".parse().unwrap();
    definition.freeze(&definition.send.next(now).unwrap())
}
