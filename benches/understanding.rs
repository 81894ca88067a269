//! Nanoseconds a reading, by kind of message. Run with `cargo bench --bench understanding`.

use std::hint::black_box;
use std::time::Instant;

use samvad::geography::Geography;
use samvad::understanding::{Kind, choice_words, command, read};

const ROUNDS: u32 = 20_000;

fn main() {
    let start = Instant::now();
    let geography = match Geography::shipped() {
        Ok(geography) => geography,
        Err(error) => {
            eprintln!("{error}");
            return;
        }
    };
    println!("{:<34} {:>8} µs", "tables of places, built once", start.elapsed().as_micros());
    let choices = [choice_words("yes", &["हाँ, सहमत हूँ"]), choice_words("no", &["नहीं"])];
    let readings: [(&str, Kind<'_>, &str); 16] = [
        ("yes, one word", Kind::YesNo, "हाँ"),
        ("no, a sentence", Kind::YesNo, "nahi bhai mujhe nahi judna"),
        ("choice by number", Kind::OneOf(&choices), "१"),
        ("choice by meaning", Kind::OneOf(&choices), "haan ji sehmat hun"),
        ("number in words", Kind::Number { from: 1, to: 800 }, "ek sau pachchis"),
        ("year", Kind::BirthYear { now_year: 2026 }, "१९९०"),
        ("name", Kind::PersonName, "मेरा नाम सुनीता देवी है"),
        ("district, exact, Latin", Kind::District, "lucknow"),
        ("district, exact, Hindi", Kind::District, "लखनऊ"),
        ("district, misspelt in a frame", Kind::District, "mera zila sitapoor hai"),
        ("seat, misspelt, all 403", Kind::Assembly { district: None }, "malihabadh"),
        ("seat, exact", Kind::Assembly { district: None }, "malihabad"),
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
    report("command, none in a complaint", || {
        black_box(command(black_box("बिजली तीन दिन से बंद है")));
    });
}

fn report(name: &str, mut reading: impl FnMut()) {
    for _ in 0..ROUNDS / 10 {
        reading();
    }
    let start = Instant::now();
    for _ in 0..ROUNDS {
        reading();
    }
    let each = start.elapsed().as_nanos() / u128::from(ROUNDS);
    println!("{name:<34} {each:>8} ns");
}
