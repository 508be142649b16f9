//! A stateful model test: random deeds and times, done to two databases by several processes and to a plain model beside them.
//!
//! The model reads nothing of what it is held against: it has its own rules (`sheet`), calendar, account and tiers, and knows
//! of Laurel only how to hand a rule set over (`bridge`) and how to ask for what it did (`driven`, `compare`).
//!
//! `LAUREL_MODEL_SECONDS` says for how long it plays, `LAUREL_MODEL_SEED` with which game to begin: a failure prints it, with
//! every deed of the smallest game that fails alike. `make soak` lets it play for half an hour.

mod account;
mod bridge;
mod calendar;
mod commands;
mod compare;
mod deeds;
mod doing;
mod driven;
mod experiments;
mod late;
mod plan;
mod postings;
mod sheet;
mod rewards;
mod tiers;
mod world;

use std::cell::Cell;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use laurel_engine::random;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use commands::{Command, Game, MEMBERS, game};
use driven::Driven;
use laurel_testing::database::Throwaway;
use world::World;

/// Plays a game on both databases. Which of its members an experiment is tried on is decided by ids, which follow from the game, so
/// that it is the same game whenever it is played; each database has a model of its own beside it. `log` receives every deed.
async fn play(game: &Game, log: &mut String) -> Result<(), String> {
    random::let_ids_follow_from(game.ids);
    for is_postgres in [false, true] {
        log.clear();
        let throwaway = if is_postgres { Throwaway::postgres().await } else { Throwaway::sqlite().await };
        let name = if is_postgres { "PostgreSQL" } else { "SQLite" };
        let _ = writeln!(log, "on {name}, in {}\nversion 1: {:?}", game.zone, game.first);
        let mut world = World::new(game.zone, game.first.clone(), MEMBERS);
        let mut driven = Driven::new(throwaway, game, &world.least_tiers).await;
        let outcome = play_on(&mut driven, &mut world, game, log).await;
        driven.ledgers[1].db.close().await;
        driven.throwaway.tell(|_| async {}).await;
        outcome?;
    }
    Ok(())
}

async fn play_on(driven: &mut Driven, world: &mut World, game: &Game, log: &mut String) -> Result<(), String> {
    for (member, millis) in [(0, 3), (1, 4)] {
        world.enrol(member, deeds::start() + jiff::SignedDuration::from_millis(millis));
    }
    driven.name(world).await;
    for (count, command) in game.commands.iter().enumerate() {
        step(world, driven, command, count, log).await?;
    }
    compare::compare(world, driven, game.commands.len()).await
}

async fn step(world: &mut World, driven: &mut Driven, command: &Command, count: usize, log: &mut String) -> Result<(), String> {
    let now = driven.now();
    if let Command::Jump(jump) = command {
        let to = plan::land(world, jump, now);
        driven.ledgers[0].clock.set(to);
        let _ = writeln!(log, "{count}. the clock goes to {to} ({jump:?})");
        return Ok(());
    }
    let Some(deed) = plan::plan(world, command, now, count) else { return Ok(()) };
    let _ = writeln!(log, "{count}. at {now} {deed:?}");
    let answered = driven.run(&deed, count).await;
    driven.tick();
    // whoever it enrolled is in a group from then on
    driven.name(world).await;
    let mut expected = world.expect(&deed, now);
    let _ = writeln!(log, "    {}", expected.join("; "));
    if let deeds::Deed::Tell { events, route: deeds::Route::Program } = &deed {
        // asked once more, the program's answers come as those of repeats; what was refused is decided anew
        expected = world.expect(&deeds::Deed::Tell { events: events.clone(), route: deeds::Route::History(1) }, now);
    }
    driven.name(world).await;
    match answered == expected {
        true => Ok(()),
        false => Err(format!("deed {count}:\n  was answered {answered:?}\n  expected     {expected:?}")),
    }
}

/// A game and what came of it, panics included.
fn played(runtime: &tokio::runtime::Runtime, game: &Game) -> Result<(), String> {
    let mut log = String::new();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(play(game, &mut log))));
    let outcome = outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        Err(text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default())
    });
    outcome.map_err(|difference| format!("{log}{difference}"))
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn whatever_happens_both_databases_do_what_the_model_does() {
    let seconds = number("LAUREL_MODEL_SECONDS").unwrap_or(20);
    let first = number("LAUREL_MODEL_SEED").unwrap_or_else(|| u64::from(u32::from_be_bytes(random::bytes())));
    println!("LAUREL_MODEL_SEED={first}");
    let begun = Instant::now();
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() {
        // nothing that a game leaves is worth waiting for the disk
        let _ = tempfile::env::override_temp_dir(memory);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let games = Cell::new(0_u64);
    while games.get() == 0 || begun.elapsed() < Duration::from_secs(seconds) {
        let seed = first + games.get();
        games.set(games.get() + 1);
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        // a minute to make a failure smaller, before the test is taken for a slow one
        let shrink = u32::try_from(60_000.max(seconds * 300)).unwrap();
        let config = Config {
            cases: 1,
            failure_persistence: None,
            max_shrink_iters: 2_000,
            max_shrink_time: shrink,
            ..Config::default()
        };
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
        let has_failed = Cell::new(false);
        let outcome = runner.run(&game(), |game| {
            played(&runtime, &game).map_err(|why| {
                if !has_failed.replace(true) {
                    println!("LAUREL_MODEL_SEED={seed} fails after {:.0?}; making it smaller", begun.elapsed());
                }
                TestCaseError::fail(why)
            })
        });
        match outcome {
            Ok(()) => (),
            Err(TestError::Fail(why, _)) => panic!("play it again with LAUREL_MODEL_SEED={seed}\n{why}"),
            Err(TestError::Abort(why)) => panic!("{why}"),
        }
    }
    println!("{} games", games.get());
}
