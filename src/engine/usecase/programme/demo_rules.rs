//! The demo's rules: the first version since ever, a second one since some months, and a draft of a third.

use laurel_domain::benefits::benefit::{Benefit, BenefitKind, Period, Quota};
use laurel_domain::numbers::factor::Factor;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::terms::Expiry;
use laurel_domain::text::{Both, Key};

use crate::auth::Authority;
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::rules;
use crate::usecase::rules::Publication;

const YEAR: u16 = 12;
/// With more members than these a demo is made to be measured, not to be looked at.
const LOOKED_AT: u64 = 5_000;

/// The defaults, but that points are good for a year, and there is something to claim for each tier but the first. In what is
/// measured they last for ever, as they did whenever it was measured before.
pub fn rules(members: u64) -> RuleSet {
    let expiry = if members > LOOKED_AT { Expiry::Never } else { Expiry::Months(YEAR) };
    let mut set = RuleSet { expiry, ..RuleSet::default() };
    for (tier, count) in set.ladder.tiers.iter_mut().skip(1).zip([2, 4, 8]) {
        let text = Both::new("合作咖啡店免费咖啡", "A coffee at our partners");
        tier.benefits.extend(service("coffee", text, Quota { count, period: Period::Month }));
    }
    set
}

fn service(key: &str, text: Both, quota: Quota) -> Option<Benefit> {
    let key = Key::new(key).ok()?;
    Some(Benefit { key, kind: BenefitKind::Service, text, percent: None, quota: Some(quota) })
}

/// Lending is to earn more, and the highest tier to get a fast track.
pub(super) async fn draft_second(then: &Ledger, by: Authority) -> Result<(), AppError> {
    let latest = then.rulebook().await?.latest().clone();
    let mut set = latest.set.clone();
    set.scenes.lending = Factor::from_millionths(1_200_000);
    if let Some(highest) = set.ladder.tiers.last_mut() {
        let text = Both::new("机场快速安检", "Airport fast track");
        highest.benefits.extend(service("fast-track", text, Quota { count: 1, period: Period::Month }));
    }
    rules::save_draft(then, by, set, latest.version, 0).await.map(drop)
}

pub(super) async fn publish_second(then: &Ledger, by: Authority) -> Result<(), AppError> {
    let Some(draft) = rules::overview(then).await?.draft else { return Ok(()) };
    let notice = Both::new(
        "借贷消费现在多得 20% 积分，最高等级新增机场快速安检。",
        "Lending now earns 20% more points, and our highest tier gets airport fast track.",
    );
    let how = Publication { notice: Some(notice), ..Publication::default() };
    rules::publish(then, by, draft.revision, how).await.map(drop)
}

/// What somebody has been thinking about since some days: reviews worth more, a step up to gold that is a little higher.
pub(super) async fn draft_third(then: &Ledger, by: Authority) -> Result<(), AppError> {
    let latest = then.rulebook().await?.latest().clone();
    let mut set = latest.set.clone();
    set.gamma = Factor::whole(8);
    if let Some(second) = set.ladder.tiers.get_mut(1) {
        second.from = Factor::whole(120);
    }
    rules::save_draft(then, by, set, latest.version, 0).await.map(drop)
}
