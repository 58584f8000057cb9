use rand::{Rng, RngExt};

use crate::calendar::HOURS;
use crate::latency::normal;

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
    /// Hours a slot; episodes begin and end with one.
    slot: u32,
    /// Of each slot, where its part of `active` begins.
    starts: Vec<u32>,
    /// The episodes of each slot, with the sum of weights up to each.
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
            let again = rng.random_bool(course.recurrent / (1.0 - course.always).max(1e-9));
            let times = if again { rng.random_range(2..5) } else { 1 };
            let mut spans: Vec<(u32, u32)> = (0..times)
                .map(|_| {
                    let hours = course.median * (course.spread * normal(rng)).exp();
                    let length = ((hours / f64::from(slot)).round().max(1.0) as u32)
                        .min(HOURS / slot - 2)
                        * slot;
                    // Not from the first hour, and mended within the log.
                    let latest = (HOURS - length) / slot;
                    let from = rng.random_range(1..latest.max(2)) * slot;
                    (from, from + length)
                })
                .collect();
            spans.sort_unstable();
            let mut free = 0;
            for (from, to) in spans {
                // Between two episodes all is well for a while.
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
        let mut starts = vec![0_u32; slots + 1];
        let slots_of = |episode: &Episode| episode.from / slot..episode.to.div_ceil(slot);
        for episode in &all {
            for at in slots_of(episode) {
                starts[at as usize + 1] += 1;
            }
        }
        for at in 0..slots {
            starts[at + 1] += starts[at];
        }
        let mut ends = starts.clone();
        let mut active = vec![(0.0, 0); starts[slots] as usize];
        for (number, episode) in (0..).zip(&all) {
            for at in slots_of(episode) {
                let end = &mut ends[at as usize];
                active[*end as usize] = (episode.weight, number);
                *end += 1;
            }
        }
        for at in 0..slots {
            let mut sum = 0.0;
            for (weight, _) in &mut active[starts[at] as usize..starts[at + 1] as usize] {
                sum += *weight;
                *weight = sum;
            }
        }
        Self {
            all,
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
        let active = &self.active[from as usize..to as usize];
        let &(total, _) = active.last()?;
        let point = rng.random::<f64>() * total;
        let at = active.partition_point(|&(sum, _)| sum <= point);
        let &(_, number) = active.get(at.min(active.len() - 1))?;
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
