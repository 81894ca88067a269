//! What a text costs as SMS: parts of 160 Latin characters, or of 70 with a single Hindi letter. And
//! words under a picture, which hold less than others.

mod term;

use std::collections::HashMap;

use self::term::LongTerms;
use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::definition::{Answer, Ask, Flow, StepKind};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::KindDraft;
use crate::flow::load::Everything;
use crate::flow::polling::RECEIPT;
use crate::flow::sms::sms_size;
use crate::flow::text::Common;
use crate::flow::wording::{LONGEST_QUESTION, english_name};
use crate::geography::Geography;
use crate::locale::{Function, Key, Message, Pattern, Segment, join_and};
use crate::message::Rendering;
use crate::segments::{cheaper, dear_letters};

/// The longest day, its month in words.
const LONGEST_DATE: usize = 15;

/// The longest value a variable may have, in a language.
pub(in crate::flow) struct Longest<'a> {
    flow: &'a Flow,
    flows: &'a [Flow],
    names: LongestNames,
}

/// The longest names of places, by language.
#[derive(Clone)]
pub(in crate::flow) struct LongestNames {
    district: HashMap<Language, String>,
    assembly: HashMap<Language, String>,
    lok_sabha: HashMap<Language, String>,
}

impl LongestNames {
    pub(in crate::flow) fn new(geography: &Geography) -> LongestNames {
        let by_language = |names: &dyn Fn(Language) -> String| -> HashMap<Language, String> {
            Language::ALL.into_iter().map(|language| (language, names(language))).collect()
        };
        let district = by_language(&|language| {
            let names = geography.districts.iter();
            longest_of(names.map(|one| one.name(language)))
        });
        let assembly = by_language(&|language| {
            let names = geography.assemblies.iter();
            longest_of(names.map(|one| one.name(language)))
        });
        let lok_sabha = by_language(&|language| {
            let names = geography.lok_sabha.iter();
            longest_of(names.map(|one| one.name(language)))
        });
        LongestNames { district, assembly, lok_sabha }
    }
}

fn longest_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.max_by_key(|name| name.chars().count()).unwrap_or_default().to_owned()
}

impl<'a> Longest<'a> {
    pub(in crate::flow) fn new(flow: &'a Flow, flows: &'a [Flow], names: &LongestNames) -> Self {
        Longest { flow, flows, names: names.clone() }
    }

    pub(in crate::flow) fn value(&self, name: &str, language: Language) -> String {
        let fill = |count: usize| match language {
            Language::En => "x".repeat(count),
            Language::Hi => "क".repeat(count),
            Language::Ur => "ب".repeat(count),
        };
        let place = |of: &HashMap<Language, String>| of.get(&language).cloned().unwrap_or_default();
        match name {
            "member_number" | "my_code" => "9".repeat(9),
            // Most who hold a post hold one.
            "member_name" | "listed_name" | "my_posts" | "poll_aspects" => fill(30),
            "member_since" | "member_until" => fill(LONGEST_DATE),
            "member_district" => place(&self.names.district),
            "member_seat" | "listed_seat" | "poll_seat" => place(&self.names.assembly),
            "member_booth" | "listed_booth" | "my_count" => "999".to_owned(),
            "ticket" => "9".repeat(10),
            "my_link" => "x".repeat(40),
            "phone_known" | "consent_samvad" | "consent_membership" | "listed" | "poll_several"
            | "poll_many" | "poll_secret" | "poll_may_change" | "poll_answered" | "poll_others" => {
                "yes".to_owned()
            }
            "language_name" => fill(7),
            // A short question and three names; what a poll asks costs what it costs.
            "poll_question" => fill(40),
            "poll_candidates" => fill(60),
            "poll_closes" => fill(LONGEST_DATE + 6),
            "poll_who" | "poll_choice" => fill(20),
            "poll_example" => "1: 5 4 3\n2: 4 4 2".to_owned(),
            "poll_receipt" => RECEIPT.to_owned(),
            "poll_count" => "99,999".to_owned(),
            "poll_head" => "f".repeat(8),
            "poll_method" => "choose_one".to_owned(),
            "poll_number" => "20".to_owned(),
            "channel" => "sms".to_owned(),
            // The names of choices and places, numbers and dates of the answers.
            answer => match self.question(answer) {
                Some(ask) => self.answer(ask, language, &fill),
                None => fill(20),
            },
        }
    }

