//! The crate `logdrain`. Its depth has one token more than Drain's; its bound
//! of 100 clusters a leaf, beyond which it forgets, is lifted. It has no
//! `--max-children`.

use std::error::Error;

use drain_peers::{MASKS, Options};
use logdrain::{Mask, Miner};

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse()?;
    let mut builder = Miner::builder()
        .depth(options.depth - 1)
        .sim_threshold(options.similarity)
        .max_clusters_per_leaf(usize::MAX)
        .parametrize_numeric_tokens(options.numeric);
    if options.masks {
        let masks: Result<Vec<Mask>, _> = MASKS
            .iter()
            .map(|(pattern, name)| Mask::new(pattern, &format!("<{name}>")))
            .collect();
        builder = builder.masks(masks?);
    }
    options.measure(
        "logdrain",
        builder.build()?,
        |miner, line| {
            miner.add(line);
            Ok(())
        },
        Miner::len,
    )
}
