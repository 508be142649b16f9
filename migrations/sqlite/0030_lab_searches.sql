-- Searches for rules that reach goals: what was asked for, how far each has come, what was found.
create table lab_searches (
    id blob primary key,
    -- the rules it starts from, as JSON
    start text not null,
    -- goals and what may move, as flat fields in JSON
    asked text not null,
    -- `whole`, `in_force`, or from when on, in microseconds since 1970
    span text not null,
    -- 0 waiting, 1 running, 2 done, 3 cancelled, 4 failed
    state integer not null check (state between 0 and 4),
    is_cancelled integer not null default 0,
    made_by blob references staff (id),
    made_at integer not null,
    -- simulations done, and how many there are at most
    done integer not null default 0,
    total integer not null default 0,
    -- when whoever runs it was last heard of
    beat_at integer not null default 0,
    ended_at integer,
    -- proposals with the sums of their exact simulations, as JSON
    found text,
    -- the code of what it failed with
    fault text
) strict;
create index lab_searches_made_at on lab_searches (made_at);
