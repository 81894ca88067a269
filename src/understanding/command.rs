//! The words that work everywhere. A message is a command only as a whole: every word of it must
//! have its part in the command, so that "बिजली बंद है" stays a complaint.

use super::Command;
use super::heard::{Heard, Word};
use super::words::{
    AGAIN, ASSENT, BACK, BECOME, BEGIN, BOTHER, CHANGE, DATA, DO, DOUBT, EVENT, FILLER, GO, HALT,
    HALT_NOUN, HELP, IS, JI, LANGUAGE, LEAVE, MAT, ME, MENU, MESSAGE, MINE, NA, NO, NOTICE,
    NUMBER_FRAME, POLITE, QUESTION, RESTART, Roles, SEND, SHOW, STOP_HELPER, THANKS, WANT, WHEN,
    WHY, YES,
};

/// No command is longer; longer messages tell something else.
const LONGEST: usize = 12;

pub(super) fn read(heard: &Heard) -> Option<Command> {
    if heard.len() == 0 || heard.len() > LONGEST {
        return None;
    }
    if let Some(command) = by_phrase(heard.folded()) {
        return Some(command);
    }
    if OPT_OUT_BUTTONS.iter().any(|label| super::fold(label) == heard.folded()) {
        return Some(Command::Stop);
    }
    let manners = JI | POLITE | YES | FILLER | NA;
    let helpers = manners | ASSENT | DO | WANT | GO | SHOW | ME;
    let wishes =
        |core: Roles, also: Roles| heard.has(core) && consists_of(heard, core | also | helpers);
    let denied = is_denied(heard);
    if heard.has(ME) && wishes(DATA, MINE | HALT | HALT_NOUN | SEND | CHANGE) && !denied {
        return Some(Command::MyData);
    }
    if is_stop(heard) {
        return Some(Command::Stop);
    }
    if is_lost(heard) || is_helpless(heard) {
        return Some(Command::Help);
    }
    if denied || heard.has(QUESTION) {
        return None;
    }
    // "start from beginning" begins twice.
    let begins = heard.words().filter(|word| word.is(BEGIN)).count();
    let again = (begins > 0 && heard.has(AGAIN)) || begins > 1;
    let around = BEGIN | AGAIN | RESTART | BACK | STOP_HELPER;
    let later = heard.has(WHEN);
    // "dobara se"
    let once_more = heard.words().any(|word| word.is(AGAIN) && !word.is(FILLER))
        && heard.words().any(|word| word.is(AGAIN) && word.is(FILLER));
    if once_more && !later && consists_of(heard, AGAIN | JI | POLITE) {
        return Some(Command::Restart);
    }
    if (again || heard.has(RESTART)) && !later && consists_of(heard, around | helpers) {
        return Some(Command::Restart);
    }
    if wishes(LANGUAGE, CHANGE) {
        return Some(Command::Language);
    }
    if wishes(NOTICE, SEND) {
        return Some(Command::Notice);
    }
    if wishes(MENU, SEND | BACK | STOP_HELPER | MINE) {
        return Some(Command::Menu);
    }
    if wishes(BACK, DO | AGAIN) {
        return Some(Command::Back);
    }
    // "aapne madad ki" tells of help.
    let helped = heard.words().last().is_some_and(|word| matches!(word.folded, "ki" | "कि"));
    // "madad karunga" offers it.
    let offered = heard
        .words()
        .any(|word| matches!(word.folded, "karunga" | "karungi" | "krunga" | "करुंगा" | "करुंगि"));
    if wishes(HELP, DO) && !heard.has(THANKS) && !helped && !offered {
        return Some(Command::Help);
    }
    None
}

/// Negation of any kind; but the "no" of "mera no" is a number, and a "na" behind a wish begs.
fn is_denied(heard: &Heard) -> bool {
    let mut after_my = false;
    let last = heard.len().saturating_sub(1);
    for (place, word) in heard.words().enumerate() {
        let number = after_my && word.is(NO | MINE) && word.is(NUMBER_FRAME);
        let begs = place == last && place > 0 && word.is(NA) && !word.is(NO | MAT);
        if word.is(NO | NA | MAT) && !number && !begs {
            return true;
        }
        after_my = has_number(&word);
    }
    false
}

