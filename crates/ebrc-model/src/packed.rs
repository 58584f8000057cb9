//! Classification on the CPU: weights packed once, buffers used again.
//!
//! Only the `[CLS]` state of the last layer reaches the head, so the last
//! layer computes keys and values of all tokens, and everything else of the
//! first token of each sequence alone.

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::config::BertConfig;
use crate::dropout::Dropout;
use crate::error::Result;
use crate::kernels::attention::{AttentionBuffers, Biased, Geometry, attention};
use crate::kernels::feed_forward::bias_gelu;
use crate::kernels::head::affine;
use crate::kernels::normalisation::add_and_normalise;
use crate::layout::{EMBEDDINGS_NORM, HEAD, POOLER, POSITIONS, Part, SEGMENTS, WORDS};
use crate::linear::{BLOCK, Linear, ProductBuffers};
use crate::precision::Precision;
use crate::tokens::PackedBatch;
use crate::weights::{Table, WeightSource};

/// Tokens that one thread computes together, about: enough that products are
/// efficient, few enough that their rows stay near the core.
const TOKENS: usize = 256;

/// What the network makes of a batch.
pub(crate) struct Output {
    /// Logits, a row a sequence; empty without a head.
    pub(crate) logits: Vec<f32>,
    /// Hidden states of the `[CLS]` tokens, a row a sequence.
    pub(crate) states: Vec<f32>,
}

/// A network that classifies.
pub(crate) struct PackedNetwork {
    config: BertConfig,
    /// One thread, for fewer tokens than are worth a second: to wake it in each
    /// layer would take longer than it saves.
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

/// Buffers of a batch.
#[derive(Default)]
struct Buffers {
    /// The states of all tokens.
    states: Vec<f32>,
    /// The states of the first tokens.
    firsts: Vec<f32>,
    query: Vec<f32>,
    key_value: Vec<f32>,
    context: Vec<f32>,
    attention: AttentionBuffers,
    /// For each part of the rows.
    parts: Vec<PartBuffers>,
}

/// Buffers of rows that one thread works on.
#[derive(Default)]
struct PartBuffers {
    wide: Vec<f32>,
    narrow: Vec<f32>,
    products: ProductBuffers,
}

/// The same rows of several buffers.
struct Rows<'a> {
    states: &'a mut [f32],
    context: &'a [f32],
    query: &'a mut [f32],
    key_value: &'a mut [f32],
}

impl Buffers {
    fn of_parts(parts: usize) -> Self {
        let mut buffers = Self::default();
        buffers.parts.resize_with(parts, PartBuffers::default);
        buffers
    }
}

