use chrono::NaiveDateTime;
use ebrc_taxonomy::{BounceDegree, TemplateLabel};
use serde::{Deserialize, Serialize};

/// What the sender's own spam filter says of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EmailFlag {
    /// No spam.
    Normal,
    /// Spam; the paper's sender delivers such mail once only.
    Spam,
}

impl EmailFlag {
    /// The flag as logs write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Spam => "Spam",
        }
    }
}

/// One mail with all its delivery attempts (Figure 3 of the paper). Each list
/// that is there has one element an attempt.
///
/// Many MTAs neither measure latencies nor judge the mail that they send, so
/// these two fields may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRecord {
    /// The sender's address.
    pub from: String,
    /// The recipient's address.
    pub to: String,
    /// When the first attempt began, UTC.
    #[serde(with = "time")]
    pub start_time: NaiveDateTime,
    /// When the last attempt ended, UTC.
    #[serde(with = "time")]
    pub end_time: NaiveDateTime,
    /// The proxy MTA of each attempt.
    pub from_ip: Vec<String>,
    /// The receiver MTA of each attempt.
    pub to_ip: Vec<String>,
    /// The reply to each attempt: `250 OK`, or the NDR message.
    pub delivery_result: Vec<String>,
    /// How long each attempt took, in milliseconds; `None` where the log does
    /// not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_latency: Option<Vec<u64>>,
    /// What the sender's spam filter says; `None` where the log does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_flag: Option<EmailFlag>,
    /// A simulated log's truth for each attempt; null where it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truth_type: Option<Vec<Option<TemplateLabel>>>,
    /// A simulated log's truth of what caused the bounce.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truth_cause: Option<String>,
}

impl DeliveryRecord {
    /// How the mail fared over all its attempts.
    #[must_use]
    pub fn degree(&self) -> BounceDegree {
        BounceDegree::of_attempts(
            self.delivery_result
                .iter()
                .map(|reply| ebrc_ndr::is_accepted(reply)),
        )
    }

    /// What is wrong with the record as a whole, if anything is.
    pub(crate) fn fault(&self) -> Option<String> {
        let attempts = self.delivery_result.len();
        let lengths = [
            ("from_ip", self.from_ip.len()),
            ("to_ip", self.to_ip.len()),
            (
                "delivery_latency",
                self.delivery_latency.as_ref().map_or(attempts, Vec::len),
            ),
            (
                "truth_type",
                self.truth_type.as_ref().map_or(attempts, Vec::len),
            ),
        ];
        if attempts == 0 {
            return Some("delivery_result is empty; a mail has one attempt at least".to_owned());
        }
        lengths
            .into_iter()
            .find(|&(_, length)| length != attempts)
            .map(|(field, length)| {
                format!(
                    "{field} has {length} elements where delivery_result has {attempts}; \
                     each list needs one element an attempt"
                )
            })
    }
}

const TIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// A time as `YYYY-MM-DD HH:MM:SS`, every digit there.
pub(crate) fn parse_time(text: &str) -> Option<NaiveDateTime> {
    // chrono takes shorter numbers too.
    if text.len() != "YYYY-MM-DD HH:MM:SS".len() {
        return None;
    }
    NaiveDateTime::parse_from_str(text, TIME_FORMAT).ok()
}

mod time {
    use chrono::{Datelike, NaiveDateTime, Timelike};
    use serde::{Deserialize, Deserializer, Serializer, de};

    /// As chrono's `format` would, which takes as long as all the rest of a
    /// record.
    pub(super) fn serialize<S: Serializer>(
        time: &NaiveDateTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let Ok(year @ 0..=9999) = u32::try_from(time.year()) else {
            return serializer.collect_str(&time.format(super::TIME_FORMAT));
        };
        let mut text = *b"YYYY-MM-DD HH:MM:SS";
        let fields = [
            (0, year / 100),
            (2, year % 100),
            (5, time.month()),
            (8, time.day()),
            (11, time.hour()),
            (14, time.minute()),
            (17, time.second()),
        ];
        for (at, number) in fields {
            text[at] = b'0' + (number / 10) as u8;
            text[at + 1] = b'0' + (number % 10) as u8;
        }
        serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<NaiveDateTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse_time(&text)
            .ok_or_else(|| de::Error::custom("a time is no YYYY-MM-DD HH:MM:SS"))
    }
}
