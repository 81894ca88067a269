//! Every kind of answer with what may stand under its name.

/// One kind of answer as a flow file writes it.
#[derive(Clone, Copy, Debug)]
pub(in crate::flow) struct AnswerForm {
    pub(in crate::flow) name: &'static str,
    /// Whether the bare name is an answer (`answer: district`).
    pub(in crate::flow) bare: bool,
    /// What may stand under the name (`answer: {name: …}`).
    pub(in crate::flow) details: Details,
    /// The keys that may stand beside the name (`answer: {any_of: […], at_least: 1}`).
    pub(in crate::flow) beside: &'static [(&'static str, Takes)],
}

/// What stands under the name of an answer.
#[derive(Clone, Copy, Debug)]
pub(in crate::flow) enum Details {
    Nothing,
    /// A list of choices, or `{choices: […], shuffle: true, last: […]}` ([`CHOICE_KEYS`]).
    Choices,
    /// A regular expression.
    Pattern,
    /// A list of names of [`SentKind`].
    Kinds,
    /// The name of a [`Part`](crate::flow::polling::Part).
    Part,
    Keys(&'static [(&'static str, Takes)]),
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub(in crate::flow) enum Takes {
    Number,
    Flag,
    /// The name of a step.
    Step,
    /// `today`, `7d`, `-30d` or `2027-12-31`.
    Day,
    Choices,
    Ids,
    /// The name of a text.
    Text,
}

/// The keys of the long form of a list of choices.
pub(in crate::flow) const CHOICE_KEYS: [(&str, Takes); 3] =
    [("choices", Takes::Choices), ("shuffle", Takes::Flag), ("last", Takes::Ids)];

const BOUNDS: &[(&str, Takes)] = &[("from", Takes::Number), ("to", Takes::Number)];
const DAYS: &[(&str, Takes)] = &[("from", Takes::Day), ("to", Takes::Day)];
const ADULT: &[(&str, Takes)] = &[("adult", Takes::Flag)];
pub(super) const COUNTS: &[(&str, Takes)] =
    &[("at_least", Takes::Number), ("at_most", Takes::Number)];

/// The texts said of an answer to a poll.
const SAID: &[(&str, Takes)] =
    &[("noted", Takes::Text), ("plain", Takes::Text), ("receipt", Takes::Text)];

const fn bare(name: &'static str) -> AnswerForm {
    AnswerForm { name, bare: true, details: Details::Nothing, beside: &[] }
}

const fn with(name: &'static str, keys: &'static [(&'static str, Takes)]) -> AnswerForm {
    AnswerForm { name, bare: true, details: Details::Keys(keys), beside: &[] }
}

const fn of(
    name: &'static str,
    details: Details,
    beside: &'static [(&'static str, Takes)],
) -> AnswerForm {
    AnswerForm { name, bare: false, details, beside }
}

/// Every kind of answer.
pub(in crate::flow) const ANSWERS: [AnswerForm; 23] = [
    of("one_of", Details::Choices, &[]),
    of("any_of", Details::Choices, COUNTS),
    of("ranked", Details::Choices, COUNTS),
    bare("yes_no"),
    with("number", BOUNDS),
    with("year", ADULT),
    with("age", ADULT),
    with("date", DAYS),
    with("booth", &[("to", Takes::Number)]),
    bare("text"),
    bare("person_name"),
    bare("phone"),
    bare("own_phone"),
    bare("district"),
    with("assembly", &[("in", Takes::Step)]),
    bare("lok_sabha"),
    of("pattern", Details::Pattern, &[]),
    of("message", Details::Kinds, &[]),
    bare("location"),
    bare("photo"),
    bare("voice"),
    bare("file"),
    of("ballot", Details::Part, SAID),
];

/// Their names.
pub(in crate::flow::draft) fn answer_names() -> impl Iterator<Item = &'static str> + Clone {
    ANSWERS.iter().map(|form| form.name)
}
