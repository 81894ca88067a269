//! What single texts, labels, names and patterns ask for.

mod soft;

use regex::Regex;
use std::collections::HashSet;

use super::lists::{LISTS, SPELT, plain};
use super::{Forbidden, Found};

/// The words of a text in their plain form, each with how it stands there.
struct Words<'a>(Vec<(String, &'a str)>);

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Words<'a> {
        let words = text
            .split(|sign: char| sign.is_whitespace() || is_mark(sign))
            .filter(|word| !word.is_empty());
        let words: Vec<(String, &str)> = words.map(|word| (plain(word), word)).collect();
        Words(joined(&words))
    }

    fn at(&self, index: usize) -> &str {
        self.0.get(index).map_or("", |(word, _)| word.as_str())
    }

    fn has(&self, list: &HashSet<String>) -> bool {
        self.0.iter().any(|(word, _)| list.contains(word))
    }

    /// Whether one of a list stands among the next few words.
    fn near(&self, index: usize, few: usize, list: &HashSet<String>) -> bool {
        self.0.iter().skip(index + 1).take(few).any(|(word, _)| list.contains(word))
    }

    fn before(&self, index: usize, few: usize, list: &HashSet<String>) -> bool {
        self.0.iter().take(index).rev().take(few).any(|(word, _)| list.contains(word))
    }

    /// Where words of a list stand that are no part of a name: `ठाकुर जी`, `Hindu College`.
    fn named(&self, list: &HashSet<String>) -> Vec<usize> {
        (0..self.0.len())
            .filter(|index| {
                list.contains(self.at(*index))
                    && !LISTS.honorifics.contains(self.at(index + 1))
                    && !LISTS.things.contains(self.at(index + 1))
            })
            .collect()
    }
}

/// The same words where a short name that is written letter by letter is one: `आई डी`, `آئی ڈی`, `O T P`.
fn joined<'a>(words: &[(String, &'a str)]) -> Vec<(String, &'a str)> {
    let mut whole: Vec<(String, &'a str)> = Vec::with_capacity(words.len());
    let mut rest = words;
    while let Some(((first, written), behind)) = rest.split_first() {
        let letters = |short: &&(Vec<String>, String)| {
            let (letters, _) = short;
            rest.len() >= letters.len()
                && letters.iter().zip(rest).all(|(letter, (word, _))| letter == word)
        };
        if let Some((letters, name)) = SPELT.iter().find(letters) {
            whole.push((name.clone(), written));
            rest = rest.get(letters.len()..).unwrap_or_default();
        } else {
            whole.push((first.clone(), written));
            rest = behind;
        }
    }
    whole
}

const fn is_mark(sign: char) -> bool {
    matches!(
        sign,
        ',' | ';'
            | ':'
            | '('
            | ')'
            | '"'
            | '“'
            | '”'
            | '‘'
            | '.'
            | '/'
            | '-'
            | '–'
            | '—'
            | '।'
            | '?'
            | '!'
            | '؟'
            | '۔'
            | '،'
            | '*'
            | '_'
            | '|'
            | '•'
    )
}

/// How a text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A question whose answer is kept.
    Asked,
    /// Something said, which asks only where it tells somebody to give it, or is a question itself.
    Told,
}

/// What a text asks for. A sentence that says what is *not* asked is no question.
pub(super) fn in_text(text: &str, said: Said) -> Option<Found> {
    // `न.` and `नं.` are short for a number, and no `do not`.
    let spelt = text.replace(" न. ", " नंबर ");
    let mut rest = spelt.as_str();
    while !rest.is_empty() {
        let (sentence, after) = rest.split_at(end_of_sentence(rest));
        rest = after;
        if let Some(found) = in_sentence(sentence, said) {
            return Some(found);
        }
    }
    None
}

