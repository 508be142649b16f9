-- Events that keys sent and that were refused, so that somebody can see to them: one row for each key, event and reason, however often
-- it was sent. Kept for thirty days, and no more than so many new ones a key and day.
create table refused_events (
    -- begins with the time at which it was refused first
    id uuid primary key,
    -- what makes two refusals the same: the first 16 bytes of SHA-256 over key, event and reason
    digest uuid not null unique,
    api_key uuid not null,
    -- since 1970, UTC: when it was refused first
    day integer not null,
    source text not null,
    event_id text,
    -- as event_keys has it
    event_key uuid,
    kind text,
    -- whom erasing has to find
    member text,
    referee text,
    -- the code of the answer, and what it said in both languages
    reason text not null,
    told_zh text not null,
    told_en text not null,
    -- the fields that an event may have, as they were sent
    body text,
    times bigint not null,
    first_at bigint not null,
    last_at bigint not null,
    -- 0 open, 1 accepted since, 2 dismissed
    state smallint not null,
    changed_at bigint
);

create index refused_events_in_state on refused_events (state, id);
create index refused_events_of_day on refused_events (day, api_key);
create index refused_events_last on refused_events (last_at);
create index refused_events_of_member on refused_events (member) where member is not null;
create index refused_events_of_referee on refused_events (referee) where referee is not null;
