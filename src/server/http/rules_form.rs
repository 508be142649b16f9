//! The editor of rules as a plain form. Its fields are as many as there are tiers and benefits. Whatever was asked (save, preview,
//! another tier), what was typed is kept and the browser is sent to the editor's page, which shows it: nothing is lost, and
//! reloading and going back work as on any page.

use axum::extract::{Request, State};
use axum::response::Response;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::form::{self, Fields};

use super::answer::{self, Asked};
use super::rules_fields::{self, Shown, see_other, show_again};
use crate::api_error::ApiError;
use crate::server::AppState;
use crate::server::web::errors;
use crate::server::web::flash::Flash;
use crate::server::web::paths::{RULES_DRAFT as PATH, RULES_PUBLISH as PUBLISH};
use crate::server::web::visit::Visit;
use laurel_engine::auth::{Authority, Permission, StaffSession};
use laurel_engine::usecase::{AppError, rules};

/// What becomes of the form.
enum Outcome {
    Saved,
    Publishes,
    Shown(Shown),
}

pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let may = |staff: &&StaffSession| staff.role.may(Permission::ManageRules);
    let Some(staff) = visit.staff.as_ref().filter(may) else {
        return answer::refuse(&asked, visit.lang.errors().forbidden_title, &errors::forbidden(visit.lang));
    };
    let (parts, body) = request.into_parts();
    let Some(fields) = rules_fields::read(body).await else { return answer::too_large(&asked) };
    match done(&state, &visit, staff, fields).await {
        Outcome::Saved => {
            let note = Flash::note(visit.lang.console().draft_saved).write(&state.config);
            see_other(PATH, PATH, Some(note))
        }
        Outcome::Publishes => see_other(PUBLISH, PATH, None),
        Outcome::Shown(shown) => show_again(&state, &visit, &parts.headers, &asked, PATH, shown).await,
    }
}

async fn done(state: &AppState, visit: &Visit, staff: &StaffSession, mut fields: Fields) -> Outcome {
    let wish = fields.remove("do").unwrap_or_default();
    match wish.as_str() {
        "save" | "publish" => match save(state, staff, &fields).await {
            Ok(()) if wish == "publish" => Outcome::Publishes,
            Ok(()) => Outcome::Saved,
            Err(error) => {
                let is_stale = matches!(error, AppError::Refused(Refusal::StaleDraft));
                let mut error = errors::of_app(visit.lang, error);
                if is_stale {
                    // the page shows what the other one changed, to be decided on
                    error = ApiError { message: visit.lang.console().stale.to_owned(), fields: Vec::new(), ..error };
                }
                let error = Some(error);
                Outcome::Shown(Shown { fields, error, at: None })
            }
        },
        edit => Outcome::Shown(rules_fields::edited(fields, edit)),
    }
}

async fn save(state: &AppState, staff: &StaffSession, fields: &Fields) -> Result<(), AppError> {
    let set = form::whole_rule_set(fields, state.ledger.programme.currency).map_err(|faults| Refusal::Invalid { faults })?;
    let number = |name: &str| fields.get(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    let base = u32::try_from(number("base")).unwrap_or_default();
    let desk = rules::overview(&state.ledger).await?;
    let is_same = match (&desk.draft, &desk.scheduled) {
        (Some(draft), _) => draft.set == set && draft.revision == number("revision") && draft.base == base,
        // what is scheduled may be published for another time
        (None, None) if desk.in_force.set == set => return Err(Refusal::NothingChanged.into()),
        _ => false,
    };
    if !is_same {
        rules::save_draft(&state.ledger, Authority::from(staff), set, base, number("revision")).await?;
    }
    Ok(())
}
