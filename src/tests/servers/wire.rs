//! PostgreSQL's messages, as far as tests look into them: a kind, a length, a body.

use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// A message with its kind; the first one of a client has none.
#[derive(Clone, Debug)]
pub struct Message {
    pub kind: u8,
    pub body: Vec<u8>,
}

impl Message {
    pub fn new(kind: u8, parts: &[&[u8]]) -> Message {
        Message { kind, body: parts.concat() }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let length = u32::try_from(self.body.len() + 4).expect("a short message");
        let kind = Some(self.kind).filter(|kind| *kind != 0);
        kind.into_iter().chain(length.to_be_bytes()).chain(self.body.iter().copied()).collect()
    }

    /// The zero-terminated text at a place.
    pub fn text(&self, at: usize) -> &[u8] {
        self.body[at..].split(|byte| *byte == 0).next().unwrap_or_default()
    }

    /// A statement sent by the simple protocol.
    pub fn is_query(&self, sql: &str) -> bool {
        self.kind == b'Q' && self.text(0) == sql.as_bytes()
    }
}

/// # Errors
/// Also at the end of the stream.
pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Message> {
    let kind = stream.read_u8().await?;
    Ok(Message { kind, body: read_body(stream).await? })
}

/// The message that a client begins with.
pub async fn read_first(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Message> {
    Ok(Message { kind: 0, body: read_body(stream).await? })
}

async fn read_body(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let length = stream.read_u32().await?;
    let mut body = vec![0; usize::try_from(length).expect("a length").saturating_sub(4)];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

pub async fn write(stream: &mut (impl tokio::io::AsyncWrite + Unpin), message: &Message) -> io::Result<()> {
    stream.write_all(&message.bytes()).await?;
    stream.flush().await
}

/// Where the cluster of the tests listens, which is a socket in a folder.
pub fn socket(url: &str) -> PathBuf {
    let options = PgConnectOptions::from_str(url).expect("a PostgreSQL URL");
    let folder = options.get_socket().expect("the cluster of .ci/postgres").clone();
    folder.join(format!(".s.PGSQL.{}", options.get_port()))
}

pub async fn connect(url: &str) -> io::Result<UnixStream> {
    UnixStream::connect(socket(url)).await
}

/// The same database by another way.
pub fn through(url: &str, port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{}?sslmode=disable", database(url))
}

pub fn database(url: &str) -> String {
    let options = PgConnectOptions::from_str(url).expect("a PostgreSQL URL");
    options.get_database().expect("a database").to_owned()
}
