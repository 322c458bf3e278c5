//! What the cells of a sheet do not tell: what is hidden, merged, or never computed.
//!
//! The reader of cells passes these by, so the text of each sheet is searched for them once more; a tag is
//! found by its angle bracket, which no value holds.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use memchr::{memchr, memmem, memrchr};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

/// How many rows are named.
const NAMED: usize = 10;
const BLOCK: usize = 1 << 18;
/// A row with more text than this is searched in pieces.
const LONGEST_ROW: usize = 8 << 20;

/// How often something was seen, and in which of the sheet's first rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) count: u64,
    pub(crate) rows: Vec<u32>,
}

/// What was seen of a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SheetLook {
    pub(crate) hidden_rows: Seen,
    /// First and last of hidden columns, counted from 1.
    pub(crate) hidden_columns: Vec<(u32, u32)>,
    /// First and last row of cells merged over rows.
    pub(crate) merged: Vec<(u32, u32)>,
    /// Cells with a formula and without its result.
    pub(crate) uncomputed: Seen,
}

/// Looks at all sheets in their order; `None` if the workbook is not built as one, which its reader will say too.
pub(super) fn look(path: &Path) -> Option<Vec<SheetLook>> {
    let mut zip = ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()?;
    let mut looks = Vec::new();
    for part in parts(&mut zip)? {
        looks.push(part.and_then(|part| sheet(&mut zip, &part)).unwrap_or_default());
    }
    Some(looks)
}

type Zip = ZipArchive<BufReader<File>>;

/// Where each sheet's text stands, in the order of the workbook.
fn parts(zip: &mut Zip) -> Option<Vec<Option<String>>> {
    let root = text(zip, "_rels/.rels")?;
    let book = targets(&root, "").into_iter().find(|(_, kind, _)| kind.ends_with("/officeDocument"))?.2;
    let (folder, file) = book.rsplit_once('/').unwrap_or(("", &book));
    let relations = text(zip, &format!("{folder}/_rels/{file}.rels"))?;
    let targets = targets(&relations, folder);
    let mut parts = Vec::new();
    each_tag(&text(zip, &book)?, "sheet", |tag| {
        let id = attribute(tag, "id").unwrap_or_default();
        parts.push(targets.iter().find(|(known, ..)| *known == id).map(|(.., path)| path.clone()));
    });
    Some(parts)
}

/// Id, kind and place of each relation.
fn targets(relations: &str, folder: &str) -> Vec<(String, String, String)> {
    let mut targets = Vec::new();
    each_tag(relations, "Relationship", |tag| {
        let get = |name| attribute(tag, name).unwrap_or_default();
        let target = get("Target");
        let path = match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None if folder.is_empty() => target,
            None => format!("{folder}/{target}"),
        };
        targets.push((get("Id"), get("Type"), path));
    });
    targets
}

fn each_tag(xml: &str, name: &str, mut each: impl FnMut(&BytesStart<'_>)) {
    let mut reader = quick_xml::Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == name => each(&tag),
            Event::Eof => return,
            _ => {}
        }
    }
}

/// The value of an attribute by its name without namespace.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

fn text(zip: &mut Zip, path: &str) -> Option<String> {
    let mut text = String::new();
    open(zip, path)?.read_to_string(&mut text).ok()?;
    Some(text)
}

/// A part of the workbook; programs do not agree on capitals.
fn open<'z>(zip: &'z mut Zip, path: &str) -> Option<impl Read + 'z> {
    let name = zip.file_names().flatten().find(|name| name.eq_ignore_ascii_case(path))?.into_owned();
    zip.by_name(&name).ok()
}

fn sheet(zip: &mut Zip, path: &str) -> Option<SheetLook> {
    let mut file = open(zip, path)?;
    let mut look = SheetLook::default();
    let mut pending: Vec<u8> = Vec::with_capacity(2 * BLOCK);
    loop {
        let limit = u64::try_from(BLOCK).unwrap_or(u64::MAX);
        let read = file.by_ref().take(limit).read_to_end(&mut pending).ok()?;
        if read == 0 {
            search(&pending, &mut look);
            return Some(look);
        }
        // A row is searched as a whole, so that a cell's formula and its result are seen together.
        let cut = memmem::rfind(&pending, b"<row").filter(|cut| *cut > 0);
        let cut = cut.or_else(|| memrchr(b'<', &pending).filter(|_| pending.len() > LONGEST_ROW));
        if let Some(cut) = cut {
            search(pending.get(..cut).unwrap_or_default(), &mut look);
            pending.drain(..cut);
        }
    }
}

