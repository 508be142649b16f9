-- What every event writes is checked by `laurel verify`, and no longer by a look into another table for each row: the member's row is
-- locked by the transaction that adds the entry, and the number of its source has just been read.
alter table entries drop constraint entries_member_no_fkey, drop constraint entries_source_fkey;
alter table lots drop constraint lots_member_no_fkey;
alter table held drop constraint held_member_no_fkey;
alter table months drop constraint months_member_no_fkey;
alter table capped drop constraint capped_member_no_fkey;
-- the name that the table was made with
alter table tier_changes drop constraint tier_changes_by_cause_member_no_fkey;

-- Room in each page for the next version of a row that every event of its member changes; its dead versions go soon.
alter table members set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
-- Rows that are only ever added: what is known of them must not be a fifth behind.
alter table entries set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
