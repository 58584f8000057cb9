//! Understand why email bounces.

fn main() {}
