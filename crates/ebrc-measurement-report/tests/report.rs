//! A whole report, as its readers and their programs find it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod sample;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ebrc_artefacts::{Measurement, Outcome, Table, Value};
use ebrc_measurement_report::{Addresses, Error, terminal, write};
use resvg::tiny_skia::Pixmap;
use scraper::{Html, Selector};
use unicode_width::UnicodeWidthStr as _;

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn tables(measurement: &Measurement) -> Vec<(String, &Table)> {
    let mut tables = Vec::new();
    for artefact in &measurement.artefacts {
        if let Outcome::Measured(findings) = &artefact.outcome {
            for table in &findings.tables {
                tables.push((artefact.id.clone(), table));
            }
        }
    }
    tables
}

/// A CSV file, read by the kinds of the table's columns.
fn read_table(path: &Path, like: &Table) -> (Vec<String>, Vec<Vec<Value>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let rows = reader.records().zip(&like.rows).map(|(record, row)| {
        let record = record.unwrap();
        assert_eq!(record.len(), row.len());
        let cells = record.iter().zip(row);
        cells
            .map(|(cell, like)| match like {
                _ if cell.is_empty() => Value::Missing,
                Value::Number(_) => Value::Number(cell.parse().unwrap()),
                _ => Value::Text(cell.to_owned()),
            })
            .collect()
    });
    (header, rows.collect())
}

#[test]
fn every_table_reads_back_equal() {
    let measurement = sample::measurement();
    let folder = tempfile::tempdir().unwrap();
    write(&measurement, folder.path(), Addresses::Shown).unwrap();
    let files = [
        "o1-bounce-degree-mails-by-day.csv",
        "e10-mails-by-type.csv",
        "u2-username-typos-typos.csv",
        "c1-latency-median-by-country.csv",
    ];
    let tables = tables(&measurement);
    assert_eq!(tables.len(), files.len());
    for (file, (_, table)) in files.iter().zip(tables) {
        let (header, rows) = read_table(&folder.path().join(file), table);
        let expected: Vec<String> = table.columns.iter().map(|each| each.name.clone()).collect();
        assert_eq!(header, expected);
        assert_eq!(rows, table.rows, "{file}");
    }
}

#[test]
fn figures_are_a_file_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    write(&sample::measurement(), folder.path(), Addresses::Hidden).unwrap();
    let text = fs::read_to_string(folder.path().join("figures.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "artefact,figure,unit,ours,paper");
    assert_eq!(lines[1], "O1,non-bounced mails,share,0.8712,0.8707");
    assert!(lines.contains(&"O1,mails,count,241113902,298000000"));
    assert!(lines.contains(&"A2,recurrent,share,,0.3372"));
    assert_eq!(lines.len(), 13);
}

#[test]
fn the_json_is_the_measurement() {
    let measurement = sample::measurement();
    let folder = tempfile::tempdir().unwrap();
    write(&measurement, folder.path(), Addresses::Shown).unwrap();
    let json = fs::read(folder.path().join("measurement.json")).unwrap();
    // The whole measurement would be too long a message.
    assert!(serde_json::from_slice::<Measurement>(&json).unwrap() == measurement);
}

#[test]
fn addresses_are_in_no_file_unless_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let holders = |addresses| {
        let files = write(&sample::measurement(), folder.path(), addresses).unwrap();
        let holding = files.iter().filter(|path| {
            let bytes = fs::read(path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            text.contains(sample::ADDRESS) || text.contains("user.7@")
        });
        let names = holding.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
        names.collect::<Vec<String>>()
    };
    assert_eq!(
        holders(Addresses::Shown),
        [
            "measurement.json",
            "u2-username-typos-typos.csv",
            "report.html"
        ]
    );
    assert_eq!(holders(Addresses::Hidden), [""; 0]);
    // What else the table says is still there, and what was left out is told.
    let table = fs::read_to_string(folder.path().join("u2-username-typos-typos.csv")).unwrap();
    assert!(
        table.starts_with("algorithm,mails\nomission,"),
        "{}",
        &table[..40]
    );
    let page = fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("<code>wrong_address</code>, <code>right_address</code>"));
}

