//! What can happen, and how often: random commands, which [`super::world`] turns into deeds that make sense.

use proptest::prelude::*;

use super::sheet::{Basis, Expiry, Mode, Sheet, Tier, Validity, Window};

/// How many members there can be.
pub const MEMBERS: usize = 8;

/// The zones of the programmes: one that never changes its clocks, two that do at night, one that did at midnight.
pub const ZONES: [&str; 4] = ["Asia/Shanghai", "Europe/London", "America/New_York", "America/Sao_Paulo"];

/// Everything that a game is made of.
#[derive(Clone, Debug)]
pub struct Game {
    pub zone: &'static str,
    pub first: Sheet,
    pub commands: Vec<Command>,
    /// What ids follow from, and with them the groups of experiments.
    pub ids: u64,
}

/// Numbers that name something there may be less of are taken modulo what there is.
#[derive(Clone, Debug)]
pub enum Command {
    Tell(Vec<News>, Way),
    /// Something told before, the same or with another amount.
    Again(usize, bool),
    Redeem(usize, i64),
    Buy(usize, usize, u32),
    Advance(usize, usize),
    Adjust(usize, i64),
    Decide(usize, bool),
    Close(usize),
    Suspend(usize),
    Invite(Option<usize>),
    Settle,
    ReRate,
    ExpireVouchers,
    Look(usize),
    View(usize),
    Publish {
        sheet: Box<Sheet>,
        in_hours: Option<u16>,
        /// Demotes at once, or lets keep for so many hours, or neither.
        lost: Lost,
    },
    /// An experiment that goes on for so many hours.
    Try {
        sheet: Box<Sheet>,
        variant: u16,
        control: u16,
        in_hours: Option<u16>,
        hours: u16,
        kept_hours: Option<u16>,
    },
    /// Ends it before its time: adopts it or not.
    End(bool, Option<u16>),
    Jump(Jump),
}

/// What becomes of tiers that stricter rules do not give.
#[derive(Clone, Copy, Debug)]
pub enum Lost {
    ByPeriods,
    AtOnce,
    After(u16),
}

/// How news come in.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    Live,
    /// Through both processes at the same moment.
    LiveAtOnce,
    /// History, so many a transaction.
    Import(usize),
    /// History in a file, by `laurel import`.
    Program,
}

#[derive(Clone, Debug)]
pub struct News {
    pub member: usize,
    pub ago: Ago,
    pub what: What,
}

#[derive(Clone, Copy, Debug)]
pub enum Ago {
    Hours(u32),
    /// A whole number of days before a moment before or after the day began.
    Midnights(u16, i8),
    /// Ahead of the clock.
    Ahead(u16),
}

#[derive(Clone, Debug)]
pub enum What {
    Pay(i64, usize),
    /// A part of a payment in thousandths, or more than all of it.
    Refund(usize, i64),
    Refer(usize),
    Review(u8),
}

#[derive(Clone, Debug)]
pub enum Jump {
    Seconds(i64),
    /// So many seconds before or after the end of the running month.
    MonthEnd(i8),
    /// Likewise of the day.
    DayEnd(i8),
    /// Likewise of the next change of the clock.
    ClockChange(i32),
    /// Noon of the last day of February.
    LeapDay,
    /// The moment at which the next thing is due for a member, or just before it.
    Due(usize, i8),
}

/// Caps that are low enough to be reached by what an event of the kind is worth.
fn cap(most: i64) -> impl Strategy<Value = (Option<i64>, Option<i64>)> {
    prop_oneof![
        3 => Just((None, None)),
        1 => (0..most).prop_map(|day| (Some(day), None)),
        1 => (0..most, 0..most * 3 / 2).prop_map(|(day, month)| (Some(day), Some(month))),
    ]
}

/// Round numbers give halves, which others hardly ever do.
fn weight(most: i64) -> impl Strategy<Value = i64> {
    prop_oneof![1 => prop::sample::select(vec![500_000_i64, 1_000_000, 250_000, 15_000, 2_500_000]), 1 => 1..most]
}

fn multiplier() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(1_000_000), 1 => 0..4_000_000_i64, 1 => Just(1_500_000), 1 => Just(500_000)]
}

