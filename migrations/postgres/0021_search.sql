-- Members are found by any part of their names: by groups of three characters that stand side by side in them. No extension is
-- needed for it, and it takes Chinese names whatever the locale of the database is.
-- Each name ends in two separators, so that every part of one or two characters begins such a group, too.

create function member_groups(name text, email text, phone text, external_id text) returns tsvector
language sql immutable parallel safe as $$
    select array_to_tsvector(array(select distinct substr(t.text, i, 3) from generate_series(1, length(t.text) - 2) as i))
    from (select replace(replace(lower(coalesce(name, '')), ' ', ''), '　', '') || e'\x1f\x1f' || lower(coalesce(email, ''))
        || e'\x1f\x1f' || coalesce(phone, '') || e'\x1f\x1f' || lower(coalesce(external_id, '')) || e'\x1f\x1f' as text) as t
$$;

-- in a table of its own: postings change the rows of members, and would write an index there with each
create table member_search (
    no bigint primary key,
    groups tsvector not null
);

insert into member_search (no, groups) select no, member_groups(name, email, phone, external_id) from members;

create index member_search_groups on member_search using gin (groups);

create function follow_member_search() returns trigger language plpgsql as $$
begin
    insert into member_search (no, groups) values (new.no, member_groups(new.name, new.email, new.phone, new.external_id))
    on conflict (no) do update set groups = excluded.groups;
    return null;
end
$$;

create trigger member_search_follows after update of name, email, phone, external_id on members
for each row execute function follow_member_search();

-- all newcomers of a statement at once: a batch of events enrols hundreds
create function begin_member_search() returns trigger language plpgsql as $$
begin
    insert into member_search (no, groups) select no, member_groups(name, email, phone, external_id) from added;
    return null;
end
$$;

create trigger member_search_begins after insert on members
referencing new table as added for each statement execute function begin_member_search();
