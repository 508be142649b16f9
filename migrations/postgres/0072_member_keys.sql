-- Members' rows can lie wherever their numbers say: what nobody else may have, Laurel's own id, the payment system's id and the referral
-- code, is in a directory of its own by 16 bytes of each, and it takes the place of the unique keys over them. (SQLite keeps those.)
create table member_keys (
    key uuid primary key,
    member_no bigint not null
);

-- An id has 16 bytes as it is. Of the others, the first 16 of SHA-256 over what it is of, a space and the value: store/members/keys.rs
-- makes the same.
create function member_key(what text, value text) returns uuid language sql immutable strict parallel safe as $$
    select encode(substring(sha256(convert_to(what || ' ' || value, 'UTF8')) from 1 for 16), 'hex')::uuid
$$;

insert into member_keys (key, member_no)
select id, no from members
union all select member_key('external_id', external_id), no from members where external_id is not null
union all select member_key('referral_code', referral_code), no from members where referral_code is not null;

-- Whoever takes the same keys at the same time waits, and never each for the other: they are taken in their order.
create function begin_member_keys() returns trigger language plpgsql as $$
begin
    insert into member_keys (key, member_no)
    select key, no from (
        select id as key, no from added
        union all select member_key('external_id', external_id), no from added where external_id is not null
        union all select member_key('referral_code', referral_code), no from added where referral_code is not null
    ) keys order by key;
    return null;
end
$$;

create trigger member_keys_begin after insert on members
referencing new table as added for each statement execute function begin_member_keys();

create function follow_member_keys() returns trigger language plpgsql as $$
begin
    delete from member_keys where member_no = new.no
        and key in (member_key('external_id', old.external_id), member_key('referral_code', old.referral_code));
    insert into member_keys (key, member_no)
    select key, new.no from (
        values (member_key('external_id', new.external_id)), (member_key('referral_code', new.referral_code))
    ) keys (key) where key is not null order by key;
    return null;
end
$$;

create trigger member_keys_follow after update of external_id, referral_code on members for each row
when (old.external_id is distinct from new.external_id or old.referral_code is distinct from new.referral_code)
execute function follow_member_keys();

alter table members drop constraint members_id_key, drop constraint members_external_id_key, drop constraint members_referral_code_key;
-- for going through all of them in order
create index members_id on members (id);

-- An older binary would look for members by the keys that are gone.
update compatibility set least_migration = 72 where least_migration < 72;
