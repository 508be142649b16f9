//! Laurel's own binary: its commands, and servers of it.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::client::{Caller, Client};
use crate::database::Database;
use crate::settings::Settings;

const SCOPES: &str = "events:write,members:read,members:write,redemptions:write,redemptions:fulfil,rules:read";

fn laurel(settings: &Settings, database: &Database, arguments: &[&str]) -> anyhow::Result<Command> {
    let mut command = Command::new(&settings.laurel);
    command.args(arguments).env("LAUREL_DATABASE_URL", database.url()?).env("LAUREL_LOG", "warn").kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command)
}

/// Runs a command to its end; what it printed, and how long it took.
pub async fn command(settings: &Settings, database: &Database, arguments: &[&str]) -> anyhow::Result<(String, Duration)> {
    let began = Instant::now();
    let output = laurel(settings, database, arguments)?.output().await.context("laurel does not start")?;
    if !output.status.success() {
        bail!("laurel {} ended with {}: {}", arguments.join(" "), output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok((String::from_utf8(output.stdout)?, began.elapsed()))
}

/// A programme with default rules, and members with a history.
pub async fn found(settings: &Settings, database: &Database, members: u64, events: u64) -> anyhow::Result<Duration> {
    command(settings, database, &["init", "--name", "Bench", "--currency", "CNY", "--time-zone", "Asia/Shanghai"]).await?;
    let began = Instant::now();
    let (members, events) = (members.to_string(), events.to_string());
    Site::open(settings, database, &["--members", &members, "--events", &events]).await?.server.stop().await?;
    let took = began.elapsed();
    database.settle().await?;
    Ok(took)
}

/// Everything that holds of a ledger holds of this one; how long it took to see.
pub async fn verify(settings: &Settings, database: &Database) -> anyhow::Result<Duration> {
    Ok(command(settings, database, &["verify"]).await?.1)
}

/// A key that may do everything, as often as it likes.
pub async fn key(settings: &Settings, database: &Database) -> anyhow::Result<String> {
    let arguments = ["key", "create", "--name", "bench", "--source", "bench", "--rate", "1000000", "--scope", SCOPES];
    Ok(command(settings, database, &arguments).await?.0.trim().to_owned())
}

/// A process that serves.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    pub async fn start(settings: &Settings, database: &Database) -> anyhow::Result<Server> {
        let mut child = laurel(settings, database, &["serve", "--listen", "127.0.0.1:0"])?.spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("no standard error")?).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some((_, url)) = line.split_once("running at http://") {
                let address = url.trim().parse()?;
                drain(lines);
                return Ok(Server { child, address });
            }
        }
        bail!("laurel serve ended before it served")
    }

    pub fn process(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        Command::new("kill").args(["-TERM", &self.process().to_string()]).status().await?;
        match tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await {
            Ok(ended) => drop(ended?),
            Err(_) => self.child.kill().await?,
        }
        Ok(())
    }
}

/// What nobody reads would fill up and stop who writes it; warnings are for whoever runs the bench.
fn drain(mut lines: tokio::io::Lines<impl AsyncBufReadExt + Unpin + Send + 'static>) {
    tokio::spawn(async move {
        let mut told = 0;
        while let Ok(Some(line)) = lines.next_line().await {
            told += 1;
            if told <= 5 {
                eprintln!("    laurel: {line}");
            }
        }
    });
}

/// A server of `laurel demo`, with a member and an administrator who are signed in.
pub struct Site {
    pub server: Server,
    pub member_name: String,
    pub member_password: String,
    pub admin_email: String,
    pub admin_password: String,
}

impl Site {
    pub async fn open(settings: &Settings, database: &Database, more: &[&str]) -> anyhow::Result<Site> {
        let arguments = [&["demo", "--format", "json", "--listen", "127.0.0.1:0"][..], more].concat();
        let mut child = laurel(settings, database, &arguments)?.spawn()?;
        // before anything is waited for: with ten million events there are enough warnings to fill a pipe
        drain(BufReader::new(child.stderr.take().context("no standard error")?).lines());
        let mut out = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let line = out.next_line().await?.context("laurel demo ended")?;
        drain(out);
        let told: Value = serde_json::from_str(&line)?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("laurel demo told something else");
        let address = text(&told["url"])?.trim_start_matches("http://").parse()?;
        Ok(Site {
            server: Server { child, address },
            member_name: text(&told["member"]["sign_in_name"])?,
            member_password: text(&told["member"]["password"])?,
            admin_email: text(&told["admin"]["email"])?,
            admin_password: text(&told["admin"]["password"])?,
        })
    }

    pub async fn member(&self) -> anyhow::Result<Caller> {
        sign_in(self.server.address, "/api/portal/sign-in", &self.member_name, &self.member_password).await
    }

    pub async fn admin(&self) -> anyhow::Result<Caller> {
        sign_in(self.server.address, "/api/admin/sign-in", &self.admin_email, &self.admin_password).await
    }
}

pub async fn sign_in(address: SocketAddr, path: &str, name: &str, password: &str) -> anyhow::Result<Caller> {
    let caller = Caller::nobody(address);
    let form = format!("sign_in_name={}&password={password}&next=", name.replace('@', "%40"));
    let answer = Client::connect(address).await?.send(&caller.form(path, &form)).await?.expect(&[302, 303])?;
    let cookie =
        answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).context("signed in without a cookie")?;
    Ok(caller.with_cookie(cookie))
}
