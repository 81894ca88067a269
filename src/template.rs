//! Templates: texts an office registered at the provider, the only thing that reaches a person on
//! WhatsApp who has not written for 24 hours. Flows say them, and broadcasts will. Pure.
//!
//! What is declared here ([`Declared`]) is what was approved there, word by word; what leaves is the
//! template's name with what fills its places ([`Declared::filled`]).

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::contact::Language;
use crate::locale::fallback;
use crate::message::{
    Purpose, Template, TemplateButton, TemplateButtonKind, TemplateVariable, cut,
};

/// The longest text of a template, in characters, its places filled in (Cloud API, 2026).
pub const LONGEST_BODY: usize = 1024;
/// The longest label of a quick-reply button.
pub const LONGEST_LABEL: usize = 25;
/// Most buttons of one template.
pub const MOST_BUTTONS: usize = 10;
/// So many characters at least are left for what fills a place.
pub const SHORTEST_ROOM: usize = 20;

/// What the provider files it under, and charges for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Category {
    /// About something the person did or asked for.
    Utility,
    /// Everything else a party has to say: news, invitations, surveys.
    Marketing,
}

impl Category {
    pub const ALL: [Category; 2] = [Category::Utility, Category::Marketing];

    /// The word of flow files, and in capitals the provider's.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Category::Utility => "utility",
            Category::Marketing => "marketing",
        }
    }

    /// The category of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Category> {
        Category::ALL.into_iter().find(|category| category.name() == name)
    }
}

/// A template as its file in `flows/templates/` declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// What flows call it.
    pub name: String,
    /// What the provider calls it.
    pub registered_as: String,
    pub category: Category,
    /// The consent it needs.
    pub purpose: Purpose,
    /// What fills `{{1}}`, `{{2}}`, …: names of answers, or of what is known of the person.
    pub variables: Vec<String>,
    /// The choices its quick-reply buttons stand for, in their order.
    pub buttons: Vec<String>,
    pub wordings: Vec<Wording>,
}

/// A template in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    pub language: Language,
    /// The provider's code of the language.
    pub code: String,
    /// The approved text, with `{{1}}` where something is filled in.
    pub body: String,
    /// The labels of the buttons, in their order.
    pub labels: Vec<String>,
}

/// A piece of a template's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Words(&'a str),
    /// `{{1}}` is 1.
    Place(usize),
}

/// Takes a template's text apart; what looks like a place and is none is told back.
///
/// # Errors
/// The words between the braces that are no number.
pub fn pieces(body: &str) -> Result<Vec<Piece<'_>>, &str> {
    let mut pieces = Vec::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("{{") {
        if !before.is_empty() {
            pieces.push(Piece::Words(before));
        }
        let Some((inside, behind)) = after.split_once("}}") else { return Err(after) };
        let number = inside.parse().ok().filter(|number| *number > 0).ok_or(inside)?;
        pieces.push(Piece::Place(number));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    Ok(pieces)
}

impl Wording {
    /// The text with these values in its places.
    #[must_use]
    pub fn text<'v>(&self, value: impl Fn(usize) -> Option<&'v str>) -> String {
        let mut text = String::with_capacity(self.body.len() + 32);
        for piece in pieces(&self.body).unwrap_or_default() {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Place(number) => text.push_str(value(number).unwrap_or_default()),
            }
        }
        text
    }

    /// Characters each value may have, so that the whole is not too long.
    fn room(&self) -> usize {
        let fixed = self.text(|_| None).chars().count();
        let places = pieces(&self.body).unwrap_or_default();
        let places = places.iter().filter(|piece| matches!(piece, Piece::Place(_))).count();
        (LONGEST_BODY.saturating_sub(fixed) / places.max(1)).max(1)
    }
}

