//! The forward and backward pass of a training step on the CPU, written out.
//!
//! Matrix products are Candle's; what lies between them is in [`kernels`].
//! Only the `[CLS]` state of the last layer reaches the head, so the last
//! layer computes keys and values of all tokens, and everything else of the
//! first token of each sequence alone.
//!
//! [`kernels`]: crate::kernels

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};

use crate::config::BertConfig;
use crate::dropout::{Dropout, Site, StepDropout};
use crate::error::Result;
use crate::kernels::attention::{
    AttentionBuffers, Biased, Geometry, attention, attention_backward,
};
use crate::kernels::feed_forward::{bias_gelu, bias_gelu_backward};
use crate::kernels::head::{affine, affine_backward};
use crate::kernels::normalisation::{
    NormaliseGradients, RowDropout, normalise, normalise_backward,
};
use crate::layout::{EMBEDDINGS_NORM, HEAD, POOLER, POSITIONS, Part, SEGMENTS, WORDS};
use crate::loss::{Target, cross_entropy};
use crate::parameters::Parameters;
use crate::tensors::{add, drop_rows, gather, into_vec, matrix, product, read, scatter_add};
use crate::tokens::PackedBatch;

/// A weight and its bias.
struct Pair {
    name: String,
    weight: Tensor,
    bias: Tensor,
}

impl Pair {
    fn new(parameters: &Parameters, name: &str) -> Result<Self> {
        let detached = |end: &str| {
            parameters
                .get(&format!("{name}.{end}"))
                .map(|v| v.as_detached_tensor())
        };
        Ok(Self {
            name: name.to_owned(),
            weight: detached("weight")?,
            bias: detached("bias")?,
        })
    }
}

/// The network over weights that it shares with [`Parameters`].
pub(crate) struct FusedNetwork {
    config: BertConfig,
    words: Tensor,
    positions: Tensor,
    segments: Tensor,
    norm: Pair,
    layers: Vec<[Pair; 8]>,
    pooler: Pair,
    head: Option<Pair>,
}

/// Values of the forward pass that the backward pass needs.
struct Tape {
    norm: NormTape,
    layers: Vec<LayerTape>,
    states: Vec<f32>,
    pooled: Vec<f32>,
    head_input: Vec<f32>,
}

#[derive(Default)]
struct NormTape {
    standard: Vec<f32>,
    inverse_deviation: Vec<f32>,
}

struct LayerTape {
    input: Tensor,
    query_input: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    context: Tensor,
    attention_norm: NormTape,
    middle: Tensor,
    wide: Tensor,
    activated: Tensor,
    output_norm: NormTape,
}

/// Gradients of a part of a batch.
pub(crate) struct PartGradients {
    /// By name, but for the word embeddings.
    pub(crate) dense: BTreeMap<String, Tensor>,
    /// The gradient of the word embedding of each token.
    pub(crate) words: Vec<f32>,
    /// The weighted sum of the losses.
    pub(crate) loss: f64,
}

impl FusedNetwork {
    pub(crate) fn new(parameters: &Parameters, config: &BertConfig) -> Result<Self> {
        let detached = |name: &str| parameters.get(name).map(|v| v.as_detached_tensor());
        let mut layers = Vec::with_capacity(config.num_hidden_layers);
        for layer in 0..config.num_hidden_layers {
            let pair = |part: Part| Pair::new(parameters, &part.name(layer));
            layers.push([
                pair(Part::Query)?,
                pair(Part::Key)?,
                pair(Part::Value)?,
                pair(Part::AttentionOutput)?,
                pair(Part::AttentionNorm)?,
                pair(Part::Intermediate)?,
                pair(Part::Output)?,
                pair(Part::OutputNorm)?,
            ]);
        }
        Ok(Self {
            config: config.clone(),
            words: detached(WORDS)?,
            positions: detached(POSITIONS)?,
            segments: detached(SEGMENTS)?,
            norm: Pair::new(parameters, EMBEDDINGS_NORM)?,
            layers,
            pooler: Pair::new(parameters, POOLER)?,
            head: Pair::new(parameters, HEAD).ok(),
        })
    }

