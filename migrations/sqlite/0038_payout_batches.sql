-- Payouts that are paid together, by one file for the bank.

create table payout_batches (
    id blob primary key,
    -- counted from 1, as people call them
    number integer not null unique,
    made_at integer not null,
    -- null: at the command line
    made_by blob references staff (id),
    settled_at integer,
    settled_by blob references staff (id),
    -- the bank's
    reference text,
    check ((settled_at is null) = (reference is null))
);

-- a payout is in one batch at most
create table payout_items (
    redemption_id blob primary key references redemptions (id),
    batch blob not null references payout_batches (id)
);

create index payout_items_of on payout_items (batch, redemption_id);
