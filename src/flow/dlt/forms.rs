//! Every form in which the texts of an office may be said by SMS: its words, and what is filled in. One
//! form is one message, and one template.

use std::collections::HashSet;

use crate::contact::Language;
use crate::dlt::{Hole, Proposal, Registry, Say, Tag};
use crate::flow::Rendering;
use crate::flow::answer::nothing;
use crate::flow::check::sms::{Longest, LongestNames};
use crate::flow::definition::{Answer, Ask, AskedBallot, Flow, StepKind};
use crate::flow::diagnostic::Place;
use crate::flow::draft::{AnswerDraft, FlowDraft, KindDraft};
use crate::flow::hint::choose_text;
use crate::flow::load::{Everything, Notice};
use crate::flow::render::{Question, Row, Words, pages};
use crate::flow::text::{COMMON, SMS_INSTEAD, TextId};
use crate::locale::{Arguments, Function, Key, Message, Pattern, Segment, Value, join_or};

/// More forms than this of one text are not looked at: it differs too much for templates.
const MOST_FORMS: usize = 24;
/// So many conditions of choices are looked at in every combination.
const MOST_CONDITIONS: usize = 4;
/// Candidates of "did you mean …?".
const MOST_GUESSES: usize = 3;
/// A longer answer nobody reads back in an SMS.
const LONGEST_ANSWER: usize = 90;

/// A form of a text, and where the text stands.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) key: String,
    pub(super) place: Place,
    pub(super) proposal: Proposal,
}

/// What may be said, and what of it no number of templates covers.
#[derive(Debug, Default)]
pub(super) struct Forms {
    pub(super) list: Vec<Form>,
    /// Where a question or text has more forms than templates can be made for, and why.
    pub(super) endless: Vec<(Place, String)>,
}

/// Collects the forms of everything.
struct Collector<'a> {
    all: &'a Everything<'a>,
    forms: Forms,
    /// Texts that were collected: by language, book and name.
    done: HashSet<(Language, TextId)>,
    /// Names that were given.
    names: HashSet<String>,
}

/// One text in one language.
#[derive(Clone, Copy)]
struct Text<'a> {
    id: TextId,
    language: Language,
    /// The flow's name, `common` or `notices`.
    book: &'a str,
    key: &'a str,
}

/// The forms of all that goes by SMS, as this registry says.
pub(super) fn forms(all: &Everything<'_>, notices: &[Notice], registry: &Registry) -> Forms {
    let names = LongestNames::new(all.geography);
    let mut collector =
        Collector { all, forms: Forms::default(), done: HashSet::new(), names: HashSet::new() };
    for language in Language::ALL {
        if !all.catalogue.has(language) || !registry.speaks(language) {
            continue;
        }
        for (flow, draft) in all.flows.iter().zip(all.drafts) {
            if !registry.has_flow(&draft.name.text) {
                continue;
            }
            let longest = Longest::new(flow, all.flows, &names);
            collector.flow(flow, draft, language, &longest);
        }
        let Some(first) = all.flows.first() else { continue };
        let longest = Longest::new(first, all.flows, &names);
        collector.common(language, &longest);
        for notice in notices {
            let key = notice.purpose.name();
            let text = Text { id: notice.text, language, book: "notices", key };
            collector.plain(text, &longest);
        }
    }
    collector.forms
}

