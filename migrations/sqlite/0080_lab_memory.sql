-- What whoever carries a run out knows of it before it begins: what the history would take in memory and what it may, in bytes, about
-- how many seconds it takes, and whether the history is being read into memory (1) or made again (0).
alter table lab_runs add column memory_wanted integer;
alter table lab_runs add column memory_most integer;
alter table lab_runs add column expected_seconds integer;
alter table lab_runs add column is_reading integer not null default 0;
