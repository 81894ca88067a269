//! Rosters, good and bad.

use jiff::civil::date;

use super::*;
use crate::places::{Booths, Delimitation, Place};
use crate::sheet::Cell;
use crate::understanding::Gender;

fn row(number: u32, cells: &[&str]) -> Row {
    Row { number, cells: cells.iter().map(|cell| Cell::of(cell)).collect(), ..Row::default() }
}

fn read(rows: &[Row]) -> (Vec<Entry>, Vec<Refusal>, Counts) {
    let geography = Geography::shipped().unwrap();
    let mut roster = Roster::new(&geography, date(2026, 11, 21));
    let (mut entries, mut refusals) = (Vec::new(), Vec::new());
    for row in rows {
        match roster.take(row).unwrap() {
            Outcome::Head => {}
            Outcome::Accepted(entry) => entries.push(*entry),
            Outcome::Refused(all) => refusals.extend(all),
        }
    }
    (entries, refusals, roster.end().unwrap())
}

/// One row under these headers: the person, or column and reason of each refusal.
fn one(headers: &[&str], cells: &[&str]) -> Result<Entry, Vec<(String, String)>> {
    let (mut entries, refusals, _) = read(&[row(1, headers), row(2, cells)]);
    match entries.pop() {
        Some(entry) => Ok(entry),
        None => Err(refusals.into_iter().map(|refusal| (refusal.column, refusal.reason)).collect()),
    }
}

const BASE: [&str; 2] = ["मोबाइल", "नाम"];

fn with<'a>(header: &'a str, cell: &'a str) -> Result<Entry, Vec<(String, String)>> {
    let [phone, name] = BASE;
    one(&[phone, name, header], &["9812345678", "राम कुमार", cell])
}

fn reason(header: &str, cell: &str) -> String {
    let refusals = with(header, cell).expect_err(cell);
    let [(column, reason)] = refusals.as_slice() else { panic!("{refusals:?}") };
    assert_eq!(column, "C");
    reason.clone()
}

#[test]
fn headers_are_heard_in_any_script_and_order_below_a_title() {
    for headers in [
        ["क्र.सं.", "कार्यकर्ता का नाम", "मोबाइल नं.", "जनपद", "विधान सभा", "बूथ संख्या", "पद"],
        ["S.No", "Name", "Mobile No.", "District", "Vidhan Sabha", "Booth No", "Post"],
        ["S.No.", "naam", "mobile number", "zila", "vidhansabha", "booth no.", "pad"],
        [
            "क्रमांक",
            "नाम / Name",
            "मोबाइल (Mobile)",
            "जिला/District",
            "विधानसभा - AC",
            "बूथ\nBooth",
            "पदनाम",
        ],
    ] {
        let rows = [
            row(1, &["कार्यकर्ता सूची 2026"]),
            row(3, &headers),
            row(4, &["1", "राम कुमार", "98123 45678", "लखनऊ", "173", "12", "बूथ अध्यक्ष"]),
        ];
        let (entries, refusals, counts) = read(&rows);
        assert_eq!(refusals, [], "{headers:?}");
        assert_eq!(counts, Counts { rows: 1, accepted: 1, refused: 0 });
        let entry = entries.first().unwrap();
        assert_eq!(entry.phone.digits(), "9812345678");
        assert_eq!(entry.name, "राम कुमार");
        assert_eq!(
            (entry.assembly, entry.booth, entry.post),
            (Some(173), Some(12), Some("booth_president"))
        );
    }
}

#[test]
fn a_file_without_headers_of_use_is_refused_whole() {
    let geography = Geography::shipped().unwrap();
    let of = |rows: &[Row]| -> String {
        let mut roster = Roster::new(&geography, date(2026, 11, 21));
        for row in rows {
            if let Err(error) = roster.take(row) {
                return error.to_string();
            }
        }
        roster.end().unwrap_err().to_string()
    };
    assert!(of(&[row(1, &["9812345678", "राम"])]).contains("no row says"));
    assert!(of(&[row(1, &["नाम", "पद"])]).contains("‘मोबाइल’"));
    assert!(of(&[row(1, &["मोबाइल", "पद"])]).contains("‘नाम’"));
    let twice = of(&[row(1, &["मोबाइल", "नाम", "व्हाट्सएप नंबर"])]);
    assert!(twice.contains("A ‘मोबाइल’") && twice.contains("C ‘व्हाट्सएप नंबर’"), "{twice}");
    let long: Vec<Row> = (1..100).map(|number| row(number, &["x"])).collect();
    assert!(of(&long).contains("no row says"));
}

