//! Scaled dot-product attention of several heads over packed sequences
//! (Vaswani et al., 2017).

use pulp::{Arch, Simd, WithSimd};

use super::elementary::exp;
use super::{LANES, dot, total, vectorised};
use crate::dropout::Dropout;

/// What attention needs to know besides the numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Geometry<'a> {
    /// Where each sequence begins in keys and values, and at last the end.
    pub(crate) offsets: &'a [usize],
    /// Whether only the first token of each sequence asks; queries and results
    /// then have a row a sequence.
    pub(crate) first_only: bool,
    pub(crate) heads: usize,
    pub(crate) head_size: usize,
    /// Dropout of the attention weights.
    pub(crate) dropout: Dropout,
    /// The row of the first token in the whole batch.
    pub(crate) first_row: usize,
    /// Row length by which dropout numbers the weights.
    pub(crate) max_positions: usize,
}

impl Geometry<'_> {
    fn width(&self) -> usize {
        self.heads * self.head_size
    }

    /// The number, for dropout, of a query's weight on the sequence's first
    /// token.
    fn weight_number(&self, row: usize, head: usize) -> u32 {
        let row = (self.first_row + row) as u32;
        row.wrapping_mul(self.heads as u32)
            .wrapping_add(head as u32)
            .wrapping_mul(self.max_positions as u32)
    }

    /// For each sequence: its first row, its length, the first row and the
    /// number of its queries.
    fn sequences(&self) -> impl Iterator<Item = (usize, usize, usize, usize)> + '_ {
        self.offsets.windows(2).enumerate().map(|(sequence, span)| {
            let length = span[1] - span[0];
            if self.first_only {
                (span[0], length, sequence, 1)
            } else {
                (span[0], length, span[0], length)
            }
        })
    }
}

/// A projection without its bias, and the bias.
#[derive(Clone, Copy)]
pub(crate) struct Biased<'a> {
    pub(crate) x: &'a [f32],
    /// How far a row is from the next.
    pub(crate) stride: usize,
    pub(crate) bias: &'a [f32],
}

/// Buffers of [`attention`], to be used again.
#[derive(Default)]
pub(crate) struct AttentionBuffers(Tiles);

/// Writes the attention's result to `out`, a row a query.
pub(crate) fn attention(
    query: Biased,
    key: Biased,
    value: Biased,
    geometry: &Geometry,
    buffers: &mut AttentionBuffers,
    out: &mut [f32],
) {
    let tiles = &mut buffers.0;
    vectorised(
        #[inline(always)]
        || {
            for (start, length, query_start, queries) in geometry.sequences() {
                tiles.shape(length, queries, geometry.head_size);
                for head in 0..geometry.heads {
                    tiles.load(query, key, start, query_start, head, geometry);
                    tiles.load_values(value, start, head, geometry);
                    tiles.weigh();
                    tiles.drop_weights(start, head, geometry);
                    let Tiles {
                        weights,
                        values,
                        result,
                        size,
                        columns,
                        ..
                    } = &mut *tiles;
                    product(
                        Rows {
                            numbers: weights,
                            row: *columns,
                            column: 1,
                        },
                        values,
                        result,
                        *size,
                        queries,
                        length,
                    );
                    store(
                        &tiles.result,
                        tiles.size,
                        out,
                        query_start,
                        queries,
                        head,
                        geometry,
                    );
                }
            }
        },
    );
}

/// Gradients of [`attention`].
pub(crate) struct AttentionGradients {
    pub(crate) query: Vec<f32>,
    pub(crate) key: Vec<f32>,
    pub(crate) value: Vec<f32>,
    pub(crate) query_bias: Vec<f32>,
    pub(crate) key_bias: Vec<f32>,
    pub(crate) value_bias: Vec<f32>,
}

