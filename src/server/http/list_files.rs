//! Lists of the console as files: a reward's codes, and the outbox. Just what the page shows that leads to them.

use axum::extract::{Path, Request, State};
use axum::response::Response;

use super::console_files::{answer_with, file_name};
use super::exports::code_cells;
use crate::pages::admin::{asked_codes, asked_mail, asked_refused, mail_cells, refused_cells};
use crate::server::AppState;
use crate::server::web::csv::Csv;
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::store::keyset::{Place, Window};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::mail::desk;
use laurel_engine::usecase::refused;
use laurel_engine::usecase::rewards::codes::{self, Wanted};

/// Read at a time, and where the files end.
const CHUNK: usize = 1_000;
const MOST: usize = 100_000;

/// A reward's codes, those that nobody has seen in part only.
pub async fn codes(State(state): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    answer_with(state, request, Permission::ManageRewards, async |context| {
        let id = id.parse().map_err(|_| AppError::NotFound)?;
        let by = Authority::from(context.visit.staff.as_ref().ok_or(AppError::NotSignedIn)?);
        let mut csv = Csv::new(&context.lang.imports().code_columns)?;
        let asked = asked_codes(&context.visit);
        let mut wanted = Wanted { page: Window { from: None, most: CHUNK, ..asked.page.clone() }, ..asked };
        let mut written = 0;
        loop {
            let found = codes::list(&context.state.ledger, by, id, wanted.clone()).await?;
            for code in &found.page.rows {
                csv.row(code_cells(&context, context.lang.of(&found.reward.terms.name).to_owned(), code))?;
            }
            written += found.page.rows.len();
            wanted.page.from = found.page.next.map(|key| Place { key, backwards: false });
            if wanted.page.from.is_none() || written >= MOST {
                return csv.attachment(&file_name(&context, "codes"));
            }
        }
    })
    .await
}

/// The e-mails in a state, never what they say.
pub async fn mail(State(state): State<AppState>, request: Request) -> Response {
    answer_with(state, request, Permission::ManageSettings, async |context| {
        let by = Authority::from(context.visit.staff.as_ref().ok_or(AppError::NotSignedIn)?);
        let state = asked_mail(&context.visit);
        let mut csv = Csv::new(&context.lang.mail_desk().csv_columns)?;
        let (mut page, mut written) = (Window::first(CHUNK), 0);
        loop {
            let found = desk::listed(&context.state.ledger, by, state, page).await?;
            for one in &found.rows {
                csv.row(mail_cells(&context, one))?;
            }
            written += found.rows.len();
            page.from = found.next.map(|key| Place { key, backwards: false });
            if page.from.is_none() || written >= MOST {
                return csv.attachment(&file_name(&context, &format!("mail-{}", state.name())));
            }
        }
    })
    .await
}

/// Refused events, as the list is restricted.
pub async fn refused(State(state): State<AppState>, request: Request) -> Response {
    answer_with(state, request, Permission::Read, async |context| {
        let by = Authority::from(context.visit.staff.as_ref().ok_or(AppError::NotSignedIn)?);
        let wanted = asked_refused(&context.visit);
        let mut csv = Csv::new(&context.lang.refused().csv_columns)?;
        let (mut page, mut written) = (Window::first(CHUNK), 0);
        loop {
            let found = refused::listed(&context.state.ledger, by, &wanted, page).await?;
            for one in &found.rows {
                csv.row(refused_cells(&context, one))?;
            }
            written += found.rows.len();
            page.from = found.next.map(|key| Place { key, backwards: false });
            if page.from.is_none() || written >= MOST {
                return csv.attachment(&file_name(&context, "refused-events"));
            }
        }
    })
    .await
}
