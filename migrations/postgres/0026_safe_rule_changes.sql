-- Changing rules safely: tiers that are kept until a date, what members are told, and a second person for changes that take much.

-- until when whoever falls short of their tier by a version keeps it
alter table rule_sets add column keeps_until bigint;
-- what members are told of a version, from its publication on
alter table rule_sets add column notice_zh text;
alter table rule_sets add column notice_en text;

-- Tiers that members keep under stricter rules. `members.books` has 32 for it.
create table kept_tiers (
    member_no bigint primary key references members (no),
    tier smallint not null,
    until bigint not null
);

-- Who has put aside what they were told of a version.
create table notices_put_aside (
    member_no bigint not null references members (no),
    version integer not null references rule_sets (version),
    at bigint not null,
    primary key (member_no, version)
);

-- From how many members who lose a tier, and from which change of what outstanding points are worth (in minor units), a
-- publication needs a second person. Null: never.
alter table programme add column rules_limit_members bigint check (rules_limit_members >= 0);
alter table programme add column rules_limit_worth bigint check (rules_limit_worth >= 0);

-- Publications, and looser limits for them, that wait for a second person or were decided.
create table rule_proposals (
    id uuid primary key,
    -- 0 a publication, 1 other limits
    kind smallint not null check (kind between 0 and 1),
    -- what is to be done, as JSON
    body text not null,
    -- as adjustments have it: 0 proposed, 1 approved, 2 rejected, 3 withdrawn
    state smallint not null check (state between 0 and 3),
    made_by uuid not null references staff (id),
    made_at bigint not null,
    decided_by uuid references staff (id),
    decided_at bigint,
    objection text,
    check ((state = 0) = (decided_at is null) and (state = 0) = (decided_by is null)),
    -- four eyes: nobody approves or rejects what they proposed themselves
    check (state in (0, 3) or decided_by <> made_by)
);
create unique index rule_proposals_waiting on rule_proposals (kind) where state = 0;
