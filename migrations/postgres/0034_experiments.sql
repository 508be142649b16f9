-- Experiments: two rule sets in force side by side, for groups fixed by a hash of the experiment's and the member's ids.
create table experiments (
    id uuid primary key,
    name text not null,
    hypothesis text not null,
    -- shares of all members in hundredths of a percent; what they leave is the holdout
    variant smallint not null check (variant between 1 and 10000),
    control smallint not null check (control between 1 and 10000),
    -- the version that holds for the variant group alone, and the one that ends the experiment for everybody
    version integer not null unique,
    end_version integer not null unique,
    made_by uuid references staff (id),
    made_at bigint not null,
    -- 0 stopped, 1 adopted, 2 withdrawn before it began; null: it goes, or went, on until the time it was made for
    ended_early smallint check (ended_early between 0 and 2),
    ended_by uuid references staff (id),
    ended_at bigint,
    -- since when somebody waits for its results, and what was worked out last, as JSON
    asked_at bigint,
    result text,
    result_at bigint,
    -- the code of what working them out failed with
    fault text,
    check (variant + control <= 10000),
    check ((ended_early is null) = (ended_at is null))
);

-- of a version that is in force for the variant group of an experiment alone; null: for everybody
alter table rule_sets add column experiment uuid references experiments (id);
