-- A note that was taken away can be put back for a day.
alter table member_notes add column removed_at integer;
create index member_notes_removed on member_notes (removed_at) where removed_at is not null;
