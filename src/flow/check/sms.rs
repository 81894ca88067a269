//! What a text costs as SMS: parts of 160 Latin characters, or of 70 with a single Hindi letter.

use std::collections::HashMap;

use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::definition::{Answer, Ask, Flow, StepKind};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::KindDraft;
use crate::flow::load::Everything;
use crate::flow::text::Common;
use crate::flow::wording::english_name;
use crate::locale::{Key, Pattern, Segment};

/// Characters of a part, alone and as one of several.
const GSM: (usize, usize) = (160, 153);
const UCS2: (usize, usize) = (70, 67);

/// The alphabet of a plain SMS (GSM 03.38), and what costs two of its places.
const GSM_SIGNS: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                         ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_DOUBLE: &str = "^{}\\[~]|€\u{c}";

/// A text as an SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) struct Size {
    pub(in crate::flow) parts: usize,
    /// Septets, or UTF-16 units.
    pub(in crate::flow) units: usize,
    /// Units of one part of several.
    pub(in crate::flow) each: usize,
}

/// The parts a text needs. A sign of two units is never split over two parts.
pub(in crate::flow) fn size(text: &str) -> Size {
    let gsm = text.chars().all(|sign| GSM_SIGNS.contains(sign) || GSM_DOUBLE.contains(sign));
    let ((one, each), width): ((usize, usize), fn(char) -> usize) = if gsm {
        (GSM, |sign| 1 + usize::from(GSM_DOUBLE.contains(sign)))
    } else {
        (UCS2, char::len_utf16)
    };
    let units = text.chars().map(width).sum();
    if units <= one {
        return Size { parts: 1, units, each };
    }
    let (mut parts, mut filled) = (1, 0);
    for sign in text.chars() {
        let wide = width(sign);
        if filled + wide > each {
            parts += 1;
            filled = 0;
        }
        filled += wide;
    }
    Size { parts, units, each }
}

/// The longest value a variable may have, in a language.
struct Longest<'a> {
    flow: &'a Flow,
    flows: &'a [Flow],
    district: HashMap<Language, String>,
    assembly: HashMap<Language, String>,
    lok_sabha: HashMap<Language, String>,
}

fn longest_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.max_by_key(|name| name.chars().count()).unwrap_or_default().to_owned()
}

impl Longest<'_> {
    fn value(&self, name: &str, language: Language) -> String {
        let fill = |count: usize| match language {
            Language::En => "x".repeat(count),
            Language::Hi => "क".repeat(count),
            Language::Ur => "ب".repeat(count),
        };
        let place = |of: &HashMap<Language, String>| of.get(&language).cloned().unwrap_or_default();
        match name {
            "member_number" | "my_code" => "9".repeat(9),
            "member_name" => fill(30),
            "member_since" | "member_until" => fill(15),
            "member_district" => place(&self.district),
            "member_seat" => place(&self.assembly),
            "member_booth" | "my_count" => "999".to_owned(),
            "ticket" => "9".repeat(10),
            "my_link" => "x".repeat(40),
            "phone_known" | "consent_samvad" | "consent_membership" => "yes".to_owned(),
            "language_name" => fill(7),
            "channel" => "sms".to_owned(),
            answer => match self.question(answer) {
                Some(ask) => self.answer(ask, language, &fill),
                None => fill(20),
            },
        }
    }

    fn question(&self, name: &str) -> Option<&Ask> {
        let own = self.flow.ask_named(name);
        own.or_else(|| self.flows.iter().find_map(|flow| flow.ask_named(name)))
    }

    fn answer(&self, ask: &Ask, language: Language, fill: &dyn Fn(usize) -> String) -> String {
        let place = |of: &HashMap<Language, String>| of.get(&language).cloned().unwrap_or_default();
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
            Answer::PersonName => fill(30),
            Answer::Phone => "9".repeat(10),
            Answer::District => place(&self.district),
            Answer::Assembly { .. } => place(&self.assembly),
            Answer::LokSabha => place(&self.lok_sabha),
            Answer::Text => fill(100),
            _ => fill(20),
        }
    }
}

/// The longest value that went into a text: the variable and its characters.
type Widest = Option<(String, usize)>;

