//! A day of the calendar, day before month as everywhere in India: `15 अगस्त 1990`, `15/8/90`,
//! `kal`, `agle somvar`.

use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::Span;
use jiff::civil::Date;

use super::heard::{Heard, Word};
use super::number::{digits, is_common_word, numbers, numbers_of};
use super::number_words::ordinal;
use super::reason::{Judged, Reason};
use super::words::{
    AGE, BECOME, CHOICE_FRAME, DO, DOUBT, FILLER, INEXACT, JI, MAT, ME, NO, NUMBER_FRAME, OR,
    PAPER, POLITE, QUESTION, TENS, WHY, YEAR_FRAME, YES,
};
use super::{Meaning, Reading};
use crate::geography::{Sound, fold, similarity};

/// No day is said in more words.
const MOST_WORDS: usize = 14;
/// A misspelt month this like a month in sound is that month.
const SAME_SOUND: f32 = 0.85;

/// What a word says of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DayWord {
    /// 1 to 12.
    Month(i8),
    /// Days from today, on whichever side: कल is yesterday and tomorrow.
    Either(i64),
    /// Days from today.
    Days(i64),
    /// Monday is 1.
    Weekday(i8),
    /// दिन: a count of days.
    Count,
    After,
    Before,
    /// आने वाले, अगले
    Coming,
    /// बीते, पिछले
    Past,
}

#[rustfmt::skip]
const DAY_WORDS: &[(DayWord, &str)] = &[
    (DayWord::Month(1), "january janvari janwari janawari janvary janvri januari jany jan जनवरी जन جنوری"),
    (DayWord::Month(2), "february farvari farwari fabruary febuary feb फरवरी फ़रवरी फर فروری"),
    (DayWord::Month(3), "march maarch mar मार्च مارچ"),
    (DayWord::Month(4), "april aprail aprel apr अप्रैल अप्रेल اپریل"),
    (DayWord::Month(5), "may mai mei मई مئی"),
    (DayWord::Month(6), "june joon jun जून جون"),
    (DayWord::Month(7), "july julai julay jul जुलाई جولائی"),
    (DayWord::Month(8), "august agast agust aug अगस्त अग اگست"),
    (DayWord::Month(9), "september sitambar sitamber sept sep सितंबर सितम्बर सित ستمبر"),
    (DayWord::Month(10), "october aktubar oktober aktuber oct अक्टूबर अक्तूबर अक्टू اکتوبر"),
    (DayWord::Month(11), "november navambar nawambar navamber nov नवंबर नवम्बर नव نومبر"),
    (DayWord::Month(12), "december disambar disamber dec दिसंबर दिसम्बर दिस دسمبر"),
    (DayWord::Days(0), "aaj aj today आज آج"),
    (DayWord::Either(1), "kal kl कल کل"),
    (DayWord::Either(2), "parson parso parsoo परसों परसो پرسوں"),
    (DayWord::Either(3), "narson tarson narso tarso नरसों तरसों"),
    (DayWord::Days(1), "tomorrow tomorow tommorow tmrw"),
    (DayWord::Days(-1), "yesterday yestarday"),
    (DayWord::Weekday(1), "monday somvar somwar सोमवार پیر"),
    (DayWord::Weekday(2), "tuesday mangalvar mangalwar मंगलवार मंगल منگل"),
    (DayWord::Weekday(3), "wednesday budhvar budhwar बुधवार بدھ"),
    (DayWord::Weekday(4), "thursday guruvar guruwar brihaspativar veervar गुरुवार बृहस्पतिवार वीरवार جمعرات"),
    (DayWord::Weekday(5), "friday shukravar shukrawar jumma शुक्रवार जुमा جمعہ"),
    (DayWord::Weekday(6), "saturday shanivar shaniwar शनिवार ہفتہ"),
    (DayWord::Weekday(7), "sunday ravivar raviwar itvar itwar रविवार इतवार اتوار"),
    (DayWord::Count, "din dino dinon day days दिन दिनों دن"),
    (DayWord::After, "baad bad later after बाद بعد"),
    (DayWord::Before, "pehle pahle ago before पहले پہلے"),
    (DayWord::Coming, "aane aanewale aanewala aanevale agle agla agli next coming आने आनेवाले आनेवाला अगले अगला अगली"),
    (DayWord::Past, "beete bite beeta bita gaye gaya gya pichle pichla pichhle pichhla last बीते बीता गए गया पिछले पिछला"),
];

