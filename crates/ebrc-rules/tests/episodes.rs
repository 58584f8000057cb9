//! Episodes of random events, against a plain reading of the rule.

use ebrc_rules::episodes::{Builder, Episode, Settings, Subject};
use proptest::prelude::*;

type Events = Vec<(i64, bool)>;
/// Start, last failure, end, failures.
type Times = (i64, i64, Option<i64>, u64);

/// Looks back and forth over all events of a subject.
fn reference(events: &Events, settings: &Settings) -> (Vec<Times>, [bool; 3]) {
    let needed = settings.successes_to_end as usize;
    let mut episodes = Vec::new();
    // Index of the first event that no episode has used up.
    let mut at = 0;
    while let Some(start) = (at..events.len()).find(|&i| events[i].1) {
        let mut end = None;
        let mut stop = events.len();
        for i in start + 1..events.len() {
            if settings
                .longest_gap
                .is_some_and(|gap| events[i].0 - events[i - 1].0 > gap)
            {
                stop = i;
                break;
            }
            // The last `needed` events are all successes.
            if i + 1 >= start + 1 + needed && events[i + 1 - needed..=i].iter().all(|e| !e.1) {
                end = Some(events[i + 1 - needed].0);
                stop = i + 1;
                break;
            }
        }
        let failures: Vec<i64> = events[start..stop]
            .iter()
            .filter(|e| e.1)
            .map(|e| e.0)
            .collect();
        if failures.len() as u64 >= settings.minimum_failures {
            episodes.push((
                start,
                stop,
                (
                    failures[0],
                    failures[failures.len() - 1],
                    end,
                    failures.len() as u64,
                ),
            ));
        }
        at = stop;
    }
    // When the trouble of an episode was over: its end, or else the first run
    // of successes before the next one begins.
    let repair = |n: usize| -> Option<i64> {
        let (start, _, (_, _, end, _)) = episodes[n];
        end.or_else(|| {
            let next = episodes.get(n + 1).map_or(events.len(), |next| next.0);
            (start + 1..next)
                .find(|&i| {
                    i + 1 >= needed
                        && i + 1 - needed > start
                        && events[i + 1 - needed..=i].iter().all(|e| !e.1)
                })
                .map(|i| events[i + 1 - needed].0)
        })
    };
    let recurrent = (1..episodes.len()).any(|n| {
        repair(n - 1).is_some_and(|repaired| episodes[n].2.0 - repaired >= settings.recurrence_gap)
    });
    let any = !episodes.is_empty();
    let never_fixed = any && repair(episodes.len() - 1).is_none();
    let always_broken = any && events.iter().all(|e| e.1);
    (
        episodes.iter().map(|e| e.2).collect(),
        [never_fixed, always_broken, recurrent],
    )
}

fn events() -> impl Strategy<Value = Events> {
    prop::collection::vec((0_i64..12, any::<bool>()), 1..40).prop_map(|steps| {
        let mut time = 0;
        steps
            .into_iter()
            .map(|(step, failed)| {
                time += step;
                (time, failed)
            })
            .collect()
    })
}

fn settings() -> impl Strategy<Value = Settings> {
    (1_u32..4, 1_u64..4, prop::option::of(1_i64..12), 0_i64..20).prop_map(
        |(successes_to_end, minimum_failures, longest_gap, recurrence_gap)| Settings {
            successes_to_end,
            minimum_failures,
            longest_gap,
            recurrence_gap,
            ..Settings::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn episodes_are_those_of_the_plain_reading(
        subjects in prop::collection::vec(events(), 1..4),
        settings in settings(),
    ) {
        let mut builder = Builder::new(settings).unwrap();
        let mut episodes: Vec<Episode> = Vec::new();
        let mut summaries: Vec<Subject> = Vec::new();
        for (n, events) in subjects.iter().enumerate() {
            for &(time, failed) in events {
                let finished = builder.push(&format!("s{n}"), time, failed).unwrap();
                episodes.extend(finished.episode);
                summaries.extend(finished.subject);
            }
        }
        let finished = builder.finish();
        episodes.extend(finished.episode);
        summaries.extend(finished.subject);

        prop_assert_eq!(summaries.len(), subjects.len());
        for (n, (events, summary)) in subjects.iter().zip(&summaries).enumerate() {
            let own: Vec<&Episode> =
                episodes.iter().filter(|e| e.subject == format!("s{n}")).collect();
            let (expected, [never_fixed, always_broken, recurrent]) = reference(events, &settings);
            let told: Vec<_> =
                own.iter().map(|e| (e.start, e.last_failure, e.end, e.failures)).collect();
            prop_assert_eq!(told, expected);
            prop_assert_eq!(summary.episodes, own.len() as u64);
            prop_assert_eq!(summary.is_never_fixed, never_fixed);
            prop_assert_eq!(summary.is_always_broken, always_broken);
            prop_assert_eq!(summary.is_recurrent, recurrent);
            for episode in own {
                prop_assert!(!(episode.is_open_at_end && episode.end.is_some()));
                prop_assert!(!episode.is_open_at_start || (events[0] == (episode.start, true)));
            }
        }
    }
}
