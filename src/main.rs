//! Hands over to the command line.

fn main() -> std::process::ExitCode {
    laurel::server::cli::run()
}
