use serde::{Deserialize, Serialize};

use crate::calendar::{DAYS, HOURS};
use crate::{Cause, CauseRates, Error};

/// Days or hours in which something is broken, over all that is: 16 bytes each.
const MOST_HELD: f64 = 1e8;

/// The world and its rates. The numbers behind the defaults are the paper's
/// where it gives them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many mails the log has. Default 1,000,000 (paper: 298 million).
    pub emails: u64,
    /// The seed of every choice. Default 1.
    pub seed: u64,
    /// Domains that send. Default 2,000 (paper: 68,000).
    pub sender_domains: u32,
    /// The Zipf law's exponent of mails by sender domain. Default 0.8.
    pub sender_domain_exponent: f64,
    /// Sender domains that send bulk spam to leaked addresses. Default 31
    /// (section 4.2.1).
    pub bulk_senders: u32,
    /// Sender domains that guess names. Default 9 (section 4.2.1).
    pub guessing_senders: u32,
    /// The share of sender domains whose DKIM, SPF or DMARC is ever broken.
    /// Default 0.132 (section 4.3.1: 9,000 of 68,000).
    pub careless_sender_domains: f64,
    /// The share of sender domains whose DNS records are ever gone. Default
    /// 0.03.
    pub sender_domains_without_dns: f64,
    /// Domains that receive. Default 100,000 (paper: 3 million); at most 4
    /// million, for which 10.0.0.0/8 has addresses.
    pub receiver_domains: u32,
    /// The Zipf law's exponent of mails by receiver domain. Default 1.0: the
    /// first gets 8% of the mails, as gmail.com does in the paper.
    pub receiver_domain_exponent: f64,
    /// Receiver domains whose MX records are ever broken, at most half of all.
    /// Default 684 (section 4.3.1).
    pub broken_receiver_domains: u32,
    /// The share of receiver domains, popular ones apart, that are not renewed.
    /// Default 0.005: more than the paper's 3,000 of 3 million, since fewer
    /// would be seen in a smaller log.
    pub expired_domains: f64,
    /// Mailboxes that are ever full, at the most. Default 1,500 (paper: 75,000 in 298 million
    /// mails).
    pub full_mailboxes: u32,
    /// Mailboxes that are ever inactive, at the most. Default 60 (paper: 3,000).
    pub inactive_mailboxes: u32,
    /// The share of recipients whose addresses have leaked. Default 0.2.
    pub breached: f64,
    /// Attempts at a mail before it is given up, spam apart. Default 7: with
    /// about so many, the paper's 38 million bounced mails come to its 190
    /// million NDR messages.
    pub max_attempts: u32,
    /// How likely a retry of a mail that gets through in the end meets its
    /// cause again. Default 0.5: such mail takes three attempts on average.
    pub retry_failure: f64,
    /// The mails whose first attempt is refused, as a share of all. Default
    /// 0.1293.
    pub bounced: f64,
    /// The share of bulk spam whose recipients do not exist any more (T8 rather
    /// than T13). Default 0.181.
    pub bulk_spam_to_strangers: f64,
    /// The mails of bulk spammers that are accepted at once, against those that
    /// are refused for good. Default 0.322 (section 4.2.1: 22.56% and 70.12%).
    pub bulk_spam_accepted: f64,
    /// The same of those that are accepted later, after a blocklist. Default
    /// 0.104 (7.32%).
    pub bulk_spam_delayed: f64,
    /// The mails to names that were guessed right, against those to wrong ones.
    /// Default 0.0575 (section 4.2.1: 536 to 9,324).
    pub guesses_right: f64,
    /// The share of mails accepted at once that the sender's filter holds to
    /// be spam. Default 0.013: then 46% of such mail is accepted, as in
    /// section 4.2.2.
    pub accepted_spam: f64,
    /// The share of days a proxy MTA is on a blocklist, on average over all; at
    /// most 0.9, since on every day two are on none. Default 0.5 (section
    /// 4.2.2).
    pub listed: f64,
    /// The share of NDR messages that the 200 commonest texts, with their
    /// codes, make up, of each label and so of all. Default 0.70, which leaves
    /// Drain about the paper's 68.49%.
    pub top_200_texts: f64,
    /// The share of NDR messages without an enhanced code. Which of a text's
    /// codes are used is chosen so that it comes to this, as far as the
    /// catalogue allows. Default 0.2879.
    pub without_enhanced_code: f64,
    /// What receivers insist on.
    pub policies: Policies,
    /// How long what is broken stays so.
    pub mending: Mendings,
    /// How often each cause bounces mail, and how such mail fares.
    pub causes: CauseRates,
}

