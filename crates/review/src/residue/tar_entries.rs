use std::ops::Range;

const MAGIC: &[u8] = b"ustar";
const MAGIC_AT: usize = 257;

/// Where the contents of a tar's entries stand, in order; nowhere in any other file.
pub(super) fn of(bytes: &[u8]) -> Vec<Range<usize>> {
    if bytes.get(MAGIC_AT..).is_none_or(|rest| !rest.starts_with(MAGIC)) {
        return Vec::new();
    }
    let mut archive = tar::Archive::new(bytes);
    let Ok(entries) = archive.entries() else { return Vec::new() };
    // What cannot be read as an entry is scanned with the bytes between them.
    entries
        .map_while(Result::ok)
        .filter_map(|entry| {
            let start = usize::try_from(entry.raw_file_position()).ok()?;
            let end = start.checked_add(usize::try_from(entry.size()).ok()?)?;
            (end <= bytes.len()).then_some(start..end)
        })
        .collect()
}
