//! The network in f64, plainly written: kernels are measured against its
//! values, and gradients against its central differences.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use candle_core::Device;
use candle_core::cpu::erf::erf_f64;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use safetensors::Dtype;

use crate::config::BertConfig;
use crate::dropout::{Site, StepDropout};
use crate::layout::{EMBEDDINGS_NORM, HEAD, POOLER, POSITIONS, Part, SEGMENTS, WORDS};
use crate::loss::Target;
use crate::parameters::{Absent, Parameters};
use crate::tiny_bert::{LABELS, TinyBert};
use crate::tokens::PackedBatch;
use crate::weights::WeightFile;

/// The derivatives of `f` by central differences.
///
/// With a step of 1e-5 both its error of truncation and that of rounding in
/// f64 are near 1e-10: what differs by more is the gradient under test.
pub(crate) fn numerical_gradient(at: &[f64], f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let step = 1e-5;
    let mut at = at.to_vec();
    (0..at.len())
        .map(|i| {
            let here = at[i];
            at[i] = here + step;
            let above = f(&at);
            at[i] = here - step;
            let below = f(&at);
            at[i] = here;
            (above - below) / (2.0 * step)
        })
        .collect()
}

/// Asserts that numbers differ by no more than `tolerance` times the largest
/// of those expected.
pub(crate) fn assert_close(what: &str, actual: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(actual.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    assert!(largest > 0.0, "{what}: all numbers expected are 0");
    for (i, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        let error = (f64::from(*actual) - expected).abs() / largest;
        assert!(
            error <= tolerance,
            "{what}, number {i}: {actual} instead of {expected}, off by {error:.1e} of {largest}"
        );
    }
}

/// Numbers between -1 and 1.
pub(crate) fn random_numbers(count: usize, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..count)
        .map(|_| random.random_range(-1.0..1.0_f32))
        .collect()
}

pub(crate) fn wide(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|x| f64::from(*x)).collect()
}

pub(crate) fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// x · weightᵀ + bias.
pub(crate) fn affine(x: &[f64], weight: &[f64], bias: &[f64]) -> Vec<f64> {
    let width = weight.len() / bias.len();
    x.chunks(width)
        .flat_map(|x| {
            weight
                .chunks(width)
                .zip(bias)
                .map(move |(weight, bias)| inner(x, weight) + bias)
        })
        .collect()
}

pub(crate) fn layer_norm(x: &[f64], gamma: &[f64], beta: &[f64], epsilon: f64) -> Vec<f64> {
    let width = gamma.len();
    let mut out = Vec::with_capacity(x.len());
    for row in x.chunks(width) {
        let mean = row.iter().sum::<f64>() / width as f64;
        let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / width as f64;
        for ((x, gamma), beta) in row.iter().zip(gamma).zip(beta) {
            out.push((x - mean) / (variance + epsilon).sqrt() * gamma + beta);
        }
    }
    out
}

pub(crate) fn gelu(x: f64) -> f64 {
    x * 0.5 * (1.0 + erf_f64(x / std::f64::consts::SQRT_2))
}

/// Attention of one sequence. `factor` is what dropout multiplies the weight
/// of a query, head and key by.
pub(crate) fn attention(
    query: &[f64],
    key: &[f64],
    value: &[f64],
    heads: usize,
    width: usize,
    factor: impl Fn(usize, usize, usize) -> f64,
) -> Vec<f64> {
    let size = width / heads;
    let mut out = vec![0.0; query.len()];
    for (i, query) in query.chunks(width).enumerate() {
        for head in 0..heads {
            let columns = head * size..(head + 1) * size;
            let scores: Vec<f64> = key
                .chunks(width)
                .map(|key| {
                    inner(&query[columns.clone()], &key[columns.clone()]) / (size as f64).sqrt()
                })
                .collect();
            let largest = scores.iter().copied().fold(f64::MIN, f64::max);
            let total: f64 = scores.iter().map(|score| (score - largest).exp()).sum();
            for (j, (score, value)) in scores.iter().zip(value.chunks(width)).enumerate() {
                let weight = (score - largest).exp() / total * factor(i, head, j);
                for column in columns.clone() {
                    out[i * width + column] += weight * value[column];
                }
            }
        }
    }
    out
}

/// The weighted sum of cross-entropies.
pub(crate) fn cross_entropy(
    logits: &[f64],
    targets: &[Target],
    classes: usize,
    smoothing: f64,
) -> f64 {
    let mut loss = 0.0;
    for (logits, target) in logits.chunks(classes).zip(targets) {
        let total: f64 = logits.iter().map(|logit| logit.exp()).sum();
        for (class, logit) in logits.iter().enumerate() {
            let hit = f64::from(u8::from(class == target.label));
            let certainty = f64::from(target.certainty);
            let wanted = if certainty < 1.0 {
                hit * certainty + (1.0 - hit) * (1.0 - certainty) / (classes as f64 - 1.0)
            } else {
                (1.0 - smoothing) * hit + smoothing / classes as f64
            };
            loss -= f64::from(target.weight) * wanted * (logit - total.ln());
        }
    }
    loss
}

