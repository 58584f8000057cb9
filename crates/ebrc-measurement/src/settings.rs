use std::fmt;

use datafusion::common::ScalarValue;
use ebrc_artefacts::Setting;
use ebrc_rules::episodes::Settings as EpisodeSettings;
use ebrc_rules::guessing::Settings as GuessingSettings;
use ebrc_typos::Similarity;
use serde::{Deserialize, Serialize};

use crate::Error;

/// What the paper leaves open; every report prints them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The type that stands for a mail with several.
    pub major_type: MajorType,
    /// The attempt whose proxy MTA a mail is counted for. Default `first`.
    pub proxy_of_mail: Attempt,
    /// The attempt whose receiver MTA, and so country and network, a mail is
    /// counted for; attempts that reached none apart. Default `last`.
    pub server_of_mail: Attempt,
    /// The latency of a mail with several attempts.
    pub latency_of_mail: Latency,
    /// Templates that people label first (E3). Default 200.
    pub top_templates: u64,
    /// Rows of a ranking of domains, networks or countries. Default 10.
    pub top_rows: u64,
    /// Mails below which a country is left out (appendix A). Default 1000.
    pub country_min_mails: u64,
    /// Mails from a region of proxy MTAs to a country below which the pair is
    /// left out. Default 30.
    pub region_min_mails: u64,
    /// A country's bandwidth in Mbps from which it is fast (appendix C).
    /// Default 25.
    pub fast_bandwidth: f64,
    /// The share of a sender domain's recipients in the breach list above which
    /// it is a bulk spammer (section 4.2.1). Default 0.8.
    pub bulk_spam_breached_share: f64,
    /// The recipients that it has at the least. Default 50.
    pub bulk_spam_min_recipients: u64,
    /// The blocklist that is looked at closely (section 4.2.2), by the name that
    /// replies are found to give. Default `Spamhaus`.
    pub blocklist: String,
    /// The share of days on which a proxy MTA is blocked to count as one that
    /// mostly is (section 4.2.2). Default 0.7.
    pub mostly_blocked_share: f64,
    /// The most popular receiver domains whose typing errors are looked for
    /// (section 4.3.2). Default 1000.
    pub typo_top_domains: u64,
    /// A mistyped domain's mails over those of the right one, at the most: what
    /// gets more is a domain of its own. Default 0.1.
    pub typo_max_share: f64,
    /// How like a recipient's address must be to a wrong one. Default 0.9.
    pub typo_similarity: f64,
    /// How likeness is measured.
    pub typo_similarity_measure: Similarity,
    /// Who guesses user names.
    pub guessing: GuessingSettings,
    /// Episodes of broken authentication, by sender domain.
    pub authentication_episodes: EpisodeSettings,
    /// Episodes of wrong MX records, by receiver domain.
    pub mx_episodes: EpisodeSettings,
    /// Episodes of full mailboxes, by address.
    pub mailbox_episodes: EpisodeSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            major_type: MajorType::First,
            proxy_of_mail: Attempt::First,
            server_of_mail: Attempt::Last,
            latency_of_mail: Latency::Accepted,
            top_templates: 200,
            top_rows: 10,
            country_min_mails: 1000,
            region_min_mails: 30,
            fast_bandwidth: 25.0,
            bulk_spam_breached_share: 0.8,
            bulk_spam_min_recipients: 50,
            blocklist: "Spamhaus".to_owned(),
            mostly_blocked_share: 0.7,
            typo_top_domains: 1000,
            typo_max_share: 0.1,
            typo_similarity: 0.9,
            typo_similarity_measure: Similarity::default(),
            guessing: GuessingSettings::default(),
            authentication_episodes: EpisodeSettings::default(),
            mx_episodes: EpisodeSettings {
                minimum_failures: 3,
                ..EpisodeSettings::default()
            },
            mailbox_episodes: EpisodeSettings::default(),
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self {
                    $(Self::$variant => $word,)+
                })
            }
        }
    };
}

