-- Payouts that are paid together, by one file for the bank.

create table payout_batches (
    id uuid primary key,
    -- counted from 1, as people call them
    number bigint not null unique,
    made_at bigint not null,
    -- null: at the command line
    made_by uuid references staff (id),
    settled_at bigint,
    settled_by uuid references staff (id),
    -- the bank's
    reference text,
    check ((settled_at is null) = (reference is null))
);

-- a payout is in one batch at most
create table payout_items (
    redemption_id uuid primary key references redemptions (id),
    batch uuid not null references payout_batches (id)
);

create index payout_items_of on payout_items (batch, redemption_id);
