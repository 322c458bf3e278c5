//! `repeated_values(number)`: the numbers that stand in several rows.

use std::mem::size_of;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};

/// The numbers of a group that several of its rows have, each once and ascending, as a list; nulls are left out.
///
/// It sorts them, which takes a fraction of what groups of one row each do.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct RepeatedValues {
    signature: Signature,
}

impl RepeatedValues {
    pub(crate) fn new() -> Self {
        Self { signature: Signature::exact(vec![DataType::Int64], Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for RepeatedValues {
    fn name(&self) -> &'static str {
        "repeated_values"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::new_list(DataType::Int64, true))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(args.name, DataType::new_list(DataType::Int64, true), false))])
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Numbers::default()))
    }
}

/// All numbers of a group so far.
#[derive(Debug, Default)]
struct Numbers(Vec<i64>);

impl Numbers {
    fn add(&mut self, numbers: &ArrayRef) -> Result<()> {
        let Some(numbers) = numbers.as_primitive_opt::<Int64Type>() else {
            return exec_err!("repeated_values takes whole numbers");
        };
        if numbers.null_count() == 0 {
            self.0.extend_from_slice(numbers.values());
        } else {
            self.0.extend(numbers.iter().flatten());
        }
        Ok(())
    }
}

fn list(numbers: Vec<i64>) -> ScalarValue {
    SingleRowListArrayBuilder::new(Arc::new(Int64Array::from(numbers))).build_list_scalar()
}

impl Accumulator for Numbers {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.iter().try_for_each(|numbers| self.add(numbers))
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for lists in states {
            for numbers in lists.as_list::<i32>().iter().flatten() {
                self.add(&numbers)?;
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![list(std::mem::take(&mut self.0))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.0.sort_unstable();
        let runs = self.0.chunk_by(|one, other| one == other).filter(|run| run.len() > 1);
        Ok(list(runs.filter_map(|run| run.first().copied()).collect()))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.0.capacity() * size_of::<i64>()
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::RecordBatch;

    use super::*;
    use crate::{Engine, EngineOptions};

    /// The repeated numbers, as so many threads find them together.
    async fn repeated(numbers: Vec<Option<i64>>, threads: usize) -> Vec<i64> {
        let spill = tempfile::tempdir().unwrap();
        let options = EngineOptions { memory_bytes: 1 << 24, threads, spill_folder: spill.path().to_owned() };
        let session = Engine::new(&options).unwrap().wide_session();
        let numbers: ArrayRef = Arc::new(Int64Array::from(numbers));
        session
            .register_batch("row", RecordBatch::try_from_iter_with_nullable([("number", numbers, true)]).unwrap())
            .unwrap();
        let query = "select unnest(repeated_values(number)) as number from row";
        let found = session.sql(query).await.unwrap().collect().await.unwrap();
        found.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec()).collect()
    }

    #[tokio::test]
    async fn a_number_that_stands_in_several_rows_is_found_once_and_a_null_never() {
        let numbers = [Some(7), None, Some(9), Some(7), Some(-3), None, Some(7), Some(-3)];
        assert_eq!(repeated(numbers.to_vec(), 1).await, [-3, 7]);
        assert!(repeated(vec![Some(1), Some(2), None], 1).await.is_empty());
        assert!(repeated(Vec::new(), 1).await.is_empty());
    }

    #[tokio::test]
    async fn numbers_counted_on_several_threads_are_the_same() {
        let numbers: Vec<Option<i64>> = (0..20_000).map(|number| Some(number % 15_000)).collect();
        assert_eq!(repeated(numbers, 3).await, (0..5_000).collect::<Vec<_>>());
    }
}