fn day_word(folded: &str) -> Option<DayWord> {
    table().words.get(folded).copied()
}

struct Table {
    words: HashMap<String, DayWord>,
    months: Vec<(i8, Sound)>,
}

/// Builds the table of days and months now.
pub(super) fn prepare() {
    table();
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut words = HashMap::new();
        let mut months = Vec::new();
        for (meaning, spellings) in DAY_WORDS {
            for spelling in spellings.split_whitespace() {
                let folded = fold(spelling);
                if let DayWord::Month(month) = meaning
                    && folded.chars().count() >= 4
                {
                    months.push((*month, Sound::of(std::iter::once(folded.as_str()))));
                }
                words.entry(folded).or_insert(*meaning);
            }
        }
        Table { words, months }
    })
}

/// Reads a day within the bounds, both inclusive. A day outside of them is [`Reading::None`]; where
/// the words leave two days open, the bounds decide, else both are offered. Where the bounds hold
/// half a life, a day of birth is asked for, and कल is asked back.
pub(super) fn read(heard: &Heard, today: Date, from: Option<Date>, to: Option<Date>) -> Judged {
    if heard.len() == 0 {
        return Reason::Empty.none();
    }
    if heard.len() > MOST_WORDS {
        return Reason::TooLong.none();
    }
    let within =
        |day: &Date| from.is_none_or(|from| *day >= from) && to.is_none_or(|to| *day <= to);
    let refuses = |word: &Word<'_>| {
        if word.sense.number.is_none() && word.is(NO | MAT) && !word.is(NUMBER_FRAME) {
            return Some(Reason::Denied);
        }
        let refusals =
            [(OR, Reason::Either), (QUESTION | WHY, Reason::Question), (INEXACT, Reason::Inexact)];
        // "par", "parson"
        let refused = refusals.into_iter().find(|(roles, _)| word.is(*roles));
        refused.map(|(_, reason)| reason)
    };
    if let Some(reason) = heard.words().find_map(|word| refuses(&word)) {
        return reason.none();
    }
    let bounds = Bounds { today, from, to };
    if let Some(days) = relative(heard, today) {
        let days: Vec<Date> = days.into_iter().filter(within).collect();
        return match days.as_slice() {
            [] => Reason::NoDay.none(),
            [day] if !bounds.hold_a_life() => Reason::RelativeDay.sure(Meaning::Date(*day)),
            several => offer(several, Reason::RelativeDay),
        };
    }
    if heard.has(DOUBT) {
        return Reason::Doubt.none();
    }
    let (told, foreign) = parts(heard);
    let parts = once(&told);
    let days: Vec<Date> = bounds.days(parts, heard).into_iter().filter(within).collect();
    match days.as_slice() {
        [] if foreign > 0 => Reason::NoDay.none(),
        [] => {
            // 08/15/1990: a day of the calendar only with the month first.
            let swapped = bounds.month_first(parts).filter(within);
            let nothing = if has_year(parts) { Reason::NoDay } else { Reason::NoYear };
            swapped.map_or(nothing.none(), |day| Reason::MonthFirst.unsure(Meaning::Date(day)))
        }
        [day] if foreign <= 1 => Reason::Day.sure(Meaning::Date(*day)),
        [_] => offer(&days, Reason::DayElse),
        several => offer(several, Reason::TwoDays),
    }
}

fn has_year(parts: &[Part]) -> bool {
    parts.iter().any(|part| matches!(part, Part::Number(value, _) if *value >= 1000))
}

fn offer(days: &[Date], reason: Reason) -> Judged {
    let meanings = days.iter().take(3).map(|day| Meaning::Date(*day)).collect();
    Judged { reading: Reading::Unsure(meanings), reason }
}

