//! What can be changed about a programme while it runs: its name, what it calls its points, whether events enrol members, and
//! how it looks.

use laurel_domain::ids::PictureId;
use laurel_domain::look::{Accent, Look};
use laurel_domain::pictures::PictureKind;
use laurel_domain::program::Programme;
use laurel_domain::refusal::{FieldFault, Refusal};
use laurel_domain::unit::UnitName;
use serde_json::{Value, json};

use crate::auth::{Authority, Permission};
use crate::store::Tx;
use crate::store::audit::{self, Action};
use crate::store::{pictures, programme};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::pictures::{Made, made};

const LONGEST_NAME: usize = 80;

/// What is to be another one; the rest stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub name: Option<String>,
    pub unit: NewUnit,
    pub enrol_on_event: Option<bool>,
    /// `Some(None)` is Laurel's own.
    pub accent: Option<Option<Accent>>,
}

/// Other words for points, as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewUnit {
    pub zh: Option<String>,
    pub en_one: Option<String>,
    pub en_many: Option<String>,
}

impl NewUnit {
    fn instead_of(&self, unit: &UnitName) -> Result<UnitName, Vec<FieldFault>> {
        let or = |new: &Option<String>, before: &str| new.clone().unwrap_or_else(|| before.to_owned());
        UnitName::new(&or(&self.zh, unit.zh()), &or(&self.en_one, unit.en_one()), &or(&self.en_many, unit.en_many()))
    }
}

/// What the logo is to be.
#[derive(Clone, Debug)]
enum Logo {
    AsItIs,
    None,
    New(Made),
}

/// Changes settings. This server goes by them at once, others on the same database within seconds.
///
/// # Errors
/// `Forbidden`; `invalid` (`name`, and as [`UnitName::new`]).
pub async fn change(ledger: &Ledger, by: Authority, change: Change) -> Result<Programme, AppError> {
    require(by, Permission::ManageSettings)?;
    write(ledger, by, change, Logo::AsItIs).await
}

/// Gives the programme the logo of an uploaded file.
///
/// # Errors
/// `Forbidden`; as [`crate::usecase::pictures::set_of_reward`].
pub async fn set_logo(ledger: &Ledger, by: Authority, file: Vec<u8>) -> Result<(), AppError> {
    require(by, Permission::ManageSettings)?;
    let made = made(file, PictureKind::Logo).await?;
    write(ledger, by, Change::default(), Logo::New(made)).await.map(drop)
}

/// Takes the logo away; Laurel's leaf stands there again.
///
/// # Errors
/// `Forbidden`.
pub async fn remove_logo(ledger: &Ledger, by: Authority) -> Result<(), AppError> {
    require(by, Permission::ManageSettings)?;
    write(ledger, by, Change::default(), Logo::None).await.map(drop)
}

/// Whether currency and time zone are fixed, because something was posted by them.
pub async fn is_fixed(ledger: &Ledger) -> Result<bool, AppError> {
    Ok(programme::has_entries(&mut ledger.db.reader().await?).await?)
}

async fn write(ledger: &Ledger, by: Authority, change: Change, logo: Logo) -> Result<Programme, AppError> {
    let input = (ledger.clone(), by, change, logo);
    let written = ledger.db.write(input, |tx, (ledger, by, change, logo)| Box::pin(change_in(tx, ledger, *by, change, logo)));
    let (changed, look) = written.await?;
    ledger.learn(changed.clone());
    ledger.learn_look(look);
    Ok(changed)
}

async fn change_in(
    tx: &mut Tx,
    ledger: &Ledger,
    by: Authority,
    change: &Change,
    logo: &Logo,
) -> Result<(Programme, Look), AppError> {
    let before = programme::lock(tx).await?.ok_or(AppError::NotFound)?;
    let look_before = programme::look(tx).await?;
    let now = ledger.clock.now();
    let after = changed(&before, change)?;
    let look = Look {
        accent: change.accent.unwrap_or(look_before.accent),
        logo: match logo {
            Logo::AsItIs => look_before.logo,
            Logo::None => None,
            Logo::New(made) => {
                pictures::put(tx, made.id, PictureKind::Logo, &made.sizes, now).await?;
                Some(made.id)
            }
        },
    };
    if after != before {
        programme::set(tx, &after).await?;
    }
    if look != look_before {
        programme::set_look(tx, look).await?;
    }
    if (&after, look) != (&before, look_before) {
        let action = Action {
            actor: by.actor(),
            name: "settings.change",
            subject: "programme",
            before: Some(noted(&before, look_before)),
            after: Some(noted(&after, look)),
        };
        audit::append(tx, &action, now).await?;
    }
    Ok((after, look))
}

fn changed(before: &Programme, change: &Change) -> Result<Programme, Refusal> {
    let name = change.name.as_deref().unwrap_or(&before.name);
    let mut faults: Vec<FieldFault> = laurel_domain::text::checked(name, LONGEST_NAME)
        .err()
        .map(|fault| FieldFault::new("name", fault))
        .into_iter()
        .collect();
    match change.unit.instead_of(&before.unit) {
        Ok(unit) if faults.is_empty() => {
            let enrol_on_event = change.enrol_on_event.unwrap_or(before.enrol_on_event);
            Ok(Programme { name: name.to_owned(), unit, enrol_on_event, ..before.clone() })
        }
        Ok(_) => Err(Refusal::Invalid { faults }),
        Err(wrong) => {
            faults.extend(wrong);
            Err(Refusal::Invalid { faults })
        }
    }
}

fn noted(programme: &Programme, look: Look) -> Value {
    json!({
        "name": programme.name,
        "unit_zh": programme.unit.zh(),
        "unit_one": programme.unit.en_one(),
        "unit_many": programme.unit.en_many(),
        "enrol": programme.enrol_on_event,
        "accent": look.accent.map(|accent| accent.colour().to_string()),
        "logo": look.logo.map(|logo: PictureId| logo.to_string()),
    })
}
