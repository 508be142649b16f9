//! `laurel demo`: a believable programme to look at, with a member and staff of every role to sign in as.
//!
//! Their passwords are random and made anew at every start: there is no default password anywhere.

use std::io::{IsTerminal, Write};

use clap::Args;
use serde_json::json;

use super::{Common, Ended, demo_refused, serve};
use laurel_domain::ids::StaffId;
use laurel_engine::auth::{Address, Auth, Authority, Role};
use laurel_engine::clock::Clock;
use laurel_engine::random;
use laurel_engine::store::access::staff;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::access::activate::{self, Activation};
use laurel_engine::usecase::access::sign_in::Visitor;
use laurel_engine::usecase::access::staff::Wanted;
use laurel_engine::usecase::access::{staff as accounts, staff_entry};
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::programme::demo_staff::STAFF;
use laurel_engine::usecase::programme::{demo, demo_rules};

const MEMBER: &str = "member@example.com";
/// Several hundred, made in seconds.
const MEMBERS: u64 = 360;
/// Nothing that reads like another.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

// those of `serve` are a group of this name already
#[derive(Args)]
#[group(skip)]
pub(super) struct Options {
    #[command(flatten)]
    serve: serve::Options,
    /// How many members a new programme is to have [default: 360, or a tenth of --events]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(i64::from(demo::FEWEST)..=100_000_000))]
    members: Option<u32>,
    /// How many events their history has, over 18 months [default: ten for each of --members, or some thousand for the fewest]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2_000..=10_000_000_000))]
    events: Option<u64>,
    /// The same seed makes the same members and history
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

impl Options {
    /// None is the smallest programme.
    fn crowd(&self) -> Option<demo::Size> {
        let members = match (self.members, self.events) {
            (None, None) => MEMBERS,
            (Some(members), _) => u64::from(members),
            (None, Some(events)) => (events / 10).max(u64::from(demo::FEWEST) + 1),
        };
        let is_smallest = members == u64::from(demo::FEWEST) && self.events.is_none();
        (!is_smallest).then(|| demo::Size { members, events: self.events.unwrap_or(members * 10), seed: self.seed })
    }
}

pub(super) async fn run(common: &Common, options: Options) -> anyhow::Result<Ended> {
    let crowd = options.crowd();
    let rules = demo_rules::rules(crowd.map_or(0, |size| size.members));
    let ledger = common.ledger_or_found(rules, &Clock::fixed(demo::founded(Clock::System.now()))).await?;
    let (listener, config) = options.serve.bind().await?;
    let terminal = std::io::stderr().is_terminal();
    let made = demo::fill_with(&ledger, crowd, |posted| {
        if terminal {
            note!("\r{posted} events");
            // only a sign of life
            let _ = std::io::stderr().flush();
        }
    });
    let made = made.await?;
    if made {
        demo_refused::send(&ledger).await?;
    }
    if terminal && made && crowd.is_some() {
        note_line!();
    }
    // what its history tells is in the inboxes by now, and nobody is written to about it
    let mail = options.serve.mail.clone().or_folder(common.beside_database("mail"));
    mail.apply(&ledger, &config.public_url)?;
    let url = config.public_url.origin();
    let Some(member) = view::find(&ledger, By::External(demo::VISITOR)).await? else {
        note_line!("This database already holds another programme; serving it unchanged on {url}");
        return serve::serve(listener, ledger, config).await;
    };
    let auth = Auth::default();
    let member_password = password();
    set_member_password(&ledger, &auth, member.id(), &member_password).await?;
    let mut staff = Vec::new();
    for (role, email, name) in STAFF {
        let password = password();
        set_staff_password(&ledger, &auth, (role, email, name), &password).await?;
        staff.push((role, email, password));
    }
    if common.is_json() {
        out_line!(
            "{}",
            json!({
                "url": url,
                "member": {"sign_in_name": MEMBER, "password": member_password},
                "admin": {"email": staff[0].1, "password": staff[0].2},
                "staff": staff.iter().map(|(role, email, password)| {
                    json!({"role": role.as_str(), "email": email, "password": password})
                }).collect::<Vec<_>>(),
            })
        );
    } else {
        let what = if made { "Demo programme created." } else { "Demo programme opened as you left it." };
        out_line!("\n{what} Passwords change at every start.\n");
        out_line!("  member         {url}/");
        out_line!("                 {MEMBER:20}{member_password}");
        out_line!("  console        {url}/admin");
        for (role, email, password) in &staff {
            out_line!("                 {email:20}{password}  ({})", role.as_str());
        }
        out_line!("");
        if let Some(folder) = mail.folder() {
            out_line!("  e-mails        {}\n", folder.display());
        }
        out_line!("Press Ctrl-C to stop.");
    }
    serve::serve(listener, ledger, config).await
}

fn password() -> String {
    random::text(16, ALPHABET)
}

fn visitor() -> Visitor {
    let address = Address::from(std::net::IpAddr::from([127, 0, 0, 1]));
    Visitor { address, device: "laurel demo".to_owned(), session: None }
}

async fn set_member_password(
    ledger: &Ledger,
    auth: &Auth,
    member: laurel_domain::ids::MemberId,
    password: &str,
) -> anyhow::Result<()> {
    let now = ledger.clock.now();
    let invitation = activate::invite(&ledger.db, Authority::command_line(), member, now).await?;
    let code = invitation.code.as_str().to_owned();
    let activation = Activation { code, sign_in_name: Some(MEMBER.to_owned()), password: password.to_owned() };
    activate::activate(&ledger.db, auth, &activation, &visitor(), now).await?;
    Ok(())
}

async fn set_staff_password(
    ledger: &Ledger,
    auth: &Auth,
    (role, email, name): (Role, &str, &str),
    password: &str,
) -> anyhow::Result<()> {
    let (db, now, authority) = (&ledger.db, ledger.clock.now(), Authority::command_line());
    let known = staff::find_by_email(&mut db.reader().await?, email).await?;
    let Some(known) = known else {
        let wanted = Wanted {
            email: email.to_owned(),
            name: name.to_owned(),
            role,
            locale: "zh".to_owned(),
            password: Some(password.to_owned()),
        };
        accounts::create(db, auth, authority, &wanted, now).await?;
        return Ok(());
    };
    let code = accounts::invite(db, authority, StaffId::new(known.id), now).await?;
    staff_entry::activate(db, auth, code.as_str(), password, &visitor(), now).await?;
    Ok(())
}
