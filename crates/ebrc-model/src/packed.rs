//! Classification on the CPU: weights packed once, buffers used again.
//!
//! Only the `[CLS]` state of the last layer reaches the head, so the last
//! layer computes keys and values of all tokens, and everything else of the
//! first token of each sequence alone.

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::classifier::Precision;
use crate::config::BertConfig;
use crate::dropout::Dropout;
use crate::error::Result;
use crate::kernels::attention::{AttentionBuffers, Biased, Geometry, attention};
use crate::kernels::feed_forward::bias_gelu;
use crate::kernels::head::affine;
use crate::kernels::normalisation::add_and_normalise;
use crate::linear::{BLOCK, Linear, ProductBuffers};
use crate::network::Output;
use crate::parameters::{EMBEDDINGS_NORM, HEAD, POOLER, POSITIONS, Part, SEGMENTS, WORDS};
use crate::tokens::PackedBatch;
use crate::weights::{Table, WeightSource};

/// Tokens that one thread computes together, about: enough that products are
/// efficient, few enough that their rows stay near the core.
const TOKENS: usize = 256;

/// A network that classifies.
pub(crate) struct PackedNetwork {
    config: BertConfig,
    /// One thread, for fewer tokens than are worth a second: waking it for each
    /// product would take longer than it saves.
    alone: Option<ThreadPool>,
    few_tokens: usize,
    words: Table,
    positions: Table,
    segment: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    /// Pooler and classification head; an encoder has none.
    classifier: Option<[Affine; 2]>,
}

struct Layer {
    query: Linear,
    /// Keys, then values.
    key_value: Linear,
    attention_output: Linear,
    attention_norm: Norm,
    intermediate: Linear,
    output: Linear,
    output_norm: Norm,
}

struct Norm {
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

struct Affine {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

/// Buffers of one thread.
#[derive(Default)]
struct Buffers {
    /// The states of all tokens.
    states: Vec<f32>,
    /// The states of the first tokens.
    firsts: Vec<f32>,
    query: Vec<f32>,
    key_value: Vec<f32>,
    context: Vec<f32>,
    wide: Vec<f32>,
    narrow: Vec<f32>,
    attention: AttentionBuffers,
    products: ProductBuffers,
}

impl PackedNetwork {
    /// Packs weights as they are now. With `classifies` there must be a pooler
    /// and a head, else they are not asked for.
    pub(crate) fn new(
        weights: &impl WeightSource,
        config: &BertConfig,
        precision: Precision,
        classifies: bool,
    ) -> Result<Self> {
        let numbers = |name: &str, end: &str| weights.numbers(&format!("{name}.{end}"));
        let norm = |name: &str| {
            Ok::<_, crate::Error>(Norm {
                gamma: numbers(name, "weight")?,
                beta: numbers(name, "bias")?,
            })
        };
        let affine = |name: &str| {
            Ok::<_, crate::Error>(Affine {
                weight: numbers(name, "weight")?,
                bias: numbers(name, "bias")?,
            })
        };
        let layer = |number: usize| {
            // Products of the same rows are one product.
            let linear = |parts: &[Part], inputs: usize| -> Result<Linear> {
                let all = |end: &str| -> Result<Vec<f32>> {
                    let mut all = numbers(&parts[0].name(number), end)?;
                    for part in &parts[1..] {
                        all.extend(numbers(&part.name(number), end)?);
                    }
                    Ok(all)
                };
                Ok(Linear::pack(
                    &all("weight")?,
                    all("bias")?,
                    inputs,
                    precision,
                ))
            };
            let (width, wide) = (config.hidden_size, config.intermediate_size);
            Ok(Layer {
                query: linear(&[Part::Query], width)?,
                key_value: linear(&[Part::Key, Part::Value], width)?,
                attention_output: linear(&[Part::AttentionOutput], width)?,
                attention_norm: norm(&Part::AttentionNorm.name(number))?,
                intermediate: linear(&[Part::Intermediate], width)?,
                output: linear(&[Part::Output], wide)?,
                output_norm: norm(&Part::OutputNorm.name(number))?,
            })
        };
        Ok(Self {
            words: weights.table(WORDS)?,
            positions: weights.table(POSITIONS)?,
            segment: weights.numbers(SEGMENTS)?[..config.hidden_size].to_vec(),
            norm: norm(EMBEDDINGS_NORM)?,
            layers: (0..config.num_hidden_layers)
                .into_par_iter()
                .map(layer)
                .collect::<Result<_>>()?,
            classifier: match classifies {
                true => Some([affine(POOLER)?, affine(HEAD)?]),
                false => None,
            },
            // Without it all goes on as usual.
            alone: ThreadPoolBuilder::new().num_threads(1).build().ok(),
            few_tokens: match precision {
                Precision::F32 => 32,
                Precision::Int8 => TOKENS,
            },
            config: config.clone(),
        })
    }

