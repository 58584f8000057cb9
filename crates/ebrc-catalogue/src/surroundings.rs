//! What stands around a reply in a report, and says nothing of the reason.

use csv::{ReaderBuilder, StringRecord};

use crate::{Entry, Error, Slot, reader};

/// The columns of the file, in this order.
const HEADER: [&str; 3] = ["place", "text", "language"];

/// Words that sending servers, their notifications and their logs put before
/// and behind a reply, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surroundings {
    before: Vec<Entry>,
    behind: Vec<Entry>,
}

impl Surroundings {
    /// Reads the CSV file of surroundings: a place, `before` or `behind`, a
    /// text with the slots of the catalogue (but not `{code}`), and its
    /// language.
    ///
    /// # Errors
    /// What is wrong with a line of the file.
    pub fn from_text(file: &str, content: &str) -> Result<Self, Error> {
        let refuse = |line, reason| {
            Err(Error::Line {
                file: file.to_owned(),
                line,
                reason,
            })
        };
        // Spreadsheets put a byte order mark before UTF-8.
        let content = content.strip_prefix('\u{feff}').unwrap_or(content);
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .from_reader(content.as_bytes());
        match reader.headers() {
            Ok(header) if header.iter().eq(HEADER) => {}
            _ => return refuse(1, format!("begin the file with {}", HEADER.join(","))),
        }
        let mut surroundings = Self::default();
        let mut record = StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(false) => return Ok(surroundings),
                Ok(true) => {}
                Err(error) => {
                    let line = error.position().map_or(1, csv::Position::line);
                    return refuse(line, format!("{error}; write it as RFC 4180 says"));
                }
            }
            let line = record.position().map_or(1, csv::Position::line);
            if let Err(reason) = surroundings.add(&record) {
                return refuse(line, reason);
            }
        }
    }

    fn add(&mut self, record: &StringRecord) -> Result<(), String> {
        let fields: Vec<&str> = record.iter().map(str::trim).collect();
        let &[place, text, language] = fields.as_slice() else {
            return Err(format!(
                "{} fields where {} belong; put quotes around a text with commas",
                fields.len(),
                HEADER.len()
            ));
        };
        // As a text that gives no reason, which it is.
        let entry = ["ambiguous", "none", text, "generic", language, "1"];
        let entry = reader::entry(&StringRecord::from(entry.as_slice()))?;
        if entry.text.has(Slot::Code) {
            return Err("`{code}` belongs to replies of several lines; leave it out".to_owned());
        }
        match place {
            "before" => self.before.push(entry),
            "behind" => self.behind.push(entry),
            _ => return Err(format!("`{place}` is no place; write before or behind")),
        }
        Ok(())
    }

    /// What stands before a reply.
    pub(crate) fn before(&self) -> &[Entry] {
        &self.before
    }

    /// What stands behind it.
    pub(crate) fn behind(&self) -> &[Entry] {
        &self.behind
    }
}
