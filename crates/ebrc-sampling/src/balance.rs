use std::collections::{BTreeMap, BTreeSet};

use ebrc_taxonomy::{BounceType, TemplateLabel};
use rand::Rng;

use crate::Error;
use crate::draw::{Purpose, choose, stream};

/// A labelled template and how many messages the log has of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stratum {
    /// The template.
    pub template_id: u32,
    /// Its type, or that it is ambiguous.
    pub label: TemplateLabel,
    /// Its messages in the log.
    pub messages: u64,
}

/// How many messages a training set is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Of each type; the paper takes 4,000.
    pub per_type: u64,
    /// Of all ambiguous templates together; the paper takes none.
    pub ambiguous: u64,
}

/// What a type got. Sums over training and validation together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeRow {
    /// The type.
    pub label: BounceType,
    /// Messages asked for.
    pub wanted: u64,
    /// Messages picked.
    pub got: u64,
    /// Messages that the log does not have: `wanted - got`.
    pub lacked: u64,
    /// Labelled templates.
    pub templates: usize,
    /// The fewest messages that one of the templates gives; 0 without any.
    pub smallest_share: u64,
    /// The most messages that one of the templates gives; 0 without any.
    pub largest_share: u64,
    /// Templates held out for validation.
    pub held_out: usize,
    /// Messages of the held-out templates.
    pub validation: u64,
}

/// Which messages train, and which validate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    picks: BTreeMap<u32, Vec<u64>>,
    held_out: BTreeSet<u32>,
    table: Vec<TypeRow>,
}

impl Plan {
    /// The ordinals of a template's messages that were picked, ascending; none
    /// for a template without a label.
    #[must_use]
    pub fn picks(&self, template_id: u32) -> &[u64] {
        self.picks.get(&template_id).map_or(&[], Vec::as_slice)
    }

    /// Whether a template's messages validate rather than train.
    #[must_use]
    pub fn is_held_out(&self, template_id: u32) -> bool {
        self.held_out.contains(&template_id)
    }

    fn pick(&mut self, shares: &BTreeMap<u32, u64>, strata: &[Stratum], seed: u64) {
        for stratum in strata {
            let mut rng = stream(seed, Purpose::Training, stratum.template_id);
            let share = shares[&stratum.template_id];
            let picks = choose(share, stratum.messages, &mut rng);
            self.picks.insert(stratum.template_id, picks);
        }
    }

    /// What each of the sixteen types got, T1 first.
    #[must_use]
    pub fn table(&self) -> &[TypeRow] {
        &self.table
    }
}

