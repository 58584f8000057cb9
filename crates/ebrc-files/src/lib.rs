//! Files that are complete or absent, and reading through compression.
