//! Training as a whole: what it learns, when it stops, and that neither
//! threads nor interruptions change a bit of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod tiny_bert;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use ebrc_model::{
    CheckpointPolicy, DeviceChoice, Error, Example, ModelFiles, Outcome, TrainEvent, TrainSettings,
    TrainedModel, TrainingData, TrainingReport, WeightFormat, train,
};
use safetensors::{Dtype, SafeTensors};
use tiny_bert::{FILLERS, LABELS, TinyBert, toy_texts};

/// Labels and examples.
#[derive(Clone)]
struct Task {
    labels: Vec<String>,
    train: Vec<Example>,
    validation: Vec<Example>,
}

impl Task {
    /// The first toy texts to learn from, the next to validate by.
    fn new(train: usize, validation: usize) -> Self {
        let mut examples: Vec<Example> = toy_texts(train + validation)
            .into_iter()
            .enumerate()
            .map(|(number, (text, label))| Example {
                text,
                label,
                certainty: 1.0,
                weight: [1.0, 2.0][number % 2],
            })
            .collect();
        let validation = examples.split_off(train);
        Self {
            labels: LABELS.map(str::to_owned).to_vec(),
            train: examples,
            validation,
        }
    }

    fn data(&self) -> TrainingData<'_> {
        TrainingData {
            labels: &self.labels,
            train: &self.train,
            validation: &self.validation,
        }
    }

    fn train_on(
        &self,
        base: &ModelFiles,
        settings: &TrainSettings,
        checkpoint: Option<&CheckpointPolicy>,
        observe: &mut dyn FnMut(TrainEvent) -> ControlFlow<()>,
    ) -> Result<Outcome, Error> {
        let device = DeviceChoice::Cpu;
        train(base, self.data(), settings, device, checkpoint, observe)
    }

    /// Trains the tiny base, undisturbed.
    fn trained(&self, settings: &TrainSettings) -> TrainedModel {
        finished(self.train_on(&base(), settings, None, &mut go_on).unwrap())
    }

    /// The message with which training is refused.
    fn refused(&self, settings: &TrainSettings) -> String {
        let outcome = self.train_on(&base(), settings, None, &mut go_on);
        outcome.unwrap_err().to_string()
    }
}

/// Five steps an epoch, three epochs.
fn short() -> (Task, TrainSettings) {
    let settings = TrainSettings {
        epochs: 3,
        batch_size: 4,
        learning_rate: 1e-3,
        curve_every: 2,
        max_length: 24,
        label_smoothing: 0.05,
        ..TrainSettings::default()
    };
    (Task::new(18, 9), settings)
}

fn files_of(model: &TinyBert) -> ModelFiles {
    ModelFiles::from_folder(model.folder().path()).unwrap()
}

fn base() -> ModelFiles {
    files_of(&TinyBert::new())
}

fn go_on(_: TrainEvent) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn finished(outcome: Outcome) -> TrainedModel {
    match outcome {
        Outcome::Finished(model) => *model,
        Outcome::Interrupted { step, .. } => panic!("interrupted at step {step}"),
    }
}

/// The bytes of the saved weights.
fn bytes(model: &TrainedModel) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    model.save(folder.path(), WeightFormat::F32).unwrap();
    fs::read(folder.path().join("model.safetensors")).unwrap()
}

/// An observer that stops training when a step is done.
fn stop_after(last: usize) -> impl FnMut(TrainEvent) -> ControlFlow<()> {
    move |event| match event {
        TrainEvent::Step { step, .. } if step == last => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    }
}

/// A checkpoint in a folder, written when training stops.
fn checkpoint_in(folder: &Path, resume: bool) -> CheckpointPolicy {
    CheckpointPolicy {
        path: folder.join("checkpoint"),
        every_steps: 0,
        resume,
    }
}

/// Enough to learn the toy texts.
fn thorough() -> TrainSettings {
    TrainSettings {
        epochs: 30,
        batch_size: 8,
        learning_rate: 2e-3,
        patience: 30,
        max_length: 24,
        ..TrainSettings::default()
    }
}

