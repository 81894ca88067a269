//! A small office for tests: a greeting, a membership flow, the flows every office has.

use std::sync::{Arc, LazyLock};

use super::{Diagnostic, Flows, Rules, SourceFile, Sources, load, prove};
use crate::geography::Geography;

pub(super) const GREETING: &str = "\
flow: greeting
about: Greets.
start: {default: true, words: [नमस्ते], link: menu}
steps:
  menu:
    ask: menu
    answer: {one_of: [join, {id: card, if: member}, info]}
    when: {join: {flow: join}, card: card, info: info}
  card: {say: card, end: true}
  info: {say: info, end: true}
expires: 1d
";

pub(super) const JOIN: &str = "\
flow: join
about: A citizen becomes a member.
start: {words: [सदस्य, join us], link: join}
steps:
  already: {if: member, then: known}
  consent:
    ask: consent
    answer: {one_of: [yes, no]}
    notice: membership
    when: {no: declined}
  birth_year: {ask: birth-year, answer: {year: {adult: true}}, when: {minor: too_young}}
  name: {ask: name, answer: person_name}
  district: {ask: district, answer: district}
  seat: {ask: seat, answer: {assembly: {in: district}}}
  booth: {ask: booth, answer: {number: {from: 1, to: 800}}, optional: true}
  confirm: {ask: confirm, answer: {one_of: [right, change]}, when: {change: name}}
  enrol: {do: enrol_member}
  done: {say: done}
  more: {call: extra}
  bye: {say: bye, end: true}
  declined: {say: declined, end: true}
  too_young: {say: too-young, end: true}
  known: {say: card, end: true}
remind: {after: 20h, times: 1}
expires: 7d
";

pub(super) const EXTRA: &str = "\
flow: extra
about: One question more.
steps:
  people: {ask: people, answer: {number: {from: 1, to: 5000}}}
  photo: {ask: photo, answer: photo, optional: true}
  thanks: {say: thanks, end: true}
";

pub(super) const OTHERS: [(&str, &str); 4] = [
    ("help", "flow: help\nstart: {words: [मदद]}\nsteps:\n  what: {say: help-text, end: true}\n"),
    (
        "language",
        "flow: language\nstart: {words: [भाषा]}\nsteps:\n  which: {ask: which, answer: {one_of: [hi, en]}}\n  set: {do: {language: which}}\n  done: {say: done, end: true}\n",
    ),
    (
        "leave",
        "flow: leave\nstart: {words: [बंद]}\nsteps:\n  stop: {do: {withdraw: [samvad, membership]}}\n  stopped: {say: stopped, end: true}\n",
    ),
    (
        "my_data",
        "flow: my_data\nstart: {words: [मेरी जानकारी]}\nsteps:\n  file: {do: {request: access}}\n  said: {say: said, end: true}\n",
    ),
];

