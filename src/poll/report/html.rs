//! The report as one page: no script, nothing from elsewhere, good enough to print.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::chart::{Bar, bars, tiles};
use super::{
    ASPECT_NAMES, FAR_OFF_WORDS, INTERVAL_WORDS, NAMES_AWAY, Photos, RUN_OFF_WORDS, Report, asked,
    by_count, candidate, has_names_away, method_words, missing, number, order_words, panel_words,
    post_name, proofs, weighted_words,
};
use crate::markup::escaped;
use crate::places::Place;
use crate::poll::bundle::SeatHead;
use crate::poll::tally::{Choices, Ranked, SeatResult, percent, share, wilson};

const STYLE: &str = "\
    @page{size:A4;margin:16mm}\
    body{font:16px/1.5 'Noto Sans Devanagari','Nirmala UI',Mangal,sans-serif;color:#1c1c1c;max-width:46rem;margin:0 auto;padding:1rem}\
    h1{font-size:1.6rem;margin:.2rem 0}h2{font-size:1.25rem;border-top:2px solid #2a7d4b;padding-top:.6rem;margin-top:2rem;break-after:avoid}\
    h3{font-size:1rem;margin:1rem 0 .3rem;break-after:avoid}\
    table{border-collapse:collapse;width:100%;font-size:.9rem;break-inside:avoid}\
    th,td{border-bottom:1px solid #ddd;padding:.2rem .4rem;text-align:left}\
    td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\
    svg{width:100%;height:auto;break-inside:avoid}svg.map{max-width:34rem}\
    .bar{fill:#57a773}.reach{stroke:#1c1c1c;fill:none}.number{font-size:14px}.tile{stroke:#fff}\
    .tile-number{font-size:12px;text-anchor:middle}.tile-name{font-size:10px;text-anchor:middle}\
    .panel{background:#e3f1e7;padding:.5rem .8rem;font-weight:600;break-inside:avoid}\
    .faces{display:flex;flex-wrap:wrap;gap:.8rem;margin:.6rem 0;break-inside:avoid}.faces figure{margin:0;width:6rem;font-size:.8rem;text-align:center}\
    .faces img{width:6rem;height:6rem;object-fit:cover;border-radius:.3rem}\
    .note{color:#555;font-size:.85rem}code{font-size:.75rem;word-break:break-all}";

/// The whole page, in Hindi, with the pictures of candidates where there are any.
#[must_use]
pub fn html(report: &Report<'_>, photos: &Photos) -> String {
    let mut page = Page(String::new());
    let header = &report.counted.header;
    page.raw(
        "<!doctype html><html lang=\"hi\"><head><meta charset=\"utf-8\">\
              <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>",
    );
    page.text(&header.question);
    page.raw("</title><style>");
    page.raw(STYLE);
    page.raw("</style></head><body><p>");
    page.text(report.party);
    page.raw("</p>");
    page.element("h1", &header.question);
    page.element("p", &format!("{} · गिनती: {}", report.window, report.printed));
    for words in missing::words(report) {
        page.element("p", &words);
    }
    let who = asked::under_head(report);
    if !who.is_empty() {
        page.element("h2", asked::HEAD);
        for words in who {
            page.element("p", &words);
        }
    }
    turnout(&mut page, report);
    page.element("h2", "गिनती कैसे हुई");
    page.element("p", method_words(report.method()));
    page.element(
        "p",
        &format!(
            "जिस सीट से कम से कम {k} जवाब आए, उसकी पूरी गिनती दी गई है। सीट के भीतर {k} से कम लोगों के किसी समूह की पसंद नहीं बताई जाती, और न ही वह बाकी संख्याओं को घटाकर निकलती है।",
            k = header.rules.threshold
        ),
    );
    page.note(INTERVAL_WORDS);
    for (head, result) in report.seats() {
        seat(&mut page, report, photos, (head, result));
    }
    signals(&mut page, report);
    proof(&mut page, report);
    page.raw("</body></html>\n");
    page.0
}

