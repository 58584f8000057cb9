//! The stages over a run folder.
