//! Cumulative distributions (Figure 7).

use ebrc_artefacts::{Curve, Unit};
use plotters::prelude::{ChartBuilder, DashedLineSeries, LabelAreaPosition, LineSeries};
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, VPos};

use super::axis::Axis;
use super::canvas::{Area, HEADING, Sheet, TEXT, WIDTH, reason, text, thick, ticks, units, words};
use super::legend::{self, Dash, Mark, Sample};
use super::palette;
use crate::numerals::{short, tick};

/// The height of the drawing without title and legend, in pixels.
const BODY: u32 = 380;

/// Where curves have their marks: at the first point that reaches this share.
const MARKED: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// The horizontal axis: where its values lie, and its labels.
struct Values {
    is_logarithmic: bool,
    low: f64,
    high: f64,
    labels: Vec<f64>,
}

impl Values {
    fn of(curves: &[Curve], is_logarithmic: bool) -> Self {
        let values = || {
            curves
                .iter()
                .flat_map(|curve| &curve.points)
                .map(|point| point.0)
        };
        let highest = values()
            .filter(|value| value.is_finite())
            .fold(0.0, f64::max);
        if is_logarithmic {
            let above = values().filter(|value| value.is_finite() && *value > 0.0);
            let lowest = above.fold(f64::INFINITY, f64::min);
            let (lowest, highest) = if lowest.is_finite() {
                (lowest, highest)
            } else {
                (1.0, 10.0)
            };
            let low = lowest.log10().floor();
            let high = highest.log10().ceil().max(low + 1.0);
            let powers = (high - low).round() as i32;
            return Self {
                is_logarithmic,
                low,
                // Half a power is enough where the last values lie in it.
                high: high.min(highest.log10().max(low + 1.0) + 0.15),
                labels: (0..=powers).map(|power| low + f64::from(power)).collect(),
            };
        }
        let labels = ticks(highest, 8);
        Self {
            is_logarithmic,
            low: 0.0,
            high: labels.last().copied().unwrap_or(1.0),
            labels,
        }
    }

    /// Values of 0 and less lie at the left end of a logarithmic axis.
    fn place(&self, value: f64) -> f64 {
        if !self.is_logarithmic {
            value
        } else if value > 0.0 {
            value.log10().max(self.low)
        } else {
            self.low
        }
    }

    fn label(&self, place: f64) -> String {
        if self.is_logarithmic {
            let power = place.round() as i32;
            if power < 0 {
                format!("{:.*}", power.unsigned_abs() as usize, 10_f64.powi(power))
            } else {
                short(10_f64.powi(power))
            }
        } else {
            short(place)
        }
    }
}

pub(super) fn draw(
    title: &str,
    horizontal: &str,
    is_logarithmic: bool,
    curves: &[Curve],
) -> Result<Sheet, String> {
    let axis = Values::of(curves, is_logarithmic);
    let entries: Vec<(Sample, String)> = curves
        .iter()
        .enumerate()
        .map(|(number, curve)| {
            let dash = Dash::of_curve(number);
            let sample = Sample::Line(palette::curve(number), dash, Some(Mark::of_curve(number)));
            (sample, curve.name.clone())
        })
        .collect();
    let top = HEADING + legend::height(&entries);
    Sheet::draw(title, top + BODY, |area| {
        legend::draw(area, f64::from(HEADING), &entries)?;
        let style = |across| text(TEXT, palette::soft(), across, VPos::Center);
        let y = f64::from(top);
        words(area, "cumulative share", (8.0, y + 16.0), style(HPos::Left))?;
        let below = (f64::from(WIDTH) - 20.0, y + f64::from(BODY) - 18.0);
        words(area, horizontal, below, style(HPos::Right))?;
        let (_, body) = area.split_vertically(units(y + 28.0));
        plot(&body, &axis, curves)
    })
}

