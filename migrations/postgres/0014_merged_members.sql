-- A portal registration that turned out to be a member whom the payment system knows: it ended, and all it had went over.

-- such a member is closed, too
alter table members add column merged_into bigint references members (no);
alter table members add column merged_at bigint;
-- why, if the staff did it; until it is erased
alter table members add column merge_reason text;
create index members_merged on members (merged_into) where merged_into is not null;
-- whom a member invited
create index members_invited on members (invited_by) where invited_by is not null;

-- causes of entries: 10 merged into another member, 11 merged from one
