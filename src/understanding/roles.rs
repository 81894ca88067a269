//! What a word may do in a message.

use std::ops::BitOr;

/// A set of things a word may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Roles(u128);

impl Roles {
    pub(super) const fn any(self, of: Roles) -> bool {
        self.0 & of.0 != 0
    }

    pub(super) const fn in_common(self, other: Roles) -> Roles {
        Roles(self.0 & other.0)
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn and(self, more: Roles) -> Roles {
        Roles(self.0 | more.0)
    }
}

impl BitOr for Roles {
    type Output = Roles;

    fn bitor(self, more: Roles) -> Roles {
        self.and(more)
    }
}

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident)*) => {
        roles!(@one 0; $($(#[$doc])* $name)*);
    };
    (@one $bit:expr; $(#[$doc:meta])* $name:ident $($rest:tt)*) => {
        $(#[$doc])*
        pub(super) const $name: Roles = Roles(1 << ($bit));
        roles!(@one $bit + 1; $($rest)*);
    };
    (@one $bit:expr;) => {};
}

roles! {
    /// Yes by itself.
    YES
    /// Agrees when nothing speaks against it: सही, ठीक, करो.
    ASSENT
    /// ना, न: no alone, a mere tag after a yes.
    NA
    /// No, and negates what stands with it.
    NO
    /// Disagrees: गलत, असहमत, मना.
    WRONG
    /// मत before a verb.
    MAT
    /// "no problem" is no "no".
    TROUBLE
    /// जी: politeness, and a yes when alone.
    JI
    /// Greetings and manners around an answer.
    POLITE
    /// Small words that carry no answer: है, का, मेरा, मैं.
    FILLER
    /// Not an answer: पता, मालूम, शायद, सोच, बाद.
    DOUBT
    /// The word that with `ho`, `keh` makes a doubt: सकता.
    ABLE
    /// क्या, कौन, कब.
    QUESTION
    /// क्यों: a question, but "haan kyun nahi" is a yes.
    WHY
    OR
    BUT
    /// Stops what is going on: बंद, रोको, हटाओ, stop.
    HALT
    /// Stops only with a noun that is ours: रद्द, delete, नाम काटो.
    HALT_NOUN
    /// भेजो.
    SEND
    /// करो, कर दो.
    DO
    /// चाहिए.
    WANT
    /// A state, not a wish: है.
    IS
    /// संदेश, मैसेज.
    MESSAGE
    /// नंबर, नाम, सूची, सदस्यता: what of a person stands with us.
    MINE
    /// मुझे, मेरा.
    ME
    /// Helpers in a goodbye: please stop sending *these*, रोज रोज.
    STOP_HELPER
    /// परेशान: with मत it is a goodbye.
    BOTHER
    THANKS
    /// रहने of "रहने दो": leave it.
    LEAVE
    HELP
    MENU
    BACK
    /// शुरू.
    BEGIN
    /// से, फिर, दोबारा: makes शुरू a restart.
    AGAIN
    RESTART
    LANGUAGE
    NOTICE
    DATA
    SHOW
    CHANGE
    GO
    /// Around a number: बूथ, नंबर, संख्या.
    NUMBER_FRAME
    /// Around a choice: विकल्प, वाला.
    CHOICE_FRAME
    /// Around a year of birth: सन, जन्म, में.
    YEAR_FRAME
    /// An age, not a year: साल, उम्र.
    AGE
    /// The name of a month.
    MONTH
    /// Around a place: जिला, विधानसभा, रहता.
    PLACE_FRAME
    /// Around a name: नाम, main.
    NAME_FRAME
    /// Makes a number a range or a guess: से ज्यादा, लगभग.
    INEXACT
    /// With a negation it says that nobody knows: पक्का नहीं, not sure.
    CERTAIN
    /// What comes or does not come to people: बिजली नहीं *आई*, पेंशन नहीं *मिली*.
    EVENT
    /// What a number counts: लोग, सदस्य, वोट.
    COUNTED
    /// What a number measures: बजे, दिन, किलो, रुपये.
    UNIT
    /// A relative: whose age or gender this is.
    KIN
    /// The person of oneself beside an age: बूढ़ा, युवक.
    PERSON
    /// Becoming so old: हो गया, पूरे, चल रहा.
    BECOME
    MALE
    FEMALE
    /// Of the third gender.
    THIRD
    /// Around a gender: लिंग.
    GENDER_FRAME
    /// The English tens, that a unit may follow: forty-five.
    TENS
    /// Takes back what stands before it: sorry, मतलब.
    CORRECTION
    /// गलती: what was written before is wrong.
    MISTAKE
    /// लिखा, बताया: what was written before.
    WROTE
    /// The paper a day of birth is taken from: आधार, मार्कशीट के हिसाब से.
    PAPER
    /// Counts things one by one behind a number: ठो, गो.
    CLASSIFIER
    /// Of the buildings in which votes are cast: प्राथमिक विद्यालय.
    POLLING
    /// A day's word that answers nothing else: कल, आज.
    WHEN
    /// उत्तर
    NORTH
    SOUTH
    EAST
    WEST
    CENTRAL
    CANTT
    RURAL
    URBAN
    SADAR
}

/// Every direction or part that tells seats of one city apart.
pub(super) const PART: Roles =
    NORTH.and(SOUTH).and(EAST).and(WEST).and(CENTRAL).and(CANTT).and(RURAL).and(URBAN).and(SADAR);
