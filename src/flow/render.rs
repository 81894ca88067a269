//! One question for every phone: buttons or a list where there are any, numbered lines elsewhere.

use std::borrow::Cow;

use super::Rendering;
use super::link::template::GO_ON;
use super::wording::{LONGEST_BUTTON, LONGEST_ROW};
use crate::message::{Choice, Content};

/// The longest text above buttons or a list, in characters.
const LONGEST_BODY: usize = 1024;
const MOST_BUTTONS: usize = 3;
const MOST_ROWS: usize = 10;
/// Choices on one page of many.
const PAGE: usize = 9;

/// A question with everything that can be chosen.
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub(super) body: String,
    pub(super) rendering: Rendering,
    pub(super) visit: u32,
    /// Every choice, over all pages.
    pub(super) rows: Vec<Row<'a>>,
    /// The label that passes the question over.
    pub(super) skip: Option<&'a str>,
    pub(super) page: usize,
    /// Several may be named at once: a list takes one tap only, so they are numbered everywhere.
    pub(super) numbered: bool,
    pub(super) words: Words<'a>,
}

/// The engine's labels in the person's language.
#[derive(Clone, Debug)]
pub(super) struct Words<'a> {
    pub(super) list_open: &'a str,
    pub(super) more: &'a str,
    pub(super) sms_choose: Cow<'a, str>,
}

/// One choice.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) id: Cow<'a, str>,
    pub(super) title: Cow<'a, str>,
    pub(super) description: Option<&'a str>,
    /// What is typed for it where choices are numbered.
    pub(super) number: usize,
}

