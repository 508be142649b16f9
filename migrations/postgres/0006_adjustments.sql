-- Adjustments by the staff, those that wait for a second person among them; and when a member's personal data was erased.

-- points that one person may give or take at once; what is beyond is proposed to a second one
alter table programme add column adjust_limit bigint not null default 100000;

-- when name, contacts, ids and texts of a closed member were erased: from then on texts may be missing
alter table members add column erased_at bigint;

create table adjustments (
    id uuid primary key,
    member_no bigint not null references members (no),
    points bigint not null check (points <> 0),
    -- stands in the chain as a salted digest only; null once it was erased
    reason text,
    salt bytea,
    -- 0 proposed, 1 posted, 2 rejected, 3 withdrawn
    state smallint not null check (state between 0 and 3),
    made_by uuid not null references staff (id),
    made_at bigint not null,
    -- who approved, rejected or withdrew it; nobody for what the limit allows at once, or what closing the account withdrew
    decided_by uuid references staff (id),
    decided_at bigint,
    -- why it was rejected, until it is erased
    objection text,
    -- of the entry that it became
    seq bigint,
    idempotency_key text not null,
    unique (made_by, idempotency_key),
    unique (member_no, seq),
    check ((reason is null) = (salt is null)),
    check ((state = 0) = (decided_at is null)),
    check ((state = 1) = (seq is not null)),
    -- four eyes: nobody approves or rejects what they proposed themselves
    check (state in (0, 3) or decided_by is null or decided_by <> made_by)
);
create index adjustments_waiting on adjustments (made_at, id) where state = 0;