#[test]
fn identity_numbers_caste_and_religion_are_never_read() {
    let headers = ["नाम", "मोबाइल", "आधार नंबर", "जाति", "Religion", "Voter ID", "रंग"];
    let columns = Columns::of(&row(1, &headers), OF_PEOPLE).unwrap().unwrap();
    let forbidden: Vec<String> = columns
        .known()
        .filter(|(column, ..)| *column == Column::Forbidden)
        .map(|(_, letter, _)| letter)
        .collect();
    assert_eq!(forbidden, ["C", "D", "E", "F"]);
    assert_eq!(columns.unknown, [(6, "रंग".to_owned())]);
    let cells = ["राम कुमार", "9812345678", "1234 5678 9012", "x", "y", "ABC1234567", "लाल"];
    for header in ["आधार नं.", "जाति प्रमाण पत्र", "जाति वर्ग", "Aadhar Card No.", "संप्रदाय"]
    {
        let columns = Columns::of(&row(1, &["नाम", "मोबाइल", header]), OF_PEOPLE).unwrap().unwrap();
        assert!(columns.known().any(|(column, ..)| column == Column::Forbidden), "{header}");
    }
    let entry = one(&headers, &cells).unwrap();
    assert!(
        !format!("{entry:?}").contains("1234 5678 9012") && !format!("{entry:?}").contains("ABC")
    );
}

#[test]
fn a_phone_is_read_as_excel_and_people_write_it() {
    for phone in [
        "9812345678",
        "+91 98123-45678",
        "09812345678",
        "९८१२३४५६७८",
        "919812345678",
        "9812345678.0",
        "9.812345678E9",
        "9.812345678E+09",
        "9.81234567800E9",
        "'+919812345678",
        "98,12,34,56,78",
        "‘9812345678",
        "`9812345678 ",
        "9812345678\u{ad}",
        "\"9812345678\"",
    ] {
        let entry = one(&BASE, &[phone, "राम कुमार"]).unwrap();
        assert_eq!(entry.phone.digits(), "9812345678", "{phone}");
    }
    let number = Row {
        number: 2,
        cells: vec![Cell::Number(9_812_345_678.0), Cell::of("राम कुमार")],
        ..Row::default()
    };
    assert_eq!(read(&[row(1, &BASE), number]).0.len(), 1);
    for (phone, words) in [
        ("9.81235E+09", "Excel has shortened"),
        ("98123", "5 digits"),
        ("9812345678, 9812345679", "two numbers"),
        ("1234567890", "no mobile number of India begins so"),
        ("98l2345678", "letters"),
        ("9812345678 9812345679", "two numbers"),
        ("0522-2234567", "landline"),
        ("9812345678/79", "more than one number"),
        ("9812345626;", "a sign stands beside"),
        ("9812345634?", "a sign stands beside"),
        ("9779812345623", "another country"),
        ("+977 9812345623", "another country"),
        ("9810000000", "rounded"),
        ("9876543210", "in a row"),
        ("6789012345", "in a row"),
        ("5", "1 digit;"),
        ("9999999999", "ten times the same digit"),
        ("-", "no number"),
        ("", "no phone number"),
    ] {
        let refusals = one(&BASE, &[phone, "राम कुमार"]).unwrap_err();
        let [(column, reason)] = refusals.as_slice() else { panic!("{refusals:?}") };
        assert!(column == "A" && reason.contains(words), "{phone}: {reason}");
    }
}

#[test]
fn every_fault_of_a_row_is_told_at_its_column() {
    let refusals =
        one(&["मोबाइल", "नाम", "ज़िला", "कब से"], &["98", "हाँ", "लन्दन", "99-99-2024"]).unwrap_err();
    let columns: Vec<&str> = refusals.iter().map(|(column, _)| column.as_str()).collect();
    assert_eq!(columns, ["A", "B", "C", "D"]);
}

#[test]
fn a_number_of_a_place_has_no_sign_and_is_no_day() {
    let headers = ["मोबाइल", "नाम", "विधानसभा", "बूथ", "सेक्टर"];
    let of = |place: usize, cell: Cell| {
        let mut cells: Vec<Cell> =
            ["9812345678", "राम कुमार", "173", "12", "4"].into_iter().map(Cell::of).collect();
        cells[place] = cell;
        let (entries, refusals, _) =
            read(&[row(1, &headers), Row { number: 2, cells, ..Row::default() }]);
        assert_eq!(entries, []);
        refusals[0].clone()
    };
    for (place, column) in [(2, "C"), (3, "D"), (4, "E")] {
        let refusal = of(place, Cell::Date(date(2026, 1, 16)));
        assert_eq!(refusal.column, column);
        assert!(refusal.reason.contains("Excel made a day of it"), "{refusal:?}");
        for sign in ["-5", "–5", "- 5", "+5"] {
            let refusal = of(place, Cell::of(sign));
            assert_eq!(refusal.column, column);
            assert!(refusal.reason.contains("a sign stands before"), "{sign}: {refusal:?}");
        }
    }
}

#[test]
fn a_year_with_a_digit_too_many_is_no_day_of_excels() {
    for said in ["19855", "19850", "20001"] {
        assert!(reason("जन्म वर्ष", said).contains("four digits"), "{said}");
    }
    assert_eq!(with("जन्म वर्ष", "31000").unwrap().birth_year, Some(1984), "a day of Excel's");
    assert!(reason("कब से", "20240").contains("15-08-2024"));
}

#[test]
fn whose_child_somebody_is_fills_the_column_of_fathers_where_it_is_empty() {
    let headers = ["मोबाइल", "नाम", "पिता/पति का नाम"];
    for (father, kept) in [("", "सोहन लाल"), ("मोहन लाल", "मोहन लाल")]
    {
        let entry = one(&headers, &["9812345678", "श्री राम कुमार S/o सोहन लाल", father]).unwrap();
        assert_eq!((entry.name.as_str(), entry.fathers_name.as_deref()), ("राम कुमार", Some(kept)));
    }
    let refused = one(&headers, &["9812345678", "राम कुमार", "lksgu yky"]).unwrap_err();
    assert!(refused[0].0 == "C" && refused[0].1.contains("Kruti Dev"), "{refused:?}");
}