/// Where the first sentence of a text ends. A full stop ends one behind a whole word: `no.` is none.
fn end_of_sentence(text: &str) -> usize {
    let mut letters = 0_usize;
    for (at, sign) in text.char_indices() {
        let behind = at + sign.len_utf8();
        let stops = match sign {
            '।' | '?' | '!' | '\n' | '؟' | '۔' => true,
            '.' => {
                letters > 2
                    && text
                        .get(behind..)
                        .is_none_or(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
            }
            _ => false,
        };
        if stops {
            return behind;
        }
        letters = if sign.is_alphanumeric() { letters + 1 } else { 0 };
    }
    text.len()
}

fn in_sentence(sentence: &str, said: Said) -> Option<Found> {
    let words = Words::of(sentence);
    let asks = sentence.ends_with(['?', '؟']);
    if is_denied(sentence, &words, asks) {
        return None;
    }
    if said == Said::Told && !asks && !words.has(&LISTS.requests) {
        return None;
    }
    let found = identity(&words).or_else(|| belonging(&words, asks))?;
    // `अपने वोटर कार्ड से मतदान करें` tells of a card; only its number is asked for.
    let tells = said == Said::Told && !asks && matches!(found.what, Forbidden::Identity(_));
    if tells && !request_of(sentence) {
        return None;
    }
    Some(found)
}

/// Whether a part of a sentence tells somebody to give such a number.
fn request_of(sentence: &str) -> bool {
    let words = Words::of(sentence);
    identity(&words).is_some() && words.has(&LISTS.requests)
}

/// `हम आधार नंबर नहीं माँगते`, `never share your OTP`; not `आधार नंबर भेजना न भूलें`, and not
/// `send your Aadhaar number, don't worry`.
fn is_denied(sentence: &str, words: &Words<'_>, asks: bool) -> bool {
    if !denies(words) || words.has(&LISTS.forgetting) {
        return false;
    }
    if asks && !words.has(&LISTS.collecting) {
        return false;
    }
    let clauses = sentence.split([',', ';', '،', '–', '—']);
    !clauses.map(Words::of).any(|clause| {
        let names = identity(&clause).is_some() || belonging(&clause, asks).is_some();
        names && clause.has(&LISTS.requests) && !denies(&clause)
    })
}

/// Whether something is denied: `नहीं`, `never`, `न दें`, `no Aadhaar`. A `no` or `न` elsewhere is a number.
fn denies(words: &Words<'_>) -> bool {
    words.has(&LISTS.denials)
        || words.0.iter().enumerate().any(|(index, (word, _))| {
            let next = words.at(index + 1);
            match word.as_str() {
                "न" | "na" => LISTS.requests.contains(next) || LISTS.collecting.contains(next),
                "no" => [&LISTS.aadhaar, &LISTS.caste, &LISTS.religion, &LISTS.bank]
                    .into_iter()
                    .any(|list| list.contains(next)),
                _ => false,
            }
        })
}

/// Numbers of identity documents and accounts, and what protects an account.
fn identity(words: &Words<'_>) -> Option<Found> {
    for (index, (word, written)) in words.0.iter().enumerate() {
        let found =
            |what| Some(Found { what: Forbidden::Identity(what), word: (*written).to_owned() });
        let next = words.at(index + 1);
        // Whether somebody has the card is no number.
        let only_having = words.has(&LISTS.having) && !words.near(index, 3, &LISTS.numbers);
        if LISTS.aadhaar.contains(word) {
            let numbered = words.near(index, 3, &LISTS.number_words);
            let basis = !numbered
                && (LISTS.basis.contains(next) || words.before(index, 1, &LISTS.basis_before));
            if !basis && !only_having {
                return found("an Aadhaar number");
            }
        }
        let pan = matches!(word.as_str(), "pan" | "पैन" | "پین");
        if pan && !only_having && words.near(index, 3, &LISTS.cards) {
            return found("a PAN");
        }
        let epic = matches!(word.as_str(), "epic" | "एपिक" | "ईपिक" | "इपिक" | "ایپک");
        let voter = LISTS.voter.contains(word) && words.near(index, 3, &LISTS.document);
        if (epic || voter) && !only_having {
            return found("a voter card number");
        }
        let paper = LISTS.papers.contains(word);
        if paper && words.near(index, 3, &LISTS.numbers) {
            return found("the number of an identity document");
        }
        let account = LISTS.accounts.contains(word);
        let bank = LISTS.bank.contains(word);
        if account && words.near(index, 3, &LISTS.numbers)
            || bank && words.near(index, 3, &LISTS.bank_details)
            || word == "ifsc"
        {
            return found("an account number");
        }
        let card = LISTS.payment_cards.contains(word);
        let secret = LISTS.secrets.contains(word);
        let pin = matches!(word.as_str(), "pin" | "पिन" | "پن")
            && words
                .0
                .iter()
                .take(index)
                .any(|(known, _)| matches!(known.as_str(), "upi" | "atm" | "यूपीआई" | "एटीएम"));
        if secret || pin || (card && words.near(index, 3, &LISTS.numbers)) {
            return found("a password or the number of a card");
        }
    }
    soft::account(words).or_else(|| soft::identity(words))
}

/// Religion, caste and community, by their names or by what they are called.
fn belonging(words: &Words<'_>, asks: bool) -> Option<Found> {
    for (index, (word, written)) in words.0.iter().enumerate() {
        let found =
            |what| Some(Found { what: Forbidden::Religion(what), word: (*written).to_owned() });
        if LISTS.things.contains(words.at(index + 1)) {
            continue;
        }
        let what = if LISTS.religion.contains(word) {
            "a person's religion"
        } else if LISTS.caste.contains(word) {
            "a person's caste"
        } else if LISTS.community.contains(word) {
            "a person's community"
        } else {
            continue;
        };
        let of_everybody = words.before(index, 4, &LISTS.everybody) && !words.has(&LISTS.which);
        let of_the_world = words.near(index, 6, &LISTS.matters);
        let on_grounds_of =
            words.near(index, 5, &LISTS.aadhaar) && words.near(index, 6, &LISTS.basis);
        // `The community meets on Sunday` is about nobody's.
        let about_a_person = !LISTS.community.contains(word)
            || ((asks || words.has(&LISTS.requests))
                && (words.has(&LISTS.person) || words.has(&LISTS.asking)));
        if !of_everybody && !of_the_world && !on_grounds_of && about_a_person {
            return found(what);
        }
    }
    groups(words, asks).or_else(|| soft::belonging(words, asks))
}

/// `Are you Hindu or Muslim?`, `SC, ST, OBC or general?`.
fn groups(words: &Words<'_>, asks: bool) -> Option<Found> {
    if words.has(&LISTS.matters) {
        return None;
    }
    let faiths = words.named(&LISTS.faiths);
    let castes = words.named(&LISTS.castes);
    let surnames = words.named(&LISTS.surnames);
    let short = words.named(&LISTS.short);
    let named = faiths.len() + castes.len();
    let personal = words.has(&LISTS.person) || words.has(&LISTS.which);
    let of_everybody = |list: &[usize]| {
        list.first().is_some_and(|index| words.before(*index, 2, &LISTS.everybody))
    };
    let asked_for = asks || words.has(&LISTS.requests);
    let several = asked_for
        && (named + surnames.len() >= 2 && (named > 0 || personal)
            || named + short.len() >= 2 && (named > 0 || sc_and_st(words)));
    let one = asked_for && personal && (named == 1 || !short_of_kind(words).is_empty());
    let prays = asked_for
        && words.named(&LISTS.worship).len() >= 2
        && words.has(&LISTS.worshipping)
        && words.has(&LISTS.person);
    let first = [&faiths, &castes, &surnames, &short, &words.named(&LISTS.worship)]
        .into_iter()
        .find_map(|list| list.first().copied());
    if !(several || one || prays) || of_everybody(&faiths) || of_everybody(&castes) {
        return None;
    }
    let written = first.and_then(|index| words.0.get(index)).map_or("", |(_, written)| written);
    Some(Found {
        what: Forbidden::Religion("a person's religion, caste or community"),
        word: written.to_owned(),
    })
}

/// `ST` alone is a street or a saint.
fn sc_and_st(words: &Words<'_>) -> bool {
    let has = |short: &[&str]| words.0.iter().any(|(word, _)| short.contains(&word.as_str()));
    has(&["sc", "एससी"]) && has(&["st", "एसटी"])
}

/// What the label of a choice offers.
pub(super) fn in_label(label: &str) -> Option<Found> {
    let words = Words::of(label);
    let is_group = |word: &str| {
        LISTS.faiths.contains(word) || LISTS.castes.contains(word) || LISTS.surnames.contains(word)
    };
    let joining = |word: &str| {
        matches!(
            word,
            "या" | "और"
                | "or"
                | "and"
                | "ya"
                | "aur"
                | "वर्ग"
                | "varg"
                | "اور"
                | "हूं"
                | "अन्य"
        ) || LISTS.short.contains(word)
            || LISTS.kinds.contains(word)
    };
    let only_groups = words.0.iter().any(|(word, _)| is_group(word))
        && words.0.iter().all(|(word, _)| is_group(word) || joining(word));
    let first = words.0.first().filter(|_| only_groups || sc_and_st(&words));
    if let Some((_, written)) = first.or_else(|| is_of(&words)) {
        return Some(Found {
            what: Forbidden::Religion("a person's religion, caste or community"),
            word: (*written).to_owned(),
        });
    }
    if denies(&words) {
        return None;
    }
    belonging(&words, true)
}

/// The faith or caste somebody says to be of: `I belong to OBC`, `मैं मुसलमान हूँ`, `SC category`. Also where
/// it is denied: `मैं हिंदू नहीं हूँ` asks as well.
fn is_of<'w, 'a>(words: &'w Words<'a>) -> Option<&'w (String, &'a str)> {
    let groups = words.named(&LISTS.faiths).into_iter().chain(words.named(&LISTS.castes));
    let groups = groups.chain(words.named(&LISTS.surnames)).chain(short_of_kind(words));
    let told_of = |index: &usize| {
        let joins = |word: &&str| LISTS.of_kind.contains(*word) || LISTS.kinds.contains(*word);
        let all = || words.0.iter().map(|(word, _)| word.as_str());
        let behind =
            all().skip(index + 1).find(|word| !joins(word) || LISTS.being_behind.contains(*word));
        let before = all().take(*index).collect::<Vec<_>>();
        let before = before
            .into_iter()
            .rev()
            .find(|word| !joins(word) || LISTS.being_before.contains(*word));
        behind.is_some_and(|word| LISTS.being_behind.contains(word))
            || before.is_some_and(|word| LISTS.being_before.contains(word))
    };
    let mut found = groups.filter(|_| words.has(&LISTS.first_person)).filter(told_of);
    found.next().or_else(|| short_of_kind(words).into_iter().next()).and_then(|at| words.0.get(at))
}

