//! Settings that are changed on one server hold on all of them within seconds.

use std::time::{Duration, Instant};

use laurel_domain::ids::StaffId;
use laurel_domain::program::Programme;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::presence::Presence;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::programme::settings::{self, Change};

use laurel_testing::programme::programme;

fn enrol(enrol: bool) -> Change {
    Change { enrol_on_event: Some(enrol), ..Change::default() }
}

stories! {
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
        let nameless = Change { name: Some(String::new()), ..Change::default() };
        let error = settings::change(&ledger, Authority::command_line(), nameless).await.unwrap_err();
        assert_eq!(error.field(), Some("name"));
        assert_eq!(ledger.settings().name, "Laurel");
    }
}