/// The backward pass of [`attention`]; the weights are computed again, which
/// costs less than keeping them.
pub(crate) fn attention_backward(
    gradient: &[f32],
    query: Biased,
    key: Biased,
    value: Biased,
    geometry: &Geometry,
) -> AttentionGradients {
    let width = geometry.width();
    let mut gradients = AttentionGradients {
        query: vec![0.0; query.x.len()],
        key: vec![0.0; key.x.len()],
        value: vec![0.0; value.x.len()],
        query_bias: vec![0.0; width],
        key_bias: vec![0.0; width],
        value_bias: vec![0.0; width],
    };
    vectorised(
        #[inline(always)]
        || {
            let mut tiles = Tiles::default();
            let mut back = BackwardTiles::default();
            for (start, length, query_start, queries) in geometry.sequences() {
                tiles.shape(length, queries, geometry.head_size);
                back.shape(&tiles);
                for head in 0..geometry.heads {
                    tiles.load(query, key, start, query_start, head, geometry);
                    tiles.load_values(value, start, head, geometry);
                    tiles.weigh();
                    back.load(gradient, key, query_start, start, head, geometry, &tiles);
                    back.run(&mut tiles, start, head, geometry);
                    let (size, g) = (tiles.size, &mut gradients);
                    store(
                        &back.query,
                        size,
                        &mut g.query,
                        query_start,
                        queries,
                        head,
                        geometry,
                    );
                    store(&back.key, size, &mut g.key, start, length, head, geometry);
                    store(
                        &back.value,
                        size,
                        &mut g.value,
                        start,
                        length,
                        head,
                        geometry,
                    );
                }
            }
            let AttentionGradients {
                query,
                key,
                value,
                query_bias,
                key_bias,
                value_bias,
            } = &mut gradients;
            for (numbers, bias) in [(query, query_bias), (key, key_bias), (value, value_bias)] {
                for row in numbers.chunks_exact(width) {
                    for (bias, number) in bias.iter_mut().zip(row) {
                        *bias += number;
                    }
                }
            }
        },
    );
    gradients
}

/// One head of one sequence, laid out for [`product`]: row lengths are padded
/// with zeros to whole vector registers.
#[derive(Default)]
struct Tiles {
    length: usize,
    queries: usize,
    /// Padded length of a sequence.
    columns: usize,
    /// Padded size of a head.
    size: usize,
    /// Queries with bias, scaled.
    query: Vec<f32>,
    /// Keys with bias, transposed.
    key_transposed: Vec<f32>,
    /// Values with bias.
    values: Vec<f32>,
    /// Attention weights.
    weights: Vec<f32>,
    result: Vec<f32>,
}

impl Tiles {
    #[inline(always)]
    fn shape(&mut self, length: usize, queries: usize, head_size: usize) {
        (self.length, self.queries) = (length, queries);
        self.columns = length.next_multiple_of(LANES);
        self.size = head_size.next_multiple_of(LANES);
        clear(&mut self.query, queries * self.size);
        clear(&mut self.key_transposed, self.size * self.columns);
        clear(&mut self.values, length * self.size);
        clear(&mut self.weights, queries * self.columns);
        clear(&mut self.result, queries * self.size);
    }

    #[inline(always)]
    fn load(
        &mut self,
        query: Biased,
        key: Biased,
        start: usize,
        query_start: usize,
        head: usize,
        geometry: &Geometry,
    ) {
        let size = geometry.head_size;
        let columns = head * size..(head + 1) * size;
        let scale = 1.0 / (size as f32).sqrt();
        for (i, tile) in self.query.chunks_exact_mut(self.size).enumerate() {
            let row = &query.x[(query_start + i) * query.stride..][columns.clone()];
            for ((tile, x), bias) in tile.iter_mut().zip(row).zip(&query.bias[columns.clone()]) {
                *tile = (x + bias) * scale;
            }
        }
        for j in 0..self.length {
            let row = &key.x[(start + j) * key.stride..][columns.clone()];
            for (i, (x, bias)) in row.iter().zip(&key.bias[columns.clone()]).enumerate() {
                self.key_transposed[i * self.columns + j] = x + bias;
            }
        }
    }

    #[inline(always)]
    fn load_values(&mut self, value: Biased, start: usize, head: usize, geometry: &Geometry) {
        let size = geometry.head_size;
        let columns = head * size..(head + 1) * size;
        for (j, tile) in self.values.chunks_exact_mut(self.size).enumerate() {
            let row = &value.x[(start + j) * value.stride..][columns.clone()];
            for ((tile, x), bias) in tile.iter_mut().zip(row).zip(&value.bias[columns.clone()]) {
                *tile = x + bias;
            }
        }
    }

