use rand::{Rng, RngExt};

use crate::calendar::HOURS;
use crate::latency::normal;

/// How often episodes of one subject are drawn before two may be one.
const PATIENCE: usize = 32;

/// How long something stays broken, and how often it breaks again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    /// The share that is broken all the time.
    pub(crate) always: f64,
    /// The share that breaks again after it was mended.
    pub(crate) recurrent: f64,
    /// The median duration, in hours, where it is mended.
    pub(crate) median: f64,
    /// The spread of the duration's logarithm.
    pub(crate) spread: f64,
    /// How much mail meets one that is broken all the time, against the others.
    pub(crate) always_weight: f64,
}

/// A time in which something is broken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Episode {
    pub(crate) subject: u32,
    /// The first hour, counted from the log's beginning.
    pub(crate) from: u32,
    /// The first hour in which all is well again; [`HOURS`] where that is not
    /// within the log.
    pub(crate) to: u32,
    weight: f64,
}

/// When which subjects (domains, mailboxes) are broken.
#[derive(Debug, Clone)]
pub(crate) struct Episodes {
    /// By subject, then by time.
    all: Vec<Episode>,
    /// Those of the whole log, with the sum of weights up to each.
    lasting: Vec<(f64, u32)>,
    /// Hours a slot; episodes begin and end with one.
    slot: u32,
    /// Of each slot, where its part of `active` begins.
    starts: Vec<usize>,
    /// The other episodes of each slot, with the sum of weights up to each.
    active: Vec<(f64, u32)>,
}

impl Episodes {
    /// Episodes of subjects with their weights; `slot` is in hours. The last
    /// subject is broken all the time, so that at any time one is.
    pub(crate) fn draw<R: Rng + ?Sized>(
        subjects: &[(u32, f64)],
        course: Course,
        slot: u32,
        rng: &mut R,
    ) -> Self {
        let mut all = Vec::new();
        for (number, &(subject, weight)) in subjects.iter().enumerate() {
            if rng.random_bool(course.always) || number + 1 == subjects.len() {
                all.push(Episode {
                    subject,
                    from: 0,
                    to: HOURS,
                    weight: weight * course.always_weight,
                });
                continue;
            }
            let recurrent = course.recurrent / (1.0 - course.always).max(1e-9);
            let times = if rng.random_bool(recurrent.min(1.0)) {
                rng.random_range(2..5)
            } else {
                1
            };
            let mut spans = spans(times, course, slot, rng);
            for _ in 0..PATIENCE {
                // Between two episodes all is well for a while.
                if spans.windows(2).all(|pair| pair[0].1 < pair[1].0) {
                    break;
                }
                spans = self::spans(times, course, slot, rng);
            }
            let mut free = 0;
            for (from, to) in spans {
                if from > free {
                    all.push(Episode {
                        subject,
                        from,
                        to,
                        weight,
                    });
                    free = to;
                }
            }
        }
        Self::new(all, slot)
    }

    /// Episodes that end with the log.
    pub(crate) fn onwards(subjects: impl IntoIterator<Item = (u32, u32, f64)>, slot: u32) -> Self {
        let all = subjects
            .into_iter()
            .map(|(subject, from, weight)| Episode {
                subject,
                from,
                to: HOURS,
                weight,
            })
            .collect();
        Self::new(all, slot)
    }

    fn new(mut all: Vec<Episode>, slot: u32) -> Self {
        all.sort_by_key(|episode| (episode.subject, episode.from));
        let slots = (HOURS / slot) as usize;
        let mut starts = vec![0_usize; slots + 1];
        let slots_of = |episode: &Episode| {
            let lasts = episode.from == 0 && episode.to == HOURS;
            let end = if lasts { 0 } else { episode.to.div_ceil(slot) };
            (episode.from / slot) as usize..end as usize
        };
        for at in all.iter().flat_map(slots_of) {
            starts[at + 1] += 1;
        }
        for at in 0..slots {
            starts[at + 1] += starts[at];
        }
        let mut ends = starts.clone();
        let mut active = vec![(0.0, 0); starts[slots]];
        let mut lasting = Vec::new();
        for (number, episode) in (0..).zip(&all) {
            if slots_of(episode).is_empty() {
                lasting.push((episode.weight, number));
            }
            for at in slots_of(episode) {
                active[ends[at]] = (episode.weight, number);
                ends[at] += 1;
            }
        }
        accumulate(&mut lasting);
        for at in 0..slots {
            accumulate(&mut active[starts[at]..starts[at + 1]]);
        }
        Self {
            all,
            lasting,
            slot,
            starts,
            active,
        }
    }

