//! A file of the catalogue, line by line.

use csv::{Reader, ReaderBuilder, StringRecord};
use ebrc_taxonomy::TemplateLabel;

use crate::{Codes, Entry, Error, Part, Slot, Text};

/// The columns of a file, in this order.
pub(crate) const HEADER: [&str; 6] = ["label", "codes", "text", "software", "language", "weight"];

/// Appends a file's entries.
pub(crate) fn read(file: &str, content: &str, entries: &mut Vec<Entry>) -> Result<(), Error> {
    // Spreadsheets put a byte order mark before UTF-8.
    let content = content.strip_prefix('\u{feff}').unwrap_or(content);
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .from_reader(content.as_bytes());
    check_header(file, &mut reader)?;
    let mut record = StringRecord::new();
    loop {
        let refuse = |line, reason| {
            Err(Error::Line {
                file: file.to_owned(),
                line,
                reason,
            })
        };
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                return refuse(line, format!("{error}; write it as RFC 4180 says"));
            }
        }
        let line = record.position().map_or(1, csv::Position::line);
        match entry(&record) {
            Ok(entry) => entries.push(entry),
            Err(reason) => return refuse(line, reason),
        }
    }
}

fn check_header(file: &str, reader: &mut Reader<&[u8]>) -> Result<(), Error> {
    let reason = match reader.headers() {
        Ok(header) if header.iter().eq(HEADER) => return Ok(()),
        Ok(header) => header
            .iter()
            .find(|column| !HEADER.contains(column))
            .map_or_else(
                || "a column is missing or out of its place".to_owned(),
                |column| format!("`{column}` is no column"),
            ),
        Err(error) => error.to_string(),
    };
    Err(Error::Line {
        file: file.to_owned(),
        line: 1,
        reason: format!("{reason}; begin the file with {}", HEADER.join(",")),
    })
}

pub(crate) fn entry(record: &StringRecord) -> Result<Entry, String> {
    let fields: Vec<&str> = record.iter().map(str::trim).collect();
    let &[label, codes, text, software, language, weight] = fields.as_slice() else {
        return Err(format!(
            "{} fields where {} belong; put quotes around a text with commas",
            fields.len(),
            HEADER.len()
        ));
    };
    let label: TemplateLabel = label
        .parse()
        .map_err(|error: ebrc_taxonomy::Error| error.to_string())?;
    let mut variants = Vec::new();
    for word in codes.split('|') {
        let codes = Codes::parse(word.trim())?;
        if !variants.contains(&codes) {
            variants.push(codes);
        }
    }
    if text.is_empty() {
        return Err("the text is empty; write what the server says, or remove the line".to_owned());
    }
    let name = |what: &str, name: &str| {
        let plain = !name.is_empty()
            && !name
                .chars()
                .any(|c| c.is_uppercase() || c.is_whitespace() || c.is_control());
        if plain {
            Ok(name.to_owned())
        } else {
            Err(format!(
                "`{name}` is no {what}; write one word in lower case"
            ))
        }
    };
    let shape = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let text = Text::parse(text)?;
    Ok(Entry {
        label,
        lead: lead(&text),
        codes: variants,
        text,
        software: name("software", software)?,
        language: match language.as_bytes() {
            [b'a'..=b'z', b'a'..=b'z'] => language.to_owned(),
            _ => {
                return Err(format!(
                    "`{language}` is no language; write two letters such as en (ISO 639-1)"
                ));
            }
        },
        weight: match weight.parse() {
            Ok(weight @ 1..=100) => weight,
            _ => {
                return Err(format!(
                    "`{weight}` is no weight; write 1 (rare) to 100 (everybody meets it daily)"
                ));
            }
        },
        shape: shape ^ (shape >> 29),
    })
}

/// How many parts of a sending server's report (`host a.com[192.0.2.1] said: `)
/// stand before the reported reply.
fn lead(text: &Text) -> usize {
    let parts = text.parts();
    let reports =
        matches!(parts, [Part::Literal(start), Part::Slot(Slot::MxHost), ..] if start == "host ");
    if !reports || text.has(Slot::Code) {
        return 0;
    }
    parts
        .iter()
        .position(
            |part| matches!(part, Part::Literal(literal) if literal.starts_with("] said: ") || literal.starts_with(" said: ")),
        )
        .unwrap_or(0)
}
