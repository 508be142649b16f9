-- Searches for rules that reach goals: what was asked for, how far each has come, what was found.
create table lab_searches (
    id uuid primary key,
    -- the rules it starts from, as JSON
    start text not null,
    -- goals and what may move, as flat fields in JSON
    asked text not null,
    -- `whole`, `in_force`, or from when on, in microseconds since 1970
    span text not null,
    -- 0 waiting, 1 running, 2 done, 3 cancelled, 4 failed
    state smallint not null check (state between 0 and 4),
    is_cancelled boolean not null default false,
    made_by uuid references staff (id),
    made_at bigint not null,
    -- simulations done, and how many there are at most
    done bigint not null default 0,
    total bigint not null default 0,
    -- when whoever runs it was last heard of
    beat_at bigint not null default 0,
    ended_at bigint,
    -- proposals with the sums of their exact simulations, as JSON
    found text,
    -- the code of what it failed with
    fault text
);
create index lab_searches_made_at on lab_searches (made_at);
