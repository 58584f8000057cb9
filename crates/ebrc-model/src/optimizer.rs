//! AdamW (Loshchilov and Hutter, 2019) with its moments in our hands, so that
//! training can resume, and with clipping folded in.

use std::collections::BTreeMap;
use std::sync::Mutex;

use candle_core::{CpuStorage, D, Device, InplaceOp1, Layout, Tensor};
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::kernels::{LANES, total, vectorised};
use crate::parameters::{Parameters, decays};
use crate::tensors::{Numbers, read};

const FIRST_DECAY: f64 = 0.9;
const SECOND_DECAY: f64 = 0.999;
const EPSILON: f32 = 1e-8;

/// Elements that one task handles; the boundaries do not depend on the number
/// of threads.
const CHUNK: usize = 1 << 16;

/// The optimizer's state: two moments of every parameter's gradient.
pub(crate) struct AdamW {
    steps: u64,
    first: BTreeMap<String, Tensor>,
    second: BTreeMap<String, Tensor>,
}

/// How to take one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// The rate of the head.
    pub(crate) learning_rate: f64,
    /// A layer's rate over that of the layer above it.
    pub(crate) layer_decay: f64,
    pub(crate) weight_decay: f64,
    /// Largest norm of all gradients together; longer ones are shortened.
    pub(crate) max_norm: f64,
}

/// The gradients of a step by name. There may be several of a name, of parts
/// of the batch; they are added in order.
pub(crate) type Gradients = BTreeMap<String, Vec<Tensor>>;

impl AdamW {
    /// An optimizer that has taken no step.
    pub(crate) fn new(parameters: &Parameters) -> Result<Self> {
        let zeros = || {
            let zeros = parameters
                .iter()
                .map(|(name, p)| Ok((name.clone(), p.as_detached_tensor().zeros_like()?)));
            zeros.collect::<Result<BTreeMap<_, _>>>()
        };
        Ok(Self {
            steps: 0,
            first: zeros()?,
            second: zeros()?,
        })
    }

    /// An optimizer that goes on from saved moments.
    pub(crate) fn resume(
        steps: u64,
        first: BTreeMap<String, Tensor>,
        second: BTreeMap<String, Tensor>,
    ) -> Self {
        Self {
            steps,
            first,
            second,
        }
    }

    /// The two moments by parameter.
    pub(crate) fn moments(&self) -> (&BTreeMap<String, Tensor>, &BTreeMap<String, Tensor>) {
        (&self.first, &self.second)
    }

    /// Moves the parameters; returns the norm of the gradient before clipping.
    /// Nothing is moved when the norm is not finite.
    pub(crate) fn step(
        &mut self,
        parameters: &Parameters,
        gradients: &Gradients,
        step: Step,
    ) -> Result<f64> {
        let norm = squared_norm(gradients)?.sqrt();
        if !norm.is_finite() {
            return Ok(norm);
        }
        let shrink = if norm > step.max_norm {
            step.max_norm / norm
        } else {
            1.0
        };
        self.steps += 1;
        let steps = self.steps as f64;
        let first_correction = 1.0 - FIRST_DECAY.powf(steps);
        let second_correction = 1.0 - SECOND_DECAY.powf(steps);
        let layers = parameters.iter().filter_map(|(name, _)| layer_of(name));
        let layers = layers.max().map_or(0, |highest| highest + 1);
        for (name, parameter) in parameters.iter() {
            let rate = step.learning_rate * step.layer_decay.powi(below_head(name, layers));
            let (Some(first), Some(second), Some(parts)) = (
                self.first.get_mut(name),
                self.second.get_mut(name),
                gradients.get(name),
            ) else {
                return Err(Error::Invalid(format!(
                    "parameter {name} received no gradient"
                )));
            };
            let decay = if decays(name) { step.weight_decay } else { 0.0 };
            let update = Update {
                shrink: shrink as f32,
                keep: (1.0 - rate * decay) as f32,
                rate: (rate / first_correction) as f32,
                inverse_second_correction: (1.0 / second_correction) as f32,
            };
            match parameter.device() {
                Device::Cpu => {
                    update.apply(&parameter.as_detached_tensor(), first, second, parts)?;
                }
                _ => {
                    let moved = update.compose(parameter, first, second, parts)?;
                    parameter.set(&moved)?;
                }
            }
        }
        Ok(norm)
    }
}

