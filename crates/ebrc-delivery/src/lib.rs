//! Delivery-log records: streaming NDJSON and Parquet in and out.
