//! What a `do` step makes true, looked up.

use super::Linker;
use super::scope::Scope;
use crate::contact::Language;
use crate::flow::check;
use crate::flow::condition::PURPOSES;
use crate::flow::definition::Action;
use crate::flow::diagnostic::one_of_these;
use crate::flow::draft::{ActionDraft, AnswerDraft, KindDraft};
use crate::flow::yaml::Word;
use crate::message::Purpose;

impl Linker<'_, '_, '_> {
    pub(super) fn action(&mut self, draft: &ActionDraft, scope: &Scope<'_>) -> Action {
        match draft {
            ActionDraft::EnrolMember(place, term) => {
                check::enrolment(scope.draft, *place, self.findings);
                check::consent_of_members(scope.draft, *place, self.findings);
                Action::EnrolMember(*term)
            }
            ActionDraft::RenewMembership(term) => Action::RenewMembership(*term),
            ActionDraft::UpdateMember(place) => {
                check::update(scope.draft, *place, self.findings);
                Action::UpdateMember
            }
            ActionDraft::LeaveMembership => Action::LeaveMembership,
            ActionDraft::DisownMembership => Action::DisownMembership,
            ActionDraft::HandOver => Action::HandOver,
            ActionDraft::Withdraw(words) => Action::Withdraw(self.purposes(words)),
            ActionDraft::Consent(words) => Action::Consent(self.purposes(words)),
            ActionDraft::Restore => Action::Restore,
            ActionDraft::Language(word) => {
                if let Some(language) = Language::from_code(&word.text) {
                    Action::Language(language)
                } else {
                    let index = self.step_index(word, scope);
                    if let Some(index) = index {
                        self.language_step(word, index, scope);
                    }
                    index.map_or(Action::Language(Language::Hi), Action::LanguageOf)
                }
            }
            ActionDraft::Request { kind, with, right } => {
                let kinds = ["erasure", "correction", "access"];
                if *right && !kinds.contains(&kind.text.as_str()) {
                    let rights = one_of_these(&kind.text, kinds);
                    self.findings.error_hint(
                        kind.place,
                        format!("there is no request `{}`", kind.text),
                        format!("{rights}; anything else is {{kind: {}, with: […]}}", kind.text),
                    );
                }
                for word in with {
                    if !scope.answers.contains_key(&word.text) {
                        self.findings.error_hint(
                            word.place,
                            format!("this flow has no answer `{}`", word.text),
                            one_of_these(&word.text, scope.variables()),
                        );
                    }
                }
                let with = with.iter().map(|word| word.text.clone()).collect();
                Action::Request { kind: kind.text.clone(), with }
            }
        }
    }

    /// The step a language comes from must offer languages.
    pub(super) fn language_step(&mut self, word: &Word, index: usize, scope: &Scope<'_>) {
        let offers = scope.draft.steps.get(index).is_some_and(|step| {
            // What a step offers that cannot be read is not known.
            matches!(&step.kind, KindDraft::Broken)
                || matches!(&step.kind, KindDraft::Ask(ask)
                    if matches!(&ask.answer, AnswerDraft::OneOf(choices)
                        if choices.ids().all(|id| Language::from_code(id).is_some())))
        });
        if !offers {
            self.findings.error_hint(
                word.place,
                format!("the step `{}` does not offer languages", word.text),
                "its choices must be hi, en or ur",
            );
        }
    }

    pub(super) fn purposes(&mut self, words: &[Word]) -> Vec<Purpose> {
        words.iter().filter_map(|word| self.purpose(word)).collect()
    }

    pub(super) fn purpose(&mut self, word: &Word) -> Option<Purpose> {
        let found = PURPOSES.into_iter().find(|purpose| purpose.name() == word.text);
        if found.is_none() {
            self.findings.error_hint(
                word.place,
                format!("there is no purpose `{}`", word.text),
                one_of_these(&word.text, PURPOSES.map(Purpose::name)),
            );
        }
        found
    }
}
