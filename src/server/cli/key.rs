//! `laurel key`: API keys for payment systems.

use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use super::{Common, Ended, print_json};
use laurel_engine::auth::{Authority, rate_of};
use laurel_engine::store::timestamp;
use laurel_engine::usecase::access::keys::{Wanted, create, end_old, list, revoke, rotate};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Create a key and print it; it is not shown again
    Create {
        #[arg(long)]
        name: String,
        /// Comma-separated scopes: events:write, members:read, members:write, redemptions:write, redemptions:fulfil, benefits:use, rules:read
        #[arg(long, value_delimiter = ',', required = true)]
        scope: Vec<String>,
        /// Source of the events it sends
        #[arg(long)]
        source: Option<String>,
        /// How many events, or requests of other kinds, it may send a second [default: 20000 with events:write, 200 without]
        #[arg(long, value_name = "N")]
        rate: Option<u32>,
    },
    /// List all keys, without their secrets
    List,
    /// Give a key another secret and print it; the one so far works on for a while
    Rotate {
        id: Uuid,
        /// How long the secret so far works on
        #[arg(long, default_value = "24h", value_parser = ["1h", "24h", "7d"])]
        keep: String,
    },
    /// End the secret that a rotated key had before, at once
    EndOld { id: Uuid },
    /// Revoke a key permanently
    Revoke { id: Uuid },
}

pub(super) async fn run(common: &Common, command: Command) -> anyhow::Result<Ended> {
    let authority = Authority::command_line();
    match command {
        Command::Create { name, scope, source, rate } => {
            let ledger = common.ledger_or_default().await?;
            let wanted = Wanted { name, scopes: scope.join(","), source, rate: rate.map(|rate| rate.to_string()) };
            let created = create(&ledger.db, authority, &wanted, ledger.clock.now()).await?;
            if common.is_json() {
                print_json(&json!({ "id": created.id, "key": created.token.as_str() }))?;
            } else {
                out_line!("{}", created.token.as_str());
            }
        }
        Command::List => {
            let ledger = common.ledger().await?;
            for key in list(&ledger.db, authority, ledger.clock.now()).await? {
                let state = if key.revoked_at.is_some() { "revoked" } else { "in force" };
                let made = timestamp(key.created_at)?.strftime("%F");
                let (rate, _) = rate_of(&key)?;
                let (id, hint, source, scopes, name) = (key.id, key.hint, key.source, key.scopes, key.name);
                out_line!("{id}  {hint}…  {made}  {state:<9} {rate}/s  {source}  {scopes}  {name}");
            }
        }
        Command::Rotate { id, keep } => {
            let ledger = common.ledger().await?;
            let hours = match keep.as_str() {
                "1h" => "1",
                "7d" => "168",
                _ => "24",
            };
            let rotated = rotate(&ledger.db, authority, id, hours, ledger.clock.now()).await?;
            if common.is_json() {
                let old_until = rotated.old_until.to_string();
                print_json(&json!({ "id": id, "key": rotated.token.as_str(), "old_until": old_until }))?;
            } else {
                out_line!("{}", rotated.token.as_str());
                note_line!("The old secret works until {}.", rotated.old_until);
            }
        }
        Command::EndOld { id } => {
            let ledger = common.ledger().await?;
            end_old(&ledger.db, authority, id, ledger.clock.now()).await?;
            note_line!("The old secret no longer works.");
        }
        Command::Revoke { id } => {
            let ledger = common.ledger().await?;
            revoke(&ledger.db, authority, id, ledger.clock.now()).await?;
            note_line!("Key revoked.");
        }
    }
    Ok(Ended::Well)
}
