//! A seeded delivery log whose truth is known.
//!
//! A [`Simulation`] is the world of *Bounce in the Wild* (IMC 2024) in small:
//! senders of one provider write to receiver domains of a Zipf law, through 34
//! proxy MTAs in six regions, over 450 days. What bounces has a [`Cause`] in
//! that world. Proxies get onto blocklists and off again, and domains that use
//! these refuse them while they are listed; greylisting domains let a proxy
//! pass that tried before; a refused mail is tried again through another proxy
//! at random (but over TLS, where that is demanded, through the same), and one that the sender's filter holds to be spam is sent once.
//! Sender domains break their DKIM, receiver domains their MX records, and
//! mailboxes are full, for as long as Figure 7 has it; meanwhile mail there
//! fails, and before and after it does not. Receivers speak the texts of their
//! software from the catalogue.
//!
//! How much mail meets each cause is set ([`Settings`]), not a result: a mail's
//! cause is drawn first, then parties such that the cause is there to be met.
//! So the default settings come near the paper's degrees, Table 1, the rows of
//! Table 2 but bulk spam, share of messages without an enhanced code, and share
//! of the top 200 templates. What retries lead to is a result where other
//! proxies matter: with blocklists and greylisting.
//!
//! What the world does not tell: the provider remembers most domains that demand
//! TLS, so that little mail there bounces; mail that a greylisting domain
//! accepts at once has a sender, recipient and proxy known from before; and a
//! part of the mail with broken authentication or DNS of the sender is accepted
//! by a later attempt all the same (Table 2 has T3 soft-bounced). Rate, size and
//! recipient limits, outages of name servers, spam filters, lost sessions and
//! faults of servers are drawn mail by mail: they have no episodes.
//!
//! A mail is a function of the settings, the catalogue and the mail's number:
//! nothing is remembered from one mail to the next. So memory does not grow
//! with the log, and parts of it may be made in parallel
//! ([`Simulation::record`]). Larger numbers are sent later.
//!
//! Beside the log there is what a measurement would ask the outside for, and
//! the truth of the world ([`SideTable`]).
//!
//! No name or address is anybody's: domains end in `.example` (RFC 2606), proxy
//! MTAs have addresses of the documentation networks (RFC 5737, RFC 3849), and
//! receiver MTAs, which need more, of 10.0.0.0/8 (RFC 1918).
//!
//! ```
//! use ebrc_catalogue::Catalogue;
//! use ebrc_simulation::{Settings, Simulation};
//!
//! # let mut texts = "label,codes,text,software,language,weight\n".to_owned();
//! # for number in 1..17 {
//! #     texts += &format!("T{number},550 5.0.0|550,cause number {number} refuses {{recipient}},generic,en,50\n");
//! # }
//! # texts += "ambiguous,550,rejected,generic,en,50\n";
//! # let catalogue = Catalogue::from_texts([("all.csv", texts.as_str())])?;
//! // let catalogue = Catalogue::load("data/catalogue".as_ref())?;
//! let settings = Settings { emails: 1000, seed: 7, ..Settings::default() };
//! let log: Vec<_> = Simulation::new(&catalogue, settings.clone())?.collect();
//! assert_eq!(log.len(), 1000);
//! assert!(Simulation::new(&catalogue, settings)?.eq(log));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alias;
mod calendar;
mod cause;
mod config;
mod countries;
mod episodes;
mod geography;
mod latency;
mod mail;
mod mix;
mod names;
mod parties;
mod people;
mod proxies;
mod receivers;
mod settings;
mod side_tables;
mod texts;
mod troubles;
mod typos;
mod world;

pub use cause::{Cause, CauseRates, Rates};
pub use mail::Simulation;
pub use proxies::{ProxyMta, Region};
pub use settings::{Mending, Mendings, Policies, Settings};
pub use side_tables::SideTable;

/// Why a simulation cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is outside its range.
    #[error("the simulation's {setting} is {value}; it must be {range}")]
    Setting {
        /// The setting's name.
        setting: String,
        /// What it was set to.
        value: String,
        /// What it may be.
        range: &'static str,
    },
    /// Mails bounce for a reason that no text of the catalogue gives.
    #[error("the catalogue has no text for {label}; add one, or set the rates of its causes to 0")]
    NoText {
        /// The label without a text.
        label: ebrc_taxonomy::TemplateLabel,
    },
    /// A configuration says what cannot be.
    #[error("line {line}: {reason}")]
    Config {
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what may stand there.
        reason: String,
    },
    /// No cause that words refer to.
    #[error("`{0}` is no cause; write one such as `greylisting`")]
    UnknownCause(String),
}
