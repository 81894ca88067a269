//! The parts of a workbook: XML files in an archive, read event by event. Whatever a crafted file claims, no part
//! and no event takes more memory than it may.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek as _, SeekFrom};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

use super::{SheetError, no_table};

/// A workbook has a dozen parts, one with many sheets and pictures some thousands.
const MOST_PARTS: usize = 20_000;
/// The longest event: a tag with its attributes, a run of text.
const LONGEST_EVENT: u64 = 1 << 20;
/// Elements within each other.
const DEEPEST: usize = 200;

/// What is wrong with a part, in words for [`damaged`].
pub(super) type Broken = String;

/// The refusal of a workbook that cannot be read.
pub(super) fn damaged(why: impl std::fmt::Display) -> SheetError {
    SheetError::NoTable(format!(
        "the workbook is damaged or no workbook ({why}): open it in Excel and save it once more"
    ))
}

/// The archive, and where in it each part is, by its name in small letters.
pub(super) struct Package {
    archive: ZipArchive<BufReader<File>>,
    places: HashMap<String, usize>,
}

impl Package {
    pub(super) fn open(mut file: File) -> Result<Package, SheetError> {
        let parts = headers(&mut file).map_err(|error| SheetError::Io(error.to_string()))?;
        if parts > MOST_PARTS {
            return Err(no_table("this archive has more parts than any workbook"));
        }
        let archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
        let mut places = HashMap::new();
        for (place, name) in archive.file_names().enumerate() {
            let Ok(name) = name else { continue };
            places.insert(plain(&name), place);
        }
        Ok(Package { archive, places })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(&plain(name))
    }

    /// Whether a part's name begins so.
    pub(super) fn has_under(&self, folder: &str) -> bool {
        self.places.keys().any(|name| name.starts_with(folder))
    }

    /// A part as XML, of no more bytes than `most` once unpacked; `None` where there is none of this name.
    pub(super) fn xml(
        &mut self,
        name: &str,
        most: u64,
    ) -> Result<Option<Xml<BufReader<impl Read + '_>>>, SheetError> {
        let Some(place) = self.places.get(&plain(name)) else { return Ok(None) };
        let part = self.archive.by_index(*place).map_err(damaged)?;
        Ok(Some(Xml::new(BufReader::with_capacity(64 * 1024, part), most)))
    }
}

