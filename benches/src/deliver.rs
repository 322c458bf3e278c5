//! Writes the rows as deliveries: `data.parquet`, signed and sealed to the hub.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, FixedSizeBinaryBuilder, RecordBatch, StringArray, new_null_array,
};
use arrow::datatypes::{Field, SchemaRef};
use chrono::{Datelike, Days, NaiveDate};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use yilian_contract::accounting::{ControlTotal, Counts, Sum};
use yilian_contract::{Contract, Schemas};
use yilian_delivery::{Description, Draft, LinkKeyReference, Partition, Recipient, SigningKey, seal};
use yilian_demo::{Offices, Programs};
use yilian_token::{Key, KeyUse, Label, Token};

use crate::Answer;
use crate::person::Person;
use crate::rows::{COUNTIES, Due, PLACE, Row, YEAR, first_of};

const ROWS_AT_ONCE: usize = 32_768;

/// What making a delivery takes.
pub(crate) struct Desk {
    pub(crate) link_key: Key,
    schemas: Schemas,
    recipient: Recipient,
    offices: Offices,
    canaries: BTreeMap<String, String>,
    /// Where the unsealed files go.
    plain: PathBuf,
}

impl Desk {
    pub(crate) fn open(programs: &Programs, offices: &Offices, plain: &Path) -> Answer<Self> {
        let schemas = Schemas::load(&programs.repository().join("schemas")).map_err(|_| "the contracts")?;
        let link_key = Key::read(&offices.link_key("civil_affairs"), KeyUse::Link)?;
        let identity = yilian_delivery::Identity::read(&offices.hub().join("vault").join("age.key"))?;
        let person = link_key.tokeniser(Label::Person)?;
        let token = |canonical: &str| hex::encode(person.token(&[canonical.as_bytes()]));
        let canaries = schemas.canaries.iter().map(|canary| (canary.name.clone(), token(&canary.canonical))).collect();
        let (offices, plain) = (offices.clone(), plain.to_owned());
        Ok(Self { recipient: identity.recipient(), link_key, schemas, offices, canaries, plain })
    }

    /// Writes every delivery of the year, some side by side, into the hub's inbox.
    pub(crate) fn deliver_all(&self, people: &[Person]) -> Answer<()> {
        let (due, next) = (Due::all(), AtomicUsize::new(0));
        let threads = std::thread::available_parallelism()?.get();
        let made = std::thread::scope(|scope| {
            let work = || {
                let mut made = Vec::new();
                while let Some(due) = due.get(next.fetch_add(1, Ordering::Relaxed)) {
                    made.push(self.deliver((due, 1), people, &self.offices.inbox())?);
                }
                Ok(made)
            };
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers.into_iter().map(|worker| worker.join().map_err(|_| "a thread")?).collect::<Answer<Vec<_>>>()
        })?;
        let mut list = csv::Writer::from_path(self.plain.join("deliveries.csv"))?;
        list.write_record(["dataset", "place", "department", "period", "delivery_id", "file"])?;
        let mut lines = made.concat();
        lines.sort();
        lines.iter().try_for_each(|line| list.write_record(line))?;
        Ok(list.flush()?)
    }

    /// Writes the pensions of December once more, with what was corrected, as a delivery in `folder`.
    pub(crate) fn correct(&self, people: &[Person], folder: &Path) -> Answer<()> {
        fs::create_dir_all(folder)?;
        self.deliver((&Due::correction(), 2), people, folder).map(|_| ())
    }