/// Who answered comes before what they said.
fn turnout(page: &mut Page, report: &Report<'_>) {
    let (mut eligible, mut answered) = (0, 0);
    let mut by_lok_sabha: BTreeMap<u16, (u64, u64)> = BTreeMap::new();
    for (_, result) in report.seats() {
        eligible += result.eligible;
        answered += result.answered;
        for row in &result.turnout {
            let seat = report.geography.assembly(row.assembly);
            let sums = by_lok_sabha.entry(seat.map_or(0, |seat| seat.lok_sabha)).or_default();
            sums.0 += row.eligible;
            sums.1 += row.answered;
        }
    }
    page.element("h2", "कितनों ने जवाब दिया");
    page.element(
        "p",
        &format!(
            "सूची में {} साथी; {} ने जवाब दिया ({}%)।",
            number(eligible),
            number(answered),
            percent(answered, eligible)
        ),
    );
    let share = |seat: u16| {
        let (eligible, answered) = by_lok_sabha.get(&seat).filter(|sums| sums.0 > 0)?;
        let words = format!(
            "{}% ({} / {})",
            percent(*answered, *eligible),
            number(*answered),
            number(*eligible)
        );
        Some((share::as_float(*answered) / share::as_float(*eligible), words))
    };
    // A map of one seat says nothing.
    if by_lok_sabha.len() > 1 {
        page.raw(&tiles("लोकसभा क्षेत्रों में जवाब देने वालों का हिस्सा", report.geography, &share));
        page.note("रंग: 20% से कम, 40% से कम, 60% से कम, 80% से कम, और ज्यादा; खाली: पूछा नहीं गया।");
    }
}

fn seat(
    page: &mut Page,
    report: &Report<'_>,
    photos: &Photos,
    (head, result): (&SeatHead, &SeatResult),
) {
    page.element("h2", &format!("{} {}", head.number, head.name));
    page.element(
        "p",
        &format!(
            "{} में से {} ने जवाब दिया ({}%)।",
            number(result.eligible),
            number(result.answered),
            percent(result.answered, result.eligible)
        ),
    );
    faces(page, photos, head);
    let Some(choices) = &result.choices else {
        page.note("जवाब इतने कम हैं कि क्या चुना गया, यह नहीं बताया जाता।");
        return;
    };
    page.raw("<p class=\"panel\">पैनल: ");
    page.text(&panel_words(head, choices));
    page.raw("</p>");
    let rows = by_count(head, choices, report.counted.header.rules.other);
    let drawn: Vec<Bar<'_>> = rows
        .iter()
        .map(|(name, count, weighted)| {
            let (low, high) = wilson(*count, choices.valid);
            let booths =
                weighted.map(|share| format!(" · हर बूथ बराबर: {share}%")).unwrap_or_default();
            Bar {
                label: name,
                share: if choices.valid == 0 {
                    0.0
                } else {
                    share::as_float(*count) / share::as_float(choices.valid)
                },
                words: format!("{} ({}%){booths}", number(*count), percent(*count, choices.valid)),
                between: (choices.valid > 0).then_some((low, high)),
            }
        })
        .collect();
    page.raw(&bars(&format!("{}: पहली पसंद या समर्थन", head.name), &drawn));
    if let Some(words) = weighted_words(choices) {
        page.note(&words);
    }
    page.element(
        "p",
        &format!(
            "मान्य जवाब {}, नहीं बताया {}, अमान्य {}।",
            number(choices.valid),
            number(choices.refused),
            number(choices.invalid)
        ),
    );
    if let Some(ranked) = &choices.ranked {
        ranking(page, head, choices, ranked);
    }
    breakdown(page, report, head, choices);
    ratings(page, head, choices);
}

