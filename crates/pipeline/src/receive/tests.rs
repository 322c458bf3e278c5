//! Inboxes as offices and couriers fill them, and what the hub makes of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use yilian_contract::Department;
use yilian_contract::accounting::{ControlTotal, Counts, Sum};
use yilian_delivery::{Description, Draft, LinkKeyReference, Partition, ReceiptNote, SigningKey, seal};

use super::*;
use crate::progress::Quiet;
use crate::site::{Datasets, LinkKey, Sender};

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::load(&schemas_folder()).unwrap());
static REGIONS: LazyLock<Regions> = LazyLock::new(|| Regions::load(&schemas_folder()).unwrap());

fn schemas_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

/// A hub with one office that sends it bills of the service platform.
struct World {
    folder: tempfile::TempDir,
    site: Site,
    signing_key: SigningKey,
    identity: Arc<Identity>,
}

/// What a delivery holds, and what its manifest says of it.
struct Bill {
    period: &'static str,
    sequence: u32,
    fen: i128,
    said_fen: i64,
}

impl Bill {
    fn new(period: &'static str, sequence: u32, fen: i64) -> Self {
        Self { period, sequence, fen: i128::from(fen), said_fen: fen }
    }
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut site = Site::create(&folder.path().join("site"), "1501", "市").unwrap();
        let identity = Identity::generate();
        identity.write(&site.age_key_file()).unwrap();
        let signing_key = SigningKey::generate().unwrap();
        site.add_sender(Sender {
            place: "1501".to_owned(),
            department: Department::CivilAffairs,
            signature_key: signing_key.signature_key(),
            recipient: None,
            datasets: Datasets::All,
            link_keys: vec![LinkKey { check_value: "23d246cdbcb030aa".to_owned(), from: None, to: None }],
        })
        .unwrap();
        Self { folder, site, signing_key, identity: Arc::new(identity) }
    }

    /// Packs a bill into the inbox and returns the file.
    fn send(&self, bill: &Bill) -> PathBuf {
        self.send_signed(bill, &self.signing_key)
    }

    fn send_signed(&self, bill: &Bill, signing_key: &SigningKey) -> PathBuf {
        let data = self.folder.path().join("data.parquet");
        write_rows(&data, bill);
        let recipient = self.identity.recipient();
        let draft = Draft {
            description: description(bill),
            contract: SCHEMAS.dataset("platform_statement").unwrap(),
            data: &data,
            signing_key,
            recipient: Some(&recipient),
        };
        seal(draft, &self.site.inbox()).unwrap().path
    }

    async fn receive(&self) -> Received {
        receive(&self.site, &self.site.inbox(), &SCHEMAS, &REGIONS, &Quiet).await.unwrap()
    }

    async fn current(&self) -> Vec<(String, u32)> {
        let current = current_deliveries(self.site.store()).await.unwrap();
        current.iter().map(|accepted| (accepted.manifest.period.to_string(), accepted.manifest.sequence)).collect()
    }

    /// What the office hears, in the order of names.
    async fn told(&self) -> Vec<ReceiptNote> {
        let current = current_deliveries(self.site.store()).await.unwrap();
        let offices = receipts_by_office(self.site.store(), &current).await.unwrap();
        offices.into_values().flatten().collect()
    }

    /// Every object of the store with its content.
    async fn store(&self) -> BTreeMap<String, Vec<u8>> {
        let store = self.site.store();
        let mut all = BTreeMap::new();
        for object in store.list("").await.unwrap() {
            all.insert(object.path.clone(), store.get(&object.path).await.unwrap().to_vec());
        }
        all
    }
}

fn description(bill: &Bill) -> Description {
    let sum = Sum { rows: 1, fen: bill.said_fen };
    let month = Some(format!("{}-01", bill.period.get(..4).unwrap()));
    Description {
        partition: Partition {
            place: "1501".to_owned(),
            department: Department::CivilAffairs,
            dataset: "platform_statement".to_owned(),
            period: bill.period.parse().unwrap(),
        },
        sequence: bill.sequence,
        code_lists: BTreeMap::new(),
        link_key: LinkKeyReference {
            kid: "link-2026a".to_owned(),
            algorithm: "HS256".to_owned(),
            check_value: "23d246cdbcb030aa".to_owned(),
        },
        next_link_key: None,
        canonicaliser: 1,
        purpose: "查重".to_owned(),
        legal_basis: "条例".to_owned(),
        counts: Counts { read: 1, delivered: 1, ..Counts::default() },
        control_totals: vec![ControlTotal { month, read: sum, delivered: sum, ..ControlTotal::default() }],
        canaries: BTreeMap::new(),
    }
}