/// Short names of castes that a word behind them shows to be that: `SC category`, `ST वर्ग`.
fn short_of_kind(words: &Words<'_>) -> Vec<usize> {
    let mut found = words.named(&LISTS.short);
    // A complaint has a general category too.
    let personal = words.has(&LISTS.first_person) || words.has(&LISTS.person);
    found.retain(|index| {
        let general = matches!(words.at(*index), "general" | "जनरल" | "सामान्य");
        LISTS.kinds.contains(words.at(index + 1)) && (!general || personal)
    });
    found
}

/// What the words by which an office marks people name of what is kept of nobody. A single name of a group is
/// enough: nobody is asked here.
pub(super) fn in_mark(text: &str) -> Option<&'static str> {
    let words = Words::of(text);
    let of_a_kind = |word: &str| LISTS.of_kind.contains(word) || LISTS.kinds.contains(word);
    for (index, (word, _)) in words.0.iter().enumerate() {
        let word = word.as_str();
        if LISTS.things.contains(words.at(index + 1)) {
            continue;
        }
        if LISTS.faiths.contains(word) || LISTS.religion.contains(word) {
            return Some("a person's religion");
        }
        if LISTS.community.contains(word) {
            return Some("a person's community");
        }
        // Surnames of castes are names of people too, and `general` is a word of every day.
        let is_alone = words.0.len() == 1;
        let beside_a_kind = words.0.iter().any(|(other, _)| of_a_kind(other));
        let is_general = matches!(word, "general" | "जनरल" | "सामान्य");
        let names_a_caste = LISTS.castes.contains(word)
            || LISTS.caste.contains(word)
            || (LISTS.surnames.contains(word) && (is_alone || beside_a_kind))
            || (LISTS.short.contains(word)
                && (!is_general || LISTS.kinds.contains(words.at(index + 1))));
        if names_a_caste {
            return Some("a person's caste");
        }
    }
    None
}

