//! Exports that are too large to wait for: written piece by piece, gone on with, fetched, and forgotten.

use jiff::SignedDuration;
use laurel_domain::ids::ExportId;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::audit::Filter;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::audit;
use laurel_engine::usecase::exports::kept::{self, KEPT_FOR, Kept, MOST, State, Writing};
use laurel_engine::usecase::exports::{Chunk, Ended, Wanted, What};
use laurel_engine::usecase::imports::{self, Target, Upload};
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::{close, erase, view};

use laurel_testing::people::{employed, refused};
use laurel_testing::programme::programme;

const MEMBERS: Wanted = Wanted { what: What::Members, from: None, to: None };
const HEAD: &[u8] = b"id\n";

/// More members than are read at a time.
const MANY: usize = 2_500;

async fn with_members(ledger: &Ledger, number: usize) {
    let by = Authority::command_line();
    let file: String = (0..number).map(|n| format!("m-{n}\n")).collect();
    let mut upload = Upload::begin(ledger, by, "a.csv", Target::Members).await.unwrap();
    upload.add(format!("external_id\n{file}").as_bytes()).await.unwrap();
    let id = upload.finish().await.unwrap();
    imports::start(ledger, by, id).await.unwrap();
    imports::work(ledger).await.unwrap();
}

async fn begin(ledger: &Ledger, by: Authority) -> Writing {
    kept::begin(ledger, by, MEMBERS, ("en", "members.csv"), HEAD).await.unwrap()
}

/// The next rows, into the file. None at the end; otherwise whether it was this one's to write.
async fn step(writing: &mut Writing) -> Option<bool> {
    let chunk = writing.next().await.unwrap()?;
    let Chunk::Members(members) = chunk else { panic!("{chunk:?}") };
    let text: String = members.iter().map(|member| format!("{}\n", member.id)).collect();
    Some(writing.add(text.into_bytes()).await.unwrap())
}

async fn find(ledger: &Ledger, id: ExportId) -> Kept {
    kept::find(ledger, Authority::command_line(), id).await.unwrap()
}

/// The file from this byte to its end.
async fn fetched(ledger: &Ledger, id: ExportId, from: i64) -> String {
    let mut text = Vec::new();
    while let Some(bytes) = kept::bytes_from(ledger, id, from + text.len() as i64).await.unwrap() {
        text.extend(bytes);
    }
    String::from_utf8(text).unwrap()
}

/// What the log tells of it, in the order of the alphabet: all of it is of one moment.
async fn actions(ledger: &Ledger, id: ExportId) -> Vec<String> {
    let filter = Filter { subject: Some(format!("export:{id}")), limit: 20, ..Filter::default() };
    let mut told: Vec<String> = audit::list(&ledger.db, &filter).await.unwrap().into_iter().map(|row| row.action).collect();
    told.sort();
    told
}

