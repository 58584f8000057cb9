//! What an NDR message says: its codes, and its text with volatile parts masked.