/// `aaj`, `kal`, `parson`, `do din baad`, `agle somvar`; `None` when the message says more.
fn relative(heard: &Heard, today: Date) -> Option<Vec<Date>> {
    let manners = FILLER | POLITE | JI | YES | DO | ME;
    let mut said: Option<DayWord> = None;
    let (mut coming, mut past) = (false, false);
    let mut counted = false;
    for word in heard.words() {
        match day_word(word.folded) {
            Some(DayWord::Coming | DayWord::After) => coming = true,
            Some(DayWord::Past | DayWord::Before) => past = true,
            Some(DayWord::Count) => counted = true,
            Some(found) if said.is_none() && !matches!(found, DayWord::Month(_)) => {
                said = Some(found);
            }
            None if word.is_digits() || word.sense.number.is_some() => {}
            None if word.is(manners)
                || matches!(word.folded, "wale" | "वाले" | "vale" | "tarikh") => {}
            _ => return None,
        }
    }
    let numbers = numbers(heard);
    let step = |days: i64| today.checked_add(Span::new().try_days(days).ok()?).ok();
    let days: Vec<i64> = match (said, numbers.values.as_slice()) {
        (Some(DayWord::Days(days)), []) => vec![days],
        (Some(DayWord::Either(days)), []) => match (coming, past) {
            (true, false) => vec![days],
            (false, true) => vec![-days],
            _ => vec![days, -days],
        },
        (Some(DayWord::Weekday(weekday)), []) => {
            let from_today = i64::from(weekday - today.weekday().to_monday_one_offset());
            let ahead = from_today.rem_euclid(7);
            if past { vec![if ahead == 0 { -7 } else { ahead - 7 }] } else { vec![ahead] }
        }
        (None, [count]) if counted && (0..=3660).contains(count) => match (coming, past) {
            (true, false) => vec![*count],
            (false, true) => vec![-*count],
            _ => return None,
        },
        _ => return None,
    };
    Some(days.into_iter().filter_map(step).collect())
}

/// A piece of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// How many digits were typed; 0 for words.
    Number(i64, usize),
    Month(i8),
}

/// The numbers and months of a message in their order, and how many words belong to no date.
fn parts(heard: &Heard) -> (Vec<Part>, usize) {
    let words: Vec<Word<'_>> = heard.words().collect();
    let has_digits = words.iter().any(Word::is_digits);
    // "do" is "give" as well; beside a month or a thousand it is two.
    let counts_on = |place: Option<usize>| {
        let beside = place.and_then(|place| words.get(place));
        beside.is_some_and(|word| {
            let month = matches!(day_word(word.folded), Some(DayWord::Month(_)));
            month && !word.is(FILLER) || word.sense.number.is_some_and(|number| number >= 100)
        })
    };
    let is_count_at = |place: usize| {
        words.get(place).is_some_and(|word| {
            // "thirty-first"
            let behind_tens = place
                .checked_sub(1)
                .and_then(|before| words.get(before))
                .is_some_and(|before| before.is(TENS));
            if behind_tens && ordinal(word.folded).is_some_and(|day| day < 10) {
                return true;
            }
            let common = has_digits && is_common_word(word.folded);
            !word.is_digits()
                && word.sense.number.is_some()
                && (!common || counts_on(place.checked_sub(1)) || counts_on(Some(place + 1)))
        })
    };
    let numeric = |place: usize| {
        is_count_at(place)
            || words
                .get(place)
                .is_some_and(|word| word.is_digits() || ordinal(word.folded).is_some())
    };
    let clear_month = words
        .iter()
        .any(|word| matches!(day_word(word.folded), Some(DayWord::Month(_))) && !word.is(FILLER));
    let frame = FILLER
        | POLITE
        | JI
        | YES
        | YEAR_FRAME
        | NUMBER_FRAME
        | CHOICE_FRAME
        | ME
        | DO
        | AGE
        | BECOME
        | PAPER;
    let has_numbers = (0..words.len()).any(numeric);
    let mut parts = Vec::new();
    let mut foreign = 0;
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let start = index;
        index += 1;
        if word.is_digits() {
            match digits(word.folded) {
                Some(value) => parts.push(Part::Number(value, word.folded.len())),
                None => foreign += 2,
            }
            continue;
        }
        let beside_number = start.checked_sub(1).is_some_and(numeric) || numeric(start + 1);
        match day_word(word.folded) {
            // "mai" and "मैं" are "I" as well.
            Some(DayWord::Month(month))
                if !word.is(FILLER) && has_numbers || beside_number && !clear_month =>
            {
                parts.push(Part::Month(month));
                continue;
            }
            Some(DayWord::Weekday(_)) => continue,
            _ => {}
        }
        if is_count_at(start) {
            let length = (start..words.len()).take_while(|place| is_count_at(*place)).count();
            index = start + length.max(1);
            let run = words.get(start..index).unwrap_or_default();
            match numbers_of(run.iter().copied()).values.as_slice() {
                // nineteen ninety, unnis nabbe
                [rest @ .., century @ (19 | 20), year @ 10..=99] => {
                    parts.extend(rest.iter().map(|value| Part::Number(*value, 0)));
                    parts.push(Part::Number(century * 100 + year, 0));
                }
                values => parts.extend(values.iter().map(|value| Part::Number(*value, 0))),
            }
            continue;
        }
        if let Some(day) = ordinal(word.folded) {
            parts.push(Part::Number(day, 0));
            continue;
        }
        // "D.O.B."
        if word.is(frame) || matches!(word.folded, "d" | "o" | "b") {
            continue;
        }
        match (beside_number, misspelt_month(word)) {
            (true, Some(month)) => parts.push(Part::Month(month)),
            _ => foreign += 1,
        }
    }
    (parts, foreign)
}

