//! What a person at a terminal sees while a stage runs.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ebrc_pipeline::{Stage, Watch};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// Draws a bar where standard error is a terminal, and writes remarks as lines.
#[derive(Debug)]
pub(crate) struct Terminal {
    bar: Option<ProgressBar>,
    quiet: bool,
    stop: Arc<AtomicBool>,
}

impl Terminal {
    /// `stop` is set by Ctrl-C.
    pub(crate) fn new(quiet: bool, stop: Arc<AtomicBool>) -> Self {
        Self {
            bar: None,
            quiet,
            stop,
        }
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Watch for Terminal {
    fn begin(&mut self, stage: Stage, total: Option<u64>) {
        self.clear();
        if self.quiet || !io::stderr().is_terminal() {
            return;
        }
        let template = match total {
            Some(_) => "{prefix:>9} {bar:32} {human_pos}/{human_len} {rate} {eta}",
            None => "{prefix:>9} {spinner} {human_pos} {rate}",
        };
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::no_length(),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.with_key("rate", write_rate));
        }
        bar.set_prefix(stage.name());
        self.bar = Some(bar);
    }

    fn advance(&mut self, done: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
        }
    }

    fn tell(&mut self, message: &str) {
        if self.quiet {
            return;
        }
        match &self.bar {
            Some(bar) => bar.suspend(|| write_remark(message)),
            None => write_remark(message),
        }
    }

    fn wants_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Steps a second; the decimal matters where there are few.
fn write_rate(state: &ProgressState, out: &mut dyn Write) {
    let rate = state.per_sec();
    // What cannot be drawn is not drawn.
    let _ = if rate < 100.0 {
        write!(out, "{rate:.1}/s")
    } else {
        write!(out, "{}/s", HumanCount(rate as u64))
    };
}

/// A remark that cannot be written is no reason to stop.
fn write_remark(message: &str) {
    use std::io::Write;
    let _ = writeln!(io::stderr(), "{message}");
}
