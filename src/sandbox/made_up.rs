//! A made-up state: its booths, workers and members as files that `samvad places import` and `samvad people
//! import` take. Nobody in it exists; seats, districts and divisions are the real ones. The same seed and
//! scale give the same files, byte by byte.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use super::faults::Dice;
use crate::contact::Language;
use crate::geography::{Assembly, Geography};
use crate::people::{Column, post};
use crate::sheet::CsvWriter;

/// The whole state: polling stations, and people as a large organisation counts them.
const SEATS: u64 = 403;
const BOOTHS: u64 = 162_000;
const WORKERS: u64 = 1_600_000;
const MEMBERS: u64 = 3_000_000;
/// Booths of a sector.
const IN_SECTOR: u16 = 10;
/// People who share a phone stand one after the other in such a group, so that no phone has more.
const GROUP: u64 = 4;

/// Mobile numbers of India begin with 6 to 9.
const FIRST_NUMBER: u64 = 6_000_000_000;
const NUMBERS: u64 = 4_000_000_000;
/// No divisor in common with how many there are: so every person has a number of their own.
const FACTOR: u64 = 2_654_435_769;

/// What is made up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    pub seed: u64,
    /// 1 is the whole state; at less there are fewer seats, each as large as ever.
    pub scale: f64,
    /// Spoil some rows in every hundred, as offices do.
    pub dirty: bool,
}

/// How many rows were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub booths: u64,
    pub workers: u64,
    pub members: u64,
    /// Among all of them the spoilt ones.
    pub spoilt: u64,
}

/// Told now and then: rows written so far, and how many there will be.
pub type Tell<'a> = &'a mut dyn FnMut(u64, u64);

/// Writes `booths.csv`, `workers.csv` and `members.csv` into a folder that is there.
///
/// # Errors
/// One of the files is there already or cannot be written.
pub fn write(
    folder: &Path,
    plan: Plan,
    geography: &Geography,
    tell: Tell<'_>,
) -> io::Result<Written> {
    let state = State::new(plan, geography);
    let mut making = Making { state: &state, written: Written::default(), tell };
    making.booths(new_file(folder, "booths.csv", &OF_BOOTHS)?)?;
    making.people(new_file(folder, "workers.csv", &OF_WORKERS)?, true)?;
    making.people(new_file(folder, "members.csv", &OF_MEMBERS)?, false)?;
    Ok(making.written)
}

const OF_BOOTHS: [Column; 6] = [
    Column::District,
    Column::Assembly,
    Column::Booth,
    Column::BoothName,
    Column::Sector,
    Column::SectorName,
];
const OF_WORKERS: [Column; 12] = [
    Column::Phone,
    Column::Name,
    Column::FathersName,
    Column::Gender,
    Column::BirthYear,
    Column::District,
    Column::Assembly,
    Column::Booth,
    Column::Consent,
    Column::Post,
    Column::Sector,
    Column::Since,
];
const OF_MEMBERS: [Column; 9] = [
    Column::Phone,
    Column::Name,
    Column::FathersName,
    Column::Gender,
    Column::BirthYear,
    Column::District,
    Column::Assembly,
    Column::Booth,
    Column::Consent,
];

type Out = CsvWriter<BufWriter<File>>;

fn new_file(folder: &Path, name: &str, columns: &[Column]) -> io::Result<Out> {
    let path = folder.join(name);
    let file = File::options().write(true).create_new(true).open(&path).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => "is there already; name another folder".to_owned(),
            _ => format!("cannot be written: {error}"),
        };
        io::Error::new(error.kind(), format!("{} {why}", path.display()))
    })?;
    let header: Vec<&str> = columns.iter().map(|column| column.header()).collect();
    CsvWriter::new(BufWriter::new(file), &header)
}

/// The sizes of everything.
struct State<'g> {
    geography: &'g Geography,
    dice: Dice,
    dirty: bool,
    seats: Vec<&'g Assembly>,
    /// By seat as above.
    booths: Vec<u16>,
    workers: u64,
    members: u64,
}

