use super::*;

thread_local! {
    static STATE: Geography = Geography::shipped().unwrap();
}

/// The district's code, or what was asked back, or nothing.
fn district_of(text: &str) -> String {
    STATE.with(|state| {
        name(&district(&Heard::new(text), state).reading, |meaning| match meaning {
            Meaning::District(place) => state.districts[*place].name_en.clone(),
            other => format!("{other:?}"),
        })
    })
}

fn seat_of(text: &str, within: Option<&str>) -> String {
    STATE.with(|state| {
        let code = within.map(|name| {
            state.districts.iter().find(|known| known.name_en == name).unwrap().code.as_str()
        });
        name(&assembly(&Heard::new(text), state, code).reading, |meaning| match meaning {
            Meaning::Assembly(place) => state.assemblies[*place].name_en.clone(),
            other => format!("{other:?}"),
        })
    })
}

fn name(reading: &Reading, of: impl Fn(&Meaning) -> String) -> String {
    match reading {
        Reading::Sure(meaning) => of(meaning),
        Reading::Unsure(meanings) | Reading::Tie(meanings) => {
            let names: Vec<String> = meanings.iter().map(of).collect();
            format!("{}?", names.join(" / "))
        }
        Reading::None => "-".to_owned(),
    }
}

#[test]
fn a_district_is_found_in_any_spelling() {
    for (expected, texts) in [
        (
            "Lucknow",
            &["lucknow", "लखनऊ", "Lakhnaoo", "lko", "लखनउ से हूँ", "mera zila Lukhnow hai"][..],
        ),
        (
            "Gautam Buddha Nagar",
            &["noida", "नोएडा", "gautambudh nagar", "G.B. Nagar", "गौतम बुद्धनगर"],
        ),
        ("Prayagraj", &["allahabad", "इलाहाबाद", "elahabaad", "prayag raj"]),
        ("Kanpur Dehat", &["kanpur dehat", "कानपुर देहात", "kanpur dehaat jila"]),
        ("Kanpur Nagar", &["kanpur nagar", "कानपुर शहर", "kanpoor nager"]),
        ("Kushinagar", &["kushinagar", "कुशीनगर जनपद", "kushi nagar up"]),
        ("Etah", &["etah", "एटा", "eta"]),
        ("Etawah", &["itawa", "इटावा", "etawa"]),
        ("Mau", &["mau", "मऊ", "mau jila"]),
        ("Sant Kabir Nagar", &["sant kabir nagar", "संतकबीरनगर", "sant kabeer nager"]),
        ("Siddharthnagar", &["siddharth nagar", "सिद्धार्थ नगर", "sidharthnagar"]),
        ("Ballia", &["balia", "बलिया", "मैं बलिया जिले का रहने वाला हूँ", "hum balliya se hain"]),
        ("Hamirpur", &["hamirpur uttar pradesh", "हमीरपुर, उ0प्र0"]),
    ] {
        for text in texts {
            assert_eq!(district_of(text), expected, "{text}");
        }
    }
}

#[test]
fn what_is_no_district_of_the_state_is_refused() {
    for text in [
        "",
        "दिल्ली",
        "Delhi",
        "bihar",
        "मुंबई",
        "पता नहीं",
        "haan",
        "kya",
        "मेरा जिला",
        "zila",
        "uttar pradesh",
        "25",
        "🙏",
        "gaon",
        "kaun sa zila",
        "sarkar kuch nahi karti",
        "Faridabad",
        "muzaffarpur",
        "हैदराबाद",
    ] {
        assert_eq!(district_of(text), "-", "{text}");
    }
}

#[test]
fn a_district_in_doubt_is_asked_back() {
    for (text, expected) in [
        ("Kanpur", "Kanpur Dehat / Kanpur Nagar?"),
        ("कानपुर", "Kanpur Dehat / Kanpur Nagar?"),
        ("kanpur gramin", "Kanpur Dehat / Kanpur Nagar?"),
        ("agra ya mathura", "Agra / Mathura?"),
        ("shayad agra", "Agra?"),
        ("balrampur chhattisgarh", "Balrampur?"),
    ] {
        assert_eq!(district_of(text), expected, "{text}");
    }
}

