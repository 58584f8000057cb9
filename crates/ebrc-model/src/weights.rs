//! A weights file's tensors, by the names that this crate uses.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use candle_core::Tensor;
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::config::BertConfig;
use crate::error::{Error, Result};
use crate::layout::shapes;
use crate::tensors::read;

/// The bytes of a weights file, shared by all that read them.
pub(crate) type SharedBytes = Arc<Cow<'static, [u8]>>;

/// Where a network's weights come from.
pub(crate) trait WeightSource: Sync {
    /// The numbers of the tensor of this name.
    fn numbers(&self, name: &str) -> Result<Vec<f32>>;

    /// The table of this name, its rows left where they are.
    fn table(&self, name: &str) -> Result<Table>;
}

/// The tensors of a safetensors file that a model of a certain shape needs.
pub(crate) struct WeightFile<'a> {
    file: String,
    bytes: &'a SharedBytes,
    /// By name: the name in the file, and the tensor.
    views: BTreeMap<String, (String, TensorView<'a>)>,
    shapes: BTreeMap<String, Vec<usize>>,
}

impl<'a> WeightFile<'a> {
    /// Finds the tensors with or without the prefix `bert.`, with old
    /// (`gamma`, `beta`) or new names. `file` names the file in errors.
    pub(crate) fn open(
        bytes: &'a SharedBytes,
        file: String,
        config: &BertConfig,
        labels: usize,
    ) -> Result<Self> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| Error::BadWeights {
            file: file.clone(),
            reason: error.to_string(),
        })?;
        let mut views = BTreeMap::new();
        for (name, view) in tensors.iter() {
            views.insert(canonical(name), (name.to_owned(), view));
        }
        Ok(Self {
            file,
            bytes,
            views,
            shapes: shapes(config, labels),
        })
    }

    /// Name and shape of every tensor that the model needs.
    pub(crate) fn shapes(&self) -> &BTreeMap<String, Vec<usize>> {
        &self.shapes
    }

    /// The numbers of the tensor of this name; `None` where the file lacks it.
    pub(crate) fn find(&self, name: &str) -> Result<Option<Vec<f32>>> {
        let Some((dtype, data)) = self.data(name)? else {
            return Ok(None);
        };
        let mut numbers = vec![0.0; data.len() / dtype.size()];
        dtype.decode(data, &mut numbers);
        Ok(Some(numbers))
    }

    /// The number format of the tensor of this name; `None` where the file lacks
    /// it.
    pub(crate) fn format(&self, name: &str) -> Result<Option<String>> {
        let found = self.data(name)?;
        Ok(found.map(|(format, _)| format!("{format:?}").to_uppercase()))
    }

    pub(crate) fn missing(&self, name: &str) -> Error {
        Error::MissingTensor {
            file: self.file.clone(),
            tensor: name.to_owned(),
        }
    }

    fn data(&self, name: &str) -> Result<Option<(Format, &[u8])>> {
        let Some((found, view)) = self.views.get(name) else {
            return Ok(None);
        };
        if let Some(shape) = self.shapes.get(name)
            && view.shape() != shape
        {
            return Err(Error::MisshapenTensor {
                file: self.file.clone(),
                tensor: found.clone(),
                expected: shape.clone(),
                actual: view.shape().to_vec(),
            });
        }
        let format = Format::of(view.dtype()).ok_or_else(|| Error::TensorType {
            file: self.file.clone(),
            tensor: found.clone(),
            found: format!("{:?}", view.dtype()),
        })?;
        Ok(Some((format, view.data())))
    }
}

impl WeightSource for WeightFile<'_> {
    fn numbers(&self, name: &str) -> Result<Vec<f32>> {
        self.find(name)?.ok_or_else(|| self.missing(name))
    }

    fn table(&self, name: &str) -> Result<Table> {
        let (format, data) = self.data(name)?.ok_or_else(|| self.missing(name))?;
        // Where the tensor lies in the file.
        let start = data.as_ptr().addr() - self.bytes.as_ptr().addr();
        Ok(Table::InFile {
            bytes: Arc::clone(self.bytes),
            start,
            format,
        })
    }
}

/// Rows of embeddings. Of a file's, those that texts ask for are decoded, and
/// no others.
pub(crate) enum Table {
    Tensor(Tensor),
    InFile {
        bytes: SharedBytes,
        start: usize,
        format: Format,
    },
}

impl Table {
    /// Copies rows, one after the other.
    pub(crate) fn gather(
        &self,
        rows: impl Iterator<Item = u32>,
        width: usize,
        out: &mut [f32],
    ) -> Result<()> {
        let rows = rows.map(|row| row as usize);
        let places = rows.zip(out.chunks_exact_mut(width));
        match self {
            Self::Tensor(tensor) => {
                let numbers = read(tensor)?;
                for (row, out) in places {
                    out.copy_from_slice(&numbers[row * width..][..width]);
                }
            }
            Self::InFile {
                bytes,
                start,
                format,
            } => {
                let size = width * format.size();
                for (row, out) in places {
                    format.decode(&bytes[start + row * size..][..size], out);
                }
            }
        }
        Ok(())
    }
}

