//! Training's state in a file, so that it can go on as if never stopped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};

use super::CurvePoint;
use crate::error::{Error, Result};
use crate::optimizer::AdamW;
use crate::parameters::{Parameters, to_safetensors};

/// Where and how often training's state is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointPolicy {
    /// The file; replaced as a whole each time.
    pub path: PathBuf,
    /// Steps between two writings. The state is also written when the
    /// observer stops training.
    pub every_steps: usize,
    /// Go on from the file if it exists; else begin anew and replace it.
    pub resume: bool,
}

/// What a checkpoint must share with the run that goes on from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fingerprint {
    pub(super) settings: String,
    pub(super) data: String,
    pub(super) base: String,
}

/// The state besides the tensors. Numbers that decide something later are
/// kept as bits, since decimals may be read back a little off.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) format: u32,
    pub(super) fingerprint: Fingerprint,
    /// Steps done.
    pub(super) step: usize,
    /// Whether the last epoch, or the patience, is over.
    pub(super) finished: bool,
    pub(super) best_f1_bits: Option<u64>,
    pub(super) best_epoch: Option<usize>,
    pub(super) epochs_without_gain: usize,
    /// Sum of the losses since the last point of the curve.
    pub(super) loss_bits: u64,
    pub(super) losses: usize,
    pub(super) curve: Vec<CurvePoint>,
}

const FORMAT: u32 = 1;
const STATE: &str = "state";

impl State {
    pub(super) fn new(fingerprint: Fingerprint) -> Self {
        Self {
            format: FORMAT,
            fingerprint,
            step: 0,
            finished: false,
            best_f1_bits: None,
            best_epoch: None,
            epochs_without_gain: 0,
            loss_bits: 0,
            losses: 0,
            curve: Vec::new(),
        }
    }
}

/// Tensors by parameter name.
pub(super) type Tensors = BTreeMap<String, Tensor>;

/// Writes a checkpoint, complete or not at all.
pub(super) fn save(
    path: &Path,
    state: &State,
    parameters: &Parameters,
    optimizer: &AdamW,
    best: Option<&Tensors>,
) -> Result<()> {
    let (first, second) = optimizer.moments();
    let mut tensors = Vec::new();
    for (name, variable) in parameters.iter() {
        tensors.push((format!("parameter.{name}"), variable.as_detached_tensor()));
    }
    let mut more = vec![("first", first), ("second", second)];
    more.extend(best.map(|best| ("best", best)));
    for (group, members) in more {
        tensors.extend(
            members
                .iter()
                .map(|(name, t)| (format!("{group}.{name}"), t.clone())),
        );
    }
    let state = serde_json::to_string(state)
        .map_err(|error| Error::Invalid(format!("checkpoint cannot be written ({error})")))?;
    ebrc_files::write_complete(path, &to_safetensors(&tensors, false, (STATE, state))?)?;
    Ok(())
}

/// A checkpoint as read.
pub(super) struct Loaded {
    pub(super) state: State,
    pub(super) optimizer: AdamW,
    pub(super) best: Option<Tensors>,
}

/// Reads a checkpoint of this very run and puts its weights into
/// `parameters`; `None` when there is no file.
pub(super) fn load(
    path: &Path,
    fingerprint: &Fingerprint,
    parameters: &Parameters,
    device: &Device,
) -> Result<Option<Loaded>> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(ebrc_files::Error::read(path, source).into());
        }
    };
    let fault = |reason: String, remedy: &str| Error::Checkpoint {
        path: path.to_owned(),
        reason,
        remedy: remedy.to_owned(),
    };
    let anew = "begin anew, without resuming";
    let broken = |reason: String| fault(format!("no readable checkpoint ({reason})"), anew);
    let (_, header) =
        SafeTensors::read_metadata(&bytes).map_err(|error| broken(error.to_string()))?;
    let state = header
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(STATE));
    let state = state.ok_or_else(|| broken("it holds no training state".into()))?;
    let state: State = serde_json::from_str(state).map_err(|e| broken(e.to_string()))?;
    if state.format != FORMAT {
        return Err(fault(
            format!("written by another version (format {})", state.format),
            anew,
        ));
    }
    for (what, theirs, ours) in [
        ("base model", &state.fingerprint.base, &fingerprint.base),
        (
            "examples or labels",
            &state.fingerprint.data,
            &fingerprint.data,
        ),
        (
            "settings",
            &state.fingerprint.settings,
            &fingerprint.settings,
        ),
    ] {
        if theirs != ours {
            return Err(fault(
                format!("belongs to a training with other {what}"),
                "restore them, or begin anew without resuming",
            ));
        }
    }
    let mut tensors = candle_core::safetensors::load_buffer(&bytes, device)
        .map_err(|error| broken(error.to_string()))?;
    let mut group = |group: &str| -> Result<Tensors> {
        let members = parameters.iter().map(|(name, variable)| {
            let key = format!("{group}.{name}");
            match tensors.remove(&key) {
                Some(tensor) if tensor.shape() == variable.shape() => Ok((name.clone(), tensor)),
                _ => Err(broken(format!("{key} is missing or misshapen"))),
            }
        });
        members.collect()
    };
    parameters.restore(&group("parameter")?)?;
    let optimizer = AdamW::resume(state.step as u64, group("first")?, group("second")?);
    let best = if state.best_epoch.is_some() {
        Some(group("best")?)
    } else {
        None
    };
    Ok(Some(Loaded {
        state,
        optimizer,
        best,
    }))
}
