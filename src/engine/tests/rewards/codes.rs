//! The codes of a reward, as the staff lists them.

use laurel_domain::rewards::redemption::RedemptionState;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::keyset::{Place, Window};
use laurel_engine::store::rewards::code_list::CodeState;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::rewards::codes::{Codes, Wanted, list};

use laurel_testing::people::employed;
use laurel_testing::programme::{check, programme, tell};
use laurel_testing::rewards::{bought, go, pool};

fn first(state: Option<CodeState>) -> Wanted {
    Wanted { state, code: None, page: Window { from: None, ascending: true, most: 3 } }
}

stories! {
    async fn codes_are_listed_by_what_became_of_them_page_by_page(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=3000").await.unwrap();
        let by = Authority::command_line();
        let reward = pool(&ledger, "c1\nc2\nc3\nc4\nc5\nc6\nc7\nc8").await;
        let taken = bought(&ledger, "m-1", reward, "k1").await;
        let held = list(&ledger, by, reward, first(Some(CodeState::Held))).await.unwrap();
        assert_eq!((held.page.rows[0].redemption, held.page.rows[0].given_at, held.counted.number), (Some(taken), None, 1));
        go(&ledger, taken, RedemptionState::Issued).await.unwrap();
        let read = |page: &Codes| {
            page.page.rows.iter().map(|code| code.code.clone()).collect::<Vec<_>>()
        };
        let given = list(&ledger, by, reward, first(Some(CodeState::Given))).await.unwrap();
        assert_eq!((read(&given), given.page.rows[0].redemption), (vec!["c1".to_owned()], Some(taken)));
        assert!(given.page.rows[0].given_at.is_some() && given.counted.number == 1);
        let free = list(&ledger, by, reward, first(Some(CodeState::Free))).await.unwrap();
        assert_eq!((read(&free), free.counted.number), (vec!["c2".into(), "c3".into(), "c4".into()], 7));
        let mut on = first(Some(CodeState::Free));
        on.page.from = free.page.next.map(|key| Place { key, backwards: false });
        let second = list(&ledger, by, reward, on).await.unwrap();
        assert_eq!(read(&second), ["c5", "c6", "c7"]);
        let mut back = first(Some(CodeState::Free));
        back.page.from = second.page.previous.map(|key| Place { key, backwards: true });
        assert_eq!(read(&list(&ledger, by, reward, back).await.unwrap()), ["c2", "c3", "c4"]);
        let mut falling = first(None);
        falling.page.ascending = false;
        let all = list(&ledger, by, reward, falling).await.unwrap();
        assert_eq!((read(&all), all.counted.number, all.counted.is_exact), (vec!["c8".into(), "c7".into(), "c6".into()], 8, true));
        check(&ledger).await;
    }

    async fn a_code_is_found_by_the_whole_of_it_only(db: Db) {
        let ledger = programme(&db).await;
        let (by, reward) = (Authority::command_line(), pool(&ledger, "ABC-1\nABC-2").await);
        for (typed, state, number) in [
            ("ABC-1", None, 1),
            ("ABC-1", Some(CodeState::Free), 1),
            ("ABC-1", Some(CodeState::Given), 0),
            ("ABC-", None, 0),
            ("", None, 0),
        ] {
            let wanted = Wanted { code: Some(typed.to_owned()), ..first(state) };
            let found = list(&ledger, by, reward, wanted).await.unwrap();
            assert_eq!((found.page.rows.len() as i64, found.counted.number), (number, number), "{typed}");
        }
        let support = employed(&db, &Auth::default(), "support@example.com", Role::Support).await;
        assert!(matches!(list(&ledger, support, reward, first(None)).await, Err(AppError::Forbidden)));
    }
}
