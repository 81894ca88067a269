//! A year of birth.

use super::heard::{Heard, Word};
use super::number::{digits, numbers};
use super::words::{
    AGE, DOUBT, FILLER, INEXACT, JI, MONTH, NO, NUMBER_FRAME, OR, POLITE, QUESTION, YEAR_FRAME, YES,
};
use super::{Meaning, Reading};

/// Nobody is older.
const OLDEST: i64 = 120;
/// Two digits in this range are as likely the age of a person as the year.
const LIKELY_AGES: std::ops::RangeInclusive<i64> = 18..=60;

/// `1990`, `1990 me`, `सन् १९९०`, `unnis sau nabbe`, the year of `15/8/1990`, `90`. An age is none.
pub(super) fn read(heard: &Heard, now_year: i64) -> Reading {
    if heard.has(AGE | DOUBT | OR | INEXACT | QUESTION | NO) {
        return Reading::None;
    }
    let frame = FILLER | POLITE | JI | YES | YEAR_FRAME | NUMBER_FRAME | MONTH;
    let foreign = heard
        .words()
        .any(|word| !word.is_digits() && word.sense.number.is_none() && !word.is(frame));
    let plausible = |year: i64| (now_year - OLDEST..=now_year).contains(&year);
    let answer = |year: i64| {
        let meaning = Meaning::Number(year);
        if foreign { Reading::Unsure(vec![meaning]) } else { Reading::Sure(meaning) }
    };
    let lone_digits = heard.words().filter(Word::is_digits).collect::<Vec<_>>();
    // 15081990
    if let [word] = lone_digits.as_slice()
        && word.folded.len() == 8
        && let (Some(day_month), Some(year)) = (word.folded.get(..4), word.folded.get(4..))
    {
        let day = day_month.get(..2).and_then(digits).unwrap_or_default();
        let month = day_month.get(2..).and_then(digits).unwrap_or_default();
        let year = digits(year).filter(|year| plausible(*year));
        return match year {
            Some(year) if is_day(day) && is_month(month) => answer(year),
            _ => Reading::None,
        };
    }
    let named = numbers(heard).values;
    let years: Vec<i64> = named.iter().copied().filter(|number| *number >= 1000).collect();
    match (years.as_slice(), named.as_slice()) {
        ([year], [_]) if plausible(*year) => answer(*year),
        ([year], [day, month, last])
            if last == year && is_date(*day, *month) && plausible(*year) =>
        {
            answer(*year)
        }
        ([year], [first, month, day])
            if first == year && is_date(*day, *month) && plausible(*year) =>
        {
            answer(*year)
        }
        // "15 august 1990", "august 15, 1990"
        ([year], [day, last]) if last == year && plausible(*year) => {
            let with_month = heard.has(MONTH) && is_day(*day);
            if with_month || is_month(*day) { answer(*year) } else { Reading::None }
        }
        ([], [day, month, short]) if is_date(*day, *month) => match of_two_digits(*short, now_year)
        {
            Some(year) => answer(year),
            None => Reading::None,
        },
        ([], [short]) => two_digits(heard, *short, now_year),
        _ => Reading::None,
    }
}

fn is_day(day: i64) -> bool {
    (1..=31).contains(&day)
}

fn is_month(month: i64) -> bool {
    (1..=12).contains(&month)
}

fn is_date(day: i64, month: i64) -> bool {
    is_day(day) && is_month(month)
}

/// 20xx where that year has been, else 19xx.
fn of_two_digits(short: i64, now_year: i64) -> Option<i64> {
    if !(0..100).contains(&short) {
        return None;
    }
    let century = now_year - now_year.rem_euclid(100);
    let this_century = century + short;
    Some(if this_century <= now_year { this_century } else { this_century - 100 })
}

/// Two digits alone: `90` and `05` are years; `45` may be an age and is asked back.
fn two_digits(heard: &Heard, short: i64, now_year: i64) -> Reading {
    let typed = heard.words().find(Word::is_digits);
    let leading_zero = typed.is_some_and(|word| word.folded.starts_with('0'));
    let two_typed = typed.is_some_and(|word| word.folded.len() == 2);
    let Some(year) = of_two_digits(short, now_year).filter(|_| two_typed) else {
        return Reading::None;
    };
    if leading_zero || !LIKELY_AGES.contains(&short) {
        return Reading::Sure(Meaning::Number(year));
    }
    let by_age = Meaning::Number(now_year - short);
    if now_year - year < *LIKELY_AGES.start() {
        return Reading::Unsure(vec![by_age]);
    }
    Reading::Unsure(vec![Meaning::Number(year), by_age])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Reading {
        read(&Heard::new(text), 2026)
    }

    #[test]
    fn a_year_is_read_in_every_form() {
        let table: &[(i64, &[&str])] = &[
            (
                1990,
                &[
                    "1990",
                    "१९९०",
                    "1990 me",
                    "सन् १९९०",
                    "san 1990",
                    "90",
                    "९०",
                    "15/08/1990",
                    "15-8-90",
                    "15081990",
                    "15 अगस्त 1990",
                    "august 1990",
                    "unnis sau nabbe",
                    "उन्नीस सौ नब्बे",
                    "1990 में जन्म हुआ",
                    "meri janam tithi 15.08.1990 hai",
                    "08/1990",
                    "1990-08-15",
                    "199O",
                ],
            ),
            (2005, &["2005", "05", "do hazar paanch", "दो हजार पाँच"]),
            (1985, &["85", "unnis sau pachasi"]),
        ];
        for (year, texts) in table {
            for text in *texts {
                assert_eq!(read_text(text), Reading::Sure(Meaning::Number(*year)), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_year_of_birth_is_refused() {
        for text in [
            "",
            "25 saal",
            "umar 25",
            "2050",
            "1800",
            "1990 ya 1991",
            "1990 1992",
            "पता नहीं",
            "5",
            "123",
            "haan",
            "9812345678",
            "45/45/1990",
            "99999999",
        ] {
            assert_eq!(read_text(text), Reading::None, "{text}");
        }
    }

    #[test]
    fn two_digits_that_may_be_an_age_are_asked_back() {
        let both = vec![Meaning::Number(1945), Meaning::Number(1981)];
        assert_eq!(read_text("45"), Reading::Unsure(both));
        assert_eq!(read_text("25"), Reading::Unsure(vec![Meaning::Number(2001)]));
    }
}
