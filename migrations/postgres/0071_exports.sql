-- Files of everything that there is, too large to wait for: how far each has come, and as much of it as there is.
create table exports (
    id uuid primary key,
    -- 0 members, 1 entries, 2 redemptions, 3 codes, 4 the audit log
    kind smallint not null check (kind between 0 and 4),
    from_at bigint,
    to_at bigint,
    -- the language it is written in
    locale text not null,
    file text not null,
    made_by uuid references staff (id),
    made_at bigint not null,
    -- 0 under way, 1 done, 2 stopped, 3 failed, 4 being deleted
    state smallint not null default 0 check (state between 0 and 4),
    -- whoever writes it, and when it last did: somebody who took over is another
    writer uuid not null,
    written_at bigint not null,
    ended_at bigint,
    -- rows that there are to look at, as far as they have been counted; those that were, and those that are in the file
    total bigint,
    seen bigint not null default 0,
    written bigint not null default 0,
    bytes bigint not null default 0,
    pieces integer not null default 0,
    -- where the next rows are, as JSON
    place text not null
);

create table export_pieces (
    export_id uuid not null references exports (id),
    number integer not null,
    from_byte bigint not null,
    content bytea not null,
    primary key (export_id, number)
);
-- as with imports: compressing it costs more than the disk that it saves for a while
alter table export_pieces alter column content set storage external;
