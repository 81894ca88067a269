//! Whatever becomes of a file, reading it never panics: every shipped file is cut, shuffled and
//! sprinkled with strange bytes, and every finding can still be drawn.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::fixture::geography;
use super::*;

/// A small generator of our own (SplitMix64), so that a seed gives the same files for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let roll = (mixed ^ (mixed >> 31)) % u64::try_from(below.max(1)).unwrap();
        usize::try_from(roll).unwrap()
    }
}

/// What editors, hurry and bad disks put into files.
const STRANGE: [&[u8]; 22] = [
    b"\t",
    b"\xff",
    b"\0",
    b"{",
    b"}",
    b"[",
    b"]",
    b": ",
    b":",
    b"- ",
    b"'",
    b"\"",
    b"\r\n",
    b"#",
    "“".as_bytes(),
    "\u{feff}".as_bytes(),
    "क्ष".as_bytes(),
    b"&a",
    b"*a",
    b"!",
    b"|",
    b"\n\n   ",
];

/// The file with one thing done to it.
fn mutated(text: &str, dice: &mut Dice) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    match dice.roll(6) {
        0 => bytes.truncate(dice.roll(bytes.len())),
        1 => {
            let mut kept = lines;
            kept.remove(dice.roll(kept.len()));
            bytes = kept.concat().into_bytes();
        }
        2 => {
            let mut swapped = lines;
            let (one, other) = (dice.roll(swapped.len()), dice.roll(swapped.len()));
            swapped.swap(one, other);
            bytes = swapped.concat().into_bytes();
        }
        3 => {
            let mut doubled = lines;
            let line = doubled[dice.roll(doubled.len())];
            doubled.insert(dice.roll(doubled.len()), line);
            bytes = doubled.concat().into_bytes();
        }
        4 => {
            let at = dice.roll(bytes.len());
            let strange = STRANGE[dice.roll(STRANGE.len())];
            bytes.splice(at..at, strange.iter().copied());
        }
        _ => {
            let from = dice.roll(bytes.len());
            let to = (from + 1 + dice.roll(12)).min(bytes.len());
            bytes.drain(from..to);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads everything and draws what is found; the assertion is that it comes back.
fn survive(sources: &Sources) {
    let found = match prove(sources, geography(), Rules::default()) {
        Ok(flows) => {
            for file in sources.rehearsals() {
                let _report = rehearse(&flows, file).to_string();
            }
            flows.warnings().to_vec()
        }
        Err(found) => {
            assert!(found.iter().any(|finding| finding.severity == Severity::Error));
            found
        }
    };
    for finding in found {
        let drawn = finding.to_string();
        assert!(drawn.contains(finding.code.name()), "{drawn}");
        assert!(finding.line >= 1 && finding.column >= 1, "{drawn}");
        assert!(finding.span.end <= finding.text.len(), "{drawn}");
    }
}

#[test]
fn no_mutation_of_a_shipped_file_makes_the_check_panic() {
    let shipped = crate::serve::read_sources(None, None).unwrap();
    // Rehearsals are read alone: what is wrong in one does not touch the others.
    let each: usize = if std::env::var_os("LONG_TESTS").is_some() { 60 } else { 3 };
    let mut dice = Dice(20_261_121);
    for index in 0..shipped.files.len() {
        let rehearsal = shipped.files[index].path.contains("/rehearsals/");
        for _ in 0..if rehearsal { each.div_ceil(4) } else { each } {
            let mut sources = shipped.clone();
            sources.files.retain(|file| {
                !file.path.contains("/rehearsals/") || file.path == shipped.files[index].path
            });
            let path = &shipped.files[index].path;
            let file = sources.files.iter_mut().find(|file| file.path == *path).unwrap();
            file.text = mutated(&shipped.files[index].text, &mut dice);
            survive(&sources);
        }
    }
}

#[test]
fn no_mutation_of_the_configuration_makes_the_check_panic() {
    let mut dice = Dice(4);
    let rounds = if std::env::var_os("LONG_TESTS").is_some() { 5_000 } else { 200 };
    for _ in 0..rounds {
        let text = mutated(crate::config::DEFAULTS, &mut dice);
        let file = SourceFile { path: "samvad.toml".to_owned(), text: text.clone() };
        for problem in crate::config::examine(std::path::Path::new("samvad.toml"), &text) {
            let finding = at(
                &file,
                Severity::Error,
                Code::ConfigValue,
                problem.span,
                problem.message,
                problem.hint,
            );
            assert!(!finding.to_string().is_empty());
        }
    }
}

/// A fixture office with one flow, text or rehearsal of these words beside it.
fn beside(path: &str, text: String) -> Sources {
    let mut office = super::fixture::sources();
    office.files.push(SourceFile { path: path.to_owned(), text });
    office
}

/// Lines as flows have them, in any order and depth.
fn lines() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("flow"),
        Just("steps"),
        Just("say"),
        Just("ask"),
        Just("answer"),
        Just("when"),
        Just("goto"),
        Just("end"),
        Just("if"),
        Just("then"),
        Just("switch"),
        Just("start"),
        Just("words"),
        Just("talk"),
        Just("me"),
        Just("bot"),
        Just("हाँ"),
        Just("a"),
        Just("true"),
        Just("{one_of: [a, b]}"),
        Just("'x == 1'"),
        Just("[a"),
        Just("{"),
        Just("“"),
        Just("- "),
    ];
    let line = (0usize..6, word.clone(), any::<bool>(), proptest::option::of(word)).prop_map(
        |(indent, key, colon, value)| {
            let colon = if colon { ": " } else { "" };
            format!("{}{key}{colon}{}\n", " ".repeat(indent), value.unwrap_or_default())
        },
    );
    proptest::collection::vec(line, 0..14).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if std::env::var_os("LONG_TESTS").is_some() { 4_000 } else { 120 },
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_words_at_all_can_stand_in_a_file(text in "\\PC{0,200}") {
        survive(&beside("flows/any.yaml", text.clone()));
        survive(&beside("locales/hi/any.ftl", text));
    }

    #[test]
    fn any_lines_of_a_flow_in_any_order_can_stand_in_a_file(text in lines()) {
        survive(&beside("flows/any.yaml", text.clone()));
        survive(&beside("flows/rehearsals/any.yaml", text));
    }
}

