//! The colours of the page, and which text stays readable on them.

/// Red, green and blue, 0 to 255.
type Colour = [u8; 3];

const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];

/// The colours of a light or a dark page.
struct Theme {
    ground: Colour,
    hit: Colour,
    miss: Colour,
    /// The other variables of the style sheet.
    rest: &'static str,
}

const LIGHT: Theme = Theme {
    ground: WHITE,
    hit: [30, 64, 175],
    miss: [194, 65, 12],
    rest: "--page:#fcfcfb;--card:#fff;--ink:#1a1c20;--soft:#5b616b;--line:#d9dce1;--bar:#6f8fd8;--one:#1e40af;--two:#c2410c;--code:#f1f3f6;--focus:#b45309;",
};

const DARK: Theme = Theme {
    ground: [22, 24, 29],
    hit: [96, 165, 250],
    miss: [251, 146, 60],
    rest: "--page:#121418;--card:#1a1d23;--ink:#e6e8eb;--soft:#a0a7b1;--line:#343a44;--bar:#4b6fb5;--one:#60a5fa;--two:#fb923c;--code:#22262e;--focus:#fcd34d;",
};

/// How strongly a cell is coloured: a share that is not 0 can be seen.
pub(crate) fn strength(share: f64) -> f64 {
    0.1 + 0.9 * share.clamp(0.0, 1.0)
}

/// The classes of a cell: right or wrong, and the colour of its text where it
/// is not the theme's usual one.
pub(crate) fn classes(share: f64, right: bool) -> &'static str {
    let inverse = |theme: &Theme, usual| text_colour(theme, share, right) != usual;
    match (right, inverse(&LIGHT, BLACK), inverse(&DARK, WHITE)) {
        (true, false, false) => "hit own",
        (true, true, false) => "hit own light-white",
        (true, false, true) => "hit own dark-black",
        (true, true, true) => "hit own light-white dark-black",
        (false, false, false) => "miss",
        (false, true, false) => "miss light-white",
        (false, false, true) => "miss dark-black",
        (false, true, true) => "miss light-white dark-black",
    }
}

/// The variables of the style sheet, for both themes.
pub(crate) fn variables() -> String {
    format!(
        ":root{{color-scheme:light dark;{}}}\n\
         @media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n",
        LIGHT.variables(),
        DARK.variables()
    )
}

impl Theme {
    fn variables(&self) -> String {
        let [red, green, blue] = self.ground;
        let triple = |[red, green, blue]: Colour| format!("{red} {green} {blue}");
        format!(
            "--ground:rgb({red} {green} {blue});--hit:{};--miss:{};{}",
            triple(self.hit),
            triple(self.miss),
            self.rest
        )
    }
}

fn text_colour(theme: &Theme, share: f64, right: bool) -> Colour {
    let cell = cell_luminance(theme, share, right);
    if contrast(cell, luminance(BLACK.map(f64::from)))
        >= contrast(cell, luminance(WHITE.map(f64::from)))
    {
        BLACK
    } else {
        WHITE
    }
}

fn cell_luminance(theme: &Theme, share: f64, right: bool) -> f64 {
    let colour = if right { theme.hit } else { theme.miss };
    let alpha = strength(share);
    let mut mixed = [0.0; 3];
    for (channel, value) in mixed.iter_mut().enumerate() {
        *value =
            f64::from(colour[channel]) * alpha + f64::from(theme.ground[channel]) * (1.0 - alpha);
    }
    luminance(mixed)
}

/// Relative luminance (WCAG 2.2) of channels in 0 to 255.
fn luminance(channels: [f64; 3]) -> f64 {
    let [red, green, blue] = channels.map(|channel| {
        let channel = channel / 255.0;
        if channel <= 0.040_45 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Contrast ratio (WCAG 2.2) of two luminances: 1 to 21.
fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_can_be_read_in_both_themes() {
        for theme in [&LIGHT, &DARK] {
            for right in [true, false] {
                for percent in 0..=100 {
                    let share = f64::from(percent) / 100.0;
                    let text = luminance(text_colour(theme, share, right).map(f64::from));
                    let ratio = contrast(cell_luminance(theme, share, right), text);
                    assert!(ratio >= 4.5, "{percent}%: {ratio}");
                }
            }
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let of = |colour: Colour| luminance(colour.map(f64::from));
        assert!((contrast(of(BLACK), of(WHITE)) - 21.0).abs() < 1e-9);
        // #767676 on white is the usual example of 4.54.
        assert!((contrast(of([0x76; 3]), of(WHITE)) - 4.54).abs() < 0.005);
    }
}
