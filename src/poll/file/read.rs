//! The files of `polls/`, with what is wrong in them told as of flows.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::checklist::{Refused, refused};
use super::photo::is_photo_name;
use super::{Again, Aspect, Candidate, Electorate, Keep, Poll, Remind, Seat, Wording};
use crate::audience::{Audience, Names};
use crate::contact::Language;
use crate::flow::reading::{
    Findings, Kind, Node, Place as Spot, Word, duration, flag, get, identifier, integer,
    known_keys, map, one_of_these, read as read_yaml, start_of, word, words,
};
use crate::flow::{Code, Diagnostic, Sources};
use crate::places::{Found, Level, Place, Tree};
use crate::poll::ballot::{MOST_CANDIDATES, Method};
use crate::poll::tally::{Repeated, Rules, Tables};
use crate::understanding::fold;

pub(in crate::poll) const KEYS: [&str; 21] = [
    "poll",
    "about",
    "question",
    "method",
    "level",
    "seats",
    "other",
    "ratings",
    "remark",
    "electorate",
    "opens",
    "closes",
    "again",
    "secret",
    "threshold",
    "panel",
    "tables",
    "keep",
    "remind",
    "invalid",
    "reviewed_by",
];
pub(in crate::poll) const KEYS_OF_INVALID: [&str; 3] =
    ["repeated", "approve_at_most", "rank_at_least"];
pub(in crate::poll) const LANGUAGES: [&str; 3] = ["hi", "en", "ur"];

/// In a secret poll no smaller group is shown.
const LEAST_SECRET_THRESHOLD: i64 = 5;
const USUAL_THRESHOLD: i64 = 10;
const LARGEST_THRESHOLD: i64 = 1_000;
/// Longer is taken for a slip of the year or month.
const LONGEST_WINDOW: SignedDuration = SignedDuration::from_hours(24 * 62);
/// Whether a path is that of a poll.
fn is_poll(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let is_yaml = parts
        .next()
        .is_some_and(|name| name.rsplit_once('.').is_some_and(|(_, ending)| ending == "yaml"));
    is_yaml && parts.next() == Some("polls")
}

/// Reads every `polls/*.yaml` of the files; others among them are left alone. `names` know the places of an
/// electorate.
///
/// # Errors
/// Everything that is wrong, causes first; no poll is taken then.
pub fn read(
    sources: &Sources,
    tree: &Tree<'_>,
    names: &dyn Names,
) -> Result<Vec<Poll>, Vec<Diagnostic>> {
    read_all(sources, tree, names, false)
}

/// The same of what was opened already: it was asked as it stands, and what is refused since does not shut it.
///
/// # Errors
/// As [`read`].
pub fn read_frozen(
    sources: &Sources,
    tree: &Tree<'_>,
    names: &dyn Names,
) -> Result<Vec<Poll>, Vec<Diagnostic>> {
    read_all(sources, tree, names, true)
}

fn read_all(
    sources: &Sources,
    tree: &Tree<'_>,
    names: &dyn Names,
    is_frozen: bool,
) -> Result<Vec<Poll>, Vec<Diagnostic>> {
    let mut findings = Findings::new(sources);
    let mut polls: Vec<Poll> = Vec::new();
    for (index, file) in sources.files.iter().enumerate() {
        if !is_poll(&file.path) {
            continue;
        }
        let stem = file.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml");
        let Some(root) = read_yaml(index, &file.text, &mut findings) else { continue };
        let mut reader = Reader { tree, names, is_frozen, findings: &mut findings };
        polls.extend(reader.poll(&root, stem));
    }
    if findings.has_errors() { Err(findings.into_sorted()) } else { Ok(polls) }
}

struct Reader<'r, 's> {
    tree: &'r Tree<'r>,
    names: &'r dyn Names,
    /// It was checked when it was opened.
    is_frozen: bool,
    findings: &'r mut Findings<'s>,
}

type Entries = [(Word, Node)];