#[test]
fn a_file_that_says_two_things_of_one_person_is_told_so() {
    let headers = ["मोबाइल", "नाम", "पद", "विधानसभा", "बूथ", "पिता का नाम", "जन्म वर्ष", "लिंग"];
    let of = |number: u32, name: &str, post: &str, booth: &str, more: [&str; 3]| {
        let [father, born, gender] = more;
        row(number, &["9812345678", name, post, "173", booth, father, born, gender])
    };
    let rows = [
        row(1, &headers),
        of(2, "राम कुमार", "बूथ एजेंट", "5", ["", "1980", ""]),
        of(3, "Ram Kumar", "बूथ एजेंट", "6", ["सोहन लाल", "", ""]),
        of(4, "श्री राम कुमार", "बूथ एजेंट", "7", ["Sohan Lal", "1980", "M"]),
        of(5, "Ram Kumar", "बूथ एजेंट", "8", ["मोहन लाल", "", ""]),
        of(6, "Ram Kumar", "बूथ एजेंट", "9", ["", "1981", ""]),
        of(7, "Ram Kumar", "बूथ एजेंट", "10", ["", "", "F"]),
        of(8, "Ram Kumar", "", "5", ["", "", ""]),
        of(9, "Shri Ram Kumar", "बूथ एजेंट", "5", ["", "", ""]),
    ];
    let (entries, refusals, counts) = read(&rows);
    let further: Vec<(u32, bool)> =
        entries.iter().map(|entry| (entry.row, entry.further)).collect();
    assert_eq!(further, [(2, false), (3, true), (4, true)], "one person, however spelt");
    assert_eq!(counts, Counts { rows: 8, accepted: 3, refused: 5 });
    let told: Vec<(u32, &str)> =
        refusals.iter().map(|refusal| (refusal.row, refusal.column.as_str())).collect();
    assert_eq!(told, [(5, "F"), (6, "G"), (7, "H"), (8, "A"), (9, "A")]);
    assert!(refusals[0].reason.contains("row 2 says something else"), "{refusals:?}");
}

#[test]
fn a_file_that_gives_one_persons_post_to_two_is_told_so() {
    let headers = ["मोबाइल", "नाम", "पद", "विधानसभा", "बूथ"];
    let rows = [
        row(1, &headers),
        row(2, &["9812345678", "राम कुमार", "बूथ अध्यक्ष", "173", "5"]),
        row(3, &["9812345679", "सीता देवी", "बूथ अध्यक्ष", "173", "6"]),
        row(4, &["9812345670", "मोहन लाल", "बूथ अध्यक्ष", "173", "5"]),
        row(5, &["9812345670", "मोहन लाल", "बूथ एजेंट", "173", "5"]),
    ];
    let (entries, refusals, _) = read(&rows);
    let taken: Vec<u32> = entries.iter().map(|entry| entry.row).collect();
    assert_eq!(taken, [2, 3, 5]);
    let [refusal] = refusals.as_slice() else { panic!("{refusals:?}") };
    assert!(refusal.row == 4 && refusal.column == "C", "{refusal:?}");
    assert!(refusal.reason.contains("row 2 has this post there"), "{refusal:?}");
}

#[test]
fn places_are_heard_and_must_lie_in_each_other() {
    let headers = ["मोबाइल", "नाम", "जिला", "विधानसभा"];
    let of =
        |district: &str, seat: &str| one(&headers, &["9812345678", "राम कुमार", district, seat]);
    for (district, seat) in
        [("lakhnau", "173"), ("", "173"), ("लखनऊ", "लखनऊ पूर्व"), ("Lucknow", "lucknow east")]
    {
        let entry =
            of(district, seat).unwrap_or_else(|refusals| panic!("{district} {seat}: {refusals:?}"));
        assert_eq!(entry.assembly, Some(173));
        assert!(entry.district.is_some(), "the seat tells the district");
    }
    let wrong = of("गोंडा", "173").unwrap_err();
    assert!(
        matches!(wrong.as_slice(), [(column, reason)] if column == "C" && reason.contains("लखनऊ")),
        "{wrong:?}"
    );
    assert!(of("लखनऊ", "404").is_err());
    assert!(of("kanpur", "").unwrap_err().iter().any(|(_, reason)| reason.contains("कानपुर")));
}