#[test]
fn a_seat_is_found_by_name_number_or_part_of_the_city() {
    for (expected, texts) in [
        (
            "Lucknow East",
            &[
                "lucknow east",
                "लखनऊ पूर्वी",
                "lko purab",
                "173",
                "१७३",
                "vidhansabha 173",
                "AC no. 173",
                "173 lucknow east",
            ][..],
        ),
        ("Bakshi Ka Talab", &["BKT", "बख्शी का तालाब", "bakshi ka talab", "bkshi ka talaab"]),
        ("Varanasi Cantt", &["banaras cantt", "वाराणसी छावनी", "varansi kaint"]),
        ("Allahabad South", &["prayagraj dakshin", "allahabad south", "इलाहाबाद दक्षिणी"]),
        ("Hata", &["hata", "हाटा", "hata seat"]),
        ("Sadar", &["sultanpur sadar", "jaisinghpur"]),
        ("Orai", &["orai", "उरई"]),
        ("Aurai", &["aurai", "औराई"]),
        ("Itwa", &["itwa", "इटवा"]),
        ("Biswan", &["biswan sitapur", "sitapur ki biswan"]),
        ("Akbarpur-Raniya", &["akbarpur raniya seat", "raniya-akbarpur seat"]),
        ("Mathura", &["mathura sadar", "mathura"]),
    ] {
        for text in texts {
            assert_eq!(seat_of(text, None), expected, "{text}");
        }
    }
}

#[test]
fn within_a_district_only_its_seats_are_candidates() {
    for (text, within, expected) in [
        ("purvi", "Lucknow", "Lucknow East"),
        ("पश्चिम", "Lucknow", "Lucknow West"),
        ("cantt", "Kanpur Nagar", "Kanpur Cantt"),
        ("kant", "Moradabad", "Kanth"),
        ("sadar", "Mathura", "Mathura"),
        ("sadar", "Sultanpur", "Sadar"),
        ("सदर", "Basti", "Basti Sadar"),
        ("sadar", "Agra", "-"),
        ("bithari", "Bareilly", "Bithari Chainpur"),
        ("malihabd", "Lucknow", "Malihabad"),
        ("169", "Lucknow", "Bakshi Ka Talab"),
        ("rampur", "Saharanpur", "Rampur Maniharan"),
        ("173", "Agra", "-"),
        ("malihabad", "Agra", "-"),
        ("lucknow", "Lucknow", "-"),
        ("पता नहीं", "Pratapgarh", "-"),
    ] {
        assert_eq!(seat_of(text, Some(within)), expected, "{text} in {within}");
    }
}

#[test]
fn a_city_of_several_seats_is_no_seat() {
    for text in [
        "Lucknow",
        "Agra",
        "वाराणसी",
        "prayagraj",
        "gorakhpur",
        "404",
        "0",
        "pata nahi",
        "cantt",
        "jo pehle thi",
    ] {
        let seat = seat_of(text, None);
        assert!(seat == "-" || seat.ends_with('?'), "{text}: {seat}");
    }
}

#[test]
fn number_and_name_that_differ_are_asked_back() {
    assert_eq!(seat_of("173 malihabad", None), "Malihabad / Lucknow East?");
}

#[test]
fn every_seat_is_found_within_its_district_by_each_of_its_names() {
    STATE.with(|state| {
        for seat in &state.assemblies {
            for text in [&seat.name_en, &seat.name_hi].into_iter().chain(&seat.others) {
                let reading = assembly(&Heard::new(text), state, Some(&seat.district_code)).reading;
                let place = usize::from(seat.number - 1);
                assert_eq!(reading, Reading::Sure(Meaning::Assembly(place)), "{text}");
            }
        }
    });
}

#[test]
fn a_lok_sabha_seat_is_found_by_name_or_number() {
    STATE.with(|state| {
        for (text, number) in
            [("akbarpur", 44_usize), ("35", 35), ("लखनऊ लोकसभा", 35), ("faizabaad", 54)]
        {
            let reading = lok_sabha(&Heard::new(text), state).reading;
            assert_eq!(reading, Reading::Sure(Meaning::LokSabha(number - 1)), "{text}");
        }
        assert_eq!(lok_sabha(&Heard::new("81"), state).reading, Reading::None);
    });
}