    /// Loss and gradients of a part of a batch.
    pub(crate) fn differentiate(
        &self,
        part: &PackedBatch,
        targets: &[Target],
        smoothing: f32,
        dropout: Option<&StepDropout>,
    ) -> Result<PartGradients> {
        let (logits, tape) = self.forward(part, dropout)?;
        let classes = logits.len() / part.len();
        let (loss, gradient) = cross_entropy(&logits, targets, classes, smoothing);
        self.backward(part, dropout, tape, &gradient, loss)
    }

    fn forward(
        &self,
        batch: &PackedBatch,
        dropout: Option<&StepDropout>,
    ) -> Result<(Vec<f32>, Tape)> {
        let width = self.config.hidden_size;
        let all_rows: Vec<u32> = (0..batch.rows() as u32)
            .map(|row| row + batch.first_row as u32)
            .collect();
        let (mut x, norm) = self.embed(batch, dropout, &all_rows)?;
        let mut tapes = Vec::with_capacity(self.layers.len());
        let last = self.layers.len() - 1;
        for (number, layer) in self.layers.iter().enumerate() {
            let (out, tape) =
                self.layer(layer, number, x, number == last, batch, dropout, &all_rows)?;
            x = out;
            tapes.push(tape);
        }
        let states = read(&x)?.to_vec();
        let mut pooled = affine(
            &states,
            &read(&self.pooler.weight)?,
            &read(&self.pooler.bias)?,
            width,
        );
        for value in &mut pooled {
            *value = value.tanh();
        }
        let sequences: Vec<u32> = (0..batch.len() as u32)
            .map(|s| s + batch.first_sequence as u32)
            .collect();
        let mut head_input = pooled.clone();
        drop_rows(
            &mut head_input,
            width,
            &sequences,
            StepDropout::at(dropout, Site::Pooled),
        );
        let logits = match &self.head {
            Some(head) => affine(&head_input, &read(&head.weight)?, &read(&head.bias)?, width),
            None => Vec::new(),
        };
        let tape = Tape {
            norm,
            layers: tapes,
            states,
            pooled,
            head_input,
        };
        Ok((logits, tape))
    }

    /// Sum of word, position and segment embeddings, normalised.
    fn embed(
        &self,
        batch: &PackedBatch,
        dropout: Option<&StepDropout>,
        rows: &[u32],
    ) -> Result<(Tensor, NormTape)> {
        let width = self.config.hidden_size;
        let words = gather(&read(&self.words)?, &batch.ids, width);
        let positions = gather(&read(&self.positions)?, &batch.positions(), width);
        let (gamma, beta) = (read(&self.norm.weight)?, read(&self.norm.bias)?);
        let mut normalised = normalise(
            &words,
            &read(&self.segments)?[..width],
            &positions,
            (&gamma, &beta),
            self.config.layer_norm_eps as f32,
            RowDropout {
                dropout: Dropout::NONE,
                rows,
            },
        );
        drop_rows(
            &mut normalised.out,
            width,
            rows,
            StepDropout::at(dropout, Site::Embeddings),
        );
        let tape = NormTape {
            standard: normalised.standard,
            inverse_deviation: normalised.inverse_deviation,
        };
        Ok((matrix(normalised.out, width)?, tape))
    }