words! {
    /// The type that stands for a mail with several.
    MajorType:
    /// That of the first attempt that has one.
    #[default]
    First = "first",
    /// That of the last.
    Last = "last",
    /// The most frequent; of several, that which comes first.
    MostFrequent = "most-frequent",
}

words! {
    /// An attempt at a mail.
    Attempt:
    /// The first.
    #[default]
    First = "first",
    /// The last.
    Last = "last",
}

words! {
    /// The latency of a mail with several attempts.
    Latency:
    /// That of the accepted attempt.
    #[default]
    Accepted = "accepted",
    /// From the beginning of the first attempt to the end of the last.
    Elapsed = "elapsed",
}

impl Settings {
    /// Reads settings from TOML; what it does not name keeps its default.
    ///
    /// # Errors
    /// Where a name is unknown or a value is out of range.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let settings: Self =
            toml::from_str(text).map_err(|error| Error::Setting(error.to_string()))?;
        settings.validate()?;
        Ok(settings)
    }

    fn validate(&self) -> Result<(), Error> {
        let shares = [
            ("bulk_spam_breached_share", self.bulk_spam_breached_share),
            ("mostly_blocked_share", self.mostly_blocked_share),
            ("typo_similarity", self.typo_similarity),
            ("typo_max_share", self.typo_max_share),
        ];
        for (name, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return Err(Error::Setting(format!(
                    "{name} is {share}; write a number between 0 and 1"
                )));
            }
        }
        for episodes in [
            &self.authentication_episodes,
            &self.mx_episodes,
            &self.mailbox_episodes,
        ] {
            episodes
                .validate()
                .map_err(|error| Error::Setting(error.to_string()))?;
        }
        self.guessing
            .validate()
            .map_err(|error| Error::Setting(error.to_string()))?;
        if !self.fast_bandwidth.is_finite() {
            return Err(Error::Setting("fast_bandwidth is no number".to_owned()));
        }
        Ok(())
    }

    /// Every setting with its value, in order of names.
    pub(crate) fn describe(&self) -> Vec<Setting> {
        let mut settings = vec![
            setting(
                "major_type",
                self.major_type,
                "the type that stands for a mail with several: first, last or most-frequent",
            ),
            setting(
                "proxy_of_mail",
                self.proxy_of_mail,
                "the attempt whose proxy MTA a mail is counted for",
            ),
            setting(
                "server_of_mail",
                self.server_of_mail,
                "the attempt whose receiver MTA, and so country and network, a mail is counted for",
            ),
            setting(
                "latency_of_mail",
                self.latency_of_mail,
                "the latency of a mail with several attempts: accepted, that of the accepted one; elapsed, from the first attempt's beginning to the last's end",
            ),
            setting(
                "top_templates",
                self.top_templates,
                "templates that people label first",
            ),
            setting("top_rows", self.top_rows, "rows of a ranking"),
            setting(
                "country_min_mails",
                self.country_min_mails,
                "mails below which a country is left out",
            ),
            setting(
                "region_min_mails",
                self.region_min_mails,
                "mails from a region of proxy MTAs to a country below which the pair is left out",
            ),
            setting(
                "fast_bandwidth",
                self.fast_bandwidth,
                "bandwidth in Mbps from which a country is fast",
            ),
            setting(
                "bulk_spam_breached_share",
                self.bulk_spam_breached_share,
                "share of a sender domain's recipients in the breach list above which it is a bulk spammer",
            ),
            setting(
                "bulk_spam_min_recipients",
                self.bulk_spam_min_recipients,
                "recipients that a bulk spammer has at the least",
            ),
            setting(
                "blocklist",
                &self.blocklist,
                "the blocklist that is looked at closely",
            ),
            setting(
                "mostly_blocked_share",
                self.mostly_blocked_share,
                "share of days above which a proxy MTA counts as mostly blocked",
            ),
            setting(
                "typo_top_domains",
                self.typo_top_domains,
                "most popular receiver domains whose typing errors are looked for",
            ),
            setting(
                "typo_max_share",
                self.typo_max_share,
                "mails of a mistyped domain over those of the right one, at the most",
            ),
            setting(
                "typo_similarity",
                self.typo_similarity,
                "how like a delivered address must be to a wrong one, above",
            ),
            setting(
                "typo_similarity_measure",
                self.typo_similarity_measure,
                "how likeness of addresses is measured",
            ),
        ];
        settings.extend(
            nested("guessing", &self.guessing)
                .chain(nested(
                    "authentication_episodes",
                    &self.authentication_episodes,
                ))
                .chain(nested("mx_episodes", &self.mx_episodes))
                .chain(nested("mailbox_episodes", &self.mailbox_episodes)),
        );
        settings.sort_by(|a, b| a.name.cmp(&b.name));
        settings
    }

    /// The numbers that rules in SQL name as `$name`.
    pub(crate) fn parameters(&self) -> Vec<(&'static str, ScalarValue)> {
        let whole =
            |number: u64| ScalarValue::Int64(Some(i64::try_from(number).unwrap_or(i64::MAX)));
        let real = |number: f64| ScalarValue::Float64(Some(number));
        let is = |yes: bool| ScalarValue::Boolean(Some(yes));
        vec![
            ("proxy_is_last", is(self.proxy_of_mail == Attempt::Last)),
            ("server_is_first", is(self.server_of_mail == Attempt::First)),
            (
                "latency_is_elapsed",
                is(self.latency_of_mail == Latency::Elapsed),
            ),
            ("top_templates", whole(self.top_templates)),
            ("top_rows", whole(self.top_rows)),
            ("country_min_mails", whole(self.country_min_mails)),
            ("region_min_mails", whole(self.region_min_mails)),
            ("fast_bandwidth", real(self.fast_bandwidth)),
            (
                "bulk_spam_breached_share",
                real(self.bulk_spam_breached_share),
            ),
            (
                "bulk_spam_min_recipients",
                whole(self.bulk_spam_min_recipients),
            ),
            ("blocklist", ScalarValue::Utf8(Some(self.blocklist.clone()))),
            ("mostly_blocked_share", real(self.mostly_blocked_share)),
            ("typo_top_domains", whole(self.typo_top_domains)),
        ]
    }
}

