//! Deliveries packed as a department would, then broken in every way a courier or a cheat could break them.

mod accepted;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, Date32Array, FixedSizeBinaryArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;
use yilian_contract::accounting::{ControlTotal, Counts, Sum};
use yilian_contract::{Contract, Department, Regions, Schemas};

use super::*;
use crate::*;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::load(&schemas_folder()).unwrap());
static REGIONS: LazyLock<Regions> = LazyLock::new(|| Regions::load(&schemas_folder()).unwrap());
static WORLD: LazyLock<World> = LazyLock::new(World::new);

fn schemas_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

/// One office, one hub, and a delivery of three cremations between them.
struct World {
    signing_key: SigningKey,
    identity: Identity,
    sender: RegisteredSender,
    sealed: SealedFile,
    plain: SealedFile,
}

impl World {
    fn new() -> Self {
        let signing_key = SigningKey::generate().unwrap();
        let identity = Identity::generate();
        let sender = RegisteredSender {
            place: "150104".into(),
            department: Department::CivilAffairs,
            signature_key: signing_key.signature_key(),
            link_keys: vec![AcceptedLinkKey { check_value: "23d246cdbcb030aa".into(), from: None, to: None }],
            datasets: Datasets::All,
        };
        let recipient = identity.recipient();
        let sealed = pack(description(), &rows(), &signing_key, Some(&recipient));
        let plain = pack(description(), &rows(), &signing_key, None);
        Self { signing_key, identity, sender, sealed, plain }
    }

    fn expectations(&self) -> Verification<'_> {
        Verification {
            senders: std::slice::from_ref(&self.sender),
            schemas: &SCHEMAS,
            regions: &REGIONS,
            plain: PlainPolicy::Refuse,
            canonicaliser: Some(1),
        }
    }

    fn verify(&self, file: &SealedFile) -> Result<Verified, Vec<Refusal>> {
        file.open(std::slice::from_ref(&self.identity))?.verify(&self.expectations())
    }

    fn codes(&self, file: &SealedFile) -> Vec<&'static str> {
        self.verify(file).unwrap_err().iter().map(Refusal::code).collect()
    }

    /// The codes of a delivery that was packed with a changed description and changed rows.
    fn codes_of(&self, description: Description, rows: &RecordBatch) -> Vec<&'static str> {
        self.codes(&pack(description, rows, &self.signing_key, Some(&self.identity.recipient())))
    }
}

fn contract() -> &'static Contract {
    SCHEMAS.dataset("funeral").unwrap()
}

fn description() -> Description {
    Description {
        partition: Partition {
            place: "150104".into(),
            department: Department::CivilAffairs,
            dataset: "funeral".into(),
            period: "2025".parse().unwrap(),
        },
        sequence: 1,
        code_lists: BTreeMap::new(),
        link_key: LinkKeyReference {
            kid: "link-2026a".into(),
            algorithm: "HS256".into(),
            check_value: "23d246cdbcb030aa".into(),
        },
        next_link_key: None,
        canonicaliser: 1,
        purpose: "查重".into(),
        legal_basis: "条例".into(),
        counts: Counts { read: 3, delivered: 3, ..Counts::default() },
        control_totals: Vec::new(),
        canaries: BTreeMap::new(),
    }
}

/// Three rows in the contract's columns; every text column holds what its name asks for.
fn rows() -> RecordBatch {
    let schema = contract().delivery_schema();
    let columns = schema.fields().iter().map(|field| cells(field.name(), field.data_type())).collect();
    RecordBatch::try_new(schema, columns).unwrap()
}

fn cells(name: &str, kind: &DataType) -> ArrayRef {
    match kind {
        DataType::FixedSizeBinary(_) => {
            Arc::new(FixedSizeBinaryArray::try_from_iter([[1_u8; 32], [2; 32], [3; 32]].iter()).unwrap())
        }
        DataType::Date32 => Arc::new(Date32Array::from(vec![0, 31, 59])),
        _ => {
            let text = match name {
                "sex" => "1",
                "id_quality" => "valid18",
                "region" => "150104",
                _ => "unknown",
            };
            Arc::new(StringArray::from(vec![text; 3]))
        }
    }
}

