//! Bars by category (Figures 4, 8 and 10).

use ebrc_artefacts::{Series, Unit};
use plotters::prelude::{ChartBuilder, LabelAreaPosition, Rectangle};
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, VPos};

use super::axis::Axis;
use super::canvas::{
    Area, HEADING, Sheet, TEXT, reason, text, thick, ticks, units, width_of, words,
};
use super::legend::{self, Sample};
use super::palette;
use crate::numerals::{counted, tick, with_unit};

/// More bars than this are too many for a page: the middle is left out.
const MOST_BARS: usize = 132;
/// Of one group, as many categories as can be read.
const MOST_CATEGORIES: usize = 50;
/// More signs of a category's name are cut.
const MOST_SIGNS: usize = 30;
/// What is between two categories, in pixels.
const BETWEEN: f64 = 8.0;

/// A row of the picture.
enum Row<'a> {
    Category(&'a str, Vec<Option<f64>>),
    /// Where the middle was left out: how many categories.
    LeftOut(usize),
}

pub(super) fn draw(
    title: &str,
    measure: &str,
    unit: Unit,
    categories: &[String],
    groups: &[Series],
) -> Result<Sheet, String> {
    let rows = rows(categories, groups);
    let colours = palette::ramp(groups.len());
    let entries: Vec<(Sample, String)> = groups
        .iter()
        .zip(&colours)
        .filter(|_| groups.len() > 1)
        .map(|(group, colour)| (Sample::Bar(*colour), group.name.clone()))
        .collect();
    let bar = if groups.len() == 1 { 13.0 } else { 8.0 };
    let pitch = bar * groups.len() as f64 + BETWEEN;
    let top = HEADING + legend::height(&entries);
    let inner = pitch * rows.len() as f64;
    let height = f64::from(top) + 62.0 + inner + 12.0;
    Sheet::draw(title, height.ceil() as u32, |area| {
        legend::draw(area, f64::from(HEADING), &entries)?;
        let names = rows.iter().map(|row| width_of(&name(row), TEXT * 0.93));
        let beside = names.fold(60.0, f64::max) + 16.0;
        let axis = text(TEXT, palette::soft(), HPos::Left, VPos::Center);
        words(area, measure, (beside, f64::from(top) + 16.0), axis)?;
        let (_, body) = area.split_vertically(units(f64::from(top) + 28.0));
        plot(&body, unit, &rows, (beside, bar, pitch))
    })
}

fn rows<'a>(categories: &'a [String], groups: &[Series]) -> Vec<Row<'a>> {
    let of = |place: usize| {
        let values = groups.iter().map(|group| {
            let value = group.values.get(place).copied().flatten();
            value.filter(|value| value.is_finite())
        });
        Row::Category(&categories[place], values.collect())
    };
    let kept = MOST_CATEGORIES.min(MOST_BARS / groups.len().max(1)).max(2);
    // A mark for one or two left out would take as much room as they do.
    if categories.len() <= kept + 2 {
        return (0..categories.len()).map(of).collect();
    }
    let (first, last) = (kept.div_ceil(2), kept / 2);
    let left_out = categories.len() - first - last;
    let ends = (categories.len() - last..categories.len()).map(of);
    (0..first)
        .map(of)
        .chain([Row::LeftOut(left_out)])
        .chain(ends)
        .collect()
}

/// What stands beside a row.
fn name(row: &Row<'_>) -> String {
    match row {
        Row::Category(name, _) if name.chars().count() > MOST_SIGNS => {
            let start: String = name.chars().take(MOST_SIGNS - 1).collect();
            format!("{}…", start.trim_end())
        }
        Row::Category(name, _) => (*name).to_owned(),
        Row::LeftOut(_) => "…".to_owned(),
    }
}

