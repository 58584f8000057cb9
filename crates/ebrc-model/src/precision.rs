//! How exactly to compute.

/// How a network that classifies on the CPU computes its matrix products; on
/// other devices they are computed in f32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Precision {
    /// In numbers of 32 bits, as in training.
    #[default]
    F32,
    /// In bytes: two to three times faster. A weight has a scale for each
    /// output, and each row of states has its own. Scores move by about a
    /// hundredth, by more where the model is unsure.
    Int8,
}
