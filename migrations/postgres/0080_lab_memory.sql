-- What whoever carries a run out knows of it before it begins: what the history would take in memory and what it may, in bytes, about
-- how many seconds it takes, and whether the history is being read into memory or made again.
alter table lab_runs add column memory_wanted bigint;
alter table lab_runs add column memory_most bigint;
alter table lab_runs add column expected_seconds bigint;
alter table lab_runs add column is_reading boolean not null default false;
