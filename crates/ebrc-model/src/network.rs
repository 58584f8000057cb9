//! The network as training and classification see it: batches in, logits or
//! gradients out, on whatever device.

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use crate::composed::ComposedNetwork;
use crate::config::BertConfig;
use crate::dropout::StepDropout;
use crate::error::Result;
use crate::fused::FusedNetwork;
use crate::layout::WORDS;
use crate::loss::Target;
use crate::optimizer::Gradients;
use crate::packed::{Output, PackedNetwork};
use crate::parameters::Parameters;
use crate::precision::Precision;
use crate::tensors::scatter_add;
use crate::tokens::PackedBatch;

/// Sequences whose gradients are computed together by one thread. A batch's
/// parts, and so the sums over them, do not depend on the number of threads.
const PART: usize = 16;

/// Sequences that Candle's operations classify together.
const INFERENCE_BATCH: usize = 32;

/// Which operations compute a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kernels {
    /// Candle's own; any device.
    Composed,
    /// Written out in this crate; CPU only, several times faster there.
    Fused,
}

/// A BERT with or without a classification head.
pub(crate) struct Network {
    pub(crate) config: BertConfig,
    pub(crate) parameters: Parameters,
    device: Device,
    fused: Option<FusedNetwork>,
    packed: Option<PackedNetwork>,
}

impl Network {
    pub(crate) fn new(
        config: BertConfig,
        parameters: Parameters,
        device: Device,
        kernels: Kernels,
    ) -> Result<Self> {
        let fused = match kernels {
            Kernels::Fused => Some(FusedNetwork::new(&parameters, &config)?),
            Kernels::Composed => None,
        };
        Ok(Self {
            config,
            parameters,
            device,
            fused,
            packed: None,
        })
    }