/// Texts by file: Hindi and English.
pub(super) const TEXTS: [(&str, &str, &str); 8] = [
    (
        "common",
        "-party = दल
again = समझ नहीं आया।
again-choices = इनमें से चुनिए:
hint-yes-no = हाँ या नहीं लिखिए।
hint-number = { $from } से { $to } तक।
again-numbers = सूची देखिए।
hint-any = जैसे { $example }।
hint-any-most = { $most } तक।
hint-ranked = क्रम से, जैसे { $example }।
hint-age = उम्र, जैसे 34।
hint-booth = 1 से { $to } तक।
hint-date = जैसे 15/8/1990।
hint-date-from = { $from } से।
hint-date-to = { $to } तक।
hint-date-between = { $from } से { $to }।
hint-location = जगह भेजिए।
hint-message = { $kinds } भेजिए।
choose-any = नंबर, जैसे { $example }:
choose-any-most = { $most } तक नंबर, जैसे { $example }:
choose-ranked = क्रम से, जैसे { $example }:
choose-ranked-most = पहले { $most }, जैसे { $example }:
sent = भेजा
    .text = संदेश
    .voice = आवाज़
    .photo = फोटो
    .video = वीडियो
    .location = जगह
    .file = फ़ाइल
hint-year = चार अंक।
hint-name = पूरा नाम।
hint-district = जिले का नाम।
hint-assembly = { $district } की सीट।
hint-lok-sabha = लोकसभा।
hint-phone = दस अंक।
hint-text = लिखिए।
did-you-mean = क्या { $guess }?
    .yes = हाँ
    .no = नहीं
    .none = कोई नहीं
words = शब्द
    .menu = मेन्यू
    .help = मदद
    .back = वापस
    .restart = शुरू से
    .language = भाषा
    .stop = बंद
    .notice = सूचना
    .my_data = मेरी जानकारी
unsupported = लिखकर भेजिए।
skip = छोड़ दें
more = और देखें
list-open = चुनिए
sms-choose = नंबर लिखिए:
yes = हाँ
no = नहीं
back-none = यह पहला सवाल है।
code-unknown = { $code } गलत।
changed = बातचीत बदल गई।
late = देर से पहुँचा।
expired = समय बीत गया।
parked = गड़बड़ हुई।
silence = मिल गया, मतदान के बाद।
opinion-over = राय पूरी हुई: { $state }
opinion-rests = राय बाद में। { $again ->
    [yes] { $until } के बाद।
    [later] थोड़ी देर बाद।
   *[no] {\"\"}
}
opinion-kept = मुहरबंद रखा।
opinion-in-words = राय लिखकर दीजिए।
opinion-edited = राय नए संदेश में दीजिए।
channel-stopped = { $channel } बंद।
channel-back = { $channel } चालू।
handover = साथी जवाब देंगे।
remind = बात अधूरी है।
waiting = अभी इंतज़ार है।
one-moment = एक पल।
salute = प्रणाम!
sms-instead = कार्यालय से पूछिए।
",
        "-party = the party
again = Not understood.
again-choices = Pick one:
hint-yes-no = Yes or no.
hint-number = { $from } to { $to }.
again-numbers = See the list.
hint-any = Like { $example }.
hint-any-most = Up to { $most }.
hint-ranked = In order, like { $example }.
hint-age = Age, like 34.
hint-booth = 1 to { $to }.
hint-date = Like 15/8/1990.
hint-date-from = From { $from }.
hint-date-to = Up to { $to }.
hint-date-between = { $from } to { $to }.
hint-location = Send a place.
hint-message = Send { $kinds }.
choose-any = Numbers, like { $example }:
choose-any-most = Up to { $most } numbers, like { $example }:
choose-ranked = In order, like { $example }:
choose-ranked-most = First { $most }, like { $example }:
sent = sent
    .text = a text
    .voice = a voice note
    .photo = a photo
    .video = a video
    .location = a place
    .file = a file
hint-year = Four digits.
hint-name = Full name.
hint-district = Name of district.
hint-assembly = A seat of { $district }.
hint-lok-sabha = Lok Sabha.
hint-phone = Ten digits.
hint-text = Write.
did-you-mean = Do you mean { $guess }?
    .yes = Yes
    .no = No
    .none = None
words = words
    .menu = menu
    .help = help
    .back = back
    .restart = start again
    .language = language
    .stop = stop
    .notice = notice
    .my_data = my data
unsupported = Please write.
skip = Skip
more = More
list-open = Choose
sms-choose = Write a number:
yes = Yes
no = No
back-none = First question.
code-unknown = { $code } is wrong.
changed = It was changed.
late = Too late.
expired = Time is over.
parked = Something broke.
silence = It came, after the poll.
opinion-over = That poll is over: { $state }
opinion-rests = Opinions later. { $again ->
    [yes] After { $until }.
    [later] In a while.
   *[no] {\"\"}
}
opinion-kept = Sealed and kept.
opinion-in-words = Write your opinion.
opinion-edited = Write it anew.
channel-stopped = { $channel } is off.
channel-back = { $channel } is on.
handover = A person answers.
remind = Not finished.
waiting = Waiting.
one-moment = One moment.
salute = Greetings!
sms-instead = Ask the office.
",
    ),
    (
        "notices",
        "membership = { -party } की सूचना\n    .version = 2026-11-21\n",
        "membership = Notice of { -party }\n    .version = 2026-11-21\n",
    ),
    (
        "greeting",
        "menu = नमस्ते! क्या करना है?\n    .join = सदस्य बनें\n    .join-hint = तीन मिनट\n    .card = कार्ड\n    .info = जानकारी\ncard = { $member_name }: { $member_number }\ninfo = यह { -party } है।\n",
        "menu = Hello! What now?\n    .join = Join\n    .join-hint = Three minutes\n    .card = Card\n    .info = About\ncard = { $member_name }: { $member_number }\ninfo = This is { -party }.\n",
    ),
    (
        "join",
        "consent = सहमत हैं?\n    .yes = हाँ\n    .no = नहीं\nbirth-year = किस साल?\nname = नाम?\ndistrict = { $name } जी, जिला?\nseat = { $district } में सीट?\nbooth = बूथ?\nconfirm = { $name }, { $birth_year }, { $district }, { $seat }, { $booth }?\n    .right = सही\n    .change = बदलें\ndone = संख्या { $member_number }\nbye = { $people } लोग। नमस्ते।\ndeclined = कोई बात नहीं।\ntoo-young = अभी नहीं।\ncard = { $member_number } है।\n",
        "consent = Agree?\n    .yes = Yes\n    .no = No\nbirth-year = Which year?\nname = Name?\ndistrict = { $name }, which district?\nseat = Seat in { $district }?\nbooth = Booth?\nconfirm = { $name }, { $birth_year }, { $district }, { $seat }, { $booth }?\n    .right = Right\n    .change = Change\ndone = Number { $member_number }\nbye = { $people } people. Bye.\ndeclined = Never mind.\ntoo-young = Not yet.\ncard = It is { $member_number }.\n",
    ),
    (
        "extra",
        "people = कितने लोग?\nphoto = फोटो?\nthanks = धन्यवाद।\n",
        "people = How many?\nphoto = Photo?\nthanks = Thanks.\n",
    ),
    (
        "language",
        "which = भाषा?\n    .hi = हिंदी\n    .en = English\ndone = हिंदी में।\n",
        "which = Language?\n    .hi = हिंदी\n    .en = English\ndone = In English.\n",
    ),
    ("leave", "stopped = बंद किया।\n", "stopped = Stopped.\n"),
    ("my_data", "said = टिकट { $ticket }\n", "said = Ticket { $ticket }\n"),
];

const HELP: (&str, &str) = ("help-text = मदद यह है।\n", "help-text = This helps.\n");

/// The files of the office.
pub(crate) fn sources() -> Sources {
    let mut files = vec![
        file("flows/greeting.yaml", GREETING),
        file("flows/join.yaml", JOIN),
        file("flows/extra.yaml", EXTRA),
        file("locales/hi/help.ftl", HELP.0),
        file("locales/en/help.ftl", HELP.1),
    ];
    files.extend(OTHERS.map(|(name, text)| file(&format!("flows/{name}.yaml"), text)));
    for (book, hi, en) in TEXTS {
        files.push(file(&format!("locales/hi/{book}.ftl"), hi));
        files.push(file(&format!("locales/en/{book}.ftl"), en));
    }
    Sources { files }
}

/// The office with one file changed.
pub(super) fn edited(path: &str, edit: impl Fn(&str) -> String) -> Sources {
    let mut sources = sources();
    let found = sources.files.iter_mut().find(|file| file.path == path);
    let found = found.unwrap_or_else(|| panic!("no file {path}"));
    let text = edit(&found.text);
    assert_ne!(text, found.text, "nothing was edited in {path}");
    found.text = text;
    sources
}

/// The office with one file put in place of another.
pub(crate) fn sources_with(path: &str, text: &str) -> Sources {
    edited(path, |_| text.to_owned())
}

/// The office with words of one file replaced.
pub(crate) fn replaced(path: &str, from: &str, to: &str) -> Sources {
    edited(path, |text| text.replacen(from, to, 1))
}

pub(super) fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

pub(crate) fn geography() -> Arc<Geography> {
    static SHIPPED: LazyLock<Arc<Geography>> =
        LazyLock::new(|| Arc::new(Geography::shipped().unwrap()));
    Arc::clone(&SHIPPED)
}

/// The office, loaded.
pub(crate) fn flows() -> Flows {
    loaded(&sources())
}

pub(crate) fn loaded(sources: &Sources) -> Flows {
    load(sources, geography()).unwrap_or_else(|findings| panic!("{}", drawn(&findings)))
}

/// Everything `samvad check` finds in an office.
pub(super) fn told(office: &Sources) -> Vec<Diagnostic> {
    match prove(office, geography(), Rules::default()) {
        Ok(flows) => flows.warnings().to_vec(),
        Err(found) => found,
    }
}

/// The office with one file under another path.
pub(super) fn renamed(from: &str, to: &str) -> Sources {
    let mut sources = sources();
    for file in sources.files.iter_mut().filter(|file| file.path == from) {
        to.clone_into(&mut file.path);
    }
    sources
}

/// Everything found, drawn.
pub(super) fn drawn(findings: &[Diagnostic]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
}