impl Reader<'_, '_> {
    fn poll(&mut self, root: &Node, stem: &str) -> Option<Poll> {
        let entries = map(root, "a poll", self.findings)?;
        known_keys(entries, &KEYS, self.findings);
        let name = self.name(entries, root, stem);
        let question = self.needed(entries, root, "question", "{hi: …, en: …}");
        let question_at = question.map(start_of);
        let question = question.and_then(|node| self.wording(node, "the question"));
        let rules = self.rules(entries, root);
        let seats = self.seats(entries, root);
        let ratings = self.ratings(entries);
        let electorate = self.electorate(entries, root);
        let opens = self.moment(entries, root, "opens");
        let closes = self.moment(entries, root, "closes");
        let window = self.window(opens, closes, electorate.as_ref());
        if let (Some(at), Some(question), false) = (question_at, &question, self.is_frozen) {
            self.is_fit_to_be_asked(at, question, opens.map(|(opens, _)| opens));
        }
        let again = self.choice(entries, "again", ["until_close", "never"]);
        let keep = self.choice(entries, "keep", Keep::ALL.map(Keep::name));
        let remind = self.remind(entries, window);
        let secret = self.flag(entries, "secret", true);
        let remark = self.flag(entries, "remark", false);
        let reviewed_by = get(entries, "reviewed_by")
            .and_then(|node| word(node, "`reviewed_by`", self.findings))
            .map(|by| by.text.trim().to_owned())
            .filter(|by| !by.is_empty());
        let (opens, closes) = window?;
        Some(Poll {
            name: name?,
            question: question?,
            rules: rules?,
            seats: seats?,
            ratings,
            remark,
            secret,
            electorate: electorate?.0,
            opens,
            closes,
            again: if again == Some("never") { Again::Never } else { Again::UntilClose },
            keep: Keep::ALL
                .into_iter()
                .find(|known| Some(known.name()) == keep)
                .unwrap_or_default(),
            keep_is_said: keep.is_some(),
            reviewed_by,
            remind,
        })
    }

    fn name(&mut self, entries: &Entries, root: &Node, stem: &str) -> Option<String> {
        let node = self.needed(entries, root, "poll", stem)?;
        let name = word(node, "the name of a poll", self.findings)?;
        let is_name = identifier(&name, self.findings);
        if is_name && name.text != stem {
            let hint = format!("write `poll: {stem}`, or rename the file to {}.yaml", name.text);
            let words = format!("the file is not named after its poll `{}`", name.text);
            self.findings.error_hint(name.place, words, hint).code(Code::FileName);
        }
        is_name.then_some(name.text)
    }