/// What a "no" behind is a number of: "mera no", "mobile no".
fn has_number(word: &Word<'_>) -> bool {
    word.is(ME | MINE) || matches!(word.folded, "phone" | "fon" | "fone" | "vhatsap" | "vhatsapp")
}

/// "kaise kare, help karo": after what one does not know how to do one asks for help.
fn is_helpless(heard: &Heard) -> bool {
    let around = HELP | QUESTION | DO | WANT | FILLER | ASSENT | ME | JI | POLITE;
    let asks_at = heard.words().position(|word| word.is(QUESTION));
    let help_at = heard.words().position(|word| word.is(HELP));
    let mut rest = heard.words().rev().skip_while(|word| word.is(JI | POLITE));
    let told_to = rest.next().is_some_and(|word| word.is(DO) && !is_subjunctive(word.folded))
        && rest.next().is_some_and(|word| word.is(HELP));
    asks_at.is_some()
        && asks_at < help_at
        && told_to
        && heard.words().all(|word| word.is(around) && !word.is(NO | NA | MAT))
}

/// करें asks whether to do, not to do.
fn is_subjunctive(folded: &str) -> bool {
    matches!(folded, "kare" | "karen" | "karein" | "karu" | "करे" | "करें" | "करु")
}

/// "kuch samajh nahi aa raha, help karo": the negation belongs to what is not understood.
fn is_lost(heard: &Heard) -> bool {
    let around = HELP | DOUBT | NO | NA | EVENT | JI | POLITE | FILLER | DO | WANT | ME | ASSENT;
    let asks_for = heard.has(HELP) && heard.has(DOUBT) && heard.has(DO | WANT);
    let beside_doubt = |(one, next): (Word<'_>, Word<'_>)| {
        (one.is(DOUBT) && next.is(NO | NA)) || (one.is(NO | NA) && next.is(DOUBT))
    };
    asks_for
        && heard.words().zip(heard.words().skip(1)).any(beside_doubt)
        && heard.words().all(|word| word.is(around) || is_coming(word.folded))
}

/// आ of "समझ नहीं आ रहा".
fn is_coming(folded: &str) -> bool {
    matches!(folded, "a" | "aa" | "आ")
}

