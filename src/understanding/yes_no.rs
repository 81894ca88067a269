//! Yes and no. Order matters: what is no answer at all first, then negation, then assent, since
//! "haan nahi chahiye" is a no and "पता नहीं" is neither.

use super::correction;
use super::heard::{Heard, Word};
use super::reason::{Judged, Reason};
use super::words::{
    ABLE, ASSENT, BACK, BUT, CERTAIN, CORRECTION, DATA, DO, DOUBT, EVENT, FILLER, GO, HALT, HELP,
    IS, JI, LANGUAGE, LEAVE, MAT, ME, MENU, MESSAGE, NA, NO, NOTICE, NUMBER_FRAME, OR, POLITE,
    QUESTION, RESTART, Roles, SEND, TROUBLE, WANT, WHEN, WHY, WRONG, YES,
};
use super::{Meaning, Reading};

/// Words of something else that may stand with a yes or a no that comes first.
const MOST_BEHIND: usize = 3;

pub(super) fn read(heard: &Heard) -> Judged {
    if is_sorry(heard) {
        return Reason::Doubt.none();
    }
    // "ji nahi sorry ji" takes nothing back.
    let decides = |heard: &Heard| {
        if heard.has(YES | NO | NA | ASSENT | WRONG) { said(heard) } else { Reason::Empty.none() }
    };
    if let Some(meaning) = correction::meaning_last(heard, decides) {
        return Reason::Corrected.sure(meaning);
    }
    let judged = said(heard);
    match judged.reading {
        // "ok?"
        Reading::Sure(meaning) if heard.asks() => Reason::AsksBack.unsure(meaning),
        // "theek hai, maaf kijiye", "ok sorry" may be either.
        Reading::Sure(meaning @ Meaning::YesNo(true))
            if begs_pardon(heard) && !opening(heard).any(YES) =>
        {
            Reason::But.unsure(meaning)
        }
        _ => judged,
    }
}

