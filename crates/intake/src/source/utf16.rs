//! UTF-16 as UTF-8, block by block.

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};

use super::{Encoding, NotText};

/// The byte order mark at the beginning of a file, if it is one of UTF-16.
pub(super) fn encoding_of(start: &[u8]) -> Option<Encoding> {
    match start {
        [0xff, 0xfe, ..] => Some(Encoding::Utf16Le),
        [0xfe, 0xff, ..] => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// Decodes blocks that need not end with a character.
pub(super) struct Utf16 {
    decoder: Decoder,
}

impl Utf16 {
    /// For text behind the byte order mark.
    pub(super) fn new(encoding: Encoding) -> Self {
        let order = if encoding == Encoding::Utf16Be { UTF_16BE } else { UTF_16LE };
        Self { decoder: order.new_decoder_without_bom_handling() }
    }

    /// Appends the text of a block; half a pair of surrogates, or half a character at the end, is no text.
    pub(super) fn decode(&mut self, block: &[u8], last: bool, into: &mut Vec<u8>) -> Result<(), NotText> {
        let room = self.decoder.max_utf8_buffer_length_without_replacement(block.len()).ok_or(NotText)?;
        let old = into.len();
        into.resize(old + room, 0);
        let free = into.get_mut(old..).unwrap_or_default();
        let (result, _, written) = self.decoder.decode_to_utf8_without_replacement(block, free, last);
        into.truncate(old + written);
        if result == DecoderResult::InputEmpty { Ok(()) } else { Err(NotText) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str, encoding: Encoding) -> Vec<u8> {
        let order = if encoding == Encoding::Utf16Be { u16::to_be_bytes } else { u16::to_le_bytes };
        text.encode_utf16().flat_map(order).collect()
    }

    fn decoded(bytes: &[u8], encoding: Encoding, block: usize) -> Option<String> {
        let (mut decoder, mut text) = (Utf16::new(encoding), Vec::new());
        for block in bytes.chunks(block) {
            decoder.decode(block, false, &mut text).ok()?;
        }
        decoder.decode(&[], true, &mut text).ok()?;
        String::from_utf8(text).ok()
    }

    #[test]
    fn blocks_may_end_anywhere_even_within_a_pair_of_surrogates() {
        let text = "王\u{20087},\u{3000}x\n";
        for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
            for block in 1..8 {
                assert_eq!(decoded(&bytes(text, encoding), encoding, block).as_deref(), Some(text), "{block}");
            }
        }
    }

    #[test]
    fn half_a_pair_and_half_a_character_are_no_text() {
        assert_eq!(decoded(&[0x00, 0xd8, 0x41, 0x00], Encoding::Utf16Le, 4), None);
        assert_eq!(decoded(&[0x41, 0x00, 0x41], Encoding::Utf16Le, 3), None);
    }
}
