//! An operator's short message centre: as much of SMPP 3.4 as Kannel speaks, every octet kept, on
//! threads of its own. Written from the specification alone: it shares no code with the program.
//!
//! The last four digits of a number decide what becomes of messages to it:
//!
//! | digits | fate |
//! |---|---|
//! | 0001 | a receipt says UNDELIV, error 001 |
//! | 0003 | refused at once: invalid destination |
//! | 0005 | no receipt, ever |
//! | 0006 | the receipt comes twice |
//! | 0007 | the receipt overtakes the answer |
//! | 0008 | a receipt says EXPIRED, error 006 |
//! | others | delivered |

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What Kannel calls itself with.
pub(crate) const SYSTEM_ID: &str = "samvad";
pub(crate) const PASSWORD: &str = "operator";

const SUBMIT_SM: u32 = 0x4;
const DELIVER_SM: u32 = 0x5;
const ENQUIRE_LINK: u32 = 0x15;
const UNBIND: u32 = 0x6;
const BINDS: [u32; 3] = [0x1, 0x2, 0x9];
const RESPONSE: u32 = 0x8000_0000;
const INVALID_DESTINATION: u32 = 0x0b;

/// One `submit_sm` as it came.
#[derive(Clone, Debug)]
pub(crate) struct Submit {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) priority: u8,
    pub(crate) validity: String,
    /// 0: no receipt is wanted.
    pub(crate) registered: u8,
    pub(crate) coding: u8,
    /// The header of a part; empty without one.
    pub(crate) udh: Vec<u8>,
    pub(crate) octets: Vec<u8>,
    pub(crate) tags: BTreeMap<u16, Vec<u8>>,
}

impl Submit {
    /// What a phone shows of it: UCS-2, or the letters of GSM that stand where ASCII has them.
    pub(crate) fn text(&self) -> String {
        if self.coding != 8 {
            return self.octets.iter().map(|octet| char::from(*octet)).collect();
        }
        let pairs = self.octets.chunks_exact(2);
        let units: Vec<u16> = pairs.map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    }

    /// Reference, count and number of a part (23.040, 9.2.3.24.1).
    pub(crate) fn part(&self) -> Option<(u8, u8, u8)> {
        match self.udh.as_slice() {
            [5, 0, 3, reference, count, number] => Some((*reference, *count, *number)),
            _ => None,
        }
    }
}

/// How a phone's message travels to the centre.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Travel {
    /// In one message, which must be short.
    Whole,
    /// In parts with a header of one octet for the reference, or of two.
    Parts8,
    Parts16,
}

#[derive(Default)]
struct Kept {
    submits: Vec<Submit>,
    line: Option<TcpStream>,
    sequence: u32,
    receipts: u64,
    reference: u8,
}

/// A running centre; it ends with the value.
pub(crate) struct Smsc {
    pub(crate) port: u16,
    kept: Arc<Mutex<Kept>>,
}

