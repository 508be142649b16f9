-- Every list goes by an index, whatever it is filtered by, and in its order: its cost is that of the rows it shows.

drop index redemptions_state;
drop index redemptions_member;
drop index redemptions_kind;
create index redemptions_of_member on redemptions (member_no, created_at, id);
create index redemptions_of_kind on redemptions (kind, created_at, id);
create index redemptions_in_state on redemptions (kind, state, created_at, id);

create index members_tier on members (tier, no);
create index members_status on members (status, no);

create index audit_of_actor on audit (actor, id) where actor is not null;
create index audit_of_action on audit (action, id);

create index adjustments_waiting_for on adjustments (member_no, made_at, id) where state = 0;
create index adjustments_decided on adjustments (decided_at, id) where state <> 0 and (state <> 1 or decided_by is not null);

create index reward_codes_held on reward_codes (reward_id) where redemption_id is not null and revealed_at is null;
create index reward_codes_given on reward_codes (reward_id) where revealed_at is not null;

create index entries_refunds on entries (member_no, payment) where cause = 1;

-- A member's first thousand entries are looked through; only what somebody has beyond them is worth the bytes.
create index entries_often_kind on entries (member_no, kind, seq) where seq > 1000;
create index entries_often_time on entries (member_no, occurred_at, seq, kind) where seq > 1000;
