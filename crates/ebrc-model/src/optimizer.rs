//! AdamW (Loshchilov and Hutter, 2019) with its moments in our hands, so that
//! training can resume, and with clipping folded in.

use std::collections::BTreeMap;
use std::sync::Mutex;

use candle_core::{CpuStorage, Device, InplaceOp1, Layout, Tensor};
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
    pub(crate) learning_rate: f64,
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
        let mut squares = 0.0;
        for parts in gradients.values() {
            squares += sum_of_squares(parts)?;
        }
        let norm = squares.sqrt();
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
        for (name, parameter) in parameters.iter() {
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
                keep: (1.0 - step.learning_rate * decay) as f32,
                rate: (step.learning_rate / first_correction) as f32,
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
                vectorised(|| {
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
                            *m = (FIRST_DECAY as f32).mul_add(*m, (1.0 - FIRST_DECAY) as f32 * g);
                            *v = (SECOND_DECAY as f32)
                                .mul_add(*v, (1.0 - SECOND_DECAY) as f32 * g * g);
                            let root = (*v * self.inverse_second_correction).sqrt() + EPSILON;
                            *p = self.keep * *p - self.rate * *m / root;
                        }
                    }
                });
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
        let mut gradient = parts[0].detach();
        for part in &parts[1..] {
            gradient = (gradient + part.detach())?;
        }
        let gradient = (gradient * f64::from(self.shrink))?;
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

/// The sum of squares of a gradient given in parts: f32 within blocks, f64
/// over them, in a fixed order.
fn sum_of_squares(parts: &[Tensor]) -> Result<f64> {
    if !parts.iter().all(|part| part.device().is_cpu()) {
        let mut sum = parts[0].detach();
        for part in &parts[1..] {
            sum = (sum + part.detach())?;
        }
        return Ok(f64::from(sum.sqr()?.sum_all()?.to_scalar::<f32>()?));
    }
    let parts: Vec<Numbers> = parts.iter().map(read).collect::<Result<_>>()?;
    let parts: Vec<&[f32]> = parts.iter().map(|part| &**part).collect();
    let length = parts.first().map_or(0, |part| part.len());
    let chunks: Vec<f64> = (0..length.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            vectorised(|| {
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
            })
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
