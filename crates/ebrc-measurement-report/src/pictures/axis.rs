//! An axis with marks where they are wanted.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

/// Values from one end to the other, linear; lines and labels stand at its
/// marks and nowhere else.
pub(super) struct Axis {
    from: f64,
    to: f64,
    marks: Vec<f64>,
}

impl Axis {
    pub(super) fn new(from: f64, to: f64, marks: Vec<f64>) -> Self {
        Self { from, to, marks }
    }

    /// From 0 to the last of its marks.
    pub(super) fn to_last(marks: Vec<f64>) -> Self {
        let to = marks.last().copied().unwrap_or(1.0);
        Self::new(0.0, to, marks)
    }
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        let place = (value - self.from) / (self.to - self.from);
        let place = if place.is_finite() { place } else { 0.0 };
        start + (place * f64::from(end - start)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // The library asks twice: for labels, and for finer lines.
        if hint.weight().allow_light_points() {
            Vec::new()
        } else {
            self.marks.clone()
        }
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}