/// How a tapped choice is known again: the visit it was asked in, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tap<'a> {
    pub(super) visit: u32,
    pub(super) what: Tapped<'a>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tapped<'a> {
    Choice(&'a str),
    Page(u8),
    Skip,
    /// One of the candidates of "did you mean …?".
    Guess(usize),
    NoGuess,
    /// One of the ways to go of "did you mean …?".
    Way(usize),
    NoWay,
}

pub(super) const NO_GUESS: &str = "?x";
pub(super) const NO_WAY: &str = "!x";

/// The id a candidate is shown under.
pub(super) fn guess_id(index: usize) -> String {
    format!("?{index}")
}

/// The id a way to go is shown under: a button of another "did you mean …?" never fits it.
pub(super) fn way_id(index: usize) -> String {
    format!("!{index}")
}

impl<'a> Tap<'a> {
    /// Reads the id of a button of ours; `None` for anything else.
    pub(super) fn read(id: &'a str) -> Option<Tap<'a>> {
        let (visit, what) = id.strip_prefix("c:")?.split_once(':')?;
        let visit = visit.parse().ok()?;
        let what = if what == "-" {
            Tapped::Skip
        } else if what == NO_GUESS {
            Tapped::NoGuess
        } else if what == NO_WAY {
            Tapped::NoWay
        } else if let Some(index) = what.strip_prefix('!') {
            Tapped::Way(index.parse().ok()?)
        } else if let Some(page) = what.strip_prefix('+') {
            Tapped::Page(page.parse().ok()?)
        } else if let Some(index) = what.strip_prefix('?') {
            Tapped::Guess(index.parse().ok()?)
        } else {
            Tapped::Choice(what)
        };
        Some(Tap { visit, what })
    }
}

fn id(visit: u32, what: &str) -> String {
    let mut out = String::with_capacity(what.len() + 13);
    out.push_str("c:");
    out.push_str(&visit.to_string());
    out.push(':');
    out.push_str(what);
    out
}

/// The id of a template's button: of a choice, of passing over, of showing the question again.
pub(super) fn template_id(visit: u32, choice: &str) -> String {
    match choice {
        "skip" => id(visit, "-"),
        GO_ON => id(visit, "+0"),
        choice => id(visit, choice),
    }
}

/// Characters as a provider counts them.
fn length(text: &str) -> usize {
    text.chars().count()
}

/// How many pages the choices of a question fill.
pub(super) fn pages(rows: usize, skip: bool) -> usize {
    if rows + usize::from(skip) <= MOST_ROWS {
        return 1;
    }
    rows.div_ceil(PAGE - usize::from(skip))
}

impl<'a> Question<'a> {
    /// The message that asks it.
    pub(super) fn content(self) -> Content {
        if self.rows.is_empty() && self.skip.is_none() {
            return Content::Text { body: self.body };
        }
        match self.rendering {
            Rendering::Sms => self.numbered(),
            Rendering::Whatsapp if self.numbered => self.numbered(),
            Rendering::Whatsapp if length(&self.body) > LONGEST_BODY => self.numbered(),
            Rendering::Whatsapp => self.tappable(),
        }
    }

    /// The message whose one button shares the person's own number. No other button fits beside it, so
    /// that a question that may be passed over says so as short messages do: `0. छोड़ दें`.
    pub(super) fn by_card(self) -> Content {
        let mut body = self.body;
        if let Some(skip) = self.skip {
            body.push_str("\n0. ");
            body.push_str(skip);
        }
        Content::ContactRequest { body }
    }

    /// The rows of the page that is shown, and the next page when there are several.
    fn visible(&self) -> (&[Row<'a>], Option<usize>) {
        let count = pages(self.rows.len(), self.skip.is_some());
        if count == 1 {
            return (&self.rows, None);
        }
        let size = PAGE - usize::from(self.skip.is_some());
        let page = self.page.min(count - 1);
        let start = page * size;
        let end = (start + size).min(self.rows.len());
        // After the last page comes the first again.
        let next = if page + 1 < count { page + 1 } else { 0 };
        (self.rows.get(start..end).unwrap_or_default(), Some(next))
    }

    fn tappable(self) -> Content {
        let (rows, next) = self.visible();
        let longest = rows.iter().map(|row| length(&row.title)).max().unwrap_or(0);
        let fits_a_button = longest <= LONGEST_BUTTON
            && self.skip.is_none_or(|skip| length(skip) <= LONGEST_BUTTON);
        let count = rows.len() + usize::from(self.skip.is_some()) + usize::from(next.is_some());
        if next.is_none() && count <= MOST_BUTTONS && fits_a_button {
            let choices = rows
                .iter()
                .map(|row| (id(self.visit, &row.id), row.title.to_string()))
                .chain(self.skip.map(|skip| (id(self.visit, "-"), skip.to_owned())))
                .map(|(id, title)| Choice { id, title, description: None })
                .collect();
            return Content::Buttons { choices, body: self.body };
        }
        if longest > LONGEST_ROW || length(self.words.list_open) > LONGEST_BUTTON {
            return self.numbered();
        }
        let mut choices: Vec<Choice> = Vec::with_capacity(count);
        choices.extend(rows.iter().map(|row| Choice {
            id: id(self.visit, &row.id),
            title: row.title.to_string(),
            description: row.description.map(str::to_owned),
        }));
        choices.extend(next.map(|page| Choice {
            id: id(self.visit, &format!("+{page}")),
            title: self.words.more.to_owned(),
            description: None,
        }));
        choices.extend(self.skip.map(|skip| Choice {
            id: id(self.visit, "-"),
            title: skip.to_owned(),
            description: None,
        }));
        Content::List { open: self.words.list_open.to_owned(), choices, body: self.body }
    }

    /// Numbered lines under the text: `1. हाँ`. More pages are `0`, passing over is `0`, or `00`
    /// when both are there.
    fn numbered(self) -> Content {
        let (rows, next) = self.visible();
        let mut body = String::with_capacity(self.body.len() + rows.len() * 40 + 40);
        body.push_str(&self.body);
        if !rows.is_empty() && !self.words.sms_choose.is_empty() {
            body.push('\n');
            body.push_str(&self.words.sms_choose);
        }
        let mut line = |number: &str, title: &str| {
            body.push('\n');
            body.push_str(number);
            body.push_str(". ");
            body.push_str(title);
        };
        for row in rows {
            line(&row.number.to_string(), &row.title);
        }
        if next.is_some() {
            line("0", self.words.more);
        }
        if let Some(skip) = self.skip {
            line(if next.is_some() { "00" } else { "0" }, skip);
        }
        Content::Text { body }
    }
}

/// How many zeros a message is, in any digits of ours; `None` when it is anything else.
pub(super) fn zeros(text: &str) -> Option<usize> {
    let text = text.trim();
    let all = !text.is_empty() && text.chars().all(|digit| matches!(digit, '0' | '०' | '۰'));
    all.then(|| text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(rendering: Rendering, titles: &[&'static str]) -> Question<'static> {
        let rows = titles
            .iter()
            .enumerate()
            .map(|(index, title)| Row {
                id: Cow::Owned(format!("id{index}")),
                title: Cow::Borrowed(*title),
                description: None,
                number: index + 1,
            })
            .collect();
        let words =
            Words {
                list_open: "यहाँ चुनिए", more: "और देखें", sms_choose: Cow::Borrowed("नंबर लिखिए:")
            };
        Question {
            body: "क्या?".to_owned(),
            rendering,
            visit: 7,
            rows,
            skip: None,
            page: 0,
            numbered: false,
            words,
        }
    }

    #[test]
    fn three_short_labels_are_buttons_and_a_longer_one_makes_a_list() {
        let short = question(Rendering::Whatsapp, &["हाँ", "नहीं", "बाद में"]).content();
        let Content::Buttons { choices, .. } = short else { panic!("{short:?}") };
        assert_eq!(choices[2].id, "c:7:id2");
        let long = question(Rendering::Whatsapp, &["हाँ", "123456789012345678901"]).content();
        assert!(matches!(long, Content::List { .. }), "{long:?}");
        let longer = question(Rendering::Whatsapp, &["हाँ", "1234567890123456789012345"]).content();
        let Content::Text { body } = longer else { panic!("{longer:?}") };
        assert_eq!(body, "क्या?\nनंबर लिखिए:\n1. हाँ\n2. 1234567890123456789012345");
    }

    #[test]
    fn ten_choices_are_a_list_and_eleven_are_paged_in_a_circle() {
        let titles = ["क"; 23];
        let ten = question(Rendering::Whatsapp, &titles[..10]).content();
        let Content::List { choices, .. } = ten else { panic!("{ten:?}") };
        assert_eq!(choices.len(), 10);
        for (page, rows, next) in [(0, 10, "c:7:+1"), (1, 10, "c:7:+2"), (2, 6, "c:7:+0")] {
            let mut many = question(Rendering::Whatsapp, &titles);
            many.page = page;
            let content = many.content();
            let Content::List { choices, .. } = content else { panic!("{content:?}") };
            assert_eq!(choices.len(), rows);
            assert_eq!(choices.last().unwrap().id, next);
        }
    }

    #[test]
    fn a_short_message_numbers_its_choices() {
        let mut many = question(Rendering::Sms, &["क"; 12]);
        many.page = 1;
        many.skip = Some("छोड़ें");
        let Content::Text { body } = many.content() else { panic!("no text") };
        assert_eq!(body, "क्या?\nनंबर लिखिए:\n9. क\n10. क\n11. क\n12. क\n0. और देखें\n00. छोड़ें");
    }

    #[test]
    fn a_question_without_choices_can_still_be_passed_over() {
        let mut open = question(Rendering::Whatsapp, &[]);
        open.skip = Some("छोड़ें");
        let Content::Buttons { choices, .. } = open.content() else { panic!("no buttons") };
        assert_eq!(choices[0].id, "c:7:-");
    }

    #[test]
    fn only_ids_of_ours_are_taps() {
        let read = |id| Tap::read(id).map(|tap| tap.what);
        assert_eq!(read("c:7:yes"), Some(Tapped::Choice("yes")));
        assert_eq!(read("c:7:+3"), Some(Tapped::Page(3)));
        assert_eq!(read("c:7:?1"), Some(Tapped::Guess(1)));
        assert_eq!(read("c:7:?x"), Some(Tapped::NoGuess));
        assert_eq!(read("c:7:!0"), Some(Tapped::Way(0)));
        assert_eq!(read("c:7:!x"), Some(Tapped::NoWay));
        assert_eq!(read("c:7:-"), Some(Tapped::Skip));
        for id in ["", "c:", "c::", "c:x:yes", "c:99999999999:yes", "c:7:+x", "c:7:?", "join"] {
            assert_eq!(Tap::read(id), None, "{id}");
        }
    }
}
