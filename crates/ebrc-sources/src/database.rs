use std::collections::BTreeMap;
use std::io::Read;
use std::net::IpAddr;
use std::path::Path;

use chrono::DateTime;
use maxminddb::{LookupResult, MaxMindDbError, Reader, WithinOptions};

use crate::{Error, file_name};

/// A record of a database, not yet decoded.
pub(crate) type Record<'a> = LookupResult<'a, Vec<u8>>;

/// What a kind of database is asked for.
pub(crate) struct Wanted<V> {
    /// The field, for a database that has it nowhere.
    pub(crate) field: &'static str,
    /// What to do then.
    pub(crate) remedy: &'static str,
    /// A record's value.
    pub(crate) decode: fn(&Record<'_>) -> Result<Option<V>, MaxMindDbError>,
}

/// A MaxMind database of which one value a record is wanted. Networks share
/// records, so each is decoded once, on opening; damage shows itself there,
/// and never as an address without an answer.
pub(crate) struct Database<V> {
    reader: Reader<Vec<u8>>,
    /// By the record's place in the file, which is how a lookup names it.
    values: Vec<(usize, V)>,
    description: String,
}

impl<V> Database<V> {
    pub(crate) fn open(path: &Path, wanted: &Wanted<V>) -> Result<Self, Error> {
        let mut bytes = Vec::new();
        ebrc_files::open_read(path)?
            .read_to_end(&mut bytes)
            .map_err(|source| Error::read(path, source))?;
        let refuse = |error: MaxMindDbError| Error::Snapshot {
            file: path.to_owned(),
            reason: error.to_string(),
            remedy: "it is damaged or no MaxMind database: fetch it again",
        };
        let reader = Reader::from_source(bytes).map_err(refuse)?;
        let values = decode_all(&reader, wanted).map_err(refuse)?;
        if values.is_empty() {
            return Err(Error::Snapshot {
                file: path.to_owned(),
                reason: format!("no record has `{}`", wanted.field),
                remedy: wanted.remedy,
            });
        }
        let description = describe(path, &reader);
        Ok(Self {
            reader,
            values,
            description,
        })
    }

    /// The value of an address. IPv4 addresses that are written as IPv6
    /// (`::ffff:192.0.2.1`) count as IPv4.
    pub(crate) fn value(&self, ip: IpAddr) -> Option<&V> {
        // An error remains for IPv6 in a database of IPv4: no answer.
        let place = self.reader.lookup(ip.to_canonical()).ok()?.offset()?;
        let found = self.values.binary_search_by_key(&place, |value| value.0);
        self.values.get(found.ok()?).map(|value| &value.1)
    }

    pub(crate) fn describe(&self) -> String {
        self.description.clone()
    }
}

impl<V> std::fmt::Debug for Database<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Database").field(&self.description).finish()
    }
}

fn decode_all<V>(
    reader: &Reader<Vec<u8>>,
    wanted: &Wanted<V>,
) -> Result<Vec<(usize, V)>, MaxMindDbError> {
    // A tree of so many nodes has at most twice as many leaves. Damage can
    // make branches lead back, and the tree endless.
    let most = u64::from(reader.metadata().node_count) * 3;
    let options = WithinOptions::default().include_networks_without_data();
    let mut values = BTreeMap::new();
    for (number, record) in (0..).zip(reader.networks(options)?) {
        if number > most {
            return Err(MaxMindDbError::invalid_database(
                "branches of the search tree lead back into it",
            ));
        }
        let record = record?;
        if let Some(place) = record.offset()
            && !values.contains_key(&place)
        {
            values.insert(place, (wanted.decode)(&record)?);
        }
    }
    Ok(values
        .into_iter()
        .filter_map(|(place, value)| value.map(|value| (place, value)))
        .collect())
}

fn describe(path: &Path, reader: &Reader<Vec<u8>>) -> String {
    let metadata = reader.metadata();
    let built = i64::try_from(metadata.build_epoch)
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .map_or_else(
            || "built on no known day".to_owned(),
            |built| format!("built {}", built.date_naive()),
        );
    format!("{}: {}, {built}", file_name(path), metadata.database_type)
}
