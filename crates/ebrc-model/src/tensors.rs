//! Access to tensors' numbers, and small operations on rows of them.

use std::ops::Deref;

use candle_core::{CpuStorage, Device, Storage, StorageRef, Tensor};

use crate::dropout::Dropout;
use crate::error::Result;
use crate::kernels::vectorised;

/// x · weightᵀ.
pub(crate) fn product(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    Ok(x.matmul(&weight.t()?)?)
}

/// A matrix of rows of `width`.
pub(crate) fn matrix(numbers: Vec<f32>, width: usize) -> Result<Tensor> {
    let rows = numbers.len() / width;
    Ok(Tensor::from_vec(numbers, (rows, width), &Device::Cpu)?)
}

/// The numbers of a contiguous f32 tensor on the CPU, not copied.
pub(crate) struct Numbers<'a>(StorageRef<'a>);

impl Deref for Numbers<'_> {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        match &*self.0 {
            Storage::Cpu(CpuStorage::F32(numbers)) => numbers,
            _ => &[],
        }
    }
}

/// Gives access to a tensor's numbers.
pub(crate) fn read(tensor: &Tensor) -> Result<Numbers<'_>> {
    let (storage, layout) = tensor.storage_and_layout();
    let whole = layout.start_offset() == 0 && layout.is_contiguous();
    match &*storage {
        Storage::Cpu(CpuStorage::F32(numbers)) if whole && numbers.len() == tensor.elem_count() => {
        }
        _ => {
            let reason = "a whole f32 tensor on the CPU was expected";
            return Err(candle_core::Error::Msg(reason.into()).into());
        }
    }
    Ok(Numbers(storage))
}

/// Copies a tensor's numbers.
pub(crate) fn into_vec(tensor: Tensor) -> Result<Vec<f32>> {
    Ok(read(&tensor)?.to_vec())
}

pub(crate) fn add(to: &mut [f32], from: &[f32]) {
    vectorised(
        #[inline(always)]
        || to.iter_mut().zip(from).for_each(|(to, from)| *to += from),
    );
}

/// Rows of a table, one after the other.
pub(crate) fn gather(table: &[f32], rows: &[u32], width: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(rows.len() * width);
    for row in rows {
        out.extend_from_slice(&table[*row as usize * width..][..width]);
    }
    out
}

/// Adds each row to the row of the table that it came from, in order.
pub(crate) fn scatter_add(table: &mut [f32], from: &[f32], rows: &[u32], width: usize) {
    for (row, from) in rows.iter().zip(from.chunks_exact(width)) {
        add(&mut table[*row as usize * width..][..width], from);
    }
}

/// Drops numbers of rows; `rows` holds each row's number in the whole batch.
pub(crate) fn drop_rows(x: &mut [f32], width: usize, rows: &[u32], dropout: Dropout) {
    if dropout.is_none() {
        return;
    }
    vectorised(
        #[inline(always)]
        || {
            for (x, row) in x.chunks_exact_mut(width).zip(rows) {
                let first = row.wrapping_mul(width as u32);
                for (i, x) in x.iter_mut().enumerate() {
                    *x *= dropout.factor(first.wrapping_add(i as u32));
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::random_numbers;

    #[test]
    fn rows_that_are_gathered_twice_are_added_twice() {
        let table: Vec<f32> = (0..12).map(|x| x as f32).collect();
        let rows = [2, 0, 2];
        let gathered = gather(&table, &rows, 3);
        assert_eq!(gathered, [6., 7., 8., 0., 1., 2., 6., 7., 8.]);
        let mut sums = vec![1.0; 12];
        scatter_add(&mut sums, &gathered, &rows, 3);
        assert_eq!(sums, [1., 2., 3., 1., 1., 1., 13., 15., 17., 1., 1., 1.]);
    }

    #[test]
    fn parts_of_tensors_are_not_read_as_whole_ones() {
        let tensor = matrix(random_numbers(12, 1), 3).unwrap();
        assert!(read(&tensor).is_ok());
        assert!(read(&tensor.narrow(0, 1, 2).unwrap()).is_err());
        assert!(read(&tensor.t().unwrap()).is_err());
    }
}