impl<'g> State<'g> {
    fn new(plan: Plan, geography: &'g Geography) -> State<'g> {
        let of = |whole: u64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a count between one and the whole, far below 2^52"
            )]
            let part = (whole as f64 * plan.scale.clamp(0.0, 1.0)).ceil() as u64;
            part.clamp(1, whole)
        };
        let count = of(SEATS);
        let mut seats = Vec::new();
        for place in 0..count {
            // Spread over the state.
            let index = usize::try_from(place * SEATS / count).unwrap_or(0);
            seats.extend(geography.assemblies.get(index));
        }
        let dice = Dice::new(plan.seed);
        let mut booths = Vec::new();
        let mut before = 0;
        for place in 0..count {
            // Of two seats one has as many more as the other has less.
            let apart = dice.between("booths", "", place / 2, (0, 90));
            let share = part_of(of(BOOTHS), place, count);
            let is_paired = place % 2 == 1 || place + 1 < count;
            let here = match place % 2 {
                _ if !is_paired => share,
                0 => share.saturating_sub(apart).max(1),
                _ => share + before,
            };
            before = share.saturating_sub(here);
            booths.push(u16::try_from(here).unwrap_or(u16::MAX));
        }
        State {
            geography,
            dice,
            dirty: plan.dirty,
            seats,
            booths,
            workers: of(WORKERS),
            members: of(MEMBERS),
        }
    }

    /// The booths as they would be in the records.
    #[cfg(test)]
    fn all_booths(&self) -> crate::places::Booths {
        use crate::places::{Booths, Delimitation, Place};
        let mut rows = Vec::new();
        for (seat, count) in self.seats.iter().zip(&self.booths) {
            for number in 1..=*count {
                let place = Place::Booth { assembly: seat.number, number };
                rows.push((place.code(Delimitation::NOW), Some(i64::from(sector_of(number)))));
            }
        }
        Booths::of(rows)
    }

    fn pick<'l>(&self, what: &str, turn: u64, list: &'l [&'l str]) -> &'l str {
        let last = (list.len() as u64).saturating_sub(1);
        let place = usize::try_from(self.dice.between(what, "", turn, (0, last))).unwrap_or(0);
        list.get(place).copied().unwrap_or_default()
    }

    fn is(&self, what: &str, turn: u64, rate: f64) -> bool {
        self.dice.roll(what, "", turn) < rate
    }

    /// The name of a village: there are so many that few come twice within a seat.
    fn village(&self, turn: u64) -> String {
        let first = self.pick("village", turn, &VILLAGE_BEGINS);
        format!("{first}{}", self.pick("village's end", turn, &VILLAGE_ENDS))
    }

    /// A person's phone: their own, or for one in a hundred that of the person before them.
    fn phone(&self, person: u64) -> String {
        let mut owner = person;
        while !owner.is_multiple_of(GROUP) && self.is("shares a phone", owner, 0.01) {
            owner -= 1;
        }
        let start = self.dice.between("first phone", "", 0, (0, NUMBERS - 1));
        let number = FIRST_NUMBER + (owner * FACTOR + start) % NUMBERS;
        // What ends in five zeros is taken for one that Excel has rounded: they share the next person's.
        (number + u64::from(number.is_multiple_of(100_000))).to_string()
    }

    /// Two people of one group never have the same name.
    fn name(&self, person: u64, is_woman: bool, is_latin: bool) -> String {
        let (firsts, seconds) = if is_woman {
            (WOMEN.as_slice(), AFTER_WOMEN.as_slice())
        } else {
            (MEN.as_slice(), AFTER_MEN.as_slice())
        };
        let groups = firsts.len() as u64 / GROUP;
        let place = self.dice.between("name", "", person, (0, groups - 1)) * GROUP + person % GROUP;
        let first = firsts.get(usize::try_from(place).unwrap_or(0)).copied().unwrap_or_default();
        let last = seconds.len() as u64 - 1;
        let second = self.dice.between("second name", "", person, (0, last));
        let second = seconds.get(usize::try_from(second).unwrap_or(0)).copied().unwrap_or_default();
        let (first, second) = if is_latin { (first.1, second.1) } else { (first.0, second.0) };
        if second.is_empty() { first.to_owned() } else { format!("{first} {second}") }
    }
}

/// The share of one of several in a whole, so that all shares together are the whole.
fn part_of(whole: u64, place: u64, of: u64) -> u64 {
    (place + 1) * whole / of - place * whole / of
}

fn sector_of(booth: u16) -> u16 {
    (booth - 1) / IN_SECTOR + 1
}

struct Making<'a> {
    state: &'a State<'a>,
    written: Written,
    tell: Tell<'a>,
}

/// Where somebody of a seat belongs, and as what.
#[derive(Clone, Copy)]
struct Role {
    post: &'static str,
    sector: u16,
    booth: u16,
}

