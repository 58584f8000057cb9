use std::net::IpAddr;
use std::path::Path;

use maxminddb::path;

use crate::database::{Database, Wanted};
use crate::{Country, Error};

/// In which countries servers stand.
pub trait Geography: Send + Sync {
    /// The country of an address, where the source knows one.
    fn country(&self, ip: IpAddr) -> Option<Country>;

    /// What the source is, in a line, for a report.
    fn describe(&self) -> String;
}

/// Countries from a MaxMind database with the fields of GeoLite2 Country or
/// City: where the network is, `country`, else where it is registered,
/// `registered_country`.
#[derive(Debug)]
pub struct MmdbGeography(Database<Country>);

impl MmdbGeography {
    /// Reads a database, which may be compressed, into memory.
    ///
    /// # Errors
    /// Where it cannot be read, is damaged, or has no country at all.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let wanted = Wanted {
            field: "country.iso_code",
            remedy: "give a database of countries, such as GeoLite2-Country",
            decode: |record| {
                let code: Option<&str> = record.decode_path(&path!["country", "iso_code"])?;
                let country = code.and_then(Country::from_code);
                if country.is_some() {
                    return Ok(country);
                }
                let code: Option<&str> =
                    record.decode_path(&path!["registered_country", "iso_code"])?;
                Ok(code.and_then(Country::from_code))
            },
        };
        Database::open(path, &wanted).map(Self)
    }
}

impl Geography for MmdbGeography {
    fn country(&self, ip: IpAddr) -> Option<Country> {
        self.0.value(ip).copied()
    }

    fn describe(&self) -> String {
        self.0.describe()
    }
}
