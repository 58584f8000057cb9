//! One model out of several: its weights, its figures, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod tiny_bert;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use ebrc_model::{
    DeviceChoice, Example, ModelFiles, Outcome, TrainSettings, TrainedModel, TrainingData,
    WeightFormat, average, train,
};
use safetensors::SafeTensors;
use tiny_bert::{LABELS, TinyBert, toy_texts};

const CPU: DeviceChoice = DeviceChoice::Cpu;

fn examples(count: usize) -> Vec<Example> {
    let texts = toy_texts(count).into_iter();
    texts
        .map(|(text, label)| Example {
            text,
            label,
            certainty: 1.0,
            weight: 1.0,
        })
        .collect()
}

/// The files of the tiny base, trained with a seed on the first 18 examples and
/// validated on the others.
fn trained(folder: &Path, seed: u64, examples: &[Example]) -> ModelFiles {
    let base = TinyBert::new().folder();
    let base = ModelFiles::from_folder(base.path()).unwrap();
    let settings = TrainSettings {
        epochs: 2,
        batch_size: 4,
        learning_rate: 1e-3,
        max_length: 24,
        seed,
        ..TrainSettings::default()
    };
    let labels = LABELS.map(str::to_owned);
    let (train_set, validation) = examples.split_at(18);
    let data = TrainingData {
        labels: &labels,
        train: train_set,
        validation,
    };
    let go_on = &mut |_| ControlFlow::Continue(());
    match train(&base, data, &settings, CPU, None, go_on).unwrap() {
        Outcome::Finished(model) => saved(&model, folder),
        Outcome::Interrupted { .. } => panic!("nobody interrupts"),
    }
}

fn saved(model: &TrainedModel, folder: &Path) -> ModelFiles {
    model.save(folder, WeightFormat::F32).unwrap();
    ModelFiles::from_folder(folder).unwrap()
}

/// All numbers of a folder's weights, by tensor.
fn numbers(folder: &Path) -> Vec<(String, Vec<f32>)> {
    let bytes = fs::read(folder.join("model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut numbers: Vec<_> = tensors
        .iter()
        .map(|(name, view)| {
            let numbers = view.data().as_chunks().0.iter();
            let numbers = numbers.map(|bytes| f32::from_le_bytes(*bytes)).collect();
            (name.to_owned(), numbers)
        })
        .collect();
    numbers.sort_by(|one: &(String, Vec<f32>), other| one.0.cmp(&other.0));
    numbers
}

#[test]
fn weights_are_the_mean_and_figures_those_of_the_mean() {
    let folders = [(); 4].map(|()| tempfile::tempdir().unwrap());
    let all = examples(27);
    let models: Vec<ModelFiles> = (0..3)
        .map(|seed| trained(folders[seed as usize].path(), seed, &all))
        .collect();
    let validation = &all[18..];
    let mean = average(&models, validation, CPU).unwrap();
    saved(&mean, folders[3].path());
    let [one, two, three, found] = folders.each_ref().map(|folder| numbers(folder.path()));
    let mut moved = false;
    for (tensor, (name, found)) in found.iter().enumerate() {
        for (place, &number) in found.iter().enumerate() {
            let of = [&one, &two, &three].map(|model| f64::from(model[tensor].1[place]));
            let expected = (of[0] + of[1] + of[2]) / 3.0;
            assert!((f64::from(number) - expected).abs() < 1e-6, "{name}");
            moved |= (of[0] - expected).abs() > 1e-4;
        }
    }
    assert!(moved, "the models are the same");

    // The figures are those of the mean's own answers.
    let texts: Vec<&str> = validation.iter().map(|e| e.text.as_str()).collect();
    let answers = mean.classifier.classify(&texts).unwrap();
    let right = answers.iter().zip(validation);
    let right = right.filter(|(scores, example)| scores.best().0 == example.label);
    let accuracy = right.count() as f32 / validation.len() as f32;
    let report = &mean.report;
    assert!((report.best.unwrap().accuracy - accuracy).abs() < 1e-6);
    assert!(mean.classifier.calibration().is_some());
    let seeds = report.averaged.iter().map(|one| one.settings.seed);
    assert!(seeds.eq(0..3));
    let steps: usize = report.averaged.iter().map(|one| one.steps).sum();
    assert_eq!(report.steps, steps);
    let read = ModelFiles::from_folder(folders[3].path()).unwrap();
    assert_eq!(read.training().unwrap().as_ref(), Some(report));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let all = examples(27);
    let one = trained(folders[0].path(), 1, &all);
    let again = trained(folders[1].path(), 1, &all);
    let elsewhere = trained(folders[2].path(), 2, &examples(30)[3..]);
    let refused = |models: &[ModelFiles], validation: &[Example]| {
        average(models, validation, CPU).unwrap_err().to_string()
    };
    let validation = &all[18..];
    let message = refused(std::slice::from_ref(&one), validation);
    assert!(message.contains("two models or more"), "{message}");
    let message = refused(&[one.clone(), again], validation);
    assert!(message.contains("another seed"), "{message}");
    let message = refused(&[one.clone(), elsewhere], validation);
    assert!(message.contains("examples are not those of"), "{message}");
    let message = refused(&[one.clone(), one.clone()], &all);
    assert!(message.contains("another seed"), "{message}");
    let folder = tempfile::tempdir().unwrap();
    let other = trained(folder.path(), 3, &all);
    let message = refused(&[one, other], &all);
    assert!(message.contains("has 27 texts"), "{message}");
}
