//! What is told of everything that was found: causes, and not what only follows from them. One slip
//! is one finding, and the first one shown is where to begin.

use std::collections::{HashMap, HashSet};

use super::code::Code;
use super::diagnostic::{Diagnostic, Severity};
use super::link::FAILS_UNSEEN;
use super::load::{is_flow, is_rehearsal, is_template};

/// How many lines apart two findings of one step may stand.
const NEAR: usize = 6;

/// The findings without those that follow from others; what keeps a file from being understood
/// first, then errors, then warnings, each by file and line.
pub(super) fn settle(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let causes = Causes::of(&found);
    let follows: Vec<bool> = found.iter().map(|finding| causes.explain(finding, &found)).collect();
    let kept = found.into_iter().zip(follows).filter(|(_, follows)| !follows);
    let mut list: Vec<Diagnostic> = kept.map(|(finding, _)| finding).collect();
    // What makes a step unreachable is told in its place, and as gravely.
    for finding in &mut list {
        if ways_missing(finding) > 0 && causes.astray_from.contains(&place_of(finding)) {
            finding.severity = Severity::Error;
        }
    }
    list.sort_by(|left, right| order(left).cmp(&order(right)));
    folded(list)
}

fn order(finding: &Diagnostic) -> (Severity, bool, &str, usize, usize, Code, &str) {
    (
        finding.severity,
        !finding.code.is_about_shape(),
        &finding.path,
        finding.line,
        finding.column,
        finding.code,
        &finding.message,
    )
}

/// What explains more than one finding.
struct Causes {
    /// Names of flows with an error in their file that may have hidden steps, answers or choices.
    broken: HashSet<String>,
    /// Names of flows and text files that stand where nobody looks for them.
    astray: HashSet<String>,
    /// Flow files with a name of a step that cannot stand.
    misnamed: HashSet<String>,
    /// Flows that name a text which is nowhere.
    lacking: HashSet<String>,
    /// Flows whose answers clash.
    clashing: HashSet<String>,
    /// Flows and the steps they name and do not have.
    unknown_steps: HashSet<(String, String)>,
    /// Steps that stand too far left or right, with the path of their file.
    displaced: HashSet<(String, String)>,
    /// Steps nobody reaches because a result has no way, and the calls that ask for it.
    stranded: HashSet<(String, usize)>,
    astray_from: HashSet<(String, usize)>,
    /// Texts that are written twice.
    doubled: HashSet<String>,
    /// Whether flows or texts have errors: what rehearsals name is looked at after that.
    outside: bool,
    no_default: bool,
    /// Whether a flow file is no YAML.
    unread: bool,
}

impl Causes {
    fn of(found: &[Diagnostic]) -> Causes {
        let mut causes = Causes {
            broken: HashSet::new(),
            astray: HashSet::new(),
            misnamed: HashSet::new(),
            lacking: HashSet::new(),
            clashing: HashSet::new(),
            unknown_steps: HashSet::new(),
            displaced: HashSet::new(),
            doubled: HashSet::new(),
            stranded: HashSet::new(),
            astray_from: HashSet::new(),
            outside: false,
            no_default: false,
            unread: false,
        };
        causes.strand(found);
        for finding in found.iter().filter(|finding| finding.severity == Severity::Error) {
            causes.outside |= !is_rehearsal(&finding.path) || finding.code == Code::WrongFolder;
            causes.no_default |= finding.code == Code::DefaultFlow;
            if finding.code.is_about_shape() && is_flow(&finding.path) {
                causes.broken.insert(stem(&finding.path).to_owned());
            }
            let of_flow = is_flow(&finding.path);
            let unread = [Code::YamlSyntax, Code::DuplicateKey, Code::Unclosed, Code::Tab];
            causes.unread |= of_flow && unread.contains(&finding.code);
            let flow = stem(&finding.path).to_owned();
            match finding.code {
                Code::MissingText if of_flow => {
                    causes.lacking.insert(flow);
                }
                Code::SameAnswer if of_flow => {
                    causes.clashing.insert(quoted(&finding.message).to_owned());
                    causes.clashing.insert(flow);
                }
                Code::UnknownStep if of_flow => {
                    causes.unknown_steps.insert((flow, quoted(&finding.message).to_owned()));
                }
                Code::WrongFolder | Code::FileName | Code::NotText => {
                    causes.astray.insert(stem(&finding.path).to_owned());
                    if is_template(&finding.path) {
                        causes.astray.insert(quoted(&finding.message).to_owned());
                    }
                }
                Code::Indentation => {
                    let name = quoted(&finding.message).to_owned();
                    causes.displaced.insert((finding.path.clone(), name));
                }
                Code::DuplicateText => {
                    causes.doubled.insert(quoted(&finding.message).to_owned());
                }
                Code::BadName => {
                    causes.misnamed.insert(finding.path.clone());
                }
                _ => {}
            }
        }
        causes
    }

