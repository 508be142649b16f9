-- Totals of the whole programme, so that figures cost the same however many entries there are. Each transaction that posts
-- leaves one row of what it changed; a job adds those up into the totals and deletes them. Totals and rows together are exact.

-- Numbered, and never twice by the same number, so that whoever follows what happens can go by the numbers of each writer.
create table postings (
    no bigint generated always as identity primary key,
    -- a connection, whose numbers become visible in their order
    writer integer not null default pg_backend_pid(),
    -- the latest instant that anything was posted with
    instant bigint,
    changes text not null
);

-- what: 0 members, 1 pending, 2 debt, 3 outstanding, 4 members by tier, 5 points in lots by their last day, 6 events,
-- 7 points by kind of entry, 8 entries by kind
create table totals (
    what smallint not null,
    key bigint not null,
    amount bigint not null,
    primary key (what, key)
);

-- Of entries by the day of their instant, in the programme's time zone.
create table totals_by_day (
    day integer not null,
    kind smallint not null,
    entries bigint not null,
    events bigint not null,
    points bigint not null,
    primary key (day, kind)
);

-- What there was before is counted once, when the programme is opened next.
create table totals_counted (
    id integer primary key check (id = 1)
);

insert into totals_counted (id) select 1 where not exists (select 1 from members);
