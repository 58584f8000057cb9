use std::fmt;

/// A country by its two-letter code of ISO 3166-1, as GeoIP databases give it
/// (with `XK` for Kosovo, which the standard leaves to its users).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// The country of a code of two letters, in either case; whether there is
    /// such a country is not looked at.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let letters: [u8; 2] = code.as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The code, in capital letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // ASCII letters only, so never the default.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_two_letters() {
        let code = |text| Country::from_code(text).map(|country| country.to_string());
        assert_eq!(code("de").as_deref(), Some("DE"));
        assert_eq!(code("US").as_deref(), Some("US"));
        for none in ["", "D", "DEU", "D1", "--", "é", "D "] {
            assert_eq!(code(none), None, "{none:?}");
        }
    }
}
