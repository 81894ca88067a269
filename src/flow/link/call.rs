//! Calls of other flows, and what those end with.

use super::Linker;
use super::scope::Scope;
use crate::flow::definition::{StepKind, Target};
use crate::flow::diagnostic::{nearest, one_of_these};
use crate::flow::draft::{FlowDraft, KindDraft, TargetDraft};
use crate::flow::yaml::Word;

impl Linker<'_, '_, '_> {
    pub(super) fn call(
        &mut self,
        flow: &Word,
        ways: &[(Word, TargetDraft)],
        scope: &Scope<'_>,
    ) -> StepKind {
        let called = self.by_name.get(&flow.text).and_then(|index| self.drafts.get(*index));
        let ends: Vec<&str> = called
            .into_iter()
            .flat_map(FlowDraft::results)
            .map(|result| result.text.as_str())
            .collect();
        self.turned_round(ways, &ends, scope);
        let when: Vec<(String, Target)> = ways
            .iter()
            .map(|(result, target)| (result.text.clone(), self.target(target, scope)))
            .collect();
        let Some(index) = self.flow_index(flow) else { return StepKind::Goto };
        let Some(called) = self.drafts.get(index) else { return StepKind::Goto };
        let results: Vec<&str> =
            called.results().into_iter().map(|result| result.text.as_str()).collect();
        let unread = called.steps.iter().any(|step| matches!(step.kind, KindDraft::Broken));
        for (result, _) in ways {
            if unread || results.contains(&result.text.as_str()) {
                continue;
            }
            let hint = if results.is_empty() {
                format!("close one of its steps with `end: {}`", result.text)
            } else {
                let known = called.results();
                let meant = nearest(&result.text, results.iter().copied());
                let meant = known.into_iter().find(|known| Some(known.text.as_str()) == meant);
                meant.map_or_else(
                    || one_of_these(&result.text, results.iter().copied()),
                    |known| {
                        let spot = self.findings.spot(known.place);
                        format!("did you mean `{}`? So it is called in {spot}", known.text)
                    },
                )
            };
            self.findings.error_hint(
                result.place,
                format!("the flow `{}` never ends with `{}`", flow.text, result.text),
                hint,
            );
        }
        let missing: Vec<&str> = results
            .iter()
            .copied()
            .filter(|result| !ways.iter().any(|(known, _)| known.text == *result))
            .collect();
        if let (false, Some(first)) = (ways.is_empty(), missing.first()) {
            self.findings.warn(
                flow.place,
                format!(
                    "the flow `{}` can end with `{}` too, and that has no way here",
                    flow.text,
                    missing.join("`, `")
                ),
                format!("add it to `when`: {{{first}: …}}; as it is, the next step follows"),
            );
        }
        let covered = !ways.is_empty() && missing.is_empty() && !called.ends_plainly();
        StepKind::Call { flow: index, when, covered }
    }

    /// A result nobody asks for is most likely a slip.
    pub(super) fn results_are_asked_for(&mut self, draft: &FlowDraft) {
        let results = draft.results();
        let Some(first) = results.first() else { return };
        let asked = self.drafts.iter().flat_map(|other| &other.steps).any(|step| {
            matches!(&step.kind, KindDraft::Call { flow, when }
                if flow.text == draft.name.text && !when.is_empty())
        });
        if !asked {
            self.findings.warn(
                first.place,
                format!("no flow asks whether `{}` ended with `{}`", draft.name.text, first.text),
                format!(
                    "write `end: true`, or {{call: {}, when: {{{}: …}}}} in the flow that calls it",
                    draft.name.text, first.text
                ),
            );
        }
    }
}
