//! Two servers on one database, one or the other killed at any moment.

use std::process::Child;
use std::time::Duration;

use laurel_testing::database::Throwaway;
use sqlx::Connection as _;

use super::any_moment::{Told, act_until_gone, all_told_is_there, expire_after_a_month, key_for_everything};
use super::{Laurel, kill, serve};

/// A server and the clients that talk to it until it is gone.
struct Busy {
    server: Child,
    clients: tokio::task::JoinHandle<Vec<Told>>,
}

impl Busy {
    /// Its clients act for the members of number `of`'s clients, too.
    fn start(laurel: &Laurel, key: &str, round: u32, of: usize) -> Busy {
        let (server, address) = serve(laurel);
        let clients = (0..3).map(|client| act_until_gone(address.clone(), key.to_owned(), round, of * 10 + client));
        Busy { server, clients: tokio::spawn(futures::future::join_all(clients)) }
    }

    async fn kill(self, told: &mut Told) {
        kill(self.server);
        for one in self.clients.await.expect("clients end") {
            told.events.extend(one.events);
            told.redemptions.extend(one.redemptions);
        }
    }
}

const TOLD: &str = "select count(*) from entries where event_id = any($1)";

/// Two servers on one database act for the same members; one or the other is killed at any moment and started again, for as long
/// as `LAUREL_SOAK_SECONDS` says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_are_killed_at_any_moment_lose_nothing() {
    let seconds = std::env::var("LAUREL_SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(15);
    let database = Throwaway::postgres().await;
    let laurel = Laurel::new(Some(database.url()));
    laurel.expect(0, &["init", "--enrol-on-event"]);
    expire_after_a_month(&laurel).await;
    let key = key_for_everything(&laurel);
    let mut told = Told::default();
    let mut servers = vec![Busy::start(&laurel, &key, 0, 0), Busy::start(&laurel, &key, 1, 1)];
    let (begun, mut kills) = (std::time::Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(seconds) {
        let [moment, which] = laurel_engine::random::bytes::<2>();
        tokio::time::sleep(Duration::from_millis(300 + 4 * u64::from(moment))).await;
        let which = usize::from(which % 2);
        servers.remove(which).kill(&mut told).await;
        kills += 1;
        servers.insert(which, Busy::start(&laurel, &key, kills + 1, which));
        if kills % 50 == 0 {
            laurel.expect(0, &["verify"]);
        }
    }
    for server in servers {
        server.kill(&mut told).await;
    }
    laurel.expect(0, &["verify"]);
    let mut connection = sqlx::PgConnection::connect(&database.url()).await.expect("a connection");
    for some in told.events.chunks(1_000) {
        let there: i64 = sqlx::query_scalar(TOLD).bind(some).fetch_one(&mut connection).await.expect("a number");
        assert_eq!(there, some.len() as i64, "every event that was acknowledged is there");
    }
    connection.close().await.expect("closed");
    all_told_is_there(&laurel, &key, &told).await;
    println!("{kills} kills, {} events and {} redemptions acknowledged", told.events.len(), told.redemptions.len());
    assert!(told.events.len() > 20 && told.redemptions.len() > 3, "{} events", told.events.len());
    database.tell(|_| async {}).await;
}
