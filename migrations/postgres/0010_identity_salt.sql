-- A checkpoint says by which external id each member is known, as a digest that nobody can try guesses against who has the
-- checkpoint alone: what it is salted with stays here.
create table identity_salt (
    id integer primary key check (id = 1),
    salt bytea not null check (length(salt) = 16)
);
insert into identity_salt (id, salt) values (1, decode(replace(gen_random_uuid()::text, '-', ''), 'hex'));

-- A voucher's code, as somebody types it at a till.
create index reward_codes_revealed on reward_codes (code) where revealed_at is not null;
