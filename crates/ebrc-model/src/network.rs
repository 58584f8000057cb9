//! The network as training and classification see it: batches in, logits or
//! gradients out, on whatever device.

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use crate::composed::ComposedNetwork;
use crate::config::BertConfig;
use crate::dropout::StepDropout;
use crate::error::Result;
use crate::fused::{FusedNetwork, Output};
use crate::loss::Target;
use crate::optimizer::Gradients;
use crate::parameters::{Parameters, WORDS};
use crate::tensors::scatter_add;
use crate::tokens::PackedBatch;

/// Sequences whose gradients are computed together by one thread. A batch's
/// parts, and so the sums over them, do not depend on the number of threads.
const PART: usize = 16;

/// Sequences classified together.
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

    /// Logits and `[CLS]` states of a batch.
    pub(crate) fn infer(&self, batch: &PackedBatch) -> Result<Output> {
        if let Some(fused) = &self.fused {
            return fused.infer(batch);
        }
        let (logits, states) = self.composed().forward(batch, None)?;
        Ok(Output {
            logits: logits.flatten_all()?.to_vec1()?,
            states: states.flatten_all()?.to_vec1()?,
        })
    }

    /// A row for every sequence, in order, of what `choose` picks. Sequences
    /// of like length are computed together, batches side by side.
    pub(crate) fn infer_all(
        &self,
        sequences: &[Vec<u32>],
        choose: impl Fn(Output) -> Vec<f32> + Sync,
    ) -> Result<Vec<Vec<f32>>> {
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        order.sort_by_key(|index| sequences[*index].len());
        let run = |indices: &[usize]| -> Result<Vec<f32>> {
            let batch = PackedBatch::new(indices.iter().map(|i| sequences[*i].as_slice()));
            Ok(choose(self.infer(&batch)?))
        };
        let batches = order.par_chunks(INFERENCE_BATCH);
        let results: Vec<Vec<f32>> = if self.fused.is_some() {
            batches.map(run).collect::<Result<_>>()?
        } else {
            order
                .chunks(INFERENCE_BATCH)
                .map(run)
                .collect::<Result<_>>()?
        };
        let mut rows = vec![Vec::new(); sequences.len()];
        for (indices, result) in order.chunks(INFERENCE_BATCH).zip(results) {
            let width = result.len() / indices.len();
            for (index, row) in indices.iter().zip(result.chunks(width.max(1))) {
                rows[*index] = row.to_vec();
            }
        }
        Ok(rows)
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
