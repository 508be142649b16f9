//! Between Laurel and PostgreSQL, and cuts connections at the worst moments.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::wire;

/// When a commit loses its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// PostgreSQL never hears of it.
    Before,
    /// PostgreSQL commits, and nobody is told.
    After,
}

#[derive(Clone)]
pub struct Proxy {
    pub url: String,
    plan: Arc<Plan>,
}

struct Plan {
    upstream: String,
    /// How many commits to cut before, and after.
    before: AtomicU32,
    after: AtomicU32,
    /// Connections end when it changes.
    generation: watch::Sender<u32>,
    made: AtomicU32,
    /// How many connections there are.
    open: AtomicU32,
}

impl Proxy {
    pub async fn to(url: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let plan = Arc::new(Plan {
            upstream: url.to_owned(),
            before: AtomicU32::new(0),
            after: AtomicU32::new(0),
            generation: watch::Sender::new(0),
            made: AtomicU32::new(0),
            open: AtomicU32::new(0),
        });
        let shared = plan.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let plan = shared.clone();
                tokio::spawn(async move {
                    plan.made.fetch_add(1, SeqCst);
                    plan.open.fetch_add(1, SeqCst);
                    let mut generation = plan.generation.subscribe();
                    tokio::select! {
                        // how a connection ends is what the test is about
                        _ = carry(client, &plan) => {}
                        _ = generation.changed() => {}
                    }
                    plan.open.fetch_sub(1, SeqCst);
                });
            }
        });
        Proxy { url: wire::through(url, port), plan }
    }

    /// The next commit loses its connection.
    pub fn cut_next_commit(&self, when: Cut) {
        let counter = if when == Cut::Before { &self.plan.before } else { &self.plan.after };
        counter.fetch_add(1, SeqCst);
    }

    /// Whether every cut that was asked for has been made.
    pub fn has_cut(&self) -> bool {
        self.plan.before.load(SeqCst) == 0 && self.plan.after.load(SeqCst) == 0
    }

    /// Ends all connections, as a failover does. Nobody may be using one.
    pub async fn cut_all(&self) {
        self.plan.generation.send_modify(|generation| *generation += 1);
        while self.plan.open.load(SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> u32 {
        self.plan.made.load(SeqCst)
    }
}

fn take_one(counter: &AtomicU32) -> bool {
    counter.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok()
}

async fn carry(mut client: TcpStream, plan: &Plan) -> std::io::Result<()> {
    let mut server = wire::connect(&plan.upstream).await?;
    let first = wire::read_first(&mut client).await?;
    wire::write(&mut server, &first).await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let cut = async {
        loop {
            let message = wire::read(&mut from_client).await?;
            let is_commit = message.is_query("commit");
            if is_commit && take_one(&plan.before) {
                return Ok(false);
            }
            wire::write(&mut to_server, &message).await?;
            if is_commit && take_one(&plan.after) {
                return Ok::<_, std::io::Error>(true);
            }
        }
    };
    let answers = tokio::io::copy(&mut from_server, &mut to_client);
    let is_committed = tokio::select! {
        cut = cut => cut?,
        _ = answers => return Ok(()),
    };
    if is_committed {
        // until PostgreSQL has done it; the client is not told
        while wire::read(&mut from_server).await?.kind != b'Z' {}
    }
    Ok(())
}