fn consists_of(heard: &Heard, roles: Roles) -> bool {
    heard.words().all(|word: Word<'_>| word.is(roles) || is_little(word.folded))
}

/// Small words around a wish: थोड़ा, कोई; and वाला behind what one goes back to.
fn is_little(folded: &str) -> bool {
    matches!(
        folded,
        "thoda"
            | "thodi"
            | "thora"
            | "थोडा"
            | "थोडि"
            | "vala"
            | "vale"
            | "vali"
            | "वाला"
            | "वाले"
            | "वालि"
    )
}

/// What the provider's own buttons under offers say (WhatsApp, 2026): a tap sends these words.
const OPT_OUT_BUTTONS: [&str; 9] = [
    "stop promotions",
    "stop promotion",
    "stop promos",
    "stop offers",
    "unsubscribe from promos",
    "unsubscribe from all",
    "प्रमोशन बंद करें",
    "प्रचार संदेश बंद करें",
    "ऑफ़र बंद करें",
];

/// Phrases whose words alone say nothing, and the one-word requests of the telecom trade.
fn by_phrase(folded: &str) -> Option<Command> {
    Some(match folded {
        "opt out" | "cancel" | "end" | "exit" | "stop" | "kuit" | "leave me alone"
        | "delete me" => Command::Stop,
        "start over" | "start again" => Command::Restart,
        "my data" | "mera data" => Command::MyData,
        _ => return None,
    })
}

/// A goodbye: *(a noun of ours) + (stop verb)*, or a wish not to be written to; and no मत after the
/// stop verb. The noun may be left out where the verb alone cannot mean anything else here.
fn is_stop(heard: &Heard) -> bool {
    let helpers = JI
        | POLITE
        | YES
        | FILLER
        | ASSENT
        | DO
        | WANT
        | ME
        | MINE
        | MESSAGE
        | STOP_HELPER
        | BOTHER
        | GO
        | AGAIN
        | HALT
        | HALT_NOUN
        | SEND
        | LEAVE
        | NO
        | NA
        | MAT;
    let asks_how = heard.has(QUESTION | WHY);
    let allowed = if asks_how { helpers | QUESTION | WHY } else { helpers };
    // "तंग आ गया हूँ, band karo"
    let told_to = heard.has(HALT) && heard.has(DO);
    let fed_up = (heard.has(BOTHER) && heard.has(HALT | SEND)) || (told_to && ends_in_halt(heard));
    // "band kar diya jaye"
    let is_passive =
        heard.words().any(|word| matches!(word.folded, "jaye" | "jae" | "जाए" | "जाये"));
    if is_about_a_person(heard) {
        return false;
    }
    let belongs = |word: &Word<'_>| {
        // "theka band karao" is no slip of "theek hai, band karo".
        let slipped = MESSAGE | MINE | ME | POLITE | SEND | DO;
        word.is(if word.slipped { slipped } else { allowed })
            || is_member(word.folded)
            || is_much(word.folded)
            || is_to_come(word.folded)
            || (is_passive && is_done(word.folded))
            || (fed_up
                && (word.is(BECOME | EVENT) || is_coming(word.folded) || is_much(word.folded)))
    };
    if !heard.words().all(|word| belongs(&word)) {
        return false;
    }
    let denied = is_denied(heard);
    let noun = heard.has(MESSAGE) || heard.has(MINE) || heard.has(ME);
    let leaves_list = heard.words().any(|word| word.folded.starts_with("unsub"));
    if asks_how && !(heard.has(HALT) && (heard.has(MESSAGE) || leaves_list)) {
        return false;
    }
    // "list se bahar karo", but not "mujhe bahar jana hai"
    let goes_out = heard.words().any(|word| matches!(word.folded, "bahar" | "बाहर"));
    if goes_out && !(heard.has(DO) && heard.has(MINE | STOP_HELPER)) {
        return false;
    }
    // "chhod do" alone lets something be.
    let lets_be = heard.words().all(|word| !word.is(HALT_NOUN) || is_let_be(word.folded));
    let ends = heard.has(HALT_NOUN) && (noun_apart(heard) || (heard.has(DO) && !lets_be));
    let halts = heard.has(HALT) || ends;
    if halts && lasts(heard) {
        return false;
    }
    if halts {
        // "message band hai" tells a state.
        let is = heard.words().any(|word| {
            word.is(IS) && !matches!(word.folded, "is" | "its")
                || matches!(word.folded, "tha" | "thi" | "था" | "थि")
        });
        let state = is && !heard.has(DO) && !heard.has(WANT) && !fed_up;
        let only_removes = !heard.has(HALT) && !noun && heard.len() < 2;
        return !state && !only_removes && !is_halt_denied(heard);
    }
    // "bas karo"
    let enough = heard.words().any(|word| matches!(word.folded, "bas" | "बस"));
    if enough && heard.has(DO) && !denied {
        return heard.len() <= MOST_ENOUGH || heard.has(MESSAGE | SEND);
    }
    if !denied {
        return false;
    }
    let english = heard.words().any(|word| matches!(word.folded, "dont" | "donot" | "not"));
    if heard.has(BOTHER) {
        return heard.has(DO) || english;
    }
    // "msg na aaye"
    let none_come = heard.has(MESSAGE)
        && heard.words().any(|word| word.is(NA | MAT) && !word.is(NO))
        && heard.words().any(|word| is_to_come(word.folded));
    let not_written_to = heard.has(SEND) || none_come;
    let no_messages = heard.has(MESSAGE)
        && (heard.has(WANT) || (heard.has(MAT | NA | NO) && heard.has(DO)) || english);
    let opens = heard.words().next().is_some_and(|word| word.folded == "no");
    let more = heard.words().any(|word| word.folded == "more");
    let no_more = heard.has(MESSAGE) && (more || opens);
    let no_member = (heard.has(WANT) && heard.words().any(|word| is_membership(word.folded)))
        || (heard.has(LEAVE) && heard.words().any(|word| is_member(word.folded)));
    not_written_to || no_messages || no_more || no_member
}

/// "bas karo ab" and no longer, unless it names the messages.
const MOST_ENOUGH: usize = 4;