impl Making<'_> {
    fn booths(&mut self, mut out: Out) -> io::Result<()> {
        let state = self.state;
        for (seat, count) in state.seats.iter().zip(&state.booths) {
            let district = district_of(seat, state.geography);
            for booth in 1..=*count {
                let turn = u64::from(seat.number) * 10_000 + u64::from(booth);
                let sector = sector_of(booth);
                // Two or three booths stand in one school.
                let school = state.village(turn / 3 * 3);
                let kind = state.pick("school", turn / 3, &SCHOOLS);
                let name = format!("{kind} {school}, कक्ष {}", turn % 3 + 1);
                let sector_name =
                    state.village(u64::from(seat.number) * 10_000 + u64::from(sector));
                let mut cells = [
                    district.to_owned(),
                    seat.name(Language::Hi).to_owned(),
                    booth.to_string(),
                    name,
                    sector.to_string(),
                    sector_name,
                ];
                self.spoil_booth(turn, &mut cells);
                self.written.booths += 1;
                row(&mut out, &cells)?;
            }
            self.told();
        }
        out.finish()
    }

    /// The rows of one file, seat by seat.
    fn people(&mut self, mut out: Out, are_workers: bool) -> io::Result<()> {
        let state = self.state;
        let seats = state.seats.len() as u64;
        let (whole, first) =
            if are_workers { (state.workers, 0) } else { (state.members, state.workers) };
        let mut person = first;
        let mut districts = Districts::default();
        let mut last_row: Vec<String> = Vec::new();
        for (place, (seat, booths)) in (0..).zip(state.seats.iter().zip(&state.booths)) {
            let here = part_of(whole, place, seats);
            let is_new_district = districts.is_new(seat);
            for within in 0..here {
                let role = if are_workers {
                    role(within, *booths, is_new_district)
                } else {
                    Role { post: "", sector: 0, booth: self.booth_of(person, *booths) }
                };
                let mut cells = self.person(person, seat, role, are_workers);
                self.spoil_person(person, &mut cells, &last_row);
                row(&mut out, &cells)?;
                last_row = cells;
                person += 1;
                if are_workers {
                    self.written.workers += 1;
                } else {
                    self.written.members += 1;
                }
            }
            self.told();
        }
        out.finish()
    }

    /// Of three members one did not say where they vote.
    fn booth_of(&self, person: u64, booths: u16) -> u16 {
        if self.state.is("no booth", person, 0.33) {
            return 0;
        }
        let booth = self.state.dice.between("booth", "", person, (1, u64::from(booths)));
        u16::try_from(booth).unwrap_or(1)
    }

    fn person(&self, person: u64, seat: &Assembly, role: Role, is_worker: bool) -> Vec<String> {
        let state = self.state;
        let is_woman = state.is("a woman", person, 0.4);
        let is_latin = state.is("in Latin letters", person, 0.25);
        let number = |number: u16| if number == 0 { String::new() } else { number.to_string() };
        let year = 1950 + state.dice.between("born", "", person, (0, 57));
        let seat_cell = match state.dice.between("seat", "", person, (0, 9)) {
            0 => seat.number.to_string(),
            1 => seat.name(Language::En).to_owned(),
            _ => seat.name(Language::Hi).to_owned(),
        };
        let proof = if state.is("a proof", person, 0.85) {
            format!("फ़ॉर्म {}", 100_000 + person)
        } else {
            String::new()
        };
        let mut cells = vec![
            state.phone(person),
            state.name(person, is_woman, is_latin),
            // Of somebody else's turn, so that a father is not called as his child.
            state.name(person + 1, false, is_latin),
            if is_woman { "महिला" } else { "पुरुष" }.to_owned(),
            year.to_string(),
            district_of(seat, state.geography).to_owned(),
            seat_cell,
            number(role.booth),
            proof,
        ];
        if is_worker {
            let title = post(role.post).map_or("", |post| post.name(Language::Hi));
            let (day, month) = (
                1 + state.dice.between("day", "", person, (0, 27)),
                1 + state.dice.between("month", "", person, (0, 11)),
            );
            let since = 2018 + state.dice.between("since", "", person, (0, 7));
            cells.push(title.to_owned());
            cells.push(number(role.sector));
            cells.push(format!("{day:02}-{month:02}-{since}"));
        }
        cells
    }

    fn spoil_booth(&mut self, turn: u64, cells: &mut [String; 6]) {
        if !self.state.dirty || !self.state.is("spoilt booth", turn, 0.02) {
            return;
        }
        let [district, seat, booth, ..] = cells;
        match self.state.dice.between("how", "booth", turn, (0, 3)) {
            0 => booth.clear(),
            1 => booth.push_str(" क ख"),
            2 => seat.replace_range(.., "ज्ञात नहीं"),
            _ => self.elsewhere(district),
        }
        self.written.spoilt += 1;
    }

    fn spoil_person(&mut self, person: u64, cells: &mut Vec<String>, last: &[String]) {
        if !self.state.dirty || !self.state.is("spoilt person", person, 0.03) {
            return;
        }
        let [phone, name, _, _, year, district, seat, booth, ..] = cells.as_mut_slice() else {
            return;
        };
        match self.state.dice.between("how", "person", person, (0, 8)) {
            0 => drop(phone.pop()),
            1 => phone.replace_range(.., "9.81235E+09"),
            2 => phone.clear(),
            3 => name.clear(),
            4 => self.elsewhere(district),
            5 => seat.replace_range(.., "ज्ञात नहीं"),
            6 => booth.replace_range(.., "कमरा"),
            7 => year.replace_range(.., "85"),
            _ if !last.is_empty() => *cells = last.to_vec(),
            _ => phone.push_str(" / 9"),
        }
        self.written.spoilt += 1;
    }

    /// A district in which no seat of this one lies.
    fn elsewhere(&self, district: &mut String) {
        let mut all = self.state.geography.districts.iter().map(|known| known.name(Language::Hi));
        if let Some(other) = all.find(|name| *name != district) {
            district.replace_range(.., other);
        }
    }

    fn told(&mut self) {
        let Written { booths, workers, members, .. } = self.written;
        let all_booths: u64 = self.state.booths.iter().map(|count| u64::from(*count)).sum();
        let whole = all_booths + self.state.workers + self.state.members;
        (self.tell)(booths + workers + members, whole);
    }
}

