-- Files of everything that there is, too large to wait for: how far each has come, and as much of it as there is.
create table exports (
    id blob primary key,
    -- 0 members, 1 entries, 2 redemptions, 3 codes, 4 the audit log
    kind integer not null check (kind between 0 and 4),
    from_at integer,
    to_at integer,
    -- the language it is written in
    locale text not null,
    file text not null,
    made_by blob references staff (id),
    made_at integer not null,
    -- 0 under way, 1 done, 2 stopped, 3 failed, 4 being deleted
    state integer not null default 0 check (state between 0 and 4),
    -- whoever writes it, and when it last did: somebody who took over is another
    writer blob not null,
    written_at integer not null,
    ended_at integer,
    -- rows that there are to look at, as far as they have been counted; those that were, and those that are in the file
    total integer,
    seen integer not null default 0,
    written integer not null default 0,
    bytes integer not null default 0,
    pieces integer not null default 0,
    -- where the next rows are, as JSON
    place text not null
) strict;

create table export_pieces (
    export_id blob not null references exports (id),
    number integer not null,
    from_byte integer not null,
    content blob not null,
    primary key (export_id, number)
) strict;