stories! {
    async fn a_file_grows_piece_by_piece_and_can_be_fetched_from_anywhere_in_it(db: Db) {
        let ledger = programme(&db).await;
        with_members(&ledger, MANY).await;
        let mut writing = begin(&ledger, Authority::command_line()).await;
        let id = writing.id();
        writing.count().await.unwrap();
        assert_eq!(step(&mut writing).await, Some(true));
        let half = find(&ledger, id).await;
        assert_eq!((half.total, half.seen, half.written, half.state), (Some(MANY as i64), 2_000, 2_000, State::UnderWay));
        while step(&mut writing).await.is_some() {}
        writing.end(Ended::Completed).await.unwrap();
        let done = find(&ledger, id).await;
        let whole = fetched(&ledger, id, 0).await;
        assert_eq!((done.state, done.written, done.bytes), (State::Done, MANY as i64, whole.len() as i64));
        assert!(whole.starts_with("id\n") && whole.lines().count() == MANY + 1);
        for from in [1, 3, 40_000, done.bytes - 1, done.bytes, done.bytes + 9] {
            let rest = whole.get(from as usize..).unwrap_or_default();
            assert_eq!(fetched(&ledger, id, from).await, rest, "from {from}");
        }
        kept::fetched(&ledger, Authority::command_line(), &done).await.unwrap();
        assert_eq!(actions(&ledger, id).await, ["export.end", "export.fetch", "export.start"]);
    }

    async fn whoever_goes_on_with_a_forsaken_one_writes_each_row_once(db: Db) {
        let ledger = programme(&db).await;
        with_members(&ledger, MANY).await;
        let by = Authority::command_line();
        let mut gone = begin(&ledger, by).await;
        let id = gone.id();
        assert_eq!(step(&mut gone).await, Some(true));
        assert_eq!(refused(kept::go_on(&ledger, by, id).await), "export_not_now", "somebody is at it");
        ledger.clock.advance(SignedDuration::from_secs(61));
        assert!(find(&ledger, id).await.is_forsaken);
        let (mut writing, found) = kept::go_on(&ledger, by, id).await.unwrap();
        assert_eq!((found.written, found.locale.as_str()), (2_000, "en"));
        // the one that was thought gone comes back
        assert_eq!(step(&mut gone).await, Some(false));
        gone.end(Ended::Failed).await.unwrap();
        assert_eq!(find(&ledger, id).await.state, State::UnderWay);
        assert_eq!(step(&mut writing).await, Some(true));
        assert_eq!(step(&mut writing).await, None);
        writing.end(Ended::Completed).await.unwrap();
        let whole = fetched(&ledger, id, 0).await;
        let mut rows: Vec<&str> = whole.lines().skip(1).collect();
        rows.sort_unstable();
        rows.dedup();
        assert_eq!((whole.lines().count(), rows.len()), (MANY + 1, MANY));
        assert_eq!(actions(&ledger, id).await, ["export.end", "export.go_on", "export.start"]);
        assert_eq!(refused(kept::go_on(&ledger, by, id).await), "export_not_now", "it is whole");
    }

    async fn one_that_its_server_has_left_is_taken_up_once_by_whoever_looks(db: Db) {
        let ledger = programme(&db).await;
        with_members(&ledger, MANY).await;
        let auth = Auth::default();
        let manager = employed(&db, &auth, "m@example.com", Role::Manager).await;
        let mut gone = begin(&ledger, manager).await;
        let id = gone.id();
        assert_eq!(step(&mut gone).await, Some(true));
        assert!(kept::take_up(&ledger).await.unwrap().is_none(), "somebody is at it");
        ledger.clock.advance(SignedDuration::from_secs(61));
        let (one, other) = tokio::join!(kept::take_up(&ledger), kept::take_up(&ledger));
        let mut taken: Vec<(Writing, Kept)> = [one.unwrap(), other.unwrap()].into_iter().flatten().collect();
        let (mut writing, found) = taken.pop().unwrap();
        assert!(taken.is_empty(), "two servers that look at once");
        assert_eq!((found.written, found.locale.as_str()), (2_000, "en"));
        while step(&mut writing).await.is_some() {}
        writing.end(Ended::Completed).await.unwrap();
        let whole = fetched(&ledger, id, 0).await;
        let rows: std::collections::BTreeSet<&str> = whole.lines().collect();
        assert_eq!((whole.lines().count(), rows.len()), (MANY + 1, MANY + 1));
        assert_eq!(actions(&ledger, id).await, ["export.end", "export.go_on", "export.start"]);
        // whoever stopped one meant it
        let stopped = begin(&ledger, manager).await.id();
        kept::stop(&ledger, manager, stopped).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(61));
        assert!(kept::take_up(&ledger).await.unwrap().is_none());
    }

    async fn what_could_name_somebody_who_is_erased_is_deleted_and_says_so(db: Db) {
        let ledger = programme(&db).await;
        with_members(&ledger, 3).await;
        let by = Authority::command_line();
        let mut written = begin(&ledger, by).await;
        while step(&mut written).await.is_some() {}
        let done = written.id();
        written.end(Ended::Completed).await.unwrap();
        let mut under_way = begin(&ledger, by).await;
        let log = Wanted { what: What::Audit, from: None, to: None };
        let log = kept::begin(&ledger, by, log, ("en", "log.csv"), HEAD).await.unwrap().id();
        let member = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().id();
        close::close(&ledger, by, member, None).await.unwrap();
        assert_eq!(find(&ledger, done).await.state, State::Done, "who is closed is not forgotten");
        erase::erase(&ledger, by, member).await.unwrap();
        for id in [done, under_way.id()] {
            let found = find(&ledger, id).await;
            assert_eq!((found.state, found.outdated_at), (State::Forsaken, Some(ledger.clock.now())));
        }
        assert_eq!(find(&ledger, log).await.state, State::UnderWay, "it names nobody");
        assert_eq!(step(&mut under_way).await, Some(false), "nothing is added any more");
        assert_eq!(refused(kept::go_on(&ledger, by, done).await), "export_not_now");
        kept::tidy(&ledger).await.unwrap();
        assert_eq!(kept::bytes_from(&ledger, done, 0).await.unwrap(), None, "no piece is left");
        assert_eq!(kept::latest(&ledger).await.unwrap().len(), 3, "that they were there is told");
        // a new one is without them
        let mut anew = begin(&ledger, by).await;
        while step(&mut anew).await.is_some() {}
        let id = anew.id();
        anew.end(Ended::Completed).await.unwrap();
        assert_eq!(find(&ledger, id).await.state, State::Done);
        kept::discard(&ledger, by, done).await.unwrap();
        assert_eq!(refused(kept::find(&ledger, by, done).await), "not_found");
        ledger.clock.advance(KEPT_FOR + SignedDuration::from_secs(1));
        kept::tidy(&ledger).await.unwrap();
        assert!(kept::latest(&ledger).await.unwrap().is_empty());
    }

    async fn one_that_is_stopped_waits_and_one_that_is_deleted_is_gone(db: Db) {
        let ledger = programme(&db).await;
        with_members(&ledger, 3).await;
        let by = Authority::command_line();
        let mut writing = begin(&ledger, by).await;
        let id = writing.id();
        assert_eq!(refused(kept::discard(&ledger, by, id).await), "export_not_now");
        kept::stop(&ledger, by, id).await.unwrap();
        assert_eq!(refused(kept::stop(&ledger, by, id).await), "export_not_now");
        assert_eq!(step(&mut writing).await, Some(false));
        assert_eq!(find(&ledger, id).await.written, 0);
        let (mut again, _) = kept::go_on(&ledger, by, id).await.unwrap();
        assert_eq!(step(&mut again).await, Some(true));
        kept::stop(&ledger, by, id).await.unwrap();
        kept::discard(&ledger, by, id).await.unwrap();
        assert_eq!(refused(kept::find(&ledger, by, id).await), "not_found");
        assert_eq!(kept::bytes_from(&ledger, id, 0).await.unwrap(), None);
        let told = ["export.discard", "export.end", "export.end", "export.go_on", "export.start"];
        assert_eq!(actions(&ledger, id).await, told);
    }

    async fn files_are_for_those_who_may_see_what_is_in_them_and_only_so_many_for_a_week(db: Db) {
        let ledger = programme(&db).await;
        with_members(&ledger, 3).await;
        let auth = Auth::default();
        let viewer = employed(&db, &auth, "v@example.com", Role::Viewer).await;
        let manager = employed(&db, &auth, "m@example.com", Role::Manager).await;
        let none = kept::begin(&ledger, viewer, MEMBERS, ("en", "a.csv"), HEAD).await.map(drop);
        assert_eq!(refused(none), "forbidden");
        let id = begin(&ledger, manager).await.id();
        assert_eq!(find(&ledger, id).await.made_by.map(|by| by.uuid()), manager.actor().id());
        for outcome in [
            kept::find(&ledger, viewer, id).await.map(drop),
            kept::stop(&ledger, viewer, id).await,
            kept::discard(&ledger, viewer, id).await,
            kept::go_on(&ledger, viewer, id).await.map(drop),
        ] {
            assert_eq!(refused(outcome), "forbidden");
        }
        for _ in 1..MOST {
            begin(&ledger, manager).await;
        }
        let more = kept::begin(&ledger, manager, MEMBERS, ("en", "a.csv"), HEAD).await.map(drop);
        assert_eq!(refused(more), "too_many_exports");
        kept::tidy(&ledger).await.unwrap();
        assert_eq!(kept::latest(&ledger).await.unwrap().len(), MOST);
        ledger.clock.advance(KEPT_FOR + SignedDuration::from_secs(1));
        kept::tidy(&ledger).await.unwrap();
        assert_eq!(kept::latest(&ledger).await.unwrap().len(), 0);
    }
}