#[test]
fn a_little_task_is_learned() {
    let task = Task::new(60, 30);
    let settings = thorough();
    let model = task.trained(&settings);
    let best = model.report.best.unwrap();
    assert_eq!((best.macro_f1, best.accuracy), (1.0, 1.0));
    // Of the first epoch that was all right; that of guessing is 1.1.
    assert!(best.loss < 0.8, "{}", best.loss);
    let texts: Vec<&str> = task.validation.iter().map(|e| e.text.as_str()).collect();
    let scores = model.classifier.classify(&texts).unwrap();
    for (scores, example) in scores.iter().zip(&task.validation) {
        assert_eq!(scores.best().0, example.label, "{}", example.text);
    }
    let curve = &model.report.curve;
    assert!(curve.last().unwrap().train_loss < 0.5 * curve[0].train_loss);
}

#[test]
fn doubtful_texts_are_learned_to_be_doubtful() {
    // Without validation: the last weights are kept.
    let task = Task::new(60, 0);
    let settings = thorough();
    // What the toy texts say besides the word that gives the reason.
    let says_nothing: Vec<String> = (0..24)
        .map(|number| {
            let words =
                (0..1 + number % 7).map(|word| FILLERS[(number + word * 3) % FILLERS.len()]);
            words.collect::<Vec<&str>>().join(" ")
        })
        .collect();
    let (learned, unseen) = says_nothing.split_at(16);
    let mut with_doubt = task.clone();
    with_doubt.train.extend(learned.iter().map(|text| Example {
        text: text.clone(),
        label: 2,
        certainty: 0.4,
        weight: 4.0,
    }));
    let answers = |task: &Task, texts: &[String]| {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let scores = task.trained(&settings).classifier.classify(&texts);
        let best = scores.unwrap().into_iter().map(|scores| scores.best());
        best.collect::<Vec<(usize, f32)>>()
    };
    let mean = |task: &Task| {
        let answers = answers(task, unseen);
        answers.iter().map(|(_, best)| best).sum::<f32>() / unseen.len() as f32
    };
    let (without, with) = (mean(&task), mean(&with_doubt));
    assert!(with < 0.65 && without > 0.9, "{without} {with}");
    let answers = answers(&with_doubt, learned);
    let of_label = answers.iter().filter(|(label, _)| *label == 2).count();
    assert!(of_label >= 14, "{of_label} of 16");
    with_doubt.train[70].certainty = 0.0;
    let message = with_doubt.refused(&settings);
    assert!(
        message.contains("training example 70 has certainty 0"),
        "{message}"
    );
}

/// On a GPU where there is one.
#[cfg(feature = "cuda")]
#[test]
fn training_on_a_gpu_goes_on_and_its_model_says_the_same_on_the_cpu() {
    use ebrc_model::{Classifier, Precision};

    let (task, settings) = short();
    let folder = tempfile::tempdir().unwrap();
    let on = |device, resume, observe: &mut dyn FnMut(TrainEvent) -> ControlFlow<()>| {
        let checkpoint = checkpoint_in(folder.path(), resume);
        let (base, data) = (base(), task.data());
        train(&base, data, &settings, device, Some(&checkpoint), observe).unwrap()
    };
    on(DeviceChoice::Auto, false, &mut stop_after(7));
    let resumed = finished(on(DeviceChoice::Auto, true, &mut go_on));
    let on_cpu = task.trained(&settings);
    for (gpu, cpu) in resumed.report.curve.iter().zip(&on_cpu.report.curve) {
        // Other sums, and fifteen steps on from them.
        let difference = (gpu.train_loss - cpu.train_loss).abs();
        assert!(difference < 1e-3, "step {}: {difference}", gpu.step);
    }
    let saved = folder.path().join("model");
    resumed.save(&saved, WeightFormat::F32).unwrap();
    let files = ModelFiles::from_folder(&saved).unwrap();
    let texts: Vec<&str> = task.train.iter().map(|e| e.text.as_str()).collect();
    let kept = resumed.classifier.logits(&texts).unwrap();
    let [gpu, cpu] = [DeviceChoice::Auto, DeviceChoice::Cpu].map(|device| {
        let classifier = Classifier::load(&files, device, Precision::F32).unwrap();
        classifier.logits(&texts).unwrap()
    });
    for ((kept, gpu), cpu) in kept.iter().zip(&gpu).zip(&cpu) {
        let numbers = kept.logits.iter().zip(&gpu.logits).zip(&cpu.logits);
        for ((kept, gpu), cpu) in numbers {
            assert!((kept - cpu).abs() < 1e-5 && (gpu - cpu).abs() < 1e-5);
        }
    }
}