#[test]
fn equal_measurements_give_equal_bytes() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let measurement = sample::measurement();
    let files = write(&measurement, one.path(), Addresses::Hidden).unwrap();
    write(&measurement, other.path(), Addresses::Hidden).unwrap();
    let written: BTreeSet<String> = files
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names(one.path()), written);
    assert_eq!(names(other.path()), written);
    for name in written {
        let bytes = |folder: &Path| fs::read(folder.join(&name)).unwrap();
        assert!(bytes(one.path()) == bytes(other.path()), "{name}");
    }
}

#[test]
fn a_report_leaves_no_file_of_an_earlier_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut measurement = sample::measurement();
    write(&measurement, folder.path(), Addresses::Hidden).unwrap();
    // What somebody else put there stays.
    fs::write(folder.path().join("notes.csv"), "mine").unwrap();
    measurement.artefacts.truncate(2);
    write(&measurement, folder.path(), Addresses::Hidden).unwrap();
    let expected = [
        "e10-mails-by-type.csv",
        "figures.csv",
        "measurement.json",
        "notes.csv",
        "o1-bounce-degree-figure-5-daily-mails.png",
        "o1-bounce-degree-figure-5-daily-mails.svg",
        "o1-bounce-degree-mails-by-day.csv",
        "report.html",
    ];
    assert_eq!(
        names(folder.path()),
        BTreeSet::from(expected.map(str::to_owned))
    );
}

#[test]
fn two_parts_of_a_name_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut measurement = sample::measurement();
    if let Outcome::Measured(findings) = &mut measurement.artefacts[1].outcome {
        let table = findings.tables[0].clone();
        findings.tables.push(table);
    }
    let error = write(&measurement, folder.path(), Addresses::Hidden).unwrap_err();
    assert!(matches!(error, Error::SameName { .. }));
    assert!(
        error.to_string().contains("e10-mails-by-type.csv"),
        "{error}"
    );
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_picture_that_cannot_be_drawn_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut measurement = sample::measurement();
    if let Outcome::Measured(findings) = &mut measurement.artefacts[0].outcome
        && let ebrc_artefacts::Drawing::DailyBars { days, .. } = &mut findings.pictures[0].drawing
    {
        days[3] = "yesterday".to_owned();
    }
    let error = write(&measurement, folder.path(), Addresses::Hidden)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("figure-5-daily-mails") && error.contains("yesterday"),
        "{error}"
    );
    assert!(names(folder.path()).is_empty());
}

#[test]
fn pictures_are_as_large_as_their_svg_and_not_blank() {
    let folder = tempfile::tempdir().unwrap();
    let files = write(&sample::measurement(), folder.path(), Addresses::Hidden).unwrap();
    let svgs: Vec<_> = files
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "svg"))
        .collect();
    assert_eq!(svgs.len(), 5);
    for path in svgs {
        let svg = fs::read_to_string(path).unwrap();
        let pixels = Pixmap::load_png(path.with_extension("png")).unwrap();
        let size = format!(
            r#"width="{}" height="{}""#,
            pixels.width() / 2,
            pixels.height() / 2
        );
        assert!(svg.contains(&size), "{}: {size}", path.display());
        let dark = pixels.pixels().iter().filter(|pixel| pixel.red() < 128);
        let share = dark.count() as f64 / pixels.pixels().len() as f64;
        assert!((0.005..0.6).contains(&share), "{}: {share}", path.display());
        // Text stays text, and says what is drawn.
        assert!(svg.contains("<text") && svg.contains("<desc") && !svg.contains("<path"));
    }
}

