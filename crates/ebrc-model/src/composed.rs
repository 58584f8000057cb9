//! The same network from Candle's own differentiable operations.
//!
//! It serves GPUs, and tests measure the written-out passes by it. Candle's
//! fused softmax and layer normalisation cut the gradient without a word, so
//! none of them is used here.

use std::collections::BTreeMap;

use candle_core::{D, DType, Device, Tensor};
use candle_nn::ops::{log_softmax, softmax};

use crate::config::BertConfig;
use crate::dropout::{Dropout, Site, StepDropout};
use crate::error::Result;
use crate::layout::{EMBEDDINGS_NORM, HEAD, POOLER, POSITIONS, Part, SEGMENTS, WORDS};
use crate::loss::Target;
use crate::parameters::Parameters;
use crate::tokens::PackedBatch;

/// The network over the weights of [`Parameters`], on their device.
pub(crate) struct ComposedNetwork<'a> {
    pub(crate) parameters: &'a Parameters,
    pub(crate) config: &'a BertConfig,
    pub(crate) device: &'a Device,
}

impl ComposedNetwork<'_> {
    /// `[CLS]` states (sequences × width).
    pub(crate) fn first_states(
        &self,
        batch: &PackedBatch,
        dropout: Option<&StepDropout>,
    ) -> Result<Tensor> {
        let x = self.states(batch, dropout)?;
        Ok(x.index_select(&self.indices(batch.first_rows())?, 0)?)
    }

    /// Logits (sequences × classes) from `[CLS]` states.
    pub(crate) fn logits(
        &self,
        states: &Tensor,
        batch: &PackedBatch,
        dropout: Option<&StepDropout>,
    ) -> Result<Tensor> {
        let pooled = self.affine(states, POOLER)?.tanh()?;
        let pooled = self.dropped(
            &pooled,
            StepDropout::at(dropout, Site::Pooled),
            batch.first_sequence,
        )?;
        self.affine(&pooled, HEAD)
    }

    /// Hidden states of all tokens after the last layer.
    pub(crate) fn states(
        &self,
        batch: &PackedBatch,
        dropout: Option<&StepDropout>,
    ) -> Result<Tensor> {
        let row = batch.first_row;
        let table = |name: &str, rows: Vec<u32>| -> Result<Tensor> {
            Ok(self
                .parameters
                .get(name)?
                .index_select(&self.indices(rows)?, 0)?)
        };
        let words = table(WORDS, batch.ids.clone())?;
        let positions = table(POSITIONS, batch.positions())?;
        let segments = table(SEGMENTS, vec![0; batch.rows()])?;
        let x = self.normalised(&((words + segments)? + positions)?, EMBEDDINGS_NORM)?;
        let mut x = self.dropped(&x, StepDropout::at(dropout, Site::Embeddings), row)?;
        for layer in 0..self.config.num_hidden_layers {
            let context = self.attention(&x, layer, batch, dropout)?;
            let out = self.affine(&context, &Part::AttentionOutput.name(layer))?;
            let site = StepDropout::at(dropout, Site::AttentionOutput(layer));
            let sum = (&x + self.dropped(&out, site, row)?)?;
            let middle = self.normalised(&sum, &Part::AttentionNorm.name(layer))?;
            let wide = self
                .affine(&middle, &Part::Intermediate.name(layer))?
                .gelu_erf()?;
            let out = self.affine(&wide, &Part::Output.name(layer))?;
            let site = StepDropout::at(dropout, Site::FeedForward(layer));
            let sum = (&middle + self.dropped(&out, site, row)?)?;
            x = self.normalised(&sum, &Part::OutputNorm.name(layer))?;
        }
        Ok(x)
    }

    /// Loss and gradients of a batch.
    pub(crate) fn differentiate(
        &self,
        batch: &PackedBatch,
        targets: &[Target],
        smoothing: f32,
        dropout: Option<&StepDropout>,
    ) -> Result<(f64, BTreeMap<String, Tensor>)> {
        let states = self.first_states(batch, dropout)?;
        let logits = self.logits(&states, batch, dropout)?;
        let classes = logits.dim(1)?;
        let wanted: Vec<f32> = targets
            .iter()
            .flat_map(|target| {
                (0..classes).map(move |class| {
                    let wanted = target.probability(class, classes, smoothing);
                    (f64::from(target.weight) * wanted) as f32
                })
            })
            .collect();
        let wanted = Tensor::from_vec(wanted, (targets.len(), classes), self.device)?;
        let loss = (log_softmax(&logits, D::Minus1)? * wanted)?
            .sum_all()?
            .neg()?;
        let store = loss.backward()?;
        let mut gradients = BTreeMap::new();
        for (name, variable) in self.parameters.iter() {
            if let Some(gradient) = store.get(variable) {
                gradients.insert(name.clone(), gradient.force_contiguous()?);
            }
        }
        Ok((f64::from(loss.to_scalar::<f32>()?), gradients))
    }

    /// Attention on sequences padded to the longest one.
    fn attention(
        &self,
        x: &Tensor,
        layer: usize,
        batch: &PackedBatch,
        dropout: Option<&StepDropout>,
    ) -> Result<Tensor> {
        let longest = batch
            .spans()
            .map(|(start, end)| end - start)
            .max()
            .unwrap_or(0);
        let (heads, size) = (self.config.num_attention_heads, self.config.head_size());
        let mut padded = Vec::with_capacity(batch.len() * longest);
        let mut unpadded = Vec::with_capacity(batch.rows());
        let mut mask = Vec::with_capacity(batch.len() * longest);
        for (sequence, (start, end)) in batch.spans().enumerate() {
            for position in 0..longest {
                let inside = start + position < end;
                padded.push(if inside {
                    (start + position) as u32
                } else {
                    start as u32
                });
                mask.push(if inside { 0.0_f32 } else { -1e30 });
                if inside {
                    unpadded.push((sequence * longest + position) as u32);
                }
            }
        }
        let padded = self.indices(padded)?;
        let heads_of = |part: Part| -> Result<Tensor> {
            let rows = self
                .affine(x, &part.name(layer))?
                .index_select(&padded, 0)?;
            let rows = rows.reshape((batch.len(), longest, heads, size))?;
            Ok(rows.transpose(1, 2)?.contiguous()?)
        };
        let (query, key) = (heads_of(Part::Query)?, heads_of(Part::Key)?);
        let value = heads_of(Part::Value)?;
        let scores =
            (query.matmul(&key.transpose(2, 3)?.contiguous()?)? * (1.0 / (size as f64).sqrt()))?;
        let mask = Tensor::from_vec(mask, (batch.len(), 1, 1, longest), self.device)?;
        let mut weights = softmax(&scores.broadcast_add(&mask)?, D::Minus1)?;
        let site = StepDropout::at(dropout, Site::AttentionWeights(layer));
        if !site.is_none() {
            let positions = self.config.max_position_embeddings;
            let mut factors = Vec::with_capacity(weights.elem_count());
            for (start, _) in batch.spans() {
                for head in 0..heads {
                    for position in 0..longest {
                        let row = batch.first_row + start + position;
                        let first = ((row * heads + head) * positions) as u32;
                        factors.extend(site.factors(first, longest));
                    }
                }
            }
            weights = (weights.clone() * Tensor::from_vec(factors, weights.shape(), self.device)?)?;
        }
        let context = weights.matmul(&value)?.transpose(1, 2)?.contiguous()?;
        let context = context.reshape((batch.len() * longest, heads * size))?;
        Ok(context.index_select(&self.indices(unpadded)?, 0)?)
    }

    fn affine(&self, x: &Tensor, name: &str) -> Result<Tensor> {
        let weight = self.parameters.get(&format!("{name}.weight"))?;
        let bias = self.parameters.get(&format!("{name}.bias"))?;
        Ok(x.matmul(&weight.t()?)?.broadcast_add(bias)?)
    }

    fn normalised(&self, x: &Tensor, name: &str) -> Result<Tensor> {
        let gamma = self.parameters.get(&format!("{name}.weight"))?;
        let beta = self.parameters.get(&format!("{name}.bias"))?;
        let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
        let variance = centred.sqr()?.mean_keepdim(D::Minus1)?;
        let deviation = (variance + self.config.layer_norm_eps)?.sqrt()?;
        Ok(centred
            .broadcast_div(&deviation)?
            .broadcast_mul(gamma)?
            .broadcast_add(beta)?)
    }

    /// Drops elements of rows, the first of which is `first_row` in the batch.
    fn dropped(&self, x: &Tensor, dropout: Dropout, first_row: usize) -> Result<Tensor> {
        if dropout.is_none() {
            return Ok(x.clone());
        }
        let first = (first_row * x.dim(1)?) as u32;
        let factors: Vec<f32> = dropout.factors(first, x.elem_count()).collect();
        Ok((x * Tensor::from_vec(factors, x.shape(), self.device)?)?)
    }

    fn indices(&self, rows: Vec<u32>) -> Result<Tensor> {
        let count = rows.len();
        Ok(Tensor::from_vec(rows, count, self.device)?.to_dtype(DType::U32)?)
    }
}
