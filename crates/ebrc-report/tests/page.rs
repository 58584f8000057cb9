//! What the page says of every part, and that it needs nothing beside itself.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

#[path = "../../ebrc-evaluation/tests/sample/mod.rs"]
mod sample;

use ebrc_report::to_html;
use sample::small::run_report;
use sample::{RunSample, gold_report};

/// What stands between two texts, the first time they occur.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let start = page.find(from).unwrap();
    let end = page[start..].find(to).unwrap();
    &page[start..start + end]
}

fn section<'a>(page: &'a str, id: &str) -> &'a str {
    between(page, &format!("<section id=\"{id}\">"), "</section>")
}

#[test]
fn the_page_is_one_file_and_escapes_what_it_is_given() {
    for report in [RunSample::new().report(20), gold_report(20)] {
        let page = to_html(&report);
        for outside in [
            "http:", "https:", "<link", "url(", "@import", " src=", "eval(", "fetch(", "import(",
        ] {
            // The awkward template has its `src=` escaped, in running text.
            let page = page.replace("&lt;img src=x", "");
            assert!(!page.contains(outside), "{outside}");
        }
        assert_eq!(page.matches("<script").count(), 1);
        for part in ["prefers-color-scheme", "@media print", "width=device-width"] {
            assert!(page.contains(part), "{part}");
        }
        assert!(!page.contains("<b>model</b>") && !page.contains("<img"));
        assert!(page.contains("&lt;b&gt;model&lt;/b&gt;"));
    }
}

#[test]
fn contents_list_every_section() {
    let page = to_html(&RunSample::new().report(20));
    let contents = between(&page, "<nav", "</nav>");
    let sections = [
        "rivals",
        "compared",
        "matrix",
        "types",
        "averages",
        "errors",
        "calibration",
        "vote",
        "learning",
        "review",
        "also",
        "reading",
        "settings",
    ];
    for id in sections {
        assert!(contents.contains(&format!("href=\"#{id}\"")), "{id}");
        assert!(section(&page, id).contains("<h2>"), "{id}");
    }
    assert_eq!(contents.matches("href").count(), sections.len());
    // A gold file has no vote, no curve and no review.
    let page = to_html(&gold_report(20));
    let contents = between(&page, "<nav", "</nav>");
    assert!(contents.contains("#calibration") && contents.contains("#errors"));
    for id in ["vote", "learning", "review"] {
        assert!(!contents.contains(&format!("#{id}")), "{id}");
    }
}

#[test]
fn ids_are_given_once() {
    let page = to_html(&RunSample::new().report(20));
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    for label in page.split(" aria-labelledby=\"").skip(1) {
        let id = label.split('"').next().unwrap();
        assert!(ids.contains(&id), "{id}");
    }
}

#[test]
fn tables_and_pictures_have_names() {
    let page = to_html(&RunSample::new().report(20));
    assert_eq!(
        page.matches("<table").count(),
        page.matches("<caption").count()
    );
    assert_eq!(page.matches("<svg").count(), 4);
    for picture in page.split("<svg").skip(1) {
        let picture = picture.split("</svg>").next().unwrap();
        for part in ["role=\"img\"", "aria-labelledby=", "<title ", "<desc "] {
            assert!(picture.contains(part), "{part}");
        }
    }
}

#[test]
fn the_opening_says_who_beats_whom() {
    let report = RunSample::new().report(200);
    let page = to_html(&report);
    let verdict = between(&page, "class=\"verdict\"", "</p>");
    let others = &report.rivals.as_ref().unwrap().others;
    let beaten = |name: &str| {
        let rival = others.iter().find(|rival| rival.name == name).unwrap();
        rival.comparison.is_significant() && rival.comparison.macro_f1_difference > 0.0
    };
    assert!(beaten("enhanced status codes") && !beaten("keyword rules"));
    assert!(verdict.contains("It does not beat all of the 3 other classifiers"));
    assert!(verdict.contains("As good as it, as far as the test can tell: keyword rules"));
    assert!(verdict.contains("It beats enhanced status codes."));

    let table = section(&page, "rivals");
    let own = table.find("this classifier</strong>").unwrap();
    for rival in others {
        let name = rival.name.replace('&', "&amp;").replace('"', "&quot;");
        assert!(own < table.find(&name).unwrap(), "{name}");
        let meaning = rival.meaning.split('.').next().unwrap();
        assert!(table.contains(meaning), "{meaning}");
    }
    assert!(table.contains("Not told apart.") && table.contains("Beaten."));
}

#[test]
fn a_classifier_that_beats_all_or_none_is_told_so() {
    let mut report = RunSample::new().report(200);
    let others = &mut report.rivals.as_mut().unwrap().others;
    for (rival, difference) in others.iter_mut().zip([0.03, 0.01, 0.02]) {
        rival.comparison.macro_f1_difference = difference;
        rival.comparison.p_value = 0.012;
    }
    let page = to_html(&report);
    let verdict = between(&page, "class=\"verdict\"", "</p>");
    assert!(verdict.contains("It beats every one of the 3 other classifiers"));
    assert!(verdict.contains("enhanced status codes, by +1.00 points of macro F1 (p = 0.012)"));

    let others = &mut report.rivals.as_mut().unwrap().others;
    for rival in others.iter_mut() {
        rival.comparison.macro_f1_difference = -0.02;
        rival.comparison.p_value = 1.0 / 1_001.0;
        rival.comparison.rounds = 1_000;
    }
    let page = to_html(&report);
    let verdict = between(&page, "class=\"verdict\"", "</p>");
    assert!(verdict.contains("Better than it: keyword rules (difference −2.00 points"));
    assert!(verdict.contains("p &lt; 0.001") && verdict.contains("It beats none of them."));
}

