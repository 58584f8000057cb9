//! The `ebrc` command: reads what was asked, has it done, and tells how it went.
//!
//! Results go to standard output, progress and remarks to standard error. The
//! exit code is 0 when done, 1 when something failed, 2 when the command line
//! was wrong.

mod cli;
mod commands;
mod hub_environment;
mod inspection;
mod label_page;
#[cfg(feature = "measure")]
mod measurement;
#[cfg(not(feature = "measure"))]
#[path = "no_measurement.rs"]
mod measurement;
mod mining_guide;
mod progress;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;

use crate::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let stop = Arc::new(AtomicBool::new(false));
    match listen_for_ctrl_c(&stop).and_then(|()| commands::execute(cli, &stop)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "ebrc: {}", told_once(&error));
            ExitCode::FAILURE
        }
    }
}

/// The first Ctrl-C asks the stage to stop where it can go on later; the
/// second one ends the program at once. Files are complete or absent anyway.
fn listen_for_ctrl_c(stop: &Arc<AtomicBool>) -> anyhow::Result<()> {
    let stop = Arc::clone(stop);
    ctrlc::set_handler(move || {
        if stop.swap(true, Ordering::Relaxed) {
            std::process::exit(1);
        }
    })?;
    Ok(())
}

/// An error and its causes, without those that it has told already.
fn told_once(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

/// Whoever reads our output may stop reading: that is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
    })
}
