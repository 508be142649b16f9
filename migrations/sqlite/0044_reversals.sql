-- An adjustment that takes back what an entry did remembers which one, so that nobody takes it back twice unawares.

-- the sequence number of the member's entry
alter table adjustments add column reverses integer;

create index adjustments_reversing on adjustments (member_no, reverses) where reverses is not null;
