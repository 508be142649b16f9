//! Members who were invited at the portal, and whom the payment system knows.

use laurel_domain::ids::MemberId;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::auth::{Actor, Auth};
use laurel_engine::store::Db;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::enrol::{Enrolment, enrol};
use laurel_engine::usecase::members::register::{Registration, register};
use laurel_engine::usecase::members::{link, view};

use crate::people::{later, member_session, registered, registration, visitor};
use crate::programme::programme_with;

/// Registers somebody whom the owner of `code` invited, and lets the payment system claim them as `external_id`.
pub async fn invited(db: &Db, auth: &Auth, name: &str, code: Option<String>, external_id: &str) -> MemberId {
    let wish = Registration { referral_code: code, ..registration(name) };
    let came = register(db, auth, &wish, &visitor(), later(1)).await.unwrap();
    claim(db, came.token.as_str(), external_id).await;
    came.member
}

pub async fn claim(db: &Db, token: &str, external_id: &str) {
    let session = member_session(db, token, later(2)).await.unwrap();
    let (code, _) = link::new_code(db, &session, later(2)).await.unwrap();
    let claim = Enrolment { external_id: external_id.into(), link_code: Some(code), ..Enrolment::default() };
    enrol(db, Actor::CommandLine, &claim, later(3)).await.unwrap();
}

pub async fn code_of(ledger: &Ledger, member: MemberId) -> Option<String> {
    view::find(ledger, By::Id(member)).await.unwrap().unwrap().referral_code
}

/// `m-a` has invited `m-1`, `m-2` … of whom none has paid yet, under rules by which awards go with their payments.
pub async fn invitations(db: &Db, friends: usize, change: impl FnOnce(&mut RuleSet)) -> Ledger {
    let taking_back = |set: &mut RuleSet| {
        set.take_back_referral = true;
        change(set);
    };
    let (ledger, auth) = (programme_with(db, taking_back).await, Auth::default());
    let inviter = registered(db, &auth, "a@example.com").await;
    claim(db, inviter.token.as_str(), "m-a").await;
    let code = code_of(&ledger, inviter.member).await;
    for n in 1..=friends {
        // each from elsewhere, as far as the limits of one address go
        invited(db, &Auth::default(), &format!("b{n}@example.com"), code.clone(), &format!("m-{n}")).await;
    }
    ledger
}
