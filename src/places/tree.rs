//! The tree of places over the tables of the state: parents, children, names, and finding one by what
//! somebody says.

use std::sync::LazyLock;

use super::{LARGEST_NUMBER, Level, Place};
use crate::contact::Language;
use crate::geography::{Assembly, District, Division, Geography, Index, LokSabha, fold};
use crate::understanding::{Kind, Meaning, Phrase, Reading, phrase_said, read as hear};

/// Places over [`Geography`]. Sectors and booths are in the records; here they are numbers within a seat.
#[derive(Clone, Debug)]
pub struct Tree<'g> {
    geography: &'g Geography,
    divisions: Vec<(u16, Phrase)>,
}

/// What somebody's words stand for. Of a sector or booth only the seat is sure to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Sure(Place),
    /// One of these, the likeliest first; at least one.
    Unsure(Vec<Place>),
    None,
}

/// What a place of a level is called, in Hindi, English, Urdu.
const LEVEL_NAMES: [(Level, [&str; 3]); 7] = [
    (Level::State, ["प्रदेश", "state", "ریاست"]),
    (Level::Division, ["मंडल", "division", "ڈویژن"]),
    (Level::District, ["ज़िला", "district", "ضلع"]),
    (Level::LokSabha, ["लोकसभा", "Lok Sabha", "لوک سبھا"]),
    (Level::Assembly, ["विधानसभा", "assembly", "اسمبلی"]),
    (Level::Sector, ["सेक्टर", "sector", "سیکٹر"]),
    (Level::Booth, ["बूथ", "booth", "بوتھ"]),
];

/// The name of the state, in Hindi, English, Urdu.
const STATE: [&str; 3] = ["उत्तर प्रदेश", "Uttar Pradesh", "اتر پردیش"];

fn in_language(names: [&'static str; 3], language: Language) -> &'static str {
    let [hi, en, ur] = names;
    match language {
        Language::Hi => hi,
        Language::En => en,
        Language::Ur => ur,
    }
}

impl Level {
    /// What a place of it is called: `बूथ`, `booth`, `بوتھ`.
    #[must_use]
    pub fn title(self, language: Language) -> &'static str {
        let found = LEVEL_NAMES.iter().find(|(level, _)| *level == self);
        found.map_or("", |(_, names)| in_language(*names, language))
    }
}

/// Words beside a name that say which level is meant; more than one word stand as one.
const LABELS: [(Level, &[&str]); 6] = [
    (Level::Booth, &["booth", "बूथ", "bhag", "भाग", "part", "بوتھ"]),
    (Level::Sector, &["sector", "सेक्टर", "سیکٹر"]),
    (
        Level::Assembly,
        &["assembly", "vidhansabha", "vidhan sabha", "विधानसभा", "विधान सभा", "ac", "اسمبلی"],
    ),
    (Level::LokSabha, &["loksabha", "lok sabha", "लोकसभा", "लोक सभा", "لوک سبھا"]),
    (Level::District, &["district", "zila", "jila", "जिला", "ज़िला", "जनपद", "ضلع"]),
    (Level::Division, &["division", "mandal", "मंडल", "ڈویژن"]),
];

/// Words between a label and its number.
const BETWEEN: [&str; 9] = ["no", "number", "num", "नंबर", "नं", "न", "संख्या", "क्रमांक", "نمبر"];

static FOLDED_LABELS: LazyLock<Vec<(Level, Vec<String>)>> = LazyLock::new(|| {
    let mut labels = Vec::new();
    for (level, names) in LABELS {
        for name in names {
            labels.push((level, fold(name).split(' ').map(str::to_owned).collect()));
        }
    }
    labels
});

static FOLDED_BETWEEN: LazyLock<Vec<String>> =
    LazyLock::new(|| BETWEEN.iter().map(|word| fold(word)).collect());

static STATE_PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let others = ["up", "u p", "यूपी", "प्रदेश", "state", "pradesh"];
    STATE.iter().chain(&others).map(|name| Phrase::new(name)).collect()
});

/// So many are offered.
const OFFERED: usize = 5;

impl<'g> Tree<'g> {
    #[must_use]
    pub fn new(geography: &'g Geography) -> Tree<'g> {
        let mut divisions = Vec::new();
        for division in &geography.divisions {
            let Division { number, name_en, name_hi, name_ur, others } = division;
            for name in [name_en, name_hi, name_ur].into_iter().chain(others) {
                divisions.push((*number, Phrase::new(name)));
            }
        }
        Tree { geography, divisions }
    }

    fn division(&self, number: u16) -> Option<&'g Division> {
        self.geography.divisions.iter().find(|division| division.number == number)
    }