#[test]
fn one_step_changes_every_tensor_of_the_base() {
    let (task, settings) = short();
    let settings = TrainSettings {
        epochs: 1,
        batch_size: 18,
        ..settings
    };
    let bytes = bytes(&task.trained(&settings));
    let saved = SafeTensors::deserialize(&bytes).unwrap();
    let model = TinyBert::new();
    assert_eq!(saved.len(), model.tensors.len() + 2);
    for (name, (_, numbers)) in model.tensors {
        let view = saved.tensor(&format!("bert.{name}")).unwrap();
        let before: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        // What a key's bias receives is rounding alone, see the network.
        assert!(
            view.data() != before || name.ends_with("key.bias"),
            "{name} did not change"
        );
    }
}

#[test]
fn the_report_tells_how_the_model_came_to_be() {
    let (task, settings) = short();
    let mut events = Vec::new();
    let outcome = task.train_on(&base(), &settings, None, &mut |event| {
        events.push(event);
        ControlFlow::Continue(())
    });
    let model = finished(outcome.unwrap());
    let report = &model.report;
    assert_eq!(report.settings, settings);
    assert_eq!(report.base_weights_sha256, base().weights_sha256());
    assert_eq!(report.labels, LABELS);
    assert_eq!((report.train.texts, report.train.weight), (18, 27.0));
    assert_eq!(
        (report.validation.texts, report.validation.weight),
        (9, 13.0)
    );
    assert_eq!((report.steps, report.stopped_early), (15, false));
    // Every second step and the end of every epoch.
    let points: Vec<(usize, usize, bool)> = report
        .curve
        .iter()
        .map(|point| (point.step, point.epoch, point.validation.is_some()))
        .collect();
    let expected = [
        (2, 1, false),
        (4, 1, false),
        (5, 1, true),
        (6, 2, false),
        (8, 2, false),
        (10, 2, true),
        (12, 3, false),
        (14, 3, false),
        (15, 3, true),
    ];
    assert_eq!(points, expected);
    let kept = report.curve.iter().find_map(|point| {
        let kept = point.epoch == report.best_epoch;
        point.validation.filter(|_| kept)
    });
    assert_eq!(report.best, kept);

    assert_eq!(
        events[0],
        TrainEvent::Started {
            steps: 15,
            steps_per_epoch: 5,
            done: 0
        }
    );
    let steps = events.iter().filter_map(|event| match event {
        TrainEvent::Step { step, epoch, .. } => Some((*step, *epoch)),
        _ => None,
    });
    assert!(steps.eq((1..=15).map(|step| (step, (step - 1) / 5 + 1))));
    // A point is the mean of the losses since the point before.
    let losses: Vec<f32> = events
        .iter()
        .filter_map(|event| match event {
            TrainEvent::Step { loss, .. } => Some(*loss),
            _ => None,
        })
        .collect();
    for (point, losses) in [(0, &losses[..2]), (2, &losses[4..5]), (6, &losses[10..12])] {
        let mean = losses.iter().sum::<f32>() / losses.len() as f32;
        assert!((report.curve[point].train_loss - mean).abs() < 1e-6);
    }

    let folder = tempfile::tempdir().unwrap();
    model.save(folder.path(), WeightFormat::F32).unwrap();
    let saved = fs::read(folder.path().join("training.json")).unwrap();
    let saved: TrainingReport = serde_json::from_slice(&saved).unwrap();
    assert_eq!(saved, *report);
}

