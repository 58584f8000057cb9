//! What the files of a report are called.

use std::collections::BTreeSet;

use ebrc_artefacts::{Artefact, Measurement, Outcome};
use serde::Deserialize;

use crate::Error;

/// All single figures.
pub(crate) const FIGURES: &str = "figures.csv";
/// The page.
pub(crate) const PAGE: &str = "report.html";
/// The measurement itself.
pub(crate) const JSON: &str = "measurement.json";

/// The stem of a table's or picture's files: `o1-bounce-degree-by-month`, and
/// `o1-bounce-degree` where it is called as its artefact.
pub(crate) fn stem(artefact: &Artefact, part: &str) -> String {
    joined(&artefact.id, &artefact.name, part)
}

fn joined(id: &str, name: &str, part: &str) -> String {
    let (id, name, part) = (plain(id), plain(name), plain(part));
    let repeated = part == name || part.starts_with(&format!("{name}-"));
    let parts = if repeated {
        [id, part, String::new()]
    } else {
        [id, name, part]
    };
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

/// Small letters, digits and hyphens: safe in any folder and any link.
fn plain(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let words = lower.split(|sign: char| !sign.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// Refuses a measurement in which two tables, or two pictures, would share a
/// file.
pub(crate) fn check(measurement: &Measurement) -> Result<(), Error> {
    let mut seen = BTreeSet::from([FIGURES, PAGE, JSON].map(str::to_owned));
    for artefact in &measurement.artefacts {
        let Outcome::Measured(findings) = &artefact.outcome else {
            continue;
        };
        let tables = findings.tables.iter().map(|table| (&table.name, "csv"));
        let pictures = findings.pictures.iter().map(|part| (&part.name, "svg"));
        for (part, ending) in tables.chain(pictures) {
            let file = format!("{}.{ending}", stem(artefact, part));
            if !seen.insert(file.clone()) {
                return Err(Error::SameName {
                    artefact: artefact.id.clone(),
                    file,
                });
            }
        }
    }
    Ok(())
}

/// Of an earlier `measurement.json`, what its files were named after; all else
/// may have had another form.
#[derive(Deserialize)]
struct Former {
    artefacts: Vec<FormerArtefact>,
}

#[derive(Deserialize)]
struct FormerArtefact {
    id: String,
    name: String,
    outcome: FormerOutcome,
}

#[derive(Deserialize)]
struct FormerOutcome {
    measured: Option<FormerFindings>,
}

#[derive(Deserialize)]
struct FormerFindings {
    #[serde(default)]
    tables: Vec<Named>,
    #[serde(default)]
    pictures: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// The files that a report of this `measurement.json` has, itself left out;
/// none where it is of something else.
pub(crate) fn of_former(json: &[u8]) -> BTreeSet<String> {
    let Ok(former) = serde_json::from_slice::<Former>(json) else {
        return BTreeSet::new();
    };
    let mut files = BTreeSet::from([FIGURES, PAGE].map(str::to_owned));
    for artefact in former.artefacts {
        let Some(findings) = artefact.outcome.measured else {
            continue;
        };
        let stem = |part: &Named| joined(&artefact.id, &artefact.name, &part.name);
        files.extend(
            findings
                .tables
                .iter()
                .map(|part| format!("{}.csv", stem(part))),
        );
        for part in &findings.pictures {
            files.insert(format!("{}.svg", stem(part)));
            files.insert(format!("{}.png", stem(part)));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_do_not_repeat_themselves() {
        let cases = [
            (
                ["O1", "bounce-degree", "by-month"],
                "o1-bounce-degree-by-month",
            ),
            (["O1", "bounce-degree", "bounce-degree"], "o1-bounce-degree"),
            (["B3", "proxies", "proxies-by-day"], "b3-proxies-by-day"),
            (["../X", "a/b", "C d"], "x-a-b-c-d"),
        ];
        for ([id, name, part], expected) in cases {
            assert_eq!(joined(id, name, part), expected);
        }
    }

    #[test]
    fn only_a_measurement_names_files() {
        assert!(of_former(b"{\"name\":\"package\"}").is_empty());
        assert!(of_former(b"not JSON").is_empty());
        let json = br#"{"artefacts":[
            {"id":"O1","name":"degree","outcome":{"measured":
                {"tables":[{"name":"degree","rows":7}],"pictures":[{"name":"figure-5"}]}}},
            {"id":"O2","name":"x","outcome":{"not-measurable":{"missing":"y"}}}]}"#;
        let files: Vec<String> = of_former(json).into_iter().collect();
        let expected = [
            "figures.csv",
            "o1-degree-figure-5.png",
            "o1-degree-figure-5.svg",
            "o1-degree.csv",
            "report.html",
        ];
        assert_eq!(files, expected);
    }
}