fn search(xml: &[u8], look: &mut SheetLook) {
    for at in memmem::find_iter(xml, b"hidden=") {
        let Some(tag) = tag_around(xml, at) else { continue };
        if !matches!(value(tag, b"hidden="), Some(b"1" | b"true")) {
            continue;
        }
        match name_of(tag) {
            b"row" => look.hidden_rows.add(number(value(tag, b" r="))),
            b"col" => {
                let range = number(value(tag, b"min=")).zip(number(value(tag, b"max=")));
                look.hidden_columns.extend(range);
            }
            _ => {}
        }
    }
    for at in memmem::find_iter(xml, b"mergeCell ") {
        let range = tag_around(xml, at).and_then(|tag| value(tag, b"ref=")).and_then(|range| {
            let colon = memchr(b':', range)?;
            Some((row_of(range.get(..colon)?)?, row_of(range.get(colon + 1..)?)?))
        });
        look.merged.extend(range.filter(|(first, last)| first < last));
    }
    uncomputed(xml, look);
}

/// Finds cells with a formula and no value; an empty text is a value.
fn uncomputed(xml: &[u8], look: &mut SheetLook) {
    for at in memmem::find_iter(xml, b"<f") {
        if !matches!(xml.get(at + 2), Some(b' ' | b'>' | b'/')) {
            continue;
        }
        let before = xml.get(..at).unwrap_or_default();
        let Some(start) = memmem::rfind(before, b"<c ") else { continue };
        let rest = xml.get(start..).unwrap_or_default();
        let Some(cell) = memmem::find(rest, b"</c>").and_then(|end| rest.get(..end)) else { continue };
        let tag = memchr(b'>', cell).and_then(|end| cell.get(..end)).unwrap_or_default();
        let filled = memmem::find(cell, b"<v>").is_some_and(|at| cell.get(at + 3) != Some(&b'<'));
        if !filled && value(tag, b" t=") != Some(b"str") {
            look.uncomputed.add(value(tag, b" r=").and_then(row_of));
        }
    }
}

impl Seen {
    fn add(&mut self, row: Option<u32>) {
        self.count += 1;
        self.rows.extend(row.filter(|_| self.rows.len() < NAMED));
    }
}

/// The tag that holds this place, without its brackets; `None` in the text between tags.
fn tag_around(xml: &[u8], at: usize) -> Option<&[u8]> {
    let start = memrchr(b'<', xml.get(..at)?)? + 1;
    let rest = xml.get(start..)?;
    let end = memchr(b'>', rest)?;
    (start + end > at).then(|| rest.get(..end))?
}

/// The tag's name without its namespace.
fn name_of(tag: &[u8]) -> &[u8] {
    let name = tag.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    name.rsplit(|byte| *byte == b':').next().unwrap_or_default()
}

/// The value of an attribute, in either kind of quotation marks.
fn value<'x>(tag: &'x [u8], name: &[u8]) -> Option<&'x [u8]> {
    let rest = tag.get(memmem::find(tag, name)? + name.len()..)?;
    let (quote, rest) = rest.split_first()?;
    rest.get(..memchr(*quote, rest)?)
}

fn number(digits: Option<&[u8]>) -> Option<u32> {
    std::str::from_utf8(digits?).ok()?.parse().ok()
}

/// The row of `AB12`.
fn row_of(place: &[u8]) -> Option<u32> {
    number(place.get(place.iter().position(u8::is_ascii_digit)?..))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(xml: &str) -> SheetLook {
        let mut look = SheetLook::default();
        search(xml.as_bytes(), &mut look);
        look
    }

    #[test]
    fn hidden_rows_and_columns_are_found_by_their_tags_and_not_in_text() {
        let look = seen(
            "<cols><col min=\"3\" max=\"4\" width=\"9\" hidden=\"1\"/><col min=\"5\" max=\"5\" hidden=\"0\"/></cols>\
             <sheetData><x:row r=\"7\" spans='1:2' hidden='true'><c r=\"A7\" t=\"inlineStr\"><is><t>hidden=\"1\"</t></is></c>\
             </x:row></sheetData>",
        );
        assert_eq!(look.hidden_columns, [(3, 4)]);
        assert_eq!(look.hidden_rows, Seen { count: 1, rows: vec![7] });
    }

    #[test]
    fn cells_merged_over_rows_are_found() {
        let look = seen("<mergeCells count=\"2\"><mergeCell ref=\"A1:F1\"/><mergeCell ref=\"B5:B7\"/></mergeCells>");
        assert_eq!(look.merged, [(5, 7)]);
    }

    #[test]
    fn formulas_without_a_result_are_found() {
        let look = seen(
            "<row r=\"2\"><c r=\"A2\"><f>B2*2</f><v>4</v></c><c r=\"B2\"><f>1+1</f></c><c r=\"C2\" t=\"str\"><f>\"\"</f><v></v></c>\
             <c r=\"D2\"><f t=\"shared\" si=\"0\"/><v></v></c><c r=\"E2\"><v>1</v></c></row><row r=\"3\"><c r=\"A3\"><f>1</f><v/></c></row>",
        );
        assert_eq!(look.uncomputed, Seen { count: 3, rows: vec![2, 2, 3] });
    }
}