/// The longest form of a text on SMS, and the longest value that went into it.
fn written(
    pattern: &Pattern,
    language: Language,
    longest: &Longest<'_>,
    out: &mut String,
    widest: &mut Widest,
) {
    for segment in &pattern.segments {
        match segment {
            Segment::Text(text) => out.push_str(text),
            Segment::Variable(name) => {
                let value = longest.value(name, language);
                let length = value.chars().count();
                if widest.as_ref().is_none_or(|(_, known)| *known < length) {
                    *widest = Some((name.to_string(), length));
                }
                out.push_str(&value);
            }
            Segment::Select { variable, variants, default } => {
                let of_channel = variable.as_ref() == "channel";
                let for_sms = |key: &Key| matches!(key, Key::Word(word) if word.as_ref() == "sms");
                let mut best: Option<(usize, String, Widest)> = None;
                let has_sms = variants.iter().any(|(key, _)| for_sms(key));
                for (index, (key, inner)) in variants.iter().enumerate() {
                    let taken = if has_sms { for_sms(key) } else { index == *default };
                    if of_channel && !taken {
                        continue;
                    }
                    let (mut text, mut wide) = (String::new(), widest.clone());
                    written(inner, language, longest, &mut text, &mut wide);
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
    let by_language = |names: &dyn Fn(Language) -> String| -> HashMap<Language, String> {
        Language::ALL.into_iter().map(|language| (language, names(language))).collect()
    };
    let latin = |language: Language| language == Language::En;
    let district = by_language(&|language| {
        let names = geography.districts.iter();
        longest_of(names.map(|one| if latin(language) { &*one.name_en } else { &*one.name_hi }))
    });
    let assembly = by_language(&|language| {
        let names = geography.assemblies.iter();
        longest_of(names.map(|one| if latin(language) { &*one.name_en } else { &*one.name_hi }))
    });
    let lok_sabha = by_language(&|language| {
        let names = geography.lok_sabha.iter();
        longest_of(names.map(|one| if latin(language) { &*one.name_en } else { &*one.name_hi }))
    });
    for (flow, draft) in flows.iter().zip(drafts) {
        let longest = Longest {
            flow,
            flows,
            district: district.clone(),
            assembly: assembly.clone(),
            lok_sabha: lok_sabha.clone(),
        };
        for (step, written_step) in flow.steps.iter().zip(&draft.steps) {
            let (id, ask, key) = match (&step.kind, &written_step.kind) {
                (StepKind::Say(id), KindDraft::Say(word)) => (*id, None, word.text.as_str()),
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
                let mut body = String::new();
                let mut widest = None;
                written(text.pattern(language), language, &longest, &mut body, &mut widest);
                if let Some(ask) = ask {
                    numbered(ask, common, language, &mut body);
                }
                let size = size(&body);
                let most = message.sms_parts.unwrap_or(most);
                if size.parts <= most {
                    continue;
                }
                let assumed = widest.map_or_else(String::new, |(name, length)| {
                    format!("; its longest variable, `${name}`, is taken as {length} characters")
                });
                findings
                    .error_hint(
                        Place {
                            file: message.source,
                            start: message.span.start,
                            end: message.span.end,
                        },
                        format!(
                            "`{key}` needs {} SMS parts in {} ({} characters, {} a part), {most} are allowed",
                            size.parts,
                            english_name(language),
                            size.units,
                            size.each
                        ),
                        format!(
                            "say it shorter, or allow this one text more by a comment above it: # sms-parts: {}{assumed}",
                            size.parts
                        ),
                    )
                    .code(Code::SmsParts);
            }
        }
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
    if ask.optional {
        out.push_str("\n0. ");
        out.push_str(common.skip.get(language));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_as_operators_count_them() {
        let parts = |text: &str| size(text).parts;
        assert_eq!(parts(&"x".repeat(160)), 1);
        assert_eq!(parts(&"x".repeat(161)), 2);
        assert_eq!(parts(&"x".repeat(306)), 2);
        assert_eq!(parts(&"x".repeat(307)), 3);
        assert_eq!(parts(&"€".repeat(80)), 1);
        assert_eq!(parts(&"€".repeat(81)), 2);
        assert_eq!(parts(&"क".repeat(70)), 1);
        assert_eq!(parts(&"क".repeat(71)), 2);
        assert_eq!(parts(&"क".repeat(134)), 2);
        assert_eq!(parts(&"क".repeat(135)), 3);
        // One curly quote costs the whole alphabet; a sign of two units is not cut in two.
        assert_eq!(parts(&format!("’{}", "x".repeat(100))), 2);
        assert_eq!(parts(&format!("{}🙏", "क".repeat(66))), 1);
        assert_eq!(parts(&format!("{}🙏{}", "क".repeat(66), "क".repeat(66))), 3);
    }
}
