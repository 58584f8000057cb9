//! A text taken apart into what is always said and what varies.

use std::fmt;

macro_rules! slots {
    ($($(#[$doc:meta])* $variant:ident => $name:literal,)+) => {
        /// What varies in a text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Slot {
            $($(#[$doc])* $variant,)+
        }

        impl Slot {
            /// Every slot.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name that stands in braces in a text.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

slots! {
    /// The recipient's address.
    Recipient => "recipient",
    /// The sender's address.
    Sender => "sender",
    /// The recipient's user name.
    LocalPart => "local_part",
    /// The domain of the recipient's address.
    RecipientDomain => "recipient_domain",
    /// The domain of the sender's address.
    SenderDomain => "sender_domain",
    /// The IP address of the connecting MTA.
    ClientIp => "client_ip",
    /// The connecting MTA's address in IPv6.
    ClientIpv6 => "client_ipv6",
    /// The host name of the connecting MTA.
    ClientHost => "client_host",
    /// What the connecting MTA says in HELO or EHLO.
    Helo => "helo",
    /// The receiving host.
    MxHost => "mx_host",
    /// The IP address of the receiving host.
    MxIp => "mx_ip",
    /// Any other host.
    Host => "host",
    /// An id of an MTA's queue or of a session.
    QueueId => "queue_id",
    /// A long opaque token.
    Hex => "hex",
    /// A UUID.
    Uuid => "uuid",
    /// A message id, without angle brackets.
    MessageId => "message_id",
    /// A help link that says nothing of the reason.
    Url => "url",
    /// A size in bytes.
    Size => "size",
    /// A limit: of bytes where a mail is too large, otherwise of a count.
    Limit => "limit",
    /// How many of something.
    Count => "count",
    /// Any number.
    Number => "number",
    /// A number of seconds.
    Seconds => "seconds",
    /// A number of minutes.
    Minutes => "minutes",
    /// A number of hours.
    Hours => "hours",
    /// A date and time.
    Timestamp => "timestamp",
    /// A date.
    Date => "date",
    /// A port.
    Port => "port",
    /// A spam score.
    Score => "score",
    /// The codes that each further line of a joined reply repeats.
    Code => "code",
}

impl Slot {
    /// The slot of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|slot| slot.name() == name)
    }
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Said as it stands.
    Literal(String),
    /// What varies.
    Slot(Slot),
}

/// What a server says behind the codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    parts: Vec<Part>,
}

impl Text {
    /// Takes a text apart: `{name}` is a slot, `{{` and `}}` are braces.
    ///
    /// # Errors
    /// What is wrong, and the remedy: a slot without a name of a [`Slot`], a
    /// brace without its other half.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(position) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(position);
            literal.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                literal.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                literal.push('}');
                rest = after;
            } else if let Some(after) = from.strip_prefix('{') {
                let Some((name, after)) = after.split_once('}') else {
                    return Err("a `{` is not closed; write `{{` for a brace".to_owned());
                };
                let Some(slot) = Slot::from_name(name) else {
                    let known: Vec<_> = Slot::ALL.iter().map(|slot| slot.name()).collect();
                    return Err(format!(
                        "`{{{name}}}` is no slot; use one of {}",
                        known.join(", ")
                    ));
                };
                if !literal.is_empty() {
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                }
                parts.push(Part::Slot(slot));
                rest = after;
            } else {
                return Err("a `}` closes nothing; write `}}` for a brace".to_owned());
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Ok(Self { parts })
    }

    /// The text's pieces, in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether the slot occurs.
    #[must_use]
    pub fn has(&self, slot: Slot) -> bool {
        self.parts.contains(&Part::Slot(slot))
    }
}

/// The text as the catalogue writes it.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Literal(literal) if literal.contains(['{', '}']) => {
                    f.write_str(&literal.replace('{', "{{").replace('}', "}}"))?;
                }
                Part::Literal(literal) => f.write_str(literal)?,
                Part::Slot(slot) => write!(f, "{{{}}}", slot.name())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_apart_and_put_together_again() {
        let text = "<{recipient}>: {{no}} such user at {mx_host}";
        let parsed = Text::parse(text).unwrap();
        assert_eq!(
            parsed.parts(),
            [
                Part::Literal("<".into()),
                Part::Slot(Slot::Recipient),
                Part::Literal(">: {no} such user at ".into()),
                Part::Slot(Slot::MxHost),
            ]
        );
        assert_eq!(parsed.to_string(), text);
        assert!(parsed.has(Slot::MxHost) && !parsed.has(Slot::Sender));
    }

    #[test]
    fn wrong_braces_are_refused_with_the_remedy() {
        for (text, reason) in [
            ("{who}", "`{who}` is no slot; use one of recipient, sender"),
            ("{recipient", "write `{{`"),
            ("a } b", "write `}}`"),
        ] {
            let error = Text::parse(text).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn every_slot_is_found_by_its_name() {
        for &slot in Slot::ALL {
            assert_eq!(Slot::from_name(slot.name()), Some(slot));
        }
    }
}