#[test]
fn patience_ends_training_and_the_best_epochs_weights_are_kept() {
    let (mut task, settings) = short();
    let settings = TrainSettings {
        epochs: 20,
        patience: 2,
        ..settings
    };
    // Nothing is better than all right.
    task.validation = task.train.clone();
    let settings = TrainSettings {
        learning_rate: 3e-3,
        ..settings
    };
    let folder = tempfile::tempdir().unwrap();
    let mut figures = Vec::new();
    let outcome = task.train_on(&base(), &settings, None, &mut |event| {
        if let TrainEvent::Validated {
            epoch,
            validation,
            best,
        } = event
        {
            assert_eq!(epoch, figures.len() + 1);
            figures.push((validation, best));
        }
        ControlFlow::Continue(())
    });
    let model = finished(outcome.unwrap());
    let report = &model.report;
    let (best_epoch, epochs) = (report.best_epoch, figures.len());
    assert!(report.stopped_early && epochs < settings.epochs, "{epochs}");
    assert_eq!(epochs, best_epoch + settings.patience);
    let flags: Vec<bool> = figures.iter().map(|(_, best)| *best).collect();
    assert_eq!(flags.iter().rposition(|best| *best), Some(best_epoch - 1));
    let best = figures[best_epoch - 1].0;
    assert_eq!(report.best, Some(best));
    let earlier = &figures[..best_epoch - 1];
    assert!(earlier.iter().all(|(v, _)| v.macro_f1 < best.macro_f1));

    // The same training, stopped when the best epoch and when the last ended.
    let weights_after = |epoch: usize| -> Vec<(String, Vec<u8>)> {
        let policy = checkpoint_in(folder.path(), false);
        let outcome = task.train_on(
            &base(),
            &settings,
            Some(&policy),
            &mut stop_after(5 * epoch),
        );
        assert!(matches!(outcome.unwrap(), Outcome::Interrupted { .. }));
        let bytes = fs::read(&policy.path).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let weights = tensors.iter().filter_map(|(name, view)| {
            let name = name.strip_prefix("parameter.")?;
            Some((name.to_owned(), view.data().to_vec()))
        });
        weights.collect()
    };
    let bytes = bytes(&model);
    let saved = SafeTensors::deserialize(&bytes).unwrap();
    let [best, last] = [best_epoch, epochs].map(weights_after);
    assert_eq!(best.len(), saved.len());
    assert_ne!(best, last);
    for (name, weights) in best {
        let name = if name.starts_with("classifier.") {
            name
        } else {
            format!("bert.{name}")
        };
        assert!(saved.tensor(&name).unwrap().data() == weights, "{name}");
    }
}

#[test]
fn without_validation_all_epochs_are_gone_through_and_the_last_kept() {
    let (mut task, settings) = short();
    task.validation.clear();
    let settings = TrainSettings {
        patience: 1,
        ..settings
    };
    let report = task.trained(&settings).report;
    assert_eq!((report.steps, report.best_epoch), (15, 3));
    assert_eq!((report.best, report.stopped_early), (None, false));
}

#[test]
fn a_weighted_text_counts_as_its_copies_do() {
    // No dropout: copies would be dropped from otherwise than the one.
    let mut model = TinyBert::new();
    model.config["hidden_dropout_prob"] = 0.0.into();
    model.config["attention_probs_dropout_prob"] = 0.0.into();
    let base = files_of(&model);
    let example = |text: &str, label: usize, weight: f32| Example {
        text: text.into(),
        label,
        certainty: 1.0,
        weight,
    };
    let once = example("mailbox full", 0, 1.0);
    let other = example("spam", 2, 1.0);
    let weighted = vec![example("mailbox full", 0, 3.0), other.clone()];
    let copies = vec![once.clone(), once.clone(), once, other];
    let steps = [weighted, copies].map(|train| {
        let (mut task, settings) = short();
        let settings = TrainSettings {
            batch_size: train.len(),
            ..settings
        };
        (task.train, task.validation) = (train, Vec::new());
        let mut steps = Vec::new();
        let outcome = task.train_on(&base, &settings, None, &mut |event| {
            if let TrainEvent::Step {
                loss,
                gradient_norm,
                ..
            } = event
            {
                steps.push((loss, gradient_norm));
            }
            ControlFlow::Continue(())
        });
        finished(outcome.unwrap());
        steps
    });
    assert_eq!(steps[0].len(), 3);
    for (weighted, copies) in steps[0].iter().zip(&steps[1]) {
        // Three roundings instead of one, which later steps magnify.
        assert!((weighted.0 / copies.0 - 1.0).abs() < 1e-4);
        assert!((weighted.1 / copies.1 - 1.0).abs() < 1e-3);
    }
}