    /// The best kernels for a device.
    pub(crate) fn kernels_for(device: &Device) -> Kernels {
        if device.is_cpu() {
            Kernels::Fused
        } else {
            Kernels::Composed
        }
    }

    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    fn composed(&self) -> ComposedNetwork<'_> {
        ComposedNetwork {
            parameters: &self.parameters,
            config: &self.config,
            device: &self.device,
        }
    }

    /// Packs the weights as they are now for classification. To be done again
    /// when they change.
    pub(crate) fn pack(&mut self, precision: Precision) -> Result<()> {
        if self.fused.is_some() {
            let (parameters, config) = (&self.parameters, &self.config);
            let classifies = parameters.has_head();
            let packed = PackedNetwork::new(parameters, config, precision, classifies)?;
            self.packed = Some(packed);
        }
        Ok(())
    }

    /// A row for every sequence, in order, of what `choose` picks. On the CPU
    /// with the weights as they were when they were packed.
    pub(crate) fn infer_all(
        &self,
        sequences: &[Vec<u32>],
        choose: impl Fn(Output) -> Vec<f32> + Sync,
    ) -> Result<Vec<Vec<f32>>> {
        if let Some(packed) = &self.packed {
            return packed.infer_all(sequences, choose);
        }
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        order.sort_by_key(|index| sequences[*index].len());
        let mut rows = vec![Vec::new(); sequences.len()];
        for indices in order.chunks(INFERENCE_BATCH) {
            let batch = PackedBatch::new(indices.iter().map(|i| sequences[*i].as_slice()));
            let result = choose(self.compose(&batch)?);
            let width = result.len() / indices.len();
            for (index, row) in indices.iter().zip(result.chunks(width.max(1))) {
                rows[*index] = row.to_vec();
            }
        }
        Ok(rows)
    }

    /// Logits and `[CLS]` states of a batch by Candle's operations.
    fn compose(&self, batch: &PackedBatch) -> Result<Output> {
        let composed = self.composed();
        let states = composed.first_states(batch, None)?;
        let logits = if self.parameters.has_head() {
            let logits = composed.logits(&states, batch, None)?;
            logits.flatten_all()?.to_vec1()?
        } else {
            Vec::new()
        };
        Ok(Output {
            logits,
            states: states.flatten_all()?.to_vec1()?,
        })
    }

    /// The weighted sum of a batch's losses and its gradients.
    pub(crate) fn differentiate(
        &self,
        batch: &PackedBatch,
        targets: &[Target],
        smoothing: f32,
        dropout: Option<&StepDropout>,
    ) -> Result<(f64, Gradients)> {
        let Some(fused) = &self.fused else {
            let (loss, gradients) = self
                .composed()
                .differentiate(batch, targets, smoothing, dropout)?;
            let gradients = gradients
                .into_iter()
                .map(|(name, g)| (name, vec![g]))
                .collect();
            return Ok((loss, gradients));
        };
        let parts = batch.split(PART);
        let results: Vec<_> = parts
            .par_iter()
            .zip(targets.par_chunks(PART))
            .map(|(part, targets)| fused.differentiate(part, targets, smoothing, dropout))
            .collect::<Result<_>>()?;
        let mut loss = 0.0;
        let mut gradients = Gradients::new();
        let words = self.parameters.get(WORDS)?;
        let mut word_gradient = vec![0.0; words.elem_count()];
        for (part, result) in parts.iter().zip(results) {
            loss += result.loss;
            scatter_add(
                &mut word_gradient,
                &result.words,
                &part.ids,
                self.config.hidden_size,
            );
            for (name, gradient) in result.dense {
                gradients.entry(name).or_default().push(gradient);
            }
        }
        let word_gradient = Tensor::from_vec(word_gradient, words.shape(), &Device::Cpu)?;
        gradients.insert(WORDS.to_owned(), vec![word_gradient]);
        Ok((loss, gradients))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceChoice;
    use crate::optimizer::{AdamW, Step};
    use crate::reference::{Reference, assert_close, small_model, wide};

    /// Candle's operations are measured on a GPU where there is one.
    fn network(kernels: Kernels) -> Network {
        let device = match kernels {
            Kernels::Fused => Device::Cpu,
            Kernels::Composed => DeviceChoice::Auto.open().unwrap(),
        };
        let (config, parameters) = small_model(&device);
        Network::new(config, parameters, device, kernels).unwrap()
    }

    /// Sequences of 2 to 24 tokens, more than one [`PART`] of them.
    fn batch() -> PackedBatch {
        let sequences: Vec<Vec<u32>> = (0..PART as u32 + 5)
            .map(|sequence| {
                let length = 2 + sequence * 7 % 23;
                (0..length)
                    .map(|i| 2 + (sequence * 11 + i * i) % 52)
                    .collect()
            })
            .collect();
        PackedBatch::new(sequences.iter().map(Vec::as_slice))
    }

    fn targets(count: usize) -> Vec<Target> {
        (0..count)
            .map(|i| Target {
                label: i * i % 3,
                certainty: [1.0, 0.3][i % 2],
                weight: [0.05, 0.1, 0.02][i % 3],
            })
            .collect()
    }

    const DROPOUT: StepDropout = StepDropout {
        seed: 3,
        step: 8,
        hidden: 0.1,
        attention: 0.2,
        pooled: 0.3,
    };
    const SMOOTHING: f32 = 0.1;

    /// One gradient a name: the sum of those of a batch's parts.
    fn sums(gradients: &Gradients) -> std::collections::BTreeMap<String, Vec<f32>> {
        let sum = |parts: &Vec<Tensor>| {
            let mut sum = parts[0].clone();
            for part in &parts[1..] {
                sum = (sum + part).unwrap();
            }
            sum.flatten_all().unwrap().to_vec1().unwrap()
        };
        gradients
            .iter()
            .map(|(name, parts)| (name.clone(), sum(parts)))
            .collect()
    }

    /// Softmax does not see what a key's bias adds to all scores of a query:
    /// its gradient is 0 in exact arithmetic, and rounding otherwise.
    fn has_no_gradient(name: &str) -> bool {
        name.ends_with("key.bias")
    }

    fn gradients(
        kernels: Kernels,
        dropout: Option<&StepDropout>,
    ) -> std::collections::BTreeMap<String, Vec<f32>> {
        let batch = batch();
        let targets = targets(batch.len());
        let (_, gradients) = network(kernels)
            .differentiate(&batch, &targets, SMOOTHING, dropout)
            .unwrap();
        sums(&gradients)
    }

    /// Logits and states of a batch's sequences, computed in batches of the
    /// network's choice.
    fn outputs(network: &Network, batch: &PackedBatch) -> (Vec<f32>, Vec<f32>) {
        let sequences: Vec<Vec<u32>> = batch
            .spans()
            .map(|(start, end)| batch.ids[start..end].to_vec())
            .collect();
        let logits = network.infer_all(&sequences, |output| output.logits);
        let states = network.infer_all(&sequences, |output| output.states);
        (logits.unwrap().concat(), states.unwrap().concat())
    }

    #[test]
    fn logits_and_states_are_those_of_f64() {
        let batch = batch();
        // Two layers of sums over 64 products, rounded to 6e-8 each; in bytes,
        // to about 1/254 of the largest.
        for (kernels, precision, tolerance) in [
            (Kernels::Composed, None, 2e-6),
            (Kernels::Fused, None, 2e-6),
            (Kernels::Fused, Some(Precision::F32), 2e-6),
            (Kernels::Fused, Some(Precision::Int8), 0.02),
        ] {
            let mut network = network(kernels);
            if let Some(precision) = precision {
                network.pack(precision).unwrap();
            }
            let (logits, states) = outputs(&network, &batch);
            let reference = Reference::new(&network.config, &network.parameters);
            let (expected_logits, expected_states) = reference.forward(&batch, None);
            assert_close("logits", &logits, &expected_logits, tolerance);
            assert_close("states", &states, &expected_states, tolerance);
            if precision == Some(Precision::Int8) {
                let wide_logits = wide(&logits);
                let exact = expected_logits.iter().zip(&wide_logits);
                assert!(exact.clone().any(|(a, b)| (a - b).abs() > 1e-5));
            }
        }
    }

    #[test]
    fn states_of_all_tokens_are_those_of_f64() {
        let (batch, network) = (batch(), network(Kernels::Composed));
        for dropout in [None, Some(&DROPOUT)] {
            let states = network.composed().states(&batch, dropout).unwrap();
            let states: Vec<f32> = states.flatten_all().unwrap().to_vec1().unwrap();
            let reference = Reference::new(&network.config, &network.parameters);
            assert_close("states", &states, &reference.states(&batch, dropout), 3e-6);
        }
    }

    #[test]
    fn gradients_of_every_variable_are_those_of_central_differences() {
        let batch = batch();
        let targets = targets(batch.len());
        for dropout in [None, Some(&DROPOUT)] {
            let network = network(Kernels::Fused);
            let (loss, gradients) = network
                .differentiate(&batch, &targets, SMOOTHING, dropout)
                .unwrap();
            let mut reference = Reference::new(&network.config, &network.parameters);
            let smoothing = f64::from(SMOOTHING);
            let expected = reference.loss(&batch, &targets, smoothing, dropout);
            assert!(
                (loss - expected).abs() < 2e-6 * expected,
                "{loss} {expected}"
            );
            for (name, gradient) in sums(&gradients) {
                let scale = gradient.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
                // The largest number, and some spread over the variable.
                let largest = gradient.iter().position(|g| g.abs() == scale).unwrap();
                let count = gradient.len();
                for element in [largest, 0, count / 3, count / 2 + 5, count - 1] {
                    let element = element % count;
                    let step = 1e-5;
                    let here = reference.weights[&name][element];
                    let mut at = |value: f64| {
                        reference.weights.get_mut(&name).unwrap()[element] = value;
                        reference.loss(&batch, &targets, smoothing, dropout)
                    };
                    let difference = (at(here + step) - at(here - step)) / (2.0 * step);
                    at(here);
                    let error = (f64::from(gradient[element]) - difference).abs();
                    if has_no_gradient(&name) {
                        assert!(error < 1e-6 && difference.abs() < 1e-9, "{name}");
                        continue;
                    }
                    // Rounding in f32 through four layers, there and back.
                    assert!(
                        error < 1e-5 * f64::from(scale),
                        "{name}, element {element}: {} instead of {difference}",
                        gradient[element]
                    );
                }
            }
        }
    }

    #[test]
    fn fused_and_composed_kernels_give_the_same_gradients() {
        for dropout in [None, Some(&DROPOUT)] {
            let fused = gradients(Kernels::Fused, dropout);
            let composed = gradients(Kernels::Composed, dropout);
            assert!(fused.keys().eq(composed.keys()));
            for (name, fused) in &fused {
                if has_no_gradient(name) {
                    assert!(fused.iter().chain(&composed[name]).all(|g| g.abs() < 1e-6));
                    continue;
                }
                // The two sum in other orders; both round in f32.
                assert_close(name, fused, &wide(&composed[name]), 1e-5);
            }
        }
    }

    #[test]
    fn dropout_changes_the_gradients_with_every_step() {
        let next = StepDropout { step: 9, ..DROPOUT };
        for kernels in [Kernels::Fused, Kernels::Composed] {
            let steps =
                [None, Some(&DROPOUT), Some(&next)].map(|dropout| gradients(kernels, dropout));
            for (a, b) in [(0, 1), (1, 2), (0, 2)] {
                assert_ne!(steps[a]["classifier.weight"], steps[b]["classifier.weight"]);
            }
        }
    }

    #[test]
    fn every_variable_of_every_layer_is_trained() {
        let batch = batch();
        let targets = targets(batch.len());
        for kernels in [Kernels::Fused, Kernels::Composed] {
            let network = network(kernels);
            let (_, gradients) = network
                .differentiate(&batch, &targets, 0.0, Some(&DROPOUT))
                .unwrap();
            let names: Vec<&String> = network.parameters.iter().map(|(name, _)| name).collect();
            // Three tables, 3 pairs around the layers, 8 pairs in each.
            assert_eq!(names.len(), 3 + 2 * 3 + 2 * 2 * 8);
            assert!(gradients.keys().eq(names), "{kernels:?}");
            for (name, gradient) in sums(&gradients) {
                let largest = gradient.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
                assert!(
                    largest > 1e-4 || has_no_gradient(&name),
                    "{kernels:?}, {name}: {largest}"
                );
            }
            let before = network.parameters.snapshot().unwrap();
            let step = Step {
                learning_rate: 1e-3,
                layer_decay: 1.0,
                weight_decay: 0.01,
                max_norm: 1.0,
            };
            let mut optimizer = AdamW::new(&network.parameters).unwrap();
            optimizer
                .step(&network.parameters, &gradients, step)
                .unwrap();
            for (name, before) in before {
                let numbers = |tensor: &Tensor| -> Vec<f32> {
                    tensor.flatten_all().unwrap().to_vec1().unwrap()
                };
                let after = numbers(network.parameters.get(&name).unwrap());
                assert!(
                    numbers(&before) != after || has_no_gradient(&name),
                    "{kernels:?}: {name} did not change"
                );
            }
        }
    }

    #[test]
    fn a_text_of_weight_three_counts_as_three_copies() {
        let (one, other) = ([2, 7, 8, 9, 3], [2, 20, 3]);
        let target = |label: usize, weight: f32| Target {
            label,
            certainty: 1.0,
            weight,
        };
        for kernels in [Kernels::Fused, Kernels::Composed] {
            let network = network(kernels);
            let differentiate = |sequences: &[&[u32]], targets: &[Target]| {
                let batch = PackedBatch::new(sequences.iter().copied());
                network
                    .differentiate(&batch, targets, SMOOTHING, None)
                    .unwrap()
            };
            let (loss, weighted) =
                differentiate(&[&one, &other], &[target(0, 3.0), target(1, 1.0)]);
            let first = target(0, 1.0);
            let (copies_loss, copies) = differentiate(
                &[&one, &one, &one, &other],
                &[first, first, first, target(1, 1.0)],
            );
            assert!((loss - copies_loss).abs() < 1e-6 * loss);
            let copies = sums(&copies);
            for (name, weighted) in sums(&weighted) {
                if !has_no_gradient(&name) {
                    // Three roundings instead of one.
                    assert_close(&name, &weighted, &wide(&copies[&name]), 5e-6);
                }
            }
        }
    }

    #[test]
    fn an_encoder_without_head_gives_the_same_states() {
        let batch = batch();
        let (_, expected) = outputs(&network(Kernels::Composed), &batch);
        for packed in [true, false] {
            let (config, parameters) = small_model(&Device::Cpu);
            let parameters = parameters.without_head();
            let mut network =
                Network::new(config, parameters, Device::Cpu, Kernels::Fused).unwrap();
            if packed {
                network.pack(Precision::F32).unwrap();
            }
            let (logits, states) = outputs(&network, &batch);
            assert!(logits.is_empty());
            // The same operations but for the order of sums.
            assert_close("states", &states, &wide(&expected), 2e-6);
        }
    }
}