#[test]
fn a_label_says_which_name_is_meant() {
    for (text, expected) in [
        ("gram rampur post sadar jila basti", "Basti"),
        ("ग्राम रामपुर थाना कोतवाली जिला बस्ती", "Basti"),
        ("basti jila gram rampur", "Basti"),
        ("deoria (gorakhpur mandal)", "Deoria"),
        ("lucknow ke paas barabanki", "Barabanki"),
        ("basti (gorakhpur lucknow ke beech)", "Basti"),
        ("delhi me kaam karta hu, jila etah", "Etah"),
        ("rampur gaon", "Rampur?"),
    ] {
        assert_eq!(district_of(text), expected, "{text}");
    }
    for (text, expected) in [
        ("vidhansabha hata jila kushinagar", "Hata"),
        ("मेरी विधानसभा बांसगांव जिला गोरखपुर", "Bansgaon"),
        ("goshaiganj ayodhya", "Goshainganj"),
        ("payagpr bahraich", "Payagpur"),
    ] {
        assert_eq!(seat_of(text, None), expected, "{text}");
    }
}

#[test]
fn frames_of_every_tongue_of_the_state_are_heard() {
    for (text, expected) in [
        ("hamaar jila ballia ba", "Ballia"),
        ("हमार जिला देवरिया बा", "Deoria"),
        ("jaunpur se bani", "Jaunpur"),
        ("gorakhpur ke rahe wala bani", "Gorakhpur"),
        ("हम आजमगढ़ के रहे वाला हईं", "Azamgarh"),
        ("my native place is deoria", "Deoria"),
        ("میرا ضلع آگرہ ہے", "Agra"),
    ] {
        assert_eq!(district_of(text), expected, "{text}");
    }
}

#[test]
fn a_denied_name_is_not_the_answer() {
    assert_eq!(district_of("lucknow nahi kanpur dehat"), "Kanpur Dehat?");
    assert_eq!(district_of("main agra se nahi hu"), "-");
    assert_eq!(seat_of("hargiz nahi", None), "-");
}

fn is_tie(reading: &Reading) -> bool {
    matches!(reading, Reading::Tie(_))
}

#[test]
fn of_equal_places_none_is_first() {
    STATE.with(|state| {
        for text in ["kanpur", "agra ya mathura", "लखनऊ, कानपुर", "akbarpur", "deoband"]
        {
            assert!(is_tie(&district(&Heard::new(text), state).reading), "{text}");
        }
        for text in ["varanasi", "gorakhpur", "prayagraj", "loni ya muradnagar"] {
            assert!(is_tie(&assembly(&Heard::new(text), state, None).reading), "{text}");
        }
    });
}

#[test]
fn a_headquarters_or_a_postal_code_is_asked_back_as_its_district() {
    for (text, expected) in [
        ("orai", "Jalaun?"),
        ("पडरौना", "Kushinagar?"),
        ("226001", "Lucknow?"),
        ("pin code 221 001", "Varanasi?"),
        ("lucknow 226001", "Lucknow"),
        ("110001", "-"),
    ] {
        assert_eq!(district_of(text), expected, "{text}");
    }
}

#[test]
fn what_a_number_counts_decides_whether_it_is_a_seat() {
    for (text, expected) in [
        ("AC no 45", "Aonla"),
        ("विधानसभा क्रमांक २१८", "Ghatampur"),
        ("173 number wali", "Lucknow East"),
        ("ward no 12", "-"),
        ("booth 45", "-"),
        ("मकान नंबर 12", "-"),
        ("226001", "-"),
    ] {
        let expected = if text == "AC no 45" {
            STATE.with(|state| state.assemblies[44].name_en.clone())
        } else {
            expected.to_owned()
        };
        assert_eq!(seat_of(text, None), expected, "{text}");
    }
}