/// A name as it is looked up: some programs write `\` between folders, and capital letters at will.
fn plain(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// How many headers of parts the file has, whatever its directory claims: each is held in memory.
fn headers(file: &mut File) -> std::io::Result<usize> {
    const MARK: &[u8] = b"PK\x01\x02";
    let mut count = 0;
    // The last three bytes of what was read, and the next piece behind them.
    let mut piece = vec![0; 3 + (256 << 10)];
    let mut kept = 0;
    while let Some(room) = piece.get_mut(kept..) {
        let read = file.read(room)?;
        if read == 0 {
            break;
        }
        let filled = piece.get(..kept + read).unwrap_or_default();
        count += filled.windows(MARK.len()).filter(|window| *window == MARK).count();
        let from = filled.len().saturating_sub(MARK.len() - 1);
        let length = filled.len();
        piece.copy_within(from..length, 0);
        kept = length - from;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(count)
}

/// Events of one part.
pub(super) struct Xml<R: BufRead> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<R: BufRead> Xml<R> {
    fn new(part: R, most: u64) -> Xml<R> {
        let bounded = Bounded { part, left: most, of_event: LONGEST_EVENT };
        let mut reader = Reader::from_reader(bounded);
        // `<v/>` is `<v></v>`.
        reader.config_mut().expand_empty_elements = true;
        Xml { reader, buffer: Vec::new(), depth: 0 }
    }

    /// The next event; at the end of the part [`Event::Eof`].
    pub(super) fn next(&mut self) -> Result<Event<'_>, Broken> {
        self.buffer.clear();
        self.reader.get_mut().of_event = LONGEST_EVENT;
        let event = self.reader.read_event_into(&mut self.buffer);
        let event = event.map_err(|error| match error {
            quick_xml::Error::Io(error) => error.to_string(),
            other => other.to_string(),
        })?;
        match &event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > DEEPEST {
            return Err("elements within each other without end".to_owned());
        }
        Ok(event)
    }

    /// The text up to the end of the element that was opened last, elements named `without` left out. No more than
    /// `most` bytes and the letter that goes over are kept.
    pub(super) fn text(
        &mut self,
        into: &mut String,
        most: usize,
        without: &str,
    ) -> Result<(), Broken> {
        // How deep below that element, and where what is left out began.
        let (mut depth, mut left_out) = (0_usize, None);
        loop {
            let mut add = |text: &str| {
                if left_out.is_none() {
                    let room = (most + 1).saturating_sub(into.len());
                    into.push_str(text.get(..text.ceil_char_boundary(room)).unwrap_or(text));
                }
            };
            match self.next()? {
                Event::Text(text) => add(&text.xml10_content()),
                Event::CData(text) => add(&text.xml10_content()),
                Event::GeneralRef(name) => add(&referred(&name)),
                Event::Start(start) => {
                    depth += 1;
                    if left_out.is_none() && start.local_name().as_ref() == without {
                        left_out = Some(depth);
                    }
                }
                Event::End(_) if depth == 0 => return Ok(()),
                Event::End(_) => {
                    left_out = left_out.filter(|began| *began != depth);
                    depth -= 1;
                }
                Event::Eof => return Err("it ends within an element".to_owned()),
                _ => {}
            }
        }
    }

    /// Passes over the rest of the element that was opened last.
    pub(super) fn skip(&mut self) -> Result<(), Broken> {
        let mut depth = 0_usize;
        loop {
            match self.next()? {
                Event::Start(_) => depth += 1,
                Event::End(_) if depth == 0 => return Ok(()),
                Event::End(_) => depth -= 1,
                Event::Eof => return Err("it ends within an element".to_owned()),
                _ => {}
            }
        }
    }
}

/// What `&amp;` or `&#2325;` stands for; a letter that none is where it is unknown.
fn referred(name: &str) -> Cow<'static, str> {
    match name {
        "amp" => "&".into(),
        "lt" => "<".into(),
        "gt" => ">".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        _ => {
            let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            });
            number
                .and_then(char::from_u32)
                .unwrap_or(char::REPLACEMENT_CHARACTER)
                .to_string()
                .into()
        }
    }
}

/// An attribute by its name without prefix, as it is written.
pub(super) fn raw<'s>(start: &'s BytesStart<'_>, name: &str) -> Option<Cow<'s, str>> {
    let mut attributes = start.attributes();
    let mut known = attributes.with_checks(false).flatten();
    known.find(|attribute| attribute.key.local_name().as_ref() == name).map(|found| found.value)
}

/// The same with what it refers to.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    let mut known = attributes.with_checks(false).flatten();
    let found = known.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0);
    Some(value.map_or_else(|_| found.value.clone().into_owned(), Cow::into_owned))
}

/// Gives no more than so many bytes of a part, and of an event.
struct Bounded<R> {
    part: R,
    left: u64,
    of_event: u64,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let there = self.fill_buf()?;
        let count = there.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..count), there.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        let most = usize::try_from(self.left.min(self.of_event)).unwrap_or(usize::MAX);
        let there = self.part.fill_buf()?;
        if there.is_empty() || most > 0 {
            return Ok(there.get(..most).unwrap_or(there));
        }
        let what = if self.left == 0 {
            "it unpacks to more than"
        } else {
            "it is longer in one piece than"
        };
        Err(std::io::Error::other(format!("{what} any workbook of people can be")))
    }

    fn consume(&mut self, count: usize) {
        self.part.consume(count);
        let count = count as u64;
        self.left = self.left.saturating_sub(count);
        self.of_event = self.of_event.saturating_sub(count);
    }
}
