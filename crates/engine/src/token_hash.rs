//! `token_hash(token)`: a number by which equal tokens are found quickly.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

const TOKEN: DataType = DataType::FixedSizeBinary(32);

/// Equal tokens have equal numbers, and so may two unequal ones: who finds two rows by it compares their tokens as well.
/// A null token has a null number.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct TokenHash {
    signature: Signature,
}

impl TokenHash {
    pub(crate) fn new() -> Self {
        Self { signature: Signature::exact(vec![TOKEN], Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for TokenHash {
    fn name(&self) -> &'static str {
        "token_hash"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let Some(tokens) = arrays.first().and_then(|tokens| tokens.as_fixed_size_binary_opt()) else {
            return exec_err!("token_hash takes a token");
        };
        // A token is an HMAC: any eight of its bytes are a hash of it.
        let numbers = tokens
            .values()
            .chunks_exact(32)
            .map(|token| token.first_chunk().map_or(0, |first| i64::from_le_bytes(*first)));
        let numbers: ArrayRef = Arc::new(Int64Array::new(numbers.collect(), tokens.nulls().cloned()));
        Ok(ColumnarValue::Array(numbers))
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{FixedSizeBinaryArray, RecordBatch};
    use datafusion::arrow::datatypes::Int64Type;

    use super::*;
    use crate::{Engine, EngineOptions};

    #[tokio::test]
    async fn equal_tokens_have_equal_numbers_and_a_null_token_has_none() {
        let spill = tempfile::tempdir().unwrap();
        let options = EngineOptions { memory_bytes: 1 << 24, threads: 1, spill_folder: spill.path().to_owned() };
        let session = Engine::new(&options).unwrap().session();
        let tokens = [Some([7; 32]), Some([9; 32]), None, Some([7; 32])];
        let tokens = FixedSizeBinaryArray::try_from_sparse_iter_with_size(tokens.into_iter(), 32).unwrap();
        let rows = RecordBatch::try_from_iter_with_nullable([("token", Arc::new(tokens) as ArrayRef, true)]).unwrap();
        session.register_batch("row", rows).unwrap();
        let found = session.sql("select token_hash(token) from row").await.unwrap().collect().await.unwrap();
        let numbers: Vec<_> = found[0].column(0).as_primitive::<Int64Type>().iter().collect();
        assert_eq!((numbers[0], numbers[2]), (numbers[3], None));
        assert_ne!(numbers[0], numbers[1]);
    }
}
