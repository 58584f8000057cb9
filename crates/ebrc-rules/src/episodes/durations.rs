use super::{Episode, Settings, Until};

const SECONDS_A_DAY: f64 = 86_400.0;

/// How long episodes last (Figure 7).
///
/// Holds sixteen bytes an episode.
#[derive(Debug, Clone)]
pub struct Durations {
    settings: Settings,
    /// Seconds; whether the episode ended.
    episodes: Vec<(i64, bool)>,
    left_out: u64,
    is_sorted: bool,
}

impl Durations {
    /// No episodes yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            episodes: Vec::new(),
            left_out: 0,
            is_sorted: true,
        }
    }

    /// Counts an episode.
    pub fn add(&mut self, episode: &Episode) {
        if episode.is_open_at_start && !self.settings.count_open_at_start {
            self.left_out += 1;
            return;
        }
        let last = match (episode.end, self.settings.until) {
            (Some(end), Until::Repair) => end,
            _ => episode.last_failure,
        };
        let seconds = last.saturating_sub(episode.start);
        self.episodes.push((seconds, episode.end.is_some()));
        self.is_sorted = false;
    }

    /// How many of the counted episodes ended.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.episodes.iter().filter(|(_, ended)| *ended).count() as u64
    }

    /// How many are right-censored: they have no end in the log. They are left
    /// out of [`Self::mean_days`] and [`Self::empirical`].
    #[must_use]
    pub fn censored(&self) -> u64 {
        self.episodes.len() as u64 - self.ended()
    }

    /// How many [`Settings::count_open_at_start`] left out.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The mean of those that ended, in days; none if none ended.
    #[must_use]
    pub fn mean_days(&self) -> Option<f64> {
        let ended = self.ended();
        let seconds: i128 = self
            .episodes
            .iter()
            .filter(|(_, ended)| *ended)
            .map(|(seconds, _)| i128::from(*seconds))
            .sum();
        (ended > 0).then(|| seconds as f64 / ended as f64 / SECONDS_A_DAY)
    }

    /// How many of those that ended lasted at least so many days.
    #[must_use]
    pub fn ended_after(&self, days: f64) -> u64 {
        self.episodes
            .iter()
            .filter(|(seconds, ended)| *ended && *seconds as f64 >= days * SECONDS_A_DAY)
            .count() as u64
    }

    /// How many lasted at least so many days as far as the log shows, whether
    /// they ended or not. (An episode without an end lasted at least until its
    /// last failure.)
    #[must_use]
    pub fn seen_for(&self, days: f64) -> u64 {
        self.episodes
            .iter()
            .filter(|(seconds, _)| *seconds as f64 >= days * SECONDS_A_DAY)
            .count() as u64
    }

    /// The cumulative distribution of those that ended: (days, the share that
    /// took at most so long), one point a duration, in order.
    pub fn empirical(&mut self) -> Vec<(f64, f64)> {
        let all = self.ended() as f64;
        let mut points = Vec::new();
        let mut so_far = 0;
        for (seconds, ended, _) in self.steps() {
            if ended > 0 {
                so_far += ended;
                points.push((seconds as f64 / SECONDS_A_DAY, so_far as f64 / all));
            }
        }
        points
    }

    /// The cumulative distribution of all, by the product limit: one less the
    /// survival function of Kaplan and Meier, "Nonparametric estimation from
    /// incomplete observations", 1958. An episode without an end counts among
    /// those that could have ended until its last failure; of two events at
    /// the same time, the end comes first. Points as in [`Self::empirical`];
    /// the last share stays below 1 where the longest episode has no end.
    ///
    /// [`Until::LastFailure`] makes ended episodes shorter than they were;
    /// with it the estimate says how long failures were seen.
    pub fn kaplan_meier(&mut self) -> Vec<(f64, f64)> {
        let mut at_risk = self.episodes.len() as u64;
        let mut surviving = 1.0;
        let mut points = Vec::new();
        for (seconds, ended, all) in self.steps() {
            if ended > 0 {
                surviving *= (at_risk - ended) as f64 / at_risk as f64;
                points.push((seconds as f64 / SECONDS_A_DAY, 1.0 - surviving));
            }
            at_risk -= all;
        }
        points
    }

    /// Each duration once, in order: how many ended after it, how many have it.
    fn steps(&mut self) -> impl Iterator<Item = (i64, u64, u64)> + '_ {
        if !self.is_sorted {
            self.episodes.sort_unstable();
            self.is_sorted = true;
        }
        self.episodes.chunk_by(|a, b| a.0 == b.0).map(|same| {
            let ended = same.iter().filter(|(_, ended)| *ended).count() as u64;
            (same[0].0, ended, same.len() as u64)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn episode(days: i64, ended: bool) -> Episode {
        let last = days * 86_400;
        Episode {
            subject: "a".into(),
            start: 0,
            last_failure: last,
            end: ended.then_some(last),
            failures: 2,
            is_open_at_start: false,
            is_open_at_end: !ended,
        }
    }

    fn durations(settings: Settings, episodes: &[Episode]) -> Durations {
        let mut durations = Durations::new(settings);
        episodes.iter().for_each(|episode| durations.add(episode));
        durations
    }

    fn close(points: &[(f64, f64)], expected: &[(f64, f64)]) {
        assert_eq!(points.len(), expected.len(), "{points:?}");
        for (point, expected) in points.iter().zip(expected) {
            assert!((point.0 - expected.0).abs() < 1e-12, "{points:?}");
            assert!((point.1 - expected.1).abs() < 1e-12, "{points:?}");
        }
    }

    #[test]
    fn a_textbook_product_limit() {
        // Survival 4/5, then of three at risk 2/3, then of one at risk 0.
        let episodes = [
            episode(1, true),
            episode(2, false),
            episode(3, true),
            episode(3, false),
            episode(5, true),
        ];
        let mut durations = durations(Settings::default(), &episodes);
        let third = 0.8 * 2.0 / 3.0;
        close(
            &durations.kaplan_meier(),
            &[(1.0, 0.2), (3.0, 1.0 - third), (5.0, 1.0)],
        );
        close(
            &durations.empirical(),
            &[(1.0, 1.0 / 3.0), (3.0, 2.0 / 3.0), (5.0, 1.0)],
        );
        assert_eq!((durations.ended(), durations.censored()), (3, 2));
        assert_eq!(durations.mean_days(), Some(3.0));
        assert_eq!(
            (durations.ended_after(3.0), durations.seen_for(3.0)),
            (2, 3)
        );
    }

    #[test]
    fn without_censoring_both_distributions_are_one() {
        let episodes: Vec<_> = [4, 1, 1, 9, 4, 2].map(|days| episode(days, true)).into();
        let mut durations = durations(Settings::default(), &episodes);
        let empirical = durations.empirical();
        close(&durations.kaplan_meier(), &empirical);
    }

    #[test]
    fn the_last_failure_may_be_the_end() {
        let mut long = episode(2, true);
        long.end = Some(10 * 86_400);
        let until = |until| Settings {
            until,
            ..Settings::default()
        };
        let mean = |settings| durations(settings, std::slice::from_ref(&long)).mean_days();
        assert_eq!(mean(until(Until::Repair)), Some(10.0));
        assert_eq!(mean(until(Until::LastFailure)), Some(2.0));
    }

    #[test]
    fn episodes_from_before_the_log_may_be_left_out() {
        let mut early = episode(2, true);
        early.is_open_at_start = true;
        let settings = Settings {
            count_open_at_start: false,
            ..Settings::default()
        };
        let durations = durations(settings, &[early, episode(4, true)]);
        assert_eq!(
            (durations.mean_days(), durations.left_out()),
            (Some(4.0), 1)
        );
        assert_eq!(Durations::new(settings).mean_days(), None);
    }
}
