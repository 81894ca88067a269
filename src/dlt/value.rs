//! What a place of a template takes.

use serde::{Deserialize, Serialize};

use super::text::Tag;

/// A script, as far as scrubbing tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Script {
    Latin,
    Devanagari,
    /// Urdu.
    Arabic,
}

impl Script {
    pub const ALL: [Script; 3] = [Script::Latin, Script::Devanagari, Script::Arabic];

    /// The word of the registry's files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Script::Latin => "latin",
            Script::Devanagari => "devanagari",
            Script::Arabic => "arabic",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Script> {
        Script::ALL.into_iter().find(|script| script.name() == name)
    }
}

/// To what a sign belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// A letter, or a sign on one, or a digit of its own script.
    Of(Script),
    /// 0 to 9.
    Digit,
    Blank,
    /// Everything else of ASCII.
    Punctuation,
    /// Another script, an emoji, a typographic sign.
    Strange,
}

fn sign_of(sign: char) -> Sign {
    match sign {
        '0'..='9' => Sign::Digit,
        ' ' => Sign::Blank,
        'a'..='z' | 'A'..='Z' | 'À'..='ÿ' | 'Ā'..='ſ' => Sign::Of(Script::Latin),
        // Dandas are punctuation of their script.
        '\u{964}' | '\u{965}' | '،' | '؟' | '۔' => Sign::Strange,
        '\u{900}'..='\u{97f}' | '\u{a8e0}'..='\u{a8ff}' => Sign::Of(Script::Devanagari),
        '\u{600}'..='\u{6ff}'
        | '\u{750}'..='\u{77f}'
        | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}' => Sign::Of(Script::Arabic),
        sign if sign.is_ascii_graphic() => Sign::Punctuation,
        _ => Sign::Strange,
    }
}

/// The script of a text's first letter; `None` when it has no letter of ours.
#[must_use]
pub fn script_of(text: &str) -> Option<Script> {
    text.chars().find_map(|sign| match sign_of(sign) {
        Sign::Of(script) => Some(script),
        _ => None,
    })
}

/// What the operators let through in this office's values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Characters one value may have.
    pub longest: usize,
    /// Signs that were tried in `{#alphanumeric#}` and `{#numeric#}` and came through, besides letters,
    /// digits and blanks.
    pub passes: String,
    /// What an address begins with that is on the office's list.
    pub urls: Vec<String>,
    /// Numbers to call that are on the list, digits alone.
    pub callback_numbers: Vec<String>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            longest: super::LONGEST_VALUE,
            passes: String::new(),
            urls: Vec::new(),
            callback_numbers: Vec::new(),
        }
    }
}

impl Limits {
    /// A value of ours as `{#alphanumeric#}` takes it: in one line, and without signs that nobody tried.
    #[must_use]
    pub fn plain(&self, value: &str) -> String {
        let mut plain = String::with_capacity(value.len());
        for sign in value.chars() {
            match sign_of(sign) {
                Sign::Of(_) | Sign::Digit | Sign::Blank => plain.push(sign),
                _ if self.passes.contains(sign) => plain.push(sign),
                _ if is_joiner(sign) => plain.push(sign),
                _ => plain.push(' '),
            }
        }
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Why a place refuses a value. Holds nothing of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    TooLong {
        characters: usize,
        most: usize,
    },
    /// A sign that the tag does not take.
    WrongTag(Tag),
    /// A letter of a script that the template was not tried with; `None`: one that nobody tries.
    Script(Option<Script>),
    /// An address or a number that is not on the office's list.
    NotListed(Tag),
}

impl Why {
    /// The name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Why::TooLong { .. } => "too_long",
            Why::WrongTag(_) => "wrong_tag",
            Why::Script(_) => "script",
            Why::NotListed(_) => "not_listed",
        }
    }

    /// In words, to go on after "the value of place 2".
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Why::TooLong { characters, most } => {
                format!("has {characters} characters, {most} fit")
            }
            Why::WrongTag(tag) => format!("holds a sign that {} does not take", tag.written()),
            Why::Script(Some(script)) => {
                format!("is in {}, in which the template was not tried", script.name())
            }
            Why::Script(None) => "holds a sign of no script that was tried".to_owned(),
            Why::NotListed(tag) => {
                format!("is not on the list that {} is held against", tag.written())
            }
        }
    }
}