/// The rows with one column replaced.
fn with_column(column: &str, cells: ArrayRef) -> RecordBatch {
    let rows = rows();
    let at = rows.schema().index_of(column).unwrap();
    let mut fields: Vec<Field> = rows.schema().fields().iter().map(|field| field.as_ref().clone()).collect();
    fields[at] = Field::new(column, cells.data_type().clone(), true);
    let mut columns = rows.columns().to_vec();
    columns[at] = cells;
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

fn pack(
    description: Description,
    rows: &RecordBatch,
    signing_key: &SigningKey,
    recipient: Option<&Recipient>,
) -> SealedFile {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data.parquet");
    let mut writer = ArrowWriter::try_new(fs::File::create(&data).unwrap(), rows.schema(), None).unwrap();
    writer.write(rows).unwrap();
    writer.close().unwrap();
    let draft = Draft { description, contract: contract(), data: &data, signing_key, recipient };
    let sealed = seal(draft, folder.path()).unwrap();
    SealedFile::read(&sealed.path).unwrap()
}

#[test]
fn a_delivery_of_a_registered_sender_is_verified() {
    let verified = WORLD.verify(&WORLD.sealed).unwrap();
    assert_eq!(verified.manifest().partition().to_string(), "150104.civil_affairs.funeral.2025");
    assert_eq!(verified.delivery_id(), sha256_hex(verified.manifest_bytes()));
    assert_eq!(verified.data().len() as u64, verified.manifest().data().bytes);
}

#[test]
fn the_same_content_has_the_same_delivery_id() {
    let again = pack(description(), &rows(), &WORLD.signing_key, Some(&WORLD.identity.recipient()));
    assert_ne!(again.sha256(), WORLD.sealed.sha256());
    let id = |file| WORLD.verify(file).unwrap().delivery_id().to_owned();
    assert_eq!(id(&again), id(&WORLD.sealed));
}

#[test]
fn a_manifest_reads_back_from_its_bytes_and_no_others() {
    let verified = WORLD.verify(&WORLD.sealed).unwrap();
    let bytes = verified.manifest_bytes();
    assert_eq!(Manifest::from_bytes(bytes).unwrap(), *verified.manifest());
    let compact: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    let refusal = Manifest::from_bytes(compact.to_string().as_bytes()).unwrap_err();
    assert_eq!(refusal, Refusal::ManifestNotCanonical);
    assert_eq!(compact["resources"][0]["path"], "data.parquet");
    assert_eq!(compact["yilian:department"], "civil_affairs");
}

#[test]
fn a_plain_delivery_is_refused_unless_the_site_allows_it() {
    assert_eq!(WORLD.codes(&WORLD.plain), ["plain_not_allowed"]);
    let allowed = Verification { plain: PlainPolicy::Allow, ..WORLD.expectations() };
    WORLD.plain.open(&[]).unwrap().verify(&allowed).unwrap();
}

#[test]
fn a_delivery_sealed_for_another_hub_stays_closed() {
    let refusals = WORLD.sealed.open(&[Identity::generate()]).unwrap_err();
    assert_eq!(refusals, [Refusal::SealedForAnother]);
}

#[test]
fn another_departments_signature_is_refused() {
    let other = SigningKey::generate().unwrap();
    let file = pack(description(), &rows(), &other, Some(&WORLD.identity.recipient()));
    assert_eq!(WORLD.codes(&file), ["signature_not_by_sender"]);
}

#[test]
fn an_office_that_is_not_registered_is_refused() {
    let mut from_elsewhere = description();
    from_elsewhere.partition.place = "150105".into();
    assert_eq!(WORLD.codes_of(from_elsewhere, &rows()), ["sender_unknown"]);
}

#[test]
fn a_dataset_that_the_sender_may_not_deliver_is_refused() {
    let sender = RegisteredSender { datasets: Datasets::These(vec!["facility".into()]), ..WORLD.sender.clone() };
    let expected = Verification { senders: &[sender], ..WORLD.expectations() };
    let opened = WORLD.sealed.open(std::slice::from_ref(&WORLD.identity)).unwrap();
    assert_eq!(opened.verify(&expected).unwrap_err()[0].code(), "dataset_not_allowed");
}

#[test]
fn a_wrong_link_key_and_a_link_key_out_of_its_time_are_refused() {
    let mut wrong_key = description();
    wrong_key.link_key.check_value = "0000000000000000".into();
    assert_eq!(WORLD.codes_of(wrong_key, &rows()), ["key_check_mismatch"]);

    let mut sender = WORLD.sender.clone();
    sender.link_keys[0].from = Some("2026-01-01".parse().unwrap());
    let expected = Verification { senders: &[sender], ..WORLD.expectations() };
    let opened = WORLD.sealed.open(std::slice::from_ref(&WORLD.identity)).unwrap();
    assert_eq!(opened.verify(&expected).unwrap_err()[0].code(), "key_out_of_date");
}

#[test]
fn a_mixture_of_canonicalisers_is_refused() {
    let newer = Description { canonicaliser: 2, ..description() };
    assert_eq!(WORLD.codes_of(newer, &rows()), ["canonicaliser_mismatch"]);
}

#[test]
fn counts_and_row_numbers_that_do_not_add_up_are_refused() {
    let mut lost = description();
    lost.counts.read = 4;
    assert_eq!(WORLD.codes_of(lost, &rows()), ["counts_unbalanced"]);
    let mut short = description();
    short.counts = Counts { read: 2, delivered: 2, ..Counts::default() };
    assert_eq!(WORLD.codes_of(short, &rows()), ["row_count_mismatch"]);
}

#[test]
fn control_totals_that_do_not_add_up_are_refused() {
    let three = Sum { rows: 3, fen: 300 };
    let codes_of =
        |total: ControlTotal| WORLD.codes_of(Description { control_totals: vec![total], ..description() }, &rows());
    let balanced = ControlTotal { read: three, delivered: three, ..ControlTotal::default() };
    let lost = ControlTotal { read: Sum { fen: 301, ..three }, ..balanced.clone() };
    assert_eq!(codes_of(lost), ["control_totals_unbalanced"]);
    let short =
        ControlTotal { read: Sum { rows: 2, fen: 300 }, delivered: Sum { rows: 2, fen: 300 }, ..balanced.clone() };
    assert_eq!(codes_of(short), ["control_totals_incomplete"]);
    let of_no_benefit = ControlTotal { benefit: Some("MZ01".into()), ..balanced.clone() };
    assert_eq!(codes_of(of_no_benefit), ["control_totals_malformed"]);
    let of_no_month = ControlTotal { month: Some("2025-13".into()), ..balanced };
    assert_eq!(codes_of(of_no_month), ["control_totals_malformed"]);
}

#[test]
fn too_many_rejected_rows_are_refused() {
    let mut rejected = description();
    rejected.counts.read = 4;
    rejected.counts.rejected.insert("age_unknown".into(), 1);
    assert_eq!(WORLD.codes_of(rejected, &rows()), ["rejected_above_tolerance"]);
}

#[test]
fn unknown_codes_are_counted_and_their_values_not_shown() {
    let codes: ArrayRef = Arc::new(StringArray::from(vec!["1", "SECRET", "SECRET"]));
    let file = pack(description(), &with_column("sex", codes), &WORLD.signing_key, Some(&WORLD.identity.recipient()));
    let refusals = WORLD.verify(&file).unwrap_err();
    assert_eq!(refusals, [Refusal::CodeUnknown { column: "sex".into(), list: "sex".into(), rows: 2 }]);
    let text = serde_json::to_string(&refusals).unwrap();
    assert!(!text.contains("SECRET"), "{text}");
}

#[test]
fn regions_that_were_never_issued_are_refused() {
    let regions: ArrayRef = Arc::new(StringArray::from(vec!["150104", "159901", "150104001001"]));
    assert_eq!(WORLD.codes_of(description(), &with_column("region", regions)), ["region_unknown"]);
}

#[test]
fn nulls_in_a_required_column_are_refused() {
    let regions: ArrayRef = Arc::new(StringArray::from(vec![Some("150104"), None, None]));
    assert_eq!(WORLD.codes_of(description(), &with_column("region", regions)), ["null_in_required"]);
}

#[test]
fn missing_extra_and_mistyped_columns_are_all_named_at_once() {
    let mistyped = with_column("death_month", Arc::new(StringArray::from(vec!["2025-01"; 3])));
    let mut fields: Vec<Field> = mistyped.schema().fields().iter().map(|field| field.as_ref().clone()).collect();
    let mut columns = mistyped.columns().to_vec();
    let region = mistyped.schema().index_of("region").unwrap();
    fields[region] = Field::new("phone", DataType::Utf8, true);
    columns[region] = Arc::new(StringArray::from(vec!["x"; 3]));
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let mut codes = WORLD.codes_of(description(), &rows);
    codes.sort_unstable();
    assert_eq!(codes, ["column_missing", "column_type", "column_unknown"]);
}

#[test]
fn a_file_name_must_be_the_manifests() {
    let renamed = |name: &str| SealedFile::new(name, WORLD.sealed.bytes().clone());
    assert_eq!(WORLD.codes(&renamed("delivery.tar.age")), ["file_name_malformed"]);
    let other = renamed("150104.civil_affairs.funeral.2025.2.tar.age");
    assert_eq!(WORLD.codes(&other), ["file_name_disagrees"]);
}

#[test]
fn changed_data_is_refused_without_being_parsed() {
    let mut bytes = WORLD.plain.bytes().to_vec();
    let data = bytes.windows(4).position(|window| window == b"PAR1").unwrap();
    bytes[data + 10] ^= 1;
    let file = SealedFile::new(WORLD.plain.name(), Bytes::from(bytes));
    let mut codes = WORLD.codes(&file);
    codes.sort_unstable();
    assert_eq!(codes, ["digest_mismatch", "plain_not_allowed"]);
}

#[test]
fn a_changed_manifest_is_not_the_senders() {
    let text = String::from_utf8_lossy(WORLD.plain.bytes()).into_owned();
    let at = text.find("\"yilian:sequence\": 1").unwrap() + "\"yilian:sequence\": ".len();
    let mut bytes = WORLD.plain.bytes().to_vec();
    bytes[at] = b'2';
    let codes = WORLD.codes(&SealedFile::new(WORLD.plain.name(), Bytes::from(bytes)));
    assert!(codes.contains(&"signature_not_by_sender"), "{codes:?}");
}

#[test]
fn an_empty_file_and_another_file_are_no_deliveries() {
    assert_eq!(WORLD.codes(&SealedFile::new("x", Bytes::new())), ["file_empty"]);
    assert_eq!(WORLD.codes(&SealedFile::new("x", Bytes::from_static(b"hello"))), ["not_a_delivery"]);
}

#[test]
fn a_short_signature_over_the_comment_is_malformed() {
    let text = "untrusted comment: x\n".to_owned()
        + &base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [b'E'; 74])
        + "\ntrusted comment: y\nAAAA\n";
    assert!(keys::Signature::parse(text.as_bytes()).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_sealed_delivery_cut_anywhere_is_refused(cut in any::<prop::sample::Index>()) {
        let whole = WORLD.sealed.bytes();
        let file = SealedFile::new(WORLD.sealed.name(), whole.slice(..cut.index(whole.len())));
        prop_assert!(WORLD.verify(&file).is_err());
    }

    #[test]
    fn a_sealed_delivery_with_a_flipped_bit_is_refused(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bytes = WORLD.sealed.bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(WORLD.verify(&SealedFile::new(WORLD.sealed.name(), Bytes::from(bytes))).is_err());
    }

    /// In a plain tar only the untrusted comment may change: the manifest and the data never do.
    #[test]
    fn a_plain_delivery_with_changed_bytes_is_refused_or_says_the_same(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let allowed = Verification { plain: PlainPolicy::Allow, ..WORLD.expectations() };
        let mut bytes = WORLD.plain.bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let file = SealedFile::new(WORLD.plain.name(), Bytes::from(bytes));
        if let Ok(verified) = file.open(&[]).and_then(|opened| opened.verify(&allowed)) {
            let original = WORLD.verify(&WORLD.sealed).unwrap();
            prop_assert_eq!(verified.data(), original.data());
        }
    }

    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..2048)) {
        prop_assert!(WORLD.verify(&SealedFile::new("x", Bytes::from(bytes))).is_err());
    }

    #[test]
    fn arbitrary_bytes_behind_a_real_header_are_refused(
        kept in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..2048),
    ) {
        for real in [&WORLD.sealed, &WORLD.plain] {
            let mut mixed = real.bytes()[..kept.index(real.bytes().len())].to_vec();
            mixed.extend(&bytes);
            prop_assert!(WORLD.verify(&SealedFile::new(real.name(), Bytes::from(mixed))).is_err());
        }
    }

    #[test]
    fn arbitrary_text_is_no_manifest_and_no_signature(text in "\\PC*") {
        prop_assert!(Manifest::from_bytes(text.as_bytes()).is_err());
        prop_assert!(keys::Signature::parse(text.as_bytes()).is_none());
    }
}