#[test]
fn every_step_drops_other_elements() {
    let losses = [0.1, 0.0].map(|dropout| {
        let mut model = TinyBert::new();
        model.config["hidden_dropout_prob"] = dropout.into();
        model.config["attention_probs_dropout_prob"] = dropout.into();
        let (mut task, settings) = short();
        task.train.truncate(1);
        task.validation.clear();
        // Too little to move a number: only dropout can change the loss.
        let settings = TrainSettings {
            learning_rate: 1e-12,
            ..settings
        };
        let mut losses = Vec::new();
        let outcome = task.train_on(&files_of(&model), &settings, None, &mut |event| {
            if let TrainEvent::Step { loss, .. } = event {
                losses.push(loss);
            }
            ControlFlow::Continue(())
        });
        finished(outcome.unwrap());
        losses
    });
    let [dropped, whole] = &losses;
    assert_eq!((dropped.len(), whole.len()), (3, 3));
    assert!(dropped[0] != dropped[1] && dropped[1] != dropped[2] && dropped[0] != dropped[2]);
    assert!(whole.iter().all(|loss| (loss - whole[0]).abs() < 1e-6));
}

#[test]
fn training_resumed_after_any_step_gives_the_same_bytes() {
    let (task, settings) = short();
    let undisturbed = task.trained(&settings);
    let expected = bytes(&undisturbed);
    let folder = tempfile::tempdir().unwrap();
    // Within an epoch, at the end of one, and after the last step.
    for last in [1, 4, 5, 7, 10, 14, 15] {
        let policy = checkpoint_in(folder.path(), false);
        let outcome = task.train_on(&base(), &settings, Some(&policy), &mut stop_after(last));
        match outcome.unwrap() {
            Outcome::Interrupted { step, checkpoint } => {
                assert_eq!((step, checkpoint), (last, Some(policy.path.clone())));
            }
            Outcome::Finished(_) => panic!("not stopped at {last}"),
        }
        let policy = checkpoint_in(folder.path(), true);
        let mut done_before = None;
        let outcome = task.train_on(&base(), &settings, Some(&policy), &mut |event| {
            if let TrainEvent::Started { done, .. } = event {
                done_before = Some(done);
            }
            ControlFlow::Continue(())
        });
        let model = finished(outcome.unwrap());
        assert_eq!(done_before, Some(last));
        assert!(bytes(&model) == expected, "stopped at {last}");
        assert_eq!(model.report, undisturbed.report, "stopped at {last}");
    }
}

#[test]
fn training_stopped_again_and_again_gives_the_same_bytes() {
    let (task, settings) = short();
    let expected = bytes(&task.trained(&settings));
    let folder = tempfile::tempdir().unwrap();
    let policy = checkpoint_in(folder.path(), true);
    for last in [2, 6, 9, 13] {
        let outcome = task.train_on(&base(), &settings, Some(&policy), &mut stop_after(last));
        assert!(matches!(outcome.unwrap(), Outcome::Interrupted { .. }));
    }
    let outcome = task.train_on(&base(), &settings, Some(&policy), &mut go_on);
    assert!(bytes(&finished(outcome.unwrap())) == expected);
}