/// Who the next worker of a seat is: first a president of each booth, then of each sector, then who looks
/// after the seat and, once a district, its president; then pages and booths in turn.
fn role(within: u64, booths: u16, is_new_district: bool) -> Role {
    let all = u64::from(booths);
    let sectors = u64::from(sector_of(booths.max(1)));
    let number = |count: u64| u16::try_from(count).unwrap_or(u16::MAX);
    if within < all {
        let booth = number(within + 1);
        return Role { post: "booth_president", sector: sector_of(booth), booth };
    }
    if within < all + sectors {
        return Role { post: "sector_president", sector: number(within - all + 1), booth: 0 };
    }
    match within - all - sectors {
        0 => Role { post: "assembly_prabhari", sector: 0, booth: 0 },
        1 if is_new_district => Role { post: "district_president", sector: 0, booth: 0 },
        rest => {
            let booth = number(rest % all.max(1) + 1);
            let post = match rest / all.max(1) {
                1 => "booth_worker",
                4 => "booth_agent",
                _ => "panna_pramukh",
            };
            Role { post, sector: sector_of(booth), booth }
        }
    }
}

/// The districts that were met: seats of one are not always neighbours in the list.
#[derive(Default)]
struct Districts<'s>(BTreeSet<&'s str>);

impl<'s> Districts<'s> {
    fn is_new(&mut self, seat: &'s Assembly) -> bool {
        self.0.insert(&seat.district_code)
    }
}

fn district_of<'g>(seat: &Assembly, geography: &'g Geography) -> &'g str {
    let district = geography.district(&seat.district_code);
    district.map_or("", |district| district.name(Language::Hi))
}

fn row(out: &mut Out, cells: &[String]) -> io::Result<()> {
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    out.row(&cells)
}

const SCHOOLS: [&str; 4] =
    ["प्राथमिक विद्यालय", "उच्च प्राथमिक विद्यालय", "पंचायत भवन", "कन्या प्राथमिक विद्यालय"];

#[rustfmt::skip]
const VILLAGE_BEGINS: [&str; 32] = [
    "आम", "नीम", "बाग", "ताल", "पीपल", "महुआ", "सरसों", "चंदन", "फूल", "हरिया", "सोना", "मोती", "बेला", "केवड़ा", "जामुन", "बरगद",
    "नया", "पुराना", "बड़ा", "छोटा", "उजियार", "रेती", "कछार", "टीला", "झील", "धान", "गेहूं", "ईख", "तुलसी", "गुलाब", "चमेली", "कमल",
];

