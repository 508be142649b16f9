-- A checkpoint says by which external id each member is known, as a digest that nobody can try guesses against who has the
-- checkpoint alone: what it is salted with stays here.
create table identity_salt (
    id integer primary key check (id = 1),
    salt blob not null check (length(salt) = 16)
) strict;
insert into identity_salt (id, salt) values (1, randomblob(16));

-- A voucher's code, as somebody types it at a till.
create index reward_codes_revealed on reward_codes (code) where revealed_at is not null;
