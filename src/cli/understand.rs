//! `samvad understand`: what the ear makes of a text, for people and, line by line, for programs.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Clock;
use crate::geography::Geography;
use crate::locale::india_date;
use crate::understanding::{
    self, ChoiceWords, Command, Gender, Kind, Meaning, Reading, Reason, choice_words,
};

#[derive(Debug, Args)]
pub struct UnderstandArgs {
    /// What is asked for: yes_no, number, booth, age, birth_year, date, gender, district, assembly,
    /// lok_sabha, name, phone, choice, stop or help
    #[arg(required_unless_present = "jsonl", value_name = "KIND")]
    pub kind: Option<String>,
    /// What the person wrote
    #[arg(value_name = "TEXT")]
    pub text: Vec<String>,
    /// Read lines {"kind": …, "text": …, "context": …} and answer each with a line of JSON
    #[arg(long, conflicts_with_all = ["kind", "text", "explain"])]
    pub jsonl: bool,
    /// Say why it was read so
    #[arg(long)]
    pub explain: bool,
    /// The district a seat is asked within
    #[arg(long, value_name = "NAME")]
    pub district: Option<String>,
    /// A choice that is offered; for several, write it again
    #[arg(long = "choice", value_name = "LABEL")]
    pub choices: Vec<String>,
    /// The day it is, such as 2026-11-21; otherwise the clock's
    #[arg(long, value_name = "DAY")]
    pub today: Option<Date>,
    /// The smallest number or first day that is taken
    #[arg(long, value_name = "BOUND", allow_negative_numbers = true)]
    pub from: Option<String>,
    /// The largest number or last day that is taken
    #[arg(long, value_name = "BOUND", allow_negative_numbers = true)]
    pub to: Option<String>,
}

/// One line of `--jsonl`.
#[derive(Debug, Deserialize)]
struct Line {
    kind: String,
    text: String,
    #[serde(default)]
    context: Option<Context>,
}

/// What is known where the question is asked; all of it may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Context {
    /// A district's name in any spelling, or its code.
    district: Option<String>,
    #[serde(default)]
    choices: Vec<String>,
    today: Option<Date>,
    from: Option<Value>,
    to: Option<Value>,
}

/// The answer to a line. `value` is there when the reading is sure. Of an unsure one `candidates`
/// hold what is probably meant, best first; `tie` holds what is meant equally, where nothing
/// says which.
#[derive(Debug, Default, PartialEq, Serialize)]
struct Answer {
    value: Option<Value>,
    sure: bool,
    candidates: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tie: Vec<Value>,
}

#[derive(Debug, Serialize)]
struct Failure {
    error: String,
}

