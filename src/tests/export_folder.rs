//! A folder of Parquet files that each export brings up to date: by what is new, once, whatever broke off before.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::RowAccessor as _;
use tempfile::TempDir;

use crate::command_line::{laurel, printed};

const HEADER: &str = "event_id,kind,member,amount,currency,occurred_at,scene,payment\n";

fn programme() -> TempDir {
    let folder = TempDir::new().unwrap();
    printed(&laurel(folder.path(), &["init", "--name", "Points", "--currency", "CNY", "--time-zone", "Asia/Shanghai"], ""));
    folder
}

fn import(folder: &Path, rows: &str) {
    fs::write(folder.join("events.csv"), format!("{HEADER}{rows}")).unwrap();
    printed(&laurel(folder, &["import", "events.csv", "--enrol"], ""));
}

const FIRST: &str = "e1,payment,m-1,5,CNY,2026-11-22T09:59:00Z,lending,
e2,refund,m-1,2,CNY,2026-11-22T10:00:00Z,,e1
e3,payment,m-2,0.01,CNY,2026-11-22T10:01:00Z,,
";
const SECOND: &str = "e4,payment,m-1,7,CNY,2026-11-23T09:59:00Z,,
e5,payment,m-3,1,CNY,2026-11-23T10:00:00Z,,
";

fn export(folder: &Path) -> String {
    printed(&laurel(folder, &["export", "--parquet", "lake/"], ""))
}

/// What an export that is refused says.
fn refused(folder: &Path) -> String {
    let output = laurel(folder, &["export", "--parquet", "lake/"], "");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder.join("lake/entries"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Whose entries they are, which, and their points; each once.
fn entries<'a>(files: impl IntoIterator<Item = &'a Path>, places: [usize; 3]) -> BTreeSet<(String, i64, String)> {
    let mut all = BTreeSet::new();
    for file in files {
        let reader = SerializedFileReader::new(File::open(file).unwrap()).unwrap();
        for row in reader.get_row_iter(None).unwrap() {
            let row = row.unwrap();
            let [member, seq, points] = places;
            let entry = (
                row.get_string(member).unwrap().clone(),
                row.get_long(seq).unwrap(),
                format!("{:?}", row.get_decimal(points).unwrap()),
            );
            assert!(all.insert(entry), "twice: {row}");
        }
    }
    all
}

fn in_the_folder(folder: &Path) -> BTreeSet<(String, i64, String)> {
    let paths: Vec<_> = files(folder).iter().map(|name| folder.join("lake/entries").join(name)).collect();
    entries(paths.iter().map(AsRef::as_ref), [0, 1, 4])
}

/// Every entry that there is, by the export of everything.
fn all(folder: &Path) -> BTreeSet<(String, i64, String)> {
    let file = folder.join("all.parquet");
    let _ = fs::remove_file(&file);
    printed(&laurel(folder, &["export", "--parquet", "all.parquet"], ""));
    entries([file.as_ref()], [0, 2, 5])
}

#[test]
fn each_export_adds_what_was_posted_since_the_one_before() {
    let folder = programme();
    let path = folder.path();
    assert_eq!(export(path), "0 new entries in 0 new files; 0 entries of 0 members in all.");
    import(path, FIRST);
    assert_eq!(export(path), "3 new entries in 1 new files; 3 entries of 2 members in all.");
    let first = fs::read(path.join("lake/entries/000001.parquet")).unwrap();
    assert_eq!(export(path), "0 new entries in 0 new files; 3 entries of 2 members in all.");
    import(path, SECOND);
    assert_eq!(export(path), "2 new entries in 1 new files; 5 entries of 3 members in all.");
    assert_eq!(files(path), ["000001.parquet", "000002.parquet"]);
    assert_eq!(fs::read(path.join("lake/entries/000001.parquet")).unwrap(), first, "what is there stays");
    assert_eq!(in_the_folder(path), all(path));
    let members = SerializedFileReader::new(File::open(path.join("lake/members.parquet")).unwrap()).unwrap();
    let members: Vec<String> = members.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
    assert!(members.len() == 3 && members[0].contains("external_id: \"m-1\", entries: 3"), "{members:?}");

    printed(&laurel(path, &["member", "close", "m-2"], ""));
    printed(&laurel(path, &["member", "erase", "m-2"], ""));
    export(path);
    assert_eq!(in_the_folder(path), all(path), "with the entry that closed it");
    for file in walk(&path.join("lake")) {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(3).any(|part| part == b"m-2"), "{} has an id that was erased", file.display());
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let found = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    found.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn what_broke_off_goes_on_and_no_entry_is_there_twice() {
    let folder = programme();
    let path = folder.path();
    import(path, FIRST);
    export(path);
    let before = fs::read(path.join("lake/_manifest.json")).unwrap();
    import(path, SECOND);
    export(path);
    // as if the machine had stopped between the file and the manifest, and while the next file was written
    fs::write(path.join("lake/_manifest.json"), &before).unwrap();
    fs::write(path.join("lake/_manifest.json.part"), b"{\"layout\":").unwrap();
    fs::write(path.join("lake/entries/000003.parquet.part"), b"PAR1").unwrap();
    fs::write(path.join("lake/entries/about.txt"), b"of somebody else").unwrap();
    assert_eq!(export(path), "2 new entries in 1 new files; 5 entries of 3 members in all.");
    assert_eq!(files(path), ["000001.parquet", "000002.parquet", "about.txt"]);
    fs::remove_file(path.join("lake/entries/about.txt")).unwrap();
    assert_eq!(in_the_folder(path), all(path));
}

#[test]
fn a_folder_that_is_of_something_else_is_refused_and_stays_as_it_is() {
    let (folder, other) = (programme(), programme());
    let path = folder.path();
    import(path, FIRST);
    let empty = fs::read(path.join("laurel.db")).unwrap();
    import(path, SECOND);
    export(path);

    let lock = File::create(path.join("lake/_lock")).unwrap();
    lock.try_lock().unwrap();
    assert!(refused(path).contains("another export writes into lake"));
    drop(lock);

    import(other.path(), FIRST);
    fs::rename(path.join("lake"), other.path().join("lake")).unwrap();
    assert!(refused(other.path()).contains("of another programme"));
    fs::rename(other.path().join("lake"), path.join("lake")).unwrap();

    let now = fs::read(path.join("laurel.db")).unwrap();
    fs::write(path.join("laurel.db"), empty).unwrap();
    assert!(refused(path).contains("restored from a backup"));
    fs::write(path.join("laurel.db"), now).unwrap();

    let file = path.join("lake/entries/000001.parquet");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[1..]).unwrap();
    assert!(refused(path).contains("000001.parquet is missing or not as it was written"));
    fs::write(&file, whole).unwrap();
    assert_eq!(export(path), "0 new entries in 0 new files; 5 entries of 3 members in all.");
    fs::write(path.join("lake/_manifest.json"), b"[]").unwrap();
    assert!(refused(path).contains("_manifest.json is not as this version of Laurel writes it"));
}
