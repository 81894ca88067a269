//! What can happen, and a plan of it drawn from a seed. A plan means the same whatever part of it is
//! left out: a step that finds nothing to do does nothing.

use super::dice::Dice;

/// How many people write to us.
pub(super) const PEOPLE: u8 = 4;

/// What a person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// The next line of somebody who wants to become a member.
    Next,
    /// One of [`SAYINGS`].
    Any(u8),
    /// A tap on a choice of the newest question the provider brought them.
    Tap(u8),
    /// A reaction, which no conversation answers.
    Reaction,
}

/// What somebody says who becomes a member and then some.
pub(super) const JOINING: [&str; 9] =
    ["सदस्य", "हाँ", "1985", "सुनीता देवी", "बरेली", "बरेली कैंट", "12", "सही है", "हाँ"];

/// What people say besides.
pub(super) const SAYINGS: [&str; 20] = [
    "नमस्ते",
    "मेन्यू",
    "मदद",
    "बंद",
    "मेरा डेटा",
    "भाषा",
    "english",
    "संदेश चालू",
    "वापस",
    "1",
    "2",
    "3",
    "सदस्य",
    "हाँ",
    "नहीं",
    "सदस्यता छोड़ें",
    "बदलना है",
    "2015",
    "बिजली बंद है",
    "क्या हाल है",
];

/// What the records meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    DiskFull(u8),
    CommitFails,
    CommitAnswerLost,
    AnswersLost,
    GroupRefused,
    /// The next new message can never be stored as it is.
    Refuse,
}

/// What the provider does with one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mishap {
    /// It takes the message, and its answer is lost.
    TakenUnanswered,
    /// Neither is the message taken nor the call answered.
    Swallowed,
    /// The call never leaves.
    NotSent,
    /// 429.
    Throttle,
    /// 5xx.
    Retry,
    /// 131056: too much for this person.
    WaitRecipient,
    Never,
    /// It answers after so many seconds.
    Slow(u8),
}

/// What the provider says about a message it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Sent,
    Delivered,
    Read,
    Failed,
}

/// One thing that happens. Numbers choose among what there is, by remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// One new message, in an envelope of its own.
    Say {
        person: u8,
        words: Words,
        door: u8,
    },
    /// Several new messages of two people in one envelope.
    Envelope {
        people: [u8; 2],
        words: [Words; 4],
        door: u8,
    },
    /// The same new message at both doors at once.
    Twice {
        person: u8,
        words: Words,
    },
    /// Two new messages of one person, one at each door.
    Race {
        person: u8,
        words: [Words; 2],
    },
    /// The provider brings an envelope again, answered or not.
    Again {
        nth: u8,
        door: u8,
    },
    /// The provider brings everything again that was not answered with 200, youngest first.
    AllAgain {
        door: u8,
    },
    /// Time passes.
    Pass {
        seconds: u32,
    },
    /// The provider says what became of a message it took; `echo`: with our own id.
    Tell {
        nth: u8,
        word: Word,
        echo: bool,
        door: u8,
    },
    /// The person told the provider to stop us, or to let us again.
    Prefer {
        person: u8,
        stop: bool,
        door: u8,
    },
    /// The person has another number.
    Move {
        person: u8,
        door: u8,
    },
    /// A process is gone in the middle of what it does.
    Crash {
        process: u8,
    },
    /// A process ends in good order.
    Stop {
        process: u8,
    },
    /// Everything that is down begins again.
    Start,
    /// A process stands still, or goes on.
    Sleep {
        process: u8,
    },
    Wake,
    /// Somebody declares a process dead that is not.
    Bury {
        process: u8,
    },
    /// The live state is emptied.
    Flush,
    /// What once stood in the live state of a person stands there again.
    Stale {
        person: u8,
        nth: u8,
    },
    /// The live state of a person is newer than the records, as after a restore.
    Future {
        person: u8,
    },
    Trouble {
        trouble: Trouble,
        process: u8,
    },
    Mishap {
        mishap: Mishap,
    },
}

/// A step, and how far everything goes on after it before the next: `None`, until nothing is under way;
/// a number, so many small bits of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) step: Step,
    pub(super) work: Option<u8>,
}

