//! Deeds: commands that have been given their members, times and names, so that two databases and the model do the same.

use jiff::Timestamp;

use super::calendar::Calendar;
use super::sheet::Sheet;

pub const SCENES: [&str; 5] = ["e_payment", "bank_card", "investment", "lending", "other"];

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub id: String,
    pub member: usize,
    pub at: Timestamp,
    pub what: Happening,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    Payment { fen: i64, scene: usize },
    Refund { payment: String, fen: i64 },
    Referral { referee: usize },
    Review { subject: u8 },
}

/// How events get in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Route {
    Live,
    LiveAtOnce,
    /// As history, so many a transaction.
    History(usize),
    /// As history, by the program `laurel import`.
    Program,
}

#[derive(Clone, Debug)]
pub enum Deed {
    Tell {
        events: Vec<Told>,
        route: Route,
    },
    Redeem {
        member: usize,
        points: i64,
        key: String,
    },
    Buy {
        member: usize,
        reward: usize,
        quantity: u32,
        key: String,
    },
    Advance {
        redemption: usize,
        to: &'static str,
    },
    /// By one of two of the staff; a decision by the other.
    Adjust {
        member: usize,
        points: i64,
        by: usize,
        key: String,
    },
    Decide {
        adjustment: usize,
        approve: bool,
        by: usize,
    },
    Close {
        member: usize,
    },
    Suspend {
        member: usize,
        suspended: bool,
    },
    /// Somebody registers in the portal, invited or not, and the payment system claims them.
    Join {
        member: usize,
        invited_by: Option<usize>,
    },
    Publish {
        sheet: Box<Sheet>,
        at: Option<Timestamp>,
        demotes: bool,
        keeps_until: Option<Timestamp>,
    },
    Try(Trial),
    /// The experiment that was started last.
    End {
        adopt: bool,
        keeps_until: Option<Timestamp>,
    },
    Settle,
    ReRate,
    ExpireVouchers,
    /// A page that posts what is due for its member.
    Look {
        member: usize,
    },
    /// A read that posts nothing.
    View {
        member: usize,
    },
}

/// An experiment that is to be started. Shares are in hundredths of a percent.
#[derive(Clone, Debug)]
pub struct Trial {
    pub sheet: Box<Sheet>,
    pub variant: u16,
    pub control: u16,
    pub at: Option<Timestamp>,
    pub until: Timestamp,
    pub keeps_until: Option<Timestamp>,
}

/// An amount as it is written.
pub fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// Points as they are written.
pub fn decimal(points: i64) -> String {
    format!("{}{}.{:02}", if points < 0 { "-" } else { "" }, points.abs() / 100, points.abs() % 100)
}

impl Told {
    /// As the support's `event` reads it.
    pub fn text(&self) -> String {
        let Told { id, member, at, .. } = self;
        let what = match &self.what {
            Happening::Payment { fen, scene } => format!("pay={} scene={}", yuan(*fen), SCENES[*scene]),
            Happening::Refund { payment, fen } => format!("of={payment} refund={}", yuan(*fen)),
            Happening::Referral { referee } => format!("referee=m-{referee}"),
            Happening::Review { subject } => format!("review=s-{subject}"),
        };
        format!("id={id} member=m-{member} at={at} {what}")
    }

    pub const HEADER: &'static str = "event_id,member,occurred_at,kind,amount,currency,scene,payment,referee,subject";

    /// As a row of a file.
    pub fn row(&self) -> String {
        let Told { id, member, at, .. } = self;
        let what = match &self.what {
            Happening::Payment { fen, scene } => format!("payment,{},CNY,{},,,", yuan(*fen), SCENES[*scene]),
            Happening::Refund { payment, fen } => format!("refund,{},CNY,,{payment},,", yuan(*fen)),
            Happening::Referral { referee } => format!("referral,,,,,m-{referee},"),
            Happening::Review { subject } => format!("review,,,,,,s-{subject}"),
        };
        format!("{id},m-{member},{at},{what}")
    }
}

/// A reward of every game.
pub struct Offer {
    pub supply: &'static str,
    /// In hundredths of a point.
    pub price: i64,
    /// Codes in the pool, or pieces in stock.
    pub there: i64,
    /// So many a member, and `month` or `year`.
    pub limit: Option<(u32, &'static str)>,
    pub least_tier: Option<&'static str>,
    pub valid_days: Option<u32>,
    /// For how many days after the game began it cannot be had yet.
    pub starts_in: Option<i32>,
    pub ends_in: Option<i32>,
}

pub const OFFERS: [Offer; 3] = [
    Offer {
        supply: "pool",
        price: 3_000,
        there: 3,
        limit: None,
        least_tier: None,
        valid_days: Some(10),
        starts_in: None,
        ends_in: None,
    },
    Offer {
        supply: "generated",
        price: 4_550,
        there: 0,
        limit: Some((2, "month")),
        least_tier: Some("gold"),
        valid_days: None,
        starts_in: None,
        ends_in: Some(900),
    },
    Offer {
        supply: "stock",
        price: 2_001,
        there: 5,
        limit: Some((3, "year")),
        least_tier: None,
        valid_days: None,
        starts_in: Some(3),
        ends_in: None,
    },
];

/// When every game begins: a winter night on which it is spring nowhere, some weeks before clocks change.
pub fn start() -> Timestamp {
    "2016-02-20T04:00:00Z".parse().unwrap()
}

/// The day that many days after the game began.
pub fn day_of_game(calendar: &Calendar, days: i32) -> jiff::civil::Date {
    super::calendar::plus_days(calendar.day(start()), days)
}
