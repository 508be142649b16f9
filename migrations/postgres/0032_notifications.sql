-- What members are told in the portal, and how far the jobs have come that tell them what time brings.

create table notifications (
    member_no bigint not null references members (no),
    -- what it is about, so that nobody is told twice: `adjustment/12`, `redemption/<id>/paid`, `expiring/20818/30`
    about text not null,
    -- when it happened
    at bigint not null,
    -- 0 tier, 1 points about to expire, 2 redemption, 3 adjustment, 4 rules
    kind smallint not null check (kind between 0 and 4),
    -- what it tells, as JSON
    body text not null,
    read_at bigint,
    primary key (member_no, about)
);

create index notifications_newest on notifications (member_no, at, about);
create index notifications_unread on notifications (member_no) where read_at is null;
create index notifications_at on notifications (at);

-- Everything up to this key, and within it up to this member, has been told.
create table notices_told (
    -- `expiring/30`, `rules/7`
    name text primary key,
    upto bigint not null,
    member_no bigint not null
);

-- lots of a day are gone through by member: a day can hold everybody's
drop index lots_day;
create index lots_day on lots (day, member_no);
