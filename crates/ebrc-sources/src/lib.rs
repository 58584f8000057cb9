//! What a measurement asks the outside for, read from snapshots: geography, networks, leaked addresses, blocklists, bandwidth.
