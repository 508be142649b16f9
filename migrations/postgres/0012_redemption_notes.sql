-- Who of the staff or which key moved a redemption on, and what they noted about it: the payment's reference, or why it failed.
alter table redemption_states add column actor_id uuid;
-- May tell of people: goes when its member is erased.
alter table redemption_states add column note text;

-- Members are found by a phone number as a whole. Numbers are kept in one form, + and digits.
create index members_phone on members (phone) where phone is not null;
-- The beginning of an external id is looked for; an index in the database's own order cannot do that.
create index members_external_prefix on members (external_id text_pattern_ops) where external_id is not null;