    /// A result that has no way leaves a step without its way in: as many of them as results.
    fn strand(&mut self, found: &[Diagnostic]) {
        for finding in found {
            let lost = found.iter().filter(|other| {
                other.code == Code::UnreachableStep
                    && other.path == finding.path
                    && !self.stranded.contains(&place_of(other))
            });
            let lost: Vec<_> = lost.take(ways_missing(finding)).map(place_of).collect();
            if !lost.is_empty() {
                self.astray_from.insert(place_of(finding));
                self.stranded.extend(lost);
            }
        }
    }

    /// Whether a finding only says what others explain.
    fn explain(&self, finding: &Diagnostic, found: &[Diagnostic]) -> bool {
        let name = quoted(&finding.message);
        let broken = self.broken.contains(stem(&finding.path));
        if is_rehearsal(&finding.path) {
            let of_names = [
                Code::UnknownText,
                Code::UnknownChoice,
                Code::UnknownFlow,
                Code::UnknownStep,
                Code::RehearsalDiffers,
            ];
            return self.outside && of_names.contains(&finding.code);
        }
        let of_flow = is_flow(&finding.path);
        let near = |other: &&Diagnostic| {
            other.path == finding.path && other.line.abs_diff(finding.line) <= NEAR
        };
        let near_any = |codes: &[Code]| {
            found.iter().filter(near).any(|other| {
                other.severity == Severity::Error
                    && codes.contains(&other.code)
                    && other.code != finding.code
            })
        };
        match finding.code {
            Code::UnknownFlow | Code::MissingFlow | Code::TextWithoutFlow => {
                self.astray.contains(name) || self.astray.contains(stem(&finding.path))
            }
            Code::UnknownTemplate => self.astray.contains(name),
            Code::UnknownStep => {
                self.misnamed.contains(&finding.path)
                    || self.displaced.contains(&(finding.path.clone(), name.to_owned()))
            }
            Code::UnreachableStep if self.stranded.contains(&place_of(finding)) => true,
            Code::VariableDiffers | Code::NotYetAnswered if self.doubled.contains(name) => true,
            // A file that cannot be read at all asks what nobody knows, and its callers with it.
            Code::NotYetAnswered => self.unread,
            // What is approved is held against texts and templates that can be read.
            Code::TemplateDiffers => found.iter().any(|other| {
                let here = other.path == finding.path;
                other.severity == Severity::Error && (here || other.path.starts_with("locales/"))
            }),
            Code::SmsUnicode => near_any(&[Code::SmsParts]),
            // Whoever goes in a circle never ends.
            Code::NoEnd if found.iter().any(|other| circles_in(other, &finding.path)) => true,
            Code::UnreachableStep
            | Code::NoEnd
            | Code::RunsOut
            | Code::SilentCircle
            | Code::UnknownName => of_flow && broken,
            Code::Enrolment | Code::Consent => {
                broken
                    || near_any(&[Code::IdentityNumber, Code::ReligionOrCaste])
                    || found.iter().any(|other| {
                        other.path == finding.path
                            && matches!(other.code, Code::UnknownWord | Code::UnknownStep)
                    })
            }
            Code::TemplateFits if finding.message.starts_with("a consent is asked") => {
                near_any(&[Code::Consent])
            }
            Code::MissingText if !of_flow => near_any(&[Code::DuplicateText]),
            Code::UnusedText => {
                let same_line = |other: &Diagnostic| {
                    other.path == finding.path
                        && other.line == finding.line
                        && other.severity == Severity::Error
                };
                // Where a step is missing that was meant to say it.
                let of_step = |(flow, _): &(String, String)| *flow == stem(&finding.path);
                broken
                    || self.lacking.contains(stem(&finding.path))
                    || self.unknown_steps.iter().any(of_step)
                    || found.iter().any(same_line)
            }
            Code::UnknownVariable => {
                let flow = stem(&finding.path);
                let variable =
                    finding.message.split("`$").nth(1).and_then(|rest| rest.split('`').next());
                let renamed = (flow.to_owned(), variable.unwrap_or_default().to_owned());
                broken || self.unknown_steps.contains(&renamed) || self.clashing.contains(flow)
            }
            Code::StrangeLabel | Code::MissingLabel => !of_flow && broken,
            Code::StartWordIsCommand => {
                let clashes = |other: &Diagnostic| {
                    other.code == Code::StartWordClash
                        && (&other.path, other.line, other.column)
                            == (&finding.path, finding.line, finding.column)
                };
                self.no_default || found.iter().any(clashes)
            }
            // Where the menu or the help leads is not known.
            Code::ChoiceIsCommand => {
                self.no_default || found.iter().any(|other| other.code == Code::UnknownFlow)
            }
            Code::MissingFile if of_flow && finding.message.contains("can be chosen here") => {
                let folder = |other: &Diagnostic| {
                    other.code == Code::WrongFolder && other.path.starts_with("locales/")
                };
                found.iter().any(folder)
            }
            // A label that is not seen as one makes that above it longer, and with it the buttons.
            Code::NoButton => found
                .iter()
                .any(|other| is_unseen(other) && stem(&other.path) == stem(&finding.path)),
            Code::LabelTooLong | Code::LabelBreak => {
                let behind = |other: &Diagnostic| {
                    // What is read as text belongs to the label or text above it.
                    let as_text = is_unseen(other) && near(&other);
                    other.code == Code::MissingLabel
                        && other.path == finding.path
                        && (other.line == finding.line || as_text && other.line > finding.line)
                };
                (finding.code == Code::LabelTooLong && near_any(&[Code::FluentSyntax]))
                    || found.iter().any(behind)
            }
            // Half an `if` that is wrong leads where the other half does.
            Code::SameWays => found.iter().any(|other| {
                other.path == finding.path
                    && other.line == finding.line
                    && other.severity == Severity::Error
                    && other.code != finding.code
            }),
            Code::UnknownOutcome => {
                near_any(&[Code::UnknownKey, Code::MissingColon])
                    || (finding.severity == Severity::Warning && self.outside)
            }
            Code::SmsParts => {
                let of_files = [Code::MissingFile, Code::FileName, Code::WrongFolder];
                near_any(&[Code::TextTooLong])
                    || found.iter().any(|other| {
                        of_files.contains(&other.code) && other.path.starts_with("locales/")
                    })
            }
            Code::VariableDiffers if finding.severity == Severity::Warning => near_any(&[
                Code::FluentSyntax,
                Code::UnknownFunction,
                Code::UnknownVariable,
                Code::UnknownTerm,
                Code::DuplicateText,
                Code::MissingDollar,
            ]),
            Code::MissingKey if finding.severity == Severity::Warning => {
                near_any(&[Code::UnknownOutcome])
            }
            Code::WrongType if finding.message.ends_with("this is nothing") => found
                .iter()
                .filter(near)
                .any(|other| other.code == Code::Indentation && other.line > finding.line),
            _ => false,
        }
    }
}