    /// Softmax of the products of queries and keys.
    #[inline(always)]
    fn weigh(&mut self) {
        let query = Rows {
            numbers: &self.query,
            row: self.size,
            column: 1,
        };
        product(
            query,
            &self.key_transposed,
            &mut self.weights,
            self.columns,
            self.queries,
            self.size,
        );
        for row in self.weights.chunks_exact_mut(self.columns) {
            row[self.length..].fill(f32::MIN);
            let mut largest = [f32::MIN; LANES];
            let (blocks, _) = row.as_chunks_mut::<LANES>();
            for block in blocks.iter() {
                for i in 0..LANES {
                    largest[i] = if block[i] > largest[i] {
                        block[i]
                    } else {
                        largest[i]
                    };
                }
            }
            let largest = largest.iter().copied().fold(f32::MIN, f32::max);
            let mut sums = [0.0; LANES];
            for block in blocks {
                for i in 0..LANES {
                    block[i] = exp(block[i] - largest);
                    sums[i] += block[i];
                }
            }
            let inverse = 1.0 / total(&sums);
            for weight in row.iter_mut() {
                *weight *= inverse;
            }
            row[self.length..].fill(0.0);
        }
    }

    #[inline(always)]
    fn drop_weights(&mut self, start: usize, head: usize, geometry: &Geometry) {
        if geometry.dropout.is_none() {
            return;
        }
        for (i, row) in self.weights.chunks_exact_mut(self.columns).enumerate() {
            let first = geometry.weight_number(start + i, head);
            for (j, weight) in row.iter_mut().enumerate() {
                *weight *= geometry.dropout.factor(first.wrapping_add(j as u32));
            }
        }
    }
}

/// What the backward pass adds to [`Tiles`].
#[derive(Default)]
struct BackwardTiles {
    /// Gradient of the result.
    gradient: Vec<f32>,
    values_transposed: Vec<f32>,
    /// Keys with bias.
    keys: Vec<f32>,
    /// Gradient of the weights, then of the products before the softmax.
    weights: Vec<f32>,
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
}

impl BackwardTiles {
    #[inline(always)]
    fn shape(&mut self, tiles: &Tiles) {
        clear(&mut self.gradient, tiles.queries * tiles.size);
        clear(&mut self.values_transposed, tiles.size * tiles.columns);
        clear(&mut self.keys, tiles.length * tiles.size);
        clear(&mut self.weights, tiles.queries * tiles.columns);
        clear(&mut self.query, tiles.queries * tiles.size);
        clear(&mut self.key, tiles.length * tiles.size);
        clear(&mut self.value, tiles.length * tiles.size);
    }

    #[allow(clippy::too_many_arguments, reason = "a tile is cut out of these")]
    #[inline(always)]
    fn load(
        &mut self,
        gradient: &[f32],
        key: Biased,
        query_start: usize,
        start: usize,
        head: usize,
        geometry: &Geometry,
        tiles: &Tiles,
    ) {
        let (width, size) = (geometry.width(), geometry.head_size);
        let columns = head * size..(head + 1) * size;
        for (i, tile) in self.gradient.chunks_exact_mut(tiles.size).enumerate() {
            let row = &gradient[(query_start + i) * width..][columns.clone()];
            tile[..size].copy_from_slice(row);
        }
        for (j, tile) in self.keys.chunks_exact_mut(tiles.size).enumerate() {
            let row = &key.x[(start + j) * key.stride..][columns.clone()];
            for ((tile, x), bias) in tile.iter_mut().zip(row).zip(&key.bias[columns.clone()]) {
                *tile = x + bias;
            }
        }
        for (j, tile) in tiles.values.chunks_exact(tiles.size).enumerate() {
            for (i, value) in tile.iter().enumerate() {
                self.values_transposed[i * tiles.columns + j] = *value;
            }
        }
    }

