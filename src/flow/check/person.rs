//! The person of a rehearsal, and what must be true of them at its end: districts, seats, posts,
//! consents, days and yes or no, each as it is spelt.

use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, did_you_mean, one_of_these};
use crate::flow::draft::{get, word};
use crate::flow::posts::{self, Post};
use crate::flow::yaml::{Kind, Node, Word};
use crate::geography::Geography;
use crate::message::Purpose;
use crate::understanding;

/// What stands at the head of a rehearsal about the person.
pub(super) fn head(entries: &[(Word, Node)], geography: &Geography, findings: &mut Findings<'_>) {
    if let Some(Node { kind: Kind::Map(details), .. }) = get(entries, "member") {
        member(details, geography, findings);
    }
    if let Some(Node { kind: Kind::Map(consents), .. }) = get(entries, "consents") {
        purposes(consents, findings);
    }
    if let Some(node) = get(entries, "phone") {
        yes_or_no(node, "phone", findings);
    }
    if let Some(Node { kind: Kind::List(items), .. }) = get(entries, "posts") {
        for item in items {
            if let Some(post) = word(item, "a post", findings) {
                self::post(&post, findings);
            }
        }
    }
    if let Some(node) = get(entries, "brought") {
        number(node, "`brought`", 0, i64::from(u32::MAX), findings);
    }
}

/// What must be true of the person at the end.
pub(super) fn then(entries: &[(Word, Node)], geography: &Geography, findings: &mut Findings<'_>) {
    match get(entries, "member") {
        Some(Node { kind: Kind::Map(details), .. }) => member(details, geography, findings),
        Some(node) => {
            if let Some(found) = node.word()
                && !matches!(found.text.as_str(), "none" | "true" | "some")
            {
                findings
                    .error_hint(
                        found.place,
                        format!("`{}` says nothing of a member", found.text),
                        "write `member: none`, or what is kept: member: {name: …, seat: 173}",
                    )
                    .code(Code::UnknownWord);
            }
        }
        None => {}
    }
    if let Some(Node { kind: Kind::Map(consents), .. }) = get(entries, "consents") {
        purposes(consents, findings);
    }
    if let Some(node) = get(entries, "handed_over") {
        yes_or_no(node, "handed_over", findings);
    }
    if let Some(found) = get(entries, "language").and_then(Node::word) {
        let codes = Language::ALL.map(Language::code);
        if !codes.contains(&found.text.as_str()) {
            findings
                .error_hint(
                    found.place,
                    format!("there is no language `{}`", found.text),
                    one_of_these(&found.text, codes),
                )
                .code(Code::UnknownWord);
        }
    }
}

fn member(details: &[(Word, Node)], geography: &Geography, findings: &mut Findings<'_>) {
    let mut of_district: Option<(String, String)> = None;
    if let Some(named) = get(details, "district").and_then(Node::word)
        && named.text != "none"
    {
        of_district = district(&named, geography, findings);
    }
    if let Some(node) = get(details, "seat") {
        seat(node, of_district.as_ref(), geography, findings);
    }
    if let Some(node) = get(details, "booth")
        && node.word().is_none_or(|found| found.text != "none")
    {
        number(node, "`booth`", 1, 9_999, findings);
    }
    if let Some(found) = get(details, "until").and_then(Node::word)
        && found.text != "none"
        && found.text.parse::<jiff::civil::Date>().is_err()
    {
        findings
            .error_hint(
                found.place,
                format!("`{}` is no day", found.text),
                "the year first, then month and day: 2027-12-31",
            )
            .code(Code::BadDuration);
    }
}

