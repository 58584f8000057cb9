use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a run's stages were given and what they made: `run.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// By the stage's name.
    pub stages: BTreeMap<String, StageRecord>,
}

/// One stage's entry in the journal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StageRecord {
    /// Settings, the seed among them.
    pub settings: Value,
    /// SHA-256 of each file read.
    pub inputs: BTreeMap<String, String>,
    /// SHA-256 of each file written.
    pub outputs: BTreeMap<String, String>,
    /// What came out, in figures.
    pub summary: Value,
}
