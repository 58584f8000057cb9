//! The files of a report, written so that none is of an earlier one.

use std::path::{Path, PathBuf};

use ebrc_artefacts::{Measurement, Outcome};
use ebrc_files::{create_folder, remove_if_there, write_complete};

use crate::names::{self, FIGURES, JSON, PAGE, stem};
use crate::pictures;
use crate::privacy::{Addresses, presentable};
use crate::{Error, page, tables};

/// Writes a report into a folder, which is made where it is missing: a CSV
/// file for each table, an SVG and a PNG file for each picture,
/// `figures.csv`, `measurement.json` and `report.html`. The files of an
/// earlier report, as its `measurement.json` names them, are removed first,
/// and `report.html` is written last: where it is, all is that it links to.
///
/// Returns the paths of what was written, in that order.
///
/// # Errors
/// Where the folder or a file cannot be written, where two parts of the
/// measurement would share a file, and where a picture's values cannot be
/// drawn; in the latter two cases nothing has changed on the disk.
pub fn write(
    measurement: &Measurement,
    folder: &Path,
    addresses: Addresses,
) -> Result<Vec<PathBuf>, Error> {
    names::check(measurement)?;
    let hidden = page::hidden_columns(measurement, addresses);
    let shown = presentable(measurement, addresses);
    let pictures = pictures::of_measurement(&shown)?;
    let json = [serde_json::to_vec_pretty(&shown)?, b"\n".to_vec()].concat();
    let page = page::to_html(&shown, &pictures, &hidden);

    create_folder(folder)?;
    remove_former(folder)?;
    let mut written = Vec::new();
    let mut write = |name: &str, content: &[u8]| -> Result<(), Error> {
        let path = folder.join(name);
        write_complete(&path, content)?;
        written.push(path);
        Ok(())
    };
    // It names all that follows: what a run leaves that stops here, a later
    // one removes.
    write(JSON, &json)?;
    write(FIGURES, &tables::figures(&shown))?;
    for artefact in &shown.artefacts {
        let Outcome::Measured(findings) = &artefact.outcome else {
            continue;
        };
        let tables = findings.tables.iter();
        for table in tables.filter(|table| !table.columns.is_empty()) {
            write(
                &format!("{}.csv", stem(artefact, &table.name)),
                &tables::table(table),
            )?;
        }
    }
    for picture in &pictures {
        write(&format!("{}.svg", picture.stem), picture.svg.as_bytes())?;
        write(&format!("{}.png", picture.stem), &picture.png)?;
    }
    write(PAGE, page.as_bytes())?;
    Ok(written)
}

fn remove_former(folder: &Path) -> Result<(), Error> {
    let json = folder.join(JSON);
    if !json.exists() {
        return Ok(());
    }
    for name in names::of_former(&ebrc_files::read(&json)?) {
        remove_if_there(&folder.join(name))?;
    }
    Ok(())
}