    /// The question whose answer a variable is, in this flow or another.
    pub(in crate::flow) fn question(&self, name: &str) -> Option<&'a Ask> {
        let own = self.flow.ask_named(name);
        own.or_else(|| self.flows.iter().find_map(|flow| flow.ask_named(name)))
    }

    fn answer(&self, ask: &Ask, language: Language, fill: &dyn Fn(usize) -> String) -> String {
        let place = |of: &HashMap<Language, String>| of.get(&language).cloned().unwrap_or_default();
        if let Some(many) = ask.many() {
            let labels = many.choices.list.iter().map(|choice| choice.label.get(language));
            let mut labels: Vec<&str> = labels.collect();
            labels.sort_by_key(|label| std::cmp::Reverse(label.chars().count()));
            labels.truncate(many.at_most);
            return join_and(&labels, language);
        }
        if let Some(choices) = ask.choices() {
            return longest_of(choices.list.iter().map(|choice| choice.label.get(language)));
        }
        match &ask.answer {
            Answer::Number { to, .. } => {
                let mut digits = String::new();
                crate::locale::grouped(*to, &mut digits);
                digits
            }
            Answer::Year { .. } => "2026".to_owned(),
            Answer::Age { .. } => "110".to_owned(),
            Answer::Booth { to } => to.to_string(),
            Answer::Date { .. } => fill(LONGEST_DATE),
            Answer::PersonName => fill(30),
            Answer::Phone | Answer::OwnPhone => "9".repeat(10),
            Answer::District => place(&self.names.district),
            Answer::Assembly { .. } => place(&self.names.assembly),
            Answer::LokSabha => place(&self.names.lok_sabha),
            Answer::Text | Answer::Message(_) => fill(100),
            _ => fill(20),
        }
    }
}

/// The longest value that went into a text: the variable and its characters.
type Widest = Option<(String, usize)>;

/// The longest form of a text on a channel, and the longest value that went into it.
fn written(
    pattern: &Pattern,
    (language, channel): (Language, Rendering),
    longest: &Longest<'_>,
    out: &mut String,
    widest: &mut Widest,
) {
    let put = |name: &str, value: &str, widest: &mut Widest, out: &mut String| {
        let length = value.chars().count();
        if widest.as_ref().is_none_or(|(_, known)| *known < length) {
            *widest = Some((name.to_owned(), length));
        }
        out.push_str(value);
    };
    for segment in &pattern.segments {
        match segment {
            Segment::Text(text) => out.push_str(text),
            Segment::Variable(name) => {
                put(name, &longest.value(name, language), widest, out);
            }
            Segment::Call { function, variable } => {
                let value = longest.value(variable, language);
                let value = match function {
                    Function::Number => value,
                    Function::Rupees if language == Language::En => format!("Rs {value}"),
                    Function::Rupees => format!("₹{value}"),
                    Function::Date | Function::Day | Function::Weekday => {
                        longest.value("member_since", language)
                    }
                };
                put(variable, &value, widest, out);
            }
            Segment::Select { variable, variants, default } => {
                let of_channel = variable.as_ref() == "channel";
                let wanted = channel.name();
                let for_it = |key: &Key| matches!(key, Key::Word(word) if word.as_ref() == wanted);
                let mut best: Option<(usize, String, Widest)> = None;
                let has_own = variants.iter().any(|(key, _)| for_it(key));
                for (index, (key, inner)) in variants.iter().enumerate() {
                    let taken = if has_own { for_it(key) } else { index == *default };
                    if of_channel && !taken {
                        continue;
                    }
                    let (mut text, mut wide) = (String::new(), widest.clone());
                    written(inner, (language, channel), longest, &mut text, &mut wide);
                    let length = text.encode_utf16().count();
                    if best.as_ref().is_none_or(|(known, ..)| *known < length) {
                        best = Some((length, text, wide));
                    }
                }
                if let Some((_, text, wide)) = best {
                    out.push_str(&text);
                    *widest = wide;
                }
            }
        }
    }
}

