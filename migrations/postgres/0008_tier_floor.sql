-- What a demotion leaves behind, and what sets entries apart that were made or counted otherwise than by their instant.

-- After a demotion at the end of a tier's period: what was gathered since that period began, which promotions go by from then on.
-- `members.books` has 16 for it.
create table tier_floors (
    member_no bigint primary key references members (no),
    started_at bigint not null,
    -- the entry that had promoted, which does not count; 0 if none did
    by_seq bigint not null,
    earned bigint not null,
    spent bigint not null
);

-- How far each ledger was made before this: demotions, the ends of periods, refunds that are forgiven and caps that begin
-- inside a day meant something else then, and those entries stand.
create table early_entries (
    member_no bigint primary key references members (no),
    seq bigint not null,
    last_instant bigint not null
);

insert into early_entries (member_no, seq, last_instant)
select no, seq, last_instant from members where last_instant is not null;

-- Entries of history that were posted behind due work of a later time: when they would have been posted without it, which is
-- when they count for the tier.
create table late_entries (
    member_no bigint not null references members (no),
    seq bigint not null,
    at bigint not null,
    primary key (member_no, seq)
);