fn said(heard: &Heard) -> Judged {
    if heard.len() == 0 {
        return Reason::Empty.none();
    }
    if is_laughter(heard) {
        return Reason::Laughter.none();
    }
    let negated = heard.has(NO | MAT);
    // "ya sure": the English yeah.
    let or = heard.words().skip(usize::from(heard.has(YES))).any(|word| word.is(OR));
    // "haan bhi nahi bhi", "haan aur nahi"
    let too = heard.words().filter(|word| matches!(word.folded, "bhi" | "भि")).count();
    let and = heard.words().any(|word| matches!(word.folded, "aur" | "ओर"));
    let both = (too > 1 || and) && heard.has(YES) && heard.has(NO | NA);
    let either = or || both || (heard.is_slashed() && heard.has(YES) && heard.has(NO | NA));
    if either {
        return Reason::Either.none();
    }
    let uncertain = negated && heard.words().any(|word| word.is(CERTAIN));
    if heard.has(DOUBT) || uncertain || is_perhaps(heard) {
        return Reason::Doubt.none();
    }
    match heard.folded() {
        // They count only when nothing else is said.
        "n" => return Reason::No.sure(Meaning::YesNo(false)),
        // हो is yes in the east of the state; in a sentence it is "are".
        "y" | "ho" | "हो" => return Reason::Yes.sure(Meaning::YesNo(true)),
        _ => {}
    }
    // हो, हौ before whom one speaks to.
    let opens_eastern =
        heard.words().next().is_some_and(|word| matches!(word.folded, "ho" | "hau" | "हो" | "hao"));
    if opens_eastern && heard.words().skip(1).all(|word| is_address(&word) || word.is(JI)) {
        return Reason::Yes.sure(Meaning::YesNo(true));
    }
    let opens = opening(heard);
    // "keh nahi sakte"; but "sahi keh rahe ho" agrees.
    let unable = heard.words().any(|word| word.is(ABLE) && (negated || !is_saying(word.folded)));
    if unable && !opens.any(YES) {
        return Reason::Doubt.none();
    }
    let stray = heard.words().filter(is_stray).count();
    // "sahmati nahi deta": what is given is the consent.
    let consents = heard.words().any(|word| word.is(ASSENT) && !word.is(DO | WANT));
    let complains = heard.words().any(|word| {
        word.is(EVENT) && !word.is(FILLER | DO) && !(consents && is_given(word.folded))
    });
    if heard.has(WHY) {
        // "haan kyun nahi": why not is a yes; a bare why is a question.
        let why_not = negated && stray == 0;
        let yes = Meaning::YesNo(true);
        return if why_not { Reason::WhyNot.sure(yes) } else { Reason::Question.none() };
    }
    let asks_both = heard.asks() && negated && heard.has(YES);
    // "sahi kaha"
    let asked = !(is_impatient(heard) && opens.any(YES | NO))
        && heard.words().zip(heard.words().skip(1)).any(|(before, word)| {
            word.is(QUESTION)
                && !word.is(CORRECTION)
                && !(before.is(ASSENT) && is_said(word.folded))
        });
    let opens_asking = heard.words().next().is_some_and(|word| word.is(QUESTION));
    if asked || opens_asking || asks_both {
        return Reason::Question.none();
    }
    if heard.words().all(|word| is_whole(&word) || word.is(YES | JI | FILLER))
        && heard.words().any(|word| is_whole(&word))
        && (heard.len() > 1 || heard.measures())
    {
        return Reason::Agreed.sure(Meaning::YesNo(true));
    }
    // "jane do", "chhod do"
    let lets_go = heard
        .words()
        .zip(heard.words().skip(1))
        .any(|(word, next)| next.is(DO) && is_let_go(word.folded));
    let rest = JI | POLITE | FILLER | DO | NO | NA | LEAVE | ME;
    if lets_go && heard.words().all(|word| word.is(rest) || is_let_go(word.folded)) {
        return Reason::Refused.sure(Meaning::YesNo(false));
    }
    if heard.has(LEAVE) && heard.has(DO) {
        return by_length(Reason::Refused, false, stray, 1);
    }
    // "koi baat nahi, kar do"
    let never_mind = is_never_mind(heard) && heard.has(ASSENT | DO);
    if never_mind && stray == 0 {
        return Reason::NoTrouble.sure(Meaning::YesNo(true));
    }
    if negated && heard.has(TROUBLE) {
        return Reason::NoTrouble.sure(Meaning::YesNo(true));
    }
    if heard.has(WRONG) {
        // "wrong number"
        let number = heard.words().any(|word| word.is(NUMBER_FRAME) && !word.is(NO | FILLER));
        if number {
            return Reason::Complaint.none();
        }
        // "nahi, ye galat hai"; "galat nahi" is another thing.
        let first_no = heard.words().position(|word| word.is(NO));
        let first_wrong = heard.words().position(|word| word.is(WRONG));
        let denies_twice = first_no < first_wrong && opens.any(NO);
        return if negated && denies_twice {
            by_length(Reason::No, false, stray, MOST_BEHIND)
        } else if negated {
            Reason::Wrong.unsure(Meaning::YesNo(true))
        } else {
            by_length(Reason::Wrong, false, stray, 3)
        };
    }
    if heard.has(WHEN) && !heard.has(YES) {
        return Reason::Doubt.none();
    }
    if negated {
        let decides = heard.has(ASSENT | WANT);
        return match (stray, complains) {
            (0, false) => Reason::No.sure(Meaning::YesNo(false)),
            (_, false) if opens.any(NO | NA) => by_length(Reason::No, false, stray, MOST_BEHIND),
            (1, false) if decides => Reason::No.sure(Meaning::YesNo(false)),
            // "haan" and then a complaint.
            _ if opens.any(YES) => Reason::But.unsure(Meaning::YesNo(true)),
            _ => Reason::Complaint.none(),
        };
    }
    if heard.has(YES) {
        if heard.has(BUT) || heard.has(HALT) {
            return Reason::But.unsure(Meaning::YesNo(true));
        }
        let most = if opens.any(YES) { MOST_BEHIND } else { 1 };
        return by_length(Reason::Yes, true, stray, most);
    }
    if heard.has(NA) {
        // "na karo" is a no; "thik hai na" and "hai na" ask back.
        let tag = heard.words().last().is_some_and(|word| word.is(NA));
        return match (tag, heard.has(ASSENT), heard.has(IS)) {
            (true, true, _) => Reason::AsksBack.unsure(Meaning::YesNo(true)),
            (true, false, true) => Reason::AsksBack.none(),
            _ if complains || (tag && stray > 0) => Reason::Complaint.none(),
            _ => by_length(Reason::No, false, stray, 1),
        };
    }
    // "theek hai bhej do"
    let sends = heard.has(SEND) && !opens.any(ASSENT);
    if sends || heard.has(HALT | TROUBLE | BUT) {
        return Reason::NeitherYesNorNo.none();
    }
    // "maddad chahiye" wants something, and agrees to nothing.
    let elsewhere = HELP | MENU | BACK | LANGUAGE | RESTART;
    if heard.has(elsewhere) || (heard.has(WANT) && heard.has(DATA | NOTICE)) {
        return Reason::NeitherYesNorNo.none();
    }
    // "call karo", "message kar do" asks for something and agrees to nothing.
    if heard.has(MESSAGE) && !consents {
        return Reason::NeitherYesNorNo.none();
    }
    if heard.has(ASSENT) {
        // "sadak theek karo" wants a road; "sahi pakde hain" agrees.
        let wants = heard.has(DO | WANT);
        return match stray {
            0 if !complains => Reason::Agreed.sure(Meaning::YesNo(true)),
            1 if !wants && opens.any(ASSENT) => Reason::Agreed.sure(Meaning::YesNo(true)),
            _ => Reason::Complaint.none(),
        };
    }
    // "kar do", "kar dijiye"
    let small = FILLER | DO | JI | POLITE;
    let told_to = heard.words().filter(|word| word.is(DO)).count() > 1;
    if told_to && heard.words().all(|word| word.is(small)) {
        return Reason::Agreed.sure(Meaning::YesNo(true));
    }
    let around = heard.words().all(|word| word.is(JI | POLITE | DO | FILLER));
    let only_ji = heard.has(JI)
        && (opens.any(JI) || !heard.has(POLITE))
        && heard.words().all(|word| word.is(JI | DO | FILLER) || is_address(&word));
    if around && only_ji {
        return Reason::Manners.sure(Meaning::YesNo(true));
    }
    Reason::NeitherYesNorNo.none()
}

