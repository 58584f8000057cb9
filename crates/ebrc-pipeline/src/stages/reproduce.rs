use ebrc_catalogue::Catalogue;
use ebrc_evaluation::Report;
use ebrc_model::{ModelFiles, Precision};

use super::{
    Classification, EvaluateSettings, MineSettings, PredictSettings, SampleSettings, TrainRequest,
    annotate, evaluate, label_from_truth, mine, predict, sample, simulate, train,
};
use crate::{Error, Run, Watch};

/// The settings of every stage of the main job.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The simulated log.
    pub simulation: ebrc_simulation::Settings,
    /// Drain.
    pub mine: MineSettings,
    /// How many of the biggest templates are labelled; the paper labels 200.
    pub top: usize,
    /// The training set.
    pub sample: SampleSettings,
    /// The fine-tuning.
    pub train: TrainRequest,
    /// The vote.
    pub predict: PredictSettings,
    /// The paper's protocol.
    pub evaluation: EvaluateSettings,
}

/// The main job: every stage in order, on a simulated log whose texts are those
/// of a catalogue.
///
/// # Errors
/// Those of the stages.
pub fn reproduce(
    run: &Run,
    catalogue: &Catalogue,
    plan: &Plan,
    watch: &mut dyn Watch,
) -> Result<Report, Error> {
    simulate(run, catalogue, &plan.simulation, watch)?;
    mine(run, &plan.mine, watch)?;
    label_from_truth(run, plan.top, watch)?;
    sample(run, &plan.sample, watch)?;
    match train(run, &plan.train, watch) {
        // A checkpoint of other settings or data: nobody asked to go on from it.
        Err(Error::Model(ebrc_model::Error::Checkpoint { .. })) if plan.train.resume => {
            watch.tell("train: the run's checkpoint belongs to another training; beginning anew");
            let anew = TrainRequest {
                resume: false,
                ..plan.train.clone()
            };
            train(run, &anew, watch)?;
        }
        Err(Error::Interrupted(_)) => {
            return Err(Error::Interrupted("the same command goes on from here"));
        }
        trained => {
            trained?;
        }
    }
    let files = ModelFiles::from_folder(&run.model())?;
    let model = Classification::load(&files, plan.train.device, Precision::F32)?;
    predict(run, &model, &plan.predict, watch)?;
    annotate(run, watch)?;
    evaluate(run, &plan.evaluation, watch)
}
