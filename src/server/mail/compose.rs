//! An e-mail as it is sent: plain text and simple HTML that say the same, in the language of its reader.

use std::fmt::Write;
use std::time::SystemTime;

use laurel_domain::look::Look;
use laurel_domain::pictures::PictureKind;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::mail::{Content, Letter, Undelivered};
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use crate::i18n::Lang;
use crate::server::config::PublicUrl;
use crate::server::web::links;
use crate::server::web::news::{said, topic};
use crate::server::web::pictures::picture_url;

/// What stands in an e-mail.
struct Said {
    subject: String,
    /// The paragraphs, and among them the one link.
    text: Vec<String>,
    link: (String, &'static str),
    after: Vec<String>,
    /// Small print with links of its own.
    foot: Vec<(String, String)>,
    unsubscribe: Option<String>,
}

/// # Errors
/// `Never` for an address that is none.
pub(super) fn message(
    ledger: &Ledger,
    public_url: &PublicUrl,
    from: &Mailbox,
    programme: &str,
    letter: &Letter,
) -> Result<Message, Undelivered> {
    let lang = letter.locale.as_deref().and_then(Lang::parse).unwrap_or_default().calling(&ledger.settings().unit);
    let never = |reason: &str| Undelivered::Never(reason.to_owned());
    let address = letter.address.parse().map_err(|_| never("the address is not one"))?;
    let said = words(ledger, public_url, lang, programme, letter);
    let (plain, html) =
        (plain(lang, letter, &said), html(lang, &Frame { programme, public_url, look: ledger.look() }, letter, &said));
    let host = public_url.origin().split("://").nth(1).unwrap_or_default().split(':').next().unwrap_or_default();
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(letter.name.clone(), address))
        .subject(said.subject)
        .date(SystemTime::from(ledger.clock.now()))
        // the same however often it is sent, so that a mailbox can tell
        .message_id(Some(format!("<{}@{host}>", letter.id)))
        .multipart(MultiPart::alternative_plain_html(plain, html))
        .map_err(|error| never(&error.to_string()))?;
    // as they are: neither words to encode nor lines to fold
    let mut header = |name: &'static str, value: String| {
        let name = HeaderName::new_from_ascii_str(name);
        message.headers_mut().insert_raw(HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value));
    };
    header("Auto-Submitted", "auto-generated".to_owned());
    if let Some(link) = said.unsubscribe {
        header("List-Unsubscribe", format!("<{link}>"));
        header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned());
    }
    Ok(message)
}

fn words(ledger: &Ledger, public_url: &PublicUrl, lang: Lang, programme: &str, letter: &Letter) -> Said {
    let t = lang.mail();
    let by_code = |subject: String, text: String, link: (String, &'static str)| {
        let after = vec![t.valid_for.to_owned(), t.ignore.to_owned()];
        Said { subject, text: vec![text], link, after, foot: Vec::new(), unsubscribe: None }
    };
    match &letter.content {
        Content::Activation { code } => {
            let link = (links::activation(public_url, code.as_str()), t.activation_link);
            by_code((t.activation_subject)(programme), (t.activation)(programme), link)
        }
        Content::Reset { code } => {
            let link = (links::activation(public_url, code.as_str()), t.reset_link);
            by_code((t.reset_subject)(programme), t.reset.to_owned(), link)
        }
        Content::StaffInvitation { code } => {
            let link = (links::staff_activation(public_url, code.as_str()), t.invitation_link);
            by_code((t.invitation_subject)(programme), (t.invitation)(programme), link)
        }
        Content::StaffReset { code } => {
            let link = (links::staff_activation(public_url, code.as_str()), t.reset_link);
            by_code((t.staff_reset_subject)(programme), (t.staff_reset)(programme), link)
        }
        Content::ConfirmEmail { code } => {
            let link = (links::confirmation(public_url, code.as_str()), t.confirm_link);
            by_code((t.confirm_subject)(programme), (t.confirm)(programme), link)
        }
        Content::EmailChanged { to } => Said {
            subject: (t.changed_subject)(programme),
            text: vec![(t.changed)(to.as_deref())],
            link: (public_url.to("/profile"), t.changed_link),
            after: vec![t.changed_not_you.to_owned()],
            foot: Vec::new(),
            unsubscribe: None,
        },
        Content::News { news, notice, member, unsubscribe } => {
            let news_said = said(lang, today(ledger), news, notice.as_ref());
            let kind = news.kind();
            let stop = links::unsubscribe(public_url, *member, kind, unsubscribe);
            let foot = vec![((t.stop)(topic(kind)), stop.clone()), (t.choose.to_owned(), public_url.to("/profile#emails"))];
            Said {
                subject: format!("{} · {programme}", news_said.title),
                text: vec![news_said.title, news_said.text],
                link: (public_url.to(&news_said.path), news_said.link),
                after: Vec::new(),
                foot,
                unsubscribe: Some(stop),
            }
        }
    }
}