/// The parts of a whole day without those that only say it again: `12-03-1969 (baarah march)`.
fn once(parts: &[Part]) -> &[Part] {
    const WHOLE: usize = 3;
    let Some((first, again)) = parts.split_at_checked(WHOLE) else { return parts };
    let value = |part: &Part| match part {
        Part::Number(value, _) => *value,
        Part::Month(month) => i64::from(*month),
    };
    let says = |part: &Part| first.iter().any(|known| value(known) == value(part));
    if again.iter().all(says) { first } else { parts }
}

/// The month an unknown word sounds like: `Sitmbar`.
fn misspelt_month(word: &Word<'_>) -> Option<i8> {
    if word.folded.chars().count() < 4 {
        return None;
    }
    let said = Sound::of(std::iter::once(word.folded));
    let mut best: Option<(f32, i8)> = None;
    for (month, sound) in &table().months {
        let Some(likeness) = similarity(&said, sound, SAME_SOUND) else { continue };
        match best {
            Some((known, _)) if known >= likeness => {}
            _ => best = Some((likeness, *month)),
        }
    }
    best.map(|(_, month)| month)
}

struct Bounds {
    today: Date,
    from: Option<Date>,
    to: Option<Date>,
}

/// So many years before today are half a life.
const LIFE: i16 = 40;

impl Bounds {
    /// Whether the days that are asked for end today and go back half a life.
    fn hold_a_life(&self) -> bool {
        self.to.is_some_and(|to| to <= self.today)
            && self.from.is_some_and(|from| from.year() <= self.today.year() - LIFE)
    }

    /// The days the parts may mean.
    fn days(&self, parts: &[Part], heard: &Heard) -> Vec<Date> {
        use Part::{Month, Number};
        match *parts {
            [Number(day, _), Month(month), Number(year, typed)]
            | [Month(month), Number(day, _), Number(year, typed)]
                if day < 100 =>
            {
                self.with_year(day, i64::from(month), year, typed)
            }
            // "सन् 1965 की 2 अक्टूबर"
            [Number(year, typed), Number(day, _), Month(month)] if year >= 1000 => {
                self.with_year(day, i64::from(month), year, typed)
            }
            // "1990 अगस्त 15"
            [Number(year, typed), Month(month), Number(day, _)] => {
                self.with_year(day, i64::from(month), year, typed)
            }
            [Number(day, _), Month(month)] | [Month(month), Number(day, _)] => {
                self.without_year(day, i64::from(month))
            }
            [Number(day, _), Number(month, _), Number(year, typed)] if day < 100 => {
                self.with_year(day, month, year, typed)
            }
            // 1990-08-15
            [Number(year, 4), Number(month, _), Number(day, _)] => {
                self.with_year(day, month, year, 4)
            }
            // 15081990, 19900815
            [Number(all, 8)] => {
                let day_first =
                    self.with_year(all / 1_000_000, all / 10_000 % 100, all % 10_000, 4);
                let year_first = || self.with_year(all % 100, all / 100 % 100, all / 10_000, 4);
                if day_first.is_empty() { year_first() } else { day_first }
            }
            // 15/8, but not "15 8" in a sentence
            [Number(day, one), Number(month, two)]
                if heard.len() == 2 && (1..=2).contains(&one) && (1..=2).contains(&two) =>
            {
                self.without_year(day, month)
            }
            _ => Vec::new(),
        }
    }