/// A description of three rows, of which those with these tokens are canaries'.
fn with_canaries(tokens: &[u8]) -> Description {
    let canaries = u64::try_from(tokens.len()).unwrap();
    let named = (0..).zip(tokens).map(|(number, byte)| (format!("canary_{number}"), hex::encode([*byte; 32])));
    let counts = Counts { read: 3 - canaries, delivered: 3 - canaries, canaries, ..Counts::default() };
    Description { counts, canaries: named.collect(), ..description() }
}

#[test]
fn rows_of_canaries_are_counted_apart_from_those_delivered() {
    let recipient = WORLD.identity.recipient();
    for tokens in [&[3_u8][..], &[1, 3]] {
        WORLD.verify(&pack(with_canaries(tokens), &rows(), &WORLD.signing_key, Some(&recipient))).unwrap();
    }
    let mut one_too_many = with_canaries(&[3]);
    one_too_many.counts = Counts { read: 3, delivered: 3, canaries: 1, ..Counts::default() };
    assert_eq!(WORLD.codes_of(one_too_many, &rows()), ["row_count_mismatch"]);
}

#[test]
fn a_canary_whose_row_is_missing_is_left_to_the_run_which_stops_at_it() {
    let recipient = WORLD.identity.recipient();
    let packed = pack(with_canaries(&[3]), &rows().slice(0, 2), &WORLD.signing_key, Some(&recipient));
    let verified = WORLD.verify(&packed).unwrap();
    let found = CanaryRows::find(verified.manifest(), verified.data()).unwrap();
    assert_eq!(found.differences(), [CanaryDifference { names: vec!["canary_0".into()], found: 0, expected: 1 }]);
}

