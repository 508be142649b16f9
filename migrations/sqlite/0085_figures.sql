-- Figures by day that the totals do not keep: by scene, members by tier, active members. A job follows what was posted, member by
-- member and by the number of each one's latest entry: posting knows nothing of it, whichever version posts, and what there was
-- before is followed in the same way.

-- How far each member has been followed.
create table figures_members (
    member_no integer primary key,
    -- of the latest entry that is in the figures
    seq integer not null,
    tier integer not null,
    rated_by integer not null,
    -- how many changes of tier are in the figures
    changes integer not null,
    -- the latest day on which the member did something; 0 if there is none
    active_on integer not null
) strict;

-- origin: a payment's scene (0 to 4), 5 an invitation, 6 a review, 7 a refund. Days in the programme's time zone.
create table figures_scenes (
    day integer not null,
    origin integer not null,
    events integer not null,
    points integer not null,
    primary key (day, origin)
) strict, without rowid;

-- By how many more members were in the tier at the end of the day than at its beginning.
create table figures_tiers (
    day integer not null,
    tier integer not null,
    members integer not null,
    primary key (day, tier)
) strict, without rowid;

-- How many members did something on a day (or in a month) and had done so last on the one before; 0: never, or more than half a year
-- before the day. So the members who were active in a span are those in it whose day before lies before the span.
create table figures_active (
    is_month integer not null,
    at integer not null,
    before integer not null,
    members integer not null,
    primary key (is_month, at, before)
) strict, without rowid;

-- All together; swept_at: when everybody was looked at last.
create table figures_state (
    id integer primary key check (id = 1),
    entries integer not null default 0,
    members integer not null default 0,
    swept_at integer
) strict;

insert into figures_state (id) values (1);
