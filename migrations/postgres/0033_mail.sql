-- E-mails on their way out, and which kinds members do not want.

create table emails (
    -- the Message-ID is made of it: whoever sends one twice sends the same one
    id uuid primary key,
    -- 0 to 4 as notifications have it, 5 activation, 6 reset, 7 staff invitation
    kind smallint not null check (kind between 0 and 7),
    member_no bigint references members (no),
    staff uuid references staff (id),
    -- what it tells, as JSON: no address and no code, which are looked up and made as it is sent
    body text not null,
    -- 0 waiting, 1 sent, 2 given up
    state smallint not null default 0 check (state between 0 and 2),
    attempts integer not null default 0,
    made_at bigint not null,
    -- when it is tried next; whoever tries it has moved that on, so that nobody else does meanwhile
    next_at bigint,
    sent_at bigint,
    -- why it was not sent, the last time
    fault text,
    check ((state = 0) = (next_at is not null) and (state = 1) = (sent_at is not null)),
    check (member_no is null or staff is null)
);

create index emails_waiting on emails (next_at, id) where state = 0;
create index emails_in_state on emails (state, id);
create index emails_of_member on emails (member_no, id) where member_no is not null;

create table mail_choices (
    member_no bigint primary key references members (no),
    -- a bit for each kind that the member does not want, by its number
    unwanted integer not null
);
