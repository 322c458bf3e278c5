//! Damages an extract as transfers, spreadsheets and hands do; the same seed does the same damage.

use std::io::{Cursor, Read, Write};

use encoding_rs::GB18030;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The generator `SplitMix64`.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// A number below `limit`, or 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % (limit.max(1) as u64)).unwrap()
    }

    pub(super) fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}

/// What hands write where something else belongs.
const CELLS: [&str; 24] = [
    "",
    "-",
    "0",
    "1900-01-01",
    "20230231",
    "45235",
    "1.50104E+17",
    "159901193911041000",
    "111111111111111111",
    "159901391104123",
    "'159901193911041234",
    "１５９９０１１９３９１１０４１２３４",
    "不详",
    "#REF!",
    "\u{fffd}",
    "王\u{e81e}",
    "9999999999999999999",
    "-1.005",
    "1,2,3",
    "\"",
    "合计",
    "制表人",
    "=1+1",
    "\u{feff}男",
];

pub(super) fn mutate(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut bytes =
        if bytes.starts_with(b"PK") && random.below(3) > 0 { within_zip(random, bytes) } else { bytes.to_vec() };
    let text = !bytes.starts_with(b"PK");
    for _ in 0..=random.below(3) {
        bytes = match random.below(if text { 9 } else { 2 }) {
            0 => flipped(random, bytes),
            1 => cut(random, bytes),
            2 => lines(random, &bytes, rows_cut),
            3 => lines(random, &bytes, columns_swapped),
            4 => lines(random, &bytes, encodings_mixed),
            5 => lines(random, &bytes, rows_moved),
            6 => inserted(random, bytes, b"\""),
            7 => lines(random, &bytes, cell_replaced),
            _ => inserted(random, bytes, b"\n"),
        };
    }
    bytes
}

/// Rarely anything at all is left of a zip whose bytes are changed, so its parts are changed instead.
fn within_zip(random: &mut Random, book: &[u8]) -> Vec<u8> {
    let mut zip = ZipArchive::new(Cursor::new(book)).unwrap();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let parts: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let likely = |name: &String| name.contains("sheet") || name.contains("Strings");
    let likely: Vec<&String> = parts.iter().filter(|name| likely(name)).collect();
    let damaged = if random.below(8) == 0 { random.pick(&parts) } else { *random.pick(&likely) };
    for name in &parts {
        let mut part = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut part).unwrap();
        if name == damaged {
            part = match random.below(5) {
                0 => flipped(random, part),
                1 => cut(random, part),
                2 => replaced(
                    random,
                    &part,
                    &["<v>1</v>", "<v>1e300</v>", "<v/>", "<v>-5</v>", "<f>1</f>"],
                    "<v>",
                    "</v>",
                ),
                3 => replaced(
                    random,
                    &part,
                    &["t=\"s\"", "t=\"e\"", "t=\"b\"", "t=\"d\"", "t=\"x\"", "s=\"9\""],
                    "t=\"",
                    "\"",
                ),
                _ => replaced(
                    random,
                    &part,
                    &["r=\"A1\"", "r=\"XFD1048576\"", "r=\"ZZZ9\"", "r=\"B0\"", ""],
                    "r=\"",
                    "\"",
                ),
            };
        }
        out.start_file(&**name, SimpleFileOptions::default()).unwrap();
        out.write_all(&part).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// Replaces one of the stretches from `from` to `to`.
fn replaced(random: &mut Random, part: &[u8], by: &[&str], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(part).into_owned();
    let starts: Vec<usize> = text.match_indices(from).map(|(at, _)| at).collect();
    if starts.is_empty() {
        return text.into_bytes();
    }
    let start = *random.pick(&starts);
    let rest = &text[start + from.len()..];
    let end = rest.find(to).map_or(text.len(), |at| start + from.len() + at + to.len());
    format!("{}{}{}", &text[..start], random.pick(by), &text[end..]).into_bytes()
}

fn flipped(random: &mut Random, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << random.below(8);
        }
    }
    bytes
}

fn cut(random: &mut Random, mut bytes: Vec<u8>) -> Vec<u8> {
    if random.below(3) == 0 {
        bytes.truncate(random.below(bytes.len()));
    } else {
        let start = random.below(bytes.len());
        let end = (start + random.below(40)).min(bytes.len());
        bytes.drain(start..end);
    }
    bytes
}

fn inserted(random: &mut Random, mut bytes: Vec<u8>, what: &[u8]) -> Vec<u8> {
    let at = random.below(bytes.len());
    bytes.splice(at..at, what.iter().copied());
    bytes
}

type Lines = Vec<Vec<u8>>;

fn lines(random: &mut Random, bytes: &[u8], change: fn(&mut Random, Lines) -> Lines) -> Vec<u8> {
    let lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    change(random, lines).join(&b'\n')
}

fn rows_cut(random: &mut Random, mut lines: Lines) -> Lines {
    for _ in 0..=random.below(5) {
        let at = random.below(lines.len());
        let length = random.below(lines[at].len());
        if random.below(2) == 0 {
            lines[at].truncate(length);
        } else {
            lines.remove(at);
            lines.push(Vec::new());
        }
    }
    lines
}

fn rows_moved(random: &mut Random, mut lines: Lines) -> Lines {
    let (one, two) = (random.below(lines.len()), random.below(lines.len()));
    if random.below(2) == 0 {
        lines.swap(one, two);
    } else {
        let copy = lines[one].clone();
        lines.insert(two, copy);
    }
    lines
}

fn columns_swapped(random: &mut Random, mut lines: Lines) -> Lines {
    let (one, two) = (random.below(11), random.below(11));
    let with_header = random.below(2) == 0;
    for line in lines.iter_mut().skip(usize::from(!with_header)) {
        let mut cells = cells(line);
        if one.max(two) < cells.len() {
            cells.swap(one, two);
            *line = cells.join(&delimiter(line));
        }
    }
    lines
}

fn cell_replaced(random: &mut Random, mut lines: Lines) -> Lines {
    let at = random.below(lines.len());
    let mut cells = cells(&lines[at]);
    let which = random.below(cells.len());
    cells[which] = random.pick(&CELLS).as_bytes().to_vec();
    lines[at] = cells.join(&delimiter(&lines[at]));
    lines
}

fn encodings_mixed(random: &mut Random, mut lines: Lines) -> Lines {
    for _ in 0..=random.below(10) {
        let at = random.below(lines.len());
        let line = &lines[at];
        lines[at] = match std::str::from_utf8(line) {
            Ok(text) => GB18030.encode(text).0.into_owned(),
            Err(_) => GB18030.decode(line).0.into_owned().into_bytes(),
        };
    }
    lines
}

fn delimiter(line: &[u8]) -> u8 {
    if line.contains(&b'\t') { b'\t' } else { b',' }
}

fn cells(line: &[u8]) -> Vec<Vec<u8>> {
    line.split(|byte| *byte == delimiter(line)).map(<[u8]>::to_vec).collect()
}
