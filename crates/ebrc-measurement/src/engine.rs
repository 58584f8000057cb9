use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{ParamValues, ScalarValue};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::execute_stream_partitioned;
use datafusion::prelude::{
    DataFrame, ParquetReadOptions, SQLOptions, SessionConfig, SessionContext,
};
use ebrc_files::CompleteFile;
use futures::StreamExt;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use url::Url;

use crate::{Error, Rows, Settings, Sources, functions};

/// Pieces that work is cut into, whatever the number of threads: so that files
/// of tables, which follow the pieces, are the same everywhere.
pub(crate) const PIECES: usize = 8;

/// The file of a table's piece.
pub(crate) fn piece(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("piece-{number}.parquet"))
}

/// Plans of big queries are deep, and are gone through by functions that call
/// themselves.
const STACK: usize = 64 << 20;

/// How much the engine may use.
#[derive(Debug, Clone)]
pub struct Resources {
    /// Threads.
    pub threads: usize,
    /// Bytes for what queries gather in memory; what is more goes to disk.
    pub memory: usize,
    /// A folder for that.
    pub spill_folder: PathBuf,
}

/// Tables, and the functions that rules and queries use on them.
pub(crate) struct Engine {
    context: SessionContext,
    runtime: tokio::runtime::Runtime,
    parameters: Vec<(&'static str, ScalarValue)>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    pub(crate) fn new(
        settings: &Settings,
        sources: &Sources,
        resources: &Resources,
    ) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(resources.threads.max(1))
            .thread_stack_size(STACK)
            .build()
            .map_err(Error::Threads)?;
        ebrc_files::create_folder(&resources.spill_folder)?;
        let mut config = SessionConfig::new()
            .with_target_partitions(PIECES)
            .with_information_schema(true)
            .with_round_robin_repartition(false);
        let options = config.options_mut();
        // The functions take plain text.
        options.execution.parquet.schema_force_view_types = false;
        options.execution.parquet.pushdown_filters = true;
        // What each piece's sort keeps for merging, so that little memory is
        // enough.
        options.execution.sort_spill_reservation_bytes =
            (resources.memory / (8 * PIECES)).min(10 << 20);
        options.sql_parser.map_string_types_to_utf8view = false;
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(resources.memory)))
            .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(
                DiskManagerMode::Directories(vec![resources.spill_folder.clone()]),
            ))
            .build_arc()
            .map_err(Error::query("engine"))?;
        let context = SessionContext::new_with_config_rt(config, environment);
        functions::register(&context, sources, settings.major_type);
        Ok(Self {
            context,
            runtime,
            parameters: settings.parameters(),
        })
    }

    /// Waits for a future, on a thread whose stack is large enough for any plan.
    fn block_on<F>(&self, future: F) -> Result<F::Output, Error>
    where
        F: Future + Send,
        F::Output: Send,
    {
        std::thread::scope(|scope| {
            let waiting = std::thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, || self.runtime.block_on(future))
                .map_err(Error::Threads)?;
            match waiting.join() {
                Ok(output) => Ok(output),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    /// Sets what rules name as `$name`.
    pub(crate) fn set_parameter(&mut self, name: &'static str, value: bool) {
        self.parameters
            .push((name, ScalarValue::Boolean(Some(value))));
    }

    /// Makes a Parquet file, or a folder of them, a table.
    pub(crate) fn open_table(&self, name: &str, path: &Path) -> Result<(), Error> {
        if !path.exists() {
            return Err(Error::NoTable(path.to_owned()));
        }
        // As a URL, no letter of the path means anything else.
        let absolute =
            std::path::absolute(path).map_err(|source| ebrc_files::Error::read(path, source))?;
        let url = if path.is_dir() {
            Url::from_directory_path(&absolute)
        } else {
            Url::from_file_path(&absolute)
        };
        let url = url.map_err(|()| Error::NoTable(path.to_owned()))?;
        let options = ParquetReadOptions::default();
        self.block_on(self.context.register_parquet(name, url.as_str(), options))?
            .map_err(Error::query(name))
    }

    /// Makes rows in memory a table.
    pub(crate) fn register(&self, name: &str, rows: RecordBatch) -> Result<(), Error> {
        self.context
            .register_batch(name, rows)
            .map_err(Error::query(name))?;
        Ok(())
    }

    /// The rows of a query that changes nothing.
    pub(crate) fn query(&self, sql: &str) -> Result<Rows, Error> {
        self.block_on(async {
            let frame = self.read_only(sql).await?;
            let schema = Arc::new(frame.schema().as_arrow().clone());
            let batches = frame.collect().await.map_err(Error::query("query"))?;
            Ok(Rows { schema, batches })
        })?
    }

    /// The same, given to `take` bit by bit; once at the least.
    pub(crate) fn stream_query<E: From<Error> + Send>(
        &self,
        sql: &str,
        mut take: impl FnMut(&Rows) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        self.block_on(async {
            let frame = self.read_only(sql).await?;
            let schema: SchemaRef = Arc::new(frame.schema().as_arrow().clone());
            let rows = |batches| Rows {
                schema: Arc::clone(&schema),
                batches,
            };
            take(&rows(Vec::new()))?;
            let mut stream = frame
                .execute_stream()
                .await
                .map_err(Error::query("query"))?;
            while let Some(batch) = stream.next().await {
                take(&rows(vec![batch.map_err(Error::query("query"))?]))?;
            }
            Ok(())
        })?
    }

    async fn read_only(&self, sql: &str) -> Result<DataFrame, Error> {
        let options = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        self.context
            .sql_with_options(sql, options)
            .await
            .map_err(Error::query("query"))
    }

    /// Makes a query a view.
    pub(crate) fn define_view(&self, name: &str, sql: &str) -> Result<(), Error> {
        let frame = self.frame(name, sql)?;
        self.context
            .register_table(name, frame.into_view())
            .map_err(Error::query(name))?;
        Ok(())
    }

    fn frame(&self, name: &str, sql: &str) -> Result<DataFrame, Error> {
        let frame = self
            .block_on(self.context.sql(sql))?
            .map_err(Error::query(name))?;
        let parameters = ParamValues::from(self.parameters.clone());
        if !sql.contains('$') {
            return Ok(frame);
        }
        frame
            .with_param_values(parameters)
            .map_err(Error::query(name))
    }

    /// The rows of a query, all at once.
    pub(crate) fn rows(&self, name: &str, sql: &str) -> Result<Rows, Error> {
        let frame = self.frame(name, sql)?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let batches = self
            .block_on(frame.collect())?
            .map_err(Error::query(name))?;
        Ok(Rows { schema, batches })
    }

    /// Gives the rows of a query to `take`, batch by batch, in their order.
    pub(crate) fn stream(
        &self,
        name: &str,
        sql: &str,
        mut take: impl FnMut(&RecordBatch) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let frame = self.frame(name, sql)?;
        self.block_on(async {
            let mut stream = frame.execute_stream().await.map_err(Error::query(name))?;
            while let Some(batch) = stream.next().await {
                take(&batch.map_err(Error::query(name))?)?;
            }
            Ok(())
        })?
    }

    /// Writes the rows of a query, in their order, into one file.
    pub(crate) fn write_ordered(&self, name: &str, sql: &str, path: &Path) -> Result<(), Error> {
        let frame = self.frame(name, sql)?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let mut file = TableFile::create(path, schema)?;
        self.block_on(async {
            let mut stream = frame.execute_stream().await.map_err(Error::query(name))?;
            while let Some(batch) = stream.next().await {
                file.write(&batch.map_err(Error::query(name))?)?;
            }
            Ok::<(), Error>(())
        })??;
        file.commit()
    }

    /// Writes the rows of a query into a folder of files, one a piece, all at
    /// the same time.
    pub(crate) fn write_pieces(&self, name: &str, sql: &str, folder: &Path) -> Result<(), Error> {
        let frame = self.frame(name, sql)?;
        let schema: SchemaRef = Arc::new(frame.schema().as_arrow().clone());
        let pieces: Result<Vec<_>, Error> = self.block_on(async {
            let plan = frame
                .create_physical_plan()
                .await
                .map_err(Error::query(name))?;
            let streams = execute_stream_partitioned(plan, self.context.task_ctx())
                .map_err(Error::query(name))?;
            let mut tasks = tokio::task::JoinSet::new();
            for (number, stream) in streams.into_iter().enumerate() {
                let file = TableFile::create(&piece(folder, number), Arc::clone(&schema))?;
                tasks.spawn(drain(name.to_owned(), stream, file));
            }
            let mut files = Vec::new();
            while let Some(written) = tasks.join_next().await {
                let written = written.map_err(|error| Error::Threads(error.into()));
                files.push(written??);
            }
            Ok(files)
        })?;
        pieces?.into_iter().try_for_each(TableFile::commit)
    }
}

async fn drain(
    name: String,
    mut stream: SendableRecordBatchStream,
    mut file: TableFile,
) -> Result<TableFile, Error> {
    while let Some(batch) = stream.next().await {
        file.write(&batch.map_err(Error::query(&name))?)?;
    }
    Ok(file)
}

/// A Parquet file of a table, in the writing.
pub(crate) struct TableFile {
    path: PathBuf,
    writer: ArrowWriter<CompleteFile>,
}

impl TableFile {
    pub(crate) fn create(path: &Path, schema: SchemaRef) -> Result<Self, Error> {
        let properties = WriterProperties::builder()
            .set_created_by("ebrc".to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(1 << 18))
            .build();
        let writer = ArrowWriter::try_new(CompleteFile::create(path)?, schema, Some(properties))
            .map_err(|error| parquet_error(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            writer,
        })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.writer
            .write(batch)
            .map_err(|error| parquet_error(&self.path, &error))
    }

    pub(crate) fn commit(self) -> Result<(), Error> {
        let file = self
            .writer
            .into_inner()
            .map_err(|error| parquet_error(&self.path, &error))?;
        Ok(file.commit()?)
    }
}

fn parquet_error(path: &Path, error: &parquet::errors::ParquetError) -> Error {
    Error::Parquet {
        file: path.to_owned(),
        reason: error.to_string(),
    }
}
