use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::comparison::Comparison;
use crate::figures::Summary;

/// How a report names a classifier that this one is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RivalName {
    /// In a few words, such as `keyword rules`.
    pub name: String,
    /// What it does, in a sentence.
    pub meaning: String,
}

/// Another classifier on the same messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rival {
    /// In a few words, such as `keyword rules`.
    pub name: String,
    /// What it does, in a sentence.
    pub meaning: String,
    /// What it comes to.
    pub summary: Summary,
    /// The classifier of the report less this one.
    pub comparison: Comparison,
}

/// The classifiers that the report's is compared with, all on the same
/// messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rivals {
    /// Which messages those are.
    pub messages: String,
    /// What the report's classifier comes to on them.
    pub this: Summary,
    /// What the others come to, in the order they were named.
    pub others: Vec<Rival>,
}
