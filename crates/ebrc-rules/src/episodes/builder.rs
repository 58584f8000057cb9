use std::cmp::Ordering;

use super::{Error, Settings};

/// A time of trouble. Times are in seconds, as they were pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// Whose it is.
    pub subject: String,
    /// The first failure.
    pub start: i64,
    /// The last failure.
    pub last_failure: i64,
    /// The success that ended it; none where the episode is right-censored.
    pub end: Option<i64>,
    /// How many failures it has.
    pub failures: u64,
    /// Whether the subject's first event in the log is this episode's first
    /// failure: the trouble may be older (left-censored).
    pub is_open_at_start: bool,
    /// Whether the subject's events end before the trouble does. An episode
    /// that [`Settings::longest_gap`] cut off has no end either, but is not
    /// open at the end.
    pub is_open_at_end: bool,
}

/// What all events of a subject come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The subject.
    pub subject: String,
    /// Its episodes.
    pub episodes: u64,
    /// Whether it has episodes and no repair follows the last one.
    pub is_never_fixed: bool,
    /// Whether it has episodes and no success at all in the log.
    pub is_always_broken: bool,
    /// Whether an episode began after a repair, and late enough for
    /// [`Settings::recurrence_gap`].
    pub is_recurrent: bool,
}

/// What an event finished.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finished {
    /// An episode.
    pub episode: Option<Episode>,
    /// The subject before, of which there is no more.
    pub subject: Option<Subject>,
}

/// Makes episodes from events, in memory for one subject.
#[derive(Debug, Clone)]
pub struct Builder {
    settings: Settings,
    events: u64,
    subject: String,
    state: Option<State>,
}

/// What is known of the subject so far.
#[derive(Debug, Clone, Default)]
struct State {
    last_time: i64,
    /// Successes in a row, and the first of them.
    successes: u32,
    first_success: i64,
    has_success: bool,
    open: Option<Open>,
    episodes: u64,
    /// When the trouble of the episodes so far was over.
    repaired: Option<i64>,
    is_recurrent: bool,
}

#[derive(Debug, Clone)]
struct Open {
    start: i64,
    last_failure: i64,
    failures: u64,
    is_open_at_start: bool,
}

impl Builder {
    /// A builder without events.
    ///
    /// # Errors
    ///
    /// When a setting is out of range.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        settings.validate()?;
        Ok(Self {
            settings,
            events: 0,
            subject: String::new(),
            state: None,
        })
    }

    /// Takes the next event. Subjects come in the order of their bytes, the
    /// events of a subject in the order of time; events of the same second
    /// count in the order in which they come.
    ///
    /// # Errors
    ///
    /// When the event belongs before the one ahead of it.
    pub fn push(&mut self, subject: &str, time: i64, failed: bool) -> Result<Finished, Error> {
        self.events += 1;
        let unsorted = Error::Unsorted { event: self.events };
        let mut finished = Finished::default();
        match (subject.cmp(&self.subject), &self.state) {
            (Ordering::Less, Some(_)) => return Err(unsorted),
            (Ordering::Equal, Some(state)) if time < state.last_time => return Err(unsorted),
            (Ordering::Equal, Some(_)) => {}
            _ => {
                finished = self.finish();
                subject.clone_into(&mut self.subject);
            }
        }
        let is_first = self.state.is_none();
        let state = self.state.get_or_insert_default();
        let cut_off = self.settings.longest_gap.is_some_and(|longest| {
            state.open.is_some() && time.saturating_sub(state.last_time) > longest
        });
        if cut_off {
            let episode = state.close(&self.subject, &self.settings, None, false);
            finished.episode = finished.episode.or(episode);
        }
        state.last_time = time;
        if failed {
            state.fail(time, is_first);
        } else {
            let episode = state.succeed(time, &self.subject, &self.settings);
            finished.episode = finished.episode.or(episode);
        }
        Ok(finished)
    }

    /// What is left after the last event. The builder is as new then.
    pub fn finish(&mut self) -> Finished {
        let Some(mut state) = self.state.take() else {
            return Finished::default();
        };
        let episode = state.close(&self.subject, &self.settings, None, true);
        let has_episodes = state.episodes > 0;
        Finished {
            episode,
            subject: Some(Subject {
                subject: std::mem::take(&mut self.subject),
                episodes: state.episodes,
                is_never_fixed: has_episodes && state.repaired.is_none(),
                is_always_broken: has_episodes && !state.has_success,
                is_recurrent: state.is_recurrent,
            }),
        }
    }
}

impl State {
    fn fail(&mut self, time: i64, is_first: bool) {
        self.successes = 0;
        let open = self.open.get_or_insert(Open {
            start: time,
            last_failure: time,
            failures: 0,
            is_open_at_start: is_first,
        });
        open.last_failure = time;
        open.failures += 1;
    }

    fn succeed(&mut self, time: i64, subject: &str, settings: &Settings) -> Option<Episode> {
        self.has_success = true;
        if self.successes == 0 {
            self.first_success = time;
        }
        self.successes = self.successes.saturating_add(1);
        if self.successes < settings.successes_to_end {
            return None;
        }
        let episode = self.close(subject, settings, Some(self.first_success), false);
        // Repairs, too, an episode that was cut off before.
        if self.repaired.is_none() && self.episodes > 0 {
            self.repaired = Some(self.first_success);
        }
        episode
    }

