//! Every table and figure of the paper, measured by SQL on an annotated log.
