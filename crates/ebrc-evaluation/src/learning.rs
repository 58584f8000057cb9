use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bootstrap::{Bootstrap, Cluster, Observation, summarise};
use crate::confusion::divide;
use crate::figures::Summary;
use crate::run::{RunRow, Source};

/// In which order templates are labelled.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum LabellingOrder {
    /// The biggest first, as the paper does.
    Biggest,
    /// As many of the biggest as the curve's first point has; then, at each
    /// point, those in most doubt to the classifier of the point before: most
    /// messages × least certain.
    MostInDoubt,
}

impl LabellingOrder {
    /// As reports name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Biggest => "biggest first",
            Self::MostInDoubt => "most in doubt next",
        }
    }
}

/// What a classifier is worth that was trained on so many labelled templates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LearningPoint {
    /// In which order templates were labelled.
    pub order: LabellingOrder,
    /// How many were.
    pub templates: u64,
    /// The share of the log's refused messages that they hold, 0 to 1.
    pub coverage: f64,
    /// Every refused message whose truth is a type, typed by label or by vote.
    pub whole_log: Summary,
    /// Messages of templates that no point of the curve has labelled: the same
    /// for all points. `None` where there are none.
    pub new_templates: Option<Summary>,
}

impl LearningPoint {
    /// Of the refused messages of a log, as the classifier of this point types
    /// them; `is_new` says whether no point has labelled a template. `None`
    /// where no message has a type for its truth.
    #[must_use]
    pub fn of(
        order: LabellingOrder,
        templates: u64,
        rows: &[RunRow],
        is_new: impl Fn(u32) -> bool,
        bootstrap: &Bootstrap,
    ) -> Option<Self> {
        let observations = |wanted: &dyn Fn(&RunRow) -> bool| -> Vec<Observation<'_>> {
            rows.iter()
                .filter(|row| wanted(row))
                .filter_map(|row| {
                    Some(Observation {
                        cluster: Cluster::Template(row.template_id?),
                        gold: row.gold?.bounce_type()?,
                        predicted: row.predicted,
                        messages: row.messages,
                    })
                })
                .collect()
        };
        let messages = |wanted: fn(&RunRow) -> bool| -> u64 {
            let rows = rows.iter().filter(|row| wanted(row));
            rows.map(|row| row.messages).sum()
        };
        let labelled = messages(|row| row.source == Source::Labelled);
        Some(Self {
            order,
            templates,
            coverage: divide(labelled as f64, messages(|_| true) as f64),
            whole_log: summarise(observations(&|_| true), bootstrap)?,
            new_templates: summarise(
                observations(&|row| row.template_id.is_some_and(&is_new)),
                bootstrap,
            ),
        })
    }
}
