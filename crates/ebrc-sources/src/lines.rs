use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::Error;
use crate::error::Fault;

/// No entry of a list is longer; what is longer is no list.
const LONGEST: u64 = 1 << 16;

const BUFFER: usize = 1 << 17;

/// Gives every line that is not blank, without the space around it, to
/// `take`. The file may be compressed; one line is held at a time.
pub(crate) fn for_each_line(
    path: &Path,
    mut take: impl FnMut(&str) -> Result<(), Fault>,
) -> Result<(), Error> {
    let mut reader = BufReader::with_capacity(BUFFER, ebrc_files::open_read(path)?);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = (&mut reader)
            .take(LONGEST)
            .read_until(b'\n', &mut line)
            .map_err(|source| Error::read(path, source))?;
        if read == 0 {
            break;
        }
        entry_of(&line, number)
            .and_then(|entry| match entry {
                "" => Ok(()),
                entry => take(entry),
            })
            .map_err(|fault| fault.at(path, number))?;
    }
    Ok(())
}

fn entry_of(line: &[u8], number: u64) -> Result<&str, Fault> {
    if line.len() as u64 == LONGEST && !line.ends_with(b"\n") {
        return Err(Fault::new(
            format!("the line is longer than {LONGEST} bytes"),
            "give a text file with one entry a line",
        ));
    }
    let text = std::str::from_utf8(line).map_err(|_| {
        Fault::new(
            "the line is not UTF-8",
            "give a text file in UTF-8, with one entry a line",
        )
    })?;
    // Some editors put a byte order mark at a file's start.
    let text = match number {
        1 => text.trim_start_matches('\u{feff}'),
        _ => text,
    };
    Ok(text.trim())
}
