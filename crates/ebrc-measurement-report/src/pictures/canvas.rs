//! What all pictures are drawn on.
//!
//! The drawing library has whole numbers for places. A tenth of a pixel is its
//! unit here, so that 450 days are of the same width.

use maud::html;
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, IntoDrawingArea, IntoFont, SVGBackend, Text, TextStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, RGBColor};

use super::palette;

/// Units of the drawing in a pixel.
const UNITS: u32 = 10;

/// How wide every picture is, in pixels.
pub(super) const WIDTH: u32 = 800;

/// What the title takes at the top, in pixels.
pub(super) const HEADING: u32 = 36;

/// The size of ordinary text, in pixels.
pub(super) const TEXT: f64 = 14.0;

/// The embedded font first; browsers that lack it take their own.
const FAMILY: &str = "Ubuntu, 'Ubuntu Light', system-ui, sans-serif";

/// A drawing area in units.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Pixels in units.
pub(super) fn units(pixels: f64) -> i32 {
    (pixels * f64::from(UNITS)).round() as i32
}

/// The width of a line of so many pixels.
pub(super) fn thick(pixels: f64) -> u32 {
    (pixels * f64::from(UNITS)).round() as u32
}

/// About how wide a text is, in pixels; rather too much than too little.
pub(super) fn width_of(text: &str, size: f64) -> f64 {
    use unicode_width::UnicodeWidthStr as _;
    text.width() as f64 * size * 0.56
}

/// Text of a size in pixels.
pub(super) fn text(size: f64, colour: RGBColor, across: HPos, upward: VPos) -> TextStyle<'static> {
    // The library divides by 1.24 to come to the size of SVG.
    let font = (FAMILY, size * f64::from(UNITS) * 1.24).into_font();
    TextStyle {
        font,
        color: colour.to_backend_color(),
        pos: Pos::new(across, upward),
    }
}

/// Why a drawing failed, in words.
pub(super) fn reason(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Words at a place in pixels.
pub(super) fn words(
    area: &Area<'_>,
    text: &str,
    at: (f64, f64),
    style: TextStyle<'static>,
) -> Result<(), String> {
    let at = (units(at.0), units(at.1));
    area.draw(&Text::new(allowed(text), at, style))
        .map_err(reason)
}

/// XML has no control characters, not even escaped ones.
fn allowed(text: &str) -> String {
    let allow = |sign: char| if sign.is_control() { '\u{fffd}' } else { sign };
    text.chars().map(allow).collect()
}

/// A picture that was drawn.
pub(super) struct Sheet {
    height: u32,
    /// As the library wrote it.
    drawing: String,
}

impl Sheet {
    /// Draws on a white ground, below the title.
    pub(super) fn draw(
        title: &str,
        height: u32,
        body: impl FnOnce(&Area<'_>) -> Result<(), String>,
    ) -> Result<Self, String> {
        let mut drawing = String::new();
        {
            let size = (WIDTH * UNITS, height * UNITS);
            let area = SVGBackend::with_string(&mut drawing, size).into_drawing_area();
            area.fill(&palette::ground()).map_err(reason)?;
            let size = 17.0_f64.min(17.0 * (f64::from(WIDTH) - 16.0) / width_of(title, 17.0));
            let style = text(size, palette::ink(), HPos::Left, VPos::Center);
            words(&area, title, (8.0, 18.0), style)?;
            body(&area)?;
            area.present().map_err(reason)?;
        }
        Ok(Self { height, drawing })
    }

    /// Where there is nothing to be drawn.
    pub(super) fn empty(title: &str) -> Result<Self, String> {
        let style = text(TEXT, palette::soft(), HPos::Left, VPos::Center);
        Self::draw(title, HEADING + 40, |area| {
            let at = (8.0, f64::from(HEADING) + 16.0);
            words(area, "There is nothing to show.", at, style)
        })
    }

    /// With a name and words for those who do not see it.
    pub(super) fn to_svg(&self, id: &str, title: &str, finding: &str) -> String {
        let (named, told) = (format!("{id}-title"), format!("{id}-finding"));
        let view_box = format!("0 0 {} {}", WIDTH * UNITS, self.height * UNITS);
        let inside = self.drawing.split_once('>').map_or("", |(_, rest)| rest);
        let inside = inside.trim_end().trim_end_matches("</svg>");
        // Half the height of a digit, for programs that do not know that of an x.
        let inside = inside.replace(r#"dy="0.5ex""#, r#"dy="0.34em""#);
        html! {
            svg.chart xmlns="http://www.w3.org/2000/svg" width=(WIDTH) height=(self.height)
                viewBox=(view_box) role="img" aria-labelledby=(named) aria-describedby=(told) {
                title id=(named) { (allowed(title)) }
                desc id=(told) { (allowed(finding)) }
                (maud::PreEscaped(inside))
            }
            "\n"
        }
        .into_string()
    }
}

/// Round numbers from 0 to at least `highest`, about as many as `wanted`.
pub(super) fn ticks(highest: f64, wanted: usize) -> Vec<f64> {
    if !(highest.is_finite() && highest > 0.0) {
        return vec![0.0, 1.0];
    }
    let rough = highest / wanted.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let factors = [1.0, 2.0, 2.5, 5.0, 10.0];
    let step = factors
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough * 0.999_999)
        .unwrap_or(10.0 * power);
    let steps = (highest / step * 0.999_999).ceil().max(1.0) as usize;
    (0..=steps).map(|number| number as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_highest() {
        let cases: [(f64, &[f64]); 4] = [
            (9.0, &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
            (1.0, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
            (5_000.0, &[0.0, 1_000.0, 2_000.0, 3_000.0, 4_000.0, 5_000.0]),
            (0.0, &[0.0, 1.0]),
        ];
        for (highest, expected) in cases {
            let found = ticks(highest, 5);
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for (one, other) in found.iter().zip(expected) {
                assert!((one - other).abs() < 1e-9, "{found:?}");
            }
        }
    }
}
