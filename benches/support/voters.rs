//! The workers of a made-up state, who of them answer a poll, and what each of them says: drawn by lot, the same in
//! every run.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use samvad::contact::Language;
use samvad::geography::Geography;
use samvad::people::post;
use samvad::sandbox::faults::Dice;

use super::recount::{Elector, Said};

/// Whose posts are asked; those who look after a whole seat or a district are not.
pub(crate) const ASKED: [&str; 5] =
    ["booth_president", "sector_president", "booth_worker", "panna_pramukh", "booth_agent"];

/// Whoever might stand, in both scripts; every seat has five or six that follow each other here, unlike in sound.
const NAMES: [(&str, &str); 18] = [
    ("मनोज", "Manoj"),
    ("सुनीता", "Sunita"),
    ("इमरान", "Imran"),
    ("कमला", "Kamla"),
    ("राजेश", "Rajesh"),
    ("फ़रज़ाना", "Farzana"),
    ("गोपाल", "Gopal"),
    ("विद्या", "Vidya"),
    ("तरुण", "Tarun"),
    ("शबनम", "Shabnam"),
    ("धर्मेंद्र", "Dharmendra"),
    ("उर्मिला", "Urmila"),
    ("यूसुफ़", "Yusuf"),
    ("लक्ष्मी", "Lakshmi"),
    ("बृजेश", "Brijesh"),
    ("ओमवती", "Omvati"),
    ("पंकज", "Pankaj"),
    ("अर्चना", "Archana"),
];
/// Whom people write in.
const OTHERS: [&str; 3] = ["श्याम लाल", "हेमा देवी", "चेतन बाबू"];

/// Somebody of the list of workers who is asked.
#[derive(Clone, Copy)]
pub(crate) struct Worker {
    /// Ten digits.
    pub(crate) phone: u64,
    pub(crate) elector: Elector,
}

pub(crate) struct State {
    /// By phone.
    pub(crate) workers: Vec<Worker>,
    /// Phones on the list on which nobody is asked.
    unasked: Vec<u64>,
    /// Every phone on the list.
    listed: HashSet<u64>,
}

impl State {
    /// Reads the list as a person would: the columns stand as `samvad sandbox state` writes them.
    pub(crate) fn read(list: &Path) -> State {
        let geography = Geography::shipped().expect("the shipped tables");
        let mut seats: HashMap<(String, String), (u16, u16)> = HashMap::new();
        for assembly in &geography.assemblies {
            let district = geography.district(&assembly.district_code).expect("its district");
            let names = [&assembly.name_hi, &assembly.name_en, &assembly.number.to_string()];
            for name in names {
                let known = (assembly.number, assembly.lok_sabha);
                seats.insert((district.name_hi.clone(), name.clone()), known);
            }
        }
        let titles: BTreeMap<&str, &'static str> = ASKED
            .iter()
            .map(|code| (post(code).expect("a post").name(Language::Hi), *code))
            .collect();
        let mut reader = csv::Reader::from_path(list).expect("the list");
        let mut state = State { workers: Vec::new(), unasked: Vec::new(), listed: HashSet::new() };
        for row in reader.records() {
            let row = row.expect("a row");
            let cell = |place: usize| row.get(place).expect("a cell");
            let phone: u64 = cell(0).parse().expect("a phone");
            state.listed.insert(phone);
            let Some(post) = titles.get(cell(9)).copied() else {
                state.unasked.push(phone);
                continue;
            };
            let place = (cell(5).to_owned(), cell(6).to_owned());
            let (assembly, seat) = *seats.get(&place).expect("a seat of this name");
            state.workers.push(Worker { phone, elector: Elector { seat, assembly, post } });
        }
        state.workers.sort_by_key(|worker| worker.phone);
        let asked: HashSet<u64> = state.workers.iter().map(|worker| worker.phone).collect();
        state.unasked.retain(|phone| !asked.contains(phone));
        state
    }
}

/// Who might stand in a seat.
pub(crate) fn candidates(seat: u16) -> Vec<(&'static str, &'static str)> {
    let from = usize::from(seat) * 7 % NAMES.len();
    NAMES.iter().copied().cycle().skip(from).take(5 + usize::from(seat % 2)).collect()
}

/// The lot: the same in every run.
const DICE: Dice = Dice::new(9);

/// Who writes.
pub(crate) enum Who {
    /// Those asked on one phone; each of them answers.
    Answers(Vec<Worker>),
    /// Looks at the question and leaves it.
    Looks(u64),
    /// Is not asked, and answers all the same.
    Uninvited(u64),
}

pub(crate) struct Voters {
    pub(crate) state: State,
    /// Answer first, by the numbers they are shown.
    pub(crate) by_number: Vec<Worker>,
    pub(crate) all: Vec<Who>,
}

/// The messages of one phone, and which of its answers count.
#[derive(Default)]
pub(crate) struct Walk {
    pub(crate) letters: Vec<Letter>,
    pub(crate) counts: Vec<(Elector, Said)>,
}

pub(crate) enum Letter {
    Says(String),
    /// The webhook of the letter in this place once more.
    Again(usize),
}

