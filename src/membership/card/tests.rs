use proptest::prelude::*;

use super::*;

fn card(language: Language, name: &str) -> Picture {
    let (district, seat, since) = match language {
        Language::Hi => ("प्रयागराज", "फूलपुर", "21 नवंबर 2026"),
        Language::En => ("Sant Ravidas Nagar (Bhadohi)", "Varanasi Cantonment", "21 November 2026"),
        Language::Ur => ("لکھنؤ", "لکھنؤ کینٹ", "21 نومبر 2026"),
    };
    Picture::MembershipCard {
        language,
        number: "UP-0000-0123-7".to_owned(),
        name: name.to_owned(),
        district: district.to_owned(),
        seat: seat.to_owned(),
        since: since.to_owned(),
        link: Some("https://wa.me/919812345678?text=join%20SP-4711".to_owned()),
    }
}

fn pixels_of(picture: &Picture) -> Pixmap {
    Pixmap::decode_png(&draw(picture).unwrap()).unwrap()
}

/// To be looked at: `SAMVAD_CARDS=folder cargo test --lib membership::card`.
#[test]
fn a_card_is_drawn_in_every_language_with_short_and_long_names() {
    let folder = std::env::var_os("SAMVAD_CARDS");
    for (file, language, name) in [
        ("hi", Language::Hi, "सुनीता देवी"),
        ("hi-long", Language::Hi, "श्रीमती लक्ष्मीनारायणी त्रिपाठी-विश्वकर्मा उर्फ ज्ञानेश्वरी"),
        ("hi-endless", Language::Hi, &"कृष्णकुमारचतुर्वेदी".repeat(6)),
        ("en", Language::En, "Ramesh Yadav"),
        ("en-long", Language::En, "Thiruvenkadathan Venkatanarasimharajuvaripeta Subramaniam Iyer"),
        ("ur", Language::Ur, "محمد عارف خان"),
        ("ur-long", Language::Ur, "سیدہ شگفتہ پروین صدیقی انصاری Ansari رضوی نقوی"),
        ("mixed", Language::Hi, "Ramesh यादव محمد"),
    ] {
        let png = draw(&card(language, name)).unwrap();
        let drawn = Pixmap::decode_png(&png).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (WIDTH, HEIGHT));
        assert!(png.len() < 300_000, "{file}: {} bytes", png.len());
        if let Some(folder) = &folder {
            std::fs::write(std::path::Path::new(folder).join(format!("{file}.png")), png).unwrap();
        }
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    let one = draw(&card(Language::Hi, "सुनीता देवी")).unwrap();
    assert_eq!(one, draw(&card(Language::Hi, "सुनीता देवी")).unwrap());
    assert_ne!(one, draw(&card(Language::Hi, "सुनीता देवि")).unwrap());
}

#[test]
fn every_letter_of_the_three_scripts_has_its_glyph() {
    let letters = Typesetter::new(false).unwrap();
    for text in [
        "श्रीमती लक्ष्मी ज्ञानेश्वरी त्रिपाठी ड़ढ़ज़फ़ ऑफ़िस १२३४५ । ॥",
        "ABC xyz 0123 -/.,()'’“” é ₹ …",
        "محمد عارف ٹھاکر ڈھاکہ ژالہ گھر ۱۲۳ لکھنؤ ئے ۔ ؟",
    ] {
        assert!(letters.is_whole(text), "{text}");
    }
    for language in Language::ALL {
        let words = words(language);
        for text in [words.title, words.number, words.district, words.seat, words.since, words.scan]
        {
            assert!(letters.is_whole(text), "{text}");
        }
    }
}

#[test]
fn conjuncts_join_and_urdu_hangs_together() {
    let letters = Typesetter::new(false).unwrap();
    // ksh, jny and shr are one glyph each, not a letter with a virama.
    for (conjunct, apart) in [("क्ष", "क्‌ष"), ("ज्ञ", "ज्‌ञ"), ("श्र", "श्‌र")]
    {
        assert!(letters.glyphs(conjunct) < letters.glyphs(apart), "{conjunct}");
    }
    // The vowel sign is set before its consonant, by shaping alone.
    assert_eq!(letters.glyphs("कि"), 2);
}

#[test]
fn without_a_link_there_is_no_code_and_the_words_take_its_place() {
    let with = card(Language::En, "Ramesh Yadav");
    let Picture::MembershipCard { language, number, name, district, seat, since, .. } =
        with.clone();
    let without =
        Picture::MembershipCard { language, number, name, district, seat, since, link: None };
    let is_dark = |pixmap: &Pixmap, x: u32, y: u32| pixmap.pixel(x, y).unwrap().red() < 0x80;
    let dark = |pixmap: &Pixmap| {
        let inside = (720..1010).flat_map(|x| (240..420).map(move |y| (x, y)));
        inside.filter(|(x, y)| is_dark(pixmap, *x, *y)).count()
    };
    assert!(dark(&pixels_of(&with)) > 8_000);
    assert_eq!(dark(&pixels_of(&without)), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever a person is called, there is a card.
    #[test]
    fn any_name_is_drawn(name in "\\PC{0,80}", ur in any::<bool>()) {
        let language = if ur { Language::Ur } else { Language::Hi };
        prop_assert!(draw(&card(language, &name)).is_ok());
    }
}
