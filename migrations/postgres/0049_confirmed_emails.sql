-- Addresses that members gave and have not confirmed yet, and links for the staff who have forgotten a password.
-- What stood in members.email by now stays trusted: nearly all of it came from the payment system.

create table unconfirmed_emails (
    member_no bigint primary key references members (no),
    email text not null,
    asked_at bigint not null
);
create index unconfirmed_emails_email on unconfirmed_emails (email);

-- Whether the address that a member signs in with is known to be theirs: only then a link for a new password goes there.
alter table credentials add column email_confirmed boolean not null default true;

-- 8 reset of the staff, 9 a link to confirm an address, 10 tells the address so far of a change
alter table emails drop constraint emails_kind_check;
alter table emails add constraint emails_kind_check check (kind between 0 and 10);
create index emails_of_staff on emails (staff, id) where staff is not null;

-- 5 confirm an address
alter table one_time_codes drop constraint one_time_codes_purpose_check;
alter table one_time_codes add constraint one_time_codes_purpose_check check (purpose between 1 and 5);
