//! What is measured. Each scenario works on a copy of the same programme, so that the order makes no difference.

mod batches;
mod expiry;
mod growth;
mod overload;
mod re_rating;
mod reads;
mod redeem;
pub mod replay;
mod servers;
mod singles;
mod soak;

use std::future::Future;
use std::path::PathBuf;

use anyhow::bail;

use crate::client::Caller;
use crate::database::{Database, Kind};
use crate::figures::Figures;
use crate::laurel;
use crate::machine::Disk;
use crate::postgres::Server;
use crate::settings::Settings;

/// One database's part of the bench.
pub struct Bench<'a> {
    pub settings: &'a Settings,
    pub kind: Kind,
    /// The programme that scenarios copy.
    pub base: Database,
    pub figures: &'a mut Figures,
    disk: Option<Disk>,
}

pub async fn run(settings: &Settings, kind: Kind, figures: &mut Figures) -> anyhow::Result<()> {
    let mut data = settings.folder.clone();
    if kind == Kind::Postgres {
        let server = Server::find()?;
        server.check_durable().await?;
        data = PathBuf::from(server.socket());
    }
    let base = Database::empty(settings, kind, "base").await?;
    if settings.wants_base() {
        eprintln!("{}: a programme of {} members with {} events", kind.name(), settings.members, settings.events);
        let took = laurel::found(settings, &base, settings.members, settings.events).await?;
        figures.add("the programme", kind, "made by laurel demo", "events/s", settings.events as f64 / took.as_secs_f64());
    }
    let mut bench = Bench { settings, kind, base, figures, disk: Disk::of(&data) };
    if settings.wants("batches") {
        batches::run(&mut bench).await?;
    }
    if settings.wants("singles") {
        singles::run(&mut bench).await?;
    }
    if settings.wants("redeem") {
        redeem::run(&mut bench).await?;
    }
    if settings.wants("reads") {
        reads::run(&mut bench).await?;
    }
    if settings.wants("re-rating") {
        re_rating::run(&mut bench).await?;
    }
    if settings.wants("expiry") {
        expiry::run(&mut bench).await?;
    }
    if settings.wants("overload") {
        overload::run(&mut bench).await?;
    }
    if settings.wants("servers") && kind == Kind::Postgres {
        servers::run(&mut bench).await?;
    }
    if settings.asks_for(soak::NAME) {
        soak::run(&mut bench).await?;
    }
    if settings.wants("growth") {
        growth::run(&mut bench).await?;
    }
    bench.base.remove().await
}

/// A copy of the programme, served, and a caller with a key of its own.
struct Served {
    database: Database,
    server: laurel::Server,
    caller: Caller,
}

impl Bench<'_> {
    async fn served(&self) -> anyhow::Result<Served> {
        let database = self.base.copy("laurel").await?;
        let key = laurel::key(self.settings, &database).await?;
        let server = laurel::Server::start(self.settings, &database).await?;
        let caller = Caller::with_key(server.address, &key);
        Ok(Served { database, server, caller })
    }

    /// Does something, and tells how often the disk was flushed meanwhile.
    pub async fn flushed<T>(&self, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<(T, Option<f64>)> {
        let flushes = || self.disk.as_ref().and_then(Disk::flushes);
        let before = flushes();
        let done = work.await?;
        Ok((done, before.zip(flushes()).map(|(before, after)| (after - before) as f64)))
    }

    /// Every event that was answered for is there, once, and the ledger proves itself.
    pub async fn check(&mut self, scenario: &'static str, database: &Database, answered: u64) -> anyhow::Result<()> {
        // ours begin with four characters, a hyphen and sixteen digits; the demo's do not
        let count = "select cast(count(*) as bigint) from entries where event_id like '____-________________-%'";
        let found = database.number(count).await?;
        if found != answered as f64 {
            bail!("{answered} events were accepted, {found} are there");
        }
        let entries = database.number("select cast(count(*) as bigint) from entries").await?;
        let took = laurel::verify(self.settings, database).await?;
        self.figures.add(
            scenario,
            self.kind,
            "laurel verify afterwards, which passed",
            "entries/s",
            entries / took.as_secs_f64(),
        );
        Ok(())
    }
}
