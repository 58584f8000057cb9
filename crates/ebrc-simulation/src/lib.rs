//! A seeded delivery log whose truth is known.
