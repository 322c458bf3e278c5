//! Looks for numbers in the bytes of a folder, by code that shares nothing with the program that wrote it.
//!
//! Parquet is read page by page with its dictionaries and statistics, an archive member by member, and every file as it lies
//! on the disk.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _};
use std::path::Path;

use aho_corasick::AhoCorasick;
use bytes::Bytes;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use zip::ZipArchive;

use crate::fixture::files_below;

/// A number of seven digits or more that is withheld.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Secret {
    Count(i64),
    /// Yuan in fen.
    Amount(i64),
}

/// Which secrets stand where: file and place, and the secrets found there.
pub(crate) type Found = BTreeMap<String, Vec<Secret>>;

pub(crate) fn search(folder: &Path, secrets: &[Secret]) -> Found {
    let texts = Forms::new(secrets, texts);
    let numbers = Forms::new(secrets, numbers);
    let mut found = Found::new();
    for file in files_below(folder) {
        let name = file.strip_prefix(folder).unwrap().display().to_string();
        for (place, bytes) in parts(&fs::read(&file).unwrap()) {
            let mut here: Vec<Secret> = texts.hits(&bytes, true).chain(numbers.hits(&bytes, false)).cloned().collect();
            here.sort();
            here.dedup();
            if !here.is_empty() {
                found.entry(format!("{name} {place}")).or_default().extend(here);
            }
        }
    }
    found
}

/// The whole file, and what lies compressed in it.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut parts = vec![("raw".to_owned(), bytes.to_vec())];
    if bytes.starts_with(b"PAR1") {
        parts.extend(pages(bytes));
    } else if bytes.starts_with(b"PK") {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        for index in 0..archive.len() {
            let mut member = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            member.read_to_end(&mut content).unwrap();
            parts.push((member.name().unwrap().into_owned(), content));
        }
    }
    parts
}

/// Every page of every column as its writer put it in, and the bounds that stand beside it.
fn pages(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).unwrap();
    let mut parts = Vec::new();
    for group in 0..reader.num_row_groups() {
        let row_group = reader.get_row_group(group).unwrap();
        for column in 0..row_group.num_columns() {
            let metadata = row_group.metadata().column(column);
            let name = metadata.column_path().string();
            let mut bounds: Vec<_> = metadata.statistics().into_iter().cloned().collect();
            let mut reader = row_group.get_column_page_reader(column).unwrap();
            while let Some(page) = reader.get_next_page().unwrap() {
                parts.push((format!("{name} {}", page.page_type()), page.buffer().to_vec()));
                bounds.extend(page.statistics().cloned());
            }
            for bound in bounds {
                let ends = [bound.min_bytes_opt(), bound.max_bytes_opt()];
                parts.extend(ends.into_iter().flatten().map(|end| (format!("{name} statistics"), end.to_vec())));
            }
        }
    }
    assert!(!parts.is_empty(), "a Parquet file without pages");
    parts
}

struct Forms<'s> {
    searcher: AhoCorasick,
    /// By pattern.
    secrets: Vec<&'s Secret>,
}

impl<'s> Forms<'s> {
    fn new(secrets: &'s [Secret], forms: impl Fn(&Secret) -> Vec<Vec<u8>>) -> Self {
        let all = || secrets.iter().flat_map(|secret| forms(secret).into_iter().map(move |form| (secret, form)));
        let searcher = AhoCorasick::new(all().map(|(_, form)| form)).unwrap();
        Self { searcher, secrets: all().map(|(secret, _)| secret).collect() }
    }

    /// Where `alone`, digits that are part of a longer number are none.
    fn hits<'a>(&'a self, bytes: &'a [u8], alone: bool) -> impl Iterator<Item = &'s Secret> + 'a {
        let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
        let hits = self.searcher.find_overlapping_iter(bytes);
        let hits = hits.filter(move |hit| !alone || (!digit(hit.start().checked_sub(1)) && !digit(Some(hit.end()))));
        hits.map(|hit| self.secrets[hit.pattern().as_usize()])
    }
}

/// With and without separators; an amount in yuan, in fen and in whole yuan, once cut off and once rounded.
fn texts(secret: &Secret) -> Vec<Vec<u8>> {
    let plain = match *secret {
        Secret::Count(count) => vec![count.to_string()],
        Secret::Amount(fen) => vec![
            fen.to_string(),
            format!("{}.{:02}", fen / 100, fen % 100),
            format!("{}.{}", fen / 100, fen % 100 / 10),
            (fen / 100).to_string(),
            ((fen + 50) / 100).to_string(),
        ],
    };
    let grouped =
        plain.iter().flat_map(|text| [",", "\u{a0}", "\u{2009}", "\u{202f}", " "].map(|gap| grouped(text, gap)));
    plain.iter().cloned().chain(grouped).map(String::into_bytes).collect()
}

fn grouped(text: &str, gap: &str) -> String {
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let first = (whole.len() + 2) % 3 + 1;
    let mut grouped = whole[..first].to_owned();
    for start in (first..whole.len()).step_by(3) {
        grouped.push_str(gap);
        grouped.push_str(&whole[start..start + 3]);
    }
    grouped + rest
}

/// As whole numbers and floating-point numbers of four and eight bytes in either order; a decimal of sixteen ends with eight.
fn numbers(secret: &Secret) -> Vec<Vec<u8>> {
    let (whole, units) = match *secret {
        Secret::Count(count) => (vec![count, count * 100], format!("{count}")),
        Secret::Amount(fen) => (vec![fen], format!("{}.{:02}", fen / 100, fen % 100)),
    };
    let mut forms: Vec<Vec<u8>> = Vec::new();
    for number in whole {
        forms.push(number.to_be_bytes().to_vec());
        forms.extend(i32::try_from(number).map(|narrow| narrow.to_be_bytes().to_vec()));
        forms.push(number.to_string().parse::<f64>().unwrap().to_be_bytes().to_vec());
    }
    forms.push(units.parse::<f64>().unwrap().to_be_bytes().to_vec());
    forms.push(units.parse::<f32>().unwrap().to_be_bytes().to_vec());
    let reversed: Vec<Vec<u8>> = forms.iter().map(|form| form.iter().rev().copied().collect()).collect();
    forms.into_iter().chain(reversed).collect()
}
