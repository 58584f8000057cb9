mod annotate;
mod classify;
mod evaluate;
mod label;
mod mine;
mod model_card;
mod predict;
mod reproduce;
mod sample;
mod simulate;
mod train;

pub use annotate::{AnnotateSummary, annotate, annotate_logs};
pub use classify::{Classification, MessageStream};
pub use evaluate::{EvaluateSettings, GoldSettings, evaluate, evaluate_gold};
pub use label::{
    LabelSummary, label_candidates, label_from_file, label_from_truth, label_sheet, labels,
    write_labels,
};
pub use mine::{MineSettings, MineSummary, mine};
pub use predict::{PredictSettings, PredictSummary, predict};
pub use reproduce::{Plan, reproduce};
pub use sample::{SampleSettings, SampleSource, SampleSummary, sample};
pub use simulate::{SimulateSummary, simulate, write_log, write_side_tables};
pub use train::{Base, TrainRequest, TrainSummary, train};