fn plot(
    area: &Area<'_>,
    unit: Unit,
    rows: &[Row<'_>],
    (beside, bar, pitch): (f64, f64, f64),
) -> Result<(), String> {
    let values = rows.iter().flat_map(|row| match row {
        Row::Category(_, values) => values.as_slice(),
        Row::LeftOut(_) => &[],
    });
    let longest = values.flatten().copied().fold(0.0, f64::max);
    let marks = ticks(longest, 6);
    // One group's bars have their numbers beside them.
    let told = rows
        .iter()
        .any(|row| matches!(row, Row::Category(_, values) if values.len() == 1));
    let end = marks.last().copied().unwrap_or(1.0) * 1.02;
    let inner = pitch * rows.len() as f64;
    let mut chart = ChartBuilder::on(area)
        .margin_right(units(if told { 84.0 } else { 24.0 }))
        .margin_bottom(units(12.0))
        .set_label_area_size(LabelAreaPosition::Left, units(beside))
        .set_label_area_size(LabelAreaPosition::Top, units(26.0))
        .build_cartesian_2d(
            Axis::new(0.0, end, marks),
            Axis::new(inner, 0.0, Vec::new()),
        )
        .map_err(reason)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
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
        .x_label_formatter(&|value| tick(*value, unit))
        .draw()
        .map_err(reason)?;

    let (left, top) = area.get_base_pixel();
    let at = |place: (i32, i32)| {
        let pixels = |units: i32| f64::from(units) / 10.0;
        (pixels(place.0 - left), pixels(place.1 - top))
    };
    for (number, row) in rows.iter().enumerate() {
        let start = pitch * number as f64 + BETWEEN / 2.0;
        let middle = pitch * (number as f64 + 0.5);
        let (x, y) = at(chart.backend_coord(&(0.0, middle)));
        let size = TEXT * 0.93;
        let style = text(size, palette::ink(), HPos::Right, VPos::Center);
        words(area, &name(row), (x - 8.0, y), style)?;
        match row {
            Row::LeftOut(left_out) => {
                let between = format!("{} between them left out", counted(*left_out, "row"));
                let style = text(size * 0.93, palette::soft(), HPos::Left, VPos::Center);
                words(area, &between, (x + 8.0, y), style)?;
            }
            Row::Category(_, values) => {
                let colours = palette::ramp(values.len());
                for (group, (value, colour)) in values.iter().zip(colours).enumerate() {
                    let upper = start + bar * group as f64;
                    let Some(value) = value else { continue };
                    let corners = [(0.0, upper), (*value, upper + bar)];
                    let outline = palette::soft().stroke_width(thick(0.6));
                    chart
                        .draw_series([
                            Rectangle::new(corners, colour.filled()),
                            Rectangle::new(corners, outline),
                        ])
                        .map_err(reason)?;
                }
                if let [Some(value)] = values[..] {
                    let (x, y) = at(chart.backend_coord(&(value, middle)));
                    let style = text(size * 0.93, palette::ink(), HPos::Left, VPos::Center);
                    let number = with_unit(Some(value), unit);
                    words(area, &number, (x + 6.0, y), style)?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(categories: usize, groups: usize) -> Vec<String> {
        let names: Vec<String> = (0..categories).map(|number| format!("C{number}")).collect();
        let group = Series {
            name: "Asia".to_owned(),
            values: vec![Some(1.0); categories],
        };
        let groups = vec![group; groups];
        let rows = rows(&names, &groups);
        // One group's bars have their numbers beside them.
        let told = rows.iter().map(|row| match row {
            Row::Category(name, _) => (*name).to_owned(),
            Row::LeftOut(left_out) => format!("-{left_out}"),
        });
        told.collect()
    }

    #[test]
    fn of_many_categories_the_first_and_the_last_are_drawn() {
        let rows = of(169, 1);
        assert_eq!(rows.len(), 51);
        assert_eq!(rows[24..27], ["C24", "-119", "C144"]);
        assert_eq!(rows[50], "C168");
        assert_eq!(of(52, 1).len(), 52);
        assert_eq!(of(20, 6).len(), 20);
        assert_eq!(of(169, 6).len(), 23);
    }

    #[test]
    fn long_names_are_cut() {
        let long = "The United Kingdom of Great Britain and Northern Ireland";
        let shown = name(&Row::Category(long, Vec::new()));
        assert!(shown.ends_with('…') && shown.chars().count() <= MOST_SIGNS);
    }
}