    fn needed<'n>(
        &mut self,
        entries: &'n Entries,
        root: &Node,
        key: &str,
        example: &str,
    ) -> Option<&'n Node> {
        let found = get(entries, key);
        if found.is_none() {
            let words = format!("the poll does not say its `{key}`");
            let hint = format!("add `{key}: {example}`");
            self.findings.error_hint(start_of(root), words, hint).code(Code::MissingKey);
        }
        found
    }

    fn flag(&mut self, entries: &Entries, key: &str, otherwise: bool) -> bool {
        let node = get(entries, key);
        node.and_then(|node| flag(node, key, self.findings)).unwrap_or(otherwise)
    }

    /// One of these words, where the key stands.
    fn choice<const N: usize>(
        &mut self,
        entries: &Entries,
        key: &str,
        known: [&'static str; N],
    ) -> Option<&'static str> {
        let written = word(get(entries, key)?, &format!("`{key}`"), self.findings)?;
        let found = known.into_iter().find(|known| *known == written.text);
        if found.is_none() {
            let words = format!("`{key}` cannot be `{}`", written.text);
            let hint = one_of_these(&written.text, known);
            self.findings.error_hint(written.place, words, hint).code(Code::UnknownWord);
        }
        found
    }

    /// A whole number within bounds; `otherwise` where the key does not stand.
    fn number(
        &mut self,
        entries: &Entries,
        key: &str,
        (from, to): (i64, i64),
        otherwise: i64,
    ) -> i64 {
        let Some(node) = get(entries, key) else { return otherwise };
        let Some(number) = integer(node, self.findings) else { return otherwise };
        if !(from..=to).contains(&number) {
            let words = format!("`{key}` is {number}, and goes from {from} to {to}");
            let hint = format!("write `{key}: {otherwise}`, or leave it away");
            self.findings.error_hint(start_of(node), words, hint).code(Code::BadNumber);
            return otherwise;
        }
        number
    }

    fn wording(&mut self, node: &Node, what: &str) -> Option<Wording> {
        let entries = map(node, what, self.findings)?;
        known_keys(entries, &[LANGUAGES.as_slice(), &["photo"]].concat(), self.findings);
        let mut text = |key: &str, example: &str| {
            let Some(node) = get(entries, key) else {
                if key != "ur" {
                    let words = format!("{what} has no `{key}`");
                    let hint = format!("add `{key}: {example}`");
                    self.findings.error_hint(start_of(node), words, hint).code(Code::MissingKey);
                }
                return None;
            };
            let written = word(node, &format!("`{key}`"), self.findings)?;
            let text = written.text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.is_empty() {
                let hint = format!("write `{key}: {example}`");
                self.findings
                    .error_hint(start_of(node), "there is nothing in it", hint)
                    .code(Code::EmptyText);
                return None;
            }
            Some(text)
        };
        let (hi, en, ur) = (text("hi", "अनिल यादव"), text("en", "Anil Yadav"), text("ur", "انیل"));
        Some(Wording { hi: hi?, en: en?, ur })
    }

    fn is_fit_to_be_asked(&mut self, at: Spot, question: &Wording, opens: Option<Timestamp>) {
        let year = opens.map(|opens| opens.to_zoned(TimeZone::UTC).year());
        let all = [&question.hi, &question.en].into_iter().chain(&question.ur);
        for text in all {
            let Some(Refused { said, why }) = refused(text, year) else { continue };
            let words = format!("`{said}` is not asked in a poll");
            self.findings.error_hint(at, words, why).code(Code::UnknownWord);
            return;
        }
    }

    fn rules(&mut self, entries: &Entries, root: &Node) -> Option<Rules> {
        self.needed(entries, root, "method", "rank")?;
        let method = self.choice(entries, "method", Method::ALL.map(Method::name))?;
        let method = Method::ALL.into_iter().find(|known| known.name() == method)?;
        let secret = self.flag(entries, "secret", true);
        let least = if secret { LEAST_SECRET_THRESHOLD } else { 1 };
        let threshold =
            self.number(entries, "threshold", (least, LARGEST_THRESHOLD), USUAL_THRESHOLD);
        let panel = self.number(entries, "panel", (2, 3), 3);
        let tables = match self.choice(entries, "tables", ["place", "post", "both"]) {
            Some("post") => Tables::Post,
            Some("both") => Tables::Both,
            _ => Tables::Place,
        };
        let mut rules = Rules {
            method,
            threshold: u64::try_from(threshold).unwrap_or(0),
            panel: u8::try_from(panel).unwrap_or(3),
            other: self.flag(entries, "other", false),
            repeated: Repeated::Cut,
            approve_at_most: None,
            rank_at_least: 1,
            tables,
        };
        if let Some(node) = get(entries, "invalid") {
            self.invalid(node, &mut rules);
        }
        Some(rules)
    }

    fn invalid(&mut self, node: &Node, rules: &mut Rules) {
        let Some(entries) = map(node, "`invalid`", self.findings) else { return };
        known_keys(entries, &KEYS_OF_INVALID, self.findings);
        for (key, method) in [("approve_at_most", Method::Approve), ("rank_at_least", Method::Rank)]
        {
            if let Some((written, _)) = entries.iter().find(|(known, _)| known.text == key)
                && rules.method != method
            {
                let words = format!("`{key}` says nothing of a poll by `{}`", rules.method.name());
                let hint = format!("leave it away, or write `method: {}`", method.name());
                self.findings.error_hint(written.place, words, hint).code(Code::UnknownWord);
            }
        }
        if self.choice(entries, "repeated", ["cut", "reject"]) == Some("reject") {
            rules.repeated = Repeated::Reject;
        }
        let most = i64::from(MOST_CANDIDATES);
        if get(entries, "approve_at_most").is_some() {
            let at_most = self.number(entries, "approve_at_most", (1, most), most);
            rules.approve_at_most = u8::try_from(at_most).ok();
        }
        let at_least = self.number(entries, "rank_at_least", (1, most), 1);
        rules.rank_at_least = u8::try_from(at_least).unwrap_or(1);
    }

    fn seats(&mut self, entries: &Entries, root: &Node) -> Option<Vec<Seat>> {
        let node = self.needed(entries, root, "seats", "{35: [{hi: …, en: …}, …]}")?;
        let level = match self.choice(entries, "level", ["lok_sabha", "assembly"]) {
            Some("lok_sabha") => Level::LokSabha,
            Some(_) => Level::Assembly,
            None if get(entries, "level").is_none() => {
                self.needed(entries, root, "level", "lok_sabha")?;
                return None;
            }
            None => return None,
        };
        let mut seats: Vec<Seat> = Vec::new();
        for (key, candidates) in map(node, "`seats`", self.findings)? {
            let place = self.seat(key, level);
            let candidates = self.candidates(key, candidates);
            let Some((place, number)) = place else { continue };
            if seats.iter().any(|known| known.place == place) {
                let words = format!("the seat `{}` stands here twice", key.text);
                let hint = "put its candidates under one heading";
                self.findings.error_hint(key.place, words, hint).code(Code::DuplicateKey);
                continue;
            }
            seats.push(Seat { place, number, candidates });
        }
        if seats.is_empty() {
            let hint = "write a seat by its name or number, and under it who might stand there";
            self.findings
                .error_hint(start_of(node), "there is no seat in it", hint)
                .code(Code::MissingKey);
            return None;
        }
        seats.sort_by_key(|seat| seat.number);
        Some(seats)
    }

    /// By name in any spelling, or by number.
    fn seat(&mut self, key: &Word, level: Level) -> Option<(Place, u16)> {
        let text = key.text.trim();
        let bare = if text.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("{}:{text}", level.name())
        } else if text.contains(':') {
            text.to_owned()
        } else {
            format!("{} {text}", level.title(Language::Hi))
        };
        let mut near = Vec::new();
        match self.tree.find(&bare) {
            Found::Sure(place @ (Place::LokSabha(number) | Place::Assembly(number)))
                if place.level() == level =>
            {
                return Some((place, number));
            }
            Found::Unsure(places) => near = places,
            _ => {}
        }
        let names: Vec<String> = near
            .iter()
            .filter(|place| place.level() == level)
            .map(|place| self.tree.words(*place, Language::Hi))
            .collect();
        let hint = if names.is_empty() {
            format!("write its number or its name as in data/{}.csv", level.name())
        } else {
            format!("did you mean {}? write its number", names.join(", "))
        };
        let words = format!("no {} seat is called `{text}`", level.name());
        self.findings.error_hint(key.place, words, hint).code(Code::UnknownWord);
        None
    }

    fn candidates(&mut self, seat: &Word, node: &Node) -> Vec<Candidate> {
        let Kind::List(items) = &node.kind else {
            let words =
                format!("the candidates of `{}` are a list, this is {}", seat.text, node.what());
            let hint = "write one a line: `- {hi: अनिल यादव, en: Anil Yadav}`";
            self.findings.error_hint(start_of(node), words, hint).code(Code::WrongType);
            return Vec::new();
        };
        if items.len() < 2 || items.len() > usize::from(MOST_CANDIDATES) {
            let words = format!("`{}` has {} candidates", seat.text, items.len());
            let hint = format!("a choice is among two at least and {MOST_CANDIDATES} at most");
            self.findings.error_hint(seat.place, words, hint).code(Code::TooManyChoices);
        }
        let mut candidates: Vec<Candidate> = Vec::new();
        for item in items {
            let Some(name) = self.wording(item, "a candidate") else { continue };
            let photo = match &item.kind {
                Kind::Map(entries) => get(entries, "photo"),
                _ => None,
            };
            let candidate = Candidate { name, photo: photo.and_then(|node| self.photo(node)) };
            if let Some(twin) = candidates.iter().find(|known| is_same(known, &candidate)) {
                let words =
                    format!("two candidates of `{}` are called {}", seat.text, twin.name.hi);
                let hint =
                    "add what tells them apart, as people say it: the father's name, the village";
                self.findings.error_hint(start_of(item), words, hint).code(Code::SameChoices);
            }
            candidates.push(candidate);
        }
        candidates
    }

    /// The name of a picture in the folder of the polls. Whether it is there, whoever reads the disk looks.
    fn photo(&mut self, node: &Node) -> Option<String> {
        let written = word(node, "`photo`", self.findings)?;
        if self.is_frozen || is_photo_name(&written.text) {
            return Some(written.text);
        }
        let words = format!("`{}` is no picture in the folder of the polls", written.text);
        let hint = "write a .jpg or .png beside this file, or below it: photos/anil.jpg";
        self.findings.error_hint(written.place, words, hint).code(Code::UnknownWord);
        None
    }

    fn ratings(&mut self, entries: &Entries) -> Vec<Aspect> {
        let Some(node) = get(entries, "ratings") else { return Vec::new() };
        let mut aspects: Vec<Aspect> = Vec::new();
        for written in words(node, "`ratings`", self.findings) {
            let found = Aspect::ALL.into_iter().find(|aspect| aspect.name() == written.text);
            match found {
                Some(aspect) if !aspects.contains(&aspect) => aspects.push(aspect),
                Some(_) => {}
                None => {
                    let words = format!("candidates are not marked for `{}`", written.text);
                    let hint = one_of_these(&written.text, Aspect::ALL.map(Aspect::name));
                    self.findings.error_hint(written.place, words, hint).code(Code::UnknownWord);
                }
            }
        }
        aspects
    }

    fn electorate(&mut self, entries: &Entries, root: &Node) -> Option<(Electorate, Spot)> {
        let example = "{who: 'post == \"booth_president\"', on: 2029-01-01}";
        let node = self.needed(entries, root, "electorate", example)?;
        let entries = map(node, "`electorate`", self.findings)?;
        known_keys(entries, &["who", "on"], self.findings);
        let who = self.needed(entries, node, "who", "'post == \"booth_president\"'");
        let on = self.needed(entries, node, "on", "2029-01-01");
        let who = who.and_then(|node| word(node, "`who`", self.findings));
        let on = on.and_then(|node| word(node, "`on`", self.findings));
        let audience = who.and_then(|who| match Audience::read(&who.text, self.names) {
            Ok(audience) => Some(audience),
            Err(error) => {
                self.findings
                    .error_hint(who.place, error.message(), error.help())
                    .code(Code::ConditionSyntax);
                None
            }
        });
        let on = on?;
        let Ok(day) = on.text.parse::<Date>() else {
            let hint =
                "year, month, day: 2029-01-01; whoever holds the post on that day may answer";
            self.findings.error_hint(on.place, "this is no day", hint).code(Code::BadDate);
            return None;
        };
        Some((Electorate { audience: audience?, on: day }, on.place))
    }

    fn moment(&mut self, entries: &Entries, root: &Node, key: &str) -> Option<(Timestamp, Spot)> {
        let node = self.needed(entries, root, key, "2029-01-05 10:00")?;
        let written = word(node, &format!("`{key}`"), self.findings)?;
        let at = written.text.trim().replacen(' ', "T", 1);
        let moment = at.contains(':').then(|| at.parse::<DateTime>().ok().and_then(in_india));
        let Some(Some(moment)) = moment else {
            let hint = "a day and an hour by the clocks of India: 2029-01-05 10:00";
            self.findings.error_hint(written.place, "this is no moment", hint).code(Code::BadDate);
            return None;
        };
        Some((moment, written.place))
    }

    fn window(
        &mut self,
        opens: Option<(Timestamp, Spot)>,
        closes: Option<(Timestamp, Spot)>,
        electorate: Option<&(Electorate, Spot)>,
    ) -> Option<(Timestamp, Timestamp)> {
        let ((opens, _), (closes, spot)) = (opens?, closes?);
        if closes <= opens {
            let hint = "write a later moment, or an earlier `opens`";
            self.findings
                .error_hint(spot, "the poll closes before it opens", hint)
                .code(Code::BadBounds);
            return None;
        }
        if closes.duration_since(opens) > LONGEST_WINDOW {
            let hint = "two months are the longest; look at the year and the month";
            self.findings
                .error_hint(spot, "the poll is open for very long", hint)
                .code(Code::BadBounds);
            return None;
        }
        if let Some((electorate, spot)) = electorate {
            let day = electorate.on.to_datetime(jiff::civil::Time::midnight());
            if in_india(day).is_some_and(|day| day > opens) {
                let words = "who may answer is not known yet when the poll opens";
                let hint = "write a day before `opens`";
                self.findings.error_hint(*spot, words, hint).code(Code::BadDate);
            }
        }
        Some((opens, closes))
    }

    fn remind(
        &mut self,
        entries: &Entries,
        window: Option<(Timestamp, Timestamp)>,
    ) -> Option<Remind> {
        let node = get(entries, "remind")?;
        let entries = map(node, "`remind`", self.findings)?;
        known_keys(entries, &["after", "times"], self.findings);
        let after = self.needed(entries, node, "after", "2d")?;
        let seconds = duration(after, self.findings)?;
        let times = self.number(entries, "times", (1, 3), 1);
        let remind = Remind {
            after: SignedDuration::from_secs(seconds),
            times: u8::try_from(times).unwrap_or(1),
        };
        let last = remind.after.checked_mul(i32::from(remind.times));
        if let (Some((opens, closes)), Some(last)) = (window, last)
            && opens.checked_add(last).is_ok_and(|last| last >= closes)
        {
            let words = "a reminder would come after the close";
            let hint = "write a shorter `after`, or fewer `times`";
            self.findings.error_hint(start_of(after), words, hint).code(Code::BadDuration);
        }
        Some(remind)
    }
}

/// Whether two candidates bear a name that sounds alike in some script.
fn is_same(one: &Candidate, other: &Candidate) -> bool {
    one.names().any(|name| other.names().any(|twin| fold(name) == fold(twin)))
}

fn in_india(at: DateTime) -> Option<Timestamp> {
    let half_past_five = Offset::from_seconds(19_800).ok()?;
    at.to_zoned(TimeZone::fixed(half_past_five)).ok().map(|zoned| zoned.timestamp())
}
