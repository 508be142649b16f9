//! The rules of Laurel. Pure: no I/O, no async, no clock, no randomness, no `cfg(feature)`.
