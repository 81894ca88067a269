//! How an invented citizen answers: a few rules, or a strict list of steps.
//!
//! ```yaml
//! start: [सदस्य, sadasya]          # one of them opens the conversation
//! done: 'UP(-\d{4}){2,}-\d'        # a message with this in it means: they joined
//! again: माफ कीजिए                  # a message with this in it was a misunderstanding
//! rules:                           # the first that matches the last message
//!   - {when: जन्म, text: ['{year}']}
//!   - {when: बूथ, text: ['{n}']}
//! tap: 1                           # where choices are offered and no `tap` rule matches
//! texts: [haan]                    # where nothing else helps, one after the other
//! after_done: 1                    # so many more questions are answered after that
//! ```
//!
//! With `steps: [{text: ['1990']}, {tap: 2}]` the list is followed and nothing else looked at.
//! In a text `{n}` is the citizen's number and `{year}` a year of birth that goes with it.

use regex::Regex;
use serde::Deserialize;

use super::LoadError;
use crate::sandbox::check::Offered;

/// A script as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptFile {
    pub start: Vec<String>,
    pub done: String,
    pub again: Option<String>,
    #[serde(default)]
    pub rules: Vec<RuleFile>,
    pub tap: Option<usize>,
    #[serde(default)]
    pub texts: Vec<String>,
    #[serde(default)]
    pub steps: Vec<StepFile>,
    #[serde(default)]
    pub after_done: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// A regular expression on the last message.
    pub when: String,
    /// One of these, by the citizen's number.
    pub text: Option<Vec<String>>,
    /// The choice at this place, from 1.
    pub tap: Option<usize>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepFile {
    pub text: Option<Vec<String>>,
    pub tap: Option<usize>,
}

/// A script ready to be played.
#[derive(Clone, Debug)]
pub struct Script {
    start: Vec<String>,
    done: Regex,
    again: Option<Regex>,
    rules: Vec<(Regex, Answer)>,
    tap: Option<usize>,
    texts: Vec<String>,
    steps: Vec<Answer>,
    pub(super) after_done: usize,
}

#[derive(Clone, Debug)]
enum Answer {
    Text(Vec<String>),
    Tap(usize),
}

impl Answer {
    fn read(text: Option<Vec<String>>, tap: Option<usize>) -> Result<Answer, LoadError> {
        match (text, tap) {
            (Some(texts), None) if !texts.is_empty() => Ok(Answer::Text(texts)),
            (None, Some(tap)) if tap >= 1 => Ok(Answer::Tap(tap)),
            _ => Err(LoadError::Script(
                "an answer is either `text: [...]` or `tap: N` with N from 1".to_owned(),
            )),
        }
    }
}

/// What a citizen does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Text(String),
    /// The choice at this place, from 0.
    Tap(usize),
    /// Nothing in the script answers this.
    Lost,
}

/// The join flow as it ships, answered as people answer it: Devanagari, Hinglish, taps.
const JOIN: &str = r"
start: [सदस्य, sadasya, Sadasyata, सदस्य बनना है]
done: 'UP(-\d{4}){2,}-\d'
again: 'माफ कीजिए|समझ नहीं आया'
rules:
  - {when: 'किस साल|जन्म', text: ['{year}']}
  - {when: 'पूरा नाम|नाम क्या', text: [राम कुमार, सुनीता देवी, mohan lal, Geeta Devi, अनिल कुमार]}
  - {when: 'जिला कौन|ज़िला कौन|जिले का नाम', text: [lakhnau, लखनऊ, Varanasi, बनारस, mera zila Bareilly hai]}
  - {when: 'लखनऊ जिले', text: [लखनऊ पूर्व, malihabad, '१७३', Mohanlalganj]}
  - {when: 'वाराणसी जिले', text: [पिंडरा, shivpur, '391', rohaniya]}
  - {when: 'बरेली जिले', text: [बरेली कैंट, '125', faridpur, नवाबगंज]}
  - {when: 'बूथ', text: ['12', '१२', '७', '140']}
tap: 1
texts: [haan, '1']
after_done: 1
";

impl Script {
    /// A script from YAML (or JSON, which is YAML).
    ///
    /// # Errors
    /// What does not read, in the reader's words.
    pub fn read(text: &str) -> Result<Script, LoadError> {
        let file: ScriptFile =
            serde_saphyr::from_str(text).map_err(|error| LoadError::Script(error.to_string()))?;
        Script::build(file)
    }

    /// The script of a shipped flow, by its name.
    ///
    /// # Errors
    /// Any name but `join`.
    pub fn shipped(flow: &str) -> Result<Script, LoadError> {
        match flow {
            "join" => Script::read(JOIN),
            other => Err(LoadError::Script(format!(
                "only the flow `join` has a script that is shipped; for `{other}` write one and name it with --script: `start: [सदस्य]`, `done: धन्यवाद`, `steps: [{{text: ['1990']}}, {{tap: 2}}]`, a line each"
            ))),
        }
    }

    fn build(file: ScriptFile) -> Result<Script, LoadError> {
        let regex =
            |text: &str| Regex::new(text).map_err(|error| LoadError::Script(error.to_string()));
        if file.start.is_empty() {
            return Err(LoadError::Script("`start` needs at least one text".to_owned()));
        }
        let mut rules = Vec::with_capacity(file.rules.len());
        for rule in file.rules {
            rules.push((regex(&rule.when)?, Answer::read(rule.text, rule.tap)?));
        }
        let mut steps = Vec::with_capacity(file.steps.len());
        for step in file.steps {
            steps.push(Answer::read(step.text, step.tap)?);
        }
        Ok(Script {
            start: file.start,
            done: regex(&file.done)?,
            again: file.again.as_deref().map(regex).transpose()?,
            rules,
            tap: file.tap,
            texts: file.texts,
            steps,
            after_done: file.after_done,
        })
    }