fn plot(area: &Area<'_>, axis: &Values, curves: &[Curve]) -> Result<(), String> {
    let mut chart = ChartBuilder::on(area)
        .margin_top(units(10.0))
        .margin_right(units(20.0))
        .margin_bottom(units(24.0))
        .set_label_area_size(LabelAreaPosition::Left, units(62.0))
        .set_label_area_size(LabelAreaPosition::Bottom, units(30.0))
        .build_cartesian_2d(
            Axis::new(axis.low, axis.high, axis.labels.clone()),
            Axis::to_last(ticks(1.0, 5)),
        )
        .map_err(reason)?;
    chart
        .configure_mesh()
        .light_line_style(plotters::style::TRANSPARENT)
        .bold_line_style(palette::grid().stroke_width(thick(1.0)))
        .axis_style(palette::soft().stroke_width(thick(1.0)))
        .label_style(text(
            TEXT * 0.9,
            palette::soft(),
            HPos::Center,
            VPos::Center,
        ))
        .set_all_tick_mark_size(units(4.0))
        .x_labels(20)
        .y_labels(20)
        .x_label_formatter(&|place| axis.label(*place))
        .y_label_formatter(&|share| tick(*share, Unit::Share))
        .draw()
        .map_err(reason)?;
    let (left, top) = area.get_base_pixel();
    for (number, curve) in curves.iter().enumerate() {
        let style = palette::curve(number).stroke_width(thick(2.0));
        let steps = steps(axis, &curve.points);
        match Dash::of_curve(number).lengths() {
            None => chart.draw_series(LineSeries::new(steps, style)).map(|_| ()),
            Some((long, gap)) => chart
                .draw_series(DashedLineSeries::new(steps, thick(long), thick(gap), style))
                .map(|_| ()),
        }
        .map_err(reason)?;
        for share in MARKED {
            let reached = curve.points.iter().find(|point| point.1 >= share);
            if let Some(&(value, share)) = reached {
                let (x, y) = chart.backend_coord(&(axis.place(value), share));
                let at = (x - left, y - top);
                legend::mark(area, Mark::of_curve(number), at, palette::curve(number))?;
            }
        }
    }
    Ok(())
}

/// A share holds from its value on until the next; steps too small to be seen
/// are left out.
fn steps(axis: &Values, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    const SEEN_ACROSS: f64 = 1.0 / 1_000.0;
    const SEEN_UPWARD: f64 = 1.0 / 400.0;
    let range = axis.high - axis.low;
    let mut steps: Vec<(f64, f64)> = vec![(axis.low, 0.0)];
    let mut last = (axis.low, 0.0);
    for (number, &(value, share)) in points.iter().enumerate() {
        let place = axis.place(value);
        let is_last = number + 1 == points.len();
        let seen = place - last.0 >= SEEN_ACROSS * range || share - last.1 >= SEEN_UPWARD;
        if seen || is_last {
            steps.push((place, last.1));
            steps.push((place, share));
            last = (place, share);
        }
    }
    steps.push((axis.high, last.1));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(points: &[(f64, f64)], is_logarithmic: bool) -> Values {
        let curve = Curve {
            name: "MX".to_owned(),
            points: points.to_vec(),
        };
        Values::of(&[curve], is_logarithmic)
    }

    #[test]
    fn a_logarithmic_axis_begins_and_ends_around_its_values() {
        let found = axis(&[(0.0, 0.1), (0.02, 0.2), (300.0, 1.0)], true);
        let labels: Vec<String> = found.labels.iter().map(|at| found.label(*at)).collect();
        assert_eq!(labels, ["0.01", "0.1", "1", "10", "100", "1k"]);
        assert_eq!(found.place(0.0), -2.0);
        assert!(found.high > 300_f64.log10() && found.high < 3.0);
        // Nothing above 0 is still an axis.
        assert_eq!(axis(&[(0.0, 1.0)], true).labels, [0.0, 1.0]);
    }

    #[test]
    fn steps_hold_until_the_next_and_end_at_the_right() {
        let found = axis(&[(2.0, 0.5), (8.0, 1.0)], false);
        let expected = [
            (0.0, 0.0),
            (2.0, 0.0),
            (2.0, 0.5),
            (8.0, 0.5),
            (8.0, 1.0),
            (8.0, 1.0),
        ];
        assert_eq!(steps(&found, &[(2.0, 0.5), (8.0, 1.0)]), expected);
    }

    #[test]
    fn a_curve_of_very_many_points_stays_small() {
        let points: Vec<(f64, f64)> = (1..=100_000)
            .map(|number| (f64::from(number), f64::from(number) / 100_000.0))
            .collect();
        let found = axis(&points, false);
        let steps = steps(&found, &points);
        assert!(steps.len() < 2_500, "{}", steps.len());
        assert!(steps.contains(&(100_000.0, 1.0)));
    }
}