/// What the first word that is no mere manner may do.
fn opening(heard: &Heard) -> Roles {
    let mut words = heard.words();
    let first = words.find(|word| !word.is(JI | POLITE | FILLER | ME) || word.is(YES | NO | NA));
    let first = first.or_else(|| heard.words().next());
    first.map(|word| word.sense.roles).unwrap_or_default()
}

/// A word that belongs neither to an answer nor to what stands around one.
fn is_stray(word: &Word<'_>) -> bool {
    let known = YES
        | ASSENT
        | NA
        | NO
        | WRONG
        | MAT
        | TROUBLE
        | JI
        | POLITE
        | FILLER
        | DOUBT
        | ABLE
        | BUT
        | DO
        | WANT
        | IS
        | ME
        | LEAVE
        | GO
        | CERTAIN
        | WHY
        | OR
        | super::words::ANSWERING;
    // "mere paas nahi hai", "100 % sahi"
    let small = matches!(
        word.folded,
        "pas"
            | "पास"
            | "100"
            | "javab"
            | "जवाब"
            | "ansver"
            | "puri"
            | "पुरि"
            | "taraf"
            | "tarah"
            | "तरह"
    );
    !word.is(known) && !small && !is_whole(word) && !is_said(word.folded)
}

/// A hundred, and its per cent.
fn is_whole(word: &Word<'_>) -> bool {
    word.sense.number == Some(100)
        || matches!(
            word.folded,
            "100"
                | "shat"
                | "शत"
                | "सत"
                | "pratishat"
                | "परतिसत"
                | "percent"
                | "परसेंट"
                | "fisdi"
                | "फिसदि"
        )
}

