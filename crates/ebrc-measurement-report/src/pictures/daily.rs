//! Bars by day, stacked, and a line with an axis of its own (Figures 5 and 6).

use chrono::{Datelike as _, Days, NaiveDate};
use ebrc_artefacts::Series;
use plotters::prelude::{ChartBuilder, LabelAreaPosition, LineSeries, Polygon, TextStyle};
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, VPos};

use super::axis::Axis;
use super::canvas::{Area, HEADING, Sheet, TEXT, WIDTH, reason, text, thick, ticks, units, words};
use super::legend::{self, Dash, Mark, Sample};
use super::palette;
use crate::numerals::short;

/// The height of the bars and what is around them, in pixels.
const BODY: u32 = 360;
/// What both axes take beside it, in pixels.
const BESIDE: f64 = 62.0;
/// What is above the axes, for half a label, in pixels.
const ABOVE: f64 = 10.0;
/// What the days' labels take, in pixels.
const BELOW: f64 = 30.0;
/// The height of the band above the bars that a line has for itself.
const OWN_BAND: f64 = 140.0;
/// A line of more points than this goes without marks.
const MOST_MARKS: usize = 60;

/// Values of all days from the first to the last.
struct Calendar {
    first: NaiveDate,
    /// How many days there are.
    days: usize,
    /// For each day that was given, how many days it lies behind the first.
    places: Vec<usize>,
}

impl Calendar {
    fn of(days: &[String]) -> Result<Self, String> {
        let dates = days.iter().map(|day| {
            NaiveDate::parse_from_str(day, "%Y-%m-%d")
                .map_err(|_| format!("{day} is no day: days are written as 2023-09-06"))
        });
        let dates = dates.collect::<Result<Vec<_>, String>>()?;
        let first = dates.iter().min().copied();
        let first = first.ok_or("it has no days")?;
        let places = dates.iter().map(|date| (*date - first).num_days());
        let places: Vec<usize> = places.map(|days| days.unsigned_abs() as usize).collect();
        Ok(Self {
            first,
            days: places.iter().max().map_or(0, |last| last + 1),
            places,
        })
    }

    /// Nothing, 0, where there is no value.
    fn spread(&self, series: &Series) -> Vec<f64> {
        let mut values = vec![0.0; self.days];
        for (&place, value) in self.places.iter().zip(&series.values) {
            values[place] += value.filter(|value| value.is_finite()).unwrap_or(0.0);
        }
        values
    }

    /// The points of a line, each in the middle of its day.
    fn points(&self, series: &Series) -> Vec<(f64, f64)> {
        let values = self.places.iter().zip(&series.values);
        let mut points: Vec<(f64, f64)> = values
            .filter_map(|(&place, value)| {
                let value = value.filter(|value| value.is_finite())?;
                Some((place as f64 + 0.5, value))
            })
            .collect();
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        points
    }

    fn date(&self, place: f64) -> Option<NaiveDate> {
        self.first.checked_add_days(Days::new(place.round() as u64))
    }

    /// Where labels stand: at beginnings of months, or of days in a short log.
    fn labels(&self) -> Vec<f64> {
        const MOST: usize = 9;
        let all = (0..self.days).map(|place| place as f64);
        let starts: Vec<f64> = all
            .clone()
            .filter(|&place| self.date(place).is_some_and(|date| date.day() == 1))
            .collect();
        if starts.len() < 3 {
            return all.step_by(self.days.div_ceil(MOST).max(1)).collect();
        }
        let every = [1, 2, 3, 6]
            .into_iter()
            .find(|every| starts.len() <= MOST * every);
        starts.into_iter().step_by(every.unwrap_or(12)).collect()
    }

    fn label(&self, place: f64) -> String {
        let date = self.date(place);
        date.map(|date| date.to_string()).unwrap_or_default()
    }
}

