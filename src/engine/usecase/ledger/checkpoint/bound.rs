//! What a checkpoint binds beside the entries: who a member is outside, the rule sets, and each redemption with its state.

use std::fmt::{Display, Write as _};

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::entry::Hash;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use sha2::{Digest as _, Sha256};

use crate::store::programme::VersionRow;
use crate::store::rewards::redemptions::{RedeemedFor, Redemption};

/// The payment system's id for a member. The salt stays in the database: whoever has the file alone can try no guesses.
pub(super) fn external(salt: &[u8; 16], member: MemberId, external_id: &str) -> Hash {
    Hash::of_text(salt, &format!("{member} {external_id}"))
}

/// A published version of the rules, with when and by whom it was published.
pub(super) fn rules(row: &VersionRow) -> Hash {
    let mut lines: Vec<(&str, &dyn Display)> = vec![
        ("laurel-rules", &1),
        ("version", &row.version),
        ("from", &row.in_force_from),
        ("published", &row.published_at),
        ("by", &row.published_by),
        ("demotes", &row.demotes),
    ];
    // what a version need not have is there only if it has it, so that earlier checkpoints still hold
    lines.extend(row.keeps_until.iter().map(|until| ("keeps_until", until as &dyn Display)));
    lines.extend(row.notice_zh.iter().map(|text| ("notice_zh", text as &dyn Display)));
    lines.extend(row.notice_en.iter().map(|text| ("notice_en", text as &dyn Display)));
    lines.push(("body", &row.body));
    digest(&lines)
}

/// Everything about a redemption that never changes. Where a gift is sent and its parcel can be erased, so they are not in it.
pub(super) fn terms(of: &Redemption) -> Hash {
    let kind = of.kind().name();
    let created = of.created_at.as_microsecond();
    let lines: [(&str, &dyn Display); 8] = [
        ("laurel-redemption", &1),
        ("redemption", &of.id),
        ("member", &of.member),
        ("kind", &kind),
        ("entry", &of.seq),
        ("points", &of.points),
        ("asked", &of.asked),
        ("created", &created),
    ];
    let rules: [(&str, &dyn Display); 1] = [("rules", &of.rules_version)];
    match &of.redeemed_for {
        RedeemedFor::Cash(cash) => digest(&[lines.as_slice(), &rules, &[("cash", cash)]].concat()),
        RedeemedFor::Reward(bought) => {
            let days = bought.valid_days.map_or_else(|| "-".to_owned(), |days| days.to_string());
            digest(
                &[
                    lines.as_slice(),
                    &rules,
                    &[
                        ("reward", &bought.reward),
                        ("zh", &bought.name.zh),
                        ("en", &bought.name.en),
                        ("price", &bought.price),
                        ("quantity", &bought.quantity),
                        ("valid_days", &days),
                    ],
                ]
                .concat(),
            )
        }
    }
}

/// Whether a redemption can have come from one state to another, or has stayed.
pub(super) fn leads_to(kind: RedemptionKind, from: RedemptionState, to: RedemptionState) -> bool {
    from == to || from.next(kind).iter().any(|next| leads_to(kind, *next, to))
}

/// SHA-256 over lines `name=value`, each ended by a line feed.
fn digest(lines: &[(&str, &dyn Display)]) -> Hash {
    let mut form = String::new();
    for (name, value) in lines {
        // writing to a String cannot fail
        let _ = writeln!(form, "{name}={value}");
    }
    Hash(Sha256::digest(form.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use RedemptionState::{Cancelled, Failed, Issued, Paid, Processing, Reserved};

    #[test]
    fn a_redemption_goes_forward_only() {
        for (from, to) in [(Reserved, Reserved), (Reserved, Paid), (Reserved, Cancelled), (Processing, Failed)] {
            assert!(leads_to(RedemptionKind::Cash, from, to), "{from:?} {to:?}");
        }
        for (from, to) in [(Paid, Reserved), (Paid, Cancelled), (Processing, Cancelled), (Reserved, Issued)] {
            assert!(!leads_to(RedemptionKind::Cash, from, to), "{from:?} {to:?}");
        }
    }
}