/// Who stood on the list, in the order of the file: it says nothing of who was chosen.
fn faces(page: &mut Page, photos: &Photos, head: &SeatHead) {
    let shown = (0_u8..).zip(&head.candidates);
    let shown = shown.filter_map(|(at, name)| Some((photos.of(head.number, at)?, name)));
    let mut is_begun = false;
    for (photo, name) in shown {
        if !std::mem::replace(&mut is_begun, true) {
            page.raw("<div class=\"faces\">");
        }
        page.raw("<figure><img alt=\"\" src=\"");
        page.text(photo);
        page.raw("\">");
        page.element("figcaption", name);
        page.raw("</figure>");
    }
    if is_begun {
        page.raw("</div>");
    }
}

fn ranking(page: &mut Page, head: &SeatHead, choices: &Choices, ranked: &Ranked) {
    page.element("h3", "आमने-सामने: कितनों ने बाईं ओर लिखे नाम को ऊपर लिखे नाम से आगे रखा");
    page.raw("<table><tr><th></th>");
    let names = || (0_u8..).take(choices.chosen.len());
    for other in names() {
        page.cell("th class=\"n\"", "th", candidate(head, other));
    }
    page.raw("</tr>");
    for one in names() {
        page.raw("<tr>");
        page.cell("th", "th", candidate(head, one));
        for other in names() {
            let words = if one == other {
                "–".to_owned()
            } else {
                number(ranked.pairs.preferring(one, other))
            };
            page.cell("td class=\"n\"", "td", &words);
        }
        page.raw("</tr>");
    }
    page.raw("</table>");
    let winner = match ranked.pairs.condorcet_winner() {
        Some(name) => format!("{} हर दूसरे नाम से आमने-सामने आगे हैं।", candidate(head, name)),
        None => {
            "कोई नाम हर दूसरे से आमने-सामने आगे नहीं है; इसलिए सबसे कमजोर बढ़त छोड़कर क्रम बना (शुल्ज की विधि)।"
                .to_owned()
        }
    };
    page.element("p", &winner);
    page.element("h3", "छँटनी");
    page.note(RUN_OFF_WORDS);
    page.element("p", &order_words(head, &ranked.run_off_order));
    if !ranked.run_off.all_ways {
        page.element("p", super::NOT_ALL_WAYS);
    }
    page.raw("<table><tr><th>चरण</th>");
    for name in names() {
        page.cell("th class=\"n\"", "th", candidate(head, name));
    }
    page.raw("<th class=\"n\">किसी का नहीं</th><th>बाहर</th></tr>");
    for (place, round) in (1_u64..).zip(&ranked.run_off.rounds) {
        page.raw("<tr>");
        page.cell("td", "td", &place.to_string());
        for name in names() {
            let count = round.counts.iter().find(|(known, _)| *known == name);
            let words = count.map_or_else(|| "–".to_owned(), |(_, count)| number(*count));
            page.cell("td class=\"n\"", "td", &words);
        }
        page.cell("td class=\"n\"", "td", &number(round.exhausted));
        let out: Vec<&str> = round.out.iter().map(|name| candidate(head, *name)).collect();
        let mut words = out.join(", ");
        if round.tied.len() > 1 {
            let tied: Vec<&str> = round.tied.iter().map(|name| candidate(head, *name)).collect();
            let _ = write!(words, " (बराबर: {}; हर तरह से गिना गया)", tied.join(", "));
        }
        page.cell("td", "td", &words);
        page.raw("</tr>");
    }
    page.raw("</table>");
}