/// The encoder's layer that a parameter belongs to, from 0.
fn layer_of(name: &str) -> Option<i32> {
    let (_, behind) = name.split_once("encoder.layer.")?;
    behind.split('.').next()?.parse().ok()
}

/// How far below the head a parameter lies: pooler and classifier 0, the
/// highest of `layers` layers 1, the embeddings as deep as it goes.
fn below_head(name: &str, layers: i32) -> i32 {
    match layer_of(name) {
        Some(layer) => layers - layer,
        None if name.starts_with("embeddings.") => layers + 1,
        None => 0,
    }
}

/// The numbers of AdamW's formula for one parameter at one step.
#[derive(Clone, Copy)]
struct Update {
    shrink: f32,
    keep: f32,
    rate: f32,
    inverse_second_correction: f32,
}

impl Update {
    /// One pass over parameter, moments and gradients, all on the CPU.
    fn apply(
        self,
        parameter: &Tensor,
        first: &Tensor,
        second: &Tensor,
        parts: &[Tensor],
    ) -> Result<()> {
        let parts: Vec<Numbers> = parts.iter().map(read).collect::<Result<_>>()?;
        let parts: Vec<&[f32]> = parts.iter().map(|part| &**part).collect();
        in_place(parameter, |parameter| {
            in_place(first, |first| {
                in_place(second, |second| {
                    self.apply_to_slices(parameter, first, second, &parts)
                })
            })
        })?;
        Ok(())
    }

    fn apply_to_slices(
        self,
        parameter: &mut [f32],
        first: &mut [f32],
        second: &mut [f32],
        parts: &[&[f32]],
    ) -> candle_core::Result<()> {
        let chunks = parameter
            .par_chunks_mut(CHUNK)
            .zip(first.par_chunks_mut(CHUNK))
            .zip(second.par_chunks_mut(CHUNK));
        chunks
            .enumerate()
            .for_each(|(chunk, ((parameter, first), second))| {
                vectorised(
                    #[inline(always)]
                    || {
                        let start = chunk * CHUNK;
                        let mut gradient = [0.0_f32; 256];
                        for block in (0..parameter.len()).step_by(gradient.len()) {
                            let size = gradient.len().min(parameter.len() - block);
                            let gradient = &mut gradient[..size];
                            let span = start + block..start + block + size;
                            add_parts(gradient, parts, span);
                            let numbers = parameter[block..][..size]
                                .iter_mut()
                                .zip(&mut first[block..][..size])
                                .zip(&mut second[block..][..size])
                                .zip(gradient.iter());
                            for (((p, m), v), g) in numbers {
                                let g = g * self.shrink;
                                *m = (FIRST_DECAY as f32)
                                    .mul_add(*m, (1.0 - FIRST_DECAY) as f32 * g);
                                *v = (SECOND_DECAY as f32)
                                    .mul_add(*v, (1.0 - SECOND_DECAY) as f32 * g * g);
                                let root = (*v * self.inverse_second_correction).sqrt() + EPSILON;
                                *p = self.keep * *p - self.rate * *m / root;
                            }
                        }
                    },
                );
            });
        Ok(())
    }

    /// The same by tensor operations, for other devices; returns the moved
    /// parameter.
    fn compose(
        self,
        parameter: &Tensor,
        first: &mut Tensor,
        second: &mut Tensor,
        parts: &[Tensor],
    ) -> Result<Tensor> {
        let gradient = (sum_of_parts(parts)? * f64::from(self.shrink))?;
        *first = ((&*first * FIRST_DECAY)? + (&gradient * (1.0 - FIRST_DECAY))?)?;
        *second = ((&*second * SECOND_DECAY)? + (gradient.sqr()? * (1.0 - SECOND_DECAY))?)?;
        let root =
            ((&*second * f64::from(self.inverse_second_correction))?.sqrt()? + f64::from(EPSILON))?;
        let moved = (&*first * f64::from(self.rate))?.div(&root)?;
        Ok(((parameter.detach() * f64::from(self.keep))? - moved)?)
    }
}

