//! A pooler of connections in transaction mode, as strict as PgBouncer 1.21 and later: each transaction gets another connection,
//! named statements are carried along (`max_prepared_statements`), and parameters of a session that it cannot keep are refused.
//! PgBouncer itself is not to be had on the machines of the tests in a version that carries named statements.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::sync::Arc;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{Mutex, Semaphore};

use super::wire::{self, Message};

/// What a client may say of its session.
const ALLOWED: [&str; 7] =
    ["user", "database", "client_encoding", "DateStyle", "TimeZone", "standard_conforming_strings", "application_name"];

pub struct Pooler {
    pub url: String,
    refused: Arc<Mutex<Vec<String>>>,
}

/// The connections to PostgreSQL; the one that was used longest ago is used next.
struct Shared {
    free: Mutex<VecDeque<Server>>,
    places: Semaphore,
    refused: Arc<Mutex<Vec<String>>>,
}

struct Server {
    stream: UnixStream,
    /// Named statements that it has.
    has: HashSet<Vec<u8>>,
}

impl Pooler {
    /// With so many connections to PostgreSQL.
    pub async fn to(url: &str, connections: usize) -> Pooler {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let mut free = VecDeque::new();
        for _ in 0..connections {
            free.push_back(Server::connect(url).await.expect("a connection to PostgreSQL"));
        }
        let refused = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::new(Shared { free: Mutex::new(free), places: Semaphore::new(connections), refused: refused.clone() });
        tokio::spawn(async move {
            let mut clients = 0_u32;
            while let Ok((stream, _)) = listener.accept().await {
                clients += 1;
                let client = Client { number: clients, statements: HashMap::new() };
                tokio::spawn(client.serve(stream, shared.clone()));
            }
        });
        Pooler { url: wire::through(url, port), refused }
    }

    /// The parameters that clients were refused for.
    pub async fn refused(&self) -> Vec<String> {
        self.refused.lock().await.clone()
    }
}

impl Server {
    async fn connect(url: &str) -> io::Result<Server> {
        let mut stream = wire::connect(url).await?;
        let database = wire::database(url);
        let parameters = format!("user\0postgres\0database\0{database}\0\0");
        let first = Message { kind: 0, body: [&196_608_u32.to_be_bytes(), parameters.as_bytes()].concat() };
        wire::write(&mut stream, &first).await?;
        loop {
            let answer = wire::read(&mut stream).await?;
            match answer.kind {
                b'Z' => return Ok(Server { stream, has: HashSet::new() }),
                b'E' => return Err(io::Error::other(String::from_utf8_lossy(&answer.body).into_owned())),
                _ => {}
            }
        }
    }
}

struct Client {
    number: u32,
    /// What each named statement was made from: its text and types.
    statements: HashMap<Vec<u8>, Vec<u8>>,
}

impl Client {
    async fn serve(mut self, mut stream: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
        let first = wire::read_first(&mut stream).await?;
        let texts: Vec<String> =
            first.body[4..].split(|byte| *byte == 0).map(|t| String::from_utf8_lossy(t).into_owned()).collect();
        for name in texts.iter().step_by(2).filter(|name| !name.is_empty()) {
            if !ALLOWED.contains(&name.as_str()) {
                shared.refused.lock().await.push(name.clone());
                let text = format!("SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: {name}\0\0");
                return wire::write(&mut stream, &Message::new(b'E', &[text.as_bytes()])).await;
            }
        }
        wire::write(&mut stream, &Message::new(b'R', &[&[0; 4]])).await?;
        wire::write(&mut stream, &Message::new(b'S', &[b"server_version\x0015.0\0"])).await?;
        wire::write(&mut stream, &Message::new(b'K', &[&self.number.to_be_bytes(), &[0; 4]])).await?;
        wire::write(&mut stream, &Message::new(b'Z', &[b"I"])).await?;
        loop {
            let message = wire::read(&mut stream).await?;
            if message.kind == b'X' {
                return Ok(());
            }
            let place = shared.places.acquire().await.map_err(io::Error::other)?;
            let mut server = shared.free.lock().await.pop_front().expect("as many as there are places");
            if let Err(error) = self.transaction(&mut stream, &mut server, message).await {
                // a connection whose client left in the middle of a transaction is of no use to others
                place.forget();
                return Err(error);
            }
            shared.free.lock().await.push_back(server);
        }
    }

    /// Carries messages until PostgreSQL is outside of any transaction.
    async fn transaction(&mut self, client: &mut TcpStream, server: &mut Server, first: Message) -> io::Result<()> {
        let mut next = Some(first);
        // of the answers to come: whether the client asked for that `ParseComplete`
        let mut parses: VecDeque<bool> = VecDeque::new();
        loop {
            let message = match next.take() {
                Some(message) => message,
                None => wire::read(client).await?,
            };
            if message.kind == b'X' {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let is_end = matches!(message.kind, b'Q' | b'S');
            for message in self.renamed(server, message, &mut parses) {
                wire::write(&mut server.stream, &message).await?;
            }
            if !is_end {
                continue;
            }
            loop {
                let answer = wire::read(&mut server.stream).await?;
                if answer.kind == b'1' && parses.pop_front() == Some(false) {
                    continue;
                }
                client.write_all(&answer.bytes()).await?;
                if answer.kind == b'Z' {
                    parses.clear();
                    if answer.body == b"I" {
                        return Ok(());
                    }
                    break;
                }
            }
        }
    }

    /// A message with the names that its statements have on the server, after what makes them there if they are not.
    fn renamed(&mut self, server: &mut Server, message: Message, parses: &mut VecDeque<bool>) -> Vec<Message> {
        let (before, name) = match message.kind {
            b'P' => (Vec::new(), message.text(0).to_vec()),
            b'B' => {
                let portal = message.text(0).to_vec();
                (portal.iter().copied().chain([0]).collect(), message.text(portal.len() + 1).to_vec())
            }
            b'D' | b'C' if message.body[0] == b'S' => (vec![b'S'], message.text(1).to_vec()),
            _ => return vec![message],
        };
        let after = message.body[before.len() + name.len() + 1..].to_vec();
        if name.is_empty() {
            if message.kind == b'P' {
                parses.push_back(true);
            }
            return vec![message];
        }
        let on_server = [format!("c{}_", self.number).as_bytes(), &name].concat();
        let mut messages = Vec::new();
        match message.kind {
            b'P' => {
                self.statements.insert(name, after.clone());
                server.has.insert(on_server.clone());
                parses.push_back(true);
            }
            b'C' => drop(server.has.remove(&on_server)),
            _ => {
                if server.has.insert(on_server.clone()) {
                    let made_from = self.statements.get(&name).cloned().unwrap_or_default();
                    messages.push(Message::new(b'P', &[&on_server, &[0], &made_from]));
                    parses.push_back(false);
                }
            }
        }
        messages.push(Message::new(message.kind, &[&before, &on_server, &[0], &after]));
        messages
    }
}
