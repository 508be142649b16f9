-- Runs of the lab that begin by themselves once somebody has stopped typing: one a person, which the next takes the place of.
alter table lab_runs add column is_automatic integer not null default 0;
create unique index lab_runs_automatic on lab_runs (made_by) where is_automatic;