/// How many results of a called flow have no way, where a finding says that; one where two ways lead to
/// one step, or a call of another computer has no way for its failure.
fn ways_missing(finding: &Diagnostic) -> usize {
    if finding.code == Code::SameWays || finding.message == FAILS_UNSEEN {
        return 1;
    }
    let called_and_results = finding.message.strip_suffix(" too, and that has no way here");
    called_and_results.map_or(0, |said| (said.matches('`').count() / 2).saturating_sub(1))
}

/// Whether it tells of a label that is there and not seen as one.
fn is_unseen(finding: &Diagnostic) -> bool {
    let words = ["is read as text", "stands behind a `#`"];
    finding.code == Code::MissingLabel && words.iter().any(|said| finding.message.contains(said))
}

/// Whether it tells of a circle, at a step of this file.
fn circles_in(finding: &Diagnostic, path: &str) -> bool {
    finding.code == Code::SilentCircle
        && finding.severity == Severity::Error
        && finding.path == path
}

fn place_of(finding: &Diagnostic) -> (String, usize) {
    (finding.path.clone(), finding.line)
}

/// The name of a file without its folders and endings.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

/// What stands in the first backticks of a message.
fn quoted(message: &str) -> &str {
    message.split('`').nth(1).unwrap_or_default()
}

/// What is wrong at several places in the same words is told once, at the first of them.
fn folded(list: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let once = [
        Code::UnknownFlow,
        Code::UnknownStep,
        Code::UnknownVariable,
        Code::UnknownTerm,
        Code::UnknownName,
        Code::UnknownVariant,
    ];
    let mut told: Vec<Diagnostic> = Vec::new();
    let mut first: HashMap<(Code, String), usize> = HashMap::new();
    let mut others: HashMap<usize, Vec<String>> = HashMap::new();
    for finding in list {
        // Choices without labels are told once a question.
        let of_line = finding.code == Code::MissingLabel && is_flow(&finding.path);
        let words = if of_line {
            format!("{}:{}", finding.path, finding.line)
        } else {
            finding.message.clone()
        };
        let key = (finding.code, words);
        if once.contains(&finding.code) || of_line {
            if let Some(index) = first.get(&key) {
                let place = if of_line {
                    format!("`{}`", quoted(&finding.message))
                } else {
                    format!("{}:{}", finding.path, finding.line)
                };
                others.entry(*index).or_default().push(place);
                continue;
            }
            first.insert(key, told.len());
        }
        told.push(finding);
    }
    for (index, places) in others {
        let Some(finding) = told.get_mut(index) else { continue };
        let shown = places.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let more = if places.len() > 3 { " and more" } else { "" };
        let hint = finding.hint.take().unwrap_or_default();
        let also = if finding.code == Code::MissingLabel { "and so for" } else { "the same at" };
        finding.hint = Some(format!("{hint} ({also} {shown}{more})"));
    }
    told
}