#[rustfmt::skip]
const VILLAGE_ENDS: [&str; 16] = [
    "पुर", "गांव", "खेड़ा", "पुरवा", "नगर", "टोला", "गढ़", "वारा", "डीह", "कला", "खुर्द", "घाट", "बाज़ार", "चक", "मऊ", "पट्टी",
];

/// First names in both scripts, those of four neighbours unlike each other.
#[rustfmt::skip]
const MEN: [(&str, &str); 40] = [
    ("रमेश", "Ramesh"), ("सुनील", "Sunil"), ("अजय", "Ajay"), ("मोहन", "Mohan"), ("विकास", "Vikas"), ("दिनेश", "Dinesh"),
    ("इमरान", "Imran"), ("कैलाश", "Kailash"), ("राजू", "Raju"), ("संतोष", "Santosh"), ("अनिल", "Anil"), ("मनोज", "Manoj"),
    ("प्रदीप", "Pradeep"), ("फ़िरोज़", "Firoz"), ("गोपाल", "Gopal"), ("हरीश", "Harish"), ("जगदीश", "Jagdish"), ("किशोर", "Kishor"),
    ("ललित", "Lalit"), ("महेश", "Mahesh"), ("नरेश", "Naresh"), ("ओंकार", "Onkar"), ("पंकज", "Pankaj"), ("राहुल", "Rahul"),
    ("सचिन", "Sachin"), ("तरुण", "Tarun"), ("उमेश", "Umesh"), ("विनोद", "Vinod"), ("यूसुफ़", "Yusuf"), ("अरविंद", "Arvind"),
    ("बृजेश", "Brijesh"), ("चेतन", "Chetan"), ("धर्मेंद्र", "Dharmendra"), ("गिरीश", "Girish"), ("जावेद", "Javed"), ("कमल", "Kamal"),
    ("मुकेश", "Mukesh"), ("नसीम", "Naseem"), ("रवि", "Ravi"), ("सुरेश", "Suresh"),
];

#[rustfmt::skip]
const WOMEN: [(&str, &str); 40] = [
    ("सुनीता", "Sunita"), ("रेखा", "Rekha"), ("अनीता", "Anita"), ("मीना", "Meena"), ("सलमा", "Salma"), ("गीता", "Geeta"),
    ("कविता", "Kavita"), ("पूनम", "Poonam"), ("राधा", "Radha"), ("शबाना", "Shabana"), ("उषा", "Usha"), ("विमला", "Vimla"),
    ("आशा", "Asha"), ("बबीता", "Babita"), ("चंदा", "Chanda"), ("दीपा", "Deepa"), ("फ़रज़ाना", "Farzana"), ("गायत्री", "Gayatri"),
    ("हेमा", "Hema"), ("इंदु", "Indu"), ("जया", "Jaya"), ("कमला", "Kamla"), ("लक्ष्मी", "Lakshmi"), ("ममता", "Mamta"),
    ("नीलम", "Neelam"), ("ओमवती", "Omvati"), ("पुष्पा", "Pushpa"), ("रुबीना", "Rubina"), ("सीमा", "Seema"), ("तारा", "Tara"),
    ("उर्मिला", "Urmila"), ("वंदना", "Vandana"), ("ज़रीना", "Zareena"), ("अर्चना", "Archana"), ("बिंदु", "Bindu"), ("मधु", "Madhu"),
    ("निशा", "Nisha"), ("प्रेमा", "Prema"), ("रजनी", "Rajni"), ("सरोज", "Saroj"),
];

/// Second names that say nothing of where somebody comes from.
const AFTER_MEN: [(&str, &str); 6] =
    [("कुमार", "Kumar"), ("लाल", "Lal"), ("बाबू", "Babu"), ("चंद", "Chand"), ("राज", "Raj"), ("", "")];