#[test]
fn a_post_needs_the_place_it_is_held_at() {
    let headers = ["मोबाइल", "नाम", "पद", "विधानसभा", "बूथ", "सेक्टर"];
    let of = |post: &str, seat: &str, booth: &str, sector: &str| {
        one(&headers, &["9812345678", "राम कुमार", post, seat, booth, sector])
    };
    assert_eq!(of("Booth Adhyaksh", "173", "12", "").unwrap().post, Some("booth_president"));
    assert_eq!(
        of("booth_president", "173", "12.0", "").unwrap().booth,
        Some(12),
        "as Excel writes it"
    );
    assert_eq!(
        of("sector prabhari", "173", "", "सेक्टर 4").unwrap().place,
        Some(Place::Sector { assembly: 173, number: 4 })
    );
    let lacks = of("", "", "", "सेक्टर 4").unwrap_err();
    assert!(matches!(lacks.as_slice(), [(column, _)] if column == "D"), "{lacks:?}");
    assert_eq!(of("", "173", "", "").unwrap().post, None);
    let lacks = of("बूथ अध्यक्ष", "173", "", "").unwrap_err();
    assert!(
        matches!(lacks.as_slice(), [(column, reason)] if column == "E" && reason.contains("booth")),
        "{lacks:?}"
    );
    let lacks = of("विधानसभा प्रभारी", "", "", "").unwrap_err();
    assert!(matches!(lacks.as_slice(), [(column, _)] if column == "D"), "{lacks:?}");
    assert!(of("", "", "12", "").is_err(), "a booth without its seat");
    assert_eq!(of("बूथ अधयक्ष", "173", "12", "").unwrap().post, Some("booth_president"), "a slip");
    assert!(reason("पद", "बूथ अध्यक्षा जी").contains("बूथ अध्यक्ष"));
    assert!(reason("पद", "ड्राइवर").contains("no post"));
    assert!(reason("पद", "ड्राइवर").contains("बूथ अध्यक्ष"));
}

#[test]
fn what_a_program_made_of_a_cell_is_heard_as_it_was_or_refused() {
    let headers = ["मोबाइल", "नाम पदाधिकारी", "विधानसभा", "बूथ", "कब से"];
    let of = |name: &str, seat: &str, booth: &str, since: &str| {
        one(&headers, &["9812345678", name, seat, booth, since])
    };
    let taken = of("राम कुमार", "173.0", "12", "2024-04-01 00:00:00").unwrap();
    assert_eq!((taken.assembly, taken.booth), (Some(173), Some(12)));
    assert_eq!(taken.since, Some(date(2024, 4, 1)));
    let wrong = of("राम कुमार", "173", "16-Jan", "").unwrap_err();
    assert!(matches!(wrong.as_slice(), [(_, reason)] if reason.contains("Excel")), "{wrong:?}");
    for title in ["श्री", "Shri.", "जी"] {
        assert!(of(title, "173", "12", "").is_err(), "{title}");
    }
}

#[test]
fn days_come_as_text_as_a_day_and_as_excels_number() {
    let since = |cell: Cell| {
        let mut cells = vec![Cell::of("9812345678"), Cell::of("राम कुमार")];
        cells.push(cell);
        let second = Row { number: 2, cells, ..Row::default() };
        let (entries, refusals, _) = read(&[row(1, &["मोबाइल", "नाम", "कब से"]), second]);
        entries.first().map_or_else(|| Err(refusals), |entry| Ok(entry.since))
    };
    let day = Some(date(2024, 8, 15));
    for cell in [
        Cell::of("15-08-2024"),
        Cell::of("15/8/24"),
        Cell::of("15 अगस्त 2024"),
        Cell::Date(date(2024, 8, 15)),
        Cell::Number(45_519.0),
        Cell::of("45519"),
    ] {
        assert_eq!(since(cell.clone()), Ok(day), "{cell:?}");
    }
    assert_eq!(since(Cell::Number(2024.0)), Ok(Some(date(2024, 1, 1))));
    assert_eq!(since(Cell::Empty), Ok(None));
    assert!(
        since(Cell::Date(date(2027, 1, 1)))
            .unwrap_err()
            .first()
            .unwrap()
            .reason
            .contains("to come")
    );
    assert!(since(Cell::of("कल परसों")).is_err());
    assert!(
        since(Cell::Fault("Excel shows #REF!".to_owned()))
            .unwrap_err()
            .first()
            .unwrap()
            .reason
            .contains("#REF!")
    );
}

#[test]
fn a_person_is_taken_once_and_a_phone_holds_a_household() {
    let mut rows = vec![row(1, &BASE)];
    let names = ["राम कुमार", "सीता देवी", "राम कुमार", "मोहन लाल", "गीता देवी", "सोहन लाल"];
    for (number, name) in (2..).zip(names) {
        rows.push(row(number, &["9812345678", name]));
    }
    let (entries, refusals, counts) = read(&rows);
    assert_eq!(entries.len(), 4);
    assert_eq!(counts, Counts { rows: 6, accepted: 4, refused: 2 });
    let [again, many] = refusals.as_slice() else { panic!("{refusals:?}") };
    assert!(again.row == 4 && again.reason.contains("row 2"), "{again:?}");
    assert!(many.row == 7 && many.reason.contains("4 people"), "{many:?}");
}

#[test]
fn a_merged_place_counts_for_every_row_and_a_merged_phone_for_none() {
    let mut second = row(2, &["9812345678", "राम कुमार", "लखनऊ"]);
    second.merged = vec![2];
    let mut third = row(3, &["9812345678", "सीता देवी", "लखनऊ"]);
    third.merged = vec![0, 2];
    let (entries, refusals, _) = read(&[row(1, &["मोबाइल", "नाम", "ज़िला"]), second, third]);
    assert_eq!(entries.len(), 1);
    assert!(refusals.first().unwrap().reason.contains("merged"));
}