#[test]
fn names_that_lie_close_together_stay_apart() {
    for (text, number) in [
        ("rudauli", 271_u16),
        ("rudhauli", 309),
        ("orai", 221),
        ("aurai", 394),
        ("auraiya", 204),
        ("itwa", 305),
        ("etawah", 200),
        ("etah", 104),
        ("atrauli", 73),
        ("atraulia", 343),
        ("bansi", 304),
        ("bansdih", 362),
        ("bansgaon", 327),
        ("katra", 131),
        ("katra bazaar", 297),
        ("sikandra", 207),
        ("sikandra rao", 80),
        ("phulpur", 256),
        ("phoolpur pawai", 349),
        ("rampur khas", 244),
        ("rampur karkhana", 339),
    ] {
        STATE.with(|state| {
            let expected = &state.assembly(number).unwrap().name_en;
            assert_eq!(&seat_of(text, None), expected, "{text}");
        });
    }
    assert_eq!(seat_of("pata nahi", None), "-");
}

#[test]
fn what_is_taken_back_or_denied_gives_way_to_what_follows() {
    for (text, expected) in [
        ("pehle agra likha tha galti se, mathura hai", "Mathura?"),
        ("etah nahi, baghpatt", "Baghpat?"),
        ("पहले एटा लिख दिया, सही मऊ है", "Mau?"),
        ("shayad sitapoor", "Sitapur?"),
        ("abhi delhi me hu, ghar ballia", "Ballia"),
        ("nepal border, maharajganj", "Maharajganj"),
        ("gonda (nepal border)", "Gonda"),
    ] {
        assert_eq!(district_of(text), expected, "{text}");
    }
}

#[test]
fn an_address_is_heard_at_its_district() {
    for (text, expected) in [
        ("agra tehsil sadar", "Agra"),
        ("mohalla katra, sitapoor", "Sitapur"),
        ("gram pura post bara thana kotwali tehsil sadar zila basti", "Basti"),
        ("गाँव पुरा जिला शमली थाना कोतवाली", "Shamli"),
        ("पता: बरैली उत्तर प्रदेश", "Bareilly"),
        ("zila banda (chitrakoot mandal)", "Banda"),
        ("jo deoria hai na wahi", "Deoria"),
    ] {
        assert_eq!(district_of(text), expected, "{text}");
    }
}

#[test]
fn other_scripts_of_india_are_read_as_devanagari() {
    for (text, expected) in
        [("লখনউ", "Lucknow"), ("গোরখপুর", "Gorakhpur"), ("ਮਥੁਰਾ", "Mathura"), ("આગ્રા", "Agra")]
    {
        assert_eq!(district_of(text), expected, "{text}");
    }
}

#[test]
fn a_seat_called_like_a_word_is_found_beside_its_label_or_district() {
    for (text, expected) in [
        ("bara, prayagraj jila", "Bara"),
        ("kushinagar ki hata", "Hata"),
        ("purwa unnao", "Purwa"),
        ("my constituency is hata", "Hata"),
        ("thana bhawan wali seat", "Thana Bhawan"),
        ("naam mohan, vidhansabha loni", "Loni"),
        ("gaon rampur, vidhansabha mau", "Mau"),
        ("mera number hata do", "-"),
    ] {
        assert_eq!(seat_of(text, None), expected, "{text}");
    }
}

#[test]
fn words_and_names_of_people_are_no_seats() {
    for text in ["haathi", "kamal", "jhadu", "kiran", "सीमा", "chidiya ghar", "vidhansabha bhawan"]
    {
        assert_eq!(seat_of(text, None), "-", "{text}");
    }
    // Of its seats none is likelier.
    let city = STATE.with(|state| assembly(&Heard::new("varanasi city"), state, None).reading);
    assert!(is_tie(&city));
}

#[test]
fn every_lok_sabha_seat_is_found_by_each_of_its_names() {
    STATE.with(|state| {
        for (place, seat) in state.lok_sabha.iter().enumerate() {
            for name in
                [&seat.name_en, &seat.name_hi, &seat.name_ur].into_iter().chain(&seat.others)
            {
                for text in [name.clone(), format!("meri lok sabha {name} hai")] {
                    let reading = lok_sabha(&Heard::new(&text), state).reading;
                    assert_eq!(reading, Reading::Sure(Meaning::LokSabha(place)), "{text}");
                }
            }
        }
        for text in ["", "patna", "kaun si", "bijli nahi aati", "lok sabha", "sunita"] {
            assert_eq!(lok_sabha(&Heard::new(text), state).reading, Reading::None, "{text}");
        }
    });
}

