-- Addresses that members gave and have not confirmed yet, and links for the staff who have forgotten a password.
-- What stood in members.email by now stays trusted: nearly all of it came from the payment system.

create table unconfirmed_emails (
    member_no integer primary key references members (no),
    email text not null,
    asked_at integer not null
) strict;
create index unconfirmed_emails_email on unconfirmed_emails (email);

-- Whether the address that a member signs in with is known to be theirs: only then a link for a new password goes there.
alter table credentials add column email_confirmed integer not null default 1;

-- Two checks allow more: these tables are made anew, as SQLite changes no check.
create table emails_anew (
    -- the Message-ID is made of it: whoever sends one twice sends the same one
    id blob primary key,
    -- 0 to 4 as notifications have it, 5 activation, 6 reset, 7 staff invitation, 8 reset of the staff,
    -- 9 a link to confirm an address, 10 tells the address so far of a change
    kind integer not null check (kind between 0 and 10),
    member_no integer references members (no),
    staff blob references staff (id),
    -- what it tells, as JSON: no address and no code, which are looked up and made as it is sent; of 6, 8 and 10 what was typed
    -- or the address so far, until it is sent
    body text not null,
    -- 0 waiting, 1 sent, 2 given up
    state integer not null default 0 check (state between 0 and 2),
    attempts integer not null default 0,
    made_at integer not null,
    -- when it is tried next; whoever tries it has moved that on, so that nobody else does meanwhile
    next_at integer,
    sent_at integer,
    -- why it was not sent, the last time
    fault text,
    check ((state = 0) = (next_at is not null) and (state = 1) = (sent_at is not null)),
    check (member_no is null or staff is null)
) strict, without rowid;
insert into emails_anew (id, kind, member_no, staff, body, state, attempts, made_at, next_at, sent_at, fault)
select id, kind, member_no, staff, body, state, attempts, made_at, next_at, sent_at, fault from emails;
drop table emails;
alter table emails_anew rename to emails;
create index emails_waiting on emails (next_at, id) where state = 0;
create index emails_in_state on emails (state, id);
create index emails_of_member on emails (member_no, id) where member_no is not null;
create index emails_of_staff on emails (staff, id) where staff is not null;

create table one_time_codes_anew (
    code_hash blob primary key,
    -- 1 activate, 2 reset, 3 link, 4 first staff account (which has no owner), 5 confirm an address
    purpose integer not null check (purpose between 1 and 5),
    member integer references members (no),
    staff blob references staff (id),
    expires_at integer not null,
    used_at integer,
    check (member is null or staff is null)
) strict, without rowid;
insert into one_time_codes_anew (code_hash, purpose, member, staff, expires_at, used_at)
select code_hash, purpose, member, staff, expires_at, used_at from one_time_codes;
drop table one_time_codes;
alter table one_time_codes_anew rename to one_time_codes;
create index one_time_codes_of_member on one_time_codes (member) where member is not null;
create index one_time_codes_of_staff on one_time_codes (staff) where staff is not null;
create index one_time_codes_end on one_time_codes (expires_at);