pub(super) fn run(args: &UnderstandArgs, clock: &Clock) -> ExitCode {
    let geography = match Geography::shipped() {
        Ok(geography) => geography,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let today = args.today.unwrap_or_else(|| india_date(clock.now()));
    let ear = Ear { geography: &geography, today };
    understanding::prepare();
    let outcome = if args.jsonl {
        ear.lines(&mut std::io::stdin().lock(), &mut std::io::stdout().lock())
    } else {
        ear.one(args)
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("samvad understand: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Ear<'g> {
    geography: &'g Geography,
    today: Date,
}

impl Ear<'_> {
    /// Answers every line of the input, in order; whether all of them could be read.
    fn lines(&self, input: &mut impl BufRead, mut out: &mut impl Write) -> std::io::Result<bool> {
        let mut all_read = true;
        let mut bytes = Vec::new();
        while input.read_until(b'\n', &mut bytes)? > 0 {
            let written = std::str::from_utf8(&bytes).map_err(|error| error.to_string());
            let answered = written.and_then(|line| {
                let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
                let context = line.context.unwrap_or_default();
                let (reading, _) = self.read(&line.kind, &line.text, &context)?;
                Ok(self.answer(reading, &context))
            });
            match answered {
                Ok(answer) => serde_json::to_writer(&mut out, &answer)?,
                Err(error) => {
                    all_read = false;
                    serde_json::to_writer(&mut out, &Failure { error })?;
                }
            }
            out.write_all(b"\n")?;
            out.flush()?;
            bytes.clear();
        }
        Ok(all_read)
    }

    /// Reads the text of the command line and tells a person what was made of it.
    fn one(&self, args: &UnderstandArgs) -> Result<bool, std::io::Error> {
        let text = args.text.join(" ");
        let context = Context {
            district: args.district.clone(),
            choices: args.choices.clone(),
            today: None,
            from: args.from.clone().map(Value::String),
            to: args.to.clone().map(Value::String),
        };
        let kind = args.kind.as_deref().unwrap_or_default();
        let (reading, why) = match self.read(kind, &text, &context) {
            Ok(read) => read,
            Err(error) => {
                eprintln!("samvad understand: {error}");
                return Ok(false);
            }
        };
        let answer = self.answer(reading, &context);
        let mut out = std::io::stdout().lock();
        let shown = |values: &[Value]| {
            let each: Vec<String> = values.iter().map(shown).collect();
            each.join(", ")
        };
        match (&answer.value, answer.candidates.as_slice(), answer.tie.as_slice()) {
            (Some(value), _, _) => writeln!(out, "sure: {}", shown(std::slice::from_ref(value)))?,
            (None, [], []) => writeln!(out, "none")?,
            (None, [], tie) => writeln!(out, "unsure, equally: {}", shown(tie))?,
            (None, candidates, _) => writeln!(out, "unsure: {}", shown(candidates))?,
        }
        if args.explain {
            writeln!(out, "why: {why}")?;
            writeln!(out, "heard as: {}", understanding::fold(&text))?;
        }
        Ok(true)
    }

    /// Reads a text as the kind of answer of this name; and why it was read so.
    fn read(&self, kind: &str, text: &str, context: &Context) -> Result<(Reading, Reason), String> {
        let today = context.today.unwrap_or(self.today);
        let read = |kind: Kind<'_>| {
            let (reading, reason) = understanding::explain(kind, text, self.geography);
            Ok((reading, reason))
        };
        match kind {
            "yes_no" => read(Kind::YesNo),
            "number" | "booth" => {
                let least = if kind == "booth" { 1 } else { i64::MIN };
                let from = bound(context.from.as_ref(), "from")?.unwrap_or(least);
                let to = bound(context.to.as_ref(), "to")?.unwrap_or(i64::MAX);
                read(Kind::Number { from, to })
            }
            "age" => read(Kind::Age { today }),
            "birth_year" => read(Kind::BirthYear { now_year: i64::from(today.year()) }),
            "date" => {
                let bounded = context.from.is_some() || context.to.is_some();
                let (from, to) = if bounded {
                    (day(context.from.as_ref(), "from")?, day(context.to.as_ref(), "to")?)
                } else {
                    (oldest(today), Some(today))
                };
                read(Kind::Date { today, from, to })
            }
            "gender" => read(Kind::Gender),
            "district" => read(Kind::District),
            "assembly" => {
                let district = match &context.district {
                    Some(name) => Some(self.district_code(name)?),
                    None => None,
                };
                read(Kind::Assembly { district: district.as_deref() })
            }
            "lok_sabha" => read(Kind::LokSabha),
            "name" => read(Kind::PersonName),
            "phone" => read(Kind::Phone),
            "choice" => {
                if context.choices.is_empty() {
                    return Err("a choice needs its `choices`".to_owned());
                }
                let choice = |label: &String| choice_words(label, &[label]);
                let choices: Vec<ChoiceWords> = context.choices.iter().map(choice).collect();
                read(Kind::OneOf(&choices))
            }
            "stop" => Ok(command(text, |command| command == Command::Stop)),
            "help" => Ok(command(text, |command| {
                matches!(command, Command::Help | Command::Menu | Command::Back | Command::Restart)
            })),
            _ => Err(format!(
                "`{kind}` is no kind of answer; write one of yes_no, number, booth, age, \
                 birth_year, date, gender, district, assembly, lok_sabha, name, phone, choice, \
                 stop, help"
            )),
        }
    }

    /// The code of a district by its code or its name in any spelling.
    fn district_code(&self, name: &str) -> Result<String, String> {
        if self.geography.district(name).is_some() {
            return Ok(name.to_owned());
        }
        match understanding::read(Kind::District, name, self.geography) {
            Reading::Sure(Meaning::District(index)) => {
                let found = self.geography.districts.get(index);
                Ok(found.map(|district| district.code.clone()).unwrap_or_default())
            }
            _ => Err(format!("`{name}` is no district")),
        }
    }

    fn answer(&self, reading: Reading, context: &Context) -> Answer {
        let values = |meanings: Vec<Meaning>| -> Vec<Value> {
            meanings.into_iter().filter_map(|one| self.value(one, context)).collect()
        };
        match reading {
            Reading::None => Answer::default(),
            Reading::Sure(meaning) => {
                let value = self.value(meaning, context);
                Answer { sure: value.is_some(), value, ..Answer::default() }
            }
            Reading::Unsure(meanings) => {
                Answer { candidates: values(meanings), ..Answer::default() }
            }
            Reading::Tie(meanings) => Answer { tie: values(meanings), ..Answer::default() },
        }
    }

    /// A meaning as the line says it.
    fn value(&self, meaning: Meaning, context: &Context) -> Option<Value> {
        let label = |place: usize| context.choices.get(place).cloned().map(Value::from);
        Some(match meaning {
            Meaning::YesNo(yes) => if yes { "yes" } else { "no" }.into(),
            Meaning::Choice(place) => label(place)?,
            Meaning::Choices(places) => places.into_iter().filter_map(label).collect(),
            Meaning::Date(day) => day.to_string().into(),
            Meaning::Number(number) => number.into(),
            Meaning::Gender(gender) => match gender {
                Gender::Male => "male",
                Gender::Female => "female",
                Gender::Other => "other",
            }
            .into(),
            Meaning::Command(command) => match command {
                Command::Menu => "menu",
                Command::Help => "help",
                Command::Back => "back",
                Command::Restart => "restart",
                Command::Language => "language",
                Command::Stop => "stop",
                Command::Notice => "notice",
                Command::MyData => "my_data",
            }
            .into(),
            Meaning::Name(text) | Meaning::Text(text) => text.into(),
            Meaning::Phone(number) => number.digits().into(),
            Meaning::District(index) => {
                self.geography.districts.get(index)?.name_en.as_str().into()
            }
            Meaning::Assembly(index) => self.geography.assemblies.get(index)?.number.into(),
            Meaning::LokSabha(index) => self.geography.lok_sabha.get(index)?.number.into(),
        })
    }
}

/// The day of birth of the oldest person alive.
fn oldest(today: Date) -> Option<Date> {
    today.checked_sub(jiff::Span::new().years(OLDEST)).ok()
}

/// In years.
const OLDEST: i64 = 120;

/// Reads a text as one of the words that work everywhere.
fn command(text: &str, wanted: impl Fn(Command) -> bool) -> (Reading, Reason) {
    if let Some(command) = understanding::command(text) {
        return if wanted(command) {
            (Reading::Sure(Meaning::Command(command)), Reason::Command)
        } else {
            (Reading::None, Reason::OtherCommand)
        };
    }
    match understanding::command_like(text).filter(|command| wanted(*command)) {
        Some(like) => (Reading::Unsure(vec![Meaning::Command(like)]), Reason::CommandLike),
        None => (Reading::None, Reason::NoCommand),
    }
}

/// A bound of a number, as a number or written.
fn bound(value: Option<&Value>, name: &str) -> Result<Option<i64>, String> {
    let number = match value {
        None => return Ok(None),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(written)) => written.parse().ok(),
        Some(_) => None,
    };
    number.map(Some).ok_or_else(|| format!("`{name}` of a number is a whole number"))
}