/// Tells of every text that needs more parts than the office allows.
pub(in crate::flow) fn parts(all: &Everything<'_>, most: usize, findings: &mut Findings<'_>) {
    let Everything { flows, drafts, texts, common, catalogue, geography } = *all;
    let names = LongestNames::new(geography);
    let mut long_terms = LongTerms::default();
    for (flow, draft) in flows.iter().zip(drafts) {
        let longest = Longest::new(flow, flows, &names);
        for (step, written_step) in flow.steps.iter().zip(&draft.steps) {
            let (id, ask, key) = match (&step.kind, &written_step.kind) {
                (StepKind::Say { text, .. }, KindDraft::Say { text: word, .. })
                | (StepKind::Handoff(text), KindDraft::Handoff(word)) => {
                    (*text, None, word.text.as_str())
                }
                (StepKind::Ask(ask), KindDraft::Ask(asked)) => {
                    (ask.text, Some(ask.as_ref()), asked.message.text.as_str())
                }
                _ => continue,
            };
            let Some(text) = texts.get(id.0) else { continue };
            for language in Language::ALL {
                let book = draft.name.text.as_str();
                let message = catalogue
                    .message(language, book, key)
                    .or_else(|| catalogue.message(language, "common", key));
                let Some(message) = message else { continue };
                let place = Place {
                    file: message.source,
                    start: message.span.start,
                    end: message.span.end,
                };
                if let StepKind::Say { attach: Some(_), .. } = step.kind {
                    under_a_picture(
                        (key, place),
                        text.pattern(language),
                        language,
                        &longest,
                        findings,
                    );
                }
                let mut body = String::new();
                let mut widest = None;
                written(
                    text.pattern(language),
                    (language, Rendering::Sms),
                    &longest,
                    &mut body,
                    &mut widest,
                );
                if language == Language::En {
                    costly_sign(key, message, &body, findings);
                }
                let alone = sms_size(&body).units;
                if let Some(ask) = ask {
                    numbered(ask, common, language, &mut body);
                }
                let size = sms_size(&body);
                let most = message.sms_parts.unwrap_or(most);
                let of_text = (language, book, key);
                if size.parts <= most
                    || long_terms.explain((message, &body), of_text, most, (catalogue, findings))
                {
                    continue;
                }
                // The lines of the choices, where they are the most of it.
                let of_choices = size.units.saturating_sub(alone);
                let choices = ask.and_then(Ask::choices).filter(|_| of_choices > alone);
                let shorter = choices.map_or_else(
                    || "say it shorter".to_owned(),
                    |choices| {
                        format!(
                            "its {} choices take {of_choices} of the characters: shorten those",
                            choices.list.len()
                        )
                    },
                );
                let with_choices = if choices.is_some() { " with its choices" } else { "" };
                let assumed = widest.map_or_else(String::new, |(name, length)| {
                    format!("; its longest variable, `${name}`, is taken as {length} characters")
                });
                let allow = allowance(message, place, size.parts, findings);
                let (place, hint) = match dear(&body) {
                    // A sign or two are the whole matter.
                    Some((sign, cheap, parts)) if parts <= most => (
                        findings.find_after(place, &sign.to_string()),
                        format!("{cheap}: then it needs {parts}; or {allow}"),
                    ),
                    Some((_, cheap, _)) => {
                        (place, format!("{shorter}, and {cheap}; or {allow}{assumed}"))
                    }
                    None => (place, format!("{shorter}; or {allow}{assumed}")),
                };
                findings
                    .error_hint(
                        place,
                        format!(
                            "`{key}`{with_choices} needs {} SMS parts in {} ({} characters, {} a part), {most} are allowed",
                            size.parts,
                            english_name(language),
                            size.units,
                            if size.unicode { 67 } else { 153 }
                        ),
                        hint,
                    )
                    .code(Code::SmsParts);
            }
        }
    }
    long_terms.tell(findings);
}

