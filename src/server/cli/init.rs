//! `laurel init`: makes the database and the programme.

use std::path::PathBuf;

use clap::Args;
use laurel_domain::numbers::money::Currency;
use laurel_domain::program::Programme;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::unit::UnitName;

use super::{Common, Ended, rules};
use laurel_engine::clock::Clock;
use laurel_engine::store::Db;
use laurel_engine::store::schema::MOST_PARTITIONS;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::programme::create;

#[derive(Args)]
pub(super) struct Options {
    /// Name of the programme
    #[arg(long, default_value = "Laurel")]
    pub(super) name: String,
    /// ISO 4217 currency code; can’t change after the first event
    #[arg(long, default_value = "CNY")]
    pub(super) currency: String,
    /// IANA time zone in which days and months are counted; can’t change after the first event
    #[arg(long, default_value = "Asia/Shanghai")]
    pub(super) time_zone: String,
    /// Create unknown members when the API receives their first event
    #[arg(long)]
    pub(super) enrol_on_event: bool,
    /// What members collect, in Chinese
    #[arg(long, default_value = "积分")]
    pub(super) unit_zh: String,
    /// One of what members collect, in English
    #[arg(long, default_value = "point")]
    pub(super) unit_one: String,
    /// What members collect, in English
    #[arg(long, default_value = "points")]
    pub(super) unit_many: String,
    /// Divide what belongs to members into so many partitions of PostgreSQL, 2 to 1,024, by the hashes of their numbers; for
    /// programmes of many millions of entries [default: one table each]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(2..=i64::from(MOST_PARTITIONS)))]
    pub(super) partitions: Option<u16>,
    /// Put what belongs to members on the machines of a PostgreSQL with Citus, by their numbers; docs/scale.md says what it takes
    #[arg(long, conflicts_with = "partitions")]
    pub(super) distributed: bool,
    /// The first version of the rules, as JSON: what `laurel rules show` prints [default: those of a new programme]
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Options {
        let unit = UnitName::default();
        Options {
            name: "Laurel".to_owned(),
            currency: "CNY".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            enrol_on_event: false,
            unit_zh: unit.zh().to_owned(),
            unit_one: unit.en_one().to_owned(),
            unit_many: unit.en_many().to_owned(),
            partitions: None,
            distributed: false,
            rules: None,
        }
    }
}

pub(super) async fn run(common: &Common, options: Options) -> anyhow::Result<Ended> {
    rules::with_each_fault(make(common, options).await)
}

async fn make(common: &Common, options: Options) -> anyhow::Result<Ended> {
    let (currency, _) = check(&options)?;
    let first = match &options.rules {
        Some(path) => rules::of_file(currency, path)?,
        None => RuleSet::default(),
    };
    if options.partitions.is_some() && common.database_url.starts_with("sqlite:") {
        anyhow::bail!("SQLite has no partitions; PostgreSQL has");
    }
    if options.distributed && common.database_url.starts_with("sqlite:") {
        anyhow::bail!("SQLite is one file on one machine; PostgreSQL with Citus has several");
    }
    let db = common.open(true).await?;
    if options.distributed {
        db.check_distributable().await?;
    }
    db.migrate().await?;
    if !create_programme(&db, &Clock::System, &options, first).await? {
        anyhow::bail!("this database already has a programme");
    }
    if let Some(number) = options.partitions {
        db.partition(number).await?;
    }
    if options.distributed {
        db.distribute().await?;
    }
    note_line!("Created {:?} ({}, {}).", options.name, options.currency, options.time_zone);
    Ok(Ended::Well)
}

fn check(options: &Options) -> anyhow::Result<(Currency, UnitName)> {
    if laurel_domain::text::checked(&options.name, 80).is_err() {
        anyhow::bail!("the name must have 1 to 80 characters");
    }
    if !create::is_time_zone(&options.time_zone) {
        anyhow::bail!("{:?} is not an IANA time zone such as Asia/Shanghai", options.time_zone);
    }
    let Ok(currency) = options.currency.parse() else {
        anyhow::bail!("{:?} is not an ISO 4217 currency such as CNY", options.currency);
    };
    let unit = UnitName::new(&options.unit_zh, &options.unit_one, &options.unit_many);
    let unit = unit.map_err(|faults| anyhow::Error::from(AppError::from(Refusal::Invalid { faults })))?;
    Ok((currency, unit))
}

/// Whether the programme was made now.
pub(super) async fn create_programme(db: &Db, clock: &Clock, options: &Options, rules: RuleSet) -> anyhow::Result<bool> {
    let (currency, unit) = check(options)?;
    let programme = Programme {
        name: options.name.clone(),
        currency,
        time_zone: options.time_zone.clone(),
        enrol_on_event: options.enrol_on_event,
        unit,
    };
    Ok(create::create_programme(db, clock, programme, rules).await?)
}