impl Collector<'_> {
    fn flow(&mut self, flow: &Flow, draft: &FlowDraft, language: Language, longest: &Longest<'_>) {
        let book = draft.name.text.as_str();
        for (step, written) in flow.steps.iter().zip(&draft.steps) {
            match (&step.kind, &written.kind) {
                (StepKind::Say { text, .. }, KindDraft::Say { text: word, .. })
                | (StepKind::Handoff(text), KindDraft::Handoff(word)) => {
                    let text = Text { id: *text, language, book, key: &word.text };
                    self.plain(text, longest);
                }
                (StepKind::Ask(ask), KindDraft::Ask(asked)) => {
                    let key = asked.message.text.as_str();
                    let text = Text { id: ask.text, language, book, key };
                    self.question(text, ask, &asked.answer, longest);
                    let texts = self.all.texts;
                    for id in ask.ballot().map(AskedBallot::says).unwrap_or_default() {
                        let Some(known) = texts.get(id.0) else { continue };
                        self.plain(Text { id, language, book, key: &known.key }, longest);
                    }
                }
                _ => {}
            }
        }
        let remind = flow.remind.map(|remind| (remind.say, "remind"));
        for (id, key) in remind.into_iter().chain([(flow.changed, "changed")]) {
            let named = draft.remind.as_ref().and_then(|remind| remind.say.as_ref());
            let key = match named {
                Some(word) if key == "remind" => word.text.as_str(),
                _ => key,
            };
            self.plain(Text { id, language, book, key }, longest);
        }
    }

    /// What the engine says by itself.
    fn common(&mut self, language: Language, longest: &Longest<'_>) {
        let texts = self.all.texts;
        let own = COMMON.iter().map(|(key, _)| *key).filter(|key| {
            // Lines above choices are part of their question; "did you mean" has choices of its own.
            !key.starts_with("choose-") && !["sms-choose", "did-you-mean"].contains(key)
        });
        for key in own.chain([SMS_INSTEAD]) {
            let Some(id) = texts.iter().position(|text| text.key == key) else { continue };
            let text = Text { id: TextId(id), language, book: "common", key };
            self.plain(text, longest);
        }
        let common = self.all.common;
        let text = Text { id: common.did_you_mean, language, book: "common", key: "did-you-mean" };
        let Some(place) = self.place(text) else { return };
        for says in self.said(text, longest) {
            for guesses in 1..=MOST_GUESSES {
                let mut says = says.clone();
                let choose = common.sms_choose.get(language);
                push_words(&mut says, &format!("\n{choose}"));
                let rows = if guesses == 1 { 1 } else { guesses };
                for number in 1..=rows {
                    push_words(&mut says, &format!("\n{number}. "));
                    if guesses == 1 {
                        push_words(&mut says, common.yes.get(language));
                    } else {
                        says.push(Say::Hole(self.hole("guess", language, longest)));
                    }
                }
                let none = if guesses == 1 { &common.no } else { &common.none };
                push_words(&mut says, &format!("\n{}. {}", rows + 1, none.get(language)));
                if guesses > 1 {
                    widen(&mut says, guesses);
                }
                self.push(text, place, says);
            }
        }
    }

    /// Where a text stands in its language.
    fn place(&self, text: Text<'_>) -> Option<Place> {
        let catalogue = self.all.catalogue;
        let own = catalogue.message(text.language, text.book, text.key);
        let message: &Message =
            own.or_else(|| catalogue.message(text.language, "common", text.key))?;
        let (start, end) = (message.span.start, message.span.end);
        Some(Place { file: message.source, start, end })
    }

    fn push(&mut self, text: Text<'_>, place: Place, says: Vec<Say>) {
        // What is said by nothing but values, or nothing at all, is told elsewhere.
        let empty =
            says.iter().all(|say| matches!(say, Say::Words(words) if words.trim().is_empty()));
        if empty || says.is_empty() {
            return;
        }
        let known =
            |form: &Form| form.proposal.language == text.language && form.proposal.says == says;
        if self.forms.list.iter().any(known) {
            return;
        }
        let plain = format!("{}-{}-{}", text.book, text.key, text.language.code());
        let mut name = plain.clone();
        let mut number = 2;
        while !self.names.insert(name.clone()) {
            name = format!("{plain}-{number}");
            number += 1;
        }
        self.forms.list.push(Form {
            key: text.key.to_owned(),
            place,
            proposal: Proposal { name, book: text.book.to_owned(), language: text.language, says },
        });
    }

    /// A text that is said as it stands.
    fn plain(&mut self, text: Text<'_>, longest: &Longest<'_>) {
        if !self.done.insert((text.language, text.id)) {
            return;
        }
        let Some(place) = self.place(text) else { return };
        for says in self.said(text, longest) {
            self.push(text, place, says);
        }
    }

    fn question(
        &mut self,
        text: Text<'_>,
        ask: &Ask,
        written: &AnswerDraft,
        longest: &Longest<'_>,
    ) {
        let Some(place) = self.place(text) else { return };
        let Some(choices) = ask.choices() else {
            // A list of places is only shown where a template carries it; the words alone always go.
            let skip = ask.optional.then(|| self.all.common.skip.get(text.language).to_owned());
            for mut says in self.said(text, longest) {
                if let Some(skip) = &skip {
                    push_words(&mut says, &format!("\n0. {skip}"));
                }
                self.push(text, place, says);
            }
            return;
        };
        if choices.shuffle {
            self.forms.endless.push((
                place,
                format!("the choices of `{}` come in another order for everybody", text.key),
            ));
            return;
        }
        let Some(shown) = seen_choices(written, choices.list.len()) else {
            self.forms.endless.push((
                place,
                format!("the choices of `{}` hang on too many conditions", text.key),
            ));
            return;
        };
        for says in self.said(text, longest) {
            for seen in &shown {
                self.with_choices(text, place, ask, &says, seen);
            }
        }
    }

    /// The pages of a question of which these choices are seen.
    fn with_choices(
        &mut self,
        text: Text<'_>,
        place: Place,
        ask: &Ask,
        says: &[Say],
        seen: &[bool],
    ) {
        let language = text.language;
        let common = self.all.common;
        let Some(choices) = ask.choices() else { return };
        let visible = choices.list.iter().zip(seen).filter(|(_, seen)| **seen);
        let visible: Vec<&str> = visible.map(|(choice, _)| choice.label.get(language)).collect();
        if visible.is_empty() {
            return;
        }
        let skip = match ask.many() {
            Some(many) if many.at_least == 0 => Some(common.none.get(language)),
            _ => ask.optional.then(|| common.skip.get(language)),
        };
        let choose = match ask.many() {
            Some(many) => {
                let (id, arguments) = choose_text(common, &ask.answer, many, visible.len());
                let mut line = String::new();
                if let Some(text) = self.all.texts.get(id.0) {
                    text.write(language, &Given(&arguments), &mut line);
                }
                line
            }
            None => common.sms_choose.get(language).to_owned(),
        };
        for page in 0..pages(visible.len(), skip.is_some()) {
            let rows = visible.iter().enumerate().map(|(index, title)| Row {
                id: "".into(),
                title: (*title).into(),
                description: None,
                number: index + 1,
            });
            let question = Question {
                body: String::new(),
                rendering: Rendering::Sms,
                visit: 0,
                rows: rows.collect(),
                skip,
                page,
                numbered: true,
                words: Words {
                    list_open: "",
                    more: common.more.get(language),
                    sms_choose: choose.as_str().into(),
                },
            };
            let mut says = says.to_vec();
            push_words(&mut says, question.content().body());
            self.push(text, place, says);
        }
    }

    /// Every form of a text by SMS.
    fn said(&mut self, text: Text<'_>, longest: &Longest<'_>) -> Vec<Vec<Say>> {
        let Some(known) = self.all.texts.get(text.id.0) else { return Vec::new() };
        let mut forms: Vec<Vec<Say>> = vec![Vec::new()];
        self.segments(known.pattern(text.language), text.language, longest, &mut forms);
        if text.book == "common" && ["hint-number", "hint-booth"].contains(&text.key) {
            self.with_bounds(text.key, &mut forms);
        }
        if forms.len() > MOST_FORMS {
            if let Some(place) = self.place(text) {
                let count = forms.len();
                self.forms
                    .endless
                    .push((place, format!("the text `{}` has {count} forms", text.key)));
            }
            forms.truncate(MOST_FORMS);
        }
        forms
    }

    /// The bounds these hints name are numbers, those of the questions: as they are said, a booth's plain.
    fn with_bounds(&self, key: &str, forms: &mut [Vec<Say>]) {
        let of_booths = key == "hint-booth";
        let asked = self.all.flows.iter().flat_map(|flow| &flow.steps);
        let bounds = asked.filter_map(|step| match &step.kind {
            StepKind::Ask(ask) => match ask.answer {
                Answer::Number { from, to } if !of_booths => Some(from.max(to)),
                Answer::Booth { to } if of_booths => Some(to),
                _ => None,
            },
            _ => None,
        });
        let bound = bounds.max().unwrap_or(999);
        let mut longest = String::new();
        if of_booths {
            longest = bound.to_string();
        } else {
            crate::locale::grouped(bound, &mut longest);
        }
        for say in forms.iter_mut().flatten() {
            if let Say::Hole(hole) = say
                && matches!(hole.name.as_str(), "from" | "to")
            {
                hole.tag = Tag::Numeric;
                hole.longest.clone_from(&longest);
            }
        }
    }

    fn segments(
        &self,
        pattern: &Pattern,
        language: Language,
        longest: &Longest<'_>,
        forms: &mut Vec<Vec<Say>>,
    ) {
        for segment in &pattern.segments {
            match segment {
                Segment::Text(words) => {
                    for says in forms.iter_mut() {
                        push_words(says, words);
                    }
                }
                Segment::Variable(name) => {
                    let hole = self.hole(name, language, longest);
                    // What was passed over or is not known is a sign of its own, and no value.
                    let lacks = may_be_nothing(name)
                        || longest.question(name).is_some_and(|ask| ask.optional);
                    let without = if lacks { forms.clone() } else { Vec::new() };
                    for says in forms.iter_mut() {
                        says.push(Say::Hole(hole.clone()));
                    }
                    for mut says in without {
                        push_words(&mut says, nothing(language));
                        forms.push(says);
                    }
                }
                Segment::Call { function, variable } => {
                    let hole = called(*function, variable, language, longest);
                    let sign = match (function, language) {
                        (Function::Rupees, Language::En) => "Rs ",
                        (Function::Rupees, _) => "₹",
                        _ => "",
                    };
                    for says in forms.iter_mut() {
                        push_words(says, sign);
                        says.push(Say::Hole(hole.clone()));
                    }
                }
                Segment::Select { variable, variants, default } => {
                    let own = variants.iter().position(|(key, _)| {
                        matches!(key, Key::Word(word) if word.as_ref() == Rendering::Sms.name())
                    });
                    let of_channel = variable.as_ref() == "channel";
                    let mut next = Vec::new();
                    for (index, (_, inner)) in variants.iter().enumerate() {
                        if of_channel && index != own.unwrap_or(*default) {
                            continue;
                        }
                        let mut so = forms.clone();
                        self.segments(inner, language, longest, &mut so);
                        for says in so {
                            if !next.contains(&says) && next.len() <= MOST_FORMS * 4 {
                                next.push(says);
                            }
                        }
                    }
                    *forms = next;
                }
            }
        }
    }

    /// What a variable of a text is filled with.
    fn hole(&self, name: &str, language: Language, longest: &Longest<'_>) -> Hole {
        let letters = |count: usize| match language {
            Language::En => "x".repeat(count),
            Language::Hi => "क".repeat(count),
            Language::Ur => "ب".repeat(count),
        };
        let named = |tag: Tag, longest: String| Hole { name: name.to_owned(), tag, longest };
        match name {
            "member_number" => named(Tag::Alphanumeric, "UP-9999-9999-9".to_owned()),
            "my_code" | "code" => named(Tag::Alphanumeric, "UP-999999999".to_owned()),
            "ticket" => named(Tag::Alphanumeric, "T-99999-9".to_owned()),
            "my_link" => {
                named(Tag::Url, "https://wa.me/919999999999?text=join%20UP-999999999".to_owned())
            }
            "member_booth" | "listed_booth" | "my_count" => named(Tag::Numeric, "9999".to_owned()),
            "member_name" | "member_district" | "member_seat" | "listed_name" | "listed_seat"
            | "my_posts" => named(Tag::Alphanumeric, longest.value(name, language)),
            "until" | "poll_closes" => named(Tag::Alphanumeric, format!("{} 18 30", day(language))),
            // Five names or so in a row; what is longer does not leave.
            "poll_candidates" => named(Tag::Alphanumeric, letters(150)),
            "poll_choice" => named(Tag::Alphanumeric, letters(90)),
            "poll_question" => named(Tag::Alphanumeric, letters(60)),
            "poll_who" | "poll_seat" | "poll_aspects" => named(Tag::Alphanumeric, letters(30)),
            "poll_example" => named(Tag::Alphanumeric, "5 4 3 4 4 2 ".repeat(5)),
            "poll_receipt" => named(Tag::Alphanumeric, "7K2-QXM-9ZT".to_owned()),
            "poll_number" => named(Tag::Numeric, "20".to_owned()),
            "member_since" | "member_until" | "from" | "to" => {
                named(Tag::Alphanumeric, day(language))
            }
            "guess" => named(Tag::Alphanumeric, longest.value("member_seat", language)),
            "kinds" => {
                let common = self.all.common;
                let labels: Vec<&str> =
                    common.sent.iter().map(|label| label.get(language)).collect();
                named(Tag::Alphanumeric, join_or(&labels, language))
            }
            "district" if longest.question(name).is_none() => {
                named(Tag::Alphanumeric, longest.value("member_district", language))
            }
            "least" | "most" => named(Tag::Numeric, "10".to_owned()),
            "example" => named(Tag::Alphanumeric, "2 1 3".to_owned()),
            answer => {
                let asked = longest.question(answer);
                let tag = match asked.map(|ask| &ask.answer) {
                    Some(
                        Answer::Number { .. }
                        | Answer::Year { .. }
                        | Answer::Age { .. }
                        | Answer::Booth { .. }
                        | Answer::Phone,
                    ) => Tag::Numeric,
                    _ => Tag::Alphanumeric,
                };
                let mut value = match asked.map(|ask| &ask.answer) {
                    Some(Answer::Date { .. }) => day(language),
                    Some(Answer::Text | Answer::Message(_)) => letters(LONGEST_ANSWER),
                    _ => longest.value(answer, language),
                };
                if value.is_empty() {
                    value = letters(20);
                }
                named(tag, value)
            }
        }
    }
}

