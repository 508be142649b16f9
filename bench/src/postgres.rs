//! The throw-away PostgreSQL that `.ci/postgres --durable` has started.

use anyhow::{Context, bail};
use tokio_postgres::{Client, Config, NoTls};

pub struct Server {
    socket: String,
}

impl Server {
    pub fn find() -> anyhow::Result<Server> {
        let url =
            std::env::var("LAUREL_TEST_POSTGRES_URL").context("LAUREL_TEST_POSTGRES_URL is not set: .ci/postgres sets it")?;
        let (_, socket) = url.split_once("host=").context("LAUREL_TEST_POSTGRES_URL names no socket")?;
        Ok(Server { socket: socket.to_owned() })
    }

    /// The folder of its socket, and of its data.
    pub fn socket(&self) -> &str {
        &self.socket
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.socket)
    }

    pub async fn connect(&self, database: &str) -> anyhow::Result<Client> {
        let mut config = Config::new();
        config.user("postgres").dbname(database).host_path(&self.socket);
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Figures of a database that loses what it has answered for are worth nothing.
    pub async fn check_durable(&self) -> anyhow::Result<()> {
        let client = self.connect("postgres").await?;
        for name in ["fsync", "synchronous_commit", "full_page_writes"] {
            let value: String = client.query_one("select current_setting($1)", &[&name]).await?.get(0);
            if value != "on" {
                bail!("PostgreSQL has {name} = {value}: start it by .ci/postgres --durable");
            }
        }
        Ok(())
    }
}
