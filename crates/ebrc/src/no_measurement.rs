//! `measure` and `sql` of a program that was built without their engine.

use std::num::NonZeroUsize;

use anyhow::{Result, bail};
use ebrc_pipeline::Watch;

use crate::cli::{Measure, Sql};

pub(crate) fn measure(
    _command: &Measure,
    _threads: Option<NonZeroUsize>,
    _watch: &mut dyn Watch,
) -> Result<()> {
    missing()
}

pub(crate) fn query(_command: &Sql, _threads: Option<NonZeroUsize>) -> Result<()> {
    missing()
}

fn missing() -> Result<()> {
    bail!(
        "this ebrc was built without `measure` and `sql`; build it with \
         `cargo build --release --features measure`"
    )
}