    fn deliver(&self, (due, sequence): (&Due, u32), people: &[Person], folder: &Path) -> Answer<[String; 6]> {
        let contract = self.schemas.dataset(due.dataset)?;
        let period = due.month.map_or_else(|| YEAR.to_string(), |month| format!("{YEAR}-{month:02}"));
        let file = format!("{}/{PLACE}.{}.{period}.{sequence}.parquet", due.dataset, due.department);
        let path = self.plain.join(&file);
        fs::create_dir_all(path.parent().ok_or("a folder")?)?;
        let (counts, totals) = Writing::new(self, due, contract, &path)?.write_all(people)?;
        let site = self.offices.department(&due.department.to_string());
        let lists = self.schemas.lists_of(contract).into_iter().map(|list| (list.name.clone(), list.digest.clone()));
        let description = Description {
            partition: Partition {
                place: PLACE.to_owned(),
                department: due.department,
                dataset: due.dataset.to_owned(),
                period: period.parse()?,
            },
            sequence,
            code_lists: lists.collect(),
            link_key: LinkKeyReference {
                kid: self.link_key.kid().to_owned(),
                algorithm: self.link_key.algorithm().as_str().to_owned(),
                check_value: self.link_key.check_value(),
            },
            next_link_key: None,
            canonicaliser: 1,
            purpose: "benchmark".to_owned(),
            legal_basis: "nobody in it exists".to_owned(),
            counts,
            control_totals: totals,
            canaries: self.canaries.clone(),
        };
        let draft = Draft {
            description,
            contract,
            data: &path,
            signing_key: &SigningKey::read(&site.join("keys").join("sign.key"))?,
            recipient: Some(&self.recipient),
        };
        let sealed = seal(draft, folder)?;
        Ok([due.dataset.to_owned(), PLACE.to_owned(), due.department.to_string(), period, sealed.delivery_id, file])
    }
}

/// A delivery's data under way.
struct Writing<'a> {
    desk: &'a Desk,
    due: &'a Due,
    contract: &'a Contract,
    schema: SchemaRef,
    writer: ArrowWriter<File>,
    counts: Counts,
    totals: BTreeMap<(Option<&'static str>, Option<NaiveDate>), Sum>,
}

impl<'a> Writing<'a> {
    fn new(desk: &'a Desk, due: &'a Due, contract: &'a Contract, path: &Path) -> Answer<Self> {
        let schema = contract.delivery_schema();
        let settings = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_column_dictionary_enabled(ColumnPath::from("record_token"), false)
            .set_max_row_group_row_count(Some(131_072))
            .build();
        let writer = ArrowWriter::try_new(File::create(path)?, Arc::clone(&schema), Some(settings))?;
        Ok(Self { desk, due, contract, schema, writer, counts: Counts::default(), totals: BTreeMap::new() })
    }

    /// Rows with a number in the order of people, then those without.
    fn write_all(mut self, people: &[Person]) -> Answer<(Counts, Vec<ControlTotal>)> {
        let (mut waiting, mut of_person, mut without) = (Vec::new(), Vec::new(), Vec::new());
        for person in people {
            self.due.rows(person, &mut of_person);
            for row in of_person.drain(..) {
                if row.has_number { waiting.push(row) } else { without.push(row) }
            }
            if waiting.len() >= ROWS_AT_ONCE {
                self.write(&waiting)?;
                waiting.clear();
            }
        }
        self.write(&waiting)?;
        without.sort_by_key(|row| row.person.name);
        self.counts.null_tokens = without.len().try_into()?;
        self.write(&without)?;
        self.writer.close()?;
        let total = |((benefit, month), sum): ((Option<&str>, Option<NaiveDate>), Sum)| ControlTotal {
            benefit: benefit.map(str::to_owned),
            month: month.map(|month| month.format("%Y-%m").to_string()),
            read: sum,
            delivered: sum,
            ..ControlTotal::default()
        };
        Ok((self.counts, self.totals.into_iter().map(total).collect()))
    }

