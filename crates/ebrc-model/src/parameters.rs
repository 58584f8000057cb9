//! The weights by name: reading, checking, creating and writing them.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor, Var};
use half::f16;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::config::BertConfig;
use crate::error::{Error, Result};
use crate::layout::HEAD;
use crate::tensors::read;
use crate::weights::{Table, WeightFile, WeightSource};

/// Whether weight decay applies: not to biases and layer normalisation, as
/// BERT was trained.
pub(crate) fn decays(name: &str) -> bool {
    !name.ends_with(".bias") && !name.contains("LayerNorm")
}

/// The weights of a model by name, in order of names, on a device.
#[derive(Debug, Clone)]
pub(crate) struct Parameters {
    variables: BTreeMap<String, Var>,
}

/// What to do when pooler or head are absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// A fine-tuned model has both.
    IsAnError,
    /// A base gets a new head in any case and a new pooler if it lacks one,
    /// both drawn from this seed.
    IsDrawnFrom(u64),
}

impl Parameters {
    /// Reads weights; tensors that a classifier does not need are ignored. The
    /// second result tells whether the pooler had to be drawn.
    pub(crate) fn read(
        weights: &WeightFile,
        config: &BertConfig,
        absent: Absent,
        device: &Device,
    ) -> Result<(Self, bool)> {
        let mut random = match absent {
            Absent::IsAnError => None,
            Absent::IsDrawnFrom(seed) => Some(ChaCha8Rng::seed_from_u64(seed)),
        };
        let mut pooler_drawn = false;
        let mut variables = BTreeMap::new();
        for (name, shape) in weights.shapes() {
            let head = name.starts_with("classifier.");
            let pooler = name.starts_with("pooler.");
            // A base's own head is for another task.
            let found = match &random {
                Some(_) if head => None,
                _ => weights.find(name)?,
            };
            let values = match (found, &mut random) {
                (Some(values), _) => values,
                (None, Some(random)) if head || pooler => {
                    pooler_drawn |= pooler;
                    let count = shape.iter().product();
                    if name.ends_with(".bias") {
                        vec![0.0; count]
                    } else {
                        normal(random, config.initializer_range, count)
                    }
                }
                (None, _) => return Err(weights.missing(name)),
            };
            let variable = Var::from_vec(values, shape.as_slice(), device)?;
            variables.insert(name.clone(), variable);
        }
        // On a GPU every thread has a queue of its own: before another computes
        // with the weights they must be there.
        device.synchronize()?;
        Ok((Self { variables }, pooler_drawn))
    }

    /// The mean of several files' weights, number by number.
    pub(crate) fn mean(files: &[WeightFile], device: &Device) -> Result<Self> {
        let mut variables = BTreeMap::new();
        for (name, shape) in files.iter().take(1).flat_map(WeightFile::shapes) {
            let mut sums = vec![0.0_f64; shape.iter().product()];
            for file in files {
                for (sum, number) in sums.iter_mut().zip(file.numbers(name)?) {
                    *sum += f64::from(number);
                }
            }
            let mean = sums.iter().map(|sum| (sum / files.len() as f64) as f32);
            let mean: Vec<f32> = mean.collect();
            let variable = Var::from_vec(mean, shape.as_slice(), device)?;
            variables.insert(name.clone(), variable);
        }
        device.synchronize()?;
        Ok(Self { variables })
    }