fn tiers() -> impl Strategy<Value = Vec<Tier>> {
    let keys = ["gold", "diamond", "vip", "royal"];
    let rung = (any::<bool>(), 1..600_i64, multiplier());
    (multiplier(), prop::collection::vec(rung, 4)).prop_map(move |(first, rungs)| {
        let mut tiers = vec![Tier { key: "standard", from: 0, multiplier: first }];
        for ((is_there, more, multiplier), key) in rungs.into_iter().zip(keys) {
            let from = tiers.last().map_or(0, |tier| tier.from) + more;
            if is_there {
                tiers.push(Tier { key, from, multiplier });
            }
        }
        tiers
    })
}

pub fn sheet() -> impl Strategy<Value = Sheet> {
    let expiry = prop_oneof![
        2 => Just(Expiry::Never),
        3 => (1..5_u16).prop_map(Expiry::Months),
        1 => (1..=12_i8, 1..=28_i8, 1..3_u16).prop_map(|(month, day, years)| Expiry::Yearly(month, day, years)),
        1 => Just(Expiry::Yearly(2, 29, 1)),
    ];
    let window = prop_oneof![2 => Just(Window::Lifetime), 1 => Just(Window::Year), 2 => (1..5_u16).prop_map(Window::Months)];
    let validity = prop_oneof![
        2 => Just(None),
        3 => (1..5_u16, prop_oneof![Just(0), 1..20_u16]).prop_map(|(months, grace)| Some(Validity { months, grace })),
    ];
    let holding = || prop_oneof![3 => Just(0_u16), 1 => 1..40_u16];
    let earning = (weight(3_000_000), 0..30_000_000_i64, 0..20_000_000_i64, prop::array::uniform5(multiplier()));
    let rounding = (prop_oneof![3 => Just(1), 1 => Just(10), 1 => Just(100)], 0..3_usize);
    let ladder = (tiers(), prop_oneof![3 => Just(0), 1 => Just(1), 2 => Just(2)], window, validity);
    let lasting = (expiry, prop::array::uniform3(holding()), (cap(60_000), cap(4_000), cap(3_000)), any::<bool>());
    let invited = (prop_oneof![Just(0), 0..50_000_i64], prop::bool::weighted(0.7));
    let rest = (prop_oneof![Just(100_000_000), 1..200_000_000_i64], invited);
    (earning, rounding, ladder, lasting, rest).prop_map(|(earning, (step, mode), ladder, lasting, (rate, invited))| {
        let (least, takes_back) = invited;
        let (alpha, beta, gamma, scenes) = earning;
        let (tiers, basis, window, validity) = ladder;
        let (expiry, holding, caps, forgive) = lasting;
        let caps = [caps.0, caps.1, caps.2];
        let mode = [Mode::HalfEven, Mode::HalfUp, Mode::Floor][mode];
        let basis = [Basis::Earned, Basis::Balance, Basis::Spent][basis];
        // a balance has no window
        let window = if basis == Basis::Balance { Window::Lifetime } else { window };
        Sheet {
            alpha,
            beta,
            gamma,
            scenes,
            step,
            mode,
            tiers,
            basis,
            window,
            validity,
            rate,
            forgive,
            expiry,
            holding,
            caps,
            least,
            takes_back,
        }
    })
}

fn news() -> impl Strategy<Value = News> {
    let ago = prop_oneof![
        6 => Just(Ago::Hours(0)),
        3 => (0..2_500_u32).prop_map(Ago::Hours),
        2 => (0..60_u16, -1..=1_i8).prop_map(|(days, second)| Ago::Midnights(days, second)),
        1 => (1..420_u16).prop_map(Ago::Ahead),
    ];
    let what = prop_oneof![
        8 => (1..60_000_i64, 0..5_usize).prop_map(|(fen, scene)| What::Pay(fen, scene)),
        5 => (0..20_usize, prop_oneof![2 => Just(1_000_i64), 3 => 1..1_100_i64]).prop_map(|(of, part)| What::Refund(of, part)),
        2 => (0..MEMBERS).prop_map(What::Refer),
        2 => (0..12_u8).prop_map(What::Review),
    ];
    (0..MEMBERS, ago, what).prop_map(|(member, ago, what)| News { member, ago, what })
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![12 => Just(Way::Live), 2 => Just(Way::LiveAtOnce), 6 => (1..4_usize).prop_map(Way::Import), 1 => Just(Way::Program)]
}