    /// A row for every sequence, in order, of what `choose` picks. Sequences
    /// of like length are computed together, some on each thread; a row does
    /// not depend on its company.
    pub(crate) fn infer_all(
        &self,
        sequences: &[Vec<u32>],
        choose: impl Fn(Output) -> Vec<f32> + Sync,
    ) -> Result<Vec<Vec<f32>>> {
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        order.sort_by_key(|index| sequences[*index].len());
        let mut batches = Vec::new();
        let (mut rest, mut tokens) = (order.as_slice(), 0);
        let mut count = 0;
        while let Some(index) = rest.get(count) {
            tokens += sequences[*index].len();
            count += 1;
            if tokens >= TOKENS || count == rest.len() {
                let (batch, others) = rest.split_at(count);
                batches.push(batch);
                (rest, tokens, count) = (others, 0, 0);
            }
        }
        let run = |buffers: &mut Buffers, indices: &&[usize]| {
            let batch = PackedBatch::new(indices.iter().map(|i| sequences[*i].as_slice()));
            Ok(choose(self.infer(&batch, buffers)?))
        };
        let run_all = || -> Result<Vec<Vec<f32>>> {
            let batches = batches.par_iter();
            batches.map_init(Buffers::default, run).collect()
        };
        let few = sequences.iter().map(Vec::len).sum::<usize>() < self.few_tokens;
        let results = match &self.alone {
            Some(alone) if few && rayon::current_num_threads() > 1 => alone.install(run_all)?,
            _ => run_all()?,
        };
        let mut rows = vec![Vec::new(); sequences.len()];
        for (indices, result) in batches.iter().zip(results) {
            let width = result.len() / indices.len();
            for (index, row) in indices.iter().zip(result.chunks(width.max(1))) {
                rows[*index] = row.to_vec();
            }
        }
        Ok(rows)
    }

    fn infer(&self, batch: &PackedBatch, buffers: &mut Buffers) -> Result<Output> {
        self.embed(batch, buffers)?;
        let last = self.layers.len() - 1;
        for (number, layer) in self.layers.iter().enumerate() {
            self.layer(layer, number == last, batch, buffers)?;
        }
        let width = self.config.hidden_size;
        let states = buffers.firsts[..batch.len() * width].to_vec();
        let mut logits = Vec::new();
        if let Some([pooler, head]) = &self.classifier {
            let mut pooled = affine(&states, &pooler.weight, &pooler.bias, width);
            for value in &mut pooled {
                *value = value.tanh();
            }
            logits = affine(&pooled, &head.weight, &head.bias, width);
        }
        Ok(Output { logits, states })
    }

    /// Sums of word, position and segment embeddings, normalised, to `states`.
    fn embed(&self, batch: &PackedBatch, buffers: &mut Buffers) -> Result<()> {
        let width = self.config.hidden_size;
        let size = batch.rows() * width;
        let (states, summed) = (&mut buffers.states, &mut buffers.narrow);
        states.resize(size.max(states.len()), 0.0);
        summed.resize(size.max(summed.len()), 0.0);
        let positions = batch.positions().into_iter();
        self.positions
            .gather(positions, width, &mut states[..size])?;
        let ids = batch.ids.iter().copied();
        self.words.gather(ids, width, &mut summed[..size])?;
        self.normalise(
            &self.norm,
            &mut states[..size],
            &summed[..size],
            &self.segment,
        );
        Ok(())
    }

    fn normalise(&self, norm: &Norm, states: &mut [f32], x: &[f32], bias: &[f32]) {
        let epsilon = self.config.layer_norm_eps as f32;
        add_and_normalise(states, x, bias, (&norm.gamma, &norm.beta), epsilon);
    }

    fn layer(
        &self,
        layer: &Layer,
        last: bool,
        batch: &PackedBatch,
        buffers: &mut Buffers,
    ) -> Result<()> {
        let width = self.config.hidden_size;
        let Buffers {
            states,
            firsts,
            query,
            key_value,
            context,
            wide,
            narrow,
            attention: attention_buffers,
            products,
        } = buffers;
        fn sized(buffer: &mut Vec<f32>, size: usize) -> &mut [f32] {
            buffer.resize(size.max(buffer.len()), 0.0);
            &mut buffer[..size]
        }
        let rows = batch.rows();
        let key_value = sized(key_value, rows * 2 * width);
        layer
            .key_value
            .product(&states[..rows * width], key_value, products)?;
        let asking = if last {
            let firsts = sized(firsts, batch.len() * width);
            for (first, row) in firsts.chunks_exact_mut(width).zip(batch.first_rows()) {
                first.copy_from_slice(&states[row as usize * width..][..width]);
            }
            firsts
        } else {
            &mut states[..rows * width]
        };
        let query = sized(query, asking.len());
        layer.query.product(asking, query, products)?;
        let context = sized(context, asking.len());
        let (key_bias, value_bias) = layer.key_value.bias.split_at(width);
        attention(
            Biased {
                x: query,
                stride: width,
                bias: &layer.query.bias,
            },
            Biased {
                x: key_value,
                stride: 2 * width,
                bias: key_bias,
            },
            Biased {
                x: &key_value[width..],
                stride: 2 * width,
                bias: value_bias,
            },
            &Geometry {
                offsets: &batch.offsets,
                first_only: last,
                heads: self.config.num_attention_heads,
                head_size: self.config.head_size(),
                dropout: Dropout::NONE,
                first_row: 0,
                max_positions: self.config.max_position_embeddings,
            },
            attention_buffers,
            context,
        );
        // What follows looks at each row alone: some rows at a time go through
        // to the end.
        let blocks = asking
            .chunks_mut(BLOCK * width)
            .zip(context.chunks(BLOCK * width));
        for (states, context) in blocks {
            let narrow = sized(narrow, states.len());
            let output = &layer.attention_output;
            output.product(context, narrow, products)?;
            self.normalise(&layer.attention_norm, states, narrow, &output.bias);
            let wide = sized(wide, states.len() / width * layer.intermediate.outputs());
            layer.intermediate.product(states, wide, products)?;
            bias_gelu(wide, &layer.intermediate.bias);
            layer.output.product(wide, narrow, products)?;
            self.normalise(&layer.output_norm, states, narrow, &layer.output.bias);
        }
        Ok(())
    }
}
