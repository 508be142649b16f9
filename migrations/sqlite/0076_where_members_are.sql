-- What becomes of a redemption lies where its member does, as on PostgreSQL: the member's number leads its key. (A file is not divided,
-- so redemptions, adjustments, claims and notes keep the unique keys over their ids and codes here.)

create table states_of_redemptions (
    member_no integer not null,
    redemption_id blob not null references redemptions (id),
    state integer not null,
    at integer not null,
    actor text not null,
    -- who of the staff or which key moved it on
    actor_id blob,
    -- the payment's reference, or why it failed; may tell of people: goes when its member is erased
    note text,
    primary key (member_no, redemption_id, state)
) without rowid;
insert into states_of_redemptions (member_no, redemption_id, state, at, actor, actor_id, note)
select r.member_no, s.redemption_id, s.state, s.at, s.actor, s.actor_id, s.note
from redemption_states s join redemptions r on r.id = s.redemption_id;
drop table redemption_states;
alter table states_of_redemptions rename to redemption_states;

create table contacts_of_redemptions (
    member_no integer not null,
    redemption_id blob not null references redemptions (id),
    recipient text not null,
    phone text not null,
    address text not null,
    primary key (member_no, redemption_id)
) strict, without rowid;
insert into contacts_of_redemptions (member_no, redemption_id, recipient, phone, address)
select r.member_no, c.redemption_id, c.recipient, c.phone, c.address
from redemption_contacts c join redemptions r on r.id = c.redemption_id;
drop table redemption_contacts;
alter table contacts_of_redemptions rename to redemption_contacts;

-- An older binary would write states without their members.
update compatibility set least_migration = 76 where least_migration < 76;
