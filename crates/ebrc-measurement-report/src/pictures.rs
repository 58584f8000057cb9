//! The pictures of a measurement: SVG, and PNG drawn from the very SVG.

mod axis;
mod canvas;
mod cumulative;
mod daily;
mod legend;
mod palette;
mod pixels;
mod ranking;
mod words;

use ebrc_artefacts::{Drawing, Measurement, Outcome, Picture};

pub(crate) use palette::style;

use crate::{Error, names};

/// A picture that says in words what it shows.
pub(crate) struct Drawn {
    /// What its files are called, without their endings.
    pub(crate) stem: String,
    pub(crate) title: String,
    /// What there is to be seen, in words.
    pub(crate) finding: String,
    /// In the page and as a file of its own.
    pub(crate) svg: String,
    pub(crate) png: Vec<u8>,
}

/// All pictures, in the order of artefacts.
///
/// # Errors
/// Where values cannot be drawn, such as days that are none.
pub(crate) fn of_measurement(measurement: &Measurement) -> Result<Vec<Drawn>, Error> {
    let mut drawn = Vec::new();
    for artefact in &measurement.artefacts {
        if let Outcome::Measured(findings) = &artefact.outcome {
            for picture in &findings.pictures {
                drawn.push(draw(names::stem(artefact, &picture.name), picture)?);
            }
        }
    }
    Ok(drawn)
}

fn draw(stem: String, picture: &Picture) -> Result<Drawn, Error> {
    let draw = || -> Result<(String, Vec<u8>), String> {
        let sheet = match &picture.drawing {
            Drawing::DailyBars {
                days,
                left,
                bars,
                right,
                line,
            } => daily::draw(&picture.title, days, (left, bars), (right, line))?,
            Drawing::Cumulative {
                horizontal,
                is_logarithmic,
                curves,
            } => cumulative::draw(&picture.title, horizontal, *is_logarithmic, curves)?,
            Drawing::Ranking {
                measure,
                unit,
                categories,
                groups,
            } => ranking::draw(&picture.title, measure, *unit, categories, groups)?,
        };
        let svg = sheet.to_svg(&stem, &picture.title, &words::finding(&picture.drawing));
        let png = pixels::of_svg(&svg)?;
        Ok((svg, png))
    };
    let (svg, png) = draw().map_err(|reason| Error::Picture {
        picture: stem.clone(),
        reason,
    })?;
    Ok(Drawn {
        title: picture.title.clone(),
        finding: words::finding(&picture.drawing),
        stem,
        svg,
        png,
    })
}
