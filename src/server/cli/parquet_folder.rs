//! A folder of Parquet files that each export brings up to date by what is new.
//!
//! Entries never change, so that files of entries are only added: `entries/000001.parquet` and so on, each written whole under another
//! name and put in its place. `_manifest.json` is written after each of them, in the same way, and says which files there are and how many
//! entries of each member they hold: where an export breaks off, the next one goes on after the last file that the manifest has, and a
//! file that it has not gives way. `members.parquet` has everybody's id in the payment system and is written anew each time.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use laurel_domain::ids::MemberId;
use laurel_domain::numbers::money::Currency;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::whole::{self, Known};
use serde::{Deserialize, Serialize};

use super::parquet_file::{Entries, Members, Names};

const MANIFEST: &str = "_manifest.json";
const LOCK: &str = "_lock";
const ENTRIES: &str = "entries";
const MEMBERS: &str = "members.parquet";
/// What the folder is laid out like. Another number is of another version of Laurel.
const LAYOUT: u32 = 1;
/// A file has so many rows and what the last member brings, so that few are large.
const ROWS: u64 = 2_000_000;

/// What is in the folder.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    layout: u32,
    currency: Option<Currency>,
    /// The member with the lowest number: another programme has another.
    first_member: Option<MemberId>,
    /// As of when everything that had been posted is in it; an export that broke off leaves it as it was.
    complete_as_of: Option<jiff::Timestamp>,
    entries: u64,
    files: Vec<Listed>,
    /// How many entries of each member there are: number, entries, number, entries.
    known: Vec<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    name: String,
    entries: u64,
    bytes: u64,
}

/// What an export did.
#[derive(Debug, Default, Serialize)]
pub(super) struct Updated {
    pub members: u64,
    /// In the folder.
    pub entries: u64,
    pub new_entries: u64,
    pub new_files: u64,
    pub bytes: u64,
}

/// Brings the folder up to date, or begins one.
pub(super) async fn update(ledger: &Ledger, folder: &Path) -> anyhow::Result<Updated> {
    let mut folder = Folder::open(folder, ledger.programme.currency)?;
    let as_of = ledger.clock.now();
    let known = Arc::new(std::mem::take(&mut folder.known));
    let members = folder.path.join(MEMBERS);
    let place = || format!("cannot write {}", members.display());
    let mut names = Members::new(File::create(unfinished(&members)).with_context(place)?).with_context(place)?;
    let (mut now, mut new, mut after) = ((*known).clone(), None, i64::MIN);
    let mut updated = Updated::default();
    let mut seen = 0;
    while let Some(news) = whole::news_after(ledger, after, &known).await? {
        for (owner, own) in &news.members {
            let before = known.get(&owner.no).copied();
            folder.check_is_of(owner.member, updated.members == 0)?;
            ensure!(before.is_none_or(|before| before <= owner.entries), IS_BEHIND);
            seen += usize::from(before.is_some());
            names.add(owner.member, owner.external_id.as_deref(), owner.entries).with_context(place)?;
            updated.members += 1;
            if own.is_empty() {
                continue;
            }
            let file = match &mut new {
                Some(file) => file,
                None => new.insert(NewFile::create(folder.next_file(), folder.currency)?),
            };
            file.entries.add(owner.member, None, own).with_context(|| file.place())?;
            now.insert(owner.no, own.last().map_or(owner.entries, |entry| entry.seq));
        }
        after = news.last;
        if let Some(file) = new.take_if(|file| file.entries.rows() >= ROWS) {
            folder.add(file, &now, &mut updated)?;
        }
    }
    ensure!(seen == known.len(), IS_BEHIND);
    if let Some(file) = new {
        folder.add(file, &now, &mut updated)?;
    }
    put_in_place(&names.close().with_context(place)?, &members)?;
    folder.manifest.complete_as_of = Some(as_of);
    folder.write_manifest(&now)?;
    updated.entries = folder.manifest.entries;
    Ok(updated)
}

const IS_BEHIND: &str = "the folder holds entries that the database has not: it is of another database, or the database was restored \
    from a backup. Export to a new folder";

struct Folder {
    path: PathBuf,
    currency: Currency,
    manifest: Manifest,
    known: Known,
    /// One export writes into it at a time.
    _lock: File,
}