/// What receivers insist on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policies {
    /// The share of the 100 most popular domains that take mail over TLS alone.
    /// Default 0.38 (section 4.3.1).
    pub tls_top_100: f64,
    /// The same of the first 10,000, with those 100. Default 0.0853.
    pub tls_top_10k: f64,
    /// The same of the others. Default 0.0034: 11,000 of 3 million in all.
    pub tls_others: f64,
    /// The share of domains that greylist; more in countries where Table 5 has
    /// much of it. Default 0.007.
    pub greylisting: f64,
    /// The share of domains that check SPF, DKIM and DMARC. Default 0.5.
    pub authentication: f64,
    /// The share of blocklist refusals by domains that use Spamhaus, whether the
    /// text names it or not. Default 0.72 (section 4.2.2: 16,000 mails a day, of
    /// 9.98 million).
    pub spamhaus: f64,
    /// The share of the domains using Spamhaus that adopt it in February 2023;
    /// the others do so from the first day. Default 0.22 (section 4.2.2: 63,000
    /// of 288,000).
    pub spamhaus_in_february: f64,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            tls_top_100: 0.38,
            tls_top_10k: 0.0853,
            tls_others: 0.0034,
            greylisting: 0.007,
            authentication: 0.5,
            spamhaus: 0.72,
            spamhaus_in_february: 0.22,
        }
    }
}

/// How long something stays broken, and how often it breaks again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mending {
    /// The share that is never mended.
    pub never: f64,
    /// The share that breaks again after it was mended.
    pub recurrent: f64,
    /// The median time to mend, in days.
    pub median_days: f64,
    /// The spread of the time's natural logarithm, which is normal.
    pub spread: f64,
}

/// How long what is broken stays so (section 4.3 and Figure 7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mendings {
    /// DKIM, SPF and DMARC. Default: 25.81% are never mended, 33.72% break
    /// again, and mending takes 12 days on average, for 5.7% over a month.
    pub authentication: Mending,
    /// The sender's DNS records; the paper does not say.
    pub sender_dns: Mending,
    /// The receiver's MX records. Default: most within a day, 6% a week or more.
    pub mx_records: Mending,
    /// Full mailboxes. Default: 77% are never mended (58,000 of 75,000), 2.7%
    /// fill up again, and 51% of the others take 30 days or more, 86 on average
    /// but for those that would outlast the log.
    pub mailboxes: Mending,
    /// The share of inactive mailboxes that are so from the first day. Default
    /// 0.67 (2,000 of 3,000).
    pub inactive_from_the_start: f64,
}

impl Default for Mendings {
    fn default() -> Self {
        Self {
            authentication: Mending {
                never: 0.2581,
                recurrent: 0.3372,
                median_days: 8.96,
                spread: 0.765,
            },
            sender_dns: Mending {
                never: 0.1,
                recurrent: 0.2,
                median_days: 1.0,
                spread: 1.2,
            },
            mx_records: Mending {
                never: 0.02,
                recurrent: 0.15,
                median_days: 0.4,
                spread: 1.84,
            },
            mailboxes: Mending {
                never: 0.77,
                recurrent: 0.027,
                median_days: 30.8,
                spread: 1.433,
            },
            inactive_from_the_start: 0.67,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            emails: 1_000_000,
            seed: 1,
            sender_domains: 2_000,
            sender_domain_exponent: 0.8,
            bulk_senders: 31,
            guessing_senders: 9,
            careless_sender_domains: 0.132,
            sender_domains_without_dns: 0.03,
            receiver_domains: 100_000,
            receiver_domain_exponent: 1.0,
            broken_receiver_domains: 684,
            expired_domains: 0.005,
            full_mailboxes: 1_500,
            inactive_mailboxes: 60,
            breached: 0.2,
            max_attempts: 7,
            retry_failure: 0.5,
            bounced: 0.1293,
            bulk_spam_to_strangers: 0.181,
            bulk_spam_accepted: 0.322,
            bulk_spam_delayed: 0.104,
            guesses_right: 0.0575,
            accepted_spam: 0.013,
            listed: 0.5,
            top_200_texts: 0.70,
            without_enhanced_code: 0.2879,
            policies: Policies::default(),
            mending: Mendings::default(),
            causes: CauseRates::default(),
        }
    }
}

