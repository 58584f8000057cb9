use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Fault;
use crate::table::Table;
use crate::{Country, Error, file_name};

const HEADER: &str = "begin the file with the line `country,mbps`";

/// How fast the networks of countries are, from a CSV file with the columns
/// `country`, a two-letter code, and `mbps`; other columns count for nothing.
/// Appendix C sets the countries under 25 Mbps apart.
#[derive(Debug, Clone)]
pub struct BandwidthTable {
    countries: BTreeMap<Country, f64>,
    description: String,
}

impl BandwidthTable {
    /// Reads a table, which may be compressed.
    ///
    /// # Errors
    /// Where it cannot be read, lacks a column, or a line has no country, no
    /// number, or a country that was there before.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let table = Table::open(path)?;
        let country = table.column("country", HEADER)?;
        let mbps = table.column("mbps", HEADER)?;
        let mut countries = BTreeMap::new();
        table.for_each_row(|row| {
            let country = Country::from_code(row.get(country)).ok_or_else(|| {
                Fault::new(
                    "there is no country",
                    "write its two-letter code, such as DE",
                )
            })?;
            let mbps: f64 = row.get(mbps).parse().unwrap_or(f64::NAN);
            if !(mbps.is_finite() && mbps > 0.0) {
                return Err(Fault::new(
                    "there is no bandwidth",
                    "write megabits a second, such as 48.5, or leave the line out",
                ));
            }
            match countries.insert(country, mbps) {
                None => Ok(()),
                Some(_) => Err(Fault::new(
                    format!("{country} was there before"),
                    "keep one line a country",
                )),
            }
        })?;
        let countries_there = match countries.len() {
            1 => "1 country".to_owned(),
            number => format!("{number} countries"),
        };
        let description = format!("{}: {countries_there}", file_name(path));
        Ok(Self {
            countries,
            description,
        })
    }

    /// A country's bandwidth in megabits a second, where the table has it.
    #[must_use]
    pub fn mbps(&self, country: Country) -> Option<f64> {
        self.countries.get(&country).copied()
    }

    /// What the table is, in a line, for a report.
    #[must_use]
    pub fn describe(&self) -> String {
        self.description.clone()
    }
}