/// The picture; `left` and `right` are each an axis's title and what it is for.
pub(super) fn draw(
    title: &str,
    days: &[String],
    (left, bars): (&str, &[Series]),
    (right, line): (&str, &Series),
) -> Result<Sheet, String> {
    let calendar = Calendar::of(days)?;
    let layers = stack(&calendar, bars);
    let points = calendar.points(line);
    let colours = palette::ramp(bars.len());
    let form = (points.len() <= MOST_MARKS).then_some(Mark::Circle);

    let mut entries: Vec<(Sample, String)> = bars
        .iter()
        .zip(&colours)
        .map(|(series, colour)| (Sample::Bar(*colour), series.name.clone()))
        .collect();
    let sample = Sample::Line(palette::line(), Dash::Whole, form);
    entries.push((sample, format!("{} (axis at the right)", line.name)));

    let legend_height = legend::height(&entries);
    let top = HEADING + legend_height;
    let lowered = if form.is_some() { 0.0 } else { OWN_BAND };
    Sheet::draw(title, top + BODY + lowered as u32, |area| {
        legend::draw(area, f64::from(HEADING), &entries)?;
        let axes = f64::from(top) + 16.0;
        let style = |across| text(TEXT, palette::soft(), across, VPos::Center);
        words(area, left, (8.0, axes + lowered), style(HPos::Left))?;
        words(
            area,
            right,
            (f64::from(WIDTH) - 8.0, axes),
            style(HPos::Right),
        )?;

        let (_, body) = area.split_vertically(units(f64::from(top) + 28.0));
        plot(&body, &calendar, &layers, &points, form)
    })
}

/// The upper ends of bars: the first is the ground.
fn stack(calendar: &Calendar, bars: &[Series]) -> Vec<Vec<f64>> {
    let mut layers = vec![vec![0.0; calendar.days]];
    for series in bars {
        let mut upper = calendar.spread(series);
        if let Some(lower) = layers.last() {
            for (value, lower) in upper.iter_mut().zip(lower) {
                *value += lower;
            }
        }
        layers.push(upper);
    }
    layers
}

fn plot(
    area: &Area<'_>,
    calendar: &Calendar,
    layers: &[Vec<f64>],
    points: &[(f64, f64)],
    form: Option<Mark>,
) -> Result<(), String> {
    if form.is_some() {
        plot_bars(area, calendar, layers)?;
        return plot_line(area, calendar, points, form);
    }
    // A line of every day would hide the bars that it runs over.
    let (above, below) = area.split_vertically(units(OWN_BAND));
    plot_line(&above, calendar, points, form)?;
    plot_bars(&below, calendar, layers)
}

fn plot_bars(area: &Area<'_>, calendar: &Calendar, layers: &[Vec<f64>]) -> Result<(), String> {
    let highest = layers.iter().flatten().copied().fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .margin_top(units(ABOVE))
        .margin_right(units(BESIDE))
        .set_label_area_size(LabelAreaPosition::Left, units(BESIDE))
        .set_label_area_size(LabelAreaPosition::Bottom, units(BELOW))
        .build_cartesian_2d(
            Axis::new(0.0, calendar.days as f64, calendar.labels()),
            Axis::to_last(ticks(highest, 5)),
        )
        .map_err(reason)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(palette::grid().stroke_width(thick(1.0)))
        .axis_style(palette::soft().stroke_width(thick(1.0)))
        .label_style(label())
        .set_all_tick_mark_size(units(4.0))
        .x_label_formatter(&|place| calendar.label(*place))
        .y_label_formatter(&|value| short(*value))
        .draw()
        .map_err(reason)?;
    let bands = layers.windows(2).zip(palette::ramp(layers.len() - 1));
    let bands = bands.map(|(pair, colour)| Polygon::new(band(&pair[0], &pair[1]), colour.filled()));
    chart.draw_series(bands).map_err(reason)?;
    Ok(())
}