impl Settings {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let policies = &self.policies;
        let mending = &self.mending;
        let shares = [
            ("careless_sender_domains", self.careless_sender_domains),
            (
                "sender_domains_without_dns",
                self.sender_domains_without_dns,
            ),
            ("expired_domains", self.expired_domains),
            ("breached", self.breached),
            ("retry_failure", self.retry_failure),
            ("bounced", self.bounced),
            ("bulk_spam_to_strangers", self.bulk_spam_to_strangers),
            ("bulk_spam_accepted", self.bulk_spam_accepted),
            ("bulk_spam_delayed", self.bulk_spam_delayed),
            ("guesses_right", self.guesses_right),
            ("accepted_spam", self.accepted_spam),
            ("top_200_texts", self.top_200_texts),
            ("without_enhanced_code", self.without_enhanced_code),
            ("policies.tls_top_100", policies.tls_top_100),
            ("policies.tls_top_10k", policies.tls_top_10k),
            ("policies.tls_others", policies.tls_others),
            ("policies.greylisting", policies.greylisting),
            ("policies.authentication", policies.authentication),
            ("policies.spamhaus", policies.spamhaus),
            (
                "policies.spamhaus_in_february",
                policies.spamhaus_in_february,
            ),
            (
                "mending.inactive_from_the_start",
                mending.inactive_from_the_start,
            ),
        ];
        for (setting, share) in shares {
            require(
                (0.0..=1.0).contains(&share),
                setting,
                share,
                "between 0 and 1",
            )?;
        }
        for (setting, exponent) in [
            ("sender_domain_exponent", self.sender_domain_exponent),
            ("receiver_domain_exponent", self.receiver_domain_exponent),
        ] {
            require(
                (0.0..=3.0).contains(&exponent),
                setting,
                exponent,
                "between 0 and 3",
            )?;
        }
        for (setting, domains) in [
            ("sender_domains", self.sender_domains),
            ("receiver_domains", self.receiver_domains),
        ] {
            let right = (100..=4_000_000).contains(&domains);
            require(right, setting, domains, "between 100 and 4000000")?;
        }
        for (setting, number) in [
            ("bulk_senders", self.bulk_senders),
            ("guessing_senders", self.guessing_senders),
            ("broken_receiver_domains", self.broken_receiver_domains),
            ("full_mailboxes", self.full_mailboxes),
            ("inactive_mailboxes", self.inactive_mailboxes),
        ] {
            let right = (1..=1_000_000).contains(&number);
            require(right, setting, number, "between 1 and 1000000")?;
        }
        let attempts = (3..=50).contains(&self.max_attempts);
        require(
            attempts,
            "max_attempts",
            self.max_attempts,
            "between 3 and 50",
        )?;
        let senders = f64::from(self.sender_domains);
        for (name, mending, subjects, slots) in [
            (
                "authentication",
                &mending.authentication,
                senders * self.careless_sender_domains,
                DAYS,
            ),
            (
                "sender_dns",
                &mending.sender_dns,
                senders * self.sender_domains_without_dns,
                HOURS,
            ),
            (
                "mx_records",
                &mending.mx_records,
                self.broken_receiver_domains.into(),
                HOURS,
            ),
            (
                "mailboxes",
                &mending.mailboxes,
                self.full_mailboxes.into(),
                DAYS,
            ),
        ] {
            mending.validate(name)?;
            let mean = mending.median_days * (mending.spread * mending.spread / 2.0).exp();
            let lasting = (mean / f64::from(DAYS)).min(1.0) * f64::from(slots);
            let held = subjects * (1.0 - mending.never) * lasting.max(1.0);
            require(
                held <= MOST_HELD,
                format!("mending.{name}.median_days, with all that breaks,"),
                mending.median_days,
                "less, or fewer must break: the world would not fit into memory",
            )?;
        }
        require(
            (0.0..=0.9).contains(&self.listed),
            "listed",
            self.listed,
            "between 0 and 0.9",
        )?;
        require(
            self.listed > 0.0 || self.causes.sender_listed.share <= 0.0,
            "listed",
            self.listed,
            "above 0 where causes.sender_listed.share is",
        )?;
        self.validate_causes()
    }

    fn validate_causes(&self) -> Result<(), Error> {
        let mut met = 0.0;
        for &cause in Cause::ALL {
            let rates = self.causes.of(cause);
            let setting = |name| format!("causes.{}.{name}", cause.as_str().replace('-', "_"));
            for (name, rate) in [
                ("share", rates.share),
                ("second", rates.second),
                ("hard", rates.hard.unwrap_or_default()),
                ("spam", rates.spam),
            ] {
                require(
                    (0.0..=1.0).contains(&rate),
                    setting(name),
                    rate,
                    "between 0 and 1",
                )?;
            }
            let is_open = CauseRates::default().of(cause).hard.is_none();
            let said = rates
                .hard
                .map_or("unset".to_owned(), |hard| hard.to_string());
            require(
                rates.hard.is_none() == is_open,
                setting("hard"),
                said,
                if is_open {
                    "left out, as retries through other proxies decide"
                } else {
                    "set"
                },
            )?;
            require(
                !cause.is_final() || rates.hard == Some(1.0),
                setting("hard"),
                rates.hard.unwrap_or_default(),
                "1, as nobody is there to accept",
            )?;
            require(
                cause.may_be_second() || rates.second <= 0.0,
                setting("second"),
                rates.second,
                "0, as the cause must be there before the mail is sent",
            )?;
            require(
                rates.spam <= rates.hard.unwrap_or(1.0),
                setting("spam"),
                rates.spam,
                "at most `hard`, as spam is sent once",
            )?;
            if cause != Cause::UnexplainedRefusal {
                met += rates.share;
            }
        }
        // Shares are written with few digits.
        let right = (0.999..=1.5).contains(&met);
        require(
            right,
            "shares of causes, unexplained refusals apart, in sum",
            met,
            "between 1 and 1.5: every mail meets one cause, and some meet two",
        )?;
        let second: f64 = Cause::ALL
            .iter()
            .map(|&cause| self.causes.of(cause).second)
            .sum();
        require(
            second > 0.0 || met <= 1.0,
            "sum of `second` over the causes",
            second,
            "above 0 where the shares of causes come to more than 1",
        )
    }
}

