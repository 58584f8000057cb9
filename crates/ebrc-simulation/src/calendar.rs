use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Weekday};
use rand::{Rng, RngExt};

use crate::alias::AliasTable;

/// From 14 June 2022 to 6 September 2023 (section 2.2).
pub(crate) const DAYS: usize = 450;

/// Mail on the weekend, against a working day.
const SATURDAY: f64 = 0.35;
const SUNDAY: f64 = 0.30;

/// Mail in January before the Chinese New Year of 22 January 2023, and in the
/// week of holidays behind it (Figure 5).
const NEW_YEAR_RUSH: f64 = 1.45;
const NEW_YEAR_HOLIDAYS: f64 = 0.40;

/// Mail by the hour, UTC: most senders keep Chinese office hours.
const HOURS: [f64; 24] = [
    3.0, 6.0, 7.5, 7.0, 4.5, 4.0, 6.5, 7.5, 7.5, 7.0, 5.0, 3.0, 2.5, 2.5, 2.5, 2.0, 1.5, 1.0, 0.8,
    0.6, 0.5, 0.6, 0.8, 1.5,
];

/// Draws when mails are sent.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    first: NaiveDateTime,
    days: AliasTable,
    hours: AliasTable,
}

impl Calendar {
    pub(crate) fn new() -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(2022, 6, 14)?;
        let weights: Option<Vec<f64>> = (0..DAYS as u64)
            .map(|day| first.checked_add_days(Days::new(day)).map(weight))
            .collect();
        Some(Self {
            first: first.into(),
            days: AliasTable::new(&weights?)?,
            hours: AliasTable::new(&HOURS)?,
        })
    }

    /// A day, counted from the first, and the time on it.
    pub(crate) fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> (usize, NaiveDateTime) {
        let day = self.days.draw(rng);
        let hour = self.hours.draw(rng);
        let seconds = day * 86_400 + hour * 3_600 + rng.random_range(0..3_600_usize);
        (day, self.first + TimeDelta::seconds(seconds as i64))
    }
}

fn weight(date: NaiveDate) -> f64 {
    let week = match date.weekday() {
        Weekday::Sat => SATURDAY,
        Weekday::Sun => SUNDAY,
        _ => 1.0,
    };
    let season = match (date.year(), date.month(), date.day()) {
        (2023, 1, 1..=20) => NEW_YEAR_RUSH,
        (2023, 1, 21..=28) => NEW_YEAR_HOLIDAYS,
        _ => 1.0,
    };
    week * season
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_are_those_of_the_paper() {
        let first = NaiveDate::from_ymd_opt(2022, 6, 14).unwrap();
        let last = NaiveDate::from_ymd_opt(2023, 9, 6).unwrap();
        assert_eq!((last - first).num_days() as usize + 1, DAYS);
        assert!(weight(NaiveDate::from_ymd_opt(2023, 1, 11).unwrap()) > 1.4);
        assert!(weight(NaiveDate::from_ymd_opt(2023, 3, 4).unwrap()) < 0.5);
    }
}
