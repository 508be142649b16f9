-- Whose ledgers went on: a row a transaction, so that who keeps histories in memory reads those members anew without looking at all
-- others. The latest rows alone are kept, and an older version writes none: what is kept is held against the totals.
create table posted (
    -- never twice, though rows are deleted
    no integer primary key autoincrement,
    -- JSON: their numbers; null where they are too many to be named
    members text
) strict;
