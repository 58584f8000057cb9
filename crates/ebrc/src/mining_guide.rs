//! What helps to choose Drain's settings, as text for a terminal.

use std::fmt::Write;

use ebrc_pipeline::{DrainSettings, MessageExplanation, Sweep, Turn};

/// Candidates that are shown of a message.
const CANDIDATES: usize = 5;

/// Why messages belong to their templates.
pub(crate) fn explained(messages: &[MessageExplanation]) -> String {
    let mut text = String::new();
    for message in messages {
        let _ = writeln!(
            text,
            "codes {}: {}",
            message.codes,
            message.tokens.join(" ")
        );
        let _ = write!(text, "  {} tokens", message.tokens.len());
        if message.path.is_empty() && message.candidates.is_empty() {
            text.push_str(": no message of these codes and this length was mined\n");
        } else {
            text.push('\n');
        }
        for (token, turn) in message.tokens.iter().zip(&message.path) {
            let way = match turn {
                Turn::Own => "has a branch of its own",
                Turn::Wildcard => "takes the branch of all other tokens",
                Turn::DeadEnd => "has no branch: no message mined begins like this",
            };
            let _ = writeln!(text, "  `{token}` {way}");
        }
        for (candidate, template) in message.candidates.iter().take(CANDIDATES) {
            let _ = writeln!(
                text,
                "  template {}, similarity {:.2} ({} tokens equal, {} wildcards): {template}",
                candidate.cluster, candidate.similarity, candidate.equal, candidate.wildcards
            );
        }
        if let Some(more @ 1..) = message.candidates.len().checked_sub(CANDIDATES) {
            let _ = writeln!(text, "  and {more} less similar ones");
        }
        let _ = match message.joins {
            Some(id) => writeln!(text, "  -> joins template {id}"),
            None if message.candidates.is_empty() => writeln!(text, "  -> makes a new template"),
            None => writeln!(
                text,
                "  -> makes a new template: none has a similarity of {:.2}",
                message.needed
            ),
        };
        text.push('\n');
    }
    text
}

/// What other settings make of a log.
pub(crate) fn swept(sweep: &Sweep, now: &DrainSettings) -> String {
    let mut text = format!(
        "{} messages\n\ndepth  similarity  templates  of one message  in the top 200  wildcards\n",
        sweep.messages
    );
    for row in &sweep.rows {
        let is_set = row.depth == now.depth && (row.similarity - now.similarity).abs() < 1e-9;
        let _ = writeln!(
            text,
            "{:5}  {:10.2}  {:9}  {:14}  {:13.2}%  {:8.2}%{}",
            row.depth,
            row.similarity,
            row.templates,
            row.singles,
            100.0 * row.top_share,
            100.0 * row.wildcard_share,
            if is_set { "  <- as set" } else { "" }
        );
    }
    text.push_str(
        "\nFew templates with many wildcards put unlike messages together; many templates of \
         one message split like ones.\n",
    );
    text
}
