//! `laurel key`: API keys for payment systems.

use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use super::{Common, Ended, print_json};
use laurel_engine::auth::{Authority, rate_of};
use laurel_engine::store::timestamp;
use laurel_engine::usecase::access::keys::{Wanted, create, list, revoke};

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
            for key in list(&common.ledger().await?.db, authority).await? {
                let state = if key.revoked_at.is_some() { "revoked" } else { "in force" };
                let made = timestamp(key.created_at)?.strftime("%F");
                let (rate, _) = rate_of(&key)?;
                let (id, hint, source, scopes, name) = (key.id, key.hint, key.source, key.scopes, key.name);
                out_line!("{id}  {hint}…  {made}  {state:<9} {rate}/s  {source}  {scopes}  {name}");
            }
        }
        Command::Revoke { id } => {
            let ledger = common.ledger().await?;
            revoke(&ledger.db, authority, id, ledger.clock.now()).await?;
            note_line!("Key revoked.");
        }
    }
    Ok(Ended::Well)
}
