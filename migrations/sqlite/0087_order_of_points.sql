-- Members in the order of their points. An index over members themselves would be written by every posting, at a fifth of what can be
-- posted; the job that follows each member's ledger writes it instead.
alter table figures_members add column available integer;
alter table figures_members add column earned integer;
create index figures_members_available on figures_members (tier, available, member_no);
create index figures_members_earned on figures_members (tier, earned, member_no);

-- When everybody was looked at last by what notes points, too; null until then.
alter table figures_state add column ordered_at integer;