    fn write(&mut self, rows: &[Row<'_>]) -> Answer<()> {
        let columns = self.schema.fields().iter().map(|field| self.column(field, rows));
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns.collect::<Answer<_>>()?)?;
        self.writer.write(&batch)?;
        self.counts.read += u64::try_from(rows.len())?;
        self.counts.delivered = self.counts.read;
        let by = &self.contract.totals;
        for row in rows.iter().filter(|row| !row.benefit.is_empty()) {
            let sum = self.totals.entry((Some(row.benefit), by.month.as_ref().map(|_| row.month))).or_default();
            let fen = if by.amount.is_some() { row.fen } else { 0 };
            *sum = sum.plus(Sum { rows: 1, fen }).ok_or("too much money")?;
        }
        Ok(())
    }

    fn column(&self, field: &Field, rows: &[Row<'_>]) -> Answer<ArrayRef> {
        let texts = |text: &dyn Fn(&Row<'_>) -> &'static str| -> Answer<ArrayRef> {
            Ok(Arc::new(StringArray::from_iter_values(rows.iter().map(text))))
        };
        let days = |day: &dyn Fn(&Row<'_>) -> NaiveDate| -> Answer<ArrayRef> {
            Ok(Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| days(day(row))))))
        };
        let county = |row: &Row<'_>| COUNTIES.get(row.county).copied().unwrap_or_default();
        match field.name().as_str() {
            "person_token" => tokens(rows.iter().map(|row| row.has_number.then_some(row.person.token))),
            "name_token" => tokens(rows.iter().map(|row| Some(row.person.name))),
            "record_token" => self.record_tokens(rows),
            "sex" => texts(&|row| if row.person.is_male { "1" } else { "2" }),
            "birth_month" => days(&|row| row.person.birth_month),
            "id_quality" => texts(&|row| if row.has_number { "valid18" } else { "none" }),
            "benefit" | "scheme" => texts(&|row| row.benefit),
            "month" | "death_month" | "from_month" => days(&|row| row.month),
            "paid_on" => days(&|row| row.month + Days::new(9)),
            "updated_on" => days(&|row| row.person.dies_in.map_or(row.month, first_of)),
            "amount" | "monthly_amount" => {
                let fen = rows.iter().map(|row| Some(i128::from(row.fen)).filter(|fen| *fen != 0));
                Ok(Arc::new(fen.collect::<Decimal128Array>().with_precision_and_scale(18, 2)?))
            }
            "row_type" => texts(&|_| "normal"),
            "status" => texts(&|row| if row.person.dies_in.is_some() { "dead" } else { "active" }),
            "area_class" | "hukou_nature" => {
                texts(&|row| if row.person.is_one_of(8, 4000) { "urban" } else { "rural" })
            }
            "cover" => texts(&|_| "household"),
            "region" | "pool_region" | "hukou_region" | "residence_region" => texts(&county),
            name if name.ends_with("_urban_rural") => {
                texts(&|row| if row.person.is_one_of(8, 4000) { "urban" } else { "rural" })
            }
            _ => Ok(new_null_array(field.data_type(), rows.len())),
        }
    }

    fn record_tokens(&self, rows: &[Row<'_>]) -> Answer<ArrayRef> {
        let record = self.desk.link_key.tokeniser(Label::Record)?;
        let department = self.due.department.to_string();
        let office: [&[u8]; 3] = [PLACE.as_bytes(), department.as_bytes(), self.due.dataset.as_bytes()];
        tokens(rows.iter().map(|row| {
            let payment = format!("{}{}{}{}", row.benefit, row.month.month(), row.county, row.booking);
            let number = format!("{payment}{:010}", row.person.number);
            Some(record.token(&[office[0], office[1], office[2], number.as_bytes()]))
        }))
    }
}

fn tokens(tokens: impl ExactSizeIterator<Item = Option<Token>>) -> Answer<ArrayRef> {
    let mut built = FixedSizeBinaryBuilder::with_capacity(tokens.len(), 32);
    for token in tokens {
        match token {
            Some(token) => built.append_value(token)?,
            None => built.append_null(),
        }
    }
    Ok(Arc::new(built.finish()))
}

fn days(day: NaiveDate) -> i32 {
    i32::try_from(day.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or_default()
}