impl Smsc {
    pub(crate) fn start() -> Smsc {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept: Arc<Mutex<Kept>> = Arc::default();
        let shared = Arc::clone(&kept);
        std::thread::spawn(move || {
            for line in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || serve(line, &shared));
            }
        });
        Smsc { port, kept }
    }

    /// Everything handed over so far, part by part.
    pub(crate) fn submits(&self) -> Vec<Submit> {
        self.kept.lock().unwrap().submits.clone()
    }

    pub(crate) fn is_bound(&self) -> bool {
        self.kept.lock().unwrap().line.is_some()
    }

    /// The whole messages on a number's screen, in the order in which they became whole. A part that
    /// comes again changes nothing.
    pub(crate) fn screen(&self, number: &str) -> Vec<String> {
        let mut shown = Vec::new();
        let mut open: BTreeMap<u8, BTreeMap<u8, String>> = BTreeMap::new();
        for submit in self.submits().into_iter().filter(|submit| submit.to == number) {
            let Some((reference, count, part)) = submit.part() else {
                shown.push(submit.text());
                continue;
            };
            let parts = open.entry(reference).or_default();
            parts.insert(part, submit.text());
            if parts.len() == usize::from(count) {
                shown.push(open.remove(&reference).unwrap().into_values().collect());
            }
        }
        shown
    }

    /// A person's message, on its way to Kannel.
    pub(crate) fn says(&self, from: &str, to: &str, text: &str, travel: Travel) {
        let units: Vec<u16> = text.encode_utf16().collect();
        let octets = |units: &[u16]| -> Vec<u8> {
            units.iter().flat_map(|unit| unit.to_be_bytes()).collect()
        };
        let mut kept = self.kept.lock().unwrap();
        kept.reference = kept.reference.wrapping_add(1);
        let reference = kept.reference;
        let most = match travel {
            Travel::Whole => 70,
            Travel::Parts8 => 67,
            Travel::Parts16 => 66,
        };
        let pieces: Vec<&[u16]> = units.chunks(most).collect();
        let count = u8::try_from(pieces.len()).unwrap();
        for (number, piece) in (1..).zip(pieces) {
            let header: &[u8] = match travel {
                Travel::Whole => &[],
                Travel::Parts8 => &[5, 0, 3, reference, count, number],
                Travel::Parts16 => &[6, 8, 4, 0, reference, count, number],
            };
            let class = if header.is_empty() { 0 } else { 0x40 };
            deliver(&mut kept, from, to, class, 8, &[header, &octets(piece)].concat());
        }
    }

    /// Waits until something is so.
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&Smsc) -> bool) {
        let until = Instant::now() + Duration::from_secs(30);
        while !is_so(self) {
            let seen: Vec<(String, String)> =
                self.submits().iter().map(|one| (one.to.clone(), one.text())).collect();
            assert!(Instant::now() < until, "{what}: {seen:#?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// One `deliver_sm` on the line that is bound.
fn deliver(kept: &mut Kept, from: &str, to: &str, class: u8, coding: u8, octets: &[u8]) {
    let mut body = vec![0];
    for number in [from, to] {
        body.extend([1, 1]);
        body.extend(number.as_bytes());
        body.push(0);
    }
    body.extend([class, 0, 0, 0, 0, 0, 0, coding, 0]);
    body.push(u8::try_from(octets.len()).unwrap());
    body.extend(octets);
    kept.sequence += 1;
    let pdu = pdu(DELIVER_SM, 0, kept.sequence, &body);
    if let Some(line) = &mut kept.line {
        let _ = line.write_all(&pdu);
    }
}

fn pdu(command: u32, status: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(16 + body.len()).unwrap();
    let head = [length, command, status, sequence];
    head.iter().flat_map(|word| word.to_be_bytes()).chain(body.iter().copied()).collect()
}

fn serve(mut line: TcpStream, kept: &Arc<Mutex<Kept>>) {
    while let Some((command, sequence, body)) = read(&mut line) {
        let mut kept = kept.lock().unwrap();
        let answer = |status, body: &[u8]| pdu(command | RESPONSE, status, sequence, body);
        let mut say = |octets: &[u8]| {
            let _ = line.write_all(octets);
        };
        if BINDS.contains(&command) {
            let mut fields = Fields(&body);
            let is_known = (fields.word(), fields.word()) == (SYSTEM_ID.into(), PASSWORD.into());
            say(&answer(if is_known { 0 } else { 0x0d }, b"centre\0"));
            kept.line = Some(line.try_clone().unwrap());
        } else if command == SUBMIT_SM {
            let submit = read_submit(&body);
            kept.submits.push(submit.clone());
            kept.receipts += 1;
            let id = kept.receipts.to_string();
            let taken = answer(0, &[id.as_bytes(), &[0]].concat());
            let fate = submit.to.get(submit.to.len().saturating_sub(4)..).unwrap_or_default();
            match fate {
                "0003" => say(&answer(INVALID_DESTINATION, b"\0")),
                "0005" => say(&taken),
                "0007" => {
                    receipt(&mut kept, &submit, &id, "DELIVRD", "000");
                    // Late enough that Kannel has the receipt first.
                    std::thread::sleep(Duration::from_millis(200));
                    say(&taken);
                }
                "0001" | "0008" => {
                    say(&taken);
                    let (word, code) =
                        if fate == "0001" { ("UNDELIV", "001") } else { ("EXPIRED", "006") };
                    receipt(&mut kept, &submit, &id, word, code);
                }
                _ => {
                    say(&taken);
                    for _time in 0..if fate == "0006" { 2 } else { 1 } {
                        receipt(&mut kept, &submit, &id, "DELIVRD", "000");
                    }
                }
            }
        } else if command == ENQUIRE_LINK {
            say(&answer(0, &[]));
        } else if command == UNBIND {
            say(&answer(0, &[]));
            break;
        }
    }
    kept.lock().unwrap().line = None;
}

/// The receipt of a submit that wants one: bit 1 of either fate, bit 2 of a failure alone.
fn receipt(kept: &mut Kept, submit: &Submit, id: &str, word: &str, code: &str) {
    let wanted = match submit.registered & 3 {
        1 => true,
        2 => word != "DELIVRD",
        _ => false,
    };
    if wanted {
        let text = format!(
            "id:{id} sub:001 dlvrd:001 submit date:2611211200 done date:2611211200 stat:{word} err:{code} text:"
        );
        deliver(kept, &submit.to, &submit.from, 4, 0, text.as_bytes());
    }
}

/// Command, sequence and body; `None` at the end of the line.
fn read(line: &mut TcpStream) -> Option<(u32, u32, Vec<u8>)> {
    let mut head = [0; 16];
    line.read_exact(&mut head).ok()?;
    let word = |at: usize| u32::from_be_bytes(head[at..at + 4].try_into().unwrap());
    let mut body = vec![0; usize::try_from(word(0)).unwrap() - 16];
    line.read_exact(&mut body).ok()?;
    Some((word(4), word(12), body))
}

/// What is left of a body.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn octet(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap();
        self.0 = rest;
        *first
    }

    fn octets(&mut self, count: usize) -> Vec<u8> {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken.to_vec()
    }

    /// Up to a zero.
    fn word(&mut self) -> String {
        let end = self.0.iter().position(|octet| *octet == 0).unwrap();
        let word = String::from_utf8(self.octets(end)).unwrap();
        self.octet();
        word
    }

    fn short(&mut self) -> u16 {
        u16::from_be_bytes([self.octet(), self.octet()])
    }
}

fn read_submit(body: &[u8]) -> Submit {
    let mut fields = Fields(body);
    let address = |fields: &mut Fields<'_>| {
        fields.octets(2);
        fields.word()
    };
    let _service = fields.word();
    let from = address(&mut fields);
    let to = address(&mut fields);
    let class = fields.octet();
    let _protocol = fields.octet();
    let priority = fields.octet();
    let _scheduled = fields.word();
    let validity = fields.word();
    let registered = fields.octet();
    let _replace = fields.octet();
    let coding = fields.octet();
    let _canned = fields.octet();
    let length = usize::from(fields.octet());
    let mut octets = fields.octets(length);
    let mut udh = Vec::new();
    if class & 0x40 != 0 {
        let rest = octets.split_off(usize::from(octets[0]) + 1);
        udh = std::mem::replace(&mut octets, rest);
    }
    let mut tags = BTreeMap::new();
    while !fields.0.is_empty() {
        let (tag, length) = (fields.short(), usize::from(fields.short()));
        tags.insert(tag, fields.octets(length));
    }
    Submit { from, to, priority, validity, registered, coding, udh, octets, tags }
}
