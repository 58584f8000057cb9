//! The crate `drain3`, a port of Drain3. Its bounds of a line are lifted: by
//! default a line of more than 64 tokens or 1,024 bytes is an error.

use std::error::Error;

use drain_peers::{MASKS, Options};
use drain3::{Config, MaskingInstruction, Matcher};

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse()?;
    let mut config = Config {
        depth: options.depth,
        similarity_threshold: options.similarity,
        max_children: options.max_children,
        max_tokens: usize::MAX - 1,
        max_bytes: usize::MAX,
        parametrize_numeric_tokens: options.numeric,
        ..Config::default()
    };
    if options.masks {
        config.masking = MASKS
            .iter()
            .map(|(pattern, name)| MaskingInstruction {
                pattern: (*pattern).to_owned(),
                mask: format!("<{name}>"),
            })
            .collect();
    }
    // The crate does not say how many clusters it has: ids are counted up from 1.
    let mut clusters = 0;
    options.measure(
        "drain3-rs",
        (Matcher::new(config), &mut clusters),
        |(matcher, clusters), line| {
            let template = matcher.add_log_message(line)?;
            **clusters = template.id().max(**clusters);
            Ok(())
        },
        |(_, clusters)| **clusters,
    )
}