    fn district(&self, code: u16) -> Option<&'g District> {
        self.geography.district(&code.to_string())
    }

    fn lok_sabha(&self, number: u16) -> Option<&'g LokSabha> {
        self.geography.lok_sabha.iter().find(|seat| seat.number == number)
    }

    /// Whether there is such a place; of a sector or booth, whether there is its seat.
    #[must_use]
    pub fn exists(&self, place: Place) -> bool {
        match place {
            Place::State => true,
            Place::Division(number) => self.division(number).is_some(),
            Place::District(code) => self.district(code).is_some(),
            Place::LokSabha(number) => self.lok_sabha(number).is_some(),
            Place::Assembly(assembly)
            | Place::Sector { assembly, .. }
            | Place::Booth { assembly, .. } => self.geography.assembly(assembly).is_some(),
        }
    }

    /// The place above: of a booth its seat (which sector it lies in is told by
    /// [`Booths`](super::Booths)), of a Lok Sabha seat the state.
    #[must_use]
    pub fn parent(&self, place: Place) -> Option<Place> {
        match place {
            Place::State => None,
            Place::Division(_) | Place::LokSabha(_) => Some(Place::State),
            Place::District(code) => {
                let district = self.district(code)?;
                let mut all = self.geography.divisions.iter();
                let division = all.find(|division| division.name_en == district.division)?;
                Some(Place::Division(division.number))
            }
            Place::Assembly(number) => district_of(self.geography.assembly(number)?),
            Place::Sector { assembly, .. } | Place::Booth { assembly, .. } => {
                Some(Place::Assembly(assembly))
            }
        }
    }

    /// The places right below, in the order of the tables; of a seat none: its sectors and booths are in
    /// the records.
    #[must_use]
    pub fn children(&self, place: Place) -> Vec<Place> {
        let geography = self.geography;
        match place {
            Place::State => {
                let divisions = geography.divisions.iter();
                divisions.map(|division| Place::Division(division.number)).collect()
            }
            Place::Division(number) => {
                let Some(division) = self.division(number) else { return Vec::new() };
                let all = geography.districts.iter();
                let here = all.filter(|district| district.division == division.name_en);
                here.filter_map(place_of).collect()
            }
            Place::District(_) | Place::LokSabha(_) => {
                self.seats_under(place).into_iter().map(Place::Assembly).collect()
            }
            Place::Assembly(_) | Place::Sector { .. } | Place::Booth { .. } => Vec::new(),
        }
    }

    /// The assembly seats of a place, ascending; of a seat, sector or booth the one it lies in.
    #[must_use]
    pub fn seats_under(&self, place: Place) -> Vec<u16> {
        let lies_in = |seat: &&Assembly| match place {
            Place::State => true,
            Place::Division(_) => {
                district_of(seat).and_then(|district| self.parent(district)) == Some(place)
            }
            Place::District(_) => district_of(seat) == Some(place),
            Place::LokSabha(number) => seat.lok_sabha == number,
            Place::Assembly(number) => seat.number == number,
            Place::Sector { assembly, .. } | Place::Booth { assembly, .. } => {
                seat.number == assembly
            }
        };
        self.geography.assemblies.iter().filter(lies_in).map(|seat| seat.number).collect()
    }

    /// The name of a place of the tables; `None` for a sector or booth, and for one that does not exist.
    #[must_use]
    pub fn name(&self, place: Place, language: Language) -> Option<&'g str> {
        match place {
            Place::State => Some(in_language(STATE, language)),
            Place::Division(number) => self.division(number).map(|known| known.name(language)),
            Place::District(code) => self.district(code).map(|known| known.name(language)),
            Place::LokSabha(number) => self.lok_sabha(number).map(|known| known.name(language)),
            Place::Assembly(number) => {
                self.geography.assembly(number).map(|known| known.name(language))
            }
            Place::Sector { .. } | Place::Booth { .. } => None,
        }
    }

    /// A place in words, with what it lies in where its number alone says nothing:
    /// `बूथ 45, विधानसभा 173 लखनऊ पूर्व`.
    #[must_use]
    pub fn words(&self, place: Place, language: Language) -> String {
        let title = place.level().title(language);
        let name = self.name(place, language).unwrap_or_default();
        match place {
            Place::State => name.to_owned(),
            Place::Division(_) | Place::District(_) => format!("{title} {name}"),
            Place::LokSabha(number) | Place::Assembly(number) => format!("{title} {number} {name}"),
            Place::Sector { assembly, number } | Place::Booth { assembly, number } => {
                let seat = self.words(Place::Assembly(assembly), language);
                format!("{title} {number}, {seat}")
            }
        }
    }

    /// The place somebody means: as [`Place`] is written, by its name in any spelling and script, or by its
    /// number. A bare number is a seat; a bare name that a district bears is the district, whatever else bears it.
    /// Any other that several places bear, or with which the names of districts begin, is [`Found::Unsure`].
    #[must_use]
    pub fn find(&self, text: &str) -> Found {
        if let Ok(place) = text.trim().parse::<Place>() {
            return if self.exists(place) { Found::Sure(place) } else { Found::None };
        }
        if phrase_said(text, STATE_PHRASES.iter().map(|phrase| ((), phrase))).is_some() {
            return Found::Sure(Place::State);
        }
        let folded = fold(text);
        let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        match labelled(&words) {
            Some((level @ (Level::Booth | Level::Sector), label)) => {
                self.below_the_seat(level, &words, label)
            }
            Some((Level::Division, label)) => {
                let rest = without(&words, &label);
                self.said_division(&rest).map_or(Found::None, Found::Sure)
            }
            Some((level, _)) => self.at_level(level, text),
            None => self.unlabelled(text, &words),
        }
    }

    fn unlabelled(&self, text: &str, words: &[&str]) -> Found {
        if let [one] = words
            && let Some(number) = number(one)
        {
            let seat = Place::Assembly(number);
            return if self.exists(seat) { Found::Sure(seat) } else { Found::None };
        }
        let key = Index::key(words.iter().copied());
        if let [district] = self.geography.district_index().exact(&key) {
            let district = self.geography.districts.get(usize::from(*district));
            if let Some(place) = district.and_then(place_of) {
                return Found::Sure(place);
            }
        }
        let mut offered = Vec::new();
        for level in [Level::Assembly, Level::LokSabha, Level::District] {
            match self.at_level(level, text) {
                Found::Sure(place) => return self.among_namesakes(place),
                Found::Unsure(places) => offered.extend(places),
                Found::None => {}
            }
        }
        if let Some(division) = self.said_division(text) {
            return Found::Sure(division);
        }
        offered.truncate(OFFERED);
        if offered.is_empty() { Found::None } else { Found::Unsure(offered) }
    }

    /// A place that was said without its level, where others are called so too: कानपुर is a Lok Sabha seat, and the
    /// beginning of two districts.
    fn among_namesakes(&self, place: Place) -> Found {
        if !matches!(place, Place::LokSabha(_) | Place::Assembly(_)) {
            return Found::Sure(place);
        }
        let own = self.name(place, Language::Hi).map(fold).unwrap_or_default();
        let begins =
            |name: &str| fold(name).strip_prefix(&own).is_some_and(|rest| rest.starts_with(' '));
        let is_own = |name: &str| fold(name) == own;
        let mut namesakes = Vec::new();
        for district in &self.geography.districts {
            let Some(found) = place_of(district) else { continue };
            if is_own(&district.name_hi) {
                return Found::Sure(found);
            }
            if begins(&district.name_hi) {
                namesakes.push(found);
            }
        }
        let seats = self.geography.lok_sabha.iter();
        let seats = seats.filter(|seat| is_own(&seat.name_hi));
        namesakes.extend(seats.map(|seat| Place::LokSabha(seat.number)));
        let seats = self.geography.assemblies.iter();
        let seats = seats.filter(|seat| is_own(&seat.name_hi));
        namesakes.extend(seats.map(|seat| Place::Assembly(seat.number)));
        match namesakes.as_slice() {
            [] | [_] => Found::Sure(place),
            _ => Found::Unsure(namesakes),
        }
    }

    fn said_division(&self, text: &str) -> Option<Place> {
        let names = self.divisions.iter().map(|(number, phrase)| (*number, phrase));
        phrase_said(text, names).map(Place::Division)
    }

    /// What a text is for the ear as a place of one of the levels it knows.
    fn at_level(&self, level: Level, text: &str) -> Found {
        let kind = match level {
            Level::District => Kind::District,
            Level::LokSabha => Kind::LokSabha,
            _ => Kind::Assembly { district: None },
        };
        match hear(kind, text, self.geography) {
            Reading::Sure(meaning) => self.meant(&meaning).map_or(Found::None, Found::Sure),
            Reading::Unsure(near) | Reading::Tie(near) => {
                let places: Vec<Place> =
                    near.iter().filter_map(|meaning| self.meant(meaning)).collect();
                if places.is_empty() { Found::None } else { Found::Unsure(places) }
            }
            Reading::None => Found::None,
        }
    }

    fn meant(&self, meaning: &Meaning) -> Option<Place> {
        match meaning {
            Meaning::District(index) => place_of(self.geography.districts.get(*index)?),
            Meaning::LokSabha(index) => {
                self.geography.lok_sabha.get(*index).map(|seat| Place::LokSabha(seat.number))
            }
            Meaning::Assembly(index) => {
                self.geography.assemblies.get(*index).map(|seat| Place::Assembly(seat.number))
            }
            _ => None,
        }
    }

    /// `booth 45 lucknow east`, `173 का बूथ 45`: the number stands beside its label, what is left is the seat.
    fn below_the_seat(&self, level: Level, words: &[&str], label: std::ops::Range<usize>) -> Found {
        let is_between = |word: &&str| FOLDED_BETWEEN.iter().any(|known| known == word);
        let after = words.iter().enumerate().skip(label.end).find(|(_, word)| !is_between(word));
        let before = words.iter().enumerate().take(label.start).rev();
        let before = before.into_iter().find(|(_, word)| !is_between(word));
        let mut beside = [after, before].into_iter().flatten();
        let found = beside.find_map(|(at, word)| Some((at, number(word)?)));
        let Some((at, number)) = found else { return Found::None };
        let left: Vec<&str> = words
            .iter()
            .enumerate()
            .filter(|(place, word)| *place != at && !label.contains(place) && !is_between(word))
            .map(|(_, word)| *word)
            .collect();
        let place = |seat: Place| match (seat, level) {
            (Place::Assembly(assembly), Level::Sector) => Some(Place::Sector { assembly, number }),
            (Place::Assembly(assembly), _) => Some(Place::Booth { assembly, number }),
            _ => None,
        };
        let left = left.join(" ");
        match self.at_level(Level::Assembly, &left) {
            Found::Sure(seat) => place(seat).map_or(Found::None, Found::Sure),
            Found::Unsure(seats) => Found::Unsure(seats.into_iter().filter_map(place).collect()),
            // A district of too many seats for the ear to ask about.
            Found::None => match self.at_level(Level::District, &left) {
                Found::Sure(district) => {
                    let seats = self.seats_under(district).into_iter().map(Place::Assembly);
                    Found::Unsure(seats.filter_map(place).collect())
                }
                Found::Unsure(_) | Found::None => Found::None,
            },
        }
    }
}

