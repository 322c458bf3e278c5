//! The tar inside a delivery or parcel: three files in a fixed order with fixed header fields.

use std::io::{self, Read, Write};

use bytes::Bytes;
use tar::{EntryType, Header};

use crate::refusal::Refusal;

/// Name of the manifest in the tar.
pub(crate) const MANIFEST: &str = "datapackage.json";
/// Name of the manifest's signature in the tar.
pub(crate) const SIGNATURE: &str = "datapackage.json.minisig";
/// Name of the data in the tar of a delivery.
pub(crate) const DATA: &str = "data.parquet";
/// Name of the data in the tar of a parcel.
pub(crate) const CLUES: &str = "clues.json";

const BLOCK: usize = 512;
const TRAILER: usize = 2 * BLOCK;

/// Writes the tar; `data` is called `data_name` and must yield exactly `data_bytes`.
pub(crate) fn write(
    out: &mut impl Write,
    manifest: &[u8],
    signature: &[u8],
    (data_name, data, data_bytes): (&'static str, impl Read, u64),
) -> io::Result<()> {
    let mut tar = tar::Builder::new(out);
    tar.append(&header(MANIFEST, length(manifest))?, manifest)?;
    tar.append(&header(SIGNATURE, length(signature))?, signature)?;
    let mut data = data.take(data_bytes);
    tar.append(&header(data_name, data_bytes)?, &mut data)?;
    if data.limit() != 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the data file changed while it was packed"));
    }
    tar.finish()
}

/// The header of an entry of this name and length.
fn header(name: &str, bytes: u64) -> io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_entry_type(EntryType::Regular);
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    Ok(header)
}

