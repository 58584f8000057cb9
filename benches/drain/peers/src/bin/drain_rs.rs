//! The crate `drain-rs`. Its depth counts from 0 where Drain's counts from 4,
//! and tokens with digits are always wildcards.

use std::error::Error;

use drain_peers::{MASKS, Options};
use drain_rs::DrainTree;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse()?;
    if !options.numeric {
        return Err("drain-rs has no --no-numeric".into());
    }
    let depth = options
        .depth
        .checked_sub(4)
        .ok_or("--depth is at least 4")?;
    let mut tree = DrainTree::new()
        .max_depth(depth.try_into()?)
        .max_children(options.max_children.try_into()?)
        .min_similarity(options.similarity as f32);
    if options.masks {
        let patterns: Vec<String> = MASKS
            .iter()
            .map(|(pattern, name)| format!("(?<{name}>{pattern})"))
            .collect();
        tree = tree
            .filter_patterns(patterns.iter().map(String::as_str).collect())
            .build_patterns(&mut grok::Grok::with_patterns());
    }
    options.measure(
        "drain-rs",
        tree,
        |tree, line| {
            tree.add_log_line(line);
            Ok(())
        },
        |tree| tree.log_groups().len(),
    )
}