/// One row of January of the period's year.
fn write_rows(path: &Path, bill: &Bill) {
    let schema = SCHEMAS.dataset("platform_statement").unwrap().delivery_schema();
    let january = format!("{}-01-01", bill.period.get(..4).unwrap()).parse::<chrono::NaiveDate>().unwrap();
    let day = i32::try_from(january.signed_duration_since(chrono::NaiveDate::default()).num_days()).unwrap();
    let decimal = |value: i128, scale| -> ArrayRef {
        Arc::new(Decimal128Array::from(vec![value]).with_precision_and_scale(18, scale).unwrap())
    };
    let columns = schema.fields().iter().map(|field| match field.name().as_str() {
        "month" => Arc::new(Date32Array::from(vec![day])) as ArrayRef,
        "units" => decimal(10_000, 4),
        "amount" => decimal(bill.fen, 2),
        "service" => Arc::new(StringArray::from(vec!["01"])),
        "region" => Arc::new(StringArray::from(vec!["150104"])),
        "region_urban_rural" => Arc::new(StringArray::from(vec!["unknown"])),
        _ => Arc::new(StringArray::from(vec!["JG0001"])),
    });
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap();
    let mut writer = ArrowWriter::try_new(fs::File::create(path).unwrap(), schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn codes(received: &Received) -> Vec<&'static str> {
    received.refused.iter().flat_map(|receipt| &receipt.reasons).map(Refusal::code).collect()
}

#[tokio::test]
async fn the_same_delivery_again_changes_nothing() {
    let world = World::new();
    world.send(&Bill::new("2025-01", 1, 500));
    assert_eq!(world.receive().await.accepted.len(), 1);
    let before = world.store().await;
    let again = world.receive().await;
    assert_eq!((again.accepted.len(), again.repeated.len(), again.refused.len()), (0, 1, 0));
    assert_eq!(world.store().await, before);
}

#[tokio::test]
async fn a_known_file_that_is_written_over_is_read_again() {
    let world = World::new();
    let file = world.send(&Bill::new("2025-01", 1, 500));
    world.receive().await;
    assert_eq!(world.receive().await.repeated.len(), 1);
    let mut content = fs::read(&file).unwrap();
    *content.last_mut().unwrap() ^= 1;
    fs::write(&file, content).unwrap();
    let received = world.receive().await;
    assert_eq!((received.repeated.len(), codes(&received)), (0, vec!["seal_damaged"]));
}

#[tokio::test]
async fn an_accepted_delivery_opens_again_to_the_bit() {
    let world = World::new();
    world.send(&Bill::new("2025-01", 1, 500));
    let accepted = world.receive().await.accepted.remove(0);
    let verified = open_accepted(&world.site, &accepted, &world.identity).await.unwrap();
    assert_eq!(verified.delivery_id(), accepted.delivery_id);
    let other = Accepted { delivery_id: "0".repeat(64), ..accepted.clone() };
    world.site.store().put(&other.path(), world.site.store().get(&accepted.path()).await.unwrap()).await.unwrap();
    let error = open_accepted(&world.site, &other, &world.identity).await.unwrap_err();
    assert!(matches!(error, PipelineError::StoredDelivery { .. }), "{error}");
}

#[tokio::test]
async fn a_higher_sequence_replaces_the_lower_one_and_a_late_lower_one_is_refused() {
    let world = World::new();
    let first = world.send(&Bill::new("2025-01", 1, 500));
    let kept = fs::read(&first).unwrap();
    fs::remove_file(&first).unwrap();
    world.send(&Bill::new("2025-01", 2, 600));
    world.receive().await;
    fs::write(&first, kept).unwrap();
    let received = world.receive().await;
    assert_eq!(codes(&received), ["sequence_lower"]);
    assert_eq!(world.current().await, [("2025-01".to_owned(), 2)]);
    let told = world.told().await;
    let [lower, accepted] = told.as_slice() else { panic!("{told:?}") };
    assert!(lower.outcome == "refused" && lower.text_zh.contains("序号 1 低于已接收的 2"), "{lower:?}");
    assert_eq!(accepted.outcome, "accepted");
}

#[tokio::test]
async fn an_office_hears_of_a_refused_file_under_the_name_of_its_accepted_delivery() {
    let world = World::new();
    let accepted = world.send(&Bill::new("2025-01", 1, 500));
    let name = accepted.file_name().unwrap().to_string_lossy().into_owned();
    world.receive().await;
    fs::write(&accepted, "an extract").unwrap();
    assert_eq!(codes(&world.receive().await), ["not_a_delivery"]);
    let outcomes = || async {
        let mut told: Vec<_> = world.told().await.into_iter().map(|note| (note.file, note.outcome)).collect();
        told.sort();
        told
    };
    let both = ["accepted", "refused"].map(|outcome| (name.clone(), outcome.to_owned()));
    assert_eq!(outcomes().await, both);
    world.receive().await;
    assert_eq!(outcomes().await, both);
    // Whatever was refused before it no longer matters, and does not come back while the file lies in the inbox.
    world.send(&Bill::new("2025-01", 2, 600));
    world.receive().await;
    let newest = [(name.replace(".1.tar", ".2.tar"), "accepted".to_owned())];
    assert_eq!(outcomes().await, newest);
    world.receive().await;
    assert_eq!(outcomes().await, newest);
}

#[tokio::test]
async fn two_sequences_in_one_inbox_are_taken_in_their_order() {
    let world = World::new();
    world.send(&Bill::new("2025-01", 10, 600));
    world.send(&Bill::new("2025-01", 9, 500));
    assert_eq!(world.receive().await.accepted.len(), 2);
    assert_eq!(world.current().await, [("2025-01".to_owned(), 10)]);
}

#[tokio::test]
async fn another_content_under_a_taken_sequence_is_refused() {
    let world = World::new();
    let first = world.send(&Bill::new("2025-01", 1, 500));
    world.receive().await;
    fs::remove_file(first).unwrap();
    world.send(&Bill::new("2025-01", 1, 501));
    assert_eq!(codes(&world.receive().await), ["sequence_taken"]);
}

#[tokio::test]
async fn a_bad_delivery_is_put_away_and_the_others_go_on() {
    let world = World::new();
    let damaged = world.send(&Bill::new("2025-01", 1, 500));
    let mut bytes = fs::read(&damaged).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&damaged, bytes).unwrap();
    world.send_signed(&Bill::new("2025-02", 1, 500), &SigningKey::generate().unwrap());
    world.send(&Bill::new("2025-03", 1, 500));
    fs::write(world.site.inbox().join("张三.tar.age"), "").unwrap();
    fs::write(world.site.inbox().join("readme.txt"), "").unwrap();
    let received = world.receive().await;
    assert_eq!(codes(&received), ["file_empty", "seal_damaged", "signature_not_by_sender"]);
    assert_eq!((received.accepted.len(), received.ignored), (1, 1));
    assert_eq!(world.current().await, [("2025-03".to_owned(), 1)]);
    let store = world.store().await;
    assert_eq!(store.keys().filter(|path| path.starts_with("quarantine/")).count(), 5);
    assert!(store.keys().all(|path| !path.contains("张三")));
    let again = world.receive().await;
    assert_eq!((again.refused.len(), again.refused_before.len()), (0, 3));
    assert_eq!(world.store().await, store);
}

