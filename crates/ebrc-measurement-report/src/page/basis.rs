use ebrc_artefacts::{Setting, Source};
use maud::{Markup, html};

use super::setting_anchor;
use super::table::framed;

/// What was read beside the log.
pub(super) fn sources(sources: &[Source]) -> Markup {
    if sources.is_empty() {
        return html! { p { "The log alone." } };
    }
    let head = html! {
        tr { th.text scope="col" { "source" } th.text scope="col" { "what was read" } }
    };
    let body = html! {
        tbody {
            @for source in sources {
                tr {
                    th.text scope="row" { (source.name) }
                    @match &source.snapshot {
                        Some(snapshot) => td.text { (snapshot) },
                        None => td.text.soft { "not given" },
                    }
                }
            }
        }
    };
    framed("Sources", head, body)
}

/// What was decided where the paper leaves it open.
pub(super) fn settings(settings: &[Setting]) -> Markup {
    if settings.is_empty() {
        return html! { p { "None." } };
    }
    let head = html! {
        tr {
            th.text scope="col" { "setting" }
            th.text scope="col" { "value" }
            th.text scope="col" { "what it decides" }
        }
    };
    let body = html! {
        tbody {
            @for setting in settings {
                tr id=(setting_anchor(&setting.name)) {
                    th.text scope="row" { code { (setting.name) } }
                    td.text { code { (setting.value) } }
                    td.text { (setting.meaning) }
                }
            }
        }
    };
    html! {
        p { "What was decided where the paper leaves it open." }
        (framed("Settings", head, body))
    }
}