impl Mending {
    fn validate(&self, name: &str) -> Result<(), Error> {
        let setting = |field| format!("mending.{name}.{field}");
        for (field, share) in [("never", self.never), ("recurrent", self.recurrent)] {
            require(
                (0.0..=1.0).contains(&share),
                setting(field),
                share,
                "between 0 and 1",
            )?;
        }
        let sum = self.never + self.recurrent;
        require(
            sum <= 1.0,
            setting("never and recurrent in sum"),
            sum,
            "at most 1",
        )?;
        require(
            (0.01..=400.0).contains(&self.median_days),
            setting("median_days"),
            self.median_days,
            "between 0.01 and 400",
        )?;
        require(
            (0.0..=4.0).contains(&self.spread),
            setting("spread"),
            self.spread,
            "between 0 and 4",
        )
    }
}

fn require(
    right: bool,
    setting: impl Into<String>,
    value: impl ToString,
    range: &'static str,
) -> Result<(), Error> {
    if right {
        return Ok(());
    }
    Err(Error::Setting {
        setting: setting.into(),
        value: value.to_string(),
        range,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_wrong_values_are_named() {
        assert_eq!(Settings::default().validate(), Ok(()));
        let check = |change: fn(&mut Settings), words: &str| {
            let mut settings = Settings::default();
            change(&mut settings);
            let error = settings.validate().unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        };
        check(
            |s| s.bounced = 1.5,
            "bounced is 1.5; it must be between 0 and 1",
        );
        check(|s| s.bounced = f64::NAN, "bounced is NaN");
        check(
            |s| s.receiver_domains = 0,
            "receiver_domains is 0; it must be between 100",
        );
        check(|s| s.max_attempts = 1, "max_attempts is 1");
        check(
            |s| s.causes.spam_content.hard = Some(-0.1),
            "causes.spam_content.hard is -0.1",
        );
        check(
            |s| s.causes.greylisting.hard = Some(0.1),
            "causes.greylisting.hard is 0.1; it must be left out",
        );
        check(
            |s| s.mending.mailboxes.spread = 9.0,
            "mending.mailboxes.spread is 9; it must be between 0 and 4",
        );
        check(
            |s| s.causes.tls_mandate.spam = 0.5,
            "causes.tls_mandate.spam is 0.5; it must be at most",
        );
        check(
            |s| s.listed = 1.0,
            "listed is 1; it must be between 0 and 0.9",
        );
        check(|s| s.listed = 0.0, "above 0 where");
        check(
            |s| s.causes.mailbox_full_episode.hard = Some(0.9),
            "causes.mailbox_full_episode.hard is 0.9; it must be 1",
        );
        check(
            |s| s.causes.sender_listed.second = 0.1,
            "causes.sender_listed.second is 0.1; it must be 0",
        );
        check(
            |s| {
                s.sender_domains_without_dns = 1.0;
                s.sender_domains = 100_000;
                s.mending.sender_dns.median_days = 400.0;
            },
            "would not fit into memory",
        );
        check(
            |s| s.causes.sender_listed.share = 0.0,
            "every mail meets one cause",
        );
    }

    #[test]
    fn settings_survive_json_and_unknown_ones_are_refused() {
        let settings = Settings::default();
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), settings);
        assert!(serde_json::from_str::<Settings>(r#"{"speed":1}"#).is_err());
        let changed: Settings = serde_json::from_str(r#"{"emails":5}"#).unwrap();
        assert_eq!(
            changed,
            Settings {
                emails: 5,
                ..settings
            }
        );
    }
}
