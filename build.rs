//! `sqlx::migrate!` and `RustEmbed` notice a changed file by themselves, but not a new one.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    // only a release holds the site; a server in development reads it from the folder
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=target/site");
    }
}
