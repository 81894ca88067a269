//! Lines that begin too far left or right, with a dash or without one.

use super::{Line, Slip, head, spaces_in_words};
use crate::flow::code::Code;

/// Keys of a step.
const OF_A_STEP: [&str; 14] = [
    "say", "ask", "answer", "when", "do", "if", "goto", "call", "switch", "then", "else", "end",
    "optional", "notice",
];

/// Keys that stand at the margin of a flow or a rehearsal.
pub(super) const AT_THE_MARGIN: [&str; 14] = [
    "flow", "about", "start", "steps", "remind", "expires", "rehearse", "channel", "lang",
    "member", "talk", "then", "consents", "posts",
];

/// Keys under which a list stands.
const OF_LISTS: [&str; 12] = [
    "talk", "switch", "words", "choices", "one_of", "any_of", "ranked", "with", "last", "message",
    "withdraw", "consent",
];

pub(super) fn is_of_a_step(key: &str) -> bool {
    OF_A_STEP.contains(&key)
}

/// Keys of steps that stand in a line with the step's name instead of under it.
pub(super) fn beside_its_key(lines: &[Line<'_>]) -> Option<Slip> {
    let written: Vec<&Line<'_>> = lines.iter().filter(|line| !line.is_blank()).collect();
    written.windows(2).find_map(|pair| {
        let [owner, line] = pair else { return None };
        let name = owner.content().strip_suffix(':')?;
        let key = head(line.content());
        (is_of_a_step(key) && owner.indent() == line.indent() && owner.indent() > 0).then(|| {
            Slip::of_line(
                line,
                Code::Indentation,
                format!("`{key}` stands beside `{name}:`, not under it"),
                "begin the line with two spaces more".to_owned(),
            )
        })
    })
}

/// A line further left than those above and below it, which belong together.
pub(super) fn out_of_line(line: Line<'_>, upto: &[Line<'_>], said: &str) -> Option<Slip> {
    if !(said.contains("did not find expected key") || said.contains("mapping values")) {
        return None;
    }
    let mut above = upto.iter().rev().skip(1).filter(|line| !line.is_blank());
    let odd = above.next()?;
    let around = line.indent();
    let mut block = above.take_while(|above| above.indent() >= around);
    if odd.indent() >= around || !block.any(|above| above.indent() == around) {
        return None;
    }
    // The line above is a step like those before it: the one that was stopped at stands too far right.
    let like_others = upto.iter().rev().skip(2).any(|above| {
        !above.is_blank() && above.indent() == odd.indent() && !above.content().starts_with('-')
    });
    let at_home = odd.indent() > 0 || AT_THE_MARGIN.contains(&head(odd.content()));
    if like_others && at_home && !is_of_a_step(head(odd.content())) {
        return Some(Slip::of_line(
            &line,
            Code::Indentation,
            format!(
                "this line begins with {}, `{}` above it with {}",
                spaces_in_words(around),
                head(odd.content()),
                spaces_in_words(odd.indent())
            ),
            format!(
                "begin it with {}, like `{}`, if it belongs beside it",
                spaces_in_words(odd.indent()),
                head(odd.content())
            ),
        ));
    }
    Some(Slip::of_line(
        odd,
        Code::Indentation,
        format!(
            "this line begins with {}, those around it with {}",
            spaces_in_words(odd.indent()),
            spaces_in_words(around)
        ),
        format!("begin it with {}", spaces_in_words(around)),
    ))
}

/// `-me: …` for `- me: …`.
pub(super) fn dash(lines: &[Line<'_>]) -> Option<Slip> {
    lines.iter().find_map(|line| {
        let rest = line.content().strip_prefix('-')?;
        let glued = rest.starts_with(|c: char| c.is_alphabetic());
        glued.then(|| {
            let (start, end) = line.span();
            let word = rest.split([':', ' ']).next().unwrap_or_default();
            Slip {
                start,
                end: end.min(start + 1 + word.len()),
                code: Code::Indentation,
                message: "there is no space after the `-`".to_owned(),
                hint: format!("write `- {rest}`"),
            }
        })
    })
}

/// A list and keys in one block: either a key lacks its dash, or one has a dash too many.
pub(super) fn list_and_keys(at: usize, line: Line<'_>, upto: &[Line<'_>]) -> Slip {
    if line.content().starts_with('-') {
        return indentation(at, line, upto);
    }
    let above = || upto.iter().rev().skip(1).filter(|line| !line.is_blank());
    let block = || above().take_while(|above| above.indent() >= line.indent());
    let dashed: Vec<&Line<'_>> = block()
        .filter(|above| above.indent() == line.indent() && above.content().starts_with("- "))
        .collect();
    let owner = above().find(|above| above.indent() < line.indent());
    let of_list = owner.is_some_and(|owner| OF_LISTS.contains(&head(owner.content())));
    if let ([only], false) = (dashed.as_slice(), of_list)
        && let Some(key) = only.content().strip_prefix("- ")
    {
        return dash_too_many(only, key);
    }
    let key = head(line.content());
    if AT_THE_MARGIN.contains(&key) && line.indent() > 0 {
        return Slip::of_line(
            &line,
            Code::Indentation,
            format!("`{key}` stands among the lines of a list"),
            format!("begin the line at the margin, without spaces: {key}:"),
        );
    }
    Slip::of_line(
        &line,
        Code::MissingDash,
        "this line stands in a list and does not begin with `- `".to_owned(),
        format!("write `- {}`, or move it as far left as the key it belongs to", line.content()),
    )
}