/// The sum of gradients of parts, over a span of elements.
#[inline(always)]
fn add_parts(sum: &mut [f32], parts: &[&[f32]], span: std::ops::Range<usize>) {
    for (number, part) in parts.iter().enumerate() {
        let part = &part[span.clone()];
        if number == 0 {
            sum.copy_from_slice(part);
        } else {
            sum.iter_mut()
                .zip(part)
                .for_each(|(sum, part)| *sum += part);
        }
    }
}

/// The sum of squares of all gradients.
fn squared_norm(gradients: &Gradients) -> Result<f64> {
    let mut squares = 0.0;
    // Those on a GPU are fetched together: each time it would be waited for.
    let mut elsewhere = Vec::new();
    for parts in gradients.values() {
        if parts.iter().all(|part| part.device().is_cpu()) {
            squares += sum_of_squares(parts)?;
        } else {
            elsewhere.push(composed_sum_of_squares(parts)?);
        }
    }
    if !elsewhere.is_empty() {
        let sums: Vec<f32> = Tensor::stack(&elsewhere, 0)?.to_vec1()?;
        squares += sums.iter().map(|sum| f64::from(*sum)).sum::<f64>();
    }
    Ok(squares)
}

/// The sum of squares of a gradient given in parts, by tensor operations.
fn composed_sum_of_squares(parts: &[Tensor]) -> Result<Tensor> {
    let mut squares = sum_of_parts(parts)?.sqr()?;
    if squares.rank() > 1 {
        // A GPU sums rows side by side, but all numbers one after the other.
        squares = squares.sum(D::Minus1)?;
    }
    Ok(squares.sum_all()?)
}

/// The sum of a gradient's parts, by tensor operations.
fn sum_of_parts(parts: &[Tensor]) -> Result<Tensor> {
    let mut sum = parts[0].detach();
    for part in &parts[1..] {
        sum = (sum + part.detach())?;
    }
    Ok(sum)
}

/// The sum of squares of a gradient given in parts, all on the CPU: f32 within
/// blocks, f64 over them, in a fixed order.
fn sum_of_squares(parts: &[Tensor]) -> Result<f64> {
    let parts: Vec<Numbers> = parts.iter().map(read).collect::<Result<_>>()?;
    let parts: Vec<&[f32]> = parts.iter().map(|part| &**part).collect();
    let length = parts.first().map_or(0, |part| part.len());
    let chunks: Vec<f64> = (0..length.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            vectorised(
                #[inline(always)]
                || {
                    let end = length.min((chunk + 1) * CHUNK);
                    let mut gradient = [0.0_f32; 256];
                    let mut squares = 0.0_f64;
                    for start in (chunk * CHUNK..end).step_by(gradient.len()) {
                        let size = gradient.len().min(end - start);
                        let gradient = &mut gradient[..size];
                        add_parts(gradient, &parts, start..start + size);
                        let (blocks, rest) = gradient.as_chunks::<LANES>();
                        let mut sums = [0.0_f32; LANES];
                        for block in blocks {
                            for i in 0..LANES {
                                sums[i] = block[i].mul_add(block[i], sums[i]);
                            }
                        }
                        squares += f64::from(total(&sums));
                        squares += f64::from(rest.iter().map(|x| x * x).sum::<f32>());
                    }
                    squares
                },
            )
        })
        .collect();
    Ok(chunks.iter().sum())
}

/// Runs `work` on the numbers of a tensor.
fn in_place(
    tensor: &Tensor,
    work: impl FnOnce(&mut [f32]) -> candle_core::Result<()>,
) -> candle_core::Result<()> {
    tensor.inplace_op1(&InPlace(Mutex::new(Some(work))))
}

struct InPlace<F>(Mutex<Option<F>>);

