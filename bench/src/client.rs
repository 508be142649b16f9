//! HTTP/1.1 on one connection that is kept, as little of it as a load needs.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Client {
    stream: TcpStream,
    /// What has arrived and belongs to no answer yet.
    buffer: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// An error unless it is one of these.
    pub fn expect(self, statuses: &[u16]) -> anyhow::Result<Answer> {
        if !statuses.contains(&self.status) {
            let body: String = String::from_utf8_lossy(&self.body).chars().take(600).collect();
            bail!("the server answered {}: {body}", self.status);
        }
        Ok(self)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}

impl Client {
    pub async fn connect(address: SocketAddr) -> anyhow::Result<Client> {
        let stream = TcpStream::connect(address).await.with_context(|| address.to_string())?;
        stream.set_nodelay(true)?;
        Ok(Client { stream, buffer: Vec::with_capacity(4096) })
    }

    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.stream.write_all(request).await?;
        let end = loop {
            match self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                Some(at) => break at + 4,
                None => self.more().await?,
            }
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        self.buffer.drain(..end);
        let status = head.get(9..12).and_then(|status| status.parse().ok()).context("no status")?;
        let body = match header(&head, "content-length") {
            Some(length) => self.take(length.parse()?).await?,
            None if header(&head, "transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) => {
                self.chunks().await?
            }
            None => Vec::new(),
        };
        Ok(Answer { status, head, body })
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }

    async fn take(&mut self, length: usize) -> anyhow::Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.more().await?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    async fn chunks(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = loop {
                match self.buffer.windows(2).position(|window| window == b"\r\n") {
                    Some(at) => break self.take(at + 2).await?,
                    None => self.more().await?,
                }
            };
            let size = std::str::from_utf8(&line)?.trim().split(';').next().unwrap_or_default();
            let size = usize::from_str_radix(size, 16)?;
            let mut chunk = self.take(size + 2).await?;
            if size == 0 {
                return Ok(body);
            }
            chunk.truncate(size);
            body.append(&mut chunk);
        }
    }
}

/// Who asks, and how: with a key at the API, or with cookies as a browser does.
#[derive(Clone)]
pub struct Caller {
    pub address: SocketAddr,
    credentials: String,
}

impl Caller {
    pub fn with_key(address: SocketAddr, key: &str) -> Caller {
        Caller { address, credentials: format!("authorization: Bearer {key}\r\n") }
    }

    pub fn nobody(address: SocketAddr) -> Caller {
        let browser = format!("accept: text/html\r\norigin: http://{address}\r\nsec-fetch-site: same-origin\r\n");
        Caller { address, credentials: browser }
    }

    /// With the cookie that a sign-in has set.
    pub fn with_cookie(&self, cookie: &str) -> Caller {
        Caller { address: self.address, credentials: format!("{}cookie: {cookie}\r\n", self.credentials) }
    }

    pub fn get(&self, path: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{}\r\n", self.address, self.credentials).into_bytes()
    }

    pub fn post(&self, path: &str, body: &str) -> Vec<u8> {
        self.post_as("application/json", path, body, "")
    }

    pub fn post_once(&self, path: &str, body: &str, key: &str) -> Vec<u8> {
        self.post_as("application/json", path, body, &format!("idempotency-key: {key}\r\n"))
    }

    pub fn form(&self, path: &str, body: &str) -> Vec<u8> {
        self.post_as("application/x-www-form-urlencoded", path, body, "")
    }

    fn post_as(&self, kind: &str, path: &str, body: &str, more: &str) -> Vec<u8> {
        let (address, credentials, length) = (self.address, &self.credentials, body.len());
        format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\n{credentials}{more}content-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    fn answered(answers: &'static [u8], count: usize) -> Vec<Answer> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                // in pieces, as a network may
                for piece in answers.chunks(7) {
                    stream.write_all(piece).await.unwrap();
                    stream.flush().await.unwrap();
                    tokio::task::yield_now().await;
                }
                // open until the client has all its answers
                stream
            };
            let client = async {
                let mut client = Client::connect(address).await.unwrap();
                let mut answers = Vec::new();
                for _ in 0..count {
                    answers.push(client.send(&Caller::nobody(address).get("/")).await.unwrap());
                }
                answers
            };
            tokio::join!(server, client).1
        })
    }

    #[test]
    fn answers_are_told_apart_however_they_arrive() {
        let answers = answered(
            b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 503 Busy\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n",
            2,
        );
        assert_eq!((answers[0].status, answers[0].body.as_slice()), (201, b"hello".as_slice()));
        assert_eq!((answers[1].status, answers[1].header("Retry-After")), (503, Some("1")));
    }

    #[test]
    fn a_body_in_chunks_is_put_together() {
        let answers = answered(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n", 1);
        assert_eq!(answers[0].body, b"abcdefg");
    }
}
