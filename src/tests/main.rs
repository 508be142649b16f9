//! The integration tests: stories of use cases, HTTP, the model, crashes, and the layout of the code.

#[macro_use]
mod support;
mod http;
mod command_line;
mod stories;
mod crashes;
mod two_servers;
mod servers;
mod processes;
mod upgrade;
mod model;
mod tidy;
