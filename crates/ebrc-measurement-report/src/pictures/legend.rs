//! What the lines and bars of a picture stand for.

use plotters::element::{Circle, EmptyElement, PathElement, Polygon, Rectangle};
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, RGBColor};

use super::canvas::{Area, TEXT, WIDTH, reason, text, thick, units, width_of, words};
use super::palette;

/// What a sample looks like.
#[derive(Clone, Copy)]
pub(super) enum Sample {
    /// A filled bar.
    Bar(RGBColor),
    /// A line, with its dashes and its mark.
    Line(RGBColor, Dash, Option<Mark>),
}

/// How a line is broken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dash {
    Whole,
    Long,
    Short,
}

impl Dash {
    pub(super) fn of_curve(number: usize) -> Self {
        [Self::Whole, Self::Long, Self::Short][number % 3]
    }

    /// The length of a dash and of the gap behind it, in pixels.
    pub(super) fn lengths(self) -> Option<(f64, f64)> {
        match self {
            Self::Whole => None,
            Self::Long => Some((9.0, 4.0)),
            Self::Short => Some((3.0, 3.0)),
        }
    }
}

/// The form of a mark.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Circle,
    Square,
    Triangle,
}

impl Mark {
    pub(super) fn of_curve(number: usize) -> Self {
        [Self::Circle, Self::Square, Self::Triangle][number % 3]
    }
}

/// How far a mark reaches from its middle, in pixels.
const REACH: f64 = 4.0;
/// How high a row of the legend is, in pixels.
const ROW: f64 = 22.0;
/// How wide a sample is, in pixels.
const SAMPLE: f64 = 34.0;
/// Between a sample and its name, and after a name, in pixels.
const GAP: f64 = 8.0;

/// A mark at a place in units.
pub(super) fn mark(
    area: &Area<'_>,
    mark: Mark,
    at: (i32, i32),
    colour: RGBColor,
) -> Result<(), String> {
    let reach = units(REACH);
    let filled = colour.filled();
    let drawn = match mark {
        Mark::Circle => area.draw(&(EmptyElement::at(at) + Circle::new((0, 0), reach, filled))),
        Mark::Square => {
            let side = units(REACH * 0.9);
            let square = Rectangle::new([(-side, -side), (side, side)], filled);
            area.draw(&(EmptyElement::at(at) + square))
        }
        Mark::Triangle => {
            let corners = vec![
                (at.0, at.1 - units(REACH * 1.25)),
                (at.0 - units(REACH * 1.2), at.1 + units(REACH * 0.85)),
                (at.0 + units(REACH * 1.2), at.1 + units(REACH * 0.85)),
            ];
            area.draw(&Polygon::new(corners, filled))
        }
    };
    drawn.map_err(reason)
}

/// Samples and names below each other and beside each other, as they fit;
/// in pixels, from the left edge and from `top` on.
pub(super) fn draw(area: &Area<'_>, top: f64, entries: &[(Sample, String)]) -> Result<(), String> {
    for ((sample, name), (x, row)) in entries.iter().zip(places(entries)) {
        let y = top + ROW * (row as f64 + 0.5);
        draw_sample(area, *sample, x, y)?;
        let style = text(TEXT, palette::ink(), HPos::Left, VPos::Center);
        words(area, name, (x + SAMPLE + GAP, y), style)?;
    }
    Ok(())
}

/// How high the legend is, in pixels.
pub(super) fn height(entries: &[(Sample, String)]) -> u32 {
    let rows = places(entries).last().map_or(0, |(_, row)| row + 1);
    (ROW * rows as f64).ceil() as u32
}

fn places(entries: &[(Sample, String)]) -> Vec<(f64, usize)> {
    const LEFT: f64 = 8.0;
    let (mut x, mut row) = (LEFT, 0);
    let mut places = Vec::new();
    for (_, name) in entries {
        let width = SAMPLE + GAP + width_of(name, TEXT);
        if x > LEFT && x + width > f64::from(WIDTH) - LEFT {
            (x, row) = (LEFT, row + 1);
        }
        places.push((x, row));
        x += width + 2.0 * GAP;
    }
    places
}

fn draw_sample(area: &Area<'_>, sample: Sample, x: f64, y: f64) -> Result<(), String> {
    let (left, right) = (units(x), units(x + SAMPLE));
    match sample {
        Sample::Bar(colour) => {
            let corners = [(left, units(y - 6.0)), (right, units(y + 6.0))];
            area.draw(&Rectangle::new(corners, colour.filled()))
                .map_err(reason)?;
            let outline = palette::soft().stroke_width(thick(0.7));
            area.draw(&Rectangle::new(corners, outline)).map_err(reason)
        }
        Sample::Line(colour, dash, form) => {
            let y = units(y);
            let (long, gap) = dash.lengths().unwrap_or((SAMPLE, 1.0));
            let (long, gap) = (units(long), units(gap));
            let mut from = left;
            while from < right {
                let to = (from + long).min(right);
                let style = colour.stroke_width(thick(2.0));
                area.draw(&PathElement::new(vec![(from, y), (to, y)], style))
                    .map_err(reason)?;
                from = to + gap;
            }
            match form {
                Some(form) => mark(area, form, ((left + right) / 2, y), colour),
                None => Ok(()),
            }
        }
    }
}
