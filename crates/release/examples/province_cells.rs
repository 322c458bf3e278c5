//! The finest cells of a province made from those of a city: what `make_version` is measured with on many regions.
//!
//! `province_cells CITY_CELLS OUT [TOWNSHIPS] [COPIES]`, 1,200 and 280 unless told otherwise; run it where `schemas/` is.
//! Every township of the city is used as often as every other, and each township of the province is the sum of several
//! of them, drawn at random. So what adds up in the city adds up in the province, and small numbers are as frequent as
//! sums of people make them.

#![expect(clippy::indexing_slicing, reason = "an example with tables of its own making")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Decimal128Type, Field, Int64Type, Schema};
use chrono::NaiveDate;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_contract::Regions;

const PROVINCE: &str = "15";

/// Measures of a table by region and codes; `None` where a cell has no such number.
type Cells = BTreeMap<Vec<String>, Vec<Option<i128>>>;
/// The same in the order of a file.
type Rows = Vec<(Vec<String>, Vec<Option<i128>>)>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [city, out, numbers @ ..] = arguments.as_slice() else {
        return Err("CITY_CELLS OUT [TOWNSHIPS] [COPIES]".into());
    };
    let number = |at: usize, default| numbers.get(at).map_or(Ok(default), |text| text.parse::<usize>());
    let (townships, copies) = (number(0, 1_200)?, number(1, 280)?);
    let regions = Regions::load(Path::new("schemas")).map_err(|errors| format!("{errors:?}"))?;
    let day = NaiveDate::from_ymd_opt(2025, 12, 31).ok_or("no such day")?;
    let counties: Vec<&str> =
        regions.counties_on(day).into_iter().filter(|county| county.starts_with(PROVINCE)).collect();
    std::fs::create_dir_all(out)?;

    let mut tables = BTreeMap::new();
    for entry in std::fs::read_dir(city)? {
        let path = entry?.path();
        let name = path.file_name().ok_or("no file name")?.to_string_lossy().into_owned();
        tables.insert(name, read(&path)?);
    }
    let regions_of_city = tables.values().flat_map(|batch| batch.column(0).as_string::<i32>().iter().flatten());
    let places = Places::new(regions_of_city, &counties, (townships, copies));
    for (name, batch) in &tables {
        let mut cells = Cells::new();
        for (mut key, values) in rows(batch)? {
            for (region, times) in places.of(&key[0]) {
                key[0].clone_from(&region);
                let sums = cells.entry(key.clone()).or_insert_with(|| vec![None; values.len()]);
                for (sum, value) in sums.iter_mut().zip(&values) {
                    *sum = value.map(|value| sum.unwrap_or(0) + value * i128::from(times)).or(*sum);
                }
            }
        }
        write(&Path::new(out).join(name), &batch.schema(), &cells)?;
    }
    Ok(())
}

/// Where in the province each region of the city stands, and how often.
struct Places {
    of_region: BTreeMap<String, Vec<(String, u32)>>,
    copies: u32,
}

impl Places {
    fn new<'a>(regions: impl Iterator<Item = &'a str>, counties: &[&str], (townships, copies): (usize, usize)) -> Self {
        let mut found: Vec<&str> = regions.filter(|region| region.len() >= 6 && *region != "unknown").collect();
        found.sort_unstable();
        found.dedup();
        let mut of_region: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
        for length in [6, 9] {
            let alike = found.iter().filter(|region| region.len() == length);
            let mut drawn: Vec<&str> = alike.flat_map(|region| std::iter::repeat_n(*region, copies)).collect();
            shuffle(&mut drawn);
            for (number, region) in drawn.into_iter().enumerate() {
                let (township, county) = (number % townships, counties[number % townships % counties.len()]);
                let place = match length {
                    6 => counties[number % counties.len()].to_owned(),
                    _ => format!("{county}{:03}", township / counties.len() + 1),
                };
                *of_region.entry(region.to_owned()).or_default().entry(place).or_default() += 1;
            }
        }
        let listed = |(region, places): (String, BTreeMap<String, u32>)| (region, places.into_iter().collect());
        Self {
            of_region: of_region.into_iter().map(listed).collect(),
            copies: u32::try_from(copies).unwrap_or(u32::MAX),
        }
    }

    /// What has no place of its own, such as a city or nowhere, stays where it is, as often as all others.
    fn of(&self, region: &str) -> Vec<(String, u32)> {
        self.of_region.get(region).cloned().unwrap_or_else(|| vec![(region.to_owned(), self.copies)])
    }
}

/// Fisher and Yates with a fixed seed: the same province each time.
fn shuffle(list: &mut [&str]) {
    let mut state = 20_250_101_u64;
    for last in (1..list.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        list.swap(last, usize::try_from(state >> 33).unwrap_or(0) % (last + 1));
    }
}

/// A table with its texts as plain strings.
fn read(file: &Path) -> Result<RecordBatch, Box<dyn Error>> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?;
    let schema = Arc::clone(reader.schema());
    let batch = concat_batches(&schema, &reader.build()?.collect::<Result<Vec<_>, _>>()?)?;
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        let kind = if *field.data_type() == DataType::Utf8View { &DataType::Utf8 } else { field.data_type() };
        columns.push(cast(column, kind)?);
        fields.push(Field::new(field.name(), kind.clone(), true));
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

fn rows(batch: &RecordBatch) -> Result<Rows, Box<dyn Error>> {
    let mut rows = vec![(Vec::new(), Vec::new()); batch.num_rows()];
    for column in batch.columns() {
        for (at, (key, values)) in rows.iter_mut().enumerate() {
            let is_null = column.is_null(at);
            match column.data_type() {
                DataType::Utf8 => key.push(column.as_string::<i32>().value(at).to_owned()),
                DataType::Int64 => {
                    values.push((!is_null).then(|| i128::from(column.as_primitive::<Int64Type>().value(at))));
                }
                DataType::Decimal128(..) => {
                    values.push((!is_null).then(|| column.as_primitive::<Decimal128Type>().value(at)));
                }
                other => return Err(format!("a column of type {other}").into()),
            }
        }
    }
    Ok(rows)
}

fn write(file: &Path, schema: &Arc<Schema>, cells: &Cells) -> Result<(), Box<dyn Error>> {
    let (mut texts, mut measures) = (0, 0);
    let mut columns: Vec<ArrayRef> = Vec::new();
    for field in schema.fields() {
        let values = |at: usize| cells.values().map(move |values| values[at]);
        match field.data_type() {
            DataType::Utf8 => {
                columns.push(Arc::new(cells.keys().map(|key| Some(key[texts].as_str())).collect::<StringArray>()));
                texts += 1;
            }
            DataType::Int64 => {
                let whole = values(measures).map(|value| value.map(i64::try_from).transpose());
                columns.push(Arc::new(whole.collect::<Result<Int64Array, _>>()?));
                measures += 1;
            }
            _ => {
                let money: Decimal128Array = values(measures).collect();
                columns.push(Arc::new(money.with_data_type(field.data_type().clone())));
                measures += 1;
            }
        }
    }
    let mut writer = ArrowWriter::try_new(File::create(file)?, Arc::clone(schema), None)?;
    writer.write(&RecordBatch::try_new(Arc::clone(schema), columns)?)?;
    writer.close()?;
    Ok(())
}
