//! SQLite's page cache, spared from going through all its pages with each commit.
//!
//! At the end of a transaction SQLite tells the cache to drop the pages behind the end of the database. There are none, as a rule, and the
//! cache knows by the highest number that it ever had. But balancing a B-tree gives a page the number of the page that locks lie on for a
//! moment (1 GiB into the file, where no page ever is): from then on a database of less seems to have had such pages, and the cache looks
//! at all it holds. Here SQLite's own cache does all the work as before; what stands
//! before it remembers the highest number that is there, and passes on what it is told to drop if that can be anything.

use std::os::raw::{c_int, c_uint, c_void};
use std::ptr;
use std::sync::{Once, OnceLock};

use rusqlite::ffi::{self, sqlite3_pcache, sqlite3_pcache_methods2, sqlite3_pcache_page};

/// SQLite's own.
static OWN: OnceLock<Own> = OnceLock::new();

#[derive(Debug)]
struct Own {
    init: unsafe extern "C" fn(*mut c_void) -> c_int,
    shutdown: Option<unsafe extern "C" fn(*mut c_void)>,
    create: unsafe extern "C" fn(c_int, c_int, c_int) -> *mut sqlite3_pcache,
    resize: unsafe extern "C" fn(*mut sqlite3_pcache, c_int),
    count: unsafe extern "C" fn(*mut sqlite3_pcache) -> c_int,
    fetch: unsafe extern "C" fn(*mut sqlite3_pcache, c_uint, c_int) -> *mut sqlite3_pcache_page,
    unpin: unsafe extern "C" fn(*mut sqlite3_pcache, *mut sqlite3_pcache_page, c_int),
    rekey: unsafe extern "C" fn(*mut sqlite3_pcache, *mut sqlite3_pcache_page, c_uint, c_uint),
    truncate: unsafe extern "C" fn(*mut sqlite3_pcache, c_uint),
    destroy: unsafe extern "C" fn(*mut sqlite3_pcache),
    shrink: unsafe extern "C" fn(*mut sqlite3_pcache),
}

/// What numbers a cache holds.
#[derive(Clone, Copy, Debug, Default)]
struct Numbers {
    /// None is higher, but for the one that is passing.
    highest: c_uint,
    /// A page has this number until it gets another.
    passing: Option<c_uint>,
}

impl Numbers {
    fn came(&mut self, number: c_uint) {
        self.highest = self.highest.max(number);
    }

    fn changed(&mut self, from: c_uint, to: c_uint) {
        if self.passing == Some(from) {
            self.passing = None;
        }
        if to > self.highest
            && let Some(other) = self.passing.replace(to)
        {
            self.came(other);
        }
    }

    /// Whether any has this number or a higher one, before those are dropped.
    fn drops(&mut self, least: c_uint) -> bool {
        let highest = self.passing.unwrap_or(0).max(self.highest);
        if highest < least {
            return false;
        }
        *self =
            Numbers { highest: self.highest.min(least.saturating_sub(1)), passing: self.passing.filter(|one| *one < least) };
        true
    }
}

struct Cache {
    own: *mut sqlite3_pcache,
    numbers: Numbers,
}

/// Puts it before SQLite's own, once, and before whoever asks opens anything: SQLite takes it from one thread alone, and only before it is
/// in use. Where that is too late it refuses, and all goes on as before.
pub(crate) fn stand_before() {
    static ONCE: Once = Once::new();
    ONCE.call_once(put_before);
}

fn put_before() {
    let mut methods = sqlite3_pcache_methods2 {
        iVersion: 0,
        pArg: ptr::null_mut(),
        xInit: None,
        xShutdown: None,
        xCreate: None,
        xCachesize: None,
        xPagecount: None,
        xFetch: None,
        xUnpin: None,
        xRekey: None,
        xTruncate: None,
        xDestroy: None,
        xShrink: None,
    };
    // SAFETY: SQLite fills in the structure that it is given, or nothing of it.
    let told = unsafe { ffi::sqlite3_config(ffi::SQLITE_CONFIG_GETPCACHE2, &raw mut methods) };
    if told != ffi::SQLITE_OK {
        return;
    }
    let Some(own) = own(methods) else { return };
    if OWN.set(own).is_err() {
        return;
    }
    let mut before = sqlite3_pcache_methods2 {
        iVersion: 1,
        pArg: ptr::null_mut(),
        xInit: Some(init),
        xShutdown: Some(shutdown),
        xCreate: Some(create),
        xCachesize: Some(resize),
        xPagecount: Some(count),
        xFetch: Some(fetch),
        xUnpin: Some(unpin),
        xRekey: Some(rekey),
        xTruncate: Some(truncate),
        xDestroy: Some(destroy),
        xShrink: Some(shrink),
    };
    // SAFETY: SQLite copies what it is given, and refuses it once it is in use.
    unsafe { ffi::sqlite3_config(ffi::SQLITE_CONFIG_PCACHE2, &raw mut before) };
}

fn own(methods: sqlite3_pcache_methods2) -> Option<Own> {
    Some(Own {
        init: methods.xInit?,
        shutdown: methods.xShutdown,
        create: methods.xCreate?,
        resize: methods.xCachesize?,
        count: methods.xPagecount?,
        fetch: methods.xFetch?,
        unpin: methods.xUnpin?,
        rekey: methods.xRekey?,
        truncate: methods.xTruncate?,
        destroy: methods.xDestroy?,
        shrink: methods.xShrink?,
    })
}