#[test]
fn a_header_that_comes_again_on_every_page_is_no_person() {
    let rows = [row(1, &BASE), row(2, &["9812345678", "राम कुमार"]), row(40, &BASE)];
    let (entries, refusals, counts) = read(&rows);
    assert_eq!((entries.len(), refusals.len(), counts.rows), (1, 0, 1));
}

#[test]
fn gender_and_year_of_birth_are_read_as_lists_have_them() {
    for (said, expected) in [
        ("पु", Gender::Male),
        ("F", Gender::Female),
        ("महिला", Gender::Female),
        ("male", Gender::Male),
    ] {
        assert_eq!(with("लिंग", said).unwrap().gender, Some(expected), "{said}");
    }
    for said in ["1985", "१९८५", "15-08-1985", "15/8/1985"] {
        assert_eq!(with("जन्म वर्ष", said).unwrap().birth_year, Some(1985), "{said}");
    }
    assert!(reason("जन्म वर्ष", "1785").contains("four digits"));
    assert!(reason("लिंग", "x").contains("पुरुष"));
}

#[test]
fn a_yes_proves_no_consent_and_a_no_is_none() {
    for said in ["नहीं", "no", "0", "-", "—", "हाँ", "yes", "FALSE", "लंबित", "n/a"]
    {
        let reason = reason("सहमति का प्रमाण", said);
        assert!(reason.contains("the number of the form"), "{said}: {reason}");
    }
    for (said, proof) in
        [("फॉर्म 7", Some("फॉर्म 7")), ("2026-11-04", Some("2026-11-04")), ("", None)]
    {
        let entry = with("सहमति का प्रमाण", said).unwrap();
        assert_eq!(entry.consent.as_deref(), proof, "{said}");
    }
}

#[test]
fn beside_a_column_of_proofs_another_says_whether_the_person_agreed() {
    for bare in ["सहमति", "4. सहमति (हाँ/नहीं)", "Consent"] {
        let headers = ["मोबाइल", "नाम", bare, "सहमति का प्रमाण"];
        let taken = |said: &str, shown: &str| {
            one(&headers, &["9812345678", "राम कुमार", said, shown]).map(|entry| entry.consent)
        };
        for (said, shown, proof) in [
            ("हाँ", "फॉर्म 12", Some("फॉर्म 12")),
            ("", "फॉर्म 12", Some("फॉर्म 12")),
            ("फॉर्म 12", "", Some("फॉर्म 12")),
            ("फॉर्म 12", "संदेश 04-11-2026", Some("फॉर्म 12; संदेश 04-11-2026")),
            ("नहीं", "", None),
            ("no", "फॉर्म 12", None),
            ("FALSE", "-", None),
            ("", "", None),
        ] {
            assert_eq!(taken(said, shown).unwrap().as_deref(), proof, "{bare}: {said} / {shown}");
        }
        for (said, shown, column) in
            [("हाँ", "", "D"), ("yes", "yes", "D"), ("फॉर्म 12", "नहीं", "D"), ("लंबित", "", "C")]
        {
            let refused = taken(said, shown).unwrap_err();
            let columns: Vec<&str> = refused.iter().map(|(column, _)| column.as_str()).collect();
            assert_eq!(columns, [column], "{said} / {shown}");
        }
    }
    // Alone, such a column is where the proof stands.
    let alone = one(&["मोबाइल", "नाम", "सहमति"], &["9812345678", "राम कुमार", "फॉर्म 12"]);
    assert_eq!(alone.unwrap().consent.as_deref(), Some("फॉर्म 12"));
}

#[test]
fn a_booth_with_a_letter_is_not_the_booth_of_that_number() {
    for said in ["45क", "45A", "45 क", "बूथ 45ख"] {
        assert!(reason("बूथ", said).contains("a booth with a letter"), "{said}");
    }
    for said in ["45", "बूथ न. 45", "४५", "booth no 45"] {
        let headers = ["मोबाइल", "नाम", "विधानसभा", "बूथ"];
        let entry = one(&headers, &["9812345678", "राम कुमार", "173", said]).unwrap();
        assert_eq!(entry.booth, Some(45), "{said}");
    }
}

#[test]
fn a_header_may_be_written_as_offices_abbreviate_it() {
    for (header, expected) in [
        ("वि0स0", Column::Assembly),
        ("वि.स.", Column::Assembly),
        ("वि0 स0 का नाम", Column::Assembly),
        ("बूथ सं0", Column::Booth),
        ("बूथ सं.", Column::Booth),
        ("दिनांक", Column::Since),
        ("Contact", Column::Phone),
        ("Karyakarta Name", Column::Name),
        ("Mob. No.", Column::Phone),
        ("मो0 नं0", Column::Phone),
        ("2. नाम", Column::Name),
        ("(3) मोबाइल", Column::Phone),
        ("पिता/पति का नाम", Column::FathersName),
        ("ज0पद/जनपद", Column::District),
    ] {
        // Beside two others, so that the row is a header.
        let others = [(Column::Phone, "मोबाइल"), (Column::Name, "नाम"), (Column::Post, "पद")];
        let mut headers: Vec<&str> = others
            .iter()
            .filter(|(column, _)| *column != expected)
            .map(|(_, name)| *name)
            .collect();
        headers.push(header);
        let columns = Columns::of(&row(1, &headers), OF_PEOPLE).unwrap().unwrap();
        assert_eq!(columns.place(expected), Some(headers.len() - 1), "{header}");
    }
}

