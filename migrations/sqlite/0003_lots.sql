-- What an account holds besides its sums, and when something is due for it. Everything here follows from the entries.
-- Days count from 1 January 1970, months from January of year 0, both in the programme's time zone.

alter table rule_sets add column demotes integer not null default 0;

-- which of the tables below have rows of the member: 1 lots, 2 held, 4 months (kept even if there are none yet), 8 periods
alter table members add column books integer not null default 0;
-- when the next thing is due that nobody has to do: an activation, a lapse, a month leaving the window, the end of a period
alter table members add column due_at integer;

create index members_due on members (due_at) where due_at is not null;

-- Events that occurred ahead of the clock: a version of the rules starts after all of them.
create index entries_ahead on entries (occurred_at) where delay < 0;

-- Open lots that expire; what else is available never does.
create table lots (
    member_no integer not null references members (no),
    day integer not null,
    points integer not null check (points > 0),
    primary key (member_no, day)
) without rowid;

create index lots_day on lots (day);

-- Points in their holding period, by the entry that earned them.
create table held (
    member_no integer not null references members (no),
    seq integer not null,
    points integer not null check (points > 0),
    until integer not null,
    -- of the lot they go to; null never expires
    day integer,
    rules integer not null,
    primary key (member_no, seq)
) without rowid;

-- What lapsed out of lots, less what was restored for refunds.
create table lapsed_lots (
    member_no integer not null references members (no),
    day integer not null,
    points integer not null,
    primary key (member_no, day)
) without rowid;

-- The tier basis by months, for members who need it.
create table months (
    member_no integer not null references members (no),
    month integer not null,
    earned integer not null,
    spent integer not null,
    primary key (member_no, month)
) without rowid;

-- Points earned gross through a capped day or month. kind: 0 payments a day, 1 payments a month, 2 and 3 referrals, 4 and 5 reviews
create table capped (
    member_no integer not null references members (no),
    kind integer not null,
    through integer not null,
    points integer not null,
    primary key (member_no, kind, through)
) without rowid;

-- The running validity period of a tier, and the one decided last.
create table periods (
    member_no integer primary key references members (no),
    started_at integer not null,
    ends_at integer not null,
    until integer not null,
    by_seq integer not null,
    earned integer not null,
    spent integer not null,
    grace_earned integer not null,
    grace_spent integer not null,
    past_started_at integer,
    past_ends_at integer,
    past_by_seq integer,
    past_earned integer,
    past_spent integer
);

-- A change by anything but an entry has the last seq before it. cause: 0 entry, 1 rules, 2 month, 3 period
create table tier_changes_by_cause (
    member_no integer not null references members (no),
    seq integer not null,
    at integer not null,
    cause integer not null,
    rules integer not null,
    from_tier integer not null,
    to_tier integer not null,
    primary key (member_no, seq, at, cause)
) without rowid;

insert into tier_changes_by_cause (member_no, seq, at, cause, rules, from_tier, to_tier)
select member_no, seq, at, case rules when 0 then 0 else 1 end, rules, from_tier, to_tier from tier_changes;

drop table tier_changes;

alter table tier_changes_by_cause rename to tier_changes;
