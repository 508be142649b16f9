-- Simulations of drafts: what was asked for, how far it has come, what came of it. So a run can be left and come back to.
create table lab_runs (
    id blob primary key,
    -- 0 a draft, 1 the rules in force in place of themselves
    kind integer not null check (kind between 0 and 1),
    -- the draft, as JSON
    body text not null,
    -- `whole`, `in_force`, or from when on, in microseconds since 1970
    span text not null,
    demotes integer not null,
    -- of how many members one is simulated; null: everybody
    one_in integer check (one_in >= 2),
    -- 0 waiting, 1 running, 2 done, 3 cancelled, 4 failed
    state integer not null check (state between 0 and 4),
    is_cancelled integer not null default 0,
    made_by blob references staff (id),
    made_at integer not null,
    -- members done, and how many there are
    done integer not null default 0,
    total integer not null default 0,
    -- when whoever runs it was last heard of
    beat_at integer not null default 0,
    ended_at integer,
    -- everything posted by then is in it
    as_of integer,
    -- the sums that reports are made of, as JSON
    outcome text,
    -- the code of what it failed with
    fault text
) strict;
create index lab_runs_made_at on lab_runs (made_at);
