//! The functions that rules and queries may use beside the engine's own.

mod list;
mod median;
mod outside;
mod text;

use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use datafusion::prelude::SessionContext;

use crate::{MajorType, Sources};

/// Makes every function known to a session.
pub(crate) fn register(context: &SessionContext, sources: &Sources, major_type: MajorType) {
    let functions = text::all()
        .into_iter()
        .chain(list::all(major_type))
        .chain(outside::all(sources));
    for function in functions {
        context.register_udf(function);
    }
    context.register_udaf(median::sketched_median());
}

/// A function of one value a row.
fn scalar(
    name: &str,
    inputs: Vec<DataType>,
    output: DataType,
    call: impl Fn(&[ArrayRef]) -> Result<ArrayRef> + Send + Sync + 'static,
) -> ScalarUDF {
    let call = move |values: &[ColumnarValue]| {
        let is_constant = values
            .iter()
            .all(|value| matches!(value, ColumnarValue::Scalar(_)));
        let result = call(&ColumnarValue::values_to_arrays(values)?)?;
        Ok(if is_constant {
            ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?)
        } else {
            ColumnarValue::Array(result)
        })
    };
    create_udf(name, inputs, output, Volatility::Immutable, Arc::new(call))
}

fn list_of_text() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)))
}
