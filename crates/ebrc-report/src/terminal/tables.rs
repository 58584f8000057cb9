//! Tables whose first column takes what room there is.

use super::Paper;
use super::columns::{columns, cut, padded};

/// A table: names to the left, figures to the right of them.
pub(super) struct Table {
    /// The narrowest and the widest that the first column may be.
    names: (usize, usize),
    /// A blank between columns comes with them.
    columns: Vec<usize>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With a header: the first cell, and the others with their widths.
    pub(super) fn new(first: &str, others: &[(&str, usize)]) -> Self {
        let header = others.iter().map(|(name, _)| (*name).to_owned());
        Self {
            names: (columns(first), 18),
            columns: others.iter().map(|(_, width)| *width).collect(),
            rows: vec![std::iter::once(first.to_owned()).chain(header).collect()],
        }
    }

    pub(super) fn row(&mut self, name: &str, cells: impl IntoIterator<Item = String>) {
        let cells = std::iter::once(name.to_owned()).chain(cells).collect();
        self.rows.push(cells);
    }

    /// Names that are too long for the room are cut.
    pub(super) fn print(self, paper: &mut Paper) {
        let figures: usize = self.columns.iter().sum();
        let names = self.rows.iter().filter_map(|row| row.first());
        let longest = names.map(|name| columns(name)).max().unwrap_or(0);
        let room = paper.width.saturating_sub(figures);
        let (least, most) = self.names;
        let first = longest.max(most).min(room).max(least);
        for row in &self.rows {
            let mut cells = row.iter();
            let name = cells.next().map_or("", String::as_str);
            let mut text = padded(&cut(name, first), first);
            for (cell, width) in cells.zip(&self.columns) {
                text.push_str(&format!("{cell:>width$}"));
            }
            paper.line(&text);
        }
    }
}
