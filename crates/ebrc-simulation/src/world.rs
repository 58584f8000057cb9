//! Everything that mails meet.

use ebrc_taxonomy::{BounceType, TemplateLabel};
use rand::Rng;

use crate::Settings;
use crate::calendar::{Calendar, DAYS};
use crate::geography::Geography;
use crate::people::Senders;
use crate::proxies::{self, ProxyMta};
use crate::receivers::{self, Policy, Receivers, Refusers};
use crate::texts::Texts;
use crate::troubles::Troubles;

/// Of a day's proxies, so many are listed at the least where mail is to meet a
/// blocklist: the share of mail with one is divided by it.
const FEWEST_LISTED: f64 = 0.05;

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) calendar: Calendar,
    pub(crate) geography: Geography,
    pub(crate) receivers: Receivers,
    pub(crate) senders: Senders,
    pub(crate) troubles: Troubles,
    pub(crate) proxies: Vec<ProxyMta>,
    /// The share of blocklist refusals by domains that use Spamhaus, once all do
    /// that ever will, and of these that name it.
    spamhaus: f64,
    pub(crate) spamhaus_named: f64,
    /// See [`crate::Policies::spamhaus_in_february`].
    late: f64,
}

impl World {
    /// `listed_share` is the share of all mails that meet a blocklist. `None`
    /// where a law has no weights.
    pub(crate) fn new<R: Rng + ?Sized>(
        settings: &Settings,
        texts: &Texts<'_>,
        listed_share: f64,
        rng: &mut R,
    ) -> Option<Self> {
        let listed = BounceType::Blocklisted;
        let named = texts.speakers(listed.into(), |saying| saying.names_spamhaus);
        let unnamed = texts.speakers(listed.into(), |saying| !saying.names_spamhaus);
        // Whoever names it uses it.
        let spamhaus = settings.policies.spamhaus.max(named.share);
        let spamhaus_named = named.share / spamhaus.max(f64::MIN_POSITIVE);
        let mail = listed_share / settings.listed.max(FEWEST_LISTED);
        let users = named.software.iter().zip(&unnamed.software);
        let users = users
            .map(|(named, unnamed)| spamhaus_named * named + (1.0 - spamhaus_named) * unnamed)
            .collect();
        let others = |policy, kind: BounceType| Refusers {
            policy,
            mail: 0.0,
            software: texts.speakers(kind.into(), |_| true).software,
        };
        let refusers = [
            Refusers {
                policy: Policy::Spamhaus,
                mail: mail * spamhaus,
                software: users,
            },
            Refusers {
                policy: Policy::OtherBlocklist,
                mail: mail * (1.0 - spamhaus),
                software: unnamed.software,
            },
            others(Policy::Greylisting, BounceType::Greylisted),
            others(Policy::TlsMandate, BounceType::Starttls),
            others(Policy::Authentication, BounceType::SenderAuthentication),
        ];
        let mut geography = Geography::new(texts.names())?;
        let receivers = Receivers::new(settings, &mut geography, texts.software(), &refusers, rng)?;
        let full = TemplateLabel::from(BounceType::MailboxFull);
        let strangers = TemplateLabel::from(BounceType::NoSuchRecipient);
        let troubles = Troubles::new(
            settings,
            &receivers,
            &|rng| {
                let saying = texts.draw(full, rng);
                receivers.with_software(saying.and_then(|saying| saying.software), rng)
            },
            &|rng| {
                let saying =
                    texts.draw_right(strangers, None, rng, |saying| saying.is_about_inactivity);
                receivers.with_software(saying.and_then(|saying| saying.software), rng)
            },
            rng,
        );
        Some(Self {
            calendar: Calendar::new()?,
            proxies: proxies::all(settings.listed, DAYS as usize, rng),
            senders: Senders::new(settings)?,
            spamhaus,
            spamhaus_named,
            late: settings.policies.spamhaus_in_february,
            geography,
            receivers,
            troubles,
        })
    }

    /// For each day, how much more of its mail than on average meets a
    /// blocklist: the more proxies are listed, and the more domains look them
    /// up.
    pub(crate) fn listed_mail(&self) -> Vec<f64> {
        let by_day = self.calendar.by_day();
        let days: Vec<f64> = (0..DAYS)
            .map(|day| {
                let listed = self
                    .proxies
                    .iter()
                    .filter(|proxy| proxy.listed[day as usize])
                    .count();
                listed as f64 * (1.0 - self.spamhaus + self.spamhaus * self.adoption(day))
            })
            .collect();
        let mean: f64 = days
            .iter()
            .zip(by_day)
            .map(|(day, share)| day * share)
            .sum();
        if mean <= 0.0 {
            // Nobody is ever listed, and no mail is to meet that.
            return vec![1.0; days.len()];
        }
        days.iter().map(|day| day / mean).collect()
    }

    /// The share of the domains that use Spamhaus in the end that do so on a
    /// day.
    fn adoption(&self, day: u32) -> f64 {
        receivers::spamhaus_adoption(self.late, day)
    }

    /// The share of a day's blocklist refusals by domains that use Spamhaus.
    pub(crate) fn spamhaus_on(&self, day: u32) -> f64 {
        let own = self.spamhaus * self.adoption(day);
        own / (own + 1.0 - self.spamhaus).max(f64::MIN_POSITIVE)
    }

    /// Whether a domain refuses listed hosts on a day.
    pub(crate) fn uses_blocklist(&self, domain: u32, day: usize) -> bool {
        self.receivers.uses_blocklist(domain, day)
    }

    /// The day on which a domain begins to use Spamhaus, if it does.
    pub(crate) fn uses_spamhaus_from(&self, domain: u32) -> Option<u32> {
        self.receivers
            .has(domain, Policy::Spamhaus)
            .then(|| self.receivers.adopts_spamhaus(domain))
    }
}
