//! Where e-mails of tests end: a folder, or a tiny SMTP server that says what a test wants.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use laurel::server::config::PublicUrl;
use laurel::server::mail::{Mailer, Transport};
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::mail::send::send_waiting;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The programme's e-mails, as files.
pub struct Mailbox {
    folder: TempDir,
}

fn mailer(public_url: &PublicUrl, transport: Transport) -> Arc<Mailer> {
    Arc::new(Mailer::new("Points <points@example.com>".parse().expect("an address"), public_url.clone(), transport))
}

impl Mailbox {
    pub fn of(ledger: &Ledger, public_url: &PublicUrl) -> Mailbox {
        let folder = TempDir::new().expect("a folder");
        ledger.mail_by(mailer(public_url, Transport::Folder(folder.path().to_owned())));
        Mailbox { folder }
    }

    /// All that have come, decoded, once there are so many: the job of the site may be sending, too.
    pub async fn come(&self, ledger: &Ledger, number: usize) -> Vec<String> {
        let since = Instant::now();
        loop {
            send_waiting(ledger).await.expect("a look into the outbox");
            let files = std::fs::read_dir(self.folder.path()).expect("a folder").map(|entry| entry.expect("a file").path());
            let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "eml")).collect();
            files.sort();
            if files.len() >= number {
                assert_eq!(files.len(), number, "no more than that");
                return files.into_iter().map(|file| decoded(&std::fs::read_to_string(file).expect("a file"))).collect();
            }
            assert!(since.elapsed() < Duration::from_secs(20), "{} of {number} e-mails", files.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A message with its parts as their reader sees them: quoted-printable and Base64 taken back.
fn decoded(message: &str) -> String {
    let parts = message.split("\r\n--").map(|part| {
        let Some((head, body)) = part.split_once("\r\n\r\n") else { return part.to_owned() };
        let body = match head.to_lowercase() {
            head if head.contains("transfer-encoding: quoted-printable") => unquoted(body),
            head if head.contains("transfer-encoding: base64") => {
                let text: String = body.split_whitespace().collect();
                let bytes = base64::engine::general_purpose::STANDARD.decode(text).expect("Base64");
                String::from_utf8_lossy(&bytes).into_owned()
            }
            _ => body.to_owned(),
        };
        format!("{head}\r\n\r\n{body}")
    });
    parts.collect::<Vec<_>>().join("\r\n--")
}

fn unquoted(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'=').then(|| after.get(..2)).flatten().and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What stands after a header's name, folded lines joined.
pub fn header(message: &str, name: &str) -> String {
    let head = message.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
    let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {message}")).trim().to_owned()
}

/// The first link to this path.
pub fn link(message: &str, path: &str) -> String {
    let start = message.find(path).unwrap_or_else(|| panic!("no {path} in {message}"));
    message[start..].split(|c: char| c.is_whitespace() || c == '"' || c == '>').next().unwrap_or_default().to_owned()
}

/// An SMTP server: keeps what it takes, and answers to addresses with `unknown` or `busy` in them as their names say.
pub struct Sink {
    port: u16,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    pub async fn start() -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = taken.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, kept.clone()));
            }
        });
        Sink { port, taken }
    }

    /// The programme's e-mails go here.
    pub fn takes_from(&self, ledger: &Ledger, public_url: &PublicUrl) {
        send_to(ledger, public_url, self.port);
    }

    pub fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.taken.lock().expect("messages"))
    }
}

/// The programme's e-mails go to this port, whoever listens there.
pub fn send_to(ledger: &Ledger, public_url: &PublicUrl, port: u16) {
    let smtp = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(port).build();
    ledger.mail_by(mailer(public_url, Transport::Smtp(smtp)));
}

async fn talk(stream: TcpStream, taken: Arc<Mutex<Vec<String>>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut data: Option<String> = None;
    let _ = write.write_all(b"220 sink ESMTP\r\n").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match &mut data {
            Some(text) if line == "." => {
                taken.lock().expect("messages").push(std::mem::take(text));
                data = None;
                "250 taken"
            }
            Some(text) => {
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                text.push_str("\r\n");
                continue;
            }
            None => match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250 sink",
                "RCPT" if line.contains("unknown") => "550 5.1.1 no such mailbox",
                "RCPT" if line.contains("busy") => "451 4.7.1 come back later",
                "DATA" => {
                    data = Some(String::new());
                    "354 go on"
                }
                "QUIT" => {
                    let _ = write.write_all(b"221 bye\r\n").await;
                    return;
                }
                _ => "250 ok",
            },
        };
        let _ = write.write_all(format!("{answer}\r\n").as_bytes()).await;
    }
}
