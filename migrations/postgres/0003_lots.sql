-- What an account holds besides its sums, and when something is due for it. Everything here follows from the entries.
-- Days count from 1 January 1970, months from January of year 0, both in the programme's time zone.

alter table rule_sets add column demotes boolean not null default false;

-- which of the tables below have rows of the member: 1 lots, 2 held, 4 months (kept even if there are none yet), 8 periods
alter table members add column books smallint not null default 0;
-- when the next thing is due that nobody has to do: an activation, a lapse, a month leaving the window, the end of a period
alter table members add column due_at bigint;

create index members_due on members (due_at) where due_at is not null;

-- Events that occurred ahead of the clock: a version of the rules starts after all of them.
create index entries_ahead on entries (occurred_at) where delay < 0;

-- Open lots that expire; what else is available never does.
create table lots (
    member_no bigint not null references members (no),
    day integer not null,
    points bigint not null check (points > 0),
    primary key (member_no, day)
);

create index lots_day on lots (day);

-- Points in their holding period, by the entry that earned them.
create table held (
    member_no bigint not null references members (no),
    seq bigint not null,
    points bigint not null check (points > 0),
    until bigint not null,
    -- of the lot they go to; null never expires
    day integer,
    rules integer not null,
    primary key (member_no, seq)
);

-- What lapsed out of lots, less what was restored for refunds.
create table lapsed_lots (
    member_no bigint not null references members (no),
    day integer not null,
    points bigint not null,
    primary key (member_no, day)
);

-- The tier basis by months, for members who need it.
create table months (
    member_no bigint not null references members (no),
    month integer not null,
    earned bigint not null,
    spent bigint not null,
    primary key (member_no, month)
);

-- Points earned gross through a capped day or month. kind: 0 payments a day, 1 payments a month, 2 and 3 referrals, 4 and 5 reviews
create table capped (
    member_no bigint not null references members (no),
    kind smallint not null,
    through integer not null,
    points bigint not null,
    primary key (member_no, kind, through)
);

-- The running validity period of a tier, and the one decided last.
create table periods (
    member_no bigint primary key references members (no),
    started_at bigint not null,
    ends_at bigint not null,
    until bigint not null,
    by_seq bigint not null,
    earned bigint not null,
    spent bigint not null,
    grace_earned bigint not null,
    grace_spent bigint not null,
    past_started_at bigint,
    past_ends_at bigint,
    past_by_seq bigint,
    past_earned bigint,
    past_spent bigint
);

-- A change by anything but an entry has the last seq before it. cause: 0 entry, 1 rules, 2 month, 3 period
create table tier_changes_by_cause (
    member_no bigint not null references members (no),
    seq bigint not null,
    at bigint not null,
    cause smallint not null,
    rules integer not null,
    from_tier smallint not null,
    to_tier smallint not null,
    primary key (member_no, seq, at, cause)
);

insert into tier_changes_by_cause (member_no, seq, at, cause, rules, from_tier, to_tier)
select member_no, seq, at, case rules when 0 then 0 else 1 end, rules, from_tier, to_tier from tier_changes;

drop table tier_changes;

alter table tier_changes_by_cause rename to tier_changes;
