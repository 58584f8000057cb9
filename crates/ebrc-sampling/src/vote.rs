use ebrc_taxonomy::BounceType;

/// What the classifier thinks of a text.
#[derive(Debug, Clone, Copy)]
pub struct Opinion<'a> {
    /// The probability of each type, in the order of [`BounceType::ALL`].
    pub probabilities: &'a [f32; BounceType::COUNT],
    /// How many messages read so, each of which has a vote.
    pub messages: u64,
}

/// What a template's messages voted for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vote {
    /// The template's type.
    pub kind: BounceType,
    /// How many messages voted for it.
    pub votes: u64,
    /// How many messages voted.
    pub messages: u64,
    /// `votes / messages`.
    pub share: f64,
}

/// The most frequent predicted type of a template's messages; `None` where no
/// message votes.
///
/// A message votes for its most probable type, the lower id where two are
/// equally probable. Where two types get equally many votes, the *summed
/// probability rule* decides: the type with the higher sum of probabilities
/// over all voting messages wins; where these are equal too, the lower id.
#[must_use]
pub fn majority_vote(opinions: &[Opinion<'_>]) -> Option<Vote> {
    let mut votes = [0_u64; BounceType::COUNT];
    let mut sums = [0_u128; BounceType::COUNT];
    for opinion in opinions {
        votes[most_probable(opinion.probabilities)] += opinion.messages;
        for (sum, &probability) in sums.iter_mut().zip(opinion.probabilities) {
            *sum += u128::from(fixed_point(probability)) * u128::from(opinion.messages);
        }
    }
    let messages: u64 = votes.iter().sum();
    // Of equal maxima `max_by_key` takes the last: going down, the lower id.
    let kind = BounceType::ALL
        .into_iter()
        .rev()
        .max_by_key(|kind| (votes[kind.index()], sums[kind.index()]))
        .filter(|_| messages > 0)?;
    Some(Vote {
        kind,
        votes: votes[kind.index()],
        messages,
        share: votes[kind.index()] as f64 / messages as f64,
    })
}

fn most_probable(probabilities: &[f32; BounceType::COUNT]) -> usize {
    let mut best = 0;
    for (index, &probability) in probabilities.iter().enumerate() {
        if probability > probabilities[best] {
            best = index;
        }
    }
    best
}

/// A probability in units of 2⁻⁴⁰: sums of these do not depend on the order.
fn fixed_point(probability: f32) -> u64 {
    (f64::from(probability.clamp(0.0, 1.0)) * (1_u64 << 40) as f64).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn towards(shares: &[(BounceType, f32)]) -> [f32; BounceType::COUNT] {
        let mut probabilities = [0.0; BounceType::COUNT];
        for &(kind, share) in shares {
            probabilities[kind.index()] = share;
        }
        probabilities
    }

    fn vote(opinions: &[([f32; BounceType::COUNT], u64)]) -> Option<Vote> {
        let opinions: Vec<Opinion<'_>> = opinions
            .iter()
            .map(|(probabilities, messages)| Opinion {
                probabilities,
                messages: *messages,
            })
            .collect();
        majority_vote(&opinions)
    }

    use BounceType::{Greylisted, MailboxFull, NoSuchRecipient};

    #[test]
    fn messages_count_and_not_texts() {
        let result = vote(&[
            (towards(&[(MailboxFull, 1.0)]), 3),
            (towards(&[(Greylisted, 0.9)]), 1),
            (towards(&[(Greylisted, 0.8)]), 1),
        ]);
        let expected = Vote {
            kind: MailboxFull,
            votes: 3,
            messages: 5,
            share: 0.6,
        };
        assert_eq!(result, Some(expected));
    }

    #[test]
    fn the_summed_probability_decides_a_tie() {
        let sure = towards(&[(MailboxFull, 0.9), (NoSuchRecipient, 0.1)]);
        let unsure = towards(&[(NoSuchRecipient, 0.6), (MailboxFull, 0.4)]);
        for opinions in [[(sure, 2), (unsure, 2)], [(unsure, 2), (sure, 2)]] {
            let result = vote(&opinions);
            assert_eq!(
                result.map(|vote| (vote.kind, vote.votes)),
                Some((MailboxFull, 2))
            );
        }
    }

    #[test]
    fn then_the_lower_id() {
        let one = towards(&[(NoSuchRecipient, 0.75), (MailboxFull, 0.25)]);
        let other = towards(&[(MailboxFull, 0.75), (NoSuchRecipient, 0.25)]);
        let result = vote(&[(other, 1), (one, 1)]);
        assert_eq!(result.map(|vote| vote.kind), Some(NoSuchRecipient));
        let undecided = towards(&[(NoSuchRecipient, 0.5), (MailboxFull, 0.5)]);
        let result = vote(&[(undecided, 1)]);
        assert_eq!(result.map(|vote| vote.kind), Some(NoSuchRecipient));
    }

    #[test]
    fn nobody_votes_for_nothing() {
        assert_eq!(vote(&[]), None);
        assert_eq!(vote(&[(towards(&[(MailboxFull, 1.0)]), 0)]), None);
    }

    #[test]
    fn numbers_that_are_none_do_no_harm() {
        let result = vote(&[([f32::NAN; BounceType::COUNT], 2)]);
        assert_eq!(result.map(|vote| vote.kind), Some(BounceType::SenderDns));
    }
}
