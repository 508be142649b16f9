-- Files that the console takes in: what each holds, how far it has come, and what was refused of it.
create table imports (
    id blob primary key,
    -- 0 members, 1 events, 2 codes of a reward
    kind integer not null check (kind between 0 and 2),
    file text not null,
    -- of events: their source, and whether unknown members are enrolled
    source text,
    enrol integer not null default 0,
    -- of codes
    reward_id blob references rewards (id),
    -- 0 uploading, 1 looked at, 2 waiting, 3 running, 4 done, 5 stopped, 6 failed
    state integer not null check (state between 0 and 6),
    is_stopped integer not null default 0,
    -- whoever runs it: somebody who took over is another
    worker blob,
    made_by blob references staff (id),
    made_at integer not null,
    started_by blob references staff (id),
    started_at integer,
    ended_at integer,
    -- bytes of the file, and what a first look found, as JSON
    size integer not null default 0,
    look text,
    -- where the next row begins, and how many lines are before it
    done_bytes integer not null default 0,
    done_lines integer not null default 0,
    added integer not null default 0,
    changed integer not null default 0,
    known integer not null default 0,
    refused integer not null default 0,
    -- the code of what it failed with
    fault text
) strict;
create index imports_open on imports (made_at) where state in (2, 3);

-- The file, until its rows are in. All pieces but the last are of one size.
create table import_pieces (
    import_id blob not null references imports (id),
    number integer not null,
    content blob not null,
    primary key (import_id, number)
) strict;

-- Rows that were refused, as they stood, with the reason as JSON.
create table import_faults (
    import_id blob not null references imports (id),
    line integer not null,
    cells text not null,
    reason text not null,
    primary key (import_id, line)
) strict, without rowid;
