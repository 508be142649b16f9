//! What HTTP promises, by the whole router.

mod assets;
mod cross_site;
mod headers;
mod preferences;
