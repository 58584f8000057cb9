//! Typing errors in names, of the kinds that dnstwist knows and in its order.