/// What a seed decides before anything happens.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Whether every door has a live state of its own, as replicas without Redis.
    pub(super) own_states: bool,
    /// Whether a process that serves two doors serves them as one, as processes do: only then must one
    /// person's messages leave it in order.
    pub(super) one_intake: bool,
    pub(super) acts: Vec<Act>,
}

/// Draws a plan.
pub(super) fn plan(seed: u64) -> Plan {
    let mut dice = Dice::new(seed);
    let own_states = dice.chance(30);
    let one_intake = dice.chance(50);
    let length = 20 + dice.below(60);
    // Most plans have some people and some troubles that come up again and again.
    let calm = dice.chance(15);
    let mut acts = Vec::new();
    for _ in 0..length {
        let step = step(&mut dice, calm);
        let work = dice.chance(35).then(|| dice.small(24));
        acts.push(Act { step, work });
    }
    Plan { own_states, one_intake, acts }
}

fn step(dice: &mut Dice, calm: bool) -> Step {
    let person = dice.small(PEOPLE);
    let door = dice.small(2);
    let process = dice.small(2);
    let nth = dice.small(255);
    match dice.below(if calm { 60 } else { 100 }) {
        0..22 => Step::Say { person, words: words(dice), door },
        22..26 => Step::Envelope {
            people: [person, dice.small(PEOPLE)],
            words: [words(dice), words(dice), words(dice), words(dice)],
            door,
        },
        26..29 => Step::Twice { person, words: words(dice) },
        29..33 => Step::Race { person, words: [words(dice), words(dice)] },
        33..36 => Step::Again { nth, door },
        36..39 => Step::AllAgain { door },
        39..44 => Step::Pass { seconds: 1 + small_time(dice) },
        44..48 => Step::Pass { seconds: long_time(dice) },
        48..58 => Step::Tell { nth, word: word(dice), echo: dice.chance(75), door },
        58..60 => Step::Prefer { person, stop: dice.chance(60), door },
        60..61 => Step::Move { person, door },
        61..65 => Step::Crash { process },
        65..67 => Step::Stop { process },
        67..71 => Step::Start,
        71..74 => Step::Sleep { process },
        74..77 => Step::Wake,
        77..78 => Step::Bury { process },
        78..80 => Step::Flush,
        80..84 => Step::Stale { person, nth },
        84..85 => Step::Future { person },
        85..91 => Step::Trouble { trouble: trouble(dice), process },
        _ => Step::Mishap { mishap: mishap(dice) },
    }
}

fn words(dice: &mut Dice) -> Words {
    match dice.below(100) {
        0..55 => Words::Next,
        55..82 => Words::Any(dice.small(u8::try_from(SAYINGS.len()).unwrap())),
        82..95 => Words::Tap(dice.small(10)),
        _ => Words::Reaction,
    }
}

fn small_time(dice: &mut Dice) -> u32 {
    u32::from(dice.small(40))
}

/// From a minute to beyond the end of every conversation.
fn long_time(dice: &mut Dice) -> u32 {
    match dice.below(10) {
        0..4 => 60 + 10 * u32::from(dice.small(60)),
        4..8 => 600 + 10 * u32::from(dice.small(250)),
        _ => 3_600 * (1 + u32::from(dice.small(4))),
    }
}

fn word(dice: &mut Dice) -> Word {
    match dice.below(10) {
        0..3 => Word::Sent,
        3..7 => Word::Delivered,
        7..9 => Word::Read,
        _ => Word::Failed,
    }
}

fn trouble(dice: &mut Dice) -> Trouble {
    match dice.below(7) {
        0 => Trouble::DiskFull(1 + dice.small(3)),
        1 => Trouble::CommitFails,
        2 => Trouble::CommitAnswerLost,
        3 | 4 => Trouble::AnswersLost,
        5 => Trouble::GroupRefused,
        _ => Trouble::Refuse,
    }
}

fn mishap(dice: &mut Dice) -> Mishap {
    match dice.below(10) {
        0 | 1 => Mishap::TakenUnanswered,
        2 => Mishap::Swallowed,
        3 => Mishap::NotSent,
        4 => Mishap::Throttle,
        5 => Mishap::Retry,
        6 => Mishap::WaitRecipient,
        7 => Mishap::Never,
        _ => Mishap::Slow(1 + dice.small(30)),
    }
}