#[test]
fn text_of_a_picture_is_drawn_with_the_embedded_font() {
    let folder = tempfile::tempdir().unwrap();
    write(&sample::measurement(), folder.path(), Addresses::Hidden).unwrap();
    let path = folder.path().join("c1-latency-figure-10-latency.png");
    let pixels = Pixmap::load_png(path).unwrap();
    // The title has this stripe of the picture for itself.
    let (from, to) = (2 * 8, 2 * 28);
    let row = pixels.width() as usize;
    let title = &pixels.pixels()[from * row..to * row];
    let inked = title.iter().filter(|pixel| pixel.red() < 128).count();
    assert!(inked > 500, "{inked}");
}

#[test]
fn the_page_is_well_formed_and_loads_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write(&sample::measurement(), folder.path(), Addresses::Hidden).unwrap();
    let text = fs::read_to_string(folder.path().join("report.html")).unwrap();
    let page = Html::parse_document(&text);
    assert_eq!(page.errors, [""; 0]);
    let all = |selector: &str| {
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector).collect::<Vec<_>>()
    };
    assert!(all("script, link, img, iframe, object, [src]").is_empty());
    // Links lead within the page or to files beside it.
    let here = names(folder.path());
    let ids: Vec<&str> = all("[id]")
        .iter()
        .filter_map(|each| each.attr("id"))
        .collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for link in all("a[href]") {
        let target = link.attr("href").unwrap();
        match target.strip_prefix('#') {
            Some(id) => assert!(ids.contains(&id), "{target}"),
            None => assert!(here.contains(target), "{target}"),
        }
    }
    for attribute in ["aria-labelledby", "aria-describedby"] {
        for element in all(&format!("[{attribute}]")) {
            assert!(ids.contains(&element.attr(attribute).unwrap()));
        }
    }
    assert_eq!(all("svg[role=img] > title").len(), 5);
    assert_eq!(all("svg[role=img] > desc").len(), 5);
    assert_eq!(all("table").len(), all("table > caption").len());
    assert!(all("th:not([scope])").is_empty());
    assert_eq!(all("h1").len(), 1);
    let mut level = 0;
    for heading in all("h1, h2, h3, h4") {
        let next: u32 = heading.value().name()[1..].parse().unwrap();
        assert!(next <= level + 1, "h{next} below h{level}");
        level = next;
    }
}

#[test]
fn the_page_says_what_was_found_and_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    write(&sample::measurement(), folder.path(), Addresses::Hidden).unwrap();
    let text = fs::read_to_string(folder.path().join("report.html")).unwrap();
    let page = Html::parse_document(&text);
    let selector = Selector::parse("body").unwrap();
    let words: String = page.select(&selector).next().unwrap().text().collect();
    for said in [
        "87.12%",
        "+0.05 points",
        "241,113,902",
        "14.2 days",
        "× 0.95",
        "400 more rows in o1-bounce-degree-mails-by-day.csv",
        "No breach list was given. Supply one with --breaches FILE",
        "not given",
        "episode_gap_days = 7",
        "WHERE attempts <> 1",
        "450 days from 2022-06-14 to 2023-09-06: non-bounced (mails a day) 207,",
    ] {
        assert!(words.contains(said), "{said}");
    }
}

#[test]
fn the_terminal_is_aligned_and_tells_what_is_missing() {
    let mut measurement = sample::measurement();
    measurement.artefacts[0].outcome = match measurement.artefacts[0].outcome.clone() {
        Outcome::Measured(mut findings) => {
            findings.figures[1].name = "軟退信 \u{1b}[31m".to_owned();
            Outcome::Measured(findings)
        }
        other => other,
    };
    let text = terminal(&measurement);
    let table: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(table.len(), 13);
    for line in &table {
        assert_eq!(line.width(), table[0].width(), "{text}");
    }
    let words: Vec<&str> = table[2].split_whitespace().collect();
    let expected = [
        "O1",
        "軟退信",
        "\u{fffd}[31m",
        "4.71%",
        "4.82%",
        "−0.11",
        "points",
    ];
    assert_eq!(words, expected);
    assert!(
        text.contains("\nNot measurable:\nM2  Bulk spammers: No breach list was given."),
        "{text}"
    );
}
