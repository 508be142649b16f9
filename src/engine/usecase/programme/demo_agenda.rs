//! What is done in the demo besides what the payment system reports, and when: members redeem, claim and take, the staff works off
//! what waits, and looks after rules and rewards. What comes of something is put down once it has happened, so nothing is dated
//! before its cause.

use std::collections::BTreeMap;

use jiff::Timestamp;
use laurel_domain::ids::{AdjustmentId, RedemptionId};
use laurel_domain::rewards::redemption::RedemptionState::{
    self, Cancelled, Delivered, Issued, Paid, Processing, Shipped, Used,
};
use uuid::Uuid;

use super::demo::{Chance, Days, MEMBERS};

/// Something that somebody does. Rewards are counted as `demo_rewards` makes them.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Reward(usize),
    Stock(usize, i64, &'static str),
    Reprice(usize, i64),
    Draft,
    Publish,
    /// Half of what somebody has, or so much; what then becomes of it, where no batch is waited for.
    Cash {
        who: usize,
        hundredths: Option<i64>,
        then: Option<&'static [RedemptionState]>,
    },
    Order {
        who: usize,
        reward: usize,
        then: &'static [RedemptionState],
    },
    Advance {
        id: RedemptionId,
        steps: Vec<RedemptionState>,
        by: Doer,
        then: &'static [RedemptionState],
    },
    Batch,
    Settle {
        batch: Uuid,
        failed: Option<RedemptionId>,
    },
    Claim {
        who: usize,
        benefit: &'static str,
        then: Then,
    },
    UseUp(String),
    Withdraw {
        who: usize,
        code: String,
    },
    Adjust {
        who: usize,
        points: i64,
        reason: &'static str,
    },
    /// Approved, or rejected for a reason.
    Decide(AdjustmentId, Option<&'static str>),
    Note {
        who: usize,
        text: &'static str,
    },
    Suspend(usize, &'static str),
    /// Vouchers whose days are over.
    Lapse,
}

/// Who moves a redemption on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Doer {
    /// Whose it is.
    Member(Uuid),
    Manager,
    Support,
}

/// What becomes of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Waits,
    IsUsed,
    IsGivenBack,
}

/// In the order of time; what is of the same time, as it was put down.
#[derive(Default)]
pub(super) struct Agenda {
    acts: BTreeMap<(Timestamp, usize), Act>,
    made: usize,
}

impl Agenda {
    pub fn add(&mut self, at: Timestamp, act: Act) {
        self.acts.insert((at, self.made), act);
        self.made += 1;
    }

    /// The next that has happened by now.
    pub fn next(&mut self, now: Timestamp) -> Option<(Timestamp, Act)> {
        let ((at, _), _) = self.acts.first_key_value()?;
        if *at > now {
            return None;
        }
        self.acts.pop_first().map(|((at, _), act)| (at, act))
    }
}

/// Days ago on which each reward came.
const CAME: [u64; 6] = [556, 555, 300, 554, 552, 190];
const MONTHS: usize = 18;
/// How many try each month; who has too little by then does without.
const CASH_A_MONTH: usize = 7;
const ORDERS_A_MONTH: [usize; 5] = [0, 3, 1, 2, 4];
const CLAIMS_A_MONTH: [(&str, Then); 9] = [
    ("coffee", Then::IsUsed),
    ("coffee", Then::IsUsed),
    ("birthday-gift", Then::IsUsed),
    ("coffee", Then::IsGivenBack),
    ("free-repair", Then::IsUsed),
    ("coffee", Then::IsUsed),
    ("coffee", Then::Waits),
    ("coffee", Then::IsUsed),
    ("birthday-gift", Then::IsUsed),
];
/// Payout batches are made every other week; the last, before what waits now was asked for.
const LAST_BATCH: u64 = 9;

