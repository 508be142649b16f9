//! How SQLite's files are written, by connections that write.
//!
//! **The log, gathered.** A commit writes the head and the body of each page by a call of the system of its own. Here what lies side by
//! side goes to the file in one piece. It is written when the log is synced or read, when its size is asked for or changed, before what
//! lies elsewhere in it, and before the connection gives up the lock under which it writes. So it holds with `synchronous = full`, where
//! each commit syncs before anybody is told of its pages (`walFrames` in SQLite's source); and it holds for the log alone, as a
//! checkpoint that has not come to the end tells of pages in the database file without a sync.
//!
//! **The database, in slices.** A checkpoint writes thousands of pages and syncs at the end. Until then they wait in memory, and a commit
//! that syncs its few pages meanwhile waits behind all of them. Here each slice is on the disk before the next is written, as with
//! PostgreSQL's `checkpoint_flush_after`.

use std::ffi::{CStr, c_char};
use std::os::raw::{c_int, c_void};
use std::ptr;
use std::sync::OnceLock;

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};

/// What it is called where a connection is opened.
const NAME: &CStr = c"laurel";
/// About as much as is written at once. SQLite's own takes less than 128 KiB.
const MOST: usize = 64 * 1024;
/// How much of the database file is on its way to the disk at most. Half of it made nobody wait less.
const SLICE: usize = 512 * 1024;
/// The lock under which a connection writes, among those of the log's index: `WAL_WRITE_LOCK`.
const WRITE_LOCK: c_int = 0;
const GIVES_UP: c_int = ffi::SQLITE_SHM_UNLOCK | ffi::SQLITE_SHM_EXCLUSIVE;

/// SQLite's own way to files.
static OWN: OnceLock<Own> = OnceLock::new();

struct Own(*mut sqlite3_vfs);

// SAFETY: SQLite's own is there for as long as the process, never changed, and made to be used by all threads.
unsafe impl Send for Own {}
unsafe impl Sync for Own {}

/// A log: its methods, first as SQLite knows it by them, and what is to be written to it.
#[repr(C)]
struct Log {
    methods: sqlite3_io_methods,
    own: &'static sqlite3_io_methods,
    from: sqlite3_int64,
    bytes: Vec<u8>,
    database: *mut sqlite3_file,
}

/// A database file, by whose methods locks are taken and given up.
#[repr(C)]
struct Database {
    methods: sqlite3_io_methods,
    own: &'static sqlite3_io_methods,
    /// The same connection's log, while it is open.
    log: *mut sqlite3_file,
    /// Bytes that were written since the last slice was on the disk.
    on_the_way: usize,
}

/// The name to open a connection with, where there is a way to files that can be used so.
pub(crate) fn name() -> Option<&'static str> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    REGISTERED.get_or_init(register).then(|| NAME.to_str().ok()).flatten()
}

fn register() -> bool {
    // SAFETY: asked for none by name, SQLite gives the one that it uses itself, or none.
    let own = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
    // SAFETY: what it gives stays there.
    let Some(mut vfs) = unsafe { own.as_ref() }.copied() else { return false };
    if vfs.xOpen.is_none() || OWN.set(Own(own)).is_err() {
        return false;
    }
    vfs.zName = NAME.as_ptr();
    vfs.pNext = ptr::null_mut();
    vfs.xOpen = Some(open);
    // SAFETY: it is given away for good.
    unsafe { ffi::sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), 0) == ffi::SQLITE_OK }
}

// SAFETY of all below: SQLite calls these with files that `open` has opened, from one thread at a time for each connection, and until they
// are closed alone; it closes a connection's log before its database. Its own methods get the files that they opened.

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    became: *mut c_int,
) -> c_int {
    let Some((own, open)) = OWN.get().and_then(|own| Some((own.0, unsafe { (*own.0).xOpen }?))) else {
        return ffi::SQLITE_CANTOPEN;
    };
    let told = unsafe { open(own, name, file, flags, became) };
    if told != ffi::SQLITE_OK {
        return told;
    }
    if let Some(own) = unsafe { (*file).pMethods.as_ref() } {
        if flags & ffi::SQLITE_OPEN_MAIN_DB != 0 {
            let methods =
                sqlite3_io_methods { xWrite: Some(write_database), xShmLock: Some(lock), xClose: Some(close_database), ..*own };
            let database = Database { methods, own, log: ptr::null_mut(), on_the_way: 0 };
            unsafe { (*file).pMethods = Box::into_raw(Box::new(database)).cast() };
        } else if flags & ffi::SQLITE_OPEN_WAL != 0 {
            let methods = sqlite3_io_methods {
                xRead: Some(read),
                xWrite: Some(write_log),
                xTruncate: Some(truncate),
                xSync: Some(sync),
                xFileSize: Some(file_size),
                xClose: Some(close_log),
                ..*own
            };
            let database = unsafe { ffi::sqlite3_database_file_object(name) };
            let log = Log { methods, own, from: 0, bytes: Vec::new(), database };
            unsafe { (*file).pMethods = Box::into_raw(Box::new(log)).cast() };
            unsafe { database_of(database) }.log = file;
        }
    }
    told
}