    /// 8/15/1990, where no month 15 is.
    fn month_first(&self, parts: &[Part]) -> Option<Date> {
        match *parts {
            [Part::Number(month, _), Part::Number(day, _), Part::Number(year, typed)] => {
                self.with_year(day, month, year, typed).first().copied()
            }
            _ => None,
        }
    }

    fn with_year(&self, day: i64, month: i64, year: i64, typed: usize) -> Vec<Date> {
        if year >= 1000 {
            return calendar(year, month, day).into_iter().collect();
        }
        if !(0..100).contains(&year) || typed > 2 || typed == 1 {
            return Vec::new();
        }
        // '90 is 1990; '27 is 2027 where that may be meant at all.
        let this_year = i64::from(self.today.year());
        let century = this_year - this_year.rem_euclid(100);
        let open_ahead = self.to.is_none_or(|to| to > self.today);
        let latest = if open_ahead { this_year + 10 } else { this_year };
        let year = if century + year <= latest { century + year } else { century + year - 100 };
        calendar(year, month, day).into_iter().collect()
    }

    /// The next such day, where days ahead are asked for; none where only the past is (a day of
    /// birth needs its year); else the next and the last.
    fn without_year(&self, day: i64, month: i64) -> Vec<Date> {
        let this_year = i64::from(self.today.year());
        let near = |year: i64| calendar(year, month, day);
        let ahead =
            near(this_year).filter(|day| *day >= self.today).or_else(|| near(this_year + 1));
        let past = near(this_year).filter(|day| *day < self.today).or_else(|| near(this_year - 1));
        match (self.from, self.to) {
            (Some(from), _) if from >= self.today => {
                let first = [this_year, this_year + 1, this_year + 2];
                first.into_iter().filter_map(near).find(|day| *day >= from).into_iter().collect()
            }
            (None, Some(to)) if to <= self.today => Vec::new(),
            _ if self.hold_a_life() => Vec::new(),
            _ => [ahead, past].into_iter().flatten().collect(),
        }
    }
}

