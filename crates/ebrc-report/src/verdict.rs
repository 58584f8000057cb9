//! What comparisons come to, in plain sentences.

use crate::numerals::{counted, divide, grouped, p_value, percent, points};
use ebrc_evaluation::{Comparison, Reliability, ReliabilityBin, Review, Rival, Rivals, VoteParts};

/// What the paired test says of two classifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Better,
    Worse,
    /// The test does not tell the two apart.
    Open,
}

impl Outcome {
    pub(crate) fn of(comparison: &Comparison) -> Self {
        if !comparison.is_significant() {
            Self::Open
        } else if comparison.macro_f1_difference > 0.0 {
            Self::Better
        } else {
            Self::Worse
        }
    }
}

/// Whether the classifier beats all others: the sceptic's first question.
pub(crate) fn of_rivals(rivals: &Rivals) -> String {
    let with = |outcome| -> Vec<&Rival> {
        let others = rivals.others.iter();
        others
            .filter(|rival| Outcome::of(&rival.comparison) == outcome)
            .collect()
    };
    let (worse, open) = (with(Outcome::Worse), with(Outcome::Open));
    let compared = format!(
        "the {} it is compared with, on {}",
        counted(rivals.others.len() as u64, "other classifier"),
        rivals.messages
    );
    if worse.is_empty() && open.is_empty() {
        return format!(
            "It beats every one of {compared}: the closest, {}.",
            closest(rivals)
        );
    }
    let mut text = format!("It does not beat all of {compared}.");
    if !worse.is_empty() {
        text.push_str(&format!(" Better than it: {}.", list(&worse)));
    }
    if !open.is_empty() {
        text.push_str(&format!(
            " As good as it, as far as the test can tell: {}.",
            list(&open)
        ));
    }
    let beaten = with(Outcome::Better);
    if beaten.is_empty() {
        text.push_str(" It beats none of them.");
    } else {
        text.push_str(&format!(" It beats {}.", names(&beaten)));
    }
    text
}

/// What the majority vote gains over single messages.
pub(crate) fn of_vote(vote: &VoteParts) -> String {
    let comparison = &vote.comparison;
    let gained = counted(comparison.only_this_right, "message");
    let lost = grouped(comparison.only_other_right);
    let found = match Outcome::of(comparison) {
        Outcome::Better => "The vote is better than single messages",
        Outcome::Worse => "The vote is worse than single messages",
        Outcome::Open => "The test does not tell the vote from single messages",
    };
    format!(
        "{found}: {} ({}). It puts {gained} right and {lost} wrong.",
        difference(comparison),
        p_value(comparison),
    )
}

/// How many judged, and how far they agree.
pub(crate) fn of_review(review: &Review) -> String {
    let people = if review.reviewers == 1 {
        "1 person".to_owned()
    } else {
        format!("{} people", grouped(review.reviewers))
    };
    let mut text = format!(
        "{people} judged {} of {} in the sample.",
        grouped(review.judged),
        counted(review.sampled, "message")
    );
    match &review.agreement {
        Some(agreement) => {
            text.push_str(&format!(
                " The first two agree on {}% of the {} that both judged",
                percent(agreement.share),
                grouped(agreement.messages)
            ));
            if let Some(kappa) = agreement.kappa {
                text.push_str(&format!(" (Cohen's kappa {kappa:.3})"));
            }
            text.push('.');
        }
        None => text.push_str(
            " So nobody knows how far two people would agree: a second one should judge some.",
        ),
    }
    if review.ambiguous > 0 {
        text.push_str(&format!(
            " {} are ambiguous to them, and count in no figure.",
            grouped(review.ambiguous)
        ));
    }
    if review.unsettled > 0 {
        text.push_str(&format!(
            " On {} they differ and no third settled it; these count in no figure.",
            counted(review.unsettled, "message")
        ));
    }
    text
}

/// Whether probabilities can be believed.
pub(crate) fn of_reliability(found: &Reliability) -> String {
    let mean = |figure: fn(&ReliabilityBin) -> f64| {
        let bins = found.bins.iter();
        let sum: f64 = bins.map(|bin| bin.messages as f64 * figure(bin)).sum();
        divide(sum, found.messages as f64)
    };
    let sure = mean(|bin| bin.confidence);
    let right = mean(|bin| bin.accuracy);
    let towards = if sure > right {
        "too sure"
    } else {
        "too modest"
    };
    let mut text = format!(
        "Over {} messages, answers have a mean probability of {}% and {}% of them are right: on \
         the whole {towards}, by {} points. In the mean, a probability is {} points off the share \
         of right answers (the expected calibration error)",
        grouped(found.messages),
        percent(sure),
        percent(right),
        points((sure - right).abs()).trim_start_matches('+'),
        percent(found.expected_calibration_error)
    );
    match found.uncalibrated_error {
        Some(before) => text.push_str(&format!(
            "; before temperature scaling it was {} points.",
            percent(before)
        )),
        None => text.push('.'),
    }
    text
}

fn difference(comparison: &Comparison) -> String {
    format!(
        "{} points of macro F1",
        points(comparison.macro_f1_difference)
    )
}

fn closest(rivals: &Rivals) -> String {
    let found = rivals.others.iter().min_by(|one, other| {
        let of = |rival: &Rival| rival.comparison.macro_f1_difference;
        of(one).total_cmp(&of(other))
    });
    found.map_or_else(String::new, |rival| {
        format!(
            "{}, by {} ({})",
            rival.name,
            difference(&rival.comparison),
            p_value(&rival.comparison)
        )
    })
}

fn list(rivals: &[&Rival]) -> String {
    let told: Vec<String> = rivals
        .iter()
        .map(|rival| {
            format!(
                "{} (difference {}, {})",
                rival.name,
                difference(&rival.comparison),
                p_value(&rival.comparison)
            )
        })
        .collect();
    told.join("; ")
}

fn names(rivals: &[&Rival]) -> String {
    let names: Vec<&str> = rivals.iter().map(|rival| rival.name.as_str()).collect();
    match names.as_slice() {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        names => names.concat(),
    }
}