    #[inline(always)]
    fn run(&mut self, tiles: &mut Tiles, start: usize, head: usize, geometry: &Geometry) {
        let Tiles {
            length,
            queries,
            columns,
            size,
            ..
        } = *tiles;
        let gradient = Rows {
            numbers: &self.gradient,
            row: size,
            column: 1,
        };
        product(
            gradient,
            &self.values_transposed,
            &mut self.weights,
            columns,
            queries,
            size,
        );
        let rows = self
            .weights
            .chunks_exact_mut(columns)
            .zip(tiles.weights.chunks_exact(columns));
        for (i, (d_row, row)) in rows.enumerate() {
            if !geometry.dropout.is_none() {
                let first = geometry.weight_number(start + i, head);
                for (j, d_weight) in d_row.iter_mut().enumerate() {
                    *d_weight *= geometry.dropout.factor(first.wrapping_add(j as u32));
                }
            }
            let mean = dot(row, d_row);
            for (d_weight, weight) in d_row.iter_mut().zip(row) {
                *d_weight = weight * (*d_weight - mean);
            }
        }
        let d_scores = Rows {
            numbers: &self.weights,
            row: columns,
            column: 1,
        };
        product(d_scores, &self.keys, &mut self.query, size, queries, length);
        let scale = 1.0 / (geometry.head_size as f32).sqrt();
        for d_query in &mut self.query {
            *d_query *= scale;
        }
        let d_scores = Rows {
            numbers: &self.weights,
            row: 1,
            column: columns,
        };
        product(d_scores, &tiles.query, &mut self.key, size, length, queries);
        tiles.drop_weights(start, head, geometry);
        let weights = Rows {
            numbers: &tiles.weights,
            row: 1,
            column: columns,
        };
        product(
            weights,
            &self.gradient,
            &mut self.value,
            size,
            length,
            queries,
        );
    }
}

/// Empties a tile and gives it `count` zeros.
#[inline(always)]
fn clear(tile: &mut Vec<f32>, count: usize) {
    tile.clear();
    tile.resize(count, 0.0);
}

/// Copies a tile's rows to a head's columns of a matrix.
#[inline(always)]
fn store(
    tile: &[f32],
    tile_width: usize,
    out: &mut [f32],
    first_row: usize,
    rows: usize,
    head: usize,
    geometry: &Geometry,
) {
    let (width, size) = (geometry.width(), geometry.head_size);
    for (i, tile) in tile.chunks_exact(tile_width).take(rows).enumerate() {
        out[(first_row + i) * width + head * size..][..size].copy_from_slice(&tile[..size]);
    }
}

/// A matrix, or its transpose, by the distances between its numbers.
#[derive(Clone, Copy)]
struct Rows<'a> {
    numbers: &'a [f32],
    row: usize,
    column: usize,
}

/// out = a · b, for `rows` rows of `a` and `depth` rows of `b`; `b` and `out`
/// have rows of `width`, a multiple of [`LANES`].
#[inline(always)]
fn product(a: Rows, b: &[f32], out: &mut [f32], width: usize, rows: usize, depth: usize) {
    Arch::new().dispatch(Product {
        a,
        b,
        out,
        width,
        rows,
        depth,
    });
}

struct Product<'a> {
    a: Rows<'a>,
    b: &'a [f32],
    out: &'a mut [f32],
    width: usize,
    rows: usize,
    depth: usize,
}

impl WithSimd for Product<'_> {
    type Output = ();

    /// Each number is a sum in order of depth, whatever the registers' width.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (b, _) = S::as_simd_f32s(self.b);
        let (out, _) = S::as_mut_simd_f32s(self.out);
        let width = self.width / S::F32_LANES;
        let b = &b[..self.depth * width];
        let mut row = 0;
        while row < self.rows {
            let many = self.rows - row >= 4;
            let mut column = 0;
            while column < width {
                let two = width - column >= 2;
                let place = (row, column);
                match (many, two) {
                    (true, true) => block::<S, 4, 2>(simd, self.a, b, out, width, place),
                    (true, false) => block::<S, 4, 1>(simd, self.a, b, out, width, place),
                    (false, true) => block::<S, 1, 2>(simd, self.a, b, out, width, place),
                    (false, false) => block::<S, 1, 1>(simd, self.a, b, out, width, place),
                }
                column += if two { 2 } else { 1 };
            }
            row += if many { 4 } else { 1 };
        }
    }
}