#[test]
fn training_goes_on_from_any_regular_checkpoint_after_a_crash() {
    let (task, settings) = short();
    let folder = tempfile::tempdir().unwrap();
    let policy = CheckpointPolicy {
        every_steps: 4,
        ..checkpoint_in(folder.path(), false)
    };
    // What would lie there had the process been killed later on.
    let mut left: Vec<(usize, PathBuf)> = Vec::new();
    let outcome = task.train_on(&base(), &settings, Some(&policy), &mut |event| {
        if let TrainEvent::CheckpointWritten { step } = event {
            let copy = folder.path().join(step.to_string());
            fs::copy(&policy.path, &copy).unwrap();
            left.push((step, copy));
        }
        ControlFlow::Continue(())
    });
    let expected = bytes(&finished(outcome.unwrap()));
    let steps: Vec<usize> = left.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [4, 8, 12]);
    for (step, path) in left {
        let policy = CheckpointPolicy {
            path,
            every_steps: 0,
            resume: true,
        };
        let outcome = task.train_on(&base(), &settings, Some(&policy), &mut go_on);
        assert!(bytes(&finished(outcome.unwrap())) == expected, "{step}");
    }
}

#[test]
fn without_resuming_an_old_checkpoint_is_replaced() {
    let (task, settings) = short();
    let folder = tempfile::tempdir().unwrap();
    let policy = checkpoint_in(folder.path(), false);
    fs::write(&policy.path, "something else").unwrap();
    let outcome = task.train_on(&base(), &settings, Some(&policy), &mut stop_after(2));
    assert!(matches!(
        outcome.unwrap(),
        Outcome::Interrupted { step: 2, .. }
    ));
    let policy = checkpoint_in(folder.path(), true);
    let outcome = task.train_on(&base(), &settings, Some(&policy), &mut go_on);
    finished(outcome.unwrap());
}

#[test]
fn training_stopped_before_its_first_step_names_no_checkpoint() {
    let (task, settings) = short();
    let folder = tempfile::tempdir().unwrap();
    let policy = checkpoint_in(folder.path(), true);
    let mut stop = |_| ControlFlow::Break(());
    let outcome = task.train_on(&base(), &settings, Some(&policy), &mut stop);
    match outcome.unwrap() {
        Outcome::Interrupted { step, checkpoint } => assert_eq!((step, checkpoint), (0, None)),
        Outcome::Finished(_) => panic!("not stopped"),
    }
    assert!(!policy.path.exists());
}

/// The message with which a checkpoint of [`short`] training is refused by
/// another training.
fn refusal(change: impl FnOnce(&mut Task, &mut TrainSettings, &mut TinyBert)) -> String {
    let (mut task, mut settings) = short();
    let folder = tempfile::tempdir().unwrap();
    let policy = checkpoint_in(folder.path(), true);
    let outcome = task.train_on(&base(), &settings, Some(&policy), &mut stop_after(2));
    assert!(matches!(outcome.unwrap(), Outcome::Interrupted { .. }));
    let mut model = TinyBert::new();
    change(&mut task, &mut settings, &mut model);
    let outcome = task.train_on(&files_of(&model), &settings, Some(&policy), &mut go_on);
    let error = outcome.unwrap_err();
    assert!(matches!(&error, Error::Checkpoint { path, .. } if *path == policy.path));
    error.to_string()
}

#[test]
fn a_checkpoint_of_other_examples_or_labels_is_refused() {
    let expected = "other examples or labels";
    for message in [
        refusal(|task, _, _| task.train[3].text.replace_range(..1, "x")),
        refusal(|task, _, _| task.train[3].label = 2),
        refusal(|task, _, _| task.train[3].weight += 1.0),
        refusal(|task, _, _| task.train.swap(0, 1)),
        refusal(|task, _, _| {
            task.validation.pop();
        }),
        refusal(|task, _, _| task.labels.swap(0, 1)),
    ] {
        assert!(message.contains(expected), "{message}");
        assert!(message.contains("without resuming"), "{message}");
    }
}

#[test]
fn a_checkpoint_of_other_settings_is_refused() {
    for message in [
        refusal(|_, settings, _| settings.seed += 1),
        refusal(|_, settings, _| settings.learning_rate *= 2.0),
        refusal(|_, settings, _| settings.epochs += 1),
    ] {
        assert!(message.contains("other settings"), "{message}");
    }
}