/// Draws a training set with as many messages of each type, and holds out some
/// templates of each type for validation.
///
/// Each type's `per_type` messages (the paper: 4,000) are spread as evenly as
/// possible over its templates. Where a template has fewer than its share, it
/// gives all, and the rest is taken from the type's other templates: templates
/// that can give more differ by one message at most, those with lower ids
/// giving the one more. What a type lacks is in [`Plan::table`], and is never
/// made up by repetition.
///
/// Ambiguous messages are spread alike over the ambiguous templates. All of
/// them train.
///
/// Validation is split by template, not by message, since messages of one
/// template are all but copies of each other. Of each type, `validation_share`
/// of its templates, rounded, is held out: at least one where the type has
/// three or more, none where it has fewer, none at all for a share of 0. A
/// template stays in training where holding it out would take more than half
/// of the type's messages away (or more than `validation_share`, if that is
/// larger), so that a type with one big template is still trained.
///
/// # Errors
/// For 0 messages, a share outside `0..1`, or a template that is given twice.
pub fn balance(
    wanted: Wanted,
    validation_share: f64,
    labelled: &[Stratum],
    seed: u64,
) -> Result<Plan, Error> {
    let per_type = wanted.per_type;
    if per_type == 0 {
        return Err(Error::NoMessages);
    }
    if !(0.0..1.0).contains(&validation_share) {
        return Err(Error::ValidationShare(validation_share));
    }
    let mut by_label: BTreeMap<TemplateLabel, Vec<Stratum>> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for &stratum in labelled {
        if !ids.insert(stratum.template_id) {
            return Err(Error::LabelledTwice(stratum.template_id));
        }
        by_label.entry(stratum.label).or_default().push(stratum);
    }

    let mut plan = Plan {
        picks: BTreeMap::new(),
        held_out: BTreeSet::new(),
        table: Vec::with_capacity(BounceType::COUNT),
    };
    for label in BounceType::ALL {
        let strata = by_label.remove(&label.into()).unwrap_or_default();
        let shares = even_shares(per_type, &strata);
        let held_out = hold_out(validation_share, &shares, seed);
        let got = shares.values().sum();
        plan.table.push(TypeRow {
            label,
            wanted: per_type,
            got,
            lacked: per_type - got,
            templates: strata.len(),
            smallest_share: shares.values().copied().min().unwrap_or(0),
            largest_share: shares.values().copied().max().unwrap_or(0),
            held_out: held_out.len(),
            validation: held_out.iter().map(|template_id| shares[template_id]).sum(),
        });
        plan.held_out.extend(held_out);
        plan.pick(&shares, &strata, seed);
    }
    if let Some(strata) = by_label.remove(&TemplateLabel::Ambiguous) {
        plan.pick(&even_shares(wanted.ambiguous, &strata), &strata, seed);
    }
    Ok(plan)
}

/// Water-filling: the smallest templates are emptied first, and what is left
/// then goes in equal parts to templates that all have more than that.
fn even_shares(wanted: u64, strata: &[Stratum]) -> BTreeMap<u32, u64> {
    let mut rising: Vec<&Stratum> = strata.iter().collect();
    rising.sort_by_key(|stratum| (stratum.messages, stratum.template_id));
    let mut shares = BTreeMap::new();
    let mut left = wanted;
    let mut open = rising.as_slice();
    while let [smallest, larger @ ..] = open {
        if smallest.messages > left / open.len() as u64 {
            break;
        }
        shares.insert(smallest.template_id, smallest.messages);
        left -= smallest.messages;
        open = larger;
    }
    let mut unsaturated: Vec<u32> = open.iter().map(|stratum| stratum.template_id).collect();
    unsaturated.sort_unstable();
    let parts = unsaturated.len().max(1) as u64;
    for (position, template_id) in (0_u64..).zip(unsaturated) {
        let one_more = u64::from(position < left % parts);
        shares.insert(template_id, left / parts + one_more);
    }
    shares
}

/// Each template draws a lot from its own stream; the lowest lots are held out.
fn hold_out(validation_share: f64, shares: &BTreeMap<u32, u64>, seed: u64) -> BTreeSet<u32> {
    let giving: Vec<(u32, u64)> = shares
        .iter()
        .map(|(&template_id, &share)| (template_id, share))
        .filter(|&(_, share)| share > 0)
        .collect();
    if giving.len() < 3 || validation_share == 0.0 {
        return BTreeSet::new();
    }
    let wanted = (validation_share * giving.len() as f64).round() as usize;
    let wanted = wanted.clamp(1, giving.len() - 1);
    let messages: u64 = giving.iter().map(|(_, share)| share).sum();
    let most = (validation_share.max(0.5) * messages as f64) as u64;

    let mut lots: Vec<(u64, u32, u64)> = giving
        .into_iter()
        .map(|(template_id, share)| {
            let lot = stream(seed, Purpose::Validation, template_id).next_u64();
            (lot, template_id, share)
        })
        .collect();
    lots.sort_unstable();
    let mut held_out = BTreeSet::new();
    let mut taken = 0;
    for (_, template_id, share) in lots {
        if held_out.len() < wanted && taken + share <= most {
            taken += share;
            held_out.insert(template_id);
        }
    }
    held_out
}
