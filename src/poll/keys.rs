//! The key of the count as the office-bearers keep it: a text file, whole or in shares, that can be printed and typed
//! in again. A mistyped line, a share of another poll and a wrong share are told by name.

use std::fmt::Write as _;

use super::envelope::{LENGTH, PrivateKey, PublicKey, hash};
use super::shares::{MOST_SHARES, Share, join, split};
use crate::clock::Ids;
use crate::seal::{from_hex, to_hex};

const KEY_FORM: &str = "samvad-poll-key 1";
const SHARE_FORM: &str = "samvad-poll-share 1";
/// Bytes of a check or a print as they are written.
const SHORT: usize = 8;

/// Why a key file is not taken, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeyError(String);

fn wrong<T>(words: impl Into<String>) -> Result<T, KeyError> {
    Err(KeyError(words.into()))
}

/// The key of a poll as a file.
#[must_use]
pub fn key_file(poll: &str, key: &PrivateKey) -> String {
    let public = to_hex(&key.public().0);
    let secret = to_hex(&key.to_bytes());
    let mut text = String::from(
        "# राय की गिनती की कुंजी। इसे सर्वर पर, फ़ोन पर या ई-मेल में न रखें; काग़ज़ या पेन ड्राइव पर, ताले में रखें।\n\
         # The key that opens the ballots of one poll. Keep it on paper or a stick, locked up; never on the server.\n",
    );
    let lines =
        [("poll", poll.to_owned()), ("public", grouped(&public)), ("secret", grouped(&secret))];
    finish(&mut text, KEY_FORM, &lines);
    text
}

/// The key in files of which any `needed` open the ballots.
///
/// # Errors
/// [`KeyError`]: numbers that make no sense, or no randomness.
pub fn share_files(
    poll: &str,
    key: &PrivateKey,
    needed: u8,
    shares: u8,
    ids: &Ids,
) -> Result<Vec<String>, KeyError> {
    if needed < 2 || needed > shares || shares > MOST_SHARES {
        return wrong(format!(
            "{needed} of {shares} shares: at least 2 are needed, and there are at most {MOST_SHARES}"
        ));
    }
    let public = key.public();
    let parts =
        split(&key.to_bytes(), needed, shares, ids).map_err(|error| KeyError(error.to_string()))?;
    let prints: Vec<String> = parts.iter().map(|share| print(&public, share)).collect();
    let file = |share: &Share| {
        let mut text = format!(
            "# राय की गिनती की कुंजी का हिस्सा {number}। {shares} में से कोई भी {needed} हिस्से मिलकर मुहरबंद लिफाफे खोलते हैं। इसे किसी को न दें।\n\
             # Share {number} of the key of a poll; any {needed} of {shares} open the ballots. Give it to nobody.\n",
            number = share.number,
        );
        let lines = [
            ("poll", poll.to_owned()),
            ("public", grouped(&to_hex(&public.0))),
            ("needs", format!("{needed} of {shares}")),
            ("share", share.number.to_string()),
            ("data", grouped(&to_hex(&share.bytes))),
            ("prints", prints.join(" ")),
        ];
        finish(&mut text, SHARE_FORM, &lines);
        text
    };
    Ok(parts.iter().map(file).collect())
}

/// Reads the key of a poll from one key file, or from as many shares as are needed. `names` are the names of the
/// files, for what is told of them.
///
/// # Errors
/// [`KeyError`] with the file and what to do.
pub fn read(files: &[(&str, &str)]) -> Result<(String, PrivateKey), KeyError> {
    match files {
        [] => wrong("name the key file, or the files of the shares"),
        [(name, text)] if is_key(text) => read_key(name, text),
        _ => read_shares(files),
    }
}

fn is_key(text: &str) -> bool {
    Fields::lines(text).next() == Some(KEY_FORM)
}

