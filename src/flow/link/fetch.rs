//! HTTP calls: the answers in their addresses and bodies looked up.

use super::Linker;
use super::scope::Scope;
use crate::flow::HeaderValue;
use crate::flow::code::Code;
use crate::flow::condition::BUILT_INS;
use crate::flow::diagnostic::{Place, did_you_mean, one_of_these};
use crate::flow::draft::{FetchDraft, HeaderDraft, KindDraft, TreeDraft};
use crate::flow::fetch::{Fetching, Part, Template, Tree, percent_encode};
use crate::flow::session::Came;
use crate::flow::wording::PERSON_VARIABLES;
use crate::flow::yaml::Word;

/// What conditions know of a person in words goes into a call as well.
const WORDS_OF_CONDITIONS: [&str; 2] = ["language", "channel"];

/// A call that keeps answers and has no way `failed`.
pub(in crate::flow) const FAILS_UNSEEN: &str =
    "when the call fails, the flow goes on as if it had not";

impl Linker<'_, '_, '_> {
    pub(super) fn fetch(&mut self, draft: &FetchDraft, scope: &Scope<'_>) -> Fetching {
        let mut url = self.template(&draft.url, scope);
        for part in &mut url.0 {
            if let Part::Words(words) = part {
                *words = ascii(words);
            }
        }
        let mut headers: Vec<(String, HeaderValue)> = Vec::new();
        for (name, value) in &draft.headers {
            let small = name.text.to_ascii_lowercase();
            if headers.iter().any(|(known, _)| *known == small) {
                self.findings.error_hint(
                    name.place,
                    format!("the header `{}` is there twice", name.text),
                    "capital and small letters are the same in a header: remove one",
                );
            }
            let value = match value {
                HeaderDraft::Plain(word) => HeaderValue::Plain(word.text.clone()),
                HeaderDraft::Secret(word) => HeaderValue::Secret(word.text.clone()),
            };
            headers.push((small, value));
        }
        let body = draft.body.as_ref().map(|tree| self.tree(tree, scope));
        let mut keep = Vec::new();
        for (name, pointer) in &draft.keep {
            self.kept_name(name, scope);
            keep.push((name.text.clone(), pointer.text.clone()));
        }
        let mut when = Vec::new();
        for (outcome, target) in &draft.when {
            let target = self.target(target, scope);
            let came = match outcome.text.as_str() {
                "ok" => Came::Ok,
                "not_found" => Came::NotFound,
                _ => Came::Failed,
            };
            when.push((came, target));
        }
        let fails_somewhere = when.iter().any(|(came, _)| *came == Came::Failed);
        if !draft.keep.is_empty() && !fails_somewhere {
            let nowhere = scope.draft.led_to_by_none(draft.url.place);
            let step = nowhere.map_or("sorry", |step| step.name.text.as_str());
            self.findings.warn(
                draft.url.place,
                FAILS_UNSEEN,
                format!("say where that leads: `when: {{failed: {step}}}`"),
            );
        }
        Fetching {
            method: draft.method,
            url,
            headers,
            body,
            timeout_seconds: draft.timeout_seconds,
            keep,
            when,
        }
    }

    fn tree(&mut self, draft: &TreeDraft, scope: &Scope<'_>) -> Tree {
        match draft {
            TreeDraft::Null => Tree::Value(serde_json::Value::Null),
            TreeDraft::Flag(flag) => Tree::Value((*flag).into()),
            TreeDraft::Number(number) => Tree::Value(number.clone().into()),
            TreeDraft::Words(word) => Tree::Words(self.template(word, scope)),
            TreeDraft::List(items) => {
                Tree::List(items.iter().map(|item| self.tree(item, scope)).collect())
            }
            TreeDraft::Map(entries) => Tree::Map(
                entries.iter().map(|(key, item)| (key.clone(), self.tree(item, scope))).collect(),
            ),
        }
    }

    fn template(&mut self, word: &Word, scope: &Scope<'_>) -> Template {
        let template = match Template::read(&word.text) {
            Ok(template) => template,
            Err(wrong) => {
                self.findings
                    .error_hint(
                        word.place,
                        wrong,
                        "an answer stands in single braces, {ticket}; a brace itself is written twice",
                    )
                    .code(Code::Unclosed);
                return Template(Vec::new());
            }
        };
        for name in template.names() {
            if scope.answers.contains_key(name)
                || PERSON_VARIABLES.contains(&name)
                || WORDS_OF_CONDITIONS.contains(&name)
            {
                continue;
            }
            let from = Place { end: word.place.start, ..word.place };
            let found = self.findings.find_after(from, &format!("{{{name}}}"));
            let place = if found == from { word.place } else { found };
            let mut answers = scope.variables();
            answers.sort_unstable();
            let known = answers.iter().copied().chain(PERSON_VARIABLES).chain(WORDS_OF_CONDITIONS);
            let hint = did_you_mean(name, known).unwrap_or_else(|| match answers.as_slice() {
                [] => "this flow asks nothing: only what is known of every person can stand here"
                    .to_owned(),
                answers => one_of_these(name, answers.iter().copied()),
            });
            self.findings
                .error_hint(place, format!("there is no answer `{name}` to fill in"), hint)
                .code(Code::UnknownName);
        }
        template
    }

    /// A kept answer must not hide another that has the same name.
    fn kept_name(&mut self, name: &Word, scope: &Scope<'_>) {
        let asked = scope
            .draft
            .steps
            .iter()
            .any(|step| step.name.text == name.text && matches!(step.kind, KindDraft::Ask(_)));
        let wrong = if asked {
            Some((Code::SameAnswer, "is the answer of a question of this flow"))
        } else if BUILT_INS.contains(&name.text.as_str())
            || PERSON_VARIABLES.contains(&name.text.as_str())
        {
            Some((Code::BadName, "is known of every person already"))
        } else {
            None
        };
        if let Some((code, wrong)) = wrong {
            self.findings
                .error_hint(
                    name.place,
                    format!("`{}` {wrong}", name.text),
                    "keep it under another name",
                )
                .code(code);
        }
    }
}

/// An address as it travels: letters beyond ASCII percent-encoded.
fn ascii(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in words.chars() {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            percent_encode(letter.encode_utf8(&mut [0; 4]), &mut out);
        }
    }
    out
}
