//! The layout of the code: which folder may use which, where SQL may stand, and that both databases have the same migrations.

use std::fs;
use std::path::{Path, PathBuf};

/// Every Rust file below a folder of src/, with its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                files.push((path, text));
            }
        }
    }
    assert!(!files.is_empty(), "{folder} has no sources");
    files
}

/// Fails with every line that has one of the words, comments aside.
fn check_absent(folder: &str, words: &[&str], but: &[&str]) {
    let mut found = Vec::new();
    for (path, text) in sources(folder) {
        if but.iter().any(|part| path.to_string_lossy().contains(part)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new(), "{folder} must not have any of {words:?}");
}

#[test]
fn the_domain_knows_nothing_of_databases_the_web_or_the_time_of_day() {
    let words = ["sqlx", "axum", "tokio", "leptos", "async fn", "::now()", "std::fs", "std::net", "cfg(feature"];
    check_absent("domain", &words, &[]);
}

#[test]
fn the_store_never_calls_a_use_case() {
    check_absent("engine/store", &["usecase"], &[]);
}

#[test]
fn use_cases_know_neither_pages_nor_http() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine/Cargo.toml")).expect("a manifest");
    for above in ["axum", "leptos", "http", "laurel "] {
        assert!(!manifest.lines().any(|line| line.starts_with(above)), "the engine must do without {above}");
    }
}

#[test]
fn what_stands_before_sqlite_knows_nothing_of_laurel() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sqlite/Cargo.toml")).expect("a manifest");
    assert!(!manifest.lines().any(|line| line.starts_with("laurel")), "{manifest}");
}

#[test]
fn islands_never_name_the_server() {
    check_absent("islands", &["crate::server", "crate::pages", "sqlx"], &[]);
}

#[test]
fn sql_stands_in_the_store_alone() {
    for folder in ["pages", "api", "islands", "i18n", "server", "engine/usecase", "engine/auth"] {
        check_absent(folder, &["sqlx::", "insert into ", "delete from ", "select * "], &[]);
    }
}

#[test]
fn transactions_begin_and_end_in_one_file() {
    let words = [".begin(", ".begin_with(", ".commit()", ".rollback()"];
    for folder in ["engine", "server"] {
        check_absent(folder, &words, &["store/database/transaction.rs", "engine/tests"]);
    }
}

#[test]
fn features_are_told_apart_in_three_files() {
    let words = ["cfg(feature", "cfg(any(feature", "cfg(all(feature", "cfg(not(feature", "cfg_attr("];
    for folder in ["pages", "api", "islands", "i18n", "server", "engine"] {
        check_absent(folder, &words, &["islands/browser.rs", "islands/mod.rs"]);
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
        let mut names: Vec<_> =
            fs::read_dir(folder).expect("migrations").map(|entry| entry.expect("one").file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

/// The rooms of the two libraries, each with how the others name it: nothing in them may lead back to where it came from.
const ROOMS: [(&str, &str); 8] = [
    ("api", "crate::api::"),
    ("pages", "crate::pages::"),
    ("islands", "crate::islands::"),
    ("server/http", "crate::server::http::"),
    ("server/web", "crate::server::web::"),
    ("engine/auth", "crate::auth::"),
    ("engine/store", "crate::store::"),
    ("engine/usecase", "crate::usecase::"),
];

#[test]
fn rooms_name_each_other_in_one_direction() {
    let names = |room: &str, path: &str| {
        sources(room)
            .iter()
            .any(|(_, text)| text.lines().any(|line| line.split("//").next().unwrap_or_default().contains(path)))
    };
    for (room, _) in ROOMS {
        let (mut reached, mut next) = (Vec::new(), vec![room]);
        while let Some(at) = next.pop() {
            for (other, _) in ROOMS.into_iter().filter(|(other, path)| *other != at && names(at, path)) {
                assert_ne!(other, room, "{room} leads back to itself by {at}");
                if !reached.contains(&other) {
                    reached.push(other);
                    next.push(other);
                }
            }
        }
    }
}

/// Inside a transaction the store itself refuses a second connection; whoever keeps a reader is held by this.
#[test]
fn whoever_keeps_a_connection_asks_for_no_other() {
    const OTHERS: [&str; 10] =
        [".reader()", ".rulebook()", ".snapshot(", ".write(", "(db,", "(db)", "(&db,", "(ledger,", "(ledger)", "(&ledger.db"];
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (path, text) in ["engine", "server", "pages", "api"].into_iter().flat_map(sources) {
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            if !line.trim_start().starts_with("let ") || !line.ends_with(".reader().await?;") {
                continue;
            }
            // its own name is none of the others
            let name =
                line.trim_start().trim_start_matches("let ").trim_start_matches("mut ").split(' ').next().unwrap_or_default();
            let is_other =
                |next: &str| OTHERS.iter().any(|other| next.contains(other) && other.trim_matches(['(', ',', ')']) != name);
            let kept = lines[number + 1..].iter().take_while(|next| next.trim().is_empty() || indent(next) >= indent(line));
            for (after, next) in kept.enumerate().filter(|(_, next)| is_other(next)) {
                found.push(format!("{}:{}: {}", path.display(), number + after + 2, next.trim()));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new(), "a connection is kept while another is asked for");
}

/// Texts that members read, and the console's figures. Other rooms of the console explain what points are, and may call them that.
const SPEAKS_THE_UNIT: [&str; 18] = [
    "portal",
    "rewards/catalogue",
    "rewards/redeem",
    "rewards/quote",
    "rewards/fulfil",
    "ledger/activity",
    "ledger/proof",
    "ledger/adjust",
    "notifications",
    "mail",
    "access/account",
    "benefits",
    "members/invite",
    "members/card",
    "members/closing",
    "members/merging",
    "errors",
    "programme/dashboard",
];

#[test]
fn no_text_that_members_read_calls_points_by_a_name_of_its_own() {
    let mut found = Vec::new();
    for room in SPEAKS_THE_UNIT {
        for language in ["en", "zh"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/i18n").join(room).join(language).with_extension("rs");
            let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            for text in literals(&source) {
                let words = outside_braces(text).to_lowercase();
                let names_them =
                    words.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word == "point" || word == "points");
                if names_them || words.contains("积分") {
                    found.push(format!("{room}/{language}.rs: {text}"));
                }
            }
        }
    }
    assert_eq!(found, Vec::<String>::new(), "`noun` has what the programme calls its points");
}

/// What stands between quotes, comment lines aside.
fn literals(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find('"') {
        let line = rest[..at].rsplit('\n').next().unwrap_or_default();
        rest = &rest[at + 1..];
        if line.trim_start().starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
            continue;
        }
        let mut escaped = false;
        let end = rest.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let end = end.expect("a text that ends");
        found.push(&rest[..end]);
        rest = &rest[end + 1..];
    }
    found
}

/// `{points}` is a number.
fn outside_braces(text: &str) -> String {
    let mut depth = 0_u32;
    let outside = text.chars().filter(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    });
    outside.collect()
}

#[test]
fn texts_are_found_between_quotes() {
    let source = "a: \"{points} \\\"stars\\\"\",\n    // \"points\n    b: say(\"Points {x}\"),";
    assert_eq!(literals(source), ["{points} \\\"stars\\\"", "Points {x}"]);
    assert_eq!(outside_braces("{points} of {x} points"), " of  points");
}
