//! What a measurement comes to: the artefacts of the paper, measured, beside
//! its values.
//!
//! An [`Artefact`] is a table, figure or group of figures of *Bounce in the
//! Wild* (IMC 2024), under the name that the checklist of the paper's
//! artefacts gives it (`O1`, `B3`, `C1`). It holds numbers, never text that is
//! laid out: how a reader sees it is the report's business.

use serde::{Deserialize, Serialize};

/// Everything that was measured of one log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// What was decided where the paper leaves it open, in the order of names.
    pub settings: Vec<Setting>,
    /// The outside sources, those that were not given too.
    pub sources: Vec<Source>,
    /// In the order of the paper.
    pub artefacts: Vec<Artefact>,
}

/// A choice that the paper leaves open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// As it is written into a configuration, such as `typo_similarity`.
    pub name: String,
    /// What it was set to.
    pub value: String,
    /// What it decides, in a sentence.
    pub meaning: String,
}

/// Something outside the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Such as `geography`.
    pub name: String,
    /// What was read: the file's name and what it says of itself, never its
    /// folder; `None` where none was given.
    pub snapshot: Option<String>,
}

/// A table, figure or group of figures of the paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Artefact {
    /// Its name in the checklist, such as `O1`.
    pub id: String,
    /// The stem of its files' names, such as `bounce-degree`.
    pub name: String,
    /// What a reader sees above it.
    pub title: String,
    /// Where the paper has it, such as `Section 4.1` or `Appendix A, Table 3`.
    pub place: String,
    /// How it is measured, in a sentence or two.
    pub rule: String,
    /// The names of the settings that decide about it.
    pub settings: Vec<String>,
    /// The SQL that was run for it; `$name` stands for a setting.
    pub sql: String,
    /// What came out.
    pub outcome: Outcome,
}

/// What became of an artefact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was measured.
    Measured(Findings),
    /// The log or the sources lack what it needs.
    NotMeasurable {
        /// What is missing, and how to supply it.
        missing: String,
    },
}

/// The numbers of an artefact.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// Single figures, each beside the paper's.
    pub figures: Vec<Figure>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Pictures.
    pub pictures: Vec<Picture>,
}

/// A single figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What it says, such as `non-bounced mails`.
    pub name: String,
    /// Ours; `None` where there is nothing to count (a share of no mails).
    pub value: Option<f64>,
    /// The paper's; `None` where it gives none.
    pub paper: Option<f64>,
    /// What both are.
    pub unit: Unit,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Things: mails, domains, addresses.
    Count,
    /// A part of a whole, 0 to 1; readers see percent.
    Share,
    /// A mean of counts.
    Mean,
    /// Seconds.
    Seconds,
    /// Days.
    Days,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The stem of its file's name, such as `mails-by-type`.
    pub name: String,
    /// What a reader sees above it.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows; each has a value for each column.
    pub rows: Vec<Vec<Value>>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// As a file has it: `snake_case`.
    pub name: String,
    /// What its values are.
    pub kind: ColumnKind,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnKind {
    /// Words.
    Text,
    /// A day, as `YYYY-MM-DD`, or a month, as `YYYY-MM`.
    Date,
    /// Numbers of a unit.
    Number(Unit),
    /// An address of a person: shown only where this was asked for.
    Address,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Nothing to say.
    Missing,
    /// A number.
    Number(f64),
    /// Words, or a date.
    Text(String),
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// The stem of its files' names, such as `figure-5-daily-mails`.
    pub name: String,
    /// What a reader sees above it.
    pub title: String,
    /// What is drawn.
    pub drawing: Drawing,
}

/// What a picture shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drawing {
    /// Bars by day, stacked, and a line with an axis of its own at the right
    /// (Figures 5 and 6).
    DailyBars {
        /// The days, as `YYYY-MM-DD`, in order.
        days: Vec<String>,
        /// What the left axis counts.
        left: String,
        /// The bars, from the ground up: each with a value for each day.
        bars: Vec<Series>,
        /// What the right axis counts.
        right: String,
        /// The line: a value for each day, or nothing where it has no point.
        line: Series,
    },
    /// Cumulative distributions (Figure 7).
    Cumulative {
        /// What the horizontal axis measures, such as `days`.
        horizontal: String,
        /// Whether that axis is logarithmic.
        is_logarithmic: bool,
        /// One curve each: the share of values at most `x`, rising.
        curves: Vec<Curve>,
    },
    /// Bars by category, with the longest first, in one or several groups
    /// (Figures 4, 8 and 10).
    Ranking {
        /// What the bars measure.
        measure: String,
        /// What it is measured in.
        unit: Unit,
        /// The categories, such as countries, in order.
        categories: Vec<String>,
        /// One or several values for each category.
        groups: Vec<Series>,
    },
}

/// Values with a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What a legend calls it.
    pub name: String,
    /// The values.
    pub values: Vec<Option<f64>>,
}

/// A cumulative distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// What a legend calls it.
    pub name: String,
    /// Value and share of values at most that, both rising.
    pub points: Vec<(f64, f64)>,
}