const AFTER_WOMEN: [(&str, &str); 4] =
    [("देवी", "Devi"), ("कुमारी", "Kumari"), ("रानी", "Rani"), ("", "")];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::people::{BoothList, BoothOutcome, Outcome, Roster};
    use crate::sheet;

    const SMALL: Plan = Plan { seed: 7, scale: 0.001, dirty: false };

    fn made(plan: Plan) -> (tempfile::TempDir, Written) {
        let folder = tempfile::tempdir().unwrap();
        let geography = Geography::shipped().unwrap();
        let written = write(folder.path(), plan, &geography, &mut |_, _| {}).unwrap();
        (folder, written)
    }

    #[test]
    fn the_whole_state_has_the_size_of_the_state() {
        let geography = Geography::shipped().unwrap();
        let state = State::new(Plan { scale: 1.0, ..SMALL }, &geography);
        assert_eq!(state.seats.len(), 403);
        assert_eq!(state.all_booths().len(), 162_000);
        assert_eq!((state.workers, state.members), (1_600_000, 3_000_000));
        let (least, most) = (state.booths.iter().min(), state.booths.iter().max());
        assert!(least < Some(&360) && most > Some(&440), "seats differ: {least:?} {most:?}");
    }

    #[test]
    fn every_district_has_one_president() {
        let geography = Geography::shipped().unwrap();
        let state = State::new(Plan { scale: 1.0, ..SMALL }, &geography);
        let mut districts = Districts::default();
        let presidents = state.seats.iter().filter(|seat| districts.is_new(seat)).count();
        assert_eq!(presidents, geography.districts.len());
    }

    #[test]
    fn every_phone_is_one_and_few_are_shared() {
        let geography = Geography::shipped().unwrap();
        let state = State::new(SMALL, &geography);
        let mut people: BTreeMap<String, u64> = BTreeMap::new();
        for person in 0..40_000 {
            *people.entry(state.phone(person)).or_default() += 1;
        }
        let shared = people.values().filter(|count| **count > 1).count();
        assert!((200..400).contains(&shared), "{shared}");
        assert!(people.values().all(|count| *count <= GROUP));
        assert!(
            people.keys().all(|phone| phone.len() == 10 && phone.starts_with(['6', '7', '8', '9']))
        );
    }

    #[test]
    fn the_same_seed_makes_the_same_files_and_another_one_others() {
        let read = |plan: Plan| {
            let (folder, _) = made(plan);
            ["booths.csv", "workers.csv", "members.csv"]
                .map(|name| std::fs::read(folder.path().join(name)).unwrap())
        };
        let first = read(SMALL);
        assert!(first == read(SMALL));
        let other = read(Plan { seed: 8, ..SMALL });
        assert!(first.iter().zip(&other).all(|(one, other)| one != other));
    }

    #[test]
    fn every_row_of_a_clean_state_is_taken_and_every_single_post_is_held_once() {
        let (folder, written) = made(SMALL);
        let geography = Geography::shipped().unwrap();
        let mut list = BoothList::new(&geography, []);
        let mut booths = 0;
        sheet::read(&folder.path().join("booths.csv"), None, &mut |row| {
            match list.take(&row).map_err(|error| error.to_string())? {
                BoothOutcome::Head => {}
                BoothOutcome::Accepted(_) => booths += 1,
                BoothOutcome::Refused(refusals) => panic!("{refusals:?}"),
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(booths, written.booths);
        for (name, count) in [("workers.csv", written.workers), ("members.csv", written.members)] {
            let mut roster = Roster::new(&geography, jiff::civil::date(2026, 11, 21));
            let mut presidents = BTreeSet::new();
            sheet::read(&folder.path().join(name), None, &mut |row| {
                match roster.take(&row).map_err(|error| error.to_string())? {
                    Outcome::Head => {}
                    Outcome::Accepted(entry) => {
                        if entry.post == Some("booth_president") {
                            assert!(presidents.insert((entry.assembly, entry.booth)));
                        }
                    }
                    Outcome::Refused(refusals) => panic!("{refusals:?}"),
                }
                Ok(())
            })
            .unwrap();
            assert_eq!(roster.end().unwrap().accepted, count);
            if name == "workers.csv" {
                assert_eq!(presidents.len() as u64, written.booths);
            }
        }
    }

    #[test]
    fn of_a_dirty_state_some_rows_are_refused_and_no_other() {
        let (folder, written) = made(Plan { dirty: true, ..SMALL });
        let geography = Geography::shipped().unwrap();
        let mut refused = 0;
        for name in ["workers.csv", "members.csv"] {
            let mut roster = Roster::new(&geography, jiff::civil::date(2026, 11, 21));
            sheet::read(&folder.path().join(name), None, &mut |row| {
                roster.take(&row).map(|_| ()).map_err(|error| error.to_string())
            })
            .unwrap();
            refused += roster.end().unwrap().refused;
        }
        assert!(refused > 0 && refused <= written.spoilt, "{refused} of {}", written.spoilt);
    }

    #[test]
    fn nothing_is_overwritten() {
        let (folder, _) = made(SMALL);
        let geography = Geography::shipped().unwrap();
        let error = write(folder.path(), SMALL, &geography, &mut |_, _| {}).unwrap_err();
        assert!(error.to_string().contains("booths.csv is there already"), "{error}");
    }
}
