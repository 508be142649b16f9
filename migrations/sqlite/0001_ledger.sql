-- The programme, its rules, its members and their ledger.
-- Times are microseconds since 1970 UTC, points hundredths of a point, money minor units.
-- `no` is a member's number inside this database only: short, because every entry and key leads with it. Outside, `id` stands for them.

create table programme (
    id integer primary key check (id = 1),
    name text not null,
    currency text not null,
    time_zone text not null,
    enrol_on_event integer not null,
    created_at integer not null
);

create table rule_sets (
    version integer primary key,
    -- in force from here; the first since ever
    in_force_from integer not null,
    body text not null,
    published_at integer not null,
    published_by text not null
);

create table rule_draft (
    id integer primary key check (id = 1),
    -- the version it started from
    base integer not null,
    -- counts up with every change, so that a stale form is noticed
    revision integer not null,
    body text not null,
    changed_at integer not null,
    changed_by text not null
);

create table sources (
    no integer primary key,
    name text not null unique
);

create table members (
    no integer primary key,
    id blob not null unique,
    external_id text unique,
    name text,
    email text,
    phone text,
    locale text,
    registered_at integer not null,
    last_sign_in_at integer,
    -- 0 active, 1 suspended, 2 closed
    status integer not null default 0,
    referral_code text unique,
    invited_by integer references members (no),
    -- what follows from the entries
    available integer not null default 0,
    pending integer not null default 0,
    debt integer not null default 0,
    earned integer not null default 0,
    spent integer not null default 0,
    tier integer not null default 1,
    rated_by integer not null default 1,
    seq integer not null default 0,
    head blob not null default (zeroblob(32)),
    last_instant integer,
    check (available >= 0 and pending >= 0 and debt >= 0 and not (available > 0 and debt > 0))
);

create index members_rated_by on members (rated_by, no);

-- An event and the entry it made are one row. Columns that later kinds of entries need are here from the start.
create table entries (
    member_no integer not null references members (no),
    seq integer not null,
    -- 0 earn, 1 activate, 2 clawback, 3 redeem, 4 restore, 5 expire, 6 adjust
    kind integer not null,
    points integer not null,
    balance integer not null,
    tier integer not null,
    -- null: all points into or out of the lot that never expires
    moves text,
    occurred_at integer not null,
    -- the instant of posting less occurred_at
    delay integer not null,
    rules integer not null,
    -- 0 payment, 1 refund, 2 referral, 3 review, 4 redemption, 5 lapse, 6 activation, 7 staff
    cause integer not null,
    source integer references sources (no),
    event_id text,
    amount integer,
    scene integer,
    applied_tier integer,
    cap_room integer,
    -- the payment's own seq: of a refund, of an activation
    payment integer,
    -- referee, redemption, staff member and salted digests, as the cause has it
    other blob,
    hash blob not null,
    primary key (member_no, seq)
);

create unique index entries_event on entries (source, event_id) where event_id is not null;

create trigger entries_stay before update on entries
begin
    select raise(abort, 'entries are append-only');
end;

create trigger entries_last before delete on entries
begin
    select raise(abort, 'entries are append-only');
end;

-- How much of a payment has been refunded; payments without refunds have no row.
create table refunded_payments (
    member_no integer not null,
    payment integer not null,
    refunded integer not null,
    primary key (member_no, payment)
) without rowid;

-- The texts that stand in the chain as salted digests only.
create table reviews (
    member_no integer not null,
    subject text not null,
    seq integer not null,
    salt blob not null,
    primary key (member_no, subject)
) without rowid;

create table referrals (
    referee_no integer primary key references members (no),
    referrer_no integer not null references members (no),
    -- the referrer's entry
    seq integer not null
);

create index referrals_referrer on referrals (referrer_no);

-- A change by an entry has its seq and rules 0; one by a version of the rules has the last seq before it.
create table tier_changes (
    member_no integer not null,
    seq integer not null,
    rules integer not null,
    at integer not null,
    from_tier integer not null,
    to_tier integer not null,
    primary key (member_no, seq, rules)
) without rowid;

create table redemptions (
    id blob primary key,
    member_no integer not null references members (no),
    -- 0 reserved, 1 processing, 2 paid, 3 failed, 4 cancelled
    state integer not null,
    points integer not null,
    cash integer not null,
    rules integer not null,
    -- of the entry that took the points
    seq integer not null,
    idempotency_key text not null,
    -- what was asked for, so that the same key with another wish is noticed
    asked integer not null,
    created_at integer not null,
    changed_at integer not null,
    unique (member_no, idempotency_key)
);

create index redemptions_state on redemptions (state, created_at);
create index redemptions_member on redemptions (member_no, created_at);

create table redemption_states (
    redemption_id blob not null references redemptions (id),
    state integer not null,
    at integer not null,
    actor text not null,
    primary key (redemption_id, state)
) without rowid;
