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
            drawing if is_empty(drawing) => canvas::Sheet::empty(&picture.title)?,
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

/// Whether there is nothing to be drawn, such as of a log without mails.
fn is_empty(drawing: &Drawing) -> bool {
    match drawing {
        Drawing::DailyBars { days, .. } => days.is_empty(),
        Drawing::Cumulative { curves, .. } => curves.iter().all(|curve| curve.points.is_empty()),
        Drawing::Ranking {
            categories, groups, ..
        } => categories.is_empty() || groups.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use ebrc_artefacts::{Curve, Series, Unit};

    use super::*;

    fn drawn(title: &str, drawing: Drawing) -> Drawn {
        let picture = Picture {
            name: "picture".to_owned(),
            title: title.to_owned(),
            drawing,
        };
        draw("picture".to_owned(), &picture).unwrap()
    }

    fn series(values: &[Option<f64>]) -> Series {
        Series {
            name: "one".to_owned(),
            values: values.to_vec(),
        }
    }

    #[test]
    fn nothing_to_show_is_a_picture_too() {
        let daily = Drawing::DailyBars {
            days: Vec::new(),
            left: String::new(),
            bars: vec![series(&[])],
            right: String::new(),
            line: series(&[]),
        };
        let cumulative = Drawing::Cumulative {
            horizontal: "days".to_owned(),
            is_logarithmic: true,
            curves: vec![Curve {
                name: "one".to_owned(),
                points: Vec::new(),
            }],
        };
        let ranking = Drawing::Ranking {
            measure: "mails".to_owned(),
            unit: Unit::Count,
            categories: Vec::new(),
            groups: vec![series(&[])],
        };
        for drawing in [daily, cumulative, ranking] {
            let picture = drawn("Empty", drawing);
            assert!(picture.svg.contains("There is nothing to show."));
        }
    }

    #[test]
    fn little_and_odd_values_are_drawn() {
        let odd = [Some(0.0), None, Some(f64::NAN), Some(f64::INFINITY)];
        let names: Vec<String> = (1..=4).map(|day| format!("2022-06-0{day}")).collect();
        drawn(
            "Days",
            Drawing::DailyBars {
                days: names.clone(),
                left: "mails".to_owned(),
                bars: Vec::new(),
                right: "proxies".to_owned(),
                line: series(&odd),
            },
        );
        drawn(
            "Names",
            Drawing::Ranking {
                measure: "mails".to_owned(),
                unit: Unit::Count,
                categories: names,
                groups: vec![series(&odd)],
            },
        );
        for is_logarithmic in [false, true] {
            drawn(
                "Zero",
                Drawing::Cumulative {
                    horizontal: "days".to_owned(),
                    is_logarithmic,
                    curves: vec![Curve {
                        name: "one".to_owned(),
                        points: vec![(0.0, 1.0)],
                    }],
                },
            );
        }
    }

    #[test]
    fn signs_of_xml_and_control_characters_do_no_harm() {
        let picture = drawn(
            "A < B & \u{1}C",
            Drawing::Ranking {
                measure: "\u{8}mails".to_owned(),
                unit: Unit::Count,
                categories: vec!["<script>\u{2}".to_owned()],
                groups: vec![series(&[Some(1.0)])],
            },
        );
        assert!(!picture.svg.contains("<script>") && !picture.svg.contains('\u{1}'));
    }
}
