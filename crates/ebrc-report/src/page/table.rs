//! Tables that can be scrolled where they are too wide, and their cells.

use ebrc_evaluation::Interval;
use ebrc_taxonomy::BounceType;
use maud::{Markup, html};

use crate::numerals::percent;

/// A table with a name for those who do not see what it stands under.
pub(super) fn framed(name: &str, head: Markup, body: Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(name) {
            table.plain {
                caption.unseen { (name) }
                thead { (head) }
                (body)
            }
        }
    }
}

/// A share in percent, and where it lies.
pub(super) fn with_interval(share: f64, interval: Option<Interval>) -> Markup {
    html! {
        td {
            (percent(share))
            @if let Some(interval) = interval { div.small.soft { (range(interval)) } }
        }
    }
}

pub(super) fn range(interval: Interval) -> String {
    format!("{} to {}", percent(interval.low), percent(interval.high))
}

/// A type by id and name.
pub(super) fn kind(kind: BounceType) -> Markup {
    html! { span.id { (kind.id()) } (kind.name()) }
}