/// The longest day as it is written.
fn day(language: Language) -> String {
    match language {
        Language::Hi => "30 सितंबर 2026",
        Language::En => "30 September 2026",
        Language::Ur => "30 ستمبر 2026",
    }
    .to_owned()
}

fn called(function: Function, variable: &str, language: Language, longest: &Longest<'_>) -> Hole {
    let named = |tag: Tag, longest: String| Hole { name: variable.to_owned(), tag, longest };
    match function {
        Function::Number | Function::Rupees => {
            named(Tag::Numeric, longest.value(variable, language))
        }
        Function::Date | Function::Day | Function::Weekday => {
            named(Tag::Alphanumeric, day(language))
        }
    }
}

fn push_words(says: &mut Vec<Say>, words: &str) {
    if words.is_empty() {
        return;
    }
    match says.last_mut() {
        Some(Say::Words(before)) => before.push_str(words),
        _ => says.push(Say::Words(words.to_owned())),
    }
}

/// Several candidates stand in one place: as they are joined.
fn widen(says: &mut [Say], guesses: usize) {
    let first = says.iter_mut().find_map(|say| match say {
        Say::Hole(hole) if hole.name == "guess" => Some(hole),
        _ => None,
    });
    if let Some(hole) = first {
        let one = hole.longest.clone();
        hole.longest = vec![one; guesses].join(" / ");
    }
}

