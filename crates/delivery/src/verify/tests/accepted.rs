//! What was accepted, read again piece by piece.

use std::io::Cursor;

use super::*;

/// A delivery of some hundred kilobytes, so that it has several pieces of what age encrypts at once.
static LARGE: LazyLock<[SealedFile; 2]> = LazyLock::new(|| {
    let rows = rows();
    let tokens: Vec<[u8; 32]> = (0..4000_u32).map(|row| Token::of(row).0).collect();
    let tokens: ArrayRef = Arc::new(FixedSizeBinaryArray::try_from_iter(tokens.iter()).unwrap());
    let columns = rows.columns().iter().map(|column| match column.data_type() {
        DataType::FixedSizeBinary(_) => Arc::clone(&tokens),
        _ => arrow::compute::take(column, &arrow::array::UInt32Array::from_value(1, 4000), None).unwrap(),
    });
    let rows = RecordBatch::try_new(rows.schema(), columns.collect()).unwrap();
    let recipient = WORLD.identity.recipient();
    [Some(&recipient), None].map(|recipient| pack(description(), &rows, &WORLD.signing_key, recipient))
});

/// Bytes that no compression makes smaller.
struct Token([u8; 32]);

impl Token {
    fn of(row: u32) -> Self {
        let digest = hex::decode(sha256_hex(&row.to_le_bytes())).unwrap();
        Self(digest.try_into().unwrap())
    }
}

fn open(bytes: Bytes, delivery_id: &str) -> Result<AcceptedFile, Refusal> {
    AcceptedFile::open(Cursor::new(bytes), &WORLD.identity, delivery_id)
}

fn opened(file: &SealedFile) -> Opened {
    file.open(std::slice::from_ref(&WORLD.identity)).unwrap()
}

/// Whether a changed file is read to its end without an objection.
fn passes(bytes: Bytes, delivery_id: &str) -> bool {
    let read = |mut file: AcceptedFile| {
        let all = 0..file.bytes();
        file.read(all).and_then(|_| file.finish())
    };
    open(bytes, delivery_id).and_then(read).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn pieces_in_any_order_are_those_of_the_data_and_the_end_proves_it(
        pieces in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..12),
        is_sealed in any::<bool>(),
    ) {
        let [sealed, plain] = &*LARGE;
        let file = if is_sealed { sealed } else { plain };
        let whole = opened(file);
        let data = whole.data.clone().unwrap();
        prop_assert!(data.len() > 2 << 16);
        let mut accepted = open(file.bytes().clone(), &whole.delivery_id()).unwrap();
        prop_assert_eq!(accepted.bytes(), data.len() as u64);
        prop_assert_eq!(accepted.manifest(), whole.unproven_manifest());
        for (one, other) in pieces {
            let (one, other) = (one.index(data.len() + 1), other.index(data.len() + 1));
            let (from, until) = (one.min(other), one.max(other));
            let read = accepted.read(from as u64..until as u64).unwrap();
            prop_assert_eq!(&read[..], &data[from..until]);
        }
        accepted.finish().unwrap();
    }

    #[test]
    fn a_flipped_bit_anywhere_is_found_at_the_latest_at_the_end(
        at in any::<prop::sample::Index>(), bit in 0..8_u8, is_sealed in any::<bool>(),
    ) {
        let [sealed, plain] = &*LARGE;
        let file = if is_sealed { sealed } else { plain };
        let id = opened(file).delivery_id();
        let mut bytes = file.bytes().to_vec();
        // A tar's own headers and its end say nothing of the data: what they are not asked for may change.
        let range = if is_sealed { 0..bytes.len() } else { data_of(&bytes) };
        bytes[range.start + at.index(range.len())] ^= 1 << bit;
        prop_assert!(!passes(Bytes::from(bytes), &id));
    }

    #[test]
    fn a_file_cut_before_the_end_of_its_data_is_refused(at in any::<prop::sample::Index>(), is_sealed in any::<bool>()) {
        let [sealed, plain] = &*LARGE;
        let file = if is_sealed { sealed } else { plain };
        let end = if is_sealed { file.bytes().len() } else { data_of(file.bytes()).end };
        let cut = file.bytes().slice(..at.index(end));
        prop_assert!(!passes(cut, &opened(file).delivery_id()));
    }
}

/// Where the data of a plain delivery lies.
fn data_of(tar: &[u8]) -> std::ops::Range<usize> {
    let is_magic = |window: &[u8]| window == b"PAR1";
    let start = tar.windows(4).position(is_magic).unwrap();
    let end = tar.windows(4).rposition(is_magic).unwrap() + 4;
    start..end
}

#[test]
fn a_file_under_the_id_of_another_is_refused() {
    let refused = open(WORLD.sealed.bytes().clone(), &"0".repeat(64)).unwrap_err();
    assert_eq!(refused, Refusal::NotAsAccepted);
}

#[test]
fn a_file_sealed_for_another_stays_closed() {
    let id = opened(&WORLD.sealed).delivery_id();
    let stranger = Identity::generate();
    let refused = AcceptedFile::open(Cursor::new(WORLD.sealed.bytes().clone()), &stranger, &id).unwrap_err();
    assert_eq!(refused, Refusal::SealedForAnother);
}

#[test]
fn a_piece_behind_the_end_is_refused() {
    let id = opened(&WORLD.plain).delivery_id();
    let mut file = open(WORLD.plain.bytes().clone(), &id).unwrap();
    let end = file.bytes();
    assert_eq!(file.read(end - 1..end + 1).unwrap_err(), Refusal::SealDamaged);
}
