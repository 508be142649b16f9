-- What several servers on one database share: who does what, who has tried too often, and which binaries may work with it.

-- Who may do something alone for a while: run a job, or count as a server that lives.
create table leases (
    name text primary key,
    holder text not null,
    -- microseconds since 1970 by the database's own clock, whatever those of the servers say
    until integer not null
) strict, without rowid;

-- How often something was tried, such as signing in with one name from one address.
create table tries (
    -- 16 bytes of SHA-256 of what is tried and by whom
    key blob primary key,
    count integer not null,
    -- nanoseconds since 1970: when the bucket is full again, and when it was used last
    full_at integer not null,
    used_at integer not null,
    -- from when the row says nothing any more
    forget_at integer not null
) strict, without rowid;

create index tries_forget_at on tries (forget_at);

-- The oldest binary that may work with these tables, as the number of the latest migration that it has to know.
-- A migration that takes away what older binaries need raises it; all others leave it as it is.
create table compatibility (
    id integer primary key check (id = 1),
    least_migration integer not null
) strict, without rowid;

insert into compatibility (id, least_migration) values (1, 22);
