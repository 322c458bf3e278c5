//! Opens a delivery with the hub's identity and seals changed data again with the sender's own key.
//!
//! What a department's program would do if it lost a row or mistook a unit: every signature and digest is right.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_contract::{Regions, Schemas};
use yilian_delivery::{
    AcceptedLinkKey, Datasets, Description, Draft, Identity, LinkKeyReference, PlainPolicy, RegisteredSender,
    SealedFile, SigningKey, Verification, seal,
};
use yilian_demo::Offices;

use crate::fixture::{new_folder, programs};

/// What is changed before the delivery is sealed again.
pub(crate) struct Change<'c> {
    /// A name for the folder in which it is done.
    pub(crate) name: &'c str,
    /// Makes other rows of the delivered ones.
    pub(crate) rows: &'c dyn Fn(&RecordBatch) -> RecordBatch,
    /// Makes the description agree with the rows where the test wants that.
    pub(crate) description: &'c dyn Fn(&mut Description),
}

/// Seals `delivery` again under the next sequence with changed rows, and returns the new file.
pub(crate) fn resealed(offices: &Offices, delivery: &Path, change: &Change<'_>) -> PathBuf {
    let schemas_folder = programs().repository().join("schemas");
    let schemas = Schemas::load(&schemas_folder).unwrap();
    let regions = Regions::load(&schemas_folder).unwrap();
    let identity = Identity::read(&offices.hub().join("vault").join("age.key")).unwrap();
    let recipient = identity.recipient();
    let opened = SealedFile::read(delivery).unwrap().open(&[identity]).unwrap();
    let manifest = opened.unproven_manifest().clone();
    let signing_key =
        SigningKey::read(&offices.department(manifest.department.as_str()).join("keys").join("sign.key")).unwrap();
    let sender = RegisteredSender {
        place: manifest.place.clone(),
        department: manifest.department,
        signature_key: signing_key.signature_key(),
        link_keys: [&manifest.link_key].into_iter().chain(&manifest.next_link_key).map(accepted).collect(),
        datasets: Datasets::All,
    };
    let expected = Verification {
        senders: &[sender],
        schemas: &schemas,
        regions: &regions,
        plain: PlainPolicy::Refuse,
        canonicaliser: None,
    };
    let verified = opened.verify(&expected).unwrap();

    let folder = new_folder(change.name);
    let data = folder.join("data.parquet");
    write_changed(&data, verified.data().clone(), change.rows);
    let mut description = Description {
        partition: manifest.partition(),
        sequence: manifest.sequence + 1,
        code_lists: manifest.code_lists,
        link_key: manifest.link_key,
        next_link_key: manifest.next_link_key,
        canonicaliser: manifest.canonicaliser,
        purpose: manifest.purpose,
        legal_basis: manifest.legal_basis,
        counts: manifest.counts,
        control_totals: manifest.control_totals,
        canaries: manifest.canaries,
    };
    (change.description)(&mut description);
    let contract = schemas.dataset(&manifest.dataset).unwrap();
    let draft = Draft { description, contract, data: &data, signing_key: &signing_key, recipient: Some(&recipient) };
    seal(draft, &folder).unwrap().path
}

fn accepted(key: &LinkKeyReference) -> AcceptedLinkKey {
    AcceptedLinkKey { check_value: key.check_value.clone(), from: None, to: None }
}

/// Writes the rows of a Parquet file, changed, to `path`.
pub(crate) fn write_changed(path: &Path, data: bytes::Bytes, change: &dyn Fn(&RecordBatch) -> RecordBatch) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(data).unwrap();
    let schema = std::sync::Arc::clone(builder.schema());
    let batches: Vec<RecordBatch> = builder.build().unwrap().collect::<Result<_, _>>().unwrap();
    let all = arrow::compute::concat_batches(&schema, &batches).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), schema, None).unwrap();
    writer.write(&change(&all)).unwrap();
    writer.close().unwrap();
}
