//! Settings that are changed on one server hold on all of them within seconds.

use std::time::{Duration, Instant};

use laurel_domain::ids::StaffId;
use laurel_domain::look::{Accent, Look};
use laurel_domain::pictures::PictureKind;
use laurel_domain::program::Programme;
use laurel_domain::refusal::Refusal;
use laurel_domain::unit::UnitName;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::presence::Presence;
use laurel_engine::store::audit::{AuditRow, Filter};
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::programme::settings::{self, Change, NewUnit};
use laurel_engine::usecase::{AppError, audit, housekeeping, pictures};

use laurel_testing::programme::{LIVE, post, programme};
use laurel_testing::rewards::picture;

fn enrol(enrol: bool) -> Change {
    Change { enrol_on_event: Some(enrol), ..Change::default() }
}

fn unit(zh: &str, one: &str, many: &str) -> Change {
    let unit = NewUnit { zh: Some(zh.into()), en_one: Some(one.into()), en_many: Some(many.into()) };
    Change { unit, ..Change::default() }
}

stories! {
    async fn what_members_collect_has_the_name_that_the_team_gives_it(db: Db) {
        let here = programme(&db).await;
        let by = Authority::command_line();
        assert_eq!(here.settings().unit, UnitName::default());
        settings::change(&here, by, unit("星星", "star", "stars")).await.unwrap();
        let stars = UnitName::new("星星", "star", "stars").unwrap();
        assert_eq!(here.settings().unit, stars);
        // one that starts now has it from the beginning
        assert_eq!(Ledger::open(db.clone(), here.clock.clone()).await.unwrap().unwrap().settings().unit, stars);
        // another setting, as an older page would send it, leaves it as it is; so does one of its words
        settings::change(&here, by, enrol(false)).await.unwrap();
        let one = NewUnit { en_one: Some("Star".into()), ..NewUnit::default() };
        settings::change(&here, by, Change { unit: one, ..Change::default() }).await.unwrap();
        assert_eq!(here.settings().unit, UnitName::new("星星", "Star", "stars").unwrap());
        let filter = Filter { action: Some("settings.change".into()), limit: 10, ..Filter::default() };
        let noted = audit::list(&db, &filter).await.unwrap();
        assert_eq!(noted.len(), 3);
        // all of one moment
        let is_first = |row: &&AuditRow| row.before.as_ref().is_some_and(|before| before.contains("points"));
        let first = noted.iter().find(is_first).unwrap();
        let [before, after] = [&first.before, &first.after].map(|text| text.clone().unwrap_or_default().to_string());
        assert!(before.contains("\"unit_many\":\"points\"") && before.contains("积分"), "{before}");
        assert!(after.contains("\"unit_many\":\"stars\"") && after.contains("\"unit_one\":\"star\"") && after.contains("星星"), "{after}");
    }

    async fn a_name_and_a_unit_that_are_none_are_refused_together_and_nothing_changes(db: Db) {
        let ledger = programme(&db).await;
        let wrong = Change { name: Some(" ".into()), ..unit("", "st4r", "stars") };
        let error = settings::change(&ledger, Authority::command_line(), wrong).await.unwrap_err();
        let AppError::Refused(Refusal::Invalid { faults }) = error else { panic!("{error:?}") };
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["name", "unit_zh", "unit_one"]);
        assert_eq!(ledger.settings().unit, UnitName::default());
    }

    async fn a_setting_changed_on_one_server_holds_on_the_other(db: Db) {
        let here = programme(&db).await;
        let there = Ledger::open(db.clone(), here.clock.clone()).await.unwrap().unwrap();
        let presence = Presence::start(there.clone(), &[], Duration::from_millis(200));
        assert!(there.settings().enrol_on_event);
        let by = Authority::command_line();
        let changed = settings::change(&here, by, Change { name: Some("Lorbeer".into()), ..enrol(false) }).await.unwrap();
        assert_eq!((changed.name.as_str(), changed.enrol_on_event), ("Lorbeer", false));
        assert_eq!(*here.settings(), changed, "at once");
        let begun = Instant::now();
        while *there.settings() != changed {
            assert!(begun.elapsed() < Duration::from_secs(10), "it never learnt");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(presence.fault(), None);
        presence.leave(&there).await;
    }

    async fn the_look_changed_on_one_server_holds_on_the_other_and_each_change_is_noted(db: Db) {
        let here = programme(&db).await;
        let there = Ledger::open(db.clone(), here.clock.clone()).await.unwrap().unwrap();
        let presence = Presence::start(there.clone(), &[], Duration::from_millis(200));
        let by = Authority::command_line();
        let accent = Accent::parse("#0f4c81").unwrap();
        settings::change(&here, by, Change { accent: Some(Some(accent)), ..Change::default() }).await.unwrap();
        settings::set_logo(&here, by, picture(3)).await.unwrap();
        let look = here.look();
        assert_eq!(look.accent, Some(accent), "the logo came by itself");
        let logo = look.logo.expect("a logo");
        let begun = Instant::now();
        while there.look() != look {
            assert!(begun.elapsed() < Duration::from_secs(10), "it never learnt");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        presence.leave(&there).await;
        // one that starts now has it from the beginning
        assert_eq!(Ledger::open(db.clone(), here.clock.clone()).await.unwrap().unwrap().look(), look);
        let (kind, body) = pictures::size(&here, logo, 192).await.unwrap().expect("a size");
        assert!(kind == PictureKind::Logo && body.starts_with(b"\x89PNG"));
        // what the programme shows is not cleared out
        let later = here.clock.now() + pictures::KEPT_FOR + pictures::KEPT_FOR;
        assert_eq!(housekeeping::forget(&db, later).await.unwrap().pictures, 0);
        settings::remove_logo(&here, by).await.unwrap();
        settings::change(&here, by, Change { accent: Some(None), ..Change::default() }).await.unwrap();
        settings::remove_logo(&here, by).await.unwrap();
        assert_eq!(here.look(), Look::default());
        assert_eq!(housekeeping::forget(&db, later).await.unwrap().pictures, 1);
        let filter = Filter { action: Some("settings.change".into()), limit: 10, ..Filter::default() };
        assert_eq!(audit::list(&db, &filter).await.unwrap().len(), 4, "what changed nothing is not noted");
    }

    async fn currency_and_time_zone_are_fixed_by_the_first_event(db: Db) {
        let ledger = programme(&db).await;
        assert!(!settings::is_fixed(&ledger).await.unwrap());
        post(&ledger, LIVE, &["id=p1 member=m-1 pay=100"]).await;
        assert!(settings::is_fixed(&ledger).await.unwrap());
    }

    async fn a_server_does_not_go_on_with_another_currency(db: Db) {
        let ledger = programme(&db).await;
        let other = Programme { currency: "EUR".parse().unwrap(), ..(*ledger.settings()).clone() };
        assert!(!ledger.learn(other));
        assert_eq!(ledger.settings().currency.code(), "CNY");
    }

    async fn only_administrators_change_settings_and_a_name_is_a_name(db: Db) {
        let ledger = programme(&db).await;
        let by = Authority::staff(StaffId::new(uuid::Uuid::nil()), Role::Manager);
        assert!(matches!(settings::change(&ledger, by, enrol(false)).await, Err(AppError::Forbidden)));
        assert!(matches!(settings::set_logo(&ledger, by, picture(1)).await, Err(AppError::Forbidden)));
        assert!(matches!(settings::remove_logo(&ledger, by).await, Err(AppError::Forbidden)));
        let nameless = Change { name: Some(String::new()), ..Change::default() };
        let error = settings::change(&ledger, Authority::command_line(), nameless).await.unwrap_err();
        assert_eq!(error.field(), Some("name"));
        assert_eq!(ledger.settings().name, "Laurel");
    }
}
