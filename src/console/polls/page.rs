//! The pages as HTML: whole on the first answer, nothing to be fetched but the style.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use jiff::Timestamp;

use crate::contact::Language;
use crate::locale::{date, india_zoned};
use crate::markup::escaped;

/// A published roll, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Roll {
    pub(super) name: String,
    /// In the language of the page.
    pub(super) question: String,
    pub(super) opens: Timestamp,
    pub(super) closes: Timestamp,
    pub(super) asked: u64,
    pub(super) answered: u64,
    /// Hexadecimal, as the next two.
    pub(super) head: String,
    pub(super) roster: String,
    pub(super) key: String,
}

/// What became of the receipt somebody looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Nothing,
    Found(String),
    Missing(String),
    Mistyped,
}

type Texts = BTreeMap<String, BTreeMap<String, String>>;

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../assets/polls-texts.json")).unwrap_or_default()
});

/// A text of the pages, escaped.
fn text(language: Language, key: &str) -> String {
    let found = TEXTS.get(language.code()).and_then(|texts| texts.get(key));
    escaped(found.map_or(key, String::as_str))
}

/// The closed polls, each with the way to its page.
pub(super) fn list(language: Language, rolls: &[Roll]) -> String {
    let mut body = format!("<h1>{}</h1>\n", text(language, "title"));
    let _ = writeln!(body, "<p>{}</p>", text(language, "about"));
    if rolls.is_empty() {
        let _ = writeln!(body, "<section><p>{}</p></section>", text(language, "none"));
    } else {
        body.push_str("<ul class=\"polls\">\n");
        for roll in rolls {
            let _ = writeln!(
                body,
                "<li class=\"poll\"><a href=\"/polls/{}{}\">{}</a><br><span class=\"soft\">{} · {} {}</span></li>",
                escaped(&roll.name),
                in_address(language, '?'),
                escaped(&roll.question),
                window(language, roll),
                text(language, "answered"),
                grouped(roll.answered),
            );
        }
        body.push_str("</ul>\n");
    }
    framed(language, &text(language, "title"), "/polls", &body)
}

/// One of them.
pub(super) fn one(language: Language, roll: &Roll, look: &Look) -> String {
    let say = |key: &str| text(language, key);
    let name = escaped(&roll.name);
    let mut body = format!("<h1>{}</h1>\n", escaped(&roll.question));
    let facts = [
        ("window", window(language, roll)),
        ("asked", grouped(roll.asked)),
        ("answered", grouped(roll.answered)),
    ];
    body.push_str("<section><dl class=\"facts\">\n");
    for (key, value) in facts {
        let _ = writeln!(body, "<div><dt>{}</dt><dd>{value}</dd></div>", say(key));
    }
    body.push_str("</dl></section>\n");

    let _ = writeln!(body, "<section id=\"look\"><h2>{}</h2>", say("look"));
    let _ = writeln!(body, "<form class=\"look\" method=\"get\" action=\"/polls/{name}#look\">");
    if language != Language::Hi {
        let _ =
            writeln!(body, "<input type=\"hidden\" name=\"lang\" value=\"{}\">", language.code());
    }
    let _ = writeln!(
        body,
        "<label for=\"receipt\">{}</label>\n<input id=\"receipt\" name=\"receipt\" maxlength=\"40\" required \
         autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\" placeholder=\"7K2-QXM-9ZT\">\n\
         <button type=\"submit\">{}</button>\n</form>",
        say("receipt"),
        say("button"),
    );
    let told = match look {
        Look::Nothing => None,
        Look::Found(receipt) => Some(("yes", "✅ ", say("found").replace("{receipt}", receipt))),
        Look::Missing(receipt) => Some(("no", "", say("missing").replace("{receipt}", receipt))),
        Look::Mistyped => Some(("no", "", say("mistyped"))),
    };
    if let Some((class, sign, words)) = told {
        let _ = writeln!(body, "<p class=\"told {class}\" role=\"status\">{sign}{words}</p>");
    }
    let _ = writeln!(body, "<p class=\"soft\">{}</p></section>", say("kept"));

    let _ = writeln!(body, "<section><h2>{}</h2>\n<dl>", say("proof"));
    for (key, value) in [("head", &roll.head), ("roster", &roll.roster), ("key", &roll.key)] {
        let _ = writeln!(body, "<dt>{}</dt><dd><code>{}</code></dd>", say(key), escaped(value));
    }
    let _ = writeln!(body, "</dl>\n<p class=\"soft\">{}</p></section>", say("same"));

    let _ = writeln!(
        body,
        "<section><h2>{}</h2>\n<p><a href=\"/polls/{name}/roll\" download=\"{name}.roll\">{}</a> ({name}.roll)</p>\n\
         <p>{}</p>\n<pre>samvad poll audit {name}.roll --receipt 7K2-QXM-9ZT</pre></section>",
        say("check"),
        say("download"),
        say("command"),
    );
    framed(language, &escaped(&roll.question), &format!("/polls/{name}"), &body)
}

