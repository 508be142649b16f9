-- A key that is given another secret keeps the one before for a while; and how much each key is used, by the hour since 1970.

alter table api_keys add column old_hash blob;
alter table api_keys add column old_until integer;
create unique index api_keys_old on api_keys (old_hash) where old_hash is not null;

create table api_key_hours (
    key_id blob not null references api_keys (id),
    hour integer not null,
    calls integer not null,
    -- those among them that were refused or failed
    errors integer not null,
    primary key (key_id, hour)
) strict, without rowid;
create index api_key_hours_hour on api_key_hours (hour);