unsafe fn log_of<'f>(file: *mut sqlite3_file) -> &'f mut Log {
    unsafe { &mut *(*file).pMethods.cast_mut().cast() }
}

unsafe fn database_of<'f>(file: *mut sqlite3_file) -> &'f mut Database {
    unsafe { &mut *(*file).pMethods.cast_mut().cast() }
}

impl Log {
    /// Writes what was gathered. What fails is not tried again: SQLite takes the transaction back.
    unsafe fn write(&mut self, file: *mut sqlite3_file) -> c_int {
        if self.bytes.is_empty() {
            return ffi::SQLITE_OK;
        }
        let told = match (self.own.xWrite, c_int::try_from(self.bytes.len())) {
            (Some(write), Ok(size)) => unsafe { write(file, self.bytes.as_ptr().cast(), size, self.from) },
            _ => ffi::SQLITE_IOERR_WRITE,
        };
        self.bytes.clear();
        told
    }

    fn end(&self) -> sqlite3_int64 {
        self.from + self.bytes.len() as sqlite3_int64
    }
}

unsafe extern "C" fn write_log(file: *mut sqlite3_file, from: *const c_void, size: c_int, at: sqlite3_int64) -> c_int {
    let log = unsafe { log_of(file) };
    if log.end() != at || log.bytes.len() >= MOST {
        let told = unsafe { log.write(file) };
        if told != ffi::SQLITE_OK {
            return told;
        }
    }
    if log.bytes.is_empty() {
        log.from = at;
    }
    let size = usize::try_from(size).unwrap_or(0);
    log.bytes.extend_from_slice(unsafe { std::slice::from_raw_parts(from.cast::<u8>(), size) });
    ffi::SQLITE_OK
}

/// Writes what was gathered, then does what SQLite's own does.
macro_rules! after_writing {
    ($file:ident, $method:ident, $($argument:expr),*) => {{
        let log = unsafe { log_of($file) };
        match (unsafe { log.write($file) }, log.own.$method) {
            (ffi::SQLITE_OK, Some(own)) => unsafe { own($file, $($argument),*) },
            (ffi::SQLITE_OK, None) => ffi::SQLITE_IOERR,
            (failed, _) => failed,
        }
    }};
}

unsafe extern "C" fn read(file: *mut sqlite3_file, to: *mut c_void, size: c_int, at: sqlite3_int64) -> c_int {
    after_writing!(file, xRead, to, size, at)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    after_writing!(file, xTruncate, size)
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    after_writing!(file, xSync, flags)
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, size: *mut sqlite3_int64) -> c_int {
    after_writing!(file, xFileSize, size)
}

unsafe extern "C" fn write_database(file: *mut sqlite3_file, from: *const c_void, size: c_int, at: sqlite3_int64) -> c_int {
    let database = unsafe { database_of(file) };
    let told = database.own.xWrite.map_or(ffi::SQLITE_IOERR_WRITE, |write| unsafe { write(file, from, size, at) });
    database.on_the_way += usize::try_from(size).unwrap_or(0);
    if told != ffi::SQLITE_OK || database.on_the_way < SLICE {
        return told;
    }
    database.on_the_way = 0;
    let how = ffi::SQLITE_SYNC_NORMAL | ffi::SQLITE_SYNC_DATAONLY;
    database.own.xSync.map_or(ffi::SQLITE_IOERR_FSYNC, |sync| unsafe { sync(file, how) })
}

/// What was gathered and is not synced is of a transaction that was taken back. Whoever writes next, in whatever process, writes in its
/// place, so it must not come later.
unsafe extern "C" fn lock(file: *mut sqlite3_file, first: c_int, number: c_int, flags: c_int) -> c_int {
    let database = unsafe { database_of(file) };
    if first == WRITE_LOCK && flags == GIVES_UP && !database.log.is_null() {
        unsafe { log_of(database.log).write(database.log) };
    }
    database.own.xShmLock.map_or(ffi::SQLITE_IOERR, |lock| unsafe { lock(file, first, number, flags) })
}

unsafe extern "C" fn close_log(file: *mut sqlite3_file) -> c_int {
    let log = unsafe { log_of(file) };
    unsafe { log.write(file) };
    unsafe { database_of(log.database) }.log = ptr::null_mut();
    unsafe { close(file, Box::from_raw(log).own) }
}

