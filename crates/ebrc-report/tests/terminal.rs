//! What the text for a terminal says, and that it keeps to its width.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

#[path = "../../ebrc-evaluation/tests/sample/mod.rs"]
mod sample;

use ebrc_evaluation::Report;
use ebrc_report::to_terminal;
use sample::small::{gold_report, run_report};
use unicode_width::UnicodeWidthStr;

fn reports() -> [Report; 4] {
    [
        run_report(),
        gold_report(),
        sample::RunSample::new().report(20),
        sample::gold_report(20),
    ]
}

#[test]
fn text_keeps_to_its_width() {
    for report in reports() {
        for width in 60..=140 {
            for line in to_terminal(&report, width).lines() {
                assert!(line.width() <= width, "{width}: {line:?}");
                assert_eq!(line, line.trim_end());
            }
        }
        let narrow = to_terminal(&report, 10);
        assert!(narrow.lines().all(|line| line.width() <= 60));
    }
}

#[test]
fn wide_texts_are_cut_where_a_terminal_ends() {
    let text = to_terminal(&sample::gold_report(20), 80);
    let korean = text.lines().filter(|line| line.contains("연결이"));
    let mut cut = 0;
    for line in korean {
        // A wide character needs two columns, so one may be left over.
        assert!(line.ends_with("...") && line.width() >= 79, "{line}");
        cut += 1;
    }
    assert!(cut > 0, "{text}");
}

#[test]
fn languages_stand_in_a_block_of_their_own() {
    let text = to_terminal(&sample::gold_report(20), 80);
    let at = text.find("By language").unwrap();
    let lines: Vec<&str> = text[at..].lines().skip(1).take(2).collect();
    let numbers = |cell: &str| -> (String, u64) {
        let words: Vec<&str> = cell.split_whitespace().collect();
        (words[0].to_owned(), words[2].parse().unwrap())
    };
    // Each is as wide as the widest name, and four blanks part them.
    let (first, rest) = lines[0].split_at(6 + 8 + 7);
    let second = rest.trim_start();
    assert_eq!(rest.len() - second.len(), 4);
    let (second, third) = second.split_at(6 + 8 + 7);
    let cells = [first, second, third, lines[1]].map(numbers);
    let names: Vec<&str> = cells.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["en", "ko", "de", "日本語"]);
    assert!(cells.is_sorted_by_key(|(_, rows)| std::cmp::Reverse(*rows)));
    assert!(cells[3].1 < 5);
    assert_eq!(lines[1].width(), 6 + 8 + 7);
    assert!(!text.contains("Language "));
}

#[test]
fn text_has_every_part() {
    let report = sample::RunSample::new().report(50);
    let text = to_terminal(&report, 80);
    for part in [
        "Sample, reweighted",
        "classifier                   precision recall     F1    gain        p",
        "keyword rules",
        "It does not beat all of the 3 other classifiers",
        "Errors to read",
        "masking may miss a",
        "taken for",
        "wanted right       threshold   right  answered",
        "single messages",
        "The vote is better than single messages",
        "labelled           templates  whole log  new templates",
        "most in doubt next       400",
        "3 people judged 490 of 500 messages",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let wide = to_terminal(&report, 120);
    assert!(
        wide.contains("    gain        95% interval        p"),
        "{wide}"
    );
    let text = to_terminal(&sample::gold_report(20), 80);
    assert!(text.contains("before temperature scaling"));
    assert!(text.contains("The file gives 2 texts several types"));
}

#[test]
fn text_shows_the_paper_beside_a_run_only() {
    let text = to_terminal(&run_report(), 80);
    assert!(text.contains("91.24") && text.contains("93.85") && text.contains("IMC 2024"));
    assert!(text.contains("80 messages (0.80%) are ambiguous in truth"));
    let text = to_terminal(&gold_report(), 80);
    assert!(!text.contains("91.24") && !text.contains("IMC"));
    assert!(text.contains("T14 timeout taken for T6 greylisted: 1 message, 1 template"));
    assert!(text.contains("     90.00%  line 4"));
}
