//! Who guesses user names (section 4.2.1).
//!
//! The paper found nine sender domains that wrote to many made-up variants of
//! the names of a few people, and gives no rule in numbers. This is ours. A
//! sender domain guesses at a receiver domain if
//!
//! 1. many of the user names that it tried there do not exist
//!    ([`Settings::minimum_refused_users`], [`Settings::minimum_refused_share`]),
//! 2. a good part of its mails goes there ([`Settings::minimum_focus`]), and
//! 3. above all, few people's names explain those user names
//!    ([`Settings::minimum_variants`]).
//!
//! The third is what sets a guesser apart from a newsletter with many dead
//! addresses, or from a spammer with a leaked list: theirs are as many people
//! as user names. Less is asked of a sender domain that does hardly anything
//! else ([`Settings::sole_purpose`]): a guesser of whom the log has a few mails.
//!
//! Typing errors are no guesses. One of an address that the same sender reached
//! is passed over; and where a single person has several variants, two of them
//! must lie more than two letters apart: two typing errors of one address do not.
//!
//! # Which user names are one person's
//!
//! A user name is taken for two name parts, in either order, with or without a
//! sign between them, perhaps with up to four digits or a word such as `work`
//! around them. Two are variants of one name if one of the parts is the same
//! and the other is the same or abbreviated: to its first one, two or three
//! letters, or to its first and a later letter (`xm` for `xiaoming`). So
//! `john.smith`, `j_smith88`, `smithj`, `smith-john` and `johnsm` are one
//! person's; `anna.baker` and `anna.brown`, or `zhang.wei` and `zhang.li`, are
//! two's. No dictionary of names is needed: the parts of a joined name are
//! those that the other user names agree with.
//!
//! The people are the fewest names that explain all user names, found
//! greedily: the name first that explains the most.
//!
//! # In two steps
//!
//! A log has millions of pairs of domains. A query counts the mails and the
//! refused users of each pair, [`Settings::is_worth_judging`] leaves a handful,
//! and only their user names are fetched for [`judge`].

mod forms;
mod people;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use forms::Form;
use people::People;

/// When a sender domain guesses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The fewest refused user names, each a variant of its own: digits alone
    /// make no difference.
    pub minimum_refused_users: u64,
    /// The smallest share of refused ones among the user names that were
    /// refused or reached.
    pub minimum_refused_share: f64,
    /// The smallest share of the sender domain's mails that go to the receiver
    /// domain.
    pub minimum_focus: f64,
    /// The fewest refused user names a person on average.
    pub minimum_variants: f64,
    /// Of a sender domain that does hardly anything else, less is asked.
    pub sole_purpose: SolePurpose,
    /// Words around a name that are no part of it, in lower case.
    pub decorations: BTreeSet<String>,
}

impl Default for Settings {
    /// * 5 refused user names: fewer are anybody's typing errors.
    /// * 0.5 refused: nearly all guesses fail (99.09% of the paper's).
    /// * 0.2 of the mails: a guesser has at most about five targets.
    /// * 1.5 user names a person: lists of real people stay near 1, guessers
    ///   of the paper's size far above 10.
    /// * Words for a place of work or a purpose, in English.
    fn default() -> Self {
        Self {
            minimum_refused_users: 5,
            minimum_refused_share: 0.5,
            minimum_focus: 0.2,
            minimum_variants: 1.5,
            sole_purpose: SolePurpose::default(),
            decorations: [
                "biz", "business", "contact", "corp", "email", "home", "info", "job", "mail", "me",
                "mr", "mrs", "ms", "new", "office", "official", "old", "personal", "private",
                "real", "the", "work",
            ]
            .map(String::from)
            .into(),
        }
    }
}

/// What is asked of a sender domain that does hardly anything but guess, where
/// there are fewer than [`Settings::minimum_refused_users`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SolePurpose {
    /// The smallest share, of its mails that go to the receiver domain as well
    /// as of the user names that are refused there, for which less is asked.
    pub minimum_share: f64,
    /// The fewest refused user names of such a sender domain.
    pub minimum_refused_users: u64,
    /// In the place of [`Settings::minimum_variants`].
    pub minimum_variants: f64,
}

impl Default for SolePurpose {
    /// * 0.75 of the mails and of the user names: one hit among four.
    /// * 3 refused user names, and two of them at least of one person.
    /// * 1.3 user names a person: four of three people are enough.
    fn default() -> Self {
        Self {
            minimum_share: 0.75,
            minimum_refused_users: 3,
            minimum_variants: 1.3,
        }
    }
}

/// What a query counts for a sender domain and a receiver domain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PairCounts {
    /// Mails of the sender domain, to any receiver domain.
    pub sender_mails: u64,
    /// Those of them that went to this receiver domain.
    pub mails: u64,
    /// How many user names were refused there for not existing: distinct ones,
    /// or else the mails that were.
    pub refused_users: u64,
    /// How many were reached.
    pub delivered_users: u64,
}

