//! API keys: their scopes, their limits, and their revocation.

use std::time::{Duration, Instant};

use laurel_engine::auth::{self, ApiKey, Auth, Authority, Role, Scope, rate_of};
use laurel_engine::store::access::keys;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::access::keys::{Wanted, create, list, revoke};

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
        assert_eq!(list(&db, admin).await.unwrap()[0].last_used_at, None);
        auth::key(&db, made.token.as_str(), later(1)).await.unwrap();
        auth::key(&db, made.token.as_str(), later(1) + jiff::SignedDuration::from_secs(59)).await.unwrap();
        db.write_last_uses().await.unwrap();
        let listed = &list(&db, admin).await.unwrap()[0];
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
        let mut shown: Vec<_> = list(&db, admin).await.unwrap().iter().map(|key| rate_of(key).unwrap()).collect();
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
        assert_eq!(refused(list(&db, manager).await), "forbidden");
        for scopes in ["", "events:read", "events:write,everything"] {
            let error = create(&db, Authority::command_line(), &wanted(scopes, None), morning()).await.unwrap_err();
            assert_eq!((error.code(), error.field()), ("unknown_scope", Some("scopes")));
        }
    }
}