#[test]
fn rows_of_canaries_that_the_manifest_does_not_name_are_refused() {
    let mut unnamed = with_canaries(&[3]);
    unnamed.canaries.clear();
    assert_eq!(WORLD.codes_of(unnamed, &rows()), ["manifest_field_unusable"]);
    let mut more = with_canaries(&[3]);
    more.canaries.insert("another".into(), hex::encode([7; 32]));
    assert_eq!(WORLD.codes_of(more, &rows()), ["manifest_field_unusable"]);
}

#[test]
fn a_delivery_from_before_canaries_had_rows_is_taken_as_it_is() {
    let named = with_canaries(&[7]).canaries;
    let before = Description { canaries: named, ..description() };
    let recipient = WORLD.identity.recipient();
    let verified = WORLD.verify(&pack(before, &rows(), &WORLD.signing_key, Some(&recipient))).unwrap();
    assert!(!String::from_utf8_lossy(verified.manifest_bytes()).contains("\"canaries\": 0"));
    let found = CanaryRows::find(verified.manifest(), verified.data()).unwrap();
    assert!(found.rows().is_empty() && found.differences().is_empty());
}

#[test]
fn a_row_of_a_canary_is_found_in_a_delivery_that_counts_none() {
    let uncounted = Description { canaries: with_canaries(&[3]).canaries, ..description() };
    let recipient = WORLD.identity.recipient();
    let verified = WORLD.verify(&pack(uncounted, &rows(), &WORLD.signing_key, Some(&recipient))).unwrap();
    let found = CanaryRows::find(verified.manifest(), verified.data()).unwrap();
    let difference = CanaryDifference { names: vec!["canary_0".into()], found: 1, expected: 0 };
    assert_eq!(found.differences(), [difference]);
}