/// कहा of "सही कहा"; written like कहाँ.
fn is_said(folded: &str) -> bool {
    matches!(folded, "kaha" | "कहा" | "bola" | "बोला")
}

/// कह of "सही कह रहे हो"; with a negation it cannot be said.
fn is_saying(folded: &str) -> bool {
    matches!(folded, "keh" | "kah" | "कह")
}

/// Forms of देना as of a consent.
fn is_given(folded: &str) -> bool {
    matches!(
        folded,
        "deta"
            | "deti"
            | "dete"
            | "diya"
            | "di"
            | "देता"
            | "देति"
            | "देते"
            | "दिया"
            | "दि"
    )
}

/// "kitni baar bolu": the answer was given before.
fn is_impatient(heard: &Heard) -> bool {
    let words: Vec<Word<'_>> = heard.words().collect();
    words.windows(3).any(|three| {
        let [how_many, times, say] = three else { return false };
        how_many.is(QUESTION)
            && matches!(times.folded, "bar" | "bari" | "dafa" | "बार" | "दफा")
            && SAY.iter().any(|stem| say.folded.starts_with(stem))
    })
}

/// Stems of saying.
const SAY: [&str; 6] = ["bol", "kah", "bata", "बोल", "कह", "बता"];

/// "may be", in two words.
fn is_perhaps(heard: &Heard) -> bool {
    heard
        .words()
        .zip(heard.words().skip(1))
        .any(|(word, next)| matches!(word.folded, "may" | "might" | "could") && next.folded == "be")
}

/// A word of pardon: nothing else both begs and takes back.
fn is_pardon(word: &Word<'_>) -> bool {
    word.is(POLITE) && word.is(CORRECTION)
}

/// चाहता of "माफी चाहता हूँ".
fn is_wish(word: &Word<'_>) -> bool {
    word.is(WANT) && ["chah", "चाह", "چاہ"].iter().any(|stem| word.folded.starts_with(stem))
}

/// "maaf kijiye", "माफी चाहता हूँ", "ji sorry": somebody is sorry, and nothing else is to be done.
fn is_sorry(heard: &Heard) -> bool {
    let around = JI | POLITE | FILLER | DO | ME | IS;
    let is_around = |word: &Word<'_>| (word.is(around) || is_wish(word)) && !word.is(YES | NO | NA);
    begs_pardon(heard) && heard.words().all(|word| is_pardon(&word) || is_around(&word))
}

/// "maaf kijiye", "sorry", beside other words.
fn begs_pardon(heard: &Heard) -> bool {
    heard.words().any(|word| is_pardon(&word))
}

/// Whether somebody begs pardon in a text, whatever else they say.
pub(super) fn pardon_in(text: &str) -> bool {
    begs_pardon(&Heard::close(text))
}

/// जाने of "जाने दो", छोड़ of "छोड़ो".
fn is_let_go(folded: &str) -> bool {
    matches!(folded, "jane" | "जाने" | "chhod" | "chod" | "छोड")
}

/// "koi baat nahi"
fn is_never_mind(heard: &Heard) -> bool {
    let words: Vec<Word<'_>> = heard.words().collect();
    words.windows(3).any(|three| {
        let [koi, baat, nahi] = three else { return false };
        matches!(koi.folded, "koi" | "कोइ") && matches!(baat.folded, "bat" | "बात") && nahi.is(NO)
    })
}

/// Whom one speaks to: सर, भाई; "namaste ji" greets and says no yes.
fn is_address(word: &Word<'_>) -> bool {
    word.is(POLITE) && !super::words::is_greeting(word.folded)
}