/// The first label of the words, and which of them it is.
fn labelled(words: &[&str]) -> Option<(Level, std::ops::Range<usize>)> {
    for (level, label) in FOLDED_LABELS.iter() {
        let here = words.windows(label.len().max(1)).position(|window| window == label.as_slice());
        if let Some(start) = here {
            return Some((*level, start..start + label.len()));
        }
    }
    None
}

fn without(words: &[&str], label: &std::ops::Range<usize>) -> String {
    let left = words.iter().enumerate().filter(|(place, _)| !label.contains(place));
    left.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

fn number(word: &str) -> Option<u16> {
    let is_plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let number = word.parse::<u16>().ok().filter(|_| is_plain);
    number.filter(|number| (1..=LARGEST_NUMBER).contains(number))
}

fn place_of(district: &District) -> Option<Place> {
    district.code.parse().ok().map(Place::District)
}

fn district_of(seat: &Assembly) -> Option<Place> {
    seat.district_code.parse().ok().map(Place::District)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geography() -> Geography {
        Geography::shipped().unwrap()
    }

    #[test]
    fn every_place_is_below_the_state_once() {
        let geography = geography();
        let tree = Tree::new(&geography);
        let mut seats = Vec::new();
        for division in tree.children(Place::State) {
            assert_eq!(tree.parent(division), Some(Place::State));
            for district in tree.children(division) {
                assert_eq!(tree.parent(district), Some(division));
                for seat in tree.children(district) {
                    assert_eq!(tree.parent(seat), Some(district));
                    seats.extend(seat.assembly());
                }
            }
        }
        seats.sort_unstable();
        assert_eq!(seats, (1..=403).collect::<Vec<u16>>());
        assert_eq!(tree.seats_under(Place::State), seats);
    }

    #[test]
    fn the_seats_of_a_lok_sabha_seat_and_of_a_division_are_known() {
        let geography = geography();
        let tree = Tree::new(&geography);
        assert_eq!(tree.seats_under(Place::LokSabha(35)).len(), 5);
        let of_districts: usize = tree
            .children(Place::Division(12))
            .into_iter()
            .map(|district| tree.seats_under(district).len())
            .sum();
        assert_eq!(tree.seats_under(Place::Division(12)).len(), of_districts);
        assert_eq!(tree.seats_under(Place::Booth { assembly: 173, number: 45 }), [173]);
        assert!(tree.seats_under(Place::LokSabha(81)).is_empty());
    }

    #[test]
    fn a_place_is_named_in_three_languages() {
        let geography = geography();
        let tree = Tree::new(&geography);
        let booth = Place::Booth { assembly: 173, number: 45 };
        insta::assert_snapshot!(tree.words(booth, Language::Hi), @"बूथ 45, विधानसभा 173 लखनऊ पूर्व");
        insta::assert_snapshot!(tree.words(booth, Language::En), @"booth 45, assembly 173 Lucknow East");
        insta::assert_snapshot!(tree.words(Place::Division(8), Language::Ur), @"ڈویژن دیوی پاٹن");
        insta::assert_snapshot!(tree.words(Place::District(162), Language::Hi), @"ज़िला लखनऊ");
    }

    #[test]
    fn a_place_is_found_as_people_say_it() {
        let geography = geography();
        let tree = Tree::new(&geography);
        for (text, expected) in [
            ("लखनऊ पूर्व", Place::Assembly(173)),
            ("lucknow east", Place::Assembly(173)),
            ("172", Place::Assembly(172)),
            ("१७२", Place::Assembly(172)),
            ("lucknow", Place::District(162)),
            ("जिला लखनऊ", Place::District(162)),
            ("lok sabha lucknow", Place::LokSabha(35)),
            ("देवीपाटन", Place::Division(8)),
            ("lucknow mandal", Place::Division(12)),
            ("उत्तर प्रदेश", Place::State),
            ("UP", Place::State),
            ("booth 45 lucknow east", Place::Booth { assembly: 173, number: 45 }),
            ("बूथ संख्या ४५, लखनऊ पूर्व", Place::Booth { assembly: 173, number: 45 }),
            ("173 booth no 45", Place::Booth { assembly: 173, number: 45 }),
            ("lucknow east sector 4", Place::Sector { assembly: 173, number: 4 }),
            ("sector:173/4", Place::Sector { assembly: 173, number: 4 }),
        ] {
            assert_eq!(tree.find(text), Found::Sure(expected), "{text}");
        }
    }

    #[test]
    fn a_bare_name_that_several_places_bear_is_asked_back_unless_it_is_a_districts() {
        let geography = geography();
        let tree = Tree::new(&geography);
        let kanpur = [Place::District(156), Place::District(157), Place::LokSabha(43)];
        for text in ["kanpur", "कानपुर"] {
            assert_eq!(tree.find(text), Found::Unsure(kanpur.to_vec()), "{text}");
        }
        let mohanlalganj = [Place::LokSabha(34), Place::Assembly(176)];
        assert_eq!(tree.find("mohanlalganj"), Found::Unsure(mohanlalganj.to_vec()));
        for (text, expected) in [
            ("kanpur nagar", Place::District(157)),
            ("lok sabha kanpur", Place::LokSabha(43)),
            ("मोहनलालगंज विधानसभा", Place::Assembly(176)),
            ("agra", Place::District(118)),
        ] {
            assert_eq!(tree.find(text), Found::Sure(expected), "{text}");
        }
        // What a district is called is the district, and no name of a seat alone may be anything else.
        for district in &geography.districts {
            let expected = place_of(district).unwrap();
            assert_eq!(tree.find(&district.name_hi), Found::Sure(expected), "{}", district.name_hi);
        }
    }

    #[test]
    fn what_is_no_place_is_none_and_what_may_be_several_is_asked() {
        let geography = geography();
        let tree = Tree::new(&geography);
        for text in ["", "booth", "booth 45", "assembly:404", "district:1", "404", "xyzzy", "मंडल"]
        {
            assert_eq!(tree.find(text), Found::None, "{text}");
        }
        let Found::Unsure(places) = tree.find("booth 45 lucknow") else { panic!("several seats") };
        assert!(places.iter().all(|place| place.level() == Level::Booth), "{places:?}");
        assert!(places.len() > 1);
    }
}
