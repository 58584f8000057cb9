use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bootstrap::Bootstrap;
use crate::confusion::Confusion;
use crate::errors::ErrorPair;
use crate::figures::Figures;
use crate::gold::{self, GoldEvidence, GoldParts};
use crate::rival::Rivals;
use crate::run::{self, RunEvidence, RunParts};
use crate::{Error, schema};

/// A setting that an evaluation was made with, for the reader of its report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Setting {
    /// What was set.
    pub name: String,
    /// To what.
    pub value: String,
}

impl Setting {
    /// A setting with any value that can be written.
    pub fn new(name: impl Into<String>, value: impl ToString) -> Self {
        Self {
            name: name.into(),
            value: value.to_string(),
        }
    }
}

/// An evaluation: serialised, it is `report.json`.
///
/// The headline's figures are the keys of the top level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The figures that answer the question. Of a run: the paper's protocol
    /// over all messages. Of a gold file: the rows whose gold is a type and
    /// whose confidence is not low.
    #[serde(flatten)]
    pub headline: Figures,
    /// What else a run is judged by; `None` for a gold file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunParts>,
    /// What else a gold file tells; `None` for a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gold: Option<GoldParts>,
    /// Other classifiers on the same messages; `None` where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rivals: Option<Rivals>,
    /// Messages of one type that were taken for another, by pair of types, the
    /// most frequent first: twelve pairs at most. Of a run: over the whole log,
    /// or the judged sample where its truth is not known.
    pub errors: Vec<ErrorPair>,
    /// What the evaluation was made with.
    pub settings: Vec<Setting>,
}

impl Report {
    /// Compares a run with the truth of its log, or with what people say of a
    /// sample.
    ///
    /// # Errors
    /// Where no sampled message has a type for its truth.
    pub fn of_run(
        evidence: &RunEvidence<'_>,
        bootstrap: &Bootstrap,
        settings: Vec<Setting>,
    ) -> Result<Self, Error> {
        let result = run::evaluate(evidence, bootstrap)?;
        Ok(Self {
            headline: result.headline,
            run: Some(result.parts),
            gold: None,
            rivals: result.rivals,
            errors: result.errors,
            settings,
        })
    }

    /// Compares a model's answers with a gold file.
    ///
    /// # Errors
    /// Where no row counts into the headline.
    pub fn of_gold(
        evidence: &GoldEvidence<'_>,
        bootstrap: &Bootstrap,
        settings: Vec<Setting>,
    ) -> Result<Self, Error> {
        let result = gold::evaluate(evidence, bootstrap)?;
        Ok(Self {
            headline: result.headline,
            run: None,
            gold: Some(result.parts),
            rivals: result.rivals,
            errors: result.errors,
            settings,
        })
    }

    /// The headline's confusion matrix.
    #[must_use]
    pub fn confusion(&self) -> Confusion {
        Confusion::from(&self.headline)
    }

    /// The JSON schema (draft 2020-12) of a serialised report.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schema::of_report()
    }
}
