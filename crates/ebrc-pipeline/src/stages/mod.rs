mod annotate;
mod average;
mod baselines;
mod classify;
mod evaluate;
mod gold;
mod inspect;
mod label;
mod learning;
mod measure;
mod mine;
mod mining_guide;
mod model_card;
mod predict;
mod reproduce;
mod review;
mod sample;
mod simulate;
mod train;

pub use annotate::{AnnotateSummary, annotate, annotate_logs};
pub use average::average_models;
pub use classify::{Caution, Classification, MessageStream, WhenUnsure};
pub use evaluate::{EvaluateSettings, evaluate, write_model_card};
pub use gold::{GoldSettings, OtherModel, evaluate_gold};
pub use inspect::{ModelInspection, TypeName, inspect_model};
pub use label::{
    LabelSummary, Order, label_candidates, label_from_file, label_from_truth, label_sheet, labels,
    write_labels,
};
pub use learning::{LearningPlan, learning_curve};
pub use measure::{MeasurementFiles, measured_files, measurement_files, record_measurement};
pub use mine::{MineSettings, MineSummary, mine};
pub use mining_guide::{MessageExplanation, Sweep, SweepRow, explain_messages, sweep_settings};
pub use model_card::{CardEvaluation, CardFigure, renewed_model_card};
pub use predict::{PredictSettings, PredictSummary, predict};
pub use reproduce::{Plan, reproduce};
pub use review::review_sheet;
pub use sample::{SampleSettings, SampleSource, SampleSummary, sample};
pub use simulate::{SimulateSummary, simulate, write_log, write_side_tables};
pub use train::{Base, TrainRequest, TrainSummary, train};