/// The number formats of weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    F32,
    F16,
    Bf16,
}

impl Format {
    fn of(dtype: Dtype) -> Option<Self> {
        match dtype {
            Dtype::F32 => Some(Self::F32),
            Dtype::F16 => Some(Self::F16),
            Dtype::BF16 => Some(Self::Bf16),
            _ => None,
        }
    }

    /// Bytes a number.
    fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }

    /// Reads as many numbers as `out` has room for.
    fn decode(self, data: &[u8], out: &mut [f32]) {
        /// Numbers that are widened at a time.
        const MANY: usize = 64;
        let halves = data.as_chunks::<2>().0;
        match self {
            Self::F32 => {
                for (out, bytes) in out.iter_mut().zip(data.as_chunks().0) {
                    *out = f32::from_le_bytes(*bytes);
                }
            }
            Self::F16 => {
                let mut numbers = [f16::ZERO; MANY];
                for (out, halves) in out.chunks_mut(MANY).zip(halves.chunks(MANY)) {
                    for (number, bytes) in numbers.iter_mut().zip(halves) {
                        *number = f16::from_le_bytes(*bytes);
                    }
                    numbers[..out.len()].convert_to_f32_slice(out);
                }
            }
            Self::Bf16 => {
                for (out, bytes) in out.iter_mut().zip(halves) {
                    *out = bf16::from_le_bytes(*bytes).to_f32();
                }
            }
        }
    }
}

/// The name as this crate uses it.
fn canonical(name: &str) -> String {
    let name = name.strip_prefix("bert.").unwrap_or(name);
    if let Some(stem) = name.strip_suffix("LayerNorm.gamma") {
        format!("{stem}LayerNorm.weight")
    } else if let Some(stem) = name.strip_suffix("LayerNorm.beta") {
        format!("{stem}LayerNorm.bias")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{HEAD, WORDS};
    use crate::tiny_bert::{LABELS, TinyBert};

    #[test]
    fn old_names_and_prefixes_are_understood() {
        assert_eq!(
            canonical("bert.embeddings.LayerNorm.gamma"),
            "embeddings.LayerNorm.weight"
        );
        assert_eq!(
            canonical("encoder.layer.0.output.LayerNorm.beta"),
            "encoder.layer.0.output.LayerNorm.bias"
        );
        assert_eq!(canonical("classifier.weight"), "classifier.weight");
    }

    #[test]
    fn numbers_of_every_format_are_read() {
        // More than are widened at a time.
        let numbers: Vec<f32> = (0..150).map(|i| (i as f32 - 70.0) * 0.25).collect();
        let bytes = |encode: &dyn Fn(f32) -> Vec<u8>| -> Vec<u8> {
            numbers.iter().flat_map(|n| encode(*n)).collect()
        };
        let f32s = bytes(&|n| n.to_le_bytes().to_vec());
        let f16s = bytes(&|n| f16::from_f32(n).to_le_bytes().to_vec());
        let bf16s = bytes(&|n| bf16::from_f32(n).to_le_bytes().to_vec());
        for (format, data) in [
            (Format::F32, f32s),
            (Format::F16, f16s),
            (Format::Bf16, bf16s),
        ] {
            let mut out = vec![0.0; numbers.len()];
            format.decode(&data, &mut out);
            assert_eq!(out, numbers, "{format:?}");
        }
    }

    #[test]
    fn a_table_left_in_its_file_has_the_rows_of_one_that_is_read() {
        let model = TinyBert::new().classifier();
        let config = BertConfig::parse(model.config.to_string().as_bytes(), "config.json").unwrap();
        for dtype in [Dtype::F32, Dtype::F16, Dtype::BF16] {
            let bytes = Arc::new(Cow::Owned(model.weights(dtype)));
            let file = WeightFile::open(&bytes, "file".into(), &config, LABELS.len()).unwrap();
            let all = file.numbers(WORDS).unwrap();
            let width = config.hidden_size;
            let mut rows = vec![0.0; 3 * width];
            let table = file.table(WORDS).unwrap();
            table
                .gather([5, 0, 5].into_iter(), width, &mut rows)
                .unwrap();
            assert_eq!(rows[..width], all[5 * width..6 * width]);
            assert_eq!(rows[width..2 * width], all[..width]);
            assert_eq!(rows[2 * width..], rows[..width]);
            assert!(file.find(&format!("{HEAD}.weight")).unwrap().is_some());
            assert!(file.find("no.such.tensor").unwrap().is_none());
        }
    }
}
