//! Imports that are killed, and writes that a full disk refuses.

use std::process::{Command, Stdio};
use std::time::Duration;

use laurel_testing::database::Throwaway;

use super::{Laurel, kill};

/// Imports are killed again and again, ever later; the next goes on where the last commit was.
fn an_import_that_is_killed_goes_on_without_loss(url: Option<String>) {
    let laurel = Laurel::new(url);
    laurel.expect(0, &["init"]);
    let file = laurel.events(200, 60);
    let mut before = 0;
    for millis in [60, 150, 250, 400, 600] {
        let import = laurel.command(&["import", &file, "--enrol"]).spawn().expect("an import");
        std::thread::sleep(Duration::from_millis(millis));
        kill(import);
        let events = laurel.report()["events"].as_i64().expect("a number");
        assert!(events >= before, "{events} after {before}");
        before = events;
        laurel.expect(0, &["verify"]);
    }
    laurel.expect(0, &["import", &file, "--enrol"]);
    let after = laurel.report();
    laurel.expect(0, &["import", &file, "--enrol"]);
    assert_eq!(laurel.report(), after, "once more changes nothing");
    laurel.expect(0, &["verify"]);

    let undisturbed = Laurel::new(None);
    undisturbed.expect(0, &["init"]);
    undisturbed.expect(0, &["import", &file, "--enrol"]);
    assert_eq!(undisturbed.report(), after, "the same as if nothing had happened");
}

#[test]
fn an_import_that_is_killed_goes_on_without_loss_on_sqlite() {
    an_import_that_is_killed_goes_on_without_loss(None);
}

#[test]
fn an_import_that_is_killed_goes_on_without_loss_on_postgres() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(Throwaway::postgres());
    an_import_that_is_killed_goes_on_without_loss(Some(database.url()));
    runtime.block_on(database.tell(|_| async {}));
}

/// A disk that takes no more: files of the process cannot grow beyond a limit, as `EFBIG` rather than by a signal.
#[test]
fn a_write_that_fails_is_told_and_leaves_everything_whole() {
    let laurel = Laurel::new(None);
    laurel.expect(0, &["init"]);
    let file = laurel.events(200, 60);
    let limit = |kilobytes: u32| {
        let script = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" \"$@\"");
        let mut command = Command::new("bash");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_laurel"), "import", &file, "--enrol", "--database-url", &laurel.url]);
        command.env_remove("LAUREL_DATABASE_URL").stdin(Stdio::null());
        command.output().expect("bash runs")
    };
    let mut before = 0;
    for kilobytes in [400, 700, 1_000] {
        let output = limit(kilobytes);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "with {kilobytes} kB: {words}");
        assert!(!words.contains("panicked"), "{words}");
        laurel.expect(0, &["verify"]);
        let events = laurel.report()["events"].as_i64().expect("a number");
        assert!(events >= before, "{events} after {before}");
        before = events;
    }
    laurel.expect(0, &["import", &file, "--enrol"]);
    laurel.expect(0, &["verify"]);
}
