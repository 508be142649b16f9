//! The tests of the whole program: HTTP, the model, crashes, and the layout of the code.

#[macro_use]
extern crate laurel_testing;

mod support;
mod http;
mod command_line;
mod export_folder;
mod rules_changed;
mod crashes;
mod two_servers;
mod servers;
mod processes;
mod upgrade;
mod model;
mod tidy;