    #[allow(clippy::too_many_arguments, reason = "the state of a forward pass")]
    fn layer(
        &self,
        layer: &[Pair; 8],
        number: usize,
        input: Tensor,
        last: bool,
        batch: &PackedBatch,
        dropout: Option<&StepDropout>,
        all_rows: &[u32],
    ) -> Result<(Tensor, LayerTape)> {
        let width = self.config.hidden_size;
        let pair = |part: Part| &layer[part as usize];
        let (query_input, rows) = if last {
            let firsts = batch.first_rows();
            let rows: Vec<u32> = firsts.iter().map(|row| all_rows[*row as usize]).collect();
            (matrix(gather(&read(&input)?, &firsts, width), width)?, rows)
        } else {
            (input.clone(), all_rows.to_vec())
        };
        let query = product(&query_input, &pair(Part::Query).weight)?;
        let key = product(&input, &pair(Part::Key).weight)?;
        let value = product(&input, &pair(Part::Value).weight)?;
        let mut context = vec![0.0; query.elem_count()];
        {
            let (q, k, v) = (read(&query)?, read(&key)?, read(&value)?);
            let (q_bias, k_bias, v_bias) = (
                read(&pair(Part::Query).bias)?,
                read(&pair(Part::Key).bias)?,
                read(&pair(Part::Value).bias)?,
            );
            attention(
                Biased {
                    x: &q,
                    stride: width,
                    bias: &q_bias,
                },
                Biased {
                    x: &k,
                    stride: width,
                    bias: &k_bias,
                },
                Biased {
                    x: &v,
                    stride: width,
                    bias: &v_bias,
                },
                &self.geometry(batch, number, last, dropout),
                &mut AttentionBuffers::default(),
                &mut context,
            );
        }
        let context = matrix(context, width)?;
        let attended = product(&context, &pair(Part::AttentionOutput).weight)?;
        let site = StepDropout::at(dropout, Site::AttentionOutput(number));
        let (middle, attention_norm) = self.add_and_normalise(
            &attended,
            &pair(Part::AttentionOutput).bias,
            &query_input,
            pair(Part::AttentionNorm),
            RowDropout {
                dropout: site,
                rows: &rows,
            },
        )?;
        drop(attended);
        let wide = product(&middle, &pair(Part::Intermediate).weight)?;
        let mut activated = into_vec(wide.clone())?;
        bias_gelu(&mut activated, &read(&pair(Part::Intermediate).bias)?);
        let activated = matrix(activated, self.config.intermediate_size)?;
        let narrow = product(&activated, &pair(Part::Output).weight)?;
        let site = StepDropout::at(dropout, Site::FeedForward(number));
        let (out, output_norm) = self.add_and_normalise(
            &narrow,
            &pair(Part::Output).bias,
            &middle,
            pair(Part::OutputNorm),
            RowDropout {
                dropout: site,
                rows: &rows,
            },
        )?;
        let tape = LayerTape {
            input,
            query_input,
            query,
            key,
            value,
            context,
            attention_norm,
            middle,
            wide,
            activated,
            output_norm,
        };
        Ok((out, tape))
    }

    fn add_and_normalise(
        &self,
        x: &Tensor,
        bias: &Tensor,
        residual: &Tensor,
        norm: &Pair,
        dropped: RowDropout,
    ) -> Result<(Tensor, NormTape)> {
        let (gamma, beta) = (read(&norm.weight)?, read(&norm.bias)?);
        let normalised = normalise(
            &read(x)?,
            &read(bias)?,
            &read(residual)?,
            (&gamma, &beta),
            self.config.layer_norm_eps as f32,
            dropped,
        );
        let tape = NormTape {
            standard: normalised.standard,
            inverse_deviation: normalised.inverse_deviation,
        };
        Ok((matrix(normalised.out, self.config.hidden_size)?, tape))
    }

