//! What a message may have been meant as when it is nothing for sure: a word that works everywhere,
//! ill spelt (`bnd`, `maddad`), or a word another conversation begins with (`sadsya bnna h`). It is
//! always asked, never done.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::Command;
use super::choice::same;
use super::heard::{Heard, Word};
use super::label::Form;
use super::words::{
    ASSENT, BACK, DO, DOUBT, FILLER, GO, HELP, IS, JI, LANGUAGE, MAT, ME, MENU, NO, NOTICE, OR,
    POLITE, QUESTION, RESTART, Roles, SEND, SHOW, WANT, WHY, YES, spellings,
};
use crate::geography::{Sound, clean, fold, similarity};

/// Longer messages tell something else.
const MOST_WORDS: usize = 6;
/// A word this like a command in sound is worth asking about.
const LIKE_COMMAND: f32 = 0.84;
/// A message this like a start word is.
const LIKE_START: f32 = 0.8;
/// A part of a message must be this like it.
const SAME_START: f32 = 0.87;
/// Others this close to the best are offered with it.
const CLEAR: f32 = 0.06;
/// At most so many are offered.
const OFFERED: usize = 3;

/// The words a misspelling is compared with.
#[rustfmt::skip]
const COMMANDS: [(Command, &str); 7] = [
    (Command::Stop, "stop band roko unsubscribe hatao"),
    (Command::Help, "help madad sahayata"),
    (Command::Menu, "menu"),
    (Command::Back, "wapas peeche"),
    (Command::Restart, "restart"),
    (Command::Language, "bhasha language"),
    (Command::Notice, "soochna"),
];

/// Words that sound like a command and are something else: the district of Banda, a person.
const OTHERS: &str = "banda bandi bandar bando bonda mandi बांदा बंदा बंदी बंदर";

/// Whether a command is spelt as the lists have it. Vowels may be long and last letters drawn out
/// (`helpppp`), but a doubled consonant inside is a slip of the finger: `maddad`.
pub(super) fn is_spelt_out(heard: &Heard) -> bool {
    // Attested with a verb ("bnd kro"); alone it may be anything.
    if heard.len() == 1 && matches!(heard.folded(), "bnd" | "stp" | "stap") {
        return false;
    }
    let core = HELP | MENU | BACK | RESTART | LANGUAGE | NOTICE;
    heard.words().filter(|word| word.is(core)).all(|word| {
        !has_double(word.cleaned)
            || listed().contains(word.cleaned)
            || listed().contains(drawn_in(word.cleaned).as_str())
    })
}

fn listed() -> &'static HashSet<String> {
    static LISTED: OnceLock<HashSet<String>> = OnceLock::new();
    LISTED.get_or_init(|| {
        spellings(HELP | MENU | BACK | RESTART | LANGUAGE | NOTICE).map(clean).collect()
    })
}

fn has_double(word: &str) -> bool {
    word.bytes()
        .zip(word.bytes().skip(1))
        .any(|(one, next)| one == next && one.is_ascii_lowercase())
}

/// Runs of three and more, runs of vowels and runs at the end as one letter.
fn drawn_in(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len());
    let mut index = 0;
    while let Some(letter) = letters.get(index) {
        let run = letters.iter().skip(index).take_while(|next| *next == letter).count();
        let is_end = index + run == letters.len();
        let one = run >= 3 || is_end || matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u');
        for _ in 0..if one { 1 } else { run } {
            out.push(*letter);
        }
        index += run;
    }
    out
}