#[test]
fn the_reweighted_sample_is_a_row_of_what_was_compared() {
    let report = RunSample::new().report(20);
    let page = to_html(&report);
    let estimates = report.run.as_ref().unwrap().estimates.as_ref().unwrap();
    let row = between(section(&page, "compared"), "Sample, reweighted", "</tbody>");
    let recall = format!("{:.2}", estimates.macro_recall * 100.0);
    assert!(row.contains(&recall), "{recall}");
}

#[test]
fn languages_have_a_table_of_their_own() {
    let report = gold_report(20);
    let page = to_html(&report);
    let compared = section(&page, "compared");
    let (views, languages) = compared.split_once("<details").unwrap();
    assert!(views.contains("New wording") && !views.contains("anguage"));
    assert!(languages.contains("<summary>By language</summary>"));
    let rows: Vec<(&str, u64)> = languages
        .split("scope=\"row\">")
        .skip(1)
        .map(|row| {
            let name = row.split('<').next().unwrap();
            let cells = row.split("</tr>").next().unwrap();
            let last = cells.rsplit("<td>").next().unwrap();
            (name, last.trim_end_matches("</td>").parse().unwrap())
        })
        .collect();
    let names: Vec<&str> = rows.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["en", "ko", "de", "日本語"]);
    let measured = &report.gold.as_ref().unwrap().languages;
    for (name, messages) in &rows {
        assert_eq!(measured[*name].support, *messages);
    }
    assert!(rows.is_sorted_by_key(|(_, messages)| std::cmp::Reverse(*messages)));

    let page = to_html(&RunSample::new().report(20));
    assert!(!section(&page, "compared").contains("By language"));
}

#[test]
fn the_matrix_needs_no_script_but_has_one() {
    let page = to_html(&RunSample::new().report(20));
    let matrix = between(section(&page, "matrix"), "<table", "</table>");
    assert!(matrix.contains("class=\"matrix\""));
    // Sixteen rows of sixteen types and, since some are, the unclassified.
    let report = RunSample::new().report(20);
    let columns = 16 + usize::from(report.headline.summary.unclassified > 0);
    assert_eq!(matrix.matches("<td").count(), 16 * (columns + 1));
    assert_eq!(matrix.matches(" → ").count(), 16 * columns);
    let script = between(&page, "<script>", "</script>");
    for part in [
        "ArrowLeft",
        "Home",
        "End",
        "tabIndex",
        "data-readout",
        "grid",
    ] {
        assert!(script.contains(part), "{part}");
    }
    let section = section(&page, "matrix");
    assert_eq!(
        section.matches("data-readout").count(),
        section.matches("class=\"matrix\"").count()
    );
    assert!(section.contains("The counts in words"));
}

#[test]
fn errors_are_listed_by_pair_with_masked_texts() {
    for report in [RunSample::new().report(20), gold_report(20)] {
        let page = to_html(&report);
        let errors = section(&page, "errors");
        assert_eq!(errors.matches("<details").count(), report.errors.len());
        assert!(errors.contains("masked, though masking may miss a name"));
        let first = &report.errors[0];
        assert!(errors.contains(&format!("T{}", first.gold.index() + 1)));
        let shown: usize = report.errors.iter().map(|pair| pair.surest.len()).sum();
        assert_eq!(errors.matches("<li>").count(), shown);
    }
}

#[test]
fn probabilities_votes_curve_and_review_are_told() {
    let report = RunSample::new().report(50);
    let page = to_html(&report);
    let run = report.run.as_ref().unwrap();
    let vote = run.vote.as_ref().unwrap();
    let found = vote.reliability.as_ref().unwrap();
    let calibration = section(&page, "calibration");
    let error = format!("{:.2}", found.expected_calibration_error * 100.0);
    assert!(calibration.contains(&error));
    assert_eq!(
        calibration.matches("<circle").count(),
        found.bins.len(),
        "a mark a bin"
    );
    assert!(section(&page, "vote").contains("The vote is better than single messages"));
    let learning = section(&page, "learning");
    assert_eq!(learning.matches("class=\"range\"").count(), 20);
    assert_eq!(learning.matches("<tr>").count(), 11);
    let review = section(&page, "review");
    assert!(review.contains("3 people judged 490 of 500 messages in the sample."));
    assert!(review.contains("Cohen&#39;s kappa") || review.contains("Cohen's kappa"));
    assert!(page.contains("compared with what people say who judged a sample"));

    let report = gold_report(20);
    let page = to_html(&report);
    assert!(section(&page, "calibration").contains("before temperature scaling"));
    let also = section(&page, "also");
    assert!(also.contains("read the same as an earlier one"));
    assert!(also.contains("2 texts several types"));
}

#[test]
fn the_page_says_what_each_cell_counts() {
    let page = to_html(&run_report());
    assert!(page.contains("&lt;b&gt;model&lt;/b&gt;"));
    assert!(page.contains("title=\"T8 → T9: 2 of 102 (1.96%)\""));
    assert!(page.contains("title=\"T14 → not classified: 100 of 120 (83.33%)\""));
    assert!(page.contains("the paper: 91.24%"));
}