// SAFETY of all below: SQLite calls these with what `create` made and until `destroy` alone, from one thread at a time, and its own
// methods get what they made themselves. `OWN` is set before SQLite gets to know of these.

unsafe extern "C" fn init(_: *mut c_void) -> c_int {
    OWN.get().map_or(ffi::SQLITE_ERROR, |own| unsafe { (own.init)(ptr::null_mut()) })
}

unsafe extern "C" fn shutdown(_: *mut c_void) {
    if let Some(shutdown) = OWN.get().and_then(|own| own.shutdown) {
        unsafe { shutdown(ptr::null_mut()) }
    }
}

unsafe extern "C" fn create(page: c_int, extra: c_int, purgeable: c_int) -> *mut sqlite3_pcache {
    let own = OWN.get().map_or(ptr::null_mut(), |own| unsafe { (own.create)(page, extra, purgeable) });
    if own.is_null() {
        return own;
    }
    Box::into_raw(Box::new(Cache { own, numbers: Numbers::default() })).cast()
}

/// SQLite's own, and the cache that stands before its.
unsafe fn both<'c>(cache: *mut sqlite3_pcache) -> Option<(&'static Own, &'c mut Cache)> {
    Some((OWN.get()?, unsafe { cache.cast::<Cache>().as_mut() }?))
}

unsafe extern "C" fn resize(cache: *mut sqlite3_pcache, pages: c_int) {
    if let Some((own, cache)) = unsafe { both(cache) } {
        unsafe { (own.resize)(cache.own, pages) }
    }
}

unsafe extern "C" fn count(cache: *mut sqlite3_pcache) -> c_int {
    unsafe { both(cache) }.map_or(0, |(own, cache)| unsafe { (own.count)(cache.own) })
}

unsafe extern "C" fn fetch(cache: *mut sqlite3_pcache, number: c_uint, create: c_int) -> *mut sqlite3_pcache_page {
    let Some((own, cache)) = (unsafe { both(cache) }) else { return ptr::null_mut() };
    if create != 0 {
        cache.numbers.came(number);
    }
    unsafe { (own.fetch)(cache.own, number, create) }
}

unsafe extern "C" fn unpin(cache: *mut sqlite3_pcache, page: *mut sqlite3_pcache_page, discard: c_int) {
    if let Some((own, cache)) = unsafe { both(cache) } {
        unsafe { (own.unpin)(cache.own, page, discard) }
    }
}

unsafe extern "C" fn rekey(cache: *mut sqlite3_pcache, page: *mut sqlite3_pcache_page, from: c_uint, to: c_uint) {
    if let Some((own, cache)) = unsafe { both(cache) } {
        cache.numbers.changed(from, to);
        unsafe { (own.rekey)(cache.own, page, from, to) }
    }
}

unsafe extern "C" fn truncate(cache: *mut sqlite3_pcache, least: c_uint) {
    if let Some((own, cache)) = unsafe { both(cache) }
        && cache.numbers.drops(least)
    {
        unsafe { (own.truncate)(cache.own, least) }
    }
}

unsafe extern "C" fn destroy(cache: *mut sqlite3_pcache) {
    if let Some((own, cache)) = unsafe { both(cache) } {
        unsafe { (own.destroy)(cache.own) };
        drop(unsafe { Box::from_raw(ptr::from_mut(cache)) });
    }
}

unsafe extern "C" fn shrink(cache: *mut sqlite3_pcache) {
    if let Some((own, cache)) = unsafe { both(cache) } {
        unsafe { (own.shrink)(cache.own) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Numbers;

    #[test]
    fn a_number_that_passed_is_not_there() {
        let mut numbers = Numbers::default();
        (1..=40).for_each(|number| numbers.came(number));
        numbers.changed(7, 524_289);
        numbers.changed(9, 7);
        assert!(numbers.drops(41), "one is passing");
        numbers.came(40);
        numbers.changed(7, 524_289);
        numbers.changed(524_289, 9);
        assert!(!numbers.drops(41));
        assert!(numbers.drops(40));
        assert!(!numbers.drops(40));
    }

    proptest! {
        /// Whatever pages come, change their numbers and are dropped: what has to be dropped is passed on.
        #[test]
        fn nothing_that_is_there_is_forgotten(steps in proptest::collection::vec((0..3, 1_u32..20, 1_u32..20), 0..60)) {
            let (mut numbers, mut there) = (Numbers::default(), std::collections::BTreeSet::new());
            for (step, one, other) in steps {
                match step {
                    0 => {
                        numbers.came(one);
                        there.insert(one);
                    }
                    1 if there.contains(&one) && !there.contains(&other) => {
                        numbers.changed(one, other);
                        there.remove(&one);
                        there.insert(other);
                    }
                    2 => {
                        let has = there.range(one..).next().is_some();
                        prop_assert!(numbers.drops(one) || !has, "{numbers:?} {there:?}");
                        there.retain(|number| *number < one);
                    }
                    _ => (),
                }
            }
        }
    }
}
