//! Scales, grids and axes.
//!
//! Sizes are in units of the view box. A picture is as wide as a phone's
//! screen at about 0.65 pixels a unit, where the style makes its text larger:
//! so there is room for text of 19 units everywhere.

use maud::{Markup, html};

use super::Units;

/// How wide every picture is.
pub(super) const WIDTH: f64 = 560.0;

const LEFT: f64 = 66.0;
const RIGHT: f64 = WIDTH - 26.0;

/// How far tick labels lie below the frame, and the axis title below them.
const TICK_DROP: f64 = 22.0;
const TITLE_DROP: f64 = 46.0;

/// What a picture needs below its frame.
pub(super) const BELOW: f64 = 54.0;

/// What a picture needs above its frame for the title of its upward axis.
pub(super) const ABOVE: f64 = 40.0;

/// Where the values of an axis lie.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    logarithmic: bool,
}

impl Scale {
    pub(super) fn linear(low: f64, high: f64) -> Self {
        Self {
            low,
            high,
            logarithmic: false,
        }
    }

    /// Of values above 0.
    pub(super) fn logarithmic(low: f64, high: f64) -> Self {
        Self {
            low: low.ln(),
            high: high.ln(),
            logarithmic: true,
        }
    }

    /// From 0 at the lowest value to 1 at the highest; halfway where there is
    /// one value only.
    fn place(self, value: f64) -> f64 {
        let value = if self.logarithmic { value.ln() } else { value };
        let range = self.high - self.low;
        if range > 0.0 {
            (value - self.low) / range
        } else {
            0.5
        }
    }
}

/// The rectangle that data are drawn in.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) across: Scale,
    pub(super) upward: Scale,
}

impl Frame {
    pub(super) fn x(&self, value: f64) -> f64 {
        // A margin on both sides, so that marks at the ends do not jut out.
        const INNER: f64 = 6.0;
        LEFT + INNER + (RIGHT - LEFT - 2.0 * INNER) * self.across.place(value)
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * self.upward.place(value)
    }

    /// Lines at values of the upward axis, their labels, and its title.
    pub(super) fn upward_axis(&self, title: &str, ticks: &[(f64, String)]) -> Markup {
        html! {
            text.soft x="0" y=(Units(self.top - 16.0)) { (title) }
            @for (value, label) in ticks {
                @let y = self.y(*value);
                line.grid x1=(Units(LEFT)) x2=(Units(RIGHT)) y1=(Units(y)) y2=(Units(y)) {}
                text.soft x=(Units(LEFT - 8.0)) y=(Units(y + 5.0)) text-anchor="end" { (label) }
            }
        }
    }

    /// Labels below the frame, left out where they would run into the one
    /// before, and the axis title.
    pub(super) fn across_axis(&self, title: &str, ticks: &[(f64, String)]) -> Markup {
        let mut free_from = f64::NEG_INFINITY;
        let mut kept: Vec<(f64, &str)> = Vec::new();
        for (value, label) in ticks {
            let x = self.x(*value);
            let half = 6.0 * label.chars().count() as f64;
            if x - half >= free_from {
                free_from = x + half;
                kept.push((x, label));
            }
        }
        html! {
            @for (x, label) in kept {
                text.soft x=(Units(x)) y=(Units(self.bottom + TICK_DROP)) text-anchor="middle" {
                    (label)
                }
            }
            (self.across_title(title, TITLE_DROP))
        }
    }

    pub(super) fn across_title(&self, title: &str, drop: f64) -> Markup {
        html! {
            text.soft x=(Units(RIGHT)) y=(Units(self.bottom + drop)) text-anchor="end" { (title) }
        }
    }

    /// A line through points.
    pub(super) fn line(&self, points: &[(f64, f64)]) -> String {
        let mut path = String::new();
        for &(across, upward) in points {
            path.push(if path.is_empty() { 'M' } else { 'L' });
            self.push(&mut path, across, upward);
        }
        path
    }

    /// Steps through points: a value holds from the point before on.
    pub(super) fn steps(&self, from: f64, points: &[(f64, f64)]) -> String {
        let mut corners = Vec::new();
        let mut last = from;
        for &(across, upward) in points {
            corners.push((last, upward));
            corners.push((across, upward));
            last = across;
        }
        self.line(&corners)
    }

    fn push(&self, path: &mut String, across: f64, upward: f64) {
        use maud::Render as _;
        Units(self.x(across)).render_to(path);
        path.push(' ');
        Units(self.y(upward)).render_to(path);
    }
}

/// Values of shares from one to the other in steps, in percent.
pub(super) fn percentages(from: f64, to: f64, step: f64) -> Vec<(f64, String)> {
    let steps = ((to - from) / step).round() as u32;
    (0..=steps)
        .map(|number| {
            let share = from + step * f64::from(number);
            (share, format!("{:.0}%", share * 100.0))
        })
        .collect()
}

/// The same up to all, where the lowest may lie between two steps.
pub(super) fn percentages_from(lowest: f64, step: f64) -> Vec<(f64, String)> {
    let mut all = percentages(0.0, 1.0, step);
    all.retain(|(share, _)| *share >= lowest - 1e-9);
    all
}

/// What a line stands for, with a sample of it.
pub(super) fn legend(y: f64, sample: Markup, name: &str) -> Markup {
    html! {
        g transform=(format!("translate(0 {y})")) {
            (sample)
            text x="58" y="6" { (name) }
        }
    }
}

/// What a legend's row needs.
pub(super) const LEGEND_ROW: f64 = 25.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(across: Scale) -> Frame {
        Frame {
            top: 0.0,
            bottom: 100.0,
            across,
            upward: Scale::linear(0.0, 1.0),
        }
    }

    #[test]
    fn values_lie_where_their_scale_says() {
        let plain = frame(Scale::linear(0.0, 2.0));
        assert_eq!(plain.y(0.25), 75.0);
        assert_eq!(plain.x(1.0), (plain.x(0.0) + plain.x(2.0)) / 2.0);
        let tenfold = frame(Scale::logarithmic(1.0, 100.0));
        let middle = (tenfold.x(1.0) + tenfold.x(100.0)) / 2.0;
        assert!((tenfold.x(10.0) - middle).abs() < 1e-9);
        // One value alone lies in the middle.
        let one = frame(Scale::logarithmic(200.0, 200.0));
        assert_eq!(one.x(200.0), middle);
    }

    #[test]
    fn labels_do_not_run_into_each_other() {
        let near = frame(Scale::linear(0.0, 100.0));
        let ticks = [0.0, 1.0, 50.0, 100.0].map(|value| (value, format!("{value:.0}%")));
        let axis = near.across_axis("", &ticks).into_string();
        assert!(axis.contains(">0%<") && !axis.contains(">1%<") && axis.contains(">100%<"));
    }

    #[test]
    fn steps_hold_from_the_point_before() {
        let frame = frame(Scale::linear(0.0, 1.0));
        let (left, middle, right) = (
            Units(frame.x(0.0)),
            Units(frame.x(0.5)),
            Units(frame.x(1.0)),
        );
        let show = |units: Units| html! { (units) }.into_string();
        let (left, middle, right) = (show(left), show(middle), show(right));
        assert_eq!(
            frame.steps(0.0, &[(0.5, 1.0), (1.0, 0.5)]),
            format!("M{left} 0L{middle} 0L{middle} 50L{right} 50")
        );
    }
}
