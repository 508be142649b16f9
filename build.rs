//! `RustEmbed` notices a changed file of the site by itself, but not a new one.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // only a release holds the site; a server in development reads it from the folder
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=target/site");
    }
}
