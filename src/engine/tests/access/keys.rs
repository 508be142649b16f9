//! API keys: their scopes, their limits, and their revocation.

use std::time::{Duration, Instant};

use laurel_engine::auth::{self, ApiKey, Auth, Authority, Role, Scope, rate_of};
use laurel_engine::store::access::keys;
use laurel_engine::store::audit::Filter;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::access::keys::{Wanted, create, end_old, list, revoke, rotate};
use laurel_engine::usecase::audit;
use laurel_engine::usecase::housekeeping::forget;

use laurel_testing::people::{employed, later, morning, refused};

fn wanted(scopes: &str, source: Option<&str>) -> Wanted {
    Wanted { name: "till".to_owned(), scopes: scopes.to_owned(), source: source.map(str::to_owned), rate: None }
}

stories! {
    async fn a_key_opens_what_it_was_made_for_until_it_is_revoked(db: Db) {
        let admin = Authority::command_line();
        let made = create(&db, admin, &wanted("events:write,members:read", Some("pos")), morning()).await.unwrap();
        assert!(made.token.as_str().starts_with(ApiKey::PREFIX));
        let key = auth::key(&db, made.token.as_str(), later(1)).await.unwrap().unwrap();
        assert_eq!((key.id, key.name.as_str(), key.source.as_str()), (made.id, "till", "pos"));
        assert!(key.may(Scope::EventsWrite) && key.may(Scope::MembersRead) && !key.may(Scope::RedemptionsFulfil));
        revoke(&db, admin, made.id, later(2)).await.unwrap();
        assert_eq!(auth::key(&db, made.token.as_str(), later(3)).await.unwrap(), None);
        assert_eq!(refused(revoke(&db, admin, made.id, later(3)).await), "not_found");
    }

    async fn a_key_that_another_process_revokes_opens_nothing_some_seconds_later(db: Db) {
        let admin = Authority::command_line();
        let made = create(&db, admin, &wanted("rules:read", None), morning()).await.unwrap();
        let opens = async || auth::key(&db, made.token.as_str(), later(1)).await.unwrap().is_some();
        assert!(opens().await);
        // as another process does it, of which this one hears nothing
        db.write(made.id, |tx, id| Box::pin(keys::revoke(tx, *id, 1))).await.unwrap();
        let since = Instant::now();
        while opens().await {
            assert!(since.elapsed() < Duration::from_secs(5), "it opens still");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn a_key_that_gets_another_secret_keeps_the_old_one_for_the_time_that_was_chosen(db: Db) {
        let admin = Authority::command_line();
        let made = create(&db, admin, &wanted("rules:read", Some("pos")), morning()).await.unwrap();
        let (id, first) = (made.id, made.token);
        let opens = async |token: &str, minutes: i64| auth::key(&db, token, later(minutes)).await.unwrap().map(|key| (key.id, key.source));
        assert!(opens(first.as_str(), 1).await.is_some(), "and so it is known");
        let second = rotate(&db, admin, id, "1", later(2)).await.unwrap();
        assert_eq!(second.old_until, later(62));
        assert_eq!(opens(second.token.as_str(), 3).await, Some((id, "pos".to_owned())), "the same key");
        assert!(opens(first.as_str(), 61).await.is_some());
        assert_eq!(opens(first.as_str(), 62).await, None, "also where it is known still");
        let listed = list(&db, admin, later(5)).await.unwrap();
        assert_eq!((listed.len(), listed[0].old_until), (1, Some(later(62).as_microsecond())));
        assert_eq!(listed[0].hint, second.token.as_str()[..13]);
        let third = rotate(&db, admin, id, "168", later(10)).await.unwrap();
        assert_eq!(opens(first.as_str(), 11).await, None, "one old secret at a time");
        assert!(opens(second.token.as_str(), 11).await.is_some());
        end_old(&db, admin, id, later(12)).await.unwrap();
        assert_eq!(opens(second.token.as_str(), 12).await, None, "at once");
        assert!(opens(third.token.as_str(), 12).await.is_some());
        assert_eq!(refused(end_old(&db, admin, id, later(13)).await), "not_found");
        let last = rotate(&db, admin, id, "24", later(14)).await.unwrap();
        revoke(&db, admin, id, later(15)).await.unwrap();
        for token in [third.token, last.token] {
            assert_eq!(opens(token.as_str(), 16).await, None, "revoked with all its secrets");
        }
        assert_eq!(refused(rotate(&db, admin, id, "24", later(17)).await), "not_found");
        let noted = async |action: &str| {
            let filter = Filter { action: Some(action.to_owned()), limit: 10, ..Filter::default() };
            audit::list(&db, &filter).await.unwrap().len()
        };
        assert_eq!((noted("key.rotate").await, noted("key.end_old").await), (3, 1));
    }

    async fn a_secret_is_kept_for_an_hour_a_day_or_a_week_by_administrators_alone(db: Db) {
        let auth = Auth::default();
        let manager = employed(&db, &auth, "m@example.com", Role::Manager).await;
        let made = create(&db, Authority::command_line(), &wanted("rules:read", None), morning()).await.unwrap();
        for hours in ["", "0", "2", "1.0", "9999999999999999999999"] {
            let error = rotate(&db, Authority::command_line(), made.id, hours, later(1)).await.unwrap_err();
            assert_eq!((error.code(), error.field()), ("invalid", Some("hours")), "{hours}");
        }
        assert_eq!(refused(rotate(&db, manager, made.id, "1", later(1)).await), "forbidden");
        assert_eq!(refused(end_old(&db, manager, made.id, later(1)).await), "forbidden");
        assert!(auth::key(&db, made.token.as_str(), later(2)).await.unwrap().is_some());
    }

    async fn calls_and_errors_of_the_last_day_are_gathered_and_older_ones_forgotten(db: Db) {
        let admin = Authority::command_line();
        let made = create(&db, admin, &wanted("rules:read", None), morning()).await.unwrap();
        let other = create(&db, admin, &wanted("rules:read", None), later(1)).await.unwrap();
        let used = async |minutes: i64| {
            let listed = list(&db, admin, later(minutes)).await.unwrap();
            let of = |id| listed.iter().find(|key| key.id == id).map(|key| (key.calls, key.errors)).unwrap();
            (of(made.id), of(other.id))
        };
        for minute in 0..10 {
            auth::note_call(&db, made.id, minute % 5 == 0, later(minute));
        }
        assert_eq!(used(10).await, ((0, 0), (0, 0)), "nothing is written by a call");
        db.write_last_uses().await.unwrap();
        auth::note_call(&db, made.id, true, later(11));
        auth::note_call(&db, made.id, false, later(20 * 60));
        auth::note_call(&db, other.id, false, later(20 * 60));
        db.write_last_uses().await.unwrap();
        db.write_last_uses().await.unwrap();
        assert_eq!(used(12).await, ((12, 3), (1, 0)), "added to what is there, once");
        assert_eq!(used(25 * 60).await, ((1, 0), (1, 0)), "the first hour is more than a day ago");
        assert_eq!(forget(&db, later(49 * 60)).await.unwrap().uses, 1);
        assert_eq!(forget(&db, later(80 * 60)).await.unwrap().uses, 2);
    }

    async fn what_is_not_a_key_opens_nothing(db: Db) {
        let made = create(&db, Authority::command_line(), &wanted("rules:read", None), morning()).await.unwrap();
        let without_prefix = made.token.as_str().trim_start_matches(ApiKey::PREFIX).to_owned();
        let shortened = &made.token.as_str()[..made.token.as_str().len() - 1];
        for presented in ["", "lrl_live_", &without_prefix, shortened, &"lrl_live_x".repeat(10_000)] {
            assert_eq!(auth::key(&db, presented, later(1)).await.unwrap(), None);
        }
        assert_eq!(auth::key(&db, made.token.as_str(), later(1)).await.unwrap().unwrap().source, "default");
    }

    async fn nobody_sends_events_in_the_name_of_laurel(db: Db) {
        let made = create(&db, Authority::command_line(), &wanted("events:write", Some("laurel")), morning()).await;
        assert_eq!(refused(made), "invalid");
    }

    async fn the_list_shows_how_a_key_begins_and_when_it_was_last_used(db: Db) {
        let admin = Authority::command_line();
        let made = create(&db, admin, &wanted("rules:read", None), morning()).await.unwrap();
        assert_eq!(list(&db, admin, later(5)).await.unwrap()[0].last_used_at, None);
        auth::key(&db, made.token.as_str(), later(1)).await.unwrap();
        auth::key(&db, made.token.as_str(), later(1) + jiff::SignedDuration::from_secs(59)).await.unwrap();
        db.write_last_uses().await.unwrap();
        let listed = &list(&db, admin, later(5)).await.unwrap()[0];
        let used = later(1) + jiff::SignedDuration::from_secs(59);
        assert_eq!(listed.last_used_at, Some(used.as_microsecond()), "written once for both");
        assert_eq!(listed.hint, made.token.as_str()[..13]);
    }

    async fn a_key_has_the_limit_that_was_chosen_or_the_one_of_its_scopes(db: Db) {
        let admin = Authority::command_line();
        let rate = async |scopes: &str, rate: Option<&str>| {
            let wanted = Wanted { rate: rate.map(str::to_owned), ..wanted(scopes, None) };
            let made = create(&db, admin, &wanted, morning()).await?;
            Ok::<u32, AppError>(auth::key(&db, made.token.as_str(), later(1)).await?.unwrap().rate)
        };
        assert_eq!(rate("events:write,members:read", None).await.unwrap(), 20_000);
        assert_eq!(rate("members:read", Some(" ")).await.unwrap(), 200);
        assert_eq!(rate("events:write", Some("7")).await.unwrap(), 7);
        let mut shown: Vec<_> = list(&db, admin, later(5)).await.unwrap().iter().map(|key| rate_of(key).unwrap()).collect();
        shown.sort_unstable();
        assert_eq!(shown, [(7, true), (200, false), (20_000, false)]);
        for wrong in ["0", "-1", "1.5", "1000001", "viel"] {
            let refused = rate("events:write", Some(wrong)).await.unwrap_err();
            assert_eq!((refused.code(), refused.field()), ("invalid", Some("rate")), "{wrong}");
        }
    }

    async fn only_administrators_make_keys_and_only_with_known_scopes(db: Db) {
        let auth = Auth::default();
        let manager = employed(&db, &auth, "m@example.com", Role::Manager).await;
        assert_eq!(refused(create(&db, manager, &wanted("rules:read", None), morning()).await), "forbidden");
        assert_eq!(refused(list(&db, manager, later(5)).await), "forbidden");
        for scopes in ["", "events:read", "events:write,everything"] {
            let error = create(&db, Authority::command_line(), &wanted(scopes, None), morning()).await.unwrap_err();
            assert_eq!((error.code(), error.field()), ("unknown_scope", Some("scopes")));
        }
    }
}
