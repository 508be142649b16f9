-- Figures by day that the totals do not keep: by scene, members by tier, active members. A job follows what was posted, member by
-- member and by the number of each one's latest entry: posting knows nothing of it, whichever version posts, and what there was
-- before is followed in the same way.

-- How far each member has been followed.
create table figures_members (
    member_no bigint primary key,
    -- of the latest entry that is in the figures
    seq bigint not null,
    tier smallint not null,
    rated_by integer not null,
    -- how many changes of tier are in the figures
    changes integer not null,
    -- the latest day on which the member did something; 0 if there is none
    active_on integer not null
);

-- origin: a payment's scene (0 to 4), 5 an invitation, 6 a review, 7 a refund. Days in the programme's time zone.
create table figures_scenes (
    day integer not null,
    origin smallint not null,
    events bigint not null,
    points bigint not null,
    primary key (day, origin)
);

-- By how many more members were in the tier at the end of the day than at its beginning.
create table figures_tiers (
    day integer not null,
    tier smallint not null,
    members bigint not null,
    primary key (day, tier)
);

-- How many members did something on a day (or in a month) and had done so last on the one before; 0: never, or more than half a year
-- before the day. So the members who were active in a span are those in it whose day before lies before the span.
create table figures_active (
    is_month smallint not null,
    at integer not null,
    before integer not null,
    members bigint not null,
    primary key (is_month, at, before)
);

-- All together; swept_at: when everybody was looked at last.
create table figures_state (
    id smallint primary key check (id = 1),
    entries bigint not null default 0,
    members bigint not null default 0,
    swept_at bigint
);

insert into figures_state (id) values (1);
