//! Reports of a few rows, whose figures can be counted by hand.

use std::collections::BTreeMap;

use ebrc_evaluation::{
    Bootstrap, Confidence, Error, GoldEvidence, GoldRow, Report, RunEvidence, RunRow, Setting,
    Source, TemplateFacts,
};
use ebrc_taxonomy::BounceType::{self, Greylisted, MailboxFull, NoSuchRecipient, Timeout};
use ebrc_taxonomy::TemplateLabel::{self, Ambiguous};

pub fn row(
    template_id: u32,
    gold: impl Into<TemplateLabel>,
    predicted: Option<BounceType>,
    source: Source,
    messages: u64,
) -> RunRow {
    RunRow {
        template_id: Some(template_id),
        gold: Some(gold.into()),
        predicted,
        source,
        messages,
        rivals: Vec::new(),
    }
}

/// Without rivals, votes and the like.
pub fn bare<'a>(
    population: &'a [RunRow],
    sampled: &'a [RunRow],
    sampled_predicted: &'a [RunRow],
) -> RunEvidence<'a> {
    const NO_TEMPLATES: &BTreeMap<u32, TemplateFacts> = &BTreeMap::new();
    RunEvidence {
        population,
        sampled,
        sampled_predicted,
        per_type: 100,
        rivals: &[],
        templates: NO_TEMPLATES,
        votes: &[],
        review: None,
        learning_curve: &[],
    }
}

pub fn of_gold(rows: &[GoldRow]) -> Result<Report, Error> {
    let evidence = GoldEvidence {
        rows,
        rivals: &[],
        contradictory_texts: 0,
    };
    Report::of_gold(&evidence, &Bootstrap::with_seed(7), Vec::new())
}

pub fn run_report() -> Report {
    let population = [
        row(1, MailboxFull, Some(MailboxFull), Source::Labelled, 9_000),
        row(
            2,
            NoSuchRecipient,
            Some(NoSuchRecipient),
            Source::Predicted,
            600,
        ),
        row(
            3,
            NoSuchRecipient,
            Some(MailboxFull),
            Source::Predicted,
            200,
        ),
        row(4, Timeout, None, Source::Labelled, 100),
        row(5, Ambiguous, None, Source::Labelled, 50),
        row(6, Ambiguous, Some(Timeout), Source::Predicted, 30),
        row(7, Timeout, Some(Timeout), Source::Direct, 20),
    ];
    let sampled = [
        row(1, MailboxFull, Some(MailboxFull), Source::Labelled, 98),
        row(3, NoSuchRecipient, Some(MailboxFull), Source::Predicted, 2),
        row(
            2,
            NoSuchRecipient,
            Some(NoSuchRecipient),
            Source::Predicted,
            100,
        ),
        row(6, Ambiguous, Some(Timeout), Source::Predicted, 30),
        row(7, Timeout, Some(Timeout), Source::Direct, 20),
    ];
    let sampled_predicted = [
        row(
            3,
            NoSuchRecipient,
            Some(MailboxFull),
            Source::Predicted,
            100,
        ),
        row(
            2,
            NoSuchRecipient,
            Some(NoSuchRecipient),
            Source::Predicted,
            100,
        ),
        row(7, Timeout, Some(Timeout), Source::Direct, 20),
    ];
    let evidence = bare(&population, &sampled, &sampled_predicted);
    let settings = vec![
        Setting::new("seed", 7),
        Setting::new("model", "<b>model</b>"),
    ];
    Report::of_run(&evidence, &Bootstrap::with_seed(7), settings).unwrap()
}

pub fn gold_row(
    line: u64,
    gold: impl Into<TemplateLabel>,
    predicted: BounceType,
    p: f64,
) -> GoldRow {
    GoldRow::new(line, gold.into(), predicted, p)
}

pub fn gold_rows() -> Vec<GoldRow> {
    let mut rows = vec![
        gold_row(1, MailboxFull, MailboxFull, 0.99),
        gold_row(2, MailboxFull, Greylisted, 0.60),
        gold_row(3, Greylisted, Greylisted, 0.95),
        gold_row(4, Timeout, Greylisted, 0.90),
        gold_row(5, Timeout, MailboxFull, 0.97),
        gold_row(6, Ambiguous, Timeout, 0.40),
        gold_row(7, Ambiguous, MailboxFull, 0.92),
    ];
    rows[0].lang = Some("en".into());
    rows[1].lang = Some("de".into());
    rows[0].seen = Some(true);
    rows[1].seen = Some(false);
    rows[2].seen = Some(false);
    rows[2].confidence = Some(Confidence::Medium);
    rows[3].confidence = Some(Confidence::High);
    rows[3].alt = Some(Greylisted.into());
    rows[4].confidence = Some(Confidence::Low);
    rows[6].alt = Some(MailboxFull.into());
    rows
}

pub fn gold_report() -> Report {
    of_gold(&gold_rows()).unwrap()
}