/// With marks over the bars, without marks in a band of its own.
fn plot_line(
    area: &Area<'_>,
    calendar: &Calendar,
    points: &[(f64, f64)],
    form: Option<Mark>,
) -> Result<(), String> {
    let highest = points.iter().map(|point| point.1).fold(0.0, f64::max);
    let (wanted, below) = if form.is_some() {
        (5, BELOW)
    } else {
        (3, 24.0)
    };
    let mut chart = ChartBuilder::on(area)
        .margin_top(units(ABOVE))
        .margin_left(units(BESIDE))
        .margin_bottom(units(below))
        .set_label_area_size(LabelAreaPosition::Right, units(BESIDE))
        .build_cartesian_2d(
            Axis::new(0.0, calendar.days as f64, Vec::new()),
            Axis::to_last(ticks(highest, wanted)),
        )
        .map_err(reason)?;
    let mut mesh = chart.configure_mesh();
    if form.is_some() {
        mesh.disable_mesh();
    }
    mesh.bold_line_style(palette::grid().stroke_width(thick(1.0)))
        .axis_style(palette::soft().stroke_width(thick(1.0)))
        .label_style(label())
        .set_all_tick_mark_size(units(4.0))
        .y_label_formatter(&|value| short(*value))
        .draw()
        .map_err(reason)?;
    // A light edge lets the line be seen on dark bars.
    let strokes: &[_] = match form {
        Some(_) => &[(palette::ground(), 5.0), (palette::line(), 2.0)],
        None => &[(palette::line(), 1.2)],
    };
    for (colour, pixels) in strokes {
        let style = colour.stroke_width(thick(*pixels));
        chart
            .draw_series(LineSeries::new(points.iter().copied(), style))
            .map_err(reason)?;
    }
    let Some(form) = form else {
        return Ok(());
    };
    let (left, top) = area.get_base_pixel();
    for point in points {
        let (x, y) = chart.backend_coord(point);
        legend::mark(area, form, (x - left, y - top), palette::line())?;
    }
    Ok(())
}

fn label() -> TextStyle<'static> {
    text(TEXT * 0.9, palette::soft(), HPos::Center, VPos::Center)
}

/// The outline of bars between two layers: one shape for all days, since a
/// bar for each would show gaps between them.
fn band(lower: &[f64], upper: &[f64]) -> Vec<(f64, f64)> {
    let corners = |(day, &value): (usize, &f64)| {
        let day = day as f64;
        [(day, value), (day + 1.0, value)]
    };
    let forth = upper.iter().enumerate().flat_map(corners);
    let mut outline: Vec<(f64, f64)> = forth.collect();
    let back: Vec<(f64, f64)> = lower.iter().enumerate().flat_map(corners).collect();
    outline.extend(back.into_iter().rev());
    outline
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[Option<f64>]) -> Series {
        Series {
            name: "mails".to_owned(),
            values: values.to_vec(),
        }
    }

    #[test]
    fn days_that_are_missing_keep_their_place() {
        let days = ["2022-06-14", "2022-06-15", "2022-06-18"].map(str::to_owned);
        let calendar = Calendar::of(&days).unwrap();
        let values = series(&[Some(1.0), None, Some(3.0)]);
        assert_eq!(calendar.spread(&values), [1.0, 0.0, 0.0, 0.0, 3.0]);
        assert_eq!(calendar.points(&values), [(0.5, 1.0), (4.5, 3.0)]);
        let layers = stack(&calendar, &[values.clone(), values]);
        assert_eq!(layers[2], [2.0, 0.0, 0.0, 0.0, 6.0]);
    }

    #[test]
    fn a_long_log_is_labelled_by_months() {
        let first = NaiveDate::from_ymd_opt(2022, 6, 14).unwrap();
        let days = (0..450).map(|day| first.checked_add_days(Days::new(day)).unwrap().to_string());
        let days: Vec<String> = days.collect();
        let calendar = Calendar::of(&days).unwrap();
        let labels: Vec<String> = calendar
            .labels()
            .into_iter()
            .map(|at| calendar.label(at))
            .collect();
        assert_eq!(labels[..2], ["2022-07-01", "2022-09-01"]);
        assert_eq!(labels.len(), 8);
        let short = Calendar::of(&days[..10]).unwrap();
        assert_eq!(short.labels(), [0.0, 2.0, 4.0, 6.0, 8.0]);
    }

    #[test]
    fn a_day_that_is_none_is_named() {
        let error = Calendar::of(&["2022-06".to_owned()]).err().unwrap();
        assert!(error.contains("2022-06 is no day"), "{error}");
        assert!(Calendar::of(&[]).is_err());
    }

    #[test]
    fn a_band_goes_forth_above_and_back_below() {
        let outline = band(&[0.0, 1.0], &[2.0, 3.0]);
        let expected = [
            (0.0, 2.0),
            (1.0, 2.0),
            (1.0, 3.0),
            (2.0, 3.0),
            (2.0, 1.0),
            (1.0, 1.0),
            (1.0, 0.0),
            (0.0, 0.0),
        ];
        assert_eq!(outline, expected);
    }
}