/// Words one below the other under a key of a list, without their dashes.
pub(super) fn words_without_dashes(lines: &[Line<'_>]) -> Option<Slip> {
    let written: Vec<&Line<'_>> = lines.iter().filter(|line| !line.is_blank()).collect();
    written.windows(2).find_map(|pair| {
        let [owner, line] = pair else { return None };
        let key = owner.content().strip_suffix(':')?.trim_start_matches("- ");
        let word = line.content();
        let plain = word.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '_' | ' '));
        let of_a_step = is_of_a_step(word.split(' ').next().unwrap_or_default());
        // These may be names of steps as well.
        let of_list = OF_LISTS.contains(&key) && !matches!(key, "consent" | "message" | "last");
        if !of_list || !plain || of_a_step || line.indent() < owner.indent() {
            return None;
        }
        Some(Slip::of_line(
            line,
            Code::MissingDash,
            format!("each line under `{key}:` begins with a dash"),
            format!("write `- {word}`"),
        ))
    })
}

/// A line whose dash is one too many: the lines beside it have none.
fn dash_too_many(line: &Line<'_>, key: &str) -> Slip {
    Slip::of_line(
        line,
        Code::MissingDash,
        format!("`{}` begins with a dash, and the lines beside it do not", head(key).trim()),
        format!("write `{}` without the `- `", key.trim()),
    )
}

/// `- consent:` among steps.
fn dash_among_keys(line: Line<'_>, upto: &[Line<'_>]) -> Option<Slip> {
    let key = line.content().strip_prefix("- ")?;
    let above = || upto.iter().rev().skip(1).filter(|line| !line.is_blank());
    let owner = above().find(|above| above.indent() < line.indent())?;
    let fellow = above()
        .take_while(|above| above.indent() >= line.indent())
        .any(|above| above.indent() == line.indent() && !above.content().starts_with('-'));
    if !fellow || OF_LISTS.contains(&head(owner.content())) || !key.contains(':') {
        return None;
    }
    Some(dash_too_many(&line, key))
}

/// A line above that began at the margin and belongs to the block this line goes on with.
fn at_the_margin(line: Line<'_>, upto: &[Line<'_>]) -> Option<Slip> {
    let above = || upto.iter().rev().skip(1).filter(|line| !line.is_blank());
    let odd = above().find(|above| above.indent() < line.indent())?;
    let name = head(odd.content());
    let fellow = above()
        .skip_while(|above| above.start >= odd.start)
        .find(|above| above.indent() == line.indent())?;
    if odd.indent() > 0 || AT_THE_MARGIN.contains(&name) {
        return None;
    }
    Some(Slip::of_line(
        odd,
        Code::Indentation,
        format!(
            "`{name}` begins at the margin, the lines beside it with {}",
            spaces_in_words(line.indent())
        ),
        format!(
            "begin it with {}, like `{}`",
            spaces_in_words(line.indent()),
            head(fellow.content())
        ),
    ))
}

/// A line that fits none of the blocks that are open above it.
pub(super) fn indentation(at: usize, line: Line<'_>, upto: &[Line<'_>]) -> Slip {
    let (start, end) = line.span();
    if let Some(slip) = dash_among_keys(line, upto) {
        return slip;
    }
    let rest = line.text.get(at.saturating_sub(line.start)..).unwrap_or_default().trim();
    if at > start && !rest.is_empty() && !rest.contains(char::is_alphanumeric) {
        return Slip {
            start: at,
            end: at + rest.len(),
            code: Code::YamlSyntax,
            message: format!("`{rest}` ends no line here"),
            hint: "remove it".to_owned(),
        };
    }
    if at > start {
        return Slip {
            start: at,
            end: end.max(at + 1),
            code: Code::YamlSyntax,
            message: "the line goes on after its value has ended".to_owned(),
            hint: "put a comma and a key before it inside the brackets, or remove it".to_owned(),
        };
    }
    if let Some(slip) = at_the_margin(line, upto) {
        return slip;
    }
    if line.content().starts_with("- ") {
        let list = upto
            .iter()
            .rev()
            .skip(1)
            .find(|above| above.content().starts_with("- ") && above.indent() != line.indent());
        if let Some(list) = list {
            return Slip::of_line(
                &line,
                Code::Indentation,
                format!(
                    "this line begins with {}, the list above it with {}",
                    spaces_in_words(line.indent()),
                    spaces_in_words(list.indent())
                ),
                format!("begin it with {}", spaces_in_words(list.indent())),
            );
        }
        return Slip::of_line(
            &line,
            Code::Indentation,
            "a line of a list stands among keys".to_owned(),
            "move it two spaces to the right, under the key whose list it is".to_owned(),
        );
    }
    let indent = line.indent();
    // The indents of the blocks that enclose this line, innermost first.
    let mut open: Vec<(usize, &str)> = Vec::new();
    let mut least = usize::MAX;
    for above in upto.iter().rev().skip(1).filter(|line| !line.is_blank()) {
        if above.indent() < least {
            least = above.indent();
            open.push((least, head(above.content())));
        }
    }
    let near = open.iter().min_by_key(|(other, _)| other.abs_diff(indent)).copied();
    let hint = match near {
        Some((spaces, like)) if spaces != indent => {
            format!("begin it with {}, like `{like}`", spaces_in_words(spaces))
        }
        _ => "begin lines that belong together with the same number of spaces".to_owned(),
    };
    let message = format!("no line above begins with {}", spaces_in_words(indent));
    Slip::of_line(&line, Code::Indentation, message, hint)
}