    /// Closes the open episode, and returns it if it counts.
    fn close(
        &mut self,
        subject: &str,
        settings: &Settings,
        end: Option<i64>,
        is_open_at_end: bool,
    ) -> Option<Episode> {
        let open = self.open.take()?;
        if open.failures < settings.minimum_failures {
            return None;
        }
        self.is_recurrent |= self
            .repaired
            .is_some_and(|repaired| open.start.saturating_sub(repaired) >= settings.recurrence_gap);
        self.episodes += 1;
        self.repaired = end;
        Some(Episode {
            subject: subject.to_owned(),
            start: open.start,
            last_failure: open.last_failure,
            end,
            failures: open.failures,
            is_open_at_start: open.is_open_at_start,
            is_open_at_end,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(settings: Settings, events: &[(&str, i64, bool)]) -> (Vec<Episode>, Vec<Subject>) {
        let mut builder = Builder::new(settings).unwrap();
        let mut finished: Vec<Finished> = events
            .iter()
            .map(|&(subject, time, failed)| builder.push(subject, time, failed).unwrap())
            .collect();
        finished.push(builder.finish());
        (
            finished.iter().filter_map(|f| f.episode.clone()).collect(),
            finished.into_iter().filter_map(|f| f.subject).collect(),
        )
    }

    #[test]
    fn a_success_ends_an_episode_and_a_second_one_recurs() {
        let (episodes, subjects) = run(
            Settings::default(),
            &[
                ("a", 0, true),
                ("a", 5, true),
                ("a", 9, false),
                ("a", 20, true),
                ("b", 1, false),
                ("b", 2, true),
                ("b", 3, false),
                ("c", 1, false),
                ("d", 1, true),
            ],
        );
        let told: Vec<_> = episodes
            .iter()
            .map(|e| {
                (
                    e.subject.as_str(),
                    e.start,
                    e.last_failure,
                    e.end,
                    e.failures,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("a", 0, 5, Some(9), 2),
                ("a", 20, 20, None, 1),
                ("b", 2, 2, Some(3), 1),
                ("d", 1, 1, None, 1),
            ]
        );
        assert!(episodes[0].is_open_at_start && !episodes[0].is_open_at_end);
        assert!(!episodes[1].is_open_at_start && episodes[1].is_open_at_end);
        let told: Vec<_> = subjects
            .iter()
            .map(|s| {
                (
                    s.episodes,
                    s.is_never_fixed,
                    s.is_always_broken,
                    s.is_recurrent,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (2, true, false, true),
                (1, false, false, false),
                (0, false, false, false),
                (1, true, true, false),
            ]
        );
    }

    #[test]
    fn more_successes_may_be_asked_for() {
        let settings = Settings {
            successes_to_end: 2,
            ..Settings::default()
        };
        let events = [
            ("a", 0, true),
            ("a", 1, false),
            ("a", 2, true),
            ("a", 3, false),
            ("a", 4, false),
        ];
        let (episodes, _) = run(settings, &events);
        assert_eq!(episodes.len(), 1);
        assert_eq!((episodes[0].failures, episodes[0].end), (2, Some(3)));
    }

    #[test]
    fn few_failures_are_passed_over() {
        let settings = Settings {
            minimum_failures: 2,
            ..Settings::default()
        };
        let (episodes, subjects) =
            run(settings, &[("a", 0, true), ("a", 1, false), ("b", 0, true)]);
        assert!(episodes.is_empty());
        assert!(
            subjects
                .iter()
                .all(|s| !s.is_never_fixed && !s.is_always_broken)
        );
    }

    #[test]
    fn silence_cuts_an_episode_off() {
        let settings = Settings {
            longest_gap: Some(10),
            ..Settings::default()
        };
        let events = [
            ("a", 0, true),
            ("a", 10, true),
            ("a", 21, true),
            ("a", 40, false),
        ];
        let (episodes, subjects) = run(settings, &events);
        let ends: Vec<_> = episodes
            .iter()
            .map(|e| (e.start, e.end, e.is_open_at_end))
            .collect();
        assert_eq!(ends, [(0, None, false), (21, None, false)]);
        assert!(!subjects[0].is_never_fixed && !subjects[0].is_recurrent);
    }

    #[test]
    fn recurrence_may_ask_for_time() {
        let settings = Settings {
            recurrence_gap: 100,
            ..Settings::default()
        };
        let at = |again| [("a", 0, true), ("a", 1, false), ("a", again, true)];
        assert!(!run(settings, &at(100)).1[0].is_recurrent);
        assert!(run(settings, &at(101)).1[0].is_recurrent);
    }

    #[test]
    fn disorder_is_an_error_with_the_event_s_number() {
        for event in [("a", 9), ("b", 4)] {
            let mut builder = Builder::new(Settings::default()).unwrap();
            builder.push("b", 5, true).unwrap();
            let error = builder.push(event.0, event.1, true).unwrap_err();
            assert_eq!(error, Error::Unsorted { event: 2 });
        }
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let wrong = [
            Settings {
                successes_to_end: 0,
                ..Settings::default()
            },
            Settings {
                minimum_failures: 0,
                ..Settings::default()
            },
            Settings {
                longest_gap: Some(0),
                ..Settings::default()
            },
            Settings {
                recurrence_gap: -1,
                ..Settings::default()
            },
        ];
        for settings in wrong {
            assert!(Builder::new(settings).is_err());
        }
    }
}