fn setting(name: &str, value: impl fmt::Display, meaning: &str) -> Setting {
    Setting {
        name: name.to_owned(),
        value: value.to_string(),
        meaning: meaning.to_owned(),
    }
}

/// The fields of a group of settings, as `group.field`.
fn nested(group: &str, settings: &impl Serialize) -> impl Iterator<Item = Setting> {
    let fields = match serde_json::to_value(settings) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let group = group.to_owned();
    fields.into_iter().map(move |(field, value)| {
        let value = match value {
            serde_json::Value::String(word) => word,
            serde_json::Value::Null => "none".to_owned(),
            other => other.to_string(),
        };
        setting(&format!("{group}.{field}"), value, meaning(&field))
    })
}

/// What a field of a group decides.
fn meaning(field: &str) -> &'static str {
    match field {
        "minimum_refused_users" => "refused user names of a guesser, at the least",
        "minimum_refused_share" => "share of the user names tried that are refused, at the least",
        "minimum_focus" => "share of a guesser's mails to one receiver domain, at the least",
        "minimum_variants" => "refused user names a person, at the least on average",
        "sole_purpose" => "what is asked of a sender domain that does hardly anything else",
        "decorations" => "words around a name that are no part of it",
        "successes_to_end" => "successes in a row that end an episode",
        "minimum_failures" => "failures that make an episode",
        "longest_gap" => "seconds without an event that cut an episode off",
        "recurrence_gap" => "seconds from a repair to the next episode, to recur",
        "until" => "until when an episode lasts: its repair or its last failure",
        "count_open_at_start" => "whether episodes that may be older than the log count",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The documented file holds every default, and no other.
    #[test]
    fn the_documented_settings_are_the_defaults() {
        let text = include_str!("../../../data/measurement.toml");
        assert_eq!(Settings::from_toml(text).unwrap(), Settings::default());
        let documented: toml::Table = text.parse().unwrap();
        let all = toml::Table::try_from(Settings::default()).unwrap();
        assert_eq!(documented, all);
    }
}
