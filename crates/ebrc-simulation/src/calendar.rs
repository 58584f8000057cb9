use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Weekday};

/// From 14 June 2022 to 6 September 2023 (section 3.1).
pub(crate) const DAYS: u32 = 450;
/// The same in hours, by which episodes begin and end.
pub(crate) const HOURS: u32 = DAYS * 24;

/// Mail on the weekend, against a working day.
const SATURDAY: f64 = 0.35;
const SUNDAY: f64 = 0.30;

/// Mail in January before the Chinese New Year of 22 January 2023, and in the
/// week of holidays behind it (Figure 5).
const NEW_YEAR_RUSH: f64 = 1.45;
const NEW_YEAR_HOLIDAYS: f64 = 0.40;

/// Mail by the hour, UTC: most senders keep Chinese office hours.
const BY_HOUR: [f64; 24] = [
    3.0, 6.0, 7.5, 7.0, 4.5, 4.0, 6.5, 7.5, 7.5, 7.0, 5.0, 3.0, 2.5, 2.5, 2.5, 2.0, 1.5, 1.0, 0.8,
    0.6, 0.5, 0.6, 0.8, 1.5,
];

/// A time of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    /// Seconds since the log's first midnight.
    pub(crate) seconds: u32,
}

impl Moment {
    /// The hour, counted from the log's beginning.
    pub(crate) fn hour(self) -> u32 {
        self.seconds / 3600
    }

    /// The day, counted from the log's first.
    pub(crate) fn day(self) -> usize {
        (self.seconds / 86_400) as usize
    }
}

/// Tells when mails are sent.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    first: NaiveDateTime,
    /// The share of all mails sent before the end of each hour.
    sent_by: Vec<f64>,
    /// The share of all mails sent on each day.
    by_day: Vec<f64>,
}

impl Calendar {
    pub(crate) fn new() -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(2022, 6, 14)?;
        let days: Option<Vec<f64>> = (0..u64::from(DAYS))
            .map(|day| first.checked_add_days(Days::new(day)).map(weight))
            .collect();
        let days = days?;
        let hours: f64 = BY_HOUR.iter().sum();
        let total = hours * days.iter().sum::<f64>();
        let mut sent = 0.0;
        let mut sent_by = Vec::with_capacity(HOURS as usize);
        for day in &days {
            for hour in BY_HOUR {
                sent += day * hour / total;
                sent_by.push(sent);
            }
        }
        Some(Self {
            first: first.into(),
            sent_by,
            by_day: days.iter().map(|day| day * hours / total).collect(),
        })
    }

    /// When a share of all mails, between 0 and 1, is sent: later for a larger
    /// share.
    pub(crate) fn at(&self, share: f64) -> Moment {
        let hour = self
            .sent_by
            .partition_point(|&sent| sent <= share)
            .min(self.sent_by.len() - 1);
        let before = if hour == 0 {
            0.0
        } else {
            self.sent_by[hour - 1]
        };
        let within = (share - before) / (self.sent_by[hour] - before);
        let second = (within * 3600.0).clamp(0.0, 3599.0) as u32;
        Moment {
            seconds: hour as u32 * 3600 + second,
        }
    }

    /// The moment as logs write it.
    pub(crate) fn time(&self, moment: Moment) -> NaiveDateTime {
        self.first + TimeDelta::seconds(i64::from(moment.seconds))
    }

    /// The date of a day of the log.
    pub(crate) fn date(&self, day: u32) -> NaiveDate {
        (self.first + TimeDelta::days(i64::from(day))).date()
    }

    /// The share of all mails that is sent on each day.
    pub(crate) fn by_day(&self) -> &[f64] {
        &self.by_day
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
        assert_eq!((last - first).num_days() as u32 + 1, DAYS);
        assert!(weight(NaiveDate::from_ymd_opt(2023, 1, 11).unwrap()) > 1.4);
        assert!(weight(NaiveDate::from_ymd_opt(2023, 3, 4).unwrap()) < 0.5);
    }

    #[test]
    fn a_larger_share_is_later_and_every_day_has_its_mails() {
        let calendar = Calendar::new().unwrap();
        let mut counts = vec![0_u32; DAYS as usize];
        let mut last = Moment { seconds: 0 };
        for number in 0..1_000_000 {
            let moment = calendar.at(f64::from(number) / 1e6);
            assert!(moment >= last);
            last = moment;
            counts[moment.day()] += 1;
        }
        for (count, share) in counts.into_iter().zip(calendar.by_day()) {
            assert!((f64::from(count) - share * 1e6).abs() < 2.0);
        }
        assert_eq!(calendar.at(0.0).seconds, 0);
        assert_eq!(calendar.at(1.0).hour(), HOURS - 1);
        assert_eq!(
            calendar.time(calendar.at(1.0)).date(),
            calendar.date(DAYS - 1)
        );
    }
}