fn breakdown(page: &mut Page, report: &Report<'_>, head: &SeatHead, choices: &Choices) {
    let shown = &choices.breakdown;
    if shown.rows.is_empty() {
        return;
    }
    page.element("h3", "जगह और पद के अनुसार, जितना बताया जा सकता है");
    let has_posts = shown.rows.iter().any(|row| row.post.is_some());
    let has_places = shown.rows.iter().any(|row| row.place.is_some());
    page.raw("<table><tr>");
    if has_places {
        page.raw("<th>जगह</th>");
    }
    if has_posts {
        page.raw("<th>पद</th>");
    }
    page.raw("<th class=\"n\">जवाब</th>");
    for name in &shown.names {
        page.cell("th class=\"n\"", "th", candidate(head, *name));
    }
    page.raw("</tr>");
    for row in &shown.rows {
        page.raw("<tr>");
        let place = match row.place {
            // The assembly seat stands above.
            Some(Place::Sector { assembly, number }) => format!("– {assembly}, सेक्टर {number}"),
            Some(Place::Booth { assembly, number }) => format!("– – {assembly}, बूथ {number}"),
            Some(place) => report.place(place),
            None => String::new(),
        };
        if has_places {
            page.cell("td", "td", &place);
        }
        if has_posts {
            page.cell("td", "td", &row.post.as_deref().map(post_name).unwrap_or_default());
        }
        page.cell("td class=\"n\"", "td", &number(row.ballots));
        for count in &row.counts {
            let words = format!("{} ({}%)", number(*count), percent(*count, row.ballots));
            page.cell("td class=\"n\"", "td", &words);
        }
        page.raw("</tr>");
    }
    page.raw("</table>");
    if has_names_away(choices) {
        page.note(NAMES_AWAY);
    }
}

fn ratings(page: &mut Page, head: &SeatHead, choices: &Choices) {
    if choices.ratings.iter().flatten().all(Option::is_none) {
        return;
    }
    page.element("h3", "अंक, 1 से 5 (औसत; कितनों ने दिए)");
    page.raw("<table><tr><th></th>");
    for aspect in ASPECT_NAMES {
        page.cell("th class=\"n\"", "th", aspect);
    }
    page.raw("</tr>");
    for (name, aspects) in (0_u8..).zip(&choices.ratings) {
        page.raw("<tr>");
        page.cell("th", "th", candidate(head, name));
        for rating in aspects {
            let words = rating.map_or_else(
                || "–".to_owned(),
                |rating| {
                    format!(
                        "{}.{} ({})",
                        rating.tenths / 10,
                        rating.tenths % 10,
                        number(rating.people)
                    )
                },
            );
            page.cell("td class=\"n\"", "td", &words);
        }
        page.raw("</tr>");
    }
    page.raw("</table>");
}

fn signals(page: &mut Page, report: &Report<'_>) {
    page.element("h2", "जाँचने लायक बातें");
    if report.signals.is_empty() {
        page.element("p", "कोई नहीं मिली।");
        return;
    }
    page.note("ये संकेत हैं, फैसला नहीं; इनके कारण कोई जवाब गिनती से नहीं हटाया गया।");
    page.note(FAR_OFF_WORDS);
    page.raw("<ul>");
    for signal in report.signals {
        page.element("li", &report.words(signal));
    }
    page.raw("</ul>");
}

fn proof(page: &mut Page, report: &Report<'_>) {
    page.element("h2", "प्रमाण");
    page.element(
        "p",
        "जिसने जवाब दिया, वह अपनी रसीद छपी हुई सूची में देख सकता है। जिसके पास मुहरबंद लिफाफों की फाइल है, वह बिना कुंजी के जाँच सकता है कि \
         यही लिफाफे गिने गए; कुंजी के साथ वह दोबारा गिन सकता है, और केवल दोबारा गिनने से पता चलता है कि संख्याएँ सही हैं।",
    );
    page.raw("<table>");
    for (words, value) in proofs(report) {
        page.raw("<tr>");
        page.cell("th", "th", words);
        page.raw("<td><code>");
        page.text(&value);
        page.raw("</code></td></tr>");
    }
    page.raw("</table>");
}

/// A page as it grows.
struct Page(String);

impl Page {
    fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    fn text(&mut self, text: &str) {
        self.0.push_str(&escaped(text));
    }

    fn element(&mut self, name: &str, text: &str) {
        self.cell(name, name, text);
    }

    fn note(&mut self, text: &str) {
        self.cell("p class=\"note\"", "p", text);
    }

    fn cell(&mut self, open: &str, close: &str, text: &str) {
        let _ = write!(self.0, "<{open}>{}</{close}>", escaped(text));
    }
}
