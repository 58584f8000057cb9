use serde::{Deserialize, Serialize};

use crate::{Cause, CauseRates, Error};

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
    /// Domains that receive. Default 100,000 (paper: 3 million); at most 4
    /// million, for which 10.0.0.0/8 has addresses.
    pub receiver_domains: u32,
    /// The Zipf law's exponent of mails by receiver domain. Default 1.0: the
    /// first gets 8% of the mails, as gmail.com does in the paper.
    pub receiver_domain_exponent: f64,
    /// Receiver domains whose MX records are broken. Default 684.
    pub broken_receiver_domains: u32,
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
    /// How often each cause bounces mail, and how such mail fares.
    pub causes: CauseRates,
    /// The share of bulk spam whose recipients do not exist any more (T8 rather
    /// than T13). Default 0.181.
    pub bulk_spam_to_strangers: f64,
    /// The share of mails accepted at once that the sender's filter holds to
    /// be spam. Default 0.013: then 46% of such mail is accepted, as in
    /// section 4.2.2.
    pub accepted_spam: f64,
    /// The share of days a proxy MTA is on a blocklist, on average over all.
    /// Default 0.5 (section 4.2.2).
    pub listed: f64,
    /// The share of NDR messages that the 200 commonest texts, with their
    /// codes, make up, of each label and so of all. Default 0.70, which leaves
    /// Drain about the paper's 68.49%.
    pub top_200_texts: f64,
    /// The share of NDR messages without an enhanced code. Which of a text's
    /// codes are used is chosen so that it comes to this, as far as the
    /// catalogue allows. Default 0.2879.
    pub without_enhanced_code: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            emails: 1_000_000,
            seed: 1,
            sender_domains: 2_000,
            sender_domain_exponent: 0.8,
            receiver_domains: 100_000,
            receiver_domain_exponent: 1.0,
            broken_receiver_domains: 684,
            max_attempts: 7,
            retry_failure: 0.5,
            bounced: 0.1293,
            causes: CauseRates::default(),
            bulk_spam_to_strangers: 0.181,
            accepted_spam: 0.013,
            listed: 0.5,
            top_200_texts: 0.70,
            without_enhanced_code: 0.2879,
        }
    }
}

impl Settings {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let shares = [
            ("retry_failure", self.retry_failure),
            ("bounced", self.bounced),
            ("bulk_spam_to_strangers", self.bulk_spam_to_strangers),
            ("accepted_spam", self.accepted_spam),
            ("listed", self.listed),
            ("top_200_texts", self.top_200_texts),
            ("without_enhanced_code", self.without_enhanced_code),
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
            ("broken_receiver_domains", self.broken_receiver_domains),
        ] {
            let right = (100..=4_000_000).contains(&domains);
            require(right, setting, domains, "between 100 and 4000000")?;
        }
        let attempts = (3..=50).contains(&self.max_attempts);
        require(
            attempts,
            "max_attempts",
            self.max_attempts,
            "between 3 and 50",
        )?;
        self.validate_causes()
    }

    fn validate_causes(&self) -> Result<(), Error> {
        let mut met = 0.0;
        for &cause in Cause::ALL {
            let rates = self.causes.of(cause);
            for (name, rate) in [
                ("share", rates.share),
                ("second", rates.second),
                ("hard", rates.hard),
                ("spam", rates.spam),
            ] {
                let setting = format!("causes.{}.{name}", cause.as_str().replace('-', "_"));
                require(
                    (0.0..=1.0).contains(&rate),
                    setting,
                    rate,
                    "between 0 and 1",
                )?;
            }
            let setting = format!("causes.{}.spam", cause.as_str().replace('-', "_"));
            require(
                rates.spam <= rates.hard,
                setting,
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
            |s| s.causes.greylisting.hard = -0.1,
            "causes.greylisting.hard is -0.1",
        );
        check(
            |s| s.causes.tls_mandate.spam = 0.5,
            "causes.tls_mandate.spam is 0.5; it must be at most",
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