fn jump() -> impl Strategy<Value = Jump> {
    prop_oneof![
        4 => (0..200_000_i64).prop_map(Jump::Seconds),
        4 => (500_000..6_000_000_i64).prop_map(Jump::Seconds),
        2 => (-200_000..0_i64).prop_map(Jump::Seconds),
        2 => (-1..=1_i8).prop_map(Jump::MonthEnd),
        2 => (-1..=1_i8).prop_map(Jump::DayEnd),
        2 => prop_oneof![-1..=1_i32, -90_000..90_000_i32].prop_map(Jump::ClockChange),
        1 => Just(Jump::LeapDay),
        4 => (0..MEMBERS, -1..=0_i8).prop_map(|(member, second)| Jump::Due(member, second)),
    ]
}

fn lost() -> impl Strategy<Value = Lost> {
    prop_oneof![Just(Lost::ByPeriods), Just(Lost::AtOnce), (1..4_000_u16).prop_map(Lost::After)]
}

/// With so few members each group should have some.
fn trial() -> impl Strategy<Value = Command> {
    let shares = (2_000..=8_000_u16).prop_flat_map(|variant| (Just(variant), 100..=10_000 - variant));
    let times = (prop::option::weighted(0.3, 1..500_u16), 2..2_000_u16, prop::option::of(1..4_000_u16));
    (sheet(), shares, times).prop_map(|(sheet, (variant, control), (in_hours, hours, kept_hours))| {
        let sheet = Box::new(sheet);
        Command::Try { sheet, variant, control, in_hours, hours, kept_hours }
    })
}

fn command() -> impl Strategy<Value = Command> {
    let publication = (sheet(), prop::option::of(1..2_000_u16), lost());
    prop_oneof![
        16 => (prop::collection::vec(news(), 1..5), way()).prop_map(|(news, way)| Command::Tell(news, way)),
        1 => (0..40_usize, any::<bool>()).prop_map(|(which, same)| Command::Again(which, same)),
        4 => (0..MEMBERS, 1..90_000_i64).prop_map(|(member, points)| Command::Redeem(member, points)),
        6 => (0..MEMBERS, 0..3_usize, 1..3_u32).prop_map(|(member, reward, quantity)| Command::Buy(member, reward, quantity)),
        9 => (0..12_usize, 0..8_usize).prop_map(|(which, to)| Command::Advance(which, to)),
        2 => (0..MEMBERS, prop_oneof![-50_000..-1_i64, 1..50_000_i64, -300_000..300_000_i64]).prop_map(|(m, p)| Command::Adjust(m, p)),
        1 => (0..6_usize, any::<bool>()).prop_map(|(which, yes)| Command::Decide(which, yes)),
        1 => prop::bool::weighted(0.4).prop_flat_map(|really| (0..MEMBERS).prop_map(move |m| if really { Command::Close(m) } else { Command::Suspend(m) })),
        3 => prop::option::weighted(0.8, 0..MEMBERS).prop_map(Command::Invite),
        1 => Just(Command::Settle),
        1 => Just(Command::ReRate),
        1 => Just(Command::ExpireVouchers),
        1 => (0..MEMBERS).prop_map(Command::Look),
        2 => (0..MEMBERS).prop_map(Command::View),
        2 => publication.prop_map(|(sheet, in_hours, lost)| Command::Publish { sheet: Box::new(sheet), in_hours, lost }),
        2 => trial(),
        1 => (any::<bool>(), prop::option::of(1..4_000_u16)).prop_map(|(adopt, kept)| Command::End(adopt, kept)),
        12 => jump().prop_map(Command::Jump),
    ]
}

pub fn game() -> impl Strategy<Value = Game> {
    let zone = prop::sample::select(ZONES.to_vec());
    // a smaller game that fails has the same groups
    let ids = any::<u64>().no_shrink();
    let game = (zone, sheet(), prop::collection::vec(command(), 10..90), ids);
    game.prop_map(|(zone, first, commands, ids)| Game { zone, first, commands, ids })
}