unsafe extern "C" fn close_database(file: *mut sqlite3_file) -> c_int {
    unsafe { close(file, Box::from_raw(database_of(file)).own) }
}

unsafe fn close(file: *mut sqlite3_file, own: &'static sqlite3_io_methods) -> c_int {
    unsafe { (*file).pMethods = own };
    own.xClose.map_or(ffi::SQLITE_IOERR_CLOSE, |close| unsafe { close(file) })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use rusqlite::{Connection, OpenFlags};

    use super::*;

    const SETTINGS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 0;
        pragma cache_size = 8; create table if not exists t (n integer primary key, b blob)";
    const CHECKPOINTS: [&str; 3] =
        ["pragma wal_checkpoint(passive)", "pragma wal_checkpoint(restart)", "pragma wal_checkpoint(truncate)"];

    fn plain(path: &Path) -> Connection {
        let connection = Connection::open(path).expect("it opens");
        connection.execute_batch(SETTINGS).expect("a table");
        connection
    }

    fn gathering(path: &Path) -> Connection {
        let name = name().expect("it is registered");
        let connection = Connection::open_with_flags_and_vfs(path, OpenFlags::default(), name).expect("it opens");
        connection.execute_batch(SETTINGS).expect("a table");
        connection
    }

    fn sum(connection: &Connection) -> (i64, i64) {
        let sum = "select count(*), coalesce(sum(length(b) * n), 0) from t";
        connection.query_row(sum, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows")
    }

    fn proof(connection: &Connection) -> String {
        connection.query_row("pragma integrity_check", [], |row| row.get(0)).expect("a proof")
    }

    /// Of two who write by turns, as two processes do, and one who brings in the log.
    #[derive(Clone, Debug)]
    enum Step {
        /// More rows than the cache has room for are written to the log before the end of the transaction.
        Insert {
            who: usize,
            rows: i64,
            is_kept: bool,
        },
        Checkpoint(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..2_usize, 1..60_i64, any::<bool>()).prop_map(|(who, rows, is_kept)| Step::Insert { who, rows, is_kept }),
            1 => (0..3_usize).prop_map(Step::Checkpoint),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn everybody_reads_what_was_committed_and_nothing_else(steps in proptest::collection::vec(step(), 1..25)) {
            let folder = tempfile::TempDir::new().expect("a folder");
            let path = folder.path().join("some.db");
            let (writers, keeper, reader) = ([gathering(&path), gathering(&path)], gathering(&path), plain(&path));
            let (mut rows, mut total) = (0, 0);
            for step in steps {
                match step {
                    Step::Insert { who, rows: more, is_kept } => {
                        let writer = &writers[who];
                        writer.execute_batch("begin immediate").expect("it begins");
                        for n in rows + 1..=rows + more {
                            writer.execute("insert into t values (?1, zeroblob(?2))", [n, 900 + n % 7]).expect("a row");
                        }
                        writer.execute_batch(if is_kept { "commit" } else { "rollback" }).expect("it ends");
                        if is_kept {
                            total += (rows + 1..=rows + more).map(|n| (900 + n % 7) * n).sum::<i64>();
                            rows += more;
                        }
                    }
                    Step::Checkpoint(how) => keeper.query_row(CHECKPOINTS[how], [], |_| Ok(())).expect("a checkpoint"),
                }
                prop_assert_eq!(sum(&reader), (rows, total));
                prop_assert_eq!(sum(&writers[0]), (rows, total));
            }
            prop_assert_eq!(proof(&reader), "ok");
            drop((writers, keeper, reader));
            let after = plain(&path);
            prop_assert_eq!(sum(&after), (rows, total));
            prop_assert_eq!(proof(&after), "ok");
        }
    }

    /// Calls by which this thread has written anything.
    #[cfg(target_os = "linux")]
    fn calls() -> u64 {
        let told = std::fs::read_to_string("/proc/thread-self/io").expect("what this thread has read and written");
        let calls = told.lines().find_map(|line| line.strip_prefix("syscw: "));
        calls.and_then(|calls| calls.parse().ok()).expect("a number")
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_commit_writes_its_pages_in_one_piece() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let commit = |connection: Connection| {
            connection.execute_batch("pragma cache_size = 1000; begin immediate").expect("it begins");
            for _ in 0..14 {
                connection.execute("insert into t (b) values (zeroblob(3000))", []).expect("a row");
            }
            let before = calls();
            connection.execute_batch("commit").expect("it commits");
            calls() - before
        };
        assert!(commit(plain(&folder.path().join("plain.db"))) > 28, "two for each page");
        assert!(commit(gathering(&folder.path().join("gathering.db"))) < 6);
    }
}
