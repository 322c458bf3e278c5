/// The valid name closest to a misspelt one, or `None` where nothing is close enough to be a help.
pub fn nearest<'a>(name: &str, valid: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    valid
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 2).max(2))
        .map(|(_, candidate)| candidate)
}

/// [`nearest`] as an owned name, for an error that outlives the list.
pub(crate) fn nearest_owned<'a>(name: &str, valid: impl Iterator<Item = &'a str>) -> Option<String> {
    nearest(name, valid).map(str::to_owned)
}

/// The text under which two spellings of one label are the same: no outer spaces, ASCII instead of full width, lower case.
pub(crate) fn folded(text: &str) -> String {
    text.trim()
        .chars()
        .map(|character| match character {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
            '\u{3000}' => ' ',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .trim()
        .to_owned()
}