#[test]
fn every_reading_of_a_place_has_its_reason() {
    STATE.with(|state| {
        for (text, reason) in [
            ("agra", Reason::PlaceByName),
            ("mera zila chandoly hai", Reason::PlaceBySound),
            ("orai", Reason::PlaceByTown),
            ("226001", Reason::PlaceByPin),
            ("patna", Reason::PlaceElsewhere),
            ("agra nahi mathura", Reason::PlaceDenied),
            ("agra ya mathura", Reason::Either),
            ("kanpur", Reason::Tie),
            ("bijli", Reason::NoPlace),
        ] {
            assert_eq!(district(&Heard::new(text), state).reason, reason, "{text}");
        }
        for (text, reason) in
            [("seat no 45", Reason::PlaceByNumber), ("knp cantt", Reason::PlaceByPart)]
        {
            assert_eq!(assembly(&Heard::new(text), state, None).reason, reason, "{text}");
        }
    });
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Words people put around a name, politeness first.
    const AROUND: [(&str, &str); 6] = [
        ("ji ", ""),
        ("", " ji"),
        ("namaste, ", ""),
        ("sir mera zila ", " hai"),
        ("", " 🙏"),
        ("मैं ", " से हूँ"),
    ];

    fn any_name() -> impl Strategy<Value = (usize, String)> {
        (0_usize..75, any::<bool>()).prop_map(|(place, hindi)| {
            STATE.with(|state| {
                let known = &state.districts[place];
                (place, if hindi { known.name_hi.clone() } else { known.name_en.clone() })
            })
        })
    }

    proptest! {
        #[test]
        fn no_message_about_a_place_panics(text in any::<String>()) {
            STATE.with(|state| {
                let heard = Heard::new(&text);
                let _ = district(&heard, state);
                let _ = assembly(&heard, state, None);
                let _ = assembly(&heard, state, Some("162"));
                let _ = lok_sabha(&heard, state);
            });
        }

        #[test]
        fn a_name_is_sure_whatever_is_around_it((place, name) in any_name(), around in 0_usize..6) {
            let (before, behind) = AROUND[around];
            let text = format!("{before}{name}{behind}");
            let reading = STATE.with(|state| district(&Heard::new(&text), state).reading);
            prop_assert_eq!(reading, Reading::Sure(Meaning::District(place)), "{}", text);
        }

        #[test]
        fn case_invisible_signs_and_composition_change_nothing((place, name) in any_name()) {
            let nfd = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd();
            let strange: String =
                name.chars().flat_map(|letter| [letter, '\u{200b}']).collect();
            let alternating: String = name
                .char_indices()
                .map(|(at, letter)| if at % 2 == 0 { letter.to_ascii_uppercase() } else { letter })
                .collect();
            let polite = format!("namaste ji {name} sir 🙏");
            for text in [alternating, polite, name.to_uppercase(), nfd.normalize(&name).into_owned(), strange] {
                let reading = STATE.with(|state| district(&Heard::new(&text), state).reading);
                prop_assert_eq!(reading, Reading::Sure(Meaning::District(place)), "{}", text);
            }
        }
    }
}

#[test]
fn the_examples_of_the_document_are_true() {
    let document = include_str!("../../../docs/understanding.md");
    let places = document.split("\n## Places").nth(1).unwrap();
    let examples = places.split("### Examples").nth(1).unwrap();
    let mut count = 0;
    for line in examples.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, asked, text, heard, _] = cells.as_slice() else { continue };
        let text = text.trim_matches('`');
        let found = match *asked {
            "district" => district_of(text),
            "seat" => seat_of(text, None),
            _ => continue,
        };
        assert_eq!(found, *heard, "{text}");
        count += 1;
    }
    assert_eq!(count, 20);
}