#[test]
fn a_word_for_nobody_is_no_name() {
    for said in ["अज्ञात", "रिक्त", "Unknown", "VACANT", "N/A", "-", "xyz"] {
        let refusals = one(&BASE, &["9812345678", said]).unwrap_err();
        assert!(refusals[0].1.contains("no name"), "{said}: {refusals:?}");
    }
}

#[test]
fn a_row_that_has_rows_below_in_it_is_refused_whichever_cell_has_them() {
    let mut bad = row(2, &["9812345678", "राम कुमार", "x"]);
    bad.broken = Some((2, crate::sheet::NOT_CLOSED.to_owned()));
    let (entries, refusals, _) = read(&[row(1, &["मोबाइल", "नाम", "पता"]), bad]);
    assert_eq!(entries, []);
    let [refusal] = refusals.as_slice() else { panic!("{refusals:?}") };
    assert_eq!((refusal.column.as_str(), refusal.header.as_str()), ("C", "पता"));
    assert!(refusal.reason.contains("does not end it"));
}

#[test]
fn a_vague_header_gives_way_to_a_clear_one() {
    let headers = ["कार्यकर्ता", "नाम", "Contact", "मोबाइल", "दिनांक", "कब से"];
    let columns = Columns::of(&row(1, &headers), OF_PEOPLE).unwrap().unwrap();
    for (column, place) in [(Column::Name, 1), (Column::Phone, 3), (Column::Since, 5)] {
        assert_eq!(columns.place(column), Some(place), "{column:?}");
    }
    let unknown: Vec<usize> = columns.unknown.iter().map(|(place, _)| *place).collect();
    assert_eq!(unknown, [0, 2, 4], "and is told as not read");
}

#[test]
fn a_header_of_two_rows_is_read_as_one() {
    let rows = [
        row(1, &["कार्यकर्ता सूची"]),
        row(2, &["नाम", "पद", "संपर्क", ""]),
        row(3, &["", "", "मोबाइल", "ईमेल"]),
        row(4, &["राम कुमार", "", "9812345678", "x"]),
    ];
    let (entries, refusals, counts) = read(&rows);
    assert_eq!((entries.len(), refusals.len(), counts.rows), (1, 0, 1));
}

#[test]
fn a_row_that_has_only_its_number_is_no_row() {
    let headers = ["क्रमांक", "मोबाइल", "नाम", "ज़िला"];
    let mut reached = row(3, &["2", "", "", "लखनऊ"]);
    reached.merged = vec![3];
    let rows = [
        row(1, &headers),
        row(2, &["1", "9812345678", "राम कुमार", "लखनऊ"]),
        reached,
        row(4, &["3"]),
        row(5, &["", "", "", "लखनऊ"]),
    ];
    let (entries, refusals, counts) = read(&rows);
    assert_eq!((entries.len(), counts.rows), (1, 2));
    assert!(refusals.iter().all(|refusal| refusal.row == 5), "{refusals:?}");
}

#[test]
fn of_children_nothing_is_kept() {
    for said in ["2010", "22-11-2008", "2010-05-01", "2009"] {
        assert!(reason("जन्म तिथि", said).contains("younger than 18"), "{said}");
    }
    for said in ["21-11-2008", "2008", "1985"] {
        assert!(with("जन्म तिथि", said).unwrap().birth_year.is_some(), "{said}");
    }
}

#[test]
fn one_person_may_have_two_posts_in_one_file_and_none_twice() {
    let headers = ["मोबाइल", "नाम", "पद", "विधानसभा", "बूथ", "सेक्टर"];
    let of = |number: u32, post: &str, booth: &str, sector: &str| {
        row(number, &["9812345678", "राम कुमार", post, "173", booth, sector])
    };
    let rows = [
        row(1, &headers),
        of(2, "बूथ अध्यक्ष", "12", ""),
        of(3, "सेक्टर प्रभारी", "", "4"),
        of(4, "बूथ अध्यक्ष", "12", ""),
        of(5, "बूथ एजेंट", "13", ""),
        of(6, "", "12", ""),
    ];
    let (entries, refusals, counts) = read(&rows);
    let further: Vec<(u32, bool)> =
        entries.iter().map(|entry| (entry.row, entry.further)).collect();
    assert_eq!(further, [(2, false), (3, true), (5, true)]);
    assert_eq!(counts, Counts { rows: 5, accepted: 3, refused: 2 });
    let [twice, bare] = refusals.as_slice() else { panic!("{refusals:?}") };
    assert!(twice.row == 4 && twice.reason.contains("same post in row 2"), "{twice:?}");
    assert!(bare.row == 6 && bare.reason.contains("in row 2"), "{bare:?}");
}

