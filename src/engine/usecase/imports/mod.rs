//! Files of members, of events and of codes: CSV with columns by header, in any order; events also as NDJSON, each line an object
//! like those of the API. Rows are taken in the order of the file; a row that is refused stops no other, and is kept with its reason.
//!
//! `rows` takes CSV apart and `lines` the rest, `target` says what a row is and posts some of them, `run` does so from a file's beginning, or from
//! where somebody stopped, to its end. The command line hands it a file (`noted`); the console keeps the file in the database
//! (`upload`), lets somebody look at it, and has a job of any of the servers run it (`job`). `read` is what pages show.

mod job;
mod json_event;
mod lines;
mod look;
mod noted;
mod read;
mod rows;
mod run;
mod target;
mod tidy;
mod upload;

pub use job::{discard, start, stop, work};
pub use look::Look;
pub use noted::{Noted, import_noted};
pub use read::{Fault, Import, Refused, fault_chunk, find, latest};
pub use run::{Counts, ImportError};
pub use target::Target;
pub use tidy::{FAULTS_KEPT_FOR, FILE_KEPT_FOR, tidy};
pub use upload::{Upload, UploadError};

pub use crate::store::imports::State;

/// The largest file that the console takes. Beyond that there is `laurel import`.
pub const MOST_BYTES: u64 = 256 * 1024 * 1024;
/// So many refused rows are kept of a file; further ones are counted.
pub const MOST_FAULTS: u64 = 10_000;
/// All pieces of a file but the last have this size.
const PIECE: usize = 1024 * 1024;
