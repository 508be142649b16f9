//! A database that is driven by two processes in turn: two ledgers with their own connections, one clock.

use jiff::Timestamp;
use laurel_domain::ids::{AdjustmentId, ExperimentId, RedemptionId, RewardId, StaffId};
use laurel_domain::numbers::points::Points;
use laurel_domain::program::Programme;
use laurel_domain::rewards::reward::{Limit, Period, RewardTerms, Supply};
use laurel_domain::text::Key;
use laurel_domain::unit::UnitName;
use laurel_engine::auth::{Actor, Auth, Authority, Role, StaffSession};
use laurel_engine::clock::Clock;
use laurel_engine::random;
use laurel_engine::store::Db;
use laurel_engine::store::members::member::{By, Member};
use laurel_engine::usecase::access::staff;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::enrol::{Enrolment, enrol};
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::programme::create;
use laurel_engine::usecase::rewards::edit;

use super::bridge::rule_set;
use super::calendar::Calendar;
use super::commands::Game;
use super::deeds::{OFFERS, day_of_game, start};
use super::world::World;
use laurel_testing::database::Throwaway;
use laurel_testing::{people, rewards};

pub struct Driven {
    pub throwaway: Throwaway,
    pub ledgers: [Ledger; 2],
    pub(super) rewards: Vec<RewardId>,
    pub(super) redemptions: Vec<RedemptionId>,
    pub(super) adjustments: Vec<AdjustmentId>,
    pub(super) experiments: Vec<ExperimentId>,
    pub(super) staff: [Authority; 2],
}

impl Driven {
    /// A programme with two members whom the payment system has enrolled, one after the other.
    pub async fn new(throwaway: Throwaway, game: &Game, least_tiers: &[Option<&'static str>]) -> Driven {
        let clock = Clock::fixed(start());
        let programme = Programme {
            name: "Laurel".into(),
            currency: "CNY".parse().unwrap(),
            time_zone: game.zone.into(),
            enrol_on_event: true,
            unit: UnitName::default(),
        };
        let first = rule_set(&game.first);
        assert!(create::create_programme(&throwaway.db, &clock, programme, first).await.unwrap());
        let other = Db::connect(&throwaway.url()).await.unwrap();
        let ledgers = [
            Ledger::open(throwaway.db.clone(), clock.clone()).await.unwrap().unwrap(),
            Ledger::open(other, clock).await.unwrap().unwrap(),
        ];
        let staff = [employed(&ledgers[0], "a").await, employed(&ledgers[0], "b").await];
        let (rewards, redemptions, adjustments, experiments) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut driven = Driven { throwaway, ledgers, rewards, redemptions, adjustments, experiments, staff };
        for (number, least_tier) in least_tiers.iter().enumerate() {
            driven.offer(number, *least_tier, &Calendar::new(game.zone)).await;
            driven.tick();
        }
        for member in 0..2 {
            let enrolment = Enrolment { external_id: format!("m-{member}"), ..Default::default() };
            enrol(&driven.ledgers[0].db, Actor::CommandLine, &enrolment, driven.now()).await.unwrap();
            driven.tick();
        }
        driven
    }

    async fn offer(&mut self, number: usize, least_tier: Option<&str>, calendar: &Calendar) {
        let offer = &OFFERS[number];
        let period = |name: &str| if name == "month" { Period::Month } else { Period::Year };
        let terms = |terms: &mut RewardTerms| {
            terms.price = Points::from_hundredths(offer.price);
            terms.least_tier = least_tier.map(|key| Key::new(key).unwrap());
            terms.limit = offer.limit.map(|(most, name)| Limit { most, period: period(name) });
            terms.valid_days = offer.valid_days;
            terms.starts = offer.starts_in.map(|days| day_of_game(calendar, days));
            terms.ends = offer.ends_in.map(|days| day_of_game(calendar, days));
        };
        let (ledger, by) = (&self.ledgers[0], Authority::command_line());
        let supply = Supply::named(offer.supply).unwrap();
        let id = rewards::reward(ledger, supply, terms).await;
        let codes: Vec<String> = (0..offer.there).map(|n| format!("CODE-{n}")).collect();
        match supply {
            Supply::Pool => drop(edit::add_codes(ledger, by, id, &codes.join("\n")).await.unwrap()),
            Supply::Stock => edit::change_stock(ledger, by, id, offer.there, "delivery").await.unwrap(),
            Supply::Generated => (),
        }
        self.rewards.push(id);
    }

    pub fn now(&self) -> Timestamp {
        self.ledgers[0].clock.now()
    }

    /// No two deeds happen in the same millisecond, so that ids stand in the order in which they were made.
    pub fn tick(&self) {
        self.ledgers[0].clock.advance(jiff::SignedDuration::from_millis(1));
    }

    pub async fn member(&self, number: usize) -> Member {
        let external = format!("m-{number}");
        view::find(&self.ledgers[0], By::External(&external)).await.unwrap().unwrap()
    }
}

impl Driven {
    /// Tells the model what the database calls its members and experiments.
    pub async fn name(&self, world: &mut World) {
        for (number, id) in world.ids.iter_mut().enumerate().filter(|(_, id)| id.is_none()) {
            let external = format!("m-{number}");
            let member = view::find(&self.ledgers[0], By::External(&external)).await.unwrap();
            *id = member.map(|member| *member.id().uuid().as_bytes());
        }
        for (experiment, id) in world.experiments.iter_mut().zip(&self.experiments) {
            experiment.id = Some(*id.uuid().as_bytes());
        }
    }
}

/// Somebody of the staff who may adjust and approve.
async fn employed(ledger: &Ledger, name: &str) -> Authority {
    let wanted = people::wanted(&format!("{name}@example.com"), Role::Manager, None);
    let now = ledger.clock.now();
    let made = staff::create(&ledger.db, &Auth::default(), Authority::command_line(), &wanted, now).await.unwrap();
    let staff: StaffId = made.staff;
    let (id, locale) = (random::id(now), "en".to_owned());
    Authority::from(&StaffSession { id, token_hash: [0; 32], staff, name: name.into(), role: Role::Manager, locale })
}
