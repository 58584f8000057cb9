//! The labelled NDR texts with typed slots, and the messages they render to.
