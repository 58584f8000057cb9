//! Delivery-log records: streaming NDJSON and Parquet in and out.
//!
//! A record is one mail with all its delivery attempts, as Figure 3 of the
//! paper shows it. [`LogReader`] reads logs of any size in either format, also
//! compressed, and goes on after a bad record; [`LogWriter`] writes them,
//! complete or not at all. The two Parquet files that the stages make beside a
//! log, assignments and annotations, are read and written here too.
//!
//! ```
//! use ebrc_delivery::{DeliveryRecord, LogReader, LogWriter};
//!
//! # let folder = tempfile::tempdir()?;
//! # let (log, copy) = (folder.path().join("log.ndjson"), folder.path().join("log.parquet"));
//! # std::fs::write(&log, r#"{"from":"a@a.example","to":"b@b.example","start_time":"2022-06-14 16:30:35","end_time":"2022-06-14 16:45:19","from_ip":["10.0.0.1"],"to_ip":["10.0.0.2"],"delivery_result":["550 no"],"delivery_latency":[54854],"email_flag":"Normal"}"#)?;
//! let records: Vec<DeliveryRecord> = LogReader::open(&log)?.collect::<Result<_, _>>()?;
//! let mut writer = LogWriter::create(&copy)?;
//! for record in &records {
//!     writer.write(record)?;
//! }
//! writer.commit()?;
//! assert_eq!(LogReader::open(&copy)?.collect::<Result<Vec<_>, _>>()?, records);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod annotated;
mod assignments;
mod columns;
mod error;
mod log;
mod record;

pub use annotated::{AnnotatedReader, AnnotatedRecord, AnnotatedWriter, TypeSource};
pub use assignments::{Assignment, AssignmentReader, AssignmentWriter};
pub use error::Error;
pub use log::{LogReader, LogWriter};
pub use record::{DeliveryRecord, EmailFlag};
