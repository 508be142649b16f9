//! Files of members, and of a reward's codes.

use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::reward::Supply;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::store::audit::{self, Filter};
use laurel_engine::usecase::imports::{self, Counts, State, Target};
use laurel_engine::usecase::members::close;
use laurel_engine::usecase::rewards::edit;

use super::{found, import, staff, upload};
use laurel_testing::programme::{check, member, programme, tell};
use laurel_testing::rewards::pool;

stories! {
    async fn members_are_enrolled_and_those_who_are_known_updated(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=50").await.unwrap();
        let file = "external_id,name,email,phone,locale,registered_at\n\
            m-1,王伟,wei@example.com,,zh,\n\
            m-2,Fang Li,,+8613912345678,en,2025-03-01T08:00:00Z\n\
            m-3,,not an address,,,\n\
            m-4,Jie,,,,yesterday\n\
            ,Nobody,,,,\n\
            m-2,Fang Lin,,,,\n";
        let done = import(&ledger, Target::Members, file).await;
        assert_eq!(done.counts, Counts { added: 1, changed: 2, known: 0, refused: 3 });
        let (wei, fang) = (member(&ledger, "m-1").await, member(&ledger, "m-2").await);
        assert_eq!((wei.name.as_deref(), wei.email.as_deref()), (Some("王伟"), Some("wei@example.com")));
        assert_eq!((fang.name.as_deref(), fang.phone.as_deref()), (Some("Fang Lin"), Some("+8613912345678")));
        assert_eq!(fang.registered_at.to_string(), "2025-03-01T08:00:00Z");
        let lines: Vec<u64> = imports::fault_chunk(&ledger, done.id, 0, 10).await.unwrap().faults.iter().map(|f| f.line).collect();
        assert_eq!(lines, [4, 5, 6]);
        let again = import(&ledger, Target::Members, file).await;
        assert_eq!(again.counts, Counts { added: 0, changed: 2, known: 1, refused: 3 }, "its second line of m-2 stands after the first");
        let edits = Filter { action: Some("member.edit".into()), limit: 10, ..Filter::default() };
        let edits = audit::list(&mut db.reader().await.unwrap(), &edits).await.unwrap();
        assert!(edits.iter().any(|row| row.after.as_deref() == Some("{\"changed\":[\"name\",\"email\",\"locale\"]}")), "{edits:?}");
        check(&ledger).await;
    }

    async fn a_file_of_the_staff_gives_nobody_another_address(db: Db) {
        let ledger = programme(&db).await;
        let manager = staff(&ledger, Role::Manager).await;
        import(&ledger, Target::Members, "external_id,email\nm-1,hers@example.com\n").await;
        let file = "external_id,name,email\nm-1,Fang,theirs@example.com\nm-2,New,new@example.com\n";
        let id = upload(&ledger, manager, Target::Members, file).await.unwrap();
        imports::start(&ledger, manager, id).await.unwrap();
        imports::work(&ledger).await.unwrap();
        assert_eq!(found(&ledger, id).await.counts, Counts { added: 1, changed: 1, ..Counts::default() });
        let (fang, new) = (member(&ledger, "m-1").await, member(&ledger, "m-2").await);
        assert_eq!((fang.name.as_deref(), fang.email.as_deref()), (Some("Fang"), Some("hers@example.com")));
        assert_eq!(new.email.as_deref(), Some("new@example.com"));
    }

    async fn a_member_who_is_closed_is_left_alone_and_stops_no_other(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=50").await.unwrap();
        let id = member(&ledger, "m-1").await.id.parse().unwrap();
        close::close(&ledger, Authority::command_line(), id, None).await.unwrap();
        let done = import(&ledger, Target::Members, "external_id,name\nm-1,Again\nm-2,New\n").await;
        assert_eq!(done.counts, Counts { added: 1, refused: 1, ..Counts::default() });
        let refused = imports::fault_chunk(&ledger, done.id, 0, 10).await.unwrap();
        assert_eq!(refused.faults[0].reason.refusal(), Ok(Refusal::MemberClosed));
    }

    async fn codes_go_into_their_pool_once(db: Db) {
        let ledger = programme(&db).await;
        let reward = pool(&ledger, "OLD-1").await;
        let target = Target::Codes { reward };
        let file = "code\nNEW-1\nOLD-1\nNEW-2\nNEW-1\n \n";
        let done = import(&ledger, target.clone(), file).await;
        assert_eq!(done.counts, Counts { added: 2, known: 2, refused: 1, ..Counts::default() });
        assert_eq!(edit::file(&ledger, reward).await.unwrap().codes.free, 3);
        assert_eq!(edit::file(&ledger, reward).await.unwrap().reward.supply, Supply::Pool);
        let id = upload(&ledger, Authority::command_line(), target, file).await.unwrap();
        assert_eq!(found(&ledger, id).await.state, State::Ready);
    }
}