/// The code and the name of a district that is spelt as it is called.
fn district(
    named: &Word,
    geography: &Geography,
    findings: &mut Findings<'_>,
) -> Option<(String, String)> {
    let folded = understanding::fold(&named.text);
    let called = |name: &str| !name.is_empty() && understanding::fold(name) == folded;
    let found = geography.districts.iter().find(|district| {
        district.code == named.text
            || called(&district.name_en)
            || called(&district.name_hi)
            || called(&district.name_ur)
            || district.others.iter().any(|other| called(other))
    });
    if let Some(district) = found {
        return Some((district.code.clone(), district.name_en.clone()));
    }
    let names: Vec<String> =
        geography.districts.iter().map(|district| district.name_en.to_lowercase()).collect();
    let small = named.text.to_lowercase();
    let hint = did_you_mean(&small, names.iter().map(String::as_str)).unwrap_or_else(|| {
        "a district of Uttar Pradesh by its name or number: lucknow, बरेली, 157".to_owned()
    });
    findings
        .error_hint(named.place, format!("there is no district `{}`", named.text), hint)
        .code(Code::UnknownWord);
    None
}

fn seat(
    node: &Node,
    of_district: Option<&(String, String)>,
    geography: &Geography,
    findings: &mut Findings<'_>,
) {
    let Some(seat) = number(node, "`seat`", 1, 403, findings) else { return };
    let Some((code, district)) = of_district else { return };
    let found = u16::try_from(seat).ok().and_then(|seat| geography.assembly(seat));
    let Some(assembly) = found.filter(|assembly| assembly.district_code != *code) else { return };
    let theirs: Vec<String> = geography
        .assemblies
        .iter()
        .filter(|assembly| assembly.district_code == *code)
        .map(|assembly| assembly.number.to_string())
        .collect();
    findings
        .error_hint(
            node.place,
            format!("seat {seat}, {}, is not in {district}", assembly.name_en),
            format!("the seats of {district} are {}", theirs.join(", ")),
        )
        .code(Code::UnknownWord);
}

fn number(node: &Node, what: &str, from: i64, to: i64, findings: &mut Findings<'_>) -> Option<i64> {
    let found = word(node, what, findings)?;
    let number = found.text.parse::<i64>().ok().filter(|number| (from..=to).contains(number));
    if number.is_none() {
        let hint = if to > 1_000_000 {
            "a whole number in digits".to_owned()
        } else {
            format!("a whole number from {from} to {to}")
        };
        findings
            .error_hint(found.place, format!("{what} cannot be `{}`", found.text), hint)
            .code(Code::BadNumber);
    }
    number
}

fn purposes(consents: &[(Word, Node)], findings: &mut Findings<'_>) {
    for (name, value) in consents {
        if Purpose::ALL.into_iter().all(|purpose| purpose.name() != name.text) {
            findings
                .error_hint(
                    name.place,
                    format!("there is no purpose `{}`", name.text),
                    one_of_these(&name.text, Purpose::ALL.map(Purpose::name)),
                )
                .code(Code::UnknownWord);
        }
        yes_or_no(value, &name.text, findings);
    }
}

fn yes_or_no(node: &Node, name: &str, findings: &mut Findings<'_>) {
    let Some(found) = node.word() else { return };
    if !matches!(found.text.as_str(), "true" | "false") {
        let no = matches!(found.text.to_lowercase().as_str(), "no" | "false" | "off" | "नहीं" | "0");
        findings
            .error_hint(
                found.place,
                format!("`{name}` is `true` or `false`, not `{}`", found.text),
                format!("write `{name}: {}`", !no),
            )
            .code(Code::WrongType);
    }
}

/// A post nobody holds; one that is like none of ours may be the office's own.
fn post(post: &Word, findings: &mut Findings<'_>) {
    match posts::post(&post.text) {
        None => {}
        Some(Post::Meant(near)) => findings
            .error_hint(
                post.place,
                format!("nobody holds the post `{}`", post.text),
                format!("did you mean `{near}`?"),
            )
            .code(Code::UnknownWord),
        Some(Post::Unknown(hint)) => findings
            .warn(
                post.place,
                format!("there is no post `{}`, unless the office has it of its own", post.text),
                hint,
            )
            .code(Code::UnknownWord),
    }
}