fn today(ledger: &Ledger) -> jiff::civil::Date {
    let zone = jiff::tz::TimeZone::get(&ledger.programme.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    zone.to_datetime(ledger.clock.now()).date()
}

fn plain(lang: Lang, letter: &Letter, said: &Said) -> String {
    let t = lang.mail();
    let mut text = format!("{}\n", (t.hello)(letter.name.as_deref()));
    // writing into a text does not fail
    for paragraph in &said.text {
        let _ = write!(text, "\n{paragraph}\n");
    }
    let _ = write!(text, "\n{}:\n{}\n", said.link.1, said.link.0);
    for paragraph in &said.after {
        let _ = write!(text, "\n{paragraph}\n");
    }
    if !said.foot.is_empty() {
        text.push_str("\n-- \n");
    }
    for (words, link) in &said.foot {
        let _ = writeln!(text, "{words}: {link}");
    }
    text
}

/// What an e-mail wears of the programme.
struct Frame<'a> {
    programme: &'a str,
    public_url: &'a PublicUrl,
    look: Look,
}

impl Frame<'_> {
    /// Mailboxes show the portal's own logo, or leave it out.
    fn head(&self) -> String {
        let name = escaped(self.programme);
        let logo = self.look.logo.map(|logo| {
            let url = self.public_url.to(&picture_url(logo, PictureKind::Logo, PictureKind::Logo.widths()[0]));
            format!(
                "<img src=\"{}\" alt=\"\" width=\"32\" height=\"32\" style=\"vertical-align:middle;margin-right:8px\">",
                escaped(&url)
            )
        });
        format!("<p style=\"font-weight:600\">{}{name}</p>", logo.unwrap_or_default())
    }

    /// What a button is, and what is written on it.
    fn button(&self) -> [String; 2] {
        match self.look.accent.map(|accent| accent.shades().light) {
            Some(shade) => [shade.main.to_string(), shade.ink.to_string()],
            None => ["#1f6b3f".to_owned(), "#ffffff".to_owned()],
        }
    }
}

fn html(lang: Lang, frame: &Frame<'_>, letter: &Letter, said: &Said) -> String {
    let t = lang.mail();
    let mut body = format!("{}<p>{}</p>", frame.head(), escaped(&(t.hello)(letter.name.as_deref())));
    for paragraph in &said.text {
        let _ = write!(body, "<p>{}</p>", escaped(paragraph));
    }
    let [ground, ink] = frame.button();
    let button = format!(
        "display:inline-block;padding:10px 18px;border-radius:8px;background:{ground};color:{ink};text-decoration:none"
    );
    let _ = write!(body, "<p><a style=\"{button}\" href=\"{}\">{}</a></p>", escaped(&said.link.0), escaped(said.link.1));
    for paragraph in &said.after {
        let _ = write!(body, "<p style=\"color:#555555\">{}</p>", escaped(paragraph));
    }
    if !said.foot.is_empty() {
        let links: Vec<String> = said
            .foot
            .iter()
            .map(|(words, link)| format!("<a style=\"color:#555555\" href=\"{}\">{}</a>", escaped(link), escaped(words)))
            .collect();
        let why = escaped(&(t.why)(frame.programme));
        let _ = write!(body, "<p style=\"color:#555555;font-size:13px\">{why}<br>{}</p>", links.join(" · "));
    }
    let font =
        "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei',sans-serif;color:#1a1f1c";
    let (tag, title) = (lang.tag(), escaped(&said.subject));
    format!(
        "<!DOCTYPE html><html lang=\"{tag}\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body style=\"{font};max-width:34em;margin:0 auto;padding:24px\">{body}</body></html>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
