use std::collections::BTreeMap;

use super::*;
use crate::poll::ballot::Choice;
use crate::poll::bundle::{Asked, Close, Early, Header};
use crate::poll::count::Proof;
use crate::poll::tally::{Cell, Repeated, Rules, SeatTally, Tables};

/// Two seats; in the second too few answered.
fn counted() -> Counted {
    let rules = Rules {
        method: Method::Rank,
        threshold: 10,
        panel: 2,
        other: true,
        repeated: Repeated::Cut,
        approve_at_most: None,
        rank_at_least: 1,
        tables: Tables::Place,
    };
    let seat = |number: u16, name: &str| SeatHead {
        number,
        place: format!("lok_sabha:{number}"),
        name: name.to_owned(),
        candidates: ["अनिल <यादव>", "सुनीता वर्मा", "इमरान अंसारी"].map(str::to_owned).to_vec(),
    };
    let mut first = SeatTally::new(3);
    for (booth, count, names) in [
        (1, 30, [0, 1, 2].as_slice()),
        (1, 15, &[1, 0, 2]),
        (1, 1, &[2]),
        (2, 25, &[1, 0]),
        (2, 12, &[0]),
    ] {
        let cell = Cell { assembly: 173, sector: 1, booth, post: 0 };
        first.add_eligible(cell, count + 5);
        for _ in 0..count {
            first.add(cell, &Choice::Names(names.to_vec()), &rules);
        }
    }
    for _ in 0..12 {
        first.rate(&[[5, 4, 0], [3, 3, 3], [0, 0, 0]]);
    }
    let mut second = SeatTally::new(3);
    second.add_eligible(Cell { assembly: 184, sector: 1, booth: 1, post: 0 }, 40);
    second.add(Cell { assembly: 184, sector: 1, booth: 1, post: 0 }, &Choice::Refused, &rules);
    let seats = BTreeMap::from([(35, first.result(&rules, &[])), (37, second.result(&rules, &[]))]);
    let header = Header {
        poll: "test".to_owned(),
        question: "प्रत्याशी कौन हो?".to_owned(),
        opens: "2029-01-05T10:00:00+05:30".parse().unwrap(),
        closes: "2029-01-12T20:00:00+05:30".parse().unwrap(),
        roster: "00".repeat(32),
        key: "11".repeat(32),
        rules,
        seats: vec![seat(35, "लखनऊ"), seat(37, "अमेठी")],
        posts: Vec::new(),
        close: Close::default(),
    };
    let proof = Proof { head: [1; 32], choices: 84, bundle: [2; 32] };
    Counted { header, seats, proof, unopened: 0 }
}

