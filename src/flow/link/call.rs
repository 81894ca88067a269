//! Calls of other flows, and what those end with.

use super::Linker;
use super::scope::Scope;
use crate::flow::definition::{StepKind, Target};
use crate::flow::diagnostic::nearest;
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
        // What is like no result of the flow is told together: whoever wrote it did not know them.
        let mut strange: Vec<&Word> = Vec::new();
        for (result, _) in ways {
            if unread || results.contains(&result.text.as_str()) {
                continue;
            }
            let meant = nearest(&result.text, results.iter().copied());
            let known = called.results().into_iter();
            let meant = known.into_iter().find(|known| Some(known.text.as_str()) == meant);
            let Some(known) = meant else {
                strange.push(result);
                continue;
            };
            let spot = self.findings.spot(known.place);
            self.findings.error_hint(
                result.place,
                format!("the flow `{}` never ends with `{}`", flow.text, result.text),
                format!("did you mean `{}`? So it is called in {spot}", known.text),
            );
        }
        if let Some(first) = strange.first() {
            let names: Vec<&str> = strange.iter().map(|word| word.text.as_str()).collect();
            let free: Vec<&str> = results
                .iter()
                .copied()
                .filter(|known| !ways.iter().any(|(way, _)| way.text == *known))
                .collect();
            let hint = if results.is_empty() {
                format!("close one of its steps with `end: {}`", first.text)
            } else if free.is_empty() {
                format!("it ends with `{}`, and those have ways already: remove it", or(&results))
            } else {
                let ends = or(&results);
                format!("it ends with `{ends}`: write {} here", free.join(" and "))
            };
            self.findings.error_hint(
                first.place,
                format!("the flow `{}` never ends with `{}`", flow.text, or(&names)),
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

/// Names as they stand within one pair of backticks: "a` or `b".
fn or(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{}` or `{last}", others.join("`, `")),
        None => String::new(),
    }
}
