//! Envelopes in the order of their hashes, however many there are: they are parted into files by the beginning of the
//! hash, and each part is sorted by itself.
//!
//! They come in the order of the voters, and nothing of that may be left on a disk: what is written is wrapped once more
//! under a key that is in memory only.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use anyhow::Context as _;

use crate::clock::Ids;
use crate::poll::ballot::Kind;
use crate::poll::envelope::{Envelope, EnvelopeError, LENGTH, Origin, PollId, PollKey, Slot};
use crate::poll::tally::Cell;

/// Parts of each kind: of a million remarks each holds some 17 MB.
const PARTS: usize = 64;
/// Bytes of an origin.
const ORIGIN: usize = 10;

/// Envelopes on their way into their order.
pub(super) struct Sorter {
    key: PollKey,
    poll: PollId,
    ids: Ids,
    parts: Vec<Part>,
    /// How many were put in: what binds each wrapping to its own place.
    count: i64,
}

struct Part {
    kind: Kind,
    out: BufWriter<File>,
    /// The places of what is in it, in the order in which they were written.
    places: Vec<i64>,
}

impl Sorter {
    /// `folder` is where the parts lie, as files without names.
    pub(super) fn new(folder: &Path, poll: PollId, ids: Ids) -> anyhow::Result<Sorter> {
        let mut bytes = [0; LENGTH];
        ids.fill(&mut bytes).map_err(|_| EnvelopeError::NoRandomness)?;
        let mut parts = Vec::new();
        for kind in Kind::ALL {
            for _ in 0..PARTS {
                let file = nameless(&folder.join(format!(".part-{}", parts.len())))
                    .with_context(|| format!("{} cannot be written", folder.display()))?;
                let out = BufWriter::with_capacity(1 << 14, file);
                parts.push(Part { kind, out, places: Vec::new() });
            }
        }
        Ok(Sorter { key: PollKey::new(&bytes)?, poll, ids, parts, count: 0 })
    }

    pub(super) fn push(&mut self, origin: Origin, envelope: &Envelope) -> anyhow::Result<()> {
        let first = usize::from(envelope.hash().first().copied().unwrap_or(0));
        let of_kind = Kind::ALL.iter().position(|kind| *kind == envelope.kind).unwrap_or(0);
        self.count += 1;
        let wrapped = self.key.wrap(envelope, self.poll, slot(self.count), &self.ids)?;
        let at = of_kind * PARTS + first * PARTS / 256;
        let part = self.parts.get_mut(at).context("an envelope of no kind")?;
        part.out.write_all(&bytes_of(origin))?;
        part.out.write_all(&wrapped)?;
        part.places.push(self.count);
        Ok(())
    }

    /// Gives all of them, kind by kind, within a kind by their hashes.
    pub(super) fn each(
        self,
        mut take: impl FnMut(Origin, &Envelope) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let Sorter { key, poll, parts, .. } = self;
        for Part { kind, out, places } in parts {
            let mut file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.seek(SeekFrom::Start(0))?;
            let mut file = BufReader::new(file);
            let mut envelopes: Vec<([u8; LENGTH], Origin, Envelope)> =
                Vec::with_capacity(places.len());
            let mut row = vec![0; ORIGIN + PollKey::wrapped_size(kind)];
            for place in places {
                file.read_exact(&mut row)?;
                let (origin, wrapped) = row.split_at(ORIGIN);
                let envelope = key.unwrap(kind, wrapped, poll, slot(place))?;
                envelopes.push((envelope.hash(), origin_of(origin), envelope));
            }
            envelopes.sort_unstable_by_key(|(hash, ..)| *hash);
            for (_, origin, envelope) in &envelopes {
                take(*origin, envelope)?;
            }
        }
        Ok(())
    }
}

/// A place among the parts.
fn slot(place: i64) -> Slot {
    Slot { voter: place, number: 0 }
}

/// A file for this process alone, which is gone with it.
pub(super) fn nameless(path: &Path) -> std::io::Result<File> {
    // One that a killed process left: it holds nothing that anybody can open.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    std::fs::remove_file(path)?;
    Ok(file)
}

fn bytes_of(origin: Origin) -> [u8; ORIGIN] {
    let Cell { assembly, sector, booth, post } = origin.cell;
    let numbers = [origin.seat, assembly, sector, booth, post].map(u16::to_be_bytes);
    let mut bytes = [0; ORIGIN];
    bytes.copy_from_slice(numbers.as_flattened());
    bytes
}

fn origin_of(bytes: &[u8]) -> Origin {
    let (pairs, _) = bytes.as_chunks::<2>();
    let number = |at: usize| pairs.get(at).copied().map_or(0, u16::from_be_bytes);
    let cell = Cell { assembly: number(1), sector: number(2), booth: number(3), post: number(4) };
    Origin { seat: number(0), cell }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poll::ballot::{Choice, Plain};
    use crate::poll::envelope::PrivateKey;

    #[test]
    fn envelopes_come_back_in_the_order_of_their_hashes_each_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let ids = Ids::system();
        let (poll, key) = (PollId([7; LENGTH]), PrivateKey::generate(&ids).unwrap());
        let mut sorter = Sorter::new(folder.path(), poll, ids.clone()).unwrap();
        let mut wanted = Vec::new();
        for number in 0..300_u16 {
            let cell = Cell { assembly: number, sector: 2, booth: 3 * number, post: 4 };
            let origin = Origin { seat: number % 7, cell };
            let choice = Plain::Choice(Choice::Names(vec![1]));
            for plain in [choice, Plain::Other(String::new())] {
                let envelope = Envelope::seal(&plain, origin, poll, &key.public(), &ids).unwrap();
                sorter.push(origin, &envelope).unwrap();
                wanted.push(((envelope.kind, envelope.hash()), origin));
            }
        }
        wanted.sort_unstable_by_key(|(place, _)| *place);
        let mut given = Vec::new();
        sorter
            .each(|origin, envelope| {
                given.push(((envelope.kind, envelope.hash()), origin));
                Ok(())
            })
            .unwrap();
        assert_eq!(given, wanted);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no file has a name");
    }
}
