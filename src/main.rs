//! Hands over to the command line.

fn main() -> anyhow::Result<()> {
    laurel::server::cli::run()
}