#[test]
fn a_post_of_no_place_is_refused_and_one_of_the_whole_state_says_so() {
    let headers = ["मोबाइल", "नाम", "पद", "ज़िला", "विधानसभा"];
    let of = |post: &str, district: &str, seat: &str| {
        one(&headers, &["9812345678", "राम कुमार", post, district, seat])
    };
    for (post, district, seat, place) in [
        ("सचिव", "लखनऊ", "", Place::District(162)),
        ("सचिव", "", "173", Place::Assembly(173)),
        ("जिला सचिव", "", "173", Place::District(162)),
        ("प्रदेश सचिव", "लखनऊ", "173", Place::State),
        ("State Secretary", "", "", Place::State),
        ("लोकसभा प्रभारी", "", "173", Place::LokSabha(35)),
        ("प्रदेश अध्यक्ष", "", "", Place::State),
    ] {
        let entry = of(post, district, seat).unwrap_or_else(|all| panic!("{post}: {all:?}"));
        assert_eq!(entry.place, Some(place), "{post}");
    }
    for (post, column, words) in [
        ("सचिव", "D", "प्रदेश सचिव"),
        ("महासचिव", "D", "district or the assembly seat"),
        ("जिला सचिव", "D", "district"),
        ("लोकसभा प्रभारी", "E", "assembly seat"),
    ] {
        let refusals = of(post, "", "").unwrap_err();
        let [(at, reason)] = refusals.as_slice() else { panic!("{post}: {refusals:?}") };
        assert!(at == column && reason.contains(words), "{post}: {at} {reason}");
    }
}

#[test]
fn a_roster_is_held_against_the_booths_and_sectors_that_exist() {
    let geography = Geography::shipped().unwrap();
    let booths = (1..=40)
        .map(|number| (Place::Booth { assembly: 173, number }.code(Delimitation::NOW), Some(1)));
    let ground = Ground::new(Booths::of(booths), [(173, 1, "गोमती".to_owned())], []);
    let mut roster = Roster::new(&geography, date(2026, 11, 21)).on(ground);
    let headers = ["मोबाइल", "नाम", "पद", "विधानसभा", "बूथ", "सेक्टर"];
    roster.take(&row(1, &headers)).unwrap();
    let mut of = |number: u32, seat: &str, booth: &str, sector: &str| {
        let phone = format!("98123456{number:02}");
        let cells = [phone.as_str(), "राम कुमार", "", seat, booth, sector];
        roster.take(&row(number, &cells)).unwrap()
    };
    for (number, seat, booth, sector) in
        [(2, "173", "40", "Gomti"), (3, "174", "999", "7"), (4, "173", "", "1")]
    {
        let outcome = of(number, seat, booth, sector);
        let Outcome::Accepted(entry) = outcome else { panic!("{outcome:?}") };
        assert_eq!(entry.sector_follows, booth == "40", "where the booth is known to lie");
    }
    for (number, booth, sector, words) in
        [(5, "45", "", "the nearest are 38, 39, 40"), (6, "1", "सई", "there are 1 गोमती")]
    {
        let Outcome::Refused(refusals) = of(number, "173", booth, sector) else { panic!() };
        assert!(refusals[0].reason.contains(words), "{refusals:?}");
    }
}

/// A row of a CSV file.
fn csv_row(number: u32, cells: &[&str]) -> Row {
    Row { width: Some(cells.len()), ..row(number, cells) }
}

#[test]
fn a_second_table_below_is_read_by_its_own_header() {
    let rows = [
        row(1, &["मोबाइल", "नाम", "पिता का नाम"]),
        row(2, &["9812345601", "राम कुमार", "मोहन लाल"]),
        row(4, &["मोबाइल", "पिता का नाम", "नाम"]),
        row(5, &["9812345602", "मोहन लाल", "श्याम कुमार"]),
        row(7, &["नाम", "पद", ""]),
        row(8, &["", "", "मोबाइल"]),
        row(9, &["सीता देवी", "", "9812345603"]),
    ];
    let (entries, refusals, counts) = read(&rows);
    assert_eq!((refusals, counts.rows), (vec![], 3));
    let names: Vec<(&str, Option<&str>)> =
        entries.iter().map(|entry| (entry.name.as_str(), entry.fathers_name.as_deref())).collect();
    let expected =
        [("राम कुमार", Some("मोहन लाल")), ("श्याम कुमार", Some("मोहन लाल")), ("सीता देवी", None)];
    assert_eq!(names, expected);
}

#[test]
fn below_a_header_of_no_use_no_row_is_read() {
    let rows = [
        row(1, &["मोबाइल", "नाम", "पिता का नाम"]),
        row(2, &["9812345601", "राम कुमार", "मोहन लाल"]),
        row(4, &["अंक", "पिता का नाम", "नाम"]),
        row(5, &["9812345602", "मोहन लाल", "श्याम कुमार"]),
        row(6, &["मोबाइल", "नाम", "पिता का नाम"]),
        row(7, &["9812345603", "सीता देवी", "मोहन लाल"]),
    ];
    let (entries, refusals, counts) = read(&rows);
    assert_eq!((entries.len(), counts.rows, counts.refused), (2, 3, 1));
    assert!(refusals[0].row == 5 && refusals[0].reason.contains("of no use"), "{refusals:?}");
}

