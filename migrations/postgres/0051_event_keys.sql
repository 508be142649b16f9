-- Which events have been taken, by 16 bytes for each whatever the length of their ids: it takes the place of the unique index over
-- source and id, and, unlike that, does not have to be where the entries are.
create table event_keys (
    -- the first 16 bytes of SHA-256 over the source's length (4 bytes, little-endian), the source and the id
    key uuid primary key,
    -- of the entry that it made
    member_no bigint not null,
    seq bigint not null
);
alter table event_keys set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- What is still to be done to rows that were there before, and how far it has come; `laurel migrate` goes on with it.
create table conversions (
    name text primary key,
    member_no bigint not null,
    seq bigint not null
);
insert into conversions (name, member_no, seq) values ('event_keys', 0, 0);

-- An older binary would post events without their keys: from here on it can't.
alter table entries rename column source to source_no;
update compatibility set least_migration = 51 where least_migration < 51;