fn calendar(year: i64, month: i64, day: i64) -> Option<Date> {
    let year = i16::try_from(year).ok().filter(|year| (1000..=2999).contains(year))?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Saturday.
    const TODAY: Date = Date::constant(2026, 11, 21);

    fn read_text(text: &str) -> Reading {
        read(&Heard::close(text), TODAY, None, None).reading
    }

    fn sure(text: &str) -> Reading {
        Reading::Sure(Meaning::Date(text.parse().unwrap()))
    }

    #[test]
    fn a_date_is_read_as_people_write_it() {
        for (text, day) in [
            ("15 अगस्त 1990", "1990-08-15"),
            ("15/8/90", "1990-08-15"),
            ("15-08-1990", "1990-08-15"),
            ("15.08.1990", "1990-08-15"),
            ("15 / 8 / 1990", "1990-08-15"),
            ("१५/०८/१९९०", "1990-08-15"),
            ("10/०३/१९६९", "1969-03-10"),
            ("15081990", "1990-08-15"),
            ("15 august 1990", "1990-08-15"),
            ("15 agast 1990", "1990-08-15"),
            ("15aug1990", "1990-08-15"),
            ("15-Aug-1990", "1990-08-15"),
            ("१५ अगस्त सन् १९९०", "1990-08-15"),
            ("August 15, 1990", "1990-08-15"),
            ("1990-08-15", "1990-08-15"),
            ("2000-05-03", "2000-05-03"),
            ("3/5/2000", "2000-05-03"),
            ("pehli january 1985", "1985-01-01"),
            ("पहली जनवरी 1985", "1985-01-01"),
            ("1st july 1999", "1999-07-01"),
            ("paanch march unnis sau pachasi", "1985-03-05"),
            ("15 mai 1990", "1990-05-15"),
            ("mai 15 august 1990 ko paida hua", "1990-08-15"),
            ("21-Dec-1975", "1975-12-21"),
            ("18th Sitmbar 1984", "1984-09-18"),
            ("जन्म तिथि २६/०८/१९५४", "1954-08-26"),
            ("janam 28 june 2003", "2003-06-28"),
            ("जन्म 16 मार्च 1974", "1974-03-16"),
            ("10 Aug, 1998", "1998-08-10"),
            ("१४ नवम्बर १९९४", "1994-11-14"),
            ("23 Aktubar 1961", "1961-10-23"),
            ("15 august १९९०", "1990-08-15"),
            ("मेरा जन्म २६.०२.१९९९ को हुआ", "1999-02-26"),
            ("9-अप्रैल-1946", "1946-04-09"),
            ("आज", "2026-11-21"),
            ("aaj hi", "2026-11-21"),
            ("tomorrow", "2026-11-22"),
            ("आने वाले कल", "2026-11-22"),
            ("beete kal", "2026-11-20"),
            ("2 din baad", "2026-11-23"),
            ("दो दिन पहले", "2026-11-19"),
            ("somvar ko", "2026-11-23"),
            ("पिछले सोमवार", "2026-11-16"),
            ("25/12/26", "2026-12-25"),
            ("dob 15-8-1990", "1990-08-15"),
            ("meri janm tithi 15 agast 1990 hai", "1990-08-15"),
            ("15 th august 1990", "1990-08-15"),
            ("15august1990", "1990-08-15"),
            ("15 अगस्त, 1990 को", "1990-08-15"),
            ("pandrah agast unnis sau nabbe", "1990-08-15"),
            ("२ अक्टूबर २०२६", "2026-10-02"),
            ("2 oct 26", "2026-10-02"),
            ("1.1.2001", "2001-01-01"),
            ("01 जन 2001", "2001-01-01"),
            ("ji 15 august 1990 hai", "1990-08-15"),
        ] {
            assert_eq!(read_text(text), sure(day), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "31 april 1980",
            "29/02/2001",
            "31/02/1990",
            "25 saal",
            "पच्चीस साल",
            "याद नहीं",
            "1990",
            "अगस्त",
            "अगस्त 1990",
            "होली के दिन",
            "15",
            "haan",
            "kab",
            "15 ya 16 august 1990",
            "9812345678",
            "लखनऊ",
            "पता नहीं",
            "baad mein bataunga",
            "kal nahi, 15 august 1990",
            "परसों नहीं",
        ] {
            assert_eq!(read_text(text), Reading::None, "{text}");
        }
    }

    #[test]
    fn yesterday_and_tomorrow_are_one_word_and_the_bounds_decide() {
        let [yesterday, tomorrow] = [Date::constant(2026, 11, 20), Date::constant(2026, 11, 22)];
        let both = vec![Meaning::Date(tomorrow), Meaning::Date(yesterday)];
        assert_eq!(read_text("kal"), Reading::Unsure(both));
        let bounded = |from, to| read(&Heard::new("कल"), TODAY, from, to).reading;
        assert_eq!(bounded(Some(TODAY), None), Reading::Sure(Meaning::Date(tomorrow)));
        assert_eq!(bounded(None, Some(TODAY)), Reading::Sure(Meaning::Date(yesterday)));
    }

    #[test]
    fn a_day_without_a_year_is_the_next_one_and_none_where_only_the_past_counts() {
        let bounded = |text: &str, from, to| read(&Heard::close(text), TODAY, from, to).reading;
        assert_eq!(bounded("15 अगस्त", Some(TODAY), None), sure("2027-08-15"));
        assert_eq!(bounded("25 disambar", Some(TODAY), None), sure("2026-12-25"));
        assert_eq!(bounded("25/12", Some(TODAY), None), sure("2026-12-25"));
        assert_eq!(bounded("15 अगस्त", None, Some(TODAY)), Reading::None);
        let two = vec![
            Meaning::Date(Date::constant(2027, 8, 15)),
            Meaning::Date(Date::constant(2026, 8, 15)),
        ];
        assert_eq!(bounded("15 अगस्त", None, None), Reading::Unsure(two));
    }

    #[test]
    fn a_day_outside_the_bounds_is_refused_and_short_years_follow_them() {
        let bounded = |text: &str, from, to| read(&Heard::close(text), TODAY, from, to).reading;
        assert_eq!(bounded("15/8/1990", Some(TODAY), None), Reading::None);
        assert_eq!(bounded("15/8/2030", None, Some(TODAY)), Reading::None);
        assert_eq!(bounded("15/8/30", None, Some(TODAY)), sure("1930-08-15"));
        assert_eq!(bounded("15/8/30", Some(TODAY), None), sure("2030-08-15"));
    }

    #[test]
    fn the_month_first_is_asked_back() {
        let day = Meaning::Date(Date::constant(1990, 8, 15));
        assert_eq!(read_text("08/15/1990"), Reading::Unsure(vec![day]));
    }
}