/// The command a whole message may be, ill spelt.
pub(super) fn command(heard: &Heard) -> Option<Command> {
    if heard.len() == 0 || heard.len() > MOST_WORDS {
        return None;
    }
    if let Some(command) = super::command::read(heard) {
        return (!is_spelt_out(heard)).then_some(command);
    }
    if heard.has(NO | MAT | DOUBT | QUESTION | WHY | OR) {
        return None;
    }
    let helpers = JI | POLITE | YES | FILLER | ASSENT | DO | WANT | GO | SHOW | ME | SEND;
    let mut core: Option<Word<'_>> = None;
    for word in heard.words() {
        if word.is(helpers) {
            continue;
        }
        if core.is_some() || !word.is_unknown() {
            return None;
        }
        core = Some(word);
    }
    let core = core?;
    let table = table();
    if table.others.contains(core.folded) {
        return None;
    }
    let said = Sound::of(std::iter::once(core.cleaned));
    if said.letters().len() < 3 {
        return None;
    }
    let mut best: Option<(f32, Command)> = None;
    for (command, sound) in &table.commands {
        let Some(likeness) = similarity(&said, sound, LIKE_COMMAND) else { continue };
        if best.is_none_or(|(known, _)| likeness > known) {
            best = Some((likeness, *command));
        }
    }
    best.map(|(_, command)| command)
}

struct Table {
    commands: Vec<(Command, Sound)>,
    others: HashSet<String>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let commands = COMMANDS.iter().flat_map(|(command, words)| {
            words.split(' ').map(|word| (*command, Sound::of(std::iter::once(word))))
        });
        Table { commands: commands.collect(), others: OTHERS.split(' ').map(fold).collect() }
    })
}

/// A phrase a conversation begins with, made once at load.
#[derive(Clone, Debug)]
pub struct Phrase {
    sound: Sound,
    words: usize,
    /// All its words, as they are compared across scripts.
    forms: Vec<Form>,
}

impl Phrase {
    #[must_use]
    pub fn new(text: &str) -> Phrase {
        let heard = Heard::new(text);
        let kept = core(&heard);
        // A greeting is nothing but manners.
        let words: Vec<&str> =
            if kept.is_empty() { heard.words().map(|word| word.cleaned).collect() } else { kept };
        let forms = heard.words().map(|word| Form::new(&word)).collect();
        Phrase { sound: Sound::of(words.iter().copied()), words: words.len(), forms }
    }
}

/// What a message says besides small words and manners.
fn core(heard: &Heard) -> Vec<&str> {
    let manners: Roles = FILLER | POLITE | JI | YES | IS | ME | WANT | DO;
    heard.words().filter(|word| !word.is(manners)).map(|word| word.cleaned).collect()
}

/// What the phrase stands for that a message is word by word, in another script or another common
/// spelling. `None` also when phrases of two different meanings are.
pub(super) fn said<'p, T: PartialEq>(
    heard: &Heard,
    phrases: impl Iterator<Item = (T, &'p Phrase)>,
) -> Option<T> {
    if heard.len() == 0 || heard.len() > MOST_WORDS {
        return None;
    }
    let forms: Vec<Form> = heard.words().map(|word| Form::new(&word)).collect();
    let mut said = None;
    for (meaning, phrase) in phrases {
        if !same(&phrase.forms, &forms) {
            continue;
        }
        if said.as_ref().is_some_and(|known| *known != meaning) {
            return None;
        }
        said = Some(meaning);
    }
    said
}