impl Settings {
    /// Says what is out of range.
    ///
    /// # Errors
    ///
    /// When a share is none, or a number could never be reached.
    pub fn validate(&self) -> Result<(), Error> {
        let wrong = |setting, must| Err(Error { setting, must });
        let sole = &self.sole_purpose;
        if self.minimum_refused_users.min(sole.minimum_refused_users) < 2 {
            return wrong("minimum_refused_users", "at least 2");
        }
        let shares = [
            self.minimum_refused_share,
            self.minimum_focus,
            sole.minimum_share,
        ];
        if !shares.iter().all(|share| (0.0..=1.0).contains(share)) {
            return wrong("minimum shares", "from 0 to 1");
        }
        let variants = [self.minimum_variants, sole.minimum_variants];
        if !variants
            .iter()
            .all(|variants| (1.0..f64::INFINITY).contains(variants))
        {
            return wrong("minimum_variants", "at least 1");
        }
        Ok(())
    }

    /// Whether a pair may be one that [`judge`] finds; the first step.
    #[must_use]
    pub fn is_worth_judging(&self, counts: &PairCounts) -> bool {
        self.asked(counts).is_some()
    }

    /// How many refused user names a person are asked for; nothing where the
    /// counts alone say that the pair is not one.
    fn asked(&self, counts: &PairCounts) -> Option<f64> {
        let refused = counts.refused_users as f64;
        let tried = refused + counts.delivered_users as f64;
        let is_share = |focus: f64, of_refused: f64| {
            counts.mails as f64 >= focus * counts.sender_mails as f64
                && refused >= of_refused * tried
        };
        let sole = &self.sole_purpose;
        if counts.refused_users >= self.minimum_refused_users {
            is_share(self.minimum_focus, self.minimum_refused_share)
                .then_some(self.minimum_variants)
        } else {
            let is_sole = counts.refused_users >= sole.minimum_refused_users
                && is_share(sole.minimum_share, sole.minimum_share);
            is_sole.then_some(sole.minimum_variants)
        }
    }
}

/// A setting that is out of range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the guessing rule's {setting} must be {must}")]
pub struct Error {
    /// The setting's name.
    pub setting: &'static str,
    /// What it must be.
    pub must: &'static str,
}

/// A sender domain that may guess the user names of a receiver domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidate {
    /// Who may guess.
    pub sender_domain: String,
    /// Whose users.
    pub receiver_domain: String,
    /// Mails of the sender domain, to any receiver domain.
    pub sender_mails: u64,
    /// Those of them that went to this receiver domain.
    pub mails: u64,
    /// User names that were refused for not existing (T8), in any order.
    pub refused_users: Vec<String>,
    /// User names that a mail reached, in any order.
    pub delivered_users: Vec<String>,
}

/// A sender domain that guesses.
#[derive(Debug, Clone, PartialEq)]
pub struct Guessing {
    /// Who guesses.
    pub sender_domain: String,
    /// Whose users.
    pub receiver_domain: String,
    /// The people of whose names there are several variants.
    pub people: u64,
    /// Refused user names a person, on average over all people.
    pub variants: f64,
    /// Distinct user names that were tried: the refused ones and the hits.
    pub usernames: u64,
    /// User names that a mail reached and that are variants of a person's name
    /// of which others were refused, in order.
    pub hits: Vec<String>,
}

/// Says whether a candidate guesses; the second step.
#[must_use]
pub fn judge(candidate: &Candidate, settings: &Settings) -> Option<Guessing> {
    let delivered: BTreeSet<String> = lower_case(&candidate.delivered_users);
    let reached: BTreeSet<String> = delivered.iter().flat_map(|user| slips(user)).collect();
    let mut refused = lower_case(&candidate.refused_users);
    refused.retain(|user| !slips(user).any(|slip| reached.contains(&slip)));
    let forms: BTreeSet<Form> = refused
        .iter()
        .map(|user| Form::read(user, &settings.decorations))
        .collect();
    let forms: Vec<Form> = forms.into_iter().collect();
    let minimum_variants = settings.asked(&PairCounts {
        sender_mails: candidate.sender_mails,
        mails: candidate.mails,
        refused_users: forms.len() as u64,
        delivered_users: delivered.len() as u64,
    })?;
    let people = People::explain(&forms);
    let variants = forms.len() as f64 / people.count() as f64;
    if variants < minimum_variants || !people.differ_by_more_than_slips(&forms) {
        return None;
    }
    let hits: Vec<String> = delivered
        .into_iter()
        .filter(|user| people.have(&Form::read(user, &settings.decorations)))
        .collect();
    Some(Guessing {
        sender_domain: candidate.sender_domain.clone(),
        receiver_domain: candidate.receiver_domain.clone(),
        people: people.with_variants(),
        variants,
        usernames: (refused.len() + hits.len()) as u64,
        hits,
    })
}

fn lower_case(users: &[String]) -> BTreeSet<String> {
    users.iter().map(|user| user.to_lowercase()).collect()
}

/// A user name, and what is left of it without one character. Two that share
/// one of these are a typing error apart: an omission, an addition, a
/// replacement or a transposition.
fn slips(user: &str) -> impl Iterator<Item = String> + '_ {
    let without = user.char_indices().map(|(at, character)| {
        let mut left = String::with_capacity(user.len());
        left.push_str(&user[..at]);
        left.push_str(&user[at + character.len_utf8()..]);
        left
    });
    std::iter::once(user.to_owned()).chain(without)
}

#[cfg(test)]
mod tests;
