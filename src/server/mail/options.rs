//! How the command line says where e-mails go. Neither a server nor a folder: none are written.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use laurel_engine::usecase::ledger::Ledger;
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, Tokio1Executor};

use super::transport::PATIENCE;
use super::{Mailer, Transport};
use crate::server::config::PublicUrl;

#[derive(Args, Clone)]
pub struct MailOptions {
    /// SMTP server for emails: `smtps://user@host`, or `smtp://user@host:587?tls=required` for STARTTLS
    #[arg(long, env = "LAUREL_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// File with the password for the SMTP server
    #[arg(long, env = "LAUREL_SMTP_PASSWORD_FILE")]
    smtp_password_file: Option<PathBuf>,
    /// Sender of emails: `Points <points@example.com>`
    #[arg(long, env = "LAUREL_MAIL_FROM")]
    mail_from: Option<String>,
    /// Folder that emails are written to as .eml files instead, for development
    #[arg(long, env = "LAUREL_MAIL_FOLDER", conflicts_with = "smtp_url")]
    mail_folder: Option<PathBuf>,
}

/// Not a flag: other users of a machine see those.
const PASSWORD: &str = "LAUREL_SMTP_PASSWORD";

impl MailOptions {
    /// Whether anything says where e-mails go.
    pub fn is_given(&self) -> bool {
        self.smtp_url.is_some() || self.mail_folder.is_some()
    }

    /// The same with a folder, where nothing else was said.
    #[must_use]
    pub fn or_folder(self, folder: PathBuf) -> MailOptions {
        if self.is_given() { self } else { MailOptions { mail_folder: Some(folder), ..self } }
    }

    pub fn folder(&self) -> Option<&PathBuf> {
        self.mail_folder.as_ref()
    }

    /// From now on this server sends e-mails, if it is told where to.
    ///
    /// # Errors
    /// What is wrong with the options; nothing of a password.
    pub fn apply(&self, ledger: &Ledger, public_url: &PublicUrl) -> anyhow::Result<()> {
        let transport = match (&self.smtp_url, &self.mail_folder) {
            (Some(url), _) => Transport::Smtp(smtp(url, self.password()?)?),
            (None, Some(folder)) => Transport::Folder(folder.clone()),
            (None, None) => return Ok(()),
        };
        let from = self.sender(&transport)?;
        ledger.mail_by(Arc::new(Mailer::new(from, public_url.clone(), transport)));
        Ok(())
    }

    fn sender(&self, transport: &Transport) -> anyhow::Result<Mailbox> {
        match (&self.mail_from, transport) {
            (Some(from), _) => {
                from.parse().with_context(|| format!("--mail-from: {from} is not an address like Points <points@example.com>"))
            }
            (None, Transport::Folder(_)) => Ok("laurel@localhost".parse()?),
            (None, Transport::Smtp(_)) => bail!("--mail-from is missing: whom e-mails come from"),
        }
    }

    fn password(&self) -> anyhow::Result<Option<String>> {
        if let Some(file) = &self.smtp_password_file {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            return Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()));
        }
        Ok(std::env::var(PASSWORD).ok().filter(|password| !password.is_empty()))
    }
}

fn smtp(url: &str, password: Option<String>) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let not_one = "--smtp-url is not an address like smtps://user@host";
    let Some((scheme, rest)) = url.split_once("://") else { bail!(not_one) };
    let (authority, after) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    if user.is_some_and(|user| user.contains(':')) {
        bail!("--smtp-url must not hold the password: give it in a file (--smtp-password-file) or in {PASSWORD}");
    }
    let is_safe = scheme == "smtps" || after.contains("tls=required");
    let full = match (user, password) {
        (Some(_), None) => bail!("the password for the SMTP server is missing: --smtp-password-file or {PASSWORD}"),
        (Some(_), Some(_)) if !is_safe => bail!("a password is sent over TLS only: smtps://… or smtp://…?tls=required"),
        (Some(user), Some(password)) => format!("{scheme}://{user}:{}@{host}{after}", percent_encoded(&password)),
        (None, _) => url.to_owned(),
    };
    // the error would quote what was parsed
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&full).map_err(|_| anyhow::anyhow!(not_one))?;
    Ok(builder.timeout(Some(PATIENCE)).build())
}

fn percent_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(url: &str, password: Option<&str>) -> String {
        smtp(url, password.map(str::to_owned)).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[tokio::test]
    async fn a_password_stands_in_no_address_and_goes_over_tls_alone() {
        for (url, password, part) in [
            ("smtps://me:secret@mail.example.com", None, "must not hold the password"),
            ("smtps://me@mail.example.com", None, "password for the SMTP server is missing"),
            ("smtp://me@mail.example.com", Some("secret"), "over TLS only"),
            ("mail.example.com", None, "is not an address"),
            ("ftp://mail.example.com", None, "is not an address"),
            ("smtps://me@mail.example.com", Some("se cret+/@:"), ""),
            ("smtp://me@mail.example.com:587?tls=required", Some("secret"), ""),
            ("smtp://127.0.0.1:2525", None, ""),
        ] {
            let fault = fault(url, password);
            assert_eq!(fault.is_empty(), part.is_empty(), "{url}: {fault}");
            assert!(fault.contains(part) && !fault.contains("secret"), "{url}: {fault}");
        }
    }
}