impl<F: FnOnce(&mut [f32]) -> candle_core::Result<()>> InplaceOp1 for InPlace<F> {
    fn name(&self) -> &'static str {
        "in-place"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, _: &Layout) -> candle_core::Result<()> {
        let work = self.0.lock().ok().and_then(|mut work| work.take());
        match (storage, work) {
            (CpuStorage::F32(numbers), Some(work)) => work(numbers),
            _ => candle_core::bail!("an f32 tensor was expected"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceChoice;
    use crate::reference::random_numbers;

    const WEIGHT: &str = "pooler.dense.weight";
    const BIAS: &str = "pooler.dense.bias";
    const NORM: &str = "embeddings.LayerNorm.weight";

    fn tensor(numbers: &[f32]) -> Tensor {
        Tensor::from_slice(numbers, numbers.len(), &Device::Cpu).unwrap()
    }

    fn numbers(tensor: &Tensor) -> Vec<f32> {
        tensor.to_vec1().unwrap()
    }

    fn parameters(values: &[(&str, &[f32])]) -> Parameters {
        Parameters::of(values.iter().map(|(name, x)| (*name, tensor(x))))
    }

    fn gradients(values: &[(&str, &[&[f32]])]) -> Gradients {
        values
            .iter()
            .map(|(name, parts)| {
                let parts = parts.iter().map(|part| tensor(part)).collect();
                ((*name).to_owned(), parts)
            })
            .collect()
    }

    fn value(parameters: &Parameters, name: &str) -> Vec<f32> {
        numbers(parameters.get(name).unwrap())
    }

    const STEP: Step = Step {
        learning_rate: 0.1,
        layer_decay: 1.0,
        weight_decay: 0.01,
        max_norm: f64::INFINITY,
    };

    #[test]
    fn two_steps_are_those_computed_by_hand_and_biases_and_norms_do_not_decay() {
        let parameters = parameters(&[(WEIGHT, &[1.0]), (BIAS, &[1.0]), (NORM, &[1.0])]);
        let mut optimizer = AdamW::new(&parameters).unwrap();
        // Step 1: m = 0.05, v = 0.00025; corrected 0.5 and 0.25, so the move is
        // the learning rate. Step 2: m = 0.02, v = 0.00031225; corrected
        // 0.105263 and 0.156203, so the move is 0.0266337. Decay first
        // multiplies by 0.999.
        let moves = [(0.5, [0.899, 0.9]), (-0.25, [0.871_467_3, 0.873_366_3])];
        for (gradient, [decayed, plain]) in moves {
            let parts: &[&[f32]] = &[&[gradient]];
            let gradients = gradients(&[(WEIGHT, parts), (BIAS, parts), (NORM, parts)]);
            optimizer.step(&parameters, &gradients, STEP).unwrap();
            for (name, expected) in [(WEIGHT, decayed), (BIAS, plain), (NORM, plain)] {
                let found = value(&parameters, name)[0];
                // Some roundings of f32 near 1.
                assert!((found - expected).abs() < 3e-7, "{name}: {found}");
            }
        }
    }

    #[test]
    fn long_gradients_are_shortened_and_short_ones_are_not() {
        // The parts of each gradient add up to 3 and 4: a norm of 5.
        let gradients = gradients(&[(WEIGHT, &[&[1.0], &[2.0]]), (BIAS, &[&[5.0], &[-1.0]])]);
        for (max_norm, expected) in [(1.0, [0.06, 0.08]), (5.0, [0.3, 0.4]), (9.0, [0.3, 0.4])] {
            let parameters = parameters(&[(WEIGHT, &[1.0]), (BIAS, &[1.0])]);
            let mut optimizer = AdamW::new(&parameters).unwrap();
            let step = Step { max_norm, ..STEP };
            let norm = optimizer.step(&parameters, &gradients, step).unwrap();
            assert!((norm - 5.0).abs() < 1e-6, "{norm}");
            for (name, expected) in [WEIGHT, BIAS].iter().zip(expected) {
                // A tenth of the shortened gradient.
                let found = numbers(&optimizer.moments().0[*name])[0];
                assert!((found - expected).abs() < 1e-7, "{max_norm}: {found}");
            }
        }
    }

    #[test]
    fn lower_layers_move_less_and_the_embeddings_least() {
        let expected = [
            ("classifier.weight", 0.1),
            ("pooler.dense.bias", 0.1),
            ("encoder.layer.1.output.dense.bias", 0.05),
            ("encoder.layer.0.output.dense.bias", 0.025),
            ("embeddings.LayerNorm.bias", 0.0125),
        ];
        let parameters = parameters(&expected.map(|(name, _)| (name, &[0.0_f32] as &[f32])));
        let part: &[&[f32]] = &[&[0.5]];
        let gradients = gradients(&expected.map(|(name, _)| (name, part)));
        let step = Step {
            layer_decay: 0.5,
            ..STEP
        };
        let mut optimizer = AdamW::new(&parameters).unwrap();
        optimizer.step(&parameters, &gradients, step).unwrap();
        for (name, moved) in expected {
            // The first step of AdamW is the learning rate, whatever the gradient.
            let found = value(&parameters, name)[0];
            assert!((found + moved).abs() < 1e-6, "{name}: {found}");
        }
    }

    #[test]
    fn gradients_that_are_no_numbers_move_nothing() {
        let parameters = parameters(&[(WEIGHT, &[1.0, 2.0])]);
        let mut optimizer = AdamW::new(&parameters).unwrap();
        for number in [f32::NAN, f32::INFINITY] {
            let gradients = gradients(&[(WEIGHT, &[&[1.0, number]])]);
            let norm = optimizer.step(&parameters, &gradients, STEP).unwrap();
            assert!(!norm.is_finite());
        }
        assert_eq!(value(&parameters, WEIGHT), [1.0, 2.0]);
        assert_eq!(numbers(&optimizer.moments().0[WEIGHT]), [0.0, 0.0]);
        assert_eq!(optimizer.steps, 0);
    }

    #[test]
    fn a_parameter_without_gradient_is_an_error_by_name() {
        let parameters = parameters(&[(WEIGHT, &[1.0]), (BIAS, &[1.0])]);
        let gradients = gradients(&[(WEIGHT, &[&[1.0]])]);
        let mut optimizer = AdamW::new(&parameters).unwrap();
        let error = optimizer.step(&parameters, &gradients, STEP).unwrap_err();
        assert!(error.to_string().contains(BIAS), "{error}");
    }

    /// More numbers than two chunks hold, and not a whole number of blocks.
    const MANY: usize = 2 * CHUNK + 777;

    fn large_step() -> (Parameters, AdamW, Gradients, Step) {
        let parts = [2, 3, 4].map(|seed| random_numbers(MANY, seed));
        let parts: Vec<&[f32]> = parts.iter().map(Vec::as_slice).collect();
        let parameters = parameters(&[(WEIGHT, &random_numbers(MANY, 1))]);
        let optimizer = AdamW::new(&parameters).unwrap();
        let step = Step {
            max_norm: 100.0,
            ..STEP
        };
        (parameters, optimizer, gradients(&[(WEIGHT, &parts)]), step)
    }

    #[test]
    fn a_step_has_the_same_bits_with_one_thread_and_with_two() {
        let results = [1, 2].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build().unwrap().install(|| {
                let (parameters, mut optimizer, gradients, step) = large_step();
                let norm = optimizer.step(&parameters, &gradients, step).unwrap();
                (norm.to_bits(), value(&parameters, WEIGHT))
            })
        });
        assert_eq!(results[0], results[1]);
    }

    #[test]
    fn the_pass_over_slices_and_the_tensor_operations_take_the_same_step() {
        let device = DeviceChoice::Auto.open().unwrap();
        let there = |tensor: &Tensor| tensor.to_device(&device).unwrap();
        let (parameters, mut optimizer, gradients, step) = large_step();
        let norm = optimizer.step(&parameters, &gradients, step).unwrap();
        // Three uniform numbers between -1 and 1: the variance is 1.
        assert!((norm / (MANY as f64).sqrt() - 1.0).abs() < 0.01, "{norm}");
        let (before, ..) = large_step();
        let update = Update {
            shrink: (100.0 / norm) as f32,
            keep: 0.999,
            rate: 1.0,
            inverse_second_correction: 1000.0,
        };
        let before = there(before.get(WEIGHT).unwrap());
        let parts: Vec<Tensor> = gradients[WEIGHT].iter().map(there).collect();
        let squares = composed_sum_of_squares(&parts).unwrap();
        let composed_norm = f64::from(squares.to_scalar::<f32>().unwrap()).sqrt();
        assert!((composed_norm / norm - 1.0).abs() < 1e-5, "{composed_norm}");
        let zeros = || before.zeros_like().unwrap();
        let (mut first, mut second) = (zeros(), zeros());
        let moved = update
            .compose(&before, &mut first, &mut second, &parts)
            .unwrap();
        let pairs = value(&parameters, WEIGHT).into_iter().zip(numbers(&moved));
        for (number, (slices, tensors)) in pairs.enumerate() {
            // The same formula; Candle rounds where the slices fuse.
            assert!(
                (slices - tensors).abs() < 1e-5,
                "{number}: {slices} {tensors}"
            );
        }
    }
}
