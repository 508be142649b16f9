-- Who of the staff or which key moved a redemption on, and what they noted about it: the payment's reference, or why it failed.
alter table redemption_states add column actor_id blob;
-- May tell of people: goes when its member is erased.
alter table redemption_states add column note text;

-- Members are found by a phone number as a whole. Numbers are kept in one form, + and digits.
create index members_phone on members (phone) where phone is not null;
-- The beginning of an external id is looked for by the unique index.