/// A step called `caste` asks for it, whatever its text says.
pub(super) fn in_name(name: &str) -> Option<Forbidden> {
    let parts: Vec<&str> = name.split('_').collect();
    let has = |words: &[&str]| parts.iter().any(|part| words.contains(part));
    if has(&["aadhaar", "aadhar", "adhaar", "adhar", "uidai"]) {
        return Some(Forbidden::Identity("an Aadhaar number"));
    }
    if name == "pan"
        || name.starts_with("pan_")
        || has(&["epic"])
        || name.starts_with("voter_id")
        || name.starts_with("voter_card")
    {
        return Some(Forbidden::Identity("the number of an identity document"));
    }
    if has(&["caste", "religion", "jati", "jaati", "dharm", "dharma", "mazhab", "biradari"]) {
        return Some(Forbidden::Religion("a person's religion or caste"));
    }
    None
}

/// A pattern that takes such numbers and little else.
pub(super) fn in_pattern(regex: &Regex) -> Option<Forbidden> {
    let takes = |text: &str| regex.is_match(text);
    let aadhaar = ["234567890124", "2345 6789 0124", "2345-6789-0124"].into_iter().any(takes);
    if aadhaar
        && !["12", "1234567890", "12345678901", "1234567890123", "text"].into_iter().any(takes)
    {
        return Some(Forbidden::Identity("an Aadhaar number"));
    }
    let pan = ["ABCPD1234E", "abcpd1234e"].into_iter().any(takes);
    if pan && !["ABCDEFGHIJ", "1234567890", "ABC1234567", "text"].into_iter().any(takes) {
        return Some(Forbidden::Identity("a PAN"));
    }
    let epic = ["ABC1234567", "abc1234567"].into_iter().any(takes);
    if epic && !["ABCDEFGHIJ", "1234567890", "AB12345678", "text"].into_iter().any(takes) {
        return Some(Forbidden::Identity("a voter card number"));
    }
    None
}
