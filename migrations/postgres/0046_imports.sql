-- Files that the console takes in: what each holds, how far it has come, and what was refused of it.
create table imports (
    id uuid primary key,
    -- 0 members, 1 events, 2 codes of a reward
    kind smallint not null check (kind between 0 and 2),
    file text not null,
    -- of events: their source, and whether unknown members are enrolled
    source text,
    enrol boolean not null default false,
    -- of codes
    reward_id uuid references rewards (id),
    -- 0 uploading, 1 looked at, 2 waiting, 3 running, 4 done, 5 stopped, 6 failed
    state smallint not null check (state between 0 and 6),
    is_stopped boolean not null default false,
    -- whoever runs it: somebody who took over is another
    worker uuid,
    made_by uuid references staff (id),
    made_at bigint not null,
    started_by uuid references staff (id),
    started_at bigint,
    ended_at bigint,
    -- bytes of the file, and what a first look found, as JSON
    size bigint not null default 0,
    look text,
    -- where the next row begins, and how many lines are before it
    done_bytes bigint not null default 0,
    done_lines bigint not null default 0,
    added bigint not null default 0,
    changed bigint not null default 0,
    known bigint not null default 0,
    refused bigint not null default 0,
    -- the code of what it failed with
    fault text
);
create index imports_open on imports (made_at) where state in (2, 3);

-- The file, until its rows are in. All pieces but the last are of one size.
create table import_pieces (
    import_id uuid not null references imports (id),
    number integer not null,
    content bytea not null,
    primary key (import_id, number)
);
-- CSV is small when compressed, and compressing it costs more than the disk that it saves for a while
alter table import_pieces alter column content set storage external;

-- Rows that were refused, as they stood, with the reason as JSON.
create table import_faults (
    import_id uuid not null references imports (id),
    line bigint not null,
    cells text not null,
    reason text not null,
    primary key (import_id, line)
);
