-- Drafts of the rules that were thrown away, so that they can be put back for a time.

create table discarded_drafts (
    id uuid primary key,
    -- the version it started from
    base integer not null,
    body text not null,
    changed_at bigint not null,
    changed_by text not null,
    discarded_at bigint not null,
    discarded_by text not null
);

create index discarded_drafts_at on discarded_drafts (discarded_at, id);