impl Declared {
    /// Its words in a language, or in that which stands in for it; `None` only of a template without
    /// any, which no check lets pass.
    #[must_use]
    pub fn wording(&self, language: Language) -> Option<&Wording> {
        let known = |language| self.wordings.iter().find(|wording| wording.language == language);
        fallback(language).into_iter().find_map(known).or_else(|| self.wordings.first())
    }

    /// What leaves: its places filled by name and its buttons told apart by what `payload` makes of
    /// their choices. `None` as for [`Declared::wording`].
    pub fn filled(
        &self,
        language: Language,
        value: impl Fn(&str) -> Option<String>,
        payload: impl Fn(&str) -> String,
    ) -> Option<Template> {
        let wording = self.wording(language)?;
        let room = wording.room();
        let body = self.variables.iter().map(|name| {
            let text = on_one_line(&value(name).unwrap_or_default(), room);
            TemplateVariable { name: None, text }
        });
        let buttons = self.buttons.iter().zip(0..).map(|(choice, index)| TemplateButton {
            index,
            kind: TemplateButtonKind::QuickReply { payload: payload(choice) },
        });
        Some(Template {
            name: self.registered_as.clone(),
            language: wording.code.clone(),
            header: None,
            body: body.collect(),
            buttons: buttons.collect(),
        })
    }

    /// The words a person reads when this leaves; `None` when it is another template.
    #[must_use]
    pub fn read(&self, template: &Template) -> Option<String> {
        Some(self.wording_of(template)?.text(|place| {
            let variable = template.body.get(place.checked_sub(1)?)?;
            Some(variable.text.as_str())
        }))
    }

    /// The labels of its buttons, as [`Declared::read`] has the words.
    #[must_use]
    pub fn labels(&self, template: &Template) -> Option<&[String]> {
        Some(&self.wording_of(template)?.labels)
    }

    /// What the office registers at the provider, one block a language, to be pasted.
    #[must_use]
    pub fn to_register(&self) -> String {
        let mut out = String::new();
        for wording in &self.wordings {
            // Writing into a string cannot fail.
            let _ = writeln!(
                out,
                "{} · {} · {}",
                self.registered_as,
                self.category.name().to_uppercase(),
                wording.code
            );
            for line in wording.body.lines() {
                let _ = writeln!(out, "  {line}");
            }
            for (number, name) in (1..).zip(&self.variables) {
                let _ = writeln!(out, "  {{{{{number}}}}} is `{name}`: give an example of one");
            }
            for label in &wording.labels {
                let _ = writeln!(out, "  [quick reply] {label}");
            }
        }
        out
    }

    /// The approved text of what leaves, its places left open; `None` when it is another template.
    #[must_use]
    pub fn approved(&self, template: &Template) -> Option<&str> {
        self.wording_of(template).map(|wording| wording.body.as_str())
    }

    /// The wording that leaves; `None` when it is another template.
    #[must_use]
    pub fn wording_of(&self, template: &Template) -> Option<&Wording> {
        let is_it = |wording: &&Wording| wording.code == template.language;
        let wording = self.wordings.iter().find(is_it);
        wording.filter(|_| self.registered_as == template.name)
    }
}

