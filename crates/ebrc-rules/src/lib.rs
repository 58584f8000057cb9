//! The paper's rules that SQL does not carry: episodes, guessing, and what a reply's words tell.
