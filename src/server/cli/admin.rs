//! `laurel admin`: accounts of the staff, for whoever may log in to the machine.

use std::io::Read;

use anyhow::Context;
use clap::Subcommand;

use super::{Common, Ended, PublicAddress};
use crate::server::web::links;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::usecase::access::staff::{Wanted, create};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Create an account; without --password-stdin, print a one-time link for its owner to set a password
    Create {
        #[arg(long)]
        email: String,
        /// viewer, support, manager or admin
        #[arg(long)]
        role: Role,
        /// Their name; defaults to the email address
        #[arg(long)]
        name: Option<String>,
        /// zh or en
        #[arg(long, default_value = "zh")]
        locale: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        address: PublicAddress,
    },
}

pub(super) async fn run(common: &Common, command: Command) -> anyhow::Result<Ended> {
    let Command::Create { email, role, name, locale, password_stdin, address } = command;
    let ledger = common.ledger_or_default().await?;
    let password = if password_stdin { Some(password_from_stdin()?) } else { None };
    let wanted = Wanted { name: name.unwrap_or_else(|| email.clone()), email, role, locale, password };
    let created = create(&ledger.db, &Auth::default(), Authority::command_line(), &wanted, ledger.clock.now()).await?;
    note_line!("Created an account for {} ({}).", wanted.email, role.as_str());
    if let Some(code) = created.code {
        out_line!("{}", links::staff_activation(&address.url()?, code.as_str()));
    }
    Ok(Ended::Well)
}

/// All of it but the end of the last line, which `echo` adds.
fn password_from_stdin() -> anyhow::Result<String> {
    let mut password = String::new();
    // twice the longest: what is longer is refused, not waited for
    std::io::stdin().take(1_024).read_to_string(&mut password).context("cannot read the password")?;
    let length = password.trim_end_matches(['\r', '\n']).len();
    password.truncate(length);
    Ok(password)
}
