//! The words of the field: what a bounce can be, and who causes it.
//!
//! The sixteen types and six categories are those of section 3.2 of *Bounce in
//! the Wild* (IMC 2024), the degrees those of section 2.2, the root causes and
//! causative entities those of its Table 2.
//!
//! ```
//! use ebrc_taxonomy::{BounceType, Category, TemplateLabel};
//!
//! let kind: BounceType = "T9".parse()?;
//! assert_eq!(kind.name(), "mailbox-full");
//! assert_eq!(kind.category(), Category::RefuseEmailReception);
//! assert_eq!("ambiguous".parse(), Ok(TemplateLabel::Ambiguous));
//! # Ok::<(), ebrc_taxonomy::Error>(())
//! ```

mod bounce_type;
mod degree;
mod root_cause;
mod template_label;

pub use bounce_type::{BounceType, Category};
pub use degree::BounceDegree;
pub use root_cause::{CausativeEntity, RootCause};
pub use template_label::TemplateLabel;

/// A word that is none of this taxonomy's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither the id nor the name of a bounce type.
    #[error("`{0}` is no bounce type; write T1 to T16, or a name such as `mailbox-full`")]
    UnknownType(String),
    /// Neither a bounce type nor `ambiguous`.
    #[error("`{0}` is no label; write T1 to T16, a name such as `mailbox-full`, or `ambiguous`")]
    UnknownLabel(String),
}
