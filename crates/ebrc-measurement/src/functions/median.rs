use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::{as_binary_array, as_float64_array};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, AggregateUDF, Volatility, create_udaf};
use sketches_ddsketch::{Config, DDSketch};

/// How far a median may be from the exact one, as a share of it.
const ACCURACY: f64 = 0.001;

/// Bins a sketch may have: enough for numbers from 1 to 10⁸ at that accuracy.
const MOST_BINS: u32 = 10_000;

/// The median of numbers, from a sketch whose size does not grow with
/// their count (DDSketch: Masson, Rim and Lee, VLDB 2019), so that the answer
/// does not depend on the order in which parts are put together.
pub(super) fn sketched_median() -> AggregateUDF {
    create_udaf(
        "sketched_median",
        vec![DataType::Float64],
        Arc::new(DataType::Float64),
        Volatility::Immutable,
        Arc::new(|_| Ok(Box::new(Median::default()))),
        Arc::new(vec![DataType::Binary]),
    )
}

struct Median(DDSketch);

impl Default for Median {
    fn default() -> Self {
        Self(DDSketch::new(Config::new(ACCURACY, MOST_BINS, 1e-3)))
    }
}

impl fmt::Debug for Median {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Median")
            .field("count", &self.0.count())
            .finish()
    }
}

impl Accumulator for Median {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for value in as_float64_array(&values[0])?.iter().flatten() {
            self.0.add(value);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let median = self.0.quantile(0.5).map_err(external)?;
        Ok(ScalarValue::Float64(median))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.length() * size_of::<u64>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        // The extremes of an empty sketch are infinite, which JSON cannot say.
        let state = (self.0.count() > 0)
            .then(|| serde_json::to_vec(&self.0))
            .transpose()
            .map_err(external)?;
        Ok(vec![ScalarValue::Binary(state)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let states = as_binary_array(&states[0])?;
        for state in states.iter().flatten() {
            let other: DDSketch = serde_json::from_slice(state).map_err(external)?;
            self.0.merge(&other).map_err(external)?;
        }
        Ok(())
    }
}

fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