/// A flow of so many steps: questions, sayings, turn-offs and conditions, one after the other.
fn long(steps: usize) -> Sources {
    let mut flow = String::from("flow: long\nsteps:\n");
    let mut texts = String::new();
    for index in 0..steps {
        let next = (index + 7) % steps;
        let line = match index % 4 {
            0 => format!("  s{index}: {{ask: q{index}, answer: {{number: {{from: 1, to: 9}}}}}}\n"),
            1 => format!("  s{index}: {{say: q{index}}}\n"),
            2 => format!(
                "  s{index}: {{ask: q{index}, answer: {{one_of: [a, b]}}, when: {{a: s{next}}}}}\n"
            ),
            _ => format!("  s{index}: {{if: member, then: s{next}}}\n"),
        };
        flow.push_str(&line);
        if index % 4 == 3 {
            continue;
        }
        let shown = index / 4 * 4;
        let _ = writeln!(texts, "q{index} = Text {index} {{ $s{shown} }}");
        if index % 4 == 2 {
            texts.push_str("    .a = One\n    .b = Two\n");
        }
    }
    flow.push_str("  done: {end: true}\n");
    let mut office = super::fixture::sources();
    office.files.push(SourceFile { path: "flows/long.yaml".to_owned(), text: flow });
    for language in ["hi", "en"] {
        let path = format!("locales/{language}/long.ftl");
        office.files.push(SourceFile { path, text: texts.clone() });
    }
    office
}

/// How fast is for `benches/`; here only that neither the walks nor the stack mind.
#[test]
fn a_flow_of_thousands_of_steps_loads() {
    for steps in [500, 4_000] {
        let loaded = load(&long(steps), geography());
        assert!(loaded.is_ok(), "{}", super::fixture::drawn(&loaded.unwrap_err()));
    }
}
