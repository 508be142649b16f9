-- Drafts of the rules that were thrown away, so that they can be put back for a time.

create table discarded_drafts (
    id blob primary key,
    -- the version it started from
    base integer not null,
    body text not null,
    changed_at integer not null,
    changed_by text not null,
    discarded_at integer not null,
    discarded_by text not null
) strict, without rowid;

create index discarded_drafts_at on discarded_drafts (discarded_at, id);