/// The phrases a message sounds like, best first, at most three. One word more than the phrase has
/// may stand before or behind it.
pub(super) fn phrases<'p, T: Copy + PartialEq>(
    heard: &Heard,
    phrases: impl Iterator<Item = (T, &'p Phrase)>,
) -> Vec<T> {
    if heard.len() == 0
        || heard.len() > MOST_WORDS
        || heard.has(NO | MAT | DOUBT | QUESTION | WHY | OR)
    {
        return Vec::new();
    }
    let words = core(heard);
    let whole = Sound::of(words.iter().copied());
    // Short words are one letter from many others.
    if whole.letters().len() < 4 {
        return Vec::new();
    }
    let without = |place: usize| {
        let kept = words.iter().enumerate().filter(|(index, _)| *index != place);
        Sound::of(kept.map(|(_, word)| *word))
    };
    let shorter = [without(0), without(words.len().saturating_sub(1))];
    let mut ranked: Vec<(f32, T)> = Vec::new();
    for (meaning, phrase) in phrases {
        let mut likeness = similarity(&whole, &phrase.sound, LIKE_START);
        if likeness.is_none() && words.len() == phrase.words + 1 {
            let near = shorter.iter().filter(|part| part.letters().len() >= 4);
            likeness = near
                .filter_map(|part| similarity(part, &phrase.sound, SAME_START))
                .max_by(f32::total_cmp)
                .map(|likeness| likeness - CLEAR);
        }
        let Some(likeness) = likeness else { continue };
        match ranked.iter_mut().find(|(_, known)| *known == meaning) {
            Some((known, _)) => *known = known.max(likeness),
            None => ranked.push((likeness, meaning)),
        }
    }
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
    let best = ranked.first().map_or(0.0, |(likeness, _)| *likeness);
    ranked
        .into_iter()
        .take_while(|(likeness, _)| best - likeness < CLEAR)
        .take(OFFERED)
        .map(|(_, meaning)| meaning)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_command_is_asked_about_and_never_done() {
        for (text, meant) in [
            ("bnd", Command::Stop),
            ("bend", Command::Stop),
            ("stap", Command::Stop),
            ("maddad", Command::Help),
            ("maddad chahiye", Command::Help),
            ("hellp", Command::Help),
            ("hepl me", Command::Help),
            ("menue", Command::Menu),
            ("vaappas", Command::Back),
            ("bhassha", Command::Language),
            ("restert", Command::Restart),
        ] {
            assert_eq!(super::super::command(text), None, "{text}");
            assert_eq!(command(&Heard::new(text)), Some(meant), "{text}");
        }
    }

    #[test]
    fn a_command_well_spelt_is_done_and_not_asked_about() {
        for text in [
            "बंद",
            "band",
            "band karo",
            "bnd kro",
            "STOP",
            "stoppp",
            "help",
            "helppp",
            "madad",
            "madaad",
            "madat",
            "hlp",
            "menu",
            "back",
            "wapas",
            "waapas",
            "bhasha",
            "bhaasha",
            "soochna",
            "peeche",
        ] {
            assert!(super::super::command(text).is_some(), "{text}");
            assert_eq!(command(&Heard::new(text)), None, "{text}");
        }
    }

    #[test]
    fn what_only_sounds_alike_is_left_alone() {
        for text in [
            "",
            "banda",
            "बांदा",
            "bank",
            "hand",
            "लखनऊ",
            "bijli",
            "25",
            "haan",
            "sunita",
            "maa",
            "madad nahi",
            "bandar",
            "kya band",
            "bijli band hai",
            "sadak",
            "ram",
        ] {
            assert_eq!(command(&Heard::new(text)), None, "{text}");
        }
    }

    #[test]
    fn a_message_near_a_start_word_names_its_flow() {
        let known: Vec<(usize, Phrase)> = [
            (0, "सदस्य"),
            (0, "sadasya banna hai"),
            (0, "join"),
            (1, "शिकायत"),
            (1, "shikayat karni hai"),
            (2, "नमस्ते"),
            (3, "संदेश चालू"),
        ]
        .map(|(flow, text)| (flow, Phrase::new(text)))
        .to_vec();
        let near = |text: &str| {
            phrases(&Heard::new(text), known.iter().map(|(flow, phrase)| (*flow, phrase)))
        };
        for (text, flow) in [
            ("sadsya bnna h", 0),
            ("sadasy banna hai", 0),
            ("mujhe sadasya banna hai ji", 0),
            ("सदश्य", 0),
            ("shikayt", 1),
            ("sikayat karni h", 1),
            ("shikaayat", 1),
            ("sandes chaalu", 3),
            ("sadasya bnaao", 0),
            ("nayi shikayat", 1),
        ] {
            assert_eq!(near(text), [flow], "{text}");
        }
        for text in [
            "",
            "bijli nahi aati",
            "लखनऊ",
            "25",
            "ji",
            "gaon mein sadak kharab hai bahut dino se",
            "ram",
            "kya hai",
        ] {
            assert_eq!(near(text), Vec::<usize>::new(), "{text}");
        }
    }
}
