//! Databases that the bench makes, copies and removes.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::postgres::Server;
use crate::settings::Settings;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sqlite => "sqlite",
            Kind::Postgres => "postgres",
        }
    }

    pub fn named(name: &str) -> Option<Kind> {
        [Kind::Sqlite, Kind::Postgres].into_iter().find(|kind| kind.name() == name)
    }
}

pub struct Database {
    pub kind: Kind,
    name: String,
    folder: PathBuf,
}

impl Database {
    /// An empty one, in place of any that was there.
    pub async fn empty(settings: &Settings, kind: Kind, name: &str) -> anyhow::Result<Database> {
        let database = Database { kind, name: format!("laurel_bench_{name}"), folder: settings.folder.clone() };
        database.clear().await?;
        if kind == Kind::Postgres {
            let server = Server::find()?.connect("postgres").await?;
            server.batch_execute(&format!("create database {}", database.name)).await?;
        }
        Ok(database)
    }

    /// One that an earlier run has left.
    pub async fn existing(settings: &Settings, kind: Kind, name: &str) -> anyhow::Result<Option<Database>> {
        let database = Database { kind, name: format!("laurel_bench_{name}"), folder: settings.folder.clone() };
        let is_there = match kind {
            Kind::Sqlite => database.file().exists(),
            Kind::Postgres => {
                let server = Server::find()?.connect("postgres").await?;
                let query = "select count(*) from pg_database where datname = $1";
                server.query_one(query, &[&database.name]).await?.get::<_, i64>(0) > 0
            }
        };
        Ok(is_there.then_some(database))
    }

    /// A copy of this one, which nobody is using.
    pub async fn copy(&self, name: &str) -> anyhow::Result<Database> {
        let copy = Database { kind: self.kind, name: format!("laurel_bench_{name}"), folder: self.folder.clone() };
        copy.clear().await?;
        match self.kind {
            Kind::Sqlite => {
                self.settle().await?;
                fs::copy(self.file(), copy.file())?;
                // or the system writes it half a minute later, while something is measured
                fs::File::open(copy.file())?.sync_all()?;
            }
            Kind::Postgres => {
                let server = Server::find()?.connect("postgres").await?;
                let (copy, of) = (&copy.name, &self.name);
                server.batch_execute(&format!("create database {copy} template {of} strategy file_copy")).await?;
            }
        }
        Ok(copy)
    }

    async fn clear(&self) -> anyhow::Result<()> {
        match self.kind {
            Kind::Sqlite => {
                for suffix in ["", "-wal", "-shm", "-journal"] {
                    let file = self.folder.join(format!("{}.db{suffix}", self.name));
                    if file.exists() {
                        fs::remove_file(file)?;
                    }
                }
            }
            Kind::Postgres => {
                let server = Server::find()?.connect("postgres").await?;
                server.batch_execute(&format!("drop database if exists {} with (force)", self.name)).await?;
            }
        }
        Ok(())
    }

    /// Everything into the place where it stays, so that one measurement does not pay for what went before it.
    pub async fn settle(&self) -> anyhow::Result<()> {
        match self.kind {
            Kind::Sqlite => {
                let connection = rusqlite::Connection::open(self.file())?;
                connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
            }
            Kind::Postgres => {
                let client = Server::find()?.connect(&self.name).await?;
                client.batch_execute("analyze; checkpoint").await?;
            }
        }
        Ok(())
    }

    /// How much the tables and their indexes take.
    pub async fn bytes(&self) -> anyhow::Result<f64> {
        Ok(match self.kind {
            Kind::Sqlite => {
                self.settle().await?;
                fs::metadata(self.file())?.len() as f64
            }
            Kind::Postgres => self.number("select pg_database_size(current_database())").await?,
        })
    }

    /// What the entries take, and what their indexes take.
    pub async fn bytes_of_entries(&self) -> anyhow::Result<(f64, f64)> {
        let (table, all) = match self.kind {
            Kind::Sqlite => (
                "select sum(pgsize) from dbstat where name = 'entries'",
                "select sum(pgsize) from dbstat where name in (select name from sqlite_schema where tbl_name = 'entries')",
            ),
            Kind::Postgres => ("select pg_table_size('entries')", "select pg_total_relation_size('entries')"),
        };
        let (table, all) = (self.number(table).await?, self.number(all).await?);
        Ok((table, all - table))
    }

    /// The answer to a query for one whole number.
    pub async fn number(&self, query: &str) -> anyhow::Result<f64> {
        Ok(match self.kind {
            Kind::Sqlite => rusqlite::Connection::open(self.file())?.query_row(query, [], |row| row.get::<_, i64>(0))? as f64,
            Kind::Postgres => Server::find()?.connect(&self.name).await?.query_one(query, &[]).await?.get::<_, i64>(0) as f64,
        })
    }

    /// A number for somebody who asks for it again and again: each time they rest for nine times as long as it took, so that a tenth of a
    /// core goes into it at most.
    pub async fn number_and_rest(&self, query: &str) -> anyhow::Result<f64> {
        let asked = Instant::now();
        let number = self.number(query).await?;
        tokio::time::sleep((asked.elapsed() * 9).max(Duration::from_millis(10))).await;
        Ok(number)
    }

    pub fn file(&self) -> PathBuf {
        self.folder.join(format!("{}.db", self.name))
    }

    pub async fn postgres(&self) -> anyhow::Result<tokio_postgres::Client> {
        Server::find()?.connect(&self.name).await
    }

    /// As Laurel takes it.
    pub fn url(&self) -> anyhow::Result<String> {
        Ok(match self.kind {
            Kind::Sqlite => format!("sqlite:{}", self.file().display()),
            Kind::Postgres => Server::find()?.url(&self.name),
        })
    }

    /// PostgreSQL's folder of sockets and the name of the database.
    pub fn address(&self) -> anyhow::Result<(String, String)> {
        Ok((Server::find()?.socket().to_owned(), self.name.clone()))
    }

    pub async fn remove(self) -> anyhow::Result<()> {
        self.clear().await
    }
}