/// The same header as `tar --format=ustar --blocking-factor=1 --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0600`
/// spells it: device numbers in digits, six digits of checksum.
fn as_gnu_tar_writes(header: &Header) -> Header {
    let mut spelled = header.clone();
    if let Some(ustar) = spelled.as_ustar_mut() {
        ustar.dev_major = *b"0000000\0";
        ustar.dev_minor = *b"0000000\0";
    }
    spelled.set_cksum();
    let sum = spelled.cksum().unwrap_or_default();
    let digits = format!("{sum:06o}\0 ");
    for (place, byte) in spelled.as_old_mut().cksum.iter_mut().zip(digits.bytes()) {
        *place = byte;
    }
    spelled
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// The three files as far as they were found, and what is wrong with the tar around them.
#[derive(Debug)]
pub(crate) struct Contents {
    data_name: &'static str,
    pub(crate) manifest: Option<Bytes>,
    pub(crate) signature: Option<Bytes>,
    pub(crate) data: Option<Bytes>,
    pub(crate) refusals: Vec<Refusal>,
    unexpected: u64,
    canonical: bool,
}

/// Takes a tar apart without copying; bytes may come from anyone, and no path is ever used as one.
pub(crate) fn read(tar: &Bytes, data_name: &'static str) -> Contents {
    let mut contents = Contents {
        data_name,
        manifest: None,
        signature: None,
        data: None,
        refusals: Vec::new(),
        unexpected: 0,
        canonical: true,
    };
    let mut offset = 0;
    let intact = loop {
        match contents.take_entry(tar, offset) {
            Step::Next(after) => offset = after,
            Step::End => break true,
            Step::Damaged => break false,
        }
    };
    contents.conclude(intact);
    contents
}

enum Step {
    Next(usize),
    End,
    Damaged,
}

impl Contents {
    fn take_entry(&mut self, tar: &Bytes, offset: usize) -> Step {
        let Some(block) = offset.checked_add(BLOCK).and_then(|end| tar.get(offset..end)) else {
            return Step::Damaged;
        };
        if block.iter().all(|byte| *byte == 0) {
            return self.take_trailer(tar.get(offset..).unwrap_or_default());
        }
        let found = Header::from_byte_slice(block);
        let (Ok(size), true) = (found.entry_size(), checksum_is_right(found)) else {
            return Step::Damaged;
        };
        let start = offset + BLOCK;
        let Some((end, after)) = usize::try_from(size).ok().and_then(|size| {
            let end = start.checked_add(size)?;
            Some((end, end.checked_next_multiple_of(BLOCK)?))
        }) else {
            return Step::Damaged;
        };
        let Some(padding) = tar.get(end..after) else {
            return Step::Damaged;
        };
        self.canonical &= padding.iter().all(|byte| *byte == 0);
        self.file(found, size, tar.slice(start..end));
        Step::Next(after)
    }

    fn take_trailer(&mut self, rest: &[u8]) -> Step {
        if rest.len() < TRAILER {
            return Step::Damaged;
        }
        self.canonical &= rest.len() == TRAILER && rest.iter().all(|byte| *byte == 0);
        Step::End
    }

    fn file(&mut self, found: &Header, size: u64, bytes: Bytes) {
        let name = found.path_bytes();
        let (slot, expected, in_order) = match &*name {
            name if name == MANIFEST.as_bytes() => {
                let in_order = self.signature.is_none() && self.data.is_none();
                (&mut self.manifest, MANIFEST, in_order)
            }
            name if name == SIGNATURE.as_bytes() => (&mut self.signature, SIGNATURE, self.data.is_none()),
            name if name == self.data_name.as_bytes() => (&mut self.data, self.data_name, true),
            _ => {
                self.unexpected += 1;
                return;
            }
        };
        if slot.is_some() || found.entry_type() != EntryType::Regular {
            self.unexpected += 1;
            return;
        }
        *slot = Some(bytes);
        let as_prescribed = header(expected, size).is_ok_and(|header| {
            [&header, &as_gnu_tar_writes(&header)].iter().any(|known| known.as_bytes() == found.as_bytes())
        });
        self.canonical &= in_order && as_prescribed;
    }

    fn conclude(&mut self, intact: bool) {
        if !intact {
            self.refusals.push(Refusal::ArchiveDamaged);
        }
        for (found, entry) in [(&self.manifest, MANIFEST), (&self.signature, SIGNATURE), (&self.data, self.data_name)] {
            if found.is_none() && intact {
                self.refusals.push(Refusal::ArchiveEntryMissing { entry });
            }
        }
        if self.unexpected > 0 {
            self.refusals.push(Refusal::ArchiveEntryUnexpected { entries: self.unexpected });
        }
        if !self.canonical {
            self.refusals.push(Refusal::ArchiveNotCanonical);
        }
    }
}

/// Whether the header's checksum is the sum of its bytes with the checksum field read as spaces.
fn checksum_is_right(header: &Header) -> bool {
    const CHECKSUM_FIELD: std::ops::Range<usize> = 148..156;
    let sum: u32 = header
        .as_bytes()
        .iter()
        .enumerate()
        .map(|(at, byte)| if CHECKSUM_FIELD.contains(&at) { u32::from(b' ') } else { u32::from(*byte) })
        .sum();
    header.cksum().is_ok_and(|stated| stated == sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar_of(names: &[&str]) -> Bytes {
        let mut out = Vec::new();
        let mut tar = tar::Builder::new(&mut out);
        for name in names {
            let mut header = header(MANIFEST, 3).unwrap();
            header.as_ustar_mut().unwrap().name = [0; 100];
            header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            tar.append(&header, &b"abc"[..]).unwrap();
        }
        tar.finish().unwrap();
        drop(tar);
        Bytes::from(out)
    }

    #[test]
    fn what_was_written_is_read_back() {
        let mut out = Vec::new();
        write(&mut out, b"manifest", b"signature", (DATA, &b"data"[..], 4)).unwrap();
        let contents = read(&Bytes::from(out), DATA);
        assert_eq!(contents.refusals, []);
        assert_eq!(contents.manifest.unwrap(), "manifest");
        assert_eq!(contents.signature.unwrap(), "signature");
        assert_eq!(contents.data.unwrap(), "data");
    }

    #[test]
    fn a_tar_cut_anywhere_is_damaged() {
        let whole = tar_of(&[MANIFEST, SIGNATURE, DATA]);
        assert_eq!(read(&whole, DATA).refusals, []);
        for end in 0..whole.len() {
            let refusals = read(&whole.slice(..end), DATA).refusals;
            assert!(refusals.contains(&Refusal::ArchiveDamaged), "cut at {end}");
        }
    }

    #[test]
    fn a_path_that_climbs_is_an_unexpected_entry() {
        let contents = read(&tar_of(&[MANIFEST, SIGNATURE, DATA, "../../etc/passwd", "/data.parquet"]), DATA);
        assert_eq!(contents.refusals, [Refusal::ArchiveEntryUnexpected { entries: 2 }]);
    }

    #[test]
    fn a_second_copy_is_unexpected_and_the_first_one_counts() {
        let contents = read(&tar_of(&[MANIFEST, SIGNATURE, DATA, DATA]), DATA);
        assert_eq!(contents.refusals, [Refusal::ArchiveEntryUnexpected { entries: 1 }]);
    }

    #[test]
    fn another_order_is_not_canonical() {
        let contents = read(&tar_of(&[DATA, MANIFEST, SIGNATURE]), DATA);
        assert_eq!(contents.refusals, [Refusal::ArchiveNotCanonical]);
    }

    #[test]
    fn a_missing_file_is_named() {
        let contents = read(&tar_of(&[MANIFEST, DATA]), DATA);
        assert_eq!(contents.refusals, [Refusal::ArchiveEntryMissing { entry: SIGNATURE }]);
    }

    #[test]
    fn owner_and_time_must_be_the_fixed_ones() {
        let mut out = Vec::new();
        let mut tar = tar::Builder::new(&mut out);
        for name in [MANIFEST, SIGNATURE, DATA] {
            let mut header = header(name, 0).unwrap();
            header.set_mtime(1_700_000_000);
            header.set_cksum();
            tar.append(&header, &b""[..]).unwrap();
        }
        drop(tar);
        assert_eq!(read(&Bytes::from(out), DATA).refusals, [Refusal::ArchiveNotCanonical]);
    }
}
