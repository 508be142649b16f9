//! `laurel serve`: the portal, the console and the API on one address.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;

use super::{Common, Ended};
use crate::server::config::{Network, PublicUrl};
use crate::server::mail::options::MailOptions;
use crate::server::web::links;
use crate::server::{AppState, Config, startup};
use laurel_engine::usecase::access::staff_entry::first_code;
use laurel_engine::usecase::ledger::Ledger;

#[derive(Args)]
pub(super) struct Options {
    /// Address to listen on; port 0 picks a free port
    #[arg(long, env = "LAUREL_LISTEN", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Public address if it differs, used for links, cookies and the Origin check
    #[arg(long, env = "LAUREL_PUBLIC_URL")]
    public_url: Option<String>,
    /// Proxy networks whose X-Forwarded-For is trusted
    #[arg(long, env = "LAUREL_TRUSTED_PROXY", value_delimiter = ',')]
    trusted_proxy: Vec<Network>,
    /// Seconds after which other servers on the database take over the jobs of one that has gone silent
    #[arg(long, env = "LAUREL_LEASE_SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600))]
    lease_seconds: u64,
    /// Megabytes that the history may take in memory for simulating rules; what does not fit is read from the database each time
    #[arg(long, env = "LAUREL_LAB_MEMORY", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(0..=1_048_576))]
    lab_memory: u64,
    #[command(flatten)]
    pub(super) mail: MailOptions,
}

pub(super) async fn run(common: &Common, options: Options) -> anyhow::Result<Ended> {
    let ledger = common.ledger_or_default().await?;
    let (listener, config) = options.bind().await?;
    options.mail.apply(&ledger, &config.public_url)?;
    note_line!("Laurel is running at {}", config.public_url.origin());
    serve(listener, ledger, config).await
}

pub(super) async fn serve(listener: TcpListener, ledger: Ledger, config: Config) -> anyhow::Result<Ended> {
    ledger.db.check_writes().await?;
    ledger.memory.allow(config.lab_memory);
    // nobody could come in otherwise; the link ends with its first use
    if let Some(code) = first_code(&ledger.db, ledger.clock.now()).await? {
        note_line!("Create the first administrator: {}", links::first_staff(&config.public_url, code.as_str()));
    }
    startup::serve(listener, AppState::new(ledger, config)).await?;
    Ok(Ended::Well)
}

impl Options {
    /// Listens, so that the address is known before anybody is told.
    pub(super) async fn bind(&self) -> anyhow::Result<(TcpListener, Config)> {
        let listener = TcpListener::bind(self.listen).await.with_context(|| format!("cannot listen on {}", self.listen))?;
        let mut config = Config::local(listener.local_addr()?);
        if let Some(url) = &self.public_url {
            config.public_url = PublicUrl::parse(url)?;
        }
        config.trusted_proxies = self.trusted_proxy.clone();
        config.lease = Duration::from_secs(self.lease_seconds);
        config.lab_memory = self.lab_memory << 20;
        Ok((listener, config))
    }
}