impl Folder {
    fn open(path: &Path, currency: Currency) -> anyhow::Result<Folder> {
        let place = || format!("cannot write into {}", path.display());
        fs::create_dir_all(path.join(ENTRIES)).with_context(place)?;
        let lock = File::create(path.join(LOCK)).with_context(place)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => bail!("another export writes into {}", path.display()),
            locked => locked.with_context(place)?,
        }
        let manifest = read_manifest(&path.join(MANIFEST), currency)?;
        let known: BTreeMap<i64, i64> = manifest.known.as_chunks().0.iter().map(|[no, entries]| (*no, *entries)).collect();
        let folder = Folder { path: path.to_owned(), currency, manifest, known, _lock: lock };
        folder.check_files()?;
        Ok(folder)
    }

    /// Every file is there as it was written, and nothing else stays in which entries would stand a second time.
    fn check_files(&self) -> anyhow::Result<()> {
        let entries = self.path.join(ENTRIES);
        for listed in &self.manifest.files {
            let bytes = fs::metadata(entries.join(&listed.name)).map(|file| file.len()).ok();
            ensure!(bytes == Some(listed.bytes), "{} is missing or not as it was written. Export to a new folder", listed.name);
        }
        for found in fs::read_dir(&entries)? {
            let found = found?;
            let is_listed = self.manifest.files.iter().any(|listed| *listed.name == *found.file_name());
            if !is_listed && is_ours(&found.file_name().to_string_lossy()) {
                fs::remove_file(found.path()).with_context(|| format!("cannot remove {}", found.path().display()))?;
            }
        }
        Ok(())
    }

    fn next_file(&self) -> PathBuf {
        self.path.join(ENTRIES).join(format!("{:06}.parquet", self.manifest.files.len() + 1))
    }

    fn check_is_of(&mut self, member: MemberId, is_first: bool) -> anyhow::Result<()> {
        if is_first {
            let known = *self.manifest.first_member.get_or_insert(member);
            ensure!(known == member, "the folder is of another programme");
        }
        Ok(())
    }

    /// Puts a file in its place, and then into the manifest.
    fn add(&mut self, file: NewFile, known: &Known, updated: &mut Updated) -> anyhow::Result<()> {
        let NewFile { path, entries } = file;
        let rows = entries.rows();
        let written = entries.close().with_context(|| format!("cannot write {}", path.display()))?;
        put_in_place(&written, &path)?;
        let (name, bytes) = (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), written.metadata()?.len());
        self.manifest.files.push(Listed { name, entries: rows, bytes });
        self.manifest.entries += rows;
        updated.new_entries += rows;
        updated.new_files += 1;
        updated.bytes += bytes;
        self.write_manifest(known)
    }

    fn write_manifest(&mut self, known: &Known) -> anyhow::Result<()> {
        self.manifest.known = known.iter().flat_map(|(no, entries)| [*no, *entries]).collect();
        let path = self.path.join(MANIFEST);
        let place = || format!("cannot write {}", path.display());
        let file = File::create(unfinished(&path)).with_context(place)?;
        let mut buffered = std::io::BufWriter::new(file);
        serde_json::to_writer(&mut buffered, &self.manifest).with_context(place)?;
        put_in_place(&buffered.into_inner().map_err(|error| error.into_error()).with_context(place)?, &path)
    }
}

fn read_manifest(path: &Path, currency: Currency) -> anyhow::Result<Manifest> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Manifest { layout: LAYOUT, currency: Some(currency), ..Manifest::default() });
        }
        text => text.with_context(|| format!("cannot read {}", path.display()))?,
    };
    let manifest: Manifest = serde_json::from_str(&text)
        .with_context(|| format!("{} is not as this version of Laurel writes it. Export to a new folder", path.display()))?;
    ensure!(manifest.layout == LAYOUT, "the folder is of another version of Laurel. Export to a new folder");
    ensure!(manifest.currency == Some(currency), "the folder is of a programme in another currency");
    Ok(manifest)
}

/// Whether a file of entries has such a name, also while it is written.
fn is_ours(name: &str) -> bool {
    let number = name.strip_suffix(".part").unwrap_or(name).strip_suffix(".parquet");
    number.is_some_and(|number| number.len() >= 6 && number.bytes().all(|digit| digit.is_ascii_digit()))
}

/// A file that is not in its place yet.
struct NewFile {
    path: PathBuf,
    entries: Entries<File>,
}

impl NewFile {
    fn create(path: PathBuf, currency: Currency) -> anyhow::Result<NewFile> {
        let place = || format!("cannot write {}", path.display());
        let file = File::create(unfinished(&path)).with_context(place)?;
        let entries = Entries::new(file, currency, Names::Beside).with_context(place)?;
        Ok(NewFile { path, entries })
    }

    fn place(&self) -> String {
        format!("cannot write {}", self.path.display())
    }
}

/// What it is called until all of it is there.
pub(super) fn unfinished(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    file.with_file_name(name)
}

/// Gives a file that is written its name, on the disk before anything is written that goes by it.
fn put_in_place(written: &File, file: &Path) -> anyhow::Result<()> {
    let place = || format!("cannot write {}", file.display());
    written.sync_all().with_context(place)?;
    fs::rename(unfinished(file), file).with_context(place)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(place)
}
