-- The limit of adjustments holds for a sum over a time, and making it looser needs a second person. Gifts can come back.

-- within how many hours adjustments that nobody else approved count together
alter table programme add column adjust_window_hours integer not null default 24 check (adjust_window_hours between 1 and 8760);

-- what one person, and one member, had without a second person
create index adjustments_alone_by on adjustments (made_by, made_at) where state = 1 and decided_by is null;
create index adjustments_alone_for on adjustments (member_no, made_at) where state = 1 and decided_by is null;

-- Wishes to raise the limit or to shorten its time.
create table limit_changes (
    id blob primary key,
    points integer not null check (points >= 0),
    hours integer not null check (hours between 1 and 8760),
    reason text not null,
    -- as adjustments have it: 0 proposed, 1 approved, 2 rejected, 3 withdrawn
    state integer not null check (state between 0 and 3),
    made_by blob not null references staff (id),
    made_at integer not null,
    decided_by blob references staff (id),
    decided_at integer,
    objection text,
    check ((state = 0) = (decided_at is null) and (state = 0) = (decided_by is null)),
    -- four eyes: nobody approves or rejects what they proposed themselves
    check (state in (0, 3) or decided_by <> made_by)
) strict, without rowid;
create unique index limit_changes_waiting on limit_changes (state) where state = 0;

-- redemptions have one more state: 12 returned, of gifts that were shipped or delivered
-- whether the thing went back into stock
alter table redemptions add column restocked integer not null default 0;
-- why it came back, until it is erased
alter table redemptions add column return_reason text;
