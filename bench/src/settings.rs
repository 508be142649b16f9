//! What is to be measured, and how long.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::database::Kind;

pub const USAGE: &str =
    "laurel-bench --laurel BINARY --folder FOLDER [--quick] [--database sqlite|postgres]… [--only SCENARIO]…
    [--replay PROGRAM] [--history PROGRAM] [--members N] [--events N] [--rounds N] [--seconds N] [--sizes N,N,…] [--keep] [--django PYTHON] [--json FILE]
PostgreSQL is found in LAUREL_TEST_POSTGRES_URL, as .ci/postgres --durable sets it.";

pub struct Settings {
    /// Laurel's own binary.
    pub laurel: PathBuf,
    /// Where the databases are made; on the disk whose syncs are counted.
    pub folder: PathBuf,
    pub databases: Vec<Kind>,
    /// Scenarios by name; all if there are none.
    pub only: Vec<String>,
    pub quick: bool,
    /// Of the programme that events come to.
    pub members: u64,
    /// Of its history.
    pub events: u64,
    pub rounds: usize,
    /// How long a load is kept up in each round.
    pub time: Duration,
    /// Of the programmes that are compared for growth, in members.
    pub sizes: Vec<u64>,
    /// Leaves the programmes of those sizes for the next run.
    pub keep: bool,
    /// A Python with Django, gunicorn and psycopg.
    pub django: Option<PathBuf>,
    /// The program that measures the lab's replay.
    pub replay: Option<PathBuf>,
    /// The program that holds a long history in memory.
    pub history: Option<PathBuf>,
    pub json: PathBuf,
}

impl Settings {
    pub fn read(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Settings> {
        let (mut laurel, mut folder, mut databases, mut only) = (None, None, Vec::new(), Vec::new());
        let (mut quick, mut keep) = (false, false);
        let (mut members, mut events, mut rounds, mut seconds) = (None, None, 5, None);
        let (mut sizes, mut django, mut replay, mut history, mut json) = (None, None, None, None, PathBuf::from("bench.json"));
        while let Some(name) = arguments.next() {
            match name.as_str() {
                "--quick" => quick = true,
                "--keep" => keep = true,
                _ => {}
            }
            if name == "--quick" || name == "--keep" {
                continue;
            }
            let value = arguments.next().with_context(|| format!("{name} has no value"))?;
            let number = || value.parse::<u64>().with_context(|| format!("{name} {value}"));
            match name.as_str() {
                "--laurel" => laurel = Some(PathBuf::from(&value)),
                "--folder" => folder = Some(PathBuf::from(&value)),
                "--database" => databases.push(Kind::named(&value).with_context(|| format!("no such database: {value}"))?),
                "--only" => only.push(value),
                "--members" => members = Some(number()?),
                "--events" => events = Some(number()?),
                "--rounds" => rounds = usize::try_from(number()?)?.max(1),
                "--seconds" => seconds = Some(value.parse::<f64>()?),
                "--sizes" => sizes = Some(value.split(',').map(str::parse).collect::<Result<Vec<u64>, _>>()?),
                "--django" => django = Some(PathBuf::from(&value)),
                "--replay" => replay = Some(PathBuf::from(&value)),
                "--history" => history = Some(PathBuf::from(&value)),
                "--json" => json = PathBuf::from(&value),
                _ => bail!("no such flag: {name}"),
            }
        }
        if databases.is_empty() {
            databases = vec![Kind::Sqlite, Kind::Postgres];
        }
        let usual = |quickly: u64, fully: u64| if quick { quickly } else { fully };
        let members = members.unwrap_or(usual(20_000, 200_000)).max(1_000);
        Ok(Settings {
            laurel: laurel.context("--laurel is missing")?,
            folder: folder.context("--folder is missing")?,
            databases,
            only,
            quick,
            members,
            events: events.unwrap_or(members * usual(3, 5)),
            rounds,
            time: Duration::from_secs_f64(seconds.unwrap_or(if quick { 0.6 } else { 5.0 })),
            sizes: sizes.unwrap_or(if quick { vec![10_000] } else { vec![10_000, 1_000_000] }),
            keep,
            django,
            replay,
            history,
            json,
        })
    }

    pub fn wants(&self, scenario: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == scenario)
    }

    /// Whether it was named; for what takes too long to be measured with everything else.
    pub fn asks_for(&self, scenario: &str) -> bool {
        self.only.iter().any(|only| only == scenario)
    }

    /// Whether anything is wanted that needs a database.
    pub fn wants_databases(&self) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only != "replay" && only != "memory")
    }

    /// Whether anything is wanted that works on a copy of the same programme; what compares sizes makes its own.
    pub fn wants_base(&self) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| !["replay", "memory", "growth"].contains(&only.as_str()))
    }

    /// How many events an import has.
    pub fn import(&self) -> u64 {
        if self.quick { 12_000 } else { 100_000 }
    }

    /// The rounds of what is compared with nothing.
    pub fn repeats(&self) -> usize {
        if self.quick { self.rounds.min(2) } else { self.rounds }
    }

    pub fn describe(&self) -> String {
        let (members, events, seconds) = (self.members, self.events, self.time.as_secs_f64());
        format!("{members} members with {events} events before; {} rounds of {seconds} s", self.rounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> anyhow::Result<Settings> {
        Settings::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn everything_is_measured_unless_something_is_named() {
        let all = read("--laurel l --folder f").unwrap();
        assert_eq!(all.databases, [Kind::Sqlite, Kind::Postgres]);
        assert!(all.wants("reads") && all.rounds == 5);
        let some = read("--laurel l --folder f --quick --database postgres --only reads --members 5000").unwrap();
        assert_eq!((some.databases.as_slice(), some.members), ([Kind::Postgres].as_slice(), 5_000));
        assert!(some.wants("reads") && !some.wants("batches"));
        assert!(some.asks_for("reads") && !all.asks_for("reads"));
        assert!(all.wants_base() && some.wants_base());
        assert!(!read("--laurel l --folder f --only growth --only memory").unwrap().wants_base());
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(read("--laurel l").is_err(), "no folder");
        assert!(read("--laurel l --folder f --slow yes").is_err());
        assert!(read("--laurel l --folder f --members many").is_err());
    }
}
