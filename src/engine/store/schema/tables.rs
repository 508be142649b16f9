//! Every table, and what its rows belong to: the list that partitions are made by, and that tells where rows may lie when there are several machines.
//!
//! The law: what a member's events read and write lies where the member's number says, so that every key of such a table is led by it;
//! nothing else needs to be asked but the directories: of events, and of the ids and codes of members and of what is theirs (on
//! PostgreSQL alone: a file is not divided, and SQLite keeps unique keys for them). PostgreSQL refuses partitions of a table that breaks it.

/// What the rows of a table belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// To a member, whose number this column has: it leads every key.
    Member(&'static str),
    /// To what this column is a digest of: found by it from anywhere.
    Key(&'static str),
    /// To the programme: few rows, seldom written, read by everybody.
    Programme,
    /// To what people and jobs do one at a time, found by ids of its own. It stays on one machine.
    Desk,
}

use Belongs::{Desk, Key, Member, Programme};

/// In the order of the alphabet.
pub const TABLES: [(&str, Belongs); 80] = [
    ("adjustments", Member("member_no")),
    ("api_key_hours", Desk),
    ("api_keys", Programme),
    ("audit", Desk),
    ("benefit_claims", Member("member_no")),
    ("capped", Member("member_no")),
    ("compatibility", Programme),
    ("conversions", Programme),
    ("credentials", Desk),
    ("discarded_drafts", Programme),
    ("early_entries", Member("member_no")),
    ("emails", Desk),
    ("entries", Member("member_no")),
    ("event_keys", Key("key")),
    ("experiments", Programme),
    ("export_pieces", Desk),
    ("exports", Desk),
    ("figures_active", Desk),
    ("figures_members", Member("member_no")),
    ("figures_scenes", Desk),
    ("figures_state", Programme),
    ("figures_tiers", Desk),
    ("held", Member("member_no")),
    ("idempotency", Desk),
    ("identity_salt", Programme),
    ("import_faults", Desk),
    ("import_pieces", Desk),
    ("imports", Desk),
    ("kept_forms", Desk),
    ("kept_tiers", Member("member_no")),
    ("lab_runs", Desk),
    ("lab_searches", Desk),
    ("lapsed_lots", Member("member_no")),
    ("last_instants", Desk),
    ("late_entries", Member("member_no")),
    ("leases", Desk),
    ("limit_changes", Programme),
    ("lots", Member("member_no")),
    ("mail_choices", Member("member_no")),
    ("member_keys", Key("key")),
    ("member_notes", Member("member_no")),
    ("member_search", Member("no")),
    ("members", Member("no")),
    ("months", Member("member_no")),
    ("notices_put_aside", Member("member_no")),
    ("notices_told", Desk),
    ("notifications", Member("member_no")),
    ("one_time_codes", Desk),
    ("payout_batches", Programme),
    ("payout_items", Desk),
    ("periods", Member("member_no")),
    ("picture_sizes", Programme),
    ("pictures", Programme),
    ("posted", Desk),
    ("postings", Desk),
    ("programme", Programme),
    ("redemption_contacts", Member("member_no")),
    ("redemption_states", Member("member_no")),
    ("redemptions", Member("member_no")),
    ("referrals", Member("referee_no")),
    ("refunded_payments", Member("member_no")),
    ("refused_events", Desk),
    ("reviews", Member("member_no")),
    ("reward_codes", Desk),
    ("rewards", Programme),
    ("rule_draft", Programme),
    ("rule_proposals", Programme),
    ("rule_sets", Programme),
    ("saved_views", Programme),
    ("sessions", Desk),
    ("sources", Programme),
    ("staff", Programme),
    ("stock_changes", Programme),
    ("tier_changes", Member("member_no")),
    ("tier_floors", Member("member_no")),
    ("totals", Desk),
    ("totals_by_day", Desk),
    ("totals_counted", Programme),
    ("tries", Desk),
    ("unconfirmed_emails", Member("member_no")),
];
