//! Members by how recently, how often and how much they have paid, in a simulation.

use std::sync::Arc;

use laurel_domain::lab::segments::Segment;
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::usecase::lab::{self, Progress, Wish};

use laurel_testing::programme::{HISTORY, post, programme};

stories! {
    async fn each_segment_is_told_what_the_draft_gives_it(db: Db) {
        let ledger = programme(&db).await;
        let mut events: Vec<String> = Vec::new();
        for n in 0..6 {
            events.push(format!("id=c{n} member=champion pay=200 at=2026-11-{:02}T01:00:00Z", n + 1));
            events.push(format!("id=l{n} member=lapsed pay=200 at=2025-11-{:02}T01:00:00Z", n + 1));
        }
        for n in 0..2 {
            events.push(format!("id=o{n} member=once-{n} pay=9 at=2026-11-10T01:00:00Z"));
        }
        events.push("id=r1 member=reviewer review=s1 at=2026-11-10T01:00:00Z".to_owned());
        post(&ledger, HISTORY, &events.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let draft = RuleSet { alpha: "0.5".parse().unwrap(), ..RuleSet::default() };
        for allowed in [0, 1 << 30] {
            ledger.memory.allow(allowed);
            let simulation = lab::simulate(&ledger, Wish::whole(draft.clone()), Arc::new(Progress::default())).await;
            let segments = simulation.unwrap().unwrap().report.segments;
            let told: Vec<(Segment, u64, u64, String)> =
                segments.rows.iter().map(|row| (row.segment, row.members, row.payments, row.paid.to_string())).collect();
            assert_eq!(
                told,
                [
                    (Segment::Champions, 1, 6, "1200.00".to_owned()),
                    (Segment::Occasional, 2, 2, "18.00".to_owned()),
                    (Segment::LapsedChampions, 1, 6, "1200.00".to_owned()),
                    (Segment::NeverPaid, 1, 0, "0.00".to_owned()),
                ]
            );
            let champions = &segments.rows[0];
            let points = |text: &str| text.parse::<Points>().unwrap().into();
            assert_eq!((champions.issued.baseline, champions.issued.draft), (points("1200"), points("600")));
            assert_eq!((champions.mean.draft, champions.lowered), (points("600"), 1));
            assert_eq!((&champions.tiers.baseline, &champions.tiers.draft), (&vec![0, 0, 0, 1], &vec![0, 0, 1, 0]));
        }
    }
}