    /// How this citizen opens the conversation.
    #[must_use]
    pub fn opening(&self, citizen: usize) -> String {
        fill(pick(&self.start, citizen), citizen)
    }

    /// The member number in a message, where there is one.
    #[must_use]
    pub fn done<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.done.find(text).map(|found| found.as_str())
    }

    /// Whether a message says that the last answer was not understood.
    #[must_use]
    pub fn is_again(&self, text: &str) -> bool {
        self.again.as_ref().is_some_and(|again| again.is_match(text))
    }

    /// What to answer to the last message. `turn`: how many answers this citizen gave before;
    /// `free`: how many of them came from `texts`.
    #[must_use]
    pub fn answer(
        &self,
        citizen: usize,
        turn: usize,
        free: usize,
        text: &str,
        offered: &[Offered],
    ) -> Act {
        if !self.steps.is_empty() {
            return match self.steps.get(turn) {
                Some(Answer::Text(texts)) => Act::Text(fill(pick(texts, citizen), citizen)),
                Some(Answer::Tap(tap)) => tap_at(*tap, offered),
                None => Act::Lost,
            };
        }
        for (when, answer) in &self.rules {
            if !when.is_match(text) {
                continue;
            }
            match answer {
                Answer::Tap(tap) if !offered.is_empty() => return tap_at(*tap, offered),
                // Choices are tapped; a rule of words is for questions without any.
                Answer::Text(texts) if offered.is_empty() => {
                    return Act::Text(fill(pick(texts, citizen), citizen));
                }
                _ => {}
            }
        }
        if let Some(tap) = self.tap
            && !offered.is_empty()
        {
            return tap_at(tap, offered);
        }
        self.texts.get(free).map_or(Act::Lost, |text| Act::Text(fill(text, citizen)))
    }

    /// Whether `answer` came from `texts`, the last resort: then more may be on its way.
    #[must_use]
    pub fn is_guess(&self, text: &str, offered: &[Offered]) -> bool {
        self.steps.is_empty()
            && offered.is_empty()
            && !self
                .rules
                .iter()
                .any(|(when, answer)| matches!(answer, Answer::Text(_)) && when.is_match(text))
    }
}

fn tap_at(tap: usize, offered: &[Offered]) -> Act {
    if (1..=offered.len()).contains(&tap) { Act::Tap(tap - 1) } else { Act::Lost }
}

fn pick(texts: &[String], citizen: usize) -> &str {
    let place = citizen.checked_rem(texts.len()).unwrap_or_default();
    texts.get(place).map_or("", String::as_str)
}

fn fill(text: &str, citizen: usize) -> String {
    let year = 1950 + citizen % 50;
    text.replace("{n}", &citizen.to_string()).replace("{year}", &year.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(titles: &[&str]) -> Vec<Offered> {
        titles
            .iter()
            .map(|title| Offered { id: (*title).to_owned(), title: (*title).to_owned() })
            .collect()
    }

    #[test]
    fn the_shipped_script_answers_the_questions_of_join() {
        let script = Script::shipped("join").unwrap();
        let answer = |text: &str, titles: &[&str]| script.answer(0, 0, 0, text, &offered(titles));
        assert_eq!(answer("… सहमत हैं?", &["हाँ, सहमत हूँ", "नहीं"]), Act::Tap(0));
        assert_eq!(answer("प्रश्न 1/5\nआपका जन्म किस साल हुआ?", &[]), Act::Text("1950".to_owned()));
        assert_eq!(answer("आपका पूरा नाम क्या है?", &[]), Act::Text("राम कुमार".to_owned()));
        assert_eq!(answer("राम जी, आपका जिला कौन-सा है?", &[]), Act::Text("lakhnau".to_owned()));
        assert_eq!(
            answer("लखनऊ जिले में आपकी विधानसभा कौन-सी है?", &[]),
            Act::Text("लखनऊ पूर्व".to_owned())
        );
        assert_eq!(answer("बूथ नंबर क्या है?", &["छोड़ दें"]), Act::Tap(0));
        assert_eq!(script.done("आपकी सदस्य संख्या UP-2026-0001-7 है"), Some("UP-2026-0001-7"));
        assert!(script.is_again("माफ कीजिए, यह समझ नहीं आया।"));
    }

    #[test]
    fn steps_are_followed_to_their_end() {
        let script = Script::read(
            "{start: [a], done: 'x', steps: [{text: ['{n} {year}']}, {tap: 2}, {tap: 1}]}",
        )
        .unwrap();
        let choices = offered(&["एक", "दो"]);
        assert_eq!(script.answer(3, 0, 0, "", &choices), Act::Text("3 1953".to_owned()));
        assert_eq!(script.answer(3, 1, 0, "", &choices), Act::Tap(1));
        assert_eq!(script.answer(3, 2, 0, "", &[]), Act::Lost);
        assert_eq!(script.answer(3, 3, 0, "", &choices), Act::Lost);
    }

    #[test]
    fn a_script_that_does_not_read_says_why() {
        for text in [
            "{start: [], done: x}",
            "{start: [a], done: '('}",
            "{start: [a], done: x, rules: [{when: a}]}",
            "{start: [a], done: x, rules: [{when: a, tap: 0}]}",
            "{start: [a], done: x, unknown: 1}",
        ] {
            assert!(matches!(Script::read(text), Err(LoadError::Script(_))), "{text}");
        }
        assert!(Script::shipped("leave").is_err());
    }
}