/// Whether the negation belongs to the verb that stops: "band mat karo", "मत रोको"; not so in "mat
/// bhejo, band karo" and in "tang mat karo, band karo".
fn is_halt_denied(heard: &Heard) -> bool {
    let words: Vec<Word<'_>> = heard.words().collect();
    let halts = |place: Option<usize>| {
        place.and_then(|place| words.get(place)).is_some_and(|word| word.is(HALT | HALT_NOUN))
    };
    let is = |place: Option<usize>, roles: Roles| {
        place.and_then(|place| words.get(place)).is_some_and(|word| word.is(roles))
    };
    let mut after_my = false;
    for (place, word) in words.iter().enumerate() {
        let number = after_my && word.is(NO | MINE) && word.is(NUMBER_FRAME);
        after_my = has_number(word);
        if !word.is(NO | NA | MAT) || number || word.is(HALT) {
            continue;
        }
        let (before, after) = (place.checked_sub(1), Some(place + 1));
        // "band karo na" begs.
        let begs = place + 1 == words.len() && word.is(NA) && !word.is(NO | MAT);
        let behind_verb = is(before, DO) && halts(place.checked_sub(2)) && !begs;
        let of_another = is(after, SEND | WANT | BOTHER) || is(before, BOTHER | SEND | WANT);
        if (halts(before) || halts(after) || behind_verb) && !of_another {
            return true;
        }
    }
    false
}

/// `… band karo`: the message ends in a wish, whatever it tells before.
fn ends_in_halt(heard: &Heard) -> bool {
    let mut words = heard.words().rev();
    let last = words.find(|word| !word.is(JI | POLITE | FILLER | STOP_HELPER));
    let before = words.next();
    last.is_some_and(|word| word.is(DO)) && before.is_some_and(|word| word.is(HALT | DO))
}

/// छोड़: of a party, a membership, of oneself; without them it is "never mind".
fn is_let_be(folded: &str) -> bool {
    ["chhod", "chod", "chhor", "chor", "छोड"].into_iter().any(|stem| folded.starts_with(stem))
}

/// "abhi bhi band", "kal se band": a state that lasts, not a wish.
fn lasts(heard: &Heard) -> bool {
    let shut =
        |word: &Word<'_>| matches!(word.folded, "band" | "bandh" | "bnd" | "bund" | "बंद" | "बंध");
    let only_shut = heard.words().all(|word| !word.is(HALT) || shut(&word));
    let still = heard.words().any(|word| matches!(word.folded, "bhi" | "भि"));
    let since = heard
        .words()
        .zip(heard.words().skip(1))
        .any(|(word, next)| word.is(WHEN) && matches!(next.folded, "se" | "से"));
    (still || since) && only_shut && !heard.has(DO | WANT | MESSAGE | MINE | SEND)
}

/// बहुत: messages, or enough of them.
fn is_much(folded: &str) -> bool {
    matches!(folded, "bahut" | "bohot" | "bahot" | "बहुत" | "jyada" | "jada" | "ज्यादा")
}

/// The participle of a wish in the passive: किया जाए.
fn is_done(folded: &str) -> bool {
    matches!(folded, "diya" | "kiya" | "di" | "ki" | "दिया" | "किया" | "दि" | "कि")
}

/// "netaji ko hatao": whom one addresses is the one who is to go.
fn is_about_a_person(heard: &Heard) -> bool {
    heard.words().zip(heard.words().skip(1)).any(|(word, next)| {
        word.is(POLITE | JI) && matches!(next.folded, "ko" | "को" | "ke" | "के") && !word.is(ME)
    })
}

/// Who one no longer is when one leaves: सदस्य.
fn is_member(folded: &str) -> bool {
    matches!(folded, "member" | "sadasya" | "sadsya" | "sadasy" | "सदसय" | "मेंबर")
}

/// What one no longer wants when one leaves: सदस्यता.
fn is_membership(folded: &str) -> bool {
    matches!(
        folded,
        "sadasyata" | "sadsyata" | "sadasyta" | "membership" | "सदसयता" | "मेंबरसिप" | "मेबरसिप"
    )
}

/// What shall not come: आए, आएं.
fn is_to_come(folded: &str) -> bool {
    matches!(folded, "aye" | "ayen" | "aen" | "aaye" | "आए" | "आएं" | "आये")
}

/// What one leaves: the party, a group.
fn is_circle(folded: &str) -> bool {
    matches!(folded, "party" | "parti" | "पारटि" | "group" | "grup" | "गरुप" | "dal" | "दल")
}