    /// Every episode, by subject and time.
    pub(crate) fn all(&self) -> &[Episode] {
        &self.all
    }

    /// A subject that is broken in an hour; `None` where all are well.
    pub(crate) fn broken_at<R: Rng + ?Sized>(&self, hour: u32, rng: &mut R) -> Option<u32> {
        let slot = (hour / self.slot) as usize;
        let (from, to) = (*self.starts.get(slot)?, *self.starts.get(slot + 1)?);
        let active = &self.active[from..to];
        let total = |of: &[(f64, u32)]| of.last().map_or(0.0, |&(sum, _)| sum);
        let lasting = total(&self.lasting);
        let point = rng.random::<f64>() * (lasting + total(active));
        let (of, point) = if point < lasting || active.is_empty() {
            (self.lasting.as_slice(), point)
        } else {
            (active, point - lasting)
        };
        let at = of.partition_point(|&(sum, _)| sum <= point);
        let &(_, number) = of.get(at.min(of.len().checked_sub(1)?))?;
        Some(self.all[number as usize].subject)
    }

    /// Whether a subject is broken in an hour.
    pub(crate) fn is_broken(&self, subject: u32, hour: u32) -> bool {
        let after = self
            .all
            .partition_point(|episode| (episode.subject, episode.from) <= (subject, hour));
        after > 0 && {
            let last = self.all[after - 1];
            last.subject == subject && hour < last.to
        }
    }
}

/// Times in which something is broken, in order; they may overlap. None is
/// there in the first hour, and all end within the log.
fn spans<R: Rng + ?Sized>(times: usize, course: Course, slot: u32, rng: &mut R) -> Vec<(u32, u32)> {
    let slots = HOURS / slot;
    let mut spans: Vec<(u32, u32)> = (0..times)
        .map(|_| {
            let hours = course.median * (course.spread * normal(rng)).exp();
            let length = (hours / f64::from(slot)).round().max(1.0) as u32;
            let length = length.min(slots - 2);
            let from = rng.random_range(1..slots - length);
            (from * slot, (from + length) * slot)
        })
        .collect();
    spans.sort_unstable();
    spans
}

/// Turns weights into their sums up to each.
fn accumulate(weights: &mut [(f64, u32)]) {
    let mut sum = 0.0;
    for (weight, _) in weights {
        sum += *weight;
        *weight = sum;
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn what_is_drawn_is_broken_and_what_is_mended_is_not() {
        let subjects: Vec<(u32, f64)> = (0..400).map(|subject| (subject * 3, 1.0)).collect();
        let course = Course {
            always: 0.25,
            recurrent: 0.34,
            median: 215.0,
            spread: 0.77,
            always_weight: 1.0,
        };
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let episodes = Episodes::draw(&subjects, course, 24, &mut rng);
        for hour in (0..HOURS).step_by(7) {
            let subject = episodes.broken_at(hour, &mut rng).unwrap();
            assert!(episodes.is_broken(subject, hour));
        }
        let mut recurrent = 0;
        for &(subject, _) in &subjects {
            let own: Vec<&Episode> = episodes
                .all()
                .iter()
                .filter(|episode| episode.subject == subject)
                .collect();
            assert!(!own.is_empty());
            recurrent += usize::from(own.len() > 1);
            assert!(own.windows(2).all(|pair| pair[0].to < pair[1].from));
            for episode in own {
                assert!(episodes.is_broken(subject, episode.from));
                assert!(episodes.is_broken(subject, episode.to - 1));
                assert!(!episodes.is_broken(subject, episode.to));
                assert!(episode.from == 0 || !episodes.is_broken(subject, episode.from - 1));
            }
            assert!(!episodes.is_broken(subject + 1, 100));
        }
        assert!((100..170).contains(&recurrent), "{recurrent}");
        let always = episodes.all().iter().filter(|e| e.to == HOURS).count();
        assert!((75..130).contains(&always), "{always}");
        let days: Vec<f64> = episodes
            .all()
            .iter()
            .filter(|episode| episode.to < HOURS)
            .map(|episode| f64::from(episode.to - episode.from) / 24.0)
            .collect();
        let mean = days.iter().sum::<f64>() / days.len() as f64;
        assert!((mean - 12.0).abs() < 1.5, "{mean}");
    }

    #[test]
    fn nothing_is_broken_where_there_is_no_episode() {
        let episodes = Episodes::onwards([(7, 48, 2.0)], 24);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        assert_eq!(episodes.broken_at(47, &mut rng), None);
        assert_eq!(episodes.broken_at(48, &mut rng), Some(7));
        assert!(!episodes.is_broken(7, 47) && episodes.is_broken(7, HOURS - 1));
    }
}