/// The choices that are seen together, in every combination of their conditions; `None`: there are too
/// many conditions. `!x` is the opposite of `x`.
fn seen_choices(answer: &AnswerDraft, count: usize) -> Option<Vec<Vec<bool>>> {
    let list = match answer {
        AnswerDraft::OneOf(choices) => &choices.list,
        AnswerDraft::AnyOf(many) | AnswerDraft::Ranked(many) => &many.choices.list,
        _ => return Some(vec![vec![true; count]]),
    };
    let atom = |condition: &str| -> (String, bool) {
        let plain: String = condition.split_whitespace().collect();
        match plain.strip_prefix('!') {
            Some(inner) => {
                let bare = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
                (bare.unwrap_or(inner).to_owned(), false)
            }
            None => (plain, true),
        }
    };
    let conditions: Vec<Option<(String, bool)>> =
        list.iter().map(|choice| choice.condition.as_ref().map(|word| atom(&word.text))).collect();
    let mut atoms: Vec<&str> = conditions.iter().flatten().map(|(atom, _)| atom.as_str()).collect();
    atoms.sort_unstable();
    atoms.dedup();
    if atoms.len() > MOST_CONDITIONS {
        return None;
    }
    let mut all: Vec<Vec<bool>> = Vec::new();
    for bits in 0..1_usize << atoms.len() {
        let holds = |wanted: &str| {
            atoms.iter().position(|atom| *atom == wanted).is_some_and(|at| bits >> at & 1 == 1)
        };
        let seen = conditions.iter().map(|condition| match condition {
            None => true,
            Some((atom, expected)) => holds(atom) == *expected,
        });
        let seen: Vec<bool> = seen.collect();
        if !all.contains(&seen) {
            all.push(seen);
        }
    }
    Some(all)
}

/// Values of a text of the engine.
struct Given<'a>(&'a [(&'static str, String)]);

impl Arguments for Given<'_> {
    fn value(&self, name: &str) -> Option<Value<'_>> {
        if name == "channel" {
            return Some(Value::Text(Rendering::Sms.name().into()));
        }
        let known = self.0.iter().find(|(known, _)| *known == name)?;
        Some(Value::Text(known.1.as_str().into()))
    }
}

/// Variables of the person that say of some that nothing is known.
fn may_be_nothing(variable: &str) -> bool {
    matches!(
        variable,
        "member_booth"
            | "member_until"
            | "listed_name"
            | "listed_seat"
            | "listed_booth"
            | "my_posts"
    )
}