/// The first `size` numbers of a buffer, which grows where it must.
fn sized(buffer: &mut Vec<f32>, size: usize) -> &mut [f32] {
    buffer.resize(size.max(buffer.len()), 0.0);
    &mut buffer[..size]
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
                Precision::F32 => 16,
                Precision::Int8 => 96,
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
            // A single batch is shared out by rows.
            let threads = rayon::current_num_threads();
            let parts = if batches.len() == 1 { threads } else { 1 };
            let batches = batches.par_iter();
            batches.map_init(|| Buffers::of_parts(parts), run).collect()
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
        self.run_layers(batch, buffers)?;
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
        let states = sized(&mut buffers.states, size);
        let summed = sized(&mut buffers.query, size);
        let positions = batch.positions().into_iter();
        self.positions.gather(positions, width, states)?;
        let ids = batch.ids.iter().copied();
        self.words.gather(ids, width, summed)?;
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

    /// Shares rows out among the parts' threads: `work` gets the states of some
    /// rows, a row of each of the other buffers for each of them, and the part's
    /// own buffers.
    fn share_rows(
        &self,
        parts: &mut [PartBuffers],
        states: &mut [f32],
        context: &[f32],
        query: &mut [f32],
        key_value: &mut [f32],
        work: impl Fn(Rows, &mut PartBuffers) -> Result<()> + Sync,
    ) -> Result<()> {
        let width = self.config.hidden_size;
        let part = (states.len() / width).div_ceil(parts.len()) * width;
        states
            .par_chunks_mut(part)
            .zip(context.par_chunks(part))
            .zip(query.par_chunks_mut(part))
            .zip(key_value.par_chunks_mut(2 * part))
            .zip(parts)
            .try_for_each(|((((states, context), query), key_value), buffers)| {
                let rows = Rows {
                    states,
                    context,
                    query,
                    key_value,
                };
                work(rows, buffers)
            })
    }

    /// Queries, keys and values of rows, those of the last layer's queries left
    /// out: only first tokens ask there.
    fn project(&self, number: usize, rows: &mut Rows, buffers: &mut PartBuffers) -> Result<()> {
        let Some(layer) = self.layers.get(number) else {
            return Ok(());
        };
        let products = &mut buffers.products;
        layer
            .key_value
            .product(rows.states, rows.key_value, products)?;
        if number + 1 < self.layers.len() {
            layer.query.product(rows.states, rows.query, products)?;
        }
        Ok(())
    }

    /// Runs all layers; the states of the first tokens are then in `firsts`.
    fn run_layers(&self, batch: &PackedBatch, buffers: &mut Buffers) -> Result<()> {
        let width = self.config.hidden_size;
        let size = batch.rows() * width;
        let Buffers {
            states,
            firsts,
            query,
            key_value,
            context,
            attention: attention_buffers,
            parts,
        } = buffers;
        let states = sized(states, size);
        let query = sized(query, size);
        let key_value = sized(key_value, 2 * size);
        let context = sized(context, size);
        self.share_rows(
            parts,
            states,
            context,
            query,
            key_value,
            |mut rows, buffers| self.project(0, &mut rows, buffers),
        )?;
        for (number, layer) in self.layers.iter().enumerate() {
            let last = number + 1 == self.layers.len();
            let mut geometry = self.geometry(batch);
            if !last {
                self.attend(
                    layer,
                    query,
                    key_value,
                    &geometry,
                    attention_buffers,
                    context,
                );
                self.share_rows(
                    parts,
                    states,
                    context,
                    query,
                    key_value,
                    |mut rows, buffers| {
                        self.after_attention(layer, rows.states, rows.context, buffers)?;
                        self.project(number + 1, &mut rows, buffers)
                    },
                )?;
                continue;
            }
            geometry.first_only = true;
            let firsts = sized(firsts, batch.len() * width);
            for (first, row) in firsts.chunks_exact_mut(width).zip(batch.first_rows()) {
                first.copy_from_slice(&states[row as usize * width..][..width]);
            }
            let query = &mut query[..firsts.len()];
            let context = &mut context[..firsts.len()];
            let part = &mut parts[0];
            layer.query.product(firsts, query, &mut part.products)?;
            self.attend(
                layer,
                query,
                key_value,
                &geometry,
                attention_buffers,
                context,
            );
            self.after_attention(layer, firsts, context, part)?;
        }
        Ok(())
    }

    fn geometry<'a>(&self, batch: &'a PackedBatch) -> Geometry<'a> {
        Geometry {
            offsets: &batch.offsets,
            first_only: false,
            heads: self.config.num_attention_heads,
            head_size: self.config.head_size(),
            dropout: Dropout::NONE,
            first_row: 0,
            max_positions: self.config.max_position_embeddings,
        }
    }

    fn attend(
        &self,
        layer: &Layer,
        query: &[f32],
        key_value: &[f32],
        geometry: &Geometry,
        buffers: &mut AttentionBuffers,
        context: &mut [f32],
    ) {
        let width = self.config.hidden_size;
        let (key_bias, value_bias) = layer.key_value.bias.split_at(width);
        let beside = |x, bias| Biased {
            x,
            stride: 2 * width,
            bias,
        };
        attention(
            Biased {
                x: query,
                stride: width,
                bias: &layer.query.bias,
            },
            beside(key_value, key_bias),
            beside(&key_value[width..], value_bias),
            geometry,
            buffers,
            context,
        );
    }

    /// What looks at each row alone: some rows at a time go through to the end.
    fn after_attention(
        &self,
        layer: &Layer,
        states: &mut [f32],
        context: &[f32],
        buffers: &mut PartBuffers,
    ) -> Result<()> {
        let width = self.config.hidden_size;
        let PartBuffers {
            wide,
            narrow,
            products,
        } = buffers;
        let blocks = states
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