fn noun_apart(heard: &Heard) -> bool {
    heard
        .words()
        .any(|word| (word.is(MESSAGE | MINE | ME) && !word.is(HALT_NOUN)) || is_circle(word.folded))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(text: &str) -> Option<Command> {
        read(&Heard::close(text))
    }

    #[test]
    fn a_goodbye_is_never_missed() {
        for text in [
            "बंद",
            "बन्द करो",
            "STOP",
            "stop!!!",
            "कृपया संदेश बंद कर दीजिए",
            "message band kar do",
            "msg mat bhejo",
            "मैसेज मत भेजो",
            "mera number hata do",
            "मेरा नाम सूची से हटा दो",
            "hatao",
            "रोको",
            "unsubscribe",
            "अब मैसेज नहीं चाहिए",
            "sadasyata radd karo",
            "membership cancel karo",
            "mujhe messages mat bhejna",
            "please stop sending messages",
            "स्टॉप",
            "bhai band karo ye sab",
            "हाँ बंद करो",
            "opt out",
            "मुझे अब कोई संदेश नहीं चाहिए",
            "list se hatao",
            "bnd kro",
            "message kaise band kare",
            "don't send me messages",
            "dobara message mat karna",
            "mera no. hata dijiye",
            "सदस्यता छोड़नी है",
            "रोज रोज मैसेज मत भेजो",
            "ग्रुप से हटाओ",
            "faltu message band karo",
            "मुझे परेशान मत करो",
            // The buttons a provider puts under offers.
            "Stop promotions",
            "Unsubscribe from promos",
            "प्रमोशन बंद करें",
        ] {
            assert_eq!(command(text), Some(Command::Stop), "{text}");
        }
    }

    #[test]
    fn a_complaint_is_not_a_goodbye() {
        for text in [
            "बिजली बंद है",
            "pension band ho gayi",
            "road band hai",
            "बस स्टॉप कहाँ है",
            "band mat karo",
            "stop mat karna",
            "बंद मत करो",
            "bhrashtachar band karo",
            "mera number badal gaya",
            "राशन बंद कर दिया",
            "रुकना मत",
            "message band hai",
            "नहीं",
            "nahi chahiye",
            "mat karo",
            "hata",
            "बंदा",
            "dukan band karwa do",
            "message mat band karo",
            "mujhe message nahi mila",
            "बांदा",
        ] {
            assert_eq!(command(text), None, "{text}");
        }
    }

    #[test]
    fn the_other_words_work_as_whole_messages() {
        let table: &[(Command, &[&str])] = &[
            (
                Command::Help,
                &["मदद", "help", "madad chahiye", "मेरी मदद करो", "please help me", "सहायता कीजिए"],
            ),
            (
                Command::Menu,
                &["menu", "मेनू", "main menu", "मुख्य मेनू", "menu dikhao", "मेन्यू पर वापस जाओ"],
            ),
            (
                Command::Back,
                &[
                    "वापस",
                    "back",
                    "peeche jao",
                    "go back",
                    "पीछे",
                    "ek kadam peeche",
                    "pichle sawal par jao",
                ],
            ),
            (
                Command::Restart,
                &[
                    "restart",
                    "फिर से शुरू करो",
                    "shuru se",
                    "dobara shuru",
                    "naye sire se",
                    "naye sire se shuru karo",
                    "start over",
                ],
            ),
            (
                Command::Language,
                &["भाषा", "language", "bhasha badlo", "भाषा बदलनी है", "change language"],
            ),
            (Command::Notice, &["सूचना", "soochna dikhao", "privacy notice", "निजता"]),
            (
                Command::MyData,
                &["मेरा डेटा", "mera data dikhao", "my data", "meri jankari hatao", "मेरी जानकारी"],
            ),
        ];
        for (expected, texts) in table {
            for text in *texts {
                assert_eq!(command(text), Some(*expected), "{text}");
            }
        }
    }

    #[test]
    fn a_sentence_with_a_command_word_in_it_is_none() {
        for text in [
            "madad nahi chahiye",
            "sarkar ne madad nahi ki",
            "help ki zarurat nahi",
            "aapki madad se kaam ho gaya",
            "",
            "wapas aa gaye gaon se",
            "kaam shuru ho gaya",
            "hindi bhasha ke teacher",
            "haan",
            "लखनऊ",
            "12",
            "मेरा नाम राम है",
            "shuru",
            "jankari galat hai",
        ] {
            assert_eq!(command(text), None, "{text}");
        }
    }
}