impl Voters {
    /// Draws phones by lot until so many people answer.
    pub(crate) fn draw(state: State, ballots: usize) -> Voters {
        let phones = state.workers.chunk_by(|one, other| one.phone == other.phone);
        let is_of_one_seat = |people: &&[Worker]| {
            let first = people.first().map(|worker| worker.elector.assembly);
            people.iter().all(|worker| Some(worker.elector.assembly) == first)
        };
        let mut phones: Vec<Vec<Worker>> =
            phones.filter(is_of_one_seat).map(<[Worker]>::to_vec).collect();
        DICE.shuffle("voters", "", &mut phones);
        let mut phones = phones.into_iter();
        let (mut by_number, mut all, mut answers) = (Vec::new(), Vec::new(), 0);
        // Who answer by number wait for what they are shown: a few of them.
        let wanted = (ballots / 10).min(300);
        for people in phones.by_ref() {
            answers += people.len();
            match people.as_slice() {
                [alone] if by_number.len() < wanted => by_number.push(*alone),
                _ => all.push(Who::Answers(people)),
            }
            if answers >= ballots {
                break;
            }
        }
        let few = ballots.div_ceil(100);
        let looks = phones.by_ref().take(few).filter_map(|people| people.first().copied());
        all.extend(looks.map(|worker| Who::Looks(worker.phone)));
        all.extend(state.unasked.iter().take(few).copied().map(Who::Uninvited));
        let strangers =
            (0..).map(|turn| DICE.between("stranger", "", turn, (6_000_000_000, 9_999_999_999)));
        let strangers = strangers.filter(|phone| !state.listed.contains(phone));
        all.extend(strangers.take(few).map(Who::Uninvited));
        DICE.shuffle("turns", "", &mut all);
        Voters { state, by_number, all }
    }
}

impl Who {
    /// What happens on a phone. Of a hundred who are asked alone five change their mind and one webhook of theirs comes
    /// twice, two are not understood at first, and of two more the ballot comes twice.
    pub(crate) fn walk(&self) -> Walk {
        let says = |text: &str| Letter::Says(text.to_owned());
        let mut walk = Walk { letters: vec![says("राय")], ..Walk::default() };
        let people = match self {
            Who::Answers(people) => people,
            Who::Looks(_) => return walk,
            Who::Uninvited(_) => {
                walk.letters.push(says("मनोज, कमला"));
                return walk;
            }
        };
        let [alone] = people.as_slice() else {
            for (turn, worker) in (0..).zip(people) {
                let said = said(worker, turn);
                walk.letters.push(Letter::Says(worded(worker, turn, &said)));
                walk.counts.push((worker.elector, said));
            }
            return walk;
        };
        let mut last = said(alone, 0);
        let ballot = Letter::Says(worded(alone, 0, &last));
        match DICE.between("walk", "", alone.phone, (0, 99)) {
            0..5 => {
                last = said(alone, 1);
                let changed = Letter::Says(worded(alone, 1, &last));
                walk.letters.extend([ballot, says("बदलें"), changed, Letter::Again(1)]);
            }
            5..7 => walk.letters.extend([says("पता नहीं"), ballot]),
            7..9 => walk.letters.extend([ballot, Letter::Again(1)]),
            _ => walk.letters.push(ballot),
        }
        walk.counts.push((alone.elector, last));
        walk
    }

    pub(crate) fn phone(&self) -> u64 {
        match self {
            Who::Answers(people) => people.first().map_or(0, |worker| worker.phone),
            Who::Looks(phone) | Who::Uninvited(phone) => *phone,
        }
    }
}

/// What a worker says for the so manieth time: an order of some of the names, of half of them with the seat's favourite
/// at its head; of a hundred three refuse and four write somebody in.
pub(crate) fn said(worker: &Worker, turn: u64) -> Said {
    let phone = worker.phone.to_string();
    let lot = |what: &str, most: usize| {
        let drawn = DICE.between(what, &phone, turn, (0, most as u64));
        usize::try_from(drawn).unwrap_or(0)
    };
    let seat = worker.elector.seat;
    let mut names: Vec<usize> = (0..candidates(seat).len()).collect();
    DICE.shuffle("order", &format!("{phone} {turn}"), &mut names);
    if lot("favourite", 1) == 0 {
        let favourite = usize::from(seat) % names.len();
        names.sort_by_key(|name| *name != favourite);
    }
    names.truncate(1 + lot("names", names.len() - 1));
    match lot("said", 99) {
        0..3 => Said::Refused,
        3..7 => {
            names.truncate(lot("before the other", 2));
            Said::Names(names, OTHERS.get(lot("other", OTHERS.len() - 1)).copied())
        }
        _ => Said::Names(names, None),
    }
}

/// The message that says it: in one of both scripts, with commas or words between.
pub(crate) fn worded(worker: &Worker, turn: u64, said: &Said) -> String {
    let Said::Names(names, other) = said else { return "नहीं बताना".to_owned() };
    let candidates = candidates(worker.elector.seat);
    let named = names.iter().filter_map(|name| candidates.get(*name));
    let way = DICE.between("way", &worker.phone.to_string(), turn, (0, 2));
    let named: Vec<&str> = named.map(|(hi, en)| if way == 1 { *en } else { *hi }).collect();
    let listed = named.join(if way == 2 { " फिर " } else { ", " });
    match other {
        None => listed,
        Some(other) if listed.is_empty() => format!("अन्य {other}"),
        Some(other) => format!("{listed}, अन्य {other}"),
    }
}
