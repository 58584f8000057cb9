//! The colours of pictures. They differ in lightness, so that a grey print
//! tells them apart, and a dark page turns them round.

use std::fmt::Write as _;

use plotters::style::RGBColor;

/// A colour on a light ground, and what a dark page makes of it.
struct Paint {
    light: RGBColor,
    dark: RGBColor,
}

const fn paint(light: [u8; 3], dark: [u8; 3]) -> Paint {
    Paint {
        light: RGBColor(light[0], light[1], light[2]),
        dark: RGBColor(dark[0], dark[1], dark[2]),
    }
}

const GROUND: Paint = paint([255, 255, 255], [22, 24, 29]);
const INK: Paint = paint([26, 28, 32], [230, 232, 235]);
const SOFT: Paint = paint([91, 97, 107], [160, 167, 177]);
const GRID: Paint = paint([217, 220, 225], [52, 58, 68]);
/// The line above bars.
const LINE: Paint = paint([154, 40, 8], [253, 186, 116]);

/// From light to dark; steps of lightness as even as they can be.
const RAMP: [Paint; 6] = [
    paint([209, 221, 242], [56, 70, 102]),
    paint([157, 184, 231], [66, 98, 160]),
    paint([111, 146, 216], [92, 134, 212]),
    paint([58, 101, 184], [140, 176, 240]),
    paint([30, 60, 130], [188, 210, 250]),
    paint([14, 26, 60], [236, 243, 255]),
];

/// Dark enough for thin curves; their dashes and marks tell them apart too.
const CURVES: [Paint; 4] = [
    paint([30, 64, 175], [96, 165, 250]),
    paint([194, 65, 12], [251, 146, 60]),
    paint([20, 24, 30], [235, 238, 242]),
    paint([100, 110, 125], [150, 160, 175]),
];

pub(super) const fn ground() -> RGBColor {
    GROUND.light
}

pub(super) const fn ink() -> RGBColor {
    INK.light
}

pub(super) const fn soft() -> RGBColor {
    SOFT.light
}

pub(super) const fn grid() -> RGBColor {
    GRID.light
}

pub(super) const fn line() -> RGBColor {
    LINE.light
}

/// The colour of a curve.
pub(super) fn curve(number: usize) -> RGBColor {
    CURVES[number % CURVES.len()].light
}

/// As many colours as there are groups, as far from each other as can be, from
/// light to dark; more than the ramp has begin anew.
pub(super) fn ramp(groups: usize) -> Vec<RGBColor> {
    let chosen: &[usize] = match groups {
        0 | 1 => &[2],
        2 => &[1, 4],
        3 => &[0, 2, 4],
        4 => &[0, 2, 3, 5],
        5 => &[0, 1, 2, 3, 5],
        _ => &[0, 1, 2, 3, 4, 5],
    };
    let colours = chosen.iter().cycle().take(groups);
    colours.map(|&number| RAMP[number].light).collect()
}

/// The rules by which a dark page turns the colours round.
pub(crate) fn style() -> String {
    let mut rules = String::new();
    let all = [&GROUND, &INK, &SOFT, &GRID, &LINE];
    for paint in all.into_iter().chain(&RAMP).chain(&CURVES) {
        let light = hexadecimal(paint.light);
        let dark = hexadecimal(paint.dark);
        for property in ["fill", "stroke"] {
            let _ = write!(
                rules,
                ".chart [{property}=\"{light}\"]{{{property}:{dark}}}"
            );
        }
    }
    format!("@media screen and (prefers-color-scheme:dark){{{rules}}}\n")
}

/// As the drawing library writes it.
fn hexadecimal(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CIE lightness, 0 to 100, which is what a grey print keeps.
    fn lightness(RGBColor(red, green, blue): RGBColor) -> f64 {
        let linear = |channel: u8| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.040_45 {
                channel / 12.92
            } else {
                ((channel + 0.055) / 1.055).powf(2.4)
            }
        };
        let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
        if luminance <= 0.008_856 {
            903.3 * luminance
        } else {
            116.0 * luminance.cbrt() - 16.0
        }
    }

    #[test]
    fn groups_are_told_apart_in_grey() {
        for groups in 2..=6 {
            let shades: Vec<f64> = ramp(groups).into_iter().map(lightness).collect();
            for pair in shades.windows(2) {
                assert!(pair[0] - pair[1] >= 12.0, "{groups}: {shades:?}");
            }
        }
        let dark: Vec<f64> = RAMP.iter().map(|paint| lightness(paint.dark)).collect();
        for pair in dark.windows(2) {
            assert!(pair[1] - pair[0] >= 8.0, "{dark:?}");
        }
    }

    #[test]
    fn every_colour_has_rules_of_its_own() {
        let all = [&GROUND, &INK, &SOFT, &GRID, &LINE];
        let all = all.into_iter().chain(&RAMP).chain(&CURVES);
        let mut lights: Vec<String> = all.map(|paint| hexadecimal(paint.light)).collect();
        let before = lights.len();
        lights.sort();
        lights.dedup();
        assert_eq!(lights.len(), before);
    }
}