/// `R` rows and `C` registers of columns of a product, held in registers.
#[inline(always)]
fn block<S: Simd, const R: usize, const C: usize>(
    simd: S,
    a: Rows,
    b: &[S::f32s],
    out: &mut [S::f32s],
    width: usize,
    (row, column): (usize, usize),
) {
    let mut sums = [[simd.splat_f32s(0.0); C]; R];
    let a_numbers = &a.numbers[row * a.row..];
    for (k, b) in b.chunks_exact(width).enumerate() {
        let b = &b[column..column + C];
        for (r, sums) in sums.iter_mut().enumerate() {
            let a = simd.splat_f32s(a_numbers[r * a.row + k * a.column]);
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum = simd.mul_add_f32s(a, *b, *sum);
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        out[(row + r) * width + column..][..C].copy_from_slice(sums);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dropout::Site;
    use crate::reference::{self, assert_close, inner, numerical_gradient, random_numbers, wide};

    /// Sums over up to 33 keys or 40 columns, rounded to 6e-8 each, through an
    /// exponential that is exact to 3e-7.
    const TOLERANCE: f64 = 3e-6;

    /// Sequences of one token, of a few, and of more than two registers hold;
    /// their number of queries leaves every rest when divided by 4.
    const OFFSETS: [usize; 6] = [0, 1, 3, 10, 43, 47];

    fn forward(
        [query, key, value]: [&[f64]; 3],
        [query_bias, key_bias, value_bias]: [&[f64]; 3],
        geometry: &Geometry,
    ) -> Vec<f64> {
        let width = geometry.width();
        let biased = |x: &[f64], bias: &[f64]| -> Vec<f64> {
            let columns = bias.iter().cycle();
            x.iter().zip(columns).map(|(x, b)| x + b).collect()
        };
        let (query, key) = (biased(query, query_bias), biased(key, key_bias));
        let value = biased(value, value_bias);
        let mut out = Vec::new();
        for (sequence, span) in geometry.offsets.windows(2).enumerate() {
            let queries = if geometry.first_only {
                sequence..sequence + 1
            } else {
                span[0]..span[1]
            };
            out.extend(reference::attention(
                &query[queries.start * width..queries.end * width],
                &key[span[0] * width..span[1] * width],
                &value[span[0] * width..span[1] * width],
                geometry.heads,
                width,
                |i, head, j| {
                    let row = (geometry.first_row + span[0] + i) * geometry.heads + head;
                    let number = row * geometry.max_positions + j;
                    f64::from(geometry.dropout.factor(number as u32))
                },
            ));
        }
        out
    }

    fn check(heads: usize, head_size: usize, first_only: bool, dropout: Dropout) {
        let geometry = Geometry {
            offsets: &OFFSETS,
            first_only,
            heads,
            head_size,
            dropout,
            first_row: 1000,
            max_positions: 64,
        };
        let (width, rows) = (heads * head_size, 47);
        let queries = if first_only { OFFSETS.len() - 1 } else { rows };
        // Large enough that some weights are near 0 and some near 1.
        let large = |count, seed| -> Vec<f32> {
            random_numbers(count, seed)
                .iter()
                .map(|x| 2.0 * x)
                .collect()
        };
        let x = [
            large(queries * width, 1),
            large(rows * width, 2),
            large(rows * width, 3),
        ];
        let bias = [4, 5, 6].map(|seed| random_numbers(width, seed));
        let direction = random_numbers(queries * width, 7);
        let biased = |i: usize| Biased {
            x: &x[i],
            stride: width,
            bias: &bias[i],
        };
        let mut out = vec![0.0; queries * width];
        let mut buffers = AttentionBuffers::default();
        attention(
            biased(0),
            biased(1),
            biased(2),
            &geometry,
            &mut buffers,
            &mut out,
        );
        let gradients = attention_backward(&direction, biased(0), biased(1), biased(2), &geometry);

        let x = x.each_ref().map(|x| wide(x));
        let bias = bias.each_ref().map(|bias| wide(bias));
        let direction = wide(&direction);
        let expected = forward(
            x.each_ref().map(Vec::as_slice),
            bias.each_ref().map(Vec::as_slice),
            &geometry,
        );
        assert_close("result", &out, &expected, TOLERANCE);
        let with = |changed: usize, numbers: &[f64]| {
            let mut inputs: [&[f64]; 6] = [&x[0], &x[1], &x[2], &bias[0], &bias[1], &bias[2]];
            inputs[changed] = numbers;
            let [query, key, value, query_bias, key_bias, value_bias] = inputs;
            let bias = [query_bias, key_bias, value_bias];
            inner(&forward([query, key, value], bias, &geometry), &direction)
        };
        let found = [&gradients.query, &gradients.key, &gradients.value];
        for (i, (what, found)) in ["query", "key", "value"].iter().zip(found).enumerate() {
            let expected = numerical_gradient(&x[i], |x| with(i, x));
            assert_close(what, found, &expected, TOLERANCE);
        }
        let expected = numerical_gradient(&bias[0], |bias| with(3, bias));
        assert_close("query bias", &gradients.query_bias, &expected, TOLERANCE);
        let expected = numerical_gradient(&bias[2], |bias| with(5, bias));
        assert_close("value bias", &gradients.value_bias, &expected, TOLERANCE);
        // A key's bias adds the same to all of a query's scores, which softmax
        // does not see: its gradient is 0 but for rounding.
        let numerical = numerical_gradient(&bias[1], |bias| with(4, bias));
        for (found, numerical) in gradients.key_bias.iter().zip(numerical) {
            assert!(
                found.abs() < 2e-5 && numerical.abs() < 1e-8,
                "{found} {numerical}"
            );
        }
    }

    #[test]
    fn values_and_gradients_are_those_of_f64() {
        check(2, 8, false, Dropout::NONE);
    }

    #[test]
    fn heads_wider_than_a_register_and_not_a_multiple_of_it_do_as_well() {
        check(1, 40, false, Dropout::NONE);
    }

    #[test]
    fn the_first_token_alone_asks_in_the_last_layer() {
        check(2, 8, true, Dropout::NONE);
    }

    #[test]
    fn dropout_reaches_values_and_gradients_alike() {
        let dropout = Dropout::new(0.3, 5, 2, Site::AttentionWeights(1));
        check(2, 8, false, dropout);
        check(2, 8, true, dropout);
    }

    #[test]
    fn the_first_token_receives_the_same_whether_it_asks_alone_or_not() {
        let x = random_numbers(47 * 16, 1);
        let bias = random_numbers(16, 2);
        let mut geometry = Geometry {
            offsets: &OFFSETS,
            first_only: false,
            heads: 2,
            head_size: 8,
            dropout: Dropout::new(0.3, 5, 2, Site::AttentionWeights(1)),
            first_row: 0,
            max_positions: 64,
        };
        let keys = Biased {
            x: &x,
            stride: 16,
            bias: &bias,
        };
        let mut buffers = AttentionBuffers::default();
        let mut all = vec![0.0; x.len()];
        attention(keys, keys, keys, &geometry, &mut buffers, &mut all);
        geometry.first_only = true;
        let firsts: Vec<f32> = OFFSETS[..5]
            .iter()
            .flat_map(|row| x[row * 16..][..16].to_vec())
            .collect();
        let asking = Biased { x: &firsts, ..keys };
        let mut alone = vec![0.0; firsts.len()];
        attention(asking, keys, keys, &geometry, &mut buffers, &mut alone);
        for (sequence, row) in OFFSETS[..5].iter().enumerate() {
            assert_eq!(alone[sequence * 16..][..16], all[row * 16..][..16]);
        }
    }

    #[test]
    fn keys_and_values_may_lie_side_by_side() {
        let (key, value) = (random_numbers(47 * 16, 1), random_numbers(47 * 16, 2));
        let bias = random_numbers(16, 3);
        let geometry = Geometry {
            offsets: &OFFSETS,
            first_only: false,
            heads: 2,
            head_size: 8,
            dropout: Dropout::NONE,
            first_row: 0,
            max_positions: 64,
        };
        let of = |x, stride| Biased {
            x,
            stride,
            bias: &bias,
        };
        let mut buffers = AttentionBuffers::default();
        let mut apart = vec![0.0; key.len()];
        let (k, v) = (of(&key, 16), of(&value, 16));
        attention(k, k, v, &geometry, &mut buffers, &mut apart);
        let rows = key.chunks(16).zip(value.chunks(16));
        let joint: Vec<f32> = rows.flat_map(|(k, v)| [k, v].concat()).collect();
        let mut together = vec![0.0; key.len()];
        attention(
            k,
            of(&joint, 32),
            of(&joint[16..], 32),
            &geometry,
            &mut buffers,
            &mut together,
        );
        assert_eq!(together, apart);
    }
}
