//! Lists that somebody of the staff comes back to.

use laurel_engine::auth::{Auth, Role};
use laurel_engine::usecase::access::saved_views::{of, put_back, remove, save};

use laurel_testing::people::{employed_session, later, morning, refused};

stories! {
    async fn a_list_is_kept_under_a_name_for_whoever_named_it(db: Db) {
        let auth = Auth::default();
        let mine = employed_session(&db, &auth, "a@example.com", Role::Viewer).await;
        let other = employed_session(&db, &auth, "b@example.com", Role::Viewer).await;
        save(&db, &mine, "members", "Gold", "tier=3", morning()).await.unwrap();
        save(&db, &mine, "members", "Gold", "tier=3&sort=-earned", morning()).await.unwrap();
        let kept = of(&db, &mine, "members").await.unwrap();
        assert_eq!(kept.iter().map(|view| (&*view.name, &*view.query)).collect::<Vec<_>>(), [("Gold", "tier=3&sort=-earned")]);
        assert_eq!(of(&db, &other, "members").await.unwrap(), []);
        assert_eq!(of(&db, &mine, "redemptions").await.unwrap(), []);
        assert_eq!(refused(save(&db, &mine, "elsewhere", "x", "y", morning()).await), "not_found");
        assert_eq!(refused(remove(&db, &other, kept[0].id).await), "not_found");
        let (list, gone) = remove(&db, &mine, kept[0].id).await.unwrap();
        assert_eq!((list.as_str(), &gone), ("members", &kept[0]));
        assert_eq!(of(&db, &mine, "members").await.unwrap(), []);
        put_back(&db, &mine, &list, &gone.name, &gone.query, later(1)).await.unwrap();
        let back = of(&db, &mine, "members").await.unwrap();
        assert_eq!((&*back[0].name, &*back[0].query), ("Gold", "tier=3&sort=-earned"));
        assert_eq!(refused(put_back(&db, &mine, &list, &gone.name, "tier=1", later(2)).await), "changed_meanwhile");
        assert_eq!(of(&db, &mine, "members").await.unwrap()[0].query, "tier=3&sort=-earned");
    }

    async fn twenty_of_a_list_are_kept_and_no_more(db: Db) {
        let mine = employed_session(&db, &Auth::default(), "a@example.com", Role::Viewer).await;
        for n in 0..20 {
            save(&db, &mine, "members", &format!("View {n}"), "tier=3", morning()).await.unwrap();
        }
        save(&db, &mine, "members", "View 7", "tier=1", morning()).await.unwrap();
        let wrong = save(&db, &mine, "members", "One more", "tier=3", morning()).await.unwrap_err();
        assert_eq!((wrong.code(), wrong.field()), ("invalid", Some("name")));
        let wrong = save(&db, &mine, "members", " ", "tier=3", morning()).await.unwrap_err();
        assert_eq!(wrong.field(), Some("name"));
    }
}
