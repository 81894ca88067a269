//! Questions of a poll: the texts said of their answers, and the ways everybody needs who comes to them.

use super::Linker;
use super::scope::Scope;
use crate::flow::code::Code;
use crate::flow::definition::{
    ALL_ASKED, ASPECTS, AskedBallot, CLOSED, FINAL, NOT_ASKED, ReceiptTexts,
};
use crate::flow::draft::{AnswerDraft, AskDraft, BallotDraft, KindDraft};
use crate::flow::polling::Part;
use crate::flow::text::{Label, TextId};
use crate::flow::wording::{LONGEST_LINE, LONGEST_TEXT};
use crate::flow::yaml::Word;

impl Linker<'_, '_, '_> {
    /// The texts of an answer are named in it; those that ask again are named after the question: `choice-again`,
    /// `choice-once-more`, and, where they may be needed, `choice-who-else`, `choice-listed`, `choice-long`. What is said of a
    /// receipt that is checked is named after the text that shows one: `receipt-counted` and so on.
    pub(super) fn ballot(
        &mut self,
        draft: &BallotDraft,
        ask: &AskDraft,
        scope: &Scope<'_>,
    ) -> AskedBallot {
        self.lacking_ways(draft, ask, scope);
        let book = scope.draft.name.text.as_str();
        let key = ask.message.text.as_str();
        let variables = scope.variables();
        let named = |linker: &mut Self, word: &Option<Word>| -> Option<TextId> {
            word.as_ref().map(|word| linker.said(book, word, LONGEST_TEXT, &variables))
        };
        let noted = named(self, &draft.noted);
        let plain = named(self, &draft.plain);
        let receipt = named(self, &draft.receipt);
        let derived = |linker: &mut Self, ending: &str| {
            let text = format!("{key}-{ending}");
            linker.said(book, &Word { text, place: draft.place }, LONGEST_TEXT, &variables)
        };
        let checks = draft.receipt.as_ref().map(|word| {
            let mut said = |ending: &str| {
                let text = format!("{}-{ending}", word.text);
                self.said(book, &Word { text, place: word.place }, LONGEST_TEXT, &variables)
            };
            ReceiptTexts {
                counted: said("counted"),
                uncounted: said("uncounted"),
                current: said("current"),
                other: said("other"),
                how: said("how"),
                kept: said("checked"),
            }
        });
        let is_choice = draft.part == Part::Choice;
        let again = derived(self, "again");
        let once_more = derived(self, "once-more");
        let who_else = is_choice.then(|| derived(self, "who-else"));
        let listed = is_choice.then(|| derived(self, "listed"));
        let has_text = draft.part != Part::Ratings;
        let long = has_text.then(|| derived(self, "long"));
        let line = |linker: &mut Self, name: &str| -> Label {
            let place = Some(ask.message.place);
            linker.label(book, key, name, LONGEST_LINE, place).unwrap_or_default()
        };
        let mut other = Label::default();
        let mut refuse = Label::default();
        let mut aspects = Vec::new();
        let mut labels: Vec<&str> = Vec::new();
        match draft.part {
            Part::Choice => {
                other = line(self, "other");
                refuse = line(self, "refuse");
                labels.extend(["other", "refuse"]);
            }
            Part::Ratings => {
                aspects.extend(ASPECTS.map(|name| (name, line(self, name))));
                labels.extend(ASPECTS);
            }
            Part::Remark => {}
        }
        self.strange_labels(book, key, &labels);
        AskedBallot {
            part: draft.part,
            noted: noted.zip(plain),
            receipt,
            checks,
            again,
            once_more,
            who_else,
            listed,
            long,
            other,
            refuse,
            aspects,
        }
    }

    /// What is said of an answer and where whoever cannot answer is led must be there: without the plain text nothing
    /// could be stored, and without the ways somebody would hear nothing.
    fn lacking_ways(&mut self, draft: &BallotDraft, ask: &AskDraft, scope: &Scope<'_>) {
        let mut tell = |message: String, hint: String| {
            self.findings.error_hint(draft.place, message, hint).code(Code::Ballot);
        };
        match (&draft.noted, &draft.plain) {
            (None, None) if draft.part == Part::Choice => tell(
                "the answer to a poll is not repeated".to_owned(),
                "add `noted: noted`, which says $poll_choice and $poll_receipt and is kept nowhere, and \
                 `plain: noted-plain`, which is kept in its place"
                    .to_owned(),
            ),
            (Some(_), None) => tell(
                "what is said of the answer is kept nowhere, and nothing stands in its place".to_owned(),
                "add `plain: noted-plain`: a text without $poll_choice and $poll_receipt".to_owned(),
            ),
            (None, Some(_)) => tell(
                "`plain` stands in the place of a text that is not named".to_owned(),
                "add `noted: noted`".to_owned(),
            ),
            _ => {}
        }
        let needed: &[&str] = match draft.part {
            Part::Choice => &[NOT_ASKED, FINAL, CLOSED, ALL_ASKED],
            Part::Ratings | Part::Remark => &[CLOSED],
        };
        let has_way = |way: &&&str| ask.when.iter().any(|(known, _)| known.text == **way);
        let lacking: Vec<&str> = needed.iter().filter(|way| !has_way(way)).copied().collect();
        if !lacking.is_empty() {
            let ways: Vec<String> = lacking.iter().map(|way| format!("{way}: step")).collect();
            tell(
                format!("the question of a poll has no way for `{}`", lacking.join("`, `")),
                format!("add them: when: {{{}}}", ways.join(", ")),
            );
        }
        let asks_choice = scope.draft.steps.iter().any(|step| {
            matches!(&step.kind, KindDraft::Ask(ask)
                if matches!(&ask.answer, AnswerDraft::Ballot(ballot) if ballot.part == Part::Choice))
        });
        if !asks_choice {
            tell(
                format!("`{}` is asked, and no choice", draft.part.name()),
                "whose poll it is follows from the choice: ask `answer: {ballot: choice, …}` before it"
                    .to_owned(),
            );
        }
    }
}