/// Whether a place with this tag, of a template tried in these scripts, takes a value.
///
/// # Errors
/// [`Why`] not.
pub(super) fn takes(tag: Tag, value: &str, tested: &[Script], limits: &Limits) -> Result<(), Why> {
    let characters = value.chars().count();
    if characters > limits.longest {
        return Err(Why::TooLong { characters, most: limits.longest });
    }
    match tag {
        Tag::Var => in_tested_scripts(value, tested, limits),
        Tag::Numeric => {
            let fits = |sign: char| sign.is_ascii_digit() || limits.passes.contains(sign);
            if value.chars().all(fits) { Ok(()) } else { Err(Why::WrongTag(tag)) }
        }
        Tag::Alphanumeric => {
            in_tested_scripts(value, tested, limits)?;
            let fits = |sign: char| {
                matches!(sign_of(sign), Sign::Of(_) | Sign::Digit | Sign::Blank)
                    || limits.passes.contains(sign)
                    || is_joiner(sign)
            };
            if value.chars().all(fits) { Ok(()) } else { Err(Why::WrongTag(tag)) }
        }
        Tag::Url | Tag::UrlOtt => {
            if value.chars().any(|sign| sign.is_whitespace() || !sign.is_ascii()) {
                return Err(Why::WrongTag(tag));
            }
            let listed = limits.urls.iter().any(|begin| under(value, begin));
            if listed { Ok(()) } else { Err(Why::NotListed(tag)) }
        }
        Tag::Callback => {
            let fits = |sign: char| sign.is_ascii_digit() || matches!(sign, '+' | ' ' | '-');
            if !value.chars().all(fits) {
                return Err(Why::WrongTag(tag));
            }
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            let called = digits(value);
            let listed = limits.callback_numbers.iter().any(|number| digits(number) == called);
            if listed { Ok(()) } else { Err(Why::NotListed(tag)) }
        }
        Tag::Email => {
            let parts = value.split_once('@');
            let is_address = parts.is_some_and(|(user, host)| {
                !user.is_empty() && host.contains('.') && !host.contains('@')
            });
            let plain = value.chars().all(|sign| sign.is_ascii_graphic());
            if is_address && plain { Ok(()) } else { Err(Why::WrongTag(tag)) }
        }
    }
}

/// Whether an address is this one or lies under it; another host that begins alike does not.
fn under(address: &str, begin: &str) -> bool {
    let begin = begin.trim_end_matches('/');
    address.strip_prefix(begin).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with('/') || rest.starts_with('?') || rest.starts_with('#')
    })
}

/// A joiner inside a word, which Hindi and Urdu need and nobody sees.
const fn is_joiner(sign: char) -> bool {
    matches!(sign, '\u{200c}' | '\u{200d}')
}

fn in_tested_scripts(value: &str, tested: &[Script], limits: &Limits) -> Result<(), Why> {
    for sign in value.chars().filter(|sign| !limits.passes.contains(*sign)) {
        match sign_of(sign) {
            Sign::Of(script) if !tested.contains(&script) => {
                return Err(Why::Script(Some(script)));
            }
            // The punctuation of a script goes with it; anything stranger was tried by nobody.
            Sign::Strange if !is_joiner(sign) && !goes_with(sign, tested) => {
                return Err(Why::Script(None));
            }
            _ => {}
        }
    }
    Ok(())
}

fn goes_with(sign: char, tested: &[Script]) -> bool {
    match sign {
        '\u{964}' | '\u{965}' => tested.contains(&Script::Devanagari),
        '،' | '؟' | '۔' => tested.contains(&Script::Arabic),
        // What a Hindi or Urdu text is written with in any case.
        '‘' | '’' | '“' | '”' | '–' | '₹' | '…' => {
            tested.iter().any(|known| *known != Script::Latin)
        }
        _ => false,
    }
}
