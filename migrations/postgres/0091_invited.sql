-- Each batch of payments asks which of its payers were invited by somebody.
create index members_invited_by on members (no) include (invited_by) where invited_by is not null;

-- A row of notifications is written with nearly every change of tier; members' rows stay for good, so nothing is to be checked each time.
alter table notifications drop constraint if exists notifications_member_no_fkey;