/// Everything that does not come of something else.
pub(super) fn plan(days: &Days, chance: &mut Chance) -> Agenda {
    let mut agenda = Agenda::default();
    rewards_and_rules(&mut agenda, days, chance);
    for month in 0..MONTHS {
        of_month(&mut agenda, days, month, chance);
    }
    for ago in (LAST_BATCH..540).step_by(14) {
        agenda.add(days.desk(ago, chance), Act::Batch);
    }
    service(&mut agenda, days, chance);
    lately(&mut agenda, days);
    agenda
}

fn rewards_and_rules(agenda: &mut Agenda, days: &Days, chance: &mut Chance) {
    for (reward, ago) in CAME.into_iter().enumerate() {
        agenda.add(days.desk(ago, chance), Act::Reward(reward));
    }
    let stock = [
        (3, 549, 80, "首批到货 / First delivery"),
        (4, 546, 40, "首批到货 / First delivery"),
        (5, 186, 4, "首批到货 / First delivery"),
        (3, 260, 60, "补货 / Restocked"),
        (4, 231, -1, "运输中破损 / Broken in transit"),
        (4, 118, 20, "补货 / Restocked"),
        (5, 83, -2, "展示样品 / Kept for the showroom"),
    ];
    for (reward, ago, pieces, reason) in stock {
        agenda.add(days.desk(ago, chance), Act::Stock(reward, pieces, reason));
    }
    agenda.add(days.desk(240, chance), Act::Reprice(0, 30));
    agenda.add(days.desk(96, chance), Act::Reprice(1, 60));
    agenda.add(days.desk(157, chance), Act::Draft);
    agenda.add(days.desk(152, chance), Act::Publish);
}

fn of_month(agenda: &mut Agenda, days: &Days, month: usize, chance: &mut Chance) {
    // never the visitor, whose history is written by hand
    let who = |step: usize| 2 + (month * 29 + step * 13) % (MEMBERS - 1);
    let first = 12 + 30 * (MONTHS - 1 - month) as u64;
    for turn in 0..CASH_A_MONTH {
        let then: Option<&'static [RedemptionState]> = (turn == 3 && month.is_multiple_of(3)).then_some(&[Cancelled]);
        let at = days.open(first + chance.below(28), chance);
        agenda.add(at, Act::Cash { who: who(turn), hundredths: None, then });
    }
    for (turn, reward) in ORDERS_A_MONTH.into_iter().enumerate() {
        let then: &'static [RedemptionState] = match (reward, (month + turn) % 5) {
            (_, 4) => &[Cancelled],
            (0..3, 3) => &[Issued],
            (0..3, _) => &[Issued, Used],
            _ => &[Shipped, Delivered],
        };
        let at = days.open(first + chance.below(28), chance);
        agenda.add(at, Act::Order { who: who(20 + turn), reward, then });
    }
    for (turn, (benefit, then)) in CLAIMS_A_MONTH.into_iter().enumerate() {
        let at = days.open(first + chance.below(28), chance);
        agenda.add(at, Act::Claim { who: who(40 + turn), benefit, then });
    }
    agenda.add(days.at(first, 3 * 60), Act::Lapse);
}

