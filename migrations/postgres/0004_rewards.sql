-- Vouchers and gifts: what there is to redeem beside cash, the codes and the stock, and where gifts are sent.

create table rewards (
    id uuid primary key,
    -- 0 vouchers with codes from a pool, 1 vouchers with codes that Laurel makes, 2 gifts in stock
    supply smallint not null check (supply between 0 and 2),
    name_zh text not null,
    name_en text not null,
    about_zh text not null,
    about_en text not null,
    price bigint not null check (price > 0),
    -- by its key
    least_tier text,
    limit_most integer,
    -- 0 day, 1 month, 2 year, 3 ever
    limit_period smallint,
    -- days of the programme's time zone, YYYY-MM-DD, both included
    starts text,
    ends text,
    valid_days integer,
    -- of gifts; of a pool its free codes are counted
    stock bigint not null default 0 check (stock >= 0),
    retired_at bigint,
    revision bigint not null,
    created_at bigint not null,
    changed_at bigint not null
);

-- What came into stock and what was written off; redemptions take the rest. Stock follows from both.
create table stock_changes (
    reward_id uuid not null references rewards (id),
    no bigint not null,
    change bigint not null,
    reason text not null,
    at bigint not null,
    primary key (reward_id, no)
);

-- A code belongs to at most one redemption. One that was revealed stays with it for ever.
create table reward_codes (
    reward_id uuid not null references rewards (id),
    code text not null,
    redemption_id uuid unique references redemptions (id),
    revealed_at bigint,
    added_at bigint not null,
    primary key (reward_id, code),
    check (revealed_at is null or redemption_id is not null)
);

create index reward_codes_free on reward_codes (reward_id, code) where redemption_id is null;

-- states: 5 issued, 6 used, 7 expired, 8 voided, 9 ordered, 10 shipped, 11 delivered
-- kind: 0 cash, 1 voucher, 2 gift
alter table redemptions add column kind smallint not null default 0;
-- The reward as it was when it was redeemed; nothing for cash.
alter table redemptions add column reward_id uuid references rewards (id);
alter table redemptions add column reward_zh text;
alter table redemptions add column reward_en text;
alter table redemptions add column price bigint;
alter table redemptions add column quantity integer not null default 1;
alter table redemptions add column valid_days integer;
-- Of an issued voucher: good until just before.
alter table redemptions add column expires_at bigint;
-- Of a gift on its way.
alter table redemptions add column tracking text;

create index redemptions_reward on redemptions (reward_id, member_no) where reward_id is not null;
create index redemptions_expiry on redemptions (expires_at) where state = 5;
create index redemptions_kind on redemptions (kind, state, created_at);

-- Personal data, in a table of its own so that it can be erased.
create table redemption_contacts (
    redemption_id uuid primary key references redemptions (id),
    recipient text not null,
    phone text not null,
    address text not null
);