/// `path` is where the page is in every language.
fn framed(language: Language, title: &str, path: &str, body: &str) -> String {
    let direction = if language == Language::Ur { " dir=\"rtl\"" } else { "" };
    let mut languages = String::new();
    for (other, name) in Language::ALL.into_iter().zip(NAMES) {
        let code = other.code();
        let _ = if other == language {
            write!(languages, "<b lang=\"{code}\">{name}</b>")
        } else {
            let query = in_address(other, '?');
            write!(
                languages,
                "<a href=\"{path}{query}\" lang=\"{code}\" hreflang=\"{code}\">{name}</a>"
            )
        };
    }
    format!(
        "<!doctype html>\n<html lang=\"{}\"{direction}>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/polls.css\">\n</head>\n<body>\n\
         <header><a href=\"/polls{}\">{}</a><nav>{languages}</nav></header>\n<main>\n{body}</main>\n</body>\n</html>\n",
        language.code(),
        in_address(language, '?'),
        text(language, "all"),
    )
}

/// Each language by its own name, in the order of [`Language::ALL`].
const NAMES: [&str; Language::ALL.len()] = ["हिंदी", "English", "اردو"];

/// What an address says of the language; of Hindi nothing.
fn in_address(language: Language, sign: char) -> String {
    match language {
        Language::Hi => String::new(),
        other => format!("{sign}lang={}", other.code()),
    }
}

/// `5 जनवरी 2029, 10:00 से 12 जनवरी 2029, 20:00`.
fn window(language: Language, roll: &Roll) -> String {
    let moment = |at: Timestamp| {
        let mut words = String::new();
        date(at, language, &mut words);
        let time = india_zoned(at);
        format!("{words}, {:02}:{:02}", time.hour(), time.minute())
    };
    let between = text(language, "until");
    format!("{} {between} {}", escaped(&moment(roll.opens)), escaped(&moment(roll.closes)))
}

/// As in India: 12,34,567.
fn grouped(number: u64) -> String {
    let mut text = String::new();
    crate::locale::grouped(i64::try_from(number).unwrap_or(i64::MAX), &mut text);
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_text_stands_in_every_language() {
        let keys =
            |language: &Language| -> BTreeSet<&String> { TEXTS[language.code()].keys().collect() };
        assert!(keys(&Language::Hi).len() > 20);
        for language in &Language::ALL {
            assert_eq!(keys(language), keys(&Language::Hi), "{language:?}");
        }
        let source = include_str!("page.rs");
        let used = regex::Regex::new(r#"(?:say\(|text\(language, |\(|\[\()"([a-z]+)""#).unwrap();
        let known = keys(&Language::Hi);
        let mut seen = 0;
        for key in used.captures_iter(source).map(|found| found[1].to_owned()) {
            seen += usize::from(known.contains(&key));
        }
        assert!(seen >= known.len(), "a text is used nowhere");
    }

    #[test]
    fn what_a_file_says_stays_words_on_the_page() {
        let roll = Roll {
            name: "a_poll".to_owned(),
            question: "<script>alert('1')</script> & \"कौन\"?".to_owned(),
            opens: Timestamp::UNIX_EPOCH,
            closes: Timestamp::UNIX_EPOCH,
            asked: 1_234_567,
            answered: 0,
            head: "00".to_owned(),
            roster: "00".to_owned(),
            key: "00".to_owned(),
        };
        for language in Language::ALL {
            for html in
                [one(language, &roll, &Look::Mistyped), list(language, std::slice::from_ref(&roll))]
            {
                assert!(!html.contains("<script"), "{html}");
                assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp;"));
                assert!(!html.contains(" style=") && !html.contains("<style"));
            }
        }
        assert!(one(Language::Hi, &roll, &Look::Nothing).contains("12,34,567"));
    }
}
