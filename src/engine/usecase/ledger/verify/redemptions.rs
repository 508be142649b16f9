//! Holding redemptions against the entries that took and gave back their points.

use jiff::Timestamp;
use laurel_domain::rewards::cash;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};

use super::replay::Replay;
use crate::store::rewards::redemptions::{RedeemedFor, Redemption};

/// The states that a redemption has been in, and since when, in no order.
pub(super) type Noted = Vec<(RedemptionState, Timestamp)>;

impl Replay<'_> {
    pub(super) fn finish_redemptions(&mut self, rows: &[(Redemption, Noted)]) {
        for (row, noted) in rows {
            self.verdict.redemptions += 1;
            let name = row.id;
            if last_state(row.kind(), noted) != Some(row.state) {
                self.differ(None, format!("redemption {name} is {}, which is not where its states lead", row.state.name()));
            }
            match self.redeemed.remove(&row.id) {
                None => self.differ(None, format!("redemption {name} has no entry")),
                Some((entry, _)) if entry.points.checked_neg() != Some(row.points) => {
                    self.differ(entry.seq, format!("redemption {name} took {}, not {}", entry.points, row.points));
                }
                Some((entry, _))
                    if (entry.seq, entry.rules, entry.occurred_at) != (row.seq, row.rules_version, row.created_at) =>
                {
                    let stands = format!("entry {} of version {} at {}", row.seq, row.rules_version, row.created_at);
                    self.differ(entry.seq, format!("redemption {name} says it is {stands}, and is not"));
                }
                Some((_, restored)) if restored != row.state.restores() => {
                    self.differ(None, format!("redemption {name} is {} but given back: {restored}", row.state.name()));
                }
                Some(_) => match &row.redeemed_for {
                    RedeemedFor::Cash(cash) => {
                        let rules = self.timeline.version(row.rules_version).map(|rules| rules.cash_terms());
                        let quote = rules.and_then(|terms| cash::quote(&terms, row.points).ok());
                        if quote.map(|quote| (quote.cash, quote.points)) != Some((*cash, row.points)) {
                            self.differ(None, format!("redemption {name} pays {cash}, which is not what its points pay"));
                        }
                    }
                    RedeemedFor::Reward(bought) => {
                        if bought.price.hundredths().checked_mul(i64::from(bought.quantity)) != Some(row.points.hundredths()) {
                            let (price, quantity) = (bought.price, bought.quantity);
                            self.differ(None, format!("redemption {name} took {} for {quantity} at {price}", row.points));
                        }
                    }
                },
            }
        }
        for (id, _) in std::mem::take(&mut self.redeemed) {
            self.differ(None, format!("redemption {id} stands in the entries only"));
        }
    }
}

/// Where a redemption is that has been in these states: each once, one following from the other. Nothing if they are no way from
/// the first. Their times say nothing: a clock may have been set back, or another server's may be behind.
fn last_state(kind: RedemptionKind, noted: &[(RedemptionState, Timestamp)]) -> Option<RedemptionState> {
    let since = |wanted: RedemptionState| noted.iter().find(|(state, _)| *state == wanted).copied();
    let mut here = since(kind.first())?;
    let mut passed = 1;
    while let Some(next) = here.0.next(kind).iter().copied().find_map(since) {
        (here, passed) = (next, passed + 1);
    }
    (passed == noted.len()).then_some(here.0)
}
