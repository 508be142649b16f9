//! The application in Django (`django/app.py`), served by gunicorn: two processes of sixteen threads, with connections kept on
//! both sides.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::process::{Child, Command};

use crate::client::{Caller, Client};
use crate::database::{Database, Kind};
use crate::settings::Settings;

pub struct Django {
    child: Child,
    pub caller: Caller,
    pub database: Database,
}

impl Django {
    /// With so many members. None without a Python that has Django.
    pub async fn start(settings: &Settings, kind: Kind, members: u64) -> anyhow::Result<Option<Django>> {
        let Some(python) = &settings.django else { return Ok(None) };
        let database = Database::empty(settings, kind, "django").await?;
        let place = match kind {
            Kind::Sqlite => format!("sqlite:{}", database.file().display()),
            Kind::Postgres => {
                let (socket, name) = database.address()?;
                format!("postgres:{socket}:{name}")
            }
        };
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("django");
        let command = || {
            let mut command = Command::new(python);
            command.current_dir(&folder).env("BENCH_DATABASE", &place).env("PYTHONDONTWRITEBYTECODE", "1").kill_on_drop(true);
            command
        };
        let made = command().args(["app.py", "make", &members.to_string()]).output().await?;
        if !made.status.success() {
            bail!("Django made no tables: {}", String::from_utf8_lossy(&made.stderr));
        }
        database.settle().await?;
        // free a moment ago, and nobody else on this machine asks for one now
        let address: SocketAddr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let bind = address.to_string();
        let mut gunicorn = command();
        gunicorn.args(["-m", "gunicorn", "app:application", "--worker-class", "gthread", "--workers", "2", "--threads", "16"]);
        gunicorn.args(["--keep-alive", "60", "--worker-connections", "2000", "--bind", &bind, "--log-level", "error"]);
        let child = gunicorn.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("gunicorn")?;
        let django = Django { child, caller: Caller::with_key(address, "bench"), database };
        for _ in 0..100 {
            if Client::connect(address).await.is_ok() {
                return Ok(Some(django));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("gunicorn does not answer");
    }

    /// Everything that it answered for is there.
    pub async fn check(&self, accepted: u64) -> anyhow::Result<()> {
        let entries = self.database.number("select count(*) from bench_entry").await?;
        if entries != accepted as f64 {
            bail!("Django answered for {accepted} events and has {entries}");
        }
        Ok(())
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        let process = self.child.id().unwrap_or_default();
        Command::new("kill").args(["-TERM", &process.to_string()]).status().await?;
        if tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        self.database.remove().await
    }
}