#[test]
fn a_checkpoint_of_another_base_is_refused() {
    for message in [
        refusal(|_, _, model| {
            let bias = model.tensors.get_mut("pooler.dense.bias").unwrap();
            bias.1[0] += 1.0;
        }),
        refusal(|_, _, model| model.config["hidden_dropout_prob"] = 0.2.into()),
        refusal(|_, _, model| model.tokenizer["normalizer"]["lowercase"] = false.into()),
    ] {
        assert!(message.contains("other base model"), "{message}");
    }
}

#[test]
fn a_broken_checkpoint_is_refused() {
    let (task, settings) = short();
    let folder = tempfile::tempdir().unwrap();
    let policy = checkpoint_in(folder.path(), true);
    let outcome = task.train_on(&base(), &settings, Some(&policy), &mut stop_after(2));
    assert!(matches!(outcome.unwrap(), Outcome::Interrupted { .. }));
    let whole = fs::read(&policy.path).unwrap();
    let mut contents: Vec<Vec<u8>> = [0, 5, 200, whole.len() / 2, whole.len() - 1]
        .map(|length| whole[..length].to_vec())
        .to_vec();
    // Weights, but no state of a training.
    contents.push(TinyBert::new().weights(Dtype::F32));
    for content in contents {
        fs::write(&policy.path, &content).unwrap();
        let outcome = task.train_on(&base(), &settings, Some(&policy), &mut go_on);
        let message = outcome.unwrap_err().to_string();
        for part in ["/checkpoint", "no readable checkpoint", "begin anew"] {
            assert!(message.contains(part), "{} bytes: {message}", content.len());
        }
        // It may still be worth something to its owner.
        assert!(fs::read(&policy.path).unwrap() == content);
    }
}

#[test]
fn training_gives_the_same_bytes_in_pools_of_one_and_of_two_threads() {
    let (mut task, settings) = short();
    task.train = Task::new(80, 0).train;
    // More than one part a batch.
    let settings = TrainSettings {
        batch_size: 40,
        ..settings
    };
    let results = [1, 2].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let train = || bytes(&task.trained(&settings));
        pool.build().unwrap().install(train)
    });
    assert!(results[0] == results[1]);
}

/// Names the folder into which a process of the next test writes its weights.
const FOLDER: &str = "EBRC_MODEL_TEST_FOLDER";

#[test]
#[ignore = "run by the next test in processes of their own"]
fn trains_in_a_process_of_its_own() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let (mut task, settings) = short();
    task.train = Task::new(64, 0).train;
    let settings = TrainSettings {
        batch_size: 32,
        epochs: 2,
        ..settings
    };
    // Large enough that the matrix library shares a product among threads.
    let base = files_of(&TinyBert::sized(2, 128, 4, 512));
    let outcome = task.train_on(&base, &settings, None, &mut go_on);
    let model = finished(outcome.unwrap());
    model.save(Path::new(&folder), WeightFormat::F32).unwrap();
}

#[test]
fn training_gives_the_same_bytes_whatever_number_of_threads_the_environment_sets() {
    let results = [1, 2, 3].map(|threads: usize| {
        let folder = tempfile::tempdir().unwrap();
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "trains_in_a_process_of_its_own", "--ignored"])
            .env("RAYON_NUM_THREADS", threads.to_string())
            .env(FOLDER, folder.path())
            .output()
            .unwrap()
            .status;
        assert!(status.success());
        ["model.safetensors", "training.json"].map(|file| {
            let path = folder.path().join(file);
            fs::read(path).unwrap()
        })
    });
    assert!(results[0] == results[1] && results[0] == results[2]);
}

#[test]
fn another_seed_gives_another_model() {
    let (task, settings) = short();
    let other = TrainSettings {
        seed: settings.seed + 1,
        ..settings.clone()
    };
    assert!(bytes(&task.trained(&settings)) != bytes(&task.trained(&other)));
}

