//! Printing for people and programs that may stop reading at any time (`laurel report | head`), where `println!` panics.
//!
//! Once nobody reads, the rest is dropped: the command still does all that it does, and its exit code says how it ended.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// A result, or a part of one, on standard output.
macro_rules! out {
    ($($text:tt)*) => { crate::server::cli::output::results(format_args!($($text)*)) };
}

/// A line of a result on standard output.
macro_rules! out_line {
    () => { crate::server::cli::output::results(format_args!("\n")) };
    ($($text:tt)*) => { crate::server::cli::output::results(format_args!("{}\n", format_args!($($text)*))) };
}

/// What is said beside the result, on standard error.
macro_rules! note {
    ($($text:tt)*) => { crate::server::cli::output::notes(format_args!($($text)*)) };
}

/// A line that is said beside the result, on standard error.
macro_rules! note_line {
    () => { crate::server::cli::output::notes(format_args!("\n")) };
    ($($text:tt)*) => { crate::server::cli::output::notes(format_args!("{}\n", format_args!($($text)*))) };
}

pub(super) fn results(text: Arguments<'_>) {
    check(std::io::stdout().lock().write_fmt(text));
}

/// Writes what is still held back; for the end of a command.
pub(super) fn flush() {
    check(std::io::stdout().lock().flush());
}

fn check(written: std::io::Result<()>) {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            // a result that is cut off must not look like a whole one
            notes(format_args!("laurel: standard output: {error}\n"));
            std::process::exit(1);
        }
        _ => (),
    }
}

pub(super) fn notes(text: Arguments<'_>) {
    // there is nowhere left to say that this fails
    let _ = std::io::stderr().lock().write_fmt(text);
}
