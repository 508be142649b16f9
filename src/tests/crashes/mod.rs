//! The process is killed at any moment: nothing that was acknowledged is lost, posted twice or left half done.

mod acknowledged;
mod any_moment;
mod imports;
mod two_servers;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Laurel {
    pub(crate) url: String,
    folder: TempDir,
}

impl Laurel {
    pub(crate) fn new(url: Option<String>) -> Laurel {
        let folder = TempDir::new().expect("a temporary folder");
        let url = url.unwrap_or_else(|| format!("sqlite:{}", folder.path().join("laurel.db").display()));
        Laurel { url, folder }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_laurel"));
        command.args(arguments).args(["--database-url", &self.url]).env_remove("LAUREL_DATABASE_URL");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    /// Runs and insists on the exit code.
    pub(crate) fn expect(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}{errors}");
        text
    }

    pub(crate) fn report(&self) -> Value {
        serde_json::from_str(&self.expect(0, &["report", "--format", "json"])).expect("a report")
    }

    /// `members` members with `payments` payments each, some of them refunded.
    pub(crate) fn events(&self, members: usize, payments: usize) -> String {
        let path = self.folder.path().join("events.csv");
        let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
        writeln!(file, "event_id,kind,member,amount,currency,occurred_at,payment").expect("a line");
        for p in 0..payments {
            for m in 0..members {
                let minute = p % 60;
                let at = format!("2026-01-{:02}T10:{minute:02}:00Z", 1 + p % 28);
                writeln!(file, "p{p}-{m},payment,m-{m},{}.{:02},CNY,{at},", 1 + p % 90, m % 100).expect("a line");
                if (p + m) % 7 == 0 {
                    writeln!(file, "r{p}-{m},refund,m-{m},0.50,CNY,{at},p{p}-{m}").expect("a line");
                }
            }
        }
        file.flush().expect("a flush");
        path.display().to_string()
    }
}

pub(crate) fn kill(mut child: Child) {
    child.kill().expect("SIGKILL");
    child.wait().expect("an end");
}

/// Starts the server on a free port and waits until it says which.
pub(crate) fn serve(laurel: &Laurel) -> (Child, String) {
    // one that was killed is not waited for, so that the next does its jobs, too
    serve_with(laurel, &["--lease-seconds", "1"])
}

pub(crate) fn serve_with(laurel: &Laurel, options: &[&str]) -> (Child, String) {
    let arguments = [&["serve", "--listen", "127.0.0.1:0"], options].concat();
    let mut server = laurel.command(&arguments).spawn().expect("a server");
    let mut lines = BufReader::new(server.stderr.take().expect("its words")).lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned));
    match address {
        Some(address) => {
            // somebody has to listen: a server whose standard error is closed cannot speak
            std::thread::spawn(move || lines.for_each(drop));
            (server, address)
        }
        None => {
            kill(server);
            panic!("the server ended without saying where it is")
        }
    }
}