fn read_key(name: &str, text: &str) -> Result<(String, PrivateKey), KeyError> {
    let fields = Fields::read(name, text, KEY_FORM)?;
    let key = PrivateKey::from_bytes(&fields.bytes("secret")?)
        .map_err(|error| KeyError(format!("{name}: {error}")))?;
    if key.public().0 != fields.bytes("public")? {
        return wrong(format!(
            "{name}: the secret does not belong to the public key; use the other copy"
        ));
    }
    Ok((fields.get("poll")?.to_owned(), key))
}

/// A share and what its file says of the whole.
struct Read<'n> {
    name: &'n str,
    share: Share,
    poll: String,
    public: PublicKey,
    needed: u8,
    prints: Vec<String>,
}

fn read_shares(files: &[(&str, &str)]) -> Result<(String, PrivateKey), KeyError> {
    let mut all: Vec<Read<'_>> = Vec::new();
    for (name, text) in files {
        let read = read_share(name, text)?;
        if let Some(twin) = all.iter().find(|known| known.share.number == read.share.number) {
            let number = read.share.number;
            return wrong(format!(
                "{} and {name} are both share {number}: each office-bearer brings their own",
                twin.name
            ));
        }
        all.push(read);
    }
    let Some(first) = all.first() else { return wrong("name the files of the shares") };
    if let Some(read) = all.iter().find(|read| read.public != first.public) {
        return wrong(format!("{} and {} are of two different keys", first.name, read.name));
    }
    for read in &all {
        // Every file knows the prints of all shares: a share that was made up is known by those of the others.
        let number = usize::from(read.share.number);
        let own = print(&read.public, &read.share);
        let witnesses = all.iter().filter(|other| other.name != read.name || all.len() == 1);
        let against: Vec<&str> = witnesses
            .filter(|other| number.checked_sub(1).and_then(|at| other.prints.get(at)) != Some(&own))
            .map(|other| other.name)
            .collect();
        if against.len() * 2 >= all.len() && !against.is_empty() {
            return wrong(format!(
                "{}: this is not the share {number} that was made at the opening (so say {}); bring the right one",
                read.name,
                against.join(", ")
            ));
        }
    }
    let needed = usize::from(first.needed);
    if all.len() < needed {
        return wrong(format!("{} of {needed} shares are here; bring the others", all.len()));
    }
    let shares: Vec<Share> = all.iter().take(needed).map(|read| read.share.clone()).collect();
    let key =
        PrivateKey::from_bytes(&join(&shares)).map_err(|error| KeyError(error.to_string()))?;
    if key.public() != first.public {
        let names: Vec<&str> = all.iter().map(|read| read.name).collect();
        return wrong(format!(
            "one of {} is a wrong share; try with another one in its place",
            names.join(", ")
        ));
    }
    Ok((first.poll.clone(), key))
}

fn read_share<'n>(name: &'n str, text: &str) -> Result<Read<'n>, KeyError> {
    let fields = Fields::read(name, text, SHARE_FORM)?;
    let number = |text: &str| text.trim().parse::<u8>().ok().filter(|number| *number > 0);
    let needed = fields.get("needs")?.split(" of ").next().and_then(number);
    let share = number(fields.get("share")?);
    let (Some(needed), Some(share)) = (needed, share) else {
        return wrong(format!("{name}: the numbers of `needs` or `share` cannot be read"));
    };
    Ok(Read {
        name,
        share: Share { number: share, bytes: fields.bytes("data")? },
        poll: fields.get("poll")?.to_owned(),
        public: PublicKey(fields.bytes("public")?),
        needed,
        prints: fields.get("prints")?.split_whitespace().map(str::to_owned).collect(),
    })
}

/// Knows a share again without giving it away: a share is 32 bytes nobody can guess.
fn print(public: &PublicKey, share: &Share) -> String {
    let whole = hash(b"samvad share 1", &[&public.0, &[share.number], &share.bytes]);
    to_hex(whole.get(..SHORT).unwrap_or_default())
}

