use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use crate::{Error, Settings};

impl Settings {
    /// These settings with the changes that a TOML text makes: keys are the
    /// fields' names, tables those of fields that hold others. What is not there
    /// stays, and what is unknown is refused.
    ///
    /// ```
    /// use ebrc_simulation::Settings;
    ///
    /// let changes = "bounced = 0.2\n[causes.greylisting]\nshare = 0.03\n";
    /// let settings = Settings::default().with_toml(changes)?;
    /// assert_eq!(settings.bounced, 0.2);
    /// assert_eq!(settings.causes.greylisting.spam, Settings::default().causes.greylisting.spam);
    /// assert!(Settings::default().with_toml("bounce = 0.2").is_err());
    /// # Ok::<(), ebrc_simulation::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where the text is no TOML, a key is unknown, or a value is of another
    /// kind or outside its range.
    pub fn with_toml(&self, text: &str) -> Result<Self, Error> {
        let document = DeTable::parse(text).map_err(|error| Error::Config {
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            reason: format!("no valid TOML: {}", error.message()),
        })?;
        let mut merged = Table::try_from(self).map_err(|error| Error::Config {
            line: 0,
            reason: error.to_string(),
        })?;
        merge(text, document.get_ref(), "", &mut merged)?;
        let settings: Self = merged.try_into().map_err(|error| Error::Config {
            line: 0,
            reason: error.to_string(),
        })?;
        settings.validate()?;
        Ok(settings)
    }
}

/// Puts what is `said` over what stands there.
fn merge(text: &str, said: &DeTable<'_>, path: &str, merged: &mut Table) -> Result<(), Error> {
    for (key, value) in said {
        let name = format!("{path}{}", key.get_ref());
        let refuse = |reason: String| Error::Config {
            line: line_of(text, key.span().start),
            reason,
        };
        let keys = merged.keys().cloned().collect::<Vec<_>>().join(", ");
        let Some(place) = merged.get_mut(key.get_ref().as_ref()) else {
            let table = if path.is_empty() {
                "at the top".to_owned()
            } else {
                format!("in [{}]", path.trim_end_matches('.'))
            };
            return Err(refuse(format!(
                "`{name}` is unknown; {table} there may be {keys}"
            )));
        };
        if let (Value::Table(place), DeValue::Table(said)) = (&mut *place, value.get_ref()) {
            merge(text, said, &format!("{name}."), place)?;
            continue;
        }
        let (right, wanted) = match place {
            Value::Float(_) => (number(value).map(Value::Float), "a number"),
            Value::Integer(_) => (whole(value).map(Value::Integer), "a whole number"),
            _ => (None, "a table"),
        };
        let right = right.ok_or_else(|| refuse(format!("`{name}` must be {wanted}")))?;
        // Only these two are longer than 32 bits.
        let is_long = matches!(right, Value::Integer(number) if number > i64::from(u32::MAX));
        if is_long && name != "emails" && name != "seed" {
            return Err(refuse(format!("`{name}` must be at most {}", u32::MAX)));
        }
        *place = right;
    }
    Ok(())
}

fn whole(value: &Spanned<DeValue<'_>>) -> Option<i64> {
    match value.get_ref() {
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .filter(|number| *number >= 0),
        _ => None,
    }
}

fn number(value: &Spanned<DeValue<'_>>) -> Option<f64> {
    match value.get_ref() {
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => whole(value).map(|number| number as f64),
    }
}

/// The line of a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Settings::default().with_toml(text).unwrap_err().to_string()
    }

    #[test]
    fn nothing_said_is_the_default_and_what_is_said_counts() {
        assert_eq!(Settings::default().with_toml(""), Ok(Settings::default()));
        let settings = Settings::default()
            .with_toml(
                "emails = 1_000\nbounced = 1\n[mending.mailboxes]\nmedian_days = 7.5\n\
             [causes.spam_content]\nhard = 0.9\n",
            )
            .unwrap();
        let mut expected = Settings {
            emails: 1000,
            bounced: 1.0,
            ..Settings::default()
        };
        expected.mending.mailboxes.median_days = 7.5;
        expected.causes.spam_content.hard = Some(0.9);
        assert_eq!(settings, expected);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, words) in [
            (
                "seed = 2\n\nbounce = 0.1\n",
                "line 3: `bounce` is unknown; at the top there may be",
            ),
            (
                "[causes.greylisting]\nhard = 0.1\n",
                "line 2: `causes.greylisting.hard` is unknown; in [causes.greylisting] there may be",
            ),
            (
                "causes.weather.share = 1\n",
                "line 1: `causes.weather` is unknown",
            ),
            ("bounced = \"much\"\n", "line 1: `bounced` must be a number"),
            ("seed = 0.5\n", "line 1: `seed` must be a whole number"),
            ("emails = -4\n", "line 1: `emails` must be a whole number"),
            ("policies = 1\n", "line 1: `policies` must be a table"),
            ("seed = 1\nseed 2\n", "line 2: no valid TOML"),
            (
                "[policies]\ngreylisting = 1.5\n",
                "policies.greylisting is 1.5; it must be between 0 and 1",
            ),
            (
                "seed = 99999999999\nfull_mailboxes = 99999999999\n",
                "line 2: `full_mailboxes` must be at most 4294967295",
            ),
        ] {
            let error = error(text);
            assert!(error.contains(words), "{error}");
        }
    }

    /// The file that documents every setting.
    #[test]
    fn the_documented_file_holds_every_default() {
        let documented = include_str!("../../../data/simulation.toml");
        assert_eq!(
            Settings::default().with_toml(documented),
            Ok(Settings::default())
        );
        let written: Table = documented.parse().unwrap();
        assert_eq!(written, Table::try_from(Settings::default()).unwrap());
    }
}
