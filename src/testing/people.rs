//! People who come to Laurel, and the times they come at.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::MemberId;
use laurel_engine::auth::{Address, Auth, Authority, Role};
use laurel_engine::store::Db;
use laurel_engine::store::members::member::{self, NewMember};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::access::sign_in::{MemberSignedIn, SignIn, Visitor};
use laurel_engine::usecase::access::staff;
use laurel_engine::usecase::members::register::{Registration, register};
use laurel_engine::{auth, random};

pub const PASSWORD: &str = "correct horse battery";

/// A morning in Shanghai.
pub fn morning() -> Timestamp {
    "2026-11-22T02:00:00Z".parse().unwrap()
}

pub fn later(minutes: i64) -> Timestamp {
    morning() + SignedDuration::from_mins(minutes)
}

pub fn visitor() -> Visitor {
    visitor_from("192.0.2.7")
}

pub fn visitor_from(address: &str) -> Visitor {
    let address: IpAddr = address.parse().unwrap();
    Visitor { address: Address::from(address), device: "Firefox on Linux".to_owned(), session: None }
}

pub fn registration(sign_in_name: &str) -> Registration {
    Registration {
        name: "李雷".to_owned(),
        sign_in_name: sign_in_name.to_owned(),
        password: PASSWORD.to_owned(),
        referral_code: None,
        locale: "zh".to_owned(),
    }
}

pub fn sign_in(sign_in_name: &str, password: &str) -> SignIn {
    SignIn { sign_in_name: sign_in_name.to_owned(), password: password.to_owned() }
}

/// Somebody who has just registered.
pub async fn registered(db: &Db, auth: &Auth, sign_in_name: &str) -> MemberSignedIn {
    register(db, auth, &registration(sign_in_name), &visitor(), morning()).await.unwrap()
}

pub async fn member_session(db: &Db, token: &str, now: Timestamp) -> Option<auth::MemberSession> {
    auth::member_session(db, token, now).await.unwrap()
}

pub async fn staff_session(db: &Db, token: &str, now: Timestamp) -> Option<auth::StaffSession> {
    auth::staff_session(db, token, now).await.unwrap()
}

/// Somebody whom the payment system has enrolled and who has never been in the portal.
pub async fn enrolled(db: &Db, external_id: &str, email: Option<&str>) -> MemberId {
    let new = NewMember {
        id: MemberId::new(random::id(morning())),
        external_id: Some(external_id.to_owned()),
        name: Some("韩梅梅".to_owned()),
        email: email.map(str::to_owned),
        phone: None,
        locale: None,
        registered_at: morning(),
        referral_code: None,
        invited_by: None,
    };
    let inserted = db
        .write(new, |tx, new| Box::pin(async move { Ok::<_, AppError>(member::insert(tx, std::slice::from_ref(new)).await?) }));
    inserted.await.unwrap()[0].1
}

pub fn wanted(email: &str, role: Role, password: Option<&str>) -> staff::Wanted {
    staff::Wanted {
        email: email.to_owned(),
        name: "Wang Wei".to_owned(),
        role,
        locale: "en".to_owned(),
        password: password.map(str::to_owned),
    }
}

/// Somebody of the staff with this role, and the right to act as them.
pub async fn employed(db: &Db, auth: &Auth, email: &str, role: Role) -> Authority {
    Authority::from(&employed_session(db, auth, email, role).await)
}

/// Somebody of the staff with this role, who is signed in.
pub async fn employed_session(db: &Db, auth: &Auth, email: &str, role: Role) -> auth::StaffSession {
    use laurel_engine::usecase::access::sign_in;
    let wanted = wanted(email, role, Some(PASSWORD));
    staff::create(db, auth, Authority::command_line(), &wanted, morning()).await.unwrap();
    let signed_in = sign_in::staff(db, auth, &self::sign_in(email, PASSWORD), &visitor(), morning()).await.unwrap();
    staff_session(db, signed_in.token.as_str(), morning()).await.unwrap()
}

/// The code that a use case was refused with.
pub fn refused<T>(outcome: Result<T, AppError>) -> &'static str {
    match outcome {
        Ok(_) => "accepted",
        Err(error) => error.code(),
    }
}