/// What may fill a place: no line breaks, no tabs, single spaces, never nothing (132018, 132012), and
/// at most so many characters.
#[must_use]
pub fn on_one_line(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line = words.join(" ");
    cut(&mut line, most);
    if line.is_empty() { "-".to_owned() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> Declared {
        let wording = |language: Language, body: &str, labels: [&str; 2]| Wording {
            language,
            code: language.code().to_owned(),
            body: body.to_owned(),
            labels: labels.map(str::to_owned).to_vec(),
        };
        Declared {
            name: "solved".to_owned(),
            registered_as: "solved_2".to_owned(),
            category: Category::Utility,
            purpose: Purpose::FollowUp,
            variables: vec!["ticket".to_owned(), "district".to_owned()],
            buttons: vec!["yes".to_owned(), "no".to_owned()],
            wordings: vec![
                wording(Language::Hi, "{{2}} की शिकायत {{1}} हल हुई?", ["हाँ", "नहीं"]),
                wording(Language::En, "Is {{1}} solved?", ["Yes", "No"]),
            ],
        }
    }

    #[test]
    fn a_text_is_taken_apart_at_its_places() {
        use Piece::{Place, Words};
        let cases: [(&str, Result<Vec<Piece<'_>>, &str>); 8] = [
            ("", Ok(vec![])),
            ("नमस्ते", Ok(vec![Words("नमस्ते")])),
            ("a {{1}} b {{12}}", Ok(vec![Words("a "), Place(1), Words(" b "), Place(12)])),
            ("{{1}}{{1}}", Ok(vec![Place(1), Place(1)])),
            ("{1} and }}", Ok(vec![Words("{1} and }}")])),
            ("a {{name}}", Err("name")),
            ("a {{0}}", Err("0")),
            ("a {{1", Err("1")),
        ];
        for (body, expected) in cases {
            assert_eq!(pieces(body), expected, "{body}");
        }
    }

    #[test]
    fn places_are_filled_by_name_and_buttons_by_choice() {
        let value = |name: &str| Some(format!("<{name}>"));
        let template = declared().filled(Language::Hi, value, |id| format!("c:7:{id}")).unwrap();
        assert_eq!((template.name.as_str(), template.language.as_str()), ("solved_2", "hi"));
        let texts: Vec<&str> = template.body.iter().map(|known| known.text.as_str()).collect();
        assert_eq!(texts, ["<ticket>", "<district>"]);
        let payload = |text: &str| TemplateButtonKind::QuickReply { payload: text.to_owned() };
        let buttons: Vec<_> =
            template.buttons.iter().map(|known| (known.index, known.kind.clone())).collect();
        assert_eq!(buttons, [(0, payload("c:7:yes")), (1, payload("c:7:no"))]);
        let read = declared().read(&template);
        assert_eq!(read.as_deref(), Some("<district> की शिकायत <ticket> हल हुई?"));
        assert_eq!(declared().read(&Template { name: "other".to_owned(), ..template }), None);
    }

    #[test]
    fn a_language_that_lacks_is_stood_in_for() {
        let of = |language| declared().wording(language).map(|wording| wording.code.clone());
        assert_eq!(of(Language::En).as_deref(), Some("en"));
        assert_eq!(of(Language::Ur).as_deref(), Some("hi"));
    }

    #[test]
    fn what_fills_a_place_is_one_line_of_single_spaces_and_never_nothing() {
        for (text, most, expected) in [
            ("नल  \n\t सूखा     है\r\n", 50, "नल सूखा है"),
            ("", 50, "-"),
            (" \n ", 50, "-"),
            ("नमस्ते जी", 6, "नम…"),
        ] {
            assert_eq!(on_one_line(text, most), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_to_be_registered_can_be_pasted() {
        insta::assert_snapshot!(declared().to_register(), @r"
        solved_2 · UTILITY · hi
          {{2}} की शिकायत {{1}} हल हुई?
          {{1}} is `ticket`: give an example of one
          {{2}} is `district`: give an example of one
          [quick reply] हाँ
          [quick reply] नहीं
        solved_2 · UTILITY · en
          Is {{1}} solved?
          {{1}} is `ticket`: give an example of one
          {{2}} is `district`: give an example of one
          [quick reply] Yes
          [quick reply] No
        ");
    }

    #[test]
    fn however_long_the_answers_the_whole_fits() {
        let long = "क".repeat(5_000);
        let template = declared().filled(Language::Hi, |_| Some(long.clone()), str::to_owned);
        let read = declared().read(&template.unwrap()).unwrap();
        assert!(read.chars().count() <= LONGEST_BODY, "{}", read.chars().count());
        assert!(read.chars().count() > LONGEST_BODY - 3);
    }
}
