//! Nanoseconds a reading, by kind of message: the best of forty rounds, since a busy machine only ever
//! adds. Run with `cargo bench --bench understanding`.

use std::hint::black_box;
use std::time::Instant;

use jiff::civil::Date;
use samvad::geography::Geography;
use samvad::understanding::{Kind, choice_words, command, prepare, read};

const ROUNDS: usize = 40;
/// Readings in a round.
const READINGS: u32 = 500;

/// Seats as they are mistyped: in a vowel, a consonant, two letters, crossed letters, Devanagari, a
/// frame. None has the sound of a name.
const MISSPELT_SEATS: [&str; 8] = [
    "malihibad",
    "gosaingunj",
    "bakhsi ka tlab",
    "sikandarpr",
    "मोहनलालगज",
    "vidhansabha jalalbda",
    "lakhimpr",
    "sarojningar",
];

/// Most a reading of them may take on one core of our machine, in nanoseconds: told beside the figure.
const WANTED: &str = "wanted: below 20 000";

fn main() {
    let built = |build: &dyn Fn() -> Result<Geography, String>| {
        let start = Instant::now();
        build().map(|geography| (start.elapsed().as_micros(), geography))
    };
    let (mut least, geography) = match built(&Geography::shipped) {
        Ok(built) => built,
        Err(error) => {
            eprintln!("{error}");
            return;
        }
    };
    for _ in 0..rounds() {
        if let Ok((micros, _)) = built(&Geography::shipped) {
            least = least.min(micros);
        }
    }
    println!("{:<36} {least:>8} µs", "tables of places, built once");
    let start = Instant::now();
    prepare();
    println!("{:<36} {:>8} µs", "tables of words, built once", start.elapsed().as_micros());
    let choices = [choice_words("yes", &["हाँ, सहमत हूँ"]), choice_words("no", &["नहीं"])];
    let today = Date::constant(2026, 11, 21);
    let readings: [(&str, Kind<'_>, &str); 21] = [
        ("yes, one word", Kind::YesNo, "हाँ"),
        ("no, a sentence", Kind::YesNo, "nahi bhai mujhe nahi judna"),
        ("choice by number", Kind::OneOf(&choices), "१"),
        ("choice by meaning", Kind::OneOf(&choices), "haan ji sehmat hun"),
        ("number in words", Kind::Number { from: 1, to: 800 }, "ek sau pachchis"),
        ("year", Kind::BirthYear { now_year: 2026 }, "१९९०"),
        ("age in a sentence", Kind::Age { today }, "meri umar pachchis saal hai"),
        ("date", Kind::Date { today, from: None, to: None }, "15 अगस्त 1990"),
        ("gender", Kind::Gender, "main mahila hun"),
        ("name", Kind::PersonName, "मेरा नाम सुनीता देवी है"),
        ("district, exact, Latin", Kind::District, "lucknow"),
        ("district, exact, Hindi", Kind::District, "लखनऊ"),
        ("district, misspelt in a frame", Kind::District, "mera zila sitapoor hai"),
        ("district, misspelt", Kind::District, "sitagur"),
        ("Lok Sabha seat, misspelt", Kind::LokSabha, "fatehpoor sikri"),
        ("seat, exact", Kind::Assembly { district: None }, "malihabad"),
        ("seat, same sound", Kind::Assembly { district: None }, "maleehabadh"),
        ("seat, a slip like no sound", Kind::Assembly { district: None }, "xhgramau"),
        (
            "seat, misspelt beside its district",
            Kind::Assembly { district: None },
            "payagpr bahraich",
        ),
        ("seat, a story", Kind::Assembly { district: None }, "sadak tooti hai nali bhari hai"),
        ("seat, misspelt, in its district", Kind::Assembly { district: Some("162") }, "malihabadh"),
    ];
    for (name, kind, text) in readings {
        report(name, || {
            black_box(read(kind, black_box(text), &geography));
        });
    }
    let geography = &geography;
    let seat = |text: &str| read(Kind::Assembly { district: None }, text, geography);
    let each = nanoseconds(|| {
        for text in MISSPELT_SEATS {
            black_box(seat(black_box(text)));
        }
    });
    let mean = each / MISSPELT_SEATS.len() as u128;
    println!("{:<36} {mean:>8} ns  ({WANTED})", "seat, misspelt, all 403 (mean)");
    for text in MISSPELT_SEATS {
        report(text, || {
            black_box(seat(black_box(text)));
        });
    }
    report("command, stop", || {
        black_box(command(black_box("message band kar dijiye")));
    });
    report("command, none in a complaint", || {
        black_box(command(black_box("बिजली तीन दिन से बंद है")));
    });
}

/// Whether figures are wanted; as a test the bench only shows that it goes.
fn is_measured() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

fn rounds() -> usize {
    if is_measured() { ROUNDS } else { 1 }
}

/// Of one reading, in the best round.
fn nanoseconds(mut reading: impl FnMut()) -> u128 {
    let round = |reading: &mut dyn FnMut()| {
        let start = Instant::now();
        let readings = if is_measured() { READINGS } else { 1 };
        for _ in 0..readings {
            reading();
        }
        start.elapsed().as_nanos() / u128::from(readings)
    };
    (0..rounds()).map(|_| round(&mut reading)).min().unwrap_or_default()
}

fn report(name: &str, reading: impl FnMut()) {
    println!("{name:<36} {:>8} ns", nanoseconds(reading));
}
