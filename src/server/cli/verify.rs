//! `laurel verify`: exit 0 and what was checked, or 4 and what differs.

use super::{Common, Ended, print_json};
use crate::server::usecase::verify;

pub(super) async fn run(common: &Common) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    let verdict = verify::verify(&ledger).await?;
    if common.is_json() {
        print_json(&verdict)?;
    } else {
        println!(
            "{} members, {} entries, {} redemptions, {} points outstanding: every entry made again from its cause, every chain, \
             balance, tier and refund followed.",
            verdict.members, verdict.entries, verdict.redemptions, verdict.outstanding
        );
        for difference in &verdict.differences {
            let entry = difference.seq.map(|seq| format!(", entry {seq}")).unwrap_or_default();
            println!("member {}{entry}: {}", difference.member, difference.what);
        }
        if !verdict.differences.is_empty() {
            println!("{} differences.", verdict.differences.len());
        }
    }
    Ok(if verdict.differences.is_empty() { Ended::Well } else { Ended::Differs })
}