#[test]
fn a_base_without_pooler_gets_one_and_says_so() {
    let mut model = TinyBert::new();
    model.tensors.retain(|name, _| !name.starts_with("pooler."));
    let (task, settings) = short();
    let mut notes = Vec::new();
    let mut observe = |event| {
        if let TrainEvent::Note(note) = event {
            notes.push(note);
        }
        ControlFlow::Continue(())
    };
    let outcome = task.train_on(&files_of(&model), &settings, None, &mut observe);
    let without = finished(outcome.unwrap());
    assert!(notes.len() == 1 && notes[0].contains("pooler"), "{notes:?}");
    assert_eq!(without.report.steps, 15);
    // A base that has one keeps it and says nothing.
    notes = Vec::new();
    let mut observe = |event| {
        if let TrainEvent::Note(note) = event {
            notes.push(note);
        }
        ControlFlow::Continue(())
    };
    let outcome = task.train_on(&base(), &settings, None, &mut observe);
    assert!(bytes(&finished(outcome.unwrap())) != bytes(&without));
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn the_head_of_a_fine_tuned_base_is_not_taken_over() {
    let (mut task, settings) = short();
    task.labels.push("another".into());
    let outcome = task.train_on(
        &files_of(&TinyBert::new().classifier()),
        &settings,
        None,
        &mut go_on,
    );
    let four = finished(outcome.unwrap());
    assert_eq!(four.classifier.labels(), task.labels);
    let scores = four.classifier.classify(&["spam"]).unwrap();
    assert_eq!(scores[0].probabilities.len(), 4);
}

#[test]
fn divergence_is_told_by_step() {
    let mut model = TinyBert::new();
    let weights = model.tensors.get_mut("pooler.dense.weight").unwrap();
    weights.1[0] = f32::NAN;
    let (task, settings) = short();
    let outcome = task.train_on(&files_of(&model), &settings, None, &mut go_on);
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Diverged { step: 1, .. }), "{error}");
}

#[test]
fn examples_that_cannot_be_learned_from_are_refused_by_number() {
    type Case = (fn(&mut Task), &'static str);
    let (whole, settings) = short();
    let refused = |change: fn(&mut Task)| {
        let mut task = whole.clone();
        change(&mut task);
        task.refused(&settings)
    };
    let cases: [Case; 8] = [
        (|task| task.train.clear(), "training set is empty"),
        (|task| task.labels.truncate(1), "fewer than two labels"),
        (
            |task| task.labels[2] = "full".into(),
            "label full occurs twice",
        ),
        (|task| task.train[5].label = 3, "training example 5"),
        (|task| task.validation[2].label = 9, "validation example 2"),
        (|task| task.train[4].weight = 0.0, "training example 4"),
        (|task| task.train[4].weight = f32::NAN, "training example 4"),
        (
            |task| task.train[4].weight = f32::INFINITY,
            "training example 4",
        ),
    ];
    for (change, expected) in cases {
        let message = refused(change);
        assert!(message.contains(expected), "{expected}: {message}");
        // A message must not spread what a customer wrote.
        assert!(!message.contains(&whole.train[4].text), "{message}");
    }
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    type Case = (&'static str, fn(&mut TrainSettings));
    let (task, settings) = short();
    let cases: [Case; 9] = [
        ("epochs", |s| s.epochs = 0),
        ("patience", |s| s.patience = 0),
        ("curve_every", |s| s.curve_every = 0),
        ("weight_decay", |s| s.weight_decay = -0.1),
        ("warmup_share", |s| s.warmup_share = 1.0),
        ("max_gradient_norm", |s| s.max_gradient_norm = 0.0),
        ("label_smoothing", |s| s.label_smoothing = 1.0),
        ("layer_decay", |s| s.layer_decay = 1.1),
        ("max_length", |s| s.max_length = 2),
    ];
    for (name, change) in cases {
        let mut settings = settings.clone();
        change(&mut settings);
        let message = task.refused(&settings);
        assert!(message.contains(name), "{message}");
    }
}
