//! Members who look into their inbox.

use laurel_engine::auth::MemberSession;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::notifications::inbox::{Notice, inbox};

pub(super) async fn session(ledger: &Ledger, external_id: &str) -> MemberSession {
    let member = view::find(ledger, By::External(external_id)).await.unwrap().unwrap();
    let id = uuid::Uuid::nil();
    MemberSession { no: member.no, member: member.id(), id, token_hash: [0; 32], name: None, locale: None, unread: 0 }
}

/// The first page of a member's inbox.
pub(super) async fn notices(ledger: &Ledger, external_id: &str) -> Vec<Notice> {
    inbox(&ledger.db, &session(ledger, external_id).await, None).await.unwrap().notices
}

/// What each is about, newest first; of a tier without the time when it changed.
pub(super) async fn told(ledger: &Ledger, external_id: &str) -> Vec<String> {
    let about = |about: String| match about.strip_prefix("tier/").and_then(|rest| rest.split_once('/')) {
        Some((seq, _)) => format!("tier/{seq}"),
        None => about,
    };
    notices(ledger, external_id).await.into_iter().map(|notice| about(notice.about)).collect()
}