#[tokio::test]
async fn of_a_file_that_is_not_sealed_nothing_is_kept_but_its_digest() {
    let world = World::new();
    let name = "1501.civil_affairs.platform_statement.2025-01.1.tar.age";
    let extract = "姓名,身份证号\n张三,159901193911041234\n";
    fs::write(world.site.inbox().join(name), extract).unwrap();
    let mut tar = vec![0; 1024];
    tar[..3].copy_from_slice("张".as_bytes());
    tar[257..262].copy_from_slice(b"ustar");
    fs::write(world.site.inbox().join(name.replace("2025-01", "2025-02")), &tar).unwrap();
    assert_eq!(world.receive().await.refused.len(), 2);
    let store = world.store().await;
    let of = |folder: &str| store.keys().filter(|path| path.starts_with(folder)).count();
    assert_eq!((of("quarantine/"), of("receipts/")), (2, 2), "{:?}", store.keys());
    assert!(store.keys().all(|path| path.strip_suffix(".json").is_some()), "{:?}", store.keys());
    let kept = store.values().map(|content| String::from_utf8(content.clone()).unwrap()).collect::<String>();
    assert!(!kept.contains("张") && !kept.contains("1599011939"), "{kept}");
    assert_eq!(world.receive().await.refused_before.len(), 2);
    assert_eq!(world.store().await, store);
}

#[tokio::test]
async fn money_that_is_not_what_the_text_added_up_to_is_refused() {
    let world = World::new();
    world.send(&Bill { fen: 5, ..Bill::new("2025-01", 1, 50_000) });
    assert_eq!(codes(&world.receive().await), ["delivered_totals_differ"]);
}

#[tokio::test]
async fn a_crash_between_delivery_and_receipt_is_made_good() {
    let world = World::new();
    world.send(&Bill::new("2025-01", 1, 500));
    world.receive().await;
    let whole = world.store().await;
    for lost in whole.keys().filter(|path| path.contains("receipts/")) {
        world.site.store().delete(lost).await.unwrap();
    }
    world.receive().await;
    assert_eq!(world.store().await, whole);
    // Before the document is there, the delivery does not count; then it is as if it came for the first time.
    for lost in whole.keys().filter(|path| path.strip_suffix(".json").is_some()) {
        world.site.store().delete(lost).await.unwrap();
    }
    assert_eq!(world.current().await, []);
    assert_eq!(world.receive().await.accepted.len(), 1);
    assert_eq!(world.store().await, whole);
}
