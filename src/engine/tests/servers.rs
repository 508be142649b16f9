//! Several servers on one database: who lives, and who does which job.

use std::time::Duration;

use laurel_engine::store::Db;
use laurel_engine::usecase::servers::{self, Learnt, Presented};

use laurel_testing::programme::programme;

const JOBS: [&str; 2] = ["due", "re-rating"];
const LONG: Duration = Duration::from_secs(600);

async fn report_in(db: &Db, name: &str, lease: Duration) -> Learnt {
    servers::report_in(db, Presented { name: name.to_owned(), jobs: &JOBS, lease }).await.unwrap()
}

/// Reports in until it has the jobs, as a lease of no time is over at the next tick of the database's clock.
async fn until_it_has_jobs(db: &Db, name: &str) -> Learnt {
    for _ in 0..10_000 {
        let learnt = report_in(db, name, LONG).await;
        if !learnt.jobs.is_empty() {
            return learnt;
        }
    }
    panic!("{name} never got a job")
}

stories! {
    async fn each_job_is_one_servers_own_as_long_as_that_lives(db: Db) {
        let ledger = programme(&db).await;
        let first = report_in(&db, "first", LONG).await;
        assert_eq!((first.servers, first.jobs), (1, JOBS.to_vec()));
        assert_eq!(first.rules.latest, 1);
        let second = report_in(&db, "second", LONG).await;
        assert_eq!((second.servers, second.jobs), (2, vec![]));
        let again = report_in(&db, "first", LONG).await;
        assert_eq!((again.servers, again.jobs), (2, JOBS.to_vec()));
        let listed = servers::list(&ledger.db).await.unwrap();
        let jobs = JOBS.map(str::to_owned).to_vec();
        assert_eq!(listed.into_iter().collect::<Vec<_>>(), [("first".to_owned(), jobs), ("second".to_owned(), vec![])]);
    }

    async fn of_many_that_come_at_once_one_gets_a_job(db: Db) {
        programme(&db).await;
        let names: Vec<String> = (0..8).map(|n| format!("server {n}")).collect();
        let learnt = futures::future::join_all(names.iter().map(|name| report_in(&db, name, LONG))).await;
        assert_eq!(learnt.iter().filter(|learnt| learnt.jobs == JOBS).count(), 1, "{learnt:?}");
        assert_eq!(learnt.iter().filter(|learnt| learnt.jobs.is_empty()).count(), 7, "{learnt:?}");
    }

    async fn another_takes_over_from_a_server_that_has_gone_silent(db: Db) {
        programme(&db).await;
        report_in(&db, "first", Duration::ZERO).await;
        let second = until_it_has_jobs(&db, "second").await;
        assert_eq!((second.servers, second.jobs), (1, JOBS.to_vec()));
        assert_eq!(report_in(&db, "first", LONG).await.jobs, Vec::<&str>::new(), "which finds that it was too late");
    }

    async fn a_server_that_stops_leaves_its_jobs_to_others_at_once(db: Db) {
        programme(&db).await;
        report_in(&db, "first", LONG).await;
        servers::leave(&db, "first".to_owned()).await.unwrap();
        let second = report_in(&db, "second", LONG).await;
        assert_eq!((second.servers, second.jobs), (1, JOBS.to_vec()));
    }
}
