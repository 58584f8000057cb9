use std::net::IpAddr;
use std::path::Path;

use maxminddb::path;

use crate::Error;
use crate::database::{Database, Wanted};

/// A network with routing of its own (RFC 1930).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutonomousSystem<'a> {
    /// Its number.
    pub number: u32,
    /// Who runs it, where the source says so.
    pub organisation: Option<&'a str>,
}

/// In which autonomous systems servers stand.
pub trait AutonomousSystems: Send + Sync {
    /// The autonomous system of an address, where the source knows one.
    fn system(&self, ip: IpAddr) -> Option<AutonomousSystem<'_>>;

    /// What the source is, in a line, for a report.
    fn describe(&self) -> String;
}

/// Autonomous systems from a MaxMind database with the fields of GeoLite2 ASN:
/// `autonomous_system_number` and `autonomous_system_organization`.
#[derive(Debug)]
pub struct MmdbAutonomousSystems(Database<(u32, Option<Box<str>>)>);

impl MmdbAutonomousSystems {
    /// Reads a database, which may be compressed, into memory.
    ///
    /// # Errors
    /// Where it cannot be read, is damaged, or has no autonomous system at all.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let wanted = Wanted {
            field: "autonomous_system_number",
            remedy: "give a database of autonomous systems, such as GeoLite2-ASN",
            decode: |record| {
                let number = record.decode_path(&path!["autonomous_system_number"])?;
                let Some(number) = number else {
                    return Ok(None);
                };
                let name: Option<&str> =
                    record.decode_path(&path!["autonomous_system_organization"])?;
                Ok(Some((number, name.map(Box::from))))
            },
        };
        Database::open(path, &wanted).map(Self)
    }
}

impl AutonomousSystems for MmdbAutonomousSystems {
    fn system(&self, ip: IpAddr) -> Option<AutonomousSystem<'_>> {
        let (number, organisation) = self.0.value(ip)?;
        Some(AutonomousSystem {
            number: *number,
            organisation: organisation.as_deref(),
        })
    }

    fn describe(&self) -> String {
        self.0.describe()
    }
}
