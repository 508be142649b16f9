-- Redemptions, adjustments, claims and notes lie where their members do: the member's number leads each of their keys. From
-- anywhere else they are found by the directory, which is what keeps an id, a claim's code and a key of whoever adjusts from being
-- there twice.

insert into member_keys (key, member_no)
select id, member_no from redemptions
union all select id, member_no from adjustments
union all select member_key('adjustment_key', made_by || ' ' || idempotency_key), member_no from adjustments
union all select member_key('claim_code', code), member_no from benefit_claims;

-- a key that points to what is divided would be as many as there are partitions on both sides; `verify` looks instead
alter table reward_codes drop constraint reward_codes_redemption_id_fkey;
alter table payout_items drop constraint payout_items_redemption_id_fkey;
alter table redemption_states drop constraint redemption_states_redemption_id_fkey;
alter table redemption_contacts drop constraint redemption_contacts_redemption_id_fkey;

alter table redemptions drop constraint redemptions_pkey, add primary key (member_no, id);
-- for going through all of them in order
create index redemptions_id on redemptions (id);

alter table redemption_states add column member_no bigint;
update redemption_states s set member_no = r.member_no from redemptions r where r.id = s.redemption_id;
alter table redemption_states alter column member_no set not null,
    drop constraint redemption_states_pkey, add primary key (member_no, redemption_id, state);

alter table redemption_contacts add column member_no bigint;
update redemption_contacts c set member_no = r.member_no from redemptions r where r.id = c.redemption_id;
alter table redemption_contacts alter column member_no set not null,
    drop constraint redemption_contacts_pkey, add primary key (member_no, redemption_id);

alter table adjustments drop constraint adjustments_pkey, add primary key (member_no, id),
    drop constraint adjustments_made_by_idempotency_key_key, add unique (member_no, made_by, idempotency_key);

alter table benefit_claims drop constraint benefit_claims_pkey, add primary key (member_no, id),
    drop constraint benefit_claims_code_key;

drop index member_notes_of;
alter table member_notes drop constraint member_notes_pkey, add primary key (member_no, id);

-- Whoever writes members writes the directory and what they are searched by, too: what lies on several machines has no triggers.
drop trigger member_keys_begin on members;
drop trigger member_keys_follow on members;
drop trigger member_search_begins on members;
drop trigger member_search_follows on members;
drop function begin_member_keys, follow_member_keys, begin_member_search, follow_member_search;

-- An older binary would write states without their members, and nothing into the directory or the search.
update compatibility set least_migration = 76 where least_migration < 76;
