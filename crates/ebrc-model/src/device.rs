//! Where to compute.

use std::fmt;
use std::str::FromStr;

use candle_core::{DType, Device, Tensor};

use crate::error::{Error, Result};

/// Where to compute: `auto`, `cpu`, `cuda` or `cuda:N`.
///
/// ```
/// use ebrc_model::DeviceChoice;
///
/// assert_eq!("cuda:1".parse::<DeviceChoice>()?, DeviceChoice::Cuda(1));
/// # Ok::<(), ebrc_model::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// The first GPU if the program was built for one and it answers, else the
    /// CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The GPU of this number, from 0.
    Cuda(usize),
}

impl DeviceChoice {
    /// Opens the device.
    ///
    /// # Errors
    ///
    /// [`Error::Device`] for a GPU that this build cannot use or that does not
    /// answer.
    pub fn open(self) -> Result<Device> {
        match self {
            Self::Cpu => Ok(Device::Cpu),
            Self::Auto => Ok(match Self::Cuda(0).open() {
                Ok(device) => device,
                Err(_) => Device::Cpu,
            }),
            Self::Cuda(number) => {
                if !candle_core::utils::cuda_is_available() {
                    return Err(Error::Device {
                        device: self.to_string(),
                        reason: "this build computes on the CPU only; build with \
                                 `cargo build --release --features cuda` (needs nvcc), or use \
                                 `cpu`"
                            .into(),
                    });
                }
                open_gpu(number).map_err(|error| Error::Device {
                    device: self.to_string(),
                    reason: format!("does not answer ({error}); check `nvidia-smi`, or use `cpu`"),
                })
            }
        }
    }
}

/// Opens a GPU and runs something on it: that its kernels are not for this GPU,
/// or too new for its driver, shows no sooner.
fn open_gpu(number: usize) -> candle_core::Result<Device> {
    let device = Device::new_cuda(number)?;
    let probe = Tensor::zeros(1, DType::F32, &device)?;
    probe.affine(1.0, 1.0)?.to_vec1::<f32>()?;
    Ok(device)
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(number) => write!(f, "cuda:{number}"),
        }
    }
}

impl FromStr for DeviceChoice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unknown = || Error::Device {
            device: text.to_owned(),
            reason: "unknown; use auto, cpu, cuda or cuda:N".into(),
        };
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => text
                .strip_prefix("cuda:")
                .and_then(|number| number.parse().ok())
                .map(Self::Cuda)
                .ok_or_else(unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for name in ["auto", "cpu", "cuda:0", "cuda:3"] {
            assert_eq!(name.parse::<DeviceChoice>().unwrap().to_string(), name);
        }
        assert_eq!(
            "cuda".parse::<DeviceChoice>().unwrap(),
            DeviceChoice::Cuda(0)
        );
        for name in ["gpu", "cuda:", "cuda:x", ""] {
            assert!(name.parse::<DeviceChoice>().is_err(), "{name}");
        }
    }

    #[cfg(feature = "cuda")]
    #[test]
    fn a_gpu_that_is_not_there_does_not_answer() {
        let error = DeviceChoice::Cuda(999).open().unwrap_err().to_string();
        assert!(error.contains("cuda:999: does not answer"), "{error}");
        assert!(DeviceChoice::Auto.open().is_ok());
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn cuda_without_the_feature_says_how_to_build() {
        let error = DeviceChoice::Cuda(0).open().unwrap_err().to_string();
        assert!(error.contains("--features cuda"), "{error}");
        assert!(matches!(DeviceChoice::Auto.open().unwrap(), Device::Cpu));
    }
}
