//! A seeded delivery log whose truth is known.
//!
//! A [`Simulation`] is the world of section 2.2 of *Bounce in the Wild* (IMC
//! 2024) in small: senders of one provider write to receiver domains of a Zipf
//! law, through 34 proxy MTAs in six regions that get onto blocklists and off
//! again; a refused mail is tried again through another proxy at random, and
//! one that the sender's filter holds to be spam is sent once. Each bounced
//! mail has a [`Cause`]; receivers speak the texts of their software from the
//! catalogue. The default [`Settings`] come near the paper's degrees, Table 1,
//! share of messages without an enhanced code, and share of the top 200
//! templates.
//!
//! A mail is a function of the settings, the catalogue and the mail's number:
//! nothing is remembered from one mail to the next. So the log of N mails is
//! the beginning of every longer log, memory does not grow with the log, and
//! parts of it may be made in parallel ([`Simulation::record`]). The mails are
//! in no order of time.
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
//! let longer = Settings { emails: 2000, ..settings };
//! assert!(Simulation::new(&catalogue, longer)?.take(1000).eq(log));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alias;
mod calendar;
mod cause;
mod latency;
mod mail;
mod mix;
mod names;
mod proxies;
mod settings;
mod texts;
mod typos;
mod world;

pub use cause::{Cause, CauseRates, Rates};
pub use mail::Simulation;
pub use proxies::{ProxyMta, Region};
pub use settings::Settings;

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
    /// No cause that words refer to.
    #[error("`{0}` is no cause; write one such as `greylisting`")]
    UnknownCause(String),
}