/// The whole network.
pub(crate) struct Reference {
    pub(crate) config: BertConfig,
    pub(crate) weights: BTreeMap<String, Vec<f64>>,
}

impl Reference {
    pub(crate) fn new(config: &BertConfig, parameters: &Parameters) -> Self {
        let weights = parameters
            .iter()
            .map(|(name, variable)| {
                let numbers = variable.flatten_all().unwrap().to_vec1().unwrap();
                (name.clone(), wide(&numbers))
            })
            .collect();
        Self {
            config: config.clone(),
            weights,
        }
    }

    pub(crate) fn loss(
        &self,
        batch: &PackedBatch,
        targets: &[Target],
        smoothing: f64,
        dropout: Option<&StepDropout>,
    ) -> f64 {
        let (logits, _) = self.forward(batch, dropout);
        cross_entropy(&logits, targets, logits.len() / targets.len(), smoothing)
    }

    /// Logits and `[CLS]` states.
    pub(crate) fn forward(
        &self,
        batch: &PackedBatch,
        dropout: Option<&StepDropout>,
    ) -> (Vec<f64>, Vec<f64>) {
        let width = self.config.hidden_size;
        let x = self.states(batch, dropout);
        let states: Vec<f64> = batch
            .spans()
            .flat_map(|(start, _)| x[start * width..][..width].to_vec())
            .collect();
        let mut pooled = self.affine(&states, POOLER);
        pooled.iter_mut().for_each(|x| *x = x.tanh());
        drop_elements(&mut pooled, dropout, Site::Pooled);
        (self.affine(&pooled, HEAD), states)
    }

    /// Hidden states of all tokens after the last layer.
    pub(crate) fn states(&self, batch: &PackedBatch, dropout: Option<&StepDropout>) -> Vec<f64> {
        let config = &self.config;
        let (width, heads) = (config.hidden_size, config.num_attention_heads);
        let mut x = Vec::new();
        for (start, end) in batch.spans() {
            for position in 0..end - start {
                let id = batch.ids[start + position] as usize;
                for i in 0..width {
                    x.push(
                        self.weights[WORDS][id * width + i]
                            + self.weights[POSITIONS][position * width + i]
                            + self.weights[SEGMENTS][i],
                    );
                }
            }
        }
        x = self.normalise(&x, EMBEDDINGS_NORM);
        drop_elements(&mut x, dropout, Site::Embeddings);
        for layer in 0..config.num_hidden_layers {
            let part = |x: &[f64], part: Part| self.affine(x, &part.name(layer));
            let (query, key) = (part(&x, Part::Query), part(&x, Part::Key));
            let value = part(&x, Part::Value);
            let weight_dropout = StepDropout::at(dropout, Site::AttentionWeights(layer));
            let mut context = Vec::new();
            for (start, end) in batch.spans() {
                let rows = start * width..end * width;
                context.extend(attention(
                    &query[rows.clone()],
                    &key[rows.clone()],
                    &value[rows],
                    heads,
                    width,
                    |i, head, j| {
                        let row = (start + i) * heads + head;
                        let number = row * config.max_position_embeddings + j;
                        f64::from(weight_dropout.factor(number as u32))
                    },
                ));
            }
            let mut out = part(&context, Part::AttentionOutput);
            drop_elements(&mut out, dropout, Site::AttentionOutput(layer));
            let middle = self.normalise(&sum(&x, &out), &Part::AttentionNorm.name(layer));
            let mut activated = part(&middle, Part::Intermediate);
            activated.iter_mut().for_each(|x| *x = gelu(*x));
            let mut out = part(&activated, Part::Output);
            drop_elements(&mut out, dropout, Site::FeedForward(layer));
            x = self.normalise(&sum(&middle, &out), &Part::OutputNorm.name(layer));
        }
        x
    }

    fn affine(&self, x: &[f64], name: &str) -> Vec<f64> {
        affine(
            x,
            &self.weights[&format!("{name}.weight")],
            &self.weights[&format!("{name}.bias")],
        )
    }

    fn normalise(&self, x: &[f64], name: &str) -> Vec<f64> {
        layer_norm(
            x,
            &self.weights[&format!("{name}.weight")],
            &self.weights[&format!("{name}.bias")],
            self.config.layer_norm_eps,
        )
    }
}

fn drop_elements(x: &mut [f64], dropout: Option<&StepDropout>, site: Site) {
    let dropout = StepDropout::at(dropout, site);
    for (i, x) in x.iter_mut().enumerate() {
        *x *= f64::from(dropout.factor(i as u32));
    }
}

fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// Configuration and weights of a small classifier, on a device.
pub(crate) fn small_model(device: &Device) -> (BertConfig, Parameters) {
    let model = TinyBert::new().classifier();
    let config = BertConfig::parse(model.config.to_string().as_bytes(), "config.json").unwrap();
    let bytes = Arc::new(Cow::Owned(model.weights(Dtype::F32)));
    let weights = WeightFile::open(&bytes, "file".into(), &config, LABELS.len()).unwrap();
    let (parameters, _) = Parameters::read(&weights, &config, Absent::IsAnError, device).unwrap();
    (config, parameters)
}