    fn geometry<'a>(
        &self,
        batch: &'a PackedBatch,
        number: usize,
        last: bool,
        dropout: Option<&StepDropout>,
    ) -> Geometry<'a> {
        Geometry {
            offsets: &batch.offsets,
            first_only: last,
            heads: self.config.num_attention_heads,
            head_size: self.config.head_size(),
            dropout: StepDropout::at(dropout, Site::AttentionWeights(number)),
            first_row: batch.first_row,
            max_positions: self.config.max_position_embeddings,
        }
    }

    fn backward(
        &self,
        batch: &PackedBatch,
        dropout: Option<&StepDropout>,
        tape: Tape,
        gradient: &[f32],
        loss: f64,
    ) -> Result<PartGradients> {
        let width = self.config.hidden_size;
        let mut dense = Gradients {
            tensors: BTreeMap::new(),
        };
        let sequences: Vec<u32> = (0..batch.len() as u32)
            .map(|s| s + batch.first_sequence as u32)
            .collect();
        let all_rows: Vec<u32> = (0..batch.rows() as u32)
            .map(|row| row + batch.first_row as u32)
            .collect();
        let Tape {
            norm,
            layers,
            states,
            mut pooled,
            head_input,
        } = tape;
        if let Some(head) = &self.head {
            let head_gradients =
                affine_backward(gradient, &head_input, &read(&head.weight)?, width);
            dense.pair(head, head_gradients.weight, head_gradients.bias)?;
            let mut back = head_gradients.x;
            drop_rows(
                &mut back,
                width,
                &sequences,
                StepDropout::at(dropout, Site::Pooled),
            );
            for (pooled, back) in pooled.iter_mut().zip(back) {
                *pooled = back * (1.0 - *pooled * *pooled);
            }
        }
        let pooler = affine_backward(&pooled, &states, &read(&self.pooler.weight)?, width);
        dense.pair(&self.pooler, pooler.weight, pooler.bias)?;
        let mut back = pooler.x;
        let last = self.layers.len() - 1;
        for (number, (layer, tape)) in self.layers.iter().zip(layers).enumerate().rev() {
            let first_only = number == last;
            back = self.layer_backward(
                layer, number, tape, back, first_only, batch, dropout, &all_rows, &mut dense,
            )?;
        }
        drop_rows(
            &mut back,
            width,
            &all_rows,
            StepDropout::at(dropout, Site::Embeddings),
        );
        let summed = normalise_backward(
            &back,
            &norm.standard,
            &norm.inverse_deviation,
            &read(&self.norm.weight)?,
            RowDropout {
                dropout: Dropout::NONE,
                rows: &all_rows,
            },
        );
        dense.pair(&self.norm, summed.gamma, summed.beta)?;
        let mut positions = vec![0.0; self.positions.elem_count()];
        scatter_add(&mut positions, &summed.x, &batch.positions(), width);
        dense.insert(POSITIONS, positions, &self.positions)?;
        let mut segments = vec![0.0; self.segments.elem_count()];
        segments[..width].copy_from_slice(&summed.bias);
        dense.insert(SEGMENTS, segments, &self.segments)?;
        Ok(PartGradients {
            dense: dense.tensors,
            words: summed.x,
            loss,
        })
    }

    #[allow(clippy::too_many_arguments, reason = "the state of a backward pass")]
    fn layer_backward(
        &self,
        layer: &[Pair; 8],
        number: usize,
        tape: LayerTape,
        gradient: Vec<f32>,
        last: bool,
        batch: &PackedBatch,
        dropout: Option<&StepDropout>,
        all_rows: &[u32],
        dense: &mut Gradients,
    ) -> Result<Vec<f32>> {
        let width = self.config.hidden_size;
        let pair = |part: Part| &layer[part as usize];
        let firsts = batch.first_rows();
        let rows: Vec<u32> = if last {
            firsts.iter().map(|row| all_rows[*row as usize]).collect()
        } else {
            all_rows.to_vec()
        };
        let norm_backward = |gradient: &[f32], norm: &Pair, tape: &NormTape, site: Site| {
            Ok::<NormaliseGradients, crate::Error>(normalise_backward(
                gradient,
                &tape.standard,
                &tape.inverse_deviation,
                &read(&norm.weight)?,
                RowDropout {
                    dropout: StepDropout::at(dropout, site),
                    rows: &rows,
                },
            ))
        };

        // The feed-forward half.
        let norm = pair(Part::OutputNorm);
        let summed = norm_backward(
            &gradient,
            norm,
            &tape.output_norm,
            Site::FeedForward(number),
        )?;
        drop(gradient);
        dense.pair(norm, summed.gamma, summed.beta)?;
        let mut middle_gradient = summed.residual;
        let narrow = matrix(summed.x, width)?;
        let output = pair(Part::Output);
        dense.product(output, &narrow, &tape.activated, summed.bias)?;
        let wide = narrow.matmul(&output.weight)?;
        let intermediate = pair(Part::Intermediate);
        let mut wide = into_vec(wide)?;
        let bias = bias_gelu_backward(&read(&tape.wide)?, &read(&intermediate.bias)?, &mut wide);
        let wide = matrix(wide, self.config.intermediate_size)?;
        dense.product(intermediate, &wide, &tape.middle, bias)?;
        add(
            &mut middle_gradient,
            &read(&wide.matmul(&intermediate.weight)?)?,
        );

        // The attention half.
        let norm = pair(Part::AttentionNorm);
        let summed = norm_backward(
            &middle_gradient,
            norm,
            &tape.attention_norm,
            Site::AttentionOutput(number),
        )?;
        dense.pair(norm, summed.gamma, summed.beta)?;
        let attended = matrix(summed.x, width)?;
        let output = pair(Part::AttentionOutput);
        dense.product(output, &attended, &tape.context, summed.bias)?;
        let context_gradient = attended.matmul(&output.weight)?;
        let attention = {
            let (q, k, v) = (read(&tape.query)?, read(&tape.key)?, read(&tape.value)?);
            let (q_bias, k_bias, v_bias) = (
                read(&pair(Part::Query).bias)?,
                read(&pair(Part::Key).bias)?,
                read(&pair(Part::Value).bias)?,
            );
            attention_backward(
                &read(&context_gradient)?,
                Biased {
                    x: &q,
                    stride: width,
                    bias: &q_bias,
                },
                Biased {
                    x: &k,
                    stride: width,
                    bias: &k_bias,
                },
                Biased {
                    x: &v,
                    stride: width,
                    bias: &v_bias,
                },
                &self.geometry(batch, number, last, dropout),
            )
        };
        let query = matrix(attention.query, width)?;
        let key = matrix(attention.key, width)?;
        let value = matrix(attention.value, width)?;
        dense.product(
            pair(Part::Query),
            &query,
            &tape.query_input,
            attention.query_bias,
        )?;
        dense.product(pair(Part::Key), &key, &tape.input, attention.key_bias)?;
        dense.product(pair(Part::Value), &value, &tape.input, attention.value_bias)?;
        let mut query_gradient = summed.residual;
        add(
            &mut query_gradient,
            &read(&query.matmul(&pair(Part::Query).weight)?)?,
        );
        let mut back = into_vec(key.matmul(&pair(Part::Key).weight)?)?;
        add(&mut back, &read(&value.matmul(&pair(Part::Value).weight)?)?);
        if last {
            scatter_add(&mut back, &query_gradient, &firsts, width);
        } else {
            add(&mut back, &query_gradient);
        }
        Ok(back)
    }
}

/// Gradients by name, in the making.
struct Gradients {
    tensors: BTreeMap<String, Tensor>,
}

impl Gradients {
    fn insert(&mut self, name: &str, numbers: Vec<f32>, like: &Tensor) -> Result<()> {
        let tensor = Tensor::from_vec(numbers, like.shape(), &Device::Cpu)?;
        self.tensors.insert(name.to_owned(), tensor);
        Ok(())
    }

    fn pair(&mut self, pair: &Pair, weight: Vec<f32>, bias: Vec<f32>) -> Result<()> {
        self.insert(&format!("{}.weight", pair.name), weight, &pair.weight)?;
        self.insert(&format!("{}.bias", pair.name), bias, &pair.bias)
    }

    /// The gradients of `y = x · weightᵀ + bias` from that of y.
    fn product(&mut self, pair: &Pair, y: &Tensor, x: &Tensor, bias: Vec<f32>) -> Result<()> {
        self.tensors
            .insert(format!("{}.weight", pair.name), y.t()?.matmul(x)?);
        self.insert(&format!("{}.bias", pair.name), bias, &pair.bias)
    }
}
