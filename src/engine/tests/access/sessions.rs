//! How long sessions last, and the list of devices.

use jiff::SignedDuration;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::access::sessions::Owner;
use laurel_engine::usecase::access::{sign_in, sign_out, staff};
use laurel_engine::usecase::housekeeping;

use laurel_testing::people::{
    PASSWORD, later, member_session, morning, refused, registered, sign_in as with, staff_session, visitor, wanted,
};

const DAY: i64 = 24 * 60;

stories! {
    async fn an_idle_session_ends_and_a_used_one_goes_on_until_its_day(db: Db) {
        let auth = Auth::default();
        let idle = registered(&db, &auth, "li@example.com").await.token;
        let used = registered(&db, &auth, "han@example.com").await.token;
        for day in 1..90 {
            assert!(member_session(&db, used.as_str(), later(day * DAY)).await.is_some(), "day {day}");
        }
        assert!(member_session(&db, idle.as_str(), later(14 * DAY) - SignedDuration::from_secs(1)).await.is_some());
        assert!(member_session(&db, idle.as_str(), later(28 * DAY)).await.is_none());
        assert!(member_session(&db, used.as_str(), later(90 * DAY)).await.is_none());
    }

    async fn a_session_of_staff_ends_after_half_an_hour_of_silence_or_twelve_hours(db: Db) {
        let auth = Auth::default();
        staff::create(&db, &auth, Authority::command_line(), &wanted("w@example.com", Role::Support, Some(PASSWORD)), morning()).await.unwrap();
        let sign_in = async || sign_in::staff(&db, &auth, &with("w@example.com", PASSWORD), &visitor(), morning()).await.unwrap().token;
        let (silent, busy) = (sign_in().await, sign_in().await);
        assert!(staff_session(&db, silent.as_str(), later(30)).await.is_none());
        for minute in (0..12 * 60).step_by(20) {
            let session = staff_session(&db, busy.as_str(), later(minute)).await.unwrap();
            assert_eq!((session.role, session.name.as_str(), session.locale.as_str()), (Role::Support, "Wang Wei", "en"));
        }
        assert!(staff_session(&db, busy.as_str(), later(12 * 60)).await.is_none());
    }

    async fn a_token_of_one_kind_opens_nothing_of_the_other(db: Db) {
        let auth = Auth::default();
        let member = registered(&db, &auth, "li@example.com").await.token;
        staff::create(&db, &auth, Authority::command_line(), &wanted("w@example.com", Role::Admin, Some(PASSWORD)), morning()).await.unwrap();
        let staff = sign_in::staff(&db, &auth, &with("w@example.com", PASSWORD), &visitor(), morning()).await.unwrap().token;
        assert!(staff_session(&db, member.as_str(), morning()).await.is_none());
        assert!(member_session(&db, staff.as_str(), morning()).await.is_none());
        assert_eq!(refused(sign_in::staff(&db, &auth, &with("li@example.com", PASSWORD), &visitor(), morning()).await), "wrong_sign_in");
        assert_eq!(refused(sign_in::member(&db, &auth, &with("w@example.com", PASSWORD), &visitor(), morning()).await), "wrong_sign_in");
    }

    async fn a_member_signs_out_one_device_or_all(db: Db) {
        let auth = Auth::default();
        let phone = registered(&db, &auth, "li@example.com").await.token;
        let laptop = sign_in::member(&db, &auth, &with("li@example.com", PASSWORD), &visitor(), later(1)).await.unwrap().token;
        let tablet = sign_in::member(&db, &auth, &with("li@example.com", PASSWORD), &visitor(), later(2)).await.unwrap().token;
        let stranger = member_session(&db, registered(&db, &auth, "han@example.com").await.token.as_str(), morning()).await.unwrap();
        let session = member_session(&db, phone.as_str(), later(3)).await.unwrap();
        let owner = Owner::Member(session.no);

        let devices = sign_out::devices(&db, owner).await.unwrap();
        assert_eq!(devices.len(), 3);
        assert_eq!((devices[0].session.id, devices[0].device.as_str()), (session.id, "Firefox on Linux"));
        assert_eq!(refused(sign_out::device(&db, Owner::Member(stranger.no), session.id).await), "not_found");
        let on_laptop = member_session(&db, laptop.as_str(), later(3)).await.unwrap();
        sign_out::device(&db, owner, on_laptop.id).await.unwrap();
        assert!(member_session(&db, laptop.as_str(), later(3)).await.is_none());

        sign_out::here(&db, tablet.hash()).await.unwrap();
        assert!(member_session(&db, tablet.as_str(), later(3)).await.is_none());
        assert_eq!(sign_out::everywhere(&db, owner).await.unwrap(), 1);
        assert!(member_session(&db, phone.as_str(), later(3)).await.is_none());
        assert_eq!(sign_out::devices(&db, Owner::Member(stranger.no)).await.unwrap().len(), 1);
    }

    async fn housekeeping_forgets_only_what_has_ended(db: Db) {
        let auth = Auth::default();
        let li = registered(&db, &auth, "li@example.com").await.token;
        assert_eq!(housekeeping::forget(&db, later(14 * DAY - 1)).await.unwrap().sessions, 0);
        assert!(member_session(&db, li.as_str(), later(13 * DAY)).await.is_some());
        assert_eq!(housekeeping::forget(&db, later(14 * DAY)).await.unwrap().sessions, 0);
        assert_eq!(housekeeping::forget(&db, later(28 * DAY)).await.unwrap().sessions, 1);
    }
}