/// हा हा हा, hahaha.
fn is_laughter(heard: &Heard) -> bool {
    let laughs = |word: &Word<'_>| matches!(word.cleaned, "ha" | "हा" | "he" | "हे" | "हो");
    let drawn = |word: &str| {
        ["ha", "he", "hi", "हा", "ही", "हे"]
            .into_iter()
            .any(|laugh| word.len() >= 2 * laugh.len() && word.replace(laugh, "").is_empty())
    };
    (heard.len() >= 3 && heard.words().all(|word| laughs(&word)))
        || heard.words().any(|word| drawn(word.cleaned) || word.cleaned == "lol")
}

/// A long message around a yes or no may be about something else: then it is asked back.
fn by_length(reason: Reason, yes: bool, strays: usize, most: usize) -> Judged {
    let meaning = Meaning::YesNo(yes);
    if strays <= most { reason.sure(meaning) } else { reason.unsure(meaning) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Reading {
        read(&Heard::close(text)).reading
    }

    #[test]
    fn a_yes_is_heard_in_every_dress() {
        for text in [
            "हाँ",
            "हां जी",
            "HAAAAN",
            "haanji bhai",
            "जी",
            "ji",
            "ok sir",
            "Okkkk 👍",
            "👍🏽",
            "✅",
            "theek hai",
            "bilkul sahi baat hai",
            "haan kyun nahi",
            "क्यों नहीं",
            "हाँ, मुझे जुड़ना है",
            "koi dikkat nahi",
            "han ji mujhe sadasya banna hai",
            "जी हाँ।",
            "yes please",
            "y",
            "सहमत हूँ",
            "manzoor hai",
            "हाँ ना",
            "haa bhaiya kar do",
            "kar dijiye",
            "मानता हूँ",
            "ज़रूर",
            "hnji",
        ] {
            assert_eq!(read_text(text), Reading::Sure(Meaning::YesNo(true)), "{text}");
        }
    }

    #[test]
    fn a_no_is_heard_and_negation_wins() {
        for text in [
            "नहीं",
            "nahiiii",
            "nhi ji",
            "ji nahi",
            "haan nahi chahiye",
            "theek nahi hai",
            "सहमत नहीं हूँ",
            "ना",
            "na ji",
            "galat hai ye",
            "rehne do",
            "ना जी ना",
            "👎",
            "no thanks",
            "मत करो",
            "bilkul nahi",
            "असहमत",
            "n",
            "kabhi nahi bhai",
            "inkar hai",
            "मुझे नहीं जुड़ना",
        ] {
            assert_eq!(read_text(text), Reading::Sure(Meaning::YesNo(false)), "{text}");
        }
    }

    #[test]
    fn what_is_neither_is_not_taken_for_one() {
        for text in [
            "",
            "पता नहीं",
            "mujhe malum nahi",
            "शायद",
            "haan ya nahi",
            "kya?",
            "kyun",
            "baad mein bataunga",
            "समझ नहीं आया",
            "ho sakta hai",
            "keh nahi sakte",
            "है",
            "hai",
            "h",
            "लखनऊ",
            "namaste ji",
            "bijli nahi aati kya",
            "25",
            "🙏",
            "ruko zara",
            "aap kaun hain",
            "band karo",
            "maddad chahiye",
            "madad karo",
            "jankari chahiye",
            "माफ़ कीजिए",
            "माफ करना जी",
            "maaf kijiye",
            "क्षमा करें",
        ] {
            assert_eq!(read_text(text), Reading::None, "{text}");
        }
    }

    #[test]
    fn a_yes_with_a_but_is_asked_back() {
        for text in ["haan lekin pehle batao kaise", "haan par abhi"] {
            assert!(!matches!(read_text(text), Reading::Sure(_)), "{text}");
        }
        assert_eq!(read_text("galat nahi hai"), Reading::Unsure(vec![Meaning::YesNo(true)]));
    }
}