fn with_report<T>(make: impl FnOnce(&Report<'_>) -> T) -> T {
    let signals = [Signal::BeforeDelivery { assembly: 173, answers: 3 }];
    with_report_of(&counted(), &signals, make)
}

fn with_report_of<T>(
    counted: &Counted,
    signals: &[Signal],
    make: impl FnOnce(&Report<'_>) -> T,
) -> T {
    let geography = Geography::shipped().unwrap();
    make(&Report {
        counted,
        signals,
        geography: &geography,
        tree: &Tree::new(&geography),
        party: "हमारी पार्टी",
        window: "5 जनवरी से 12 जनवरी 2029",
        printed: "12-01-2029 20:30",
        numbers: "ab",
    })
}

#[test]
fn the_table_tells_turnout_first_and_the_panel_last() {
    insta::assert_snapshot!(with_report(table), @r"
    प्रत्याशी कौन हो?
    हर व्यक्ति ने नाम अपनी पसंद के क्रम में दिए। पैनल के लिए हर दो नामों की आमने-सामने तुलना होती है: जिसे ज्यादा लोगों ने आगे रखा, वह आगे। तुलनाएँ घूमकर वहीं लौट आएँ (क से ख पीछे, ख से ग, ग से क), तो सबसे कमजोर बढ़त छोड़ दी जाती है (शुल्ज की विधि, Schulze)। साथ में छँटनी का क्रम भी दिया है।

    35 लखनऊ: 108 में से 83 ने जवाब दिया (76.9%)
           42  50.6% [40.1–61.1]  अनिल <यादव>
           40  48.2% [37.8–58.8]  सुनीता वर्मा
            1   1.2% [0.2–6.5]  इमरान अंसारी
            0   0.0% [0.0–4.4]  अन्य (सूची में नहीं)
      नहीं बताया 0, अमान्य 0
      पैनल: 1. अनिल <यादव>  2. सुनीता वर्मा
      जगह और पद के 2 समूह result.html और result.xlsx में हैं
      जिन नामों की संख्या यहाँ नहीं है, वे इतने कम या इतने एकतरफा चुने गए कि किसी छोटे समूह की पसंद निकल आती; पूरी सीट की गिनती में वे भी हैं।

    37 अमेठी: 40 में से 1 ने जवाब दिया (2.5%)
      10 से कम जवाब: क्या चुना गया, यह नहीं बताया जाता

    जाँचने लायक बातें (संकेत, फैसला नहीं; कोई जवाब गिनती से नहीं हटाया गया):
      विधानसभा 173 लखनऊ पूर्व: 3 जवाब निमंत्रण पहुँचने से पहले आए

    कोष्ठक के दो प्रतिशत (चित्र में काली रेखा) बताते हैं कि हिस्सा कितना इधर-उधर हो सकता था, अगर जवाब देने वाले लॉटरी से चुने गए होते (95% का दायरा, विल्सन का सूत्र)। पर यह गिनती है, नमूना नहीं: सूची के सभी लोगों से पूछा गया और जिसने चाहा उसने जवाब दिया।
    ");
}

#[test]
fn rows_hold_every_number_that_is_shown_and_nothing_of_a_small_seat() {
    let rows = with_report(rows);
    let of_small: Vec<&[String; 11]> = rows.iter().filter(|row| row[0] == "37").collect();
    let what: Vec<&str> = of_small.iter().map(|row| row[2].as_str()).collect();
    assert_eq!(
        what,
        [
            "सूची में",
            "जवाब दिया",
            "विधानसभा में जवाब",
            "सेक्टर में जवाब",
            "बूथ पर जवाब",
            "पद से जवाब",
            "टिप्पणी"
        ]
    );
    let lines: Vec<String> = rows.iter().map(|row| row.join("|")).collect();
    insta::assert_snapshot!("rows", lines.join("\n"));
    let csv = with_report(|report| {
        let mut out = Vec::new();
        csv(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    });
    assert_eq!(csv.lines().count(), rows.len() + 1);
    assert!(csv.starts_with('\u{feff}'));
}

#[test]
fn the_page_needs_nothing_from_elsewhere_and_quotes_what_people_wrote() {
    let page = with_report(|report| html(report, &Photos::default()));
    assert!(page.starts_with("<!doctype html><html lang=\"hi\">"));
    for outside in ["http:", "https:", "<script", "url(", "@import", "src="] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("अनिल &lt;यादव&gt;"));
    assert!(!page.contains("<यादव>"));
    assert_eq!(page.matches("class=\"tile\"").count(), 80);
    assert!(page.contains("3 जवाब निमंत्रण पहुँचने से पहले आए"));
    let opened = page.matches("<svg").count();
    assert_eq!((opened, page.matches("</svg>").count()), (2, 2));
    for tag in ["table", "tr", "td", "th", "ul", "li", "p", "h2"] {
        let open =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(open, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn whoever_reads_a_result_is_told_what_could_not_be_counted() {
    let mut counted = counted();
    counted.header.close =
        Close { missing: 3, torn: 1, missing_by: "रवि".to_owned(), ..Close::default() };
    let (texts, rows) = with_report_of(&counted, &[], |report| {
        ([table(report), html(report, &Photos::default()), panel(report)], rows(report))
    });
    for text in texts {
        assert!(text.contains("3 जवाब गिने नहीं जा सके"), "{text}");
        assert!(text.contains("1 जवाबों में पसंद गिनी गई"), "{text}");
        assert!(text.contains("यह जानते हुए रवि ने"), "{text}");
    }
    let told: Vec<(String, String)> = rows
        .into_iter()
        .filter(|row| row[2].ends_with("जा सके"))
        .map(|row| (row[2].clone(), row[7].clone()))
        .collect();
    let wanted = [("गिने नहीं जा सके", "3"), ("आधे ही पढ़े जा सके", "1")];
    assert_eq!(told, wanted.map(|(what, count)| (what.to_owned(), count.to_owned())));
    for text in
        with_report(|report| [table(report), html(report, &Photos::default()), panel(report)])
    {
        assert!(!text.contains("गिने नहीं जा सके"), "of what is whole nothing is said");
    }
}

#[test]
fn a_picture_stands_within_the_page_and_a_name_beside_it() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x08\0\0\0\x08".to_vec();
    png.extend(b"\x08\x06\0\0\0....\0\0\0\0IEND\xae\x42\x60\x82");
    let mut photos = Photos::default();
    assert!(photos.add(35, 0, &png));
    let page = with_report(|report| html(report, &photos));
    assert!(page.contains("<img alt=\"\" src=\"data:image/png;base64,iVBORw0KGgo"), "{page}");
    assert!(page.contains("<figcaption>अनिल &lt;यादव&gt;</figcaption>"), "{page}");
    assert_eq!(page.matches("<figure>").count(), 1, "of the others there is none");
    assert!(!photos.add(35, 1, &vec![0xFF; LARGEST_IN_REPORT + 1]));
}

#[test]
fn whoever_reads_a_result_is_told_who_was_asked_and_that_it_was_closed_early() {
    let mut counted = counted();
    let early = Early {
        at: "2029-01-10T11:30:00+05:30".parse().unwrap(),
        by: "रवि".to_owned(),
        why: "सबने जवाब दे दिया".to_owned(),
    };
    let asked = Asked {
        who: "post == \"booth_president\"".to_owned(),
        on: "2028-12-31".parse().unwrap(),
        keep: "sector".to_owned(),
        elsewhere: 40,
        nowhere: 2,
    };
    assert_eq!(Asked::left_out_of(&Asked::left_out_words(40, 2)), (40, 2));
    assert_eq!(Asked::left_out_of("by hand"), (0, 0));
    counted.header.close = Close { early: Some(early), asked: Some(asked), ..Close::default() };
    for seat in counted.seats.values_mut() {
        for of_post in &mut seat.by_post {
            of_post.post = "booth_president".to_owned();
        }
    }
    let texts = with_report_of(&counted, &[], |report| {
        let rows: Vec<String> = rows(report).into_iter().map(|row| row.join("|")).collect();
        [table(report), html(report, &Photos::default()), rows.join("\n")]
    });
    for text in texts {
        for told in [
            "तय समय (12-01-2029 20:00) से पहले, 10-01-2029 11:30 को बंद किया गया",
            "रवि",
            "सबने जवाब दे दिया",
            "बूथ अध्यक्ष 148, 31-12-2028 को",
            "40 की सीट इस राय में नहीं है, 2 की सीट मालूम नहीं",
            "केवल जगह (सेक्टर, विधानसभा) और पद",
        ] {
            assert!(text.contains(told), "{told}\n{text}");
        }
        // An opinion is no election, and is told in the words of the conversation.
        for other in ["मतदाता", "मतपेटी", "मतदान", "सीलबंद", "उत्तर दिया", "उपलब्धता"]
        {
            assert!(!text.contains(other), "{other}\n{text}");
        }
    }
}