#[test]
fn titles_with_words_of_a_header_are_passed_over() {
    for titles in [
        vec![row(1, &["जिला", "लखनऊ", "विधानसभा", "173"])],
        vec![row(1, &["जिला", "लखनऊ", "विधानसभा", "173"]), row(2, &["सेक्टर", "गोमती", "बूथ", "12"])],
        vec![row(1, &["जिला", "लखनऊ", "सेक्टर", "गोमती"])],
    ] {
        let mut rows = titles;
        rows.push(row(3, &["मोबाइल", "नाम", "", "गाँव"]));
        rows.push(row(4, &["9812345601", "राम कुमार", "सोहन", "x"]));
        let (entries, refusals, _) = read(&rows);
        assert_eq!((entries.len(), refusals), (1, vec![]));
        assert_eq!((entries[0].district.as_deref(), entries[0].assembly), (None, None));
    }
    let (entries, ..) = read(&[
        row(1, &["विधानसभा", "बूथ", "सदस्य"]),
        row(2, &["", "", "नाम", "मोबाइल"]),
        row(3, &["173", "5", "राम कुमार", "9812345601"]),
    ]);
    assert_eq!(
        (entries[0].assembly, entries[0].booth),
        (Some(173), Some(5)),
        "a header of two rows"
    );
}

#[test]
fn rows_above_the_header_are_refused_and_a_title_is_not() {
    let (entries, refusals, counts) = read(&[
        row(1, &["कार्यकर्ता सूची", "2026"]),
        row(2, &["9812345601", "राम कुमार"]),
        row(3, &["मोबाइल", "नाम"]),
        row(4, &["9812345602", "सीता देवी"]),
    ]);
    assert_eq!((entries.len(), counts.rows, counts.refused), (1, 2, 1));
    assert!(refusals[0].row == 2 && refusals[0].reason.contains("above the header"));
}

#[test]
fn a_row_with_more_cells_than_headers_is_refused_where_it_matters() {
    let head = csv_row(1, &["मोबाइल", "नाम", "पिता का नाम"]);
    let (entries, refusals, _) = read(&[
        head.clone(),
        csv_row(2, &["9812345601", "Kumar", "Ram", "Sohan Lal"]),
        csv_row(3, &["9812345602", "राम कुमार", "सोहन", "", ""]),
    ]);
    assert_eq!(entries.len(), 1, "cells with nothing in them are none too many");
    let [refusal] = refusals.as_slice() else { panic!("{refusals:?}") };
    assert!(refusal.column == "D" && refusal.reason.contains("4 cells and the header 3"));
    // A sheet has no such end.
    let (entries, ..) =
        read(&[row(1, &["मोबाइल", "नाम"]), row(2, &["9812345601", "राम कुमार", "x"])]);
    assert_eq!(entries.len(), 1);
}

#[test]
fn what_is_not_read_is_told_once() {
    let geography = Geography::shipped().unwrap();
    let mut roster = Roster::new(&geography, date(2026, 11, 21));
    for row in [
        row(1, &["मोबाइल", "नाम", "", "कब से"]),
        row(2, &["9812345601", "राम कुमार", "9812345699", "15-08-2024"]),
        row(3, &["9812345602", "सीता देवी", "x", "15-08-2024"]),
    ] {
        assert!(!matches!(roster.take(&row).unwrap(), Outcome::Refused(_)));
    }
    let told = roster.notices();
    assert!(matches!(told.first(), Some(Notice::Columns(_))));
    let rest =
        [Notice::Unnamed { column: "C".to_owned(), row: 2 }, Notice::SinceOfNothing { row: 2 }];
    assert_eq!(told[1..], rest);
    assert_eq!(roster.notices(), []);
}

#[test]
fn a_value_beside_its_name_is_no_header_and_a_header_alone_no_list() {
    let geography = Geography::shipped().unwrap();
    let end = |rows: &[Row]| {
        let mut roster = Roster::new(&geography, date(2026, 11, 21));
        for row in rows {
            roster.take(row).unwrap();
        }
        roster.end().unwrap_err().to_string()
    };
    let said = end(&[row(1, &["नाम: राम कुमार", "मोबाइल: 9812345601"])]);
    assert!(said.contains("no row says"), "{said}");
    let said = end(&[row(1, &["{\"Mobile\":\"98\"", "\"Name\":\"Ram\"}"])]);
    assert!(said.contains("no row says"), "{said}");
    let said = end(&[row(3, &["मोबाइल", "नाम"])]);
    assert!(said.contains("row 3") && said.contains("no row below"), "{said}");
    let fault = Cell::Fault("this is not Unicode".to_owned());
    let odd = Row { number: 1, cells: vec![fault.clone(), fault], ..Row::default() };
    assert!(end(&[odd]).contains("row 1 may have been it: this is not Unicode"));
}

#[test]
fn a_day_without_its_format_is_that_of_its_workbook() {
    for (is_1904, day) in [(false, date(2020, 8, 14)), (true, date(2024, 8, 15))] {
        let cells = vec![Cell::of("9812345678"), Cell::of("राम कुमार"), Cell::Number(44_057.0)];
        let second = Row { number: 2, cells, is_1904, ..Row::default() };
        let (entries, ..) = read(&[row(1, &["मोबाइल", "नाम", "कब से"]), second]);
        assert_eq!(entries[0].since, Some(day));
    }
}