    /// Every weight with its name, in order of names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Var)> {
        self.variables.iter()
    }

    /// The weight of this name; all names of [`shapes`] are there.
    pub(crate) fn get(&self, name: &str) -> Result<&Var> {
        self.variables
            .get(name)
            .ok_or_else(|| Error::MissingTensor {
                file: "model".into(),
                tensor: name.to_owned(),
            })
    }

    /// Whether there is a classification head.
    pub(crate) fn has_head(&self) -> bool {
        self.variables.keys().any(|name| name.starts_with(HEAD))
    }

    /// A copy of all numbers.
    pub(crate) fn snapshot(&self) -> Result<BTreeMap<String, Tensor>> {
        let copies = self
            .variables
            .iter()
            .map(|(name, variable)| Ok((name.clone(), variable.as_detached_tensor().copy()?)));
        copies.collect()
    }

    /// The given weights.
    #[cfg(test)]
    pub(crate) fn of<'a>(weights: impl Iterator<Item = (&'a str, Tensor)>) -> Self {
        let variables =
            weights.map(|(name, weight)| (name.to_owned(), Var::from_tensor(&weight).unwrap()));
        Self {
            variables: variables.collect(),
        }
    }

    /// The same weights but for the head.
    #[cfg(test)]
    pub(crate) fn without_head(mut self) -> Self {
        self.variables.retain(|name, _| !name.starts_with(HEAD));
        self
    }

    /// Puts back the numbers of a copy.
    pub(crate) fn restore(&self, copy: &BTreeMap<String, Tensor>) -> Result<()> {
        for (name, values) in copy {
            self.get(name)?.set(values)?;
        }
        Ok(())
    }
}

impl WeightSource for Parameters {
    fn numbers(&self, name: &str) -> Result<Vec<f32>> {
        Ok(read(&self.get(name)?.as_detached_tensor())?.to_vec())
    }

    fn table(&self, name: &str) -> Result<Table> {
        Ok(Table::Tensor(self.get(name)?.as_detached_tensor()))
    }
}

/// Normally distributed numbers around 0 (Box and Muller, 1958).
pub(crate) fn normal(random: &mut ChaCha8Rng, deviation: f64, count: usize) -> Vec<f32> {
    (0..count)
        .map(|_| {
            let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
            let angle = std::f64::consts::TAU * random.random::<f64>();
            (deviation * radius * angle.cos()) as f32
        })
        .collect()
}

/// Serialises tensors as safetensors. Order of names, one metadata entry at
/// the most: so the bytes follow from the content.
pub(crate) fn to_safetensors(
    tensors: &[(String, Tensor)],
    half_precision: bool,
    metadata: (&str, String),
) -> Result<Vec<u8>> {
    let mut named: Vec<(&str, Dtype, Vec<usize>, Vec<u8>)> = Vec::with_capacity(tensors.len());
    for (name, tensor) in tensors {
        let values = tensor.flatten_all()?.to_vec1::<f32>()?;
        let (dtype, bytes) = if half_precision {
            (
                Dtype::F16,
                values
                    .iter()
                    .flat_map(|v| f16::from_f32(*v).to_le_bytes())
                    .collect(),
            )
        } else {
            (
                Dtype::F32,
                values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            )
        };
        named.push((name, dtype, tensor.dims().to_vec(), bytes));
    }
    let fault = |error: safetensors::SafeTensorError| Error::BadWeights {
        file: "weights to be written".into(),
        reason: error.to_string(),
    };
    let mut views = Vec::with_capacity(named.len());
    for (name, dtype, shape, bytes) in &named {
        let view = TensorView::new(*dtype, shape.clone(), bytes).map_err(fault)?;
        views.push((*name, view));
    }
    let metadata = [(metadata.0.to_owned(), metadata.1)].into_iter().collect();
    safetensors::serialize(views, Some(metadata)).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::WORDS;

    #[test]
    fn decay_spares_biases_and_norms() {
        assert!(decays("pooler.dense.weight") && decays(WORDS));
        assert!(!decays("pooler.dense.bias") && !decays("embeddings.LayerNorm.weight"));
    }

    #[test]
    fn normal_numbers_have_their_deviation() {
        let numbers = normal(&mut ChaCha8Rng::seed_from_u64(1), 0.02, 100_000);
        let mean = numbers.iter().map(|x| f64::from(*x)).sum::<f64>() / 1e5;
        let variance = numbers.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / 1e5;
        assert!(mean.abs() < 3e-4 && (variance.sqrt() - 0.02).abs() < 2e-4);
    }
}