/// A bound of a date: `2026-11-21`.
fn day(value: Option<&Value>, name: &str) -> Result<Option<Date>, String> {
    let day = match value {
        None => return Ok(None),
        Some(Value::String(written)) => written.parse().ok(),
        Some(_) => None,
    };
    day.map(Some).ok_or_else(|| format!("`{name}` of a date is a day such as 1990-08-15"))
}

/// A value as a person reads it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 21);

    fn answers(lines: &str) -> (bool, Vec<Value>) {
        let geography = Geography::shipped().unwrap();
        let ear = Ear { geography: &geography, today: TODAY };
        let mut out = Vec::new();
        let all_read = ear.lines(&mut lines.as_bytes(), &mut out).unwrap();
        let answers = String::from_utf8(out).unwrap();
        (all_read, answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    #[test]
    fn every_line_is_answered_in_its_place_and_a_bad_one_says_so() {
        let (all_read, answers) = answers(concat!(
            r#"{"kind":"yes_no","text":"haan ji"}"#,
            "\nnot json\n",
            r#"{"kind":"colour","text":"red"}"#,
            "\n",
            r#"{"kind":"number","text":"१२","context":{"from":1,"to":10}}"#,
            "\n",
            r#"{"kind":"choice","text":"dusra","context":{"choices":["सड़क","पानी"]}}"#,
            "\n",
            r#"{"kind":"age","text":"1990","context":{"today":"2020-01-01"}}"#,
        ));
        assert!(!all_read);
        assert_eq!(answers.len(), 6);
        let none = serde_json::json!({"value": null, "sure": false, "candidates": []});
        assert_eq!(answers[0], serde_json::json!({"value": "yes", "sure": true, "candidates": []}));
        assert!(answers[1]["error"].is_string());
        assert!(answers[2]["error"].as_str().unwrap().contains("`colour`"));
        assert_eq!(answers[3], none);
        assert_eq!(answers[4]["value"], "पानी");
        assert_eq!(answers[5]["candidates"], serde_json::json!([30]));
    }

    /// Lines of one kind: all of them, and how they were read.
    #[derive(Default)]
    struct Score {
        lines: usize,
        right: usize,
        sure: usize,
        sure_right: usize,
        refusals: usize,
        taken: usize,
    }

    /// The lines of `data/ear`, read as the questions would. Run with `--nocapture` it prints the
    /// share that is right of each kind, and what is not.
    #[test]
    fn the_ear_reads_the_lines_of_the_project() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/ear");
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let text: String =
            files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let (all_read, answers) = answers(&text);
        assert!(all_read);
        let mut scores: BTreeMap<String, Score> = BTreeMap::new();
        for (line, answer) in text.lines().zip(answers) {
            let line: Value = serde_json::from_str(line).unwrap();
            let kind = line["kind"].as_str().unwrap();
            let expected = &line["expected"];
            let place = matches!(kind, "district" | "assembly" | "lok_sabha");
            let first = answer["candidates"].get(0).filter(|_| place);
            let said = Some(&answer["value"]).filter(|value| !value.is_null()).or(first);
            let right = said.unwrap_or(&Value::Null) == expected;
            let score = scores.entry(kind.to_owned()).or_default();
            score.lines += 1;
            score.right += usize::from(right);
            if answer["sure"] == true {
                score.sure += 1;
                score.sure_right += usize::from(right);
            }
            if expected.is_null() {
                score.refusals += 1;
                score.taken += usize::from(said.is_some());
            }
            if !right {
                println!("{kind}: {} is {expected}, read as {answer}", line["text"]);
            }
        }
        for (kind, score) in &scores {
            println!("{kind}: {} of {}", score.right, score.lines);
            assert!(score.right * 100 >= score.lines * 97, "{kind}");
            assert!(score.sure_right * 100 >= score.sure * 99, "{kind}: sure and wrong");
            assert!(score.taken * 100 <= score.refusals * 2, "{kind}: taken for an answer");
        }
    }

    /// Every line of the blocks marked `ear` in the page about the ear: `kind: text → reading`.
    #[test]
    fn the_examples_of_the_page_are_read_as_it_says() {
        let page = include_str!("../../docs/understanding.md");
        let geography = Geography::shipped().unwrap();
        let ear = Ear { geography: &geography, today: TODAY };
        let mut count = 0;
        let blocks = page.split("```ear\n").skip(1);
        let lines = blocks.filter_map(|block| block.split("```").next()).flat_map(str::lines);
        for line in lines.filter(|line| !line.trim().is_empty()) {
            let (question, expected) = line.split_once('→').expect(line);
            let (kind, text) = question.split_once(':').expect(line);
            // `choice [सड़क | पानी]`: the labels asked for.
            let (kind, labels) = kind.split_once('[').unwrap_or((kind, ""));
            let labels = labels.trim_end_matches([' ', ']']).split(" | ").map(str::trim);
            let choices = labels.filter(|label| !label.is_empty()).map(str::to_owned).collect();
            let context = Context { choices, ..Context::default() };
            let (reading, _) = ear.read(kind.trim(), text.trim(), &context).expect(line);
            let answer = ear.answer(reading, &context);
            let said = match (&answer.value, answer.candidates.as_slice(), answer.tie.as_slice()) {
                (Some(value), _, _) => shown(value),
                (None, [first, ..], _) => format!("{}?", shown(first)),
                (None, [], [_, ..]) => {
                    let each: Vec<String> = answer.tie.iter().map(shown).collect();
                    format!("{}?", each.join(" / "))
                }
                (None, [], []) => "-".to_owned(),
            };
            assert_eq!(said, expected.trim(), "{line}");
            count += 1;
        }
        assert!(count > 30);
    }
}