/// What the staff does for members: points given and taken, notes, somebody suspended.
fn service(agenda: &mut Agenda, days: &Days, chance: &mut Chance) {
    const REASONS: [(i64, &str); 6] = [
        (50, "Goodwill: the order came a week late"),
        (120, "付款未入账，补发积分"),
        (-15, "更正重复录入的积分"),
        (30, "Campaign bonus, spring raffle"),
        (80, "投诉安抚：门店排队超过一小时"),
        (-20, "Correction of a mistake in the campaign list"),
    ];
    for (n, ago) in (20..520).step_by(21).enumerate() {
        let (points, reason) = REASONS[n % REASONS.len()];
        let who = 3 + n * 37 % (MEMBERS - 3);
        agenda.add(days.desk(ago + chance.below(9), chance), Act::Adjust { who, points, reason });
    }
    agenda.add(days.desk(186, chance), Act::Adjust { who: 44, points: 2_000, reason: "合作门店年度抽奖一等奖" });
    agenda.add(days.desk(74, chance), Act::Adjust { who: 71, points: 5_000, reason: "Compensation asked for by phone" });
    let notes = [
        (402, 12, "来电询问金牌会员折扣，已说明。"),
        (333, 30, "Prefers to be written to in English."),
        (179, 44, "抽奖获奖，已致电恭喜。"),
        (139, 8, "地址变更，礼品改寄公司。"),
        (88, 20, "Asked twice about a parcel; tracking number sent."),
        (66, 71, "无法提供凭证，已告知不予补偿。"),
        (33, 5, "希望增加 14 点以后的到店时段。"),
        (6, 1, "反馈积分明细很清楚，建议增加年度汇总。"),
    ];
    for (ago, who, text) in notes {
        agenda.add(days.desk(ago, chance), Act::Note { who, text });
    }
    agenda.add(days.desk(4, chance), Act::Suspend(97, "多笔退款，核实中 / Several refunds, under review"));
}

/// The last days, which are the same on whatever day of the week it is: paid, on its way, waiting, thought better of.
fn lately(agenda: &mut Agenda, days: &Days) {
    type Steps = &'static [RedemptionState];
    const CASH: [(usize, i64, Option<Steps>); 12] = [
        (1, 122, Some(&[Processing, Paid])),
        (5, 2, None),
        (8, 31, Some(&[Processing])),
        (11, 55, None),
        (14, 9, Some(&[Cancelled])),
        (20, 98, Some(&[Processing, Paid])),
        (23, 75, Some(&[Processing, Paid])),
        (26, 20, None),
        (32, 50, Some(&[Processing])),
        (41, 101, None),
        (47, 29, Some(&[Cancelled])),
        (56, 5, Some(&[Processing, Paid])),
    ];
    const ORDERS: [(usize, i64, usize, Steps); 10] = [
        (1, 27, 1, &[]),
        (2, 19, 3, &[]),
        (5, 60, 0, &[Issued]),
        (8, 77, 4, &[Shipped]),
        (11, 130, 1, &[Issued, Used]),
        (14, 150, 3, &[Shipped, Delivered]),
        (20, 43, 3, &[]),
        (23, 12, 4, &[Cancelled]),
        (26, 36, 0, &[Issued]),
        (32, 7, 1, &[]),
    ];
    const CLAIMS: [(&str, Then); 6] = [
        ("coffee", Then::IsUsed),
        ("coffee", Then::Waits),
        ("birthday-gift", Then::Waits),
        ("free-repair", Then::IsUsed),
        ("coffee", Then::IsGivenBack),
        ("birthday-gift", Then::IsUsed),
    ];
    // by day, at some minute of it
    let ago =
        |hours: i64| days.at(u64::try_from(hours / 24).unwrap_or(0), 9 * 60 + u64::try_from(hours * 37 % 660).unwrap_or(0));
    for (who, hours, then) in CASH {
        let hundredths = (who == 1).then_some(5_000);
        // what waits stays out of batches: there is none after these
        agenda.add(ago(hours), Act::Cash { who, hundredths, then: Some(then.unwrap_or(&[])) });
    }
    for (who, hours, reward, then) in ORDERS {
        agenda.add(ago(hours), Act::Order { who, reward, then });
    }
    for (n, who) in [1, 5, 8, 11, 14, 20, 23].into_iter().enumerate() {
        // the visitor has something left to claim
        for (at, (benefit, then)) in CLAIMS.into_iter().enumerate().skip(usize::from(who == 1)).take(2 + who % 5) {
            // of this month, so that it is good still
            let claimed = ago(4 + 17 * n as i64 + 5 * at as i64).max(days.this_month());
            agenda.add(claimed, Act::Claim { who, benefit, then });
        }
    }
}
