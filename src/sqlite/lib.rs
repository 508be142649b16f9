//! SQLite, spared work that grows with its pages. What is here stands before SQLite's own page cache and its own way to files, which do
//! all that they did before; a database is the same bytes with it and without. It knows nothing of Laurel.

mod files;
mod page_cache;

/// Prepares SQLite, once, which has to be before anything is opened. The name is that of a way to files (`vfs`) for connections that
/// write under `synchronous = full`; where there is none they are opened as ever.
pub fn prepare() -> Option<&'static str> {
    page_cache::stand_before();
    files::name()
}