/// In fours, so that it can be read aloud and typed.
fn grouped(hex: &str) -> String {
    let mut text = String::with_capacity(hex.len() + hex.len() / 4);
    for (place, digit) in hex.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

fn finish(text: &mut String, form: &str, lines: &[(&str, String)]) {
    let lines = lines.iter().map(|(key, value)| format!("{key} {value}"));
    let lines: Vec<String> = [form.to_owned()].into_iter().chain(lines).collect();
    for line in &lines {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "check {}", check(lines.iter().map(String::as_str)));
}

/// Over all lines, without spaces and in small letters: as they may be typed.
fn check<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    let plain: Vec<String> =
        lines.map(|line| line.split_whitespace().collect::<String>().to_lowercase()).collect();
    let parts: Vec<&[u8]> = plain.iter().map(String::as_bytes).collect();
    to_hex(hash(b"samvad key file 1", &parts).get(..SHORT).unwrap_or_default())
}

/// The lines of a file, each a key and its value.
struct Fields<'t> {
    name: &'t str,
    lines: Vec<(&'t str, &'t str)>,
}

impl<'t> Fields<'t> {
    fn lines(text: &str) -> impl Iterator<Item = &str> {
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
    }

    fn read(name: &'t str, text: &'t str, form: &str) -> Result<Fields<'t>, KeyError> {
        let lines: Vec<&str> = Fields::lines(text).collect();
        let Some((last, body)) = lines.split_last() else {
            return wrong(format!("{name} is empty"));
        };
        let Some((found, fields)) = body.split_first() else {
            return wrong(format!("{name} is no file of a poll's key"));
        };
        if *found != form {
            let what = if form == KEY_FORM { "key" } else { "share of a key" };
            return wrong(format!("{name} is no {what}: its first line is not `{form}`"));
        }
        let said = last.strip_prefix("check").map(str::trim);
        if said.is_none_or(|said| !said.eq_ignore_ascii_case(&check(body.iter().copied()))) {
            return wrong(format!(
                "{name}: a line is mistyped, missing or cut off (the check does not fit); compare it with the paper"
            ));
        }
        let parted = fields.iter().map(|line| line.split_once(' ').unwrap_or((line, "")));
        Ok(Fields { name, lines: parted.collect() })
    }

    fn get(&self, key: &str) -> Result<&'t str, KeyError> {
        let found = self.lines.iter().find(|(known, _)| *known == key);
        match found {
            Some((_, value)) => Ok(value.trim()),
            None => wrong(format!("{}: the line `{key}` is missing", self.name)),
        }
    }

    fn bytes(&self, key: &str) -> Result<[u8; LENGTH], KeyError> {
        let digits: String = self.get(key)?.split_whitespace().collect();
        match from_hex(&digits) {
            Some(bytes) => Ok(bytes),
            None => wrong(format!("{}: `{key}` is not 64 digits", self.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PrivateKey {
        PrivateKey::from_bytes(&[0x42; LENGTH]).unwrap()
    }

    fn named(files: &[String]) -> Vec<(String, &str)> {
        (1..)
            .zip(files)
            .map(|(number, text)| (format!("share-{number}.txt"), text.as_str()))
            .collect()
    }

    fn read_all(files: &[(String, &str)]) -> Result<(String, PrivateKey), KeyError> {
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        read(&files)
    }

    #[test]
    fn a_key_file_comes_back_also_when_typed_in_again() {
        let text = key_file("lok_sabha_2029", &key());
        let typed = text.to_uppercase().replace("SAMVAD-POLL-KEY", "samvad-poll-key");
        let typed: Vec<String> = typed
            .lines()
            .map(|line| {
                let (key, value) = line.split_once(' ').unwrap();
                format!("  {} {}\r\n", key.to_lowercase(), value)
            })
            .collect();
        for text in [text, typed.concat().replace("LOK_SABHA", "lok_sabha")] {
            let (poll, found) = read(&[("key.txt", &text)]).unwrap();
            assert_eq!(poll, "lok_sabha_2029");
            assert_eq!(found.to_bytes(), key().to_bytes());
        }
    }

    #[test]
    fn the_key_stands_in_its_file_as_promised() {
        insta::assert_snapshot!(key_file("lok_sabha_2029", &key()), @r"
        # राय की गिनती की कुंजी। इसे सर्वर पर, फ़ोन पर या ई-मेल में न रखें; काग़ज़ या पेन ड्राइव पर, ताले में रखें।
        # The key that opens the ballots of one poll. Keep it on paper or a stick, locked up; never on the server.
        samvad-poll-key 1
        poll lok_sabha_2029
        public 132c 442b e010 fbd5 7e72 6033 28aa 76e7 1fcc c150 3aae 2193 27d1 4d9c 9993 f472
        secret 4042 4242 4242 4242 4242 4242 4242 4242 4242 4242 4242 4242 4242 4242 4242 4242
        check c200aa51846ef336
        ");
    }

    #[test]
    fn every_mistyped_digit_of_a_key_is_noticed() {
        let text = key_file("p", &key());
        let at = text.find("secret").unwrap() + "secret ".len();
        for place in at..at + 20 {
            let mut bytes = text.clone().into_bytes();
            if bytes[place] == b' ' {
                continue;
            }
            bytes[place] = if bytes[place] == b'7' { b'8' } else { b'7' };
            let typed = String::from_utf8(bytes).unwrap();
            let error = read(&[("key.txt", &typed)]).unwrap_err().to_string();
            assert!(error.contains("mistyped"), "{error}");
        }
    }

    #[test]
    fn any_two_of_three_shares_open_and_one_does_not() {
        let files = share_files("p", &key(), 2, 3, &Ids::system()).unwrap();
        let files = named(&files);
        for pair in [[0, 1], [1, 2], [2, 0]] {
            let pair = pair.map(|at| files[at].clone());
            assert_eq!(read_all(&pair).unwrap().1.to_bytes(), key().to_bytes());
        }
        assert_eq!(read_all(&files).unwrap().1.to_bytes(), key().to_bytes());
        let alone = read_all(&files[..1]).unwrap_err().to_string();
        assert_eq!(alone, "1 of 2 shares are here; bring the others");
    }

    #[test]
    fn a_made_up_share_is_told_by_its_name() {
        let files = share_files("p", &key(), 3, 4, &Ids::system()).unwrap();
        let mut made_up = files.clone();
        // Well-formed, with a check that fits, and other data.
        let mut lines: Vec<String> =
            Fields::lines(&files[1]).map(str::to_owned).collect::<Vec<_>>();
        lines.pop();
        let data = lines.iter_mut().find(|line| line.starts_with("data")).unwrap();
        *data = format!("data {}", "ab".repeat(LENGTH));
        let check = check(lines.iter().map(String::as_str));
        made_up[1] = format!("{}\ncheck {check}\n", lines.join("\n"));
        let error = read_all(&named(&made_up)).unwrap_err().to_string();
        assert!(error.starts_with("share-2.txt: this is not the share 2"), "{error}");
    }

    #[test]
    fn shares_that_do_not_belong_together_are_told() {
        let files = share_files("p", &key(), 2, 3, &Ids::system()).unwrap();
        let other = PrivateKey::from_bytes(&[0x43; LENGTH]).unwrap();
        let others = share_files("q", &other, 2, 3, &Ids::system()).unwrap();
        let words = |files: &[(&str, &str)]| read(files).unwrap_err().to_string();
        let two_keys = words(&[("a", &files[0]), ("b", &others[1])]);
        assert_eq!(two_keys, "a and b are of two different keys");
        let twice = words(&[("a", &files[0]), ("b", &files[0])]);
        assert_eq!(twice, "a and b are both share 1: each office-bearer brings their own");
        let not_a_share = words(&[("a", &files[0]), ("k", &key_file("p", &key()))]);
        assert_eq!(
            not_a_share,
            "k is no share of a key: its first line is not `samvad-poll-share 1`"
        );
        assert!(share_files("p", &key(), 4, 3, &Ids::system()).is_err());
        assert!(share_files("p", &key(), 1, 3, &Ids::system()).is_err());
    }
}
