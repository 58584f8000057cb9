use std::fmt;

/// A stage of the method, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A delivery log with known truth is generated.
    Simulate,
    /// NDR messages are clustered into templates.
    Mine,
    /// The biggest templates get labels.
    Label,
    /// A balanced training set is drawn.
    Sample,
    /// The classifier is fine-tuned.
    Train,
    /// Every other template gets its type by majority vote.
    Predict,
    /// Every message takes its template's type.
    Annotate,
    /// The types are compared with the truth.
    Evaluate,
    /// The log is measured.
    Measure,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 9] = [
        Self::Simulate,
        Self::Mine,
        Self::Label,
        Self::Sample,
        Self::Train,
        Self::Predict,
        Self::Annotate,
        Self::Evaluate,
        Self::Measure,
    ];

    /// The stage's name: that of its command, and its key in `run.json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Simulate => "simulate",
            Self::Mine => "mine",
            Self::Label => "label",
            Self::Sample => "sample",
            Self::Train => "train",
            Self::Predict => "predict",
            Self::Annotate => "annotate",
            Self::Evaluate => "evaluate",
            Self::Measure => "measure",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Somebody who is told how a stage gets on.
pub trait Watch {
    /// A stage begins something that takes `total` steps, where that is known.
    fn begin(&mut self, stage: Stage, total: Option<u64>);

    /// So many steps are done since [`Self::begin`].
    fn advance(&mut self, done: u64);

    /// Something worth reading, in a line.
    fn tell(&mut self, message: &str);

    /// Whether the stage is asked to stop; it then ends with
    /// [`crate::Error::Interrupted`], and the run can be gone on with.
    fn wants_stop(&self) -> bool {
        false
    }
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn begin(&mut self, _stage: Stage, _total: Option<u64>) {}
    fn advance(&mut self, _done: u64) {}
    fn tell(&mut self, _message: &str) {}
}