/// How a text is allowed so many parts; where a comment says so and is not heard, why.
fn allowance(message: &Message, place: Place, parts: usize, findings: &Findings<'_>) -> String {
    let comment = format!("# sms-parts: {parts}");
    if let Some(allowed) = message.sms_parts {
        return format!("the comment above it allows {allowed}: write {comment}");
    }
    let before = findings.source_of(Place { start: 0, end: place.start, ..place });
    let lines = before.lines().enumerate().collect::<Vec<_>>();
    let is_blank = |line: &&(usize, &str)| line.1.trim().is_empty();
    let blank = lines.iter().rev().take_while(is_blank).count();
    let comments = lines.iter().rev().skip(blank).take_while(|(_, line)| line.starts_with('#'));
    let meant = |line: &str| {
        let small = line.to_lowercase().replace(['-', '_', ' '], "");
        small.contains("smsparts") || small.contains("smspart")
    };
    let mut meaning = comments.filter(|(_, line)| meant(line));
    let Some((index, line)) = meaning.next() else {
        return format!("allow this one text more by a comment above it: {comment}");
    };
    let line_number = index + 1;
    let written = line.trim();
    let spelt = line.starts_with("# ") && line.contains("sms-parts:");
    if blank > 0 && spelt {
        return format!(
            "take the blank line out below `{written}` (line {line_number}): a comment belongs to a \
             text that stands right below it"
        );
    }
    format!("write the comment in line {line_number} as {comment}, right above the text")
}

/// A single sign for which the whole SMS is sent in letters of two bytes. A text with letters of
/// another script in it is sent so anyway.
fn costly_sign(key: &str, message: &Message, body: &str, findings: &mut Findings<'_>) {
    let costs = |sign: &char| sms_size(sign.encode_utf8(&mut [0; 4])).unicode;
    let Some(sign) = body.chars().find(costs) else { return };
    if body.chars().filter(costs).any(char::is_alphabetic) {
        return;
    }
    let letters = dear_letters(body);
    let plain = letters.iter().find(|dear| dear.letter == sign).and_then(|dear| dear.instead);
    let place = Place { file: message.source, start: message.span.start, end: message.span.end };
    let place = findings.find_after(place, &sign.to_string());
    let hint = match plain {
        Some("") => "write nothing in its place".to_owned(),
        Some(" ") => "write a plain space in its place".to_owned(),
        Some(plain) => format!("write {plain} in its place"),
        None => {
            "take it out, or keep it for WhatsApp: { $channel -> [sms] … *[other] … }".to_owned()
        }
    };
    findings
        .warn(
            place,
            format!("`{sign}` in `{key}` makes every SMS part hold 70 letters and not 160"),
            hint,
        )
        .code(Code::SmsUnicode);
}

/// What makes parts of 67 characters of those of 153, where other letters say the same.
/// The first such letter, what to write instead, and how many parts are needed then.
fn dear(body: &str) -> Option<(char, String, usize)> {
    let parts = sms_size(&cheaper(body)?).parts;
    let letters = dear_letters(body);
    let written = letters.iter().map(|dear| match dear.instead {
        Some("") | None => format!("leave out U+{:04X}", u32::from(dear.letter)),
        Some(instead) => format!("write `{}` for `{}`", instead.trim(), dear.letter),
    });
    let written: Vec<String> = written.collect();
    Some((letters.first()?.letter, written.join(", "), parts))
}

/// Words under a picture that may grow too long for it: they would then be said without it.
fn under_a_picture(
    (key, place): (&str, Place),
    pattern: &Pattern,
    language: Language,
    longest: &Longest<'_>,
    findings: &mut Findings<'_>,
) {
    let (mut body, mut widest) = (String::new(), None);
    written(pattern, (language, Rendering::Whatsapp), longest, &mut body, &mut widest);
    let length = body.chars().count();
    // Without any variable it is told as too long already.
    if length > LONGEST_QUESTION && pattern.longest_constant() <= LONGEST_QUESTION {
        findings
            .warn(
                place,
                format!(
                    "`{key}` may have {length} characters in {}, {LONGEST_QUESTION} fit under a picture",
                    english_name(language)
                ),
                "say it in fewer words; a longer text comes without its picture",
            )
            .code(Code::TextTooLong);
    }
}

/// The choices of a question as numbered lines, one page of them.
fn numbered(ask: &Ask, common: &Common, language: Language, out: &mut String) {
    let rows = ask.choices().map(|choices| choices.list.as_slice()).unwrap_or_default();
    if !rows.is_empty() {
        out.push('\n');
        out.push_str(common.sms_choose.get(language));
    }
    for (index, choice) in rows.iter().take(10).enumerate() {
        out.push('\n');
        out.push_str(&(index + 1).to_string());
        out.push_str(". ");
        out.push_str(choice.label.get(language));
    }
    if ask.passes_by_zero() {
        out.push_str("\n0. ");
        out.push_str(common.skip.get(language));
    }
}
